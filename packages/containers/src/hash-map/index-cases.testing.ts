import { Arena, Heap, OutOfMemoryError } from '@flux/core';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { expect } from '../quick-expect.testing.js';
import { runs, thrownBy } from '../soak.testing.js';

/** What every index of nodes by ids of two words must do, whatever its table is. The nodes are places in a run of words here. */

/** Words from the beginning of a node to its id. */
export const KEY = 1;
const STRIDE = 4;

/** What the cases ask of an index. */
export interface TestedIndex {
	readonly header: number;
	readonly bytes: number;
	readonly growing: boolean;
	find(low: number, high: number): number;
	prepare(): void;
	add(low: number, high: number, node: number): void;
	remove(node: number): void;
	reserve(nodes: number): void;
	clear(): void;
	dispose(): void;
	faults(nodes: Set<number>): string[];
	/** In two steps, where the index has them. */
	locate?(low: number, high: number): number;
	settle?(place: number, low: number, high: number, node: number): void;
	pull?(low: number, high: number): number;
}

/** The words of an id. */
export function split(id: bigint): [low: number, high: number] {
	return [Number(BigInt.asIntN(32, id)), Number(BigInt.asIntN(32, id >> 32n))];
}

/** An index, nodes for it in memory of their own, and the Map that it is compared with. */
export class IndexFixture<I extends TestedIndex> {
	readonly heap: Heap;
	readonly index: I;
	readonly model = new Map<bigint, number>();
	/** Hears of the place that an id is about to get, where the index tells of it. */
	onPlace: ((place: number, low: number, high: number) => void) | undefined;
	readonly #run: number;
	readonly #free: number[] = [];
	#used = 0;
	#turn = 0;

	/** Room for so many nodes. */
	constructor(Index: new (heap: Heap) => I, nodes: number, maxBytes = 2 ** 28) {
		this.heap = new Heap(new Arena({ maxBytes }));
		this.#run = this.heap.takeRun(Math.max(4096, nodes * STRIDE));
		this.index = new Index(this.heap);
	}

	/** Adds an id, in one step or in two. */
	add(id: bigint): void {
		const { index } = this;
		const [low, high] = split(id);
		if (index.find(low, high) !== 0 || (index.pull?.(low, high) ?? 0) !== 0) throw new Error(`${id} is there already`);
		index.prepare();
		const place = index.locate?.(low, high) ?? -1;
		if (place >= 0) throw new Error(`${id} has no place`);
		this.onPlace?.(place, low, high);
		const node = this.#free.pop() ?? this.#run + this.#used++ * STRIDE;
		this.heap.memory.i32[node + KEY] = low;
		this.heap.memory.i32[node + KEY + 1] = high;
		if (index.settle !== undefined && this.#turn++ % 2 === 1) index.settle(place, low, high, node);
		else index.add(low, high, node);
		if (index.find(low, high) !== node) throw new Error(`${id} is not where it was put`);
		if (index.locate !== undefined && index.locate(low, high) !== node) throw new Error(`${id} is not located`);
		this.model.set(id, node);
	}

	/** Removes an id, by its node or by itself. */
	remove(id: bigint): void {
		const node = this.model.get(id);
		if (node === undefined) throw new Error('the test removes what it added');
		if (this.index.pull === undefined || this.#turn++ % 2 === 0) this.index.remove(node);
		else if (this.index.pull(...split(id)) !== node) throw new Error(`${id} was not found`);
		this.model.delete(id);
		this.#free.push(node);
	}

	find(id: bigint): number {
		return this.index.find(...split(id));
	}

	check(): void {
		const nodes = new Set<number>();
		expect(this.index.faults(nodes)).toEqual([]);
		expect(nodes).toEqual(new Set(this.model.values()));
		for (const [id, node] of this.model) if (this.find(id) !== node) throw new Error(`${id} is not found`);
		expect(this.heap.faults()).toEqual([]);
	}

	dispose(): void {
		this.heap.dispose();
	}
}

/** Ids as exchanges, clocks and enemies hand them out. 0 is among them where the index takes it. */
const KINDS: Record<string, (least: number) => fc.Arbitrary<bigint>> = {
	'ids in order': (least) => fc.integer({ min: least, max: 3_000 }).map(BigInt),
	'few groups of ids': (least) => fc.integer({ min: least, max: 64 }).map(BigInt),
	'ids that share their lowest bits': () =>
		fc.integer({ min: 1, max: 64 }).map((id) => BigInt(id % 4) + (BigInt(id) << 33n)),
	'every 4096th id': (least) => fc.integer({ min: least, max: 3_000 }).map((id) => BigInt(id) * 4096n),
	'ids of two exchanges': (least) =>
		fc
			.tuple(fc.integer({ min: least, max: 1_000 }), fc.boolean())
			.map(([id, other]) => BigInt(id) + (other ? 7n << 40n : 0n)),
	'any ids': (least) =>
		fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }).filter((id) => least === 0 || id !== 0n),
};

/** What differs from index to index. */
export interface IndexCase<I extends TestedIndex> {
	readonly Index: new (heap: Heap) => I;
	/** The least id that it takes: 0 or 1. */
	readonly leastId: 0 | 1;
	/** What it says of the size of its table, in whatever unit. */
	readonly sizeOf: (index: I) => number;
	/** Ids that fill a small arena, each as far from the others as it must be to need room of its own. */
	readonly apart: bigint;
}

