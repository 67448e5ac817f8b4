import { Arena, f64, Heap, OutOfMemoryError, struct, u16, u32, WalkError } from '@flux/core';
import fc from 'fast-check';
import { test } from 'vitest';
import { expect } from '../quick-expect.testing.js';
import { modes, runs } from '../soak.testing.js';
import { FluxVector } from './vector.js';

/** A vector against an array: every call does to the one what its words say of the other. */

const Item = struct({ key: u16, price: f64, serial: u32 });
interface Item {
	key: number;
	price: number;
	serial: number;
}

const item = fc.record({
	key: fc.integer({ min: 0, max: 20 }),
	price: fc.integer({ min: -5, max: 5 }),
	serial: fc.nat(1000),
});
const place = fc.nat();
const count = fc.nat(40);
const operation = fc.oneof(
	{ weight: 8, arbitrary: fc.record({ call: fc.constant('push' as const), item }) },
	{ weight: 4, arbitrary: fc.record({ call: fc.constant('emplace' as const), item, place }) },
	{ weight: 4, arbitrary: fc.record({ call: fc.constant('insert' as const), item, place }) },
	{ weight: 2, arbitrary: fc.record({ call: fc.constant('insertMany' as const), item, place, count }) },
	{ weight: 2, arbitrary: fc.record({ call: fc.constant('insertRange' as const), items: fc.array(item), place }) },
	{ weight: 5, arbitrary: fc.record({ call: fc.constant('erase' as const), place }) },
	{ weight: 2, arbitrary: fc.record({ call: fc.constant('eraseRange' as const), place, count }) },
	{ weight: 3, arbitrary: fc.record({ call: fc.constant('pop' as const) }) },
	{ weight: 3, arbitrary: fc.record({ call: fc.constant('set' as const), item, place }) },
	{ weight: 2, arbitrary: fc.record({ call: fc.constant('view' as const), item, place }) },
	{ weight: 2, arbitrary: fc.record({ call: fc.constant('resize' as const), item, count }) },
	{ weight: 1, arbitrary: fc.record({ call: fc.constant('reserve' as const), count: fc.nat(3000) }) },
	{ weight: 1, arbitrary: fc.record({ call: fc.constant('shrink' as const) }) },
	{ weight: 1, arbitrary: fc.record({ call: fc.constant('clear' as const) }) },
	{ weight: 2, arbitrary: fc.record({ call: fc.constant('removeIf' as const), place }) },
	{ weight: 2, arbitrary: fc.record({ call: fc.constant('sort' as const) }) },
	{ weight: 2, arbitrary: fc.record({ call: fc.constant('sortBy' as const), descending: fc.boolean() }) },
	{ weight: 2, arbitrary: fc.record({ call: fc.constant('search' as const), item }) },
	{ weight: 1, arbitrary: fc.record({ call: fc.constant('swap' as const) }) },
	{ weight: 1, arbitrary: fc.record({ call: fc.constant('assign' as const), items: fc.array(item) }) },
	{ weight: 1, arbitrary: fc.record({ call: fc.constant('copyFrom' as const), place }) },
	{ weight: 1, arbitrary: fc.record({ call: fc.constant('restore' as const) }) },
	{ weight: 1, arbitrary: fc.record({ call: fc.constant('throw' as const) }) },
	{
		weight: 2,
		arbitrary: fc.record({ call: fc.constant('block' as const), bytes: fc.integer({ min: 1, max: 20_000 }) }),
	},
);
type Operation = typeof operation extends fc.Arbitrary<infer O> ? O : never;

const byKey = (a: Item, b: Item) => a.key - b.key;
const byAll = (a: Item, b: Item) => a.key - b.key || a.price - b.price || a.serial - b.serial;

