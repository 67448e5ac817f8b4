import { Arena, ArgumentError, Heap, ReentryError } from '@flux/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thrownBy } from '../../soak.testing.js';
import { FluxOrderBook } from '../order-book.js';
import { type EngineOrder, MatchingEngine } from './matching-engine.js';

let heap: Heap;
let book: FluxOrderBook;
let engine: MatchingEngine;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
	book = new FluxOrderBook({ heap });
	engine = new MatchingEngine(book);
});
afterEach(() => heap.dispose());

const limit = (id: number, side: 'buy' | 'sell', price: number, quantity: number, more: object = {}) =>
	engine.submit({ id, side, price, quantity, ...more } as EngineOrder);
const market = (id: number, side: 'buy' | 'sell', quantity: number, more: object = {}) =>
	engine.submit({ id, side, type: 'market', quantity, ...more } as EngineOrder);

describe('a stop order', () => {
	test('waits for its price, and goes in as it was meant', () => {
		const triggered: unknown[] = [];
		engine.onTriggered(({ id, result }) => triggered.push([id, result.filled, result.open]));
		for (const [id, price] of [
			[1, 10],
			[2, 11],
			[3, 12],
		])
			limit(id, 'sell', price, 5);
		expect(market(10, 'buy', 3, { stopPrice: 10 })).toMatchObject({ accepted: true, waiting: true });
		expect(limit(11, 'buy', 10, 4, { stopPrice: 10 })).toMatchObject({ waiting: true });
		limit(12, 'buy', 11, 1, { stopPrice: 11 });
		expect([engine.waiting, engine.has(11), book.has(11)]).toEqual([3, true, false]);
		expect(limit(4, 'buy', 10, 1)).toMatchObject({ filled: 1, waiting: false });
		// 10 takes 3 of order 1, 11 the last one, and rests with 3; nothing traded at 11.
		expect(triggered).toEqual([
			[10, 3, 0],
			[11, 1, 3],
		]);
		expect([engine.waiting, book.lotsOf(11), book.bestAsk]).toEqual([1, 3, 11]);
		expect(engine.cancel(12)).toBe(true);
		expect(engine.cancel(12)).toBe(false);
	});

	test('triggers others in turn, within one call', () => {
		const order: number[] = [];
		engine.onTriggered(({ id }) => order.push(Number(id)));
		for (let price = 1; price <= 6; price++) limit(price, 'sell', price, 1);
		for (let price = 1; price <= 5; price++) market(10 + price, 'buy', 1, { stopPrice: price });
		limit(20, 'buy', 1, 1);
		expect(order).toEqual([11, 12, 13, 14, 15]);
		expect([book.size, engine.waiting, book.lastPrice]).toEqual([0, 0, 6]);
	});

	test('goes in at once where its price was reached before', () => {
		limit(1, 'sell', 10, 5);
		limit(2, 'buy', 10, 1);
		expect(market(3, 'buy', 1, { stopPrice: 10 })).toMatchObject({ filled: 1, waiting: false });
		expect(market(4, 'sell', 1, { stopPrice: 10 })).toMatchObject({ filled: 0, waiting: false });
		expect(market(5, 'sell', 1, { stopPrice: 9 })).toMatchObject({ waiting: true });
	});
});

describe('a clock', () => {
	test('ends what is good till a date, and the day', () => {
		const reasons: unknown[] = [];
		book.on('expired', ({ id, quantity }) => reasons.push([id, quantity]));
		limit(1, 'buy', 5, 1, { expires: 10 });
		limit(2, 'buy', 5, 1, { expires: 5 });
		limit(3, 'buy', 5, 1, { day: true });
		limit(4, 'buy', 5, 1);
		market(5, 'sell', 1, { stopPrice: 1, expires: 10 });
		expect(limit(6, 'buy', 5, 1, { expires: 5, day: true }).reason).toBe('terms');
		expect([engine.advance(4), engine.advance(5), engine.time]).toEqual([0, 1, 5]);
		expect(limit(6, 'buy', 5, 1, { expires: 5 }).reason).toBe('past-time');
		expect([engine.advance(100), engine.endDay(), engine.endDay()]).toEqual([2, 1, 0]);
		expect(reasons).toEqual([
			[2, 1],
			[1, 1],
			[5, 1],
			[3, 1],
		]);
		expect([book.size, engine.waiting]).toEqual([1, 0]);
		expect(() => engine.advance(99)).toThrow(ArgumentError);
	});

	test('does not end another order of the same id', () => {
		limit(1, 'buy', 5, 1, { expires: 10 });
		limit(2, 'sell', 5, 1);
		limit(1, 'buy', 5, 1);
		expect([engine.advance(10), book.has(1)]).toEqual([0, true]);
	});
});

