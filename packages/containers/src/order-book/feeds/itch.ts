import { ArgumentError, type Heap, internals } from '@flux/core';
import { checkFields, readOptions } from '../../common/container-options.js';
import { isInstance } from '../../common/is-instance.js';
import type { FeedBook } from '../feed-code.js';
import { BUY, FluxOrderBook, type Reason, reasonName, SELL } from '../order-book.js';

/*
 * NASDAQ TotalView-ITCH 5.0, as its specification has it: binary messages, numbers big-endian, prices with four decimal
 * places. Each message begins so:
 *
 *   byte   holds
 *   -----  ---------------------------------------------------------------
 *   0      TYPE       a letter
 *   1      LOCATE     the number of the instrument on this day, 2 bytes
 *   3      TRACKING   2 bytes, for the exchange's own use
 *   5      TIME       nanoseconds since midnight, 6 bytes
 *   11     what the type says:
 *
 *   A, F   REFERENCE 8, SIDE 1 (B, S), SHARES 4, SYMBOL 8, PRICE 4; F: ATTRIBUTION 4
 *   E      REFERENCE 8, SHARES 4, MATCH 8
 *   C      REFERENCE 8, SHARES 4, MATCH 8, PRINTABLE 1 (N: a Q tells of the trade), PRICE 4
 *   X      REFERENCE 8, SHARES 4
 *   D      REFERENCE 8
 *   P      REFERENCE 8, SIDE 1, SHARES 4, SYMBOL 8, PRICE 4, MATCH 8: a trade with a hidden order, whose side it is
 *   Q      SHARES 8, SYMBOL 8, PRICE 4, MATCH 8, KIND 1: an opening or closing auction
 *   U      REFERENCE 8, NEW REFERENCE 8, SHARES 4, PRICE 4
 *   R      SYMBOL 8, and what is known of it, 20
 *
 * In files and streams each is preceded by its length, 2 bytes. A packet of MoldUDP64, which carries them over networks:
 *
 *   byte   holds
 *   -----  ---------------------------------------------------------------
 *   0      SESSION    10 letters
 *   10     SEQUENCE   the number of its first message, 8 bytes
 *   18     COUNT      how many messages; 0: none, a sign of life; 65,535: none, the session has ended
 *   20     messages, each preceded by its length
 */
const HEADER_BYTES = 11;
const PACKET_HEADER_BYTES = 20;
/** Bytes of the shortest message that names an order. */
const LEAST_OF_OLD = 19;
const SESSION_ENDED = 0xffff;
/** Bytes of the longest message and its length. */
const REST_BYTES = 2 + 0xffff;
/** How many messages are applied by one call, and looked at ahead. */
const SOME = 32;
/**
 * So many orders in all books fill the caches of a core several times over; from there on messages are looked at ahead. With
 * fewer that costs more than it gains.
 */
const MANY_ORDERS = 1 << 18;
/** How many times some messages are applied until orders are counted again. */
const SOME_TIMES = 1024;
/** Bytes of a message, by the code of its letter; 0: there is no such type. */
const LENGTHS = new Uint8Array(128);
for (const [type, length] of Object.entries({
	// System event, stock directory, trading action, short sale restriction, market participant.
	...{ S: 12, R: 39, H: 25, Y: 20, L: 26 },
	// Circuit breakers, quoting period, auction collar, operational halt.
	...{ V: 35, W: 12, K: 28, J: 35, h: 21 },
	// Orders.
	...{ A: 36, F: 40, E: 31, C: 36, X: 23, D: 19, U: 35 },
	// Trades without effect on orders, imbalance, price improvement, direct listing.
	...{ P: 44, Q: 40, B: 19, I: 50, N: 20, O: 48 },
})) {
	LENGTHS[type.charCodeAt(0)] = length;
}
const [ADD, ADD_WITH_NAME, EXECUTE, EXECUTE_AT, REDUCE, DELETE, REPLACE, PRINT, CROSS, DIRECTORY] = Array.from(
	'AFECXDUPQR',
	(type) => type.charCodeAt(0),
);
/** Whether a message is of an order or a trade, by the code of its letter. */
const IS_OF_ORDER = new Uint8Array(128);
for (const type of [ADD, ADD_WITH_NAME, EXECUTE, EXECUTE_AT, REDUCE, DELETE, REPLACE, PRINT, CROSS])
	IS_OF_ORDER[type] = 1;
