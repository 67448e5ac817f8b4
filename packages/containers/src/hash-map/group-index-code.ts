import type { Heap, internals } from '@flux/core';

/** Everything that the code of this index uses, as one object: evaluated again per owner, it can see nothing else. */
export interface GroupIndexEnvironment {
	/** The offset in words, from the beginning of a node, of its id: the lower word, then the upper. */
	readonly keyOffset: number;
	/** The memory of the one heap that this code is made for; undefined where it serves any. */
	readonly fixedMemory: internals.Memory | undefined;
	/** A number of 32 bits that nobody can foretell. */
	random(): number;
	readonly errors: { readonly OutOfMemoryError: new (requested: number, held: number, allowed: number) => Error };
}

/**
 * An index of nodes by ids of 64 bits that are handed out in order, as exchanges do: the ids of a book's orders. Ids are two
 * words, and no id is 0. A closed factory (`specialize` in @flux/core).
 *
 * **Eight neighbouring ids share a bucket**, and each has its own place in it, so that most calls compare one key, find no
 * other id in the way, and close no gap: a jump that the processor cannot foretell costs as much as all else here. In an
 * open-addressed table of single ids (`slots-code.ts`) each call meets two or three of those. A book whose ids come in order
 * has a third of its eights in use for each order in the end, about 14 bytes; an id far from all others has a bucket alone.
 *
 * Buckets are found by multiplying (Knuth, TAOCP 6.4) and linear probing. A bucket that is emptied is taken out by shifting
 * back what follows (algorithm R): no tombstones. Hostile ids and growth are met as in `slots-code.ts`: an insertion that walks
 * past more than LONG buckets starts a move to a table where places are chosen with random numbers; zeroing the next table
 * and moving the old one's buckets is spread over insertions.
 *
 * **Loops begin one place before.** Whatever a step to the next bucket takes is then done on the way to the first one too: an
 * engine that has compiled a call before the first collision knows its types, and need not throw the code away at that.
 *
 * The header, one cache line:
 *
 *   word   name        holds
 *   -----  ----------  --------------------------------------------------------------------------
 *   +0     TABLE       the first word of the table; 0: none yet, and the zeros of the arena's page 0 are read as one bucket
 *   +1     SHIFT       32 - log2(buckets of the table)
 *   +2     MASK        buckets of the table - 1
 *   +3     SEED        with FACTOR what places are chosen with; 0: by the ids' own words
 *   +4     FACTOR      odd
 *   +5     GROUPS      buckets of TABLE that are in use
 *   +6     LIMIT       an insertion at so many has work to do before: growth to begin, or to go on (-1)
 *   +7     OLD         the table that is being emptied; 0: none
 *   +8     OLD_SHIFT
 *   +9     OLD_SEED
 *   +10    OLD_FACTOR
 *   +11    TAKEN       buckets of OLD that were moved
 *   +12    NEXT        the next table, being zeroed; 0: none
 *   +13    NEXT_SHIFT
 *   +14    ZEROED      words of NEXT that are zero
 *   +15    TROUBLE     buckets that the last long insertion walked past; -1: places changed at this size already; 0: all is well
 *
 * A bucket:
 *
 *   word   name   holds
 *   -----  -----  -------------------------------------------------------------------------------
 *   +0-7   NODES  the nodes of the eight ids, by the lowest three bits of the id; 0: none
 *   +8     KEY    the lower word that they share, and in its lowest three bits how many nodes there are, modulo 8
 *   +9     HIGH   the upper word that they share
 *
 * Invariants: a bucket of TABLE that is in use has a node; one that is not is all zeros, which no bucket in use can be, since
 * no id is 0; between a bucket's own place and where it stands none is out of use; at most one of OLD and NEXT is not 0. A
 * bucket of OLD keeps its key when its nodes are moved or removed, for those behind it; its count means nothing.
 */
