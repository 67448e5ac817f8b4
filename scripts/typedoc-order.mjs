// A plugin of TypeDoc: what stands in a folder of the sources stands together in the navigation, and the members of a class
// under the headings that the source has for them.
import { readFileSync } from 'node:fs';
import { Comment, CommentTag, Converter, ReflectionKind } from 'typedoc';

/** @typedef {import('typedoc').DeclarationReflection} Declaration */

/** Titles by folder; what stands in none of these is told by `OF_FILES`. @type {Record<string, string>} */
const OF_FOLDERS = {
	'core/src/memory': 'Arena and heap',
	'core/src/heap': 'Arena and heap',
	'core/src/struct': 'Records',
	'core/src/snapshot': 'Snapshots',
	'containers/src/list': 'List',
	'containers/src/vector': 'Vector',
	'containers/src/queue': 'Queue',
	'containers/src/shared-queue': 'Queues between threads',
	'containers/src/cell': 'Cell',
	'containers/src/hash-map': 'Hash map',
	'containers/src/order-book': 'Order book',
	'containers/src/common': 'All containers',
};
/** @type {Record<string, string>} */
const OF_FILES = { 'core/src/errors.ts': 'Errors' };

/** `// Nodes -----` in the body of an interface or class. */
const HEADING = /^\t\/\/ (\S.*?) -{3,}$/;

/** @type {Map<string, string[]>} */
const files = new Map();
/** @param {string} path */
function linesOf(path) {
	let lines = files.get(path);
	if (lines === undefined) {
		lines = readFileSync(path, 'utf8').split('\n');
		files.set(path, lines);
	}
	return lines;
}

/** @param {Declaration} reflection @param {string} title */
function put(reflection, title) {
	reflection.comment ??= new Comment();
	reflection.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: title }]));
}

/** @param {Declaration} reflection */
function folderTitle(reflection) {
	const path = reflection.sources?.[0]?.fullFileName.replaceAll('\\', '/') ?? '';
	const [, inPackages = ''] = /\/packages\/(.*)$/.exec(path) ?? [];
	if (OF_FILES[inPackages] !== undefined) return OF_FILES[inPackages];
	const folder = Object.keys(OF_FOLDERS).find((each) => inPackages.startsWith(`${each}/`));
	return folder === undefined ? undefined : OF_FOLDERS[folder];
}

/** The heading above a member, in a source that has any. @param {Declaration} member */
function headingOf(member) {
	const [source] = member.sources ?? [];
	if (source === undefined) return undefined;
	const lines = linesOf(source.fullFileName);
	for (let line = source.line - 1; line >= 0; line--) {
		if (/^(export )?(declare )?(abstract )?(interface|class) /.test(lines[line] ?? '')) return undefined;
		const [, title] = HEADING.exec(lines[line] ?? '') ?? [];
		if (title !== undefined) return title;
	}
	return undefined;
}

/** @param {import('typedoc').Application} app */
export function load(app) {
	app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
		for (const reflection of Object.values(project.reflections)) {
			if (!reflection.isDeclaration()) continue;
			const { parent } = reflection;
			if (parent === undefined || parent.isProject() || parent.kindOf(ReflectionKind.Module)) {
				const title = folderTitle(reflection);
				if (title !== undefined) put(reflection, title);
			} else if (parent.kindOf(ReflectionKind.ClassOrInterface)) {
				const title = headingOf(reflection);
				if (title !== undefined) put(reflection, title);
			}
		}
	});
}
