import type { Heap } from '@flux/core';
import type { BookEnvironment } from './book-environment.js';
import type { BookPlace } from './book-estate.js';
import type { PriceLaddersClass } from './ladders-code.js';

/** What this code uses beside what all code of a book uses. */
export interface TakingEnvironment extends BookEnvironment {
	readonly PriceLadders: PriceLaddersClass;
}

/**
 * Orders in their levels, and how an order that arrives takes from them: best price first, first come first.
 * A closed factory, as `events-code.ts`.
 *
 * Two ways do the same: one for plain orders that nobody listens to, which puts a level right once for all its orders, and
 * one that leaves the book whole after each trade. `special` orders, listeners and owners make the second necessary; an
 * order without them pays for none.
 */
export function takingCode(environment: TakingEnvironment) {
	const { words, PriceLadders } = environment;

	return class TakingBook extends PriceLadders {
		/** Why the order that takes must not go on; 0: nothing. */
		declare ended: number;
		/** Its price; 0 for a market order. */
		declare takerTicks: number;

		constructor(heap: Heap, place?: BookPlace) {
			super(heap, place);
			// Twice, as in `BookEvents`: they are no constants.
			for (let times = 0; times < 2; times++) {
				this.ended = 0;
				this.takerTicks = 0;
			}
		}

		/** Links an order behind the others of its level. */
		linkLast(level: number, order: number): void {
			const { i32 } = this.memory;
			const last = i32[level + words.PREVIOUS];
			i32[order + words.NEXT] = level;
			i32[order + words.PREVIOUS] = last;
			i32[order + words.LEVEL] = level;
			i32[last + words.NEXT] = order;
			i32[level + words.PREVIOUS] = order;
			i32[level + words.ORDERS]++;
		}

		/** Takes an order of these lots out of its level, which is closed when it was the last. */
		unlink(order: number, level: number, lots: number): void {
			const { i32, f64 } = this.memory;
			const next = i32[order + words.NEXT];
			const previous = i32[order + words.PREVIOUS];
			// Both neighbours are the level: the order was alone.
			if (next === previous && next === level) return this.closeLevel(level);
			i32[previous + words.NEXT] = next;
			i32[next + words.PREVIOUS] = previous;
			i32[level + words.ORDERS]--;
			f64[(level + words.LOTS) >> 1] -= lots;
		}

		/** Moves an order behind the others of its level. */
		moveLast(level: number, order: number): void {
			const { i32 } = this.memory;
			const next = i32[order + words.NEXT];
			const previous = i32[order + words.PREVIOUS];
			i32[previous + words.NEXT] = next;
			i32[next + words.PREVIOUS] = previous;
			i32[level + words.ORDERS]--;
			this.linkLast(level, order);
		}

		/** A node for an order, in the index unless it is anonymous, and not linked yet. Room was made for both. */
		takeOrder(low: number, high: number, lots: number, tag: number): number {
			const { i32, f64 } = this.memory;
			const { orderPool, orderRing } = this;
			const order = i32[orderPool + words.FREE];
			i32[orderPool + words.FREE] = i32[order + words.NEXT];
			i32[orderRing + words.INSERTED] = (i32[orderRing + words.INSERTED] + 1) | 0;
			i32[order + words.TAG] = tag;
			i32[order + words.ID_LOW] = low;
			i32[order + words.ID_HIGH] = high;
			f64[(order + words.LOTS) >> 1] = lots;
			if (tag < 0) i32[this.book + words.SPECIAL]++;
			else this.index.add(low, high, order);
			return order;
		}

		/** Gives an order's node back, out of the index; it is not linked any more. */
		giveOrder(order: number): void {
			const { i32 } = this.memory;
			const { orderPool, orderRing } = this;
			if (i32[order + words.TAG] < 0) i32[this.book + words.SPECIAL]--;
			else this.index.remove(order);
			i32[order + words.NEXT] = i32[orderPool + words.FREE];
			i32[orderPool + words.FREE] = order;
			i32[orderRing + words.ERASED] = (i32[orderRing + words.ERASED] + 1) | 0;
		}

		/** Makes sure that an order can be taken and indexed. Throws OutOfMemoryError, and has changed nothing then. */
		prepareOrder(): void {
			this.index.prepare();
			if (this.memory.i32[this.orderPool + words.FREE] === 0) this.refill();
		}

		/** Links an order of these lots last at a price. No room is wanting, in memory or in the level. */
		rest(order: number, side: number, ticks: number, lots: number): void {
			const level = this.openLevel(this.book + words.BIDS + (side << 3), ticks ^ (side - 1));
			this.memory.f64[(level + words.LOTS) >> 1] += lots;
			this.linkLast(level, order);
			if (this.loud) this.tellLevel(side, ticks, level);
		}

		/** Ends an order that is there: out of its level, the index and memory. */
		endOrder(order: number, reason: number): void {
			const { i32, f64 } = this.memory;
			const low = i32[order + words.ID_LOW];
			const high = i32[order + words.ID_HIGH];
			const lots = f64[(order + words.LOTS) >> 1];
			const level = i32[order + words.LEVEL];
			const ladder = i32[i32[level + words.BRANCH] + words.LADDER];
			const key = i32[level + words.KEY];
			const flip = i32[ladder + words.FLIP];
			this.unlink(order, level, lots);
			this.giveOrder(order);
			this.count();
			if ((this.hears & words.HEARS_CANCELLED) !== 0) this.tellCancelled(low, high, flip + 1, key ^ flip, lots, reason);
		}

		/** Ends an order and tells of its level. */
		endOrderAlone(order: number, reason: number): void {
			const { i32 } = this.memory;
			const level = i32[order + words.LEVEL];
			const ladder = i32[i32[level + words.BRANCH] + words.LADDER];
			const key = i32[level + words.KEY];
			const flip = i32[ladder + words.FLIP];
			const isLast = i32[level + words.ORDERS] === 1;
			this.endOrder(order, reason);
			if (!this.loud) return;
			this.tellLevel(flip + 1, key ^ flip, isLast ? 0 : level);
			this.endLoud();
		}

		/** The lots that an order could trade now, or `lots` where that is fewer. O(levels), with an owner O(orders). */
		available(ladder: number, reach: number, lots: number, owner: number): number {
			const { i32, f64 } = this.memory;
			const self = owner === 0 ? 0 : i32[this.book + words.SELF];
			let found = 0;
			for (
				let level = i32[ladder + words.BEST];
				level !== 0 && i32[level + words.KEY] <= reach;
				level = this.nextLevel(level)
			) {
				if (self === 0) {
					found += f64[(level + words.LOTS) >> 1];
					if (found >= lots) return lots;
					continue;
				}
				for (let order = i32[level + words.NEXT]; order !== level; order = i32[order + words.NEXT]) {
					if (i32[order + words.TAG] !== owner) found += f64[(order + words.LOTS) >> 1];
					else if (self !== words.CANCEL_OLDEST) return Math.min(found, lots);
					if (found >= lots) return lots;
				}
			}
			return found;
		}

		/**
		 * Trades an order's lots with a ladder's orders up to the key `reach`. Returns what is left, and says in `ended` whether
		 * the order must end. Adds to FILLED.
		 */
		take(ladder: number, reach: number, lots: number, low: number, high: number, side: number, owner: number): number {
			const { i32 } = this.memory;
			this.ended = 0;
			if (!this.loud && i32[this.book + words.SPECIAL] === 0 && (owner === 0 || i32[this.book + words.SELF] === 0)) {
				const left = this.takePlain(ladder, reach, lots);
				this.memory.f64[(this.book + words.FILLED) >> 1] += lots - left;
				return left;
			}
			return this.takeWithCare(ladder, reach, lots, low, high, side, owner);
		}

		/** The same in a book of plain orders that nobody listens to: a level is put right once for all its orders. */
		takePlain(ladder: number, reach: number, lots: number): number {
			const { i32, f64 } = this.memory;
			const { book, orderPool, orderRing, index } = this;
			let left = lots;
			let trades = 0;
			let erased = 0;
			let key = 0;
			let level = i32[ladder + words.BEST];
			while (left > 0 && level !== 0 && i32[level + words.KEY] <= reach) {
				key = i32[level + words.KEY];
				let total = f64[(level + words.LOTS) >> 1];
				let gone = 0;
				let order = i32[level + words.NEXT];
				do {
					const open = f64[(order + words.LOTS) >> 1];
					trades++;
					if (open > left) {
						f64[(order + words.LOTS) >> 1] = open - left;
						total -= left;
						left = 0;
						break;
					}
					left -= open;
					total -= open;
					gone++;
					index.remove(order);
					const next = i32[order + words.NEXT];
					i32[order + words.NEXT] = i32[orderPool + words.FREE];
					i32[orderPool + words.FREE] = order;
					order = next;
				} while (left > 0 && order !== level);
				erased += gone;
				if (order === level) {
					this.closeLevel(level);
					level = i32[ladder + words.BEST];
				} else {
					i32[level + words.NEXT] = order;
					i32[order + words.PREVIOUS] = level;
					i32[level + words.ORDERS] -= gone;
					f64[(level + words.LOTS) >> 1] = total;
				}
			}
			if (trades > 0) {
				i32[orderRing + words.ERASED] = (i32[orderRing + words.ERASED] + erased) | 0;
				i32[book + words.LAST_TICKS] = key ^ i32[ladder + words.FLIP];
				i32[book + words.TRADED] = 1;
				f64[(book + words.SEQUENCE) >> 1] += trades;
			}
			return left;
		}

		/** The same where somebody listens, an order is special, or the one that takes has an owner. */
		takeWithCare(
			ladder: number,
			reach: number,
			lots: number,
			low: number,
			high: number,
			side: number,
			owner: number,
		): number {
			const { i32, f64 } = this.memory;
			const flip = i32[ladder + words.FLIP];
			const self = owner === 0 ? 0 : i32[this.book + words.SELF];
			let left = lots;
			for (;;) {
				const level = i32[ladder + words.BEST];
				if (left === 0 || this.ended !== 0 || level === 0 || i32[level + words.KEY] > reach) return left;
				const key = i32[level + words.KEY];
				const before = f64[(level + words.LOTS) >> 1];
				do {
					const order = i32[level + words.NEXT];
					if (self !== 0 && i32[order + words.TAG] === owner)
						left = this.meetSelf(order, level, left, low, high, side, self);
					else left = this.trade(order, level, left, low, high, side);
				} while (left > 0 && this.ended === 0 && i32[ladder + words.BEST] === level);
				if (!this.loud) continue;
				// A level that is not the best any more is gone: nothing gets in front of it here.
				const after = i32[ladder + words.BEST] === level ? level : 0;
				if (after === 0 || f64[(after + words.LOTS) >> 1] !== before) this.tellLevel(1 - side, key ^ flip, after);
			}
		}

		/** Trades with the first order of a level, and tells. Returns what is left of the lots. */
		trade(order: number, level: number, lots: number, low: number, high: number, side: number): number {
			const { i32, f64 } = this.memory;
			const { book } = this;
			const open = f64[(order + words.LOTS) >> 1];
			const traded = Math.min(open, lots);
			const makerLeft = open - traded;
			const makerLow = i32[order + words.ID_LOW];
			const makerHigh = i32[order + words.ID_HIGH];
			const ticks = i32[level + words.KEY] ^ -side;
			this.shrinkOrder(order, level, traded, makerLeft);
			i32[book + words.LAST_TICKS] = ticks;
			i32[book + words.TRADED] = 1;
			f64[(book + words.FILLED) >> 1] += traded;
			this.count();
			const left = lots - traded;
			if ((this.hears & words.HEARS_TRADE) !== 0)
				this.tellTrade(makerLow, makerHigh, low, high, side, ticks, traded, makerLeft, left);
			return left;
		}

		/** Takes lots from an order, which ends when none are left. */
		shrinkOrder(order: number, level: number, lots: number, left: number): void {
			const { f64 } = this.memory;
			if (left > 0) {
				f64[(order + words.LOTS) >> 1] = left;
				f64[(level + words.LOTS) >> 1] -= lots;
				return;
			}
			this.unlink(order, level, lots);
			this.giveOrder(order);
		}

		/** The order that takes has met one of its own owner, the first of a level. Returns what is left of the lots. */
		meetSelf(
			order: number,
			level: number,
			lots: number,
			low: number,
			high: number,
			side: number,
			self: number,
		): number {
			const { i32, f64 } = this.memory;
			if (self === words.CANCEL_NEWEST || self === words.CANCEL_BOTH) this.ended = words.SELF_TRADED;
			if (self === words.CANCEL_NEWEST) return lots;
			if (self !== words.DECREMENT) {
				this.endOrder(order, words.SELF_TRADED);
				return lots;
			}
			const open = f64[(order + words.LOTS) >> 1];
			const both = Math.min(open, lots);
			if (open === both) {
				this.endOrder(order, words.SELF_TRADED);
			} else {
				const makerLow = i32[order + words.ID_LOW];
				const makerHigh = i32[order + words.ID_HIGH];
				const ticks = i32[level + words.KEY] ^ -side;
				this.shrinkOrder(order, level, both, open - both);
				this.count();
				if ((this.hears & words.HEARS_REPLACED) !== 0)
					this.tellReplaced(makerLow, makerHigh, 1 - side, ticks, open - both);
			}
			const left = lots - both;
			this.count();
			if (this.loud) {
				if (left === 0) this.tellCancelled(low, high, side, this.takerTicks, both, words.SELF_TRADED);
				else this.tellReplaced(low, high, side, this.takerTicks, left);
			}
			return left;
		}
	};
}

/** Orders in their levels. */
export type TakingBook = InstanceType<ReturnType<typeof takingCode>>;
/** Their class. */
export type TakingBookClass = ReturnType<typeof takingCode>;
