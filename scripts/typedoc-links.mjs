// A plugin of TypeDoc. A comment in one package may name what another one exports, as in {@link NodeError}: TypeDoc
// looks a name up in its own package alone.
import { ReflectionKind } from 'typedoc';

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
}
