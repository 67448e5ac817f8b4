import { ArgumentError, internals, OutOfMemoryError } from '@flux/core';
import { standsOn } from './book-owners.js';
import { bookAuctionPrice, uncrossBook } from './engine/book-auction.js';
import type { FriendlyBook } from './friendly-calls.js';
import {
	BODY,
	COMMAND,
	doublesOf,
	type JournalSink,
	type ReadCommands,
	RecordWriter,
	readCommands,
	unknownCommand,
} from './journal-records.js';
import * as words from './layout.js';

/*
 * The body of a record of a book's journal (`journal-records.ts` draws what is around it). One without an order has 0 for its id:
 *
 *   word    name    holds
 *   ------  ------  ----------------------------------------------------------------------------------------
 *   +4-5    ID      of the order; of CANCEL_ALL the lowest and the highest price
 *   +6-7    TICKS   as a double, as all that follow; of UNCROSS_AT the reference
 *   +8-9    LOTS
 *                   CANCEL, REDUCE, REPLACE, EXECUTE, EXECUTE_AT, CLEAR, UNCROSS and UNCROSS_AT end here
 *   +10-11  SIDE    0 or 1, or whatever was refused; of CANCEL_ALL -1 for both
 *   +12-13  FLAGS
 *   +14-15  OWNER
 *                   LIMIT, MARKET, CANCEL_ALL, ADD, PRINT and LEVEL end here
 *
 *   +10-11  NEW_ID  of REPLACE_BY
 */
const ID = BODY;
const TICKS = BODY + 2;
const LOTS = BODY + 4;
const SIDE = BODY + 6;
const FLAGS = BODY + 8;
const OWNER = BODY + 10;
const NEW_ID = BODY + 6;
/** Words of the longest body. */
const BODY_WORDS = 12;
/** The numbers of the commands. */
const [LIMIT, MARKET, CANCEL, REDUCE, REPLACE, CANCEL_ALL, ADD] = [2, 3, 4, 5, 6, 7, 8];
const [EXECUTE, EXECUTE_AT, REPLACE_BY, PRINT, LEVEL, CLEAR, UNCROSS, UNCROSS_AT] = [9, 10, 11, 12, 13, 14, 15, 16];

/** What all commands of a book come down to. */
type Command =
	| 'enter'
	| 'enterMarket'
	| 'end'
	| 'lessen'
	| 'change'
	| 'cancelOrders'
	| 'put'
	| 'fill'
	| 'renew'
	| 'print'
	| 'setLevel'
	| 'clear';

/** The journals of books, the ended ones too: their books pass commands through them still. */
const journals = new WeakMap<object, BookJournal>();

/**
 * Writes the commands of a book down from now on; `sink` null: no more. O(orders).
 *
 * The commands of that one book are replaced by such as write first. So a book without a journal pays nothing for it.
 */
export function journalBook(book: FriendlyBook, sink: JournalSink | null): void {
	if (book.state !== words.IDLE) book.refuse();
	if (sink !== null && typeof sink !== 'function')
		throw new ArgumentError(`the sink is ${internals.describe(sink)}; pass a function that takes bytes, or null`);
	if (standsOn(book, 'MatchingEngine'))
		throw new ArgumentError(
			'journal was called on a FluxOrderBook on which a MatchingEngine stands, whose part of the state is elsewhere; call journal() of the engine',
		);
	const journal = journals.get(book);
	if (journal !== undefined) journal.begin(sink);
	else if (sink !== null) {
		const first = new BookJournal(book);
		first.begin(sink);
		journals.set(book, first);
		first.intercept();
	}
}

/** Whether the commands of a book are written down now. */
export function isJournaled(book: object): boolean {
	return journals.get(book)?.isOn === true;
}

/** Writes the end of an auction down, where that is asked for. */
export function journalUncross(book: FriendlyBook, reference: number | undefined): void {
	journals.get(book)?.uncross(reference);
}

/** The snapshot that a journal begins with, and what gives its commands to the book that is made of it. Throws SnapshotError. */
export function readBookJournal(bytes: Uint8Array): ReadCommands<FriendlyBook> {
	return readCommands(bytes, apply);
}

class BookJournal {
	readonly #book: FriendlyBook;
	#writer: RecordWriter | undefined;
	/** The number of events before the command that is under way. */
	#sequence = 0;

	constructor(book: FriendlyBook) {
		this.#book = book;
	}

	get isOn(): boolean {
		return this.#writer !== undefined;
	}

