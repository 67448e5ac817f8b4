import type { Arena } from '../memory/arena.js';
import type { Memory } from '../memory/memory.js';
import { PAGE_WORDS } from '../memory/page-map.js';
import { CLASSES, classOf, magazineOf, slabPagesOf, wordsOf } from './size-classes.js';

/*
 * A slab of blocks is a run of pages cut into blocks of one size class, without a header: what is known of it stands in
 * a descriptor elsewhere, next to those of other slabs, so that the many descriptors of scrambled frees share few cache
 * lines, and blocks stay aligned. The page map's USER of each of its pages is the index of the descriptor.
 *
 *   word    name        holds
 *   ------  ----------  ----------------------------------------------------------------------------------
 *   +0      HEAP        the id of the heap: the index of its header; its negative for GONE; 0: not in use
 *   +1      BASE        the first word of the first block
 *   +2      STRIDE      words per block; 0 for a run
 *   +3      SHIFT       the power of two in STRIDE
 *   +4      MAGIC       2^18 divided by the odd rest of STRIDE, rounded up: the division by STRIDE as a multiplication
 *   +5      TABLE       the table of its class; 0 for a run
 *   +6      FREE        blocks that are neither live nor in the magazine
 *   +7-39   LIVE        the occupancy bitmap, one bit per block, set while the block is the user's
 *   +40     BLOCKS      blocks in the slab
 *   +41     NEXT        the next slab of the class (of the heap for a run), in a circle; the next free descriptor
 *   +42     PREVIOUS    the slab before it in that circle
 *   +43     PAGES       pages in the slab
 *   +44     KIND        whose blocks: the user's (PLAIN, GUARDED) or the containers' (TABLES)
 *   +48-80  REMOTE      shared arenas alone: one bit per block, set while it is on its way back from another thread. Only
 *                       by atomic operations; everything else here is written by the owner of the slab's pages alone.
 *
 * A block that is larger than any class is a run of pages with such a descriptor of its own, of one block: bit 0 of LIVE.
 * The descriptor GONE stands for pages that went back to the arena, so that what is freed twice is told from what was
 * never ours.
 *
 * The table of a class, with its magazine:
 *
 *   word    name        holds
 *   ------  ----------  ----------------------------------------------------------------------------------
 *   +0      TOP         where the next block freed goes in the magazine
 *   +1      END         where the magazine ends
 *   +2      WORDS       words per block
 *   +3      FRONT       the first slab of the circle: those with FREE > 0, the newest first, then the others; 0: none
 *   +4      EMPTIES     slabs whose every block is FREE
 *   +5      SAMPLES     requests that were looked at: the one of each refill
 *   +6      SAMPLED     bytes that these asked for
 *   +7      CLASS       the size class
 *   +8-     MAGAZINE    three words per free block: the block, the word of its bit in LIVE, the number of its bit
 *
 * Invariants: for each slab, BLOCKS = bits in LIVE + FREE + its blocks in the magazine; for each class, EMPTIES <= 1.
 *
 * The bitmap is the truth and the only list of the free: no link is written into a free block, so that freeing does not
 * touch its memory, which is cold where frees are scrambled. The magazine on top keeps what was freed last, last in
 * first out. It is refilled only when it is empty; then every clear bit of the class is a block that can be taken.
 * (Bonwick's magazines, USENIX 2001; mimalloc's free lists per page, with bits in place of links.)
 */
export const HEAP = 0;
export const BASE = 1;
export const STRIDE = 2;
export const SHIFT = 3;
export const MAGIC = 4;
export const TABLE = 5;
export const FREE = 6;
export const LIVE = 7;
export const BLOCKS = 40;
export const NEXT_SLAB = 41;
export const PREVIOUS_SLAB = 42;
export const PAGES = 43;
export const KIND = 44;
export const REMOTE = 48;
const DESCRIPTOR_WORDS = 48;
const SHARED_DESCRIPTOR_WORDS = 96;
export const LIVE_WORDS = 33;

/** The values of {@link KIND}. */
export const PLAIN = 1;
export const GUARDED = 2;
export const TABLES = 3;

export const TOP = 0;
export const END = 1;
export const WORDS = 2;
export const FRONT = 3;
export const EMPTIES = 4;
export const SAMPLES = 5;
export const SAMPLED = 6;
export const CLASS = 7;
export const MAGAZINE = 8;
/** Words of a block's entry in a magazine. */
export const ENTRY_WORDS = 3;
const MOST_SAMPLES = 2 ** 15;

