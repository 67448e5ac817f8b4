import { ArgumentError, bool, f64, type Heap, i32, internals, struct, u8, u32, u64 } from '@flux/core';
import { FluxHashMap } from '../../hash-map/hash-map.js';
import type { FriendlyBook } from '../friendly-calls.js';
import {
	type CommandResult,
	type Decimal,
	FluxOrderBook,
	FOK,
	IOC,
	type LimitOrder,
	type MarketOrder,
	type OrderId,
	POST_ONLY,
	REASONS,
	type Reason,
	reasonName,
} from '../order-book.js';

/** What an order of a {@link MatchingEngine} may have beside. */
export interface EngineTerms {
	/** Wait until there was a trade at this price or beyond: at or above it for a buy, at or below it for a sell. */
	stopPrice?: Decimal;
	/** Trade this much at once, or be refused; what is left of a limit order rests. */
	minQuantity?: Decimal;
	/** End when the clock reaches this time: good till date. A whole number from 1 to 2^32 - 2, such as Unix seconds. */
	expires?: number;
	/** End with the day: at the next `endDay()`. Not together with `expires`. */
	day?: boolean;
	/** One cancels the other: when this order or that one trades or ends, the other is cancelled. That one is there already. */
	cancels?: OrderId;
}

/** An order for a {@link MatchingEngine}. */
export type EngineOrder = (LimitOrder | MarketOrder) & EngineTerms;

/** What became of a command of a {@link MatchingEngine}. */
export interface EngineResult extends CommandResult {
	/** Whether the order waits for its stop price. */
	waiting: boolean;
}

/** A stop order's price was reached, and the order went into the book. */
export interface TriggeredEvent {
	/** The order. */
	id: OrderId;
	/** What became of it. */
	result: CommandResult;
}

/** What a stop order is, once it goes into the book. */
const Waiting = struct({ lots: f64, least: f64, ticks: i32, owner: u32, flags: u8, isBuy: bool, isMarket: bool });
const Partner = struct({ id: u64 });

/** Times are kept as ticks of a ladder: signed, of 32 bits. */
const TIME_ZERO = 2 ** 31;
const END_OF_TIME = 2 ** 32 - 1;
/** The ticks that any order reaches. */
const FURTHEST = { buy: 2 ** 31 - 1, sell: -(2 ** 31) } as const;

/**
 * A book with what lies above matching: stop and stop-limit orders, good till date and day orders by a clock of your own,
 * minimum quantities, and orders of which one cancels the other. The book knows nothing of it, and plain orders pay nothing.
 *
 * All orders of the book go through the engine, and events come from the book. Stop orders wait in a ladder of their own: by
 * the price that they wait for, then by time. A trade may trigger some, whose trades trigger others, all within the call that
 * began it: buys from the lowest stop price, then sells from the highest. The same commands give the same events.
 *
 * The state of the engine is slab memory of the book's heap.
 *
 * @example
 * ```ts
 * import { FluxOrderBook, MatchingEngine } from '@flux/containers';
 *
 * const book = new FluxOrderBook({ tickSize: '0.01' });
 * const engine = new MatchingEngine(book);
 * engine.submit({ id: 1, side: 'sell', price: '10.00', quantity: 5 });
 * engine.submit({ id: 2, side: 'sell', price: '10.05', quantity: 5, expires: 100 });
 * engine.submit({ id: 3, side: 'buy', type: 'market', quantity: 4, stopPrice: '10.00' }); // a stop order
 * console.log(engine.submit({ id: 4, side: 'buy', price: '10.00', quantity: 2 }).filled); // 2: and order 3 is triggered
 * console.log(engine.waiting, book.lotsOf(1), book.lotsOf(2)); // 0 0 4
 * console.log(engine.advance(100), book.empty); // 1 true
 * ```
 */
export class MatchingEngine {
	/** The book. Read it as you like; give commands to the engine. */
	readonly book: FluxOrderBook;
	/** The same, with what it does not show. */
	readonly #inside: FriendlyBook;
	/** Stop orders by stop price: buys where the lowest is best, sells where the highest is. One lot each. */
	readonly #stops: FluxOrderBook;
	readonly #terms: FluxHashMap<typeof u64, typeof Waiting>;
	/** Orders by the time at which they end, the earliest best; days end at the end of time. May hold orders that are gone. */
	readonly #ends: FluxOrderBook;
	readonly #partners: FluxHashMap<typeof u64, typeof Partner>;
	/** Orders that are to go because their partner traded or ended. */
	readonly #doomed: bigint[] = [];
	readonly #triggered = new Set<(event: TriggeredEvent) => void>();
	#unlisten: (() => void) | undefined;
	#time = 0;
	/** Whether a command is under way. */
	#busy = false;
	/** The lowest and highest price that traded in this call. */
	#low = Number.POSITIVE_INFINITY;
	#high = Number.NEGATIVE_INFINITY;

