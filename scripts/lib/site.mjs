// The site of guides, API and playground: built into docs/site, and served from there.
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { build } from './build.mjs';
import { buildPlayground } from './playground.mjs';
import { buildSourcePages } from './source-pages.mjs';
import { digest, read, write } from './stamps.mjs';
import { mustRun, root, step, tool } from './steps.mjs';

export const SITE = join(root, 'docs', 'site');
const STAMP = '.cache/site';

/** Builds the site, unless it was built from the same files. */
export async function buildSite({ force = false } = {}) {
	await build();
	const guides = [
		'docs/guides',
		'docs/pictures',
		'docs/playground',
		'docs/examples',
		'docs/site.css',
		'docs/site.js',
		'benchmarks/README.md',
		'benchmarks/results',
	];
	const settings = ['typedoc.json', 'scripts', 'package.json', 'pnpm-lock.yaml', 'tsconfig.base.json'];
	const texts = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE'];
	const wanted = digest([
		...guides,
		...settings,
		...texts,
		...['core', 'containers', 'bench'].map((name) => `packages/${name}`),
	]);
	if (!force && read(STAMP) === `${wanted} ${countFiles()}`) return;
	write(STAMP, '');
	await step('building the documentation', async () => {
		await mustRun(process.execPath, [tool('typedoc/bin/typedoc'), '--logLevel', 'Warn']);
		await buildPlayground(SITE);
		buildSourcePages(SITE);
	});
	write(STAMP, `${wanted} ${countFiles()}`);
}

/** How many files there are in the site: where one was taken away, it is not what was built. */
function countFiles() {
	return existsSync(SITE) ? readdirSync(SITE, { recursive: true }).length : 0;
}

/** @type {Record<string, string>} */
const types = {
	'.css': 'text/css; charset=utf-8',
	'.gz': 'application/gzip',
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.json': 'application/json',
	'.md': 'text/plain; charset=utf-8',
	'.png': 'image/png',
	'.svg': 'image/svg+xml',
	'.ts': 'text/plain; charset=utf-8',
};

/**
 * The headers by which a page is isolated from other origins: it may then share memory with workers, and its clock is finer.
 *
 * @type {Record<string, string>}
 */
export const isolation = {
	'Cross-Origin-Opener-Policy': 'same-origin',
	'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** @param {string} path as asked for. @returns {string | undefined} a file of the site */
function fileAt(path) {
	const file = normalize(join(SITE, decodeURIComponent(path)));
	if (file !== SITE && !file.startsWith(SITE + sep)) return undefined;
	const found = statSync(file, { throwIfNoEntry: false });
	if (found?.isDirectory()) return fileAt(`${path.replace(/\/$/, '')}/index.html`);
	return found?.isFile() ? file : undefined;
}

/**
 * A server of the site, not listening yet.
 *
 * @param {Record<string, string>} headers of every answer
 */
export function siteServer(headers) {
	return createServer((request, response) => {
		let file;
		try {
			file = fileAt(new URL(request.url ?? '/', 'http://localhost').pathname);
		} catch {
			// A malformed address names no file.
		}
		for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
		if (file === undefined) {
			response.writeHead(404, { 'Content-Type': 'text/plain' }).end('There is no such page.\n');
			return;
		}
		response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
		createReadStream(file).pipe(response);
	});
}
