// Builds the pages of docs/playground into the site: their own code bundled by Rollup, the packages beside it as they were
// built. Those must stay as they are (see rollup.config.mjs), so they are no part of any bundle.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { mustRun, root, tool } from './steps.mjs';

const SOURCE = join(root, 'docs', 'playground');
const COMPILED = join(root, '.cache', 'playground');

/** The packages by their names, and the files that they are in the site. */
const packages = { '@flux/core': './flux-core.js', '@flux/containers': './flux-containers.js' };

/**
 * The built package as a file of the site: a browser knows no bare specifier.
 *
 * @param {string} name
 */
export function packageForBrowsers(name) {
	let code = readFileSync(join(root, 'packages', name, 'dist', 'index.js'), 'utf8');
	for (const [specifier, file] of Object.entries(packages)) code = code.replaceAll(`'${specifier}'`, `'${file}'`);
	return code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
}

/** @param {string} site the folder of the site */
export async function buildPlayground(site) {
	await mustRun(process.execPath, [tool('typescript/bin/tsc'), '--build', 'docs/playground']);
	const target = join(site, 'playground');
	mkdirSync(target, { recursive: true });
	const files = readdirSync(SOURCE);
	const pages = files.filter((file) => extname(file) === '.html');
	const entries = pages.map((page) => {
		const [, script] = /<script type="module" src="([\w-]+)\.js">/.exec(readFileSync(join(SOURCE, page), 'utf8')) ?? [];
		if (script === undefined) throw new Error(`docs/playground/${page} names no script`);
		return [script, join(COMPILED, `${script}.js`)];
	});
	// Not at the top: scripts that install are loaded before it is there.
	const { rollup } = await import('rollup');
	const bundle = await rollup({ input: Object.fromEntries(entries), external: Object.keys(packages) });
	await bundle.write({ dir: target, format: 'es', paths: packages, chunkFileNames: 'shared-[hash].js' });
	await bundle.close();
	for (const name of ['core', 'containers']) writeFileSync(join(target, `flux-${name}.js`), packageForBrowsers(name));
	const { makeFeed } = await import(pathToFileURL(join(COMPILED, 'feed-maker.js')).href);
	writeFileSync(join(target, 'feed.itch.gz'), gzipSync(makeFeed(), { level: 9 }));
	for (const file of files) {
		if (['.html', '.css', '.svg'].includes(extname(file))) copyFileSync(join(SOURCE, file), join(target, file));
	}
}
