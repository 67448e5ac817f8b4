// npm run docs:build: the site of guides and API. npm run docs: the same, served on this machine.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { build } from './lib/build.mjs';
import { install } from './lib/install.mjs';
import { mustRun, root, say, script, step, tool } from './lib/steps.mjs';

const SITE = join(root, 'docs', 'site');
const PORT = Number(process.env.PORT ?? 4173);

/** @type {Record<string, string>} */
const types = {
	'.css': 'text/css; charset=utf-8',
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.json': 'application/json',
	'.png': 'image/png',
	'.svg': 'image/svg+xml',
};

/** @param {string} path as asked for. @returns {string | undefined} a file of the site */
function fileAt(path) {
	const file = normalize(join(SITE, decodeURIComponent(path)));
	if (file !== SITE && !file.startsWith(SITE + sep)) return undefined;
	const found = statSync(file, { throwIfNoEntry: false });
	if (found?.isDirectory()) return fileAt(`${path.replace(/\/$/, '')}/index.html`);
	return found?.isFile() ? file : undefined;
}

function serve() {
	const server = createServer((request, response) => {
		let file;
		try {
			file = fileAt(new URL(request.url ?? '/', 'http://localhost').pathname);
		} catch {
			// A malformed address names no file.
		}
		if (file === undefined) {
			response.writeHead(404, { 'Content-Type': 'text/plain' }).end('There is no such page.\n');
			return;
		}
		response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
		createReadStream(file).pipe(response);
	});
	server.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
		// Whoever builds two checkouts side by side gets the next free port.
		if (error.code === 'EADDRINUSE') server.listen(0, '127.0.0.1');
		else throw error;
	});
	server.on('listening', () => {
		const address = server.address();
		const port = typeof address === 'object' && address !== null ? address.port : PORT;
		say(`The documentation is at http://localhost:${port}/ (Ctrl+C ends it).`);
	});
	server.listen(PORT, '127.0.0.1');
}

await script(async () => {
	await install();
	await build();
	await step('building the documentation', () =>
		mustRun(process.execPath, [tool('typedoc/bin/typedoc'), '--logLevel', 'Warn']),
	);
	if (process.argv.includes('--serve')) serve();
	else say('The documentation is in docs/site.');
});
