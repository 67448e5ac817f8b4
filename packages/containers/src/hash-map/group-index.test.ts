import { Arena, type Heap, Heap as HeapClass, OutOfMemoryError } from '@flux/core';
import fc from 'fast-check';
import { afterEach, describe, test } from 'vitest';
import { expect } from '../quick-expect.testing.js';
import { runs, soak, thrownBy } from '../soak.testing.js';
import { groupIndexClass } from './index-classes.js';

/** The index of a book's orders: nodes by ids of two words, eight neighbours a bucket. The nodes are places in a run of words. */

const KEY = 1;
const STRIDE = 4;
const BUCKET_WORDS = 10;
const GroupIndex = groupIndexClass(KEY, undefined);

const heaps: Heap[] = [];
afterEach(() => {
	for (const heap of heaps.splice(0)) heap.dispose();
});

/** An index, and nodes for it: `nodes` places in memory that hold an id each. */
class Fixture {
	readonly heap: Heap;
	readonly index: InstanceType<typeof GroupIndex>;
	readonly run: number;
	readonly model = new Map<bigint, number>();
	readonly free: number[] = [];
	/** Buckets that additions walked past. */
	walked = 0;
	#used = 0;
	#turn = 0;

	constructor(nodes: number, maxBytes = 2 ** 28) {
		this.heap = new HeapClass(new Arena({ maxBytes }));
		heaps.push(this.heap);
		this.run = this.heap.takeRun(Math.max(4096, nodes * STRIDE));
		this.index = new GroupIndex(this.heap);
	}

	add(id: bigint): void {
		const [low, high] = split(id);
		if (this.index.find(low, high) !== 0 || this.index.pull(low, high) !== 0) throw new Error(`${id} is there already`);
		this.index.prepare();
		const place = this.index.locate(low, high);
		if (place >= 0) throw new Error(`${id} has no place`);
		this.walked += this.#past(place, low, high);
		const node = this.free.pop() ?? this.run + this.#used++ * STRIDE;
		this.heap.memory.i32[node + KEY] = low;
		this.heap.memory.i32[node + KEY + 1] = high;
		// In one walk and in two, in turn.
		if (this.#turn++ % 2 === 0) this.index.add(low, high, node);
		else this.index.settle(place, low, high, node);
		if (this.index.locate(low, high) !== node) throw new Error(`${id} is not where it was put`);
		this.model.set(id, node);
	}

	#past(place: number, low: number, high: number): number {
		const { i32 } = this.heap.memory;
		const [table, shift, mask, seed, factor] = i32.subarray(this.index.header, this.index.header + 5);
		const at = (~place - table) / BUCKET_WORDS;
		return (at - this.index.placeOf(this.index.groupOf(low, high, seed, factor), shift)) & mask;
	}

