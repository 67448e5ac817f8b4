/**
 * Every TypeScript snippet of the READMEs and the guides, checked by the compiler and run; where a comment stands behind a
 * `console.log`, that is what it has to print.
 *
 * A section (from one heading to the next) is one program: its blocks are joined in their order, so that a later block
 * may use what an earlier one declared. A block that stands alone is fenced ```ts alone; one that is only to be read
 * (pseudocode, a call that would never end) is fenced ```ts no-run, and still has to be explained by its text.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Program, root, testSnippets } from './snippets.testing.js';

const guides = join(root, 'docs', 'guides');
const documents = [
	'README.md',
	'packages/core/README.md',
	'packages/containers/README.md',
	...(existsSync(guides) ? readdirSync(guides).map((name) => `docs/guides/${name}`) : []),
].filter((name) => name.endsWith('.md') && existsSync(join(root, name)));

/** The programs of a Markdown text. */
function programsOf(file: string, markdown: string): Program[] {
	const programs: Program[] = [];
	let heading = '';
	let joined: Program | undefined;
	const lines = markdown.split('\n');
	for (let index = 0; index < lines.length; index++) {
		const title = /^#+ (.*)$/.exec(lines[index]);
		if (title !== null) {
			heading = title[1];
			joined = undefined;
		}
		const fence = /^```(\w*) ?(.*)$/.exec(lines[index]);
		if (fence === null) continue;
		const line = index + 1;
		const block: string[] = [];
		for (index++; index < lines.length && !lines[index].startsWith('```'); index++) block.push(lines[index]);
		if (!['ts', 'typescript'].includes(fence[1]) || fence[2] === 'no-run') continue;
		const code = `${block.join('\n')}\n`;
		const name = `${file}, "${heading}"`;
		if (fence[2] === 'alone') {
			programs.push({ title: `${name}, line ${line}`, file, line, code });
		} else if (joined === undefined) {
			joined = { title: name, file, line, code };
			programs.push(joined);
		} else {
			const longer: Program = { ...joined, code: joined.code + code };
			programs[programs.indexOf(joined)] = longer;
			joined = longer;
		}
	}
	return programs;
}

const programs = documents.flatMap((file) => programsOf(file, readFileSync(join(root, file), 'utf8')));

testSnippets('snippets', programs);

test('blocks of a section are joined, `alone` and `no-run` are not', () => {
	const markdown = [
		...['# A', '```ts', 'const a = 1;', '```', 'text', '```ts', 'a;', '```', '```ts alone', 'const a = 2;', '```'],
		...['```ts no-run', 'never();', '```', '```cpp', 'int a;', '```', '## B', '```ts', 'const b = 1;', '```'],
	].join('\n');
	expect(programsOf('x.md', markdown).map(({ title, line, code }) => [title, line, code])).toEqual([
		['x.md, "A"', 2, 'const a = 1;\na;\n'],
		['x.md, "A", line 9', 9, 'const a = 2;\n'],
		['x.md, "B"', 19, 'const b = 1;\n'],
	]);
});
