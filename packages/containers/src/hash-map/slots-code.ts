import type { Heap, internals } from '@flux/core';

/** Everything that the code of an index uses, as one object: evaluated again per owner, it can see nothing else. */
export interface IndexEnvironment {
	/** The offset in words, from the beginning of a node, of the node's key. */
	readonly keyOffset: number;
	/** Words of a key. */
	readonly keyWords: number;
	/** Where captured keys of more than one word stand: as many words. */
	readonly scratch: Int32Array;
	/** The memory of the one heap that this code is made for; undefined where it serves any. */
	readonly fixedMemory: internals.Memory | undefined;
	/** A number of 32 bits that nobody can foretell. */
	random(): number;
	readonly errors: { readonly OutOfMemoryError: new (requested: number, held: number, allowed: number) => Error };
}

/**
 * An open-addressed table of node indices in slab memory, and its growth. It knows keys only by one word, the fold; the
 * classes above it make folds of keys and tell nodes of one fold apart. A closed factory (`specialize` in @flux/core).
 *
 * **Neighbours stay neighbours.** A slot is 8 bytes, a cache line has 8 of them, and 8 neighbouring keys share a line: the
 * line is chosen by multiplying (Knuth, TAOCP 6.4) all of the fold but its last three bits, which choose the place in it.
 * Multiples of the golden ratio spread consecutive lines evenly, so ids that are handed out in order collide seldom, and
 * yet no long cluster forms, as it does where the id itself is the place: another id that falls on a full stretch of
 * 100,000 neighbours walks past them all.
 *
 * **Probing** is linear. Erasing shifts back what follows (TAOCP 6.4, algorithm R): no tombstones, so a table under churn
 * never has to be cleaned.
 *
 * **Hostile keys.** Whoever knows the multiplier can choose keys that fall on one line. An insertion that walks past more
 * than LONG slots starts a move to a table where folds are made with random numbers. That happens once per size, the
 * move pays in proportion to the slots walked past, and so all insertions together stay linear. Neighbours share a line
 * even then: it takes no secret to fill a line with eight keys.
 *
 * **Growth** is spread over insertions. Each does a little: it zeroes some words of the next table, then moves some slots of
 * the old one. Until that is done, what is not found in the new table is looked up in the old one, whose slots keep their
 * places: a node that was moved or erased leaves MOVED behind.
 *
 * The header, one cache line:
 *
 *   word   name        holds
 *   -----  ----------  --------------------------------------------------------------------------
 *   +0     TABLE       the first word of the table; 0: none yet, and the zeros of the arena's page 0 are read as one line
 *   +1     SHIFT       32 - log2(lines of the table)
 *   +2     MASK        slots of the table - 1
 *   +3     SEED        with FACTOR what folds are made with; 0: folds are the keys' own words
 *   +4     FACTOR      odd
 *   +5     COUNT       nodes in TABLE and OLD
 *   +6     LIMIT       an insertion at this count has work to do before: growth to begin, or to go on (-1)
 *   +7     OLD         the table that is being emptied; 0: none
 *   +8     OLD_SHIFT
 *   +9     OLD_SEED
 *   +10    OLD_FACTOR
 *   +11    TAKEN       slots of OLD that were moved
 *   +12    NEXT        the next table, being zeroed; 0: none
 *   +13    NEXT_SHIFT
 *   +14    ZEROED      words of NEXT that are zero
 *   +15    TROUBLE     slots that the last long insertion walked past; -1: folds changed at this size already; 0: all is well
 *
 * A slot:
 *
 *   word   name   holds
 *   -----  -----  -------------------------------------------------------------------------------
 *   +0     FOLD   the fold of the node's key
 *   +1     NODE   the node; 0: the slot is empty; -1, in OLD alone: MOVED
 *
 * Invariants: between a node's own place and its slot no slot is empty; COUNT is the number of slots whose NODE is above 0;
 * at most one of OLD and NEXT is not 0.
 */
