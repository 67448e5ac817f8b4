import type { Arena } from '../memory/arena.js';
import type { Memory } from '../memory/memory.js';
import { PAGE_WORDS } from '../memory/page-map.js';
import {
	COUNT,
	classOfTable,
	EMPTIES,
	FIRST,
	FRONT,
	HAND,
	HAND_NUMBER,
	HAND_SLAB,
	HOLDS,
	MOST_NOTES,
	makeTables,
	NOTE_WORDS,
	NOTED,
	NOTES,
	RUNS,
	SAMPLED,
	SAMPLES,
	SLAB,
	TABLE_WORDS,
	TABLES_AT,
	tableOf,
	WORD,
	WORDS,
} from './class-tables.js';
import {
	BASE,
	BLOCKS,
	DESCRIPTOR_WORDS,
	EMPTY,
	HEAP,
	HIGHEST,
	KIND,
	LIVE,
	liveIn,
	NEXT_SLAB,
	numberOf,
	OPEN,
	PAGES,
	PLAIN,
	PREVIOUS_SLAB,
	QUICK,
	RECIPROCAL,
	RECIPROCAL_BITS,
	RUN,
	reciprocalOf,
	SHARED_DESCRIPTOR_WORDS,
	STATE,
	STRIDE,
	TABLE,
	USED_UP,
} from './descriptor.js';
import { CLASSES, classOf, slabPagesOf, wordsOf } from './size-classes.js';

const MOST_SAMPLES = 2 ** 15;
/*
 * The header of a heap's blocks, whose index is its id:
 *
 *   word   name    holds
 *   -----  ------  ---------------------------------------------------------------------------------------
 *   +0     ROOM    PEAK less the words in live blocks
 *   +1     PEAK    the most words that were ever in live blocks at once
 */
export const ROOM = 0;
export const PEAK = 1;

const LINE_WORDS = 16;
/** Requests of up to this many bytes are served by the code of hot blocks. */
const SMALL_BYTES = 1024;

/** The words that the code of hot blocks touches, as one object. */
export const blockWords = {
	RECIPROCAL,
	RECIPROCAL_BITS,
	STRIDE,
	TABLE,
	QUICK,
	LIVE,
	HAND,
	HAND_NUMBER,
	HAND_SLAB,
	HOLDS,
	TABLES_AT,
	TABLE_WORDS,
	WORD,
	FIRST,
	COUNT,
	WORDS,
	ROOM,
	PEAK,
	SMALL_BYTES,
	HIGHEST,
	PAGE_WORDS,
} as const;

/**
 * The slabs of the blocks of one heap: descriptors and classes, and what is rare in allocating a block.
 */
export class Slabs {
	readonly memory: Memory;
	readonly arena: Arena;
	/** The index of the header: see ROOM. */
	readonly header: number;
	/** See class-tables.ts. */
	readonly tables = makeTables();
	/** Whose blocks these are. */
	readonly kind: number;
	readonly #takePages: (pages: number) => number;
	readonly #descriptorWords: number;
	/** Pages of descriptors. */
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

	/** Takes a block of a class, and sets its bit. `bytes` were asked for. @throws OutOfMemoryError when all is as it was */
	take(table: number, bytes: number): number {
		const { i32 } = this.memory;
		const { tables } = this;
		const word = tables[table + WORD];
		const number = Math.clz32(~i32[word]);
		if (number >= tables[table + COUNT]) {
			this.#openWord(table, bytes);
			return this.take(table, bytes);
		}
		i32[word] |= HIGHEST >>> number;
		return tables[table + FIRST] + number * tables[table + WORDS];
	}

	/** See {@link numberOf}. */
	numberOf(slab: number, block: number): number {
		return numberOf(this.memory.i32, slab, block);
	}

