import { afterEach, describe, expect, test } from 'vitest';
import {
	ArgumentError,
	DisposedError,
	DoubleFreeError,
	FluxError,
	ForeignPointerError,
	InteriorPointerError,
	OutOfMemoryError,
	OverrunError,
} from '../errors.js';
import { Arena } from '../memory/arena.js';
import { PAGE_BYTES } from '../memory/page-map.js';
import type { LeakReport } from './block-report.js';
import { Heap } from './heap.js';
import type { HeapOptions } from './heap-types.js';

const ended: { dispose(): void }[] = [];

function make(maxBytes = 2 ** 23, options?: HeapOptions): Heap {
	const arena = new Arena({ maxBytes });
	const heap = new Heap(arena, options);
	ended.push(heap, arena);
	return heap;
}

afterEach(() => {
	for (const thing of ended.splice(0)) thing.dispose();
});

/** What a refused call throws; and that it changed nothing. */
function refusal(heap: Heap, call: () => unknown): unknown {
	const before = JSON.stringify(heap.stats());
	let thrown: unknown;
	try {
		call();
	} catch (error) {
		thrown = error;
	}
	expect(thrown).toBeInstanceOf(FluxError);
	expect(JSON.stringify(heap.stats())).toBe(before);
	expect(heap.faults()).toEqual([]);
	return thrown;
}

