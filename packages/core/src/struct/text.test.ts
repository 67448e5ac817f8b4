import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../soak.testing.js';
import { misfitsText, readText, textMisfit, writeText } from './text.js';

const encoder = new TextEncoder();
const texts = fc.oneof(
	fc.string({ maxLength: 12 }),
	fc.string({ unit: 'binary', maxLength: 6 }),
	fc.string({
		unit: fc.constantFrom('a', '\0', 'é', '€', '😀', '\ud800', '\udc00', '\ufeff', '\x7f', '\x80'),
		maxLength: 8,
	}),
);

test('a text fits where its UTF-8 has no more bytes than there are, and no zero', () => {
	fc.assert(
		fc.property(texts, fc.integer({ min: 1, max: 20 }), (text, length) => {
			const bytes = encoder.encode(text).length;
			const fits = bytes <= length && !text.includes('\0');
			expect(misfitsText(text, length)).toBe(!fits);
			const problem = textMisfit(text, length);
			expect(problem === undefined).toBe(fits);
			if (problem !== undefined) expect(problem).toContain(text.includes('\0') ? 'zero character' : String(bytes));
		}),
		{ numRuns: runs(5000) },
	);
});

test('what is written is read back, in shared memory too, and the bytes around it stay', () => {
	fc.assert(
		fc.property(texts, fc.integer({ min: 1, max: 20 }), fc.nat(7), fc.boolean(), (text, length, at, shared) => {
			fc.pre(!misfitsText(text, length));
			const bytes = new Uint8Array(shared ? new SharedArrayBuffer(40) : new ArrayBuffer(40)).fill(0xaa);
			writeText(bytes, at, length, text);
			expect(readText(bytes, at, length)).toBe(text.replace(/\p{Surrogate}/gu, '\ufffd'));
			const encoded = encoder.encode(text);
			expect([...bytes.slice(at, at + encoded.length)]).toEqual([...encoded]);
			bytes.forEach((byte, index) => {
				if (index < at || index >= at + length) expect(byte).toBe(0xaa);
				else if (index >= at + encoded.length) expect(byte).toBe(0);
			});
		}),
		{ numRuns: runs(5000) },
	);
});

test('bytes that are no UTF-8 are read as replacement characters, not as an error', () => {
	const bytes = Uint8Array.of(0x61, 0xff, 0xc3, 0x00, 0x62);
	expect(readText(bytes, 0, 5)).toBe('a\ufffd\ufffd');
});
