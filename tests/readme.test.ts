/**
 * Every TypeScript snippet of the READMEs and the guides, checked by the compiler and run; where a comment stands behind a
 * `console.log`, that is what it has to print.
 *
 * A section (from one heading to the next) is one program: its blocks are joined in their order, so that a later block
 * may use what an earlier one declared. A block that stands alone is fenced ```ts alone; one that is only to be read
 * (pseudocode, a call that would never end) is fenced ```ts no-run, and still has to be explained by its text.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format } from 'node:util';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

interface Program {
	/** The file and heading it stands under. */
	readonly title: string;
	readonly file: string;
	/** The line of its first block's fence, from 1. */
	readonly line: number;
	readonly code: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));
/** Inside the checkout, so that the programs find its packages and settings. */
const scratch = join(root, '.cache', 'snippets');

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

/** What the compiler has to say of the programs, each a module of its own. */
function diagnose(paths: readonly string[]): string[] {
	const settings = join(root, 'tsconfig.tests.json');
	const { options, errors } = ts.parseJsonConfigFileContent(
		ts.readConfigFile(settings, ts.sys.readFile).config,
		ts.sys,
		root,
	);
	// A snippet may declare what it does not use: it shows how to.
	const compiler = { ...options, noUnusedLocals: false, noUnusedParameters: false, incremental: false };
	delete compiler.tsBuildInfoFile;
	const program = ts.createProgram(paths, compiler);
	return [...errors, ...paths.flatMap((path) => ts.getPreEmitDiagnostics(program, program.getSourceFile(path)))].map(
		({ file, start, messageText }) => {
			const text = ts.flattenDiagnosticMessageText(messageText, '\n');
			if (file === undefined || start === undefined) return text;
			const line = file.getLineAndCharacterOfPosition(start).line + 1;
			return `${file.fileName.replace(root, '')}:${line}: ${text}`;
		},
	);
}

const pathOf = (index: number) => join(scratch, `snippet-${index}.ts`);

beforeAll(() => {
	rmSync(scratch, { recursive: true, force: true });
	mkdirSync(scratch, { recursive: true });
	programs.forEach(({ title, line, code }, index) => {
		// `export {}` makes a module of it: names do not clash, and `await` is allowed.
		writeFileSync(pathOf(index), `${code}export {};\n// ${title}, from line ${line}\n`);
	});
});

afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** On one line, as a comment has it. */
const onOneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** What the comments behind calls of `console.log` say that these print; words of explanation may follow. */
function promisesOf(code: string): string[] {
	return code.split('\n').flatMap((line) => {
		const [, promise] = /^\s*console\.log\(.*\);? *\/\/ (.+)$/.exec(line) ?? [];
		return promise === undefined ? [] : [onOneLine(promise)];
	});
}

describe('snippets', () => {
	test('the compiler accepts all of them', { timeout: 120_000 }, () => {
		expect(diagnose(programs.map((_, index) => pathOf(index)))).toEqual([]);
	});

	for (const [index, { title, code }] of programs.entries()) {
		test(`${title} runs, and prints what its comments say`, async () => {
			const printed: string[] = [];
			vi.spyOn(console, 'log').mockImplementation((...values) => void printed.push(onOneLine(format(...values))));
			await import(/* @vite-ignore */ pathToFileURL(pathOf(index)).href);
			const broken = promisesOf(code).filter((promise) => !printed.some((line) => promise.startsWith(line)));
			expect({ broken, printed: broken.length > 0 ? printed : [] }).toEqual({ broken: [], printed: [] });
		});
	}
});

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