	/** Takes a live block of a slab back. */
	give(slab: number, number: number): void {
		const { i32 } = this.memory;
		const word = slab + LIVE + (number >>> 5);
		const live = i32[word];
		i32[word] = live & ~(HIGHEST >>> number);
		if (live === -1 || i32[slab + STATE] === USED_UP) this.note(slab, word);
		else if (i32[word] === 0) this.lookAt(slab);
	}

	/** Notes that a block came back to a word of LIVE that was full. */
	note(slab: number, word: number): void {
		const { i32 } = this.memory;
		const { tables } = this;
		if (i32[slab + STATE] === USED_UP) {
			this.#setState(slab, OPEN);
			this.#bringForward(slab);
		}
		const table = i32[slab + TABLE];
		if (word === tables[table + WORD]) return;
		const noted = tables[table + NOTED];
		const note = table + NOTES + noted * NOTE_WORDS;
		tables[note] = word;
		tables[note + 1] = slab;
		tables[table + NOTED] = (noted + 1) % MOST_NOTES;
	}

	/** Looks whether a slab is empty, a word of whose LIVE is; keeps one of a class for the next blocks. */
	lookAt(slab: number): void {
		const { i32 } = this.memory;
		const { tables } = this;
		const table = i32[slab + TABLE];
		if (slab === tables[table + SLAB] || !this.#isEmpty(slab)) return;
		this.#setState(slab, EMPTY);
		if (++tables[table + EMPTIES] > 1) this.#closeSlab(slab);
	}

	#isEmpty(slab: number): boolean {
		const { i32 } = this.memory;
		const end = slab + LIVE + ((i32[slab + BLOCKS] + 31) >>> 5);
		for (let word = slab + LIVE; word < end; word++) if (i32[word] !== 0) return false;
		return true;
	}

