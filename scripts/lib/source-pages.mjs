// The sources as pages of the site, so that "Defined in" leads to the line, wherever the site is read.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './steps.mjs';

const packages = ['core', 'containers', 'bench'];

/** @param {string} text */
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * @param {string} path of the file in the repository
 * @param {string} code
 */
function pageOf(path, code) {
	const up = '../'.repeat(path.split('/').length);
	const lines = code
		.replace(/\n$/, '')
		.split('\n')
		.map(
			(line, index) => `<span id="L${index + 1}"><a href="#L${index + 1}">${index + 1}</a>${escaped(line)}\n</span>`,
		);
	return `<!doctype html>
<html lang="en">
<head>
	<meta charset="utf-8">
	<meta name="viewport" content="width=device-width, initial-scale=1">
	<title>${path} | FluxMemory</title>
	<link rel="icon" href="${up}playground/icon.svg" type="image/svg+xml">
	<link rel="stylesheet" href="${up}playground/playground.css">
	<script type="module" src="${up}playground/contents.js"></script>
</head>
<body>
	<header>
		<a class="home" href="${up}index.html">FluxMemory</a>
		<h1>${path}</h1>
		<label>Theme
			<select id="theme"><option value="os">System</option><option value="light">Light</option><option value="dark">Dark</option></select>
		</label>
	</header>
	<main>
		<pre class="source" role="region" tabindex="0" aria-label="${path}">${lines.join('')}</pre>
	</main>
</body>
</html>
`;
}

/**
 * Writes a page for each source of the packages that the API is made from; tests are not among them.
 *
 * @param {string} site the folder of the site
 */
export function buildSourcePages(site) {
	for (const name of packages) {
		const folder = `packages/${name}/src`;
		const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
		for (const file of files.map((each) => each.replaceAll('\\', '/'))) {
			if (!file.endsWith('.ts') || /\.(test|test-d|testing)\.ts$/.test(file)) continue;
			const path = `${folder}/${file}`;
			const page = join(site, 'source', `${path}.html`);
			mkdirSync(dirname(page), { recursive: true });
			writeFileSync(page, pageOf(path, readFileSync(join(root, path), 'utf8')));
		}
	}
}