	/** An engine over a book, whose clock says 0. O(1). Throws {@link ArgumentError} for what is no book. */
	constructor(book: FluxOrderBook) {
		if (!(book instanceof FluxOrderBook)) throw new ArgumentError(`the book is ${String(book)}; pass a FluxOrderBook`);
		this.book = book;
		this.#inside = book as unknown as FriendlyBook;
		const { heap }: { heap: Heap } = book;
		this.#stops = new FluxOrderBook({ heap });
		this.#ends = new FluxOrderBook({ heap });
		this.#terms = new FluxHashMap(u64, Waiting, { heap });
		this.#partners = new FluxHashMap(u64, Partner, { heap });
	}

	/** What the clock says. */
	get time(): number {
		return this.#time;
	}

	/** How many stop orders wait. O(1). */
	get waiting(): number {
		return this.#stops.size;
	}

	/** Whether an order is in the book or waits. O(1). */
	has(id: OrderId): boolean {
		return this.book.has(id) || this.#stops.has(id);
	}

	/** Calls `handler` when a stop order has gone into the book; returns a function that ends that. O(handlers). */
	onTriggered(handler: (event: TriggeredEvent) => void): () => void {
		if (typeof handler !== 'function') throw new ArgumentError(`the handler is ${String(handler)}; pass a function`);
		const own = (event: TriggeredEvent) => handler(event);
		this.#triggered.add(own);
		return () => this.#triggered.delete(own);
	}

