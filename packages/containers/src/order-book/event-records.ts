import { ArgumentError, f64, i32, internals, struct, u8, u16, u32, type Values } from '@flux/core';
import { checkFields } from '../common/container-options.js';
import { isInstance } from '../common/is-instance.js';
import type { FluxQueue } from '../queue/queue.js';
import type { BroadcastFluxQueue } from '../shared-queue/broadcast.js';
import type { SharedFluxQueue } from '../shared-queue/shared-queue.js';
import type { FriendlyBook } from './friendly-calls.js';
import { idOf } from './friendly-events.js';
import { type BookListener, checkEvent, checkListener, EVENTS } from './listener.js';
import { FluxOrderBook, type OrderId } from './order-book.js';

/**
 * An event of a book as a record, for a queue to another thread or into a file.
 *
 * | field | holds |
 * |---|---|
 * | `number` | counts the records of one writer from 1, so that a reader sees a gap |
 * | `sequence` | the book's number of the last event of an order: this one's, unless it is of a level or the top |
 * | `kind` | a number of {@link EVENT_KINDS} |
 * | `book` | the number that the writer was given |
 * | `side` | 0 buy, 1 sell; of a trade the taker's |
 * | `idLow`, `idHigh` | the order, or of a trade the maker |
 * | `otherLow`, `otherHigh` | of a trade the taker |
 * | `ticks`, `lots` | price and quantity; of the top the best bid |
 * | `left`, `otherLeft` | of a trade what is open of maker and taker |
 * | `otherTicks`, `otherLots` | of the top the best ask |
 * | `orders` | of a level |
 * | `flags`, `reason` | the terms of an accepted order; why one was refused or cancelled |
 *
 * What a kind does not have is 0.
 */
export const EventRecord = struct(
	['number', f64],
	['sequence', f64],
	['lots', f64],
	['left', f64],
	['otherLeft', f64],
	['otherLots', f64],
	['idLow', i32],
	['idHigh', i32],
	['otherLow', i32],
	['otherHigh', i32],
	['ticks', i32],
	['otherTicks', i32],
	['book', u32],
	['orders', u32],
	['flags', u16],
	['kind', u8],
	['side', u8],
	['reason', u8],
);

/** The numbers of events in {@link EventRecord}. */
export const EVENT_KINDS = {
	accepted: 1,
	rejected: 2,
	trade: 3,
	cancelled: 4,
	expired: 5,
	triggered: 6,
	displayed: 7,
	replaced: 8,
	level: 9,
	top: 10,
	cleared: 11,
} as const satisfies { readonly [E in keyof BookListener]-?: number };

/** The name of an event. */
export type EventKind = keyof typeof EVENT_KINDS;

/** What takes event records: a queue of this thread or between threads, or a broadcast. */
export type EventQueue =
	| FluxQueue<typeof EventRecord>
	| SharedFluxQueue<typeof EventRecord>
	| BroadcastFluxQueue<typeof EventRecord>;

/** What all of them have. */
interface EventSink {
	/** Adds a record by its fields in their order. */
	emplace(...values: Values<typeof EventRecord>): void;
}

/** Options of {@link writeEvents}. */
export interface EventWriterOptions {
	/** The number that tells this book from others in one queue; 0 to 2^32 - 1. @defaultValue 0 */
	book?: number;
	/** The kinds to write. @defaultValue all */
	kinds?: readonly EventKind[];
	/** A listener that hears of each event before it is written. */
	next?: BookListener;
}

/**
 * A listener that writes each event of a book into a queue as an {@link EventRecord}: `book.listen(writeEvents(book, queue))`. No
 * garbage. What a full queue does is the queue's to say (`whenFull`): it waits, drops, overwrites, or throws, and the
 * command throws that when it is done. Whatever is lost leaves a gap in `number`.
 *
 * @throws {@link ArgumentError} for what is no book or queue, or for a kind that there is not.
 *
 * @example
 * ```ts
 * import { EVENT_KINDS, EventRecord, eventId, FluxOrderBook, FluxQueue, writeEvents } from '@flux/containers';
 *
 * const book = new FluxOrderBook();
 * const queue = new FluxQueue(EventRecord); // or FluxQueue.shared(EventRecord, { capacity: 65_536 })
 * book.listen(writeEvents(book, queue, { kinds: ['trade'] }));
 * book.submitLimit(1, 'sell', 100, 5);
 * book.submitLimit(2, 'buy', 100, 3);
 * queue.drain((event) => {
 *   if (event.kind === EVENT_KINDS.trade) console.log(eventId(event), event.ticks, event.lots, event.left); // 1 100 3 2
 * });
 * ```
 */
export function writeEvents(book: FluxOrderBook, queue: EventQueue, options: EventWriterOptions = {}): BookListener {
	if (!isInstance(book, FluxOrderBook))
		throw new ArgumentError(`the book is ${internals.describe(book)}; pass a FluxOrderBook`);
	if (typeof queue?.emplace !== 'function')
		throw new ArgumentError(`the queue is ${internals.describe(queue)}; pass a FluxQueue of EventRecord`);
	checkFields(options, ['book', 'kinds', 'next'], 'the options', "{ kinds: ['trade'] }");
	const { book: label = 0, kinds = EVENTS, next } = options;
	if (typeof label !== 'number' || label >>> 0 !== label)
		throw new ArgumentError(
			`the book's number is ${internals.describe(label)}; pass a whole number from 0 to 2^32 - 1`,
		);
	if (!Array.isArray(kinds))
		throw new ArgumentError(`kinds is ${internals.describe(kinds)}; pass an array of events, such as ['trade']`);
	for (const kind of kinds) checkEvent(kind);
	if (next !== undefined) checkListener(next);
	const writer = new EventWriter(book as unknown as FriendlyBook, queue as EventSink, label, next ?? null);
	const listener: BookListener = {};
	// Only what somebody wants is called.
	for (const kind of EVENTS) {
		if (kinds.includes(kind)) Object.assign(listener, { [kind]: writer[kind].bind(writer) });
		else if (next?.[kind] !== undefined) Object.assign(listener, { [kind]: next[kind].bind(next) });
	}
	return listener;
}

