import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
	ArgumentError,
	DoubleFreeError,
	ForeignPointerError,
	HandleError,
	NotSharedError,
	OutOfMemoryError,
	OverrunError,
} from '../errors.js';
import { Arena } from '../memory/arena.js';
import { PAGE_BYTES } from '../memory/page-map.js';
import { runs } from '../soak.testing.js';
import { Heap } from './heap.js';

const MIB = 2 ** 20;

/*
 * Attachments of one thread are as far apart as those of two: each has views, page map and heaps of its own. So what threads
 * do one after the other is tried here, and what they do at once in the model and with real workers.
 */
const arenas: Arena[] = [];
function shared(maxBytes: number): Arena {
	const arena = new Arena({ shared: true, maxBytes });
	arenas.push(arena);
	return arena;
}
function attached(arena: Arena): Arena {
	const other = Arena.attach(arena.share());
	arenas.push(other);
	return other;
}
afterEach(() => {
	for (const arena of arenas.splice(0)) arena.dispose();
});

test.each([
	['a buffer', 8 * MIB],
	['a memory that grows', 512 * MIB],
])('threads that share %s see the same bytes, each in segments of its own', (_, maxBytes) => {
	const arena = shared(maxBytes);
	const other = attached(arena);
	expect([arena.id, other.id]).toEqual([1, 2]);
	const here = new Heap(arena);
	const there = new Heap(other);
	const blocks = Array.from({ length: 100 }, () => [here.allocate(1000), there.allocate(1000)]).flat();
	expect(new Set(blocks).size).toBe(200);
	for (const block of blocks) here.memory.i32.fill(block, block, block + 250);
	for (const block of blocks) expect(there.memory.i32[block + 249]).toBe(block);
	here.validate();
	there.validate();
});

test('memory that one thread grew is seen by the other where an index comes from there', () => {
	const arena = shared(1024 * MIB);
	const other = attached(arena);
	const here = new Heap(arena);
	const there = new Heap(other);
	const large = here.allocate(400 * MIB);
	const behind = here.allocate(40);
	const last = large + 100 * MIB - 1;
	here.memory.i32[last] = 7;
	expect(there.memory.i32[last]).toBeUndefined();
	there.deallocate(large);
	expect(there.memory.i32[last]).toBe(7);
	there.deallocate(behind);
	expect(here.drain()).toBe(2);
	expect(here.stats().blocks.count).toBe(0);
	// The other grows by itself where it has to, and finds that it need not.
	const again = there.allocate(200 * MIB);
	there.memory.i32[again + 50 * MIB - 1] = 8;
	here.deallocate(again);
	there.drain();
	here.validate();
	there.validate();
});

test('segments go back to all threads: one can take what the other had', () => {
	const arena = shared(16 * MIB);
	const here = new Heap(arena);
	const there = new Heap(attached(arena));
	for (let round = 0; round < 5; round++) {
		for (const heap of [here, there]) {
			const blocks = heap.allocateMany(PAGE_BYTES * 10, 80);
			expect(() => here.allocate(8 * MIB)).toThrow(OutOfMemoryError);
			heap.deallocateMany(blocks);
			heap.trim();
		}
		here.validate();
		there.validate();
	}
});

test('a large block spans segments, and comes back piece by piece', () => {
	const arena = shared(64 * MIB);
	const heap = new Heap(arena);
	const block = heap.allocate(10.5 * MIB);
	heap.memory.i32.fill(3, block, block + 2.5 * MIB);
	heap.validate();
	const bigger = heap.reallocate(block, 11 * MIB);
	const smaller = heap.reallocate(bigger, 5 * MIB);
	expect(heap.memory.i32[smaller + MIB]).toBe(3);
	heap.validate();
	heap.deallocate(smaller);
	heap.trim();
	heap.validate();
	expect(arena.stats().used).toBeLessThan(6 * PAGE_BYTES);
});

test('prefault touches segments of this thread', () => {
	const arena = new Arena({ shared: true, maxBytes: 32 * MIB, prefault: 3 * MIB });
	arenas.push(arena);
	expect(arena.stats().free).toBe(3 * MIB);
	const heap = new Heap(arena);
	heap.deallocate(heap.allocate(MIB / 2));
	heap.validate();
	expect(() => arena.prefault(32 * MIB)).toThrow(OutOfMemoryError);
});

