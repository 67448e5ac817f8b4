const DIGIT = 11;
const MASK = (1 << DIGIT) - 1;
/** Digits of 64 bits. */
const PASSES = 6;

/**
 * Least-significant-digit radix sort of nodes by number keys, stable (Knuth, TAOCP 5.2.5). The bits of a double
 * order as unsigned integers once the sign bit is flipped, or all bits where it is set. NaN comes last, -0 equals 0.
 */
export function radixSort(nodes: Int32Array, keys: Float64Array, descending: boolean): Int32Array {
	const { length } = nodes;
	if (length < 2) return nodes;
	const bits = new Uint32Array(keys.buffer);
	for (let at = 0; at < length; at++) {
		const key = keys[at];
		if (key === 0) keys[at] = 0;
		const high = bits[2 * at + 1];
		const low = bits[2 * at];
		// NaN, whatever its bits, becomes the greatest key.
		const unordered = Number.isNaN(key);
		const flip = unordered ? 0 : high >>> 31 === 1 ? 0xffffffff : 0x80000000;
		let top = unordered ? 0xffffffff : high ^ flip;
		let bottom = unordered ? 0xffffffff : flip === 0xffffffff ? ~low : low;
		// Descending order flips the digits, not the result: equal keys keep their order. NaN stays last.
		if (descending && !unordered) {
			top = ~top;
			bottom = ~bottom;
		}
		bits[2 * at + 1] = top;
		bits[2 * at] = bottom;
	}
	const counts = new Int32Array(PASSES << DIGIT);
	for (let at = 0; at < length; at++)
		for (let pass = 0; pass < PASSES; pass++) counts[(pass << DIGIT) + digitOf(at, pass, bits)]++;
	let fromBits: Uint32Array = bits;
	let toBits: Uint32Array = new Uint32Array(2 * length);
	let from = nodes;
	let to: Int32Array = new Int32Array(length);
	for (let pass = 0; pass < PASSES; pass++) {
		const base = pass << DIGIT;
		// A digit in which all keys agree orders nothing.
		if (counts[base + digitOf(0, pass, fromBits)] === length) continue;
		let sum = 0;
		for (let digit = 0; digit <= MASK; digit++) {
			const count = counts[base + digit];
			counts[base + digit] = sum;
			sum += count;
		}
		for (let at = 0; at < length; at++) {
			const place = counts[base + digitOf(at, pass, fromBits)]++;
			to[place] = from[at];
			toBits[2 * place] = fromBits[2 * at];
			toBits[2 * place + 1] = fromBits[2 * at + 1];
		}
		[from, to] = [to, from];
		[fromBits, toBits] = [toBits, fromBits];
	}
	return from;
}

/** The digit of pass `pass` in the 64-bit key at `at`. */
function digitOf(at: number, pass: number, words: Uint32Array): number {
	const shift = pass * DIGIT;
	const low = words[2 * at];
	const high = words[2 * at + 1];
	if (shift >= 32) return (high >>> (shift - 32)) & MASK;
	return ((low >>> shift) | (shift > 32 - DIGIT ? high << (32 - shift) : 0)) & MASK;
}
