import { Arena, array, char, f64, Heap, i32, OutOfMemoryError, struct, u8 } from '@flux/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { modes, thrownBy } from '../soak.testing.js';
import { FluxList } from './list.js';

const Item = struct({ id: i32, price: f64 });
const Other = struct({ data: array(u8, 1000) });
const PAGE = 16_384;

/** Eight pages, of which the arena and the heap take one each. */
const SMALL = 8 * PAGE;

const heaps: Heap[] = [];

function smallHeap(maxBytes = SMALL): Heap {
	const heap = new Heap(new Arena({ maxBytes }));
	heaps.push(heap);
	return heap;
}

afterEach(() => {
	for (const heap of heaps.splice(0)) heap.dispose();
});

/** Fills the heap to the last node; returns how many there are. */
function fill(list: FluxList<typeof Item>): number {
	expect(() => {
		for (;;) list.emplaceBack(list.size, 0.5);
	}).toThrow(OutOfMemoryError);
	list.validate();
	return list.size;
}

describe.each(modes)('where memory runs out, in $mode mode,', ({ checked }) => {
	const makeList = (heap: Heap) => new FluxList(Item, { heap, checked });

	test('the error says how much was asked, held and allowed', () => {
		const list = makeList(smallHeap());
		fill(list);
		const error = thrownBy(() => list.emplaceBack(1, 1));
		expect(error).toBeInstanceOf(OutOfMemoryError);
		const { requested, held, allowed, code, message } = error as OutOfMemoryError;
		expect({ requested, held, allowed, code }).toEqual({
			requested: PAGE,
			held: SMALL,
			allowed: SMALL,
			code: 'FLUX_OUT_OF_MEMORY',
		});
		expect(message).toContain(String(PAGE));
		expect(message).toContain(String(SMALL));
	});

	test('the list is whole and takes records again after some were erased', () => {
		const list = makeList(smallHeap());
		const size = fill(list);
		const before = list.toArray();
		expect(before.map(({ id }) => id)).toEqual(Array.from({ length: size }, (_, id) => id));
		list.popFront();
		list.popBack();
		list.emplaceFront(-1, 0);
		list.pushBack({ id: -2, price: 0 });
		expect(() => list.emplaceBack(0, 0)).toThrow(OutOfMemoryError);
		list.validate();
		expect(list.size).toBe(size);
		expect([list.front.id, list.back.id]).toEqual([-1, -2]);
		list.clear();
		expect(fill(list)).toBe(size);
	});

	test('slabs that a pool of other records no longer needs are taken from it', () => {
		const heap = smallHeap();
		const others = new FluxList(Other, { heap, checked });
		expect(() => others.resize(10_000)).toThrow(OutOfMemoryError);
		expect(() => {
			for (;;) others.emplaceBack();
		}).toThrow(OutOfMemoryError);
		const list = makeList(heap);
		expect(() => list.emplaceBack(1, 1)).toThrow(OutOfMemoryError);
		others.clear();
		list.emplaceBack(1, 1);
		expect(fill(list)).toBeGreaterThan(3 * (PAGE / 32));
		expect(heap.stats().pools.map(({ live }) => live)).toEqual([0, list.size]);
		others.validate();
	});

	test.each<[string, (list: FluxList<typeof Item>, count: number) => void]>([
		['insert(position, count, record)', (list, count) => list.insert(list.first, count, { id: 1, price: 1 })],
		['resize', (list, count) => list.resize(list.size + count)],
		['resize with a record', (list, count) => list.resize(list.size + count, { id: 1, price: 1 })],
		['pushMany', (list, count) => list.pushMany({ id: new Int32Array(count), price: new Float64Array(count) })],
		['appendRange', (list, count) => list.appendRange(Array.from({ length: count }, () => ({ id: 1, price: 1 })))],
		['assign(count, record)', (list, count) => list.assign(count, { id: 1, price: 1 })],
		['assign(range)', (list, count) => list.assign(Array.from({ length: count }, () => ({ id: 1, price: 1 })))],
		['reserve', (list, count) => list.reserve(list.size + count)],
	])('%s of more than there is room for changes nothing', (_, call) => {
		const heap = smallHeap();
		const filled = makeList(heap);
		const whole = fill(filled);
		filled.dispose();
		// With all room in use; with some; with room in slabs that are the pool's own, and empty; with none taken yet.
		for (const used of [whole, 1_000, 20, 0]) {
			for (const reserved of [true, false]) {
				heap.trim();
				const list = makeList(heap);
				for (let id = 0; id < Math.min(used, 20); id++) list.emplaceBack(id, id);
				const holder = new FluxList(Item, used - list.size, { heap, checked });
				if (reserved) list.reserve(whole - holder.size);
				const before = list.toArray();
				expect(() => call(list, 2 * whole)).toThrow(OutOfMemoryError);
				list.validate();
				expect(list.toArray()).toEqual(before);
				list.dispose();
				holder.dispose();
			}
		}
	});

	test('insert of a count that its pool had room for before it was trimmed changes nothing', () => {
		const heap = smallHeap();
		const list = makeList(heap);
		const whole = fill(list);
		list.clear();
		// All slabs belong to the pool and are empty: making room gives them back, and then there are too few nodes.
		expect(() => list.insert(0, 2 * whole, { id: 1, price: 1 })).toThrow(OutOfMemoryError);
		list.validate();
		expect(list.size).toBe(0);
	});

	test('assign keeps the old records when there is no page left for the bookkeeping of a splice', () => {
		const heap = smallHeap();
		const list = makeList(heap);
		const whole = fill(list);
		list.erase(list.next(list.first as never) as never, 0);
		const before = list.toArray();
		expect(heap.stats().arena.used).toBe(SMALL - PAGE);
		const records = Array.from({ length: 20 }, (_, id) => ({ id, price: 0 }));
		let failed = false;
		try {
			list.assign(records);
		} catch (error) {
			expect(error).toBeInstanceOf(OutOfMemoryError);
			failed = true;
		}
		list.validate();
		expect(list.toArray()).toEqual(failed ? before : records);
		expect(whole).toBeGreaterThan(100);
	});

	test('a splice of a whole list that has no page for its bookkeeping leaves both lists as they were', () => {
		const heap = smallHeap();
		const list = makeList(heap);
		const other = makeList(heap);
		for (let id = 0; id < 20; id++) other.emplaceBack(id, id);
		fill(list);
		const before = [list.toArray(), other.toArray()];
		expect(() => list.splice(0, other)).toThrow(OutOfMemoryError);
		expect(() => list.merge(other, () => 0)).toThrow(OutOfMemoryError);
		list.validate();
		other.validate();
		expect([list.toArray(), other.toArray()]).toEqual(before);
	});

	test('a list that finds no room for its first records is not left behind', () => {
		const heap = smallHeap();
		expect(() => new FluxList(Item, 100_000, { heap, checked })).toThrow(OutOfMemoryError);
		const list = makeList(heap);
		expect(heap.stats().pools[0].containers).toBe(1);
		expect(fill(list)).toBeGreaterThan(0);
	});
});