describe('blocks that another thread frees', () => {
	let here: Heap;
	let there: Heap;
	beforeEach(() => {
		const arena = shared(64 * MIB);
		here = new Heap(arena);
		there = new Heap(attached(arena));
	});

	test('come back by drain, and by themselves where memory is wanted', () => {
		const blocks = Array.from({ length: 1000 }, (_, index) => here.allocate(8 + (index % 300)));
		const large = here.allocate(MIB);
		for (const block of blocks) there.deallocate(block);
		there.deallocate(large);
		expect(here.stats().blocks.count).toBe(1001);
		expect(here.drain()).toBe(1001);
		expect(here.stats().blocks.count).toBe(0);
		expect(here.drain()).toBe(0);
		here.validate();
		// Without a word: the arena would be full long before.
		for (let round = 0; round < 2000; round++) {
			const block = here.allocate(PAGE_BYTES * 8);
			there.deallocate(block);
		}
		here.validate();
	});

	test('are refused where they are freed twice, by whomever, and where they are none', () => {
		const block = here.allocate(100);
		expect(() => there.deallocate(block + 1)).toThrow(ForeignPointerError);
		there.deallocate(block);
		expect(() => there.deallocate(block)).toThrow(DoubleFreeError);
		expect(() => there.reallocate(block, 10)).toThrow(DoubleFreeError);
		expect(() => there.deallocateMany([block])).toThrow(DoubleFreeError);
		here.drain();
		expect(() => there.deallocate(block)).toThrow(ForeignPointerError);
		expect(() => here.deallocate(block)).toThrow(DoubleFreeError);
		for (const wrong of [0, 5, 2 ** 24 - 1, -1, 0.5, Number.NaN])
			expect(() => there.deallocate(wrong)).toThrow(ForeignPointerError);
		expect(there.contains(block)).toBe(false);
	});

	test('can be many, all or none', () => {
		const mine = here.allocateMany(50, 10);
		const theirs = there.allocateMany(50, 10);
		const all = [...mine, ...theirs];
		expect(() => there.deallocateMany([...all, mine[3]])).toThrow(DoubleFreeError);
		expect(() => there.deallocateMany([...all, 5])).toThrow(ForeignPointerError);
		here.drain();
		expect(here.stats().blocks.count).toBe(10);
		there.deallocateMany(all);
		here.drain();
		expect([here.stats().blocks.count, there.stats().blocks.count]).toEqual([0, 0]);
		here.validate();
		there.validate();
	});

	test('can be made longer: they become blocks of the thread that does', () => {
		const block = here.allocate(100);
		here.memory.i32.fill(9, block, block + 25);
		expect(there.usableSize(block)).toBe(here.usableSize(block));
		const longer = there.reallocate(block, 1000);
		expect(there.memory.i32[longer + 24]).toBe(9);
		expect(there.contains(longer)).toBe(true);
		expect(here.drain()).toBe(1);
	});

	test('are looked at by their owner: what was written beyond them is found at the drain', () => {
		const arena = shared(16 * MIB);
		const checked = new Heap(arena, { checked: true });
		const plain = new Heap(attached(arena));
		const [good, bad] = [checked.allocate(20), checked.allocate(20)];
		expect(plain.usableSize(good)).toBe(20);
		checked.memory.u8[bad * 4 + 20] = 1;
		plain.deallocate(bad);
		plain.deallocate(good);
		expect(() => checked.drain()).toThrow(OverrunError);
		expect(checked.stats().blocks.count).toBe(1);
	});
});

describe('what a thread leaves', () => {
	test('goes to a heap that needs memory, and can be given back there', () => {
		const arena = shared(16 * MIB);
		const dying = attached(arena);
		const heap = new Heap(dying);
		const kept = Array.from({ length: 500 }, (_, index) => heap.allocate(10 + index * 7));
		const large = heap.allocate(MIB);
		for (let index = 0; index < 500; index += 2) heap.deallocate(kept[index]);
		heap.memory.i32[large] = 42;
		const own = new Heap(arena);
		expect(arena.retire(dying.id)).toBe(true);
		expect(arena.retire(dying.id)).toBe(false);
		// One may be in the hand of the heap that is gone.
		const live = 250 + 1;
		expect(own.stats().blocks.count - live).toBeLessThanOrEqual(1);
		expect(own.memory.i32[large]).toBe(42);
		for (let index = 1; index < 500; index += 2) own.deallocate(kept[index]);
		own.deallocate(large);
		expect(own.stats().blocks.count).toBeLessThanOrEqual(1);
		own.validate();
		// All of it is there for others again.
		own.trim();
		expect(own.arena.stats().used).toBeLessThan(20 * PAGE_BYTES);
		own.deallocate(own.allocate(6 * MIB));
		expect(Arena.attach(arena.share()).id).toBe(2);
	});

	test('is freed by a third, that knew nothing, by way of the heir', () => {
		const arena = shared(32 * MIB);
		const [dying, third] = [attached(arena), attached(arena)];
		const heap = new Heap(dying);
		const [before, after] = [heap.allocate(100), heap.allocate(100)];
		const freeing = new Heap(third);
		freeing.deallocate(before);
		const heir = new Heap(arena);
		arena.retire(dying.id);
		freeing.deallocate(after);
		expect(heir.drain()).toBe(1);
		expect(heir.stats().blocks.count).toBe(0);
		heir.validate();
		freeing.validate();
	});

	test('and what that one had taken over itself', () => {
		const arena = shared(32 * MIB);
		const [first, second] = [attached(arena), attached(arena)];
		const block = new Heap(first).allocate(5000);
		const heir = new Heap(second);
		second.retire(first.id);
		expect(heir.contains(block)).toBe(true);
		const last = new Heap(arena);
		arena.retire(second.id);
		last.deallocate(block);
		last.validate();
	});

	test('keeps no segment from the others once its blocks are freed, however many died', () => {
		const arena = shared(16 * MIB);
		const heir = new Heap(arena);
		for (let death = 0; death < 100; death++) {
			const dying = attached(arena);
			const heap = new Heap(dying);
			const blocks = heap.allocateMany(3000, 200);
			arena.retire(dying.id);
			heir.deallocateMany(blocks);
			heir.trim();
		}
		expect(heir.stats().blocks.count).toBe(0);
		heir.validate();
	});

	test('by dispose: blocks that others hold stay good', () => {
		const arena = shared(32 * MIB);
		const other = attached(arena);
		const leaving = new Heap(other);
		const block = leaving.allocate(64);
		leaving.deallocate(leaving.allocate(64));
		leaving.dispose();
		const heap = new Heap(arena);
		heap.memory.i32[block] = 5;
		heap.deallocate(block);
		other.dispose();
		heap.drain();
		expect(heap.stats().blocks.count).toBe(0);
		heap.validate();
	});
});

