import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { factoriesOf, openNames } from '../common/closed.testing.js';

/** The factories that are evaluated again from their own text can see nothing of their module: see the list's test. */

const here = fileURLToPath(new URL('.', import.meta.url));
const files = readdirSync(here).filter((name) => name.endsWith('.ts') && !/\.(test|test-d|testing)\.ts$/.test(name));
const program = ts.createProgram({
	rootNames: files.map((name) => here + name),
	options: { noResolve: true, target: ts.ScriptTarget.ES2022, lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'] },
});
const factories = files.flatMap((name) => factoriesOf(program, here + name));

describe('the factories that are evaluated for each shared queue', () => {
	test('are all found', () => {
		const specialized = files.flatMap((name) => {
			const calls = readFileSync(here + name, 'utf8').matchAll(/\bspecialize\(\s*(\w+)/g);
			return Array.from(calls, (match) => match[1]);
		});
		expect(specialized).toHaveLength(5);
		expect(factories.map(({ name }) => name)).toEqual(expect.arrayContaining(specialized));
	});

	test.each(factories)('$name uses nothing that is declared outside of it', (factory) => {
		expect(openNames(factory)).toEqual([]);
	});
});
