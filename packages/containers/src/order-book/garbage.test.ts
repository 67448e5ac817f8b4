import { Arena, Heap, internals } from '@flux/core';
import { afterAll, describe, expect, test } from 'vitest';
import { leastAllocatedBy } from '../garbage.testing.js';
import { soak } from '../soak.testing.js';
import { MatchingEngine } from './engine/matching-engine.js';
import { BUY, FluxOrderBook, SELL } from './order-book.js';

/** Ten million calls of a book in ticks and lots leave no garbage: under 0.1 bytes each. A tenth of them in `npm test`. */

const CALLS = soak ? 10_000_000 : 500_000;
const LIVE = 4000;
const MOST = 0.1;

const heap = new Heap(new Arena({ maxBytes: 2 ** 27 }));
afterAll(() => heap.dispose());

/** A book of LIVE orders, half on each side, with consecutive ids. */
function bookOf(listens: boolean): FluxOrderBook {
	const book = new FluxOrderBook({ heap });
	for (let id = 1; id <= LIVE; id++)
		book.submitLimit(id, id & 1 ? SELL : BUY, id & 1 ? 1 + (id % 100) : -1 - (id % 100), 10);
	if (listens) {
		book.listen({
			accepted: (idLow, _idHigh, _side, ticks, lots) => note(idLow + ticks + lots),
			trade: (makerLow, _makerHigh, takerLow, _takerHigh, _side, ticks, lots) =>
				note(makerLow + takerLow + ticks + lots),
			cancelled: (idLow, _idHigh, _side, ticks, lots) => note(idLow + ticks + lots),
			replaced: (idLow, _idHigh, _side, ticks, lots) => note(idLow + ticks + lots),
			level: (_side, ticks, lots, orders) => note(ticks + lots + orders),
			top: (bidTicks, bidLots, askTicks, askLots) => note(bidTicks + bidLots + askTicks + askLots),
		});
	}
	return book;
}

let noted = 0;
function note(sum: number): void {
	noted = (noted + sum) | 0;
}

/** Each makes `calls` calls of the book. */
function loadsOf(book: FluxOrderBook): Record<string, (calls: number) => void> {
	let oldest = 1;
	let next = LIVE + 1;
	let extra = 1_000_000_000;
	const target = new Float64Array(30);
	return {
		'cancelling the oldest order and adding one'(calls) {
			for (let call = 0; call < calls; call += 2) {
				if (!book.cancel(oldest++)) throw new Error('it is there');
				book.submitLimit(next, next & 1 ? SELL : BUY, next & 1 ? 1 + (next % 100) : -1 - (next % 100), 10);
				next++;
			}
		},
		'trading by market orders and filling up'(calls) {
			for (let call = 0; call < calls; call += 4) {
				book.submitLimit(extra++, SELL, 0, 5);
				book.submitMarket(extra++, BUY, 5);
				book.submitLimit(extra++, BUY, 0, 5);
				book.submitLimit(extra++, SELL, 0, 5);
			}
		},
		'reducing and replacing'(calls) {
			for (let call = 0; call < calls; call += 4) {
				const id = oldest + (call % 1000);
				const ticks = book.ticksOf(id) ?? 0;
				book.reduceLots(id, 1);
				book.replaceLots(id, ticks, 12);
				book.replaceLots(id, ticks + (ticks > 0 ? 1000 : -1000), 10);
				book.replaceLots(id, ticks, 10);
			}
		},
		'applying a feed by ids of two words'(calls) {
			for (let call = 0; call < calls; call += 4) {
				const side = call & 4 ? BUY : SELL;
				book.addWords(call, 77, side, side === SELL ? 7 : -7, 9);
				book.executeWords(call, 77, 4);
				book.replaceByWords(call, 77, call, 78, side === SELL ? 8 : -8, 3);
				if (!book.deleteWords(call, 78)) throw new Error('it is there');
			}
		},
		'setting levels'(calls) {
			for (let call = 0; call < calls; call++) book.setLevel('buy', -100_000 - (call % 500), call % 3);
		},
		refusing(calls) {
			for (let call = 0; call < calls; call += 2) {
				book.cancel(999_999_999);
				book.submitLimit(oldest, BUY, 1, 1);
			}
		},
		reading(calls) {
			let sum = 0;
			for (let call = 0; call < calls; call += 5) {
				sum += (book.bestBidTicks ?? 0) + book.bestAskLots + (book.spreadTicks ?? 0);
				sum += book.depthInto(BUY, target) + book.costInTicks(BUY, 100);
				sum += book.queuePosition(oldest + (call % 100)) ?? 0;
				sum += book.ordersInto(SELL, target);
				if (book.orderInto(oldest + (call % 100), target)) sum += target[2];
				book.measuresInto(target, 5);
				sum += target[1] > 0 ? 1 : 0;
			}
			note(sum);
		},
	};
}

describe.runIf(internals.canEvaluate).each([false, true])(
	`${CALLS.toLocaleString('en')} calls, with a listener: %s,`,
	(listens) => {
		const book = bookOf(listens);
		test.each(Object.entries(loadsOf(book)))('of %s leave under 0.1 bytes each', (_, load) => {
			const least = leastAllocatedBy(load, CALLS, MOST);
			expect(least.bytes / CALLS, least.most).toBeLessThan(MOST);
			book.validate();
		});
		test('of applying a feed, written into a journal, leave under 0.1 bytes each', () => {
			let bytes = 0;
			book.journal((record) => {
				bytes += record.length;
			});
			const load = loadsOf(book)['applying a feed by ids of two words'];
			const least = leastAllocatedBy(load, CALLS, MOST);
			expect(least.bytes / CALLS, least.most).toBeLessThan(MOST);
			expect(bytes).toBeGreaterThan(CALLS * 32);
			book.journal(null);
		});
	},
);

describe.runIf(internals.canEvaluate)('an engine without other orders', () => {
	test('sends plain ones to the book, and leaves under 0.1 bytes each', () => {
		const engine = new MatchingEngine(new FluxOrderBook({ heap }));
		let id = 1;
		const load = (calls: number) => {
			for (let call = 0; call < calls; call += 7) {
				engine.submitLimit(id++, SELL, 100, 5);
				engine.submitMarket(id++, BUY, 2);
				engine.submitLimit(id++, BUY, 99, 5);
				engine.replaceLots(id - 1, 98, 6);
				engine.reduceLots(id - 1, 1);
				engine.cancel(id - 1);
				engine.cancel(id - 3);
			}
		};
		const least = leastAllocatedBy(load, CALLS, MOST);
		expect(least.bytes / CALLS, least.most).toBeLessThan(MOST);
		engine.validate();
	});
});

test('where text cannot become code, books are the same classes, and as sound', () => {
	const book = bookOf(true);
	for (const load of Object.values(loadsOf(book))) load(2000);
	book.validate();
	book.dispose();
	expect(noted).not.toBe(0);
});
