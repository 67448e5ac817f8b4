import { ArgumentError, FrozenError, internals, ReentryError } from '@flux/core';
import { checkFields } from '../../common/container-options.js';
import { isInstance } from '../../common/is-instance.js';
import { Step } from '../decimal.js';
import { sideName } from '../friendly-events.js';
import { BUY, type Decimal, FluxOrderBook, type Reason, reasonName, SELL, type Side } from '../order-book.js';

/** What a price has now: a side, a price, and the quantity there, 0 for none; or by how much it changed (`quantities`). */
export type LevelChange = readonly [side: Side, price: Decimal, quantity: Decimal];

/** All levels of a book, as exchanges send them first. */
export interface LevelSnapshot {
	/** Pairs of price and quantity, in any order. */
	bids: Iterable<readonly [Decimal, Decimal, ...unknown[]]>;
	/** Pairs of price and quantity, in any order. */
	asks: Iterable<readonly [Decimal, Decimal, ...unknown[]]>;
	/** The number of the last update that is in it. */
	sequence?: number;
	/** The checksum of the book after it, where the exchange sends one with it; see the option `checksum`. */
	checksum?: number;
}

/** What comes with an update, where the exchange sends it. */
export interface UpdateMarks {
	/** Its number: one more than that of the update before, unless `previous` is given. */
	sequence?: number;
	/** The number of the update before it. */
	previous?: number;
	/** The checksum of the book after it; see the option `checksum`. */
	checksum?: number;
}

/** What is wrong with an update. */
export interface LevelProblem {
	/**
	 * `no-snapshot`: none has come yet, or none since a gap; `gap`: updates were lost; `checksum`: the book is not that of the
	 * exchange; `crossed`: the best bid is not below the best ask; `beyond`: a price is so far off that its ticks do not fit into
	 * 32 bits, as in orders that are meant as a joke: that level is left out, and the book stays valid; else why the book
	 * refused a level.
	 */
	reason: 'no-snapshot' | 'gap' | 'checksum' | 'crossed' | 'beyond' | Reason;
	/** What was found, in words. */
	detail: string;
}

/** Options of a {@link LevelFeed}. */
export interface LevelFeedOptions {
	/** Keep so many levels a side, as a feed of limited depth means it. @defaultValue all */
	depth?: number;
	/**
	 * What quantities of updates are: what a price has now, or by how much that changed. Those of snapshots are always the former.
	 *
	 * @defaultValue 'absolute'
	 */
	quantities?: 'absolute' | 'difference';
	/** Computes what an update's checksum is compared with, as `krakenChecksum`, `okxChecksum` and `bitfinexChecksum` do. */
	checksum?: (book: FluxOrderBook) => number;
	/** Told of each problem. @defaultValue nobody: see what calls return */
	onProblem?: (problem: LevelProblem) => void;
}

/**
 * Keeps a book by a feed of levels (L2): a snapshot, then updates with the quantity that a price has now.
 *
 * A gap in the numbers, a wrong checksum or a crossed book is told, and the book is not `valid` until the next snapshot: ask
 * the exchange for one. Updates that are older than the snapshot are passed over, as exchanges ask for.
 *
 * @example
 * ```ts
 * import { FluxOrderBook, LevelFeed } from '@flux/containers';
 *
 * const book = new FluxOrderBook({ tickSize: '0.01', lotSize: '0.0001' });
 * const feed = new LevelFeed(book);
 * feed.snapshot({ bids: [['60000.01', '0.5']], asks: [['60000.05', '1.25']], sequence: 7 });
 * feed.update([['buy', '60000.02', '0.75']], { sequence: 8 });
 * console.log(feed.valid, book.bestBid, feed.update([], { sequence: 10 }), feed.valid); // true 60000.02 false false
 * ```
 */
export class LevelFeed {
	/** The book. */
	readonly book: FluxOrderBook;
	readonly #price: Step;
	readonly #quantity: Step;
	readonly #depth: number;
	readonly #isDifference: boolean;
	readonly #checksum: ((book: FluxOrderBook) => number) | undefined;
	readonly #onProblem: ((problem: LevelProblem) => void) | undefined;
	/** Changes that were read: side, ticks and lots, side, ticks and lots, ... */
	readonly #changes: number[] = [];
	/** What is wrong with the others. */
	readonly #wrong: LevelProblem[] = [];
	#valid = false;
	#sequence: number | undefined;

