import type { FriendlyBook } from '../friendly-calls.js';
import * as words from '../layout.js';
import { levelsAt, levelsTo, tellChanges } from './auction-levels.js';
import { type AuctionPrice, findAuctionPrice, type Interest } from './auction-price.js';
import { ANY_PRICE, type Offers, type Witness } from './offers.js';
import type { Positions } from './positions.js';

/** The key that any order reaches which takes any price. */
const FURTHEST = 0x7fffffff;

/** The first order of a side, and where it stands. */
interface Standing {
	readonly side: number;
	readonly book: FriendlyBook;
	readonly level: number;
	readonly order: number;
}

/**
 * The orders that are called for an auction: its price, and what trades at it.
 *
 * Priority: market orders, then by price; at one price first what the book shows, then what is for the auction alone, then what
 * is hidden; among those by time. An iceberg order counts with all that is open of it, in the place of what it shows. Orders that
 * trade whole or not at all take no part.
 */
export class Call {
	readonly #offers: Offers;
	readonly #positions: Positions;
	readonly #witness: Witness;
	/** By side, the iceberg order that has traded all that it showed; 0: none. It is the first of its side, or gone. */
	readonly #renewed = [0, 0];

	constructor(offers: Offers, positions: Positions, witness: Witness) {
		this.#offers = offers;
		this.#positions = positions;
		this.#witness = witness;
	}

	/** What the auction would come to now; undefined: nobody would trade. O(levels), and O(orders) where there are icebergs. */
	price(reference: number | undefined): AuctionPrice | undefined {
		const [buys, sells] = [words.BUY, words.SELL].map((side) => this.#interestOf(side));
		return findAuctionPrice(buys, sells, reference, this.#offers.shown.lastTicks);
	}

	/** All that can trades at a price, and each level that has changed is told of. Returns the lots. O(trades + levels). */
	uncross(ticks: number): number {
		const { shown } = this.#offers;
		const before = shown.loud ? levelsAt(shown, ticks) : [];
		let total = 0;
		this.#offers.isQuiet = true;
		for (;;) {
			const buy = this.#first(words.BUY, ticks);
			const sell = this.#first(words.SELL, ticks);
			if (buy === undefined || sell === undefined) break;
			if (!this.#positions.isEmpty && (this.#cut(buy) || this.#cut(sell))) continue;
			total += this.#trade(buy, sell, ticks);
		}
		for (const side of [words.BUY, words.SELL]) this.#showRenewed(side);
		this.#offers.isQuiet = false;
		if (shown.loud) tellChanges(shown, before);
		return total;
	}

	/** The next order, in priority, that stayed for the auction alone and is still there; 0: none. A node of `Offers.auction`. */
	get left(): number {
		const { auction } = this.#offers;
		const { i32 } = auction.memory;
		const level = i32[auction.book + words.BIDS + words.BEST] || i32[auction.book + words.ASKS + words.BEST];
		return level === 0 ? 0 : i32[level + words.NEXT];
	}

	#interestOf(side: number): Interest {
		const { shown, auction, hidden } = this.#offers;
		const { f64 } = shown.memory;
		const reach = this.#marketLots(1 - side) > 0 ? FURTHEST : this.#furthest(1 - side);
		const byTicks = new Map<number, bigint>();
		if (reach !== undefined) {
			const of = (level: number) => BigInt(f64[(level + words.LOTS) >> 1]);
			const whole = (level: number) => of(level) + this.#offers.reservesOf(level);
			for (const book of [shown, auction, hidden]) {
				for (const { ticks, lots } of levelsTo(book, side, reach, book === shown ? whole : of)) {
					const isMarket = book === auction && ticks === (ANY_PRICE ^ (side - 1));
					if (!isMarket) byTicks.set(ticks, (byTicks.get(ticks) ?? 0n) + lots);
				}
			}
		}
		const levels = [...byTicks].map(([ticks, lots]) => ({ ticks, lots }));
		levels.sort((a, b) => (side === words.BUY ? b.ticks - a.ticks : a.ticks - b.ticks));
		return { levels, market: BigInt(this.#marketLots(side)) };
	}

	/** The lots of a side that take any price. */
	#marketLots(side: number): number {
		const { auction } = this.#offers;
		const level = auction.findLevel(auction.book + words.BIDS + (side << 3), ANY_PRICE);
		return level === 0 ? 0 : auction.memory.f64[(level + words.LOTS) >> 1];
	}

	/** The key of the other side that the best limit of this side reaches; undefined: there is no limit. */
	#furthest(side: number): number | undefined {
		const { shown, auction, hidden } = this.#offers;
		const { i32 } = shown.memory;
		const keys = [shown, auction, hidden].flatMap((book) => {
			const best = i32[book.book + words.BIDS + (side << 3) + words.BEST];
			const isMarket = best !== 0 && book === auction && i32[best + words.KEY] === ANY_PRICE;
			const level = isMarket ? book.nextLevel(best) : best;
			return level === 0 ? [] : [i32[level + words.KEY]];
		});
		// A key of one side is the complement of the other side's.
		return keys.length === 0 ? undefined : ~Math.min(...keys);
	}

	/** The first order of a side that would trade at a price. */
	#first(side: number, ticks: number): Standing | undefined {
		const { shown, auction, hidden } = this.#offers;
		const { i32 } = shown.memory;
		let first: Standing | undefined;
		let key = ticks ^ (side - 1);
		for (const book of [shown, auction, hidden]) {
			const level = i32[book.book + words.BIDS + (side << 3) + words.BEST];
			if (level === 0 || i32[level + words.KEY] > key || (first !== undefined && i32[level + words.KEY] === key))
				continue;
			key = i32[level + words.KEY];
			first = { side, book, level, order: i32[level + words.NEXT] };
		}
		return first;
	}

	#cut({ side, book, order }: Standing): boolean {
		return this.#offers.cut(book, order, side);
	}

