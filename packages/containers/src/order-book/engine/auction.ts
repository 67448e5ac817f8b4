import { ArgumentError } from '@flux/core';
import type { FriendlyBook } from '../friendly-calls.js';
import * as words from '../layout.js';
import { type Decimal, FluxOrderBook, type Side } from '../order-book.js';
import { checkAllShown } from './unshown.js';

/** Options of an auction. */
export interface AuctionOptions {
	/** The price that decides between prices that are equally good, such as the last one. @defaultValue the middle of them */
	reference?: Decimal;
}

/** What an auction comes to. */
export interface AuctionResult {
	/** The price of all its trades. */
	price: number;
	/** The same in ticks. */
	ticks: number;
	/** How much trades. */
	quantity: number;
	/** The same in lots. */
	lots: number;
	/** Which side has more at that price than the other; undefined: neither. */
	surplusSide: Side | undefined;
	/** How much more, which stays in the book. */
	surplus: number;
}

/** Prices next to each other at which demand and supply are the same. */
interface Stretch {
	readonly from: number;
	readonly to: number;
	readonly demand: bigint;
	readonly supply: bigint;
}

/**
 * The price and volume that {@link uncross} would come to now; undefined where the book is not crossed. O(levels that cross).
 * Changes nothing. See `uncross` for the rules.
 *
 * @throws {@link ArgumentError} for what is no book, or a reference that is no price of it.
 */
export function auctionPrice(book: FluxOrderBook, options: AuctionOptions = {}): AuctionResult | undefined {
	const inside = insideOf(book);
	const { reference } = options;
	const wanted = reference === undefined ? undefined : book.toTicks(reference);
	const best = bestStretches(inside);
	if (best.length === 0) return undefined;
	const ticks = choose(best, wanted);
	const { demand, supply } = best.find(({ from, to }) => ticks >= from && ticks <= to) ?? best[0];
	const lots = Number(least(demand, supply));
	const more = demand - supply;
	return {
		price: inside.priceStep.toNumber(ticks),
		ticks,
		quantity: inside.quantityStep.toNumber(lots),
		lots,
		surplusSide: more === 0n ? undefined : more > 0n ? 'buy' : 'sell',
		surplus: Number(inside.quantityStep.toText(more < 0n ? -more : more)),
	};
}

/**
 * Ends an auction: everything that crosses trades at one price. Collect orders with `add`, which never matches, call this, and
 * go on with `submit`. Returns what it came to; undefined where nothing crosses. O(levels that cross + trades).
 *
 * The price is that of the largest volume; of those, that of the smallest surplus; of those, the highest where buyers have
 * the surplus at all of them, the lowest where sellers have it; else the one nearest to the reference. Orders trade in their
 * priority: by price, then time. What is left does not cross. Each trade is one event, with the sell order for the maker and the
 * buy order for the taker; orders of one owner trade with each other.
 *
 * Source: the rules that exchanges publish for their auctions, such as Xetra's "Market Model Equities", price determination.
 *
 * @throws {@link ArgumentError} for what is no book, or a reference that is no price of it, or more lots than 2^53 - 1, or
 * where a `MatchingEngine` of the book has iceberg, hidden or all-or-none orders; {@link ReentryError}.
 *
 * @example
 * ```ts
 * import { FluxOrderBook, uncross } from '@flux/containers';
 *
 * const book = new FluxOrderBook({ tickSize: '0.01' });
 * book.add(1, 'buy', 1010, 10);
 * book.add(2, 'buy', 1005, 10);
 * book.add(3, 'sell', 1000, 15);
 * console.log(uncross(book)); // { price: 10.05, ticks: 1005, quantity: 15, lots: 15, surplusSide: 'buy', surplus: 5 }
 * console.log(book.bestBid, book.bestAsk, book.lotsOf(2)); // 10.05 undefined 5
 * ```
 */