describe.each([{ checked: false }, { checked: true }])('blocks (checked: $checked)', ({ checked }) => {
	test.each([
		1, 4, 7, 8, 9, 16, 17, 24, 48, 63, 64, 65, 100, 128, 1000, 1024, 1025, 4096, 16_384, 20_000, 32_768, 32_769,
		100_000,
	])('of %i bytes hold them, apart from each other, and go back', (bytes) => {
		const heap = make(2 ** 25, { checked });
		const blocks = Array.from({ length: 20 }, () => heap.allocate(bytes));
		blocks.forEach((block, index) => {
			expect(block % 2).toBe(0);
			expect(heap.contains(block)).toBe(true);
			expect(heap.usableSize(block)).toBeGreaterThanOrEqual(bytes);
			heap.memory.u8.fill(index + 1, block * 4, block * 4 + heap.usableSize(block));
		});
		blocks.forEach((block, index) => {
			const { u8 } = heap.memory;
			for (let byte = block * 4; byte < block * 4 + heap.usableSize(block); byte++)
				if (u8[byte] !== index + 1) throw new Error(`byte ${byte} was overwritten`);
		});
		heap.validate();
		expect(heap.stats().blocks.count).toBe(20);
		expect(Array.from(heap.walk(), ({ block }) => block).sort((a, b) => a - b)).toEqual(blocks.sort((a, b) => a - b));
		for (const block of blocks) heap.deallocate(block);
		expect(heap.stats().blocks).toMatchObject({ count: 0, live: 0 });
		heap.trim();
		expect(heap.stats().blocks).toMatchObject({ count: 0, returnable: 0, classes: [], runs: { count: 0, bytes: 0 } });
		heap.validate();
	});

	test.each([1, 2, 4, 8, 16, 32, 64, 128, 1024, 4096, 16_384])('are aligned to %i bytes', (alignment) => {
		const heap = make(2 ** 25, { checked });
		for (const bytes of [1, 24, 40, 72, 300, 5000, 40_000]) {
			const blocks = [heap.allocate(bytes, alignment), heap.allocate(bytes, alignment)];
			for (const block of blocks) expect((block * 4) % alignment).toBe(0);
			expect(blocks[0]).not.toBe(blocks[1]);
		}
		heap.validate();
	});

	// Nothing between the two calls: whatever looks at blocks empties the hand. 32 bytes are in slabs of one page, 3000 are not.
	test.each([32, 3000])(
		'of %i bytes that are freed twice in a row are refused, the last one and any other',
		(bytes) => {
			const heap = make(undefined, { checked });
			const blocks = Array.from({ length: 40 }, () => heap.allocate(bytes));
			for (const block of [blocks[39], blocks[3]]) {
				heap.deallocate(block);
				expect(() => heap.deallocate(block)).toThrow(DoubleFreeError);
				expect(() => heap.deallocate(block)).toThrow(DoubleFreeError);
				heap.validate();
			}
			expect(heap.stats().blocks.count).toBe(38);
		},
	);

	test('that are freed are taken again before a slab is opened', () => {
		const heap = make(undefined, { checked });
		const blocks = Array.from({ length: 3000 }, () => heap.allocate(32));
		const freed = [2000, 5, 1000, 900, 40, 2999].map((at) => blocks[at]);
		for (const block of freed) heap.deallocate(block);
		// Those of the word in use come first, which are warm too: no more than 31.
		const again = new Set(Array.from({ length: freed.length + 31 }, () => heap.allocate(32)));
		for (const block of freed) expect(again).toContain(block);
		// A thread that frees one block and asks for one like it gets the same, whatever it is; not so under guards.
		heap.deallocate(blocks[7]);
		expect(heap.allocate(32) === blocks[7]).toBe(!checked);
		// Notes are of few words; those of more frees are found in the bitmaps.
		for (let at = 0; at < blocks.length; at += 100) heap.deallocate(blocks[at]);
		const size = heap.stats().blocks.classes[0].bytes;
		for (let at = 0; at < blocks.length; at += 100) heap.allocate(32);
		expect(heap.stats().blocks.classes[0].bytes).toBe(size);
		heap.validate();
	});

	test('of one size serve another after the slabs of the first are empty', () => {
		const heap = make(2 ** 20, { checked });
		for (const bytes of [32, 200, 40, 3000]) {
			const blocks: number[] = [];
			try {
				for (;;) blocks.push(heap.allocate(bytes));
			} catch (error) {
				expect(error).toBeInstanceOf(OutOfMemoryError);
			}
			expect(blocks.length * bytes).toBeGreaterThan(600_000);
			heap.validate();
			for (const block of blocks) heap.deallocate(block);
			// One empty slab is kept for the next of this size, beside the one that blocks were taken from last.
			expect(heap.stats().blocks.returnable).toBeGreaterThan(0);
			expect(heap.stats().blocks.classes[0].slabs).toBeLessThanOrEqual(2);
			heap.validate();
		}
	});

	test('are refused where the arena is full, and the heap goes on', () => {
		const heap = make(2 ** 18, { checked });
		const run = heap.allocate(150_000);
		expect(refusal(heap, () => heap.allocate(150_000))).toBeInstanceOf(OutOfMemoryError);
		heap.deallocate(run);
		const blocks: number[] = [];
		try {
			for (;;) blocks.push(heap.allocate(64));
		} catch (error) {
			expect(error).toBeInstanceOf(OutOfMemoryError);
		}
		expect(refusal(heap, () => heap.allocate(64))).toBeInstanceOf(OutOfMemoryError);
		heap.deallocate(blocks[3]);
		expect(heap.allocate(64)).toBe(blocks[3]);
		heap.validate();
	});

	test('need four pages at most for the first of them', () => {
		const heap = make(65_536, { checked });
		heap.deallocate(heap.allocate(16));
		heap.validate();
	});

	test('grow and shrink with what they hold', () => {
		const heap = make(2 ** 24, { checked });
		let block = heap.reallocate(0, 10);
		heap.memory.u8.set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], block * 4);
		const sizes = [12, 100, 1000, 30_000, 40_000, 400_000, 1_000_000, 100_000, 33_000, 500, 11];
		for (const bytes of sizes) {
			const next = heap.reallocate(block, bytes);
			if (next !== block) expect(heap.contains(block)).toBe(false);
			block = next;
			expect(Array.from(heap.memory.u8.subarray(block * 4, block * 4 + 10))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
			expect(heap.usableSize(block)).toBeGreaterThanOrEqual(bytes);
			heap.memory.u8.fill(0, block * 4 + 10, block * 4 + bytes);
			heap.validate();
			expect(heap.stats().blocks.count).toBe(1);
		}
		heap.deallocate(block);
		expect(heap.stats().blocks).toMatchObject({ count: 0, live: 0 });
	});

	test('that are runs grow in place where pages behind them are free', () => {
		const heap = make(2 ** 24, { checked });
		const block = heap.allocate(50_000);
		expect(heap.reallocate(block, 500_000)).toBe(block);
		expect(heap.usableSize(block)).toBeGreaterThanOrEqual(500_000);
		expect(heap.reallocate(block, 60_000)).toBe(block);
		expect(heap.stats().blocks.runs.bytes).toBe(4 * PAGE_BYTES);
		const other = heap.allocate(50_000);
		expect(heap.reallocate(block, 500_000)).not.toBe(block);
		heap.deallocate(other);
		heap.validate();
	});

	test('stay as they are where a larger one is not to be had', () => {
		const heap = make(2 ** 18, { checked });
		const block = heap.allocate(100);
		heap.memory.u8.fill(7, block * 4, block * 4 + 100);
		expect(refusal(heap, () => heap.reallocate(block, 2 ** 20))).toBeInstanceOf(OutOfMemoryError);
		expect(heap.contains(block)).toBe(true);
		expect(heap.memory.u8[block * 4 + 99]).toBe(7);
	});

	test('come and go many at a time, all or none', () => {
		const heap = make(2 ** 19, { checked });
		const many = heap.allocateMany(40, 1000);
		expect(many).toBeInstanceOf(Int32Array);
		expect(new Set(many).size).toBe(1000);
		expect(heap.stats().blocks.count).toBe(1000);
		const array = heap.allocateMany(40, [0, 0, 0]);
		expect(array.every((block) => heap.contains(block))).toBe(true);
		const before = heap.stats().blocks.live;
		expect(() => heap.allocateMany(1000, 1000)).toThrow(OutOfMemoryError);
		expect(heap.stats().blocks.live).toBe(before);
		// One of them twice, one of them foreign: nothing goes back.
		expect(refusal(heap, () => heap.deallocateMany([array[0], array[1], array[0]]))).toBeInstanceOf(DoubleFreeError);
		expect(refusal(heap, () => heap.deallocateMany([array[0], 3]))).toBeInstanceOf(ForeignPointerError);
		heap.deallocateMany(many);
		heap.deallocateMany(array);
		expect(heap.stats().blocks.count).toBe(0);
		heap.validate();
		expect(heap.allocateMany(8, 0)).toHaveLength(0);
		expect(() => heap.allocateMany(8, -1)).toThrow(ArgumentError);
	});

	test('are all freed by reset(), while containers keep what they have', () => {
		const heap = make(2 ** 24, { checked });
		const ring = heap.openRing(heap.pool('a', 6, false));
		const run = heap.takeRun(5000);
		heap.memory.i32.fill(9, run, run + 5000);
		heap.allocateMany(100, 5000);
		heap.allocate(100_000);
		heap.deallocate(heap.allocate(24));
		const { peak } = heap.stats().blocks;
		heap.reset();
		expect(heap.stats().blocks).toMatchObject({ count: 0, live: 0, peak, classes: [] });
		expect(heap.memory.i32.subarray(run, run + 5000).every((word) => word === 9)).toBe(true);
		expect(heap.memory.i32[ring]).toBe(ring);
		heap.deallocate(heap.allocate(24));
		heap.validate();
	});

	describe('are refused by name, and nothing changes:', () => {
		test('a block that is freed twice, soon or late, small or large', () => {
			const heap = make(2 ** 24, { checked });
			const [a, b, c] = [heap.allocate(32), heap.allocate(32), heap.allocate(100_000)];
			heap.deallocate(a);
			for (const call of [() => heap.deallocate(a), () => heap.usableSize(a), () => heap.reallocate(a, 8)])
				expect(refusal(heap, call)).toBeInstanceOf(DoubleFreeError);
			heap.deallocate(b);
			heap.deallocate(c);
			expect(heap.contains(b)).toBe(false);
			for (const block of [a, b, c]) {
				expect(refusal(heap, () => heap.deallocate(block))).toMatchObject({ code: 'FLUX_DOUBLE_FREE', block });
			}
			const many = heap.allocateMany(32, 5000);
			heap.deallocateMany(many);
			heap.trim();
			for (const block of many) expect(() => heap.deallocate(block)).toThrow(DoubleFreeError);
		});

		test('what lies inside a block', () => {
			const heap = make(2 ** 24, { checked });
			for (const bytes of [40, 5000, 100_000]) {
				const block = heap.allocate(bytes);
				for (const inside of [block + 1, block + 2, block + bytes / 4 - 1]) {
					const error = refusal(heap, () => heap.deallocate(inside));
					expect(error).toBeInstanceOf(InteriorPointerError);
					expect(error).toMatchObject({ code: 'FLUX_INTERIOR_POINTER', inside, block });
					expect(heap.contains(inside)).toBe(false);
				}
			}
		});

		test('what never was a block', () => {
			const heap = make(2 ** 20, { checked });
			const other = make(2 ** 20, { checked });
			const neighbour = new Heap(heap.arena);
			ended.push(neighbour);
			heap.allocate(32);
			const pool = heap.pool('a', 6, false);
			pool.reserve(10);
			const node = pool.refill();
			const foreign = [0, 1, 32, 4096, node, -5, 0.5, Number.NaN, 2 ** 30, 2 ** 31, 2 ** 40, neighbour.allocate(32)];
			for (const block of [...foreign, '16', undefined, null, {}] as number[]) {
				const error = refusal(heap, () => heap.deallocate(block));
				expect(error, String(block)).toBeInstanceOf(ForeignPointerError);
				expect(error).toMatchObject({ code: 'FLUX_FOREIGN_POINTER', block });
				expect(heap.contains(block)).toBe(false);
			}
			expect(() => other.deallocate(heap.allocate(1000))).toThrow(ForeignPointerError);
			expect(neighbour.stats().blocks.count).toBe(1);
		});

		test('what lies behind the last block of a slab', () => {
			const heap = make(undefined, { checked });
			const block = heap.allocate(24 - (checked ? 8 : 0));
			const base = Math.floor(block / 4096) * 4096;
			expect(refusal(heap, () => heap.deallocate(base + 4095))).toBeInstanceOf(ForeignPointerError);
		});

		test.each([0, -1, 0.5, Number.NaN, 2 ** 33, '8', undefined])('a size of %s', (bytes) => {
			const heap = make(undefined, { checked });
			expect(refusal(heap, () => heap.allocate(bytes as number))).toBeInstanceOf(ArgumentError);
			const block = heap.allocate(8);
			expect(refusal(heap, () => heap.reallocate(block, bytes as number))).toBeInstanceOf(ArgumentError);
		});

		test.each([0, -8, 3, 12, 32_768, 0.5, '8', null])('an alignment of %s', (alignment) => {
			const heap = make(undefined, { checked });
			expect(refusal(heap, () => heap.allocate(8, alignment as number))).toBeInstanceOf(ArgumentError);
		});
	});

	test('cannot be used once the heap or its arena is disposed', () => {
		for (const end of [(heap: Heap) => heap.dispose(), (heap: Heap) => heap.arena.dispose()]) {
			const heap = make(undefined, { checked });
			const block = heap.allocate(32);
			heap.deallocate(heap.allocate(32));
			end(heap);
			for (const use of [
				() => heap.allocate(32),
				() => heap.allocate(100_000),
				() => heap.deallocate(block),
				() => heap.reallocate(block, 5),
				() => heap.usableSize(block),
				() => heap.contains(block),
				() => heap.allocateMany(8, 2),
				() => heap.deallocateMany([block]),
				() => heap.reset(),
				() => heap.walk(),
				() => heap.inspect(),
				() => heap.stats(),
				() => heap.validate(),
			]) {
				expect(use, String(use)).toThrow(DisposedError);
			}
		}
	});

	test('go back to an arena that outlives the heap, and leave no trace in it', () => {
		const arena = new Arena({ maxBytes: 2 ** 22 });
		ended.push(arena);
		const heap = new Heap(arena, { checked });
		const many = heap.allocateMany(64, 3000);
		heap.allocate(50_000);
		heap.deallocateMany(many.subarray(0, 1500));
		heap.dispose();
		expect(arena.stats().used).toBe(0);
		expect(arena.faults()).toEqual([]);
		const next = new Heap(arena, { checked });
		ended.push(next);
		for (const block of many) expect(() => next.deallocate(block)).toThrow(ForeignPointerError);
		next.validate();
	});

	test('that are left when the heap is disposed are reported', () => {
		const reports: LeakReport[] = [];
		const heap = make(undefined, { checked, onLeak: (report) => reports.push(report) });
		const kept = [heap.allocate(100), heap.allocate(50_000)];
		heap.deallocate(heap.allocate(24));
		heap.dispose();
		expect(reports).toHaveLength(1);
		expect(reports[0]).toMatchObject({ count: 2, blocks: kept.map((block) => ({ block })) });
		expect(reports[0].bytes).toBeGreaterThanOrEqual(50_100);
		if (checked) expect(reports[0].bytes).toBe(50_100);
		expect(reports[0].summary).toContain(`2 blocks of ${reports[0].bytes} bytes were not given back`);
		expect(reports[0].summary).toContain(String(kept[1]));
		const tidy = make(undefined, { checked, onLeak: (report) => reports.push(report) });
		tidy.deallocate(tidy.allocate(8));
		tidy.dispose();
		expect(reports).toHaveLength(1);
	});

	test('are walked while others come and go', () => {
		const heap = make(undefined, { checked });
		const blocks = Array.from({ length: 1000 }, () => heap.allocate(48));
		const seen: number[] = [];
		for (const { block, bytes } of heap.walk()) {
			expect(bytes).toBeGreaterThanOrEqual(48);
			seen.push(block);
			// The one that was seen goes, and another that was not yet.
			heap.deallocate(block);
			const other = blocks.find((each) => !seen.includes(each) && heap.contains(each));
			if (other !== undefined) heap.deallocate(other);
		}
		expect(seen.length).toBe(500);
		expect(heap.stats().blocks.count).toBe(0);
		heap.validate();
	});
});

