import { Arena, ArgumentError, Heap, ReentryError, SnapshotError } from '@flux/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thrownBy } from '../../soak.testing.js';
import { FluxOrderBook, IOC } from '../order-book.js';
import { auctionPrice } from './auction.js';
import { type EngineOrder, MatchingEngine } from './matching-engine.js';

let heap: Heap;
let book: FluxOrderBook;
let engine: MatchingEngine;
/** Trades, as seller, buyer, price and quantity; what else orders are told of by name. */
let told: unknown[];
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
	book = new FluxOrderBook({ heap });
	engine = new MatchingEngine(book);
	told = [];
	book.on('trade', ({ maker, taker, price, quantity }) => told.push([maker, taker, price, quantity]));
	book.on('displayed', ({ id, quantity }) => told.push(['displayed', id, quantity]));
	book.on('cancelled', ({ id, reason }) => told.push([id, reason]));
	book.on('triggered', ({ id }) => told.push(['triggered', id]));
	engine.startAuction();
});
afterEach(() => {
	engine.validate();
	heap.dispose();
});

const limit = (id: number, side: 'buy' | 'sell', price: number, quantity: number, more: object = {}) =>
	engine.submit({ id, side, price, quantity, ...more } as EngineOrder);
const market = (id: number, side: 'buy' | 'sell', quantity: number, more: object = {}) =>
	engine.submit({ id, side, type: 'market', quantity, ...more } as EngineOrder);
const reasonOf = ({ accepted, reason }: { accepted: boolean; reason: string }) => (accepted ? '' : reason);

describe('while an auction is called', () => {
	test('orders come, change and go, and none trades', () => {
		expect(limit(1, 'sell', 10, 5)).toMatchObject({ accepted: true, filled: 0, open: 5 });
		expect(limit(2, 'buy', 12, 5, { postOnly: true })).toMatchObject({ accepted: true, filled: 0, open: 5 });
		expect(engine.submitLimit(3, 'buy', 11, 4)).toBe(0);
		expect([book.crossed, book.bestBid, book.bestAsk, engine.isAuction]).toEqual([true, 12, 10, true]);
		expect(engine.replace(3, { price: 13 })).toMatchObject({ accepted: true, filled: 0, open: 4 });
		expect(engine.replaceLots(3, 14, 9)).toBe(0);
		expect(engine.reduceLots(3, 1)).toBe(0);
		expect([engine.openOf(3), book.bestBid, engine.cancel(3), book.bestBid]).toEqual([8, 14, true, 12]);
		expect(book.lastPrice).toBeUndefined();
		expect(engine.uncross()).toMatchObject({ price: 11, quantity: 5 });
		expect([engine.isAuction, book.empty]).toEqual([false, true]);
		expect(limit(4, 'sell', 10, 5).open).toBe(5);
		expect(limit(5, 'buy', 10, 5).filled).toBe(5);
	});

	test('what must trade at once is refused', () => {
		limit(1, 'sell', 10, 5);
		expect(reasonOf(limit(2, 'buy', 10, 5, { timeInForce: 'FOK' }))).toBe('not-enough');
		expect(reasonOf(market(2, 'buy', 5, { timeInForce: 'FOK' }))).toBe('not-enough');
		expect(reasonOf(market(2, 'buy', 5, { allOrNone: true }))).toBe('not-enough');
		expect(reasonOf(limit(2, 'buy', 10, 5, { minQuantity: 1 }))).toBe('not-enough');
		expect(reasonOf(engine.submit({ id: 2, side: 'buy', type: 'market', notional: 50 }))).toBe('no-liquidity');
		expect([engine.has(2), engine.openOf(1)]).toEqual([false, 5]);
	});

	test('orders for the auction alone are not shown, and can be changed and cancelled', () => {
		expect(market(1, 'buy', 5, { owner: 3 })).toMatchObject({ accepted: true, open: 5, waiting: false });
		expect(limit(2, 'buy', 9, 5, { timeInForce: 'IOC' }).open).toBe(5);
		expect(engine.submitLimit(3, 'sell', 12, 2, IOC)).toBe(0);
		expect(engine.submitMarket(4, 'sell', 3)).toBe(0);
		expect([book.empty, book.depth(), engine.has(1), book.has(1)]).toEqual([true, { bids: [], asks: [] }, true, false]);
		expect(reasonOf(engine.replace(1, { price: 9 }))).toBe('terms');
		expect(engine.replace(1, { quantity: 8 }).open).toBe(8);
		expect(engine.reduce(1, 1).open).toBe(7);
		expect(engine.replace(2, { price: 13, quantity: 1 }).open).toBe(1);
		expect(reasonOf(limit(1, 'sell', 9, 1))).toBe('duplicate-id');
		expect(engine.cancelAll({ owner: 3 })).toBe(1);
		expect(engine.cancelAll({ side: 'sell' })).toBe(2);
		expect(engine.uncross()).toBeUndefined();
		expect(told.slice(-1)).toEqual([[2, 'no-liquidity']]);
		expect(engine.has(2)).toBe(false);
	});

	test('clock, positions and partners go on', () => {
		limit(1, 'sell', 10, 5, { expires: 7 });
		market(2, 'buy', 5, { expires: 7 });
		limit(3, 'buy', 9, 5);
		market(4, 'buy', 5, { cancels: 3 });
		engine.setPosition(1, 4);
		limit(5, 'sell', 10, 9, { reduceOnly: true, owner: 1 });
		expect([engine.openOf(5), engine.advance(7), engine.has(1), engine.has(2)]).toEqual([4, 2, false, false]);
		engine.setPosition(1, 2);
		expect(engine.openOf(5)).toBe(2);
		engine.cancel(4);
		expect(engine.has(3)).toBe(false);
	});

	test('a snapshot, a hash and a journal know of it', () => {
		const written: Uint8Array[] = [];
		engine.journal((bytes) => written.push(bytes.slice()));
		limit(1, 'sell', 10, 50, { displayQuantity: 5 });
		market(2, 'buy', 20);
		const copy = MatchingEngine.restore(engine.snapshot(), { heap });
		expect([copy.isAuction, copy.hash() === engine.hash(), copy.openOf(2)]).toEqual([true, true, 20]);
		copy.uncross({ reference: 3 });
		const called = MatchingEngine.replay(Buffer.concat(written), { heap });
		expect([called.engine.isAuction, called.engine.hash()]).toEqual([true, engine.hash()]);
		engine.uncross({ reference: 3 });
		expect(copy.hash()).toBe(engine.hash());
		engine.startAuction();
		engine.uncross();
		const { engine: again, commands } = MatchingEngine.replay(Buffer.concat(written), { heap });
		expect([commands, again.hash(), again.isAuction]).toEqual([5, engine.hash(), false]);
		const bytes = engine.snapshot();
		expect(() => MatchingEngine.restore(bytes.subarray(0, bytes.length - 8), { heap })).toThrow(SnapshotError);
	});

	test('takes no command from inside a listener, and refuses what is no price', () => {
		limit(1, 'sell', 10, 5);
		limit(2, 'buy', 10, 5);
		const caught: unknown[] = [];
		book.on('trade', () =>
			caught.push(
				thrownBy(() => engine.uncross()),
				thrownBy(() => engine.startAuction()),
			),
		);
		expect(() => engine.uncross({ reference: '0.5' })).toThrow(ArgumentError);
		expect(() => engine.auctionPrice({ reference: Number.NaN })).toThrow(ArgumentError);
		expect(engine.isAuction).toBe(true);
		engine.uncross();
		for (const error of caught) expect(error).toBeInstanceOf(ReentryError);
		expect(caught.length).toBe(2);
	});
});