/** Whether a message names an order that is there, by the code of its letter. */
const IS_OF_OLD = new Uint8Array(256);
for (const type of [EXECUTE, EXECUTE_AT, REDUCE, DELETE, REPLACE]) IS_OF_OLD[type] = 1;
/** The orders that messages to come name, and their neighbours. */
const ahead = new Int32Array(2 * SOME);
const [BUYER, SELLER] = [66, 83];
const NOT_PRINTABLE = 78;

/** What is wrong with a message of a feed. */
export interface ItchProblem {
	/**
	 * `type`: there is no such message; `length`: it is not as long as its type; `gap`: packets before this one were lost;
	 * `packet`: it is none, or its messages are not as many as it says; else why the book refused it: `unknown-id` says that a
	 * message before was lost, or that the feed was joined in the middle of a day.
	 */
	reason: 'type' | 'length' | 'gap' | 'packet' | Reason;
	/** The letter of its type; empty where a packet is meant. */
	type: string;
	/** The number of the instrument. */
	locate: number;
	/** Which message it was, from 1. */
	message: number;
}

/** Options of an {@link ItchFeed}. */
export interface ItchOptions {
	/** The symbols to keep books of. @defaultValue all */
	symbols?: Iterable<string>;
	/** The heap that books stand on. @defaultValue `Heap.default`, the heap of this thread */
	heap?: Heap;
	/**
	 * Given each new book, before its first order: the place to `listen` from the start. Where it throws there is no book, and the
	 * next message that names the symbol tries again. @defaultValue nobody: see `book`
	 */
	onBook?: (book: FluxOrderBook, symbol: string) => void;
	/** Told of each problem; the message has changed nothing. @defaultValue nobody: see `problems` */
	onProblem?: (problem: ItchProblem) => void;
}

/**
 * Order books from NASDAQ TotalView-ITCH 5.0, straight from bytes: one book per symbol, in ticks of 0.0001.
 *
 * Messages come framed by their length, in pieces of any size (`push`), in packets of MoldUDP64 (`pushPacket`), or one by one
 * (`apply`). All types of the specification are known by their length; those without an effect on the book are counted and passed over.
 * An opening or closing cross is one trade, of which the sides, as the specification asks for, are told as cancelled. A
 * message that cannot be applied is a problem, told and counted, and changes nothing. No message of an order makes garbage.
 *
 * Source: NASDAQ TotalView-ITCH 5.0, sections 1.1 to 1.4.
 *
 * @example
 * ```ts
 * import { ItchFeed } from '@flux/containers';
 *
 * const feed = new ItchFeed({ symbols: ['AAPL', 'MSFT'] });
 * feed.push(new Uint8Array([0, 12, 83, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 79])); // a system event: start of messages
 * console.log(feed.messages, feed.problems, feed.book('AAPL')?.bestBid); // 1 0 undefined
 * ```
 */
