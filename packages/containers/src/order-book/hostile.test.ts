import { Arena, FluxError, Heap, internals } from '@flux/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auctionPrice, uncross } from './engine/auction.js';
import { MatchingEngine } from './engine/matching-engine.js';
import { writeEvents } from './event-records.js';
import { krakenChecksum, okxChecksum } from './feeds/checksums.js';
import { ItchFeed } from './feeds/itch.js';
import { LevelFeed } from './feeds/level-feed.js';
import { applyLobster, LobsterFeed } from './feeds/lobster.js';
import { FluxOrderBook } from './order-book.js';
import { FluxOrderBooks } from './order-books.js';
import { reasonName } from './terms.js';
import { TextIdOrders, TextIds } from './text-ids.js';

/** Calls that nobody should make: each is refused with a reason or a named error, and leaves everything as it was. */

let heap: Heap;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 25 }));
});
afterEach(() => heap.dispose());

const WRONG: readonly unknown[] = [
	...[undefined, null, 0, -0, -1, 1.5, Number.NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 64],
	...[0n, 5n, -1n, 2n ** 64n, '', 'x', '1', '1e400', [], {}, true, Symbol('none'), () => 1, new Date(Number.NaN)],
	...[Object.create(null), revoked(), { toString: fail, valueOf: fail, [Symbol.toPrimitive]: fail }, [Symbol('in')]],
];

/** A proxy that nothing can be done with. */
function revoked(): unknown {
	const { proxy, revoke } = Proxy.revocable({}, {});
	revoke();
	return proxy;
}

function fail(): never {
	throw new TypeError('code of a value that was refused has run');
}

