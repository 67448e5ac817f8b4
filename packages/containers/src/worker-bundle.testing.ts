import { createHash } from 'node:crypto';
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

/** Workers load no TypeScript: both packages are bundled from their sources, as they are, once for all tests that need them. */
export async function workerFiles(): Promise<WorkerFiles> {
	const directory = mkdtempSync(join(tmpdir(), 'flux-workers-'));
	return {
		bundle: pathToFileURL(await bundleOf(directory)).href,
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

/** The bundle of the sources as they are now: made in `directory`, then kept for whoever comes with the same sources. */
async function bundleOf(directory: string): Promise<string> {
	const kept = join(root, '.cache', 'worker-bundle', digestOfSources());
	if (existsSync(kept)) return join(kept, 'bundle.mjs');
	const made = join(directory, 'bundle');
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
			outDir: made,
			target: 'es2022',
			lib: { entry, formats: ['es'], fileName: () => 'bundle.mjs' },
			minify: false,
		},
	});
	keep(made, kept);
	return existsSync(kept) ? join(kept, 'bundle.mjs') : join(made, 'bundle.mjs');
}

/** Puts a whole folder into place at once, where another test has not done so first, and takes away those of other sources. */
function keep(made: string, kept: string): void {
	const folder = dirname(kept);
	mkdirSync(folder, { recursive: true });
	for (const name of readdirSync(folder)) {
		const old = join(folder, name);
		// A run of yesterday is over. Another test may have put its folder in place, or taken the old one away, meanwhile.
		const made = statSync(old, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
		if (Date.now() - made > 86_400_000) rmSync(old, { recursive: true, force: true });
	}
	const ours = mkdtempSync(join(folder, 'new-'));
	cpSync(made, ours, { recursive: true });
	try {
		renameSync(ours, kept);
	} catch {
		rmSync(ours, { recursive: true, force: true });
	}
}

function digestOfSources(): string {
	const hash = createHash('sha256');
	for (const pack of ['core', 'containers']) {
		const folder = join(root, `packages/${pack}/src`);
		for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort())
			if (/(?<!\.test|\.test-d|\.testing)\.ts$/.test(name))
				hash.update(`\0${name}\0`).update(readFileSync(join(folder, name)));
	}
	return hash.digest('hex').slice(0, 16);
}
