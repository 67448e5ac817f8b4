import { ArgumentError, DisposedError, type Heap, internals, SnapshotError, struct, u32 } from '@flux/core';
import { readOptions } from '../common/container-options.js';
import { type BookListener, checkListener, EVENTS } from './listener.js';
import { FluxOrderBook, type OrderBookOptions } from './order-book.js';

/** A {@link BookListener} for many books: the number of the book comes first. */
export type BooksListener = {
	[E in keyof BookListener]?: (book: number, ...values: Parameters<Required<BookListener>[E]>) => void;
};

/** Where one book's name and bytes are. */
const BookSection = struct({ number: u32, nameBytes: u32, bookBytes: u32 });

/**
 * The order books of many instruments in one heap: by symbol, and by a number that stands for it on the hot path.
 *
 * An empty book takes under 500 bytes of the arena; one of ten orders at ten prices about 3 KB. All take their nodes from the
 * same pools, so what one gives back the next one uses; on a shared heap each has pools of its own, 48 KiB with its first order.
 * Who moves one of them to another thread closes its symbol here.
 *
 * @example
 * ```ts
 * import { FluxOrderBooks } from '@flux/containers';
 *
 * const books = new FluxOrderBooks({ tickSize: '0.01' });
 * books.listen({ trade: (book, maker, _m, taker, _t, _side, ticks, lots) => console.log(books.symbolOf(book), taker, ticks, lots) });
 * books.open('AAPL').submitLimit(1, 'sell', 10_125, 10);
 * books.open('MSFT', { tickSize: '0.05' });
 * books.get('AAPL')?.submitLimit(2, 'buy', 10_130, 4); // AAPL 2 10125 4
 * console.log(books.size, books.symbols(), books.get('MSFT')?.tickSize); // 2 [ 'AAPL', 'MSFT' ] 0.05
 * ```
 */
export class FluxOrderBooks implements Iterable<readonly [symbol: string, book: FluxOrderBook]>, Disposable {
	/** The heap that all books stand on. */
	readonly heap: Heap;
	readonly #defaults: OrderBookOptions;
	/** By number, from 0; undefined: it was closed, and its number is free. */
	readonly #books: (FluxOrderBook | undefined)[] = [];
	readonly #symbols: string[] = [];
	readonly #numbers = new Map<string, number>();
	readonly #free: number[] = [];
	#listener: BooksListener | null = null;
	#disposed = false;

	/** No book yet. O(1). The options are those that books have unless `open` is given others. Throws {@link ArgumentError}. */
	constructor(options: OrderBookOptions = {}) {
		// A book checks them all.
		new FluxOrderBook(options).dispose();
		this.heap = readOptions(options.heap === undefined ? {} : { heap: options.heap }).heap;
		this.#defaults = { ...options, heap: this.heap };
	}

	/** How many books. O(1). */
	get size(): number {
		return this.#numbers.size;
	}

	/** Whether there is none. O(1). */
	get empty(): boolean {
		return this.size === 0;
	}

	/** How many orders all books have. O(books). */
	get orders(): number {
		let sum = 0;
		for (const [, book] of this) sum += book.size;
		return sum;
	}