/** The cases. */
export function describeIndex<I extends TestedIndex>(
	what: string,
	{ Index, leastId, sizeOf, apart }: IndexCase<I>,
): void {
	const made: IndexFixture<I>[] = [];
	const fixture = (nodes: number, maxBytes?: number): IndexFixture<I> => {
		for (const before of made.splice(0)) before.dispose();
		const fresh = new IndexFixture(Index, nodes, maxBytes);
		made.push(fresh);
		return fresh;
	};

	describe(`${what}, as every index of ids`, () => {
		test('finds nothing, and takes no memory for a table, before an id is added', () => {
			const { index } = fixture(1);
			for (const id of [1n, 3n, -1n, 7n << 32n])
				expect([index.find(...split(id)), index.pull?.(...split(id)) ?? 0]).toEqual([0, 0]);
			expect([sizeOf(index), index.bytes, index.growing]).toEqual([0, 0, false]);
		});

		test('tells ids apart that differ in one word, and forgets them in any order', () => {
			const tested = fixture(32);
			const one = 1n << 32n;
			const ids = [BigInt(leastId), 2n, 7n, 8n, one, one + 1n, -1n, (1n << 63n) - 1n, -(1n << 63n), 0xffffffffn];
			for (const order of [ids, ids.toReversed(), [...ids.slice(3), ...ids.slice(0, 3)]]) {
				for (const id of ids) tested.add(id);
				tested.check();
				expect([tested.find(3n), tested.find(9n), tested.find(one + 2n)]).toEqual([0, 0, 0]);
				for (const id of order) {
					tested.remove(id);
					expect(tested.find(id)).toBe(0);
					tested.check();
				}
			}
		});

		test.each(Object.entries(KINDS))('holds %s as a Map does, through growth', (_, idsFrom) => {
			const stepArb = fc.tuple(idsFrom(leastId), fc.nat(9));
			fc.assert(
				fc.property(fc.array(stepArb, { minLength: 1, maxLength: 3_000, size: 'max' }), (steps) => {
					const tested = fixture(3_000);
					steps.forEach(([id, what], step) => {
						const known = tested.model.get(id);
						if (tested.find(id) !== (known ?? 0)) throw new Error(`${id} is found at ${tested.find(id)}, not ${known}`);
						if (known === undefined) tested.add(id);
						else if (what < 5) tested.remove(id);
						if (step % 700 === 0) tested.check();
					});
					tested.check();
					tested.index.dispose();
				}),
				{ numRuns: runs(100) },
			);
		});

		test('grows a little with each insertion, and erases and finds in between', () => {
			const tested = fixture(120_000);
			let growing = 0;
			for (let id = 1; id <= 100_000; id++) {
				// Scattered, so that it grows far, and with neighbours that meet in both tables; some clash in their lowest bits.
				tested.add(BigInt(id * 3));
				if (id % 5 === 0) tested.add((BigInt(id * 3) << 33n) + BigInt(id * 3));
				if (!tested.index.growing) continue;
				growing++;
				if (growing % 100 !== 0) continue;
				tested.remove(BigInt(id * 3 - 300));
				expect(tested.find(BigInt(id * 3 - 300))).toBe(0);
				expect(tested.find(3n)).not.toBe(0);
				if (growing % 1_000 === 0) tested.check();
			}
			expect(growing).toBeGreaterThan(5_000);
			tested.check();
			tested.index.clear();
			tested.model.clear();
			tested.check();
			tested.add(1n);
			tested.check();
		});

		test('reserves at once', () => {
			const tested = fixture(20_000);
			tested.add(7n);
			tested.index.reserve(20_000);
			const size = sizeOf(tested.index);
			for (let id = 8; id < 20_000; id++) tested.add(BigInt(id));
			expect([sizeOf(tested.index), tested.index.growing]).toEqual([size, false]);
			tested.index.reserve(10);
			expect(sizeOf(tested.index)).toBe(size);
			tested.check();
		});

		test('gives all its memory back, in the middle of growth too', () => {
			const tested = fixture(200_000);
			const { index, heap } = tested;
			const before = heap.stats().arena.used;
			for (let id = 1; id < 60_000 || (!index.growing && id < 200_000); id++) tested.add(BigInt(id * 3));
			expect(index.growing).toBe(true);
			expect(heap.stats().arena.used).toBeGreaterThan(before);
			index.dispose();
			index.dispose();
			heap.trim();
			// A header that was there before may be gone as well.
			expect(heap.stats().arena.used).toBeLessThanOrEqual(before);
			expect(tested.find(3n)).toBe(0);
			expect(heap.faults()).toEqual([]);
		});

		test('goes on without a larger table, and says when it is full', () => {
			const tested = fixture(20_000, 2 ** 19);
			let added = 0;
			const error = thrownBy(() => {
				for (; added < 1_000_000; added++) tested.add(BigInt(added + 1) * apart);
			});
			expect(error).toBeInstanceOf(OutOfMemoryError);
			expect(tested.model.size).toBe(added);
			tested.check();
			for (const id of [...tested.model.keys()].slice(0, added / 2)) tested.remove(id);
			tested.add(8_000_000n);
			tested.check();
		});
	});
}
