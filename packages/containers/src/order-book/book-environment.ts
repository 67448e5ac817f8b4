import { ArgumentError, type Heap, internals, OutOfMemoryError, ReentryError } from '@flux/core';
import { gone, leave } from '../common/moved.js';
import { frozenError } from '../common/sharing.js';
import type { DirectIndexClass } from '../hash-map/index-classes.js';
import { BookEstate, type BookPlace } from './book-estate.js';
import * as layout from './layout.js';
import { HEARS } from './listener.js';
import { COPY_OF_BOOK, REASONS, SELF_TRADE } from './terms.js';

const { FREE, INSERTED, ERASED } = internals.layout;
const { 'unknown-id': UNKNOWN_ID, 'duplicate-id': DUPLICATE_ID, 'level-full': LEVEL_FULL } = REASONS;
const words = {
	...layout,
	...HEARS,
	FREE,
	INSERTED,
	ERASED,
	UNKNOWN_ID,
	DUPLICATE_ID,
	LEVEL_FULL,
	QUANTITY: REASONS.quantity,
	PRICE: REASONS.price,
	SIDE: REASONS.side,
	WOULD_TRADE: REASONS['would-trade'],
	NOT_ENOUGH: REASONS['not-enough'],
	NO_LIQUIDITY: REASONS['no-liquidity'],
	REQUESTED: REASONS.requested,
	SELF_TRADED: REASONS['self-trade'],
	TERMS: REASONS.terms,
	LEVEL_HAS_ORDERS: REASONS['level-has-orders'],
	CANCEL_NEWEST: SELF_TRADE['cancel-newest'],
	CANCEL_OLDEST: SELF_TRADE['cancel-oldest'],
	CANCEL_BOTH: SELF_TRADE['cancel-both'],
	DECREMENT: SELF_TRADE.decrement,
} as const;

const errors = { ArgumentError, OutOfMemoryError, ReentryError } as const;

/** Everything that the code of a book uses, as one object: evaluated again, it can see nothing else. */
export interface BookEnvironment {
	/** Where each word of a book lies, and the numbers of reasons and terms: literals of the specialised code. */
	readonly words: typeof words;
	readonly errors: typeof errors;
	/** A value as messages show it. */
	readonly describe: typeof internals.describe;
	readonly DirectIndex: DirectIndexClass;
	/** The memory of the heap that this code is made for; undefined where it serves books in any heap. */
	readonly fixedMemory: internals.Memory | undefined;
	/** Takes what an empty book needs; `place`: of one that is there. */
	open(heap: Heap, place: BookPlace | undefined): BookEstate;
	/** Sees to it that a book which is dropped and collected gives its memory back. */
	adopt(book: object, estate: BookEstate): void;
	/** Ends that, because the book gives it back itself. */
	forget(book: object): void;
	/** Notes that what the book held is another thread's now. */
	leave(book: object): void;
	/** Why a book that stands on nothing cannot be used. */
	gone(book: object): Error;
	/** Why a book that is shared for reading cannot be changed. */
	frozen(): Error;
	/**
	 * Keeps the object of the last book that was disposed, of those of one memory, and the last listener of one. Where no book is
	 * left an engine forgets what books look like, and throws away all the code that it has made for them; and where none of
	 * their listeners is left, all the code that calls one.
	 */
	keep(book: object, listener: object | null): void;
}

/** The environment of the books of one memory, or of any. */
export function bookEnvironment(
	DirectIndex: DirectIndexClass,
	fixedMemory: internals.Memory | undefined,
): BookEnvironment {
	const kept: { book?: object; listener?: object } = {};
	return {
		words,
		errors,
		describe: internals.describe,
		DirectIndex,
		fixedMemory,
		open: (heap, place) => new BookEstate(heap, new DirectIndex(heap, place?.index), place),
		adopt: (book, estate) => estates.register(book, estate, book),
		forget: (book) => estates.unregister(book),
		leave,
		gone: (book) => gone(book, 'this FluxOrderBook'),
		frozen: () => frozenError('this FluxOrderBook', COPY_OF_BOOK),
		keep: (book, listener) => {
			kept.book = book;
			if (listener !== null) kept.listener = listener;
		},
	};
}

/** Runs when the event loop turns after a collection; `dispose` and `using` give memory back at once. */
const estates = new FinalizationRegistry<BookEstate>((estate) => estate.release());
