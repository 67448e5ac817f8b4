/**
 * The one place where text becomes code.
 *
 * V8 keeps one set of type feedback per function text: a class shared by ten record types sees ten shapes and slows
 * down three- to tenfold. So hot classes are evaluated once per struct, each time under a name of its own, and what
 * reads and writes fields is generated. Where a policy forbids that (a page's Content-Security-Policy,
 * `node --disallow-code-generation-from-strings`), the same classes are used as they are, and fields are interpreted.
 */

let evaluations = 0;

/** Whether text can become code here. A policy cannot be asked, only tried; it can not change while a page lives. */
export const canEvaluate: boolean = (() => {
	try {
		return new Function('return 1')() === 1;
	} catch {
		return false;
	}
})();

/**
 * Evaluates the body of a function with the parameters `names`, and calls it with `values`.
 *
 * `label` names it in stack traces and profiles. Every call makes code of its own: the label ends in a number, and text
 * that differs is compiled, and optimized, separately.
 */
export function evaluate<T>(body: string, environment: Readonly<Record<string, unknown>>, label: string): T {
	const names = Object.keys(environment);
	// A label comes from field names; only what cannot end the comment stays.
	const url = `flux-${label.replace(/[^\w]+/g, '-')}-${++evaluations}.js`;
	const run = new Function(...names, `"use strict";\n${body}\n//# sourceURL=${url}`);
	return run(...names.map((name) => environment[name]));
}

/**
 * Calls a factory as if it had been written once for this caller: where text can become code, from its own text.
 *
 * A factory must be closed: everything it uses comes in `environment`. Tools that reach into functions (coverage that
 * counts in a global, bundlers that keep names by a helper) make it open; such a copy fails with a ReferenceError as
 * soon as it runs, and the factory itself is called instead, which is slower and just as right.
 *
 * What it reads as `words.NAME` becomes the literal: an engine inlines by the size of functions, and a constant of an
 * outer scope takes three times the room. A minifier that renames `words` costs that room again, and nothing else.
 */
export function specialize<E extends object, T>(factory: (environment: E) => T, environment: E, label: string): T {
	if (canEvaluate) {
		const { words = {} } = environment as { readonly words?: Literals };
		try {
			return evaluate<(environment: E) => T>(
				`return (${withLiterals(Function.prototype.toString.call(factory), words)});`,
				{},
				label,
			)(environment);
		} catch (error) {
			if (!(error instanceof ReferenceError || error instanceof SyntaxError)) throw error;
		}
	}
	return factory(environment);
}

/** Named constants. */
type Literals = Readonly<Record<string, number | boolean>>;

function withLiterals(text: string, words: Literals): string {
	return text.replace(/(?<![\w$.])words\.([A-Z_]+)\b/g, (use, name: string) =>
		Object.hasOwn(words, name) ? `(${words[name]})` : use,
	);
}
