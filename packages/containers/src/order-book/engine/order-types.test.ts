import { Arena, ArgumentError, Heap } from '@flux/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BUY, FluxOrderBook, FOK, POST_ONLY, reasonName, SELL } from '../order-book.js';
import { type EngineOrder, MatchingEngine } from './matching-engine.js';

/** What each kind of order is for, one example after the other; the model test has their mixes. */

let heap: Heap;
let book: FluxOrderBook;
let engine: MatchingEngine;
let told: unknown[][];
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
	book = new FluxOrderBook({ heap, lotSize: '0.5' });
	engine = new MatchingEngine(book);
	told = [];
});
afterEach(() => {
	engine.validate();
	heap.dispose();
});

const submit = (id: number, side: 'buy' | 'sell', price: number, quantity: number, more: object = {}) =>
	engine.submit({ id, side, price, quantity, ...more } as EngineOrder);
const market = (id: number, side: 'buy' | 'sell', more: object) =>
	engine.submit({ id, side, type: 'market', ...more } as EngineOrder);
const hear = (...events: string[]) => {
	for (const event of events) book.on(event as 'displayed', ({ id, quantity }) => told.push([event, id, quantity]));
	book.on('trade', ({ maker, price, quantity, makerRemaining }) => told.push([maker, price, quantity, makerRemaining]));
};

describe('an iceberg order', () => {
	test('shows a part at a time, and goes behind the others with each', () => {
		hear('displayed');
		submit(1, 'sell', 10, 25, { displayQuantity: 10 });
		submit(2, 'sell', 10, 10);
		expect([book.depth().asks, engine.openOf(1)]).toEqual([[{ price: 10, quantity: 20, orders: 2 }], 25]);
		expect(submit(3, 'buy', 10, 23).filled).toBe(23);
		expect(told).toEqual([
			['displayed', 1, 10],
			[1, 10, 10, 15],
			['displayed', 1, 10],
			[2, 10, 10, 0],
			[1, 10, 3, 12],
		]);
		expect([engine.openOf(1), book.order(1)?.quantity]).toEqual([12, 7]);
		expect(submit(4, 'buy', 10, 100, { timeInForce: 'FOK' }).reason).toBe('not-enough');
		expect(submit(4, 'buy', 10, 12, { timeInForce: 'FOK' }).filled).toBe(12);
		expect(book.empty).toBe(true);
	});

	test('loses what is not shown first, and its place where it grows', () => {
		submit(1, 'sell', 10, 25, { displayQuantity: 10 });
		submit(2, 'sell', 10, 10);
		engine.reduce(1, 15);
		expect([engine.openOf(1), book.queuePosition(1), book.lotsAt('sell', 10)]).toEqual([10, 0, 40]);
		engine.replace(1, { quantity: 30 });
		expect([engine.openOf(1), book.queuePosition(1), book.order(1)?.quantity]).toEqual([30, 1, 10]);
		engine.replace(1, { price: 11 });
		expect([engine.openOf(1), book.lotsAt('sell', 11)]).toEqual([30, 20]);
		engine.replace(1, { quantity: 6 });
		expect([engine.openOf(1), book.order(1)?.quantity]).toEqual([6, 6]);
	});

	test('has at most 10,000 parts', () => {
		expect(submit(1, 'sell', 10, 10_001, { displayQuantity: 1 }).reason).toBe('quantity');
		expect(submit(1, 'sell', 10, 10_000, { displayQuantity: 1 }).accepted).toBe(true);
		expect(engine.replace(1, { quantity: 10_001 }).reason).toBe('quantity');
		expect(market(2, 'buy', { quantity: 10_000 }).filled).toBe(10_000);
	});

	test('that gets more and shows all of it has nothing beside', () => {
		submit(1, 'sell', 10, 12, { displayQuantity: 10 });
		submit(2, 'buy', 10, 7);
		expect(engine.order(1)).toMatchObject({ shown: 3, quantity: 5 });
		engine.replace(1, { quantity: 8 });
		expect(engine.order(1)).toMatchObject({ shown: 8, quantity: 8 });
		expect([submit(3, 'buy', 10, 20).filled, engine.has(1)]).toEqual([8, false]);
		engine.validate();
	});

	test('shows less where its price has no more room', () => {
		submit(1, 'sell', 10, 4, { displayQuantity: 2 });
		// With the 4 lots that are shown, 2^53 - 1.
		engine.submit({ id: 2, side: 'sell', price: 10, quantity: '4503599627370493.5' });
		expect(submit(3, 'sell', 10, 1).reason).toBe('level-full');
		submit(4, 'buy', 10, 1);
		expect(submit(5, 'sell', 10, 1).accepted).toBe(true);
		submit(6, 'buy', 10, 1);
		expect([engine.openOf(1), book.order(1)?.quantity]).toEqual([2, 1]);
	});
});

