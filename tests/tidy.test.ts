/** The house rules that a program can check. Each is cheap, and says what to do about a breach. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { testsWithoutEvaluation } from './evaluation.testing.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = join(root, 'packages');

interface SourceFile {
	/** Relative to `packages`, with forward slashes: `core/src/slab/layout.ts`. */
	readonly path: string;
	readonly text: string;
	/** The text without its comments and without what is inside string literals on one line. */
	readonly code: string;
	/** What it imports, as paths relative to `packages`, or as names of packages. */
	readonly imports: readonly string[];
}

const MAX_LINES = 700;
/** The packages, and the layers of the core, from the bottom up: each may import those before it. */
const PACKAGES = ['core', 'containers', 'bench'];
const CORE_LAYERS = ['memory', 'slab', 'heap', 'struct', 'snapshot'];
const THE_EVALUATOR = 'core/src/evaluate.ts';

const files = PACKAGES.flatMap((name) => filesBelow(join(packages, name, 'src'))).map(readSource);
const byPath = new Map(files.map((file) => [file.path, file]));
const isTest = ({ path }: SourceFile) => /\.(test|test-d|testing)\.ts$/.test(path);
const sources = files.filter((file) => !isTest(file));

function filesBelow(directory: string): string[] {
	const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
		.map((entry) => join(entry.parentPath, entry.name));
}

function readSource(file: string): SourceFile {
	const text = readFileSync(file, 'utf8');
	const withoutComments = text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/.*$/gm, '');
	const imported = [
		...withoutComments.matchAll(/^(?:import|export)\b[^;'"]*?\bfrom '([^']+)'|^import '([^']+)'/gm),
		...withoutComments.matchAll(/\bimport\('([^']+)'\)/g),
	];
	return {
		path: relative(packages, file).replaceAll(sep, '/'),
		text,
		code: withoutComments.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''"),
		imports: imported.map((match) => resolveImport(file, match[1] ?? match[2] ?? '')),
	};
}

function resolveImport(from: string, specifier: string): string {
	if (!specifier.startsWith('.')) return specifier;
	return relative(packages, join(dirname(from), specifier))
		.replaceAll(sep, '/')
		.replace(/\.js$/, '.ts');
}

test('there are sources to check', () => {
	expect(sources.length).toBeGreaterThan(0);
	for (const { path, imports } of files) {
		for (const target of imports) {
			if (target.endsWith('.ts')) expect(byPath.has(target), `${path} imports ${target}`).toBe(true);
		}
	}
});

test(`a file holds one idea, in ${MAX_LINES} lines at most`, () => {
	const long = files.filter(({ text }) => text.split('\n').length - 1 > MAX_LINES);
	expect(long.map(({ path }) => path)).toEqual([]);
});

test(`text becomes code in ${THE_EVALUATOR} alone`, () => {
	const evaluating = sources.filter(({ code }) => /\bnew Function\b|\bFunction\(|\beval\(/.test(code));
	expect(evaluating.map(({ path }) => path)).toEqual([THE_EVALUATOR]);
});

test('tests run once more without eval where they have to do with it', () => {
	const once = testsWithoutEvaluation();
	expect(once).toContain('packages/core/src/interleavings.test.ts');
	expect(once).not.toContain('packages/core/src/evaluate.test.ts');
	expect(once).not.toContain('packages/containers/src/list/list.test.ts');
	// A worker or a process of its own may evaluate what the test does not import, unless the test forbids it there itself.
	const doubtful = files.filter(
		({ path, text }) =>
			!path.startsWith('bench/') &&
			once.includes(`packages/${path}`) &&
			/node:(child_process|worker_threads|vm)|\bworkerFiles\b/.test(text) &&
			!text.includes('--disallow-code-generation-from-strings'),
	);
	expect(doubtful.map(({ path }) => path)).toEqual([]);
});

test('messages show a value that can be anything by describe()', () => {
	// String(value) throws for an object without a prototype, and a template for a symbol.
	const unsafe = sources.filter(({ path, text }) => !path.startsWith('bench/') && /\$\{String\([^()}]*\)\}/.test(text));
	expect(unsafe.map(({ path }) => path)).toEqual([]);
});

test('no type is switched off', () => {
	const loose = files.filter(
		({ code, text }) =>
			/[:<|&,(]\s*any\b(?!\s*[(:])|\bas any\b|\bany\[\]/.test(code) || /@ts-(ignore|nocheck)/.test(text),
	);
	expect(loose.map(({ path }) => path)).toEqual([]);
});

test('packages are layered: bench over containers over core', () => {
	const breaches = sources.flatMap(({ path, imports }) => {
		const own = path.split('/')[0] ?? '';
		return imports
			.map((target) => /^@flux\/(\w+)/.exec(target)?.[1] ?? (target.endsWith('.ts') ? target.split('/')[0] : undefined))
			.filter((target) => target !== undefined && target !== own)
			.filter((target) => PACKAGES.indexOf(target ?? '') >= PACKAGES.indexOf(own))
			.map((target) => `${path} imports ${target}`);
	});
	const across = files.flatMap(({ path, imports }) =>
		imports
			.filter((target) => target.endsWith('.ts') && target.split('/')[0] !== path.split('/')[0])
			.map((target) => `${path} imports ${target}; import the package by its name`),
	);
	expect([...breaches, ...across]).toEqual([]);
});

test('the core is layered: snapshot over struct over heap over slab over memory', () => {
	const layerOf = (path: string) => CORE_LAYERS.indexOf(/^core\/src\/([\w-]+)\//.exec(path)?.[1] ?? '');
	const breaches = sources.flatMap(({ path, imports }) =>
		imports
			.filter((target) => layerOf(path) >= 0 && layerOf(target) > layerOf(path))
			.map((target) => `${path} imports ${target}`),
	);
	expect(breaches).toEqual([]);
});

test('imports form no cycle', () => {
	const done = new Set<string>();
	const walk = (path: string, trail: readonly string[]): void => {
		const seen = trail.indexOf(path);
		if (seen >= 0) throw new Error(`a cycle: ${[...trail.slice(seen), path].join(' -> ')}`);
		if (done.has(path)) return;
		for (const target of byPath.get(path)?.imports ?? []) walk(target, [...trail, path]);
		done.add(path);
	};
	for (const { path } of files) walk(path, []);
});

test('scripts load before anything is installed', () => {
	// A plug-in is loaded by the program that it belongs to.
	const files = ['scripts', 'scripts/lib'].flatMap((folder) =>
		readdirSync(join(root, folder))
			.filter((name) => name.endsWith('.mjs') && !name.startsWith('typedoc-'))
			.map((name) => `${folder}/${name}`),
	);
	const installed = files.filter((file) =>
		/^import\b[^;]*? from '(?!node:|\.)/m.test(readFileSync(join(root, file), 'utf8')),
	);
	expect(files.length).toBeGreaterThan(10);
	expect(installed).toEqual([]);
});
