import { ArgumentError } from '@flux/core';
import { checkFields } from '../../common/container-options.js';
import type { Decimal, Side } from '../book-types.js';
import type { FriendlyBook } from '../friendly-calls.js';
import * as words from '../layout.js';

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
	/** How much more, which does not trade; NaN where that is beyond 2^53 - 1 lots. */
	surplus: number;
}

/** What one side wants in an auction. */
export interface Interest {
	/** Lots by limit, the best one first. */
	readonly levels: readonly Wanted[];
	/** Lots at any price. */
	readonly market: bigint;
}

/** Lots of one limit. */
export interface Wanted {
	readonly ticks: number;
	readonly lots: bigint;
}

/** Prices next to each other at which demand and supply are the same. */
interface Stretch {
	readonly from: number;
	readonly to: number;
	readonly demand: bigint;
	readonly supply: bigint;
}

/** The price of an auction, and what is wanted there. */
export interface AuctionPrice {
	readonly ticks: number;
	readonly demand: bigint;
	readonly supply: bigint;
}

/**
 * The price of the largest volume; of those, of the smallest surplus; of those, the highest where buyers have the surplus at all
 * of them, the lowest where sellers have it; else the one nearest to the reference, or to the middle of them. Undefined where
 * nobody would trade. O(levels).
 *
 * Orders that take any price have none to give: prices from the lowest to the highest limit that they reach are looked at, and
 * where there is no limit at all the reference, or the last price.
 */
export function findAuctionPrice(
	buys: Interest,
	sells: Interest,
	reference: number | undefined,
	last: number | undefined,
): AuctionPrice | undefined {
	if (buys.market + sumOf(buys.levels) === 0n || sells.market + sumOf(sells.levels) === 0n) return undefined;
	const best = bestStretches(buys, sells, reference ?? last);
	if (best.length === 0) return undefined;
	const ticks = choose(best, reference);
	const { demand, supply } = best.find(({ from, to }) => ticks >= from && ticks <= to) ?? best[0];
	return { ticks, demand, supply };
}

/** The price that is to decide, in ticks. Throws ArgumentError for one that is none, and for options that are none. */
export function referenceOf(book: FriendlyBook, options: AuctionOptions): number | undefined {
	checkFields(options, ['reference'], 'the options', "{ reference: '10.00' }");
	const { reference } = options;
	return reference === undefined ? undefined : book.boundOf(reference, 'reference');
}

/** How many lots trade at a price. Throws ArgumentError where they are too many for one number. */
export function lotsOf({ demand, supply }: AuctionPrice): number {
	const lots = least(demand, supply);
	if (lots <= BigInt(words.MOST_LOTS)) return Number(lots);
	throw new ArgumentError(
		`the auction is of ${lots} lots; at most 2^53 - 1 can trade at once, so cancel orders before it`,
	);
}

/** What an auction comes to, of which so many lots trade. */
export function auctionResult(book: FriendlyBook, found: AuctionPrice, lots: number): AuctionResult {
	const { ticks, demand, supply } = found;
	const more = demand - supply;
	return {
		price: book.priceStep.toNumber(ticks),
		ticks,
		quantity: book.quantityStep.toNumber(lots),
		lots,
		surplusSide: more === 0n ? undefined : more > 0n ? 'buy' : 'sell',
		surplus: Number.isSafeInteger(Number(more)) ? book.quantityStep.toNumber(Math.abs(Number(more))) : Number.NaN,
	};
}

/** The stretches of the largest volume, and of those of the smallest surplus, from the lowest price. */
function bestStretches(buys: Interest, sells: Interest, fallback: number | undefined): Stretch[] {
	const asks = sells.levels;
	const bids = [...buys.levels].reverse();
	const limits = [...(sells.market > 0n ? bids.slice(0, 1) : []), ...asks.slice(0, 1)];
	const tops = [...(buys.market > 0n ? asks.slice(-1) : []), ...bids.slice(-1)];
	const noLimit = fallback === undefined ? [] : [fallback];
	const isMarketAlone = asks.length === 0 && bids.length === 0;
	const lowest = Math.min(...(isMarketAlone ? noLimit : limits.map(({ ticks }) => ticks)));
	const highest = Math.max(...(isMarketAlone ? noLimit : tops.map(({ ticks }) => ticks)));
	// Demand falls behind each bid's price, supply rises at each ask's.
	let demand = buys.market + sumOf(bids);
	let supply = sells.market;
	let best: Stretch[] = [];
	let from = lowest;
	for (let bid = 0, ask = 0; from <= highest; ) {
		while (ask < asks.length && asks[ask].ticks <= from) supply += asks[ask++].lots;
		while (bid < bids.length && bids[bid].ticks < from) demand -= bids[bid++].lots;
		const to = Math.min((asks[ask]?.ticks ?? Infinity) - 1, bids[bid]?.ticks ?? Infinity, highest);
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

function sumOf(levels: readonly Wanted[]): bigint {
	return levels.reduce((sum, { lots }) => sum + lots, 0n);
}

function least(a: bigint, b: bigint): bigint {
	return a < b ? a : b;
}

function most(a: bigint, b: bigint): bigint {
	return a > b ? a : b;
}