	begin(sink: JournalSink | null): void {
		const book = this.#book;
		this.#writer = undefined;
		if (sink === null) return;
		const guarded: JournalSink = (bytes) => {
			// Whoever writes may read the book, and may give it no command.
			book.state = words.CALLING;
			try {
				sink(bytes);
			} finally {
				book.state = words.IDLE;
			}
		};
		this.#writer = new RecordWriter(guarded, book.snapshot(), BODY_WORDS);
	}

	/** Puts itself before each command of the book. No command makes garbage here. */
	intercept(): void {
		const book = this.#book;
		const { enter, enterMarket, end, lessen, change, cancelOrders, put, fill, renew, print, setLevel, clear } = book;
		const sideOf = (side: number | string) => (typeof side === 'number' ? side : book.sideOf(side));
		this.#replace('enter', (low, high, sideGiven, ticksGiven, lotsGiven, flagsGiven, ownerGiven) => {
			const side = sideOf(sideGiven);
			const ticks = numberOf(ticksGiven);
			const lots = numberOf(lotsGiven);
			const flags = numberOf(flagsGiven);
			const owner = numberOf(ownerGiven);
			this.#writeOrder(LIMIT, low, high, side, ticks, lots, flags, owner);
			try {
				return enter.call(book, low, high, side, ticks, lots, flags, owner);
			} catch (error) {
				throw this.#failed(error);
			}
		});
		this.#replace('enterMarket', (low, high, sideGiven, lotsGiven, flagsGiven, ownerGiven) => {
			const side = sideOf(sideGiven);
			const lots = numberOf(lotsGiven);
			const flags = numberOf(flagsGiven);
			const owner = numberOf(ownerGiven);
			this.#writeOrder(MARKET, low, high, side, 0, lots, flags, owner);
			try {
				return enterMarket.call(book, low, high, side, lots, flags, owner);
			} catch (error) {
				throw this.#failed(error);
			}
		});
		this.#replace('end', (low, high) => {
			this.#writeAbout(CANCEL, low, high, 0, 0);
			return end.call(book, low, high);
		});
		this.#replace('lessen', (low, high, lotsGiven) => {
			const lots = numberOf(lotsGiven);
			this.#writeAbout(REDUCE, low, high, 0, lots);
			return lessen.call(book, low, high, lots);
		});
		this.#replace('change', (low, high, ticksGiven, lotsGiven) => {
			const ticks = numberOf(ticksGiven);
			const lots = numberOf(lotsGiven);
			this.#writeAbout(REPLACE, low, high, ticks, lots);
			try {
				return change.call(book, low, high, ticks, lots);
			} catch (error) {
				throw this.#failed(error);
			}
		});
		this.#replace('cancelOrders', (side, owner, from, to) => {
			this.#writeOrder(CANCEL_ALL, from, to, side, 0, 0, 0, owner);
			return cancelOrders.call(book, side, owner, from, to);
		});
		this.#replace('put', (low, high, sideGiven, ticksGiven, lotsGiven, ownerGiven) => {
			const side = sideOf(sideGiven);
			const ticks = numberOf(ticksGiven);
			const lots = numberOf(lotsGiven);
			const owner = numberOf(ownerGiven);
			this.#writeOrder(ADD, low, high, side, ticks, lots, 0, owner);
			try {
				return put.call(book, low, high, side, ticks, lots, owner);
			} catch (error) {
				throw this.#failed(error);
			}
		});
		this.#replace('fill', (low, high, lotsGiven, ticksGiven) => {
			const lots = numberOf(lotsGiven);
			const ticks = ticksGiven === undefined ? undefined : numberOf(ticksGiven);
			this.#writeAbout(ticks === undefined ? EXECUTE : EXECUTE_AT, low, high, ticks ?? 0, lots);
			return fill.call(book, low, high, lots, ticks);
		});
		this.#replace('renew', (low, high, newLow, newHigh, ticksGiven, lotsGiven) => {
			const ticks = numberOf(ticksGiven);
			const lots = numberOf(lotsGiven);
			this.#writeRenewal(low, high, newLow, newHigh, ticks, lots);
			try {
				return renew.call(book, low, high, newLow, newHigh, ticks, lots);
			} catch (error) {
				throw this.#failed(error);
			}
		});
		this.#replace('print', (sideGiven, ticksGiven, lotsGiven) => {
			const side = sideOf(sideGiven);
			const ticks = numberOf(ticksGiven);
			const lots = numberOf(lotsGiven);
			this.#writeOrder(PRINT, 0, 0, side, ticks, lots, 0, 0);
			return print.call(book, side, ticks, lots);
		});
		this.#replace('setLevel', (sideGiven, ticksGiven, lotsGiven) => {
			const side = sideOf(sideGiven);
			const ticks = numberOf(ticksGiven);
			const lots = numberOf(lotsGiven);
			this.#writeOrder(LEVEL, 0, 0, side, ticks, lots, 0, 0);
			try {
				return setLevel.call(book, side, ticks, lots);
			} catch (error) {
				// It is no event of an order: whether it was done, the level tells.
				throw this.#failed(error, () => book.lotsAt(side, ticks) === lots);
			}
		});
		this.#replace('clear', () => {
			this.#writeAbout(CLEAR, 0, 0, 0, 0);
			clear.call(book);
		});
	}

	uncross(reference: number | undefined): void {
		this.#writeAbout(reference === undefined ? UNCROSS : UNCROSS_AT, 0, 0, reference ?? 0, 0);
	}

	#replace<C extends Command>(name: C, value: FriendlyBook[C]): void {
		Object.defineProperty(this.#book, name, { value });
	}

	#writeOrder(
		command: number,
		low: number,
		high: number,
		side: number,
		ticks: number,
		lots: number,
		flags: number,
		owner: number,
	): void {
		const writer = this.#open(low, high, ticks, lots);
		if (writer === undefined) return;
		writer.doubles[SIDE >> 1] = side;
		writer.doubles[FLAGS >> 1] = flags;
		writer.doubles[OWNER >> 1] = owner;
		writer.end(command, OWNER + 2 - BODY);
	}

	#writeAbout(command: number, low: number, high: number, ticks: number, lots: number): void {
		this.#open(low, high, ticks, lots)?.end(command, LOTS + 2 - BODY);
	}

	#writeRenewal(low: number, high: number, newLow: number, newHigh: number, ticks: number, lots: number): void {
		const writer = this.#open(low, high, ticks, lots);
		if (writer === undefined) return;
		writer.words[NEW_ID] = newLow;
		writer.words[NEW_ID + 1] = newHigh;
		writer.end(REPLACE_BY, NEW_ID + 2 - BODY);
	}

	/** Begins the record of a command, if one is to be written. */
	#open(low: number, high: number, ticks: number, lots: number): RecordWriter | undefined {
		const writer = this.#writer;
		if (writer === undefined) return undefined;
		const book = this.#book;
		if (book.state !== words.IDLE) book.refuse();
		this.#sequence = book.sequence;
		writer.words[ID] = low;
		writer.words[ID + 1] = high;
		writer.doubles[TICKS >> 1] = ticks;
		writer.doubles[LOTS >> 1] = lots;
		return writer;
	}

	/** A command has thrown: one that found no memory has changed nothing, and is taken back. */
	#failed(error: unknown, isDone?: () => boolean): unknown {
		const hasFailed = error instanceof OutOfMemoryError && this.#book.sequence === this.#sequence;
		if (hasFailed && isDone?.() !== true) this.#writer?.undo();
		return error;
	}
}