	/**
	 * An order, as `FluxOrderBook.submit`, with the terms of {@link EngineTerms}. O(1) per trade, level and order triggered.
	 *
	 * Refused as the book refuses, and with `duplicate-id` where an order of this id waits, `not-enough` where the minimum
	 * quantity cannot be traded, `past-time` where `expires` is not ahead of the clock, `unknown-id` where the order to be
	 * cancelled is not there, `terms` where what is asked excludes itself.
	 *
	 * @throws {@link ArgumentError} for what is no order at all; {@link ReentryError}; {@link OutOfMemoryError}.
	 */
	submit(order: EngineOrder): EngineResult {
		const { book } = this;
		this.#enter();
		if (typeof order !== 'object' || order === null)
			throw new ArgumentError(`the order is ${String(order)}; pass an object`);
		const { stopPrice, minQuantity, expires, day = false, cancels, ...plain } = order;
		const id = this.#wideId(order.id);
		const least = minQuantity === undefined ? 0 : book.toLots(minQuantity);
		const stopTicks = stopPrice === undefined ? 0 : book.toTicks(stopPrice);
		const partner = cancels === undefined ? 0n : this.#wideId(cancels);
		if (typeof day !== 'boolean') throw new ArgumentError(`day is ${String(day)}; pass true or false`);
		const isTime = expires === undefined || (Number.isInteger(expires) && expires >= 0 && expires < END_OF_TIME);
		if (!isTime) throw new ArgumentError(`expires is ${String(expires)}; pass a whole number from 1 to 2^32 - 2`);
		if (this.has(id)) return this.#refuse(id, REASONS['duplicate-id']);
		if (expires !== undefined && day) return this.#refuse(id, REASONS.terms);
		if (expires !== undefined && expires <= this.#time) return this.#refuse(id, REASONS['past-time']);
		if (partner !== 0n && !this.has(partner)) return this.#refuse(id, REASONS['unknown-id']);
		if (partner !== 0n && this.#partners.has(partner)) return this.#refuse(id, REASONS.terms);

		const ending = day ? END_OF_TIME : expires;
		const isStop = stopPrice !== undefined;
		if (isStop && !(order.side === 'buy' ? this.#last >= stopTicks : this.#last <= stopTicks)) {
			const code = this.#wait(plain as LimitOrder | MarketOrder, id, stopTicks, least);
			if (code !== 0) return this.#refuse(id, code);
			this.#note(id, ending, partner);
			return { accepted: true, reason: 'none', filled: 0, open: 0, waiting: true };
		}
		if (least > 0 && !this.#canTrade(plain as LimitOrder | MarketOrder, least))
			return this.#refuse(id, REASONS['not-enough']);
		// Noted before, so that the order's own trades end its partner.
		this.#note(id, ending, partner);
		const before = book.sequence;
		let result: CommandResult | undefined;
		this.#settle(
			() => {
				result = book.submit(plain as LimitOrder | MarketOrder);
			},
			() => {
				// Refused, or no order at all: it was never there, and its partner stays.
				const isDone = result?.accepted ?? book.sequence !== before;
				if (!isDone) this.#part(id);
				if (!isDone || !book.has(id)) this.#forgetEnd(id);
			},
		);
		// What a listener throws is thrown by now.
		const { accepted, reason, filled } = result as unknown as CommandResult;
		return { accepted, reason, filled, open: this.#openOf(id), waiting: false };
	}

	/** Cancels an order, in the book or waiting; says whether it was there. O(1). Throws as `FluxOrderBook.cancel`. */
	cancel(id: OrderId): boolean {
		this.#enter();
		const wide = this.#wideId(id);
		let found = false;
		this.#settle(() => {
			found = this.#terms.has(wide) || this.book.has(id);
			if (!this.#drop(wide, REASONS.requested)) this.book.cancel(id);
		});
		return found;
	}

	/** `FluxOrderBook.replace` of an order in the book; its trades may trigger others. O(1) per trade, level and triggered order. Throws as that. */
	replace(id: OrderId, change: { price?: Decimal; quantity?: Decimal }): EngineResult {
		return this.#change(id, () => this.book.replace(id, change));
	}

	/** `FluxOrderBook.reduce` of an order in the book. O(1). Throws as that. */
	reduce(id: OrderId, quantity: Decimal): EngineResult {
		return this.#change(id, () => this.book.reduce(id, quantity));
	}

	#change(id: OrderId, command: () => CommandResult): EngineResult {
		this.#enter();
		let result: CommandResult | undefined;
		this.#settle(() => {
			result = command();
		});
		const { accepted, reason, filled } = result as unknown as CommandResult;
		return { accepted, reason, filled, open: this.#openOf(this.#wideId(id)), waiting: false };
	}

	/**
	 * Moves the clock, and ends the orders whose time has come, the earliest first. Returns how many. O(orders ended).
	 *
	 * @throws {@link ArgumentError} unless `time` is a whole number up to 2^32 - 2, and not before what the clock says.
	 */
	advance(time: number): number {
		if (!(Number.isInteger(time) && time >= this.#time && time < END_OF_TIME))
			throw new ArgumentError(`the time is ${String(time)}; pass a whole number from ${this.#time} to 2^32 - 2`);
		this.#enter();
		this.#time = time;
		const now = time - TIME_ZERO;
		return this.#expire(() => {
			const first = this.#ends.bestAskTicks;
			return first !== undefined && first <= now ? first : undefined;
		});
	}

	/** Ends the day orders. Returns how many. O(orders ended). The clock stays. */
	endDay(): number {
		this.#enter();
		const day = END_OF_TIME - TIME_ZERO;
		return this.#expire(() => (this.#ends.lotsAt('sell', day) > 0 ? day : undefined));
	}

	/** Gives the engine's memory back; the book stays. O(levels of waiting orders). A second call does nothing. */
	dispose(): void {
		this.#unlisten?.();
		this.#unlisten = undefined;
		this.#stops.dispose();
		this.#ends.dispose();
		this.#terms.dispose();
		this.#partners.dispose();
	}

	/** `dispose()`, for `using`. */
	[internals.symbolDispose](): void {
		this.dispose();
	}

	/** The price of the last trade; NaN, which reaches nothing, where there was none. */
	get #last(): number {
		return this.book.lastTicks ?? Number.NaN;
	}