	/** Two orders trade as much as they can. Returns the lots. */
	#trade(buy: Standing, sell: Standing, ticks: number): number {
		const { shown } = this.#offers;
		const { i32 } = shown.memory;
		const buySize = this.#offers.sizeOf(buy.book, buy.order);
		const sellSize = this.#offers.sizeOf(sell.book, sell.order);
		const lots = Math.min(buySize, sellSize);
		const [buyLow, buyHigh, buyOwner] = [words.ID_LOW, words.ID_HIGH, words.TAG].map((word) => i32[buy.order + word]);
		const [sellLow, sellHigh, sellOwner] = [words.ID_LOW, words.ID_HIGH, words.TAG].map(
			(word) => i32[sell.order + word],
		);
		this.#take(buy, lots, buySize);
		this.#take(sell, lots, sellSize);
		i32[shown.book + words.LAST_TICKS] = ticks;
		i32[shown.book + words.TRADED] = 1;
		shown.count();
		if (shown.loud)
			shown.tellTrade(
				...([sellLow, sellHigh, buyLow, buyHigh, words.BUY] as const),
				...([ticks, lots, sellSize - lots, buySize - lots] as const),
			);
		this.#witness.traded(
			...([sellLow, sellHigh, Math.max(0, sellOwner), buyLow, buyHigh, Math.max(0, buyOwner)] as const),
			...([words.BUY, ticks, lots] as const),
		);
		return lots;
	}

	/** Takes lots from an order of that size, what it shows first. */
	#take({ side, book, level, order }: Standing, lots: number, size: number): void {
		const own = book.memory.f64[(order + words.LOTS) >> 1];
		if (lots === size) {
			this.#offers.remove(book, order);
			this.#renewed[side] = 0;
		} else if (lots < own && this.#renewed[side] === 0) book.shrinkOrder(order, level, lots, own - lots);
		else {
			// It stays where it is until the auction is over, for it counts with all of it.
			this.#offers.showAnew(order, size - lots);
			this.#renewed[side] = order;
		}
	}

	/** An iceberg order that has traded all that it showed comes behind the others of its price. */
	#showRenewed(side: number): void {
		const { shown } = this.#offers;
		const order = this.#renewed[side];
		this.#renewed[side] = 0;
		if (order === 0) return;
		const { i32, f64 } = shown.memory;
		const level = i32[order + words.LEVEL];
		if (i32[order + words.NEXT] !== level) shown.moveLast(level, order);
		shown.count();
		if (shown.loud)
			shown.tellDisplayed(
				...([i32[order + words.ID_LOW], i32[order + words.ID_HIGH], side] as const),
				...([this.#offers.ticksOf(shown, order), f64[(order + words.LOTS) >> 1]] as const),
			);
	}
}
