import type { Heap } from '@flux/core';
import type { GroupIndexClass } from './group-index-code.js';

/** The words of an index by slots, and what one of its slots holds. */
export const directWords = {
	/** Where the header of the groups ends, and these words begin. */
	SLOTS: 16,
	SLOT_MASK: 17,
	OLD_SLOTS: 18,
	OLD_MASK: 19,
	NEXT_SLOTS: 20,
	NEXT_MASK: 21,
	DONE: 22,
	PENDING: 23,
	CLASHES: 24,
	HEADER: 32,
	/** The bits of a slot that are its node: word indices are below 2^30. */
	NODE: 0x3fffffff,
	/** What to shift a slot by for the number in its highest bits; the largest such number, and one in its place. */
	COUNT: 30,
	MANY: 3,
	ONE: 0x40000000,
} as const;

/** Everything that the code of this index uses, as one object. */
export interface DirectIndexEnvironment {
	readonly words: typeof directWords & {
		/** The offset in words, from the beginning of a node, of its id. */
		readonly ID_LOW: number;
		readonly ID_HIGH: number;
	};
	readonly GroupIndex: GroupIndexClass;
	readonly errors: { readonly OutOfMemoryError: new (requested: number, held: number, allowed: number) => Error };
}

/**
 * An index of nodes by ids of 64 bits that are handed out in order, and mostly end in about that order: the ids of a book's
 * orders. A closed factory (`specialize` in @flux/core).
 *
 * **The lowest bits of an id are the number of its slot**, as a table as long as the highest id has it, but reduced modulo the
 * length of the table. The node holds its id, so that a slot is one word, and most calls read one slot and one node. Where two
 * ids want one slot, the one that came last has it, since the young are cancelled and the old stay; the other goes to
 * the groups of neighbours below (`group-index-code.ts`), which are sound against any ids. A slot counts how many of its ids
 * are there, so that nobody looks in vain.
 *
 * The table grows where ids clash although a fourth of it is in use, a sixteenth while it is small: with ids in order it has 4 to
 * 16 bytes for each node, 128 while it is below 64 KiB. Ids that clash for other reasons do not make it grow, so hostile ids get
 * the memory and the time of groups. What is in use is estimated from slots that are drawn at random.
 *
 * A larger table is filled with UNKNOWN and then, some slots with each insertion, with what the one before held.
 *
 * The header is that of the groups, one cache line, and behind it another:
 *
 *   word   name        holds
 *   -----  ----------  --------------------------------------------------------------------------
 *   +16    SLOTS       the first word of the table; 0: none yet
 *   +17    SLOT_MASK   slots of the table - 1
 *   +18    OLD_SLOTS   the table that is being emptied; 0: none
 *   +19    OLD_MASK    its slots - 1
 *   +20    NEXT_SLOTS  the next table, being filled; 0: none
 *   +21    NEXT_MASK   its slots - 1
 *   +22    DONE        slots of NEXT_SLOTS that are filled, or slots of OLD_SLOTS that were moved
 *   +23    PENDING     1: an insertion has work to do before
 *   +24    CLASHES     ids that found their slot taken, since what is in use was estimated
 *   +25-31 zeros
 *
 * A slot: its node, 0 for none, in the lower 30 bits; above them how many of its ids are in the groups, MANY for so many or
 * more, which is never counted down. UNKNOWN, of no node and MANY, is also every slot of SLOTS that nothing was moved to yet;
 * -1 is a slot of OLD_SLOTS that was moved.
 *
 * Invariants: a node is in one place, its slot of SLOTS or, before that was moved, of OLD_SLOTS, or in the groups; at most one
 * of OLD_SLOTS and NEXT_SLOTS is not 0; after `prepare` the groups have room for one more.
 */
