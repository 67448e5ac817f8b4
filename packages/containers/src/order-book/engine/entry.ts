import { ArgumentError, internals } from '@flux/core';
import { Step } from '../decimal.js';
import type { FriendlyBook } from '../friendly-calls.js';
import * as words from '../layout.js';
import type { Decimal } from '../order-book.js';
import { REASONS } from '../terms.js';
import type { EngineOrder } from './engine-types.js';
import { wideOf } from './wide-id.js';

/** An order in ticks and lots, with all its terms. */
export interface Entry {
	/** Its id, and the same as two signed words. */
	readonly id: bigint;
	readonly low: number;
	readonly high: number;
	/** 0 or 1; else it is refused. */
	readonly side: number;
	/** Its limit; 0 for a market order. */
	readonly ticks: number;
	/** 0 where `budget` says how much. */
	readonly lots: number;
	/** The terms of `layout.ts`, `IOC` to `REDUCE_ONLY`. */
	readonly flags: number;
	readonly owner: number;
	/** The amount to be traded in ticks x lots; 0: `lots` says how much. */
	readonly budget: number;
	/** So much at once, or not at all. */
	readonly least: number;
	/** What an iceberg order shows at a time. */
	readonly display: number;
	/** The price that a stop order waits for. */
	readonly stop: number;
	/** How far that stays behind the market; 0: it stays where it is. */
	readonly trail: number;
	/** When it ends; 0: never, END_OF_TIME: with the day, below 0: refused. */
	readonly expires: number;
	/** The order that it cancels, or is cancelled by; 0: none. */
	readonly partner: bigint;
}

/** An order of plain terms. */
export function entryOf(
	low: number,
	high: number,
	side: number,
	ticks: number,
	lots: number,
	flags: number,
	owner: number,
): Entry {
	const id = wideOf(low, high);
	const none = { budget: 0, least: 0, display: 0, stop: 0, trail: 0, expires: 0, partner: 0n };
	return { id, low, high, side, ticks, lots, flags, owner, ...none };
}

/** The time at which day orders end: beyond all others. */
export const END_OF_TIME = 2 ** 32 - 1;
/** What `expires` is where both a time and the day were asked for: refused. */
const BOTH_ENDS = -1;
/** Terms that cannot rest. */
export const AT_ONCE = words.IOC | words.FOK | words.MARKET;
/**
 * The most parts that an iceberg order can show one after the other. Each is a trade, so that a single order cannot make another
 * one trade for hours.
 */
export const MOST_PEAKS = 10_000;
/** Of these an order can have one. */
const WAYS_TO_REST = words.ICEBERG | words.HIDDEN | words.ALL_OR_NONE;

const TIMES: ReadonlyMap<unknown, number> = new Map([
	[undefined, 0],
	['GTC', 0],
	['IOC', words.IOC],
	['FOK', words.FOK],
]);

/** Reads orders for a book, converting decimals exactly. */
export class EntryReader {
	readonly #inside: FriendlyBook;
	/** Amounts of money: tick size x lot size. Made when the first is asked for, because few books have such orders. */
	#money: Step | undefined;

	constructor(inside: FriendlyBook) {
		this.#inside = inside;
	}

	/** An id as a bigint. Throws ArgumentError. */
	id(id: number | bigint): bigint {
		this.#inside.readId(id);
		return BigInt(id);
	}

	/**
	 * What an order asks for. Prices and quantities that are no multiple come out as NaN, to be refused.
	 *
	 * @throws ArgumentError for what is no order at all.
	 */
	read(order: EngineOrder): Entry {
		if (typeof order !== 'object' || order === null)
			throw new ArgumentError(
				`the order is ${internals.describe(order)}; pass an object such as { id: 1, side: 'buy', price: '101.25', quantity: 10 }`,
			);
		const { side, price, quantity, type = 'limit', timeInForce, owner = 0, stopPrice, trail } = order;
		const { minQuantity, displayQuantity, expires = 0, day = false, cancels } = order;
		const { postOnly = false, hidden = false, allOrNone = false, reduceOnly = false } = order;
		const { notional } = order as { notional?: Decimal };
		const id = this.id(order.id);
		const { idLow: low, idHigh: high } = this.#inside;
		for (const [name, value] of Object.entries({ postOnly, hidden, allOrNone, reduceOnly, day }))
			if (typeof value !== 'boolean')
				throw new ArgumentError(`${name} is ${internals.describe(value)}; pass true or false`);
		if (type !== 'limit' && type !== 'market')
			throw new ArgumentError(`the type of an order is ${internals.describe(type)}; pass 'limit' or 'market'`);
		const time = TIMES.get(timeInForce);
		if (time === undefined)
			throw new ArgumentError(`timeInForce is ${internals.describe(timeInForce)}; pass 'GTC', 'IOC' or 'FOK'`);
		if (!(Number.isInteger(expires) && expires >= 0 && expires < END_OF_TIME))
			throw new ArgumentError(
				`expires is ${internals.describe(expires)}; pass a whole number from 1 to 2^32 - 2, such as Unix seconds`,
			);
		if (type === 'market' && price !== undefined)
			throw new ArgumentError('a market order has no price; leave it out, or the type');
		if (type === 'limit' && price === undefined)
			throw new ArgumentError("the price is undefined; pass one, or the type 'market' for an order without");
		if (notional !== undefined && (type === 'limit' || quantity !== undefined))
			throw new ArgumentError("a notional is for an order of the type 'market' without a quantity; pass it alone");
		let flags = time;
		if (type === 'market') flags |= words.MARKET;
		if (postOnly) flags |= words.POST_ONLY;
		if (displayQuantity !== undefined) flags |= words.ICEBERG;
		if (hidden) flags |= words.HIDDEN;
		if (allOrNone) flags |= words.ALL_OR_NONE;
		if (reduceOnly) flags |= words.REDUCE_ONLY;
		if (stopPrice !== undefined || trail !== undefined) flags |= words.STOP;
		const sideNumber = this.#inside.sideOf(side);
		const distance = trail === undefined ? 0 : this.#distanceOf(trail);
		return {
			...{ id, low, high, side: sideNumber, flags },
			owner: typeof owner === 'number' ? owner : Number.NaN,
			ticks: price === undefined ? 0 : this.#inside.priceStep.stepsOf(price, 'the price'),
			lots: notional === undefined ? this.lotsOf(quantity as Decimal, 'the quantity') : 0,
			budget: notional === undefined ? 0 : this.#budgetOf(notional),
			least: minQuantity === undefined ? 0 : this.#inside.toLots(minQuantity),
			display: displayQuantity === undefined ? 0 : this.lotsOf(displayQuantity, 'the displayQuantity'),
			stop:
				stopPrice === undefined ? this.#firstStop(sideNumber, distance) : this.#inside.boundOf(stopPrice, 'stopPrice'),
			trail: distance,
			expires: day ? (expires === 0 ? END_OF_TIME : BOTH_ENDS) : expires,
			partner: cancels === undefined ? 0n : this.id(cancels),
		};
	}

