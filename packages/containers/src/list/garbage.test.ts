import { Arena, f64, Heap, i32, internals, struct } from '@flux/core';
import { afterAll, describe, expect, test } from 'vitest';
import { allocatedBy, leastAllocatedBy } from '../garbage.testing.js';
import { soak } from '../soak.testing.js';
import { FluxList, type FluxNode } from './list.js';

/**
 * Ten million calls leave no garbage: what is sampled of everything that was allocated, collected or not, stays under
 * 0.1 bytes per call. A tenth of them in `npm test`.
 */

const CALLS = soak ? 10_000_000 : 1_000_000;
const LIVE = 10_000;
const MOST = 0.1;

const Item = struct({ id: i32, price: f64 });
type Node = FluxNode<typeof Item>;

const heap = new Heap(new Arena({ maxBytes: 2 ** 26 }));
afterAll(() => heap.dispose());

const makeList = () => {
	const list = new FluxList(Item, { heap });
	for (let id = 0; id < LIVE; id++) list.emplaceBack(id, id / 2);
	return list;
};

/** Each makes `calls` calls. */
const loads: Record<string, (list: FluxList<typeof Item>, calls: number) => void> = {
	'FIFO churn by position'(list, calls) {
		for (let call = 0; call < calls; call += 2) {
			list.emplaceBack(call, 0.5);
			list.popFront();
		}
	},
	'FIFO churn by object'(list, calls) {
		for (let call = 0; call < calls; call += 2) {
			list.pushBack({ id: call, price: call / 3 });
			list.popFront();
		}
	},
	'erasing and inserting'(list, calls) {
		let node = list.first as Node;
		for (let call = 0; call < calls; call += 2) {
			const next = list.erase(node);
			list.emplace(next, call, 0.25);
			node = (next === 0 ? list.first : next) as Node;
		}
	},
	'moving to the back, as an LRU cache does'(list, calls) {
		for (let call = 0; call < calls; call++) list.splice(0, list, list.first as Node);
	},
	'asking for a node that is gone'(list, calls) {
		const gone = list.first as Node;
		list.popFront();
		let found = 0;
		for (let call = 0; call < calls; call++) if (list.has(gone)) found++;
		if (found > 0) throw new Error('never');
	},
	'walking by views'(list, calls) {
		let sum = 0;
		for (let walked = 0; walked < calls; walked += LIVE) for (const view of list.views()) sum += view.price;
		if (sum < 0) throw new Error('never');
	},
	'walking by nodes and one view'(list, calls) {
		const view = list.at(list.first as Node);
		for (let walked = 0; walked < calls; walked += LIVE) {
			for (let node = list.first; node !== 0; node = list.next(node)) list.at(node, view).id ^= 1;
		}
	},
	reducing(list, calls) {
		let sum = 0;
		for (let walked = 0; walked < calls; walked += LIVE) sum += list.reduce((all, view) => all + view.id, 0);
		if (sum < 0) throw new Error('never');
	},
	'filling and clearing'(list, calls) {
		for (let call = 0; call < calls; call += LIVE) {
			list.clear();
			for (let id = 0; id < LIVE; id++) list.emplaceBack(id, 0.5);
		}
	},
};

describe.runIf(internals.canEvaluate)(`${CALLS.toLocaleString('en')} calls`, () => {
	test.each(Object.entries(loads))('of %s leave under 0.1 bytes each', { timeout: 120_000 }, (_, load) => {
		const list = makeList();
		const least = leastAllocatedBy((calls) => load(list, calls), CALLS, MOST);
		expect(least.bytes / CALLS, least.most).toBeLessThan(MOST);
		list.validate();
		list.dispose();
	});

	test('that do leave garbage are seen to', () => {
		const list = makeList();
		let kept: unknown;
		const { bytes } = allocatedBy(() => {
			for (let call = 0; call < 100_000; call++) kept = list.front;
		});
		expect(kept).toEqual({ id: 0, price: 0 });
		expect(bytes / 100_000).toBeGreaterThan(10);
		list.dispose();
	});
});

test.runIf(!internals.canEvaluate)(
	'where text cannot become code, records pass through arrays, and nothing is promised',
	() => {
		expect(internals.canEvaluate).toBe(false);
	},
);
