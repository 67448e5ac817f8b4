import {
	Arena,
	ArgumentError,
	DisposedError,
	FluxError,
	Heap,
	OutOfMemoryError,
	ReentryError,
	SnapshotError,
} from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { damageArb, damaged, seal } from '../snapshots.testing.js';
import { runs, thrownBy } from '../soak.testing.js';
import type { FriendlyBook } from './friendly-calls.js';
import { type BookEvents, BUY, FluxOrderBook, REASONS, reasonName, SELL } from './order-book.js';

let heap: Heap;
let book: FluxOrderBook;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
	book = new FluxOrderBook({ heap, tickSize: '0.01', lotSize: '1' });
});
afterEach(() => {
	book.dispose();
	heap.dispose();
});

/** All events from now on, by name. */
function hear(from = book): [keyof BookEvents, object][] {
	const heard: [keyof BookEvents, object][] = [];
	const names = ['accepted', 'rejected', 'trade', 'cancelled', 'replaced', 'level', 'top', 'cleared'] as const;
	for (const name of names) from.on(name, (event) => heard.push([name, event]));
	return heard;
}

/** Runs a call that must throw, and change nothing. */
function refused(call: () => unknown): FluxError {
	const before = book.snapshot();
	const error = thrownBy(call);
	expect(Buffer.from(book.snapshot()).equals(before)).toBe(true);
	book.validate();
	if (!(error instanceof FluxError)) throw error;
	expect(error.message).toMatch(/;/);
	return error;
}

describe('decimals', () => {
	test('0.1 + 0.2 and 0.3 are one level', () => {
		const tenths = new FluxOrderBook({ heap, tickSize: '0.1', lotSize: '0.001' });
		tenths.submit({ id: 1, side: 'buy', price: 0.1 + 0.2, quantity: 0.1 + 0.2 });
		tenths.submit({ id: 2, side: 'buy', price: 0.3, quantity: '0.300' });
		tenths.submit({ id: 3, side: 'buy', price: '0.30', quantity: 0.3 });
		expect(tenths.depth()).toEqual({ bids: [{ price: 0.3, quantity: 0.9, orders: 3 }], asks: [] });
		expect([tenths.tickSize, tenths.lotSize]).toEqual(['0.1', '0.001']);
		tenths.dispose();
	});

	test('what is no multiple is refused, with a reason', () => {
		const heard = hear();
		expect(book.submit({ id: 1, side: 'buy', price: '101.255', quantity: 10 })).toEqual({
			accepted: false,
			reason: 'price',
			filled: 0,
			open: 0,
		});
		expect(book.submit({ id: 1, side: 'buy', price: 101, quantity: 1.5 }).reason).toBe('quantity');
		expect(book.submit({ id: 1, side: 'buy', price: '21474836.48', quantity: 1 }).reason).toBe('price');
		expect(book.submit({ id: 1, side: 'buy', price: '21474836.47', quantity: 1 }).reason).toBe('none');
		expect(heard.filter(([name]) => name === 'rejected')).toEqual([
			['rejected', { sequence: 1, id: 1, reason: 'price' }],
			['rejected', { sequence: 2, id: 1, reason: 'quantity' }],
			['rejected', { sequence: 3, id: 1, reason: 'price' }],
		]);
	});

	test('prices and quantities are converted both ways', () => {
		expect(book.toTicks('101.25')).toBe(10125);
		expect(book.toLots(7)).toBe(7);
		expect(book.priceText(10130)).toBe('101.30');
		expect(book.priceText(-5)).toBe('-0.05');
		expect(book.quantityText(2 ** 53 - 1)).toBe('9007199254740991');
		expect(() => book.toTicks('0.001')).toThrow(ArgumentError);
		expect(() => book.toLots(-1)).toThrow(ArgumentError);
		expect(() => book.priceText(0.5)).toThrow(ArgumentError);
	});
});

