import { Arena, FluxError, Heap } from '@flux/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auctionPrice, uncross } from './engine/auction.js';
import { MatchingEngine } from './engine/matching-engine.js';
import { writeEvents } from './event-records.js';
import { ItchFeed } from './feeds/itch.js';
import { LevelFeed } from './feeds/level-feed.js';
import { applyLobster, LobsterFeed } from './feeds/lobster.js';
import { FluxOrderBook } from './order-book.js';
import { TextIds } from './text-ids.js';

/** Calls that nobody should make: each is refused with a reason or a named error, and leaves everything as it was. */

let heap: Heap;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 25 }));
});
afterEach(() => heap.dispose());

const WRONG: readonly unknown[] = [
	...[undefined, null, 0, -0, -1, 1.5, Number.NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 64],
	...[0n, 5n, -1n, 2n ** 64n, '', 'x', '1', '1e400', [], {}, true, Symbol('none'), () => 1, new Date(Number.NaN)],
];

type Call = (...args: unknown[]) => unknown;

/** Commands, and arguments that are right. */
const OF_BOOK: Record<string, unknown[]> = {
	...{ submit: [{ id: 9, side: 'buy', price: 5, quantity: 1 }], reduce: [1, '0.1'], replace: [1, { price: 4 }] },
	...{ submitLimit: [9, 'buy', 11, 3, 0, 0], submitLimitWords: [9, 0, 'buy', 11, 3, 0, 0] },
	...{ submitMarket: [9, 'buy', 3, 0, 0], submitMarketWords: [9, 0, 'buy', 3, 0, 0] },
	...{ cancel: [1], cancelWords: [1, 0], cancelAll: [{}], reduceLots: [1, 2], reduceLotsWords: [1, 0, 2] },
	...{ replaceLots: [1, 9, 3], replaceLotsWords: [1, 0, 9, 3], delete: [1], deleteWords: [1, 0] },
	...{ add: [9, 'buy', 11, 3, 0], addWords: [9, 0, 'buy', 11, 3, 0], execute: [1, 2, 9], executeWords: [1, 0, 2, 9] },
	...{ replaceBy: [1, 9, 8, 3], replaceByWords: [1, 0, 9, 0, 8, 3], print: ['buy', 10, 3] },
	...{ setLevel: ['buy', 4, 3], adjustLevel: ['buy', 3, 1], reserve: [5], lotsAt: ['buy', 3], ordersAt: ['buy', 3] },
	...{ on: ['trade', () => {}], listen: [null], journal: [null], toTicks: [5], toLots: [1], order: [1], lotsOf: [1] },
};
const OF_ENGINE: Record<string, unknown[]> = {
	...{ submit: [{ id: 9, side: 'buy', price: 5, quantity: 1 }], reduce: [1, '0.1'], replace: [1, { price: 4 }] },
	...{ submitLimit: [9, 'buy', 11, 3, 0, 0], submitMarket: [9, 'buy', 3, 0, 0], replaceLots: [1, 9, 3] },
	...{ submitLimitWords: [9, 0, 'buy', 11, 3, 0, 0], submitMarketWords: [9, 0, 'buy', 3, 0, 0], cancelWords: [1, 0] },
	...{ reduceLotsWords: [1, 0, 2], replaceLotsWords: [1, 0, 9, 3] },
	...{ reduceLots: [1, 2], cancel: [1], cancelAll: [{}], setPosition: [1, 1], advance: [3], uncross: [{}] },
	...{ auctionPrice: [{}], has: [1], openOf: [1], position: [1], journal: [null], onTriggered: [() => {}] },
};
const FIELDS = ['id', 'side', 'price', 'quantity', 'type', 'timeInForce', 'owner', 'postOnly'];
const TERMS = [
	...['displayQuantity', 'hidden', 'allOrNone', 'stopPrice', 'trail', 'minQuantity', 'reduceOnly', 'expires', 'day'],
	...['cancels', 'notional'],
];

function fill(book: FluxOrderBook): FluxOrderBook {
	book.add(1, 'buy', 10, 5, 1);
	book.add(2, 'sell', 20, 5, 2);
	book.setLevel('buy', 3, 7);
	return book;
}

/** What commands change, their events' numbers apart. */
const stateOf = (book: FluxOrderBook, engine?: MatchingEngine) =>
	JSON.stringify([book.orders('buy'), book.orders('sell'), book.lastTicks, engine?.openOf(5), engine?.waiting]);

/** Whether a result says that the command was refused. */
const isRefusal = (result: unknown, name: string) =>
	(typeof result === 'number' &&
		result !== 0 &&
		/^(submit|replace|reduce|add|execute|print|setL|adjustL)/.test(name)) ||
	(typeof result === 'object' && (result as { accepted?: boolean } | null)?.accepted === false);

