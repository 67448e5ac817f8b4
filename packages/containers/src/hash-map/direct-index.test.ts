import type { Heap } from '@flux/core';
import { afterEach, describe, expect, test } from 'vitest';
import { soak } from '../soak.testing.js';
import { describeIndex, IndexFixture, KEY } from './index-cases.testing.js';
import { directIndexClass } from './index-classes.js';

/** The index of a book's orders: a slot for each id by its lowest bits. */

const DirectIndex = directIndexClass(KEY, undefined);
type DirectIndex = InstanceType<typeof DirectIndex>;

const heaps: Heap[] = [];
afterEach(() => {
	for (const heap of heaps.splice(0)) heap.dispose();
});

class Fixture extends IndexFixture<DirectIndex> {
	constructor(nodes: number) {
		super(DirectIndex, nodes);
		heaps.push(this.heap);
	}
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

describeIndex('an index by slots', {
	...{ Index: DirectIndex, leastId: 1, sizeOf: (index: DirectIndex) => index.bytes, apart: 64n },
});

describe('an index by slots', () => {
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

	test('finds nothing after its end', () => {
		const { index } = new Fixture(1);
		index.prepare();
		index.dispose();
		expect([index.find(1, 0), index.find(-1, 7), index.pull(3, 0), index.pull(8, 8)]).toEqual([0, 0, 0, 0]);
	});
});
