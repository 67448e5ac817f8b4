// npm run pack: the packages as npm would install them, in tarballs, until they are in the registry.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { install, npx } from './lib/install.mjs';
import { Failure, root, say, script, step } from './lib/steps.mjs';

const FOLDER = join(root, 'packed');
const PACKED = ['core', 'containers'];

await script(async () => {
	await install();
	await build();
	mkdirSync(FOLDER, { recursive: true });
	const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	await step('packing @flux/core and @flux/containers', async () => {
		// pnpm writes the version of the core where the manifest of the containers says workspace.
		const filters = PACKED.flatMap((name) => ['--filter', `@flux/${name}`]);
		const { code, output } = await npx([packageManager, ...filters, 'pack', '--pack-destination', FOLDER]);
		if (code !== 0) throw new Failure(`pnpm could not pack:\n${output}`);
	});
	const tarballs = PACKED.map((name) => {
		const { version } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
		return join(FOLDER, `flux-${name}-${version}.tgz`);
	});
	say(`In your program: npm install ${tarballs.map((file) => file).join(' ')}`);
});
