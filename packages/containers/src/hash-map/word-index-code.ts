import type { IndexEnvironment, SlotsClass } from './slots-code.js';

/** What the code of an index uses beside what all code of an index uses. */
export interface KeyedEnvironment extends IndexEnvironment {
	readonly Slots: SlotsClass;
}

/**
 * An index of nodes by a key of one word, which the node holds. A closed factory, as `slots-code.ts`.
 *
 * A key and its fold determine each other, so slots tell keys apart, and a key that is missing costs no look at a node.
 */
export function wordIndexCode(environment: KeyedEnvironment) {
	const { Slots, keyOffset: KEY } = environment;
	const TABLE = 0;
	const SHIFT = 1;
	const MASK = 2;
	const SEED = 3;
	const FACTOR = 4;
	const OLD = 7;
	const OLD_SHIFT = 8;
	const OLD_SEED = 9;
	const OLD_FACTOR = 10;
	const FOLD = 0;
	const NODE = 1;
	const MOVED = -1;
	const GOLDEN = 0x9e3779b9 | 0;
	const THIRD_FACTOR = 0x2c1b3c6d;
	/** All bits of a fold but the last three. */
	const BITS_29 = 0x1fffffff;

	return class WordIndex extends Slots {
		/** The node of a key, or 0. O(1). */
		find(key: number): number {
			const { i32 } = this.memory;
			const h = this.header;
			const seed = i32[h + SEED];
			const fold = seed === 0 ? key : this.scramble(key, seed, i32[h + FACTOR]);
			const table = i32[h + TABLE];
			const mask = i32[h + MASK];
			let at = (((Math.imul(fold >>> 3, GOLDEN) >>> i32[h + SHIFT]) << 3) | (fold & 7)) & mask;
			for (;;) {
				const slot = table + (at << 1);
				const node = i32[slot + NODE];
				if (node === 0) return i32[h + OLD] === 0 ? 0 : this.findOld(key);
				if (i32[slot + FOLD] === fold) return node;
				at = (at + 1) & mask;
			}
		}

		/** The same in the table that is being emptied. */
		findOld(key: number): number {
			const { i32 } = this.memory;
			const h = this.header;
			const fold = this.fold(key, i32[h + OLD_SEED], i32[h + OLD_FACTOR]);
			const old = i32[h + OLD];
			const mask = this.slotsOf(i32[h + OLD_SHIFT]) - 1;
			for (let at = this.placeOf(fold, i32[h + OLD_SHIFT]); ; at = (at + 1) & mask) {
				const slot = old + (at << 1);
				const node = i32[slot + NODE];
				if (node === 0) return 0;
				if (node !== MOVED && i32[slot + FOLD] === fold) return node;
			}
		}

		/** Adds a node that holds this key, which no other has. `prepare` was called before. O(1). */
		add(key: number, node: number): void {
			const { i32 } = this.memory;
			this.put(this.fold(key, i32[this.header + SEED], i32[this.header + FACTOR]), node);
		}

		/** Removes a node that is in the index; it still holds its key. O(1). */
		remove(node: number): void {
			const { i32 } = this.memory;
			this.take(this.fold(i32[node + KEY], i32[this.header + SEED], i32[this.header + FACTOR]), node);
		}

		fold(key: number, seed: number, factor: number): number {
			return seed === 0 ? key : this.scramble(key, seed, factor);
		}

		/** A bijection of 29 bits beside the last three, with random numbers. */
		scramble(key: number, seed: number, factor: number): number {
			let bits = (key ^ seed) >>> 3;
			bits = Math.imul(bits, factor) & BITS_29;
			bits ^= bits >>> 15;
			bits = Math.imul(bits, seed) & BITS_29;
			bits ^= bits >>> 14;
			bits = Math.imul(bits, THIRD_FACTOR) & BITS_29;
			bits ^= bits >>> 15;
			return (bits << 3) | (key & 7);
		}

		override foldOf(node: number, seed: number, factor: number): number {
			return this.fold(this.memory.i32[node + KEY], seed, factor);
		}
	};
}

/** The class of the indexes by one word. */
export type WordIndexClass = ReturnType<typeof wordIndexCode>;
/** An index by one word. */
export type WordIndex = InstanceType<WordIndexClass>;
