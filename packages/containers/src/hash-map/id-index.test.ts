import type { Heap } from '@flux/core';
import { afterEach, describe, expect, test } from 'vitest';
import { soak } from '../soak.testing.js';
import { describeIndex, IndexFixture, KEY } from './index-cases.testing.js';
import { idIndexClass } from './index-classes.js';

/** The index that maps build on: a slot for each id, wherever there is one near its place. */

const IdIndex = idIndexClass(KEY, undefined);
type IdIndex = InstanceType<typeof IdIndex>;

const heaps: Heap[] = [];
afterEach(() => {
	for (const heap of heaps.splice(0)) heap.dispose();
});

class Fixture extends IndexFixture<IdIndex> {
	constructor(nodes: number, maxBytes?: number) {
		super(IdIndex, nodes, maxBytes);
		heaps.push(this.heap);
	}
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

describeIndex('an index by ids', {
	...{ Index: IdIndex, leastId: 0, sizeOf: (index: IdIndex) => index.slots, apart: 1n },
});

describe('an index by ids', () => {
	test('has a place for nearly each of many ids in order, at every size', () => {
		const { index } = new Fixture(1);
		for (let slots = 4_096; slots <= 2 ** 20; slots *= 2) {
			const places = new Set<number>();
			const count = index.growthAt(slots);
			for (let id = 1; id <= count; id++) places.add(index.placeOf(id, index.shiftOf(slots)));
			expect(places.size / count).toBeGreaterThan(0.95);
		}
	});

	test('is nearly full where there is no memory for a larger table', () => {
		const fixture = new Fixture(7_000, 2 ** 18);
		let added = 0;
		expect(() => {
			for (; added < 100_000; added++) fixture.add(BigInt(added));
		}).toThrow('bytes were asked');
		expect(fixture.index.count).toBe(added);
		expect(added).toBeGreaterThan(0.7 * fixture.index.slots);
	});

	test('shrinks', () => {
		const fixture = new Fixture(20_000);
		for (let id = 0; id < 20_000; id++) fixture.add(BigInt(id));
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
