// A stamp says what a directory was made from. While nothing of that has changed, the work need not be done again.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './steps.mjs';

/** Directories that are made, not written. */
const made = new Set(['node_modules', 'dist', 'build', '.cache']);

/**
 * All files below a path of the checkout, or the file itself, in a stable order.
 *
 * @param {string} path relative to the root of the checkout
 * @returns {string[]}
 */
function filesBelow(path) {
	let entries;
	try {
		entries = readdirSync(join(root, path), { withFileTypes: true });
	} catch (error) {
		const { code } = /** @type {NodeJS.ErrnoException} */ (error);
		if (code === 'ENOTDIR') return [path];
		if (code === 'ENOENT') return [];
		throw error;
	}
	return entries
		.filter((entry) => !made.has(entry.name))
		.sort((a, b) => (a.name < b.name ? -1 : 1))
		.flatMap((entry) => (entry.isDirectory() ? filesBelow(`${path}/${entry.name}`) : [`${path}/${entry.name}`]));
}

/**
 * The digest of files, by name and content, and of whatever else decides the outcome.
 *
 * @param {readonly string[]} paths files and directories, relative to the root of the checkout
 * @param {readonly string[]} [more]
 */
export function digest(paths, more = []) {
	const hash = createHash('sha256').update(JSON.stringify(more));
	for (const file of paths.flatMap(filesBelow)) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
	return hash.digest('hex');
}

/** @param {string} stamp */
export function read(stamp) {
	try {
		return readFileSync(join(root, stamp), 'utf8').trim();
	} catch {
		return undefined;
	}
}

/**
 * @param {string} stamp
 * @param {string} value
 */
export function write(stamp, value) {
	const file = join(root, stamp);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, `${value}\n`);
}
