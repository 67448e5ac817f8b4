/** Every `@example` in the comments of the packages, each a program of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Program, root, testSnippets } from './snippets.testing.js';

/** The programs in the comments of a source. */
function examplesOf(file: string, text: string): Program[] {
	const lines = text.split('\n');
	const programs: Program[] = [];
	for (let index = 0; index < lines.length; index++) {
		if (!/^\s*\* @example/.test(lines[index])) continue;
		if (!/^\s*\* ```ts$/.test(lines[index + 1]))
			throw new Error(`${file}:${index + 2}: an example begins with \`\`\`ts`);
		const line = index + 2;
		const block: string[] = [];
		for (index += 2; !/^\s*\* ```$/.test(lines[index]); index++) block.push(lines[index].replace(/^\s*\* ?/, ''));
		programs.push({ title: `${file}, line ${line}`, file, line, code: `${block.join('\n')}\n` });
	}
	return programs;
}

const sources = ['core', 'containers', 'bench'].flatMap((name) =>
	readdirSync(join(root, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' })
		.map((file) => `packages/${name}/src/${file.replaceAll('\\', '/')}`)
		.filter((file) => file.endsWith('.ts') && !/\.(test|test-d|testing)\.ts$/.test(file)),
);
const programs = sources.flatMap((file) => examplesOf(file, readFileSync(join(root, file), 'utf8')));

testSnippets('examples', programs);

test('there are examples', () => {
	expect(programs.length).toBeGreaterThan(25);
});