describe.each(modes)('in $mode mode', ({ checked }) => {
	test('reserve makes room once, and filling it up takes no further slab', () => {
		const heap = smallHeap(2 ** 24);
		const list = new FluxList(Item, { heap, checked });
		list.reserve(10_000);
		const { capacity } = list;
		expect(capacity).toBeGreaterThanOrEqual(10_000);
		for (let id = 0; id < 10_000; id++) list.emplaceBack(id, id);
		expect(list.capacity).toBe(capacity);
		list.reserve(10_000);
		list.reserve(0);
		expect(list.capacity).toBe(capacity);
		list.validate();
	});

	test('reserve counts the room that other lists of the pool use', () => {
		const heap = smallHeap(2 ** 24);
		const other = new FluxList(Item, 3_000, { heap, checked });
		const list = new FluxList(Item, { heap, checked });
		list.reserve(3_000);
		expect(list.capacity).toBeGreaterThanOrEqual(6_000);
		other.dispose();
		list.validate();
	});

	test('shrinkToFit gives empty slabs back and leaves every node where it is', () => {
		const heap = smallHeap(2 ** 24);
		const list = new FluxList(Item, { heap, checked });
		const kept = list.emplaceBack(7, 7.5);
		// One by one, so that there are many slabs.
		for (let id = 0; id < 20_000; id++) list.emplaceBack(id, id);
		list.erase(list.next(kept) as never, 0);
		const before = heap.stats().arena.used;
		const given = list.shrinkToFit();
		expect(given).toBeGreaterThan(20_000 * 20);
		expect(heap.stats().arena.used).toBe(before - given);
		expect(list.capacity).toBeLessThan(2_000);
		expect(list.get(kept)).toEqual({ id: 7, price: 7.5 });
		list.validate();
		expect(list.shrinkToFit()).toBe(0);
		list.resize(20_000);
		list.validate();
	});

	test('what one list gives back by clear or dispose, the next takes while it is warm', () => {
		const heap = smallHeap(2 ** 24);
		const first = new FluxList(Item, 5_000, { heap, checked });
		const { capacity } = first;
		const nodes = Array.from(first.keys(), (node) => node >>> 0);
		first.dispose();
		const second = new FluxList(Item, 5_000, { heap, checked });
		expect(second.capacity).toBe(capacity);
		expect(Array.from(second.keys(), (node) => node >>> 0)).toEqual(nodes);
		second.clear();
		second.resize(5_000);
		expect(second.capacity).toBe(capacity);
		second.validate();
	});

	test('an erased place is used again, last in first out', () => {
		const list = new FluxList(Item, 10, { heap: smallHeap(), checked });
		const nodes = [...list.keys()];
		for (const at of [2, 5, 7]) list.erase(nodes[at]);
		const places = [1, 2, 3].map((id) => list.emplaceBack(id, id) >>> 0);
		expect(places).toEqual([7, 5, 2].map((at) => nodes[at] >>> 0));
	});

	test('growth of the arena moves no node', () => {
		const heap = smallHeap(2 ** 25);
		const list = new FluxList(Item, { heap, checked });
		const nodes = Array.from({ length: 300_000 }, (_, id) => list.emplaceBack(id, id / 2));
		expect(heap.stats().arena.committed).toBeGreaterThan(2 ** 22);
		expect(nodes.every((node, id) => list.get(node).price === id / 2)).toBe(true);
		list.validate();
	});

	test('a node takes what one C struct of its links and fields would take', () => {
		const heap = smallHeap();
		const list = new FluxList(Item, 1, { heap, checked });
		expect(heap.stats().pools).toEqual([
			{
				record: expect.stringContaining('"id":i32'),
				nodeBytes: checked ? 32 : 24,
				capacity: list.capacity,
				live: 1,
				bytes: PAGE,
				containers: 1,
			},
		]);
		expect(list.maxSize).toBe(Math.floor(SMALL / (checked ? 32 : 24)));
	});
});

