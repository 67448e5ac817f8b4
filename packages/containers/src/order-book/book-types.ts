import type { Reason } from './terms.js';

/** The id of an order: a whole number from 1; beyond 2^53 - 1 a bigint. */
export type OrderId = number | bigint;

/** A side of a book. */
export type Side = 'buy' | 'sell';

/** A side as the calls in ticks and lots take it: `BUY` (0), `SELL` (1), or its name. */
export type SideNumber = 0 | 1 | Side;

/** A price or quantity: text is read exactly; a number stands for the decimal that it prints as. */
export type Decimal = string | number;

/** How long an order waits: until it is cancelled; not at all, and what is left is cancelled; not at all, whole or refused. */
export type TimeInForce = 'GTC' | 'IOC' | 'FOK';

/** An order to buy or sell at a price or better. */
export interface LimitOrder {
	/** Not the id of an order that is in the book. */
	id: OrderId;
	/** Which side it is of. */
	side: Side;
	/** The worst price that it takes, a multiple of the tick size. */
	price: Decimal;
	/** How much, a multiple of the lot size. */
	quantity: Decimal;
	/** An order with a price. */
	type?: 'limit';
	/** @defaultValue 'GTC' */
	timeInForce?: TimeInForce;
	/** Refuse it where it would trade at once. Not with `IOC` or `FOK`. @defaultValue false */
	postOnly?: boolean;
	/** Whose it is, from 1 to 2^31 - 1: `selfTrade` says what happens where two of one owner meet. @defaultValue none */
	owner?: number;
}

/** An order to buy or sell at any price; what finds nothing to trade with is cancelled. */
export interface MarketOrder extends Omit<LimitOrder, 'price' | 'type' | 'timeInForce' | 'postOnly'> {
	/** An order without a price. */
	type: 'market';
	/** It has none. */
	price?: undefined;
	/** Whole or refused (`FOK`), or what can be had. @defaultValue 'IOC' */
	timeInForce?: 'IOC' | 'FOK';
	/** It never rests. */
	postOnly?: false;
}

/** What became of a command. */
export interface CommandResult {
	/** Whether it was done; else `reason` says why it was refused, and nothing has changed. */
	accepted: boolean;
	/** `none` where it was accepted. */
	reason: Reason;
	/** The quantity that the order traded at once. */
	filled: number;
	/** The quantity of the order that is in the book now. */
	open: number;
}

/** An order that is in the book. */
export interface RestingOrder {
	/** Undefined for what stands for a level that was set as a whole. */
	id: OrderId | undefined;
	/** Which side it is of. */
	side: Side;
	/** Its price. */
	price: number;
	/** What is open of it. */
	quantity: number;
	/** Its owner; 0: none. */
	owner: number;
}

/** A level as one object. */
export interface BookLevel {
	/** Its price. */
	price: number;
	/** The sum of its orders' open quantities. */
	quantity: number;
	/** How many orders it has. */
	orders: number;
}

/** The best levels of both sides, best first. */
export interface BookDepth {
	/** Buys, the highest price first. */
	bids: BookLevel[];
	/** Sells, the lowest price first. */
	asks: BookLevel[];
}

/** What a market order would trade now. */
export interface FillCost {
	/** The quantity that there is, at most what was asked for. */
	quantity: number;
	/** Whether that is all that was asked for. */
	complete: boolean;
	/** The sum of price x quantity, exact up to the one rounding to a double. */
	cost: number;
	/** `cost` / `quantity`; undefined where there is nothing. */
	averagePrice: number | undefined;
	/** The worst price among the trades; undefined where there is nothing. */
	worstPrice: number | undefined;
}

/** Which orders `cancelAll` cancels; those that meet all of what is given. */
export interface CancelFilter {
	/** Of this side. */
	side?: Side;
	/** Of this owner. */
	owner?: number;
	/** At this price or above. */
	minPrice?: Decimal;
	/** At this price or below. */
	maxPrice?: Decimal;
}

/** An order was taken on; what it trades at once follows. */
export interface AcceptedEvent {
	/** Events of orders are numbered from 1; listeners or not. */
	sequence: number;
	/** The order. */
	id: OrderId;
	/** Its side. */
	side: Side;
	/** Undefined for a market order. */
	price: number | undefined;
	/** The quantity it came with. */
	quantity: number;
}