/** Calls, and checks that what was refused has changed nothing. */
function check(what: string, book: FluxOrderBook, engine: MatchingEngine | undefined, call: () => unknown): void {
	const before = stateOf(book, engine);
	const { sequence } = book;
	let result: unknown;
	try {
		result = call();
	} catch (error) {
		if (!(error instanceof FluxError)) throw new Error(`${what} threw ${String(error)}`);
		expect([stateOf(book, engine), book.sequence], what).toEqual([before, sequence]);
		return;
	}
	if (isRefusal(result, what)) expect([stateOf(book, engine), book.sequence], what).toEqual([before, sequence + 1]);
	(engine ?? book).validate();
}

const named = (value: unknown) => (typeof value === 'bigint' ? `${value}n` : String(value));

describe('a hostile call', () => {
	test.each(Object.entries(OF_BOOK))('of %s of a book changes nothing', (name, args) => {
		for (const [at] of args.entries()) {
			for (const value of WRONG) {
				const book = fill(new FluxOrderBook({ heap, tickSize: '0.5', lotSize: '0.1' }));
				const given = args.with(at, value);
				const call = (book as unknown as Record<string, Call>)[name].bind(book);
				check(`${name} with ${named(value)} for argument ${at}`, book, undefined, () => call(...given));
				book.dispose();
			}
		}
	});

	test.each(Object.entries(OF_ENGINE))('of %s of an engine changes nothing', (name, args) => {
		for (const [at] of args.entries()) {
			for (const value of WRONG) {
				for (const calls of [false, true]) {
					const book = fill(new FluxOrderBook({ heap, tickSize: '0.5', lotSize: '0.1' }));
					const engine = new MatchingEngine(book);
					engine.submit({ id: 5, side: 'sell', price: 12, quantity: 3, displayQuantity: 1 });
					if (calls) engine.startAuction();
					const given = args.with(at, value);
					const call = (engine as unknown as Record<string, Call>)[name].bind(engine);
					check(`${name} with ${named(value)} for argument ${at}`, book, engine, () => call(...given));
					engine.dispose();
					book.dispose();
				}
			}
		}
	});

	test.each([...FIELDS, ...TERMS])('with a wrong %s in an order changes nothing', (field) => {
		for (const value of WRONG) {
			const book = fill(new FluxOrderBook({ heap, tickSize: '0.5', lotSize: '0.1' }));
			const order = { id: 9, side: 'buy', ...(field === 'notional' ? { type: 'market' } : { price: 5, quantity: 1 }) };
			const wrong = { ...order, [field]: value } as never;
			if (FIELDS.includes(field)) check(`submit ${field} ${named(value)}`, book, undefined, () => book.submit(wrong));
			book.cancel(9);
			const engine = new MatchingEngine(book);
			check(`engine ${field} ${named(value)}`, book, engine, () => engine.submit(wrong));
			engine.dispose();
			book.dispose();
		}
	});

	test('with options that are none, or misspelled, is a named error', () => {
		const book = fill(new FluxOrderBook({ heap }));
		const engine = new MatchingEngine(fill(new FluxOrderBook({ heap })));
		const calls: ((wrong: never) => unknown)[] = [
			(wrong) => book.cancelAll(wrong),
			(wrong) => engine.cancelAll(wrong),
			(wrong) => uncross(book, wrong),
			(wrong) => auctionPrice(book, wrong),
			(wrong) => engine.uncross(wrong),
			(wrong) => engine.auctionPrice(wrong),
			(wrong) => new LevelFeed(book, wrong),
			(wrong) => new ItchFeed(wrong),
			(wrong) => new LobsterFeed(book, wrong),
			(wrong) => new TextIds(wrong),
			(wrong) => writeEvents(book, { emplace() {} } as never, wrong),
		];
		for (const call of calls)
			for (const wrong of [null, 5, 'x', { maxprice: 5 }])
				expect(() => call(wrong as never), `${call}`).toThrow(FluxError);
		for (const wrong of [null, undefined, {}, 5]) {
			expect(() => new LevelFeed(wrong as never)).toThrow(FluxError);
			expect(() => new LobsterFeed(wrong as never)).toThrow(FluxError);
			expect(() => applyLobster(book, wrong as never)).toThrow(FluxError);
		}
		// One that is misspelled would mean all orders.
		expect(() => book.cancelAll({ maxprice: 5 } as never)).toThrow('the fields are side, owner, minPrice, maxPrice');
		expect(book.size).toBe(3);
	});
});
