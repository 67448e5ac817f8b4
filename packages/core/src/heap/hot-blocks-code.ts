import type { ForeignPointerError } from '../errors.js';
import type { Memory } from '../memory/memory.js';
import type { blockWords, Slabs } from '../slab/slabs.js';
import type { Blocks } from './blocks.js';

/** What this code uses. */
export interface HotBlocksEnvironment {
	/** See `slabs.ts`; and the index of the heap's header, that of the USER words and the arena's words, 0 in code for any heap. */
	readonly words: typeof blockWords & { readonly ID: number; readonly USERS: number; readonly LIMIT: number };
	/** The memory that this code is made for; undefined where it serves any heap. */
	readonly fixedMemory: Memory | undefined;
	readonly ForeignPointerError: typeof ForeignPointerError;
	/** What is rare. */
	readonly Base: typeof Blocks;
}

/**
 * Allocating and freeing small blocks. A closed factory, because it is evaluated again for a heap that has code of its own
 * (`specialize` says why).
 *
 * The block freed last is held in the hand, still marked as live, and settled when the next one is freed: most programs
 * that free a block soon ask for one like it, and then no word of memory is written at all. Everything else that looks
 * at blocks settles first.
 */
export function hotBlocksCode(environment: HotBlocksEnvironment) {
	const { words, fixedMemory, ForeignPointerError, Base } = environment;

	class HotBlocks extends Base {
		/** A field, or a constant of the class where that is made for one memory. */
		declare readonly memory: Memory;
		/** The block in the hand. */
		declare spare: number;
		/** The table of its class; -1: the hand is empty. */
		declare spareTable: number;
		/** The word of its bit in LIVE, and the number of its bit. */
		declare spareWord: number;
		declare spareBit: number;

		constructor(slabs: Slabs) {
			super(slabs);
			if (fixedMemory === undefined) this.memory = slabs.memory;
			this.spare = 0;
			this.spareTable = -1;
			this.spareWord = 0;
			this.spareBit = 0;
		}

		override allocate(bytes: number, alignment?: number): number {
			// Looked at even where no word is needed: where the heap is gone, this throws.
			const { i32 } = this.memory;
			if (alignment !== undefined || (bytes | 0) !== bytes || (bytes - 1) >>> 0 >= words.SMALL_BYTES)
				return this.allocateAny(bytes, alignment);
			const table = this.tableOfSmall[(bytes + 7) >>> 3];
			if (table === this.spareTable) {
				this.spareTable = -1;
				return this.spare;
			}
			// PEAK would count the one in the hand as live.
			if (this.spareTable !== -1) this.settle();
			const top = i32[table + words.TOP] - words.ENTRY_WORDS;
			// A table that was not made is 0, and so is its TOP.
			if (top < table + words.MAGAZINE) return this.allocateAny(bytes);
			i32[table + words.TOP] = top;
			i32[i32[top + 1]] |= 1 << i32[top + 2];
			const id = words.ID || this.id;
			const room = i32[id + words.ROOM] - i32[table + words.WORDS];
			if (room < 0) {
				i32[id + words.PEAK] -= room;
				i32[id + words.ROOM] = 0;
			} else i32[id + words.ROOM] = room;
			return i32[top];
		}

		override deallocate(block: number): void {
			if (block >>> 0 !== block || block >= (words.LIMIT || this.limit))
				throw new ForeignPointerError(block, 'deallocate');
			const { i32 } = this.memory;
			const slab = i32[(words.USERS || this.users) + (block >>> 12)];
			const offset = block - i32[slab + words.BASE];
			const bit = Math.imul(offset >>> i32[slab + words.SHIFT], i32[slab + words.MAGIC]) >>> words.MAGIC_BITS;
			const word = slab + words.LIVE + (bit >>> 5);
			// Page 0 reads as a descriptor of no heap.
			if (
				i32[slab + words.HEAP] !== (words.ID || this.id) ||
				((i32[word] >>> bit) & 1) === 0 ||
				Math.imul(bit, i32[slab + words.STRIDE]) !== offset
			) {
				this.deallocateElsewhere(block);
				return;
			}
			if (this.spareTable !== -1) {
				if (block === this.spare) this.refuse(block, 'deallocate');
				this.settle();
			}
			const table = i32[slab + words.TABLE];
			if (table === 0) {
				this.deallocateRun(slab);
				return;
			}
			this.spare = block;
			this.spareTable = table;
			this.spareWord = word;
			this.spareBit = bit;
		}

		override settle(): void {
			const table = this.spareTable;
			if (table === -1) return;
			const { i32 } = this.memory;
			let top = i32[table + words.TOP];
			if (top === i32[table + words.END]) {
				// It is still marked as live, so that its slab stays.
				this.slabs.flushHalf(table);
				top = i32[table + words.TOP];
			}
			this.spareTable = -1;
			i32[this.spareWord] &= ~(1 << this.spareBit);
			i32[top] = this.spare;
			i32[top + 1] = this.spareWord;
			i32[top + 2] = this.spareBit;
			i32[table + words.TOP] = top + words.ENTRY_WORDS;
			i32[(words.ID || this.id) + words.ROOM] += i32[table + words.WORDS];
		}
	}
	if (fixedMemory !== undefined) Object.defineProperty(HotBlocks.prototype, 'memory', { value: fixedMemory });
	return HotBlocks;
}
