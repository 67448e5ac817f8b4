import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { factoriesOf, openNames, programOf } from '../common/closed.testing.js';

/**
 * The factories that are evaluated again from their own text can see nothing of their module. The compiler knows which
 * names in them lead outside; no test runs every line of them.
 */

const folders = ['.', '../common/'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));
const files = folders.flatMap((folder) =>
	readdirSync(folder)
		.filter((name) => name.endsWith('.ts') && !/\.(test|test-d|testing)\.ts$/.test(name))
		.map((name) => folder + name),
);
const program = ts.createProgram({
	rootNames: files,
	options: { noResolve: true, target: ts.ScriptTarget.ES2022, lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'] },
});
const factories = files.flatMap((file) => factoriesOf(program, file));

describe('the factories that are evaluated for each struct', () => {
	test('are all found', () => {
		const specialized = files.flatMap((file) => {
			const calls = readFileSync(file, 'utf8').matchAll(/\bspecialize\(\s*(\w+)/g);
			return Array.from(calls, (match) => match[1]);
		});
		expect(specialized.length).toBeGreaterThan(4);
		expect(factories.map(({ name }) => name)).toEqual(expect.arrayContaining(specialized));
	});

	test.each(factories)('$name uses nothing that is declared outside of it', (factory) => {
		expect(openNames(factory)).toEqual([]);
	});

	test.each([
		['a constant', 'class A { m() { return OUTSIDE; } } return A;', ['OUTSIDE']],
		['a function', 'return () => helper(e.OUTSIDE);', ['helper']],
		['a shorthand', 'return { OUTSIDE };', ['OUTSIDE']],
		['a computed name', 'return class { [OUTSIDE]() {} };', ['OUTSIDE']],
		['a default', 'const { OUTSIDE: inside = helper } = e; return inside;', ['helper']],
		['a name behind a dot alone', 'const { OUTSIDE: inside } = e; return { OUTSIDE: inside, a: e.OUTSIDE };', []],
		[
			'what is its own, the language’s, or a type',
			'const OUTSIDE = 1; const a: Outer = Math.max(OUTSIDE, 2); return [a, undefined];',
			[],
		],
	])('would be caught with %s from outside', (_, body, names) => {
		const text = `const OUTSIDE = 1; type Outer = number; function helper(x: number) { return x; }
			function testCode(e: { OUTSIDE: number }) { ${body} }`;
		expect(factoriesOf(programOf(text), 'text.ts').map(openNames)).toEqual([names]);
	});
});