/*
 * The header of a heap's blocks, whose index is its id:
 *
 *   word   name    holds
 *   -----  ------  ---------------------------------------------------------------------------------------
 *   +0     ROOM    PEAK less the words in live blocks
 *   +1     PEAK    the most words that were ever in live blocks at once
 *   +2     RUNS    the descriptor of a run in the circle of all runs; 0: none
 */
export const ROOM = 0;
export const PEAK = 1;
export const RUNS = 2;

/** The bits that {@link MAGIC} is scaled by: see `size-classes.ts` for why 18 are exact. */
export const MAGIC_BITS = 18;
const LINE_WORDS = 16;
/** Requests of up to this many bytes find their class in a table. */
export const SMALL_BYTES = 1024;

/** The words that the code of hot blocks touches, as one object. */
export const blockWords = {
	HEAP,
	BASE,
	STRIDE,
	SHIFT,
	MAGIC,
	TABLE,
	LIVE,
	TOP,
	END,
	WORDS,
	MAGAZINE,
	ENTRY_WORDS,
	ROOM,
	PEAK,
	MAGIC_BITS,
	SMALL_BYTES,
} as const;

/**
 * The slabs of the blocks of one heap: descriptors, classes and their magazines; what is rare in allocating a block.
 */
export class Slabs {
	readonly memory: Memory;
	readonly arena: Arena;
	/** The index of the header above. */
	readonly header: number;
	/** The table of the class for each number of 8 bytes, up to {@link SMALL_BYTES}; 0: not made yet. */
	readonly tableOfSmall = new Int32Array(SMALL_BYTES / 8 + 1);
	/** The table of each class; 0: not made yet. */
	readonly tables = new Int32Array(CLASSES);
	/** Whose blocks these are. */
	readonly kind: number;
	readonly #takePages: (pages: number) => number;
	readonly #descriptorWords: number;
	/** Pages of descriptors and tables. */
	readonly #ownPages: number[] = [];
	/** Pages of descriptors that were taken over, and how many are in use in each. */
	readonly #adoptedPages = new Map<number, number>();
	#line = 0;
	#lineEnd = 0;
	#freeDescriptor = 0;
	#gone = 0;
	/** The page behind the last one that leads to GONE. */
	#goneEnd = 0;

	/** Over a header of zeros. `takePages` makes room where the arena is full, and may call {@link trim}. */
	constructor(
		arena: Arena,
		memory: Memory,
		header: number,
		takePages: (pages: number) => number,
		kind: number = PLAIN,
	) {
		this.arena = arena;
		this.memory = memory;
		this.header = header;
		this.kind = kind;
		this.#takePages = takePages;
		this.#descriptorWords = arena.shared ? SHARED_DESCRIPTOR_WORDS : DESCRIPTOR_WORDS;
	}

	/** The table of a class, made at first use. */
	table(sizeClass: number): number {
		const known = this.tables[sizeClass];
		if (known !== 0) return known;
		const entries = magazineOf(sizeClass) * ENTRY_WORDS;
		const table = this.#takeLines(Math.ceil((MAGAZINE + entries) / LINE_WORDS));
		const { i32 } = this.memory;
		i32[table + TOP] = table + MAGAZINE;
		i32[table + END] = table + MAGAZINE + entries;
		i32[table + WORDS] = wordsOf(sizeClass);
		i32[table + CLASS] = sizeClass;
		this.tables[sizeClass] = table;
		for (let unit = 1; unit < this.tableOfSmall.length; unit++)
			if (classOf(unit * 2) === sizeClass) this.tableOfSmall[unit] = table;
		return table;
	}