function apply(book: FriendlyBook, record: Int32Array): void {
	const low = record[ID];
	const high = record[ID + 1];
	const doubles = doublesOf(record);
	const [ticks, lots] = [doubles[TICKS >> 1], doubles[LOTS >> 1]];
	const [side, flags, owner] = [doubles[SIDE >> 1], doubles[FLAGS >> 1], doubles[OWNER >> 1]];
	switch (record[COMMAND]) {
		case LIMIT:
			book.enter(low, high, side, ticks, lots, flags, owner);
			return;
		case MARKET:
			book.enterMarket(low, high, side, lots, flags, owner);
			return;
		case CANCEL:
			book.end(low, high);
			return;
		case REDUCE:
			book.lessen(low, high, lots);
			return;
		case REPLACE:
			book.change(low, high, ticks, lots);
			return;
		case CANCEL_ALL:
			book.cancelOrders(side, owner, low, high);
			return;
		case ADD:
			book.put(low, high, side, ticks, lots, owner);
			return;
		case EXECUTE:
			book.fill(low, high, lots, undefined);
			return;
		case EXECUTE_AT:
			book.fill(low, high, lots, ticks);
			return;
		case REPLACE_BY:
			book.renew(low, high, record[NEW_ID], record[NEW_ID + 1], ticks, lots);
			return;
		case PRINT:
			book.print(side, ticks, lots);
			return;
		case LEVEL:
			book.setLevel(side, ticks, lots);
			return;
		case CLEAR:
			book.clear();
			return;
		case UNCROSS:
		case UNCROSS_AT:
			uncrossBook(book, bookAuctionPrice(book, record[COMMAND] === UNCROSS ? undefined : ticks));
			return;
		default:
			throw unknownCommand(record);
	}
}

/** What is no number is refused, and so that a journal tells of the same: it holds numbers alone. */
function numberOf(value: unknown): number {
	return typeof value === 'number' ? value : Number.NaN;
}