describe('an auction', () => {
	test('takes all of an iceberg order, in its place, and shows a new part of what is left', () => {
		limit(1, 'sell', 10, 50, { displayQuantity: 5 });
		limit(2, 'sell', 10, 20);
		limit(3, 'buy', 11, 20);
		limit(4, 'buy', 10, 16);
		limit(5, 'buy', 10, 2);
		expect(auctionPrice(book)).toMatchObject({ lots: 25 });
		expect(engine.auctionPrice()).toEqual({
			...{ price: 10, ticks: 10, quantity: 38, lots: 38, surplusSide: 'sell', surplus: 32 },
		});
		told.length = 0;
		engine.uncross();
		expect(told).toEqual([
			[1, 3, 10, 20],
			[1, 4, 10, 16],
			[1, 5, 10, 2],
			['displayed', 1, 5],
		]);
		expect([engine.openOf(1), book.lotsOf(1), book.queuePosition(1), book.queuePosition(2)]).toEqual([12, 5, 1, 0]);
	});

	test('of fewer lots than an iceberg order shows leaves it its place', () => {
		limit(1, 'sell', 10, 50, { displayQuantity: 5 });
		limit(2, 'sell', 10, 20);
		limit(3, 'buy', 10, 3);
		told.length = 0;
		engine.uncross();
		expect(told).toEqual([[1, 3, 10, 3]]);
		expect([engine.openOf(1), book.lotsOf(1), book.queuePosition(1)]).toEqual([47, 2, 0]);
	});

	test('goes by price, then what is shown, what is for it alone, what is hidden, then time; market orders first', () => {
		limit(1, 'sell', 10, 1, { hidden: true });
		limit(2, 'sell', 10, 1, { timeInForce: 'IOC' });
		limit(3, 'sell', 10, 1);
		limit(4, 'sell', 10, 1);
		limit(5, 'sell', 9, 1, { hidden: true });
		market(6, 'sell', 1);
		limit(10, 'buy', 10, 6);
		engine.uncross();
		expect(told).toEqual([6, 5, 3, 4, 2, 1].map((seller) => [seller, 10, 10, 1]));
	});

	test('has a price with market orders: of the limits they reach, of the reference, of the last trade', () => {
		market(1, 'buy', 15);
		expect(engine.auctionPrice()).toBeUndefined();
		limit(2, 'sell', 100, 10);
		expect(engine.auctionPrice()).toMatchObject({ price: 100, lots: 10, surplusSide: 'buy', surplus: 5 });
		limit(3, 'sell', 105, 10);
		expect(engine.auctionPrice()).toMatchObject({ price: 105, lots: 15, surplusSide: 'sell', surplus: 5 });
		engine.cancelAll({ side: 'sell' });
		market(4, 'sell', 10);
		expect(engine.auctionPrice()).toBeUndefined();
		expect(engine.auctionPrice({ reference: 42 })).toMatchObject({ price: 42, lots: 10 });
		engine.uncross();
		expect(told.slice(-2)).toEqual([
			[1, 'no-liquidity'],
			[4, 'no-liquidity'],
		]);
		limit(5, 'sell', 77, 1);
		market(6, 'buy', 1);
		engine.startAuction();
		market(1, 'buy', 15);
		market(4, 'sell', 10);
		expect(engine.uncross()).toMatchObject({ price: 77, lots: 10, surplusSide: 'buy', surplus: 5 });
		expect([engine.has(1), book.empty]).toEqual([false, true]);
	});

	test('passes over orders that trade whole, which look for others behind it', () => {
		limit(1, 'sell', 9, 8, { allOrNone: true });
		limit(2, 'sell', 10, 2);
		limit(3, 'buy', 10, 10);
		expect(engine.auctionPrice()).toMatchObject({ price: 10, lots: 2 });
		engine.uncross();
		expect(told).toEqual([
			[2, 3, 10, 2],
			[3, 1, 10, 8],
		]);
		expect(book.empty).toBe(true);
	});

	test('triggers stop orders at its price, and cancels partners, when all have traded', () => {
		limit(1, 'sell', 10, 2);
		limit(2, 'buy', 10, 1, { cancels: 1 });
		limit(3, 'buy', 10, 2);
		market(4, 'buy', 1, { stopPrice: 10 });
		limit(5, 'sell', 20, 1);
		engine.uncross();
		expect(told).toEqual([
			[1, 2, 10, 1],
			[1, 3, 10, 1],
			['triggered', 4],
			[5, 4, 20, 1],
		]);
		expect(engine.openOf(3)).toBe(1);
	});

	test('cuts an order that may only reduce to the position that trades before its own have left', () => {
		engine.setPosition(1, 10);
		limit(1, 'sell', 9, 7, { owner: 1 });
		limit(2, 'sell', 10, 10, { owner: 1, reduceOnly: true });
		limit(3, 'buy', 10, 17);
		expect(engine.auctionPrice()?.lots).toBe(17);
		const levels: unknown[] = [];
		book.on('level', ({ side, price, quantity }) => levels.push([side, price, quantity]));
		expect(engine.uncross()?.lots).toBe(10);
		expect(levels).toEqual([
			['buy', 10, 7],
			['sell', 9, 0],
			['sell', 10, 0],
		]);
		expect(told).toEqual([
			[1, 3, 10, 7],
			[2, 3, 10, 3],
		]);
		expect([engine.position(1), engine.has(2), engine.openOf(3)]).toEqual([0, false, 7]);
	});

	test('of more lots than one number holds is refused, and nothing is written', () => {
		const most = Number.MAX_SAFE_INTEGER;
		let written = 0;
		for (const id of [1, 2]) limit(id, 'buy', 10 + id, most);
		for (const id of [3, 4]) limit(id, 'sell', id, most);
		engine.journal(() => written++);
		expect(() => engine.uncross()).toThrow(ArgumentError);
		expect([engine.isAuction, book.size, written]).toEqual([true, 4, 1]);
		engine.cancel(1);
		expect(engine.uncross()?.lots).toBe(most);
	});

	test('tells of each level once, and numbers its events without a gap', () => {
		limit(1, 'sell', 10, 4);
		limit(2, 'sell', 11, 4, { displayQuantity: 2 });
		limit(3, 'sell', 11, 4);
		limit(4, 'buy', 11, 6);
		const heard: unknown[] = [];
		const note = (name: string) => (event: { sequence: number }) => heard.push([name, event.sequence]);
		const { sequence } = book;
		book.on('trade', note('trade'));
		book.on('displayed', note('displayed'));
		book.on('level', ({ side, price, quantity, orders, sequence: at }) =>
			heard.push([side, price, quantity, orders, at]),
		);
		book.on('top', ({ bid, ask, sequence: at }) => heard.push([bid, ask, at]));
		engine.uncross();
		expect(heard).toEqual([
			['trade', sequence + 1],
			['trade', sequence + 2],
			['displayed', sequence + 3],
			['buy', 11, 0, 0, sequence + 3],
			['sell', 10, 0, 0, sequence + 3],
			[undefined, { price: 11, quantity: 6 }, sequence + 3],
		]);
	});

	test('that nobody called trades what crosses', () => {
		engine.uncross();
		book.add(1, 'buy', 10, 5);
		book.add(2, 'sell', 9, 3);
		expect(engine.uncross({ reference: 9 })).toMatchObject({ price: 10, lots: 3, surplusSide: 'buy' });
	});
});
