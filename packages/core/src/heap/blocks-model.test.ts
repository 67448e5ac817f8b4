import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FluxError, OutOfMemoryError } from '../errors.js';
import { Arena } from '../memory/arena.js';
import { runs } from '../soak.testing.js';
import { Heap } from './heap.js';

/** Blocks against a model: a map of live ranges, each filled with a mark of its own. */

const bytes = fc.oneof(
	{ weight: 6, arbitrary: fc.integer({ min: 1, max: 200 }) },
	{ weight: 3, arbitrary: fc.integer({ min: 1, max: 5000 }) },
	{ weight: 1, arbitrary: fc.integer({ min: 1, max: 120_000 }) },
);
const operation = fc.oneof(
	{ weight: 40, arbitrary: fc.record({ kind: fc.constant('allocate' as const), bytes }) },
	{
		weight: 10,
		arbitrary: fc.record({ kind: fc.constant('align' as const), bytes, power: fc.integer({ min: 0, max: 14 }) }),
	},
	{ weight: 40, arbitrary: fc.record({ kind: fc.constant('free' as const), pick: fc.nat() }) },
	{ weight: 15, arbitrary: fc.record({ kind: fc.constant('resize' as const), pick: fc.nat(), bytes }) },
	{ weight: 10, arbitrary: fc.record({ kind: fc.constant('refree' as const), pick: fc.nat() }) },
	{ weight: 5, arbitrary: fc.record({ kind: fc.constant('many' as const), bytes, count: fc.nat(300) }) },
	{ weight: 5, arbitrary: fc.record({ kind: fc.constant('freeMany' as const), from: fc.nat(), count: fc.nat(300) }) },
	{ weight: 5, arbitrary: fc.record({ kind: fc.constant('nodes' as const), count: fc.nat(2000) }) },
	{ weight: 5, arbitrary: fc.record({ kind: fc.constant('trim' as const) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const) }) },
);

interface Live {
	readonly bytes: number;
	readonly mark: number;
}

class Scene {
	readonly heap: Heap;
	readonly live = new Map<number, Live>();
	readonly freed: number[] = [];
	marks = 0;

	constructor(maxBytes: number, checked: boolean) {
		this.heap = new Heap(new Arena({ maxBytes }), { checked });
	}

	add(block: number, size: number): void {
		const { heap } = this;
		if (this.live.has(block)) throw new Error(`block ${block} was handed out twice`);
		const usable = heap.usableSize(block);
		if (usable < size) throw new Error(`block ${block} has ${usable} bytes of ${size}`);
		const mark = 1 + (this.marks++ % 255);
		heap.memory.u8.fill(mark, block * 4, block * 4 + size);
		this.live.set(block, { bytes: size, mark });
	}

	/** What was written into a block must still be there. */
	check(block: number, size = Number.POSITIVE_INFINITY): void {
		const known = this.live.get(block);
		if (known === undefined) throw new Error('not in the model');
		const { u8 } = this.heap.memory;
		const end = block * 4 + Math.min(known.bytes, size);
		for (let byte = block * 4; byte < end; byte++)
			if (u8[byte] !== known.mark) throw new Error(`byte ${byte} of block ${block} was overwritten`);
	}

	remove(block: number): void {
		this.live.delete(block);
		this.freed.push(block);
	}

	pick(number: number): number | undefined {
		return [...this.live.keys()][number % (this.live.size || 1)];
	}

	/** Runs what may run out of memory; says whether it did not. */
	attempt(call: () => void): boolean {
		try {
			call();
			return true;
		} catch (error) {
			if (!(error instanceof OutOfMemoryError)) throw error;
			return false;
		}
	}

	checkAll(): void {
		const { heap } = this;
		heap.validate();
		const { blocks } = heap.stats();
		expect(blocks.count).toBe(this.live.size);
		const walked = Array.from(heap.walk());
		expect(walked.length).toBe(this.live.size);
		for (const { block } of walked) this.check(block);
		const inClasses = blocks.classes.reduce((sum, each) => sum + each.live * each.blockBytes, 0);
		expect(blocks.live).toBe(inClasses + blocks.runs.bytes);
		expect(blocks.peak).toBeGreaterThanOrEqual(blocks.live);
		// No two overlap.
		const sorted = walked.sort((a, b) => a.block - b.block);
		for (let at = 1; at < sorted.length; at++) {
			if (sorted[at - 1].block * 4 + sorted[at - 1].bytes > sorted[at].block * 4)
				throw new Error(`blocks ${sorted[at - 1].block} and ${sorted[at].block} overlap`);
		}
	}
}