	/** A feed into `book`, before its first snapshot. O(1). Throws {@link ArgumentError} for a wrong option. */
	constructor(book: FluxOrderBook, options: LevelFeedOptions = {}) {
		if (!isInstance(book, FluxOrderBook))
			throw new ArgumentError(`the book is ${internals.describe(book)}; pass a FluxOrderBook`);
		checkFields(options, ['depth', 'quantities', 'checksum', 'onProblem'], 'the options', '{ depth: 100 }');
		const { depth = Infinity, quantities = 'absolute', checksum, onProblem } = options;
		if (quantities !== 'absolute' && quantities !== 'difference')
			throw new ArgumentError(`quantities is ${internals.describe(quantities)}; pass 'absolute' or 'difference'`);
		if (typeof depth !== 'number' || !(depth >= 1))
			throw new ArgumentError(`depth is ${internals.describe(depth)}; pass a number from 1`);
		for (const [name, value] of Object.entries({ checksum, onProblem }))
			if (value !== undefined && typeof value !== 'function')
				throw new ArgumentError(`${name} is ${internals.describe(value)}; pass a function`);
		this.book = book;
		this.#price = new Step(book.tickSize, 'tickSize');
		this.#quantity = new Step(book.lotSize, 'lotSize');
		this.#depth = depth;
		this.#isDifference = quantities === 'difference';
		this.#checksum = checksum;
		this.#onProblem = onProblem;
	}

	/** Whether there was a snapshot, and no problem since. */
	get valid(): boolean {
		return this.#valid;
	}

	/** The number of the last update that was applied, where the exchange numbers them. */
	get sequence(): number | undefined {
		return this.#sequence;
	}

