// A plugin of TypeDoc: the search knows members by their class (`FluxList.splice`) and by what they are in C++
// (`std::list::splice`), and takes what is typed as text.
import { IndexEvent, RendererEvent } from 'typedoc';
import { patchScript } from './lib/patch-script.mjs';

/** How TypeDoc's own script takes apart what was typed. Of a word such as `std::list`, lunr would take `std` for the name of a field. */
const WORDS = '.split(" ").map(c=>c.length?';
const ESCAPED_WORDS = String.raw`.split(" ").map(c=>c.replace(/[\\:~^+*-]/g,"\\$&")).map(c=>c.length?`;

/** @type {Record<string, string>} */
const STANDARD = {
	FluxList: 'std::list',
	FluxVector: 'std::vector',
	FluxQueue: 'std::queue',
	FluxHashMap: 'std::unordered_map',
};

/** @param {string} name */
const snakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** @param {import('typedoc').Application} app */
export function load(app) {
	app.renderer.on(IndexEvent.PREPARE_INDEX, (event) => {
		event.searchFieldWeights.path = 10;
		event.searchFieldWeights.standard = 5;
		for (const [index, reflection] of event.searchResults.entries()) {
			const { name, parent } = reflection;
			event.searchFields[index] ??= {};
			const fields = event.searchFields[index];
			if (parent === undefined || parent.isProject()) continue;
			fields.path = `${parent.name}.${name}`;
			const standard = STANDARD[parent.name];
			if (standard !== undefined) fields.standard = `${standard}::${snakeCase(name)}`;
		}
	});
	app.renderer.on(RendererEvent.END, ({ outputDirectory }) => {
		patchScript(app, outputDirectory, WORDS, ESCAPED_WORDS);
	});
}