describe('friendly commands', () => {
	test('a limit order trades by price, then time, and rests', () => {
		book.submit({ id: 1, side: 'sell', price: '101.30', quantity: 5 });
		book.submit({ id: 2, side: 'sell', price: '101.25', quantity: 5 });
		book.submit({ id: 3, side: 'sell', price: '101.25', quantity: 5 });
		const heard = hear();
		expect(book.submit({ id: 4, side: 'buy', price: '101.30', quantity: 12 })).toEqual({
			accepted: true,
			reason: 'none',
			filled: 12,
			open: 0,
		});
		const trades = heard.filter(([name]) => name === 'trade').map(([, trade]) => trade);
		expect(trades).toMatchObject([
			{ maker: 2, taker: 4, side: 'buy', price: 101.25, quantity: 5, makerRemaining: 0, takerRemaining: 7 },
			{ maker: 3, taker: 4, price: 101.25, ticks: 10125, lots: 5, makerRemaining: 0, takerRemaining: 2 },
			{ maker: 1, taker: 4, price: 101.3, quantity: 2, makerRemaining: 3, takerRemaining: 0 },
		]);
		expect(heard.filter(([name]) => name === 'level' || name === 'top')).toEqual([
			['level', { sequence: 6, side: 'sell', price: 101.25, quantity: 0, orders: 0 }],
			['level', { sequence: 7, side: 'sell', price: 101.3, quantity: 3, orders: 1 }],
			['top', { sequence: 7, bid: undefined, ask: { price: 101.3, quantity: 3 } }],
		]);
		expect(book.lastPrice).toBe(101.3);
	});

	test('time in force, post-only and market orders', () => {
		book.submit({ id: 1, side: 'sell', price: 10, quantity: 5 });
		expect(book.submit({ id: 2, side: 'buy', price: 10, quantity: 6, timeInForce: 'FOK' }).reason).toBe('not-enough');
		expect(book.submit({ id: 2, side: 'buy', price: 10, quantity: 1, postOnly: true }).reason).toBe('would-trade');
		expect(book.submit({ id: 2, side: 'buy', price: '9.99', quantity: 1, postOnly: true })).toMatchObject({ open: 1 });
		const heard = hear();
		expect(book.submit({ id: 3, side: 'buy', price: 10, quantity: 3, timeInForce: 'IOC' })).toMatchObject({
			filled: 3,
		});
		expect(book.submit({ id: 3, side: 'buy', type: 'market', quantity: 3 })).toMatchObject({ filled: 2, open: 0 });
		expect(heard.filter(([name]) => name === 'cancelled')).toEqual([
			['cancelled', { sequence: 9, id: 3, side: 'buy', price: 0, quantity: 1, reason: 'no-liquidity' }],
		]);
		expect(book.submit({ id: 3, side: 'sell', type: 'market', quantity: 2, timeInForce: 'FOK' }).reason).toBe(
			'not-enough',
		);
		expect(book.submit({ id: 9, side: 'buy', price: 1, quantity: 1, timeInForce: 'IOC', postOnly: true }).reason).toBe(
			'terms',
		);
	});

	test('reduce keeps the place, and so does a smaller quantity at the same price', () => {
		for (const id of [1, 2, 3]) book.submit({ id, side: 'buy', price: 10, quantity: 10 });
		expect(book.reduce(1, 4)).toEqual({ accepted: true, reason: 'none', filled: 0, open: 6 });
		expect(book.queuePosition(1)).toBe(0);
		book.replace(2, { quantity: 5 });
		expect([book.queuePosition(2), book.lotsAhead(2)]).toEqual([1, 6]);
		book.replace(1, { quantity: 7 });
		expect([book.queuePosition(1), book.lotsAhead(1)]).toEqual([2, 15]);
		book.replace(2, { price: '10.01' });
		expect(book.order(2)).toEqual({ id: 2, side: 'buy', price: 10.01, quantity: 5, owner: 0 });
		expect(book.replace(9, { price: 1 }).reason).toBe('unknown-id');
		expect(book.replace(9, { quantity: 1 }).reason).toBe('unknown-id');
		expect(book.reduce(3, 10)).toMatchObject({ accepted: true, open: 0 });
		expect(book.has(3)).toBe(false);
	});

	test('cancelAll takes a side, an owner and a range', () => {
		for (let id = 1; id <= 6; id++)
			book.submit({
				id,
				side: id & 1 ? 'buy' : 'sell',
				price: id & 1 ? 10 - id : 10 + id,
				quantity: 1,
				owner: 1 + (id % 3),
			});
		expect(book.cancelAll({ owner: 1 })).toBe(2);
		expect(book.cancelAll({ side: 'buy', minPrice: 6 })).toBe(1);
		expect(book.orders('buy').map(({ id }) => id)).toEqual([5]);
		expect(book.cancelAll({ maxPrice: '10' })).toBe(1);
		expect(book.cancelAll()).toBe(2);
		expect(book.empty).toBe(true);
	});

	test('orders of one owner do not trade', () => {
		const own = new FluxOrderBook({ heap, selfTrade: 'cancel-oldest' });
		own.submit({ id: 1, side: 'sell', price: 5, quantity: 3, owner: 7 });
		own.submit({ id: 2, side: 'sell', price: 5, quantity: 3, owner: 8 });
		const heard = hear(own);
		expect(own.submit({ id: 3, side: 'buy', price: 5, quantity: 3, owner: 7 })).toMatchObject({ filled: 3 });
		expect(heard.filter(([name]) => name === 'cancelled' || name === 'trade')).toMatchObject([
			['cancelled', { id: 1, reason: 'self-trade' }],
			['trade', { maker: 2, taker: 3 }],
		]);
		expect(own.selfTrade).toBe('cancel-oldest');
		own.dispose();
	});
});

