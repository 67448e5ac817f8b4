/** Snippets of documentation as programs: checked by the compiler and run; what they print is what their comments say. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format } from 'node:util';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

export interface Program {
	/** The file and heading it stands under. */
	readonly title: string;
	readonly file: string;
	/** The line of its first block's fence, from 1. */
	readonly line: number;
	readonly code: string;
}

export const root = fileURLToPath(new URL('..', import.meta.url));

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

/** On one line, as a comment has it. */
const onOneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** What the comments behind calls of `console.log` say that these print; words of explanation may follow. */
function promisesOf(code: string): string[] {
	return code.split('\n').flatMap((line) => {
		const [, promise] = /^\s*console\.log\(.*\);? *\/\/ (.+)$/.exec(line) ?? [];
		return promise === undefined ? [] : [onOneLine(promise)];
	});
}

/** The tests of some programs, which are written into a folder of that name. */
export function testSnippets(name: string, programs: readonly Program[]): void {
	/** Inside the checkout, so that the programs find its packages and settings. */
	const scratch = join(root, '.cache', name);
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

	describe(name, () => {
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
}