test('a worker is watched: its end retires it', () => {
	const arena = shared(8 * MIB);
	let end: (() => void) | undefined;
	const thread = { threadId: 0, once: (_: 'exit', listener: () => void) => (end = listener) };
	const other = attached(arena);
	const block = new Heap(other).allocate(77);
	const heap = new Heap(arena);
	arena.watch(thread);
	end?.();
	expect(heap.contains(block)).toBe(true);
	expect(() => arena.watch({} as never)).toThrow(ArgumentError);
});

test('what is no handle, and what is not shared, is refused by name', () => {
	const unshared = new Arena({ maxBytes: MIB });
	arenas.push(unshared);
	expect(unshared.id).toBe(0);
	for (const call of [() => unshared.share(), () => unshared.retire(1), () => unshared.watch({} as never)])
		expect(call).toThrow(NotSharedError);
	const arena = shared(8 * MIB);
	const handle = structuredClone(arena.share());
	expect(Arena.attach(handle).id).toBe(2);
	for (const wrong of [undefined, null, {}, 5, { ...handle, flux: 'FluxList' }, { ...handle, version: 2 }])
		expect(() => Arena.attach(wrong as never)).toThrow(HandleError);
	expect(() => Arena.attach({ ...handle, block: new SharedArrayBuffer(8 * MIB) })).toThrow(HandleError);
	for (const id of [0, -1, 1, 1000, 0.5]) expect(() => arena.retire(id)).toThrow(ArgumentError);
	expect(() => {
		for (;;) Arena.attach(handle);
	}).toThrow(HandleError);
});

test('threads that allocate and free each other’s blocks, and end, lose nothing', () => {
	let seed = 7;
	const random = (below: number): number => {
		seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
		return Math.floor((seed / 2 ** 32) * below);
	};
	const arena = shared(64 * MIB);
	const heaps = [new Heap(arena), new Heap(attached(arena)), new Heap(attached(arena))];
	const live = new Map<number, number>();
	/** Blocks that a heap held in its hand when it was retired: live to all who look, and known to nobody. */
	let lost = 0;
	for (let step = 0; step < runs(200_000); step++) {
		const heap = heaps[random(3)];
		if (random(2) === 0 || live.size === 0) {
			const bytes = random(40) === 0 ? 1 + random(200_000) : 8 + random(400);
			const block = heap.allocate(bytes);
			expect(live.has(block)).toBe(false);
			heap.memory.i32[block + 1] = block;
			live.set(block, bytes);
		} else if (random(3000) === 0) {
			const dying = 1 + random(2);
			heaps[0].arena.retire(heaps[dying].arena.id);
			lost++;
			heaps[dying] = new Heap(attached(arena));
		} else {
			const blocks = [...live.keys()].slice(0, 20);
			const block = blocks[random(blocks.length)];
			expect(heap.memory.i32[block + 1]).toBe(block);
			heap.deallocate(block);
			live.delete(block);
		}
		if (live.size > 2000)
			for (const block of [...live.keys()].slice(0, 1000)) if (live.delete(block)) heap.deallocate(block);
	}
	for (const heap of heaps) heap.drain();
	for (const heap of heaps) heap.validate();
	const count = heaps.reduce((sum, heap) => sum + heap.stats().blocks.count, 0);
	expect(count - live.size).toBeGreaterThanOrEqual(0);
	expect(count - live.size).toBeLessThanOrEqual(lost);
});
