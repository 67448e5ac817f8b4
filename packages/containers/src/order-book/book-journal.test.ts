import { Arena, ArgumentError, Heap, OutOfMemoryError, ReentryError, SnapshotError } from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { expect } from '../quick-expect.testing.js';
import { runs, thrownBy } from '../soak.testing.js';
import { uncross } from './engine/auction.js';
import { MatchingEngine } from './engine/matching-engine.js';
import { ItchFeed } from './feeds/itch.js';
import { LevelFeed } from './feeds/level-feed.js';
import { FluxOrderBook } from './order-book.js';
import { SELF_TRADE_NAMES } from './terms.js';

/** A journal of a book without an engine: what was written can be done again. */

let heap: Heap;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 25 }));
});
afterEach(() => heap.dispose());

type Command = (book: FluxOrderBook) => unknown;

/** What throws is a mistake, and changes nothing. */
const tried =
	(command: Command): Command =>
	(book) => {
		try {
			return command(book);
		} catch {
			return undefined;
		}
	};

const idArb = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(2n ** 64n - 1n, 2 ** 52, 0, -1, 1.5));
const sideArb = fc.constantFrom<0 | 1 | 'buy' | 'sell'>(0, 1, 'buy', 'sell', 'neither' as 'buy', 3 as 1);
const numberArb = fc.oneof(
	{ weight: 12, arbitrary: fc.integer({ min: 1, max: 7 }) },
	{ weight: 1, arbitrary: fc.constantFrom(0, -0, -1, 1.5, Number.NaN, 2 ** 31, 2 ** 53, '3' as unknown as number) },
	{ weight: 1, arbitrary: fc.constantFrom(undefined as unknown as number, 4n as unknown as number) },
);
const flagsArb = fc.constantFrom(0, 0, 0, 1, 2, 4, 3, 8, Number.NaN);
const ownerArb = fc.constantFrom(0, 0, 1, 2, -1, 0.5);

/** Commands of all forms, sound or not. */
const commandArb: fc.Arbitrary<Command> = fc
	.tuple(fc.nat(22), idArb, idArb, sideArb, numberArb, numberArb, flagsArb, ownerArb)
	.map(([kind, id, other, side, ticks, lots, flags, owner]) =>
		tried((book) => {
			const name = typeof side === 'string' ? side : side === 0 ? 'buy' : 'sell';
			if (kind < 4) return book.submitLimit(id, side, ticks, lots, flags, owner);
			if (kind < 5) return book.submitMarket(id, side, lots, flags, owner);
			if (kind < 7) return book.submit({ id, side: name, price: ticks / 2, quantity: lots / 10, owner });
			if (kind < 8) return book.submit({ id, side: name, type: 'market', quantity: lots / 10 });
			if (kind < 9) return book.cancel(id);
			if (kind < 10) return book.reduceLots(id, lots);
			if (kind < 11) return book.replaceLots(id, ticks, lots);
			if (kind < 12) return book.replace(id, { price: ticks / 2 });
			if (kind < 13) return book.cancelAll({ side: name, owner: Math.max(0, owner), minPrice: 1 });
			if (kind < 15) return book.add(id, side, ticks, lots, owner);
			if (kind < 16) return book.execute(id, lots);
			if (kind < 17) return book.execute(id, lots, ticks);
			if (kind < 18) return book.replaceBy(id, other, ticks, lots);
			if (kind < 19) return book.print(side, ticks, lots);
			if (kind < 20) return book.setLevel(side, ticks + 10, lots);
			if (kind < 21) return book.adjustLevel(side, ticks + 10, lots);
			if (kind < 22) return uncross(book, flags === 0 ? {} : { reference: 2 });
			return owner === 2 ? book.clear() : undefined;
		}),
	);
const commandsArb = fc.array(commandArb, { maxLength: 60, size: 'max' });

const journaled = (book: FluxOrderBook): Uint8Array[] => {
	const written: Uint8Array[] = [];
	book.journal((bytes) => written.push(bytes.slice()));
	return written;
};

