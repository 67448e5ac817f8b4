import { Arena, array, char, f64, Heap, i32, struct, u8, u16, WalkError } from '@flux/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modes, runs } from '../soak.testing.js';
import { FluxList } from './list.js';

/** Enough for sorts of copies; fewer records are sorted by their indexes. */
const MANY = 1024;

const Item = struct({ id: i32, price: f64 });
const Short = struct({ id: u16, price: u8 });
const Nested = struct({ name: char(5), price: f64, place: struct({ id: i32, marks: array(u8, 3) }) });
/** Records of so many words are sorted by their indexes however many there are. */
const Wide = struct({ id: i32, price: f64, data: array(f64, 12) });

describe.each(modes)('in $mode mode a list sorts', ({ checked }) => {
	const pricesOfManyRecords = fc.integer({ min: MANY, max: 3 * MANY }).chain((length) =>
		fc.record({
			keys: fc.constantFrom(2, 17, 251),
			seed: fc.integer(),
			length: fc.constant(length),
			order: fc.constantFrom('random', 'sorted', 'reversed', 'nearly sorted'),
		}),
	);

	/** Prices below 251, many of them equal. */
	function pricesOf({
		keys,
		seed,
		length,
		order,
	}: {
		keys: number;
		seed: number;
		length: number;
		order: string;
	}): number[] {
		let random = seed | 1;
		const prices = Array.from({ length }, () => {
			random = Math.imul(random, 1_664_525) + 1_013_904_223;
			return (random >>> 9) % keys;
		});
		if (order !== 'random') prices.sort((a, b) => (order === 'reversed' ? b - a : a - b));
		if (order === 'nearly sorted') prices[length >> 1] = 0;
		return prices;
	}

	function sortedIds(prices: readonly number[]): number[] {
		return prices
			.map((price, id) => ({ id, price }))
			.sort((a, b) => a.price - b.price)
			.map(({ id }) => id);
	}

	test('thousands of records as Array.prototype.sort does, by a function and by their fields; nodes keep their records', () => {
		using list = new FluxList(Item, { checked });
		fc.assert(
			fc.property(pricesOfManyRecords, (given) => {
				const prices = pricesOf(given);
				list.clear();
				const nodes = prices.map((price, id) => list.emplaceBack(id, price));
				list.sort((a, b) => a.price - b.price);
				expect(Array.from(list, ({ id }) => id)).toEqual(sortedIds(prices));
				nodes.forEach((node, id) => {
					if (id % 97 === 0) expect(list.get(node)).toEqual({ id, price: prices[id] });
				});
				list.sort();
				expect(Array.from(list, ({ id }) => id)).toEqual(prices.map((_, id) => id));
				list.validate();
			}),
			{ numRuns: runs(100) },
		);
	});

	test('records of every shape', () => {
		const prices = pricesOf({ keys: 251, seed: 5, length: 2 * MANY, order: 'random' });
		using shorts = new FluxList(Short, { checked });
		using nested = new FluxList(Nested, { checked });
		using wide = new FluxList(Wide, { checked });
		prices.forEach((price, id) => {
			shorts.emplaceBack(id, price);
			nested.pushBack({ name: `n${id % 1000}`, price, place: { id, marks: [1, 2, id % 256] } });
			wide.pushBack({ id, price, data: Array.from({ length: 12 }, (_, index) => id + index) });
		});
		shorts.sort((a, b) => a.price - b.price);
		nested.sort((a, b) => a.price - b.price || a.place.id - b.place.id);
		wide.sort((a, b) => a.price - b.price);
		expect(Array.from(shorts, ({ id }) => id)).toEqual(sortedIds(prices));
		expect(Array.from(wide, ({ id, data }) => id + data[11])).toEqual(sortedIds(prices).map((id) => 2 * id + 11));
		expect(nested.toArray()).toEqual(
			sortedIds(prices).map((id) => ({
				name: `n${id % 1000}`,
				price: prices[id],
				place: { id, marks: [1, 2, id % 256] },
			})),
		);
	});

	test('where the arena has no room for copies', () => {
		const heap = new Heap(new Arena({ maxBytes: 1 << 18 }));
		const list = new FluxList(Item, { heap, checked });
		const prices = pricesOf({ keys: 251, seed: 9, length: 4 * MANY, order: 'random' });
		prices.forEach((price, id) => {
			list.emplaceBack(id, price);
		});
		list.sort((a, b) => a.price - b.price);
		expect(Array.from(list, ({ id }) => id)).toEqual(sortedIds(prices));
		heap.dispose();
	});

	test('and gives back the memory of its copies, also when the comparison throws or disturbs it', () => {
		const heap = new Heap(new Arena({ maxBytes: 1 << 22 }));
		const list = new FluxList(Item, { heap, checked });
		const prices = pricesOf({ keys: 251, seed: 9, length: 2 * MANY, order: 'random' });
		prices.forEach((price, id) => {
			list.emplaceBack(id, price);
		});
		const { used } = heap.arena.stats();
		let calls = 0;
		list.sort((a, b) => {
			if (calls++ === 100) expect(heap.arena.stats().used).toBeGreaterThan(used);
			return a.id - b.id;
		});
		expect(() =>
			list.sort((a, b) => {
				if (calls++ > 3000) throw new Error('enough');
				return b.price - a.price;
			}),
		).toThrow('enough');
		expect(() =>
			list.sort((a, b) => {
				if (calls++ === 4000) list.popFront();
				return b.price - a.price;
			}),
		).toThrow(WalkError);
		expect(Array.from(list, ({ id }) => id)).toEqual(prices.map((_, id) => id).slice(1));
		expect(heap.arena.stats().used).toBe(used);
		list.validate();
		heap.dispose();
	});

	test('another list while it sorts', () => {
		using list = new FluxList(Item, { checked });
		using other = new FluxList(Item, { checked });
		const prices = pricesOf({ keys: 17, seed: 3, length: MANY, order: 'random' });
		for (const [id, price] of prices.entries()) {
			list.emplaceBack(id, price);
			other.emplaceBack(id, price);
		}
		let calls = 0;
		list.sort((a, b) => {
			if (calls++ === 500) other.sort((c, d) => d.price - c.price || d.id - c.id);
			return a.price - b.price;
		});
		expect(Array.from(list, ({ id }) => id)).toEqual(sortedIds(prices));
		expect(Array.from(other, ({ id }) => id)).toEqual(fallingIds(prices));
	});

	function fallingIds(prices: readonly number[]): number[] {
		return prices
			.map((price, id) => ({ id, price }))
			.sort((a, b) => b.price - a.price || b.id - a.id)
			.map(({ id }) => id);
	}
});