describe('in checked mode', () => {
	test('usable is what was asked for, and fragmentation is exact', () => {
		const heap = make(undefined, { checked: true });
		const block = heap.allocate(100);
		expect(heap.usableSize(block)).toBe(100);
		expect(heap.stats().blocks.fragmentation.internal).toBeCloseTo(1 - 100 / 112, 10);
	});

	test.each([1, 8, 23, 24, 100, 20_000, 100_000])('a write beyond %i bytes is found', (bytes) => {
		const heap = make(2 ** 24, { checked: true });
		const block = heap.allocate(bytes);
		heap.memory.u8.fill(1, block * 4, block * 4 + bytes);
		heap.validate();
		const { u8 } = heap.memory;
		const kept = u8[block * 4 + bytes];
		u8[block * 4 + bytes] = 1;
		for (const call of [
			() => heap.deallocate(block),
			() => heap.reallocate(block, bytes * 2),
			() => heap.deallocateMany([block]),
		]) {
			expect(call).toThrow(OverrunError);
			expect(call).toThrow(`more than the ${bytes} bytes of block ${block} were written`);
		}
		expect(() => heap.validate()).toThrow(`what follows block ${block} was overwritten`);
		expect(heap.stats().blocks.count).toBe(1);
		u8[block * 4 + bytes] = kept;
		heap.deallocate(block);
		heap.validate();
	});

	test('a block whose size was overwritten too is refused', () => {
		const heap = make(undefined, { checked: true });
		const block = heap.allocate(16);
		heap.memory.u8.fill(0, block * 4, block * 4 + 24);
		expect(() => heap.deallocate(block)).toThrow(OverrunError);
	});
});