export class ItchFeed {
	readonly #heap: Heap | undefined;
	readonly #wanted: ReadonlySet<string> | undefined;
	readonly #onBook: ((book: FluxOrderBook, symbol: string) => void) | undefined;
	readonly #onProblem: ((problem: ItchProblem) => void) | undefined;
	/** By the number of the instrument; null: of no interest; undefined: not heard of yet. */
	readonly #books: (FluxOrderBook | null | undefined)[] = [];
	readonly #bySymbol = new Map<string, FluxOrderBook>();
	/** The beginning of a message whose end has not come: its length and up to 65,535 bytes. Made when there is one. */
	#rest: Uint8Array = NO_BYTES;
	#restBytes = 0;
	/** Bytes behind a message whose listener threw. */
	#left: Uint8Array = NO_BYTES;
	#messages = 0;
	#problems = 0;
	/** The time of the last message in two parts, of 16 and 32 bits; whole it would be a double, and in memory of its own. */
	#timeHigh = 0;
	#timeLow = 0;
	/** Where the message that is applied ends, for the case that a listener throws. */
	#after = 0;
	/** Whether there are so many orders that messages are looked at ahead; counted again after so many calls. */
	#isLarge = false;
	#untilCount = 0;
	/** What was read ahead; it says nothing. */
	#seen = 0;
	/** The number of the next message of packets; 0: none has come. */
	#next = 0;
	/** The bytes that `#view` reads. */
	#bytes: Uint8Array = NO_BYTES;
	#view: DataView = new DataView(NO_BYTES.buffer);

	/** A feed before its first message. O(symbols). Throws {@link ArgumentError} for a wrong option. */
	constructor(options: ItchOptions = {}) {
		checkFields(options, ['symbols', 'heap', 'onBook', 'onProblem'], 'the options', "{ symbols: ['AAPL'] }");
		const { symbols, heap, onBook, onProblem } = options;
		for (const [name, value] of Object.entries({ onBook, onProblem }))
			if (value !== undefined && typeof value !== 'function')
				throw new ArgumentError(`${name} is ${internals.describe(value)}; pass a function`);
		if (symbols !== undefined && (typeof symbols === 'string' || typeof symbols?.[Symbol.iterator] !== 'function'))
			throw new ArgumentError(`symbols is ${internals.describe(symbols)}; pass an array of texts, such as ['AAPL']`);
		if (heap !== undefined) readOptions({ heap });
		this.#heap = heap;
		this.#wanted = symbols === undefined ? undefined : new Set(symbols);
		this.#onBook = onBook;
		this.#onProblem = onProblem;
		if (kept === undefined) {
			kept = this;
			kept = new ItchFeed();
		}
	}

	/** Messages so far, of all types. */
	get messages(): number {
		return this.#messages;
	}

	/** Messages that could not be applied. */
	get problems(): number {
		return this.#problems;
	}

	/** The time of the last message, in nanoseconds since midnight. */
	get time(): number {
		return this.#timeHigh * 4294967296 + (this.#timeLow >>> 0);
	}

