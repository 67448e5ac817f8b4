// A plugin of TypeDoc, for links that it does not know by itself:
// - A comment in one package may name what another one exports, as in {@link NodeError}: TypeDoc looks a name up in its own
//   package alone.
// - `site:` begins an address from the root of the site, in settings that are the same for pages of every folder.
import { ReflectionKind, Renderer } from 'typedoc';

/** @param {import('typedoc').Application} app */
export function load(app) {
	app.converter.addUnknownSymbolResolver((reference, from) => {
		const [name, member] = reference.symbolReference?.path?.map(({ path }) => path) ?? [];
		if (name === undefined || reference.moduleSource !== undefined) return undefined;
		for (const module of from.project.getChildrenByKind(ReflectionKind.Module)) {
			const found = module.getChildByName(member === undefined ? [name] : [name, member]);
			if (found === undefined) continue;
			// TypeDoc's types ask for an address here; what it makes one of, it takes as well.
			const target = /** @type {string} */ (/** @type {unknown} */ (found));
			return { target, caption: member === undefined ? name : `${name}.${member}` };
		}
		return undefined;
	});
	app.renderer.on(Renderer.EVENT_BEGIN, ({ project }) => {
		for (const reflection of Object.values(project.reflections)) {
			if (!(reflection.isDeclaration() || reflection.isSignature()) || reflection.sources === undefined) continue;
			// What TypeScript itself declares is no source of the site.
			const own = reflection.sources.filter(({ fileName }) => !fileName.includes('node_modules/'));
			if (own.length > 0) reflection.sources = own;
			else delete reflection.sources;
		}
	});
	app.renderer.on(Renderer.EVENT_END_PAGE, (page) => {
		const up = '../'.repeat(page.url.split('/').length - 1);
		if (page.contents !== undefined) page.contents = page.contents.replaceAll('href="site:', `href="${up}`);
	});
}