	#wideId(id: OrderId): bigint {
		this.#inside.readId(id);
		return BigInt(id);
	}

	/** A refusal is an event of the book. */
	#refuse(id: bigint, code: number): EngineResult {
		this.#reject(id, code);
		return { accepted: false, reason: reasonName(code) as Reason, filled: 0, open: 0, waiting: false };
	}

	#reject(id: bigint, code: number): number {
		this.#inside.readId(id);
		return this.#inside.reject(this.#inside.idLow, this.#inside.idHigh, code);
	}

	/** Puts a stop order where it waits. Returns 0 or the number of a reason. */
	#wait(order: LimitOrder | MarketOrder, id: bigint, stopTicks: number, least: number): number {
		const { side, quantity, price, timeInForce, postOnly = false, owner = 0, type = 'limit' } = order;
		if (side !== 'buy' && side !== 'sell') return REASONS.side;
		const { priceStep, quantityStep } = this.#inside;
		const lots = quantityStep.stepsOf(quantity, 'the quantity');
		if (!(lots >= 1) || least > lots) return REASONS.quantity;
		const isMarket = type === 'market';
		const ticks = isMarket ? 0 : priceStep.stepsOf(price as Decimal, 'the price');
		if ((ticks | 0) !== ticks) return REASONS.price;
		const flags = { GTC: 0, IOC, FOK }[timeInForce ?? 'GTC'] | (postOnly ? POST_ONLY : 0);
		if (this.#inside.checkTerms(flags, owner) !== 0 || (isMarket && postOnly)) return REASONS.terms;
		const isBuy = side === 'buy';
		// A buy waits among sells, where the lowest price comes first.
		this.#stops.add(id, isBuy ? 'sell' : 'buy', stopTicks, 1);
		this.#terms.set(id, { lots, least, ticks, owner, flags, isBuy, isMarket });
		return 0;
	}

	/** Whether an order can trade so many lots at once. */
	#canTrade({ side, price, type, quantity, owner = 0 }: LimitOrder | MarketOrder, least: number): boolean {
		const ticks = type === 'market' ? FURTHEST[side] : this.#inside.priceStep.stepsOf(price as Decimal, 'the price');
		const lots = this.#inside.quantityStep.stepsOf(quantity, 'the quantity');
		// What the book itself refuses is left to it.
		if ((ticks | 0) !== ticks || !(lots >= least)) return !(lots < least);
		return this.book.fillableLots(side, ticks, least, owner) >= least;
	}

	/** Remembers when an order ends, and with which other one. What an order of the same id left behind is gone then. */
	#note(id: bigint, ending: number | undefined, partner: bigint): void {
		this.#forgetEnd(id);
		if (ending !== undefined) this.#ends.add(id, 'sell', ending - TIME_ZERO, 1);
		if (partner !== 0n) {
			this.#partners.set(id, { id: partner });
			this.#partners.set(partner, { id });
		}
		this.#hear();
	}

	#forgetEnd(id: bigint): void {
		if (this.#ends.has(id)) this.#ends.delete(id);
	}

	/** Listens to the book while there are stop orders or partners, and only then. */
	#hear(): void {
		const isNeeded = !this.#stops.empty || !this.#partners.empty;
		if (isNeeded === (this.#unlisten !== undefined)) return;
		if (this.#unlisten !== undefined) {
			this.#unlisten();
			this.#unlisten = undefined;
			return;
		}
		const stops = [
			this.book.on('trade', ({ maker, taker, ticks }) => {
				this.#low = Math.min(this.#low, ticks);
				this.#high = Math.max(this.#high, ticks);
				if (maker !== undefined) this.#doomPartner(BigInt(maker));
				if (taker !== undefined) this.#doomPartner(BigInt(taker));
			}),
			this.book.on('cancelled', ({ id }) => this.#doomPartner(BigInt(id))),
		];
		this.#unlisten = () => {
			for (const stop of stops) stop();
		};
	}

	/** An order traded or ended: its partner is to go. */
	#doomPartner(id: bigint): void {
		const partner = this.#partners.get(id)?.id;
		if (partner === undefined) return;
		this.#part(id);
		this.#doomed.push(partner);
	}

	#part(id: bigint): void {
		const partner = this.#partners.get(id)?.id;
		if (partner === undefined) return;
		this.#partners.delete(id);
		this.#partners.delete(partner);
	}

	/** Refuses a call from inside another one, or from a listener. */
	#enter(): void {
		if (this.#busy || this.#inside.state !== 0) this.#inside.refuse();
	}

	#openOf(id: bigint): number {
		return this.#inside.quantityStep.toNumber(this.book.lotsOf(id));
	}

	/**
	 * Runs a command, and then all that follows from it: partners are cancelled, and stop orders whose price was reached go in.
	 * What listeners throw is thrown when all of that is done.
	 */
	#settle(command: () => void, after: () => void = () => {}): void {
		this.#busy = true;
		const errors: unknown[] = [];
		const guard = (step: () => void) => {
			try {
				step();
			} catch (error) {
				errors.push(error);
			}
		};
		guard(command);
		guard(after);
		for (;;) {
			const doomed = this.#doomed.shift();
			if (doomed !== undefined) {
				guard(() => {
					if (!this.#drop(doomed, REASONS['other-ended'])) this.#endInBook(doomed, REASONS['other-ended']);
				});
				continue;
			}
			const id = this.#nextTriggered();
			if (id === undefined) break;
			this.#trigger(id, guard);
		}
		this.#low = Number.POSITIVE_INFINITY;
		this.#high = Number.NEGATIVE_INFINITY;
		this.#busy = false;
		this.#hear();
		if (errors.length > 0) throw errors[0];
	}

	#nextTriggered(): bigint | undefined {
		const stops = this.#stops;
		if ((stops.bestAskTicks ?? Number.POSITIVE_INFINITY) <= this.#high)
			return firstAt(stops, 'sell', stops.bestAskTicks);
		if ((stops.bestBidTicks ?? Number.NEGATIVE_INFINITY) >= this.#low) return firstAt(stops, 'buy', stops.bestBidTicks);
		return undefined;
	}

	#trigger(id: bigint, guard: (step: () => void) => void): void {
		const { book } = this;
		const terms = this.#terms.get(id);
		this.#stops.delete(id);
		this.#terms.delete(id);
		if (terms === undefined) return;
		const { lots, least, ticks, owner, flags, isBuy, isMarket } = terms;
		const side = isBuy ? 'buy' : 'sell';
		const before = book.sequence;
		let code = 0;
		guard(() => {
			const reach = isMarket ? FURTHEST[side] : ticks;
			if (least > 0 && book.fillableLots(side, reach, least, owner) < least)
				code = this.#reject(id, REASONS['not-enough']);
			else if (isMarket) code = book.submitMarket(id, side, lots, flags, owner);
			else code = book.submitLimit(id, side, ticks, lots, flags, owner);
		});
		// Refused, it is gone, and has ended.
		if (code !== 0 || book.sequence === before) this.#doomPartner(id);
		if (!book.has(id)) this.#forgetEnd(id);
		const result: CommandResult = {
			accepted: code === 0,
			reason: reasonName(code),
			filled: this.#inside.quantityStep.toNumber(book.filledLots),
			open: this.#openOf(id),
		};
		const shown = id <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(id) : id;
		for (const handler of this.#triggered) guard(() => handler({ id: shown, result }));
	}

	/** Ends a waiting order, with an event of the book. */
	#drop(id: bigint, reason: number): boolean {
		const terms = this.#terms.get(id);
		if (terms === undefined) return false;
		const inside = this.#inside;
		this.#stops.delete(id);
		this.#terms.delete(id);
		this.#forgetEnd(id);
		inside.readId(id);
		inside.count();
		inside.tellCancelled(inside.idLow, inside.idHigh, terms.isBuy ? 0 : 1, terms.ticks, terms.lots, reason);
		inside.throwKept();
		return true;
	}

	/** Ends an order of the book for a reason of the engine's. */
	#endInBook(id: bigint, reason: number): boolean {
		const order = this.#inside.seek(id);
		if (order !== 0) this.#inside.endOrderAlone(order, reason);
		return order !== 0;
	}

	/** Ends the orders that end at the times `next` gives, until it gives none. */
	#expire(next: () => number | undefined): number {
		let ended = 0;
		const errors: unknown[] = [];
		for (let ticks = next(); ticks !== undefined; ticks = next()) {
			const id = firstAt(this.#ends, 'sell', ticks);
			if (id === undefined) break;
			this.#ends.delete(id);
			// It may have traded, or gone with its partner.
			if (!this.has(id)) continue;
			ended++;
			try {
				this.#settle(() => {
					if (!this.#drop(id, REASONS.expired)) this.#endInBook(id, REASONS.expired);
				});
			} catch (error) {
				errors.push(error);
			}
		}
		if (errors.length > 0) throw errors[0];
		return ended;
	}
}

/** The first order of a side at a price. */
function firstAt(book: FluxOrderBook, side: 'buy' | 'sell', ticks: number | undefined): bigint | undefined {
	if (ticks === undefined) return undefined;
	const inside = book as unknown as FriendlyBook;
	const first = inside.memory.i32[inside.levelAt(side, ticks)];
	return BigInt(inside.orderAt(first).id ?? 0n);
}
