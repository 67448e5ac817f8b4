import type { BookEnvironment } from './book-environment.js';
import type { FeedBookClass } from './feed-code.js';

/** What this code uses beside what all code of a book uses. */
export interface ReadingEnvironment extends BookEnvironment {
	readonly FeedBook: FeedBookClass;
}

/**
 * What a book can be asked, in ticks and lots and without garbage. A closed factory, as `events-code.ts`.
 */
export function readingCode(environment: ReadingEnvironment) {
	const { words, errors, describe, FeedBook } = environment;
	const { ArgumentError } = errors;
	/** What a part of a sum of 84 bits is the remainder of. */
	const PART = 262_144;

	return class ReadingBook extends FeedBook {
		get size(): number {
			this.checkAlive();
			const { i32 } = this.memory;
			return (i32[this.orderRing + words.INSERTED] - i32[this.orderRing + words.ERASED]) >>> 0;
		}

		get empty(): boolean {
			return this.size === 0;
		}

		get sequence(): number {
			this.checkAlive();
			return this.memory.f64[(this.book + words.SEQUENCE) >> 1];
		}

		get filledLots(): number {
			this.checkAlive();
			return this.memory.f64[(this.book + words.FILLED) >> 1];
		}

		get lastTicks(): number | undefined {
			this.checkAlive();
			const { i32 } = this.memory;
			return i32[this.book + words.TRADED] === 0 ? undefined : i32[this.book + words.LAST_TICKS];
		}

		get bestBidTicks(): number | undefined {
			this.checkAlive();
			const { i32 } = this.memory;
			const level = i32[this.book + words.BIDS + words.BEST];
			return level === 0 ? undefined : ~i32[level + words.KEY];
		}

		get bestAskTicks(): number | undefined {
			this.checkAlive();
			const { i32 } = this.memory;
			const level = i32[this.book + words.ASKS + words.BEST];
			return level === 0 ? undefined : i32[level + words.KEY];
		}

		get bestBidLots(): number {
			this.checkAlive();
			const { i32, f64 } = this.memory;
			const level = i32[this.book + words.BIDS + words.BEST];
			return level === 0 ? 0 : f64[(level + words.LOTS) >> 1];
		}

		get bestAskLots(): number {
			this.checkAlive();
			const { i32, f64 } = this.memory;
			const level = i32[this.book + words.ASKS + words.BEST];
			return level === 0 ? 0 : f64[(level + words.LOTS) >> 1];
		}

		get spreadTicks(): number | undefined {
			const bid = this.bestBidTicks;
			const ask = this.bestAskTicks;
			return bid === undefined || ask === undefined ? undefined : ask - bid;
		}

		get crossed(): boolean {
			const spread = this.spreadTicks;
			return spread !== undefined && spread <= 0;
		}

		get bidLevels(): number {
			this.checkAlive();
			return this.memory.i32[this.book + words.BIDS + words.LEVELS];
		}

		get askLevels(): number {
			this.checkAlive();
			return this.memory.i32[this.book + words.ASKS + words.LEVELS];
		}

		has(id: number | bigint): boolean {
			return this.seek(id) !== 0;
		}

		lotsOf(id: number | bigint): number {
			const order = this.seek(id);
			return order === 0 ? 0 : this.memory.f64[(order + words.LOTS) >> 1];
		}

		ticksOf(id: number | bigint): number | undefined {
			const order = this.seek(id);
			if (order === 0) return undefined;
			const { i32 } = this.memory;
			const level = i32[order + words.LEVEL];
			return i32[level + words.KEY] ^ i32[i32[i32[level + words.BRANCH] + words.LADDER] + words.FLIP];
		}

		orderInto(id: number | bigint, target: Float64Array): boolean {
			this.checkTarget(target, 4);
			const order = this.seek(id);
			if (order === 0) return false;
			const { i32, f64 } = this.memory;
			const level = i32[order + words.LEVEL];
			const flip = i32[i32[i32[level + words.BRANCH] + words.LADDER] + words.FLIP];
			target[0] = flip + 1;
			target[1] = i32[level + words.KEY] ^ flip;
			target[2] = f64[(order + words.LOTS) >> 1];
			target[3] = i32[order + words.TAG];
			return true;
		}

		queuePosition(id: number | bigint): number | undefined {
			const order = this.seek(id);
			if (order === 0) return undefined;
			const { i32 } = this.memory;
			const level = i32[order + words.LEVEL];
			let ahead = 0;
			for (let each = i32[order + words.PREVIOUS]; each !== level; each = i32[each + words.PREVIOUS]) ahead++;
			return ahead;
		}

		lotsAhead(id: number | bigint): number | undefined {
			const order = this.seek(id);
			if (order === 0) return undefined;
			const { i32, f64 } = this.memory;
			const level = i32[order + words.LEVEL];
			let ahead = 0;
			for (let each = i32[order + words.PREVIOUS]; each !== level; each = i32[each + words.PREVIOUS])
				ahead += f64[(each + words.LOTS) >> 1];
			return ahead;
		}

		lotsAt(side: number | string, ticks: number): number {
			const level = this.levelAt(side, ticks);
			return level === 0 ? 0 : this.memory.f64[(level + words.LOTS) >> 1];
		}

		ordersAt(side: number | string, ticks: number): number {
			const level = this.levelAt(side, ticks);
			return level === 0 ? 0 : this.memory.i32[level + words.ORDERS];
		}

		depthInto(side: number | string, target: Float64Array, most?: number): number {
			const ladder = this.ladderOf(side);
			const room = this.roomIn(target, 3, most);
			const { i32, f64 } = this.memory;
			const flip = i32[ladder + words.FLIP];
			let written = 0;
			for (
				let level = i32[ladder + words.BEST];
				level !== 0 && written < room;
				level = this.nextLevel(level), written++
			) {
				target[written * 3] = i32[level + words.KEY] ^ flip;
				target[written * 3 + 1] = f64[(level + words.LOTS) >> 1];
				target[written * 3 + 2] = i32[level + words.ORDERS];
			}
			return written;
		}

		ordersInto(side: number | string, target: Float64Array, most?: number): number {
			const ladder = this.ladderOf(side);
			const room = this.roomIn(target, 5, most);
			const { i32, f64 } = this.memory;
			const flip = i32[ladder + words.FLIP];
			let written = 0;
			for (let level = i32[ladder + words.BEST]; level !== 0 && written < room; level = this.nextLevel(level)) {
				const ticks = i32[level + words.KEY] ^ flip;
				let order = i32[level + words.NEXT];
				for (; order !== level && written < room; order = i32[order + words.NEXT], written++) {
					target[written * 5] = i32[order + words.ID_LOW] >>> 0;
					target[written * 5 + 1] = i32[order + words.ID_HIGH] >>> 0;
					target[written * 5 + 2] = ticks;
					target[written * 5 + 3] = f64[(order + words.LOTS) >> 1];
					target[written * 5 + 4] = Math.max(0, i32[order + words.TAG]);
				}
			}
			return written;
		}

		forEachLevel(side: number | string, callback: (ticks: number, lots: number, orders: number) => void): void {
			const ladder = this.ladderOf(side);
			this.checkCallback(callback);
			const { i32, f64 } = this.memory;
			const flip = i32[ladder + words.FLIP];
			const before = this.enterWalk();
			try {
				for (let level = i32[ladder + words.BEST]; level !== 0; level = this.nextLevel(level))
					callback(i32[level + words.KEY] ^ flip, f64[(level + words.LOTS) >> 1], i32[level + words.ORDERS]);
			} finally {
				this.state = before;
			}
		}

		forEachOrder(
			side: number | string,
			callback: (idLow: number, idHigh: number, ticks: number, lots: number, owner: number) => void,
		): void {
			const ladder = this.ladderOf(side);
			this.checkCallback(callback);
			const { i32, f64 } = this.memory;
			const flip = i32[ladder + words.FLIP];
			const before = this.enterWalk();
			try {
				for (let level = i32[ladder + words.BEST]; level !== 0; level = this.nextLevel(level)) {
					const ticks = i32[level + words.KEY] ^ flip;
					for (let order = i32[level + words.NEXT]; order !== level; order = i32[order + words.NEXT]) {
						const tag = i32[order + words.TAG];
						const lots = f64[(order + words.LOTS) >> 1];
						callback(i32[order + words.ID_LOW], i32[order + words.ID_HIGH], ticks, lots, Math.max(0, tag));
					}
				}
			} finally {
				this.state = before;
			}
		}

		/** The lots that an order of this owner could trade at `ticks` or better, or `lots` where that is fewer. */
		fillableLots(side: number | string, ticks: number, lots: number, owner = 0): number {
			const own = this.sideNumber(side);
			if (typeof ticks !== 'number' || (ticks | 0) !== ticks)
				throw new ArgumentError(`the price is ${describe(ticks)}; pass a whole number of ticks of 32 bits`);
			this.checkLots(lots);
			if (typeof owner !== 'number' || (owner | 0) !== owner || owner < 0) this.ownerOf(owner);
			return this.available(this.book + words.ASKS - (own << 3), ticks ^ -own, lots, owner);
		}

		/** The sum of ticks x lots that `lots` would trade at; NaN where the other side has fewer or the sum is beyond 2^53 - 1. */
		costInTicks(side: number | string, lots: number): number {
			const own = this.sideNumber(side);
			this.checkLots(lots);
			const { i32, f64 } = this.memory;
			let left = lots;
			// The sum is c + b x 2^18 + a x 2^36, and each of them exact, for a product of lots and ticks may have 84 bits. Each part
			// of a product has less than 50; what b and c have beyond 18 they pass on.
			let a = 0;
			let b = 0;
			let c = 0;
			for (
				let level = i32[this.book + words.ASKS - (own << 3) + words.BEST];
				left > 0 && level !== 0;
				level = this.nextLevel(level)
			) {
				const traded = Math.min(left, f64[(level + words.LOTS) >> 1]);
				const ticks = i32[level + words.KEY] ^ -own;
				left -= traded;
				const upper = Math.floor(traded / PART);
				const highest = Math.floor(upper / PART);
				c += (traded - upper * PART) * ticks;
				const fromC = Math.floor(c / PART);
				c -= fromC * PART;
				b += (upper - highest * PART) * ticks + fromC;
				const fromB = Math.floor(b / PART);
				b -= fromB * PART;
				a += highest * ticks + fromB;
			}
			// Neither b nor c is below 0 now. Where the sum is within 2^53, so is each step to it.
			const cost = a * (PART * PART) + (b * PART + c);
			return left > 0 || Math.abs(cost) > words.MOST_LOTS ? Number.NaN : cost;
		}

		measuresInto(target: Float64Array, levels = 1): void {
			this.checkTarget(target, 5);
			this.checkCount(levels, 'levels');
			const { i32 } = this.memory;
			const bids = this.book + words.BIDS;
			const asks = this.book + words.ASKS;
			this.sumInto(bids, levels, target, 3);
			this.sumInto(asks, levels, target, 4);
			const all = target[0] + target[1];
			target[2] = all === 0 ? 0 : (target[0] - target[1]) / all;
			const bid = i32[bids + words.BEST];
			const ask = i32[asks + words.BEST];
			if (bid === 0 || ask === 0) {
				target[0] = Number.NaN;
				target[1] = Number.NaN;
				return;
			}
			const { f64 } = this.memory;
			const bidTicks = ~i32[bid + words.KEY];
			const askTicks = i32[ask + words.KEY];
			const bidLots = f64[(bid + words.LOTS) >> 1];
			const askLots = f64[(ask + words.LOTS) >> 1];
			target[0] = (bidTicks + askTicks) / 2;
			target[1] = bidTicks + (askTicks - bidTicks) * (bidLots / (bidLots + askLots));
		}

		/** Writes the average ticks of a ladder's best levels at `at`, and their lots three places before. */
		sumInto(ladder: number, levels: number, target: Float64Array, at: number): void {
			this.checkAlive();
			const { i32, f64 } = this.memory;
			const flip = i32[ladder + words.FLIP];
			const best = i32[ladder + words.BEST];
			const from = best === 0 ? 0 : i32[best + words.KEY] ^ flip;
			let lots = 0;
			// From the best price on, so that the sum stays small.
			let away = 0;
			let left = levels;
			for (let level = best; level !== 0 && left > 0; level = this.nextLevel(level), left--) {
				const here = f64[(level + words.LOTS) >> 1];
				lots += here;
				away += here * ((i32[level + words.KEY] ^ flip) - from);
			}
			target[at - 3] = lots;
			target[at] = lots === 0 ? Number.NaN : from + away / lots;
		}

		/** Bids' share of the best `levels` of both sides, less asks': from -1 to 1; 0 where there is none. */
		imbalance(levels = 1): number {
			this.checkCount(levels, 'levels');
			const bids = this.lotsOfBest(this.book + words.BIDS, levels);
			const asks = this.lotsOfBest(this.book + words.ASKS, levels);
			return bids + asks === 0 ? 0 : (bids - asks) / (bids + asks);
		}

		lotsOfBest(ladder: number, levels: number): number {
			this.checkAlive();
			const { i32, f64 } = this.memory;
			let sum = 0;
			let left = levels;
			for (let level = i32[ladder + words.BEST]; level !== 0 && left > 0; level = this.nextLevel(level), left--)
				sum += f64[(level + words.LOTS) >> 1];
			return sum;
		}

		/** A callback may read the book, and give it no command. Returns the state to go back to. */
		enterWalk(): number {
			const { state } = this;
			this.state = words.CALLING;
			return state;
		}

		/** How many entries of so many numbers go into a caller's array, at most `most`. */
		roomIn(target: Float64Array, each: number, most: number | undefined): number {
			this.checkTarget(target, 0);
			const room = Math.floor(target.length / each);
			if (most === undefined) return room;
			this.checkCount(most, 'most');
			return Math.min(most, room);
		}

		checkTarget(target: Float64Array, least: number): void {
			// One of another realm is one as well.
			const isOne = ArrayBuffer.isView(target) && target[Symbol.toStringTag] === 'Float64Array';
			if (isOne && target.length >= least) return;
			const shown = isOne ? `a Float64Array of ${target.length}` : describe(target);
			throw new ArgumentError(
				`the target is ${shown}; pass a Float64Array${least > 0 ? ` of ${least} numbers or more` : ''}`,
			);
		}

		checkCallback(callback: unknown): void {
			if (typeof callback !== 'function')
				throw new ArgumentError(`the callback is ${describe(callback)}; pass a function`);
		}

		checkCount(count: number, name: string): void {
			if (typeof count !== 'number' || !(count >= 0))
				throw new ArgumentError(`${name} is ${describe(count)}; pass a number from 0`);
		}

		checkLots(lots: number): void {
			if (typeof lots !== 'number' || !(lots >= 0 && lots <= words.MOST_LOTS) || Math.floor(lots) !== lots)
				throw new ArgumentError(`the quantity is ${describe(lots)} lots; pass a whole number from 0 to 2^53 - 1`);
		}

		/** The order of an id, or 0. */
		seek(id: number | bigint): number {
			this.checkAlive();
			if (typeof id === 'number' && (id | 0) === id && id > 0) return this.index.find(id, 0);
			this.readId(id);
			return this.index.find(this.idLow, this.idHigh);
		}

		/** 0 or 1. */
		sideNumber(given: number | string): number {
			this.checkAlive();
			const side = typeof given === 'number' ? given : this.sideOf(given);
			if (side === 0 || side === 1) return side;
			throw new ArgumentError(`the side is ${describe(given)}; pass 'buy' or 'sell', or BUY or SELL`);
		}

		ladderOf(side: number | string): number {
			return this.book + words.BIDS + (this.sideNumber(side) << 3);
		}

		levelAt(side: number | string, ticks: number): number {
			const own = this.sideNumber(side);
			if (typeof ticks !== 'number' || (ticks | 0) !== ticks) return 0;
			return this.findLevel(this.book + words.BIDS + (own << 3), ticks ^ (own - 1));
		}
	};
}

/** What a book can be asked. */
export type ReadingBook = InstanceType<ReturnType<typeof readingCode>>;
/** Its class. */
export type ReadingBookClass = ReturnType<typeof readingCode>;
