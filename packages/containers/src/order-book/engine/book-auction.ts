import type { FriendlyBook } from '../friendly-calls.js';
import * as words from '../layout.js';
import { levelsAt, levelsTo, tellChanges } from './auction-levels.js';
import { type AuctionPrice, findAuctionPrice, lotsOf } from './auction-price.js';

/** The price of an auction of what a book holds, with no engine over it; undefined where it is not crossed. O(levels that cross). */
export function bookAuctionPrice(inside: FriendlyBook, reference: number | undefined): AuctionPrice | undefined {
	const { bestBidTicks, bestAskTicks } = inside;
	if (bestBidTicks === undefined || bestAskTicks === undefined || bestBidTicks < bestAskTicks) return undefined;
	const { f64 } = inside.memory;
	const exactly = (level: number) => BigInt(f64[(level + words.LOTS) >> 1]);
	return findAuctionPrice(
		{ market: 0n, levels: levelsTo(inside, words.BUY, ~bestAskTicks, exactly) },
		{ market: 0n, levels: levelsTo(inside, words.SELL, bestBidTicks, exactly) },
		reference,
		undefined,
	);
}

/** All that can trades at that price, and each level that has changed is told of. O(trades + levels that cross). */
export function uncrossBook(inside: FriendlyBook, found: AuctionPrice | undefined): void {
	if (found === undefined) return;
	const { ticks } = found;
	let left = lotsOf(found);
	const { i32, f64 } = inside.memory;
	const bids = inside.book + words.BIDS;
	const asks = inside.book + words.ASKS;
	const before = levelsAt(inside, ticks);
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
		i32[inside.book + words.LAST_TICKS] = ticks;
		i32[inside.book + words.TRADED] = 1;
		inside.count();
		left -= traded;
		inside.tellTrade(
			...([sellLow, sellHigh, buyLow, buyHigh, words.BUY] as const),
			...([ticks, traded, sellLots - traded, buyLots - traded] as const),
		);
	}
	if (inside.loud) {
		tellChanges(inside, before);
		inside.endLoud();
	}
}