describe('a hidden order', () => {
	test('is in no depth, and trades behind what is shown at its price', () => {
		hear();
		submit(1, 'sell', 10, 5, { hidden: true });
		submit(2, 'sell', 10, 5);
		submit(3, 'sell', 11, 5);
		expect([book.depth().asks.length, book.has(1), engine.has(1)]).toEqual([2, false, true]);
		submit(4, 'buy', 11, 12);
		expect(told).toEqual([
			[2, 10, 5, 0],
			[1, 10, 5, 0],
			[3, 11, 2, 3],
		]);
		submit(5, 'sell', 10, 5, { hidden: true });
		expect(submit(6, 'buy', 10, 1, { postOnly: true }).reason).toBe('would-trade');
		expect([engine.cancel(5), engine.cancel(5)]).toEqual([true, false]);
	});
});

describe('an order that trades whole or not at all', () => {
	test('is passed over by smaller ones, and trades with larger ones', () => {
		hear();
		submit(1, 'sell', 10, 10, { allOrNone: true });
		submit(2, 'sell', 11, 10);
		expect(submit(3, 'buy', 11, 5).filled).toBe(5);
		expect(submit(4, 'buy', 11, 12).filled).toBe(12);
		expect(told).toEqual([
			[2, 11, 5, 5],
			[1, 10, 10, 0],
			[2, 11, 2, 3],
		]);
	});

	test('takes what several that came offer, once that is enough', () => {
		hear();
		submit(1, 'buy', 10, 10, { allOrNone: true });
		submit(2, 'sell', 9, 4);
		submit(3, 'sell', 10, 4);
		expect([book.bestAsk, engine.openOf(1), told]).toEqual([9, 10, []]);
		submit(4, 'sell', 8, 4);
		expect(told).toEqual([
			[4, 8, 4, 0],
			[2, 9, 4, 0],
			[3, 10, 2, 2],
		]);
		expect([engine.has(1), engine.openOf(3)]).toEqual([false, 2]);
	});

	test('is fill or kill where it may not wait', () => {
		submit(1, 'sell', 10, 4);
		expect(submit(2, 'buy', 10, 5, { allOrNone: true, timeInForce: 'IOC' }).reason).toBe('not-enough');
		expect(market(2, 'buy', { quantity: 4, allOrNone: true }).filled).toBe(4);
	});
});

describe('a trailing stop order', () => {
	test('follows the market at its distance, and not back', () => {
		for (let price = 8; price <= 14; price++) submit(price, 'sell', price + 0, 1);
		market(20, 'buy', { quantity: 1 });
		expect(market(1, 'sell', { quantity: 1, trail: 2 }).waiting).toBe(true);
		expect(engine.stopPriceOf(1)).toBe(6);
		market(21, 'buy', { quantity: 4 });
		expect(engine.stopPriceOf(1)).toBe(10);
		submit(30, 'buy', 11, 1);
		submit(31, 'sell', 11, 1);
		expect([engine.stopPriceOf(1), engine.waiting]).toEqual([10, 1]);
		submit(32, 'buy', 10, 2);
		submit(33, 'sell', 10, 1);
		expect([engine.waiting, engine.has(1), book.has(32)]).toEqual([0, false, false]);
	});

	test('begins at its stop price, or with the next trade', () => {
		market(1, 'buy', { quantity: 1, trail: 3 });
		market(2, 'buy', { quantity: 1, trail: 3, stopPrice: 12 });
		expect([engine.stopPriceOf(1), engine.stopPriceOf(2)]).toEqual([2 ** 31 - 1, 12]);
		submit(3, 'sell', 10, 2);
		submit(4, 'buy', 10, 1);
		expect([engine.stopPriceOf(1), engine.stopPriceOf(2)]).toEqual([13, 12]);
		submit(5, 'sell', 8, 1);
		submit(6, 'buy', 9, 1);
		expect([engine.stopPriceOf(1), engine.stopPriceOf(2)]).toEqual([11, 11]);
		for (const trail of [0, -1, 0.3, 2 ** 33])
			expect(() => market(9, 'buy', { quantity: 1, trail })).toThrow(ArgumentError);
	});
});