describe('a list in a heap of its own', () => {
	test('is unusable from the moment its heap or arena is disposed', () => {
		for (const end of ['heap', 'arena'] as const) {
			const arena = new Arena({ maxBytes: SMALL });
			const heap = new Heap(arena);
			const list = new FluxList(Item, 3, { heap });
			const node = list.first as never;
			const view = list.at(node);
			(end === 'heap' ? heap : arena).dispose();
			for (const use of [
				() => list.size,
				() => list.empty,
				() => list.first,
				() => list.front,
				() => list.get(node),
				() => view.id,
				() => list.emplaceBack(1, 1),
				() => list.clear(),
				() => list.toArray(),
				() => list.validate(),
				() => [...list],
				() => list.sort(),
				() => new FluxList(Item, { heap }),
			]) {
				expect(use, String(use)).toThrow(expect.objectContaining({ code: 'FLUX_DISPOSED' }));
			}
			list.dispose();
			arena.dispose();
			heap.dispose();
		}
	});

	test('does not stop another heap of the same arena when its heap is disposed', () => {
		const arena = new Arena({ maxBytes: 2 ** 20 });
		const one = new Heap(arena);
		const two = new Heap(arena);
		const first = new FluxList(Item, 1_000, { heap: one });
		const second = new FluxList(Item, 1_000, { heap: two });
		const { used } = arena.stats();
		one.dispose();
		expect(arena.stats().used).toBeLessThan(used);
		second.emplaceBack(1, 1);
		second.validate();
		expect(() => first.size).toThrow(expect.objectContaining({ code: 'FLUX_DISPOSED' }));
		two.dispose();
		expect(arena.stats().used).toBe(0);
		expect(arena.faults()).toEqual([]);
		arena.dispose();
	});

	test.each([
		{ block: 'shared memory', shared: true, webAssembly: true },
		{ block: 'an ArrayBuffer, where WebAssembly is missing,', shared: false, webAssembly: false },
		{ block: 'a SharedArrayBuffer, where WebAssembly is missing,', shared: true, webAssembly: false },
	])('works on $block, across growth', ({ shared, webAssembly }) => {
		if (!webAssembly) vi.stubGlobal('WebAssembly', undefined);
		const arena = new Arena({ maxBytes: 2 ** 23, shared });
		vi.unstubAllGlobals();
		const Text = struct({ id: i32, name: char(6) });
		const heap = new Heap(arena);
		const list = new FluxList(Text, { heap });
		for (let id = 0; id < 100_000; id++) list.emplaceBack(id, 'é€');
		list.sortBy('id', { descending: true });
		list.at(list.first as never).name = 'ü';
		expect([list.front, list.back]).toEqual([
			{ id: 99_999, name: 'ü' },
			{ id: 0, name: 'é€' },
		]);
		expect(list.compact()).toBeGreaterThan(0);
		list.validate();
		heap.dispose();
		arena.dispose();
	});
});
