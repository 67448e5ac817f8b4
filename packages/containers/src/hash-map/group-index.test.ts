import type { Heap } from '@flux/core';
import { afterEach, describe, expect, test } from 'vitest';
import { soak } from '../soak.testing.js';
import { describeIndex, IndexFixture, KEY } from './index-cases.testing.js';
import { groupIndexClass } from './index-classes.js';

/** The index below that of a book's orders: eight neighbouring ids a bucket. */

const BUCKET_WORDS = 10;
const GroupIndex = groupIndexClass(KEY, undefined);
type GroupIndex = InstanceType<typeof GroupIndex>;

const heaps: Heap[] = [];
afterEach(() => {
	for (const heap of heaps.splice(0)) heap.dispose();
});

/** An index, and the buckets that additions walked past. */
class Fixture extends IndexFixture<GroupIndex> {
	walked = 0;

	constructor(nodes: number, maxBytes?: number) {
		super(GroupIndex, nodes, maxBytes);
		heaps.push(this.heap);
		this.onPlace = (place, low, high) => {
			const { i32 } = this.heap.memory;
			const [table, shift, mask, seed, factor] = i32.subarray(this.index.header, this.index.header + 5);
			const at = (~place - table) / BUCKET_WORDS;
			this.walked += (at - this.index.placeOf(this.index.groupOf(low, high, seed, factor), shift)) & mask;
		};
	}
}

describeIndex('an index by groups of eight ids', {
	...{ Index: GroupIndex, leastId: 1, sizeOf: (index: GroupIndex) => index.buckets, apart: 64n },
});

describe('an index by groups of eight ids', () => {
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

	test('is nearly full where there is no memory for a larger table', () => {
		const fixture = new Fixture(7_000, 2 ** 18);
		let added = 0;
		expect(() => {
			for (; added < 100_000; added++) fixture.add(BigInt(added + 1) * 8n);
		}).toThrow('bytes were asked');
		expect(added).toBeGreaterThan(0.8 * fixture.index.buckets);
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
