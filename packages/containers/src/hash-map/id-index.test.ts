import { Arena, type Heap, Heap as HeapClass, OutOfMemoryError } from '@flux/core';
import fc from 'fast-check';
import { afterEach, describe, test } from 'vitest';
import { expect } from '../quick-expect.testing.js';
import { runs, soak, thrownBy } from '../soak.testing.js';
import { idIndexClass } from './index-classes.js';

/** The index that maps build on: nodes by ids of two words. The nodes are places in a run of words here. */

const KEY = 1;
const STRIDE = 4;
const IdIndex = idIndexClass(KEY, undefined);

const heaps: Heap[] = [];
afterEach(() => {
	for (const heap of heaps.splice(0)) heap.dispose();
});

/** An index, and nodes for it: `nodes` places in memory that hold an id each. */
class Fixture {
	readonly heap: Heap;
	readonly index: InstanceType<typeof IdIndex>;
	readonly run: number;
	readonly words: number;
	readonly model = new Map<bigint, number>();
	readonly free: number[] = [];
	#used = 0;

	constructor(nodes: number, maxBytes = 2 ** 28) {
		this.heap = new HeapClass(new Arena({ maxBytes }));
		heaps.push(this.heap);
		this.words = Math.max(4096, nodes * STRIDE);
		this.run = this.heap.takeRun(this.words);
		this.index = new IdIndex(this.heap);
	}

	add(id: bigint): void {
		const [low, high] = split(id);
		if (this.index.find(low, high) !== 0) throw new Error(`${id} is there already`);
		this.index.prepare();
		const node = this.free.pop() ?? this.run + this.#used++ * STRIDE;
		this.heap.memory.i32[node + KEY] = low;
		this.heap.memory.i32[node + KEY + 1] = high;
		this.index.add(low, high, node);
		if (this.index.find(low, high) !== node) throw new Error(`${id} is not where it was put`);
		this.model.set(id, node);
	}

