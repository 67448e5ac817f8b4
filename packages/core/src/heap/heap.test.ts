import { afterEach, describe, expect, test, vi } from 'vitest';
import { ArgumentError, DisposedError, OutOfMemoryError } from '../errors.js';
import { Arena } from '../memory/arena.js';
import { PAGE_BYTES } from '../memory/page-map.js';
import { Heap } from './heap.js';

const ended: { dispose(): void }[] = [];

function keep<T extends { dispose(): void }>(thing: T): T {
	ended.push(thing);
	return thing;
}

afterEach(() => {
	for (const thing of ended.splice(0)) thing.dispose();
});

describe('the default heap', () => {
	test('is one and the same for all who ask', () => {
		expect(Heap.default).toBe(Heap.default);
		expect(Heap.default).toBeInstanceOf(Heap);
	});

	test('is shared by two copies of the package in one process', async () => {
		vi.resetModules();
		const first = await import('./heap.js');
		vi.resetModules();
		const second = await import('./heap.js');
		expect(first.Heap).not.toBe(second.Heap);
		expect(first.Heap.default).toBe(second.Heap.default);
		expect(first.Heap.default).toBe(Heap.default);
	});

	test('does not show among the enumerable names of the global object', () => {
		void Heap.default;
		expect(
			Object.getOwnPropertySymbols(globalThis).filter(
				(name) => Object.getOwnPropertyDescriptor(globalThis, name)?.enumerable && String(name).includes('flux'),
			),
		).toEqual([]);
	});

	test('is replaced by a new one after someone disposed it', () => {
		const old = Heap.default;
		old.dispose();
		// Not by toBe(), which looks into what it compares, and a disposed heap refuses that.
		expect(Heap.default === old).toBe(false);
		expect(Heap.default.disposed).toBe(false);
		expect(Heap.default.stats().pools).toEqual([]);
	});
});

describe('a heap', () => {
	test('gives each kind of node one pool, whoever asks', () => {
		const heap = keep(new Heap(keep(new Arena({ maxBytes: 2 ** 20 }))));
		const pool = heap.pool('a', 6, false);
		expect(heap.pool('a', 6, false)).toBe(pool);
		expect(heap.pool('b', 8, true)).not.toBe(pool);
		expect(
			heap
				.stats()
				.pools.map(({ record, nodeBytes, capacity, live, bytes, containers }) => [
					record,
					nodeBytes,
					capacity,
					live,
					bytes,
					containers,
				]),
		).toEqual([
			['a', 24, 0, 0, 0, 0],
			['b', 32, 0, 0, 0, 0],
		]);
	});

	test('has headers for thousands of rings, and uses them again', () => {
		const arena = keep(new Arena({ maxBytes: 2 ** 22 }));
		const heap = keep(new Heap(arena));
		const pool = heap.pool('a', 6, false);
		const rings = Array.from({ length: 5_000 }, () => heap.openRing(pool));
		expect(new Set(rings).size).toBe(5_000);
		expect(rings.every((ring) => ring % 16 === 0)).toBe(true);
		const { used } = arena.stats();
		for (const ring of rings) heap.closeRing(pool, ring);
		expect(heap.stats().pools[0].containers).toBe(0);
		const again = new Set(Array.from({ length: 5_000 }, () => heap.openRing(pool)));
		expect(again.size).toBe(5_000);
		expect(arena.stats().used).toBe(used);
		expect(heap.faults()).toEqual([]);
	});

	test('has ids that differ from those of other heaps, so that their nodes do too', () => {
		const ids = Array.from({ length: 50 }, () => keep(new Heap(keep(new Arena({ maxBytes: 65_536 })))).nextId());
		expect(new Set(ids).size).toBe(50);
	});

	test('trims the slabs that no pool needs', () => {
		const heap = keep(new Heap(keep(new Arena({ maxBytes: 2 ** 22 }))));
		const pools = ['a', 'b', 'c'].map((name, index) => heap.pool(name, 6 + 2 * index, false));
		for (const pool of pools) pool.reserve(5_000);
		const { used } = heap.stats().arena;
		const given = heap.trim();
		expect(given).toBeGreaterThan(3 * 5_000 * 24);
		expect(heap.stats().arena.used).toBe(used - given);
		expect(heap.trim()).toBe(0);
		expect(pools.map(({ capacity }) => capacity)).toEqual([0, 0, 0]);
	});

	test('over an arena that is full throws, and takes no page', () => {
		const arena = keep(new Arena({ maxBytes: 65_536 }));
		arena.takePages(3);
		expect(() => new Heap(arena)).toThrow(OutOfMemoryError);
		expect(arena.stats().used).toBe(3 * PAGE_BYTES);
		expect(arena.faults()).toEqual([]);
	});

	test('gives everything back to an arena that it does not own', () => {
		const arena = keep(new Arena({ maxBytes: 2 ** 22 }));
		const heap = new Heap(arena);
		const pool = heap.pool('a', 6, false);
		pool.reserve(10_000);
		const [from, to] = [heap.nextId(), heap.nextId()];
		heap.forwardId(from, to);
		expect(heap.resolveId(from)).toBe(to);
		const { memory } = heap;
		heap.dispose();
		heap[Symbol.dispose]();
		expect(arena.stats().used).toBe(0);
		expect(arena.faults()).toEqual([]);
		expect(() => memory.i32).toThrow(/the Heap under this was disposed/);
		for (const use of [
			() => heap.stats(),
			() => heap.trim(),
			() => heap.pool('b', 6, false),
			() => heap.openRing(pool),
			() => heap.faults(),
		]) {
			expect(use).toThrow(DisposedError);
		}
		heap.closeRing(pool, 64);
	});

	test('ends its own arena with it', () => {
		const heap = new Heap();
		heap.dispose();
		expect(heap.arena.disposed).toBe(true);
		expect(heap.disposed).toBe(true);
	});

	test('is disposed when its arena is', () => {
		const arena = new Arena({ maxBytes: 65_536 });
		const heap = new Heap(arena);
		arena.dispose();
		expect(heap.disposed).toBe(true);
		expect(() => heap.stats()).toThrow(DisposedError);
		heap.dispose();
		expect(() => new Heap(arena)).toThrow(DisposedError);
	});

	test.each([null, 5, 'arena', {}, new ArrayBuffer(8)])('over %s is refused', (arena) => {
		expect(() => new Heap(arena as never)).toThrow(ArgumentError);
		expect(() => new Heap(arena as never)).toThrow('pass an Arena');
	});
});

