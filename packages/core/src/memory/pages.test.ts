import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OutOfMemoryError } from '../errors.js';
import { runs } from '../soak.testing.js';
import { Arena } from './arena.js';
import { PAGE_BYTES, PAGE_WORDS } from './page-map.js';

/** Pages against a model: a set of runs, none of which may overlap, each marked with a number of its own. */

interface Run {
	word: number;
	pages: number;
	mark: number;
}

const PAGES = 64;

const operations = fc.array(
	fc.oneof(
		{ weight: 3, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 9 }) }) },
		{ weight: 2, arbitrary: fc.record({ give: fc.nat() }) },
		{ weight: 1, arbitrary: fc.record({ prefault: fc.nat(200_000) }) },
	),
	{ maxLength: 120, size: 'max' },
);

test('pages that are handed out never overlap, keep what they hold, and are all handed out again', () => {
	fc.assert(
		fc.property(operations, (sequence) => {
			const arena = new Arena({ maxBytes: PAGES * PAGE_BYTES });
			const { memory } = arena;
			const taken: Run[] = [];
			let marks = 0;
			const used = () => taken.reduce((sum, { pages }) => sum + pages, 0);

			const check = () => {
				expect(arena.faults()).toEqual([]);
				expect(arena.stats().used).toBe(used() * PAGE_BYTES);
				for (const { word, pages, mark } of taken) {
					for (let at = word; at < word + pages * PAGE_WORDS; at += PAGE_WORDS / 2) {
						if (memory.i32[at] !== mark) throw new Error(`word ${at} of the run at ${word} was overwritten`);
					}
				}
			};

			for (const operation of sequence) {
				if ('take' in operation) {
					let word: number;
					try {
						word = arena.takePages(operation.take);
					} catch (error) {
						expect(error).toBeInstanceOf(OutOfMemoryError);
						// A gap that is there must be found: below the frontier, or behind the last run.
						expect(longestGap(taken)).toBeLessThan(operation.take);
						check();
						continue;
					}
					const mark = ++marks;
					for (let at = word; at < word + operation.take * PAGE_WORDS; at += PAGE_WORDS / 2) memory.i32[at] = mark;
					taken.push({ word, pages: operation.take, mark });
				} else if ('give' in operation) {
					const [run] = taken.splice(operation.give % (taken.length || 1), 1);
					if (run !== undefined) arena.givePages(run.word, run.pages);
				} else {
					try {
						arena.prefault(operation.prefault);
					} catch (error) {
						expect(error).toBeInstanceOf(OutOfMemoryError);
					}
				}
				check();
			}
			for (const { word, pages } of taken.splice(0)) arena.givePages(word, pages);
			check();
			// All runs are joined again: the whole is there in one piece, from the first page.
			expect(arena.stats().free).toBe(0);
			expect(arena.takePages(PAGES - 1)).toBe(PAGE_WORDS);
			arena.dispose();
		}),
		{ numRuns: runs(1000) },
	);
});

/** The most adjacent pages that no run covers. */
function longestGap(taken: readonly Run[]): number {
	const sorted = [...taken].sort((a, b) => a.word - b.word);
	let end = 1;
	let longest = 0;
	for (const { word, pages } of sorted) {
		longest = Math.max(longest, word / PAGE_WORDS - end);
		end = word / PAGE_WORDS + pages;
	}
	return Math.max(longest, PAGES - end);
}

test('faults() names each invariant that is broken', () => {
	const make = () => {
		const arena = new Arena({ maxBytes: PAGES * PAGE_BYTES });
		const runs = [1, 2, 3, 4, 5].map((pages) => arena.takePages(pages));
		arena.givePages(runs[1], 2);
		arena.givePages(runs[3], 4);
		expect(arena.faults()).toEqual([]);
		return { arena, runs, i32: arena.memory.i32 };
	};
	const breaks: ((scene: ReturnType<typeof make>) => void)[] = [
		({ i32 }) => i32[18]++,
		({ i32 }) => i32[16]++,
		// The tags of the first and the last page of a free run, a link, the link back, and the bit of a bin.
		({ i32, runs }) => i32[i32[19] + runs[1] / PAGE_WORDS]++,
		({ i32, runs }) => i32[i32[19] + runs[3] / PAGE_WORDS + 3]--,
		({ i32, runs }) => i32[i32[19] + runs[2] / PAGE_WORDS]++,
		({ i32, runs }) => i32[runs[1] + 1]++,
		({ i32 }) => i32[48]++,
		({ i32, runs }) => {
			i32[runs[3]] = runs[1] / PAGE_WORDS;
		},
		({ i32 }) => {
			i32[3] = 5;
		},
	];
	for (const damage of breaks) {
		const scene = make();
		damage(scene);
		expect(scene.arena.faults(), String(damage)).not.toEqual([]);
		scene.arena.dispose();
	}
});

test('a run grows in place where the pages behind it are free, and gives its end back', () => {
	const arena = new Arena({ maxBytes: PAGES * PAGE_BYTES });
	const first = arena.takePages(2);
	const second = arena.takePages(3);
	const third = arena.takePages(1);
	expect(arena.extendPages(first, 2, 1)).toBe(false);
	arena.givePages(second, 3);
	expect(arena.extendPages(first, 2, 4)).toBe(false);
	expect(arena.extendPages(first, 2, 1)).toBe(true);
	expect(arena.extendPages(first, 3, 2)).toBe(true);
	expect(arena.faults()).toEqual([]);
	// At the frontier, up to the end of the arena.
	expect(arena.extendPages(third, 1, PAGES - 7)).toBe(true);
	expect(arena.extendPages(third, PAGES - 6, 1)).toBe(false);
	expect(arena.stats().used).toBe((PAGES - 1) * PAGE_BYTES);
	arena.givePages(third + 2 * PAGE_WORDS, PAGES - 8);
	arena.givePages(first + PAGE_WORDS, 4);
	expect(arena.faults()).toEqual([]);
	expect(arena.takePages(4)).toBe(first + PAGE_WORDS);
	arena.dispose();
});

test('an arena too large for a map in its first page keeps the map behind it', () => {
	const arena = new Arena({ maxBytes: 2 ** 30 });
	expect(arena.takePages(1)).toBe(PAGE_WORDS * (1 + 32));
	expect(arena.stats()).toMatchObject({ used: PAGE_BYTES, free: 0 });
	expect(arena.faults()).toEqual([]);
	arena.dispose();
});

test('what a layer above wrote for a page is gone when the page is handed out again', () => {
	const arena = new Arena({ maxBytes: PAGES * PAGE_BYTES });
	const run = arena.takePages(3);
	arena.map.setUser(run / PAGE_WORDS, 3, 7);
	arena.givePages(run, 3);
	const again = arena.takePages(2);
	expect(Array.from({ length: 3 }, (_, page) => arena.memory.i32[arena.map.users + again / PAGE_WORDS + page])).toEqual(
		[0, 0, 7],
	);
	arena.dispose();
});
