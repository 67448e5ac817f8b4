import type { KeyedEnvironment } from './word-index-code.js';

/**
 * An index of nodes by a key of two words, low and high, which the node holds side by side.
 * A closed factory, as `slots-code.ts`.
 *
 * The fold is a sum in which ids that differ in their low words alone stay neighbours.
 *
 * **Why a map has not the index of a book's orders** (`direct-index-code.ts`, over `group-index-code.ts`): a map does not know
 * that its keys come in order. Each was put in the place of this one under maps of 500,000 records with u64 keys as two words, in
 * turn, and compared by its ratio to std::unordered_map in the same run. The time, this index being 1, on Node 20 and 24:
 *
 *   scenario               slots over groups   groups alone
 *   --------------------   -----------------   ------------
 *   map-hit                1.0    0.8          1.2    0.9
 *   map-hit-scattered      1.2    1.2          1.7    1.7
 *   map-miss               1.1    1.5          0.8    0.7
 *   map-churn              0.9    0.8          1.0    1.0
 *   map-churn-scattered    1.0    -            1.6    -
 *   map-build              0.8    0.7          1.1    0.9
 *   map-build-scattered    2.6    1.9          4.3    4.1
 *
 * (`flux-bench run --quick`, twice, medians.) Where keys are scattered, each also has a bucket of 40 bytes alone, and here a slot
 * of 8; and both need an id that is never there, 0, which is a key like others here.
 */
export function idIndexCode(environment: KeyedEnvironment) {
	const { Slots, keyOffset: LOW } = environment;
	const HIGH = LOW + 1;
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
	const HIGH_FACTOR = 0x85ebca6b | 0;
	const LAST_FACTOR = 0x2c1b3c6d;

	return class IdIndex extends Slots {
		/** The node of an id, or 0. O(1). */
		find(low: number, high: number): number {
			const { i32 } = this.memory;
			const h = this.header;
			const seed = i32[h + SEED];
			const fold =
				seed === 0
					? ((low | 0) + Math.imul(high | 0, HIGH_FACTOR)) | 0
					: this.scramble(low, high, seed, i32[h + FACTOR]);
			const table = i32[h + TABLE];
			const mask = i32[h + MASK];
			let at = (((Math.imul(fold >>> 3, GOLDEN) >>> i32[h + SHIFT]) << 3) | (fold & 7)) & mask;
			for (;;) {
				const slot = (table + (at << 1)) | 0;
				const node = i32[slot + NODE];
				if (node === 0) return i32[h + OLD] === 0 ? 0 : this.findOld(low, high);
				if (i32[slot + FOLD] === fold && i32[node + LOW] === low && i32[node + HIGH] === high) return node;
				at = (at + 1) & mask;
			}
		}

		/** `find` in the table that is being emptied. */
		findOld(low: number, high: number): number {
			const { i32 } = this.memory;
			const h = this.header;
			const fold = this.fold(low, high, i32[h + OLD_SEED], i32[h + OLD_FACTOR]);
			const old = i32[h + OLD];
			const mask = this.slotsOf(i32[h + OLD_SHIFT]) - 1;
			for (let at = this.placeOf(fold, i32[h + OLD_SHIFT]); ; at = (at + 1) & mask) {
				const slot = old + (at << 1);
				const node = i32[slot + NODE];
				if (node === 0) return 0;
				if (node !== MOVED && i32[slot + FOLD] === fold && i32[node + LOW] === low && i32[node + HIGH] === high)
					return node;
			}
		}

		/** Adds a node that holds this id, which no other has. `prepare` was called before. O(1). */
		add(low: number, high: number, node: number): void {
			const { i32 } = this.memory;
			this.put(this.fold(low, high, i32[this.header + SEED], i32[this.header + FACTOR]), node);
		}

		/** Removes a node that is in the index; it still holds its id. O(1). */
		remove(node: number): void {
			const { i32 } = this.memory;
			this.take(this.fold(i32[node + LOW], i32[node + HIGH], i32[this.header + SEED], i32[this.header + FACTOR]), node);
		}

		fold(low: number, high: number, seed: number, factor: number): number {
			return seed === 0 ? ((low | 0) + Math.imul(high | 0, HIGH_FACTOR)) | 0 : this.scramble(low, high, seed, factor);
		}

		/** A mixture of all bits but the last three of `low`, with random numbers. */
		scramble(low: number, high: number, seed: number, factor: number): number {
			let bits = (low >>> 3) ^ seed;
			bits = Math.imul(bits, factor);
			bits ^= bits >>> 15;
			bits = Math.imul(bits, seed);
			bits ^= bits >>> 13;
			bits = Math.imul(bits ^ high, factor);
			bits ^= bits >>> 15;
			bits = Math.imul(bits, seed);
			bits ^= bits >>> 14;
			bits = Math.imul(bits, LAST_FACTOR);
			bits ^= bits >>> 15;
			return (bits << 3) | (low & 7);
		}

		override foldOf(node: number, seed: number, factor: number): number {
			const { i32 } = this.memory;
			return this.fold(i32[node + LOW], i32[node + HIGH], seed, factor);
		}
	};
}

/** The class of the indexes by two words. */
export type IdIndexClass = ReturnType<typeof idIndexCode>;
/** An index by two words. */
export type IdIndex = InstanceType<IdIndexClass>;
