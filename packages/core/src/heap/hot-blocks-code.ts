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
	/** `Slabs.tables` of the heap that this code is made for. */
	readonly fixedTables: Int32Array | undefined;
	readonly ForeignPointerError: typeof ForeignPointerError;
	/** What is rare. */
	readonly Base: typeof Blocks;
}

/**
 * Allocating and freeing small blocks. A closed factory, because it is evaluated again for a heap that has code of its own
 * (`specialize` says why).
 *
 * One block is in the hand. It is the one that was handed out last, so that nothing has to be looked up when it comes back;
 * or the first one that came back since: held, still marked as live, until a block of its class is asked for, or of
 * another. Most programs that free a block soon ask for one like it, and then no word of memory is written at all.
 * Everything else that looks at blocks settles first, which empties the hand.
 */
export function hotBlocksCode(environment: HotBlocksEnvironment) {
	const { words, fixedMemory, fixedTables, ForeignPointerError, Base } = environment;
	class HotBlocks extends Base {
		/** A field, or a constant of the class where that is made for one memory. */
		declare readonly memory: Memory;
		/** As the memory. */
		declare readonly tables: Int32Array;

		constructor(slabs: Slabs) {
			super(slabs);
			if (fixedMemory === undefined) {
				this.memory = slabs.memory;
				this.tables = slabs.tables;
			}
		}

		override allocate(bytes: number, alignment?: number): number {
			if (alignment === undefined && (bytes | 0) === bytes && (bytes - 1) >>> 0 < words.SMALL_BYTES) {
				const table = this.tableFor(bytes);
				// Looked at even where no word is needed: where the heap is gone, this throws.
				void this.memory.i32;
				if (table === this.tables[words.HOLDS]) {
					this.tables[words.HOLDS] = ~table;
					return this.tables[words.HAND];
				}
				// Of 32 bits, all of them: where one result is not known to be, no result is.
				return this.takeFirst(table, bytes) | 0;
			}
			return this.allocateAny(bytes, alignment) | 0;
		}

		/** The table of the class of small blocks: what `classOf` and `tableOf` say, for units of 8 bytes. */
		tableFor(bytes: number): number {
			const unit = (bytes + 7) >>> 3;
			if (unit <= 8) return words.TABLES_AT + (unit < 3 ? 0 : unit - 2) * words.TABLE_WORDS;
			const last = 2 * unit - 1;
			const exponent = 31 - Math.clz32(last);
			return words.TABLES_AT + (7 + (exponent - 4) * 8 + ((last >>> (exponent - 3)) & 7)) * words.TABLE_WORDS;
		}

		override deallocate(block: number): void {
			void this.memory.i32;
			const { tables } = this;
			if (block === tables[words.HAND] && tables[words.HOLDS] < 0) {
				tables[words.HOLDS] = ~tables[words.HOLDS];
				tables[words.HAND_SLAB] = 0;
			} else this.giveBack(block);
		}

		/** Takes the first free block of the word of a class. */
		takeFirst(table: number, bytes: number): number {
			const { i32 } = this.memory;
			const { tables } = this;
			// PEAK would count the one that is held as live.
			if (this.tables[words.HOLDS] > 0) this.settle();
			const word = tables[table + words.WORD];
			const live = i32[word];
			const number = Math.clz32(~live);
			if (number >= tables[table + words.COUNT]) return this.takeElsewhere(table, bytes);
			i32[word] = live | (words.HIGHEST >>> number);
			const stride = tables[table + words.WORDS];
			const id = words.ID || this.id;
			const room = (i32[id + words.ROOM] - stride) | 0;
			if (room < 0) {
				i32[id + words.PEAK] -= room;
				i32[id + words.ROOM] = 0;
			} else i32[id + words.ROOM] = room;
			const block = (tables[table + words.FIRST] + Math.imul(number, stride)) | 0;
			this.tables[words.HAND] = block;
			this.tables[words.HOLDS] = ~table;
			return block;
		}

		/** Takes a block of a class whose word is used up, or that has none. */
		takeElsewhere(table: number, bytes: number): number {
			const { slabs } = this;
			if (slabs.openNoted(table) || slabs.openNext(table, bytes)) return this.takeFirst(table, bytes);
			return this.allocateAny(bytes);
		}

		/** Takes back a block that is not in the hand. */
		giveBack(block: number): void {
			const { i32 } = this.memory;
			if (block >>> 0 !== block || block >= (words.LIMIT || this.limit))
				throw new ForeignPointerError(block, 'deallocate');
			const slab = i32[(words.USERS || this.users) + (block >>> 12)];
			// What is no slab of this heap, or none that has free blocks, or more than a page. Page 0 reads as a descriptor of none.
			if (i32[slab + words.QUICK] !== (words.ID || this.id)) {
				this.giveBackSlowly(block);
				return;
			}
			// What `numberOf` does, in a slab of one page; behind the last block of a slab no bit is set.
			const offset = block & (words.PAGE_WORDS - 1);
			const stride = i32[slab + words.STRIDE];
			const number = Math.imul(offset, i32[slab + words.RECIPROCAL]) >>> words.RECIPROCAL_BITS;
			const live = i32[slab + words.LIVE + (number >>> 5)];
			if (Math.imul(number, stride) !== offset || live << number >= 0 || this.isHeld(block))
				this.refuse(block, 'deallocate');
			if (this.tables[words.HOLDS] > 0) this.clear(slab, number, stride);
			else this.hold(block, slab, number);
		}

		/** Ends the life of a block of a slab of this heap. */
		clear(slab: number, number: number, stride: number): void {
			const { i32 } = this.memory;
			const id = words.ID || this.id;
			const word = (slab + words.LIVE + (number >>> 5)) | 0;
			const live = i32[word];
			const left = live & ~(words.HIGHEST >>> number);
			i32[word] = left;
			i32[id + words.ROOM] = (i32[id + words.ROOM] + stride) | 0;
			if (live === -1 || i32[slab + words.QUICK] !== id) this.slabs.note(slab, word);
			if (left === 0) this.slabs.lookAt(slab);
		}

		/** Takes back a block that is of no slab for the quick way, or of another heap, or none. */
		giveBackSlowly(block: number): void {
			const slab = this.findMarked(block);
			if (slab === 0) this.deallocateElsewhere(block);
			else if (this.isHeld(block)) this.refuse(block, 'deallocate');
			else if (this.tables[words.HOLDS] > 0) this.takeBack(block, slab);
			else this.hold(block, slab, this.slabs.numberOf(slab, block));
		}

		/** Takes a block that comes back into the hand. */
		hold(block: number, slab: number, number: number): void {
			const { tables } = this;
			const table = this.memory.i32[slab + words.TABLE];
			// Runs have none.
			if (table === 0) {
				this.takeBack(block, slab);
				return;
			}
			tables[words.HAND] = block;
			tables[words.HOLDS] = table;
			tables[words.HAND_SLAB] = slab;
			tables[words.HAND_NUMBER] = number;
		}

		/** Whether a block was given back and is held. */
		isHeld(block: number): boolean {
			return block === this.tables[words.HAND] && this.tables[words.HOLDS] > 0;
		}

		override settle(): void {
			const { tables } = this;
			const table = tables[words.HOLDS];
			tables[words.HOLDS] = 0;
			if (table <= 0) return;
			const slab = tables[words.HAND_SLAB];
			if (slab !== 0) {
				this.clear(slab, tables[words.HAND_NUMBER], tables[table + words.WORDS]);
				return;
			}
			const block = tables[words.HAND];
			this.takeBack(block, this.memory.i32[this.users + (block >>> 12)]);
		}
	}
	if (fixedMemory !== undefined) {
		Object.defineProperty(HotBlocks.prototype, 'memory', { value: fixedMemory });
		Object.defineProperty(HotBlocks.prototype, 'tables', { value: fixedTables });
	}
	return HotBlocks;
}