describe('orders of which one cancels the other', () => {
	test('go together, whoever trades or ends', () => {
		limit(1, 'sell', 12, 5);
		market(2, 'sell', 5, { stopPrice: 8, cancels: 1 });
		limit(3, 'buy', 12, 1);
		expect([book.has(1), engine.waiting]).toEqual([true, 0]);
		limit(4, 'sell', 13, 5);
		limit(5, 'sell', 14, 5, { cancels: 4 });
		expect(engine.cancel(4)).toBe(true);
		expect(book.has(5)).toBe(false);
		limit(6, 'sell', 20, 5, { expires: 3 });
		limit(7, 'sell', 21, 5, { cancels: 6 });
		expect(limit(8, 'buy', 1, 1, { cancels: 7 }).reason).toBe('terms');
		expect(limit(8, 'buy', 1, 1, { cancels: 99 }).reason).toBe('unknown-id');
		engine.advance(3);
		expect([book.has(6), book.has(7)]).toEqual([false, false]);
		limit(8, 'buy', 1, 5);
		// Its own trade ends the other one.
		limit(9, 'buy', 12, 1, { cancels: 8 });
		expect(book.has(8)).toBe(false);
		limit(10, 'buy', 2, 5);
		expect(engine.submit({ id: 11, side: 'buy', price: 1.5, quantity: 1, cancels: 10 }).accepted).toBe(false);
		expect(book.has(10)).toBe(true);
	});
});

test('a minimum quantity is traded at once, or the order refused', () => {
	limit(1, 'sell', 10, 5);
	expect(limit(2, 'buy', 10, 8, { minQuantity: 6 }).reason).toBe('not-enough');
	expect(limit(2, 'buy', 10, 8, { minQuantity: 5 })).toMatchObject({ filled: 5, open: 3 });
	expect(limit(3, 'buy', 10, 8, { minQuantity: 9 }).reason).toBe('quantity');
});

test('an order is read wherever it is', () => {
	const none = { owner: 0, stopPrice: undefined };
	limit(1, 'buy', 9, 5, { owner: 3 });
	limit(2, 'sell', 12, 50, { displayQuantity: 10 });
	limit(3, 'sell', 13, 7, { hidden: true, owner: 4 });
	limit(4, 'buy', 8, 7, { allOrNone: true });
	limit(5, 'sell', 6, 2, { stopPrice: 7, owner: 5 });
	market(6, 'buy', 3, { stopPrice: 20, trail: 2 });
	expect([1, 2, 3, 4, 5, 6, 7].map((id) => engine.order(id))).toEqual([
		{ ...none, id: 1, side: 'buy', price: 9, quantity: 5, shown: 5, owner: 3 },
		{ ...none, id: 2, side: 'sell', price: 12, quantity: 50, shown: 10 },
		{ ...none, id: 3, side: 'sell', price: 13, quantity: 7, shown: 0, owner: 4 },
		{ ...none, id: 4, side: 'buy', price: 8, quantity: 7, shown: 0 },
		{ ...none, id: 5, side: 'sell', price: 6, quantity: 2, shown: 0, owner: 5, stopPrice: 7 },
		{ ...none, id: 6, side: 'buy', price: undefined, quantity: 3, shown: 0, stopPrice: 20 },
		undefined,
	]);
	limit(8, 'buy', 12, 14);
	expect(engine.order(2)).toEqual({ ...none, id: 2, side: 'sell', price: 12, quantity: 36, shown: 6 });
	expect(engine.order(8)).toBeUndefined();
	engine.startAuction();
	market(9, 'sell', 4);
	expect(engine.order(9)).toEqual({ ...none, id: 9, side: 'sell', price: undefined, quantity: 4, shown: 0 });
	expect(() => engine.order(0)).toThrow(ArgumentError);
});

test('an engine that was disposed says so, and its book goes on', () => {
	limit(1, 'buy', 9, 5);
	limit(2, 'sell', 12, 50, { hidden: true });
	const caught: unknown[] = [];
	const stop = book.on('trade', () => caught.push(thrownBy(() => engine.dispose())));
	market(3, 'sell', 1);
	stop();
	expect(caught.map((error) => (error as Error).name)).toEqual(['ReentryError']);
	expect([engine.has(2), book.lotsOf(1)]).toEqual([true, 4]);
	engine.dispose();
	engine.dispose();
	const calls: (() => unknown)[] = [
		...[() => limit(4, 'buy', 9, 5), () => engine.submitLimit(4, 'buy', 9, 5), () => engine.submitMarket(4, 'buy', 5)],
		...[
			() => engine.cancel(1),
			() => engine.cancelAll(),
			() => engine.reduce(1, 1),
			() => engine.replace(1, { price: 8 }),
		],
		...[() => engine.setPosition(1, 1), () => engine.advance(5), () => engine.endDay(), () => engine.startAuction()],
		...[() => engine.uncross(), () => engine.auctionPrice(), () => engine.snapshot(), () => engine.hash()],
		...[() => engine.journal(() => {}), () => engine.journal(null), () => engine.validate(), () => engine.waiting],
		...[() => engine.has(1), () => engine.openOf(1), () => engine.order(1), () => engine.stopPriceOf(1)],
		...[() => engine.position(1), () => engine.positionText(1)],
	];
	for (const call of calls) expect(call, `${call}`).toThrow('this MatchingEngine was disposed');
	expect(book.submit({ id: 9, side: 'sell', price: 9, quantity: 1 }).filled).toBe(1);
	new MatchingEngine(book).dispose();
});

