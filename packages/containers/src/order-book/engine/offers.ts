import type { FieldType, LiveView } from '@flux/core';
import type { HashMapNode, LongHashMap } from '../../hash-map/hash-map.js';
import { bookFaults } from '../book-faults.js';
import type { FriendlyBook } from '../friendly-calls.js';
import * as words from '../layout.js';
import { REASONS, SELF_TRADE } from '../terms.js';
import { AT_ONCE } from './entry.js';
import { FillPlan } from './fill-plan.js';
import type { EngineParts, Reserve } from './parts.js';
import type { Positions } from './positions.js';

/** The key of orders that take any price, before all others. */
export const ANY_PRICE: number = -(2 ** 31);

/** Who hears of what happens to orders, beside the listeners of the book. */
export interface Witness {
	/** Two orders traded; the book is whole. An owner is 0 where there is none. */
	traded(
		makerLow: number,
		makerHigh: number,
		makerOwner: number,
		takerLow: number,
		takerHigh: number,
		takerOwner: number,
		takerSide: number,
		ticks: number,
		lots: number,
	): void;
	/** An order, or what was left of it, has ended without a trade. */
	ended(low: number, high: number): void;
}

/**
 * What an order can trade with: the orders of the book; the reserves of those that are icebergs; hidden orders; and orders
 * that trade whole or not at all. The last two stand in books of their own, of the same heap, and so do orders for an auction
 * alone, which are there while one is called, and trade in it.
 *
 * Priority: by price; at one price first what is shown, then what is hidden, then what trades whole; among those by time.
 * An order that trades whole and is larger than what is left of the one that comes is passed over.
 *
 * An iceberg order stands in the book with what it shows. Invariant: whoever is in `reserves` is in the book, and is shown
 * there with at most `display`.
 */
export class Offers {
	readonly shown: FriendlyBook;
	readonly hidden: FriendlyBook;
	readonly whole: FriendlyBook;
	readonly auction: FriendlyBook;
	readonly reserves: LongHashMap<typeof Reserve>;
	/** Where the order is that `locate` found. */
	home: FriendlyBook;
	/** The order that `locate` found. */
	order = 0;
	/** Whether levels are told of later, as in an auction. */
	isQuiet = false;
	/** Lots that the last `take` has traded. */
	traded = 0;
	readonly #witness: Witness;
	readonly #positions: Positions;
	readonly #plan: FillPlan;
	/** A view of one reserve; undefined until there was one. */
	#view: LiveView<typeof Reserve> | undefined;
	/** The level of the book that is being traded with, which is told of when that is over. */
	#ladder = 0;
	#key = 0;
	/** The best order that the one which takes can trade with. */
	#maker = 0;
	#level = 0;
	#from: FriendlyBook;

	constructor(shown: FriendlyBook, parts: EngineParts, positions: Positions, witness: Witness) {
		this.shown = shown;
		this.hidden = parts.hidden;
		this.whole = parts.whole;
		this.auction = parts.auction;
		this.reserves = parts.reserves;
		this.home = this.shown;
		this.#from = this.shown;
		this.#positions = positions;
		this.#plan = new FillPlan(this, positions);
		this.#witness = witness;
	}

	/** Whether there is nothing but the book. */
	get isPlain(): boolean {
		return this.reserves.empty && this.hidden.empty && this.whole.empty;
	}

	/** The broken invariants, in words. */
	faults(): string[] {
		const faults = [this.hidden, this.whole, this.auction].flatMap((book) => bookFaults(book, true));
		for (const [id, { lots, display }] of this.reserves) {
			const order = this.shown.index.find(Number(BigInt.asIntN(32, id)), Number(BigInt.asIntN(32, id >> 32n)));
			if (order === 0) faults.push(`order ${id} has a reserve, and is not in the book`);
			const own = this.shown.memory.f64[(order + words.LOTS) >> 1];
			if (!(Number.isSafeInteger(lots) && lots >= 0 && own <= display))
				faults.push(`order ${id} shows ${own} of at most ${display}, and has ${lots} beside`);
		}
		return faults;
	}

