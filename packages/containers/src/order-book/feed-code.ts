import type { BookEnvironment } from './book-environment.js';
import type { MatchingBookClass } from './matching-code.js';

/** What this code uses beside what all code of a book uses. */
export interface FeedEnvironment extends BookEnvironment {
	readonly MatchingBook: MatchingBookClass;
}

/**
 * The commands that apply what an exchange says has happened: they never match, and a book may cross for a while, as feeds
 * do. A closed factory, as `events-code.ts`.
 */
export function feedCode(environment: FeedEnvironment) {
	const { words, MatchingBook } = environment;

	return class FeedBook extends MatchingBook {
		add(id: number | bigint, side: number | string, ticks: number, lots: number, owner = 0): number {
			if (typeof id === 'number' && (id | 0) === id && id > 0) return this.put(id, 0, side, ticks, lots, owner);
			this.readId(id);
			return this.put(this.idLow, this.idHigh, side, ticks, lots, owner);
		}

		addWords(idLow: number, idHigh: number, side: number | string, ticks: number, lots: number, owner = 0): number {
			const low = typeof idLow === 'number' && (idLow | 0) === idLow ? idLow : this.wordOf(idLow);
			const high = typeof idHigh === 'number' && (idHigh | 0) === idHigh ? idHigh : this.wordOf(idHigh);
			this.checkWords(low, high);
			return this.put(low, high, side, ticks, lots, owner);
		}

		execute(id: number | bigint, lots: number, ticks?: number): number {
			if (typeof id === 'number' && (id | 0) === id && id > 0) return this.fill(id, 0, lots, ticks);
			this.readId(id);
			return this.fill(this.idLow, this.idHigh, lots, ticks);
		}

		executeWords(idLow: number, idHigh: number, lots: number, ticks?: number): number {
			const low = typeof idLow === 'number' && (idLow | 0) === idLow ? idLow : this.wordOf(idLow);
			const high = typeof idHigh === 'number' && (idHigh | 0) === idHigh ? idHigh : this.wordOf(idHigh);
			return this.fill(low, high, lots, ticks);
		}

		delete(id: number | bigint): boolean {
			return this.cancel(id);
		}

		deleteWords(idLow: number, idHigh: number): boolean {
			return this.cancelWords(idLow, idHigh);
		}

		replaceBy(id: number | bigint, newId: number | bigint, ticks: number, lots: number): number {
			this.readId(id);
			const low = this.idLow;
			const high = this.idHigh;
			this.readId(newId);
			return this.renew(low, high, this.idLow, this.idHigh, ticks, lots);
		}

		replaceByWords(
			idLow: number,
			idHigh: number,
			newLow: number,
			newHigh: number,
			ticks: number,
			lots: number,
		): number {
			const low = this.wordOf(newLow);
			const high = this.wordOf(newHigh);
			this.checkWords(low, high);
			return this.renew(this.wordOf(idLow), this.wordOf(idHigh), low, high, ticks, lots);
		}

		print(sideGiven: number | string, ticks: number, lots: number): number {
			if (this.state !== words.IDLE) this.refuse();
			if (typeof lots === 'number' && (lots | 0) === lots ? lots < 1 : !this.isLots(lots))
				return this.reject(0, 0, words.QUANTITY);
			if (typeof ticks !== 'number' || (ticks | 0) !== ticks) return this.reject(0, 0, words.PRICE);
			const side = typeof sideGiven === 'number' ? sideGiven : this.sideOf(sideGiven);
			if ((side & 1) !== side) return this.reject(0, 0, words.SIDE);
			const { i32 } = this.memory;
			i32[this.book + words.LAST_TICKS] = ticks;
			i32[this.book + words.TRADED] = 1;
			this.count();
			if (this.loud) {
				if ((this.hears & words.HEARS_TRADE) !== 0) this.tellTrade(0, 0, 0, 0, side, ticks | 0, lots, 0, 0);
				this.endLoud();
			}
			return 0;
		}

		setLevel(sideGiven: number | string, ticks: number, lots: number): number {
			if (this.state !== words.IDLE) this.refuse();
			if (typeof lots === 'number' && (lots | 0) === lots ? lots < 0 : !this.isLots(lots))
				return this.reject(0, 0, words.QUANTITY);
			if (typeof ticks !== 'number' || (ticks | 0) !== ticks) return this.reject(0, 0, words.PRICE);
			ticks |= 0;
			const side = typeof sideGiven === 'number' ? sideGiven : this.sideOf(sideGiven);
			if ((side & 1) !== side) return this.reject(0, 0, words.SIDE);
			const ladder = this.book + words.BIDS + (side << 3);
			const key = ticks ^ (side - 1);
			const level = this.findLevel(ladder, key);
			if (level === 0) return lots === 0 ? 0 : this.beginLevel(ladder, key, lots);
			const { i32, f64 } = this.memory;
			const order = i32[level + words.NEXT];
			if (i32[order + words.TAG] !== words.ANONYMOUS || i32[level + words.ORDERS] !== 1)
				return this.reject(0, 0, words.LEVEL_HAS_ORDERS);
			if (lots === 0) return this.endLevel(ladder, level, order);
			if (f64[(level + words.LOTS) >> 1] === lots) return 0;
			f64[(order + words.LOTS) >> 1] = lots;
			f64[(level + words.LOTS) >> 1] = lots;
			if (this.loud) {
				this.tellLevel(side, ticks, level);
				this.endLoud();
			}
			return 0;
		}

		adjustLevel(side: number | string, ticks: number, lots: number): number {
			const own = typeof side === 'number' ? side : this.sideOf(side);
			const isPlace = (own === 0 || own === 1) && typeof ticks === 'number' && (ticks | 0) === ticks;
			const level = isPlace ? this.findLevel(this.book + words.BIDS + (own << 3), ticks ^ (own - 1)) : 0;
			const before = level === 0 ? 0 : this.memory.f64[(level + words.LOTS) >> 1];
			// What is wrong with it, `setLevel` says.
			return this.setLevel(side, ticks, typeof lots === 'number' ? before + lots : lots);
		}

		clear(): void {
			if (this.state !== words.IDLE) this.refuse();
			this.estate.empty();
			this.index.clear();
			this.memory.f64[(this.book + words.FILLED) >> 1] = 0;
			this.count();
			if (this.loud) {
				this.tellCleared();
				this.endLoud();
			}
		}

		// What a feed that sees messages to come has read ahead -------------------------------------------------------------

		/** How many orders there are; 0 where the book has ended. */
		get weight(): number {
			const { i32 } = this.memory;
			if (this.state === words.DISPOSED) return 0;
			return (i32[this.orderRing + words.INSERTED] - i32[this.orderRing + words.ERASED]) >>> 0;
		}

		/** The order that an id probably means; 0: none. */
		glimpse(low: number): number {
			return this.index.glimpse(low);
		}

		/**
		 * Reads so many orders, and the orders before and behind them, for commands that come soon. Each read waits for memory beside
		 * the others, and not behind them. `orders` has room for twice as many, and is overwritten. What is returned says nothing;
		 * it must be used, for what nobody uses an engine does not read.
		 */
		approach(orders: Int32Array, count: number): number {
			const { i32 } = this.memory;
			for (let at = 0; at < count; at++) {
				const order = orders[at];
				orders[at] = i32[order + words.NEXT];
				orders[at + count] = i32[order + words.PREVIOUS];
			}
			let seen = 0;
			for (let at = 0; at < 2 * count; at++) seen ^= i32[orders[at]];
			return seen & 1;
		}

		// How they are done ----------------------------------------------------------------------------------------------

		/** A level that is set, where none was: with one order, which has no id. */
		beginLevel(ladder: number, key: number, lots: number): number {
			if (this.memory.i32[this.orderPool + words.FREE] === 0) this.refill();
			const level = this.addLevel(ladder, key);
			const { i32, f64 } = this.memory;
			const { orderPool, orderRing } = this;
			const order = i32[orderPool + words.FREE];
			i32[orderPool + words.FREE] = i32[order + words.NEXT];
			i32[orderRing + words.INSERTED] = (i32[orderRing + words.INSERTED] + 1) | 0;
			i32[order + words.NEXT] = level;
			i32[order + words.PREVIOUS] = level;
			i32[order + words.LEVEL] = level;
			i32[order + words.TAG] = words.ANONYMOUS;
			i32[order + words.ID_LOW] = 0;
			i32[order + words.ID_HIGH] = 0;
			f64[(order + words.LOTS) >> 1] = lots;
			i32[level + words.NEXT] = order;
			i32[level + words.PREVIOUS] = order;
			i32[level + words.ORDERS] = 1;
			f64[(level + words.LOTS) >> 1] = lots;
			i32[this.book + words.SPECIAL]++;
			if (this.loud) {
				const flip = i32[ladder + words.FLIP];
				this.tellLevel(flip + 1, key ^ flip, level);
				this.endLoud();
			}
			return 0;
		}

		/** A level that was set ends. */
		endLevel(ladder: number, level: number, order: number): number {
			const { i32 } = this.memory;
			const key = i32[level + words.KEY];
			this.closeLevel(level);
			const { orderPool, orderRing } = this;
			i32[order + words.NEXT] = i32[orderPool + words.FREE];
			i32[orderPool + words.FREE] = order;
			i32[orderRing + words.ERASED] = (i32[orderRing + words.ERASED] + 1) | 0;
			i32[this.book + words.SPECIAL]--;
			if (this.loud) {
				const flip = i32[ladder + words.FLIP];
				this.tellLevel(flip + 1, key ^ flip, 0);
				this.endLoud();
			}
			return 0;
		}

		put(low: number, high: number, sideGiven: number | string, ticks: number, lots: number, owner: number): number {
			if (this.state !== words.IDLE) this.refuse();
			if (typeof lots === 'number' && (lots | 0) === lots ? lots < 1 : !this.isLots(lots))
				return this.reject(low, high, words.QUANTITY);
			if (typeof ticks !== 'number' || (ticks | 0) !== ticks) return this.reject(low, high, words.PRICE);
			ticks |= 0;
			const side = typeof sideGiven === 'number' ? sideGiven : this.sideOf(sideGiven);
			if ((side & 1) !== side) return this.reject(low, high, words.SIDE);
			if (owner !== 0 && this.checkTerms(0, owner) !== 0) return this.reject(low, high, words.TERMS);
			const { index } = this;
			index.prepare();
			const place = index.locate(low, high);
			if (place > 0) return this.reject(low, high, words.DUPLICATE_ID);
			if (this.memory.i32[this.orderPool + words.FREE] === 0) this.refill();
			const level = this.openLevel(this.book + words.BIDS + (side << 3), ticks ^ (side - 1));
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
			f64[(this.book + words.SEQUENCE) >> 1]++;
			if (this.loud) {
				if ((this.hears & words.HEARS_ACCEPTED) !== 0) this.tellAccepted(low, high, side, ticks, lots, 0);
				this.tellLevel(side, ticks, level);
				this.endLoud();
			}
			return 0;
		}

		fill(low: number, high: number, lots: number, at: number | undefined): number {
			if (this.state !== words.IDLE) this.refuse();
			const order = this.index.find(low, high);
			if (order === 0) return this.reject(low, high, words.UNKNOWN_ID);
			if (typeof lots !== 'number') return this.reject(low, high, words.QUANTITY);
			const { i32, f64 } = this.memory;
			const left = f64[(order + words.LOTS) >> 1] - lots;
			if (!(lots >= 1 && left >= 0) || Math.floor(lots) !== lots) return this.reject(low, high, words.QUANTITY);
			if (at !== undefined && (typeof at !== 'number' || (at | 0) !== at)) return this.reject(low, high, words.PRICE);
			const level = i32[order + words.LEVEL];
			const ladder = i32[i32[level + words.BRANCH] + words.LADDER];
			const key = i32[level + words.KEY];
			const flip = i32[ladder + words.FLIP];
			const ticks = at === undefined ? key ^ flip : at | 0;
			const isGone = left === 0 && i32[level + words.ORDERS] === 1;
			if (left > 0) {
				f64[(order + words.LOTS) >> 1] = left;
				f64[(level + words.LOTS) >> 1] -= lots;
			} else {
				this.index.pull(low, high);
				this.unlink(order, level, lots);
				const { orderPool, orderRing } = this;
				i32[order + words.NEXT] = i32[orderPool + words.FREE];
				i32[orderPool + words.FREE] = order;
				i32[orderRing + words.ERASED] = (i32[orderRing + words.ERASED] + 1) | 0;
			}
			i32[this.book + words.LAST_TICKS] = ticks;
			i32[this.book + words.TRADED] = 1;
			f64[(this.book + words.SEQUENCE) >> 1]++;
			if (this.loud) {
				if ((this.hears & words.HEARS_TRADE) !== 0) this.tellTrade(low, high, 0, 0, flip & 1, ticks, lots, left, 0);
				this.tellLevel(flip + 1, key ^ flip, isGone ? 0 : level);
				this.endLoud();
			}
			return 0;
		}

		/** An order ends, and one of its side takes its place under another id, behind the others of its level. */
		renew(low: number, high: number, newLow: number, newHigh: number, ticks: number, lots: number): number {
			if (this.state !== words.IDLE) this.refuse();
			const order = this.index.find(low, high);
			if (order === 0) return this.reject(low, high, words.UNKNOWN_ID);
			if (typeof lots === 'number' && (lots | 0) === lots ? lots < 1 : !this.isLots(lots))
				return this.reject(low, high, words.QUANTITY);
			if (typeof ticks !== 'number' || (ticks | 0) !== ticks) return this.reject(low, high, words.PRICE);
			ticks |= 0;
			const { index } = this;
			// The new id may need room that the old one does not give back.
			index.prepare();
			const isSame = low === newLow && high === newHigh;
			const place = isSame ? 0 : index.locate(newLow, newHigh);
			if (place > 0) return this.reject(newLow, newHigh, words.DUPLICATE_ID);
			this.prepareLevel();
			const { i32, f64 } = this.memory;
			const level = i32[order + words.LEVEL];
			const ladder = i32[i32[level + words.BRANCH] + words.LADDER];
			const fromKey = i32[level + words.KEY];
			const flip = i32[ladder + words.FLIP];
			const key = ticks ^ flip;
			const open = f64[(order + words.LOTS) >> 1];
			let target = key === fromKey ? level : this.findLevel(ladder, key);
			const others = key === fromKey ? lots - open : lots;
			if (target !== 0 && f64[(target + words.LOTS) >> 1] + others > words.MOST_LOTS)
				return this.reject(newLow, newHigh, words.LEVEL_FULL);
			if (this.loud) {
				this.renewHeard(order, newLow, newHigh, key, lots);
				return 0;
			}
			// The node stays the order's: it is put elsewhere, and under another id.
			if (key === fromKey) {
				if (i32[order + words.NEXT] !== level) this.moveLast(level, order);
				f64[(level + words.LOTS) >> 1] += others;
			} else {
				this.unlink(order, level, open);
				if (target === 0) target = this.addLevel(ladder, key);
				this.linkLast(target, order);
				f64[(target + words.LOTS) >> 1] += lots;
			}
			f64[(order + words.LOTS) >> 1] = lots;
			if (!isSame) {
				index.pull(low, high);
				i32[order + words.ID_LOW] = newLow;
				i32[order + words.ID_HIGH] = newHigh;
				index.settle(place, newLow, newHigh, order);
			}
			f64[(this.book + words.SEQUENCE) >> 1] += 2;
			return 0;
		}

		/** The same where somebody listens: the book is whole after the end of the one, and after the coming of the other. */
		renewHeard(order: number, newLow: number, newHigh: number, key: number, lots: number): void {
			const { i32, f64 } = this.memory;
			const low = i32[order + words.ID_LOW];
			const high = i32[order + words.ID_HIGH];
			const level = i32[order + words.LEVEL];
			const ladder = i32[i32[level + words.BRANCH] + words.LADDER];
			const fromKey = i32[level + words.KEY];
			const flip = i32[ladder + words.FLIP];
			const open = f64[(order + words.LOTS) >> 1];
			const owner = i32[order + words.TAG];
			this.unlink(order, level, open);
			this.giveOrder(order);
			this.count();
			if ((this.hears & words.HEARS_CANCELLED) !== 0)
				this.tellCancelled(low, high, flip + 1, fromKey ^ flip, open, words.REQUESTED);
			this.tellLevel(flip + 1, fromKey ^ flip, this.findLevel(ladder, fromKey));
			// The order's own level may be gone with it.
			const target = this.openLevel(ladder, key);
			this.linkLast(target, this.takeOrder(newLow, newHigh, lots, owner));
			f64[(target + words.LOTS) >> 1] += lots;
			this.count();
			if ((this.hears & words.HEARS_ACCEPTED) !== 0) this.tellAccepted(newLow, newHigh, flip + 1, key ^ flip, lots, 0);
			this.tellLevel(flip + 1, key ^ flip, target);
			this.endLoud();
		}
	};
}

/** The commands of feeds. */
export type FeedBook = InstanceType<ReturnType<typeof feedCode>>;
/** Their class. */
export type FeedBookClass = ReturnType<typeof feedCode>;
