import { expect, test } from 'vitest';
import { PAGE_WORDS } from '../memory/page-map.js';
import { LIVE, numberOf, reciprocalOf } from './descriptor.js';
import { alignedClassOf, CLASSES, classOf, MOST_WORDS, slabPagesOf, wordsOf } from './size-classes.js';

test('every size has the smallest class that holds it, and at most an eighth of that is waste, or 15 bytes', () => {
	for (let words = 1; words <= MOST_WORDS; words++) {
		const sizeClass = classOf(words);
		const held = wordsOf(sizeClass);
		if (!(held >= words)) throw new Error(`${words} words do not fit ${held}`);
		if (sizeClass > 0 && wordsOf(sizeClass - 1) >= words) throw new Error(`${words} words would fit a smaller class`);
		if (words > 2 && held - words > Math.max(1, held / 8)) throw new Error(`${words} words waste ${held - words}`);
	}
	expect(classOf(MOST_WORDS)).toBe(CLASSES - 1);
	expect(wordsOf(CLASSES - 1)).toBe(MOST_WORDS);
	expect(wordsOf(0)).toBe(4);
});

test('aligned classes have sizes that are multiples of the alignment', () => {
	for (let alignment = 2; alignment <= PAGE_WORDS; alignment *= 2) {
		for (let words = 1; words <= MOST_WORDS; words += 7) {
			const sizeClass = alignedClassOf(words, alignment);
			const held = wordsOf(sizeClass);
			if (!(sizeClass < CLASSES && held >= words && held % alignment === 0))
				throw new Error(`${words} words aligned to ${alignment} get class ${sizeClass} of ${held}`);
		}
	}
});

test('slabs hold four blocks at least and 1024 at most, and leave little at the end', () => {
	for (let sizeClass = 0; sizeClass < CLASSES; sizeClass++) {
		const words = wordsOf(sizeClass);
		const room = slabPagesOf(sizeClass) * PAGE_WORDS;
		expect(room / words).toBeGreaterThanOrEqual(4);
		expect(Math.floor(room / words)).toBeLessThanOrEqual(1024);
		expect(room % words).toBeLessThanOrEqual(room / 8);
	}
});

test('the multiplication finds the block that begins at a word of a slab, and the words where none does', () => {
	for (let sizeClass = 0; sizeClass < CLASSES; sizeClass++) {
		const words = wordsOf(sizeClass);
		const room = slabPagesOf(sizeClass) * PAGE_WORDS;
		const blocks = Math.floor(room / words);
		// A descriptor of which only what the division reads is there.
		const slab = new Int32Array(LIVE);
		slab.set([0, 100_000, reciprocalOf(words), words, blocks]);
		for (let offset = 0; offset < room; offset++) {
			const number = numberOf(slab, 0, 100_000 + offset);
			const begins = offset % words === 0 && offset / words < blocks;
			if (number !== (begins ? offset / words : -1)) throw new Error(`word ${offset} of blocks of ${words}: ${number}`);
		}
	}
});