	/** A quantity in lots; NaN where it is no multiple. Throws ArgumentError for what is no decimal. */
	lotsOf(quantity: Decimal, name: string): number {
		return this.#inside.quantityStep.stepsOf(quantity, name);
	}

	/** A price in ticks; NaN where it is no multiple. Throws ArgumentError for what is no decimal. */
	ticksOf(price: Decimal): number {
		return this.#inside.priceStep.stepsOf(price, 'the price');
	}

	#budgetOf(notional: Decimal): number {
		const { priceStep, quantityStep } = this.#inside;
		this.#money ??= new Step(priceStep.times(quantityStep), 'the product of tick size and lot size');
		return this.#money.stepsOf(notional, 'the notional');
	}

	#distanceOf(trail: Decimal): number {
		const ticks = this.#inside.priceStep.stepsOf(trail, 'trail');
		if (ticks >= 1 && ticks <= END_OF_TIME) return ticks;
		throw new ArgumentError(
			`trail is ${internals.describe(trail)}; pass a multiple of ${this.#inside.tickSize} above 0, within 2^32 of them`,
		);
	}

	/** Where a trailing stop order begins: behind the last trade, or where none will reach it. */
	#firstStop(side: number, trail: number): number {
		if (trail === 0) return 0;
		const last = this.#inside.lastTicks;
		if (side === words.SELL) return Math.max(-(2 ** 31), last === undefined ? -Infinity : last - trail);
		return Math.min(2 ** 31 - 1, last === undefined ? Infinity : last + trail);
	}
}

/** The reason why an order is refused for what it asks, whatever the book says; 0: none. */
export function checkEntry(entry: Entry): number {
	const { side, ticks, lots, flags, budget, least, display } = entry;
	const isLots = (value: number) => Number.isInteger(value) && value >= 1 && value <= words.MOST_LOTS;
	if (!isLots(budget > 0 || Number.isNaN(budget) ? budget : lots)) return REASONS.quantity;
	if (budget === 0 && least > lots) return REASONS.quantity;
	if ((flags & words.ICEBERG) !== 0 && (!isLots(display) || lots > display * MOST_PEAKS)) return REASONS.quantity;
	if ((ticks | 0) !== ticks) return REASONS.price;
	if (side !== words.BUY && side !== words.SELL) return REASONS.side;
	return areSound(entry) ? 0 : REASONS.terms;
}

/** Whether terms do not exclude each other. */
function areSound({ flags, owner, least, budget, expires }: Entry): boolean {
	if (!((owner | 0) === owner && owner >= 0)) return false;
	const isAtOnce = (flags & AT_ONCE) !== 0;
	const ways = flags & WAYS_TO_REST;
	if ((ways & (ways - 1)) !== 0) return false;
	// What never rests shows and hides nothing; all or none of it is fill or kill.
	if (isAtOnce && (flags & (words.POST_ONLY | words.ICEBERG | words.HIDDEN)) !== 0) return false;
	// What trades whole trades in no part, and takes as soon as it can.
	if (ways === words.ALL_OR_NONE && (least > 0 || (flags & (words.POST_ONLY | words.REDUCE_ONLY)) !== 0)) return false;
	if (least > 0 && ((flags & words.POST_ONLY) !== 0 || budget > 0)) return false;
	if (((flags & words.REDUCE_ONLY) !== 0 && owner === 0) || expires < 0) return false;
	return (flags & words.IOC) === 0 || (flags & words.FOK) === 0;
}
