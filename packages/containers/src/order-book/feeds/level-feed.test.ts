import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { Arena, ArgumentError, Heap, ReentryError } from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runs, thrownBy } from '../../soak.testing.js';
import { FluxOrderBook } from '../order-book.js';
import { bitfinexChecksum, krakenChecksum, okxChecksum } from './checksums.js';
import { LevelFeed, type LevelProblem } from './level-feed.js';
import { applyLobster, LobsterFeed, type LobsterProblem } from './lobster.js';

const EMPTY = { bids: [], asks: [] };

let heap: Heap;
let book: FluxOrderBook;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 26 }));
	book = new FluxOrderBook({ heap, tickSize: '0.01', lotSize: '0.001' });
});
afterEach(() => heap.dispose());

/** What a feed told of, by reason. */
function heard(options: object = {}): { feed: LevelFeed; told: LevelProblem['reason'][] } {
	const told: LevelProblem['reason'][] = [];
	return { feed: new LevelFeed(book, { ...options, onProblem: ({ reason }) => told.push(reason) }), told };
}

describe('a feed of levels', () => {
	test('starts with a snapshot, and sets what a price has now', () => {
		const { feed, told } = heard();
		expect([feed.valid, feed.update([['buy', 1, 1]])]).toEqual([false, false]);
		expect(
			feed.snapshot({
				bids: [
					['1.00', '5'],
					['0.99', 2],
				],
				asks: [['1.01', '0.125', 'more']],
			}),
		).toBe(true);
		expect(
			feed.update([
				['buy', '1.00', 0],
				['sell', 1.02, 3],
				['buy', '0.98', '0.0'],
			]),
		).toBe(true);
		expect(book.depth()).toEqual({
			bids: [{ price: 0.99, quantity: 2, orders: 1 }],
			asks: [
				{ price: 1.01, quantity: 0.125, orders: 1 },
				{ price: 1.02, quantity: 3, orders: 1 },
			],
		});
		expect(told).toEqual(['no-snapshot']);
	});

	test('tells of gaps, of what is crossed, and of what is no multiple', () => {
		const { feed, told } = heard();
		feed.snapshot({ bids: [[1, 1]], asks: [[2, 1]], sequence: 10 });
		expect(feed.update([['buy', 1.5, 1]], { sequence: 10 })).toBe(false);
		expect([feed.valid, book.bestBid]).toEqual([true, 1]);
		expect(feed.update([['buy', 1.5, 1]], { sequence: 11 })).toBe(true);
		expect(feed.update([], { sequence: 20, previous: 11 })).toBe(true);
		expect(feed.update([], { sequence: 25, previous: 18 })).toBe(true);
		expect(feed.update([['buy', 1.6, 1]], { sequence: 27 })).toBe(false);
		expect([feed.valid, feed.sequence, book.bestBid, told]).toEqual([false, 25, 1.5, ['gap']]);
		feed.snapshot({ bids: [[1, 1]], asks: [[2, 1]] });
		expect([feed.update([['buy', 2, 1]]), told.pop(), book.crossed]).toEqual([false, 'crossed', true]);
		feed.snapshot({ bids: [['1.005', 1]], asks: [['1', '0.0005']] });
		expect([feed.valid, told.splice(1)]).toEqual([false, ['price', 'quantity']]);
		expect(() => feed.snapshot({ bids: [], asks: [] }) && feed.update([['bid' as 'buy', 1, 1]])).toThrow(ArgumentError);
		expect(() => new LevelFeed(book, { depth: 0 })).toThrow(ArgumentError);
		expect(() => new LevelFeed(book, { checksum: 1 as never })).toThrow(ArgumentError);
	});

	test('is as it was where an update or a snapshot is no list of levels', () => {
		const { feed } = heard();
		feed.snapshot({ bids: [[1, 1]], asks: [[2, 1]], sequence: 10 });
		const before = book.hash();
		const wrong = [
			[
				['buy', 1.1, 1],
				['buy', 'x', 1],
			],
			[
				['buy', 1.1, 1],
				['buy', 1, null],
			],
			[
				['buy', 1.1, 1],
				['bid', 1, 1],
			],
			[['buy', 1.1, 1], 5],
		] as never[];
		for (const changes of wrong) expect(() => feed.update(changes, { sequence: 11 })).toThrow(ArgumentError);
		expect(() => feed.snapshot({ bids: [[1.1, 1]], asks: [['x', 1]] })).toThrow(ArgumentError);
		expect(() => feed.snapshot({ bids: [[1.1, 1]], asks: undefined as never })).toThrow(ArgumentError);
		expect(() => feed.snapshot(null as never)).toThrow(ArgumentError);
		expect(() => feed.update(undefined as never)).toThrow(ArgumentError);
		expect([book.hash(), feed.valid, feed.sequence]).toEqual([before, true, 10]);
		expect(feed.update([['buy', 1.1, 1]], { sequence: 11 })).toBe(true);
	});

	test('is not valid any more where a listener broke an update off', () => {
		const { feed } = heard();
		feed.snapshot({ bids: [[1, 1]], asks: [[2, 1]] });
		const stop = book.on('level', () => {
			throw new Error('mine');
		});
		const changes = [['buy', 1.1, 1] as const, ['buy', 1.2, 1] as const];
		expect(() => feed.update(changes)).toThrow('mine');
		expect(feed.valid).toBe(false);
		expect(() => feed.snapshot({ bids: [[1, 1]], asks: [[2, 1]] })).toThrow('mine');
		expect(feed.valid).toBe(false);
		stop();
		expect(feed.snapshot({ bids: [[1, 1]], asks: [[2, 1]] })).toBe(true);
		// One from inside a listener changes nothing.
		const caught: unknown[] = [];
		book.on('top', () =>
			caught.push(
				thrownBy(() => feed.update(changes)),
				thrownBy(() => feed.snapshot(EMPTY)),
			),
		);
		book.setLevel('buy', 110, 7);
		expect(caught.map((error) => error instanceof ReentryError)).toEqual([true, true]);
		expect([feed.valid, book.bidLevels]).toEqual([true, 2]);
	});

	test('counts no difference twice that begins within the snapshot', () => {
		const { feed, told } = heard({ quantities: 'difference' });
		feed.snapshot({ bids: [[1, 5]], asks: [], sequence: 10 });
		expect(feed.update([['buy', 1, 2]], { sequence: 11, previous: 10 })).toBe(true);
		expect(feed.update([['buy', 1, 2]], { sequence: 13, previous: 10 })).toBe(false);
		expect([told, book.bestBidLots, feed.sequence]).toEqual([['gap'], 7000, 11]);
	});

	test('adds differences up, where quantities are that', () => {
		const { feed, told } = heard({ quantities: 'difference' });
		feed.snapshot({ bids: [['1.00', '5']], asks: [['1.01', '2']] });
		expect(
			feed.update([
				['buy', '1.00', '-1.5'],
				['buy', '0.99', '0.25'],
				['sell', '1.01', '-2'],
			]),
		).toBe(true);
		expect(book.depth()).toEqual({
			bids: [
				{ price: 1, quantity: 3.5, orders: 1 },
				{ price: 0.99, quantity: 0.25, orders: 1 },
			],
			asks: [],
		});
		expect([feed.update([['buy', '1.00', '-4']]), feed.valid, book.bestBid]).toEqual([false, false, 1]);
		feed.snapshot({ bids: [], asks: [] });
		expect([feed.update([['sell', 1, '0.0001']]), told]).toEqual([false, ['quantity', 'quantity']]);
		expect(() => new LevelFeed(book, { quantities: 'sum' as never })).toThrow(ArgumentError);
		book.validate();
	});

	test('keeps no more levels than its depth', () => {
		const { feed } = heard({ depth: 2 });
		feed.snapshot({
			bids: [
				[1, 1],
				[3, 1],
				[2, 1],
			],
			asks: [[4, 1]],
		});
		expect(book.depth().bids.map(({ price }) => price)).toEqual([3, 2]);
		feed.update([['buy', 3.5, 1]]);
		expect(book.depth().bids.map(({ price }) => price)).toEqual([3.5, 3]);
		book.validate();
	});

	test('knows no number any more after a snapshot without one', () => {
		const { feed, told } = heard();
		feed.snapshot({ ...EMPTY, sequence: 10 });
		expect([feed.snapshot(EMPTY), feed.sequence]).toEqual([true, undefined]);
		expect([feed.update([], { sequence: 50 }), feed.update([], { sequence: 51 }), feed.sequence]).toEqual([
			true,
			true,
			51,
		]);
		expect(told).toEqual([]);
	});

	test('compares the checksum that comes with a snapshot', () => {
		const { feed, told } = heard({ checksum: (made: FluxOrderBook) => made.bidLevels });
		const bids = [[1, 2]] as const;
		expect([feed.snapshot({ bids, asks: [], checksum: 1 }), feed.snapshot({ bids, asks: [], checksum: 2 })]).toEqual([
			true,
			false,
		]);
		expect([told, feed.valid, feed.snapshot({ bids, asks: [] })]).toEqual([['checksum'], false, true]);
		expect(() => feed.snapshot({ bids, asks: [], checksum: '1' as never })).toThrow('checksum is "1"');
		expect([book.bidLevels, feed.valid]).toEqual([1, true]);
	});

	test('compares checksums as Kraken makes them', () => {
		const tens = new FluxOrderBook({ heap, tickSize: '0.00001', lotSize: '0.00000001' });
		const levels = fc.uniqueArray(
			fc.tuple(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 1, max: 10 ** 10 })),
			{
				selector: ([ticks]) => ticks,
				maxLength: 14,
			},
		);
		const text = (value: number, places: number) => (value / 10 ** places).toFixed(places);
		fc.assert(
			fc.property(levels, levels, (bids, asks) => {
				const rows = (side: [number, number][], places: number) =>
					side.map(([ticks, lots]) => [text(ticks, places), text(lots, 8)] as const);
				const shown = {
					bids: rows(
						bids.map(([ticks, lots]) => [ticks, lots]),
						5,
					),
					asks: rows(
						asks.map(([ticks, lots]) => [ticks + 100_000, lots]),
						5,
					),
				};
				const best = (side: typeof shown.bids, sign: number) =>
					side.toSorted((a, b) => sign * (Number(a[0]) - Number(b[0]))).slice(0, 10);
				const plain = (value: string) => value.replace('.', '').replace(/^0+/, '');
				const wanted = [...best(shown.asks, 1), ...best(shown.bids, -1)].flat().map(plain).join('');
				const feed = new LevelFeed(tens, { checksum: krakenChecksum(5, 8) });
				feed.snapshot(shown);
				expect(feed.update([], { checksum: crc32(wanted) })).toBe(true);
				expect(feed.update([], { checksum: crc32(wanted) ^ 1 })).toBe(false);
			}),
			{ numRuns: runs(300) },
		);
	});
});

