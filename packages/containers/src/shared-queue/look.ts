/*
 * Looking for what another thread brings, before parking.
 *
 * A look at a word that another thread writes takes its cache line away from that thread, which then has to fetch it back
 * to write the next record: two threads of which one looks as fast as it can pass a line to and fro for each record. So who
 * found records at once, time and again, does nothing for a moment before it looks, and finds several. In a dialogue, where
 * each waits for the other's answer, that moment would be lost: there only one record comes, after many looks.
 */

/**
 * How often a thread looks before it parks: for about as long as it would take to be woken, some ten nanoseconds a look
 * against tens of microseconds. A third of it was measured to park a hundred times in a stream of a million records.
 */
const LOOKS = 6_000;
/** What comes within so many looks comes faster than its line does. */
const SOON = 4;
/** It rests longer until it finds so many at a time, or this part of all that there can be; and shorter from twice as many on. */
const MANY = 256;
const PART = 16;
/** Steps of rest, of one or two nanoseconds: one more each time, and twice as many; up to which it tries; the most. */
const STEP = 16;
const TRIED = 64;
const MOST = 4096;

/** Who looks for one thing, again and again. */
export class Look {
	/** Steps that it rests before the first look. */
	#rest = 0;
	#rested = 0;
	readonly #isThere: () => boolean;
	readonly #howMany: () => number;
	readonly #enough: number;

	/** `isThere`: whether there is something, by one look; `howMany`: how much, once there is; `most`: how much there can be. */
	constructor(isThere: () => boolean, howMany: () => number, most: number) {
		this.#isThere = isThere;
		this.#howMany = howMany;
		this.#enough = Math.min(MANY, most / PART);
	}

	/** Looks for some microseconds; returns whether it saw something. */
	look(): boolean {
		for (let left = this.#rest; left > 0; left--) this.#rested = (Math.imul(this.#rested, 31) + left) | 0;
		for (let looks = 0; looks < LOOKS; looks++) {
			if (!this.#isThere()) continue;
			// The other one's answer: nothing is to be learned, and it is waited for.
			if (looks >= SOON && this.#rest === 0) return true;
			const many = this.#howMany();
			if (many > 1) {
				if (many < this.#enough) this.#rest = Math.min(2 * this.#rest + STEP, MOST);
				else if (many > 2 * this.#enough) this.#rest >>= 1;
			} else this.#rest = looks < SOON && this.#rest < TRIED ? this.#rest + STEP : 0;
			return true;
		}
		this.#rest = 0;
		return false;
	}
}
