import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

/**
 * What a bundler and a minifier make of the sources: names are shortened, code is moved, and the factories that are
 * evaluated from their own text must not notice. The bundle runs in a process of its own, through the portable tests.
 */

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const portable = pathToFileURL(join(root, 'packages/containers/test/portable.mjs')).href;

/** Vite, which comes with Vitest, and with it a minifier. */
interface Vite {
	build(options: object): Promise<unknown>;
}

let directory: string;
beforeAll(() => {
	directory = mkdtempSync(join(tmpdir(), 'flux-minified-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function bundle(name: string, output: object): Promise<string> {
	const vite = createRequire(createRequire(import.meta.url).resolve('vitest/package.json')).resolve('vite');
	const { build } = (await import(pathToFileURL(vite).href)) as Vite;
	const entry = join(directory, `${name}-entry.mjs`);
	writeFileSync(entry, `export * as core from '@flux/core';\nexport * as containers from '@flux/containers';\n`);
	const source = (pack: string) => join(root, `packages/${pack}/src/index.ts`);
	await build({
		root: directory,
		configFile: false,
		logLevel: 'error',
		resolve: { alias: { '@flux/core': source('core'), '@flux/containers': source('containers') } },
		build: {
			outDir: join(directory, name),
			target: 'es2022',
			lib: { entry, formats: ['es'], fileName: () => 'bundle.mjs' },
			minify: true,
			...output,
		},
	});
	return join(directory, name, 'bundle.mjs');
}

/** Runs the portable tests over a bundle, and returns what went wrong. */
function runPortable(file: string, flags: readonly string[]): { passed: number; failed: string[]; evaluated: boolean } {
	const program = `
		import { run } from ${JSON.stringify(portable)};
		const flux = await import(${JSON.stringify(pathToFileURL(file).href)});
		const failed = [];
		let passed = 0;
		await run(flux, (name, error) => { if (error === undefined) passed++; else failed.push(name + ': ' + (error.stack ?? error)); });
		const { FluxList } = flux.containers, { struct, i32 } = flux.core;
		const list = new FluxList(struct({ a: i32 }), [{ a: 2 }, { a: 1 }]);
		// A layer that was called as it is, not evaluated, has a line of the bundle in its stack.
		let stack = '';
		try { list.next(0); } catch (error) { stack = error.stack; }
		list.sort((x, y) => x.a - y.a);
		const evaluated = /flux-list-\\w+/.test(stack);
		console.log(JSON.stringify({ passed, failed, evaluated }));
	`;
	const runner = join(directory, 'run.mjs');
	writeFileSync(runner, program);
	const { stdout, stderr } = spawnSync(process.execPath, [...flags, runner], { encoding: 'utf8' });
	if (stdout === '') throw new Error(stderr);
	return JSON.parse(stdout);
}

test('a minified bundle works as the sources do, and its hot code is still evaluated for each struct', {
	timeout: 60_000,
}, async () => {
	const file = await bundle('plain', {});
	const plain = runPortable(file, []);
	expect(plain.failed).toEqual([]);
	expect(plain.passed).toBeGreaterThan(5);
	expect(plain.evaluated).toBe(true);
	const forbidden = runPortable(file, ['--disallow-code-generation-from-strings']);
	expect(forbidden).toEqual({ ...plain, evaluated: false });
});

test('a bundle that keeps names by a helper outside of the factories works too', { timeout: 60_000 }, async () => {
	const file = await bundle('names', { rolldownOptions: { output: { keepNames: true } } });
	for (const flags of [[], ['--disallow-code-generation-from-strings']]) {
		const { failed, passed } = runPortable(file, flags);
		expect(failed).toEqual([]);
		expect(passed).toBeGreaterThan(5);
	}
});
