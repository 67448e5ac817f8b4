import { Arena, char, f64, Heap, i32, internals, struct, u32, u64 } from '@flux/core';
import { afterAll, describe, expect, test } from 'vitest';
import { leastAllocatedBy } from '../garbage.testing.js';
import { soak } from '../soak.testing.js';
import { FluxHashMap, type HashMapNode } from './hash-map.js';

/** Ten million calls of a map leave no garbage: under 0.1 bytes each, as the list's. A tenth of them in `npm test`. */

const CALLS = soak ? 10_000_000 : 1_000_000;
const LIVE = 10_000;
const MOST = 0.1;

const Item = struct({ count: i32, price: f64 });
type Node = HashMapNode<typeof u32, typeof Item>;

const heap = new Heap(new Arena({ maxBytes: 2 ** 27 }));
afterAll(() => heap.dispose());

const numbers = new FluxHashMap(u32, Item, { heap });
const ids = new FluxHashMap(u64, Item, { heap });
const texts = new FluxHashMap(char(8), Item, { heap });
const symbols = Array.from({ length: LIVE }, (_, at) => `S${at}`);
for (let at = 0; at < LIVE; at++) {
	numbers.emplace(at, at, at / 2);
	ids.emplace(at, at, at / 2);
	texts.emplace(symbols[at], at, at / 2);
}
let seen = 0;
let oldest = 0;
let oldestId = 0;

/** Each makes `calls` calls. */
const loads: Record<string, (calls: number) => void> = {
	'looking up nodes by number'(calls) {
		for (let call = 0; call < calls; call++) if (numbers.find(call % (2 * LIVE)) !== 0) seen++;
	},
	'asking whether numbers are there'(calls) {
		for (let call = 0; call < calls; call++) if (numbers.has(call % (2 * LIVE))) seen++;
	},
	'deleting the oldest number and adding the next'(calls) {
		for (let call = 0; call < calls; call += 2) {
			if (!numbers.delete(oldest)) throw new Error('it is there');
			numbers.emplace(oldest + LIVE, call, 0.5);
			oldest++;
		}
	},
	'erasing by node and setting by object'(calls) {
		for (let call = 0; call < calls; call += 2) {
			numbers.erase(numbers.first as Node);
			numbers.set(oldest + LIVE, { count: call, price: 0.5 });
			oldest++;
		}
	},
	'moving one view from key to key'(calls) {
		const view = numbers.at(oldest);
		for (let call = 0; call < calls; call++) numbers.at(oldest + (call % LIVE), view).count ^= 1;
	},
	'looking up ids given as safe integers'(calls) {
		for (let call = 0; call < calls; call++) if (ids.has(call % (2 * LIVE))) seen++;
	},
	'deleting and adding ids given as two words'(calls) {
		for (let call = 0; call < calls; call += 2) {
			if (!ids.deleteWords(oldestId, 0)) throw new Error('it is there');
			ids.emplaceWords(oldestId + LIVE, 0, call, 0.5);
			oldestId++;
		}
	},
	'looking up texts'(calls) {
		for (let call = 0; call < calls; call++) if (texts.find(symbols[call % LIVE]) !== 0) seen++;
	},
	'walking by views'(calls) {
		let sum = 0;
		for (let walked = 0; walked < calls; walked += LIVE) for (const view of numbers.views()) sum += view.count;
		seen += sum > 0 ? 1 : 0;
	},
	'filling and clearing'(calls) {
		for (let call = 0; call < calls; call += LIVE) {
			numbers.clear();
			for (let key = 0; key < LIVE; key++) numbers.emplace(key, key, 0.5);
		}
		oldest = 0;
	},
};

describe.runIf(internals.canEvaluate)(`${CALLS.toLocaleString('en')} calls`, () => {
	test.each(Object.entries(loads))('of %s leave under 0.1 bytes each', { timeout: 120_000 }, (_, load) => {
		const least = leastAllocatedBy(load, CALLS, MOST);
		expect(least.bytes / CALLS, least.most).toBeLessThan(MOST);
		numbers.validate();
		ids.validate();
		expect(seen).toBeGreaterThanOrEqual(0);
	});
});

test.runIf(!internals.canEvaluate)(
	'where text cannot become code, records pass through arrays, and nothing is promised',
	() => {
		expect(internals.canEvaluate).toBe(false);
	},
);