/** Does the same to both; what the vector throws for want of memory, the array is spared. */
function apply(
	step: Operation,
	mine: FluxVector<typeof Item>,
	other: FluxVector<typeof Item>,
	model: Item[],
	rest: Item[],
): void {
	const at = 'place' in step ? step.place % (model.length + 1) : 0;
	const inside = 'place' in step && model.length > 0 ? step.place % model.length : -1;
	switch (step.call) {
		case 'push':
			expect(mine.pushBack(step.item)).toBe(model.length);
			model.push(step.item);
			return;
		case 'emplace':
			expect(mine.emplace(at, step.item.key, step.item.price, step.item.serial)).toBe(at);
			model.splice(at, 0, step.item);
			return;
		case 'insert':
			expect(mine.insert(at, step.item)).toBe(at);
			model.splice(at, 0, step.item);
			return;
		case 'insertMany':
			expect(mine.insert(at, step.count, step.item)).toBe(at);
			model.splice(at, 0, ...new Array<Item>(step.count).fill(step.item));
			return;
		case 'insertRange':
			expect(mine.insertRange(at, step.items)).toBe(at);
			model.splice(at, 0, ...step.items);
			return;
		case 'erase':
			if (inside < 0) return;
			expect(mine.erase(inside)).toBe(inside);
			model.splice(inside, 1);
			return;
		case 'eraseRange': {
			const last = Math.min(model.length, at + step.count);
			expect(mine.erase(at, last)).toBe(at);
			model.splice(at, last - at);
			return;
		}
		case 'pop':
			expect(mine.tryPopBack()).toEqual(model.pop());
			return;
		case 'set':
			if (inside < 0) return;
			mine.set(inside, step.item);
			model[inside] = step.item;
			return;
		case 'view': {
			if (inside < 0) return;
			const view = mine.at(inside);
			expect({ key: view.key, price: view.price, serial: view.serial }).toEqual(model[inside]);
			view.price = step.item.price;
			model[inside] = { ...model[inside], price: step.item.price };
			return;
		}
		case 'resize':
			mine.resize(step.count, step.item);
			while (model.length < step.count) model.push(step.item);
			model.length = step.count;
			return;
		case 'reserve':
			mine.reserve(step.count);
			expect(mine.capacity).toBeGreaterThanOrEqual(step.count);
			return;
		case 'shrink':
			mine.shrinkToFit();
			return;
		case 'clear':
			mine.clear();
			model.length = 0;
			return;
		case 'removeIf': {
			const key = step.place % 20;
			const kept = model.filter((each) => each.key !== key);
			expect(mine.removeIf((view) => view.key === key)).toBe(model.length - kept.length);
			model.splice(0, model.length, ...kept);
			return;
		}
		case 'sort':
			mine.sort(byKey);
			model.sort(byKey);
			return;
		case 'sortBy':
			mine.sortBy('price', { descending: step.descending });
			model.sort((a, b) => (step.descending ? b.price - a.price : a.price - b.price));
			return;
		case 'search': {
			mine.sort();
			model.sort(byAll);
			expect(mine.isSorted()).toBe(true);
			const low = model.filter((each) => byAll(each, step.item) < 0).length;
			const high = model.filter((each) => byAll(each, step.item) <= 0).length;
			expect(mine.equalRange(step.item)).toEqual([low, high]);
			expect(mine.binarySearch(step.item)).toBe(low < high);
			const first = model.findIndex((each) => each.key >= step.item.key);
			expect(mine.lowerBound(step.item, byKey)).toBe(first < 0 ? model.length : first);
			expect(mine.lowerBoundBy('key', step.item.key)).toBe(first < 0 ? model.length : first);
			return;
		}
		case 'swap': {
			mine.swap(other);
			const kept = model.slice();
			model.splice(0, model.length, ...rest);
			rest.splice(0, rest.length, ...kept);
			return;
		}
		case 'assign':
			mine.assign(step.items);
			model.splice(0, model.length, ...step.items);
			return;
		case 'copyFrom':
			mine.copyFrom(other, at);
			model.splice(at, 0, ...rest);
			return;
		case 'restore': {
			const copy = FluxVector.restore(Item, mine.snapshot(), { heap: mine.heap });
			expect(copy.toArray()).toEqual(model);
			copy.dispose();
			return;
		}
		case 'throw':
			if (model.length < 2) return;
			try {
				mine.sort(() => {
					mine.erase(0);
					mine.insert(0, model[0]);
					return 0;
				});
				throw new Error('the comparison was not found out');
			} catch (error) {
				if (!(error instanceof WalkError)) throw error;
			}
			return;
	}
}

test.each(modes.flatMap(({ mode, checked }) => [2 ** 22, 2 ** 17].map((maxBytes) => ({ mode, checked, maxBytes }))))(
	'is what an array is ($mode, $maxBytes bytes)',
	({ checked, maxBytes }) => {
		fc.assert(
			fc.property(fc.array(operation, { maxLength: 150, size: 'max' }), (sequence) => {
				const heap = new Heap(new Arena({ maxBytes }));
				const mine = new FluxVector(Item, { heap, checked });
				const other = new FluxVector(Item, { heap, checked });
				const model: Item[] = [];
				const rest: Item[] = [];
				const blocks: number[] = [];
				for (const step of sequence) {
					try {
						// Blocks of the user's come between, so that vectors have to move.
						if (step.call === 'block') blocks.push(heap.allocate(step.bytes));
						else apply(step, mine, other, model, rest);
					} catch (error) {
						if (!(error instanceof OutOfMemoryError)) throw error;
					}
					expect(mine.size).toBe(model.length);
				}
				expect(mine.toArray()).toEqual(model);
				expect(other.toArray()).toEqual(rest);
				mine.validate();
				mine.dispose();
				other.dispose();
				expect(heap.stats().tables?.live ?? 0).toBe(0);
				heap.dispose();
				expect(heap.arena.stats().used).toBe(0);
				heap.arena.dispose();
			}),
			{ numRuns: runs(400) },
		);
	},
);