describe('checksums', () => {
	const even = {
		bids: [
			['3366.1', 7],
			['3366', 6],
		],
		asks: [
			['3366.8', 9],
			['3368', 8],
		],
	} as const;
	const odd = {
		bids: [['3366.1', 7]],
		asks: [
			['3366.8', 9],
			['3368', 8],
			['3372', 8],
		],
	} as const;
	const shortest = { price: (made: FluxOrderBook, ticks: number) => String(Number(made.priceText(ticks))) };

	test('are those that Kraken and OKX give as examples', () => {
		const kraken = new FluxOrderBook({ heap, tickSize: '0.00001', lotSize: '0.00000001' });
		const asks = [5005, 5010, 5015, 5020, 5025, 5030, 5035, 5040, 5045, 5050, 5055];
		const bids = [5000, 4995, 4990, 4980, 4975, 4970, 4965, 4960, 4955, 4950, 4945];
		for (const ticks of asks) kraken.setLevel('sell', ticks, 500);
		for (const ticks of bids) kraken.setLevel('buy', ticks, 500);
		expect(krakenChecksum(5, 8)(kraken)).toBe(974_947_235);
		const feed = new LevelFeed(new FluxOrderBook({ heap, tickSize: '0.1' }), { checksum: okxChecksum(shortest) });
		feed.snapshot(even);
		expect(feed.update([], { checksum: -1_881_014_294 })).toBe(true);
		feed.snapshot(odd);
		expect(feed.update([], { checksum: 831_078_360 })).toBe(true);
		expect(feed.update([['buy', '3366.1', 8]], { checksum: 831_078_360 })).toBe(false);
	});

	test('of Bitfinex and OKX are of the 25 best levels in turn', () => {
		const made = new FluxOrderBook({ heap, tickSize: '0.5', lotSize: '0.00000001' });
		for (let rank = 0; rank < 30; rank++) made.setLevel('buy', 1000 - rank, 25_000_000 + rank);
		for (let rank = 0; rank < 3; rank++) made.setLevel('sell', 1001 + rank, 10);
		const texts: string[] = [];
		const fixed: string[] = [];
		for (let rank = 0; rank < 25; rank++) {
			const [price, size] = [(1000 - rank) / 2, (25_000_000 + rank) / 1e8];
			texts.push(`${price}:${size}`);
			fixed.push(`${price.toFixed(1)}:${size.toFixed(8)}`);
			if (rank >= 3) continue;
			texts.push(`${(1001 + rank) / 2}:-1e-7`);
			fixed.push(`${((1001 + rank) / 2).toFixed(1)}:0.00000010`);
		}
		expect(bitfinexChecksum()(made)).toBe(crc32(texts.join(':')));
		expect(okxChecksum()(made)).toBe(crc32(fixed.join(':')));
	});
});

