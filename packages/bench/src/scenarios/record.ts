/**
 * The record of every benchmark, and the functions that both languages must agree on.
 * `benchmarks/native/record.hpp` is the same text in C++.
 */

/** {id: i32, price: f64}: 16 bytes with C's alignment. */
export interface BenchRecord {
	id: number;
	price: number;
}

/**
 * The price of a record that is appended in order. A multiple of 1/8 and never a whole number:
 * sums are exact in a double whatever their order, and no engine can store the field as an integer.
 */
export function priceOf(id: number): number {
	return id * 0.25 + 0.125;
}

/** The hash of a list starts here. */
export const HASH_SEED = 0x811c9dc5 | 0;

/** One record of an order-sensitive FNV-1a hash over 32-bit words. */
export function mixRecord(hash: number, id: number, price: number): number {
	return Math.imul(Math.imul(hash ^ id, 0x01000193) ^ ((price * 8) | 0), 0x01000193);
}

/** The proof of a list's content and order, as text. */
export function hashText(hash: number, size: number): string {
	return `${hash >>> 0}/${size}`;
}

/** The proof of a sum, as text; exact, see {@link priceOf}. */
export function sumText(sum: number): string {
	return sum.toFixed(3);
}

/** One word more of an order-sensitive FNV-1a hash: the lowest 32 bits of a number. */
export function mixWord(hash: number, word: number): number {
	return Math.imul(hash ^ word, 0x01000193);
}