	/** The symbols that there are books of, in the order in which they were heard of. */
	get symbols(): string[] {
		return [...this.#bySymbol.keys()];
	}

	/** The book of a symbol; undefined before it was heard of. O(1). */
	book(symbol: string): FluxOrderBook | undefined {
		return this.#bySymbol.get(symbol);
	}

	/**
	 * Applies framed messages: each is preceded by its length. What is left of a message that is cut off is kept for the next
	 * call. Returns how many messages were completed. O(bytes). Allocates nothing but books of new symbols.
	 *
	 * @throws {@link ArgumentError} for what is no Uint8Array; {@link OutOfMemoryError}, and what a listener of a book,
	 * `onBook` or `onProblem` throws: the next call goes on behind that message.
	 */
	push(bytes: Uint8Array): number {
		if (!isInstance(bytes, Uint8Array)) throw noBytes('push', bytes);
		const before = this.#messages;
		if (this.#left.length > 0) {
			const all = new Uint8Array(this.#left.length + bytes.length);
			all.set(this.#left);
			all.set(bytes, this.#left.length);
			this.#left = NO_BYTES;
			this.#pushAll(all);
		} else this.#pushAll(bytes);
		return this.#messages - before;
	}

	#pushAll(bytes: Uint8Array): void {
		const end = bytes.length;
		let at = 0;
		try {
			if (this.#restBytes > 0) {
				at = this.#fillRest(bytes);
				this.#after = at;
				this.#applyRest();
			}
			for (let from = -1; from !== at; ) {
				from = at;
				at = this.#pushSome(bytes, from, end);
			}
		} catch (error) {
			// The next call goes on behind the message whose listener threw.
			this.#left = bytes.slice(this.#after);
			throw error;
		}
		if (at < end) {
			if (this.#rest.length === 0) this.#rest = new Uint8Array(REST_BYTES);
			this.#rest.set(bytes.subarray(at), this.#restBytes);
			this.#restBytes += end - at;
		}
	}

	/**
	 * Applies the next of the messages that are whole, and returns where they end. Some at a time, for an engine sees then what
	 * is called often; a loop that runs for long it compiles while it runs, and again in the next call.
	 */
	#pushSome(bytes: Uint8Array, begin: number, end: number): number {
		const view = this.#viewOf(bytes);
		this.#lookAhead(bytes, view, begin, end);
		let at = begin;
		for (let left = SOME; left > 0 && at + 2 <= end; left--) {
			const from = at + 2;
			const length = view.getUint16(at);
			if (from + length > end) break;
			at = from + length;
			this.#after = at;
			this.#applyIn(bytes, view, from, length);
		}
		return at;
	}

	/** Has the orders of the next messages brought from memory, where that takes long. Changes nothing. */
	#lookAhead(bytes: Uint8Array, view: DataView, begin: number, end: number): void {
		if (--this.#untilCount < 0) this.#countOrders();
		if (!this.#isLarge) return;
		let one: FeedBook | undefined;
		let count = 0;
		let at = begin;
		for (let left = SOME; left > 0 && at + 2 + LEAST_OF_OLD <= end; left--) {
			if (IS_OF_OLD[bytes[at + 2]] === 1) {
				const book = this.#books[view.getUint16(at + 3)];
				if (book !== undefined && book !== null) {
					one = book as unknown as FeedBook;
					ahead[count++] = one.glimpse(view.getInt32(at + 2 + HEADER_BYTES + 4));
				}
			}
			at += 2 + view.getUint16(at);
		}
		if (one !== undefined) this.#seen ^= one.approach(ahead, count);
	}

	#countOrders(): void {
		this.#untilCount = SOME_TIMES;
		let orders = 0;
		for (const book of this.#bySymbol.values()) orders += (book as unknown as FeedBook).weight;
		this.#isLarge = orders >= MANY_ORDERS;
	}

	/**
	 * Applies the messages of one packet of MoldUDP64 that are not applied yet: packets may come twice, as from two lines. Returns
	 * how many. A packet that begins behind the one that is expected is told as a `gap`, and applied: what was lost shows as
	 * `unknown-id`, or may come later and is then passed over. O(bytes). Allocates nothing but books of new symbols.
	 *
	 * @throws {@link ArgumentError} for what is no Uint8Array; {@link OutOfMemoryError}, and what a listener of a book,
	 * `onBook` or `onProblem` throws: the packet may then be given again, and goes on behind that message.
	 */
	pushPacket(bytes: Uint8Array): number {
		if (!isInstance(bytes, Uint8Array)) throw noBytes('pushPacket', bytes);
		if (bytes.length < PACKET_HEADER_BYTES) {
			this.#tell('packet', 0, 0);
			return 0;
		}
		const view = this.#viewOf(bytes);
		const first = view.getUint32(10) * 4294967296 + view.getUint32(14);
		const count = view.getUint16(18);
		if (this.#next !== 0 && first > this.#next) this.#tell('gap', 0, 0);
		if (count === SESSION_ENDED) return 0;
		const before = this.#messages;
		let at = PACKET_HEADER_BYTES;
		this.#lookAhead(bytes, view, at, bytes.length);
		for (let number = first; number < first + count; number++) {
			const length = at + 2 <= bytes.length ? half(bytes, at) : bytes.length;
			if (at + 2 + length > bytes.length) {
				this.#tell('packet', 0, 0);
				break;
			}
			if (number >= this.#next) {
				this.#next = number + 1;
				this.#applyIn(bytes, view, at + 2, length);
			}
			at += 2 + length;
		}
		this.#next = Math.max(this.#next, first + count);
		return this.#messages - before;
	}

	/** A view of the bytes; made where they are others than before. */
	#viewOf(bytes: Uint8Array): DataView {
		if (bytes !== this.#bytes) {
			this.#bytes = bytes;
			this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		}
		return this.#view;
	}

	/** Puts what belongs to the message that was cut off behind its beginning. Returns where the next one begins. */
	#fillRest(bytes: Uint8Array): number {
		const rest = this.#rest;
		let at = 0;
		while (this.#restBytes < 2 && at < bytes.length) rest[this.#restBytes++] = bytes[at++];
		if (this.#restBytes < 2) return at;
		const length = (rest[0] << 8) | rest[1];
		const taken = Math.min(2 + length - this.#restBytes, bytes.length - at);
		rest.set(bytes.subarray(at, at + taken), this.#restBytes);
		this.#restBytes += taken;
		return at + taken;
	}

	/** Applies the message that was cut off, if its end is here. */
	#applyRest(): void {
		const rest = this.#rest;
		const length = (rest[0] << 8) | rest[1];
		if (this.#restBytes < 2 || this.#restBytes < 2 + length) return;
		this.#restBytes = 0;
		this.#applyIn(rest, this.#viewOf(rest), 2, length);
	}

	/**
	 * Applies one message without a frame: `length` bytes from `offset`. O(1). Says whether it could be applied.
	 *
	 * @throws {@link ArgumentError} for what is no Uint8Array, or a message that is not within it; {@link OutOfMemoryError}, and
	 * what a listener of the book, `onBook` or `onProblem` throws.
	 */
	apply(bytes: Uint8Array, offset: number, length: number): boolean {
		if (!isInstance(bytes, Uint8Array)) throw noBytes('apply', bytes);
		const isPlace = typeof offset === 'number' && typeof length === 'number' && (offset | 0) === offset;
		if (!(isPlace && offset >= 0 && length >= 0 && offset + length <= bytes.length))
			throw notWithin(bytes, offset, length);
		return this.#applyIn(bytes, this.#viewOf(bytes), offset, length);
	}

	#applyIn(bytes: Uint8Array, view: DataView, offset: number, length: number): boolean {
		this.#messages++;
		const type = length === 0 ? 0 : bytes[offset];
		const expected = type < 128 ? LENGTHS[type] : 0;
		if (expected === 0 || expected !== length) {
			this.#tell(expected === 0 ? 'type' : 'length', type, length >= 3 ? half(bytes, offset + 1) : 0);
			return false;
		}
		const locate = view.getUint16(offset + 1);
		this.#timeHigh = view.getUint16(offset + 5);
		this.#timeLow = view.getInt32(offset + 7);
		const at = offset + HEADER_BYTES;
		if (type === DIRECTORY) {
			this.#open(locate, bytes, at);
			return true;
		}
		if (IS_OF_ORDER[type] === 0) return true;
		let book = this.#books[locate];
		// A feed that was joined in the middle has no directory, but each new order names its symbol.
		if (book === undefined && (type === ADD || type === ADD_WITH_NAME)) book = this.#open(locate, bytes, at + 13);
		if (book === undefined || book === null) return true;
		const code = this.#play(book, type, view, at);
		if (code === 0) return true;
		this.#tell(reasonName(code), type, locate);
		return false;
	}

	/** Ends all books. O(levels). A second call does nothing. */
	dispose(): void {
		for (const book of this.#bySymbol.values()) book.dispose();
		this.#bySymbol.clear();
		this.#books.length = 0;
		this.#restBytes = 0;
		this.#left = NO_BYTES;
		this.#viewOf(NO_BYTES);
	}

	/** Applies a message of an order or a trade, whose first 8 bytes are at `at`. Returns 0 or the number of a reason. */
	#play(book: FluxOrderBook, type: number, view: DataView, at: number): number {
		const high = view.getInt32(at);
		const low = view.getInt32(at + 4);
		switch (type) {
			case ADD:
			case ADD_WITH_NAME: {
				const letter = view.getUint8(at + 8);
				// The letters differ in their lowest bit. What is no side is refused by the book.
				const bit = (letter & 1) as typeof BUY | typeof SELL;
				const side = letter === BUYER + (SELLER - BUYER) * bit ? bit : (2 as 0);
				if ((low | high) === 0) return UNKNOWN_ID;
				return book.addWords(low, high, side, view.getUint32(at + 21), view.getUint32(at + 9));
			}
			case EXECUTE:
				return book.executeWords(low, high, view.getUint32(at + 8));
			case EXECUTE_AT:
				// One side of a cross, whose trade has a message of its own: it would count twice.
				if (view.getUint8(at + 20) === NOT_PRINTABLE) return book.reduceLotsWords(low, high, view.getUint32(at + 8));
				return book.executeWords(low, high, view.getUint32(at + 8), view.getUint32(at + 21));
			case REDUCE:
				return book.reduceLotsWords(low, high, view.getUint32(at + 8));
			case DELETE:
				return book.deleteWords(low, high) ? 0 : UNKNOWN_ID;
			case REPLACE: {
				const newHigh = view.getInt32(at + 8);
				const newLow = view.getInt32(at + 12);
				if ((newLow | newHigh) === 0) return UNKNOWN_ID;
				return book.replaceByWords(low, high, newLow, newHigh, view.getUint32(at + 20), view.getUint32(at + 16));
			}
			case PRINT:
				return book.print(
					view.getUint8(at + 8) === SELLER ? BUY : SELL,
					view.getUint32(at + 21),
					view.getUint32(at + 9),
				);
			case CROSS: {
				const lots = (high >>> 0) * 4294967296 + (low >>> 0);
				return lots === 0 ? 0 : book.print(BUY, view.getUint32(at + 16), lots);
			}
			default:
				throw new TypeError(`type ${type} is of no order`);
		}
	}

	#open(locate: number, bytes: Uint8Array, at: number): FluxOrderBook | null {
		const symbol = String.fromCharCode(...bytes.subarray(at, at + 8)).trimEnd();
		if (this.#wanted !== undefined && !this.#wanted.has(symbol)) {
			this.#books[locate] = null;
			return null;
		}
		let book = this.#bySymbol.get(symbol);
		if (book === undefined) {
			book = new FluxOrderBook({ tickSize: '0.0001', ...(this.#heap === undefined ? {} : { heap: this.#heap }) });
			try {
				this.#onBook?.(book, symbol);
			} catch (error) {
				book.dispose();
				throw error;
			}
			this.#bySymbol.set(symbol, book);
		}
		this.#books[locate] = book;
		return book;
	}

	#tell(reason: ItchProblem['reason'], type: number, locate: number): void {
		this.#problems++;
		this.#onProblem?.({ reason, type: type === 0 ? '' : String.fromCharCode(type), locate, message: this.#messages });
	}
}

/**
 * A feed that is never used, and never collected: where no feed is left an engine forgets what feeds look like, and throws away
 * all the code that it has made for them.
 */
let kept: ItchFeed | undefined;

const UNKNOWN_ID = 1;
const NO_BYTES = new Uint8Array(0);

function noBytes(call: string, bytes: unknown): ArgumentError {
	return new ArgumentError(`${call} was given ${internals.describe(bytes)}; pass a Uint8Array`);
}

function notWithin(bytes: Uint8Array, offset: unknown, length: unknown): ArgumentError {
	const message = `the offset ${internals.describe(offset)} and the length ${internals.describe(length)}`;
	return new ArgumentError(`apply was given ${message}; pass those of a message within its ${bytes.length} bytes`);
}

/** Two bytes as a number. */
function half(bytes: Uint8Array, at: number): number {
	return (bytes[at] << 8) | bytes[at + 1];
}
