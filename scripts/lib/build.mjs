// Builds the packages: tsc checks and compiles, Rollup bundles.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { digest, read, write } from './stamps.mjs';
import { mustRun, root, step, tool } from './steps.mjs';

const STAMP = '.cache/built';

export const packages = ['core', 'containers', 'bench'];

/** Builds all packages, unless their sources are those that the last build saw. */
export async function build({ force = false } = {}) {
	const settings = ['tsconfig.base.json', 'rollup.config.mjs', 'pnpm-lock.yaml'];
	const sources = packages.flatMap((name) =>
		['src', 'package.json', 'tsconfig.json'].map((file) => `packages/${name}/${file}`),
	);
	const wanted = digest([...settings, ...sources]);
	if (!force && read(STAMP) === wanted && packages.every(isBuilt)) return;

	await step('building the packages', async () => {
		for (const name of packages) rmSync(join(root, 'packages', name, 'dist'), { recursive: true, force: true });
		const projects = packages.map((name) => `packages/${name}`);
		await mustRun(process.execPath, [tool('typescript/bin/tsc'), '--build', ...projects]);
		await mustRun(process.execPath, [tool('rollup/dist/bin/rollup'), '--config', 'rollup.config.mjs', '--silent']);
	});
	write(STAMP, wanted);
}

/**
 * Whether every file that the package's manifest promises is there.
 *
 * @param {string} name
 */
function isBuilt(name) {
	const directory = join(root, 'packages', name);
	const { exports } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
	const { import: esm, require: cjs } = exports['.'];
	return [esm.types, esm.default, cjs.types, cjs.default].every((file) => existsSync(join(directory, file)));
}