describe('LOBSTER messages', () => {
	test('tell of an execution of a hidden order by the side of who came', () => {
		const sides: unknown[] = [];
		book.on('trade', ({ maker, side, ticks }) => sides.push([maker, side, ticks]));
		// The direction is that of the order that was hidden.
		expect([applyLobster(book, '1,5,0,10,500,1'), applyLobster(book, '1,5,0,10,501,-1')]).toEqual(['none', 'none']);
		expect(sides).toEqual([
			[undefined, 'sell', 500],
			[undefined, 'buy', 501],
		]);
	});

	test('come in pieces of any size', () => {
		const lines = [
			'34200,1,5,21,2238100,1',
			'34200,1,6,20,2239500,-1\r',
			'x',
			'34201,3,7,1,1,1',
			'34202,4,6,5,2239500,-1',
		];
		const text = lines.join('\n');
		for (let size = 1; size < text.length; size += 7) {
			const told: LobsterProblem[] = [];
			const made = new FluxOrderBook({ heap, tickSize: '0.0001' });
			const feed = new LobsterFeed(made, { onProblem: (problem) => told.push(problem) });
			let lines = 0;
			for (let at = 0; at < text.length; at += size) lines += feed.push(text.slice(at, at + size));
			expect([lines, feed.end(), feed.end(), feed.lines, feed.problems]).toEqual([4, 1, 0, 5, 2]);
			expect(told).toEqual([
				{ reason: 'line', text: 'x', line: 3 },
				{ reason: 'unknown-id', text: '34201,3,7,1,1,1', line: 4 },
			]);
			expect([made.lotsOf(5), made.lotsOf(6)]).toEqual([21, 15]);
			made.dispose();
		}
		expect(() => new LobsterFeed(book, { onProblem: 1 as never })).toThrow(ArgumentError);
		expect(() => new LobsterFeed(book).push(1 as never)).toThrow(ArgumentError);
	});

	test('go on behind a line whose listener threw', () => {
		const lines = new LobsterFeed(new FluxOrderBook({ heap, tickSize: '0.0001' }));
		lines.book.on('accepted', ({ id }) => {
			if (id === 2) throw new Error('mine');
		});
		const text = [1, 2, 3].map((id) => `1,1,${id},100,5859400,1\n`).join('');
		expect(() => lines.push(`${text}1,1,4,1`)).toThrow('mine');
		expect([lines.book.size, lines.push('00,5859400,1\n'), lines.book.size, lines.lines]).toEqual([2, 2, 4, 4]);
	});

	test('build a book', () => {
		const tape = new FluxOrderBook({ heap, tickSize: '0.0001' });
		const lines = [
			'34200.017459617,5,0,1,2238200,-1',
			'34200.18960767,1,11885113,21,2238100,1\r',
			'34200.18960768,1,11885114,20,2239500,-1',
			'34200.19,2,11885113,1,2238100,1',
			'34200.20,4,11885114,5,2239500,-1',
			'34200.21,6,-1,100,2239000,1',
			'34200.22,7,0,0,-1,-1',
		];
		for (const line of lines) {
			expect(applyLobster(tape, line), line).toBe('none');
			if (line === lines[0]) expect(tape.lastPrice).toBe(223.82);
		}
		expect(tape.depth()).toEqual({
			bids: [{ price: 223.81, quantity: 20, orders: 1 }],
			asks: [{ price: 223.95, quantity: 15, orders: 1 }],
		});
		expect(applyLobster(tape, '34201,3,11885113,20,2238100,1')).toBe('none');
		expect(applyLobster(tape, '34201,3,11885113,20,2238100,1')).toBe('unknown-id');
		expect(applyLobster(tape, '34201,1,5,0,2238100,1')).toBe('quantity');
		for (const line of ['', 'x', '1,2,3', '1,8,1,1,1,1', '1,1,0,1,1,1', '1,1,1,1,1,2', '1,1.5,1,1,1,1'])
			expect(() => applyLobster(tape, line), line).toThrow(ArgumentError);
	});
});

