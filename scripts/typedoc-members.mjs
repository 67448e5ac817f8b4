// A plugin of TypeDoc: a table of costs and errors on the page of each class, taken from the comments of its members. A method
// whose comment says no cost, itself or by the member that it refers to, fails the build.
import { JSX, ReflectionKind } from 'typedoc';

/** @typedef {import('typedoc').DeclarationReflection} Declaration */
/** @typedef {import('typedoc').SignatureReflection} Signature */
/** @typedef {import('typedoc').Comment} Comment */
/** @typedef {import('typedoc').Reflection} Reflection */
/** @typedef {{ name: string, of: Declaration | Signature, comment: Comment | undefined, isMethod: boolean }} Member */

/** What others implement, and what is no more than its fields. */
const WITHOUT = new Set(['BookListener', 'WatchedWorker', 'Memory']);
/** `O(n)`, `O(n log n) comparisons`, `O(1) amortized`: up to the end of the clause. */
const COST = /O\((?:[^()]|\([^()]*\))*\)[^.,;:]*/g;
/** Another member that says the rest: "As `pushBack`.", "`submit` for an id of two words.", "Throws as `wait`." */
const LIKE = /^`(?:\w+\.)?(\w+)(?:\([^`]*\))?`|\bAs `(?:\w+\.)?(\w+)(?:\([^`]*\))?`/;
const THROWS_LIKE = /(?:Throws|Rejects)(?: with what| as) `(?:\w+\.)?(\w+)(?:\([^`]*\))?`/;

/** @param {Comment | undefined} comment */
const partsOf = (comment) => [
	...(comment?.summary ?? []),
	...(comment?.blockTags.filter(({ tag }) => tag !== '@example').flatMap(({ content }) => content) ?? []),
];
/** @param {Comment | undefined} comment */
const textOf = (comment) =>
	partsOf(comment)
		.map(({ text }) => text)
		.join('')
		.replace(/\s+/g, ' ');

/** The rows of a class's table, in the order of the source. @param {Declaration} owner @returns {Member[]} */
function membersOf(owner) {
	/** @param {string} name @param {Declaration | Signature} of @param {boolean} isMethod @returns {Member} */
	const member = (name, of, isMethod, comment = of.comment) => ({ name, of, comment, isMethod });
	const constructs = (owner.signatures ?? []).map((of) => member('new', of, true));
	const others = (owner.children ?? [])
		.filter(
			({ name, inheritedFrom, flags }) => name !== 'prototype' && inheritedFrom === undefined && !flags.isInherited,
		)
		.flatMap((child) => {
			if (child.signatures === undefined) {
				return [member(child.name, child, false, child.comment ?? child.getSignature?.comment)];
			}
			const name = child.kindOf(ReflectionKind.Constructor) ? 'new' : child.name;
			return child.signatures.map((of) => member(name, of, true));
		});
	return [...constructs, ...others];
}

/**
 * @template T
 * @param {Member} member
 * @param {readonly Member[]} all
 * @param {RegExp} like how a comment refers to the member that says it
 * @param {(member: Member) => T[]} read
 * @returns {T[]} what the member says itself, or else what the one says that it refers to
 */
function ownOrReferred(member, all, like, read, depth = 0) {
	const own = read(member);
	if (own.length > 0 || depth > 3) return own;
	const match = like.exec(textOf(member.comment));
	const name = match?.[1] ?? match?.[2];
	const referred = all.find((other) => other.name === name && other !== member && other.comment !== member.comment);
	return referred === undefined ? [] : ownOrReferred(referred, all, like, read, depth + 1);
}

/** What the standard has instead is not our cost. */
const OF_THE_STANDARD = /the standard has O\([^)]*\)/g;

/** @param {Member} member */
const costsIn = ({ comment }) =>
	[...textOf(comment).replace(OF_THE_STANDARD, '').matchAll(COST)].map(([cost]) =>
		cost.replace(/\s+(and|or|as|where)?\s*$/, '').trim(),
	);

/** Sentences that say what the call itself throws, not what later ones do. */
const THROWS = /^(Throws|Rejects)\b|\bthe next step throws\b/;

/** @param {Member} member @returns {Reflection[]} */
function errorsIn({ comment }) {
	const tags = comment?.blockTags.filter(({ tag }) => tag === '@throws').flatMap(({ content }) => content) ?? [];
	const links = [...(comment?.summary ?? []), ...tags].filter((part) => part.kind === 'inline-tag');
	// Each link as a mark in the text, so that the sentence is known that it stands in.
	const marked = (comment?.summary ?? [])
		.map((part) => (part.kind === 'inline-tag' ? `<${links.indexOf(part)}>` : part.text))
		.join('');
	const told = marked
		.split(/(?<=\.)\s+/)
		.filter((sentence) => THROWS.test(sentence))
		.flatMap((sentence) => [...sentence.matchAll(/<(\d+)>/g)].map(([, index]) => links[Number(index)]));
	const targets = [...told, ...links.filter((part) => tags.includes(part))].map(
		(part) => /** @type {{ target?: Reflection | string } | undefined} */ (part)?.target,
	);
	return [...new Set(targets)].filter(
		/** @returns {target is Reflection} */ (target) => typeof target === 'object' && /Error$/.test(target.name),
	);
}

/** @param {Member} member @param {readonly Member[]} all */
export function rowOf(member, all) {
	const costs = ownOrReferred(member, all, LIKE, costsIn);
	const like = THROWS_LIKE.test(textOf(member.comment)) ? THROWS_LIKE : LIKE;
	return { costs: [...new Set(costs)], errors: ownOrReferred(member, all, like, errorsIn) };
}

/** Whether a class gets a table: it is ours, and can be called. @param {Reflection} reflection @returns {reflection is Declaration} */
function hasTable(reflection) {
	if (!reflection.isDeclaration() || !reflection.kindOf(ReflectionKind.ClassOrInterface)) return false;
	if (WITHOUT.has(reflection.name) || /Error$/.test(reflection.name)) return false;
	if (reflection.parent?.name === '@flux/bench') return false;
	return membersOf(reflection).some(({ isMethod, name }) => isMethod && name !== 'new');
}

/** @param {import('typedoc').DefaultThemeRenderContext} context @param {Declaration} owner */
function tableOf(context, owner) {
	const members = membersOf(owner);
	const { createElement } = JSX;
	const rows = members.map((member) => {
		const { costs, errors } = rowOf(member, members);
		const parameters = 'parameters' in member.of ? (member.of.parameters ?? []).map(({ name }) => name).join(', ') : '';
		const called = member.isMethod ? `${member.name}(${parameters})` : member.name;
		const links = errors.flatMap((error, index) => [
			...(index === 0 ? [] : [', ']),
			createElement('a', { href: context.urlTo(error) }, error.name),
		]);
		return createElement(
			'tr',
			null,
			createElement(
				'td',
				null,
				createElement('a', { href: context.urlTo(member.of) }, createElement('code', null, called)),
			),
			createElement('td', null, costs.length === 0 && !member.isMethod ? 'O(1)' : costs.join('; ')),
			createElement('td', null, ...links),
		);
	});
	const head = createElement(
		'tr',
		null,
		...['Member', 'Cost', 'Throws'].map((title) => createElement('th', { scope: 'col' }, title)),
	);
	return createElement(
		'details',
		{ class: 'costs tsd-typography', open: true },
		createElement('summary', null, 'Costs and errors'),
		createElement('table', null, createElement('thead', null, head), createElement('tbody', null, ...rows)),
		createElement(
			'p',
			null,
			'Every call throws DisposedError after the end of what it belongs to. What a call throws besides stands with it.',
		),
	);
}

/** @param {import('typedoc').Application} app */
export function load(app) {
	app.renderer.hooks.on('comment.afterTags', (context, _comment, reflection) =>
		reflection === context.page.model && hasTable(reflection)
			? tableOf(context, reflection)
			: JSX.createElement(JSX.Fragment, null),
	);
	app.renderer.on('beginRender', ({ project }) => {
		for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
			for (const owner of module.children ?? []) {
				if (!hasTable(owner)) continue;
				const members = membersOf(owner);
				for (const member of members) {
					if (member.isMethod && rowOf(member, members).costs.length === 0) {
						app.logger.error(`${owner.name}.${member.name} says no cost: write O(...) into its comment`);
					}
				}
			}
		}
	});
}