export function slotsCode(environment: IndexEnvironment) {
	const { random, errors, fixedMemory } = environment;
	const { OutOfMemoryError } = errors;
	const TABLE = 0;
	const SHIFT = 1;
	const MASK = 2;
	const SEED = 3;
	const FACTOR = 4;
	const COUNT = 5;
	const LIMIT = 6;
	const OLD = 7;
	const OLD_SHIFT = 8;
	const OLD_SEED = 9;
	const OLD_FACTOR = 10;
	const TAKEN = 11;
	const NEXT = 12;
	const NEXT_SHIFT = 13;
	const ZEROED = 14;
	const TROUBLE = 15;
	const FOLD = 0;
	const NODE = 1;
	const MOVED = -1;

	/** 2^32 divided by the golden ratio. */
	const GOLDEN = 0x9e3779b9 | 0;
	/** The table of a few nodes: 1 KiB. */
	const LEAST_SLOTS = 128;
	/** Below this many slots, 32 KiB, a table is made and filled at once. */
	const AT_ONCE = 4096;
	/** Slots that an insertion walks past before folds are doubted. */
	const LONG = 256;
	/** Words of the next table zeroed, and slots of the old one moved, by an insertion: each is done after slots / 16 of them. */
	const ZERO_WORDS = 64;
	const MOVE_SLOTS = 16;

	abstract class Slots {
		declare readonly memory: internals.Memory;
		declare readonly heap: Heap;
		/** The word index of the header drawn above; 0, whose words are zeros, once disposed. */
		declare header: number;

		/** `header`: of an index that is there; 0: a new one. */
		constructor(heap: Heap, header = 0) {
			this.heap = heap;
			if (fixedMemory === undefined) this.memory = heap.memory;
			// Set before: what an engine takes for constant, it throws code away for when the first index is disposed.
			this.header = 0;
			this.header = header || heap.openHeader();
			if (header === 0) this.start();
		}

		/** What this index held is another thread's. */
		leave(): void {
			this.header = 0;
		}

		/** The fold of a node's key under `seed` and `factor`. */
		abstract foldOf(node: number, seed: number, factor: number): number;

		/** Whether folds are made with random numbers from the start. */
		get alwaysSeeded(): boolean {
			return false;
		}

		/** Nodes in the table. */
		get count(): number {
			return this.memory.i32[this.header + COUNT];
		}

		/** Slots of the table. */
		get slots(): number {
			const { i32 } = this.memory;
			return i32[this.header + TABLE] === 0 ? 0 : i32[this.header + MASK] + 1;
		}

		/** Bytes of all tables held. */
		get bytes(): number {
			const { i32 } = this.memory;
			const h = this.header;
			let slots = this.slots;
			if (i32[h + OLD] !== 0) slots += this.slotsOf(i32[h + OLD_SHIFT]);
			if (i32[h + NEXT] !== 0) slots += this.slotsOf(i32[h + NEXT_SHIFT]);
			return slots * 8;
		}

		/** Whether folds are made with random numbers. */
		get seeded(): boolean {
			return this.memory.i32[this.header + SEED] !== 0;
		}

		/** Whether a table is being zeroed or emptied. */
		get growing(): boolean {
			const { i32 } = this.memory;
			return i32[this.header + OLD] !== 0 || i32[this.header + NEXT] !== 0;
		}

		/** The state of an index without a table. */
		start(): void {
			const { i32 } = this.memory;
			i32[this.header + SHIFT] = 29;
			i32[this.header + MASK] = 7;
			i32[this.header + SEED] = 0;
			i32[this.header + FACTOR] = 1;
			i32[this.header + LIMIT] = 0;
			i32[this.header + TROUBLE] = 0;
			if (this.alwaysSeeded) this.reseed();
		}

		reseed(): void {
			const { i32 } = this.memory;
			i32[this.header + SEED] = random() | 1;
			i32[this.header + FACTOR] = random() | 1;
		}

		/**
		 * To be called before `put`: makes room, or does a part of that. O(1), unless keys are hostile.
		 *
		 * @throws OutOfMemoryError when the table is full and no larger one can be had; the index is then as it was.
		 */
		prepare(): void {
			if (this.memory.i32[this.header + COUNT] >= this.memory.i32[this.header + LIMIT]) this.work();
		}

		/** Puts a node into the table, under the fold of a key that is not there. `prepare` was called before. */
		put(fold: number, node: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			const past = this.store(fold, node);
			i32[h + COUNT] = i32[h + COUNT] + 1;
			if (past > LONG) this.doubt(past);
		}

		/** Puts a node into TABLE and returns how many slots it walked past. */
		store(fold: number, node: number): number {
			const { i32 } = this.memory;
			const h = this.header;
			const table = i32[h + TABLE];
			const mask = i32[h + MASK];
			const home = (((Math.imul(fold >>> 3, GOLDEN) >>> i32[h + SHIFT]) << 3) | (fold & 7)) & mask;
			let at = home;
			for (;;) {
				const slot = (table + (at << 1)) | 0;
				if (i32[slot + NODE] === 0) {
					i32[slot + FOLD] = fold;
					i32[slot + NODE] = node;
					return (at - home) & mask;
				}
				at = (at + 1) & mask;
			}
		}

		/** Takes a node, known to be in the table under this fold, out. O(1). */
		take(fold: number, node: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			const table = i32[h + TABLE];
			const mask = i32[h + MASK];
			let hole = (((Math.imul(fold >>> 3, GOLDEN) >>> i32[h + SHIFT]) << 3) | (fold & 7)) & mask;
			for (;;) {
				const there = i32[((table + (hole << 1)) | 0) + NODE];
				if (there === node) break;
				if (there === 0) {
					this.takeOld(node);
					return;
				}
				hole = (hole + 1) & mask;
			}
			this.closeGap(hole);
		}

		/** Empties the place `gap` of TABLE. */
		closeGap(gap: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			const table = i32[h + TABLE];
			const mask = i32[h + MASK];
			const shift = i32[h + SHIFT];
			let hole = gap;
			i32[h + COUNT] = i32[h + COUNT] - 1;
			// What follows and whose own place is not behind the hole moves into it, and leaves a hole itself.
			for (let at = hole; ; ) {
				at = (at + 1) & mask;
				const slot = (table + (at << 1)) | 0;
				const next = i32[slot + NODE];
				if (next === 0) break;
				const other = i32[slot + FOLD];
				const home = (((Math.imul(other >>> 3, GOLDEN) >>> shift) << 3) | (other & 7)) & mask;
				if (((at - home) & mask) < ((at - hole) & mask)) continue;
				const target = (table + (hole << 1)) | 0;
				i32[target + FOLD] = other;
				i32[target + NODE] = next;
				hole = at;
			}
			i32[table + (hole << 1) + NODE] = 0;
		}

		/** Takes a node out of the table that is being emptied, where nothing changes places any more. */
		takeOld(node: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			const old = i32[h + OLD];
			const fold = this.foldOf(node, i32[h + OLD_SEED], i32[h + OLD_FACTOR]);
			const mask = this.slotsOf(i32[h + OLD_SHIFT]) - 1;
			for (let at = this.placeOf(fold, i32[h + OLD_SHIFT]); ; at = (at + 1) & mask) {
				const slot = old + (at << 1);
				if (i32[slot + NODE] === 0) return;
				if (i32[slot + NODE] !== node) continue;
				i32[slot + NODE] = MOVED;
				i32[h + COUNT] = i32[h + COUNT] - 1;
				return;
			}
		}

		/** The place of a fold in a table with this shift. */
		placeOf(fold: number, shift: number): number {
			return ((Math.imul(fold >>> 3, GOLDEN) >>> shift) << 3) | (fold & 7);
		}

		slotsOf(shift: number): number {
			return 1 << (35 - shift);
		}

		shiftOf(slots: number): number {
			return 35 - Math.log2(slots);
		}

		/** From how many nodes on a table of so many slots grows: nine sixteenths, so that the next one is there at ten. */
		growthAt(slots: number): number {
			return Math.floor((slots * 9) / 16);
		}

		/** How many nodes a table holds at the very most, where no larger one is to be had. */
		mostIn(slots: number): number {
			return Math.floor((slots * 3) / 4);
		}

		/** An insertion walked past many slots: soon, folds are to be made with random numbers. */
		doubt(past: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			if (i32[h + TROUBLE] === -1) return;
			i32[h + TROUBLE] = past;
			i32[h + LIMIT] = -1;
		}

		/** An insertion's share of the work on the tables; more where it follows one that walked past many slots. */
		work(): void {
			const { i32 } = this.memory;
			const h = this.header;
			const trouble = Math.max(0, i32[h + TROUBLE]);
			if (i32[h + OLD] !== 0) {
				this.move(MOVE_SLOTS + 4 * trouble);
				return;
			}
			if (i32[h + NEXT] === 0) {
				this.startNext(trouble > 0);
				return;
			}
			this.zero(ZERO_WORDS + 16 * trouble);
		}

		/** Takes the next table, twice as large unless it only serves other folds. */
		startNext(isDoubted: boolean): void {
			const slots = this.slots;
			const { count, header: h } = this;
			let larger = slots * (slots < AT_ONCE / 2 ? 4 : 2);
			if (slots === 0) larger = LEAST_SLOTS;
			else if (isDoubted && count < this.growthAt(slots) / 2) larger = slots;
			let next: number;
			try {
				next = this.heap.takeRun(larger * 2);
			} catch (error) {
				if (!(error instanceof OutOfMemoryError) || count >= this.mostIn(slots)) throw error;
				// The table has room for some more. Without a table for other folds it goes on with these.
				const { i32 } = this.memory;
				if (isDoubted) i32[h + TROUBLE] = -1;
				i32[h + LIMIT] = count < this.growthAt(slots) ? this.growthAt(slots) : this.mostIn(slots);
				return;
			}
			const { i32 } = this.memory;
			i32[h + NEXT] = next;
			i32[h + NEXT_SHIFT] = this.shiftOf(larger);
			i32[h + ZEROED] = 0;
			i32[h + LIMIT] = -1;
			if (larger > AT_ONCE) return;
			this.zero(larger * 2);
			if (i32[h + OLD] !== 0) this.move(slots);
		}

		/** Zeroes some words of the next table; when all are, it becomes the table. */
		zero(words: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			const slots = this.slotsOf(i32[h + NEXT_SHIFT]);
			const from = i32[h + ZEROED];
			const to = Math.min(from + words, slots * 2);
			const next = i32[h + NEXT];
			for (let word = next + from; word < next + to; word++) i32[word] = 0;
			i32[h + ZEROED] = to;
			if (to < slots * 2) return;
			i32[h + OLD] = i32[h + TABLE];
			i32[h + OLD_SHIFT] = i32[h + SHIFT];
			i32[h + OLD_SEED] = i32[h + SEED];
			i32[h + OLD_FACTOR] = i32[h + FACTOR];
			i32[h + TAKEN] = 0;
			i32[h + TABLE] = next;
			i32[h + SHIFT] = i32[h + NEXT_SHIFT];
			i32[h + MASK] = slots - 1;
			i32[h + NEXT] = 0;
			if (i32[h + TROUBLE] > 0) {
				this.reseed();
				i32[h + TROUBLE] = -1;
			} else i32[h + TROUBLE] = 0;
			if (i32[h + OLD] === 0) i32[h + LIMIT] = this.growthAt(slots);
		}

		/** Moves some slots of the old table; when all are, gives it back. */
		move(slots: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			const old = i32[h + OLD];
			const all = this.slotsOf(i32[h + OLD_SHIFT]);
			const seed = i32[h + SEED];
			const factor = i32[h + FACTOR];
			const isSame = seed === i32[h + OLD_SEED] && factor === i32[h + OLD_FACTOR];
			const from = i32[h + TAKEN];
			const to = Math.min(from + slots, all);
			for (let slot = old + from * 2; slot < old + to * 2; slot += 2) {
				const node = i32[slot + NODE];
				if (node <= 0) continue;
				const past = this.store(isSame ? i32[slot + FOLD] : this.foldOf(node, seed, factor), node);
				i32[slot + NODE] = MOVED;
				if (past > LONG) this.doubt(past);
			}
			i32[h + TAKEN] = to;
			if (to < all) return;
			i32[h + OLD] = 0;
			i32[h + LIMIT] = i32[h + TROUBLE] > 0 ? -1 : this.growthAt(i32[h + MASK] + 1);
			this.heap.giveRun(old, all * 2);
		}

		/** Ends work under way at once. O(slots). */
		finish(): void {
			const { i32 } = this.memory;
			const h = this.header;
			if (i32[h + NEXT] !== 0) this.zero(this.slotsOf(i32[h + NEXT_SHIFT]) * 2);
			if (i32[h + OLD] !== 0) this.move(this.slotsOf(i32[h + OLD_SHIFT]));
		}

		/** The least table that `nodes` nodes do not make grow. */
		slotsFor(nodes: number): number {
			let slots = LEAST_SLOTS;
			while (this.growthAt(slots) < nodes) slots *= slots < AT_ONCE / 2 ? 4 : 2;
			return slots;
		}

		/** Sees to it that `nodes` nodes have room without further work. O(slots). Throws OutOfMemoryError, and has changed nothing then. */
		reserve(nodes: number): void {
			this.finish();
			const slots = this.slotsFor(nodes);
			if (slots > this.slots) this.rebuild(slots);
		}

		/** Puts all nodes into a table of `slots` slots at once. O(slots). Throws OutOfMemoryError, and has changed nothing then. */
		rebuild(slots: number): void {
			const next = this.heap.takeRun(slots * 2);
			// Taken first, so that nothing can fail from here on.
			const { i32 } = this.memory;
			const h = this.header;
			this.dropNext();
			if (i32[h + OLD] !== 0) this.move(this.slotsOf(i32[h + OLD_SHIFT]));
			i32[h + NEXT] = next;
			i32[h + NEXT_SHIFT] = this.shiftOf(slots);
			i32[h + ZEROED] = slots * 2;
			i32.fill(0, next, next + slots * 2);
			this.zero(0);
			if (i32[h + OLD] !== 0) this.move(this.slotsOf(i32[h + OLD_SHIFT]));
		}

		/** Gives a table that is larger than `nodes` nodes need, and tables of work under way, back. O(slots). */
		shrink(): void {
			this.finish();
			const { count } = this;
			if (count === 0) {
				this.release();
				this.start();
				return;
			}
			const slots = this.slotsFor(count);
			if (slots < this.slots) this.rebuild(slots);
		}

		dropNext(): void {
			const { i32 } = this.memory;
			const h = this.header;
			const next = i32[h + NEXT];
			if (next === 0) return;
			// Forgotten before it is given: who frees what a dead thread had must not free it once more, when it is another's.
			i32[h + NEXT] = 0;
			this.heap.giveRun(next, this.slotsOf(i32[h + NEXT_SHIFT]) * 2);
		}

		dropOld(): void {
			const { i32 } = this.memory;
			const h = this.header;
			const old = i32[h + OLD];
			if (old === 0) return;
			i32[h + OLD] = 0;
			this.heap.giveRun(old, this.slotsOf(i32[h + OLD_SHIFT]) * 2);
		}

		/** Forgets all nodes and keeps the table. O(slots). */
		clear(): void {
			const { i32 } = this.memory;
			const h = this.header;
			this.dropNext();
			this.dropOld();
			i32[h + COUNT] = 0;
			const { slots } = this;
			i32.fill(0, i32[h + TABLE], i32[h + TABLE] + slots * 2);
			// Nothing is left that was hostile.
			i32[h + SEED] = 0;
			i32[h + FACTOR] = 1;
			i32[h + TROUBLE] = 0;
			if (this.alwaysSeeded) this.reseed();
			i32[h + LIMIT] = this.growthAt(slots);
		}

		/** Gives all tables back. */
		release(): void {
			const { i32 } = this.memory;
			const h = this.header;
			this.dropNext();
			this.dropOld();
			const table = i32[h + TABLE];
			const { slots } = this;
			i32.fill(0, h, h + 16);
			if (table !== 0) this.heap.giveRun(table, slots * 2);
		}

		/** Gives tables and header back. Every later look-up finds nothing. */
		dispose(): void {
			if (this.header === 0) return;
			const { header } = this;
			if (!this.heap.disposed) {
				this.release();
				this.heap.closeHeader(header);
			}
			this.header = 0;
		}

		/** The broken invariants of the layout above, in words, and every node found, in `nodes`. O(slots). */
		faults(nodes: Set<number>): string[] {
			const { i32 } = this.memory;
			const h = this.header;
			const faults: string[] = [];
			const visit = (name: string, table: number, shift: number, seed: number, factor: number): void => {
				const slots = this.slotsOf(shift);
				for (let at = 0; at < slots; at++) {
					const slot = table + at * 2;
					const node = i32[slot + NODE];
					if (node === 0 || (node === MOVED && name === 'OLD')) continue;
					if (node < 0) {
						faults.push(`slot ${at} of ${name} holds ${node}`);
						continue;
					}
					if (nodes.has(node)) faults.push(`node ${node} is in two slots`);
					nodes.add(node);
					const fold = this.foldOf(node, seed, factor);
					if (fold !== i32[slot + FOLD])
						faults.push(`slot ${at} of ${name} holds the fold ${i32[slot + FOLD]}, not ${fold}`);
					for (let way = this.placeOf(fold, shift); way !== at; way = (way + 1) & (slots - 1)) {
						if (i32[table + way * 2 + NODE] !== 0) continue;
						faults.push(`slot ${way} of ${name} is empty, on the way to node ${node} in slot ${at}`);
						break;
					}
				}
			};
			if (i32[h + TABLE] !== 0) visit('TABLE', i32[h + TABLE], i32[h + SHIFT], i32[h + SEED], i32[h + FACTOR]);
			if (i32[h + OLD] !== 0) visit('OLD', i32[h + OLD], i32[h + OLD_SHIFT], i32[h + OLD_SEED], i32[h + OLD_FACTOR]);
			if (i32[h + OLD] !== 0 && i32[h + NEXT] !== 0) faults.push('OLD and NEXT are both there');
			if (nodes.size !== i32[h + COUNT]) faults.push(`${nodes.size} nodes are in slots, COUNT says ${i32[h + COUNT]}`);
			return faults;
		}
	}

	if (fixedMemory !== undefined) Object.defineProperty(Slots.prototype, 'memory', { value: fixedMemory });
	return Slots;
}

/** The class of the tables. */
export type SlotsClass = ReturnType<typeof slotsCode>;
/** A table of node indices. */
export type Slots = InstanceType<SlotsClass>;
