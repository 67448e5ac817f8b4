import { Arena, ArgumentError, Heap, ReentryError } from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, test } from 'vitest';
import { expect } from '../../quick-expect.testing.js';
import { runs, thrownBy } from '../../soak.testing.js';
import { BUY, FluxOrderBook, SELL } from '../order-book.js';
import { auctionPrice, uncross } from './auction.js';
import { MatchingEngine } from './matching-engine.js';

let heap: Heap;
let book: FluxOrderBook;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
	book = new FluxOrderBook({ heap });
});
afterEach(() => heap.dispose());

interface Order {
	side: number;
	ticks: number;
	lots: number;
}

/** The rules, price by price. */
function slowPrice(
	orders: readonly Order[],
	reference: number | undefined,
): { ticks: number; volume: number } | undefined {
	const sum = (side: number, accept: (ticks: number) => boolean) =>
		orders.filter((order) => order.side === side && accept(order.ticks)).reduce((total, { lots }) => total + lots, 0);
	const bids = orders.filter(({ side }) => side === 0).map(({ ticks }) => ticks);
	const asks = orders.filter(({ side }) => side === 1).map(({ ticks }) => ticks);
	const rows: { ticks: number; volume: number; surplus: number }[] = [];
	for (let ticks = Math.min(...asks); ticks <= Math.max(...bids); ticks++) {
		const demand = sum(0, (bid) => bid >= ticks);
		const supply = sum(1, (ask) => ask <= ticks);
		rows.push({ ticks, volume: Math.min(demand, supply), surplus: demand - supply });
	}
	if (rows.length === 0) return undefined;
	const volume = Math.max(...rows.map((row) => row.volume));
	const largest = rows.filter((row) => row.volume === volume);
	const surplus = Math.min(...largest.map((row) => Math.abs(row.surplus)));
	const equal = largest.filter((row) => Math.abs(row.surplus) === surplus);
	const [first] = equal;
	const last = equal[equal.length - 1];
	if (equal.every((row) => row.surplus > 0)) return { ticks: last.ticks, volume };
	if (equal.every((row) => row.surplus < 0)) return { ticks: first.ticks, volume };
	const wanted = reference ?? Math.floor((first.ticks + last.ticks) / 2);
	const nearest = equal.toSorted((a, b) => Math.abs(a.ticks - wanted) - Math.abs(b.ticks - wanted))[0];
	return { ticks: nearest.ticks, volume };
}

