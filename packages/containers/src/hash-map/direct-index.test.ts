import { Arena, type Heap, Heap as HeapClass, OutOfMemoryError } from '@flux/core';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { runs, soak, thrownBy } from '../soak.testing.js';
import { directIndexClass } from './index-classes.js';

/** The index of a book's orders: nodes by ids of two words, a slot for each by its lowest bits. */

const KEY = 1;
const STRIDE = 4;
const DirectIndex = directIndexClass(KEY, undefined);

const heaps: Heap[] = [];
afterEach(() => {
	for (const heap of heaps.splice(0)) heap.dispose();
});

/** An index, and nodes for it: `nodes` places in memory that hold an id each. */
class Fixture {
	readonly heap: Heap;
	readonly index: InstanceType<typeof DirectIndex>;
	readonly run: number;
	readonly model = new Map<bigint, number>();
	readonly free: number[] = [];
	#used = 0;
	#turn = 0;

	constructor(nodes: number, maxBytes = 2 ** 28) {
		this.heap = new HeapClass(new Arena({ maxBytes }));
		heaps.push(this.heap);
		this.run = this.heap.takeRun(Math.max(4096, nodes * STRIDE));
		this.index = new DirectIndex(this.heap);
	}

	add(id: bigint): void {
		const [low, high] = split(id);
		if (this.index.find(low, high) !== 0 || this.index.pull(low, high) !== 0) throw new Error(`${id} is there already`);
		this.index.prepare();
		const place = this.index.locate(low, high);
		if (place >= 0) throw new Error(`${id} has no place`);
		const node = this.free.pop() ?? this.run + this.#used++ * STRIDE;
		this.heap.memory.i32[node + KEY] = low;
		this.heap.memory.i32[node + KEY + 1] = high;
		if (this.#turn++ % 2 === 0) this.index.add(low, high, node);
		else this.index.settle(place, low, high, node);
		if (this.index.locate(low, high) !== node) throw new Error(`${id} is not where it was put`);
		this.model.set(id, node);
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

/** A book's ids: in order, and a random one goes for each that comes. Returns the share that clashed at the end. */
function play(fixture: Fixture, live: number, ids: number): number {
	let state = 1;
	const there: bigint[] = [];
	for (let id = 1n; id <= ids; id++) {
		fixture.add(id);
		there.push(id);
		if (there.length <= live) continue;
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
		const at = (state >>> 8) % there.length;
		fixture.remove(there[at]);
		there[at] = there[there.length - 1];
		there.pop();
	}
	const { i32 } = fixture.heap.memory;
	const { header } = fixture.index;
	let inSlots = 0;
	for (let slot = 0; slot < fixture.index.slots; slot++)
		if ((i32[i32[header + 16] + slot] & 0x3fffffff) !== 0) inSlots++;
	return 1 - inSlots / there.length;
}

describe('an index by slots', () => {
	test('finds nothing before an id is added, and after its end', () => {
		const { index } = new Fixture(1);
		const asked = () => [index.find(1, 0), index.find(-1, 7), index.pull(3, 0), index.pull(8, 8)];
		expect(asked()).toEqual([0, 0, 0, 0]);
		expect([index.slots, index.bytes, index.growing]).toEqual([0, 0, false]);
		index.dispose();
		expect(asked()).toEqual([0, 0, 0, 0]);
	});

	test('tells ids apart that share a slot, in any number, and forgets them in any order', () => {
		const fixture = new Fixture(32);
		const ids = [5n, (1n << 20n) + 5n, (1n << 32n) + 5n, (1n << 63n) + 5n, (1n << 40n) + 5n, -1n, 0xffffffffn].map(
			(id) => BigInt.asIntN(64, id),
		);
		for (const order of [ids, ids.toReversed(), [...ids.slice(3), ...ids.slice(0, 3)]]) {
			for (const id of ids) fixture.add(id);
			fixture.check();
			expect(fixture.find((1n << 21n) + 5n)).toBe(0);
			for (const id of order) {
				fixture.remove(id);
				fixture.check();
			}
		}
	});

	/** Ids as exchanges, clocks and enemies hand them out. */
	const kinds: Record<string, fc.Arbitrary<bigint>> = {
		'ids in order': fc.integer({ min: 1, max: 3_000 }).map(BigInt),
		'few slots': fc.integer({ min: 1, max: 64 }).map((id) => BigInt(id % 4) + (BigInt(id) << 33n)),
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
			fixture.add(BigInt(id * 3));
			// And some that clash meanwhile.
			if (id % 5 === 0) fixture.add((BigInt(id * 3) << 33n) + BigInt(id * 3));
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
		fixture.add(1n);
		fixture.check();
	});

	test('few ids in order clash, and a slot costs 4 bytes', () => {
		const fixture = new Fixture(200_000);
		expect(play(fixture, 20_000, 400_000)).toBeLessThan(0.05);
		expect(fixture.index.slots).toBeLessThanOrEqual(8 * 20_000);
		expect(fixture.index.growing).toBe(false);
		expect(fixture.index.bytes / fixture.model.size).toBeLessThan(40);
		fixture.check();
	});

	test('no number of calls makes slots look for what is gone', () => {
		const fixture = new Fixture(1_000);
		play(fixture, 400, soak ? 1_000_000 : 200_000);
		for (const id of [...fixture.model.keys()]) fixture.remove(id);
		const { i32 } = fixture.heap.memory;
		const table = i32[fixture.index.header + 16];
		let left = 0;
		for (let slot = 0; slot < fixture.index.slots; slot++) if (i32[table + slot] !== 0) left++;
		expect(left).toBe(0);
	});

	test('ids that clash on purpose get no longer table', () => {
		const fixture = new Fixture(50_000);
		for (let id = 1n; id <= 40_000n; id++) fixture.add(id << 20n);
		expect(fixture.index.slots).toBeLessThanOrEqual(256);
		fixture.check();
	});

	test('reserves at once', () => {
		const fixture = new Fixture(20_000);
		fixture.add(7n);
		fixture.index.reserve(20_000);
		const { bytes } = fixture.index;
		for (let id = 8; id < 20_000; id++) fixture.add(BigInt(id));
		expect([fixture.index.bytes, fixture.index.growing]).toEqual([bytes, false]);
		fixture.index.reserve(10);
		expect(fixture.index.bytes).toBe(bytes);
		fixture.check();
	});

	test('gives all its memory back', () => {
		const fixture = new Fixture(200_000);
		const before = fixture.heap.stats().arena.used;
		// In the middle of growth.
		for (let id = 1; id < 60_000 || (!fixture.index.growing && id < 200_000); id++) fixture.add(BigInt(id));
		expect(fixture.index.growing).toBe(true);
		expect(fixture.heap.stats().arena.used).toBeGreaterThan(before);
		fixture.index.dispose();
		fixture.index.dispose();
		fixture.heap.trim();
		// The header as well, which was there before.
		expect(fixture.heap.stats().arena.used).toBeLessThanOrEqual(before);
		expect(fixture.heap.faults()).toEqual([]);
	});

	test('goes on without a longer table, and says when it is full', () => {
		const fixture = new Fixture(20_000, 2 ** 19);
		let added = 0;
		const error = thrownBy(() => {
			for (; added < 1_000_000; added++) fixture.add(BigInt(added + 1) * 64n);
		});
		expect(error).toBeInstanceOf(OutOfMemoryError);
		expect(fixture.model.size).toBe(added);
		fixture.check();
		for (const id of [...fixture.model.keys()].slice(0, added / 2)) fixture.remove(id);
		fixture.add(8_000_000n);
		fixture.check();
	});
});