type Call = (...args: unknown[]) => unknown;
/** Stands for the book that a call is about. */
const BOOK = Symbol('book');

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
	...{ has: [1], ticksOf: [1], queuePosition: [1], lotsAhead: [1], orderInto: [1, new Float64Array(4)] },
	...{ depth: [2], orders: ['buy'], costToFill: ['buy', 1], vwap: ['buy', 1], imbalance: [1], costInTicks: ['buy', 1] },
	...{
		fillableLots: ['buy', 5, 1, 0],
		depthInto: ['buy', new Float64Array(6), 1],
		measuresInto: [new Float64Array(5), 1],
	},
	...{ ordersInto: ['buy', new Float64Array(6), 1], forEachLevel: ['buy', () => {}], forEachOrder: ['buy', () => {}] },
	...{ priceText: [1], quantityText: [1], share: ['move'] },
};
const OF_ENGINE: Record<string, unknown[]> = {
	...{ submit: [{ id: 9, side: 'buy', price: 5, quantity: 1 }], reduce: [1, '0.1'], replace: [1, { price: 4 }] },
	...{ submitLimit: [9, 'buy', 11, 3, 0, 0], submitMarket: [9, 'buy', 3, 0, 0], replaceLots: [1, 9, 3] },
	...{ submitLimitWords: [9, 0, 'buy', 11, 3, 0, 0], submitMarketWords: [9, 0, 'buy', 3, 0, 0], cancelWords: [1, 0] },
	...{ reduceLotsWords: [1, 0, 2], replaceLotsWords: [1, 0, 9, 3] },
	...{ reduceLots: [1, 2], cancel: [1], cancelAll: [{}], setPosition: [1, 1], advance: [3], uncross: [{}] },
	...{ auctionPrice: [{}], has: [1], openOf: [1], position: [1], journal: [null], onTriggered: [() => {}] },
	...{ positionText: [1], stopPriceOf: [1], order: [1] },
};
/** What else there is, and arguments that are right. */
const OF_OTHERS: Record<string, { make: (book: FluxOrderBook) => object; calls: Record<string, unknown[]> }> = {
	LevelFeed: {
		make: (book) => new LevelFeed(book),
		calls: { snapshot: [{ bids: [[1, 2]], asks: [] }], update: [[['buy', 1, 2]], { sequence: 1 }] },
	},
	ItchFeed: {
		make: () => new ItchFeed({ heap }),
		calls: {
			push: [new Uint8Array(0)],
			pushPacket: [new Uint8Array(0)],
			apply: [new Uint8Array(12), 0, 12],
			book: ['A'],
		},
	},
	LobsterFeed: { make: (book) => new LobsterFeed(book), calls: { push: [''] } },
	TextIds: {
		make: () => new TextIds({ heap }),
		calls: { add: ['a'], idOf: ['a'], textOf: [1], delete: [1] },
	},
	TextIdOrders: {
		make: (book) => new TextIdOrders(book),
		calls: {
			...{ submit: [{ id: 'a', side: 'buy', price: 5, quantity: 1 }], cancel: ['a'], cancelAll: [{}] },
			...{
				reduce: ['a', 1],
				replace: ['a', { price: 4 }],
				has: ['a'],
				openOf: ['a'],
				order: ['a'],
				on: ['trade', () => {}],
			},
		},
	},
	FluxOrderBooks: {
		make: () => new FluxOrderBooks({ heap }),
		calls: {
			open: ['A', {}],
			of: ['A'],
			get: ['A'],
			has: ['A'],
			at: [0],
			numberOf: ['A'],
			symbolOf: [0],
			listen: [null],
		},
	},
	functions: {
		make: (book) => ({
			...{ uncross, auctionPrice, applyLobster, writeEvents, krakenChecksum, okxChecksum, reasonName },
			book: (options: never) => new FluxOrderBook(options).dispose(),
			engine: (given: never) => new MatchingEngine(given).dispose(),
			levels: (given: never, options: never) => new LevelFeed(given, options),
			lobster: (given: never, options: never) => new LobsterFeed(given, options),
			itch: (options: never) => new ItchFeed(options),
			texts: (options: never) => new TextIds(options).dispose(),
			textOrders: (given: never, options: never) => new TextIdOrders(given, options).dispose(),
			books: (options: never) => new FluxOrderBooks(options).dispose(),
			restore: (bytes: never, options: never) => FluxOrderBook.restore(bytes, options).dispose(),
			replay: (bytes: never, options: never) => FluxOrderBook.replay(bytes, options).book.dispose(),
			attach: (handle: never, options: never) => FluxOrderBook.attach(handle, options),
			engineOf: (bytes: never, options: never) => MatchingEngine.restore(bytes, options),
			engineAgain: (bytes: never, options: never) => MatchingEngine.replay(bytes, options),
			booksOf: (bytes: never, options: never) => FluxOrderBooks.restore(bytes, options),
			textsOf: (bytes: never, options: never) => TextIds.restore(bytes, options),
			given: book,
		}),
		calls: {
			...{ uncross: [BOOK, {}], auctionPrice: [BOOK, {}], applyLobster: [BOOK, '1,7,1,1,1,1'], reasonName: [1] },
			...{ writeEvents: [BOOK, { emplace: () => {} }, { kinds: ['trade'], next: {} }], engine: [BOOK] },
			...{
				levels: [BOOK, {}],
				lobster: [BOOK, {}],
				itch: [{}],
				texts: [{}],
				textOrders: [BOOK, {}],
				books: [{}],
				book: [{}],
			},
			...{ restore: [new Uint8Array(0), {}], replay: [new Uint8Array(0), {}], attach: [{}, {}] },
			...{ engineOf: [new Uint8Array(0), {}], engineAgain: [new Uint8Array(0), {}] },
			...{
				booksOf: [new Uint8Array(0), {}],
				textsOf: [new Uint8Array(0), {}],
				krakenChecksum: [1, 8],
				okxChecksum: [{}],
			},
		},
	},
};
/** Options of which each is given what is wrong. */
const OPTIONS: Record<string, string[]> = {
	...{ book: ['tickSize', 'lotSize', 'selfTrade', 'heap'], books: ['tickSize', 'lotSize', 'selfTrade', 'heap'] },
	...{
		itch: ['symbols', 'heap', 'onBook', 'onProblem'],
		texts: ['length', 'heap'],
		okxChecksum: ['price', 'quantity'],
	},
};
const OPTIONS_BESIDE: Record<string, string[]> = {
	...{
		levels: ['depth', 'quantities', 'checksum', 'onProblem'],
		lobster: ['onProblem'],
		textOrders: ['length', 'heap', 'ids'],
	},
	...{ uncross: ['reference'], auctionPrice: ['reference'] },
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
		if (!isOurs(error)) throw new Error(`${what} threw ${String(error)}`);
		expect([stateOf(book, engine), book.sequence], what).toEqual([before, sequence]);
		return;
	}
	if (isRefusal(result, what)) expect([stateOf(book, engine), book.sequence], what).toEqual([before, sequence + 1]);
	(engine ?? book).validate();
}