test.each([
	{ checked: false, maxBytes: 2 ** 22 },
	{ checked: true, maxBytes: 2 ** 22 },
	{ checked: false, maxBytes: 2 ** 18 },
	{ checked: true, maxBytes: 2 ** 18 },
])('blocks are what a map of ranges says (checked: $checked, $maxBytes bytes)', ({ checked, maxBytes }) => {
	fc.assert(
		fc.property(fc.array(operation, { maxLength: 400, size: 'max' }), (sequence) => {
			const scene = new Scene(maxBytes, checked);
			const { heap, live } = scene;
			sequence.forEach((step, index) => {
				switch (step.kind) {
					case 'allocate':
						scene.attempt(() => scene.add(heap.allocate(step.bytes), step.bytes));
						break;
					case 'align':
						scene.attempt(() => {
							const block = heap.allocate(step.bytes, 2 ** step.power);
							if ((block * 4) % 2 ** step.power !== 0) throw new Error(`block ${block} is not aligned`);
							scene.add(block, step.bytes);
						});
						break;
					case 'free': {
						const block = scene.pick(step.pick);
						if (block === undefined) break;
						scene.check(block);
						heap.deallocate(block);
						scene.remove(block);
						break;
					}
					case 'resize': {
						const block = scene.pick(step.pick);
						if (block === undefined) break;
						const known = live.get(block);
						const done = scene.attempt(() => {
							const moved = heap.reallocate(block, step.bytes);
							// What it held is still there, up to the smaller size.
							live.delete(block);
							live.set(moved, known as Live);
							scene.check(moved, step.bytes);
							live.delete(moved);
							if (moved !== block) scene.freed.push(block);
							scene.add(moved, step.bytes);
						});
						if (!done) scene.check(block);
						break;
					}
					case 'refree': {
						const block = scene.freed[step.pick % (scene.freed.length || 1)];
						if (block === undefined || live.has(block)) break;
						const before = heap.stats().blocks.count;
						// Its place may be a node's now, or inside a block of another size.
						expect(() => heap.deallocate(block)).toThrow(FluxError);
						expect(heap.stats().blocks.count).toBe(before);
						break;
					}
					case 'many':
						scene.attempt(() => {
							for (const block of heap.allocateMany(step.bytes, step.count)) scene.add(block, step.bytes);
						});
						break;
					case 'freeMany': {
						const all = [...live.keys()];
						const from = step.from % (all.length || 1);
						const some = all.slice(from, from + step.count);
						heap.deallocateMany(some);
						for (const block of some) scene.remove(block);
						break;
					}
					case 'nodes':
						// Pools draw on the same pages.
						scene.attempt(() => heap.pool('a', 6, false).reserve(step.count));
						break;
					case 'trim':
						heap.trim();
						expect(heap.stats().blocks.returnable).toBe(0);
						break;
					case 'reset':
						heap.reset();
						for (const block of [...live.keys()]) scene.remove(block);
						break;
				}
				if (index % 40 === 0) scene.checkAll();
			});
			scene.checkAll();
			for (const block of live.keys()) heap.deallocate(block);
			live.clear();
			heap.trim();
			scene.checkAll();
			heap.dispose();
			expect(heap.arena.stats().used).toBe(0);
			expect(heap.arena.faults()).toEqual([]);
			heap.arena.dispose();
		}),
		{ numRuns: runs(300) },
	);
});

test('scrambled frees and refills keep every block apart, over many rounds', () => {
	const heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
	let state = 1;
	const random = (below: number): number => {
		state = (Math.imul(state, 1664525) + 1013904223) | 0;
		return (state >>> 8) % below;
	};
	const sizes = [16, 24, 32, 48, 200, 1000];
	const blocks = new Int32Array(20_000);
	const owner = new Map<number, number>();
	for (let step = 0; step < runs(4_000_000); step++) {
		const at = random(blocks.length);
		if (blocks[at] !== 0) {
			if (heap.memory.i32[blocks[at]] !== at) throw new Error(`block ${blocks[at]} was overwritten`);
			owner.delete(blocks[at]);
			heap.deallocate(blocks[at]);
			blocks[at] = 0;
			if (random(8) !== 0) continue;
		}
		const block = heap.allocate(sizes[random(sizes.length)]);
		if (owner.has(block)) throw new Error(`block ${block} was handed out twice`);
		owner.set(block, at);
		heap.memory.i32[block] = at;
		blocks[at] = block;
	}
	heap.validate();
	expect(heap.stats().blocks.count).toBe(owner.size);
	heap.dispose();
});