	/**
	 * Finds a word of LIVE with a free block to take from, where that of the class has none. `bytes` were asked for.
	 *
	 * @throws OutOfMemoryError when no slab is to be had; all is then as it was.
	 */
	#openWord(table: number, bytes: number): void {
		if (this.openNoted(table)) return;
		const { i32 } = this.memory;
		const { tables } = this;
		const current = tables[table + WORD];
		for (;;) {
			let slab = tables[table + FRONT];
			if (slab === 0 || i32[slab + STATE] === USED_UP) slab = this.#openSlab(table);
			const begin = slab + LIVE;
			const end = begin + ((i32[slab + BLOCKS] + 31) >>> 5);
			// Of the slab in use, the words behind the one that is used up; then those before it, to which blocks came back.
			const middle = current >= begin && current < end ? current : begin;
			if (this.#takeFromAny(table, slab, middle, end) || this.#takeFromAny(table, slab, begin, middle)) {
				this.#sample(table, bytes);
				return;
			}
			this.#setState(slab, USED_UP);
			// The circle turns: the slab that is used up becomes the last of it.
			tables[table + FRONT] = i32[slab + NEXT_SLAB];
		}
	}

	/** Makes the first word of some that has a free block the one to take from; false: none has. */
	#takeFromAny(table: number, slab: number, begin: number, end: number): boolean {
		const { i32 } = this.memory;
		for (let word = begin; word < end; word++) if (i32[word] !== -1 && this.#takeFrom(table, slab, word)) return true;
		return false;
	}

	/** Makes the next word with a free block, of the slab in use, the one to take from; false: there is none. `bytes` were asked for. */
	openNext(table: number, bytes: number): boolean {
		const { i32 } = this.memory;
		const { tables } = this;
		const slab = tables[table + SLAB];
		const end = slab + LIVE + ((i32[slab + BLOCKS] + 31) >>> 5);
		if (slab === 0 || !this.#takeFromAny(table, slab, tables[table + WORD] + 1, end)) return false;
		this.#sample(table, bytes);
		return true;
	}

	/** Makes the word of the last note that has a free block still the one to take from; false: no note is left. */
	openNoted(table: number): boolean {
		const { tables } = this;
		for (;;) {
			const noted = (tables[table + NOTED] + MOST_NOTES - 1) % MOST_NOTES;
			const note = table + NOTES + noted * NOTE_WORDS;
			const word = tables[note];
			if (word === 0) return false;
			tables[note] = 0;
			tables[table + NOTED] = noted;
			if (this.#takeFrom(table, tables[note + 1], word)) return true;
		}
	}

	/** Makes a word of LIVE the one to take from, if it has a free block. */
	#takeFrom(table: number, slab: number, word: number): boolean {
		const { i32 } = this.memory;
		const { tables } = this;
		const first = (word - slab - LIVE) * 32;
		const count = Math.min(32, i32[slab + BLOCKS] - first);
		if (Math.clz32(~i32[word]) >= count) return false;
		if (i32[slab + STATE] === EMPTY) {
			this.#setState(slab, OPEN);
			tables[table + EMPTIES]--;
		}
		tables[table + WORD] = word;
		tables[table + FIRST] = i32[slab + BASE] + first * i32[slab + STRIDE];
		tables[table + COUNT] = count;
		tables[table + SLAB] = slab;
		return true;
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
		i32[run + STATE] = RUN;
		i32[run + LIVE] = HIGHEST;
		i32[run + PAGES] = pages;
		i32[run + KIND] = this.kind;
		this.arena.map.setUser(i32[run + BASE] / PAGE_WORDS, pages, run);
		this.#enter(RUNS, run);
		return run;
	}

	/** Gives the pages of a run back. */
	closeRun(run: number): void {
		this.#leave(RUNS, run);
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

	/** The descriptors of the circle that begins at a word of the tables, as they are now. O(slabs of it). */
	circle(front: number): number[] {
		const { i32 } = this.memory;
		const first = this.tables[front];
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
		return Array.from({ length: CLASSES }, (_, sizeClass) => this.circle(tableOf(sizeClass) + FRONT)).flat();
	}

	/** The descriptors of all runs. */
	runs(): number[] {
		return this.circle(RUNS);
	}

	/** Pages of descriptors. */
	get ownPages(): number {
		return this.#ownPages.length;
	}

	/** Gives the slabs in which no block is live to the arena; returns how many pages that were. */
	trim(): number {
		const { i32 } = this.memory;
		const { tables } = this;
		let pages = 0;
		for (const slab of this.slabs()) {
			if (!this.#isEmpty(slab)) continue;
			pages += i32[slab + PAGES];
			if (i32[slab + STATE] !== EMPTY) tables[i32[slab + TABLE] + EMPTIES]++;
			this.#closeSlab(slab);
		}
		return pages;
	}

	/** Gives every slab and run to the arena, whatever is live in it. O(slabs). */
	reset(): void {
		const { i32 } = this.memory;
		const { tables } = this;
		for (let sizeClass = 0; sizeClass < CLASSES; sizeClass++) {
			const table = tableOf(sizeClass);
			for (const slab of this.circle(table + FRONT)) this.#giveBack(slab);
			this.#closeWord(table);
			tables.fill(0, table + NOTES, table + TABLE_WORDS);
			tables[table + FRONT] = 0;
			tables[table + EMPTIES] = 0;
		}
		for (const run of this.runs()) this.#giveBack(run);
		tables[RUNS] = 0;
		i32[this.header + ROOM] = i32[this.header + PEAK];
	}

	/** Gives everything back, descriptors too. All of this is unusable from then on. */
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
		const page = Math.floor(slab / PAGE_WORDS);
		this.#adoptedPages.set(page, (this.#adoptedPages.get(page) ?? 0) + 1);
		if (i32[slab + STRIDE] === 0) {
			this.#enter(RUNS, slab);
			i32[slab + HEAP] = this.header;
			return i32[slab + PAGES] * PAGE_WORDS;
		}
		const table = tableOf(classOf(i32[slab + STRIDE]));
		i32[slab + TABLE] = table;
		this.#enter(table + FRONT, slab);
		i32[slab + HEAP] = this.header;
		this.#setState(slab, OPEN);
		return liveIn(i32, slab) * i32[slab + STRIDE];
	}

	/** Takes a slab that is empty out of its circle, and gives its pages to the arena. */
	#closeSlab(slab: number): void {
		const { i32 } = this.memory;
		const { tables } = this;
		const table = i32[slab + TABLE];
		tables[table + EMPTIES]--;
		for (let note = table + NOTES; note < table + TABLE_WORDS; note += NOTE_WORDS)
			if (tables[note + 1] === slab) tables[note] = 0;
		if (tables[table + SLAB] === slab) this.#closeWord(table);
		this.#leave(table + FRONT, slab);
		this.#giveBack(slab);
	}

	/** Blocks of a class are taken from no word any more, until one is opened. */
	#closeWord(table: number): void {
		const { tables } = this;
		tables[table + WORD] = 0;
		tables[table + COUNT] = 0;
		tables[table + SLAB] = 0;
	}

	#openSlab(table: number): number {
		const slab = this.#takeDescriptor();
		const { i32 } = this.memory;
		const { tables } = this;
		const sizeClass = classOfTable(table);
		const pages = slabPagesOf(sizeClass);
		try {
			i32[slab + BASE] = this.#takePages(pages);
		} catch (error) {
			this.#giveDescriptor(slab);
			throw error;
		}
		const words = wordsOf(sizeClass);
		const blocks = Math.floor((pages * PAGE_WORDS) / words);
		i32[slab + HEAP] = this.header;
		i32[slab + STRIDE] = words;
		i32[slab + RECIPROCAL] = reciprocalOf(words);
		i32[slab + TABLE] = table;
		i32[slab + BLOCKS] = blocks;
		i32[slab + PAGES] = pages;
		i32[slab + KIND] = this.kind;
		this.#setState(slab, EMPTY);
		this.arena.map.setUser(i32[slab + BASE] / PAGE_WORDS, pages, slab);
		this.#enter(table + FRONT, slab);
		tables[table + EMPTIES]++;
		return slab;
	}

	#setState(slab: number, state: number): void {
		const { i32 } = this.memory;
		i32[slab + STATE] = state;
		i32[slab + QUICK] = this.#quickOf(slab);
	}

	#quickOf(slab: number): number {
		const { i32 } = this.memory;
		const isQuick = i32[slab + STATE] === OPEN || (i32[slab + STATE] === USED_UP && i32[slab + BLOCKS] % 32 === 0);
		return isQuick && i32[slab + PAGES] === 1 ? this.header : 0;
	}

	/** Makes a slab the first of its circle. */
	#bringForward(slab: number): void {
		const front = this.memory.i32[slab + TABLE] + FRONT;
		if (this.tables[front] === slab) return;
		this.#leave(front, slab);
		this.#enter(front, slab);
	}

	/** Links a descriptor in as the first of the circle that begins at the word `front` of the tables. */
	#enter(front: number, slab: number): void {
		const { i32 } = this.memory;
		const first = this.tables[front];
		this.tables[front] = slab;
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
		if (this.tables[front] === slab) this.tables[front] = next === slab ? 0 : next;
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
		for (let word = descriptor; word < descriptor + this.#descriptorWords; word++) i32[word] = 0;
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

	/** Notes what was asked for, of one request in some thirty at most: what blocks are larger than that is waste that nothing else tells. */
	#sample(table: number, bytes: number): void {
		const { tables } = this;
		if (tables[table + SAMPLES] === MOST_SAMPLES) {
			tables[table + SAMPLES] >>>= 1;
			tables[table + SAMPLED] >>>= 1;
		}
		tables[table + SAMPLES]++;
		tables[table + SAMPLED] += bytes;
	}

	/** The broken invariants of the layout above, in words; empty when all hold. O(slabs + blocks of slabs / 32). */
	faults(): string[] {
		const { i32 } = this.memory;
		const { tables } = this;
		const faults: string[] = [];
		let live = 0;
		for (let sizeClass = 0; sizeClass < CLASSES; sizeClass++) {
			const table = tableOf(sizeClass);
			const name = `class of ${tables[table + WORDS] * 4} bytes`;
			const seen = new Set<number>();
			let empties = 0;
			let usedUp = false;
			for (const slab of this.circle(table + FRONT)) {
				seen.add(slab);
				const bits = liveIn(i32, slab);
				const state = i32[slab + STATE];
				live += bits * i32[slab + STRIDE];
				if (state === USED_UP && bits < i32[slab + BLOCKS])
					faults.push(`${name}: slab ${slab} is said to be used up, with ${bits} blocks live`);
				if (state !== USED_UP && usedUp) faults.push(`${name}: a slab with free blocks stands behind one without`);
				usedUp = state === USED_UP;
				if (state === EMPTY) empties++;
				if (i32[slab + QUICK] !== this.#quickOf(slab))
					faults.push(`${name}: slab ${slab} in the state ${state} has ${i32[slab + QUICK]} as QUICK`);
				if (state === EMPTY ? bits > 0 : bits === 0 && slab !== tables[table + SLAB])
					faults.push(`${name}: slab ${slab} has ${bits} live blocks and the state ${state}`);
				if (i32[slab + HEAP] !== this.header || i32[slab + TABLE] !== table)
					faults.push(`${name}: slab ${slab} is of another class or heap`);
				this.#checkUsers(slab, faults);
			}
			if (empties !== tables[table + EMPTIES] || empties > 1)
				faults.push(`${name}: ${empties} slabs are empty, EMPTIES says ${tables[table + EMPTIES]}`);
			for (const [word, slab] of this.#wordsOf(table)) {
				if (!seen.has(slab) || word < slab + LIVE || (word - slab - LIVE) * 32 >= i32[slab + BLOCKS])
					faults.push(`${name}: ${word} is no word of slab ${slab}, or that is none of its slabs`);
			}
			const first = (tables[table + WORD] - tables[table + SLAB] - LIVE) * 32;
			if (
				tables[table + COUNT] !== 0 &&
				(tables[table + FIRST] !== i32[tables[table + SLAB] + BASE] + first * tables[table + WORDS] ||
					tables[table + COUNT] !== Math.min(32, i32[tables[table + SLAB] + BLOCKS] - first))
			)
				faults.push(`${name}: blocks of word ${tables[table + WORD]} do not begin at ${tables[table + FIRST]}`);
		}
		for (const run of this.runs()) {
			live += i32[run + PAGES] * PAGE_WORDS;
			if (
				i32[run + LIVE] !== HIGHEST ||
				i32[run + STATE] !== RUN ||
				i32[run + HEAP] !== this.header ||
				i32[run + TABLE] !== 0
			)
				faults.push(`run ${run} is not live, or of another heap`);
			this.#checkUsers(run, faults);
		}
		const counted = i32[this.header + PEAK] - i32[this.header + ROOM];
		if (live !== counted) faults.push(`${live} words are live, PEAK - ROOM says ${counted}`);
		return faults;
	}

	/** The words of LIVE that a table leads to, each with its slab. */
	#wordsOf(table: number): [number, number][] {
		const { tables } = this;
		const words: [number, number][] = tables[table + COUNT] === 0 ? [] : [[tables[table + WORD], tables[table + SLAB]]];
		for (let note = table + NOTES; note < table + TABLE_WORDS; note += NOTE_WORDS)
			if (tables[note] !== 0) words.push([tables[note], tables[note + 1]]);
		return words;
	}

	#checkUsers(slab: number, faults: string[]): void {
		const { i32 } = this.memory;
		const first = i32[slab + BASE] / PAGE_WORDS;
		for (let page = first; page < first + i32[slab + PAGES]; page++)
			if (i32[this.arena.map.users + page] !== slab) faults.push(`page ${page} does not lead to its slab ${slab}`);
	}
}
