// A plugin of TypeDoc: what its theme leaves open for readers by key and by ear, found by axe-core in `npm test`.
import { DefaultTheme, PageEvent, RendererEvent } from 'typedoc';
import { patchScript } from './lib/patch-script.mjs';

/** @typedef {import('typedoc').NavigationElement} Entry */

/** A heading that opens and closes has a link to itself in it: a control in a control. */
const LINK_IN_SUMMARY =
	/(<summary class="tsd-accordion-summary"[^>]*>(?:(?!<\/summary>).)*?)<a [^>]*aria-label="Permalink".*?<\/a>/gs;

/** An entry that opens and closes is no link as well: its page is the first of what it opens. @param {Entry[]} entries @returns {Entry[]} */
function apart(entries) {
	return entries.map((entry) => {
		if (entry.children === undefined) return entry;
		const { path, ...rest } = entry;
		const children = apart(entry.children);
		if (path === undefined) return { ...rest, children };
		return { ...rest, children: [{ text: `All of ${entry.text}`, path }, ...children] };
	});
}

/** Where TypeDoc's script makes an entry that opens and closes. */
const DETAILS = 's=r.appendChild(document.createElement("details"));';

/** @param {import('typedoc').Application} app */
export function load(app) {
	app.renderer.on(RendererEvent.BEGIN, () => {
		const { theme } = app.renderer;
		if (!(theme instanceof DefaultTheme)) throw new Error('TypeDoc has another theme when it begins to render');
		const navigation = theme.getNavigation.bind(theme);
		// The chapters of guides are open until a reader closes them.
		theme.getNavigation = (project) =>
			apart(navigation(project)).map((entry) => (entry.text === 'Reference' ? entry : { ...entry, isOpen: true }));
	});
	app.renderer.on(RendererEvent.END, ({ outputDirectory }) => {
		patchScript(app, outputDirectory, DETAILS, `${DETAILS}s.open=t.isOpen===true;`);
	});
	app.renderer.on(PageEvent.END, (page) => {
		if (page.contents === undefined) return;
		page.contents = page.contents
			.replace('<div class="col-content">', '<div class="col-content" role="main">')
			.replace('<nav id="tsd-sidebar-links"', '<nav id="tsd-sidebar-links" aria-label="More pages"')
			.replace(
				'<div class="col-sidebar">',
				'<div class="col-sidebar" role="complementary" aria-label="This page, and all pages">',
			)
			.replace(LINK_IN_SUMMARY, '$1');
	});
}