describe('runs of words for tables', () => {
	test.each([
		['of pages', 3 * 4096],
		['smaller than a page', 256],
	])('%s are apart, aligned to cache lines, and go back', (_, words) => {
		const heap = keep(new Heap(keep(new Arena({ maxBytes: 2 ** 22 }))));
		const before = heap.arena.stats().used;
		const taken = Array.from({ length: 12 }, () => heap.takeRun(words));
		expect(taken.every((run) => run % 16 === 0)).toBe(true);
		const sorted = taken.slice().sort((a, b) => a - b);
		for (let at = 1; at < sorted.length; at++) expect(sorted[at] - sorted[at - 1]).toBeGreaterThanOrEqual(words);
		for (const run of taken) heap.memory.i32.fill(-1, run, run + words);
		expect(heap.faults()).toEqual([]);
		for (const run of taken) heap.giveRun(run, words);
		heap.trim();
		expect(heap.faults()).toEqual([]);
		expect(heap.arena.stats().used).toBe(before);
	});

	test('take what pools do not use before they are refused', () => {
		const heap = keep(new Heap(keep(new Arena({ maxBytes: 2 ** 18 }))));
		heap.pool('a', 6, false).reserve(7_000);
		const run = heap.takeRun(8 * 4096);
		expect(heap.pool('a', 6, false).capacity).toBe(0);
		expect(() => heap.takeRun(8 * 4096)).toThrow(OutOfMemoryError);
		heap.giveRun(run, 8 * 4096);
		expect(heap.faults()).toEqual([]);
	});

	test('go back to an arena that outlives the heap', () => {
		const arena = keep(new Arena({ maxBytes: 2 ** 20 }));
		const heap = new Heap(arena);
		heap.takeRun(4096);
		heap.takeRun(256);
		heap.openHeader();
		heap.dispose();
		expect(arena.stats().used).toBe(0);
		expect(arena.faults()).toEqual([]);
	});

	test('and headers are zeroed, and used again', () => {
		const heap = keep(new Heap(keep(new Arena({ maxBytes: 2 ** 20 }))));
		const header = heap.openHeader();
		heap.memory.i32.fill(7, header, header + 16);
		heap.closeHeader(header);
		expect(heap.openHeader()).toBe(header);
		expect(Array.from(heap.memory.i32.subarray(header, header + 16))).toEqual(new Array(16).fill(0));
	});
});
