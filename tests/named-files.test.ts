/** A file that prose or a comment names is there: moving one leaves no stale name behind. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Where nothing is ours: installed, built or measured. */
const FOREIGN = /(^|\/)(node_modules|dist|build|packed|site|\.git|\.cache)(\/|$)/;

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
	.map((file) => file.replaceAll(sep, '/'))
	.filter((file) => !FOREIGN.test(file));
/** `list/list.ts` is how a text names `packages/containers/src/list/list.ts`. */
const isThere = (name: string): boolean => files.some((file) => file === name || file.endsWith(`/${name}`));

/** Names in backticks, with a folder where a program of the reader's may have the same name. */
function namesIn(file: string): string[] {
	const text = readFileSync(join(root, file), 'utf8');
	const named = file.endsWith('.md')
		? /`((?:[\w@-][\w.@-]*\/)+[\w.-]+\.(?:ts|mjs|cjs|cpp|hpp|md|json|svg))`/g
		: /`((?:[\w@-][\w.@-]*\/)*[\w.-]+\.(?:ts|mjs|cpp|hpp|md))`/g;
	const comments = file.endsWith('.md') ? text : [...text.matchAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm)].join('\n');
	return [...comments.matchAll(named)].map(([, name]) => name ?? '');
}

test('every file that is named is there', () => {
	const naming = files.filter((file) => /\.(md|ts|mjs)$/.test(file)).map((file) => ({ file, names: namesIn(file) }));
	const stale = naming.flatMap(({ file, names }) =>
		names.filter((name) => !isThere(name)).map((name) => `${file} names ${name}`),
	);
	expect(naming.flatMap(({ names }) => names).length).toBeGreaterThan(50);
	expect(stale).toEqual([]);
});