	/**
	 * Puts free blocks into the empty magazine of a class, so that the lowest of a slab is taken first. `bytes` were asked for.
	 *
	 * @throws OutOfMemoryError when no slab is to be had; all is then as it was.
	 */
	refill(table: number, bytes: number): void {
		const { i32 } = this.memory;
		let slab = i32[table + FRONT];
		if (slab === 0 || i32[slab + FREE] === 0) slab = this.#openSlab(table);
		this.#sample(table, bytes);
		const capacity = i32[table + END] - table - MAGAZINE;
		const most = Math.min(i32[slab + FREE], Math.max(1, Math.floor(capacity / ENTRY_WORDS / 2)));
		const blocks = i32[slab + BLOCKS];
		const top = table + MAGAZINE + most * ENTRY_WORDS;
		let entry = top;
		for (let word = slab + LIVE, first = 0; entry > table + MAGAZINE; word++, first += 32) {
			let clear = ~i32[word];
			// The last word has bits beyond the last block.
			if (blocks - first < 32) clear &= (1 << (blocks - first)) - 1;
			for (; clear !== 0 && entry > table + MAGAZINE; clear &= clear - 1) {
				const bit = 31 - Math.clz32(clear & -clear);
				entry -= ENTRY_WORDS;
				i32[entry] = i32[slab + BASE] + (first + bit) * i32[slab + STRIDE];
				i32[entry + 1] = word;
				i32[entry + 2] = first + bit;
			}
		}
		i32[table + TOP] = top;
		if (i32[slab + FREE] === i32[slab + BLOCKS]) i32[table + EMPTIES]--;
		i32[slab + FREE] -= most;
		// The circle turns: the slab that is used up becomes the last of it.
		if (i32[slab + FREE] === 0) i32[table + FRONT] = i32[slab + NEXT_SLAB];
	}

	/**
	 * Gives the `count` blocks on top of a magazine back to their slabs. Those below stay where they are, which saves moving
	 * them; they are almost as warm.
	 */
	flush(table: number, count: number): void {
		const { i32 } = this.memory;
		const { users } = this.arena.map;
		const top = i32[table + TOP];
		const from = top - count * ENTRY_WORDS;
		// Blocks that were freed one after the other are often of one slab.
		for (let entry = from; entry < top; ) {
			const page = i32[entry] >>> 12;
			const slab = i32[users + page];
			let given = 0;
			do {
				given++;
				entry += ENTRY_WORDS;
			} while (entry < top && i32[entry] >>> 12 === page);
			const before = i32[slab + FREE];
			i32[slab + FREE] = before + given;
			if (before === 0) this.#bringForward(slab);
			if (before + given === i32[slab + BLOCKS] && ++i32[table + EMPTIES] > 1) this.#closeSlab(slab);
		}
		i32[table + TOP] = from;
	}

	/** Half of a magazine goes back to the slabs: it is full. */
	flushHalf(table: number): void {
		const { i32 } = this.memory;
		this.flush(table, Math.ceil((i32[table + END] - table - MAGAZINE) / ENTRY_WORDS / 2));
	}

	/** Opens a block that is a run of pages of its own, and returns its descriptor. @throws OutOfMemoryError */
	openRun(pages: number): number {
		const run = this.#takeDescriptor();
		const { i32 } = this.memory;
		try {
			i32[run + BASE] = this.#takePages(pages);
		} catch (error) {
			this.#giveDescriptor(run);
			throw error;
		}
		i32[run + HEAP] = this.header;
		i32[run + BLOCKS] = 1;
		i32[run + LIVE] = 1;
		i32[run + PAGES] = pages;
		i32[run + KIND] = this.kind;
		this.arena.map.setUser(i32[run + BASE] / PAGE_WORDS, pages, run);
		this.#enter(this.header + RUNS, run);
		return run;
	}

	/** Gives the pages of a run back. */
	closeRun(run: number): void {
		this.#leave(this.header + RUNS, run);
		this.#giveBack(run);
	}

	/** Makes a run longer or shorter where it lies; says whether it could be done. */
	resizeRun(run: number, pages: number): boolean {
		const { i32 } = this.memory;
		const held = i32[run + PAGES];
		const first = i32[run + BASE] / PAGE_WORDS;
		if (pages > held) {
			if (!this.arena.extendPages(i32[run + BASE], held, pages - held)) return false;
			this.arena.map.setUser(first + held, pages - held, run);
		} else if (pages < held) {
			this.arena.map.setUser(first + pages, held - pages, 0);
			this.arena.givePages((first + pages) * PAGE_WORDS, held - pages);
		}
		this.memory.i32[run + PAGES] = pages;
		return true;
	}

	/** The descriptors of one circle, as they are now. O(slabs of it). */
	circle(front: number): number[] {
		const { i32 } = this.memory;
		const first = i32[front];
		const slabs: number[] = [];
		if (first === 0) return slabs;
		let slab = first;
		do {
			slabs.push(slab);
			slab = i32[slab + NEXT_SLAB];
		} while (slab !== first);
		return slabs;
	}

