/** Why a book refused a command, or ended an order: the numbers of the hot calls and positional listeners. */
export const REASONS = {
	/** Nothing was refused. */
	none: 0,
	/** There is no order with this id. */
	'unknown-id': 1,
	/** There is an order with this id already. */
	'duplicate-id': 2,
	/** The quantity is not a whole number of lots from 1 to 2^53 - 1, or more than the order has. */
	quantity: 3,
	/** The price is not a whole number of ticks of 32 bits. */
	price: 4,
	/** The side is neither buy nor sell. */
	side: 5,
	/** The level's quantity would exceed 2^53 - 1 lots. */
	'level-full': 6,
	/** A post-only order would have traded. */
	'would-trade': 7,
	/** A fill-or-kill order could not be filled whole. */
	'not-enough': 8,
	/** What was left of an order that does not rest found nothing to trade with. */
	'no-liquidity': 9,
	/** The owner's request. */
	requested: 10,
	/** It would have traded with an order of its own owner. */
	'self-trade': 11,
	/** Terms that exclude each other, or an owner that is no whole number from 0 to 2^31 - 1. */
	terms: 12,
	/** A level's quantity was set where orders with ids stand. */
	'level-has-orders': 13,
	/** The time until which it is to wait is not ahead. */
	'past-time': 14,
	/** It would have made its owner's position larger, or turned it. */
	'reduce-only': 15,
	/** The order that it was to cancel, or to be cancelled by, traded or ended. */
	'other-ended': 16,
	/** There was no memory left for what a trade set off: a stop order that was to go in, or to follow the market. */
	'no-memory': 17,
} as const;

/** Why a book refused a command, or ended an order. */
export type Reason = keyof typeof REASONS;

const REASON_NAMES = Object.keys(REASONS) as Reason[];

/** The name of a reason's number. O(1). Allocates nothing. `none` for a number that is none. */
export function reasonName(reason: number): Reason {
	return (typeof reason === 'number' ? REASON_NAMES[reason] : undefined) ?? 'none';
}

/** What happens where an order would trade with one of its own owner. */
export const SELF_TRADE = {
	/** They trade. */
	allow: 0,
	/** What is left of the newer order is cancelled. */
	'cancel-newest': 1,
	/** The older order is cancelled, and the newer one goes on. */
	'cancel-oldest': 2,
	/** Both are cancelled. */
	'cancel-both': 3,
	/** Both lose the lots of the smaller one, without a trade. */
	decrement: 4,
} as const;

/** What happens where an order would trade with one of its own owner. */
export type SelfTrade = keyof typeof SELF_TRADE;

/** How to have a book that can be changed of one that is shared for reading. */
export const COPY_OF_BOOK = 'restore() a snapshot() of it and change that';

/** The names, by their numbers. */
export const SELF_TRADE_NAMES = Object.keys(SELF_TRADE) as SelfTrade[];
