import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Vite, which comes with Vitest. */
interface Vite {
	build(options: object): Promise<unknown>;
}

/** Files for the workers of a test. */
export interface WorkerFiles {
	/** The URL of a module with the packages as `core` and `containers`. */
	readonly bundle: string;
	/** Writes a module and returns its URL. */
	write(name: string, text: string): URL;
	/** Removes all of it. */
	remove(): void;
}

/** Workers load no TypeScript: both packages are bundled from their sources, as they are, for the workers of one test. */
export async function workerFiles(): Promise<WorkerFiles> {
	const directory = mkdtempSync(join(tmpdir(), 'flux-workers-'));
	const vite = createRequire(createRequire(import.meta.url).resolve('vitest/package.json')).resolve('vite');
	const { build } = (await import(pathToFileURL(vite).href)) as Vite;
	const entry = join(directory, 'entry.mjs');
	writeFileSync(entry, "export * as core from '@flux/core';\nexport * as containers from '@flux/containers';\n");
	const source = (pack: string) => join(root, `packages/${pack}/src/index.ts`);
	await build({
		root: directory,
		configFile: false,
		logLevel: 'error',
		resolve: { alias: { '@flux/core': source('core'), '@flux/containers': source('containers') } },
		build: {
			outDir: join(directory, 'bundle'),
			target: 'es2022',
			lib: { entry, formats: ['es'], fileName: () => 'bundle.mjs' },
			minify: false,
		},
	});
	return {
		bundle: pathToFileURL(join(directory, 'bundle', 'bundle.mjs')).href,
		write(name, text) {
			const file = join(directory, name);
			writeFileSync(file, text);
			return pathToFileURL(file);
		},
		remove() {
			rmSync(directory, { recursive: true, force: true });
		},
	};
}