	/** The descriptors of all slabs, by class. */
	slabs(): number[] {
		return Array.from(this.tables).flatMap((table) => (table === 0 ? [] : this.circle(table + FRONT)));
	}

	/** The descriptors of all runs. */
	runs(): number[] {
		return this.circle(this.header + RUNS);
	}

	/** Pages of descriptors and tables. */
	get ownPages(): number {
		return this.#ownPages.length;
	}

	/** Empties the magazines and gives the slabs in which no block is live to the arena; returns how many pages that were. */
	trim(): number {
		const { i32 } = this.memory;
		let pages = 0;
		for (const table of this.tables) {
			if (table === 0) continue;
			this.flush(table, (i32[table + TOP] - table - MAGAZINE) / ENTRY_WORDS);
			for (const slab of this.circle(table + FRONT)) {
				if (i32[slab + FREE] !== i32[slab + BLOCKS]) continue;
				pages += i32[slab + PAGES];
				this.#closeSlab(slab);
			}
		}
		return pages;
	}

	/** Gives every slab and run to the arena, whatever is live in it. O(slabs). */
	reset(): void {
		const { i32 } = this.memory;
		for (const table of this.tables) {
			if (table === 0) continue;
			for (const slab of this.circle(table + FRONT)) this.#giveBack(slab);
			i32[table + TOP] = table + MAGAZINE;
			i32[table + FRONT] = 0;
			i32[table + EMPTIES] = 0;
		}
		for (const run of this.runs()) this.#giveBack(run);
		i32[this.header + RUNS] = 0;
		i32[this.header + ROOM] = i32[this.header + PEAK];
	}

	/** Gives everything back, descriptors and tables too. All of this is unusable from then on. */
	release(): void {
		this.reset();
		const { i32 } = this.memory;
		const { users } = this.arena.map;
		// GONE goes too, and nothing may lead to it.
		for (let page = 0; page < this.#goneEnd; page++) if (i32[users + page] === this.#gone) i32[users + page] = 0;
		for (const page of this.#ownPages) this.arena.givePages(page, 1);
	}

	/**
	 * Takes over a slab or run of a heap that is gone, in which blocks are live; returns the words in them. The bitmap says
	 * which: free lists are made from it. O(blocks / 32). The pages belong to this heap's arena from now on.
	 */
	adopt(slab: number): number {
		const { i32 } = this.memory;
		const live = this.liveIn(slab);
		const page = Math.floor(slab / PAGE_WORDS);
		this.#adoptedPages.set(page, (this.#adoptedPages.get(page) ?? 0) + 1);
		if (i32[slab + STRIDE] === 0) {
			this.#enter(this.header + RUNS, slab);
			i32[slab + HEAP] = this.header;
			return i32[slab + PAGES] * PAGE_WORDS;
		}
		const table = this.table(classOf(i32[slab + STRIDE]));
		i32[slab + TABLE] = table;
		i32[slab + FREE] = i32[slab + BLOCKS] - live;
		this.#enter(table + FRONT, slab);
		// The circle turns: one without a free block stands at its end.
		if (i32[slab + FREE] === 0) i32[table + FRONT] = i32[slab + NEXT_SLAB];
		i32[slab + HEAP] = this.header;
		return live * i32[slab + STRIDE];
	}

	/** Takes a slab that was empty out of its circle, and gives its pages to the arena. */
	#closeSlab(slab: number): void {
		const { i32 } = this.memory;
		const table = i32[slab + TABLE];
		i32[table + EMPTIES]--;
		this.#leave(table + FRONT, slab);
		this.#giveBack(slab);
	}

	#openSlab(table: number): number {
		const slab = this.#takeDescriptor();
		const { i32 } = this.memory;
		const sizeClass = i32[table + CLASS];
		const pages = slabPagesOf(sizeClass);
		try {
			i32[slab + BASE] = this.#takePages(pages);
		} catch (error) {
			this.#giveDescriptor(slab);
			throw error;
		}
		const words = wordsOf(sizeClass);
		const shift = 31 - Math.clz32(words & -words);
		const blocks = Math.floor((pages * PAGE_WORDS) / words);
		i32[slab + HEAP] = this.header;
		i32[slab + STRIDE] = words;
		i32[slab + SHIFT] = shift;
		i32[slab + MAGIC] = Math.ceil(2 ** MAGIC_BITS / (words >>> shift));
		i32[slab + TABLE] = table;
		i32[slab + FREE] = blocks;
		i32[slab + BLOCKS] = blocks;
		i32[slab + PAGES] = pages;
		i32[slab + KIND] = this.kind;
		this.arena.map.setUser(i32[slab + BASE] / PAGE_WORDS, pages, slab);
		this.#enter(table + FRONT, slab);
		i32[table + EMPTIES]++;
		return slab;
	}