test('a price that is none is called by its name', () => {
	for (const [call, message] of [
		[() => limit(1, 'buy', 1, 1, { stopPrice: 'x' }), 'stopPrice is "x"'],
		[() => limit(1, 'buy', 1, 1, { trail: 'x' }), 'trail is "x"'],
		[() => engine.replace(1, { stopPrice: '0.5' }), 'stopPrice is "0.5"; pass a multiple of 1'],
		[() => engine.auctionPrice({ reference: 'x' }), 'reference is "x"'],
		[() => limit(1, 'buy', 1, 1, { expires: 1_796_000_115_271 }), 'such as Unix seconds'],
	] as const)
		expect(call).toThrow(message);
});

describe('mistakes', () => {
	test('throw, and change nothing', () => {
		limit(1, 'buy', 5, 1, { expires: 10 });
		for (const wrong of [
			{ expires: 1.5 },
			{ expires: 2 ** 32 },
			{ day: 1 },
			{ cancels: 0 },
			{ stopPrice: 0.5 },
			{ minQuantity: 'x' },
		])
			expect(() => limit(2, 'sell', 5, 1, wrong), JSON.stringify(wrong)).toThrow(ArgumentError);
		expect(() => engine.submit(null as never)).toThrow(ArgumentError);
		expect(() => engine.onTriggered(1 as never)).toThrow(ArgumentError);
		expect(() => new MatchingEngine({} as never)).toThrow(ArgumentError);
		expect([limit(1, 'sell', 5, 1).reason, book.size]).toEqual(['duplicate-id', 1]);
		expect(engine.advance(10)).toBe(1);
	});

	test('of listeners come out when all is done', () => {
		limit(1, 'sell', 10, 5);
		market(2, 'buy', 2, { stopPrice: 10 });
		book.on('trade', () => {
			throw new Error('mine');
		});
		const inner: unknown[] = [];
		engine.onTriggered(() => inner.push(thrownBy(() => engine.cancel(1))));
		expect(() => limit(3, 'buy', 10, 1)).toThrow('mine');
		expect([book.lotsOf(1), engine.waiting]).toEqual([2, 0]);
		expect(inner[0]).toBeInstanceOf(ReentryError);
		engine.dispose();
		engine.dispose();
	});
});

describe('ids of 64 bits', () => {
	test('are bigints or two words, in calls of ticks and lots too, and in journals', () => {
		const other = new MatchingEngine(new FluxOrderBook({ heap }));
		const written: Uint8Array[] = [];
		other.journal((bytes) => written.push(bytes.slice()));
		const big = (id: number) => (BigInt(id) << 40n) + 0xffff_fff0n + BigInt(id);
		const words = (id: number): [number, number] => [Number(big(id) & 0xffffffffn), Number(big(id) >> 32n)];
		for (const loud of [false, true]) {
			for (const each of [engine, other])
				if (loud) each.submit({ id: big(90), side: 'sell', price: 30, quantity: 9, hidden: true });
			const pairs: [by: unknown, words: unknown][] = [
				[engine.submitLimit(big(1), 'sell', 10, 5), other.submitLimitWords(...words(1), 'sell', 10, 5)],
				[engine.submitLimit(big(2), 'buy', 9, 5, 0, 7), other.submitLimitWords(...words(2), 'buy', 9, 5, 0, 7)],
				[engine.submitMarket(big(3), 'buy', 2), other.submitMarketWords(...words(3), 'buy', 2)],
				[engine.replaceLots(big(2), 8, 6), other.replaceLotsWords(...words(2), 8, 6)],
				[engine.reduceLots(big(2), 1), other.reduceLotsWords(...words(2), 1)],
				[engine.reduceLots(big(7), 1), other.reduceLotsWords(...words(7), 1)],
			];
			for (const [one, two] of pairs) expect(two).toBe(one);
			expect([other.openOf(big(1)), other.openOf(big(2)), other.hash() === engine.hash()]).toEqual([3, 5, true]);
			for (const id of [1, 2, 7]) expect(other.cancelWords(...words(id))).toBe(engine.cancel(big(id)));
		}
		expect(other.hash()).toBe(engine.hash());
		expect(MatchingEngine.replay(Buffer.concat(written), { heap }).engine.hash()).toBe(engine.hash());
		for (const wrong of [2 ** 32, -(2 ** 31) - 1, 1.5, 1n, null])
			expect(() => other.cancelWords(wrong as number, 0)).toThrow(ArgumentError);
		expect(() => other.submitLimitWords(0, 0, 'buy', 1, 1)).toThrow(ArgumentError);
	});
});
