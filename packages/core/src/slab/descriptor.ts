/*
 * A slab of blocks is a run of pages cut into blocks of one size class, without a header: what is known of it stands in
 * a descriptor elsewhere, next to those of other slabs, so that the many descriptors of scrambled frees share few cache
 * lines, and blocks stay aligned. The page map's USER of each of its pages is the index of the descriptor.
 *
 *   word    name        holds
 *   ------  ----------  ----------------------------------------------------------------------------------
 *   +0      HEAP        the id of the heap: the index of its header; its negative for GONE; 0: not in use
 *   +1      BASE        the first word of the first block
 *   +2      RECIPROCAL  2^17 / STRIDE, rounded up: the division by it as a multiplication; 0 for a run
 *   +3      STRIDE      words per block; 0 for a run
 *   +4      BLOCKS      blocks in the slab
 *   +5      KIND        whose blocks: the user's (PLAIN, GUARDED) or the containers' (TABLES)
 *   +6      TABLE       the table of its class; 0 for a run
 *   +7      QUICK       HEAP where blocks may come back the quick way, which takes the slab to be of one page, and to be
 *                       USED_UP only if all of its words are full; else 0
 *   +8-39   LIVE        the occupancy bitmap: bit 31 of the first word is block 0; set while the block is the user's
 *   +40     NEXT        the next slab of the class (of the heap for a run), in a circle; the next free descriptor
 *   +41     PREVIOUS    the slab before it in that circle
 *   +42     PAGES       pages in the slab
 *   +43     STATE       OPEN, USED_UP, EMPTY or RUN
 *   +48-79  REMOTE      shared arenas alone: one bit per block, set while it is on its way back from another thread. Only
 *                       by atomic operations; everything else here is written by the owner of the slab's pages alone.
 *
 * A block that is larger than any class is a run of pages with such a descriptor of its own, of one block.
 * The descriptor GONE stands for pages that went back to the arena, so that what is freed twice is told from what was
 * never ours.
 *
 * Invariants, for each class: a slab that is USED_UP has no free block; one in which no block is live is EMPTY, or the one
 * that blocks are taken from. What is known of a class beside that is in its table (class-tables.ts).
 *
 * The bitmap is the truth and the only list of the free: no link is written into a free block, so that freeing does not
 * touch its memory, which is cold where frees are scrambled. Blocks are taken from one word of a bitmap until all of its
 * 32 blocks are live; then from the one of the full words that a block came back to last, which is warm, and so on; and
 * where no note is left, from the first slab that has a free block. (Bonwick's magazines, USENIX 2001, of words of bits in place of
 * blocks: a note is a hint and may be lost, so that nothing is ever flushed. The free lists per page of mimalloc, with
 * bits in place of links.)
 */
export const HEAP = 0;
export const BASE = 1;
export const RECIPROCAL = 2;
export const STRIDE = 3;
export const BLOCKS = 4;
export const KIND = 5;
export const TABLE = 6;
export const QUICK = 7;
export const LIVE = 8;
export const LIVE_WORDS = 32;
export const NEXT_SLAB = 40;
export const PREVIOUS_SLAB = 41;
export const PAGES = 42;
export const STATE = 43;
export const REMOTE = 48;
export const DESCRIPTOR_WORDS = 48;
export const SHARED_DESCRIPTOR_WORDS = 80;

/** The values of {@link STATE}. */
export const OPEN = 0;
export const USED_UP = 1;
export const EMPTY = 2;
export const RUN = 3;

/** The values of {@link KIND}. */
export const PLAIN = 1;
export const GUARDED = 2;
export const TABLES = 3;

/** Bits behind the point of a {@link RECIPROCAL}. */
export const RECIPROCAL_BITS = 17;
/** The bit of the first block of a word of LIVE. */
export const HIGHEST = 1 << 31;

/**
 * The number of the block of a slab that begins at a word of its pages; -1 where none does.
 *
 * Division by multiplication. For a word `n * STRIDE` behind the base the product is too large by less than `n` * STRIDE, which
 * is less than 2^17, as slabs have at most 2^15 words: what is rounded off is exact. For any other the way back shows it.
 */
export function numberOf(i32: Int32Array, slab: number, block: number): number {
	const offset = block - i32[slab + BASE];
	const number = Math.imul(offset, i32[slab + RECIPROCAL]) >>> RECIPROCAL_BITS;
	return Math.imul(number, i32[slab + STRIDE]) === offset && number < i32[slab + BLOCKS] ? number : -1;
}

/** Whether a block of a slab is live. */
export function isLive(i32: Int32Array, slab: number, number: number): boolean {
	return i32[slab + LIVE + (number >>> 5)] << number < 0;
}

/** What {@link numberOf} multiplies by for blocks of so many words. */
export function reciprocalOf(words: number): number {
	return Math.ceil(2 ** RECIPROCAL_BITS / words);
}

/** How many blocks of a slab are live. O(blocks / 32). */
export function liveIn(i32: Int32Array, slab: number): number {
	let live = 0;
	for (let word = slab + LIVE; word < slab + LIVE + LIVE_WORDS; word++) live += bitsIn(i32[word]);
	return live;
}

/** How many bits of a word are set (Warren, Hacker's Delight, 5-1). */
function bitsIn(word: number): number {
	const pairs = word - ((word >>> 1) & 0x55555555);
	const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
	return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
