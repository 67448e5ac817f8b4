import type { Memory } from './memory.js';

/** Bytes of a page, the unit in which an arena hands out memory: the 16 KB slab of the design. */
export const PAGE_BYTES = 16_384;

/** Words of a page. */
export const PAGE_WORDS = PAGE_BYTES / 4;

/*
 * Page 0 belongs to the arena, so that no node and no block has index 0:
 *
 *   word     name       holds
 *   -------  ---------  ----------------------------------------------------------------
 *   0-15     (null)     zeros, for ever: what index 0 reads
 *   16       FRONTIER   the first page never handed out; everything behind it is untouched
 *   17       FIRST      the first page that can be handed out: behind page 0 and the map
 *   18       IN_USE     pages handed out and not given back
 *   19       MAP        the word index of RUN of page 0
 *   20       USERS      the word index of USER of page 0
 *   21       MAP_PAGES  the pages that the map has words for
 *   32-47    (layer above: the header of disposed rings, see slab/layout.ts)
 *   48-52    FILLED     one bit per bin: whether a free run is in it
 *   64-199   BINS       the newest free run of each bin, by its page; 0: none
 *   208-     the map, where it fits; else it fills the pages from 1 on
 *
 * The map has two words for each page, in two arrays:
 *
 *   name   holds
 *   -----  ------------------------------------------------------------------------------
 *   RUN    the pages of a free run, at its first and at its last page; 0 everywhere else
 *   USER   what the layer above wrote there for a page that it holds; 0: nothing
 *
 * A free run keeps the links of its bin in its own first words:
 *
 *   word   name          holds
 *   -----  ------------  ----------------------------------------------------------------
 *   +0     RUN_NEXT      page number of the next run of the bin; 0: none
 *   +1     RUN_PREVIOUS  page number of the run before it; 0: none
 *
 * Invariants: no two free runs touch each other, none touches the frontier, each is in the bin of its size, a bin's bit
 * is set where the bin has a run, and FIRST + IN_USE + sum of the free runs = FRONTIER.
 *
 * In a shared arena each thread has a map of its own over its segments: the words 16 to 199 stand in its attachment (see
 * control.ts) instead, and the arrays RUN and USER are the arena's, each word written by the owner of the page alone. Runs
 * are not joined across the border of a segment, because what lies beyond may be another thread's. There is no frontier:
 * FRONTIER is NO_FRONTIER, and FIRST less than it by the pages of all segments, so that the sum above holds.
 */
const MAP_WORDS_AT = 16;
const FRONTIER = 0;
const FIRST = 1;
const IN_USE = 2;
const MAP = 3;
const USERS = 4;
const MAP_PAGES = 5;
const FILLED = 32;
const BINS = 48;
const MAP_IN_PAGE_0 = 208;
const NO_FRONTIER = 2 ** 30;
const RUN_NEXT = 0;
const RUN_PREVIOUS = 1;

/** Runs of up to this many pages have a bin for each size; larger ones have eight bins for each power of two. */
const EXACT = 16;
const BIN_COUNT = 136;
const FILLED_WORDS = Math.ceil(BIN_COUNT / 32);
/** How many runs that may be too small are looked at before fresh memory is taken. */
const GLANCES = 8;

/** Where the map of one thread of a shared arena stands, and how segments lie. */
export interface SegmentPlace {
	/** The word index of FRONTIER. */
	readonly at: number;
	/** The word indices of RUN and of USER of page 0. */
	readonly map: number;
	readonly users: number;
	/** The first page of the first segment, and the pages of a segment. */
	readonly first: number;
	readonly pages: number;
}

/**
 * Which pages of an arena are free: runs in bins by size, joined with their neighbours as they come back.
 *
 * The two levels of bitmaps and lists of TLSF (Masmano et al., ECRTS 2004) and Knuth's boundary tags (TAOCP 2.5), with
 * the tags in a map of pages and not in the memory itself. Taking and giving are O(1).
 */
