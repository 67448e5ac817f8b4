/**
 * Fixed-length text: UTF-8, padded with zeros, as a `char[n]` of C.
 *
 * Most texts in records are short and plain (symbols, codes), so plain characters take a loop of their own and only
 * others go through TextEncoder and TextDecoder.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Why `text` cannot be a `char(length)`; undefined when it can. */
export function textMisfit(text: string, length: number): string | undefined {
	if (!misfitsText(text, length)) return undefined;
	if (text.includes('\0'))
		return `holds ${JSON.stringify(text)} with a zero character, which marks the end of a char(${length})`;
	return `holds ${JSON.stringify(text)}, ${encoder.encode(text).length} bytes of UTF-8, too long for a char(${length}); shorten it, or declare more`;
}

/** Whether `text` has more than `length` bytes in UTF-8, or a zero character. Allocates only for text that is not plain ASCII. */
export function misfitsText(text: string, length: number): boolean {
	const characters = text.length;
	if (characters > length) return true;
	for (let index = 0; index < characters; index++) {
		const code = text.charCodeAt(index);
		if (code >= 128) return text.includes('\0') || encoder.encode(text).length > length;
		if (code === 0) return true;
	}
	return false;
}

/** Writes a text that fits to `length` bytes from `at`. */
export function writeText(bytes: Uint8Array, at: number, length: number, text: string): void {
	const characters = text.length;
	let index = 0;
	for (; index < characters; index++) {
		const code = text.charCodeAt(index);
		if (code >= 128) {
			// Encoded apart, because encodeInto refuses shared memory.
			const encoded = encoder.encode(text);
			for (index = 0; index < encoded.length; index++) bytes[at + index] = encoded[index];
			break;
		}
		bytes[at + index] = code;
	}
	for (; index < length; index++) bytes[at + index] = 0;
}

/** The text of `length` bytes from `at`: up to the first zero. */
export function readText(bytes: Uint8Array, at: number, length: number): string {
	let text = '';
	for (let index = 0; index < length; index++) {
		const code = bytes[at + index];
		if (code === 0) break;
		// Decoded from a copy, because TextDecoder refuses shared memory.
		if (code >= 128) return decode(bytes, at, length);
		text += String.fromCharCode(code);
	}
	return text;
}

function decode(bytes: Uint8Array, at: number, length: number): string {
	const copy = new Uint8Array(length);
	let end = 0;
	for (; end < length && bytes[at + end] !== 0; end++) copy[end] = bytes[at + end];
	return decoder.decode(copy.subarray(0, end));
}