	/** Makes a slab the first of its circle. */
	#bringForward(slab: number): void {
		const front = this.memory.i32[slab + TABLE] + FRONT;
		if (this.memory.i32[front] === slab) return;
		this.#leave(front, slab);
		this.#enter(front, slab);
	}

	/** Links a descriptor in as the first of the circle that begins at the word `front`. */
	#enter(front: number, slab: number): void {
		const { i32 } = this.memory;
		const first = i32[front];
		i32[front] = slab;
		if (first === 0) {
			i32[slab + NEXT_SLAB] = slab;
			i32[slab + PREVIOUS_SLAB] = slab;
			return;
		}
		const last = i32[first + PREVIOUS_SLAB];
		i32[slab + NEXT_SLAB] = first;
		i32[slab + PREVIOUS_SLAB] = last;
		i32[last + NEXT_SLAB] = slab;
		i32[first + PREVIOUS_SLAB] = slab;
	}

	#leave(front: number, slab: number): void {
		const { i32 } = this.memory;
		const next = i32[slab + NEXT_SLAB];
		const previous = i32[slab + PREVIOUS_SLAB];
		if (i32[front] === slab) i32[front] = next === slab ? 0 : next;
		i32[next + PREVIOUS_SLAB] = previous;
		i32[previous + NEXT_SLAB] = next;
	}

	#giveBack(slab: number): void {
		const { i32 } = this.memory;
		const first = i32[slab + BASE] / PAGE_WORDS;
		const pages = i32[slab + PAGES];
		this.arena.map.setUser(first, pages, this.#gone);
		this.#goneEnd = Math.max(this.#goneEnd, first + pages);
		this.arena.givePages(first * PAGE_WORDS, pages);
		this.#giveDescriptor(slab);
	}

	/** A descriptor of zeros. */
	#takeDescriptor(): number {
		if (this.#gone === 0) {
			this.#gone = this.#takeLines(this.#descriptorWords / LINE_WORDS);
			this.memory.i32[this.#gone + HEAP] = -this.header;
		}
		const descriptor = this.#freeDescriptor;
		if (descriptor === 0) return this.#takeLines(this.#descriptorWords / LINE_WORDS);
		const { i32 } = this.memory;
		this.#freeDescriptor = i32[descriptor + NEXT_SLAB];
		i32[descriptor + NEXT_SLAB] = 0;
		return descriptor;
	}

	#giveDescriptor(descriptor: number): void {
		const { i32 } = this.memory;
		i32.fill(0, descriptor, descriptor + this.#descriptorWords);
		const page = Math.floor(descriptor / PAGE_WORDS);
		const inPage = this.#adoptedPages.get(page);
		if (inPage !== undefined) {
			// Not used again: its page is to go back, which keeps a segment from the other threads.
			this.#adoptedPages.set(page, inPage - 1);
			if (inPage > 1) return;
			this.#adoptedPages.delete(page);
			this.arena.givePages(page * PAGE_WORDS, 1);
			return;
		}
		i32[descriptor + NEXT_SLAB] = this.#freeDescriptor;
		this.#freeDescriptor = descriptor;
	}

	/** Whether a block is live. `bit` is its number in the slab. */
	isLive(slab: number, bit: number): boolean {
		return ((this.memory.i32[slab + LIVE + (bit >>> 5)] >>> bit) & 1) === 1;
	}

	/** Adjacent cache lines of zeros, never given back before the heap ends. */
	#takeLines(lines: number): number {
		const words = lines * LINE_WORDS;
		if (this.#lineEnd - this.#line < words) {
			const page = this.#takePages(1);
			this.#ownPages.push(page);
			this.memory.i32.fill(0, page, page + PAGE_WORDS);
			this.#line = page;
			this.#lineEnd = page + PAGE_WORDS;
		}
		const line = this.#line;
		this.#line += words;
		return line;
	}

	/** Notes what was asked for, of one request in some thirty: what blocks are larger than that is waste that nothing else tells. */
	#sample(table: number, bytes: number): void {
		const { i32 } = this.memory;
		if (i32[table + SAMPLES] === MOST_SAMPLES) {
			i32[table + SAMPLES] >>>= 1;
			i32[table + SAMPLED] >>>= 1;
		}
		i32[table + SAMPLES]++;
		i32[table + SAMPLED] += bytes;
	}

	/** The broken invariants of the layout above, in words; empty when all hold. O(slabs + blocks of slabs / 32). */
	faults(): string[] {
		const { i32 } = this.memory;
		const faults: string[] = [];
		let live = 0;
		for (const table of this.tables) {
			if (table === 0) continue;
			const name = `class of ${i32[table + WORDS] * 4} bytes`;
			const held = new Map<number, number>();
			const seen = new Set<number>();
			for (let entry = table + MAGAZINE; entry < i32[table + TOP]; entry += ENTRY_WORDS) {
				const block = i32[entry];
				const slab = i32[this.arena.map.users + Math.floor(block / PAGE_WORDS)];
				const bit = i32[entry + 2];
				if (i32[slab + TABLE] !== table || i32[slab + BASE] + bit * i32[slab + STRIDE] !== block || seen.has(block))
					faults.push(`${name}: the magazine holds ${block}, which is no block of it, or twice`);
				else if (i32[entry + 1] !== slab + LIVE + (bit >>> 5))
					faults.push(`${name}: the magazine has a wrong place for the bit of ${block}`);
				else if (((i32[slab + LIVE + (bit >>> 5)] >>> bit) & 1) === 1)
					faults.push(`${name}: block ${block} is in the magazine and live`);
				seen.add(block);
				held.set(slab, (held.get(slab) ?? 0) + 1);
			}
			let empties = 0;
			let usedUp = false;
			for (const slab of this.circle(table + FRONT)) {
				const bits = this.liveIn(slab);
				const blocks = i32[slab + BLOCKS];
				const free = i32[slab + FREE];
				live += bits * i32[slab + STRIDE];
				if (bits + free + (held.get(slab) ?? 0) !== blocks)
					faults.push(
						`${name}: ${bits} live + ${free} free + ${held.get(slab) ?? 0} in the magazine are not ${blocks}`,
					);
				if (free > 0 && usedUp) faults.push(`${name}: a slab with free blocks stands behind one without`);
				usedUp = free === 0;
				if (free === blocks) empties++;
				if (i32[slab + HEAP] !== this.header || i32[slab + TABLE] !== table)
					faults.push(`${name}: slab ${slab} is of another class or heap`);
				this.#checkUsers(slab, faults);
			}
			if (empties !== i32[table + EMPTIES] || empties > 1)
				faults.push(`${name}: ${empties} slabs are empty, EMPTIES says ${i32[table + EMPTIES]}`);
		}
		for (const run of this.runs()) {
			live += i32[run + PAGES] * PAGE_WORDS;
			if (i32[run + LIVE] !== 1 || i32[run + HEAP] !== this.header || i32[run + TABLE] !== 0)
				faults.push(`run ${run} is not live, or of another heap`);
			this.#checkUsers(run, faults);
		}
		const counted = i32[this.header + PEAK] - i32[this.header + ROOM];
		if (live !== counted) faults.push(`${live} words are live, PEAK - ROOM says ${counted}`);
		return faults;
	}

	#checkUsers(slab: number, faults: string[]): void {
		const { i32 } = this.memory;
		const first = i32[slab + BASE] / PAGE_WORDS;
		for (let page = first; page < first + i32[slab + PAGES]; page++)
			if (i32[this.arena.map.users + page] !== slab) faults.push(`page ${page} does not lead to its slab ${slab}`);
	}

	/** How many blocks of a slab are live. O(blocks / 32). */
	liveIn(slab: number): number {
		const { i32 } = this.memory;
		let live = 0;
		for (let word = slab + LIVE; word < slab + LIVE + LIVE_WORDS; word++) live += bitsIn(i32[word]);
		return live;
	}
}

/** How many bits of a word are set (Warren, Hacker's Delight, 5-1). */
function bitsIn(word: number): number {
	const pairs = word - ((word >>> 1) & 0x55555555);
	const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
	return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