	/**
	 * A new book for a symbol. O(1).
	 *
	 * @throws {@link ArgumentError} for a symbol that is none, or has a book, or a wrong option; {@link OutOfMemoryError}.
	 */
	open(symbol: string, options: Omit<OrderBookOptions, 'heap'> = {}): FluxOrderBook {
		this.#checkSymbol(symbol);
		if (this.#numbers.has(symbol)) throw new ArgumentError(`there is a book of ${symbol}; close it, or get it`);
		return this.#add(symbol, new FluxOrderBook({ ...this.#defaults, ...options, heap: this.heap }));
	}

	/** The book of a symbol, which is made where there is none. O(1). Throws as `open`. */
	of(symbol: string): FluxOrderBook {
		return this.get(symbol) ?? this.open(symbol);
	}

	/** The book of a symbol; undefined: there is none. O(1). */
	get(symbol: string): FluxOrderBook | undefined {
		const number = this.#numbers.get(symbol);
		return number === undefined ? undefined : this.#books[number];
	}

	/** Whether a symbol has a book. O(1). */
	has(symbol: string): boolean {
		return this.#numbers.has(symbol);
	}

	/** The book of a number; undefined: there is none. O(1), an element of an array: the way for hot code. */
	at(number: number): FluxOrderBook | undefined {
		return typeof number === 'number' ? this.#books[number] : undefined;
	}

	/** The number of a symbol, from 0, the lowest that is free when it comes; undefined: it has no book. O(1). */
	numberOf(symbol: string): number | undefined {
		return this.#numbers.get(symbol);
	}

	/** The symbol of a number; undefined: there is none. O(1). */
	symbolOf(number: number): string | undefined {
		return this.at(number) === undefined ? undefined : this.#symbols[number];
	}

	/** All symbols, in the order in which they came. O(books). */
	symbols(): string[] {
		return [...this.#numbers.keys()];
	}

	/** Disposes the book of a symbol; returns whether there was one. O(levels of the book). */
	close(symbol: string): boolean {
		const number = this.#numbers.get(symbol);
		if (number === undefined) return false;
		// A book whose listener runs refuses, and stays.
		this.#books[number]?.dispose();
		this.#books[number] = undefined;
		this.#numbers.delete(symbol);
		this.#free.push(number);
		this.#free.sort((a, b) => b - a);
		return true;
	}

	/**
	 * Makes `listener` the one that hears of the events of all books, with the number of the book before the plain numbers of
	 * {@link BookListener}; null: nobody. It is each book's positional listener. O(books). No garbage per event.
	 *
	 * @throws {@link ArgumentError} for what is no object; {@link ReentryError} from inside a listener.
	 */
	listen(listener: BooksListener | null): void {
		checkListener(listener);
		for (const [symbol, book] of this) book.listen(listenerOf(this.#numbers.get(symbol) ?? 0, listener));
		this.#listener = listener;
	}

	/** Symbols and books, in the order in which they came. O(1) a step. */
	*[Symbol.iterator](): IterableIterator<readonly [symbol: string, book: FluxOrderBook]> {
		for (const [symbol, number] of this.#numbers) {
			const book = this.#books[number];
			if (book !== undefined) yield [symbol, book];
		}
	}

	/** All books as bytes, to be read by `FluxOrderBooks.restore`. Listeners are not part of it. O(orders). */
	snapshot(): Uint8Array<ArrayBuffer> {
		const encoder = new TextEncoder();
		const sections = [...this].map(([symbol, book]) => ({
			number: this.#numbers.get(symbol) ?? 0,
			name: encoder.encode(symbol),
			bytes: book.snapshot(),
		}));
		const padded = (bytes: Uint8Array) => Math.ceil(bytes.length / 4);
		const words = sections.reduce((sum, { name, bytes }) => sum + padded(name) + padded(bytes), 0);
		const snapshot = internals.beginSnapshot('FluxOrderBooks', BookSection, sections.length, words);
		const out = new Uint8Array(snapshot.words.buffer);
		let at = snapshot.details;
		for (const [each, { number, name, bytes }] of sections.entries()) {
			snapshot.words.set([number, name.length, bytes.length], snapshot.records + each * 3);
			out.set(name, at * 4);
			at += padded(name);
			out.set(bytes, at * 4);
			at += padded(bytes);
		}
		return internals.sealSnapshot(snapshot);
	}

	/** 32 hexadecimal digits that stand for `snapshot()`: its checksum. O(orders). */
	hash(): string {
		return internals.snapshotHash(this.snapshot());
	}

	/**
	 * The books that `snapshot()` wrote, with their numbers. The options are for books that come. O(orders).
	 *
	 * @throws {@link SnapshotError} for bytes that are no whole snapshot of books; {@link ArgumentError}; {@link OutOfMemoryError}.
	 *   Nothing is held then.
	 */
	static restore(bytes: Uint8Array, options: OrderBookOptions = {}): FluxOrderBooks {
		const { words, details, records, count } = internals.openSnapshot('FluxOrderBooks', BookSection, bytes);
		const books = new FluxOrderBooks(options);
		const all = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
		const decoder = new TextDecoder();
		try {
			let at = details;
			for (let each = 0; each < count; each++) {
				const [number, nameBytes, bookBytes] = words.subarray(records + each * 3, records + each * 3 + 3);
				const end = at + Math.ceil((nameBytes >>> 0) / 4) + Math.ceil((bookBytes >>> 0) / 4);
				const symbol = decoder.decode(all.subarray(at * 4, at * 4 + nameBytes));
				const isSound = end <= records && number >= 0 && number < 2 ** 24 && symbol !== '' && !books.has(symbol);
				if (!isSound || books.#books[number] !== undefined)
					throw new SnapshotError(
						'corrupted',
						`the snapshot is of no books: book ${each} is '${symbol}', number ${number}`,
					);
				const from = (end - Math.ceil(bookBytes / 4)) * 4;
				const book = FluxOrderBook.restore(all.subarray(from, from + bookBytes), { heap: books.heap });
				books.#put(symbol, number, book);
				at = end;
			}
			for (let number = books.#books.length - 1; number >= 0; number--)
				if (books.#books[number] === undefined) books.#free.push(number);
		} catch (error) {
			books.dispose();
			throw error;
		}
		return books;
	}

	/** Disposes all books. O(levels). Later calls of `open` throw {@link DisposedError}; a second call does nothing. */
	dispose(): void {
		for (const symbol of this.symbols()) this.close(symbol);
		this.#disposed = true;
	}

	/** `dispose()`, for `using`. */
	[internals.symbolDispose](): void {
		this.dispose();
	}

	/** Checks every invariant of all books. O(capacity x books). Throws {@link CorruptionError}. For tests. */
	validate(): void {
		for (const [, book] of this) book.validate();
	}

	#add(symbol: string, book: FluxOrderBook): FluxOrderBook {
		this.#put(symbol, this.#free.pop() ?? this.#books.length, book);
		return book;
	}

	#put(symbol: string, number: number, book: FluxOrderBook): void {
		while (this.#books.length <= number) this.#books.push(undefined);
		this.#books[number] = book;
		this.#symbols[number] = symbol;
		this.#numbers.set(symbol, number);
		if (this.#listener !== null) book.listen(listenerOf(number, this.#listener));
	}

	#checkSymbol(symbol: unknown): void {
		if (this.#disposed) throw new DisposedError('this FluxOrderBooks');
		if (typeof symbol !== 'string' || symbol === '')
			throw new ArgumentError(`the symbol is ${internals.describe(symbol)}; pass a text such as 'AAPL'`);
	}
}

/** The listener of one book. */
function listenerOf(number: number, listener: BooksListener | null): BookListener | null {
	if (listener === null) return null;
	const own: BookListener = {};
	for (const event of EVENTS) {
		const tell = listener[event] as ((...values: number[]) => void) | undefined;
		if (tell !== undefined) Object.assign(own, { [event]: tell.bind(listener, number) });
	}
	return own;
}