/** A command was refused, and has changed nothing. */
export interface RejectedEvent {
	/** The event's number. */
	sequence: number;
	/** The order; undefined where a level was to be set. */
	id: OrderId | undefined;
	/** Why. */
	reason: Reason;
}

/** Two orders traded, at the maker's price. */
export interface TradeEvent {
	/** The event's number. */
	sequence: number;
	/** The order that was there first; undefined where it stands for a level that was set as a whole. */
	maker: OrderId | undefined;
	/** The order that came; undefined where a feed told of the execution. */
	taker: OrderId | undefined;
	/** The taker's side. */
	side: Side;
	/** The price. */
	price: number;
	/** The same in ticks. */
	ticks: number;
	/** How much. */
	quantity: number;
	/** The same in lots. */
	lots: number;
	/** What is open of the maker. */
	makerRemaining: number;
	/** What is left of the taker. */
	takerRemaining: number;
}

/** An order, or what was left of it, ended without a trade. */
export interface CancelledEvent {
	/** The event's number. */
	sequence: number;
	/** The order. */
	id: OrderId;
	/** Its side. */
	side: Side;
	/** Its price; 0 for a market order. */
	price: number;
	/** What was left of it. */
	quantity: number;
	/** Why. */
	reason: Reason;
}

/** An order ended because its time came. */
export interface ExpiredEvent extends Omit<CancelledEvent, 'reason'> {}

/** A stop order's price was reached, and it goes in; what it trades at once follows. */
export interface TriggeredEvent {
	/** The event's number. */
	sequence: number;
	/** The order. */
	id: OrderId;
	/** Its side. */
	side: Side;
	/** Its limit; 0 for a market order. */
	price: number;
	/** Its quantity. */
	quantity: number;
}

/** An iceberg order shows another quantity, behind the orders of its price. */
export interface DisplayedEvent {
	/** The event's number. */
	sequence: number;
	/** The order. */
	id: OrderId;
	/** Its side. */
	side: Side;
	/** Its price. */
	price: number;
	/** What it shows now. */
	quantity: number;
}

/** An order has another price or quantity. */
export interface ReplacedEvent {
	/** The event's number. */
	sequence: number;
	/** The order. */
	id: OrderId;
	/** Its side. */
	side: Side;
	/** Its price now. */
	price: number;
	/** Its quantity now. */
	quantity: number;
}

/** A level has another quantity; once per level and command. */
export interface LevelEvent {
	/** The number of the last event of an order. */
	sequence: number;
	/** The level's side. */
	side: Side;
	/** The level's price. */
	price: number;
	/** Its quantity; 0: the level is gone. */
	quantity: number;
	/** How many orders it has. */
	orders: number;
}

/** The best bid or ask has another price or quantity, at the end of a command. */
export interface TopEvent {
	/** The number of the last event of an order. */
	sequence: number;
	/** Undefined where there is none. */
	bid: { price: number; quantity: number } | undefined;
	/** Undefined where there is none. */
	ask: { price: number; quantity: number } | undefined;
}

/** All orders were dropped by `clear`. */
export interface ClearedEvent {
	/** The event's number. */
	sequence: number;
}

/** The events of a book, by name. */
export interface BookEvents {
	/** An order was taken on. */
	accepted: AcceptedEvent;
	/** A command was refused. */
	rejected: RejectedEvent;
	/** Two orders traded. */
	trade: TradeEvent;
	/** An order ended without a trade. */
	cancelled: CancelledEvent;
	/** An order's time came. */
	expired: ExpiredEvent;
	/** A stop order goes in. */
	triggered: TriggeredEvent;
	/** An iceberg order shows another quantity. */
	displayed: DisplayedEvent;
	/** An order has another price or quantity. */
	replaced: ReplacedEvent;
	/** A level has another quantity. */
	level: LevelEvent;
	/** The best bid or ask has another price or quantity. */
	top: TopEvent;
	/** All orders were dropped. */
	cleared: ClearedEvent;
}
