/** A piece of HTML that is known to be safe. */
export interface Markup {
	readonly text: string;
}

/** HTML from a template: what is filled in is escaped, unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...values: readonly (string | Markup)[]): Markup {
	let text = strings[0];
	for (const [index, value] of values.entries()) {
		text += (typeof value === 'string' ? escapeHtml(value) : value.text) + strings[index + 1];
	}
	return { text };
}

/** Pieces in a row. */
export function join(pieces: readonly Markup[]): Markup {
	return { text: pieces.map(({ text }) => text).join('') };
}

/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