test('an auction has the price of the rules, trades by priority, and leaves nothing that crosses', () => {
	const orderArb = fc.record({
		side: fc.nat(1),
		ticks: fc.integer({ min: -6, max: 12 }),
		lots: fc.integer({ min: 1, max: 5 }),
	});
	const referenceArb = fc.option(fc.integer({ min: -9, max: 15 }), { nil: undefined });
	const ordersArb = fc.array(orderArb, { maxLength: 25, size: 'max' });
	fc.assert(
		fc.property(ordersArb, referenceArb, fc.boolean(), (orders, reference, isLoud) => {
			const tested = new FluxOrderBook({ heap });
			for (const [at, { side, ticks, lots }] of orders.entries())
				tested.add(at + 1, side === 0 ? BUY : SELL, ticks, lots);
			const trades: number[][] = [];
			const levels: number[][] = [];
			if (isLoud)
				tested.listen({
					trade: (maker, _a, taker, _b, side, ticks, lots) => trades.push([maker, taker, side, ticks, lots]),
					level: (...level) => levels.push(level),
				});
			const shown = tested.depth();
			const options = reference === undefined ? {} : { reference };
			const before = auctionPrice(tested, options);
			const result = uncross(tested, options);
			expect(result).toEqual(before);
			const wanted = slowPrice(orders, reference);
			expect(result && { ticks: result.ticks, volume: result.lots }).toEqual(wanted);
			tested.validate();
			expect(tested.crossed).toBe(false);
			if (wanted === undefined) {
				expect(tested.depth()).toEqual(shown);
				tested.dispose();
				return;
			}
			expect([tested.lastTicks, tested.sequence >= orders.length]).toEqual([wanted.ticks, true]);
			// Each side gave so many lots, the best orders first.
			for (const side of [0, 1]) {
				let left = wanted.volume;
				const sign = side === 0 ? -1 : 1;
				const queue = orders.map((order, at) => ({ ...order, id: at + 1 })).filter((order) => order.side === side);
				for (const { id, lots } of queue.sort((a, b) => (a.ticks - b.ticks) * sign)) {
					const traded = Math.min(left, lots);
					left -= traded;
					expect(tested.lotsOf(id)).toBe(lots - traded);
				}
				expect(left).toBe(0);
			}
			if (isLoud) {
				expect(trades.reduce((sum, [, , , , lots]) => sum + lots, 0)).toBe(wanted.volume);
				for (const [maker, taker, side, ticks] of trades)
					expect([orders[maker - 1].side, orders[taker - 1].side, side, ticks]).toEqual([1, 0, 0, wanted.ticks]);
				for (const [side, ticks, lots, count] of levels) {
					const name = side === 0 ? BUY : SELL;
					expect([tested.lotsAt(name, ticks), tested.ordersAt(name, ticks)]).toEqual([lots, count]);
				}
				expect(new Set(levels.map(([side, ticks]) => `${side} ${ticks}`)).size).toBe(levels.length);
			}
			const { surplusSide, surplus } = result ?? {};
			const beyond = (side: 'buy' | 'sell') => tested.fillableLots(side === 'buy' ? 'sell' : 'buy', wanted.ticks, 1000);
			expect([beyond('buy'), beyond('sell')]).toEqual([
				surplusSide === 'buy' ? surplus : 0,
				surplusSide === 'sell' ? surplus : 0,
			]);
			tested.dispose();
		}),
		{ numRuns: runs(2000) },
	);
});

test('an auction of extreme prices and quantities is exact, or refused', () => {
	const most = 2 ** 53 - 1;
	book.add(1, BUY, 2 ** 31 - 1, most);
	book.add(2, SELL, -(2 ** 31), most);
	expect(uncross(book)).toMatchObject({ ticks: -1, lots: most, surplusSide: undefined });
	for (let id = 1; id <= 4; id++) book.add(id, id < 3 ? BUY : SELL, id < 3 ? 10 + id : id, most);
	expect(() => uncross(book)).toThrow(ArgumentError);
	expect(book.size).toBe(4);
	expect(() => auctionPrice(book)).toThrow(ArgumentError);
	book.validate();
});

test('an auction of a book is refused where an engine stands on it, which has one of its own', () => {
	const engine = new MatchingEngine(book);
	book.add(1, BUY, 10, 5);
	book.add(3, SELL, 9, 5);
	expect(() => uncross(book)).toThrow('call uncross() of the engine');
	expect(auctionPrice(book)?.lots).toBe(5);
	expect(engine.uncross()?.lots).toBe(5);
	book.add(1, BUY, 10, 5);
	book.add(3, SELL, 9, 5);
	engine.dispose();
	expect(uncross(book)?.lots).toBe(5);
});

test('an auction refuses what is none', () => {
	expect(uncross(book)).toBeUndefined();
	book.add(1, BUY, 1, 1);
	expect(auctionPrice(book)).toBeUndefined();
	book.add(2, SELL, 1, 1);
	expect(() => uncross({} as never)).toThrow(ArgumentError);
	expect(() => uncross(book, { reference: '0.5' })).toThrow(ArgumentError);
	const caught: unknown[] = [];
	book.on('trade', () => caught.push(thrownBy(() => uncross(book))));
	uncross(book);
	expect(caught[0]).toBeInstanceOf(ReentryError);
	book.dispose();
	expect(() => uncross(book)).toThrow('disposed');
});
