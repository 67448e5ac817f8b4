import type { KeyedEnvironment } from './word-index-code.js';

/**
 * An index of nodes by a key of two words, low and high, which the node holds side by side: the ids of orders.
 * A closed factory, as `slots-code.ts`.
 *
 * The fold is a sum in which ids that differ in their low words alone stay neighbours.
 */
export function idIndexCode(environment: KeyedEnvironment) {
	const { Slots, keyOffset: LOW } = environment;
	const HIGH = LOW + 1;
	const TABLE = 0;
	const SHIFT = 1;
	const MASK = 2;
	const SEED = 3;
	const FACTOR = 4;
	const COUNT = 5;
	const OLD = 7;
	const OLD_SHIFT = 8;
	const OLD_SEED = 9;
	const OLD_FACTOR = 10;
	const FOLD = 0;
	const NODE = 1;
	const MOVED = -1;
	/** As in `slots-code.ts`. */
	const LONG = 256;
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
				seed === 0 ? (low + Math.imul(high, HIGH_FACTOR)) | 0 : this.scramble(low, high, seed, i32[h + FACTOR]);
			const table = i32[h + TABLE];
			const mask = i32[h + MASK];
			let at = (((Math.imul(fold >>> 3, GOLDEN) >>> i32[h + SHIFT]) << 3) | (fold & 7)) & mask;
			for (;;) {
				const slot = table + (at << 1);
				const node = i32[slot + NODE];
				if (node === 0) return i32[h + OLD] === 0 ? 0 : this.findOld(low, high);
				if (i32[slot + FOLD] === fold && i32[node + LOW] === low && i32[node + HIGH] === high) return node;
				at = (at + 1) & mask;
			}
		}

		/**
		 * The node of an id, or where it would go: the complement of a slot, which is below 0. `prepare` was called before. O(1).
		 * With `settle`, a look-up and an addition in one walk.
		 */
		locate(low: number, high: number): number {
			const { i32 } = this.memory;
			const h = this.header;
			const seed = i32[h + SEED];
			const fold =
				seed === 0 ? (low + Math.imul(high, HIGH_FACTOR)) | 0 : this.scramble(low, high, seed, i32[h + FACTOR]);
			const table = i32[h + TABLE];
			const mask = i32[h + MASK];
			const home = (((Math.imul(fold >>> 3, GOLDEN) >>> i32[h + SHIFT]) << 3) | (fold & 7)) & mask;
			let at = home;
			for (;;) {
				const slot = table + (at << 1);
				const node = i32[slot + NODE];
				if (node === 0) {
					const old = i32[h + OLD] === 0 ? 0 : this.findOld(low, high);
					if (old !== 0) return old;
					const past = (at - home) & mask;
					if (past > LONG) this.doubt(past);
					// In an empty slot it means nothing yet.
					i32[slot + FOLD] = fold;
					return ~slot;
				}
				if (i32[slot + FOLD] === fold && i32[node + LOW] === low && i32[node + HIGH] === high) return node;
				at = (at + 1) & mask;
			}
		}

		/** Adds a node that holds this id at the place that `locate` has just returned for it. O(1). */
		settle(place: number, node: number): void {
			const { i32 } = this.memory;
			i32[~place + NODE] = node;
			i32[this.header + COUNT] = i32[this.header + COUNT] + 1;
		}

		/** Removes the node of an id, and returns it; 0: there is none. `find` and `remove` in one walk. O(1). */
		pull(low: number, high: number): number {
			const { i32 } = this.memory;
			const h = this.header;
			const seed = i32[h + SEED];
			const fold =
				seed === 0 ? (low + Math.imul(high, HIGH_FACTOR)) | 0 : this.scramble(low, high, seed, i32[h + FACTOR]);
			const table = i32[h + TABLE];
			const mask = i32[h + MASK];
			let at = (((Math.imul(fold >>> 3, GOLDEN) >>> i32[h + SHIFT]) << 3) | (fold & 7)) & mask;
			for (;;) {
				const slot = table + (at << 1);
				const node = i32[slot + NODE];
				if (node === 0) return i32[h + OLD] === 0 ? 0 : this.pullOld(low, high);
				if (i32[slot + FOLD] === fold && i32[node + LOW] === low && i32[node + HIGH] === high) {
					this.closeGap(at);
					return node;
				}
				at = (at + 1) & mask;
			}
		}

		/** The same in the table that is being emptied. */
		pullOld(low: number, high: number): number {
			const node = this.findOld(low, high);
			if (node !== 0) this.takeOld(node);
			return node;
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
			return seed === 0 ? (low + Math.imul(high, HIGH_FACTOR)) | 0 : this.scramble(low, high, seed, factor);
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