describe('a feed', () => {
	test('adds, executes, replaces and deletes without matching', () => {
		const heard = hear();
		expect(book.add(100n, 'sell', 10_125, 300)).toBe(0);
		expect(book.add(101, 'buy', 10_130, 50)).toBe(0);
		expect([book.crossed, book.spreadTicks, book.spread]).toEqual([true, -5, -0.05]);
		expect(book.execute(100, 100)).toBe(0);
		expect(book.execute(100, 50, 10_124)).toBe(0);
		expect(book.lastPrice).toBe(101.24);
		expect(book.replaceBy(100, 102, 10_140, 75)).toBe(0);
		expect(book.delete(101)).toBe(true);
		expect(book.delete(101)).toBe(false);
		expect(book.depth()).toEqual({ bids: [], asks: [{ price: 101.4, quantity: 75, orders: 1 }] });
		expect(heard.filter(([name]) => name === 'trade')).toMatchObject([
			['trade', { maker: 100, taker: undefined, side: 'buy', quantity: 100, makerRemaining: 200 }],
			['trade', { maker: 100, price: 101.24, makerRemaining: 150 }],
		]);
		expect(book.execute(102, 76)).toBe(REASONS.quantity);
		expect(reasonName(book.add(102, 'sell', 1, 1))).toBe('duplicate-id');
	});

	test('finds orders again whose new ids lie far from each other', () => {
		for (let id = 8; id < 88; id++) book.add(id, 'buy', -id, 5);
		for (let id = 8; id < 88; id++) expect(book.replaceBy(id, id * 1000, -id, 6)).toBe(0);
		expect([book.size, book.lotsOf(8000), book.lotsOf(87_000), book.has(8)]).toEqual([80, 6, 6, false]);
		book.validate();
	});

	test('sets levels, which orders can trade with', () => {
		book.setLevel('buy', 10_120, 900);
		book.setLevel('buy', 10_119, 100);
		book.setLevel('sell', 10_121, 50);
		expect([book.bestBid, book.bestAsk, book.mid]).toEqual([101.2, 101.21, 101.205]);
		expect(book.microprice).toBeCloseTo(101.2 + 0.01 * (900 / 950), 10);
		book.setLevel('buy', 10_120, 0);
		expect(book.bestBidTicks).toBe(10_119);
		expect(book.orders('sell')).toEqual([{ id: undefined, side: 'sell', price: 101.21, quantity: 50, owner: 0 }]);
		const heard = hear();
		expect(book.submit({ id: 1, side: 'buy', price: '101.21', quantity: 20 })).toMatchObject({ filled: 20 });
		expect(heard).toContainEqual(['trade', expect.objectContaining({ maker: undefined, taker: 1, quantity: 20 })]);
		book.add(2, 'sell', 10_121, 5);
		expect(reasonName(book.setLevel('sell', 10_121, 9))).toBe('level-has-orders');
		expect(book.cancelAll()).toBe(1);
		book.validate();
	});

	test('clears', () => {
		book.add(1, 'buy', 1, 1);
		book.setLevel('sell', 2, 2);
		const heard = hear();
		book.clear();
		expect(heard).toEqual([
			['cleared', { sequence: 2 }],
			['top', { sequence: 2, bid: undefined, ask: undefined }],
		]);
		expect(book.size).toBe(0);
		book.add(1, 'buy', 1, 1);
		book.validate();
	});
});

