import { Arena, f64, Heap, i32, internals, struct } from '@flux/core';
import { afterAll, describe, expect, test } from 'vitest';
import { leastAllocatedBy } from '../garbage.testing.js';
import { soak } from '../soak.testing.js';
import { FluxVector } from './vector.js';

/** Calls that leave no garbage: what is sampled of everything that was allocated stays under 0.1 bytes per call. */

const CALLS = soak ? 10_000_000 : 1_000_000;
const LIVE = 10_000;
const MOST = 0.1;

const Item = struct({ id: i32, price: f64 });
type Vector = FluxVector<typeof Item>;

const heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
afterAll(() => heap.dispose());

const loads: Record<string, (vector: Vector, calls: number) => void> = {
	'appending and popping by position'(vector, calls) {
		for (let call = 0; call < calls; call += 2) {
			vector.emplaceBack(call, 0.5);
			vector.popBack();
		}
	},
	'appending by object'(vector, calls) {
		for (let call = 0; call < calls; call += 2) {
			vector.pushBack({ id: call, price: call / 3 });
			vector.popBack();
		}
	},
	'walking by views'(vector, calls) {
		let sum = 0;
		for (let walked = 0; walked < calls; walked += LIVE) for (const view of vector.views()) sum += view.price;
		if (sum < 0) throw new Error('never');
	},
	'moving one view'(vector, calls) {
		const view = vector.at(0);
		for (let call = 0; call < calls; call++) vector.at(call % LIVE, view).id = call;
	},
	'searching by a field'(vector, calls) {
		vector.sortBy('price');
		for (let call = 0; call < calls; call++) vector.lowerBoundBy('price', call % LIVE);
	},
};

describe.runIf(internals.canEvaluate)('no garbage comes of', () => {
	test.each(Object.keys(loads))('%s', (name) => {
		const vector = new FluxVector(Item, { heap });
		for (let id = 0; id < LIVE; id++) vector.emplaceBack(id, id / 2);
		const load = loads[name];
		const { bytes, most } = leastAllocatedBy((calls) => load(vector, calls), CALLS, MOST);
		expect(bytes / CALLS, most).toBeLessThan(MOST);
	});
});