	/**
	 * Puts the levels of a snapshot in place of all that the book holds. Returns `valid`. O(levels).
	 *
	 * @throws {@link ArgumentError} for what is no snapshot; {@link ReentryError}, {@link FrozenError}: nothing has changed then.
	 * What a listener of the book throws, and {@link OutOfMemoryError}: the feed is not valid then.
	 */
	snapshot(snapshot: LevelSnapshot): boolean {
		if (typeof snapshot !== 'object' || snapshot === null)
			throw new ArgumentError(`the snapshot is ${internals.describe(snapshot)}; pass an object with bids and asks`);
		const { bids, asks, sequence, checksum } = snapshot;
		checkMark('sequence', sequence);
		checkMark('checksum', checksum);
		this.#begin();
		for (const [side, levels] of [
			['buy', bids],
			['sell', asks],
		] as const)
			for (const level of listOf(levels, 'levels')) this.#read(side, ...pairOf(level), false);
		this.#attempt(() => {
			this.book.clear();
			this.#valid = true;
			this.#sequence = sequence;
			this.#apply(false);
			this.#limitDepth();
		});
		this.#compare(checksum);
		this.#checkCrossed();
		return this.#valid;
	}

	/**
	 * Applies an update. Says whether it was applied and the book is valid. O(changes). Throws as `snapshot`, and
	 * {@link ArgumentError} for marks that are no whole numbers.
	 */
	update(changes: Iterable<LevelChange>, marks: UpdateMarks = {}): boolean {
		const { sequence, previous, checksum } = marksOf(marks);
		const list = listOf(changes, 'changes');
		if (!this.#valid) return this.#tell('no-snapshot', 'an update came before a snapshot');
		if (sequence !== undefined && this.#sequence !== undefined) {
			if (sequence <= this.#sequence) return false;
			const before = previous ?? sequence - 1;
			// One that begins within the snapshot goes on from there, unless it says by how much quantities changed: a part of that
			// would count twice.
			const isPart = before < this.#sequence && previous !== undefined && !this.#isDifference;
			if (before !== this.#sequence && !isPart)
				return this.#tell('gap', `update ${sequence} follows ${before}, and the last one was ${this.#sequence}`);
		}
		this.#begin();
		for (const change of list) {
			if (!Array.isArray(change))
				throw new ArgumentError(`a change is ${internals.describe(change)}; pass a side, a price and a quantity`);
			this.#read(change[0], change[1], change[2], this.#isDifference);
		}
		this.#attempt(() => {
			this.#apply(this.#isDifference);
			if (sequence !== undefined) this.#sequence = sequence;
			this.#limitDepth();
		});
		if (!this.#compare(checksum)) return false;
		this.#checkCrossed();
		return this.#valid;
	}

	/** Forgets what was read. */
	#begin(): void {
		this.#changes.length = 0;
		this.#wrong.length = 0;
	}

	/** Reads a change, to be applied when all are read: so one that is none leaves the book as it was. */
	#read(side: Side, price: Decimal, quantity: Decimal, isDifference: boolean): void {
		const { book } = this;
		if (side !== 'buy' && side !== 'sell')
			throw new ArgumentError(`the side is ${internals.describe(side)}; pass 'buy' or 'sell'`);
		const ticks = this.#price.stepsOf(price, 'the price');
		const lots = this.#quantity.stepsOf(quantity, 'the quantity');
		if ((ticks | 0) !== ticks) {
			if (Number.isNaN(ticks))
				this.#note('price', `the price ${internals.describe(price)} is no multiple of ${book.tickSize}`);
			else this.#note('beyond', `the price ${internals.describe(price)} is beyond 2^31 ticks`);
		} else if (isDifference ? Number.isNaN(lots) : !(lots >= 0)) {
			const from = isDifference ? '' : ' from 0';
			this.#note('quantity', `the quantity ${internals.describe(quantity)} is no multiple of ${book.lotSize}${from}`);
		} else this.#changes.push(side === 'buy' ? BUY : SELL, ticks, lots);
	}

	/** Notes a problem, to be told when all changes are read. */
	#note(reason: LevelProblem['reason'], detail: string): void {
		this.#wrong.push({ reason, detail });
	}

	/** Applies what was read. */
	#apply(isDifference: boolean): void {
		const { book } = this;
		for (const { reason, detail } of this.#wrong) {
			if (reason === 'beyond') this.#onProblem?.({ reason, detail });
			else this.#tell(reason, detail);
		}
		const changes = this.#changes;
		for (let at = 0; at < changes.length; at += 3) {
			const side = changes[at] === BUY ? BUY : SELL;
			const [ticks, lots] = [changes[at + 1], changes[at + 2]];
			const code = isDifference ? book.adjustLevel(side, ticks, lots) : book.setLevel(side, ticks, lots);
			if (code === 0) continue;
			const level = `${sideName(side)} ${book.priceText(ticks)} ${book.quantityText(lots)}`;
			this.#tell(reasonName(code), `${level} was refused`);
		}
	}

	/** Runs what changes the book. Where it broke off in the middle, the book is not the exchange's any more. */
	#attempt(change: () => void): void {
		try {
			change();
		} catch (error) {
			if (!(error instanceof ReentryError || error instanceof FrozenError)) this.#valid = false;
			throw error;
		}
	}

	/** Drops the levels beyond the depth: the exchange tells no more of them. */
	#limitDepth(): void {
		const { book } = this;
		for (const side of [BUY, SELL] as const) {
			if ((side === BUY ? book.bidLevels : book.askLevels) <= this.#depth) continue;
			const beyond: number[] = [];
			let rank = 0;
			book.forEachLevel(side, (ticks) => {
				if (rank++ >= this.#depth) beyond.push(ticks);
			});
			for (const ticks of beyond) book.setLevel(side, ticks, 0);
		}
	}

	/** Whether the book is that of the exchange, as far as its checksum says. */
	#compare(checksum: number | undefined): boolean {
		if (checksum === undefined || this.#checksum === undefined) return true;
		const found = this.#checksum(this.book);
		if (found >>> 0 === checksum >>> 0) return true;
		return this.#tell('checksum', `the checksum is ${found >>> 0}, and the exchange says ${checksum >>> 0}`);
	}

	#checkCrossed(): void {
		if (this.book.crossed) this.#tell('crossed', `${this.book.bestBid} is bid, and ${this.book.bestAsk} asked`);
	}

	#tell(reason: LevelProblem['reason'], detail: string): false {
		this.#valid = false;
		this.#onProblem?.({ reason, detail });
		return false;
	}
}

/** What came with an update. Throws ArgumentError for what is no number: one in a text is not compared as one. */
function marksOf(marks: UpdateMarks): UpdateMarks {
	if (typeof marks !== 'object' || marks === null)
		throw new ArgumentError(`the marks are ${internals.describe(marks)}; pass an object such as { sequence: 8 }`);
	for (const name of ['sequence', 'previous', 'checksum'] as const) checkMark(name, marks[name]);
	return marks;
}

function checkMark(name: string, value: unknown): void {
	if (value !== undefined && !Number.isSafeInteger(value))
		throw new ArgumentError(`${name} is ${internals.describe(value)}; pass a whole number, or leave it out`);
}

/** What can be gone through. Throws ArgumentError. */
function listOf<T>(list: Iterable<T>, name: string): Iterable<T> {
	if (typeof list?.[Symbol.iterator] === 'function') return list;
	throw new ArgumentError(`the ${name} are ${internals.describe(list)}; pass an array of them`);
}

/** The price and quantity of a level. Throws ArgumentError. */
function pairOf(level: readonly [Decimal, Decimal, ...unknown[]]): [Decimal, Decimal] {
	if (Array.isArray(level)) return [level[0], level[1]];
	throw new ArgumentError(`a level is ${internals.describe(level)}; pass a price and a quantity`);
}