describe('reads', () => {
	beforeEach(() => {
		for (const [id, side, price, quantity] of [
			[1, 'sell', '10.00', 5],
			[2, 'sell', '10.00', 7],
			[3, 'sell', '10.02', 10],
			[4, 'buy', '9.99', 4],
			[5, 'buy', '9.90', 6],
		] as const)
			book.submit({ id, side, price, quantity });
	});

	test('depth, cost, averages and imbalance', () => {
		expect(book.depth(1)).toEqual({
			bids: [{ price: 9.99, quantity: 4, orders: 1 }],
			asks: [{ price: 10, quantity: 12, orders: 2 }],
		});
		expect(JSON.parse(JSON.stringify(book))).toEqual(book.depth());
		expect(book.costToFill('buy', 15)).toEqual({
			quantity: 15,
			complete: true,
			cost: 150.06,
			averagePrice: 150.06 / 15,
			worstPrice: 10.02,
		});
		expect(book.costToFill('sell', 500)).toMatchObject({ quantity: 10, complete: false, cost: 99.36, worstPrice: 9.9 });
		expect(book.costToFill('buy', 0)).toMatchObject({ cost: 0, averagePrice: undefined, worstPrice: undefined });
		expect(book.costInTicks('buy', 15)).toBe(15006);
		expect(book.costInTicks(SELL, 11)).toBeNaN();
		expect(book.fillableLots(BUY, 1000, 100)).toBe(12);
		expect(book.fillableLots(BUY, 1002, 15)).toBe(15);
		expect(book.vwap('sell', 1)).toBe(10);
		expect(book.vwap('buy', 2)).toBe(99.36 / 10);
		expect(book.imbalance()).toBe((4 - 12) / 16);
		expect(book.imbalance(9)).toBe((10 - 22) / 32);
		expect(String(book)).toBe('[object FluxOrderBook]');
	});

	test('totals beyond 2^53 are exact or refused', () => {
		const most = 2 ** 53 - 1;
		expect(book.add(10, 'sell', 1000, most)).toBe(REASONS['level-full']);
		expect(book.add(10, 'sell', 1001, most)).toBe(0);
		expect(book.costInTicks('buy', most)).toBeNaN();
		const exact = (12n * 1000n + (BigInt(most) - 12n) * 1001n) as bigint;
		expect(book.costToFill('buy', most).cost).toBe(Number(`${exact}e-2`));
	});

	test('a callback may read, and give no command', () => {
		const seen: number[] = [];
		book.forEachOrder('sell', (id) => seen.push(id, book.queuePosition(id) ?? -1));
		expect(seen).toEqual([1, 0, 2, 1, 3, 0]);
		expect(refused(() => book.forEachLevel(BUY, () => book.cancel(1)))).toBeInstanceOf(ReentryError);
		expect(book.cancel(1)).toBe(true);
	});
});