/** The order of an event record, or the maker of its trade; undefined: none. A number where that is exact. */
export function eventId({ idLow, idHigh }: { readonly idLow: number; readonly idHigh: number }): OrderId | undefined {
	return idOf(idLow, idHigh);
}

/** The taker of an event record of a trade; undefined: none. */
export function eventTaker(record: { readonly otherLow: number; readonly otherHigh: number }): OrderId | undefined {
	return idOf(record.otherLow, record.otherHigh);
}

/** Each call writes one record. */
class EventWriter implements Required<BookListener> {
	readonly #book: FriendlyBook;
	readonly #queue: EventSink;
	readonly #label: number;
	readonly #next: BookListener | null;
	#number = 0;

	constructor(book: FriendlyBook, queue: EventSink, label: number, next: BookListener | null) {
		this.#book = book;
		this.#queue = queue;
		this.#label = label;
		this.#next = next;
	}

	accepted(low: number, high: number, side: number, ticks: number, lots: number, flags: number): void {
		this.#next?.accepted?.(low, high, side, ticks, lots, flags);
		this.#write(EVENT_KINDS.accepted, low, high, side, ticks, lots, flags, 0);
	}

	rejected(low: number, high: number, reason: number): void {
		this.#next?.rejected?.(low, high, reason);
		this.#write(EVENT_KINDS.rejected, low, high, 0, 0, 0, 0, reason);
	}

	trade(
		makerLow: number,
		makerHigh: number,
		takerLow: number,
		takerHigh: number,
		side: number,
		ticks: number,
		lots: number,
		makerLeft: number,
		takerLeft: number,
	): void {
		const tell = this.#next?.trade;
		if (tell !== undefined)
			tell.call(this.#next, makerLow, makerHigh, takerLow, takerHigh, side, ticks, lots, makerLeft, takerLeft);
		this.#queue.emplace(
			++this.#number,
			this.#book.sequence,
			lots,
			makerLeft,
			takerLeft,
			0,
			makerLow,
			makerHigh,
			takerLow,
			takerHigh,
			ticks,
			0,
			this.#label,
			0,
			0,
			EVENT_KINDS.trade,
			side,
			0,
		);
	}

	cancelled(low: number, high: number, side: number, ticks: number, lots: number, reason: number): void {
		this.#next?.cancelled?.(low, high, side, ticks, lots, reason);
		this.#write(EVENT_KINDS.cancelled, low, high, side, ticks, lots, 0, reason);
	}

	expired(low: number, high: number, side: number, ticks: number, lots: number): void {
		this.#next?.expired?.(low, high, side, ticks, lots);
		this.#write(EVENT_KINDS.expired, low, high, side, ticks, lots, 0, 0);
	}

	triggered(low: number, high: number, side: number, ticks: number, lots: number): void {
		this.#next?.triggered?.(low, high, side, ticks, lots);
		this.#write(EVENT_KINDS.triggered, low, high, side, ticks, lots, 0, 0);
	}

	displayed(low: number, high: number, side: number, ticks: number, lots: number): void {
		this.#next?.displayed?.(low, high, side, ticks, lots);
		this.#write(EVENT_KINDS.displayed, low, high, side, ticks, lots, 0, 0);
	}

	replaced(low: number, high: number, side: number, ticks: number, lots: number): void {
		this.#next?.replaced?.(low, high, side, ticks, lots);
		this.#write(EVENT_KINDS.replaced, low, high, side, ticks, lots, 0, 0);
	}

	level(side: number, ticks: number, lots: number, orders: number): void {
		this.#next?.level?.(side, ticks, lots, orders);
		this.#queue.emplace(
			++this.#number,
			this.#book.sequence,
			lots,
			0,
			0,
			0,
			0,
			0,
			0,
			0,
			ticks,
			0,
			this.#label,
			orders,
			0,
			EVENT_KINDS.level,
			side,
			0,
		);
	}

	top(bidTicks: number, bidLots: number, askTicks: number, askLots: number): void {
		this.#next?.top?.(bidTicks, bidLots, askTicks, askLots);
		this.#queue.emplace(
			++this.#number,
			this.#book.sequence,
			bidLots,
			0,
			0,
			askLots,
			0,
			0,
			0,
			0,
			bidTicks,
			askTicks,
			this.#label,
			0,
			0,
			EVENT_KINDS.top,
			0,
			0,
		);
	}

	cleared(): void {
		this.#next?.cleared?.();
		this.#write(EVENT_KINDS.cleared, 0, 0, 0, 0, 0, 0, 0);
	}

	#write(
		kind: number,
		low: number,
		high: number,
		side: number,
		ticks: number,
		lots: number,
		flags: number,
		reason: number,
	): void {
		this.#queue.emplace(
			++this.#number,
			this.#book.sequence,
			lots,
			0,
			0,
			0,
			low,
			high,
			0,
			0,
			ticks,
			0,
			this.#label,
			0,
			flags,
			kind,
			side,
			reason,
		);
	}
}