export function groupIndexCode(environment: GroupIndexEnvironment) {
	const { keyOffset: ID_LOW, random, errors, fixedMemory } = environment;
	const { OutOfMemoryError } = errors;
	const ID_HIGH = ID_LOW + 1;
	const TABLE = 0;
	const SHIFT = 1;
	const MASK = 2;
	const SEED = 3;
	const FACTOR = 4;
	const GROUPS = 5;
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
	const KEY = 8;
	const HIGH = 9;
	const BUCKET_WORDS = 10;

	/** 2^32 divided by the golden ratio. */
	const GOLDEN = 0x9e3779b9 | 0;
	const HIGH_FACTOR = 0x85ebca6b | 0;
	const LAST_FACTOR = 0x2c1b3c6d;
	/** The table of a few nodes: 320 bytes. */
	const LEAST_BUCKETS = 8;
	/** Up to this many buckets, 40 KiB, a table is made and filled at once, and kept emptier. */
	const FEW_BUCKETS = 1024;
	/** Buckets that an insertion walks past before places are doubted. */
	const LONG = 256;
	/** Words of the next table zeroed, and buckets of the old one moved, by an insertion. */
	const ZERO_WORDS = 160;
	const MOVE_BUCKETS = 3;

	class GroupIndex {
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
			this.header = header || this.openHeader(heap);
			if (header === 0) this.start();
		}

		/** A header of zeros. */
		openHeader(heap: Heap): number {
			return heap.openHeader();
		}

		/** Takes a header back, of zeros again: a dead thread's is looked through for what it leads to. */
		closeHeader(heap: Heap, header: number): void {
			heap.memory.i32.fill(0, header, header + 16);
			heap.closeHeader(header);
		}

		/** What this index held is another thread's. */
		leave(): void {
			this.header = 0;
		}

		/** The node of an id, or 0. O(1). */
		find(low: number, high: number): number {
			const { i32 } = this.memory;
			const h = this.header;
			low |= 0;
			high |= 0;
			const seed = i32[h + SEED];
			const group =
				seed === 0 ? ((low >>> 3) + Math.imul(high, HIGH_FACTOR)) | 0 : this.scramble(low, high, seed, i32[h + FACTOR]);
			const mask = i32[h + MASK];
			const table = i32[h + TABLE];
			let at = (Math.imul(group, GOLDEN) >>> i32[h + SHIFT]) - 1;
			for (;;) {
				at = (at + 1) & mask;
				const bucket = (table + Math.imul(at, BUCKET_WORDS)) | 0;
				const key = i32[bucket + KEY];
				const upper = i32[bucket + HIGH];
				const isFree = (key | upper) === 0;
				if ((((key ^ low) & -8) | (upper ^ high)) === 0) {
					const node = i32[bucket + (low & 7)];
					return node === 0 && i32[h + OLD] !== 0 ? this.findOld(low, high) : node;
				}
				if (isFree) return i32[h + OLD] === 0 ? 0 : this.findOld(low, high);
			}
		}

		/**
		 * The node of an id, or where it would go: the complement of a bucket, which is below 0. `prepare` was called before. O(1).
		 * With `settle`, a look-up and an addition in one walk.
		 */
		locate(low: number, high: number): number {
			const { i32 } = this.memory;
			const h = this.header;
			low |= 0;
			high |= 0;
			const seed = i32[h + SEED];
			const group =
				seed === 0 ? ((low >>> 3) + Math.imul(high, HIGH_FACTOR)) | 0 : this.scramble(low, high, seed, i32[h + FACTOR]);
			const mask = i32[h + MASK];
			const table = i32[h + TABLE];
			const home = Math.imul(group, GOLDEN) >>> i32[h + SHIFT];
			let at = home - 1;
			for (;;) {
				at = (at + 1) & mask;
				const bucket = (table + Math.imul(at, BUCKET_WORDS)) | 0;
				const key = i32[bucket + KEY];
				const upper = i32[bucket + HIGH];
				const isFree = (key | upper) === 0;
				const isGroup = (((key ^ low) & -8) | (upper ^ high)) === 0;
				if (isGroup || isFree) {
					const node = isGroup ? i32[bucket + (low & 7)] : 0;
					if (node !== 0) return node;
					if (i32[h + OLD] !== 0) {
						const old = this.findOld(low, high);
						if (old !== 0) return old;
					}
					const past = (at - home) & mask;
					if (past > LONG) this.doubt(past);
					return ~bucket;
				}
			}
		}

		/** Adds a node that holds this id at the place that `locate` has just returned for it. O(1). */
		settle(place: number, low: number, high: number, node: number): void {
			const { i32 } = this.memory;
			const bucket = ~place;
			const key = i32[bucket + KEY];
			if (key === 0 && i32[bucket + HIGH] === 0) {
				i32[bucket + KEY] = (low & -8) | 1;
				i32[bucket + HIGH] = high;
				i32[this.header + GROUPS] = (i32[this.header + GROUPS] + 1) | 0;
			} else i32[bucket + KEY] = (key & -8) | ((key + 1) & 7);
			i32[bucket + (low & 7)] = node;
		}

		/** Removes the node of an id, and returns it; 0: there is none. O(1). */
		pull(low: number, high: number): number {
			const { i32 } = this.memory;
			const h = this.header;
			low |= 0;
			high |= 0;
			const seed = i32[h + SEED];
			const group =
				seed === 0 ? ((low >>> 3) + Math.imul(high, HIGH_FACTOR)) | 0 : this.scramble(low, high, seed, i32[h + FACTOR]);
			const mask = i32[h + MASK];
			const table = i32[h + TABLE];
			let at = (Math.imul(group, GOLDEN) >>> i32[h + SHIFT]) - 1;
			for (;;) {
				at = (at + 1) & mask;
				const bucket = (table + Math.imul(at, BUCKET_WORDS)) | 0;
				const key = i32[bucket + KEY];
				const upper = i32[bucket + HIGH];
				const isFree = (key | upper) === 0;
				if ((((key ^ low) & -8) | (upper ^ high)) === 0) {
					const node = i32[bucket + (low & 7)];
					if (node === 0) return i32[h + OLD] === 0 ? 0 : this.pullOld(low, high);
					i32[bucket + (low & 7)] = 0;
					if ((key & 7) === 1) this.closeGap(at);
					else i32[bucket + KEY] = (key & -8) | ((key - 1) & 7);
					return node;
				}
				if (isFree) return i32[h + OLD] === 0 ? 0 : this.pullOld(low, high);
			}
		}

		/** Adds a node that holds this id, which no other has. `prepare` was called before. O(1). */
		add(low: number, high: number, node: number): void {
			this.settle(this.locate(low, high), low, high, node);
		}

		/** Removes a node that is in the index; it still holds its id. O(1). */
		remove(node: number): void {
			const { i32 } = this.memory;
			this.pull(i32[node + ID_LOW], i32[node + ID_HIGH]);
		}

		/**
		 * To be called before an addition: makes room, or does a part of that. O(1), unless ids are hostile.
		 *
		 * @throws OutOfMemoryError when the table is full and no larger one can be had; the index is then as it was.
		 */
		prepare(): void {
			if (this.memory.i32[this.header + GROUPS] >= this.memory.i32[this.header + LIMIT]) this.work();
		}

		/** `find` in the table that is being emptied. */
		findOld(low: number, high: number): number {
			const bucket = this.bucketOfOld(low, high);
			return bucket === 0 ? 0 : this.memory.i32[bucket + (low & 7)];
		}

		/** `pull` in the table that is being emptied, where nothing changes places any more. */
		pullOld(low: number, high: number): number {
			const bucket = this.bucketOfOld(low, high);
			if (bucket === 0) return 0;
			const { i32 } = this.memory;
			const node = i32[bucket + (low & 7)];
			i32[bucket + (low & 7)] = 0;
			return node;
		}

		/** The bucket of an id in the table that is being emptied; 0: there is none. */
		bucketOfOld(low: number, high: number): number {
			const { i32 } = this.memory;
			const h = this.header;
			const mask = this.bucketsOf(i32[h + OLD_SHIFT]) - 1;
			const group = this.groupOf(low, high, i32[h + OLD_SEED], i32[h + OLD_FACTOR]);
			for (let at = this.placeOf(group, i32[h + OLD_SHIFT]); ; at = (at + 1) & mask) {
				const bucket = i32[h + OLD] + at * BUCKET_WORDS;
				const key = i32[bucket + KEY];
				if (key === 0 && i32[bucket + HIGH] === 0) return 0;
				if (((key ^ low) & -8) === 0 && i32[bucket + HIGH] === high) return bucket;
			}
		}

		/** Takes the bucket at place `gap` of TABLE, whose last node is gone, out of use. */
		closeGap(gap: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			const table = i32[h + TABLE];
			const mask = i32[h + MASK];
			const shift = i32[h + SHIFT];
			i32[h + GROUPS] = (i32[h + GROUPS] - 1) | 0;
			let hole = gap;
			// What follows and whose own place is not behind the hole moves into it, and leaves a hole itself; the bucket that is not
			// in use, where this ends, moves as well: its zeros.
			for (let at = gap; ; ) {
				at = (at + 1) & mask;
				const bucket = (table + Math.imul(at, BUCKET_WORDS)) | 0;
				const key = i32[bucket + KEY];
				const high = i32[bucket + HIGH];
				const home = this.placeOf(this.groupOf(key, high, i32[h + SEED], i32[h + FACTOR]), shift);
				const stays = ((at - home) & mask) < ((at - hole) & mask);
				const isFree = (key | high) === 0;
				if (stays && !isFree) continue;
				const target = (table + Math.imul(hole, BUCKET_WORDS)) | 0;
				for (let word = 0; word < BUCKET_WORDS; word++) i32[target + word] = i32[bucket + word];
				if (isFree) return;
				hole = at;
			}
		}

		/** A number per group of eight ids. */
		groupOf(low: number, high: number, seed: number, factor: number): number {
			return seed === 0 ? ((low >>> 3) + Math.imul(high, HIGH_FACTOR)) | 0 : this.scramble(low, high, seed, factor);
		}

		/** The same as a mixture of all its bits with random numbers. */
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
			return bits ^ (bits >>> 15);
		}

		/** A group's own place in a table with this shift. */
		placeOf(group: number, shift: number): number {
			return Math.imul(group, GOLDEN) >>> shift;
		}

		bucketsOf(shift: number): number {
			return 2 ** (32 - shift);
		}

		/** From how many groups on a table grows. What is moved at once is kept emptier: fewer walks, and it is small. */
		growthAt(buckets: number): number {
			return buckets <= FEW_BUCKETS ? (buckets * 3) / 8 : (buckets * 11) / 16;
		}

		/** How many groups a table holds at the very most, where no larger one is to be had. */
		mostIn(buckets: number): number {
			return (buckets * 7) / 8;
		}

		/** Buckets of the table. */
		get buckets(): number {
			const { i32 } = this.memory;
			return i32[this.header + TABLE] === 0 ? 0 : i32[this.header + MASK] + 1;
		}

		/** Bytes of all tables held. */
		get bytes(): number {
			const { i32 } = this.memory;
			const h = this.header;
			let { buckets } = this;
			if (i32[h + OLD] !== 0) buckets += this.bucketsOf(i32[h + OLD_SHIFT]);
			if (i32[h + NEXT] !== 0) buckets += this.bucketsOf(i32[h + NEXT_SHIFT]);
			return buckets * BUCKET_WORDS * 4;
		}

		/** Whether places are chosen with random numbers. */
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
			i32[this.header + SHIFT] = 31;
			i32[this.header + MASK] = 0;
			this.forgetTrouble(0);
		}

		/** Nothing is left that was hostile. */
		forgetTrouble(limit: number): void {
			const { i32 } = this.memory;
			i32[this.header + SEED] = 0;
			i32[this.header + FACTOR] = 1;
			i32[this.header + TROUBLE] = 0;
			i32[this.header + LIMIT] = limit;
		}

		/** An insertion walked past many buckets: soon, places are to be chosen with random numbers. */
		doubt(past: number): void {
			const { i32 } = this.memory;
			if (i32[this.header + TROUBLE] === -1) return;
			i32[this.header + TROUBLE] = past;
			i32[this.header + LIMIT] = -1;
		}

		/** An insertion's share of the work on the tables; more where it follows one that walked past many buckets. */
		work(): void {
			const { i32 } = this.memory;
			const h = this.header;
			const trouble = Math.max(0, i32[h + TROUBLE]);
			if (i32[h + OLD] !== 0) this.move(MOVE_BUCKETS + 2 * trouble);
			else if (i32[h + NEXT] === 0) this.startNext(trouble > 0);
			else this.zero(ZERO_WORDS + 32 * trouble);
		}

		/** Takes the next table, twice as large unless it only serves other places. */
		startNext(isDoubted: boolean): void {
			const { buckets, header: h } = this;
			const groups = this.memory.i32[h + GROUPS];
			let larger = buckets * (buckets < FEW_BUCKETS / 2 ? 4 : 2);
			if (buckets === 0) larger = LEAST_BUCKETS;
			else if (isDoubted && groups < this.growthAt(buckets) / 2) larger = buckets;
			let next: number;
			try {
				next = this.heap.takeRun(larger * BUCKET_WORDS);
			} catch (error) {
				if (!(error instanceof OutOfMemoryError) || groups >= this.mostIn(buckets)) throw error;
				// The table has room for some more. Without a table for other places it goes on with these.
				const { i32 } = this.memory;
				if (isDoubted) i32[h + TROUBLE] = -1;
				i32[h + LIMIT] = groups < this.growthAt(buckets) ? this.growthAt(buckets) : this.mostIn(buckets);
				return;
			}
			const { i32 } = this.memory;
			i32[h + NEXT] = next;
			i32[h + NEXT_SHIFT] = 32 - Math.log2(larger);
			i32[h + ZEROED] = 0;
			i32[h + LIMIT] = -1;
			if (larger > FEW_BUCKETS) return;
			this.zero(larger * BUCKET_WORDS);
			if (i32[h + OLD] !== 0) this.move(buckets);
		}

		/** Zeroes some words of the next table; when all are, it becomes the table. */
		zero(words: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			const buckets = this.bucketsOf(i32[h + NEXT_SHIFT]);
			const from = i32[h + ZEROED];
			const to = Math.min(from + words, buckets * BUCKET_WORDS);
			const next = i32[h + NEXT];
			for (let word = next + from; word < next + to; word++) i32[word] = 0;
			i32[h + ZEROED] = to;
			if (to < buckets * BUCKET_WORDS) return;
			i32[h + OLD] = i32[h + TABLE];
			i32[h + OLD_SHIFT] = i32[h + SHIFT];
			i32[h + OLD_SEED] = i32[h + SEED];
			i32[h + OLD_FACTOR] = i32[h + FACTOR];
			i32[h + TAKEN] = 0;
			i32[h + TABLE] = next;
			i32[h + SHIFT] = i32[h + NEXT_SHIFT];
			i32[h + MASK] = buckets - 1;
			i32[h + GROUPS] = 0;
			i32[h + NEXT] = 0;
			if (i32[h + TROUBLE] > 0) {
				i32[h + SEED] = random() | 1;
				i32[h + FACTOR] = random() | 1;
				i32[h + TROUBLE] = -1;
			} else i32[h + TROUBLE] = 0;
			if (i32[h + OLD] === 0) i32[h + LIMIT] = this.growthAt(buckets);
		}

		/** Moves some buckets of the old table; when all are, gives it back. */
		move(buckets: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			const old = i32[h + OLD];
			const all = this.bucketsOf(i32[h + OLD_SHIFT]);
			const to = Math.min(i32[h + TAKEN] + buckets, all);
			for (let at = i32[h + TAKEN]; at < to; at++) this.moveBucket(old + at * BUCKET_WORDS);
			i32[h + TAKEN] = to;
			if (to < all) return;
			i32[h + OLD] = 0;
			i32[h + LIMIT] = i32[h + TROUBLE] > 0 ? -1 : this.growthAt(i32[h + MASK] + 1);
			this.heap.giveRun(old, all * BUCKET_WORDS);
		}

		/** Moves the nodes of a bucket of OLD to TABLE, where others of their eight may be already. */
		moveBucket(from: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			let nodes = 0;
			for (let place = 0; place < 8; place++) nodes |= i32[from + place];
			if (nodes === 0) return;
			const low = i32[from + KEY];
			const high = i32[from + HIGH];
			const table = i32[h + TABLE];
			const mask = i32[h + MASK];
			const home = this.placeOf(this.groupOf(low, high, i32[h + SEED], i32[h + FACTOR]), i32[h + SHIFT]);
			for (let at = home; ; at = (at + 1) & mask) {
				const bucket = table + at * BUCKET_WORDS;
				const key = i32[bucket + KEY];
				const isFree = key === 0 && i32[bucket + HIGH] === 0;
				if (!isFree && (((key ^ low) & -8) !== 0 || i32[bucket + HIGH] !== high)) continue;
				let count = 0;
				for (let place = 0; place < 8; place++) {
					const node = i32[from + place];
					i32[from + place] = 0;
					if (node !== 0) i32[bucket + place] = node;
					if (i32[bucket + place] !== 0) count++;
				}
				i32[bucket + KEY] = (low & -8) | (count & 7);
				i32[bucket + HIGH] = high;
				if (isFree) i32[h + GROUPS] = (i32[h + GROUPS] + 1) | 0;
				const past = (at - home) & mask;
				if (past > LONG) this.doubt(past);
				return;
			}
		}

		/**
		 * Sees to it that `nodes` nodes, whose ids are neighbours, have room without further work. O(buckets). Throws
		 * OutOfMemoryError, and has changed nothing then.
		 */
		reserve(nodes: number): void {
			let buckets = LEAST_BUCKETS;
			while (this.growthAt(buckets) < Math.ceil(nodes / 8) + 1) buckets *= buckets < FEW_BUCKETS / 2 ? 4 : 2;
			if (buckets <= this.buckets) return;
			const next = this.heap.takeRun(buckets * BUCKET_WORDS);
			// Taken first, so that nothing can fail from here on.
			const { i32 } = this.memory;
			const h = this.header;
			this.dropNext();
			if (i32[h + OLD] !== 0) this.move(this.bucketsOf(i32[h + OLD_SHIFT]));
			i32[h + NEXT] = next;
			i32[h + NEXT_SHIFT] = 32 - Math.log2(buckets);
			i32[h + ZEROED] = 0;
			this.zero(buckets * BUCKET_WORDS);
			if (i32[h + OLD] !== 0) this.move(this.bucketsOf(i32[h + OLD_SHIFT]));
		}

		dropNext(): void {
			const { i32 } = this.memory;
			const h = this.header;
			const next = i32[h + NEXT];
			if (next === 0) return;
			// Forgotten before it is given: who frees what a dead thread had must not free it once more, when it is another's.
			i32[h + NEXT] = 0;
			this.heap.giveRun(next, this.bucketsOf(i32[h + NEXT_SHIFT]) * BUCKET_WORDS);
		}

		dropOld(): void {
			const { i32 } = this.memory;
			const h = this.header;
			const old = i32[h + OLD];
			if (old === 0) return;
			i32[h + OLD] = 0;
			this.heap.giveRun(old, this.bucketsOf(i32[h + OLD_SHIFT]) * BUCKET_WORDS);
		}

		/** Forgets all nodes and keeps the table. O(buckets). */
		clear(): void {
			const { i32 } = this.memory;
			const h = this.header;
			this.dropNext();
			this.dropOld();
			const { buckets } = this;
			i32.fill(0, i32[h + TABLE], i32[h + TABLE] + buckets * BUCKET_WORDS);
			i32[h + GROUPS] = 0;
			this.forgetTrouble(this.growthAt(buckets));
		}

		/** Gives tables and header back. Every later look-up finds nothing. */
		dispose(): void {
			const { header } = this;
			if (header === 0) return;
			if (!this.heap.disposed) {
				const { i32 } = this.memory;
				this.dropNext();
				this.dropOld();
				const table = i32[header + TABLE];
				const { buckets } = this;
				i32[header + TABLE] = 0;
				if (table !== 0) this.heap.giveRun(table, buckets * BUCKET_WORDS);
				this.closeHeader(this.heap, header);
			}
			this.header = 0;
		}

		/** Calls back for each node. O(buckets). */
		forEachNode(visit: (node: number) => void): void {
			const { i32 } = this.memory;
			const h = this.header;
			const tables = [[i32[h + TABLE], i32[h + MASK] + 1]];
			if (i32[h + OLD] !== 0) tables.push([i32[h + OLD], this.bucketsOf(i32[h + OLD_SHIFT])]);
			for (const [table, buckets] of tables) {
				for (let bucket = table; bucket < table + buckets * BUCKET_WORDS; bucket += BUCKET_WORDS)
					for (let place = 0; place < 8; place++) if (i32[bucket + place] !== 0) visit(i32[bucket + place]);
			}
		}

		/** The broken invariants of the layout above, in words, and every node found, in `nodes`. O(buckets). */
		faults(nodes: Set<number>): string[] {
			const { i32 } = this.memory;
			const h = this.header;
			const faults: string[] = [];
			let groups = 0;
			const visit = (name: string, table: number, shift: number, seed: number, factor: number): void => {
				const buckets = this.bucketsOf(shift);
				for (let at = 0; at < buckets; at++) {
					const bucket = table + at * BUCKET_WORDS;
					const key = i32[bucket + KEY];
					const high = i32[bucket + HIGH];
					const isFree = key === 0 && high === 0;
					let count = 0;
					for (let place = 0; place < 8; place++) {
						const node = i32[bucket + place];
						if (node === 0) continue;
						count++;
						if (nodes.has(node)) faults.push(`node ${node} is in two places`);
						nodes.add(node);
						if (i32[node + ID_LOW] !== ((key & -8) | place) || i32[node + ID_HIGH] !== high)
							faults.push(`bucket ${at} of ${name} holds node ${node} of another id`);
					}
					if (isFree && count > 0) faults.push(`bucket ${at} of ${name} is not in use, and has nodes`);
					if (isFree) continue;
					if (name === 'TABLE') {
						groups++;
						if (count === 0 || (count & 7) !== (key & 7))
							faults.push(`bucket ${at} has ${count} nodes, KEY says ${key & 7}`);
					}
					const home = this.placeOf(this.groupOf(key, high, seed, factor), shift);
					for (let way = home; way !== at; way = (way + 1) & (buckets - 1)) {
						const before = table + way * BUCKET_WORDS;
						if (i32[before + KEY] !== 0 || i32[before + HIGH] !== 0) continue;
						faults.push(`bucket ${way} of ${name} is not in use, on the way to bucket ${at}`);
						break;
					}
				}
			};
			if (i32[h + TABLE] !== 0) visit('TABLE', i32[h + TABLE], i32[h + SHIFT], i32[h + SEED], i32[h + FACTOR]);
			if (i32[h + OLD] !== 0) visit('OLD', i32[h + OLD], i32[h + OLD_SHIFT], i32[h + OLD_SEED], i32[h + OLD_FACTOR]);
			if (i32[h + OLD] !== 0 && i32[h + NEXT] !== 0) faults.push('OLD and NEXT are both there');
			if (groups !== i32[h + GROUPS]) faults.push(`${groups} buckets are in use, GROUPS says ${i32[h + GROUPS]}`);
			return faults;
		}
	}

	if (fixedMemory !== undefined) Object.defineProperty(GroupIndex.prototype, 'memory', { value: fixedMemory });
	return GroupIndex;
}

/** The class of the indexes by groups of eight ids. */
export type GroupIndexClass = ReturnType<typeof groupIndexCode>;
/** An index by groups of eight ids. */
export type GroupIndex = InstanceType<GroupIndexClass>;