describe('listeners', () => {
	test('cannot give commands', () => {
		const errors: unknown[] = [];
		const commands = [
			() => book.submitLimit(9, BUY, 1, 1),
			() => book.submitMarket(9, BUY, 1),
			() => book.submit({ id: 9, side: 'buy', price: 1, quantity: 1 }),
			() => book.cancel(1),
			() => book.reduceLots(1, 1),
			() => book.replaceLots(1, 1, 1),
			() => book.replace(1, { price: 1 }),
			() => book.cancelAll(),
			() => book.add(9, 'buy', 1, 1),
			() => book.execute(1, 1),
			() => book.replaceBy(1, 2, 1, 1),
			() => book.setLevel('buy', 1, 1),
			() => book.clear(),
			() => book.dispose(),
			() => book.listen(null),
			() => book.reserve(10),
			() => book.on('top', () => {}),
		];
		book.on('accepted', () => {
			for (const command of commands) errors.push(thrownBy(command));
		});
		book.submitLimit(1, SELL, 5, 5);
		expect(errors.length).toBe(commands.length);
		for (const error of errors) expect(error).toBeInstanceOf(ReentryError);
		expect(book.size).toBe(1);
		book.validate();
	});

	test('what they throw is thrown when the command is done', () => {
		book.submitLimit(1, SELL, 5, 5);
		const after: string[] = [];
		book.on('trade', () => {
			throw new Error('mine');
		});
		book.on('trade', () => after.push('the next handler'));
		book.on('top', () => after.push('top'));
		expect(() => book.submitLimit(2, BUY, 5, 7)).toThrow('mine');
		expect(after).toEqual(['the next handler', 'top']);
		expect(book.lotsOf(2)).toBe(2);
		book.validate();
	});

	test('come and go, positional ones first', () => {
		const calls: string[] = [];
		const listener = {
			count: 0,
			accepted(this: { count: number }) {
				this.count++;
				calls.push('positional');
			},
		};
		const off = book.on('accepted', () => {
			calls.push('handler');
			off();
		});
		book.listen(listener);
		book.submitLimit(1, BUY, 1, 1);
		book.submitLimit(2, BUY, 1, 1);
		expect(calls).toEqual(['positional', 'handler', 'positional']);
		expect(listener.count).toBe(2);
		off();
		book.listen(null);
		book.submitLimit(3, BUY, 1, 1);
		expect(calls.length).toBe(3);
		expect(book.sequence).toBe(3);
	});

	test('hear the same whether ids are numbers, bigints or words', () => {
		const ids: unknown[] = [];
		book.on('accepted', ({ id }) => ids.push(id));
		book.submitLimit(2 ** 53 - 1, BUY, 1, 1);
		book.submitLimit(2n ** 53n, BUY, 1, 1);
		book.submitLimitWords(-1, -1, BUY, 1, 1);
		book.submitLimitWords(2 ** 32 - 1, 0, BUY, 1, 1);
		expect(ids).toEqual([2 ** 53 - 1, 2n ** 53n, 2n ** 64n - 1n, 2 ** 32 - 1]);
		expect(book.cancel(2n ** 64n - 1n)).toBe(true);
		expect(book.cancelWords(-1, 0)).toBe(true);
	});
});