describe('a market order by amount', () => {
	test('buys as many whole lots as the amount pays for', () => {
		submit(1, 'sell', 10, 2);
		submit(2, 'sell', 12, 5);
		expect(market(3, 'buy', { notional: 9.5 })).toMatchObject({ filled: 0.5 });
		// 1.5 at 10, and of the 35 that are left 2.5 at 12.
		expect(market(4, 'buy', { notional: 50 })).toMatchObject({ filled: 4, open: 0 });
		expect([engine.openOf(2), market(5, 'buy', { notional: 5.5 }).reason]).toEqual([2.5, 'no-liquidity']);
		expect(market(6, 'buy', { notional: 50, timeInForce: 'FOK' }).reason).toBe('not-enough');
		expect(market(6, 'buy', { notional: 50 })).toMatchObject({ filled: 2.5 });
		expect(market(7, 'buy', { notional: 0.25 }).reason).toBe('quantity');
		expect(() => market(7, 'buy', { notional: 1, quantity: 1 })).toThrow(ArgumentError);
		expect(() => submit(7, 'buy', 1, 1, { notional: 1 })).toThrow(ArgumentError);
	});
});

describe('an order that may only reduce', () => {
	test('is no larger than the position, now and later', () => {
		expect(submit(1, 'sell', 11, 5, { owner: 7, reduceOnly: true }).reason).toBe('reduce-only');
		engine.setPosition(7, 8);
		expect(submit(1, 'sell', 11, 5, { owner: 7, reduceOnly: true }).open).toBe(5);
		expect(submit(2, 'sell', 12, 5, { owner: 7, reduceOnly: true }).open).toBe(3);
		expect(submit(3, 'sell', 13, 5, { owner: 7, reduceOnly: true }).reason).toBe('reduce-only');
		expect(submit(3, 'buy', 9, 5, { owner: 7, reduceOnly: true }).reason).toBe('reduce-only');
		submit(4, 'buy', 9, 4);
		submit(5, 'sell', 9, 4, { owner: 7 });
		expect([engine.position(7), engine.openOf(1), engine.has(2)]).toEqual([4, 4, false]);
		submit(6, 'sell', 10, 1, { owner: 7 });
		// The order at 10 leaves 3 of the position, and so 3 of order 1.
		expect(submit(7, 'buy', 11, 10)).toMatchObject({ filled: 4, open: 6 });
		expect([engine.position(7), engine.has(1)]).toEqual([0, false]);
		expect(submit(8, 'buy', 11, 1, { reduceOnly: true }).reason).toBe('terms');
	});

	test('counts for what it can trade where another must be filled whole', () => {
		engine.setPosition(7, 5);
		submit(1, 'sell', 11, 5, { owner: 7, reduceOnly: true });
		submit(2, 'sell', 10, 5, { owner: 7 });
		expect(submit(3, 'buy', 11, 10, { timeInForce: 'FOK' }).reason).toBe('not-enough');
		expect(submit(3, 'buy', 11, 5, { timeInForce: 'FOK' }).filled).toBe(5);
		expect(engine.has(1)).toBe(false);
	});

	test('counts for another no further than its owner will still have a position', () => {
		engine.setPosition(7, 5);
		submit(1, 'sell', 10, 3, { owner: 7 });
		submit(2, 'sell', 11, 5, { owner: 7, reduceOnly: true });
		// The first three leave a position of two.
		expect(submit(3, 'buy', 11, 8, { timeInForce: 'FOK' }).reason).toBe('not-enough');
		expect(submit(3, 'buy', 11, 6, { timeInForce: 'FOK' }).reason).toBe('not-enough');
		expect(submit(3, 'buy', 11, 5, { timeInForce: 'FOK' }).filled).toBe(5);
		expect([engine.position(7), book.empty]).toEqual([0, true]);
	});

	test('counts with what it does not show, as far as the position goes by then', () => {
		engine.setPosition(7, 10);
		submit(1, 'sell', 10, 6, { owner: 7 });
		submit(2, 'sell', 10, 10, { owner: 7, reduceOnly: true, displayQuantity: 2 });
		// The first takes 6 of the position, and leaves 4 to the second.
		expect(submit(3, 'buy', 10, 10.5, { timeInForce: 'FOK' }).reason).toBe('not-enough');
		expect(submit(4, 'buy', 10, 10, { timeInForce: 'FOK' }).filled).toBe(10);
		expect([engine.position(7), book.empty]).toEqual([0, true]);
	});

	test('counts for its own owner in full, whose position stays', () => {
		engine.setPosition(7, 5);
		submit(1, 'sell', 10, 3, { owner: 7 });
		submit(2, 'sell', 11, 5, { owner: 7, reduceOnly: true });
		expect(submit(3, 'buy', 11, 8, { timeInForce: 'FOK', owner: 7 }).filled).toBe(8);
		expect([engine.position(7), book.empty]).toEqual([5, true]);
	});
});

