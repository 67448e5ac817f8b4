import { ArgumentError, internals } from '@flux/core';

/**
 * What a book calls when something happens, with plain numbers: no event makes garbage. Ids come as two signed words of 32
 * bits; an id below 2^31 is its low word. Sides are 0 (buy) and 1 (sell), prices ticks, quantities lots.
 *
 * Which of the functions are there is looked at when a listener is given, and not at each event; each is called as a method
 * of its object.
 *
 * A listener may read the book, which is whole at each call, and may give it no command. What it throws is thrown by the
 * command that called it, once that is done.
 */
export interface BookListener {
	/**
	 * An order was taken on; what it trades at once follows. `flags` are its terms: `IOC`, `FOK`, `POST_ONLY`, `MARKET`, whose
	 * ticks are 0, and in an engine `ICEBERG`, `HIDDEN`, `ALL_OR_NONE`, `STOP` and `REDUCE_ONLY`.
	 */
	accepted?(idLow: number, idHigh: number, side: number, ticks: number, lots: number, flags: number): void;
	/** A command was refused, and has changed nothing; `reason` is a number of `REASONS`. The id is 0 where there is none. */
	rejected?(idLow: number, idHigh: number, reason: number): void;
	/**
	 * Two orders traded, at the price of the one that was there first: the maker. `side` is the taker's. The lots that each has
	 * left come last. An execution that a feed tells of has no taker: its id is 0, and so is that of a level without orders.
	 */
	trade?(
		makerLow: number,
		makerHigh: number,
		takerLow: number,
		takerHigh: number,
		side: number,
		ticks: number,
		lots: number,
		makerLeft: number,
		takerLeft: number,
	): void;
	/** An order, or what was left of it, ended without a trade. A market order's ticks are 0. */
	cancelled?(idLow: number, idHigh: number, side: number, ticks: number, lots: number, reason: number): void;
	/** An order ended because its time came. An engine's clock says so. */
	expired?(idLow: number, idHigh: number, side: number, ticks: number, lots: number): void;
	/** A stop order's price was reached, and it goes in: what it trades at once follows. From an engine. */
	triggered?(idLow: number, idHigh: number, side: number, ticks: number, lots: number): void;
	/**
	 * An iceberg order shows so many lots now, behind the orders of its price: when it comes to rest, and each time that what
	 * it showed has traded. From an engine.
	 */
	displayed?(idLow: number, idHigh: number, side: number, ticks: number, lots: number): void;
	/** An order has another price or quantity: these. */
	replaced?(idLow: number, idHigh: number, side: number, ticks: number, lots: number): void;
	/** A level's quantity is another; 0 lots of 0 orders: the level is gone. Once per level and command. */
	level?(side: number, ticks: number, lots: number, orders: number): void;
	/** The best bid or ask has another price or quantity, at the end of a command; 0 lots: that side is empty. */
	top?(bidTicks: number, bidLots: number, askTicks: number, askLots: number): void;
	/** All orders were dropped, by `clear`. */
	cleared?(): void;
}

/** The names of the events. */
export const EVENTS = [
	'accepted',
	'rejected',
	'trade',
	'cancelled',
	'expired',
	'triggered',
	'displayed',
	'replaced',
	'level',
	'top',
	'cleared',
] as const satisfies readonly (keyof BookListener)[];

/** Throws ArgumentError unless there is such an event. */
export function checkEvent(event: unknown): asserts event is keyof BookListener {
	if (!(EVENTS as readonly unknown[]).includes(event))
		throw new ArgumentError(`there is no event ${internals.describe(event)}; the events are ${EVENTS.join(', ')}`);
}

/** Throws ArgumentError for what is no listener: no object, or one with a member by the name of an event that is no function. */
export function checkListener(listener: unknown): void {
	if (listener === null) return;
	if (typeof listener !== 'object')
		throw new ArgumentError(`the listener is ${internals.describe(listener)}; pass an object with functions, or null`);
	for (const event of EVENTS) {
		const tell = (listener as { readonly [name: string]: unknown })[event] ?? undefined;
		if (tell !== undefined && typeof tell !== 'function')
			throw new ArgumentError(
				`the listener's ${event} is ${internals.describe(tell)}; pass a function, or leave it out`,
			);
	}
}

/** A bit for each event, in the order of EVENTS. */
export const HEARS = {
	HEARS_ACCEPTED: 1 << 0,
	HEARS_REJECTED: 1 << 1,
	HEARS_TRADE: 1 << 2,
	HEARS_CANCELLED: 1 << 3,
	HEARS_EXPIRED: 1 << 4,
	HEARS_TRIGGERED: 1 << 5,
	HEARS_DISPLAYED: 1 << 6,
	HEARS_REPLACED: 1 << 7,
	HEARS_LEVEL: 1 << 8,
	HEARS_TOP: 1 << 9,
	HEARS_CLEARED: 1 << 10,
} as const;

/** The bits of those events that `isHeard` says yes to. */
export function hearsOf(isHeard: (event: keyof BookListener) => boolean): number {
	let hears = 0;
	for (const [at, event] of EVENTS.entries()) if (isHeard(event)) hears |= 1 << at;
	return hears;
}
