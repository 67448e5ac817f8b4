import type { KeyedEnvironment } from './word-index-code.js';

/**
 * An index of nodes by a text of fixed length, which the node holds padded with zeros to whole words.
 * A closed factory, as `slots-code.ts`.
 *
 * Texts have no neighbours to keep together, so their folds are made with random numbers from the start.
 */
export function textIndexCode(environment: KeyedEnvironment) {
	const { Slots, keyOffset: KEY, keyWords: WORDS, scratch } = environment;
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

	return class TextIndex extends Slots {
		override get alwaysSeeded(): boolean {
			return true;
		}

		/** The node of the text in `scratch`, or 0. O(length). */
		find(): number {
			const { i32 } = this.memory;
			const h = this.header;
			const fold = this.fold(scratch, 0, i32[h + SEED], i32[h + FACTOR]);
			const table = i32[h + TABLE];
			const mask = i32[h + MASK];
			let at = (((Math.imul(fold >>> 3, GOLDEN) >>> i32[h + SHIFT]) << 3) | (fold & 7)) & mask;
			for (;;) {
				const slot = table + (at << 1);
				const node = i32[slot + NODE];
				if (node === 0) return i32[h + OLD] === 0 ? 0 : this.findOld();
				if (i32[slot + FOLD] === fold && this.holds(node)) return node;
				at = (at + 1) & mask;
			}
		}

		/** The same in the table that is being emptied. */
		findOld(): number {
			const { i32 } = this.memory;
			const h = this.header;
			const fold = this.fold(scratch, 0, i32[h + OLD_SEED], i32[h + OLD_FACTOR]);
			const old = i32[h + OLD];
			const mask = this.slotsOf(i32[h + OLD_SHIFT]) - 1;
			for (let at = this.placeOf(fold, i32[h + OLD_SHIFT]); ; at = (at + 1) & mask) {
				const slot = old + (at << 1);
				const node = i32[slot + NODE];
				if (node === 0) return 0;
				if (node !== MOVED && i32[slot + FOLD] === fold && this.holds(node)) return node;
			}
		}

		/** Whether a node holds the text in `scratch`. */
		holds(node: number): boolean {
			const { i32 } = this.memory;
			for (let word = 0; word < WORDS; word++) if (i32[node + KEY + word] !== scratch[word]) return false;
			return true;
		}

		/** Adds a node that holds a text which no other has. `prepare` was called before. O(length). */
		add(node: number): void {
			const { i32 } = this.memory;
			this.put(this.foldOf(node, i32[this.header + SEED], i32[this.header + FACTOR]), node);
		}

		/** Removes a node that is in the index; it still holds its text. O(length). */
		remove(node: number): void {
			const { i32 } = this.memory;
			this.take(this.foldOf(node, i32[this.header + SEED], i32[this.header + FACTOR]), node);
		}

		fold(words: Int32Array, from: number, seed: number, factor: number): number {
			let bits = seed;
			for (let word = from; word < from + WORDS; word++) {
				bits = Math.imul(bits ^ words[word], factor);
				bits ^= bits >>> 15;
				bits = Math.imul(bits, seed);
				bits ^= bits >>> 13;
			}
			bits = Math.imul(bits, factor);
			return bits ^ (bits >>> 16);
		}

		override foldOf(node: number, seed: number, factor: number): number {
			return this.fold(this.memory.i32, node + KEY, seed, factor);
		}
	};
}

/** The class of the indexes by text. */
export type TextIndexClass = ReturnType<typeof textIndexCode>;
/** An index by text. */
export type TextIndex = InstanceType<TextIndexClass>;
