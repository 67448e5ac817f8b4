import type { BookEnvironment } from './book-environment.js';
import type { TakingBookClass } from './taking-code.js';

/** What this code uses beside what all code of a book uses. */
export interface MatchingEnvironment extends BookEnvironment {
	readonly TakingBook: TakingBookClass;
}

/**
 * The commands that match by price, then time: limit and market orders, cancel, reduce and replace, in whole ticks and lots.
 * A closed factory, as `events-code.ts`.
 *
 * A command first checks everything that could fail, memory included, and then changes the book.
 */
export function matchingCode(environment: MatchingEnvironment) {
	const { words, errors, describe, TakingBook } = environment;
	const { ArgumentError } = errors;
	/** Terms that cannot rest. */
	const AT_ONCE = words.IOC | words.FOK;
	const ALL_TERMS = AT_ONCE | words.POST_ONLY;
	const FURTHEST = 0x7fffffff;

	return class MatchingBook extends TakingBook {
		submitLimit(id: number | bigint, side: number | string, ticks: number, lots: number, flags = 0, owner = 0): number {
			if (typeof id === 'number' && (id | 0) === id && id > 0)
				return this.enter(id, 0, side, ticks, lots, flags, owner);
			this.readId(id);
			return this.enter(this.idLow, this.idHigh, side, ticks, lots, flags, owner);
		}

		submitLimitWords(
			idLow: number,
			idHigh: number,
			side: number | string,
			ticks: number,
			lots: number,
			flags = 0,
			owner = 0,
		): number {
			const low = typeof idLow === 'number' && (idLow | 0) === idLow ? idLow : this.wordOf(idLow);
			const high = typeof idHigh === 'number' && (idHigh | 0) === idHigh ? idHigh : this.wordOf(idHigh);
			this.checkWords(low, high);
			return this.enter(low, high, side, ticks, lots, flags, owner);
		}

		submitMarket(id: number | bigint, side: number | string, lots: number, flags = 0, owner = 0): number {
			if (typeof id === 'number' && (id | 0) === id && id > 0) return this.enterMarket(id, 0, side, lots, flags, owner);
			this.readId(id);
			return this.enterMarket(this.idLow, this.idHigh, side, lots, flags, owner);
		}

		submitMarketWords(
			idLow: number,
			idHigh: number,
			side: number | string,
			lots: number,
			flags = 0,
			owner = 0,
		): number {
			const low = this.wordOf(idLow);
			const high = this.wordOf(idHigh);
			this.checkWords(low, high);
			return this.enterMarket(low, high, side, lots, flags, owner);
		}

		cancel(id: number | bigint): boolean {
			if (typeof id === 'number' && (id | 0) === id && id > 0) return this.end(id, 0);
			this.readId(id);
			return this.end(this.idLow, this.idHigh);
		}

		cancelWords(idLow: number, idHigh: number): boolean {
			const low = typeof idLow === 'number' && (idLow | 0) === idLow ? idLow : this.wordOf(idLow);
			const high = typeof idHigh === 'number' && (idHigh | 0) === idHigh ? idHigh : this.wordOf(idHigh);
			return this.end(low, high);
		}

		reduceLots(id: number | bigint, lots: number): number {
			if (typeof id === 'number' && (id | 0) === id && id > 0) return this.lessen(id, 0, lots);
			this.readId(id);
			return this.lessen(this.idLow, this.idHigh, lots);
		}

		reduceLotsWords(idLow: number, idHigh: number, lots: number): number {
			return this.lessen(this.wordOf(idLow), this.wordOf(idHigh), lots);
		}

		replaceLots(id: number | bigint, ticks: number, lots: number): number {
			if (typeof id === 'number' && (id | 0) === id && id > 0) return this.change(id, 0, ticks, lots);
			this.readId(id);
			return this.change(this.idLow, this.idHigh, ticks, lots);
		}

		replaceLotsWords(idLow: number, idHigh: number, ticks: number, lots: number): number {
			return this.change(this.wordOf(idLow), this.wordOf(idHigh), ticks, lots);
		}

		/** Cancels the orders of a side (-1: both), an owner (0: all) and a range of prices. Returns how many. */
		cancelOrders(side: number, owner: number, fromTicks: number, toTicks: number): number {
			if (this.state !== words.IDLE) this.refuse();
			let ended = 0;
			for (let each = 0; each < 2; each++) {
				if (side === 1 - each) continue;
				const ladder = this.book + words.BIDS + (each << 3);
				const flip = each - 1;
				const first = each === 0 ? toTicks ^ flip : fromTicks;
				const last = each === 0 ? fromTicks ^ flip : toTicks;
				ended += this.cancelRange(ladder, first, last, owner);
			}
			if (this.loud) this.endLoud();
			return ended;
		}

		// How they are done ----------------------------------------------------------------------------------------------

		/** Whether a quantity is one: the way for those that are no small integers. */
		isLots(lots: unknown): boolean {
			return typeof lots === 'number' && lots >= 1 && lots <= words.MOST_LOTS && Math.floor(lots) === lots;
		}

		/** 0 or 1; 2 for what is no side. */
		sideOf(side: unknown): number {
			if (side === 'buy') return 0;
			return side === 'sell' ? 1 : 2;
		}

		/** The reason why these terms are refused; 0: none. */
		checkTerms(flags: number, owner: number): number {
			const isFine =
				typeof flags === 'number' &&
				typeof owner === 'number' &&
				(flags & ALL_TERMS) === flags &&
				(flags & AT_ONCE) !== AT_ONCE &&
				(flags < words.POST_ONLY || flags === words.POST_ONLY) &&
				(owner | 0) === owner &&
				owner >= 0;
			return isFine ? 0 : words.TERMS;
		}

		/** A limit order. */
		enter(
			low: number,
			high: number,
			sideGiven: number | string,
			ticks: number,
			lots: number,
			flags: number,
			owner: number,
		): number {
			if (this.state !== words.IDLE) this.refuse();
			if (typeof lots === 'number' && (lots | 0) === lots ? lots < 1 : !this.isLots(lots))
				return this.reject(low, high, words.QUANTITY);
			if (typeof ticks !== 'number' || (ticks | 0) !== ticks) return this.reject(low, high, words.PRICE);
			ticks |= 0;
			const side = typeof sideGiven === 'number' ? sideGiven : this.sideOf(sideGiven);
			// Not a comparison with 0 and one with 1: which side it is, no processor can foretell.
			if ((side & 1) !== side) return this.reject(low, high, words.SIDE);
			if ((flags !== 0 || owner !== 0) && this.checkTerms(flags, owner) !== 0)
				return this.reject(low, high, words.TERMS);
			low |= 0;
			high |= 0;
			const { index } = this;
			index.prepare();
			const place = index.locate(low, high);
			if (place > 0) return this.reject(low, high, words.DUPLICATE_ID);
			if (this.memory.i32[this.orderPool + words.FREE] === 0) this.refill();

			const other = (this.book + words.ASKS - (side << 3)) | 0;
			const key = ticks ^ (side - 1);
			if (flags !== 0 || (this.memory.i32[other + words.BEST_KEY] <= ~key && this.hasLevel(other)))
				return this.enterTaking(low, high, side, ticks, lots, flags, owner);

			const level = this.openLevel((this.book + words.BIDS + (side << 3)) | 0, key);
			const { i32, f64 } = this.memory;
			const total = f64[(level + words.LOTS) >> 1] + lots;
			if (total > words.MOST_LOTS) return this.reject(low, high, words.LEVEL_FULL);
			const { orderPool, orderRing } = this;
			const order = i32[orderPool + words.FREE];
			i32[orderPool + words.FREE] = i32[order + words.NEXT];
			i32[orderRing + words.INSERTED] = (i32[orderRing + words.INSERTED] + 1) | 0;
			i32[order + words.TAG] = owner;
			i32[order + words.ID_LOW] = low;
			i32[order + words.ID_HIGH] = high;
			f64[(order + words.LOTS) >> 1] = lots;
			f64[(level + words.LOTS) >> 1] = total;
			this.linkLast(level, order);
			index.settle(place, low, high, order);
			f64[(this.book + words.FILLED) >> 1] = 0;
			f64[(this.book + words.SEQUENCE) >> 1]++;
			if (this.loud) {
				if ((this.hears & words.HEARS_ACCEPTED) !== 0) this.tellAccepted(low, high, side, ticks, lots, 0);
				this.tellLevel(side, ticks, level);
				this.endLoud();
			}
			return 0;
		}

		/** Whether a ladder's best price is a level's, and not the mark of an empty side. */
		hasLevel(ladder: number): boolean {
			return this.memory.i32[ladder + words.BEST] !== 0;
		}

		/** Whether a level of that key has no room for these lots. */
		isFull(ladder: number, key: number, lots: number): boolean {
			const level = this.findLevel(ladder, key);
			return level !== 0 && this.memory.f64[(level + words.LOTS) >> 1] + lots > words.MOST_LOTS;
		}

		/** A limit order that trades, or may not rest. What is left of any other rests. */
		enterTaking(
			low: number,
			high: number,
			side: number,
			ticks: number,
			lots: number,
			flags: number,
			owner: number,
		): number {
			const other = (this.book + words.ASKS - (side << 3)) | 0;
			const reach = ~(ticks ^ (side - 1));
			if ((flags & AT_ONCE) === 0) {
				const isCrossing = this.hasLevel(other) && this.memory.i32[other + words.BEST_KEY] <= reach;
				if ((flags & words.POST_ONLY) !== 0 && isCrossing) return this.reject(low, high, words.WOULD_TRADE);
				if (this.isFull(this.book + words.BIDS + (side << 3), ticks ^ (side - 1), lots))
					return this.reject(low, high, words.LEVEL_FULL);
				this.prepareLevel();
			} else if ((flags & words.FOK) !== 0 && this.available(other, reach, lots, owner) < lots)
				return this.reject(low, high, words.NOT_ENOUGH);
			const { f64 } = this.memory;
			f64[(this.book + words.FILLED) >> 1] = 0;
			this.count();
			if ((this.hears & words.HEARS_ACCEPTED) !== 0) this.tellAccepted(low, high, side, ticks, lots, flags);
			this.takerTicks = ticks;
			const left = this.take(other, reach, lots, low, high, side, owner);
			if (left > 0) {
				if (this.ended !== 0 || (flags & AT_ONCE) !== 0) this.dropRest(low, high, side, left);
				else this.rest(this.takeOrder(low, high, left, owner), side, ticks, left);
			}
			if (this.loud) this.endLoud();
			return 0;
		}

		/** What is left of an order that takes is cancelled. */
		dropRest(low: number, high: number, side: number, lots: number): void {
			this.count();
			const reason = this.ended === 0 ? words.NO_LIQUIDITY : this.ended;
			if ((this.hears & words.HEARS_CANCELLED) !== 0)
				this.tellCancelled(low, high, side, this.takerTicks, lots, reason);
		}

		enterMarket(
			low: number,
			high: number,
			sideGiven: number | string,
			lots: number,
			flags: number,
			owner: number,
		): number {
			if (this.state !== words.IDLE) this.refuse();
			if (typeof lots === 'number' && (lots | 0) === lots ? lots < 1 : !this.isLots(lots))
				return this.reject(low, high, words.QUANTITY);
			const side = typeof sideGiven === 'number' ? sideGiven : this.sideOf(sideGiven);
			if ((side & 1) !== side) return this.reject(low, high, words.SIDE);
			if ((flags !== 0 || owner !== 0) && (this.checkTerms(flags, owner) !== 0 || (flags & words.POST_ONLY) !== 0))
				return this.reject(low, high, words.TERMS);
			if (this.index.find(low, high) !== 0) return this.reject(low, high, words.DUPLICATE_ID);
			const other = (this.book + words.ASKS - (side << 3)) | 0;
			if ((flags & words.FOK) !== 0 && this.available(other, FURTHEST, lots, owner) < lots)
				return this.reject(low, high, words.NOT_ENOUGH);
			this.memory.f64[(this.book + words.FILLED) >> 1] = 0;
			this.count();
			if ((this.hears & words.HEARS_ACCEPTED) !== 0) this.tellAccepted(low, high, side, 0, lots, flags | words.MARKET);
			this.takerTicks = 0;
			const left = this.take(other, FURTHEST, lots, low, high, side, owner);
			if (left > 0) this.dropRest(low, high, side, left);
			if (this.loud) this.endLoud();
			return 0;
		}

		end(low: number, high: number): boolean {
			if (this.state !== words.IDLE) this.refuse();
			const order = this.index.pull(low, high);
			if (order === 0) {
				this.reject(low, high, words.UNKNOWN_ID);
				return false;
			}
			const { i32, f64 } = this.memory;
			const level = i32[order + words.LEVEL];
			const lots = f64[(order + words.LOTS) >> 1];
			if (this.loud) {
				this.endHeard(low, high, order, level, lots);
				return true;
			}
			this.unlink(order, level, lots);
			const { orderPool, orderRing } = this;
			i32[order + words.NEXT] = i32[orderPool + words.FREE];
			i32[orderPool + words.FREE] = order;
			i32[orderRing + words.ERASED] = (i32[orderRing + words.ERASED] + 1) | 0;
			f64[(this.book + words.SEQUENCE) >> 1]++;
			return true;
		}

		/** Ends an order that is out of the index already, and tells. */
		endHeard(low: number, high: number, order: number, level: number, lots: number): void {
			const { i32, f64 } = this.memory;
			const key = i32[level + words.KEY];
			const flip = i32[i32[i32[level + words.BRANCH] + words.LADDER] + words.FLIP];
			const isLast = i32[level + words.ORDERS] === 1;
			this.unlink(order, level, lots);
			const { orderPool, orderRing } = this;
			i32[order + words.NEXT] = i32[orderPool + words.FREE];
			i32[orderPool + words.FREE] = order;
			i32[orderRing + words.ERASED] = (i32[orderRing + words.ERASED] + 1) | 0;
			f64[(this.book + words.SEQUENCE) >> 1]++;
			if ((this.hears & words.HEARS_CANCELLED) !== 0)
				this.tellCancelled(low, high, flip + 1, key ^ flip, lots, words.REQUESTED);
			this.tellLevel(flip + 1, key ^ flip, isLast ? 0 : level);
			this.endLoud();
		}

		lessen(low: number, high: number, lots: number): number {
			if (this.state !== words.IDLE) this.refuse();
			const order = this.index.find(low, high);
			if (order === 0) return this.reject(low, high, words.UNKNOWN_ID);
			const { i32, f64 } = this.memory;
			if (typeof lots === 'number' && (lots | 0) === lots ? lots < 1 : !this.isLots(lots))
				return this.reject(low, high, words.QUANTITY);
			const left = f64[(order + words.LOTS) >> 1] - lots;
			if (left < 0) return this.reject(low, high, words.QUANTITY);
			if (left === 0) {
				this.endOrderAlone(order, words.REQUESTED);
				return 0;
			}
			const level = i32[order + words.LEVEL];
			f64[(order + words.LOTS) >> 1] = left;
			f64[(level + words.LOTS) >> 1] -= lots;
			this.tellChanged(order, level, left);
			return 0;
		}

		change(low: number, high: number, ticks: number, lots: number): number {
			if (this.state !== words.IDLE) this.refuse();
			const order = this.index.find(low, high);
			if (order === 0) return this.reject(low, high, words.UNKNOWN_ID);
			if (typeof lots === 'number' && (lots | 0) === lots ? lots < 1 : !this.isLots(lots))
				return this.reject(low, high, words.QUANTITY);
			if (typeof ticks !== 'number' || (ticks | 0) !== ticks) return this.reject(low, high, words.PRICE);
			ticks |= 0;
			const { i32, f64 } = this.memory;
			const level = i32[order + words.LEVEL];
			const ladder = i32[i32[level + words.BRANCH] + words.LADDER];
			const flip = i32[ladder + words.FLIP];
			const key = ticks ^ flip;
			if (key === i32[level + words.KEY]) {
				const open = f64[(order + words.LOTS) >> 1];
				const total = f64[(level + words.LOTS) >> 1] - open + lots;
				if (total > words.MOST_LOTS) return this.reject(low, high, words.LEVEL_FULL);
				// More lots lose their place, fewer keep it.
				if (lots > open && i32[order + words.NEXT] !== level) this.moveLast(level, order);
				f64[(order + words.LOTS) >> 1] = lots;
				f64[(level + words.LOTS) >> 1] = total;
				f64[(this.book + words.FILLED) >> 1] = 0;
				this.tellChanged(order, level, lots);
				return 0;
			}
			const side = flip + 1;
			const other = (this.book + words.ASKS - (side << 3)) | 0;
			if (i32[other + words.BEST_KEY] <= ~(ticks ^ (side - 1)) && this.hasLevel(other))
				return this.changeTaking(order, ladder, ticks, lots);
			return this.moveOrder(order, ladder, key, lots);
		}

		/** An order of a level has these lots now. */
		tellChanged(order: number, level: number, lots: number): void {
			this.count();
			if (!this.loud) return;
			const { i32 } = this.memory;
			const flip = i32[i32[i32[level + words.BRANCH] + words.LADDER] + words.FLIP];
			const ticks = i32[level + words.KEY] ^ flip;
			if ((this.hears & words.HEARS_REPLACED) !== 0)
				this.tellReplaced(i32[order + words.ID_LOW], i32[order + words.ID_HIGH], flip + 1, ticks, lots);
			this.tellLevel(flip + 1, ticks, level);
			this.endLoud();
		}

		/** A replacement to another price, where it does not trade. */
		moveOrder(order: number, ladder: number, key: number, lots: number): number {
			this.prepareLevel();
			const { i32, f64 } = this.memory;
			const low = i32[order + words.ID_LOW];
			const high = i32[order + words.ID_HIGH];
			let level = this.findLevel(ladder, key);
			if (level !== 0 && f64[(level + words.LOTS) >> 1] + lots > words.MOST_LOTS)
				return this.reject(low, high, words.LEVEL_FULL);
			const from = i32[order + words.LEVEL];
			const fromKey = i32[from + words.KEY];
			const isLast = i32[from + words.ORDERS] === 1;
			this.unlink(order, from, f64[(order + words.LOTS) >> 1]);
			if (level === 0) level = this.addLevel(ladder, key);
			f64[(order + words.LOTS) >> 1] = lots;
			f64[(level + words.LOTS) >> 1] += lots;
			this.linkLast(level, order);
			f64[(this.book + words.FILLED) >> 1] = 0;
			this.count();
			if (this.loud) {
				const flip = i32[ladder + words.FLIP];
				if ((this.hears & words.HEARS_REPLACED) !== 0) this.tellReplaced(low, high, flip + 1, key ^ flip, lots);
				this.tellLevel(flip + 1, fromKey ^ flip, isLast ? 0 : from);
				this.tellLevel(flip + 1, key ^ flip, level);
				this.endLoud();
			}
			return 0;
		}

		/** A replacement that trades: what is left of it rests. */
		changeTaking(order: number, ladder: number, ticks: number, lots: number): number {
			// The old level and its branches are given back first, so the new one is never short of memory. The id is put in again,
			// and may displace another. Views are read behind this.
			this.index.prepare();
			this.prepareLevel();
			const { i32, f64 } = this.memory;
			const low = i32[order + words.ID_LOW];
			const high = i32[order + words.ID_HIGH];
			const flip = i32[ladder + words.FLIP];
			const side = flip + 1;
			if (this.isFull(ladder, ticks ^ flip, lots)) return this.reject(low, high, words.LEVEL_FULL);
			const owner = i32[order + words.TAG];
			const level = i32[order + words.LEVEL];
			const fromKey = i32[level + words.KEY];
			this.unlink(order, level, f64[(order + words.LOTS) >> 1]);
			this.giveOrder(order);
			f64[(this.book + words.FILLED) >> 1] = 0;
			this.count();
			if (this.loud) {
				if ((this.hears & words.HEARS_REPLACED) !== 0) this.tellReplaced(low, high, side, ticks, lots);
				this.tellLevel(side, fromKey ^ flip, this.findLevel(ladder, fromKey));
			}
			this.takerTicks = ticks;
			const left = this.take(this.book + words.ASKS - (side << 3), ticks ^ -side, lots, low, high, side, owner);
			if (left > 0) {
				if (this.ended === 0) this.rest(this.takeOrder(low, high, left, owner), side, ticks, left);
				else this.dropRest(low, high, side, left);
			}
			if (this.loud) this.endLoud();
			return 0;
		}

		/** Cancels the orders of an owner (0: all) in the levels from one key to another. Returns how many. */
		cancelRange(ladder: number, first: number, last: number, owner: number): number {
			const { i32 } = this.memory;
			const flip = i32[ladder + words.FLIP];
			let ended = 0;
			let level = this.levelFrom(ladder, first);
			while (level !== 0 && i32[level + words.KEY] <= last) {
				const key = i32[level + words.KEY];
				let left = i32[level + words.ORDERS];
				const before = ended;
				// Counted, because the level may close with the last order and be nobody's.
				for (let order = i32[level + words.NEXT]; left > 0; left--) {
					const next = i32[order + words.NEXT];
					const tag = i32[order + words.TAG];
					if (owner === 0 ? tag >= 0 : tag === owner) {
						this.endOrder(order, words.REQUESTED);
						ended++;
					}
					order = next;
				}
				if (this.loud && ended !== before) this.tellLevel(flip + 1, key ^ flip, this.findLevel(ladder, key));
				if (key === FURTHEST) break;
				level = this.levelFrom(ladder, key + 1);
			}
			return ended;
		}

		/** The owner of a friendly call. */
		ownerOf(owner: unknown): number {
			if (typeof owner === 'number' && (owner | 0) === owner && owner >= 0) return owner;
			throw new ArgumentError(`the owner is ${describe(owner)}; pass a whole number from 1 to 2^31 - 1, or 0 for none`);
		}
	};
}

/** The commands that match. */
export type MatchingBook = InstanceType<ReturnType<typeof matchingCode>>;
/** Their class. */
export type MatchingBookClass = ReturnType<typeof matchingCode>;
