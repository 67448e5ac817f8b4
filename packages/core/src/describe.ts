/** The most characters of a text that a message shows. */
const MOST_SHOWN = 100;

/**
 * A value as error messages show it. All of them ask here, because a value that is refused can be anything: `String(value)`
 * throws for an object without a prototype and for a revoked proxy, runs the `toString` of others, and prints all of an array.
 *
 * Texts stand in quotes and bigints end in n, so that `5`, `"5"` and `5n` are told apart. Never throws. O(1).
 */
export function describe(value: unknown): string {
	switch (typeof value) {
		case 'string':
			return JSON.stringify(shorten(value));
		case 'bigint':
			return `${shorten(value.toString())}n`;
		case 'symbol':
			return `Symbol(${shorten(value.description ?? '')})`;
		case 'function':
			return 'a function';
		case 'object':
			return value === null ? 'null' : describeObject(value);
		default:
			return String(value);
	}
}

/** The kind of an object, by the name of its class where it has one. */
function describeObject(value: object): string {
	try {
		if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
		const { name } = value.constructor;
		if (typeof name === 'string' && name !== '' && name !== 'Object')
			return `${/^[AEIO]/i.test(name) ? 'an' : 'a'} ${shorten(name)}`;
	} catch {
		// No prototype, a proxy that was revoked, or a getter that throws.
	}
	return 'an object';
}

function shorten(text: string): string {
	return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text;
}
