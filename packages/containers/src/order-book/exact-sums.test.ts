import { Arena, ArgumentError, Heap } from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runs } from '../soak.testing.js';
import { auctionPrice, uncross } from './engine/auction.js';
import { MatchingEngine } from './engine/matching-engine.js';
import { BUY, FluxOrderBook, FOK, SELL } from './order-book.js';
import { REASONS } from './terms.js';

/** Each sum that a book makes of quantities of up to 2^53 - 1 lots: it is exact, or refused. */

const MOST = 2 ** 53 - 1;
let heap: Heap;
let book: FluxOrderBook;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 25 }));
	book = new FluxOrderBook({ heap });
});
afterEach(() => heap.dispose());

/** Lots of all sizes, with the largest and those at which doubles begin to round among them. */
const lotsArb = fc.oneof(
	fc.integer({ min: 1, max: 9 }),
	fc.integer({ min: 2 ** 53 - 9, max: MOST }),
	fc.integer({ min: 2 ** 52 - 9, max: 2 ** 52 + 9 }),
	fc.maxSafeNat().filter((lots) => lots > 0),
);
const ticksArb = fc.oneof(
	fc.integer({ min: -5, max: 5 }),
	fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
	fc.constantFrom(-(2 ** 31), 2 ** 31 - 1),
);
const levelsArb = fc.uniqueArray(fc.record({ ticks: ticksArb, lots: lotsArb }), {
	selector: ({ ticks }) => ticks,
	minLength: 1,
	maxLength: 8,
});
type Levels = { ticks: number; lots: number }[];

/** Puts levels of a side in place of what the book holds; returns them best first. */
function fill(side: typeof BUY | typeof SELL, levels: Levels): Levels {
	book.clear();
	for (const [at, { ticks, lots }] of levels.entries()) expect(book.add(at + 1, side, ticks, lots)).toBe(0);
	return levels.toSorted((a, b) => (side === BUY ? b.ticks - a.ticks : a.ticks - b.ticks));
}

/** What an order that takes finds: lots, ticks x lots, and how many lots it lacks. */
function taken(levels: Levels, lots: number): { cost: bigint; left: bigint } {
	let left = BigInt(lots);
	let cost = 0n;
	for (const level of levels) {
		const here = left < BigInt(level.lots) ? left : BigInt(level.lots);
		cost += here * BigInt(level.ticks);
		left -= here;
	}
	return { cost, left };
}

const isSafe = (sum: bigint) => sum <= BigInt(MOST) && sum >= -BigInt(MOST);

