// npm run lint | format | typecheck | check:packages
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, packages } from './lib/build.mjs';
import { install } from './lib/install.mjs';
import { Failure, mustRun, root, script, step, tool } from './lib/steps.mjs';

const biome = (/** @type {string[]} */ ...args) =>
	mustRun(process.execPath, [tool('@biomejs/biome/bin/biome'), ...args], { env: { FORCE_COLOR: '1' } });

/** @type {Record<string, () => Promise<void>>} */
const checks = {
	async lint() {
		await step('linting, and comparing with the formatter', () => biome('check', '--error-on-warnings'));
	},

	async format() {
		await step('formatting', () => biome('check', '--write', '--error-on-warnings'));
	},

	async types() {
		await step('checking the types of packages, tests and scripts', () =>
			mustRun(process.execPath, [tool('typescript/bin/tsc'), '--build', 'tsconfig.json']),
		);
	},

	async packages() {
		await build();
		for (const name of packages) {
			await step(`checking the package @flux/${name} as npm would publish it`, () => checkPackage(name));
		}
		await step('checking the types in programs for Node.js, and for pages', checkTypes);
	},
};

/**
 * Publint reads the manifest and the files, attw resolves the packed package as every kind of importer would.
 *
 * @param {string} name
 */
async function checkPackage(name) {
	const directory = join(root, 'packages', name);
	const packed = join(root, '.cache', 'packed', name);
	rmSync(packed, { recursive: true, force: true });
	mkdirSync(packed, { recursive: true });
	await mustRun(process.execPath, [tool('publint/src/cli.js'), 'run', directory, '--strict', '--pack', 'npm']);
	await mustRun('npm', ['pack', '--silent', '--pack-destination', packed], {
		cwd: directory,
		shell: process.platform === 'win32',
	});
	const tarball = readdirSync(packed).find((file) => file.endsWith('.tgz'));
	if (tarball === undefined) throw new Failure(`npm packed nothing of ${name}.`);
	// The types of node10 are those of `main`; that mode knows no `exports` and is not ours to please beyond that.
	await mustRun(process.execPath, [tool('@arethetypeswrong/cli/dist/index.js'), join(packed, tarball)]);
}

/** What a program without the types of the other world sees of ours, down to the last declaration. */
async function checkTypes() {
	// Where the packages find each other, and the types of Node.js.
	const file = join(root, 'packages', 'bench', 'every-type.mts');
	writeFileSync(file, packages.map((name) => `import '@flux/${name}';\n`).join(''));
	const options = [
		'--noEmit',
		'--ignoreConfig',
		'--strict',
		'--skipLibCheck',
		'false',
		'--target',
		'es2022',
		'--module',
		'nodenext',
	];
	try {
		for (const world of [
			['--lib', 'es2022', '--types', 'node'],
			['--lib', 'es2022,esnext.disposable,dom', '--typeRoots', join(root, 'packages', 'bench', 'none')],
		]) {
			await mustRun(process.execPath, [tool('typescript/bin/tsc'), ...options, ...world, file]);
		}
	} finally {
		rmSync(file);
	}
}

await script(async () => {
	const name = process.argv[2] ?? '';
	const check = checks[name];
	if (check === undefined)
		throw new Failure(`There is no check "${name}"; there are ${Object.keys(checks).join(', ')}.`);
	await install();
	await check();
});
