import { Arena, f64, Heap, i32, internals, struct } from '@flux/core';
import { afterAll, describe, expect, test } from 'vitest';
import { leastAllocatedBy } from '../garbage.testing.js';
import { soak } from '../soak.testing.js';
import { FluxQueue } from './queue.js';

/** Ten million calls leave no garbage: under 0.1 bytes each of all that was allocated, collected or not. A tenth of them in `npm test`. */

const CALLS = soak ? 10_000_000 : 1_000_000;
const LIVE = 10_000;
const MOST = 0.1;

const Item = struct({ id: i32, price: f64 });
type Queue = FluxQueue<typeof Item>;

const heap = new Heap(new Arena({ maxBytes: 2 ** 26 }));
afterAll(() => heap.dispose());

/** What a batch costs besides, a few hundred bytes, is not of its records. */
const BATCH = 8192;
const columns = { id: new Int32Array(BATCH), price: new Float64Array(BATCH) };
/** Whole numbers alone: a double in a variable outside of a function is an object. */
let sink = 0;
const add = (value: number): void => {
	sink = (sink + value) | 0;
};

/** Each makes `calls` calls. */
const loads: Record<string, (queue: Queue, calls: number) => void> = {
	'pushing by position, looking and popping'(queue, calls) {
		// A sum of doubles in a loop of this length would be an object at each step, and the loop's own.
		for (let call = 0; call < calls; call += 3) {
			queue.emplace(call, 0.5);
			if (queue.front.price >= 0) add(1);
			queue.pop();
		}
	},
	'pushing by object and draining'(queue, calls) {
		for (let call = 0; call < calls; call += 2000) {
			for (let id = 0; id < 1000; id++) queue.push({ id, price: id / 3 });
			queue.drain((view) => add(view.id), 1000);
		}
	},
	'trying to push and to pop'(queue, calls) {
		for (let call = 0; call < calls; call += 2) {
			queue.tryPush({ id: call, price: 0.5 });
			add(queue.tryPop()?.id ?? 0);
		}
	},
	'filling and emptying columns'(queue, calls) {
		for (let call = 0; call < calls; call += 2 * BATCH) {
			queue.pushMany(columns);
			queue.popMany(columns);
		}
	},
	'looking by one view'(queue, calls) {
		const view = queue.at(0);
		for (let call = 0; call < calls; call++) add(queue.at(call % 100, view).id);
	},
	'walking by views'(queue, calls) {
		for (let walked = 0; walked < calls; walked += LIVE) for (const view of queue.views()) add(view.id);
	},
	'filling and clearing'(queue, calls) {
		for (let call = 0; call < calls; call += LIVE) {
			queue.clear();
			for (let id = 0; id < LIVE; id++) queue.emplace(id, 0.5);
		}
	},
};

describe.runIf(internals.canEvaluate)(`${CALLS.toLocaleString('en')} calls`, () => {
	const cases = Object.entries(loads).flatMap(([name, load]) => [
		{ name, load, options: {} },
		{ name: `${name}, full`, load, options: { capacity: LIVE, whenFull: 'overwrite' as const } },
	]);

	test.each(cases)('of $name leave under 0.1 bytes each', ({ load, options }) => {
		const queue = new FluxQueue(Item, { heap, ...options });
		for (let id = 0; id < LIVE; id++) queue.emplace(id, id / 2);
		const { bytes, most } = leastAllocatedBy((calls) => load(queue, calls), CALLS, MOST);
		expect(bytes / CALLS, most).toBeLessThan(MOST);
		expect(sink).toBeDefined();
		queue.validate();
		queue.dispose();
	});
});

test.runIf(!internals.canEvaluate)(
	'where text cannot become code, records pass through arrays, and nothing is promised',
	() => {
		expect(internals.canEvaluate).toBe(false);
	},
);
