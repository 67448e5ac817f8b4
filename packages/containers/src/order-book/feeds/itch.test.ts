import { Arena, ArgumentError, FluxError, Heap } from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { expect } from '../../quick-expect.testing.js';
import { runs } from '../../soak.testing.js';
import { BUY, type FluxOrderBook, SELL } from '../order-book.js';
import { ReferenceBook } from '../reference-book.testing.js';
import { ItchFeed, type ItchProblem } from './itch.js';
import { ItchWriter } from './itch.testing.js';

let heap: Heap;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
});
afterEach(() => heap.dispose());

const problems = (): { told: ItchProblem[]; onProblem: (problem: ItchProblem) => void } => {
	const told: ItchProblem[] = [];
	return { told, onProblem: (problem) => told.push(problem) };
};

describe('an ITCH feed', () => {
	test('keeps a book per symbol', () => {
		const { told, onProblem } = problems();
		const feed = new ItchFeed({ heap, onProblem });
		const writer = new ItchWriter()
			.directory(7, 'AAPL')
			.directory(8, 'MSFT')
			.add(7, 1n, 0, 300, 'AAPL', 1_850_000)
			.add(7, 2n, 1, 200, 'AAPL', 1_850_100, 'NSDQ')
			.add(8, 2n ** 63n + 5n, 1, 100, 'MSFT', 4_000_000)
			.execute(7, 1n, 100)
			.executeAt(8, 2n ** 63n + 5n, 40, 3_999_900)
			.reduce(7, 2n, 50)
			.replace(7, 2n, 3n, 75, 1_850_200)
			.write('P', 7, 9_000_000_000_000, [8, 0], 'B', [4, 10], 'AAPL    ', [4, 1_850_050], [8, 3]);
		expect(feed.push(writer.bytes)).toBe(10);
		expect(feed.book('AAPL')?.depth()).toEqual({
			bids: [{ price: 185, quantity: 200, orders: 1 }],
			asks: [{ price: 185.02, quantity: 75, orders: 1 }],
		});
		expect(feed.book('MSFT')?.order(2n ** 63n + 5n)).toMatchObject({ quantity: 60, price: 400 });
		expect(feed.book('MSFT')?.lastPrice).toBe(399.99);
		expect(feed.book('AAPL')?.lastPrice).toBe(185.005);
		expect([feed.symbols, feed.messages, feed.problems, feed.time, told]).toEqual([
			['AAPL', 'MSFT'],
			10,
			0,
			9_000_000_000_000,
			[],
		]);
		expect(feed.push(new ItchWriter().delete(7, 1n).delete(7, 1n).bytes)).toBe(2);
		expect(told).toEqual([{ reason: 'unknown-id', type: 'D', locate: 7, message: 12 }]);
		feed.dispose();
		feed.dispose();
		expect(feed.book('AAPL')).toBeUndefined();
	});

	test('keeps the books that are wanted, and joins in the middle of a day', () => {
		const feed = new ItchFeed({ heap, symbols: ['MSFT'] });
		feed.push(new ItchWriter().add(1, 1n, 0, 5, 'AAPL', 100).add(2, 2n, 0, 5, 'MSFT', 100).execute(1, 1n, 5).bytes);
		expect([feed.symbols, feed.problems]).toEqual([['MSFT'], 0]);
		feed.push(new ItchWriter().execute(2, 77n, 5).execute(3, 77n, 5).bytes);
		expect(feed.problems).toBe(1);
		feed.dispose();
	});

	test('gives each new book before its first order', () => {
		const tops: unknown[] = [];
		const onBook = (book: FluxOrderBook, symbol: string) => {
			expect([book.size, book.tickSize, feed.symbols.includes(symbol)]).toEqual([0, '0.0001', false]);
			book.listen({ top: (bid) => tops.push([symbol, bid]) });
		};
		const feed = new ItchFeed({ heap, symbols: ['AAPL', 'MSFT'], onBook });
		const writer = new ItchWriter()
			.directory(7, 'AAPL')
			.directory(7, 'AAPL')
			.directory(9, 'NVDA')
			.add(7, 1n, 0, 300, 'AAPL', 1_850_000)
			.add(8, 2n, 0, 100, 'MSFT', 4_000_000);
		feed.push(writer.bytes);
		expect(tops).toEqual([
			['AAPL', 1_850_000],
			['MSFT', 4_000_000],
		]);
		feed.dispose();
	});

	test('has no book of a symbol whose book was not taken, and offers another one', () => {
		let isTaken = false;
		const onBook = () => {
			if (!isTaken) throw new Error('not now');
		};
		const feed = new ItchFeed({ heap, onBook });
		const { bytes } = new ItchWriter().directory(7, 'AAPL').add(7, 1n, 0, 300, 'AAPL', 1_850_000);
		expect(() => feed.push(bytes)).toThrow('not now');
		expect([feed.book('AAPL'), feed.symbols, heap.stats().pools.every(({ live }) => live === 0)]).toEqual([
			undefined,
			[],
			true,
		]);
		isTaken = true;
		// Behind the directory that failed, the order names its symbol.
		expect([feed.push(new Uint8Array(0)), feed.book('AAPL')?.bestBidLots]).toEqual([1, 300]);
		feed.dispose();
	});

	test('knows all messages of the specification by their length', () => {
		const lengths = {
			S: 12,
			R: 39,
			H: 25,
			Y: 20,
			L: 26,
			V: 35,
			W: 12,
			K: 28,
			J: 35,
			h: 21,
			A: 36,
			F: 40,
			E: 31,
			C: 36,
			X: 23,
		};
		const more = { D: 19, U: 35, P: 44, Q: 40, B: 19, I: 50, N: 20, O: 48 };
		const { told, onProblem } = problems();
		const feed = new ItchFeed({ heap, symbols: [], onProblem });
		for (const [type, length] of Object.entries({ ...lengths, ...more })) {
			feed.push(new ItchWriter().write(type, 1, 1, ' '.repeat(length - 11)).bytes);
			expect(told.length, type).toBe(0);
			feed.push(new ItchWriter().write(type, 1, 1, ' '.repeat(length - 10)).bytes);
			expect(told.pop()).toMatchObject({ reason: 'length', type });
		}
		feed.push(new ItchWriter().write('Z', 1, 1).bytes);
		feed.push(new Uint8Array([0, 0]));
		feed.push(new Uint8Array([0, 1, 0xff]));
		expect(told.map(({ reason }) => reason)).toEqual(['type', 'type', 'type']);
		expect(told.length).toBe(feed.problems - 23);
	});

	test('passes over what is not of orders, in the last bytes too', () => {
		const { told, onProblem } = problems();
		const feed = new ItchFeed({ heap, onProblem });
		feed.push(new ItchWriter().directory(1, 'X').add(1, 1n, 0, 5, 'X', 9).bytes);
		for (const [type, length] of [
			['S', 12],
			['H', 25],
			['Y', 20],
			['B', 19],
			['N', 20],
		] as const)
			expect(feed.push(new ItchWriter().write(type, 1, 1, ' '.repeat(length - 11)).bytes)).toBe(1);
		expect([feed.book('X')?.size, told]).toEqual([1, []]);
		feed.dispose();
	});

	/** A packet of MoldUDP64 with these messages. */
	function packet(sequence: number, writer: ItchWriter | undefined, count = 0): Uint8Array {
		const messages = writer?.bytes ?? new Uint8Array(0);
		const bytes = new Uint8Array(20 + messages.length);
		const view = new DataView(bytes.buffer);
		view.setUint32(10, Math.floor(sequence / 2 ** 32));
		view.setUint32(14, sequence % 2 ** 32);
		view.setUint16(18, count);
		bytes.set(messages, 20);
		return bytes;
	}

	test('takes packets of MoldUDP64 once each, and tells of those that were lost', () => {
		const { told, onProblem } = problems();
		const feed = new ItchFeed({ heap, onProblem });
		const far = 2 ** 33;
		const first = packet(far, new ItchWriter().directory(1, 'X').add(1, 1n, 0, 5, 'X', 9), 2);
		expect([feed.pushPacket(first), feed.pushPacket(first)]).toEqual([2, 0]);
		// One that begins within what is known, and goes on.
		const second = new ItchWriter().add(1, 1n, 0, 5, 'X', 9).add(1, 2n, 1, 7, 'X', 11);
		expect(feed.pushPacket(packet(far + 1, second, 2))).toBe(1);
		expect([feed.pushPacket(packet(far + 3, undefined)), feed.problems]).toEqual([0, 0]);
		expect(feed.pushPacket(packet(far + 5, new ItchWriter().execute(1, 1n, 2), 1))).toBe(1);
		expect(told.splice(0).map(({ reason }) => reason)).toEqual(['gap']);
		// A sign of life, or the end, that tells of messages which never came.
		feed.pushPacket(packet(far + 8, undefined));
		feed.pushPacket(packet(far + 9, undefined, 0xffff));
		feed.pushPacket(packet(far + 8, new ItchWriter().delete(1, 2n), 2));
		feed.pushPacket(new Uint8Array(19));
		expect(told.map(({ reason, type }) => [reason, type])).toEqual([
			['gap', ''],
			['gap', ''],
			['packet', ''],
			['packet', ''],
		]);
		expect([feed.book('X')?.lotsOf(1), feed.book('X')?.has(2), feed.messages]).toEqual([3, false, 5]);
		expect(() => feed.pushPacket('x' as never)).toThrow(ArgumentError);
		feed.dispose();
	});

	test('applies the same however the bytes are cut, as the slow book does', () => {
		const step = fc.record({
			kind: fc.nat(9),
			id: fc.bigInt({ min: 1n, max: 12n }),
			newId: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
			side: fc.nat(1),
			lots: fc.integer({ min: 0, max: 20 }),
			ticks: fc.integer({ min: 0, max: 6 }),
		});
		fc.assert(
			fc.property(
				fc.array(step, { maxLength: 40, size: 'max' }),
				fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1 }),
				(steps, cuts) => {
					const model = new ReferenceBook('allow');
					const writer = new ItchWriter().directory(1, 'X');
					for (const { kind, id, newId, side, lots, ticks } of steps) {
						if (kind < 4) {
							writer.add(1, id, side, lots, 'X', ticks);
							model.add(id, side, ticks, lots, 0);
						} else if (kind === 4) {
							writer.execute(1, id, lots);
							model.execute(id, lots, undefined);
						} else if (kind === 5) {
							writer.executeAt(1, id, lots, ticks);
							model.execute(id, lots, ticks);
						} else if (kind === 6) {
							writer.reduce(1, id, lots);
							model.reduce(id, lots);
						} else if (kind === 7) {
							writer.delete(1, id);
							model.cancel(id);
						} else {
							writer.replace(1, id, newId, lots, ticks);
							model.replaceBy(id, newId, ticks, lots);
						}
					}
					const { bytes } = writer;
					const feed = new ItchFeed({ heap });
					let messages = 0;
					for (let at = 0, cut = 0; at < bytes.length; cut++) {
						const size = cuts[cut % cuts.length];
						messages += feed.push(bytes.subarray(at, at + size));
						at += size;
					}
					expect(messages).toBe(steps.length + 1);
					const book = feed.book('X');
					for (const side of [0, 1] as const) {
						const seen: number[][] = [];
						book?.forEachLevel(side, (...level) => seen.push(level));
						expect(seen).toEqual(model.levels(side));
					}
					expect(book?.sequence).toBe(model.sequence);
					expect(feed.problems).toBe(model.events.filter(([name]) => name === 'rejected').length);
					book?.validate();
					feed.dispose();
				},
			),
			{ numRuns: runs(500) },
		);
	});

	test('tells of a trade with a hidden order by the side of who came', () => {
		const trades: unknown[] = [];
		const onBook = (book: FluxOrderBook) => {
			book.on('trade', ({ maker, taker, side, ticks, lots }) => trades.push([maker, taker, side, ticks, lots]));
		};
		const feed = new ItchFeed({ heap, onBook });
		const print = (writer: ItchWriter, side: string, lots: number) =>
			writer.write('P', 7, 1, [8, 0], side, [4, lots], 'AAPL    ', [4, 1_850_050], [8, 3]);
		// The letter is of the order that was hidden.
		feed.push(print(print(new ItchWriter().directory(7, 'AAPL'), 'B', 10), 'S', 20).bytes);
		expect(trades).toEqual([
			[undefined, undefined, 'sell', 1_850_050, 10],
			[undefined, undefined, 'buy', 1_850_050, 20],
		]);
		feed.dispose();
	});

	test('counts the trades of a cross once: by its own message', () => {
		const feed = new ItchFeed({ heap });
		const writer = new ItchWriter()
			.directory(7, 'X')
			.add(7, 1n, 0, 100, 'X', 105)
			.add(7, 2n, 1, 100, 'X', 95)
			.write('Q', 7, 5, [8, 0], 'X       ', [4, 0], [8, 1], 'O');
		feed.push(writer.bytes);
		const book = feed.book('X');
		const trades: unknown[] = [];
		book?.on('trade', ({ maker, price, quantity }) => trades.push([maker, price, quantity]));
		// The sides of a cross are not printable, the cross is.
		const cross = new ItchWriter()
			.write('C', 7, 6, [8, 1n], [4, 80], [8, 9], 'N', [4, 100])
			.write('C', 7, 6, [8, 2n], [4, 100], [8, 9], 'N', [4, 100])
			.write('Q', 7, 6, [8, 80], 'X       ', [4, 100], [8, 9], 'O')
			.write('C', 7, 7, [8, 1n], [4, 5], [8, 10], 'Y', [4, 104]);
		expect([feed.push(cross.bytes), feed.problems]).toEqual([4, 0]);
		expect(trades).toEqual([
			[undefined, 0.01, 80],
			[1, 0.0104, 5],
		]);
		expect([book?.lotsOf(1), book?.lotsOf(2), book?.lastTicks]).toEqual([15, 0, 104]);
	});

	test('goes on behind a message whose listener threw', () => {
		const feed = new ItchFeed({ heap });
		feed.push(new ItchWriter().directory(7, 'X').bytes);
		const stop = feed.book('X')?.on('accepted', ({ id }) => {
			if (id === 2) throw new Error('mine');
		});
		const writer = new ItchWriter();
		for (const id of [1n, 2n, 3n, 4n]) writer.add(7, id, 0, 5, 'X', 100);
		const { bytes } = writer;
		expect(() => feed.push(bytes.subarray(0, bytes.length - 10))).toThrow('mine');
		expect(feed.book('X')?.size).toBe(2);
		expect(feed.push(bytes.subarray(bytes.length - 10))).toBe(2);
		expect([feed.book('X')?.size, feed.messages, feed.problems]).toEqual([4, 5, 0]);
		// A packet is given again.
		const packet = Uint8Array.from([...Array(17).fill(0), 1, 0, 2, ...new ItchWriter().add(7, 2n, 0, 5, 'X', 1).bytes]);
		feed.book('X')?.delete(2);
		const both = Uint8Array.from([...packet, ...new ItchWriter().add(7, 5n, 0, 5, 'X', 1).bytes]);
		expect(() => feed.pushPacket(both)).toThrow('mine');
		expect([feed.pushPacket(both), feed.pushPacket(both), feed.book('X')?.size, feed.problems]).toEqual([1, 0, 5, 0]);
		stop?.();
		expect(feed.push(new ItchWriter().delete(7, 4n).bytes)).toBe(1);
	});

	test('survives any bytes', () => {
		const good = new ItchWriter()
			.directory(1, 'X')
			.add(1, 1n, 0, 5, 'X', 9)
			.replace(1, 1n, 2n, 4, 8)
			.execute(1, 2n, 1).bytes;
		const piece = fc.oneof(
			fc.uint8Array({ maxLength: 60, size: 'max' }),
			fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, value]) => good.with(at, value)),
			fc.tuple(fc.constantFrom(...'AFECXDUR'), fc.uint8Array({ minLength: 40, maxLength: 40 })).map(([type, noise]) => {
				const lengths: Record<string, number> = { A: 36, F: 40, E: 31, C: 36, X: 23, D: 19, U: 35, R: 39 };
				const message = new Uint8Array(2 + lengths[type]);
				message.set(noise.subarray(0, lengths[type]), 2);
				message[1] = lengths[type];
				message[2] = type.charCodeAt(0);
				message[3] = 0;
				message[4] = 1;
				return message;
			}),
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
				const feed = new ItchFeed({ heap, symbols: ['X', 'Y', 'AB'] });
				try {
					feed.push(good);
					for (const [at, bytes] of pieces.entries()) {
						if (at % 4 === 3) feed.pushPacket(bytes);
						else feed.push(bytes);
					}
				} catch (error) {
					if (!(error instanceof FluxError)) throw error;
				}
				for (const symbol of feed.symbols) feed.book(symbol)?.validate();
				feed.dispose();
			}),
			{ numRuns: runs(1000) },
		);
	});

	test('does the same where there are so many orders that it looks ahead', () => {
		const large = new Heap(new Arena({ maxBytes: 2 ** 27 }));
		const orders = 2 ** 18 + 1000;
		// Small steps of any odd number reach every id up to a power of two.
		const idAt = (turn: number): bigint => BigInt(1 + ((turn * 0x9e3779b1) % 2 ** 18));
		const writer = new ItchWriter();
		for (let turn = 0; turn < 3000; turn++) {
			const id = idAt(turn);
			if (turn % 5 === 0) writer.execute(1, id, 1 + (turn % 3));
			else if (turn % 5 === 1) writer.replace(turn % 2 === 0 ? 1 : 2, id, BigInt(orders + turn), 4, turn % 90);
			else if (turn % 5 === 2) writer.reduce(1, id, 1);
			else if (turn % 5 === 3) writer.add(1, BigInt(2 * orders + turn), turn % 2, 3, 'X', turn % 90);
			// 3 is an instrument that nobody has heard of.
			else writer.delete(turn % 2 === 0 ? 1 : 3, id);
		}
		const { bytes } = writer;
		const fill = (): ItchFeed => {
			const feed = new ItchFeed({ heap: large, symbols: ['X'] });
			feed.push(new ItchWriter().directory(1, 'X').directory(2, 'Y').bytes);
			const book = feed.book('X');
			for (let id = 1; id <= orders; id++) book?.add(id, id % 2 === 0 ? BUY : SELL, id % 90, 1 + (id % 5));
			// Orders are counted now and then.
			const silence = new ItchWriter().write('S', 0, 1, 'Q').bytes;
			for (let turn = 0; turn < 1100; turn++) feed.push(silence);
			return feed;
		};
		const [whole, single] = [fill(), fill()];
		whole.push(bytes.subarray(0, 70_001));
		whole.push(bytes.subarray(70_001));
		for (let at = 0; at < bytes.length; ) {
			const length = (bytes[at] << 8) | bytes[at + 1];
			single.apply(bytes, at + 2, length);
			at += 2 + length;
		}
		expect(whole.problems).toBe(single.problems);
		expect(whole.book('X')?.hash()).toBe(single.book('X')?.hash());
		whole.book('X')?.validate();
		// A book that ended weighs nothing, and is not looked into.
		whole.book('X')?.dispose();
		for (let turn = 0; turn < 1100; turn++) whole.push(new ItchWriter().delete(3, 1n).bytes);
		single.dispose();
		large.dispose();
	});

	test('refuses wrong options', () => {
		expect(() => new ItchFeed({ symbols: 'AAPL' })).toThrow(ArgumentError);
		expect(() => new ItchFeed({ onProblem: 1 as never })).toThrow(ArgumentError);
		expect(() => new ItchFeed().push('x' as never)).toThrow(ArgumentError);
	});
});