describe('a journal of a book', () => {
	test('replays to the same bytes, and changes nothing of what commands do', () => {
		fc.assert(
			fc.property(fc.constantFrom(...SELF_TRADE_NAMES), commandsArb, commandsArb, (selfTrade, before, after) => {
				const options = { heap, selfTrade, tickSize: '0.5', lotSize: '0.1' };
				const book = new FluxOrderBook(options);
				const twin = new FluxOrderBook(options);
				for (const command of before) expect(command(book)).toEqual(command(twin));
				const written = journaled(book);
				const heard: unknown[] = [];
				const expected: unknown[] = [];
				for (const [each, into] of [
					[book, heard],
					[twin, expected],
				] as const) {
					each.on('trade', (event) => into.push(event));
					each.on('rejected', (event) => into.push(event));
				}
				for (const command of after) expect(command(book)).toEqual(command(twin));
				expect(heard).toEqual(expected);
				book.validate();
				expect(book.hash()).toBe(twin.hash());
				const replayed = FluxOrderBook.replay(Buffer.concat(written), { heap });
				expect([replayed.commands, replayed.torn]).toEqual([written.length - 1, 0]);
				expect(replayed.book.snapshot()).toEqual(book.snapshot());
				replayed.book.validate();
				for (const each of [book, twin, replayed.book]) each.dispose();
				expect(heap.stats().pools.every(({ live }) => live === 0)).toBe(true);
			}),
			{ numRuns: runs(1000) },
		);
	});

	test('is of one book, until it is ended, and can be begun anew', () => {
		const book = new FluxOrderBook({ heap });
		const other = new FluxOrderBook({ heap });
		const written = journaled(book);
		other.submitLimit(1, 'buy', 1, 1);
		expect(written.length).toBe(1);
		book.submitLimit(1, 'buy', 1, 1);
		book.journal(null);
		book.cancel(1);
		expect(written.length).toBe(2);
		expect(FluxOrderBook.replay(Buffer.concat(written), { heap }).book.size).toBe(1);
		const again = journaled(book);
		book.add(2, 'sell', 5, 5);
		expect(FluxOrderBook.replay(Buffer.concat(again), { heap }).book.hash()).toBe(book.hash());
	});

	test('has what feeds tell', () => {
		const book = new FluxOrderBook({ heap, tickSize: '0.01' });
		const written = journaled(book);
		const feed = new LevelFeed(book, { depth: 2 });
		feed.snapshot({
			bids: [
				['1.00', 5],
				['0.99', 5],
				['0.98', 1],
			],
			asks: [['1.02', 7]],
			sequence: 1,
		});
		feed.update([['buy', '1.01', 3]], { sequence: 2 });
		expect(FluxOrderBook.replay(Buffer.concat(written), { heap }).book.hash()).toBe(book.hash());
		const itch = new ItchFeed({ heap });
		const add = Uint8Array.from([0, 36, 65, 0, 7, ...Array(8).fill(0), ...Array(7).fill(0), 9, 66, 0, 0, 1, 0]);
		const whole = new Uint8Array(38);
		whole.set(add);
		whole.set([88, 32, 32, 32, 32, 32, 32, 32, 0, 0, 3, 0], 26);
		itch.push(whole);
		const first = itch.book('X');
		expect(first?.size).toBe(1);
		const lines = journaled(first as FluxOrderBook);
		whole[20] = 10;
		itch.push(whole);
		expect(first?.size).toBe(2);
		expect(FluxOrderBook.replay(Buffer.concat(lines), { heap }).book.hash()).toBe(first?.hash());
	});

	test('whose sink throws keeps the command from being done; one that calls the book is refused', () => {
		const book = new FluxOrderBook({ heap });
		let fails = false;
		const inner: unknown[] = [];
		book.journal(() => {
			if (fails) throw new Error('the disk is full');
			inner.push(
				thrownBy(() => book.submitLimit(9, 'buy', 1, 1)),
				book.size,
			);
		});
		book.add(1, 'buy', 1, 1);
		expect(inner.map((each) => (each instanceof ReentryError ? 'refused' : each))).toEqual([
			'refused',
			0,
			'refused',
			0,
		]);
		fails = true;
		const hash = book.hash();
		for (const command of [
			() => book.submitLimit(2, 'buy', 1, 1),
			() => book.cancel(1),
			() => book.setLevel('sell', 7, 1),
			() => book.clear(),
		])
			expect(command).toThrow('the disk is full');
		expect(book.hash()).toBe(hash);
		fails = false;
		expect(book.cancel(1)).toBe(true);
	});

	test('takes back a command that found no memory, and no other', () => {
		const small = new Heap(new Arena({ maxBytes: 2 ** 18 }));
		const book = new FluxOrderBook({ heap: small });
		const written = journaled(book);
		let id = 1;
		const error = thrownBy(() => {
			for (; ; id++) book.add(id, 'sell', id * 100_000, 1);
		});
		expect(error).toBeInstanceOf(OutOfMemoryError);
		expect(() => book.setLevel('buy', -70_000_000, 1)).toThrow(OutOfMemoryError);
		expect(book.cancel(1)).toBe(true);
		const { book: again, commands } = FluxOrderBook.replay(Buffer.concat(written), { heap });
		expect([again.hash(), commands]).toEqual([book.hash(), id]);
		// What a listener throws comes when the command is done.
		const stop = book.on('level', () => {
			throw new OutOfMemoryError(1, 1, 1);
		});
		expect(() => book.reduceLots(2, 1)).toThrow(OutOfMemoryError);
		expect(() => book.replaceLots(3, 300_000, 2)).toThrow(OutOfMemoryError);
		expect(book.lotsOf(3)).toBe(2);
		expect(() => book.setLevel('sell', 100_000, 1)).toThrow(OutOfMemoryError);
		stop();
		expect(FluxOrderBook.replay(Buffer.concat(written), { heap }).book.hash()).toBe(book.hash());
		small.dispose();
	});

	test('of an engine takes back what found no memory as well', () => {
		const small = new Heap(new Arena({ maxBytes: 2 ** 18 }));
		const engine = new MatchingEngine(new FluxOrderBook({ heap: small }));
		const written: Uint8Array[] = [];
		engine.journal((bytes) => written.push(bytes.slice()));
		let id = 1;
		const error = thrownBy(() => {
			for (; ; id++) engine.submit({ id, side: 'sell', price: id * 100_000, quantity: 1, hidden: true });
		});
		expect(error).toBeInstanceOf(OutOfMemoryError);
		expect(() => engine.submitLimit(id, 'buy', -70_000_000, 1)).toThrow(OutOfMemoryError);
		expect(engine.cancel(1)).toBe(true);
		const { engine: again, commands } = MatchingEngine.replay(Buffer.concat(written), { heap });
		expect([again.hash(), commands]).toEqual([engine.hash(), id]);
		small.dispose();
	});

	test('may end within its last command, and is refused where any bit of it was changed', () => {
		const book = new FluxOrderBook({ heap });
		const written = journaled(book);
		book.add(1, 'buy', 1, 1);
		book.cancel(1);
		const whole = Buffer.concat(written);
		const { length } = whole;
		for (const cut of [1, 8, written[2].length]) {
			const { book: again, commands, torn } = FluxOrderBook.replay(whole.subarray(0, length - cut), { heap });
			expect([again.size, commands, torn]).toEqual([1, 1, written[2].length - cut]);
			again.dispose();
		}
		for (let bit = written[0].length * 8; bit < length * 8; bit += 5) {
			const bad = Buffer.from(whole);
			bad[bit >> 3] ^= 1 << (bit & 7);
			const result = thrownBy(() => {
				const { torn } = FluxOrderBook.replay(bad, { heap });
				// A length that is larger than all there is looks like the end.
				if (torn > 0) throw new SnapshotError('truncated', 'torn');
			});
			expect(result, `bit ${bit}`).toBeInstanceOf(SnapshotError);
		}
	});

	test('is of a book or of an engine, and neither is taken for the other', () => {
		const book = new FluxOrderBook({ heap });
		const written = journaled(book);
		expect(() => MatchingEngine.replay(written[0], { heap })).toThrow(SnapshotError);
		expect(() => new MatchingEngine(book)).toThrow('end it by journal(null)');
		book.journal(null);
		const engine = new MatchingEngine(book);
		expect(() => new MatchingEngine(book)).toThrow('an engine stands on this FluxOrderBook');
		expect(() => book.journal(() => {})).toThrow('call journal() of the engine');
		const parts: Uint8Array[] = [];
		engine.journal((bytes) => parts.push(bytes.slice()));
		expect(() => FluxOrderBook.replay(parts[0], { heap })).toThrow(SnapshotError);
		expect(() => FluxOrderBook.replay('x' as never)).toThrow(ArgumentError);
		expect(() => FluxOrderBook.replay(new Uint8Array())).toThrow(SnapshotError);
		engine.dispose();
		expect(() => book.journal(1 as never)).toThrow(ArgumentError);
		book.dispose();
		expect(() => book.journal(null)).toThrow('disposed');
	});
});
