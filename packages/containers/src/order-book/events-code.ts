import type { Heap, internals } from '@flux/core';
import type { DirectIndex } from '../hash-map/index-classes.js';
import type { BookEnvironment } from './book-environment.js';
import type { BookEstate, BookPlace } from './book-estate.js';
import type { BookListener } from './listener.js';

/**
 * What a book stands on, and how it tells of events. A closed factory (`specialize` in @flux/core): everything it uses is in
 * `environment`.
 *
 * The book is whole while a listener runs, so listeners may read it, and may give it no command: `state` says CALLING then.
 * What a listener throws is kept until the command is done, and thrown then: no half-done command is ever left behind.
 */
export function eventsCode(environment: BookEnvironment) {
	const { words, errors, describe, fixedMemory } = environment;
	const { ArgumentError, ReentryError } = errors;
	const TWO_32 = 4294967296;

	const EventsOfBook = class BookEvents {
		/** A field, or a constant of the class where that is made for one memory. */
		declare readonly memory: internals.Memory;
		declare readonly heap: Heap;
		declare readonly estate: BookEstate;
		declare readonly index: DirectIndex;
		/** The word index of the book's header. */
		declare book: number;
		/** The headers of the pools, and of the rings that count this book's nodes. */
		declare orderPool: number;
		declare orderRing: number;
		declare levelPool: number;
		declare levelRing: number;
		declare branchPool: number;
		declare branchRing: number;
		/** IDLE, CALLING a listener, FROZEN or DISPOSED: commands are refused unless it is idle. */
		declare state: number;
		/** Whether anybody listens. */
		declare loud: boolean;
		declare listener: Required<BookListener> | null;
		/** Which events the listener has functions for: the bits of `hearsOf`. Hot commands ask before they call. */
		declare hears: number;
		/** What listeners threw during this command; the first is thrown at its end. */
		declare thrown: unknown[];
		/** The words of the id that was read last. */
		declare idLow: number;
		declare idHigh: number;

		constructor(heap: Heap, place?: BookPlace) {
			if (fixedMemory === undefined) this.memory = heap.memory;
			this.heap = heap;
			const estate = environment.open(heap, place);
			this.estate = estate;
			this.index = estate.index;
			this.book = estate.header;
			this.orderPool = estate.orders.pool;
			this.orderRing = estate.orders.ring;
			this.levelPool = estate.levels.pool;
			this.levelRing = estate.levels.ring;
			this.branchPool = estate.branches.pool;
			this.branchRing = estate.branches.ring;
			// Each twice: an engine takes what was set once for constant, and throws its code away when the first book changes it.
			for (let times = 0; times < 2; times++) {
				this.state = place?.reads === true ? words.FROZEN : words.IDLE;
				this.loud = false;
				this.listener = null;
				this.hears = 0;
				this.thrown = [];
				this.idLow = 0;
				this.idHigh = 0;
			}
			if (place?.reads !== true) environment.adopt(this, estate);
		}

		dispose(): void {
			if (this.state === words.DISPOSED) return;
			if (this.state === words.CALLING) this.refuse();
			this.retire();
			this.estate.release();
		}

		/** What this book held is another thread's: it is as if disposed, and gives nothing back. */
		leave(): void {
			environment.leave(this);
			this.retire();
			this.estate.leave();
		}

		/** Stands on nothing from now on. */
		retire(): void {
			this.state = words.DISPOSED;
			environment.forget(this);
			if (fixedMemory !== undefined) environment.keep(this, this.listener);
			this.listener = null;
			this.hears = 0;
			this.loud = false;
		}

		checkAlive(): void {
			if (this.state === words.DISPOSED) throw environment.gone(this);
		}

		/** Ends a command that came while the book was not idle. */
		refuse(): never {
			this.checkAlive();
			if (this.state === words.FROZEN) throw environment.frozen();
			throw new ReentryError('this FluxOrderBook');
		}

		/** Puts the words of an id into `idLow` and `idHigh`. */
		readId(id: number | bigint): void {
			if (typeof id === 'number' && id > 0 && id <= Number.MAX_SAFE_INTEGER && Math.floor(id) === id) {
				this.idLow = id | 0;
				this.idHigh = Math.floor(id / TWO_32) | 0;
				return;
			}
			if (typeof id === 'bigint' && id > 0n && id < 18446744073709551616n) {
				this.idLow = Number(BigInt.asIntN(32, id));
				this.idHigh = Number(BigInt.asIntN(32, id >> 32n));
				return;
			}
			throw new ArgumentError(
				`the id is ${describe(id)}; pass a whole number from 1 to 2^53 - 1, or a bigint from 1 to 2^64 - 1`,
			);
		}

		/** A word of an id, signed or not. */
		wordOf(word: number): number {
			if (typeof word === 'number' && (word >>> 0 === word || (word | 0) === word)) return word | 0;
			throw new ArgumentError(`a word of an id is ${describe(word)}; pass a number of 32 bits, signed or not`);
		}

		checkWords(low: number, high: number): void {
			if ((low | high) === 0) throw new ArgumentError('the id is 0; ids are whole numbers from 1');
		}

		// Each tells of one event, and counts it where that was not done for many at once --------------------------------

		count(): void {
			this.memory.f64[(this.book + words.SEQUENCE) >> 1]++;
		}

		/** A command is refused: nothing has changed. Returns the reason. */
		reject(low: number, high: number, reason: number): number {
			this.memory.f64[(this.book + words.FILLED) >> 1] = 0;
			this.count();
			if (this.listener !== null && (this.hears & words.HEARS_REJECTED) !== 0) {
				this.state = words.CALLING;
				try {
					this.listener.rejected(low, high, reason);
				} catch (error) {
					this.thrown.push(error);
				}
				this.state = words.IDLE;
				this.throwKept();
			}
			return reason;
		}

		tellAccepted(low: number, high: number, side: number, ticks: number, lots: number, flags: number): void {
			if (this.listener === null || (this.hears & words.HEARS_ACCEPTED) === 0) return;
			this.state = words.CALLING;
			try {
				this.listener.accepted(low, high, side, ticks, lots, flags);
			} catch (error) {
				this.thrown.push(error);
			}
			this.state = words.IDLE;
		}

		tellTrade(
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
			if (this.listener === null || (this.hears & words.HEARS_TRADE) === 0) return;
			this.state = words.CALLING;
			try {
				this.listener.trade(makerLow, makerHigh, takerLow, takerHigh, side, ticks, lots, makerLeft, takerLeft);
			} catch (error) {
				this.thrown.push(error);
			}
			this.state = words.IDLE;
		}

		tellCancelled(low: number, high: number, side: number, ticks: number, lots: number, reason: number): void {
			if (this.listener === null || (this.hears & words.HEARS_CANCELLED) === 0) return;
			this.state = words.CALLING;
			try {
				this.listener.cancelled(low, high, side, ticks, lots, reason);
			} catch (error) {
				this.thrown.push(error);
			}
			this.state = words.IDLE;
		}

		tellExpired(low: number, high: number, side: number, ticks: number, lots: number): void {
			if (this.listener === null || (this.hears & words.HEARS_EXPIRED) === 0) return;
			this.state = words.CALLING;
			try {
				this.listener.expired(low, high, side, ticks, lots);
			} catch (error) {
				this.thrown.push(error);
			}
			this.state = words.IDLE;
		}

		tellTriggered(low: number, high: number, side: number, ticks: number, lots: number): void {
			if (this.listener === null || (this.hears & words.HEARS_TRIGGERED) === 0) return;
			this.state = words.CALLING;
			try {
				this.listener.triggered(low, high, side, ticks, lots);
			} catch (error) {
				this.thrown.push(error);
			}
			this.state = words.IDLE;
		}

		tellDisplayed(low: number, high: number, side: number, ticks: number, lots: number): void {
			if (this.listener === null || (this.hears & words.HEARS_DISPLAYED) === 0) return;
			this.state = words.CALLING;
			try {
				this.listener.displayed(low, high, side, ticks, lots);
			} catch (error) {
				this.thrown.push(error);
			}
			this.state = words.IDLE;
		}

		tellReplaced(low: number, high: number, side: number, ticks: number, lots: number): void {
			if (this.listener === null || (this.hears & words.HEARS_REPLACED) === 0) return;
			this.state = words.CALLING;
			try {
				this.listener.replaced(low, high, side, ticks, lots);
			} catch (error) {
				this.thrown.push(error);
			}
			this.state = words.IDLE;
		}

		/** A level's quantity changed; level 0: it is gone. */
		tellLevel(side: number, ticks: number, level: number): void {
			if (this.listener === null || (this.hears & words.HEARS_LEVEL) === 0) return;
			const { i32, f64 } = this.memory;
			this.state = words.CALLING;
			try {
				if (level === 0) this.listener.level(side, ticks, 0, 0);
				else this.listener.level(side, ticks, f64[(level + words.LOTS) >> 1], i32[level + words.ORDERS]);
			} catch (error) {
				this.thrown.push(error);
			}
			this.state = words.IDLE;
		}

		tellCleared(): void {
			if (this.listener === null || (this.hears & words.HEARS_CLEARED) === 0) return;
			this.state = words.CALLING;
			try {
				this.listener.cleared();
			} catch (error) {
				this.thrown.push(error);
			}
			this.state = words.IDLE;
		}

		/** The end of a command that somebody listens to. */
		endLoud(): void {
			this.tellTop();
			if (this.thrown.length > 0) this.throwKept();
		}

		/** Tells of the best prices, if they or their quantities are not those told last. */
		tellTop(): void {
			if (this.listener === null || (this.hears & words.HEARS_TOP) === 0) return;
			const { i32, f64 } = this.memory;
			const { book } = this;
			const bid = i32[book + words.BIDS + words.BEST];
			const ask = i32[book + words.ASKS + words.BEST];
			const bidTicks = bid === 0 ? 0 : ~i32[bid + words.KEY];
			const askTicks = ask === 0 ? 0 : i32[ask + words.KEY];
			const bidLots = bid === 0 ? 0 : f64[(bid + words.LOTS) >> 1];
			const askLots = ask === 0 ? 0 : f64[(ask + words.LOTS) >> 1];
			const told = (book + words.TOP_LOTS) >> 1;
			if (
				i32[book + words.TOP_TICKS] === bidTicks &&
				i32[book + words.TOP_TICKS + 1] === askTicks &&
				f64[told] === bidLots &&
				f64[told + 1] === askLots
			)
				return;
			this.noteTop(bidTicks, bidLots, askTicks, askLots);
			this.state = words.CALLING;
			try {
				this.listener.top(bidTicks, bidLots, askTicks, askLots);
			} catch (error) {
				this.thrown.push(error);
			}
			this.state = words.IDLE;
		}

		noteTop(bidTicks: number, bidLots: number, askTicks: number, askLots: number): void {
			const { i32, f64 } = this.memory;
			const { book } = this;
			i32[book + words.TOP_TICKS] = bidTicks;
			i32[book + words.TOP_TICKS + 1] = askTicks;
			f64[(book + words.TOP_LOTS) >> 1] = bidLots;
			f64[(book + words.TOP_LOTS + 2) >> 1] = askLots;
		}

		throwKept(): void {
			if (this.thrown.length === 0) return;
			const [first] = this.thrown;
			this.thrown = [];
			throw first;
		}

		/** Who listens from now on, and to which events: they know the top of the book as it is. */
		setListener(listener: Required<BookListener> | null, hears: number): void {
			if (this.state !== words.IDLE) this.refuse();
			const { i32, f64 } = this.memory;
			const bid = i32[this.book + words.BIDS + words.BEST];
			const ask = i32[this.book + words.ASKS + words.BEST];
			this.noteTop(
				bid === 0 ? 0 : ~i32[bid + words.KEY],
				bid === 0 ? 0 : f64[(bid + words.LOTS) >> 1],
				ask === 0 ? 0 : i32[ask + words.KEY],
				ask === 0 ? 0 : f64[(ask + words.LOTS) >> 1],
			);
			this.listener = listener;
			this.hears = hears;
			this.loud = listener !== null;
		}
	};
	if (fixedMemory !== undefined) Object.defineProperty(EventsOfBook.prototype, 'memory', { value: fixedMemory });
	return EventsOfBook;
}

/** What a book stands on. */
export type BookEvents = InstanceType<ReturnType<typeof eventsCode>>;
/** Its class. */
export type BookEventsClass = ReturnType<typeof eventsCode>;