describe('the sum', () => {
	test.each<[string, (lots: number) => number]>([
		['orders that are added', (lots) => book.add(9, BUY, 5, lots)],
		['orders that come', (lots) => book.submitLimit(9, BUY, 5, lots)],
		['orders that come and might trade', (lots) => book.submitLimit(9, BUY, 5, lots, 0, 3)],
		['orders that get more', (lots) => book.add(9, BUY, 5, 1) || book.replaceLots(9, 5, lots)],
		['orders that get another price', (lots) => book.add(9, BUY, 4, 1) || book.replaceLots(9, 5, lots)],
		['orders that are replaced', (lots) => book.add(9, BUY, 4, 1) || book.replaceBy(9, 10, 5, lots)],
		['orders that are replaced at their price', (lots) => book.add(9, BUY, 5, 1) || book.replaceBy(9, 10, 5, lots)],
	])('of a level: %s', (_, give) => {
		const others = 2 ** 52 + 1;
		for (const [lots, code] of [
			[MOST - others, 0],
			[MOST - others + 1, REASONS['level-full']],
		]) {
			book.clear();
			book.add(1, BUY, 5, others - 3);
			book.add(2, BUY, 5, 3);
			expect(give(lots)).toBe(code);
			if (code === 0) expect(book.lotsAt(BUY, 5)).toBe(MOST);
			else expect(book.lotsAt(BUY, 5) <= others + 1).toBe(true);
			book.validate();
		}
	});

	test('of a level and a difference', () => {
		book.setLevel(SELL, 5, MOST - 2);
		expect([book.adjustLevel(SELL, 5, 2), book.lotsAt(SELL, 5)]).toEqual([0, MOST]);
		for (const lots of [1, 2, MOST, -MOST - 1]) expect(book.adjustLevel(SELL, 5, lots)).toBe(REASONS.quantity);
		expect([book.adjustLevel(SELL, 5, 1 - MOST), book.lotsAt(SELL, 5)]).toEqual([0, 1]);
	});

	test('that can be filled, and that an order which must be filled whole looks for', () => {
		const reachArb = ticksArb;
		fc.assert(
			fc.property(levelsArb, reachArb, lotsArb, fc.nat(1), (levels, reach, lots, owner) => {
				const best = fill(SELL, levels);
				const there = best
					.filter(({ ticks }) => ticks <= reach)
					.reduce((sum, { lots: each }) => sum + BigInt(each), 0n);
				const found = Number(there < BigInt(lots) ? there : BigInt(lots));
				expect(book.fillableLots(BUY, reach, lots, owner)).toBe(found);
				expect(book.submitLimit(99, BUY, reach, lots, FOK, owner)).toBe(found === lots ? 0 : REASONS['not-enough']);
				expect(book.filledLots).toBe(found === lots ? lots : 0);
				book.validate();
			}),
			{ numRuns: runs(2000) },
		);
		for (const wrong of [MOST + 1, Number.NaN, -1, 0.5, Infinity, '5' as never, undefined as never])
			expect(() => book.fillableLots(BUY, 5, wrong)).toThrow(ArgumentError);
		for (const wrong of [2 ** 31, 0.5, Number.NaN]) expect(() => book.fillableLots(BUY, wrong, 5)).toThrow('ticks');
	});

	test('that an engine finds, in what is shown and what is not', () => {
		const engine = new MatchingEngine(book);
		const parts = fc.array(fc.tuple(lotsArb, fc.boolean(), fc.integer({ min: 1, max: 3 })), {
			minLength: 1,
			maxLength: 5,
		});
		fc.assert(
			fc.property(parts, lotsArb, (orders, lots) => {
				engine.cancelAll();
				let there = 0n;
				for (const [at, [each, hidden, price]] of orders.entries()) {
					const { accepted } = engine.submit({ id: at + 1, side: 'sell', price, quantity: each, hidden });
					if (accepted) there += BigInt(each);
				}
				const isEnough = there >= BigInt(lots);
				const result = engine.submit({ id: 99, side: 'buy', price: 3, quantity: lots, timeInForce: 'FOK' });
				expect([result.accepted, result.filled]).toEqual([isEnough, isEnough ? lots : 0]);
				const left = there - (isEnough ? BigInt(lots) : 0n);
				expect(engine.auctionPrice()).toBeUndefined();
				expect(orders.reduce((sum, _, at) => sum + BigInt(engine.openOf(at + 1)), 0n)).toBe(left);
				engine.validate();
			}),
			{ numRuns: runs(500) },
		);
	});

	test('of ticks x lots', () => {
		fc.assert(
			fc.property(levelsArb, lotsArb, fc.nat(1), (levels, lots, side) => {
				const best = fill(side === BUY ? SELL : BUY, levels);
				const { cost, left } = taken(best, lots);
				const sum = book.costInTicks(side === BUY ? BUY : SELL, lots);
				expect(sum).toBe(left === 0n && isSafe(cost) ? Number(cost) : Number.NaN);
				const filled = BigInt(lots) - left;
				const found = book.costToFill(side === BUY ? 'buy' : 'sell', lots);
				expect(found).toMatchObject({ quantity: Number(filled), complete: left === 0n, cost: Number(cost) });
			}),
			{ numRuns: runs(3000) },
		);
		// The second product alone is no double, and the sum is one.
		fill(SELL, [
			{ ticks: -2, lots: 2 ** 52 - 1 },
			{ ticks: 3, lots: 3_002_399_751_580_331 },
		]);
		expect(book.costInTicks(BUY, 2 ** 52 - 1 + 3_002_399_751_580_331)).toBe(3);
		// A part of it is beyond 2^53, and the whole is not.
		fill(SELL, [
			{ ticks: -5, lots: 2 ** 51 },
			{ ticks: 5, lots: 2 ** 51 - 1 },
		]);
		expect(book.costInTicks(BUY, 2 ** 52 - 1)).toBe(-5);
		for (const wrong of [MOST + 1, Number.NaN, -1, 0.5])
			expect(() => book.costInTicks(BUY, wrong)).toThrow(ArgumentError);
	});

	test('of the lots ahead, and of a depth', () => {
		const ordersArb = fc.array(lotsArb, { minLength: 1, maxLength: 6 });
		const target = new Float64Array(3);
		fc.assert(
			fc.property(ordersArb, (orders) => {
				book.clear();
				let sum = 0;
				for (const [at, lots] of orders.entries()) {
					if (book.add(at + 1, BUY, 7, lots) !== 0) continue;
					expect(book.lotsAhead(at + 1)).toBe(sum);
					sum += lots;
					expect(book.depthInto(BUY, target)).toBe(1);
					expect([target[1], book.lotsAt(BUY, 7), book.bestBidLots, book.depth().bids[0].quantity]).toEqual(
						new Array(4).fill(sum),
					);
				}
				expect(Number.isSafeInteger(sum)).toBe(true);
			}),
			{ numRuns: runs(1000) },
		);
	});

	test('behind a fraction, which is one rounding of what is exact or close to it', () => {
		const measures = new Float64Array(5);
		/** A fraction of integers, to 60 bits. */
		const quotient = (a: bigint, b: bigint) => Number((a << 200n) / b) / 2 ** 200;
		fc.assert(
			fc.property(levelsArb, levelsArb, fc.integer({ min: 1, max: 9 }), (buys, sells, count) => {
				const asks = fill(SELL, sells).slice(0, count);
				for (const [at, { ticks, lots }] of buys.entries()) book.add(100 + at, BUY, ticks, lots);
				const bids = buys.toSorted((a, b) => b.ticks - a.ticks).slice(0, count);
				const sumOf = (levels: Levels) => levels.reduce((sum, { lots }) => sum + BigInt(lots), 0n);
				const costOf = (levels: Levels) =>
					levels.reduce((sum, { ticks, lots }) => sum + BigInt(lots) * BigInt(ticks), 0n);
				const [bid, ask] = [sumOf(bids), sumOf(asks)];
				const near = 2 ** -50;
				book.measuresInto(measures, count);
				const imbalance = quotient(bid - ask, bid + ask);
				for (const found of [book.imbalance(count), measures[2]])
					expect(Math.abs(found - imbalance)).toBeLessThanOrEqual(near);
				for (const [side, levels, at] of [
					['buy', bids, 3],
					['sell', asks, 4],
				] as const) {
					const average = quotient(costOf(levels), sumOf(levels));
					// The way from the best price is what is rounded.
					const reach = Math.max(...levels.map(({ ticks }) => Math.abs(ticks)), 1) * 4;
					expect(Math.abs(measures[at] - average)).toBeLessThanOrEqual(reach * near);
					expect(Math.abs((book.vwap(side, count) ?? Number.NaN) - average)).toBeLessThanOrEqual(
						Math.abs(average) * near,
					);
				}
			}),
			{ numRuns: runs(1000) },
		);
	});

	test('of an auction, and of what it leaves', () => {
		for (let id = 1; id <= 6; id++) book.add(id, id < 4 ? BUY : SELL, id < 4 ? 10 + id : id, MOST);
		for (const call of [() => auctionPrice(book), () => uncross(book)])
			expect(call).toThrow(`the auction is of ${3n * BigInt(MOST)} lots`);
		for (let id = 3; id <= 5; id++) book.cancel(id);
		expect(uncross(book)).toMatchObject({ lots: MOST, surplus: 0 });

		const engine = new MatchingEngine(book);
		book.clear();
		engine.startAuction();
		for (let id = 1; id <= 4; id++)
			engine.submit({ id, side: id < 3 ? 'buy' : 'sell', price: id < 3 ? 20 : id, quantity: MOST, hidden: id === 2 });
		const before = engine.hash();
		for (const call of [() => engine.auctionPrice(), () => engine.uncross()])
			expect(call).toThrow(`the auction is of ${2n * BigInt(MOST)} lots`);
		expect([engine.isAuction, engine.hash()]).toEqual([true, before]);
		engine.cancel(4);
		// At one price, shown and not: what is left has no number, and what trades has.
		engine.replace(3, { quantity: 5 });
		expect(engine.auctionPrice()).toMatchObject({ lots: 5, surplusSide: 'buy', surplus: Number.NaN });
		engine.reduce(2, MOST - 1);
		engine.reduce(1, 1);
		expect(engine.auctionPrice()).toMatchObject({ lots: 5, surplusSide: 'buy', surplus: MOST - 5 });
		expect(engine.uncross()).toMatchObject({ lots: 5, surplusSide: 'buy', surplus: MOST - 5 });
	});

	test('of a position is exact beyond 64 bits', () => {
		const engine = new MatchingEngine(book);
		let again = engine;
		engine.setPosition(1, MOST);
		engine.setPosition(2, -MOST);
		let position = BigInt(MOST);
		for (let each = 0; each < 1100; each++) {
			again.submitLimit(2 * each + 1, 'sell', 5, MOST, 0, 2);
			again.submitMarket(2 * each + 2, 'buy', MOST, 0, 1);
			position += BigInt(MOST);
			expect([again.positionText(1), again.positionText(2)]).toEqual([`${position}`, `${-position}`]);
			if (each % 500 === 0) again = MatchingEngine.restore(again.snapshot(), { heap });
		}
		expect(position > 2n ** 63n).toBe(true);
		for (const owner of [1, 2]) expect(() => again.position(owner)).toThrow('positionText()');
		// An order that may only reduce it is as large as orders can be.
		const { accepted, open } = again.submit({
			id: 9999,
			side: 'sell',
			price: 5,
			quantity: MOST,
			owner: 1,
			reduceOnly: true,
		});
		expect([accepted, open]).toEqual([true, MOST]);
		again.setPosition(1, 5);
		expect([again.position(1), again.positionText(1), again.openOf(9999)]).toEqual([5, '5', 5]);
		expect([again.position(3), again.positionText(3)]).toEqual([undefined, undefined]);
		again.validate();
	});
});