export class PageMap {
	readonly #memory: Memory;
	/** The word index of USER of page 0. */
	readonly users: number;
	/** The pages that the map has words for, from page 0 on. */
	readonly pages: number;
	/** The word index of FRONTIER; the others follow. */
	readonly #at: number;
	readonly #segments: SegmentPlace | undefined;

	/**
	 * Writes the map of a fresh arena of `pages` pages, whose memory is zero; or one of no page yet, for one thread of a
	 * shared arena. O(1).
	 */
	constructor(memory: Memory, pages: number, segments?: SegmentPlace) {
		this.#memory = memory;
		this.pages = pages;
		this.#segments = segments;
		this.#at = segments?.at ?? MAP_WORDS_AT;
		const inPage0 = MAP_IN_PAGE_0 + 2 * pages <= PAGE_WORDS;
		const map = segments?.map ?? (inPage0 ? MAP_IN_PAGE_0 : PAGE_WORDS);
		const first = segments !== undefined ? NO_FRONTIER : inPage0 ? 1 : 1 + Math.ceil((2 * pages) / PAGE_WORDS);
		this.users = segments?.users ?? map + pages;
		const { i32 } = memory;
		i32[this.#at + FRONTIER] = first;
		i32[this.#at + FIRST] = first;
		i32[this.#at + MAP] = map;
		i32[this.#at + USERS] = this.users;
		i32[this.#at + MAP_PAGES] = pages;
	}

	/**
	 * Enters the pages of a segment, all free, but for the first `held`, which are handed out at once: to nobody yet, or to
	 * those whose words are there already. Shared arenas only.
	 */
	enter(first: number, pages: number, held: number, known = false): void {
		const { i32 } = this.#memory;
		i32[this.#at + FIRST] -= pages;
		i32[this.#at + IN_USE] += held;
		if (held > 0 && !known) this.#hold(first, held);
		if (held < pages) this.#link(first + held, pages - held);
	}

	/** Takes a segment, whose pages are all free, out of the map. Shared arenas only. */
	leave(first: number, pages: number): void {
		const { i32 } = this.#memory;
		this.#unlink(first, pages);
		this.#hold(first, pages);
		i32[this.#at + FIRST] += pages;
	}

	/** Whether nothing before `page` can be of one run with it: it is the first of a segment. */
	begins(page: number): boolean {
		const segments = this.#segments;
		return segments !== undefined && (page - segments.first) % segments.pages === 0;
	}

	/** The first page never handed out. */
	get frontier(): number {
		return this.#memory.i32[this.#at + FRONTIER];
	}

	/** The page behind the last that may have been handed out. */
	get end(): number {
		return Math.min(this.frontier, this.pages);
	}

	/** The first page that can be handed out. */
	get first(): number {
		return this.#segments?.first ?? this.#memory.i32[this.#at + FIRST];
	}

	/** Pages handed out. */
	get inUse(): number {
		return this.#memory.i32[this.#at + IN_USE];
	}

	/** Pages that were handed out and came back, below the frontier. */
	get free(): number {
		const { i32 } = this.#memory;
		return i32[this.#at + FRONTIER] - i32[this.#at + FIRST] - i32[this.#at + IN_USE];
	}

	/** The most adjacent pages among the free ones. O(runs of the largest bin in use). */
	get longestFree(): number {
		const { i32 } = this.#memory;
		for (let bin = BIN_COUNT - 1; bin > 0; bin--) {
			let longest = 0;
			for (let run = i32[this.#at + BINS + bin]; run !== 0; run = i32[run * PAGE_WORDS + RUN_NEXT])
				longest = Math.max(longest, i32[i32[this.#at + MAP] + run]);
			if (longest > 0) return longest;
		}
		return 0;
	}

	/**
	 * Takes `pages` adjacent pages out of the free runs and returns the first; 0 where none is long enough. O(1), unless
	 * `whole`, which also looks through all runs of about that size.
	 */
	take(pages: number, whole: boolean): number {
		const run = this.#fit(pages) || this.#search(pages, whole ? Number.POSITIVE_INFINITY : GLANCES);
		if (run === 0) return 0;
		const { i32 } = this.#memory;
		this.#cut(run, pages);
		this.#hold(run, pages);
		i32[this.#at + IN_USE] += pages;
		return run;
	}

	/** Hands out `pages` pages from the frontier, which the caller made usable, and returns the first. O(pages / 4096). */
	advance(pages: number): number {
		const { i32 } = this.#memory;
		const first = i32[this.#at + FRONTIER];
		this.#hold(first, pages);
		i32[this.#at + FRONTIER] = first + pages;
		i32[this.#at + IN_USE] += pages;
		return first;
	}

	/** Takes back a run, or the end of one. O(1). */
	give(first: number, pages: number): void {
		const { i32 } = this.#memory;
		const map = i32[this.#at + MAP];
		let start = first;
		let end = first + pages;
		const before = this.begins(first) ? 0 : i32[map + first - 1];
		if (before !== 0) {
			start -= before;
			this.#unlink(start, before);
		}
		const after = end < i32[this.#at + FRONTIER] && !this.begins(end) ? i32[map + end] : 0;
		if (after !== 0) {
			this.#unlink(end, after);
			end += after;
		}
		i32[this.#at + IN_USE] -= pages;
		if (end === i32[this.#at + FRONTIER]) i32[this.#at + FRONTIER] = start;
		else this.#link(start, end - start);
	}

	/** How many free pages follow `page` at once; -1 where it is the frontier. O(1). */
	freeAt(page: number): number {
		const { i32 } = this.#memory;
		return page === i32[this.#at + FRONTIER] ? -1 : i32[i32[this.#at + MAP] + page];
	}

	/** Whether the `pages` pages from `first` on are one free run. O(1). */
	isFree(first: number, pages: number): boolean {
		const { i32 } = this.#memory;
		return i32[i32[this.#at + MAP] + first] === pages;
	}

	/** Takes the first `pages` pages of the free run that begins at `page`. O(1). */
	takeAt(page: number, pages: number): void {
		this.#cut(page, pages);
		this.#hold(page, pages);
		this.#memory.i32[this.#at + IN_USE] += pages;
	}

	/** Writes the word of the layer above for each page of a run. O(pages). */
	setUser(first: number, pages: number, user: number): void {
		const { i32 } = this.#memory;
		for (let page = this.users + first; page < this.users + first + pages; page++) i32[page] = user;
	}

	/**
	 * The broken invariants of the layout above, in words; empty when all hold. O(pages). `isMine`: whether a page is this
	 * map's at all.
	 */
	faults(isMine: (page: number) => boolean = () => true): string[] {
		const { i32 } = this.#memory;
		const faults: string[] = [];
		const frontier = i32[this.#at + FRONTIER];
		const map = i32[this.#at + MAP];
		const ends = new Set<number>();
		let free = 0;
		for (let bin = 0; bin < FILLED_WORDS * 32; bin++) {
			const isFilled = ((i32[this.#at + FILLED + (bin >>> 5)] >>> bin) & 1) === 1;
			const newest = bin < BIN_COUNT ? i32[this.#at + BINS + bin] : 0;
			if (isFilled !== (newest !== 0)) faults.push(`bin ${bin} begins with ${newest}, its bit is ${isFilled}`);
			for (let before = 0, run = newest; run !== 0; before = run, run = i32[run * PAGE_WORDS + RUN_NEXT]) {
				const pages = run > 0 && run < frontier ? i32[map + run] : 0;
				if (pages <= 0 || ends.has(run) || i32[map + run + pages - 1] !== pages || binOf(pages) !== bin) {
					faults.push(`bin ${bin} leads to page ${run}, where no free run of its size begins`);
					break;
				}
				if (i32[run * PAGE_WORDS + RUN_PREVIOUS] !== before) faults.push(`the run at page ${run} has a wrong link`);
				if (run + pages >= frontier)
					faults.push(`the run at page ${run} ends at the frontier ${frontier}, or behind it`);
				if (
					(!this.begins(run) && i32[map + run - 1] !== 0) ||
					(run + pages < frontier && !this.begins(run + pages) && i32[map + run + pages] !== 0)
				)
					faults.push(`the run at page ${run} touches another`);
				ends.add(run);
				ends.add(run + pages - 1);
				free += pages;
			}
		}
		for (let page = 0; page < this.end; page++)
			if (isMine(page) && i32[map + page] !== 0 && !ends.has(page))
				faults.push(`page ${page} is marked as the end of a free run`);
		if (i32[this.#at + FIRST] + i32[this.#at + IN_USE] + free !== frontier)
			faults.push(
				`${i32[this.#at + FIRST]} own + ${i32[this.#at + IN_USE]} used + ${free} free pages are not ${frontier}`,
			);
		for (let word = 0; word < MAP_WORDS_AT; word++)
			if (i32[word] !== 0) faults.push(`null word ${word} holds ${i32[word]}`);
		return faults;
	}

	/** A run of a bin in which every run is long enough; 0: none. */
	#fit(pages: number): number {
		const { i32 } = this.#memory;
		const bin = pages < EXACT ? pages : binOf(pages + (1 << (28 - Math.clz32(pages))) - 1);
		let at = bin >>> 5;
		let bits = i32[this.#at + FILLED + at] & (-1 << bin);
		while (bits === 0) {
			if (++at >= FILLED_WORDS) return 0;
			bits = i32[this.#at + FILLED + at];
		}
		return i32[this.#at + BINS + (at << 5) + 31 - Math.clz32(bits & -bits)];
	}

	/** A run that is long enough among those of about the same size; 0: none of the first `most`. */
	#search(pages: number, most: number): number {
		const { i32 } = this.#memory;
		let left = most;
		for (
			let run = i32[this.#at + BINS + binOf(pages)];
			run !== 0 && left > 0;
			run = i32[run * PAGE_WORDS + RUN_NEXT], left--
		)
			if (i32[i32[this.#at + MAP] + run] >= pages) return run;
		return 0;
	}

	/** Takes the first `pages` pages of a free run out of it; the rest stays free. */
	#cut(run: number, pages: number): void {
		const { i32 } = this.#memory;
		const held = i32[i32[this.#at + MAP] + run];
		this.#unlink(run, held);
		if (held > pages) this.#link(run + pages, held - pages);
	}

	/** Nobody's word is left on the pages that are handed out. */
	#hold(first: number, pages: number): void {
		const { i32 } = this.#memory;
		if (pages === 1) i32[this.users + first] = 0;
		else i32.fill(0, this.users + first, this.users + first + pages);
	}

	#link(run: number, pages: number): void {
		const { i32 } = this.#memory;
		const map = i32[this.#at + MAP];
		i32[map + run] = pages;
		i32[map + run + pages - 1] = pages;
		const bin = binOf(pages);
		const next = i32[this.#at + BINS + bin];
		i32[run * PAGE_WORDS + RUN_NEXT] = next;
		i32[run * PAGE_WORDS + RUN_PREVIOUS] = 0;
		if (next !== 0) i32[next * PAGE_WORDS + RUN_PREVIOUS] = run;
		i32[this.#at + BINS + bin] = run;
		i32[this.#at + FILLED + (bin >>> 5)] |= 1 << bin;
	}

	#unlink(run: number, pages: number): void {
		const { i32 } = this.#memory;
		const map = i32[this.#at + MAP];
		i32[map + run] = 0;
		i32[map + run + pages - 1] = 0;
		const next = i32[run * PAGE_WORDS + RUN_NEXT];
		const previous = i32[run * PAGE_WORDS + RUN_PREVIOUS];
		if (next !== 0) i32[next * PAGE_WORDS + RUN_PREVIOUS] = previous;
		if (previous !== 0) {
			i32[previous * PAGE_WORDS + RUN_NEXT] = next;
			return;
		}
		const bin = binOf(pages);
		i32[this.#at + BINS + bin] = next;
		if (next === 0) i32[this.#at + FILLED + (bin >>> 5)] &= ~(1 << bin);
	}
}

/** The bin of free runs of that many pages. */
function binOf(pages: number): number {
	if (pages < EXACT) return pages;
	const exponent = 31 - Math.clz32(pages);
	return EXACT + (exponent - 4) * 8 + ((pages >>> (exponent - 3)) & 7);
}
