// Follows every link of the built site: each must lead to a file of the site, and its fragment to an id in that file.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { SITE } from './site.mjs';

/** @typedef {{ links: string[], ids: Set<string> }} Page */

/** @param {string} text of an attribute */
const plain = (text) =>
	text
		.replaceAll('&amp;', '&')
		.replaceAll('&quot;', '"')
		.replaceAll('&#39;', "'")
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>');

/** @param {string} file @returns {Page} */
function readPage(file) {
	// What a script or a comment says is no link.
	const html = readFileSync(file, 'utf8').replace(/<script\b[^>]*>[\s\S]*?<\/script>|<!--[\s\S]*?-->/g, (text) =>
		text.startsWith('<script') ? text.slice(0, text.indexOf('>') + 1) : '',
	);
	const links = [];
	const ids = new Set();
	for (const [tag] of html.matchAll(/<[a-z][^>]*>/gi)) {
		for (const [, name, value] of tag.matchAll(/\s(href|src|id|name)="([^"]*)"/g)) {
			if (name === 'href' || name === 'src') links.push(plain(value));
			else ids.add(plain(value));
		}
	}
	return { links, ids };
}

/** Whether a link leads out of the site, or is no address of a file. @param {string} link */
const leadsOut = (link) => /^[a-z][a-z0-9+.-]*:/i.test(link) || link.startsWith('//');

/** @returns {{ links: number, outside: number, broken: string[] }} */
export function checkLinks(site = SITE) {
	const files = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(html|svg)$/.test(file));
	/** @type {Map<string, Page>} */
	const pages = new Map(files.map((file) => [join(site, file), readPage(join(site, file))]));
	const broken = [];
	let links = 0;
	let outside = 0;
	for (const [file, page] of pages) {
		for (const link of page.links) {
			if (leadsOut(link)) {
				outside++;
				continue;
			}
			links++;
			const reason = reasonWhyBroken(file, link, pages);
			if (reason !== undefined) broken.push(`${relative(site, file)}: ${link} (${reason})`);
		}
	}
	return { links, outside, broken: [...new Set(broken)] };
}

/**
 * @param {string} file where the link stands
 * @param {string} link
 * @param {Map<string, Page>} pages
 */
function reasonWhyBroken(file, link, pages) {
	const [path, fragment] = link.split('#');
	let target = path === '' ? file : resolve(dirname(file), decodeURIComponent(path.replace(/\?.*$/, '')));
	if (!existsSync(target)) return 'there is no such file';
	if (statSync(target).isDirectory()) target = join(target, 'index.html');
	if (!existsSync(target)) return 'the folder has no page';
	if (fragment === undefined || fragment === '') return undefined;
	const page = pages.get(target);
	if (page === undefined) return 'only pages and pictures have fragments';
	return page.ids.has(decodeURIComponent(fragment)) ? undefined : 'there is no such fragment';
}
