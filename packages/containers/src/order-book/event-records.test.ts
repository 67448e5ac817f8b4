import { Arena, ArgumentError, Heap } from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, test } from 'vitest';
import { FluxQueue } from '../queue/queue.js';
import { expect } from '../quick-expect.testing.js';
import { runs } from '../soak.testing.js';
import { commandArb } from './engine/commands.testing.js';
import { MatchingEngine } from './engine/matching-engine.js';
import { EVENT_KINDS, type EventKind, EventRecord, eventId, eventTaker, writeEvents } from './event-records.js';
import type { FriendlyBook } from './friendly-calls.js';
import { EVENTS } from './listener.js';
import { FluxOrderBook } from './order-book.js';
import { reasonName } from './terms.js';

let heap: Heap;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 25 }));
});
afterEach(() => heap.dispose());

const nameOf = (kind: number) => EVENTS.find((name) => EVENT_KINDS[name] === kind) as EventKind;
const sideOf = (side: number) => (side === 0 ? 'buy' : 'sell');

test('records say what handlers hear, are numbered without a gap, and make the same book again', () => {
	fc.assert(
		fc.property(fc.array(commandArb, { maxLength: 60, size: 'max' }), (commands) => {
			const book = new FluxOrderBook({ heap, tickSize: '0.5', lotSize: '0.1', selfTrade: 'decrement' });
			const engine = new MatchingEngine(book);
			const queue = new FluxQueue(EventRecord, { heap });
			const { priceStep, quantityStep } = book as unknown as FriendlyBook;
			const price = (ticks: number) => priceStep.toNumber(ticks);
			const quantity = (lots: number) => quantityStep.toNumber(lots);
			const heard: [string, object][] = [];
			for (const name of EVENTS) book.on(name, (event) => heard.push([name, event]));
			book.listen(writeEvents(book, queue, { book: 7 }));
			for (const command of commands) command(engine);
			const mirror = new FluxOrderBook({ heap });
			let number = 0;
			queue.drain((record) => {
				const { sequence, side, ticks, lots, kind } = record;
				number++;
				expect([record.number, record.book]).toEqual([number, 7]);
				const name = nameOf(kind);
				const [heardName, event] = heard[number - 1];
				expect(name).toBe(heardName);
				const plain = {
					sequence,
					id: eventId(record),
					side: sideOf(side),
					price: price(ticks),
					quantity: quantity(lots),
				};
				const top = (at: number, much: number) =>
					much === 0 ? undefined : { price: price(at), quantity: quantity(much) };
				const wanted: Partial<Record<EventKind, object>> = {
					accepted: { ...plain, price: (record.flags & 8) === 0 ? plain.price : undefined },
					rejected: { sequence, id: plain.id, reason: reasonName(record.reason) },
					trade: {
						...{ sequence, maker: plain.id, taker: eventTaker(record), side: plain.side, price: plain.price, ticks },
						...{ quantity: plain.quantity, lots, makerRemaining: quantity(record.left) },
						takerRemaining: quantity(record.otherLeft),
					},
					cancelled: { ...plain, reason: reasonName(record.reason) },
					level: {
						...{ sequence, side: plain.side, price: plain.price, quantity: plain.quantity, orders: record.orders },
					},
					top: { sequence, bid: top(ticks, lots), ask: top(record.otherTicks, record.otherLots) },
				};
				expect(event).toEqual(wanted[name] ?? plain);
				if (name === 'level') mirror.setLevel(side as 0, ticks, lots);
			});
			expect(number).toBe(heard.length);
			for (const side of [0, 1] as const) {
				const levels = (of: FluxOrderBook) => {
					const seen: number[][] = [];
					of.forEachLevel(side, (ticks, lots) => seen.push([ticks, lots]));
					return seen;
				};
				expect(levels(mirror)).toEqual(levels(book));
			}
			for (const each of [queue, mirror, engine, book]) each.dispose();
		}),
		{ numRuns: runs(500) },
	);
});

test('a queue that is full does what it is meant to, and a gap is seen', () => {
	const book = new FluxOrderBook({ heap });
	const dropping = FluxQueue.shared(EventRecord, { capacity: 2, whenFull: 'drop' });
	book.listen(writeEvents(book, dropping, { kinds: ['accepted'] }));
	for (let id = 1; id <= 3; id++) book.submitLimit(id, 'buy', 1, 1);
	const numbers = [dropping.tryPop()?.number, dropping.tryPop()?.number];
	book.submitLimit(4, 'buy', 1, 1);
	expect([...numbers, dropping.tryPop()?.number, dropping.dropped]).toEqual([1, 2, 4, 1]);
	const refusing = new FluxQueue(EventRecord, { heap, capacity: 1 });
	book.listen(writeEvents(book, refusing, { kinds: ['accepted'] }));
	book.submitLimit(5, 'buy', 1, 1);
	expect(() => book.submitLimit(6, 'buy', 1, 1)).toThrow('whenFull');
	expect([book.has(6), refusing.size]).toEqual([true, 1]);
	dropping.dispose();
});

test('another listener hears first, and of kinds that are not written', () => {
	const book = new FluxOrderBook({ heap });
	const queue = new FluxQueue(EventRecord, { heap });
	const heard: string[] = [];
	const next = { trade: () => heard.push(`trade, ${queue.size} written`), top: () => heard.push('top') };
	book.listen(writeEvents(book, queue, { kinds: ['trade'], next }));
	book.submitLimit(2n ** 63n + 5n, 'sell', 1, 1);
	book.submitLimit(2, 'buy', 1, 1);
	expect(heard).toEqual(['top', 'trade, 0 written', 'top']);
	const record = queue.front;
	expect([queue.size, eventId(record), eventTaker(record), record.side]).toEqual([1, 2n ** 63n + 5n, 2, 0]);
});

test('what is no book, queue or event is refused', () => {
	const book = new FluxOrderBook({ heap });
	const queue = new FluxQueue(EventRecord, { heap });
	expect(() => writeEvents({} as never, queue)).toThrow(ArgumentError);
	expect(() => writeEvents(book, {} as never)).toThrow(ArgumentError);
	expect(() => writeEvents(book, queue, { book: -1 })).toThrow(ArgumentError);
	expect(() => writeEvents(book, queue, { kinds: ['trades' as never] })).toThrow(ArgumentError);
});