export function directIndexCode(environment: DirectIndexEnvironment) {
	const { words, GroupIndex, errors } = environment;
	const { OutOfMemoryError } = errors;
	const UNKNOWN = 0xc0000000 | 0;
	/** Slots of the first table: 256 bytes; up to how many one is filled and moved at once: 64 KiB. */
	const LEAST_SLOTS = 64;
	const FEW_SLOTS = 16_384;
	/** Up to here a table grows where a sixteenth of it is in use. */
	const ROOMY_SLOTS = 8192;
	/** The largest table: 2 GiB, as long as an arena can be at all. */
	const MOST_SLOTS = 2 ** 29;
	/** Slots of the next table filled, and of the old one moved, by an insertion: few, since each looks at the node of an id. */
	const FILL_SLOTS = 256;
	const MOVE_SLOTS = 6;
	/** Up to so many buckets of groups are gone through, to count what is in them. */
	const FEW_BUCKETS = 1024;
	/** Slots that are looked at to estimate how many are in use. */
	const DRAWN = 128;
	/** The header of an index that is gone: its words are then the zeros at the beginning of the arena. */
	const GONE = -words.SLOTS;

	return class DirectIndex extends GroupIndex {
		override openHeader(heap: Heap): number {
			const header = heap.takeRun(words.HEADER);
			heap.memory.i32.fill(0, header, header + words.HEADER);
			return header;
		}

		override closeHeader(heap: Heap, header: number): void {
			heap.memory.i32.fill(0, header, header + words.HEADER);
			if (heap.shared) heap.closeHeader(header);
			else heap.giveRun(header, words.HEADER);
		}

		override start(): void {
			super.start();
			this.memory.i32[this.header + words.PENDING] = 1;
		}

		override leave(): void {
			super.leave();
			this.header = GONE;
		}

		/** The node of an id, or 0. O(1). */
		override find(low: number, high: number): number {
			const { i32 } = this.memory;
			const held = i32[(i32[this.header + words.SLOTS] + (low & i32[this.header + words.SLOT_MASK])) | 0];
			const node = held & words.NODE;
			if (((i32[node + words.ID_LOW] ^ low) | (i32[node + words.ID_HIGH] ^ high)) === 0) return node;
			return held === node ? 0 : this.findElsewhere(low, high);
		}

		/**
		 * The node in the slot of an id, whosever it is; 0: none. For who will look the id up soon, and asks for several: memory brings
		 * them at the same time. O(1).
		 */
		glimpse(low: number): number {
			const { i32 } = this.memory;
			return i32[(i32[this.header + words.SLOTS] + (low & i32[this.header + words.SLOT_MASK])) | 0] & words.NODE;
		}

		/** The node of an id, or where it would go: the complement of a slot, which is below 0. `prepare` was called before. O(1). */
		override locate(low: number, high: number): number {
			const { i32 } = this.memory;
			const slot = (i32[this.header + words.SLOTS] + (low & i32[this.header + words.SLOT_MASK])) | 0;
			const held = i32[slot];
			const node = held & words.NODE;
			if (((i32[node + words.ID_LOW] ^ low) | (i32[node + words.ID_HIGH] ^ high)) === 0) return node;
			return held === node ? ~slot : this.findElsewhere(low, high) || ~slot;
		}

		/** Adds a node that holds this id at the place that `locate` has just returned for it. O(1). */
		override settle(place: number, low: number, _high: number, node: number): void {
			const { i32 } = this.memory;
			if (i32[~place] === 0) i32[~place] = node;
			else this.settleBusy(~place, low, node);
		}

		/** Removes the node of an id, and returns it; 0: there is none. O(1). */
		override pull(low: number, high: number): number {
			const { i32 } = this.memory;
			const slot = (i32[this.header + words.SLOTS] + (low & i32[this.header + words.SLOT_MASK])) | 0;
			const held = i32[slot];
			const node = held & words.NODE;
			if (((i32[node + words.ID_LOW] ^ low) | (i32[node + words.ID_HIGH] ^ high)) === 0) {
				i32[slot] = held ^ node;
				return node;
			}
			return held === node ? 0 : this.pullElsewhere(low, high, slot);
		}

		/**
		 * To be called before an addition: makes room, or does a part of that. O(1), unless ids are hostile.
		 *
		 * @throws OutOfMemoryError when nothing more can be added; the index is then as it was.
		 */
		override prepare(): void {
			if (this.memory.i32[this.header + words.PENDING] !== 0) this.prepareSlots();
		}

		/** `find` of an id that is not in its slot. */
		findElsewhere(low: number, high: number): number {
			const { i32 } = this.memory;
			const h = this.header;
			if (i32[h + words.OLD_SLOTS] === 0) return super.find(low, high);
			const held = i32[i32[h + words.OLD_SLOTS] + (low & i32[h + words.OLD_MASK])];
			if (held !== -1) {
				const node = held & words.NODE;
				if (((i32[node + words.ID_LOW] ^ low) | (i32[node + words.ID_HIGH] ^ high)) === 0) return node;
				if (held === node) return 0;
			}
			return super.find(low, high);
		}

		/** `pull` of an id that is not in its slot. */
		pullElsewhere(low: number, high: number, slot: number): number {
			const { i32 } = this.memory;
			const h = this.header;
			let counted = slot;
			if (i32[h + words.OLD_SLOTS] !== 0) {
				const old = i32[h + words.OLD_SLOTS] + (low & i32[h + words.OLD_MASK]);
				const held = i32[old];
				if (held !== -1) {
					const node = held & words.NODE;
					if (((i32[node + words.ID_LOW] ^ low) | (i32[node + words.ID_HIGH] ^ high)) === 0) {
						i32[old] = held ^ node;
						return node;
					}
					if (held === node) return 0;
					counted = old;
				}
			}
			const node = super.pull(low, high);
			if (node !== 0 && i32[counted] >>> words.COUNT !== words.MANY) i32[counted] -= words.ONE;
			return node;
		}

		/** `settle` in a slot that is not simply free: what has it goes to the groups. */
		settleBusy(slot: number, low: number, node: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			// No node is put into a slot that is UNKNOWN, so that moving finds no clash.
			if (i32[h + words.OLD_SLOTS] !== 0) this.moveSlot(low & i32[h + words.OLD_MASK]);
			const held = i32[slot];
			const other = held & words.NODE;
			let count = held >>> words.COUNT;
			if (other !== 0) {
				const otherLow = i32[other + words.ID_LOW];
				const otherHigh = i32[other + words.ID_HIGH];
				super.settle(super.locate(otherLow, otherHigh), otherLow, otherHigh, other);
				if (count < words.MANY) count++;
				i32[h + words.CLASHES]++;
				i32[h + words.PENDING] = 1;
			}
			i32[slot] = (count << words.COUNT) | node;
		}

		/** An insertion's share of the work on tables. */
		prepareSlots(): void {
			super.prepare();
			const h = this.header;
			if (this.memory.i32[h + words.OLD_SLOTS] !== 0) this.moveSlots(MOVE_SLOTS);
			else if (this.memory.i32[h + words.NEXT_SLOTS] !== 0) this.fillSlots(FILL_SLOTS);
			else if (this.memory.i32[h + words.SLOTS] === 0) this.startSlots(LEAST_SLOTS);
			else if (this.isCrowded()) this.growSlots();
			// Another memory than before, where it has grown.
			const { i32 } = this.memory;
			if (i32[h + words.OLD_SLOTS] === 0 && i32[h + words.NEXT_SLOTS] === 0) i32[h + words.PENDING] = 0;
		}

		/** Whether ids clash because there are many: then a longer table would help. */
		isCrowded(): boolean {
			const { i32 } = this.memory;
			const h = this.header;
			const slots = i32[h + words.SLOT_MASK] + 1;
			if (i32[h + words.CLASHES] < Math.max(4, slots >>> 6) || slots >= MOST_SLOTS) return false;
			i32[h + words.CLASHES] = 0;
			let used = 0;
			// Marsaglia's xorshift of 32 bits. Not from `crypto`, which some engines load when it is first asked, in 10 to 30 ms: here
			// in the middle of an order. Who foretold the draws would gain a longer table, or the speed of groups.
			let drawn = (Math.random() * 4294967296) | 1;
			for (let draw = 0; draw < DRAWN; draw++) {
				drawn ^= drawn << 13;
				drawn ^= drawn >>> 17;
				drawn ^= drawn << 5;
				if ((i32[i32[h + words.SLOTS] + ((drawn >>> 3) & (slots - 1))] & words.NODE) !== 0) used++;
			}
			return used >= (slots < ROOMY_SLOTS ? DRAWN / 16 : DRAWN / 4);
		}

		/** Takes a longer table. Where there is no memory for it, the groups do what they can. */
		growSlots(): void {
			const slots = this.memory.i32[this.header + words.SLOT_MASK] + 1;
			try {
				this.startSlots(slots < ROOMY_SLOTS / 2 ? slots * 4 : slots * 2);
			} catch (error) {
				if (!(error instanceof OutOfMemoryError)) throw error;
			}
		}

		/** Takes the next table of so many slots; one that is short is filled and moved to at once. */
		startSlots(slots: number): void {
			const next = this.heap.takeRun(slots);
			const { i32 } = this.memory;
			const h = this.header;
			i32[h + words.NEXT_SLOTS] = next;
			i32[h + words.NEXT_MASK] = slots - 1;
			i32[h + words.DONE] = 0;
			if (slots > FEW_SLOTS) return;
			this.fillSlots(slots);
			if (i32[h + words.OLD_SLOTS] === 0) return;
			this.moveSlots(slots);
			if (this.buckets <= FEW_BUCKETS) this.countAgain();
		}

		/** Counts the ids of each slot that are in the groups. O(slots + buckets). */
		countAgain(): void {
			const { i32 } = this.memory;
			const table = i32[this.header + words.SLOTS];
			const mask = i32[this.header + words.SLOT_MASK];
			for (let slot = table; slot <= table + mask; slot++) i32[slot] &= words.NODE;
			this.forEachNode((node) => {
				const slot = table + (i32[node + words.ID_LOW] & mask);
				if (i32[slot] >>> words.COUNT !== words.MANY) i32[slot] += words.ONE;
			});
		}

		/** Fills some slots of the next table; when all are, it becomes the table. */
		fillSlots(slots: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			const next = i32[h + words.NEXT_SLOTS];
			const all = i32[h + words.NEXT_MASK] + 1;
			const to = Math.min(i32[h + words.DONE] + slots, all);
			const held = i32[h + words.SLOTS] === 0 ? 0 : UNKNOWN;
			for (let at = next + i32[h + words.DONE]; at < next + to; at++) i32[at] = held;
			i32[h + words.DONE] = to;
			if (to < all) return;
			i32[h + words.DONE] = 0;
			i32[h + words.OLD_SLOTS] = i32[h + words.SLOTS];
			i32[h + words.OLD_MASK] = i32[h + words.SLOT_MASK];
			i32[h + words.SLOTS] = next;
			i32[h + words.SLOT_MASK] = all - 1;
			i32[h + words.NEXT_SLOTS] = 0;
			i32[h + words.CLASHES] = 0;
		}

		/** Moves some slots of the old table; when all are, gives it back. */
		moveSlots(slots: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			const all = i32[h + words.OLD_MASK] + 1;
			const to = Math.min(i32[h + words.DONE] + slots, all);
			for (let at = i32[h + words.DONE]; at < to; at++) this.moveSlot(at);
			i32[h + words.DONE] = to;
			if (to === all) this.dropOldSlots();
		}

		/** Moves what a slot of the old table holds to the slots that its ids have now, unless that was done. */
		moveSlot(at: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			const old = i32[h + words.OLD_SLOTS] + at;
			const held = i32[old];
			if (held === -1) return;
			i32[old] = -1;
			const table = i32[h + words.SLOTS];
			const mask = i32[h + words.SLOT_MASK];
			const node = held & words.NODE;
			// Which of them has the ids that are in the groups is not known: each may.
			for (let slot = at; slot <= mask; slot += i32[h + words.OLD_MASK] + 1) i32[table + slot] = held ^ node;
			if (node !== 0) i32[table + (i32[node + words.ID_LOW] & mask)] |= node;
		}

		dropOldSlots(): void {
			const { i32 } = this.memory;
			const h = this.header;
			const old = i32[h + words.OLD_SLOTS];
			if (old === 0) return;
			// Forgotten before it is given, as in the groups.
			i32[h + words.OLD_SLOTS] = 0;
			this.heap.giveRun(old, i32[h + words.OLD_MASK] + 1);
		}

		dropNextSlots(): void {
			const { i32 } = this.memory;
			const h = this.header;
			const next = i32[h + words.NEXT_SLOTS];
			if (next === 0) return;
			i32[h + words.NEXT_SLOTS] = 0;
			this.heap.giveRun(next, i32[h + words.NEXT_MASK] + 1);
		}

		/** Slots of the table. */
		get slots(): number {
			const { i32 } = this.memory;
			return i32[this.header + words.SLOTS] === 0 ? 0 : i32[this.header + words.SLOT_MASK] + 1;
		}

		override get bytes(): number {
			const { i32 } = this.memory;
			const h = this.header;
			let { slots } = this;
			if (i32[h + words.OLD_SLOTS] !== 0) slots += i32[h + words.OLD_MASK] + 1;
			if (i32[h + words.NEXT_SLOTS] !== 0) slots += i32[h + words.NEXT_MASK] + 1;
			return super.bytes + slots * 4;
		}

		override get growing(): boolean {
			const { i32 } = this.memory;
			const h = this.header;
			return super.growing || i32[h + words.OLD_SLOTS] !== 0 || i32[h + words.NEXT_SLOTS] !== 0;
		}

		/**
		 * Sees to it that `nodes` nodes, whose ids are neighbours, have room without further work. O(slots). Throws
		 * OutOfMemoryError, and has changed nothing then.
		 */
		override reserve(nodes: number): void {
			let slots = LEAST_SLOTS;
			while (slots < nodes) slots *= 2;
			if (slots <= this.slots) return;
			super.prepare();
			const next = this.heap.takeRun(slots);
			// Taken first, so that nothing can fail from here on.
			const { i32 } = this.memory;
			const h = this.header;
			this.dropNextSlots();
			if (i32[h + words.OLD_SLOTS] !== 0) this.moveSlots(i32[h + words.OLD_MASK] + 1);
			i32[h + words.NEXT_SLOTS] = next;
			i32[h + words.NEXT_MASK] = slots - 1;
			i32[h + words.DONE] = 0;
			this.fillSlots(slots);
			if (i32[h + words.OLD_SLOTS] !== 0) this.moveSlots(slots);
			i32[h + words.PENDING] = 0;
		}

		/** Forgets all nodes and keeps the tables. O(slots + buckets). */
		override clear(): void {
			super.clear();
			this.dropNextSlots();
			this.dropOldSlots();
			const { i32 } = this.memory;
			const h = this.header;
			i32.fill(0, i32[h + words.SLOTS], i32[h + words.SLOTS] + this.slots);
			i32[h + words.CLASHES] = 0;
			i32[h + words.PENDING] = 1;
		}

		/** Gives tables and header back. Every later look-up finds nothing. */
		override dispose(): void {
			const { header } = this;
			if (header === GONE) return;
			if (!this.heap.disposed) {
				this.dropNextSlots();
				this.dropOldSlots();
				const { slots } = this;
				const { i32 } = this.memory;
				const table = i32[header + words.SLOTS];
				i32[header + words.SLOTS] = 0;
				if (table !== 0) this.heap.giveRun(table, slots);
			}
			super.dispose();
			this.header = GONE;
		}

		/** The broken invariants of the layout above, in words, and every node found, in `nodes`. O(slots + buckets). */
		override faults(nodes: Set<number>): string[] {
			const faults = super.faults(nodes);
			const { i32 } = this.memory;
			const h = this.header;
			const old = i32[h + words.OLD_SLOTS];
			const oldMask = i32[h + words.OLD_MASK];
			/** How many ids of each word that counts them are in the groups. */
			const elsewhere = new Map<number, number>();
			for (const node of nodes) {
				const low = i32[node + words.ID_LOW];
				const isMoved = old === 0 || i32[old + (low & oldMask)] === -1;
				const counted = isMoved ? i32[h + words.SLOTS] + (low & i32[h + words.SLOT_MASK]) : old + (low & oldMask);
				elsewhere.set(counted, (elsewhere.get(counted) ?? 0) + 1);
			}
			const visit = (name: string, table: number, mask: number): void => {
				for (let slot = 0; slot <= mask; slot++) {
					const held = i32[table + slot];
					if (name === 'OLD_SLOTS' && held === -1) continue;
					if (name === 'SLOTS' && old !== 0 && i32[old + (slot & oldMask)] !== -1) {
						if (held !== UNKNOWN) faults.push(`slot ${slot} is not UNKNOWN, though nothing was moved to it`);
						continue;
					}
					const count = held >>> words.COUNT;
					const found = elsewhere.get(table + slot) ?? 0;
					if (count < Math.min(found, words.MANY))
						faults.push(`slot ${slot} of ${name} counts ${count} ids in the groups, where ${found} are`);
					const node = held & words.NODE;
					if (node === 0) continue;
					if (nodes.has(node)) faults.push(`node ${node} is in two places`);
					nodes.add(node);
					if ((i32[node + words.ID_LOW] & mask) !== slot)
						faults.push(`slot ${slot} of ${name} holds node ${node} of another id`);
				}
			};
			if (i32[h + words.SLOTS] !== 0) visit('SLOTS', i32[h + words.SLOTS], i32[h + words.SLOT_MASK]);
			if (old !== 0) visit('OLD_SLOTS', old, oldMask);
			if (old !== 0 && i32[h + words.NEXT_SLOTS] !== 0) faults.push('OLD_SLOTS and NEXT_SLOTS are both there');
			return faults;
		}
	};
}

/** The class of the indexes by slots. */
export type DirectIndexClass = ReturnType<typeof directIndexCode>;
/** An index by slots. */
export type DirectIndex = InstanceType<DirectIndexClass>;
