import { expect, test } from 'vitest';
import { checksum } from './checksum.js';

/** The checksum of bytes, as 16 bytes. */
function sumOf(bytes: Uint8Array, seed = 0): Uint8Array {
	const padded = new Int32Array(Math.ceil(bytes.length / 4));
	new Uint8Array(padded.buffer).set(bytes);
	const sum = new Int32Array(4);
	checksum(padded, 0, bytes.length, sum, 0, seed);
	return new Uint8Array(sum.buffer);
}

const hexOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

test('is MurmurHash3_x86_128: the number that the suite of its author, SMHasher, verifies it by', () => {
	const all = new Uint8Array(256 * 16);
	for (let length = 0; length < 256; length++) {
		all.set(
			sumOf(
				Uint8Array.from({ length }, (_, byte) => byte),
				256 - length,
			),
			length * 16,
		);
	}
	expect(new DataView(sumOf(all).buffer).getUint32(0, true)).toBe(0xb3ece62a);
});

test('of nothing is zeros, and every length has its own', () => {
	expect(hexOf(sumOf(new Uint8Array(0)))).toBe('0'.repeat(32));
	const sums = Array.from({ length: 100 }, (_, length) => hexOf(sumOf(new Uint8Array(length))));
	expect(new Set(sums).size).toBe(100);
});

test('changes with every bit', () => {
	const bytes = Uint8Array.from({ length: 70 }, (_, index) => (index * 37) & 255);
	const seen = new Set([hexOf(sumOf(bytes))]);
	for (let bit = 0; bit < bytes.length * 8; bit++) {
		bytes[bit >> 3] ^= 1 << (bit & 7);
		seen.add(hexOf(sumOf(bytes)));
		bytes[bit >> 3] ^= 1 << (bit & 7);
	}
	expect(seen.size).toBe(70 * 8 + 1);
});

test('reads from any word and writes to any', () => {
	const words = Int32Array.of(7, 1, 2, 3, 4, 5, 9);
	const into = new Int32Array(6);
	checksum(words, 1, 20, into, 1);
	expect(new Uint8Array(into.buffer, 4, 16)).toEqual(sumOf(new Uint8Array(Int32Array.of(1, 2, 3, 4, 5).buffer)));
	expect([into[0], into[5]]).toEqual([0, 0]);
});