describe('mistakes', () => {
	test('of ids, orders and options throw, and change nothing', () => {
		book.submitLimit(1, SELL, 5, 5);
		for (const id of [0, -1, 0.5, Number.NaN, 2 ** 53, 0n, -1n, 2n ** 64n, '1', null, undefined, {}]) {
			const wrong = id as number;
			for (const call of [
				() => book.submitLimit(wrong, BUY, 1, 1),
				() => book.submitMarket(wrong, BUY, 1),
				() => book.cancel(wrong),
				() => book.reduceLots(wrong, 1),
				() => book.replaceLots(wrong, 1, 1),
				() => book.submit({ id: wrong, side: 'buy', price: 1, quantity: 1 }),
				() => book.reduce(wrong, 1),
				() => book.replace(wrong, { price: 1 }),
				() => book.add(wrong, BUY, 1, 1),
				() => book.execute(wrong, 1),
				() => book.replaceBy(1, wrong, 1, 1),
				() => book.replaceBy(wrong, 7, 1, 1),
				() => book.has(wrong),
				() => book.queuePosition(wrong),
			])
				expect(refused(call).code, `${String(id)} ${call}`).toBe('FLUX_ARGUMENT');
		}
		const wrongWords: [number, number][] = [
			[0, 0],
			[0.5, 0],
			[1, 2 ** 32],
			[Number.NaN, 1],
		];
		for (const [low, high] of wrongWords) {
			expect(refused(() => book.submitLimitWords(low, high, BUY, 1, 1)).code).toBe('FLUX_ARGUMENT');
			expect(refused(() => book.addWords(low, high, BUY, 1, 1)).code).toBe('FLUX_ARGUMENT');
		}
		const orders = [null, 1, { id: 2 }, { id: 2, side: 'buy', price: 1 }, { id: 2, side: 'buy', quantity: 1 }];
		const odd = { id: 2, side: 'buy', price: 1, quantity: 1 };
		for (const order of [
			...orders,
			{ ...odd, type: 'stop' },
			{ ...odd, timeInForce: 'constructor' },
			{ ...odd, postOnly: 1 },
		])
			expect(refused(() => book.submit(order as never)).code, JSON.stringify(order)).toBe('FLUX_ARGUMENT');
		expect(refused(() => book.replace(1, {})).code).toBe('FLUX_ARGUMENT');
		expect(refused(() => book.on('x' as 'top', () => {})).code).toBe('FLUX_ARGUMENT');
		expect(refused(() => book.on('top', null as never)).code).toBe('FLUX_ARGUMENT');
		expect(refused(() => book.listen(1 as never)).code).toBe('FLUX_ARGUMENT');
		expect(refused(() => book.reserve(-1)).code).toBe('FLUX_ARGUMENT');
		expect(refused(() => book.lotsAt('bid' as 'buy', 1)).code).toBe('FLUX_ARGUMENT');
		expect(refused(() => book.cancelAll({ side: 'bid' as 'buy' })).code).toBe('FLUX_ARGUMENT');
		expect(refused(() => book.cancelAll({ owner: -1 })).code).toBe('FLUX_ARGUMENT');
		expect(refused(() => book.cancelAll({ minPrice: '0.001' })).code).toBe('FLUX_ARGUMENT');
		for (const options of [
			1,
			null,
			{ tick: 1 },
			{ tickSize: '0' },
			{ lotSize: 'x' },
			{ selfTrade: 'never' },
			{ heap: 1 },
		])
			expect(() => new FluxOrderBook(options as never), JSON.stringify(options)).toThrow(ArgumentError);
		expect(() => new (class extends (FluxOrderBook as unknown as new () => object) {})()).toThrow(ArgumentError);
		// No error, but a refusal: the market's.
		for (const lots of ['1', null, 1n, {}]) expect(book.submitLimit(2, BUY, 1, lots as number)).toBe(REASONS.quantity);
		for (const ticks of ['1', null, 1n, {}]) expect(book.submitLimit(2, BUY, ticks as number, 1)).toBe(REASONS.price);
		for (const side of ['bid', null, 1n, {}, 2]) expect(book.submitLimit(2, side as 0, 1, 1)).toBe(REASONS.side);
	});

	test('a book that was disposed says so', () => {
		book.submitLimit(1, SELL, 5, 5);
		book.dispose();
		book.dispose();
		for (const call of [
			() => book.submitLimit(1, BUY, 1, 1),
			() => book.cancel(1),
			() => book.size,
			() => book.bestBid,
			() => book.depth(),
			() => book.has(1),
			() => book.on('top', () => {}),
			() => book.snapshot(),
			() => book.validate(),
			() => book.setLevel('buy', 1, 1),
			() => book.clear(),
			() => book.forEachOrder('buy', () => {}),
		])
			expect(thrownBy(call), String(call)).toBeInstanceOf(DisposedError);
		expect(heap.stats().pools.map(({ live }) => live)).toEqual(heap.stats().pools.map(() => 0));
		const orphan = new FluxOrderBook({ heap });
		heap.dispose();
		expect(thrownBy(() => orphan.submitLimit(1, BUY, 1, 1))).toBeInstanceOf(DisposedError);
		orphan.dispose();
	});

	test('all books are books, and stand on their own', () => {
		const { FluxOrderBook: Class } = { FluxOrderBook };
		expect(book).toBeInstanceOf(Class);
		const others = Array.from(
			{ length: 6 },
			() => new FluxOrderBook({ heap: new Heap(new Arena({ maxBytes: 2 ** 22 })) }),
		);
		for (const [at, other] of others.entries()) other.submitLimit(1, BUY, at, 1 + at);
		expect(others.map((other) => other.bestBidLots)).toEqual([1, 2, 3, 4, 5, 6]);
		for (const other of others) other.heap.dispose();
	});
});

