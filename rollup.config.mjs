// Bundles what `tsc -b` wrote into packages/*/build: one ESM and one CommonJS file per entry, each with its types.
//
// The hot code of @flux/core is made from the text of its own functions (packages/core/src/struct/evaluate.ts). So
// nothing here may rewrite a function: no minifier, no lower target, no injected helper, and no tree shaking, which
// would drop statements whose effect Rollup cannot see. The user's own bundler drops what the user does not import.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dts } from 'rollup-plugin-dts';

/**
 * The entries of a package: index.ts, and every program that runs in a process of its own: `*.main.ts` becomes
 * `dist/name.js`. Bundled one by one with what they share in files between them, so that none loads another's code.
 *
 * @param {string} name
 * @returns {Record<string, string>}
 */
function entriesOf(name) {
	const build = `packages/${name}/build`;
	const files = existsSync(build) ? readdirSync(build) : [];
	const entries = files.filter((file) => file === 'index.js' || file.endsWith('.main.js'));
	return Object.fromEntries(entries.map((file) => [file.replace(/(\.main)?\.js$/, ''), `${build}/${file}`]));
}

/** Whatever is not a file of the package itself stays an import. */
const external = (/** @type {string} */ id) => !id.startsWith('.') && !id.startsWith('/') && !/^[A-Za-z]:/.test(id);

/** Hands Rollup the source maps of tsc, so that the maps of the bundle lead to the TypeScript. */
const sourceMaps = {
	name: 'source-maps-of-tsc',
	/** @param {string} id */
	load(id) {
		if (!id.endsWith('.js') || !existsSync(`${id}.map`)) return null;
		const code = readFileSync(id, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
		return { code, map: readFileSync(`${id}.map`, 'utf8') };
	},
};

/** @param {string} name */
function bundlesOf(name) {
	const entries = entriesOf(name);
	if (entries.index === undefined) return [];
	const directory = `packages/${name}`;
	const chunkNames = (/** @type {string} */ extension) => ({
		entryFileNames: `[name]${extension}`,
		chunkFileNames: `shared-[hash]${extension}`,
	});
	return [
		{
			input: entries,
			external,
			treeshake: false,
			plugins: [sourceMaps],
			output: [
				{ dir: `${directory}/dist`, format: 'es', sourcemap: true, ...chunkNames('.js') },
				{ dir: `${directory}/dist`, format: 'cjs', sourcemap: true, exports: 'named', ...chunkNames('.cjs') },
			],
		},
		{
			input: { index: `${directory}/build/index.d.ts` },
			external,
			plugins: [dts({ tsconfig: `${directory}/tsconfig.json` })],
			output: [
				{ dir: `${directory}/dist`, format: 'es', entryFileNames: '[name].d.ts' },
				{ dir: `${directory}/dist`, format: 'es', entryFileNames: '[name].d.cts' },
			],
		},
	];
}

export default ['core', 'containers', 'bench'].flatMap(bundlesOf);
