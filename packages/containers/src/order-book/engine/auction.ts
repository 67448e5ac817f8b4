import { ArgumentError, internals } from '@flux/core';
import { isInstance } from '../../common/is-instance.js';
import { journalUncross } from '../book-journal.js';
import { standsOn } from '../book-owners.js';
import type { FriendlyBook } from '../friendly-calls.js';
import * as words from '../layout.js';
import { FluxOrderBook } from '../order-book.js';
import { type AuctionOptions, type AuctionResult, auctionResult, lotsOf, referenceOf } from './auction-price.js';
import { bookAuctionPrice, uncrossBook } from './book-auction.js';

export type { AuctionOptions, AuctionResult } from './auction-price.js';

/**
 * The price and volume that {@link uncross} would come to now; undefined where the book is not crossed. O(levels that cross).
 * Changes nothing. See `uncross` for the rules. Of the book of a {@link MatchingEngine} it knows what is shown alone: the engine's
 * own `auctionPrice` knows all of it.
 *
 * @throws {@link ArgumentError} for what is no book, or a reference that is no price of it, or more lots than 2^53 - 1.
 */
export function auctionPrice(book: FluxOrderBook, options: AuctionOptions = {}): AuctionResult | undefined {
	const inside = insideOf(book);
	const found = bookAuctionPrice(inside, referenceOf(inside, options));
	return found && auctionResult(inside, found, lotsOf(found));
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
 * @throws {@link ArgumentError} for what is no book, or a reference that is no price of it, or more lots than 2^53 - 1, or for the
 * book of a {@link MatchingEngine}, which has an `uncross` of its own; {@link ReentryError}.
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
	if (standsOn(book, 'MatchingEngine'))
		throw new ArgumentError(
			'uncross was given a FluxOrderBook on which a MatchingEngine stands, which would not hear of it; call uncross() of the engine',
		);
	const reference = referenceOf(inside, options);
	const found = bookAuctionPrice(inside, reference);
	if (found === undefined) return undefined;
	const result = auctionResult(inside, found, lotsOf(found));
	journalUncross(inside, reference);
	uncrossBook(inside, found);
	return result;
}

/** The book, with what it does not show. */
function insideOf(book: FluxOrderBook): FriendlyBook {
	if (!isInstance(book, FluxOrderBook))
		throw new ArgumentError(`the book is ${internals.describe(book)}; pass a FluxOrderBook`);
	const inside = book as unknown as FriendlyBook;
	inside.checkAlive();
	return inside;
}
