import { f64, i32, internals, struct } from '@flux/core';
import { describe, expect, test } from 'vitest';
import { leastAllocatedBy } from '../garbage.testing.js';
import { FluxQueue } from '../queue/queue.js';
import { soak } from '../soak.testing.js';
import type { SharedFluxQueue, SharedQueueOptions } from './shared-queue.js';

/** Ten million calls leave no garbage: under 0.1 bytes each of all that was allocated, collected or not. A tenth of them in `npm test`. */

const CALLS = soak ? 10_000_000 : 1_000_000;
const MOST = 0.1;

const Item = struct({ id: i32, price: f64 });
type Queue = SharedFluxQueue<typeof Item>;

const CAPACITY = 8192;
const BATCH = 64;
const columns = { id: new Int32Array(BATCH), price: new Float64Array(BATCH) };
/** Whole numbers alone: a double in a variable outside of a function is an object. */
let sink = 0;
const add = (value: number): void => {
	sink = (sink + value) | 0;
};
const see = ({ id }: { readonly id: number }): void => add(id);
const item = { id: 0, price: 0.5 };

/** Each makes `calls` calls. */
const loads: Record<string, (queue: Queue, calls: number) => void> = {
	// A copy is an object, which its user asked for; what is looked at in place is none.
	'pushing by position and taking'(queue, calls) {
		for (let call = 0; call < calls; call += 3) {
			queue.emplace(call, 0.5);
			add(queue.take()?.id ?? 0);
			queue.release();
		}
	},
	'trying to push when it is full'(queue, calls) {
		while (queue.size < queue.capacity && queue.tryEmplace(1, 0.5));
		for (let call = 0; call < calls; call++) if (queue.tryEmplace(call, 0.5)) add(queue.drain(see, 1));
		queue.drain(see);
	},
	'pushing by object, waiting and draining'(queue, calls) {
		for (let call = 0; call < calls; call += 2000) {
			for (let id = 0; id < 1000; id++) {
				item.id = id;
				queue.push(item);
			}
			if (queue.wait()) queue.drain(see, 1000);
		}
	},
	'claiming, taking and giving back'(queue, calls) {
		for (let call = 0; call < calls; call += 4) {
			const claimed = queue.claim();
			if (claimed !== undefined) claimed.id = call;
			queue.commit();
			add(queue.take()?.id ?? 0);
			queue.release();
		}
	},
	'filling and emptying columns'(queue, calls) {
		for (let call = 0; call < calls; call += 2 * BATCH) {
			queue.pushMany(columns);
			for (let popped = 0; popped < BATCH; ) popped += queue.popMany(columns);
		}
	},
};

const kinds: Record<string, (options: SharedQueueOptions) => Queue> = {
	'one to one': (options) => FluxQueue.shared(Item, options),
	'many to many': (options) => FluxQueue.shared(Item, { ...options, producers: 2, consumers: 2 }),
	overwriting: (options) => FluxQueue.shared(Item, { ...options, whenFull: 'overwrite' }),
	'broadcast of one': (options) => FluxQueue.broadcast(Item, { ...options, consumers: 1 }),
	'broadcast of many': (options) => FluxQueue.broadcast(Item, { ...options, producers: 2, consumers: 1 }),
	'overwriting broadcast': (options) => FluxQueue.broadcast(Item, { ...options, consumers: 1, whenFull: 'overwrite' }),
};

describe.runIf(internals.canEvaluate).each(Object.entries(kinds))('%s', (_, make) => {
	test.each(Object.entries(loads))('%s leaves under 0.1 bytes a call', (_name, load) => {
		const queue = make({ capacity: CAPACITY });
		// The consumer's seat, where there is one: what is pushed without it goes to nobody.
		expect(queue.tryPop()).toBeUndefined();
		const { bytes, most } = leastAllocatedBy((calls) => load(queue, calls), CALLS, MOST);
		expect(bytes / CALLS, most).toBeLessThan(MOST);
		expect(sink).toBeDefined();
		queue.validate();
		queue.dispose();
	});
});

test.runIf(!internals.canEvaluate)('where text cannot become code nothing is promised', () => {
	expect(internals.canEvaluate).toBe(false);
});