	remove(id: bigint): void {
		const node = this.model.get(id);
		if (node === undefined) throw new Error('the test removes what it added');
		if (this.#turn++ % 2 === 0) this.index.remove(node);
		else if (this.index.pull(...split(id)) !== node) throw new Error(`${id} was not found`);
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

describe('an index by groups of eight ids', () => {
	test('finds nothing, and takes no table, before an id is added', () => {
		const { index, heap } = new Fixture(1);
		expect([index.find(1, 0), index.find(-1, 7), index.pull(3, 0), index.pull(8, 8)]).toEqual([0, 0, 0, 0]);
		expect([index.buckets, index.bytes, index.growing]).toEqual([0, 0, false]);
		expect(heap.stats().pools).toEqual([]);
	});

	test('tells ids apart that differ in one word, and in the first group', () => {
		const fixture = new Fixture(32);
		const ids = [1n, 2n, 7n, 8n, 1n << 32n, (1n << 32n) + 1n, -1n, (1n << 63n) - 1n, -(1n << 63n), 0xffffffffn];
		for (const id of ids) fixture.add(id);
		fixture.check();
		expect([fixture.find(3n), fixture.find(9n), fixture.find((1n << 32n) + 2n)]).toEqual([0, 0, 0]);
		for (const id of ids) fixture.remove(id);
		for (const id of ids) expect(fixture.find(id)).toBe(0);
		fixture.check();
	});

	/** Ids as exchanges, clocks and enemies hand them out. */
	const kinds: Record<string, fc.Arbitrary<bigint>> = {
		'ids in order': fc.integer({ min: 1, max: 3_000 }).map(BigInt),
		'few groups': fc.integer({ min: 1, max: 64 }).map(BigInt),
		'every 4096th id': fc.integer({ min: 1, max: 3_000 }).map((id) => BigInt(id) * 4096n),
		'ids of two exchanges': fc
			.tuple(fc.integer({ min: 1, max: 1_000 }), fc.boolean())
			.map(([id, other]) => BigInt(id) + (other ? 7n << 40n : 0n)),
		'any ids': fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }).filter((id) => id !== 0n),
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
		const fixture = new Fixture(120_000);
		let growing = 0;
		for (let id = 1; id <= 100_000; id++) {
			// Scattered, so that it grows far, and with neighbours that meet in both tables.
			fixture.add(BigInt(id * 3));
			if (!fixture.index.growing) continue;
			growing++;
			if (growing % 100 !== 0) continue;
			fixture.remove(BigInt(id * 3 - 300));
			expect(fixture.find(BigInt(id * 3 - 300))).toBe(0);
			expect(fixture.find(3n)).not.toBe(0);
			if (growing % 1_000 === 0) fixture.check();
		}
		expect(growing).toBeGreaterThan(5_000);
		fixture.check();
		fixture.index.clear();
		fixture.model.clear();
		fixture.check();
	});

	test('holds ids in order in 14 bytes each', () => {
		const fixture = new Fixture(200_000);
		// A random one goes for each that comes: in the end the old ones are few and far between.
		let state = 1;
		const live: bigint[] = [];
		for (let id = 1n; id <= 150_000n; id++) {
			fixture.add(id);
			live.push(id);
			if (live.length <= 20_000) continue;
			state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
			const at = (state >>> 8) % live.length;
			fixture.remove(live[at]);
			live[at] = live[live.length - 1];
			live.pop();
		}
		expect(fixture.index.growing).toBe(false);
		expect(fixture.index.bytes / live.length).toBeLessThan(34);
		const { i32 } = fixture.heap.memory;
		const groups = i32[fixture.index.header + 5];
		expect((groups * BUCKET_WORDS * 4) / live.length).toBeLessThan(14);
		fixture.check();
	});

	test('gives all its memory back', () => {
		const fixture = new Fixture(40_000);
		const before = fixture.heap.stats().arena.used;
		for (let id = 1; id < 40_000; id++) fixture.add(BigInt(id * 3));
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
			for (; added < 100_000; added++) fixture.add(BigInt(added + 1) * 8n);
		});
		expect(error).toBeInstanceOf(OutOfMemoryError);
		expect(fixture.model.size).toBe(added);
		expect(added).toBeGreaterThan(0.8 * fixture.index.buckets);
		fixture.check();
		fixture.remove(80n);
		fixture.add(8_000_000n);
		fixture.check();
	});

	test('reserves at once', () => {
		const fixture = new Fixture(20_000);
		fixture.add(7n);
		fixture.index.reserve(20_000);
		const { buckets } = fixture.index;
		for (let id = 8; id < 20_000; id++) fixture.add(BigInt(id));
		expect([fixture.index.buckets, fixture.index.growing]).toEqual([buckets, false]);
		fixture.index.reserve(10);
		expect(fixture.index.buckets).toBe(buckets);
		fixture.check();
	});
});

describe('hostile ids', () => {
	const COUNT = soak ? 400_000 : 40_000;
	/** The inverse of the multiplier modulo 2^32: products of it and small numbers fall on one place. */
	const INVERSE = (() => {
		let inverse = 1;
		for (let step = 0; step < 5; step++) inverse = Math.imul(inverse, 2 - Math.imul(0x9e3779b9, inverse));
		return inverse;
	})();
	/** The inverse of the factor of upper words. */
	const HIGH_INVERSE = (() => {
		let inverse = 1;
		for (let step = 0; step < 5; step++) inverse = Math.imul(inverse, 2 - Math.imul(0x85ebca6b, inverse));
		return inverse;
	})();
	const wordsToId = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low >>> 0);

	/** Adds ids, and returns how many buckets were walked past for each. Without its doubts, the index bears with them. */
	function walkedFor(fixture: Fixture, count: number, idAt: (count: number) => bigint, doubts = true): number {
		if (!doubts) fixture.index.doubt = () => {};
		for (let at = 1; fixture.model.size < count; at++) {
			const id = BigInt.asIntN(64, idAt(at));
			if (!fixture.model.has(id)) fixture.add(id);
		}
		return fixture.walked / count;
	}

	const hostile: [what: string, idAt: (count: number) => bigint][] = [
		// The sum is the inverse of the multiplier times a small number.
		['fall on one place', (count) => wordsToId(8, Math.imul(HIGH_INVERSE, Math.imul(INVERSE, count) - 1))],
		[
			'cancel in the sum of their words',
			(count) => wordsToId(Math.imul(count, 8), Math.imul(HIGH_INVERSE, -(Math.imul(count, 8) >>> 3))),
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
			expect(walkedFor(fixture, COUNT, idAt)).toBeLessThan(60);
			fixture.check();
		},
		60_000,
	);

	test('that are not hostile leave the places alone', () => {
		for (const idAt of [(n: number) => n, (n: number) => n * 10, (n: number) => n * 64, (n: number) => n * 1000]) {
			const fixture = new Fixture(COUNT);
			for (let count = 1; count <= COUNT; count++) fixture.add(BigInt(idAt(count)));
			expect(fixture.index.seeded).toBe(false);
			fixture.heap.dispose();
		}
	}, 60_000);
});