/** A real session of Coinbase, where this machine has it: one message per line behind a time. */
const capture = fileURLToPath(
	new URL('../../../../../../shared/data/coinbase-level2-2021-04-17.jsonl.txt', import.meta.url),
);
const captures = [capture, process.env.FLUX_CAPTURE ?? ''].filter((path) => existsSync(path));

interface Message {
	type: string;
	product_id: string;
	bids: [string, string][];
	asks: [string, string][];
	changes: ['buy' | 'sell', string, string][];
	best_bid: string;
	best_ask: string;
}

describe.runIf(captures.length > 0)('a real session of Coinbase', () => {
	const messagesOf = () =>
		readFileSync(captures[0], 'utf8')
			.split('\n')
			.map((line) => /^[\d.]+: (\{.*)$/.exec(line)?.[1])
			.filter((text) => text !== undefined)
			.map((text) => JSON.parse(text) as Message);

	test('gives the books that a Map of prices gives, update by update', () => {
		replay(messagesOf());
	});

	test.each([1, 5_000])('is not that of the test any more when update %i is kept from the book', (lost) => {
		expect(() => replay(messagesOf(), lost)).toThrow();
	});

	/** Replays a session and checks it; the update of the number `lost` is not applied. */
	function replay(messages: readonly Message[], lost = 0): void {
		const decimals = (text: string) => text.split('.')[1]?.length ?? 0;
		const steps = new Map<string, [price: number, size: number]>();
		for (const { product_id, bids = [], asks = [], changes = [] } of messages) {
			const step = steps.get(product_id) ?? [0, 0];
			for (const [price, size] of [...bids, ...asks, ...changes.map(([, ...rest]) => rest)]) {
				step[0] = Math.max(step[0], decimals(price));
				step[1] = Math.max(step[1], decimals(size));
			}
			steps.set(product_id, step);
		}
		const feeds = new Map<string, LevelFeed>();
		const models = new Map<string, { buy: Map<number, number>; sell: Map<number, number> }>();
		const seen = { snapshots: 0, beyond: 0, tooFar: 0, updates: 0, tickers: 0, agreeing: 0 };
		for (const message of messages) {
			const { type, product_id: product } = message;
			if (type === 'snapshot') {
				const [price, size] = steps.get(product) ?? [0, 0];
				const made = new FluxOrderBook({ heap, tickSize: `1e-${price}`, lotSize: `1e-${size}` });
				const onProblem = ({ reason, detail }: LevelProblem) => {
					if (reason !== 'beyond') expect.unreachable(detail);
					seen.beyond++;
				};
				const feed = new LevelFeed(made, { onProblem });
				feeds.set(product, feed);
				expect(feed.snapshot(message)).toBe(true);
				const most = 2 ** 31 / 10 ** price;
				seen.tooFar += [...message.bids, ...message.asks].filter(([p]) => Number(p) >= most).length;
				const numbers = (rows: [string, string][]) =>
					new Map(rows.map(([p, s]): [number, number] => [Number(p), Number(s)]).filter(([p]) => p < most));
				models.set(product, { buy: numbers(message.bids), sell: numbers(message.asks) });
				seen.snapshots++;
			}
			const feed = feeds.get(product);
			const model = models.get(product);
			if (feed === undefined || model === undefined) continue;
			if (type === 'l2update') {
				seen.updates++;
				if (seen.updates !== lost) expect(feed.update(message.changes)).toBe(true);
				for (const [side, price, size] of message.changes) {
					if (Number(size) === 0) model[side].delete(Number(price));
					else model[side].set(Number(price), Number(size));
					const lots = feed.book.lotsAt(side, feed.book.toTicks(price));
					expect(feed.book.quantityText(lots)).toBe(
						Number(size) === 0 ? feed.book.quantityText(0) : feed.book.quantityText(feed.book.toLots(size)),
					);
				}
				expect(feed.book.bestBid).toBe(Math.max(...model.buy.keys()));
				expect(feed.book.bestAsk).toBe(Math.min(...model.sell.keys()));
			}
			if (type === 'ticker') {
				seen.tickers++;
				// Another channel, which may be ahead of the levels or behind.
				const best = [feed.book.bestBid, feed.book.bestAsk];
				if (best[0] === Number(message.best_bid) && best[1] === Number(message.best_ask)) seen.agreeing++;
			}
		}
		for (const [product, { book: made }] of feeds) {
			const model = models.get(product);
			for (const side of ['buy', 'sell'] as const) {
				const sorted = [...(model?.[side] ?? [])].sort(([a], [b]) => (side === 'buy' ? b - a : a - b));
				const levels = made.depth()[side === 'buy' ? 'bids' : 'asks'];
				expect(levels.map(({ price, quantity }) => [price, quantity])).toEqual(sorted);
			}
			made.validate();
		}
		expect(seen).toMatchObject({ snapshots: 10, updates: 9719, beyond: seen.tooFar });
		expect(seen.tooFar).toBeGreaterThan(0);
		expect(seen.agreeing / seen.tickers).toBeGreaterThan(0.9);
	}
});
