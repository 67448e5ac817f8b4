/**
 * Orders without an end, the same ones from the same seed: the mix of `packages/bench/src/book/workload.ts`, around a price
 * that drifts.
 *
 *   of 1000 commands   480 limit orders (more while the book fills), 420 cancels, 25 market orders, 25 limit orders at the
 *                      other side's best price, 50 replaces
 *   the price          one tick up or down per 4,096 commands
 *   a limit order      at the price less or plus 1 + the smaller of two draws below 120; 1 to 100 lots
 *
 * A batch is written before it is applied. Which orders live is known from those that were written; an order that was
 * traded away meanwhile is asked to be cancelled or replaced all the same, and the book refuses, as exchanges do.
 */
import { BUY, type FluxOrderBook, SELL } from '@flux/containers';

const LIMIT = 0;
const CANCEL = 1;
const MARKET = 2;
const REPLACE = 3;
/** Words per command: what, id, side, ticks, lots. */
const WORDS = 5;

/** How many orders are in the book, give or take. */
export const USUAL = 20_000;
const WIDTH = 120;
const PER_STEP = 4096;
/** Prices stay positive: the price starts here, in ticks. */
const START = 10_000;
const MOST_IDS = 2 ** 30;

/** Writes commands and applies them to a book. */
export class OrderFlow {
	readonly #commands: Int32Array;
	/** Ids of orders that were written and not cancelled yet; the first `#known` of them. */
	readonly #ids = new Int32Array(2 * USUAL);
	#known = 0;
	#nextId = 1;
	#written = 0;
	#price = START;
	/** The state of a xorshift32, in a word of memory: as a field, a number beyond 31 bits would be an object. */
	readonly #random = new Int32Array(1);

	/** For batches of so many commands at most. */
	constructor(seed: number, most: number) {
		this.#random[0] = Math.imul(seed, 2654435761) | 1;
		this.#commands = new Int32Array(most * WORDS);
	}

	#below(limit: number): number {
		let state = this.#random[0];
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		this.#random[0] = state;
		return (state >>> 8) % limit;
	}

	/** Writes the next commands; the book tells where its best prices are. No garbage. */
	write(book: FluxOrderBook, commands: number): void {
		for (let index = 0; index < commands; index++) this.#command(index * WORDS, book);
	}

	#command(at: number, book: FluxOrderBook): void {
		if (++this.#written % PER_STEP === 0) this.#price += this.#below(2) === 0 ? -1 : 1;
		const p = this.#below(1000);
		const orders = this.#known < USUAL ? 560 : 440;
		const side = this.#below(2);
		if (p < orders || this.#known === 0) this.#limit(at, side, this.#ticks(side));
		else if (p < 900) this.#put(at, CANCEL, this.#forget(), side, 0, 0);
		else if (p < 925) this.#put(at, MARKET, this.#newId(), side, 0, 1 + this.#below(200));
		else if (p < 950)
			this.#limit(at, side, (side === BUY ? book.bestAskTicks : book.bestBidTicks) ?? this.#ticks(side));
		else this.#put(at, REPLACE, this.#ids[this.#below(this.#known)], side, 0, 1 + this.#below(100));
	}

	#ticks(side: number): number {
		const offset = 1 + Math.min(this.#below(WIDTH), this.#below(WIDTH));
		return side === BUY ? this.#price - offset : this.#price + offset;
	}

	#limit(at: number, side: number, ticks: number): void {
		if (this.#known === this.#ids.length) this.#put(at, CANCEL, this.#forget(), side, 0, 0);
		else {
			const id = this.#newId();
			this.#ids[this.#known++] = id;
			this.#put(at, LIMIT, id, side, ticks, 1 + this.#below(100));
		}
	}

	#newId(): number {
		this.#nextId = this.#nextId === MOST_IDS ? 1 : this.#nextId + 1;
		return this.#nextId;
	}

	/** Takes any id out of those that are known. */
	#forget(): number {
		const at = this.#below(this.#known);
		const id = this.#ids[at];
		this.#ids[at] = this.#ids[--this.#known];
		return id;
	}

	#put(at: number, what: number, id: number, side: number, ticks: number, lots: number): void {
		const commands = this.#commands;
		commands[at] = what;
		commands[at + 1] = id;
		commands[at + 2] = side;
		commands[at + 3] = ticks;
		commands[at + 4] = lots;
	}

	/** Gives the book the commands that were written. No garbage. */
	apply(book: FluxOrderBook, count: number): void {
		const commands = this.#commands;
		for (let at = 0; at < count * WORDS; at += WORDS) {
			const id = commands[at + 1];
			const side = commands[at + 2] === BUY ? BUY : SELL;
			const lots = commands[at + 4];
			const what = commands[at];
			if (what === LIMIT) book.submitLimit(id, side, commands[at + 3], lots);
			else if (what === CANCEL) book.cancel(id);
			else if (what === MARKET) book.submitMarket(id, side, lots);
			else {
				const ticks = book.ticksOf(id);
				if (ticks !== undefined) book.replaceLots(id, ticks, lots);
			}
		}
	}
}