describe('the figures', () => {
	test('of live and peak bytes are exact', () => {
		const heap = make();
		const [a, b] = [heap.allocate(32), heap.allocate(64)];
		heap.deallocate(a);
		const c = heap.allocate(16);
		const d = heap.allocate(50_000);
		expect(heap.stats().blocks).toMatchObject({
			live: 64 + 16 + 4 * PAGE_BYTES,
			peak: 64 + 16 + 4 * PAGE_BYTES,
			count: 3,
			runs: { count: 1, bytes: 4 * PAGE_BYTES },
		});
		for (const block of [b, c, d]) heap.deallocate(block);
		expect(heap.stats().blocks).toMatchObject({ live: 0, peak: 64 + 16 + 4 * PAGE_BYTES, count: 0 });
	});

	test('say what fragments', () => {
		const heap = make();
		const blocks = heap.allocateMany(56, 10_000);
		let { fragmentation } = heap.stats().blocks;
		expect(fragmentation.internal).toBe(0);
		expect(fragmentation.external).toBeLessThan(0.03);
		heap.deallocateMany(blocks.filter((_, index) => index % 4 !== 0));
		({ fragmentation } = heap.stats().blocks);
		expect(fragmentation.external).toBeGreaterThan(0.7);
		heap.reset();
		heap.allocateMany(57, 1000);
		expect(heap.stats().blocks.fragmentation.internal).toBeCloseTo(1 - 57 / 64, 5);
		heap.reset();
		expect(heap.stats().blocks.fragmentation).toEqual({ internal: 0, external: 0 });
	});

	test('and the drawing show slabs by class', () => {
		const heap = make(2 ** 26);
		const blocks = heap.allocateMany(32, 2000);
		heap.allocateMany(640, 100);
		heap.allocate(100_000);
		heap.deallocateMany(blocks.subarray(0, 1024));
		const text = heap.inspect();
		expect(text).toContain('a      32 B  [');
		expect(text).toContain('b     640 B  [');
		expect(text).toContain('976 of');
		expect(text).toMatch(/=======/);
		expect(text).toMatch(/BBBB/);
		const svg = heap.inspect('svg');
		expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="768" .*<\/svg>$/);
		expect(svg).toContain('blocks of 640 bytes');
		expect(() => heap.inspect('png' as never)).toThrow(ArgumentError);
		// Far beyond what is drawn line by line.
		const wide = make(2 ** 28);
		wide.allocate(150 * 2 ** 20);
		expect(wide.inspect()).toContain('more pages');
	});
});

test.each([{ checked: 'yes' }, { onLeak: 5 }])('a heap with %o is refused', (options) => {
	expect(() => new Heap(undefined, options as never)).toThrow(ArgumentError);
});