	remove(id: bigint): void {
		const node = this.model.get(id);
		if (node === undefined) throw new Error('the test removes what it added');
		this.index.remove(node);
		this.model.delete(id);
		this.free.push(node);
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
}

function split(id: bigint): [low: number, high: number] {
	return [Number(BigInt.asIntN(32, id)), Number(BigInt.asIntN(32, id >> 32n))];
}

/** Slots that a look-up passes, counted in the table itself, not by the clock. */
function longest(fixture: Fixture): number {
	let most = 0;
	const { index } = fixture;
	const { i32 } = fixture.heap.memory;
	const h = index.header;
	const [table, shift, mask, seed, factor] = [i32[h], i32[h + 1], i32[h + 2], i32[h + 3], i32[h + 4]];
	for (let at = 0; at <= mask; at++) {
		const node = i32[table + at * 2 + 1];
		if (node > 0) most = Math.max(most, (at - index.placeOf(index.foldOf(node, seed, factor), shift)) & mask);
	}
	return most;
}

describe('an index by ids', () => {
	test('finds nothing, and takes no table, before an id is added', () => {
		const { index, heap } = new Fixture(1);
		expect(index.find(0, 0)).toBe(0);
		expect(index.find(-1, 7)).toBe(0);
		expect([index.count, index.slots, index.bytes]).toEqual([0, 0, 0]);
		expect(heap.stats().pools).toEqual([]);
	});

	test('tells ids apart that differ in one word', () => {
		const fixture = new Fixture(16);
		const ids = [0n, 1n, 1n << 32n, (1n << 32n) + 1n, -1n, (1n << 63n) - 1n, -(1n << 63n), 0xffffffffn];
		for (const id of ids) fixture.add(id);
		fixture.check();
		expect(fixture.find(2n)).toBe(0);
		for (const id of ids) fixture.remove(id);
		for (const id of ids) expect(fixture.find(id)).toBe(0);
		fixture.check();
	});

	/** Ids as exchanges, clocks and enemies hand them out. */
	const kinds: Record<string, fc.Arbitrary<bigint>> = {
		'ids in order': fc.integer({ min: 0, max: 3_000 }).map(BigInt),
		'every 4096th id': fc.integer({ min: 0, max: 3_000 }).map((id) => BigInt(id) * 4096n),
		'ids of two exchanges': fc
			.tuple(fc.integer({ min: 0, max: 1_000 }), fc.boolean())
			.map(([id, other]) => BigInt(id) + (other ? 7n << 40n : 0n)),
		'any ids': fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
	};

	test.each(Object.entries(kinds))('holds %s as a Map does, through growth', (_, ids) => {
		fc.assert(
			fc.property(fc.array(fc.tuple(ids, fc.nat(9)), { minLength: 1, maxLength: 3_000, size: 'max' }), (steps) => {
				const fixture = new Fixture(3_000);
				steps.forEach(([id, what], step) => {
					const known = fixture.model.get(id);
					if (fixture.find(id) !== (known ?? 0)) throw new Error(`${id} is found at ${fixture.find(id)}, not ${known}`);
					if (known === undefined) fixture.add(id);
					else if (what < 5) fixture.remove(id);
					if (step % 700 === 0) fixture.check();
				});
				fixture.check();
				fixture.index.dispose();
				fixture.heap.dispose();
			}),
			{ numRuns: runs(100) },
		);
	});

	test('grows a little with each insertion, and erases and finds in between', () => {
		const fixture = new Fixture(60_000);
		let growing = 0;
		for (let id = 0; id < 50_000; id++) {
			fixture.add(BigInt(id));
			if (!fixture.index.growing) continue;
			growing++;
			if (growing % 300 !== 0) continue;
			fixture.remove(BigInt(id - 90));
			expect(fixture.find(BigInt(id - 90))).toBe(0);
			expect(fixture.find(0n)).not.toBe(0);
			if (growing % 3_000 === 0) fixture.check();
		}
		expect(growing).toBeGreaterThan(5_000);
		fixture.check();
		fixture.index.clear();
		fixture.model.clear();
		fixture.check();
	});

	test('has a place for nearly each of many ids in order, at every size', () => {
		const { index } = new Fixture(1);
		for (let slots = 4_096; slots <= 2 ** 20; slots *= 2) {
			const places = new Set<number>();
			const count = index.growthAt(slots);
			for (let id = 1; id <= count; id++) places.add(index.placeOf(id, index.shiftOf(slots)));
			expect(places.size / count).toBeGreaterThan(0.95);
		}
	});

	test('gives all its memory back', () => {
		const fixture = new Fixture(40_000);
		const before = fixture.heap.stats().arena.used;
		for (let id = 0; id < 40_000; id++) fixture.add(BigInt(id * 3));
		expect(fixture.heap.stats().arena.used).toBeGreaterThan(before);
		fixture.index.dispose();
		fixture.index.dispose();
		fixture.heap.trim();
		expect(fixture.heap.stats().arena.used).toBe(before);
		expect(fixture.find(3n)).toBe(0);
		expect(fixture.heap.faults()).toEqual([]);
	});

	test('goes on without a larger table, and says when it is full', () => {
		const fixture = new Fixture(7_000, 2 ** 18);
		let added = 0;
		const error = thrownBy(() => {
			for (; added < 100_000; added++) fixture.add(BigInt(added));
		});
		expect(error).toBeInstanceOf(OutOfMemoryError);
		expect(fixture.index.count).toBe(added);
		expect(added).toBeGreaterThan(0.7 * fixture.index.slots);
		fixture.check();
		fixture.remove(5n);
		fixture.add(1_000_000n);
		fixture.check();
	});

	test('reserves at once, and shrinks', () => {
		const fixture = new Fixture(20_000);
		fixture.index.reserve(20_000);
		const { slots } = fixture.index;
		for (let id = 0; id < 20_000; id++) fixture.add(BigInt(id));
		expect(fixture.index.slots).toBe(slots);
		expect(fixture.index.growing).toBe(false);
		for (let id = 100; id < 20_000; id++) fixture.remove(BigInt(id));
		fixture.index.shrink();
		expect(fixture.index.slots).toBeLessThan(600);
		fixture.check();
	});
});

describe('hostile ids', () => {
	const COUNT = soak ? 400_000 : 60_000;
	/** The inverse of the multiplier modulo 2^32: products of it and small numbers fall on one line. */
	const INVERSE = (() => {
		let inverse = 1;
		for (let step = 0; step < 5; step++) inverse = Math.imul(inverse, 2 - Math.imul(0x9e3779b9, inverse));
		return inverse;
	})();
	const onOneLine = (count: number): bigint =>
		// The line's number is the high bits of golden times the fold's 29 bits: small products have none.
		(BigInt(Math.imul(INVERSE, count) >>> 3) << 3n) | BigInt(count & 7);

	/** Adds ids, and returns how many slots were walked past for each. Without its doubts, the index bears with them. */
	function walkedFor(fixture: Fixture, count: number, idAt: (count: number) => bigint, doubts = true): number {
		const { index } = fixture;
		const { store } = index;
		let walked = 0;
		index.store = function (fold: number, node: number): number {
			const past = store.call(this, fold, node);
			walked += past;
			return past;
		};
		if (!doubts) index.doubt = () => {};
		for (let at = 1; fixture.model.size < count; at++) {
			const id = BigInt.asIntN(64, idAt(at));
			if (!fixture.model.has(id)) fixture.add(id);
		}
		return walked / count;
	}

	const hostile: [what: string, idAt: (count: number) => bigint][] = [
		['fall on one line', (count) => BigInt(Math.imul(INVERSE, count) >>> 0) * 8n],
		['fall on one line and fill it', onOneLine],
		[
			'cancel in the sum of their words',
			(count) => (BigInt(count) << 32n) | BigInt(Math.imul(0x7a143595, count) >>> 0),
		],
	];
	const regular: [what: string, idAt: (count: number) => bigint][] = [
		['are multiples of 2^20', (count) => BigInt(count) << 20n],
		['are multiples of 2^44', (count) => BigInt(count) << 44n],
		['differ in their highest bits', (count) => BigInt(count) * 0x8000_0001_0000_0000n],
	];

	test.each(hostile)('that %s would take time that grows with the square', (_, idAt) => {
		const few = walkedFor(new Fixture(2_000), 2_000, idAt, false);
		const more = walkedFor(new Fixture(4_000), 4_000, idAt, false);
		expect(more).toBeGreaterThan(30);
		expect(more / few).toBeGreaterThan(1.5);
	});

	test.each([...hostile, ...regular])(
		'that %s do not slow the index down for long',
		(_, idAt) => {
			const fixture = new Fixture(COUNT);
			// Each node is stored once, and again for each doubling and each change of folds: a few slots each time.
			expect(walkedFor(fixture, COUNT, idAt)).toBeLessThan(60);
			fixture.index.finish();
			fixture.check();
			expect(longest(fixture)).toBeLessThan(600);
		},
		60_000,
	);

	test('that are not hostile leave the folds alone', () => {
		for (const idAt of [(n: number) => n, (n: number) => n * 10, (n: number) => n * 64, (n: number) => n * 1000]) {
			const fixture = new Fixture(COUNT);
			for (let count = 0; count < COUNT; count++) fixture.add(BigInt(idAt(count)));
			expect(fixture.index.seeded).toBe(false);
			fixture.heap.dispose();
		}
	}, 60_000);
});
