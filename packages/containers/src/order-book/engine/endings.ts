import type { FriendlyBook } from '../friendly-calls.js';
import * as words from '../layout.js';
import { END_OF_TIME } from './entry.js';
import type { EngineParts } from './parts.js';
import { firstOf } from './stops.js';

/** Times are the ticks of a ladder: signed, of 32 bits. */
const TIME_ZERO = 2 ** 31;

/**
 * When orders end: a ladder of times, the earliest first, then by when they came. Days end at the end of time. It may hold
 * orders that are gone, until their time or their id comes again.
 */
export class Endings {
	readonly times: FriendlyBook;

	constructor({ times }: EngineParts) {
		this.times = times;
	}

	get isEmpty(): boolean {
		return this.times.empty;
	}

	/** Notes when an order ends. Throws OutOfMemoryError. */
	note(low: number, high: number, time: number): void {
		this.times.put(low, high, words.SELL, time - TIME_ZERO, 1, 0);
	}

	/** Forgets an order, if it was noted. */
	forget(low: number, high: number): void {
		if (this.times.index.find(low, high) !== 0) this.times.end(low, high);
	}

	/** The first order, a node of `times`, that ends by a time; 0: none does. */
	dueBy(time: number): number {
		const first = this.times.bestAskTicks;
		return first === undefined || first > time - TIME_ZERO ? 0 : firstOf(this.times, words.ASKS);
	}

	/** The first order that ends with the day; 0: none does. */
	dueWithDay(): number {
		const level = this.times.levelAt(words.SELL, END_OF_TIME - TIME_ZERO);
		return level === 0 ? 0 : this.times.memory.i32[level + words.NEXT];
	}
}