export function uncross(book: FluxOrderBook, options: AuctionOptions = {}): AuctionResult | undefined {
	const inside = insideOf(book);
	if (inside.state !== words.IDLE) inside.refuse();
	checkAllShown(book);
	const result = auctionPrice(book, options);
	if (result === undefined) return undefined;
	if (result.lots > words.MOST_LOTS)
		throw new ArgumentError(`the auction is of ${result.lots} lots; at most 2^53 - 1 can trade at once`);
	const { i32, f64 } = inside.memory;
	const bids = inside.book + words.BIDS;
	const asks = inside.book + words.ASKS;
	const before = [bids, asks].map((ladder) => levelsOf(inside, ladder));
	let left = result.lots;
	while (left > 0) {
		const buyLevel = i32[bids + words.BEST];
		const sellLevel = i32[asks + words.BEST];
		const buy = i32[buyLevel + words.NEXT];
		const sell = i32[sellLevel + words.NEXT];
		const buyLots = f64[(buy + words.LOTS) >> 1];
		const sellLots = f64[(sell + words.LOTS) >> 1];
		const traded = Math.min(buyLots, sellLots, left);
		const [buyLow, buyHigh] = [i32[buy + words.ID_LOW], i32[buy + words.ID_HIGH]];
		const [sellLow, sellHigh] = [i32[sell + words.ID_LOW], i32[sell + words.ID_HIGH]];
		inside.shrinkOrder(buy, buyLevel, traded, buyLots - traded);
		inside.shrinkOrder(sell, sellLevel, traded, sellLots - traded);
		i32[inside.book + words.LAST_TICKS] = result.ticks;
		i32[inside.book + words.TRADED] = 1;
		inside.count();
		left -= traded;
		inside.tellTrade(
			...([sellLow, sellHigh, buyLow, buyHigh, words.BUY] as const),
			...([result.ticks, traded, sellLots - traded, buyLots - traded] as const),
		);
	}
	if (inside.loud) {
		// Each level that changed, once.
		for (const [side, levels] of before.entries()) {
			const ladder = side === words.BUY ? bids : asks;
			for (const [key, lots] of levels) {
				const level = inside.findLevel(ladder, key);
				if (level === 0 || f64[(level + words.LOTS) >> 1] !== lots)
					inside.tellLevel(side, key ^ i32[ladder + words.FLIP], level);
			}
		}
		inside.endLoud();
	}
	return result;
}

function insideOf(book: FluxOrderBook): FriendlyBook {
	if (!(book instanceof FluxOrderBook)) throw new ArgumentError(`the book is ${String(book)}; pass a FluxOrderBook`);
	const inside = book as unknown as FriendlyBook;
	inside.checkAlive();
	return inside;
}

/** The keys and lots of the levels of a ladder that cross the other side, best first. */
function levelsOf(inside: FriendlyBook, ladder: number): [key: number, lots: number][] {
	const { i32, f64 } = inside.memory;
	const flip = i32[ladder + words.FLIP];
	const limit = flip === 0 ? inside.bestBidTicks : inside.bestAskTicks;
	const levels: [number, number][] = [];
	if (limit === undefined) return levels;
	const reach = limit ^ flip;
	for (let level = i32[ladder + words.BEST]; level !== 0; level = inside.nextLevel(level)) {
		if (i32[level + words.KEY] > reach) break;
		levels.push([i32[level + words.KEY], f64[(level + words.LOTS) >> 1]]);
	}
	return levels;
}

/** The stretches of the largest volume, and of those of the smallest surplus, from the lowest price. */
function bestStretches(inside: FriendlyBook): Stretch[] {
	const bids = levelsOf(inside, inside.book + words.BIDS).map(([key, lots]) => ({ ticks: ~key, lots: BigInt(lots) }));
	const asks = levelsOf(inside, inside.book + words.ASKS).map(([key, lots]) => ({ ticks: key, lots: BigInt(lots) }));
	if (bids.length === 0 || asks.length === 0) return [];
	// Demand falls behind each bid's price, supply rises at each ask's.
	bids.reverse();
	const highest = bids[bids.length - 1].ticks;
	let demand = bids.reduce((sum, { lots }) => sum + lots, 0n);
	let supply = 0n;
	let best: Stretch[] = [];
	let from = asks[0].ticks;
	for (let bid = 0, ask = 0; from <= highest; ) {
		while (ask < asks.length && asks[ask].ticks <= from) supply += asks[ask++].lots;
		while (bid < bids.length && bids[bid].ticks < from) demand -= bids[bid++].lots;
		const nextAsk = ask < asks.length ? asks[ask].ticks : highest + 1;
		const to = Math.min(nextAsk - 1, bids[bid].ticks, highest);
		const stretch = { from, to, demand, supply };
		const better = best.length === 0 ? -1 : compare(stretch, best[0]);
		if (better < 0) best = [stretch];
		else if (better === 0) best.push(stretch);
		from = to + 1;
	}
	return best;
}

/** Below 0 where the first is the better one. */
function compare(a: Stretch, b: Stretch): number {
	const volume = least(b.demand, b.supply) - least(a.demand, a.supply);
	if (volume !== 0n) return volume > 0n ? 1 : -1;
	const surplus = most(a.demand, a.supply) - most(b.demand, b.supply);
	return surplus === 0n ? 0 : surplus > 0n ? 1 : -1;
}

/** The price of the best stretches that the rules choose. */
function choose(best: readonly Stretch[], reference: number | undefined): number {
	const lowest = best[0].from;
	const highest = best[best.length - 1].to;
	if (best.every(({ demand, supply }) => demand > supply)) return highest;
	if (best.every(({ demand, supply }) => demand < supply)) return lowest;
	const wanted = reference ?? Math.floor((lowest + highest) / 2);
	let chosen = lowest;
	for (const { from, to } of best) {
		const nearest = Math.min(Math.max(wanted, from), to);
		if (Math.abs(nearest - wanted) < Math.abs(chosen - wanted)) chosen = nearest;
	}
	return chosen;
}

function least(a: bigint, b: bigint): bigint {
	return a < b ? a : b;
}

function most(a: bigint, b: bigint): bigint {
	return a > b ? a : b;
}