describe('memory', () => {
	test('a full arena refuses an order and leaves the book whole', () => {
		const small = new Heap(new Arena({ maxBytes: 2 ** 19 }));
		const tight = new FluxOrderBook({ heap: small });
		let error: unknown;
		let id = 0;
		let before = tight.snapshot();
		while (error === undefined && id < 100_000) {
			before = tight.snapshot();
			try {
				id++;
				tight.submitLimit(id, BUY, -id * 1000, 1);
			} catch (thrown) {
				error = thrown;
			}
			if (id % 64 !== 0 && error === undefined) continue;
			tight.validate();
		}
		expect(error).toBeInstanceOf(OutOfMemoryError);
		expect(Buffer.from(tight.snapshot()).equals(before)).toBe(true);
		tight.validate();
		// What was full takes again once something has gone.
		for (let gone = 1; gone <= 40; gone++) tight.cancel(gone);
		expect(tight.submitLimit(id, BUY, -1000, 1)).toBe(0);
		tight.validate();
		small.dispose();
	});

	test('a price far from all others costs under 1 KB', () => {
		const lone = new Heap(new Arena({ maxBytes: 2 ** 24 }));
		const sparse = new FluxOrderBook({ heap: lone });
		const used = () => lone.stats().pools.reduce((sum, { live, nodeBytes }) => sum + live * nodeBytes, 0);
		sparse.submitLimit(1, BUY, 0, 1);
		const before = used();
		let id = 2;
		for (let ticks = -(2 ** 31); ticks < 2 ** 31; ticks += 2 ** 22) sparse.add(id++, BUY, ticks, 1);
		expect((used() - before) / (id - 2)).toBeLessThan(1024);
		sparse.validate();
		lone.dispose();
	});

	test('a thousand books share one heap, and give it back', () => {
		const books = Array.from({ length: 1000 }, () => new FluxOrderBook({ heap }));
		for (const [at, each] of books.entries()) each.submitLimit(1 + at, BUY, at, 1);
		for (const [at, each] of books.entries()) expect(each.size === 1 && each.has(1 + at)).toBe(true);
		for (const each of books) each.dispose();
		const left = heap.stats().pools.filter(({ record }) => record.startsWith('FluxOrderBook'));
		expect(left.map(({ live, containers }) => [live, containers])).toEqual(left.map(() => [0, 1]));
		book.validate();
	});

	test('reserve takes what is needed at once', () => {
		book.reserve(1000);
		const { committed } = { committed: heap.stats().arena.used };
		for (let id = 1; id <= 1000; id++) book.submitLimit(id, BUY, id % 50, 1);
		expect(heap.stats().arena.used - committed).toBeLessThan(2 ** 16);
		book.validate();
	});
});

describe('a snapshot', () => {
	test('brings the book back, with places, terms and numbers', () => {
		const own = new FluxOrderBook({ heap, tickSize: '0.05', lotSize: '0.001', selfTrade: 'decrement' });
		own.submit({ id: 2n ** 64n - 1n, side: 'buy', price: '1.05', quantity: '0.5', owner: 3 });
		own.submit({ id: 2, side: 'buy', price: '1.05', quantity: '0.25' });
		own.submit({ id: 3, side: 'sell', price: '1.05', quantity: '0.125' });
		own.setLevel('sell', 30, 7);
		const other = new Heap(new Arena({ maxBytes: 2 ** 22 }));
		const again = FluxOrderBook.restore(own.snapshot(), { heap: other });
		expect(again.depth()).toEqual(own.depth());
		expect(again.orders('buy')).toEqual(own.orders('buy'));
		expect([again.tickSize, again.lotSize, again.selfTrade]).toEqual(['0.05', '0.001', 'decrement']);
		expect([again.sequence, again.lastPrice]).toEqual([own.sequence, 1.05]);
		again.validate();
		own.dispose();
		other.dispose();
	});

	test('that is damaged is refused, and holds nothing', () => {
		for (let id = 1; id <= 9; id++) book.add(id, id & 1 ? SELL : BUY, id % 3, id, id % 4);
		book.setLevel('buy', 100, 5);
		const bytes = book.snapshot();
		const other = new FluxOrderBook({ heap }).snapshot();
		const used = heap.stats().pools.map(({ live }) => live);
		fc.assert(
			fc.property(damageArb, fc.boolean(), (damage, sealed) => {
				const broken = damaged(bytes, damage, other);
				let restored: FluxOrderBook | undefined;
				try {
					restored = FluxOrderBook.restore(sealed && broken.length >= 64 ? seal(broken) : broken, { heap });
				} catch (error) {
					if (!(error instanceof SnapshotError)) throw error;
				}
				if (restored !== undefined) {
					// Whoever forges a checksum gets a book that is another, and sound.
					restored.validate();
					restored.dispose();
				}
				expect(heap.stats().pools.map(({ live }) => live)).toEqual(used);
			}),
			{ numRuns: runs(3000) },
		);
		expect(thrownBy(() => FluxOrderBook.restore('x' as never))).toBeInstanceOf(ArgumentError);
	});
});

test('a book that is broken is found out', () => {
	for (let id = 1; id <= 9; id++) book.add(id, id & 1 ? SELL : BUY, id % 3, id);
	const inside = book as unknown as FriendlyBook;
	const { i32 } = inside.memory;
	const level = inside.findLevel(inside.book + 16, ~1);
	for (const word of [level + 5, level, i32[level] + 2, inside.book + 16 + 3, inside.book + 6]) {
		const kept = i32[word];
		i32[word] ^= 1 << 3;
		expect(thrownBy(() => book.validate())).toMatchObject({ code: 'FLUX_CORRUPTION' });
		i32[word] = kept;
	}
	book.validate();
});