	// Orders that are here ---------------------------------------------------------------------------------------------

	/** Finds an order, and puts it into `home` and `order`. */
	locate(low: number, high: number): boolean {
		for (const book of [this.shown, this.hidden, this.whole, this.auction]) {
			const order = book.index.find(low, high);
			if (order === 0) continue;
			this.home = book;
			this.order = order;
			return true;
		}
		return false;
	}

	/** The lots of an order that are open, shown or not; 0: there is none. */
	openOf(low: number, high: number): number {
		return this.locate(low, high) ? this.sizeOf(this.home, this.order) : 0;
	}

	/** The lots of an order that is here. */
	sizeOf(book: FriendlyBook, order: number): number {
		const { i32, f64: lots } = book.memory;
		const own = lots[(order + words.LOTS) >> 1];
		if (book !== this.shown || this.reserves.empty) return own;
		return own + this.#reserveOf(i32[order + words.ID_LOW], i32[order + words.ID_HIGH]);
	}

	/** The lots that the orders of a level do not show. O(orders) where there are icebergs. */
	reservesOf(level: number): bigint {
		const { i32 } = this.shown.memory;
		let sum = 0n;
		if (this.reserves.empty) return sum;
		for (let order = i32[level + words.NEXT]; order !== level; order = i32[order + words.NEXT])
			sum += BigInt(this.#reserveOf(i32[order + words.ID_LOW], i32[order + words.ID_HIGH]));
		return sum;
	}

	/** The side of an order that is here. */
	sideOf(book: FriendlyBook, order: number): number {
		const { i32 } = book.memory;
		return i32[this.#ladderOf(book, order) + words.FLIP] + 1;
	}

	/** Its price; 0 for a market order. */
	ticksOf(book: FriendlyBook, order: number): number {
		const { i32 } = book.memory;
		if (this.isMarket(book, order)) return 0;
		return i32[i32[order + words.LEVEL] + words.KEY] ^ i32[this.#ladderOf(book, order) + words.FLIP];
	}

	/** Whether it takes any price. One whose limit is the last price there is does. */
	isMarket(book: FriendlyBook, order: number): boolean {
		return book === this.auction && book.memory.i32[book.memory.i32[order + words.LEVEL] + words.KEY] === ANY_PRICE;
	}

	/** The terms that it stands with: ICEBERG, HIDDEN, ALL_OR_NONE or IOC, and what it shows at a time; 0 for the others. */
	termsOf(book: FriendlyBook, order: number): { flags: number; display: number } {
		if (book === this.auction) return { flags: words.IOC, display: 0 };
		if (book === this.hidden) return { flags: words.HIDDEN, display: 0 };
		if (book === this.whole) return { flags: words.ALL_OR_NONE, display: 0 };
		const { i32 } = book.memory;
		const node = this.reserves.empty
			? 0
			: this.reserves.findWords(i32[order + words.ID_LOW], i32[order + words.ID_HIGH]);
		if (node === 0) return { flags: 0, display: 0 };
		return { flags: words.ICEBERG, display: this.#reserveAt(node).display };
	}

	/** Makes sure that an order of these terms can come to rest. Throws OutOfMemoryError. */
	prepare(flags: number): void {
		if ((flags & words.ICEBERG) !== 0) this.reserves.reserve(this.reserves.size + 1);
		const book = this.#homeOf(flags);
		book.prepareOrder();
		book.prepareLevel();
		// All at once, as the last may have taken what the first got ready.
		book.prepareOrder();
	}

	/** Whether the price has no room for so many lots. */
	isFull(side: number, ticks: number, lots: number, flags: number, display: number): boolean {
		const book = this.#homeOf(flags);
		const most = (flags & words.ICEBERG) !== 0 ? Math.min(lots, display) : lots;
		const key = (flags & words.MARKET) === 0 ? ticks ^ (side - 1) : ANY_PRICE;
		return book.isFull(book.book + words.BIDS + (side << 3), key, most);
	}

	/** Puts an order behind those of its price, one that trades at once among those for an auction. Room was made. */
	rest(
		low: number,
		high: number,
		side: number,
		ticks: number,
		lots: number,
		owner: number,
		flags: number,
		display: number,
	): void {
		const book = this.#homeOf(flags);
		const isIceberg = (flags & words.ICEBERG) !== 0;
		const peak = isIceberg ? Math.min(display, lots) : lots;
		if (isIceberg) this.reserves.emplaceWords(low, high, lots - peak, display);
		const limit = (flags & words.MARKET) === 0 ? ticks : ANY_PRICE ^ (side - 1);
		book.rest(book.takeOrder(low, high, peak, owner), side, limit, peak);
		if (!isIceberg) return;
		this.shown.count();
		if (this.shown.loud) this.shown.tellDisplayed(low, high, side, ticks, peak);
	}

	/** Ends an order without a trade. `reason` 0: its time came. */
	end(book: FriendlyBook, order: number, reason: number): void {
		const { shown } = this;
		const { i32 } = book.memory;
		const low = i32[order + words.ID_LOW];
		const high = i32[order + words.ID_HIGH];
		const side = this.sideOf(book, order);
		const ticks = this.ticksOf(book, order);
		const lots = this.sizeOf(book, order);
		this.remove(book, order);
		shown.count();
		if (shown.loud) {
			if (reason === 0) shown.tellExpired(low, high, side, ticks, lots);
			else shown.tellCancelled(low, high, side, ticks, lots, reason);
		}
		this.#witness.ended(low, high);
	}

	/** Takes an order out, with what it does not show. */
	remove(book: FriendlyBook, order: number): void {
		const { i32, f64: lots } = book.memory;
		if (book === this.shown && !this.reserves.empty)
			this.reserves.deleteWords(i32[order + words.ID_LOW], i32[order + words.ID_HIGH]);
		book.unlink(order, i32[order + words.LEVEL], lots[(order + words.LOTS) >> 1]);
		book.giveOrder(order);
	}

	/** Ends an order and tells of its level. */
	endAlone(book: FriendlyBook, order: number, reason: number): void {
		const { i32 } = book.memory;
		const ladder = this.#ladderOf(book, order);
		const key = i32[i32[order + words.LEVEL] + words.KEY];
		this.end(book, order, reason);
		if (book === this.shown) this.#tellLevel(ladder, key);
	}

	/** Takes lots from an order, fewer than it has; what is not shown goes first. It keeps its place. */
	lessen(book: FriendlyBook, order: number, lots: number): void {
		const { shown } = this;
		const { i32, f64: lotsOf } = book.memory;
		const total = this.sizeOf(book, order) - lots;
		const own = lotsOf[(order + words.LOTS) >> 1];
		const left = Math.min(own, total);
		const level = i32[order + words.LEVEL];
		lotsOf[(order + words.LOTS) >> 1] = left;
		lotsOf[(level + words.LOTS) >> 1] -= own - left;
		const low = i32[order + words.ID_LOW];
		const high = i32[order + words.ID_HIGH];
		if (book === shown && !this.reserves.empty) this.#keepReserve(low, high, total - left);
		shown.count();
		if (shown.loud) shown.tellReplaced(low, high, this.sideOf(book, order), this.ticksOf(book, order), total);
		if (book === shown && (left !== own || (lots === 0 && total === left)))
			this.#tellLevel(this.#ladderOf(book, order), i32[level + words.KEY]);
	}

	/**
	 * Makes an order that is to be met no larger than its owner's position, where it may only reduce that. Returns whether it
	 * has changed, or is gone.
	 */
	cut(book: FriendlyBook, maker: number, side: number): boolean {
		const { i32 } = book.memory;
		if (!this.#positions.isReducing(i32[maker + words.ID_LOW], i32[maker + words.ID_HIGH])) return false;
		const size = this.sizeOf(book, maker);
		const room = this.#positions.roomOf(i32[maker + words.TAG], side);
		if (size <= room) return false;
		if (room === 0) this.end(book, maker, REASONS['reduce-only']);
		else this.lessen(book, maker, size - room);
		return true;
	}

	/**
	 * An iceberg order with so many lots left shows as much as it does at a time, or as much as the level has room for, which is
	 * what the order had there until now or more. It keeps its place. Returns how many lots.
	 */
	showAnew(order: number, left: number): number {
		const { i32, f64: lotsOf } = this.shown.memory;
		const node = this.reserves.findWords(i32[order + words.ID_LOW], i32[order + words.ID_HIGH]);
		if (node === 0) return 0;
		const view = this.#reserveAt(node);
		const level = i32[order + words.LEVEL];
		const others = lotsOf[(level + words.LOTS) >> 1] - lotsOf[(order + words.LOTS) >> 1];
		const peak = Math.min(view.display, left, words.MOST_LOTS - others);
		view.lots = left - peak;
		lotsOf[(order + words.LOTS) >> 1] = peak;
		lotsOf[(level + words.LOTS) >> 1] = others + peak;
		return peak;
	}

	/** Gives an order more lots, behind the others of its price. Returns false where there is no room for them. */
	increase(book: FriendlyBook, order: number, lots: number): boolean {
		const { shown } = this;
		const { i32, f64: lotsOf } = book.memory;
		const { flags, display } = this.termsOf(book, order);
		const isIceberg = (flags & words.ICEBERG) !== 0;
		const own = lotsOf[(order + words.LOTS) >> 1];
		const peak = isIceberg ? Math.min(display, lots) : lots;
		const level = i32[order + words.LEVEL];
		const total = lotsOf[(level + words.LOTS) >> 1] - own + peak;
		if (total > words.MOST_LOTS) return false;
		const low = i32[order + words.ID_LOW];
		const high = i32[order + words.ID_HIGH];
		lotsOf[(order + words.LOTS) >> 1] = peak;
		lotsOf[(level + words.LOTS) >> 1] = total;
		if (i32[order + words.NEXT] !== level) book.moveLast(level, order);
		if (isIceberg) this.#keepReserve(low, high, lots - peak);
		const side = this.sideOf(book, order);
		const ticks = this.ticksOf(book, order);
		shown.count();
		if (shown.loud) shown.tellReplaced(low, high, side, ticks, lots);
		if (isIceberg) {
			shown.count();
			if (shown.loud) shown.tellDisplayed(low, high, side, ticks, peak);
		}
		if (book === shown) this.#tellLevel(this.#ladderOf(book, order), i32[level + words.KEY]);
		return true;
	}

	/** Takes an order out, to come again at another price with other lots, and tells. */
	withdraw(book: FriendlyBook, order: number, ticks: number, lots: number): void {
		const { shown } = this;
		const { i32 } = book.memory;
		const low = i32[order + words.ID_LOW];
		const high = i32[order + words.ID_HIGH];
		const side = this.sideOf(book, order);
		const ladder = this.#ladderOf(book, order);
		const key = i32[i32[order + words.LEVEL] + words.KEY];
		this.remove(book, order);
		shown.count();
		if (shown.loud) shown.tellReplaced(low, high, side, ticks, lots);
		if (book === shown) this.#tellLevel(ladder, key);
	}

	// What an order finds ----------------------------------------------------------------------------------------------

	/** Whether an order of this side would trade at once, or meet its own owner's. */
	meets(side: number, reach: number, lots: number): boolean {
		return this.#meet(side, reach, lots);
	}

	/** Whether there is any order that one of this side could trade with, were it large enough. */
	reaches(side: number, reach: number): boolean {
		const { i32 } = this.shown.memory;
		return [this.shown, this.hidden, this.whole].some((book) => {
			const best = i32[book.book + words.ASKS - (side << 3) + words.BEST];
			return best !== 0 && i32[best + words.KEY] <= reach;
		});
	}

	/** The lots that an order would trade now: see {@link FillPlan.run}. */
	plan(side: number, reach: number, lots: number, owner: number, budget = 0): number {
		return this.#plan.run(side, reach, lots, owner, budget);
	}

	/** Whether the last `plan` with a budget ended because that was spent. */
	get isSpent(): boolean {
		return this.#plan.isSpent;
	}

	/**
	 * Trades an order's lots with what there is up to the key `reach`. Returns what is left; `shown.ended` says whether the
	 * order must end.
	 */
	take(low: number, high: number, side: number, owner: number, ticks: number, reach: number, lots: number): number {
		const { shown } = this;
		const self = owner === 0 ? 0 : shown.memory.i32[shown.book + words.SELF];
		const ladder = shown.book + words.ASKS - (side << 3);
		shown.ended = 0;
		shown.takerTicks = ticks;
		this.traded = 0;
		let left = lots;
		let before = 0;
		for (;;) {
			const isMet = left > 0 && shown.ended === 0 && this.#meet(side, reach, left);
			const { i32, f64: lotsOf } = shown.memory;
			const key = isMet ? i32[this.#level + words.KEY] : 0;
			if (this.#ladder !== 0 && (!isMet || this.#from !== shown || key !== this.#key)) this.#leaveLevel(before);
			if (!isMet) return left;
			const maker = this.#maker;
			if (this.#from === shown && this.#ladder === 0) {
				this.#ladder = ladder;
				this.#key = key;
				before = lotsOf[(this.#level + words.LOTS) >> 1];
			}
			if (!this.#positions.isEmpty && this.cut(this.#from, maker, 1 - side)) continue;
			if (self !== 0 && i32[maker + words.TAG] === owner)
				left = this.#meetSelf(this.#from, maker, left, low, high, side);
			else left = this.#trade(this.#from, maker, this.#level, left, low, high, side, owner);
		}
	}

	/** What is left of an order that takes is cancelled. */
	drop(low: number, high: number, side: number, lots: number): void {
		this.shown.dropRest(low, high, side, lots);
		this.#witness.ended(low, high);
	}

	// How it is done ---------------------------------------------------------------------------------------------------

	#homeOf(flags: number): FriendlyBook {
		if ((flags & AT_ONCE) !== 0) return this.auction;
		if ((flags & words.ALL_OR_NONE) !== 0) return this.whole;
		return (flags & words.HIDDEN) !== 0 ? this.hidden : this.shown;
	}

	#ladderOf(book: FriendlyBook, order: number): number {
		const { i32 } = book.memory;
		return i32[i32[i32[order + words.LEVEL] + words.BRANCH] + words.LADDER];
	}

	#reserveAt(node: HashMapNode<FieldType<bigint, bigint>, typeof Reserve>): LiveView<typeof Reserve> {
		this.#view = this.reserves.viewAt(node, this.#view);
		return this.#view;
	}

	#reserveOf(low: number, high: number): number {
		const node = this.reserves.findWords(low, high);
		return node === 0 ? 0 : this.#reserveAt(node).lots;
	}

	/** Notes what an iceberg order does not show. */
	#keepReserve(low: number, high: number, lots: number): void {
		const node = this.reserves.findWords(low, high);
		if (node !== 0) this.#reserveAt(node).lots = lots;
	}

	/** Tells of a level of the book, unless it is being traded with: it is told of when that is over. */
	#tellLevel(ladder: number, key: number): void {
		const { shown } = this;
		if (!shown.loud || this.isQuiet || (ladder === this.#ladder && key === this.#key)) return;
		const flip = shown.memory.i32[ladder + words.FLIP];
		shown.tellLevel(flip + 1, key ^ flip, shown.findLevel(ladder, key));
	}

	/** The order that takes leaves a level, or ends: the level is told of if it has changed. */
	#leaveLevel(before: number): void {
		const ladder = this.#ladder;
		this.#ladder = 0;
		if (!this.shown.loud) return;
		const level = this.shown.findLevel(ladder, this.#key);
		if (level === 0 || this.shown.memory.f64[(level + words.LOTS) >> 1] !== before) this.#tellLevel(ladder, this.#key);
	}

	/** Finds the best order that one with so many lots left can trade with. */
	#meet(side: number, reach: number, left: number): boolean {
		const { i32, f64: lots } = this.shown.memory;
		const ladder = words.ASKS - (side << 3) + words.BEST;
		const shown = i32[this.shown.book + ladder];
		const hidden = i32[this.hidden.book + ladder];
		const isHidden = hidden !== 0 && (shown === 0 || i32[hidden + words.KEY] < i32[shown + words.KEY]);
		this.#from = isHidden ? this.hidden : this.shown;
		this.#level = isHidden ? hidden : shown;
		const isFound = this.#level !== 0 && i32[this.#level + words.KEY] <= reach;
		if (isFound) this.#maker = i32[this.#level + words.NEXT];
		for (let level = i32[this.whole.book + ladder]; level !== 0; level = this.whole.nextLevel(level)) {
			const key = i32[level + words.KEY];
			if (isFound ? key >= i32[this.#level + words.KEY] : key > reach) break;
			for (let order = i32[level + words.NEXT]; order !== level; order = i32[order + words.NEXT]) {
				if (lots[(order + words.LOTS) >> 1] > left) continue;
				this.#from = this.whole;
				this.#level = level;
				this.#maker = order;
				return true;
			}
		}
		return isFound;
	}

	/** Trades with an order, and tells. Returns what is left. */
	#trade(
		book: FriendlyBook,
		maker: number,
		level: number,
		lots: number,
		low: number,
		high: number,
		side: number,
		owner: number,
	): number {
		const { shown } = this;
		const { i32, f64: lotsOf } = book.memory;
		const open = lotsOf[(maker + words.LOTS) >> 1];
		const traded = Math.min(open, lots);
		const makerLow = i32[maker + words.ID_LOW];
		const makerHigh = i32[maker + words.ID_HIGH];
		const makerOwner = i32[maker + words.TAG];
		const ticks = i32[level + words.KEY] ^ -side;
		const reserve = book === shown && !this.reserves.empty ? this.#reserveOf(makerLow, makerHigh) : 0;
		let peak = 0;
		if (traded < open) book.shrinkOrder(maker, level, traded, open - traded);
		else if (reserve > 0) peak = this.#showNext(maker, level, reserve);
		else this.remove(book, maker);
		i32[shown.book + words.LAST_TICKS] = ticks;
		i32[shown.book + words.TRADED] = 1;
		lotsOf[(shown.book + words.FILLED) >> 1] += traded;
		this.traded += traded;
		shown.count();
		const left = lots - traded;
		if (shown.loud) shown.tellTrade(makerLow, makerHigh, low, high, side, ticks, traded, open - traded + reserve, left);
		if (peak > 0) {
			shown.count();
			if (shown.loud) shown.tellDisplayed(makerLow, makerHigh, 1 - side, ticks, peak);
		}
		this.#witness.traded(makerLow, makerHigh, Math.max(0, makerOwner), low, high, owner, side, ticks, traded);
		return left;
	}

	/** What an iceberg order showed has traded: it shows as much again, behind the others of its price. Returns how many lots. */
	#showNext(maker: number, level: number, reserve: number): number {
		const peak = this.showAnew(maker, reserve);
		if (this.shown.memory.i32[maker + words.NEXT] !== level) this.shown.moveLast(level, maker);
		return peak;
	}

	/** The order that takes has met one of its own owner. Returns what is left of its lots. */
	#meetSelf(book: FriendlyBook, maker: number, lots: number, low: number, high: number, side: number): number {
		const { shown } = this;
		const self = shown.memory.i32[shown.book + words.SELF];
		if (self === SELF_TRADE['cancel-newest'] || self === SELF_TRADE['cancel-both']) shown.ended = REASONS['self-trade'];
		if (self === SELF_TRADE['cancel-newest']) return lots;
		if (self !== SELF_TRADE.decrement) {
			this.end(book, maker, REASONS['self-trade']);
			return lots;
		}
		const size = this.sizeOf(book, maker);
		const both = Math.min(size, lots);
		if (both === size) this.end(book, maker, REASONS['self-trade']);
		else this.lessen(book, maker, both);
		const left = lots - both;
		shown.count();
		if (left === 0) {
			if (shown.loud) shown.tellCancelled(low, high, side, shown.takerTicks, both, REASONS['self-trade']);
			this.#witness.ended(low, high);
		} else if (shown.loud) shown.tellReplaced(low, high, side, shown.takerTicks, left);
		return left;
	}
}