test('an order that waits can be changed', () => {
	submit(1, 'sell', 10, 5);
	submit(2, 'buy', 10, 1);
	submit(3, 'buy', 10, 2, { stopPrice: 12 });
	expect(engine.replace(3, { price: 11, quantity: 3 })).toMatchObject({ accepted: true, waiting: true });
	expect(engine.reduce(3, 1)).toMatchObject({ accepted: true, waiting: true });
	expect([engine.openOf(3), engine.replace(3, { stopPrice: 11 }).waiting, engine.stopPriceOf(3)]).toEqual([
		2,
		true,
		11,
	]);
	expect(engine.replace(3, { stopPrice: 10 })).toMatchObject({ accepted: true, waiting: false });
	expect([engine.openOf(1), engine.waiting]).toEqual([2, 0]);
	expect(engine.replace(1, { stopPrice: 11 }).reason).toBe('terms');
	expect(engine.replace(99, { price: 11 }).reason).toBe('unknown-id');
	expect(() => engine.replace(1, {})).toThrow(ArgumentError);
});

test('all orders of a filter are cancelled, shown or not, and what waits', () => {
	submit(1, 'buy', 5, 1, { owner: 1 });
	submit(2, 'buy', 6, 1, { hidden: true, owner: 1 });
	submit(3, 'buy', 7, 1, { allOrNone: true });
	submit(4, 'sell', 20, 1, { owner: 1 });
	submit(5, 'buy', 5, 1, { stopPrice: 30, owner: 1 });
	expect(engine.cancelAll({ side: 'buy', owner: 1, maxPrice: 29 })).toBe(2);
	expect([1, 2, 3, 4, 5].map((id) => engine.has(id))).toEqual([false, false, true, true, true]);
	expect([engine.cancelAll(), engine.cancelAll()]).toEqual([3, 0]);
});

test('terms that exclude each other are refused, and change nothing', () => {
	for (const terms of [
		{ hidden: true, displayQuantity: 1 },
		{ hidden: true, allOrNone: true },
		{ hidden: true, timeInForce: 'IOC' },
		{ displayQuantity: 1, timeInForce: 'FOK' },
		{ allOrNone: true, minQuantity: 1 },
		{ allOrNone: true, postOnly: true },
		{ postOnly: true, minQuantity: 1 },
		{ day: true, expires: 5 },
	])
		expect([JSON.stringify(terms), submit(1, 'buy', 5, 5, terms).reason]).toEqual([JSON.stringify(terms), 'terms']);
	expect(submit(1, 'buy', 5, 5, { displayQuantity: 0 }).reason).toBe('quantity');
	expect(submit(1, 'buy', 5, 5, { displayQuantity: 0.3 }).reason).toBe('quantity');
	expect(() => submit(1, 'buy', 5, 5, { hidden: 1 })).toThrow(ArgumentError);
	expect(() => engine.setPosition(0, 1)).toThrow(ArgumentError);
	expect(() => engine.setPosition(1, 0.3)).toThrow(ArgumentError);
	expect([book.empty, engine.waiting, book.sequence]).toEqual([true, 0, 10]);
});

test('plain orders in ticks and lots go through the engine, whatever else it has', () => {
	for (const isBusy of [false, true]) {
		if (isBusy) submit(100, 'sell', 90, 1, { hidden: true, day: true });
		expect(engine.submitLimit(1, 'sell', 10, 4)).toBe(0);
		expect(reasonName(engine.submitLimit(1, SELL, 10, 4))).toBe('duplicate-id');
		for (const flags of [8, 16, 32, 3, 1.5]) expect(reasonName(engine.submitLimit(2, BUY, 10, 4, flags))).toBe('terms');
		expect(reasonName(engine.submitMarket(2, BUY, 4, POST_ONLY))).toBe('terms');
		expect(reasonName(engine.submitLimit(2, BUY, 10, 5, FOK))).toBe('not-enough');
		expect([engine.submitMarket(2, BUY, 1), engine.reduceLots(1, 1), engine.replaceLots(1, 11, 5)]).toEqual([0, 0, 0]);
		expect([book.lotsOf(1), book.ticksOf(1), engine.cancel(1), engine.cancel(1)]).toEqual([5, 11, true, false]);
		expect(reasonName(engine.reduceLots(1, 1))).toBe('unknown-id');
		expect(reasonName(engine.replaceLots(1, 1, 1))).toBe('unknown-id');
	}
});
