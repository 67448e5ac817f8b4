/**
 * A value as the text of an error shows it. Never throws, whatever it is given: an object without a prototype has no text, and
 * one with a text of its own may refuse to tell it.
 */
export function shown(value: unknown): string {
	try {
		return String(value);
	} catch {
		return 'an object without a text';
	}
}