/** Whether an error is one of ours, or what an object says itself that cannot be read. */
const isOurs = (error: unknown) => error instanceof FluxError || /that has been revoked/.test(String(error));

const named = internals.describe;

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

	test.each(
		Object.entries(OF_OTHERS).flatMap(([what, { make, calls }]) =>
			Object.entries(calls).map(([name, args]) => [what, name, make, args] as const),
		),
	)('of %s: %s is a named error, or nothing at all', (_, name, make, args) => {
		for (const [at] of args.entries()) {
			for (const value of WRONG) {
				const book = fill(new FluxOrderBook({ heap, tickSize: '0.5', lotSize: '0.1' }));
				const target = make(book) as Record<string, Call>;
				const given = args.map((arg) => (arg === BOOK ? book : arg)).with(at, value);
				const what = `${name} with ${named(value)} for argument ${at}`;
				if (value === undefined && at > 0) continue;
				try {
					target[name](...given);
				} catch (error) {
					expect(isOurs(error), `${what} threw ${String(error)}`).toBe(true);
				}
				book.validate();
				book.dispose();
			}
		}
	});

	test.each([
		...Object.entries(OPTIONS).map(([name, fields]) => [name, fields, 0] as const),
		...Object.entries(OPTIONS_BESIDE).map(([name, fields]) => [name, fields, 1] as const),
	])('of %s with a wrong option is a named error, or nothing at all', (name, fields, at) => {
		for (const field of fields) {
			for (const value of WRONG) {
				const book = fill(new FluxOrderBook({ heap }));
				const target = OF_OTHERS.functions.make(book) as Record<string, Call>;
				try {
					target[name](...[book].slice(0, at), { [field]: value });
				} catch (error) {
					expect(isOurs(error), `${name} with ${field} ${named(value)} threw ${String(error)}`).toBe(true);
				}
				book.dispose();
			}
		}
	});

	test('says what is wrong and what is right', () => {
		const book = fill(new FluxOrderBook({ heap }));
		const feed = new ItchFeed({ heap });
		const none = Object.create(null) as never;
		for (const [call, message] of [
			[() => book.depthInto('buy', none), 'the target is an object; pass a Float64Array'],
			[() => book.depthInto('buy', [] as never), 'the target is an empty array; pass a Float64Array'],
			[() => book.ordersInto('buy', new Float32Array(5) as never), 'the target is a Float32Array; pass a Float64Array'],
			[() => book.orderInto(1, new Float64Array(3)), 'the target is a Float64Array of 3; pass a Float64Array of 4'],
			[() => book.measuresInto(new Float64Array(4)), 'pass a Float64Array of 5 numbers or more'],
			[() => book.depthInto('buy', new Float64Array(3), Number.NaN), 'most is NaN; pass a number from 0'],
			[() => book.forEachLevel('buy', 5 as never), 'the callback is 5; pass a function'],
			[() => book.forEachOrder('sell', none), 'the callback is an object; pass a function'],
			[() => book.listen({ trade: Symbol('x') } as never), "the listener's trade is Symbol(x); pass a function"],
			[() => book.on(none, () => {}), 'there is no event an object; the events are accepted'],
			[() => book.depth('3' as never), 'levels is "3"; pass a number from 0'],
			[() => feed.apply(none, 0, 12), 'apply was given an object; pass a Uint8Array'],
			[
				() => feed.apply(new Uint8Array(11), 0, 12),
				'the offset 0 and the length 12; pass those of a message within its 11',
			],
			[() => new ItchFeed({ symbols: 5 as never }), "symbols is 5; pass an array of texts, such as ['AAPL']"],
			[() => new MatchingEngine(revoked() as never), 'the book is an object; pass a FluxOrderBook'],
			[() => writeEvents(book, { emplace() {} } as never, { next: 5 as never }), 'the listener is 5; pass an object'],
			[
				() => writeEvents(book, { emplace() {} } as never, { kinds: 5 as never }),
				'kinds is 5; pass an array of events',
			],
		] as const)
			expect(call).toThrow(message);
		expect(feed.messages).toBe(0);
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
