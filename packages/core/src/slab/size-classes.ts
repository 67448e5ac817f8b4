import { PAGE_WORDS } from '../memory/page-map.js';

/*
 * Blocks come in sizes: 16, 24, 32, ... 64 bytes, and from there eight to each power of two, up to 32 KiB.
 *
 *   class    0   1   2  ...   6   7   8  ...  14   15   16  ...   22  ...     78
 *   bytes   16  24  32  ...  64  72  80  ... 128  144  160  ...  256  ...  32768
 *
 * So a block is at most 12.5% larger than what was asked for, or by 7 bytes where that is more (15 below 9 bytes).
 * Every block begins at a multiple of 8 bytes; one whose size is a multiple of a power of two, up to that of a page,
 * begins at such a multiple, because slabs begin at pages and blocks follow each other without a gap.
 */

/** Words of the smallest block. */
const LEAST_WORDS = 4;
/** Up to this many words sizes are two words apart. */
const FINE_WORDS = 16;
const FINE_CLASSES = 7;
const FINE_EXPONENT = 4;

/** Words of the largest block of a slab; what is larger is a run of pages. */
export const MOST_WORDS = 8192;

/** How many classes there are. */
export const CLASSES = 79;

/** The class of blocks of at least `words` words, from 1 to {@link MOST_WORDS}. O(1). */
export function classOf(words: number): number {
	if (words <= FINE_WORDS) return words <= LEAST_WORDS ? 0 : (words - LEAST_WORDS + 1) >>> 1;
	const last = words - 1;
	const exponent = 31 - Math.clz32(last);
	return FINE_CLASSES + (exponent - FINE_EXPONENT) * 8 + ((last >>> (exponent - 3)) & 7);
}

/** Words of a block of a class. O(1). */
export function wordsOf(sizeClass: number): number {
	if (sizeClass < FINE_CLASSES) return LEAST_WORDS + 2 * sizeClass;
	const coarse = sizeClass - FINE_CLASSES;
	return (9 + (coarse & 7)) << ((coarse >>> 3) + 1);
}

/** The class of blocks of at least `words` words that begin at multiples of `alignment` words, a power of two up to a page. O(1). */
export function alignedClassOf(words: number, alignment: number): number {
	let sizeClass = classOf(words);
	while (sizeClass < CLASSES && wordsOf(sizeClass) % alignment !== 0) sizeClass++;
	return sizeClass;
}

/** Pages of a slab of a class: as few as hold four blocks and leave at most an eighth unused at the end. */
export function slabPagesOf(sizeClass: number): number {
	const words = wordsOf(sizeClass);
	for (let pages = 1; ; pages++) {
		const room = pages * PAGE_WORDS;
		if (room >= 4 * words && room % words <= room / 8) return pages;
	}
}
