import type { CommandResult, Decimal, LimitOrder, MarketOrder, OrderId, Side } from '../order-book.js';

/**
 * What an order of a {@link MatchingEngine} may have beside. The numbers in brackets are the tags of FIX 5.0 SP2 that mean
 * the same.
 */
export interface EngineTerms {
	/**
	 * Show this much at a time (DisplayQty 1138, DisplayWhen 1083 = 2: exhaust): an iceberg order. What is shown stands in the
	 * queue of its price as an order of that size; when it has traded, as much is shown again, behind the others. Each part
	 * comes last in its turn, as CME and Xetra have it. Orders that come trade with all of it. At most 10,000 parts. In auctions
	 * it takes part with all of it, in its place.
	 */
	displayQuantity?: Decimal;
	/**
	 * Rest without being shown (Nasdaq's non-display). No level, depth or best price knows of it; it trades at its price behind
	 * all that is shown there, first come first.
	 */
	hidden?: boolean;
	/**
	 * Trade whole or not at all (ExecInst 18 = G). Unless it can be filled at once it waits, without being shown: at its price
	 * behind all others, and passed over by orders too small for it. As soon as others that came offer enough at its limit or
	 * better, it takes them. It takes no part in auctions. Not together with what trades or shows in parts.
	 */
	allOrNone?: boolean;
	/** Wait until there was a trade at this price or beyond (StopPx 99): at or above it for a buy, at or below it for a sell. */
	stopPrice?: Decimal;
	/**
	 * A stop price that follows the market at this distance (ExecInst 18 = a, PegOffsetValue 211): for a sell, never lower than
	 * the highest trade since it came less this; for a buy, never higher than the lowest trade plus this. It begins at
	 * `stopPrice`, or at the last trade's price, or with the next trade.
	 */
	trail?: Decimal;
	/** Trade this much at once, or be refused (MinQty 110); what is left of a limit order rests. */
	minQuantity?: Decimal;
	/** Never make the owner's position larger, nor turn it (ExecInst 18 = E, do not increase): see `setPosition`. */
	reduceOnly?: boolean;
	/** End when the clock reaches this time: good till date (TimeInForce 59 = 6). A whole number from 1 to 2^32 - 2, such as Unix seconds. */
	expires?: number;
	/** End with the day (TimeInForce 59 = 0): at the next `endDay()`. Not together with `expires`. */
	day?: boolean;
	/**
	 * One cancels the other (ContingencyType 1385 = 1): when this order or that one trades or ends, the other is cancelled.
	 * That one is there already.
	 */
	cancels?: OrderId;
}

/** A market order of a {@link MatchingEngine} that is given an amount of money and not a quantity. */
export interface NotionalOrder extends Omit<MarketOrder, 'quantity'> {
	/**
	 * Trade as much as this amount buys, or must be sold for it (CashOrderQty 152): at each price as many whole lots as are
	 * left to pay for. A multiple of tick size x lot size.
	 */
	notional: Decimal;
	/** What trades is known when it comes. */
	quantity?: undefined;
}

/** An order for a {@link MatchingEngine}. */
export type EngineOrder = (LimitOrder | MarketOrder | NotionalOrder) & EngineTerms;

/** What became of a command of a {@link MatchingEngine}. */
export interface EngineResult extends CommandResult {
	/** Whether the order waits for its stop price. */
	waiting: boolean;
}

/** An order that a {@link MatchingEngine} has: in the book, shown or not, or waiting. */
export interface EngineOpenOrder {
	/** The order. */
	id: OrderId;
	/** Which side it is of. */
	side: Side;
	/** Its limit; undefined for a market order. */
	price: number | undefined;
	/** What is open of it, shown or not; 0 of one that waits with an amount for its quantity. */
	quantity: number;
	/** What the book shows of it. */
	shown: number;
	/** Its owner; 0: none. */
	owner: number;
	/** The price that it waits for; undefined: it does not wait. */
	stopPrice: number | undefined;
}

/** A stop order's price was reached, and the order has gone in. */
export interface TriggeredOrder {
	/** The order. */
	id: OrderId;
	/** What became of it. */
	result: CommandResult;
}

/** What `replace` of a {@link MatchingEngine} may change. */
export interface EngineChange {
	/** The price; of an order that waits, its limit. */
	price?: Decimal;
	/** The quantity that is open then. */
	quantity?: Decimal;
	/** The price that an order waits for. It comes behind the others of that price. */
	stopPrice?: Decimal;
}