test('what objects tell, numbers tell without garbage', () => {
	const heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
	const book = new FluxOrderBook({ heap, tickSize: '0.01' });
	const measures = new Float64Array(5);
	book.measuresInto(measures);
	expect([...measures]).toEqual([Number.NaN, Number.NaN, 0, Number.NaN, Number.NaN]);
	book.add(2n ** 63n + 1n, 'buy', 999, 10, 7);
	book.add(2, 'buy', 999, 20);
	book.setLevel('buy', 990, 40);
	book.measuresInto(measures);
	expect([...measures]).toEqual([Number.NaN, Number.NaN, 1, 999, Number.NaN]);
	book.add(3, 'sell', 1002, 30);
	book.add(4, 'sell', 1002, 60);
	book.measuresInto(measures, 2);
	expect([...measures].map((measure) => Number(measure.toFixed(9)))).toEqual([
		1000.5,
		999.75,
		Number(((70 - 90) / 160).toFixed(9)),
		Number(((999 * 30 + 990 * 40) / 70).toFixed(9)),
		1002,
	]);
	expect(measures[2]).toBe(book.imbalance(2));
	expect(measures[0] / 100).toBe(book.mid);
	expect(measures[1] / 100).toBeCloseTo(book.microprice ?? 0, 12);
	expect(measures[3] / 100).toBeCloseTo(book.vwap('buy', 2) ?? 0, 12);
	const order = new Float64Array(4);
	expect([book.orderInto(2n ** 63n + 1n, order), [...order]]).toEqual([true, [0, 999, 10, 7]]);
	expect([book.orderInto(4, order), [...order]]).toEqual([true, [1, 1002, 60, 0]]);
	expect([book.orderInto(5, order), [...order]]).toEqual([false, [1, 1002, 60, 0]]);
	const orders = new Float64Array(16);
	expect(book.ordersInto('buy', orders)).toBe(3);
	expect([...orders.subarray(0, 15)]).toEqual([1, 2 ** 31, 999, 10, 7, 2, 0, 999, 20, 0, 0, 0, 990, 40, 0]);
	expect(book.ordersInto('sell', orders, 1)).toBe(1);
	expect([...orders.subarray(0, 5)]).toEqual([3, 0, 1002, 30, 0]);
	heap.dispose();
});

test('a feed of levels can tell of differences', () => {
	const heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
	const book = new FluxOrderBook({ heap });
	expect([book.adjustLevel('buy', 10, 5), book.adjustLevel('buy', 10, 3), book.lotsAt('buy', 10)]).toEqual([0, 0, 8]);
	expect([book.adjustLevel('buy', 10, -9), book.lotsAt('buy', 10)]).toEqual([REASONS.quantity, 8]);
	expect([book.adjustLevel('buy', 10, -8), book.bidLevels]).toEqual([0, 0]);
	expect(book.adjustLevel('buy', 1.5, 1)).toBe(REASONS.price);
	expect(book.adjustLevel('both' as 'buy', 1, 1)).toBe(REASONS.side);
	expect(book.adjustLevel('buy', 1, Number.NaN)).toBe(REASONS.quantity);
	book.add(1, 'buy', 7, 5);
	expect(book.adjustLevel('buy', 7, 1)).toBe(REASONS['level-has-orders']);
	book.validate();
	heap.dispose();
});

test('a trade with what the book does not show is the last price, and an event', () => {
	const heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
	const book = new FluxOrderBook({ heap, tickSize: '0.01' });
	const told: BookEvents['trade'][] = [];
	book.on('trade', (trade) => told.push(trade));
	book.add(1, 'buy', 100, 5);
	expect([book.print('sell', 101, 7), book.lastPrice, book.size, book.sequence]).toEqual([0, 1.01, 1, 2]);
	expect(told).toEqual([
		expect.objectContaining({
			maker: undefined,
			taker: undefined,
			side: 'sell',
			price: 1.01,
			quantity: 7,
			sequence: 2,
		}),
	]);
	expect(book.print('sell', 1.5, 7)).toBe(REASONS.price);
	expect(book.print('sell', 1, 0)).toBe(REASONS.quantity);
	expect(book.print(3 as 0, 1, 1)).toBe(REASONS.side);
	expect(book.lastTicks).toBe(101);
	heap.dispose();
});
