import { ArgumentError, CorruptionError, type Heap, internals } from '@flux/core';
import { checkFields } from '../common/container-options.js';
import { disposeFrozen } from '../common/sharing.js';
import type { BookPlace } from './book-estate.js';
import { bookFaults } from './book-faults.js';
import { saveBook } from './book-snapshot.js';
import type {
	BookDepth,
	BookEvents,
	BookLevel,
	CancelFilter,
	CommandResult,
	Decimal,
	FillCost,
	LimitOrder,
	MarketOrder,
	OrderId,
	RestingOrder,
	Side,
	SideNumber,
	TimeInForce,
} from './book-types.js';
import type { Step } from './decimal.js';
import { friendlyListener, idOf, sideName } from './friendly-events.js';
import * as words from './layout.js';
import { type BookListener, checkEvent, checkListener, EVENTS, hearsOf } from './listener.js';
import type { ReadingBookClass } from './reading-code.js';
import { type Reason, reasonName, SELF_TRADE_NAMES, type SelfTrade } from './terms.js';

/** What a book is made with. */
export interface BookSettings {
	readonly price: Step;
	readonly quantity: Step;
	readonly self: number;
}

type Handler<E extends keyof BookEvents> = (event: BookEvents[E]) => void;
/** The handlers of each event, in the order they came. */
export type Handlers = { [E in keyof BookEvents]: Set<Handler<E>> };

const noHandlers = (): Handlers => ({
	accepted: new Set(),
	rejected: new Set(),
	trade: new Set(),
	cancelled: new Set(),
	expired: new Set(),
	triggered: new Set(),
	displayed: new Set(),
	replaced: new Set(),
	level: new Set(),
	top: new Set(),
	cleared: new Set(),
});
/** The handlers of all books that have none: there may be thousands of them. */
const NOBODY = noHandlers();

/** A book has no checked mode. */
const PLAIN = { checked: false } as const;

const TIMES: ReadonlyMap<TimeInForce | undefined, number> = new Map([
	[undefined, 0],
	['GTC', 0],
	['IOC', words.IOC],
	['FOK', words.FOK],
]);

/**
 * The calls that take decimals and give objects, over those in ticks and lots. Nothing here is hot, so one text serves the
 * books of all heaps.
 */
export function withFriendlyCalls(ReadingBook: ReadingBookClass) {
	return class FriendlyBook extends ReadingBook {
		declare readonly priceStep: Step;
		declare readonly quantityStep: Step;
		declare handlers: Handlers;
		declare positional: BookListener | null;

		/** `place`: of a book that is there, made with these settings. */
		constructor(heap: Heap, { price, quantity, self }: BookSettings, place?: BookPlace) {
			super(heap, place);
			this.priceStep = price;
			this.quantityStep = quantity;
			this.handlers = NOBODY;
			this.positional = null;
			if (place === undefined) this.estate.describe(self, price.text, quantity.text);
		}

		get tickSize(): string {
			return this.priceStep.text;
		}

		get lotSize(): string {
			return this.quantityStep.text;
		}

		get selfTrade(): SelfTrade {
			this.checkAlive();
			return SELF_TRADE_NAMES[this.memory.i32[this.book + words.SELF]];
		}

		// Commands -------------------------------------------------------------------------------------------------------

		submit(order: LimitOrder | MarketOrder): CommandResult {
			if (this.state !== words.IDLE) this.refuse();
			if (typeof order !== 'object' || order === null)
				throw new ArgumentError(
					`the order is ${internals.describe(order)}; pass an object such as { id: 1, side: 'buy', price: '101.25', quantity: 10 }`,
				);
			const { id, side, quantity, price, owner = 0, type = 'limit', timeInForce, postOnly = false } = order;
			this.checkId(id);
			if (type !== 'limit' && type !== 'market')
				throw new ArgumentError(`the type of an order is ${internals.describe(type)}; pass 'limit' or 'market'`);
			if (typeof postOnly !== 'boolean')
				throw new ArgumentError(`postOnly is ${internals.describe(postOnly)}; pass true or false`);
			const time = TIMES.get(timeInForce);
			if (time === undefined)
				throw new ArgumentError(`timeInForce is ${internals.describe(timeInForce)}; pass 'GTC', 'IOC' or 'FOK'`);
			const lots = this.quantityStep.stepsOf(quantity, 'the quantity');
			if (type === 'market') {
				if (price !== undefined) throw new ArgumentError('a market order has no price; leave it out, or the type');
				return this.resultOf(this.submitMarket(id, side, lots, time, owner), id);
			}
			if (price === undefined)
				throw new ArgumentError("the price is undefined; pass one, or the type 'market' for an order without");
			const ticks = this.priceStep.stepsOf(price, 'the price');
			return this.resultOf(this.submitLimit(id, side, ticks, lots, time | (postOnly ? words.POST_ONLY : 0), owner), id);
		}

		reduce(id: OrderId, quantity: Decimal): CommandResult {
			this.checkId(id);
			const code = this.reduceLots(id, this.quantityStep.stepsOf(quantity, 'the quantity'));
			return { ...this.resultOf(code, id), filled: 0 };
		}

		replace(id: OrderId, change: { price?: Decimal; quantity?: Decimal }): CommandResult {
			if (this.state !== words.IDLE) this.refuse();
			this.checkId(id);
			if (typeof change !== 'object' || change === null || (change.price ?? change.quantity) === undefined)
				throw new ArgumentError('replace was given neither a price nor a quantity; pass one of them or both');
			const { price, quantity } = change;
			const ticks = price === undefined ? (this.ticksOf(id) ?? 0) : this.priceStep.stepsOf(price, 'the price');
			const lots = quantity === undefined ? this.lotsOf(id) : this.quantityStep.stepsOf(quantity, 'the quantity');
			return this.resultOf(this.replaceLots(id, ticks, lots), id);
		}

		cancelAll(filter: CancelFilter = {}): number {
			if (this.state !== words.IDLE) this.refuse();
			checkFilter(filter);
			const { side, owner = 0, minPrice, maxPrice } = filter;
			const from = minPrice === undefined ? -(2 ** 31) : this.boundOf(minPrice, 'minPrice');
			const to = maxPrice === undefined ? 2 ** 31 - 1 : this.boundOf(maxPrice, 'maxPrice');
			return this.cancelOrders(side === undefined ? -1 : this.sideNumber(side), this.ownerOf(owner), from, to);
		}

		/** The ticks of a bound. */
		boundOf(price: Decimal, name: string): number {
			const ticks = this.priceStep.stepsOf(price, name);
			if ((ticks | 0) === ticks) return ticks;
			throw new ArgumentError(
				`${name} is ${internals.describe(price)}; pass a multiple of ${this.tickSize} within 2^31 of them`,
			);
		}

		resultOf(code: number, id: OrderId): CommandResult {
			return {
				accepted: code === 0,
				reason: reasonName(code) as Reason,
				filled: this.quantityStep.toNumber(this.filledLots),
				open: this.quantityStep.toNumber(this.lotsOf(id)),
			};
		}

		/** Throws for what is no id, before anything else is looked at. */
		checkId(id: OrderId): void {
			this.readId(id);
		}

		// Events ---------------------------------------------------------------------------------------------------------

		on<E extends keyof BookEvents>(event: E, handler: Handler<E>): () => void {
			checkEvent(event);
			if (typeof handler !== 'function')
				throw new ArgumentError(`the handler of ${event} is ${internals.describe(handler)}; pass a function`);
			if (this.state !== words.IDLE) this.refuse();
			// A function that is given twice is called twice.
			const own: Handler<E> = (value) => handler(value);
			if (this.handlers === NOBODY) this.handlers = noHandlers();
			this.handlers[event].add(own);
			this.attach();
			return () => {
				// While a listener runs, the set alone has to know.
				if (this.handlers[event].delete(own) && this.state === words.IDLE) this.attach();
			};
		}

		listen(listener: BookListener | null): void {
			if (this.state !== words.IDLE) this.refuse();
			checkListener(listener);
			this.positional = listener;
			this.attach();
		}

		/**
		 * Makes one listener of the positional one and the handlers. Where there are no handlers it is the positional one itself:
		 * what an engine sees called as a method of the user's object it can put in the place of the call, and a bound function not.
		 */
		attach(): void {
			const { positional, handlers } = this;
			const isHandled = EVENTS.some((event) => handlers[event].size > 0);
			if (positional === null && !isHandled) return this.setListener(null, 0);
			const hears = hearsOf((event) => handlers[event].size > 0 || (positional?.[event] ?? undefined) !== undefined);
			// Of a positional listener alone no function is called that it does not have.
			const alone = positional as Required<BookListener>;
			this.setListener(isHandled ? friendlyListener(this, positional, handlers) : alone, hears);
		}

		// Reads ----------------------------------------------------------------------------------------------------------

		get bestBid(): number | undefined {
			return this.priceOf(this.bestBidTicks);
		}

		get bestAsk(): number | undefined {
			return this.priceOf(this.bestAskTicks);
		}

		get spread(): number | undefined {
			return this.priceOf(this.spreadTicks);
		}

		get lastPrice(): number | undefined {
			return this.priceOf(this.lastTicks);
		}

		get mid(): number | undefined {
			const bid = this.bestBidTicks;
			const ask = this.bestAskTicks;
			return bid === undefined || ask === undefined ? undefined : this.priceStep.toNumber(bid + ask) / 2;
		}

		get microprice(): number | undefined {
			const bid = this.bestBid;
			const ask = this.bestAsk;
			if (bid === undefined || ask === undefined) return undefined;
			const bidLots = this.bestBidLots;
			const askLots = this.bestAskLots;
			return bid + (ask - bid) * (bidLots / (bidLots + askLots));
		}

		priceOf(ticks: number | undefined): number | undefined {
			return ticks === undefined ? undefined : this.priceStep.toNumber(ticks);
		}

		priceText(ticks: number): string {
			return this.priceStep.toText(whole(ticks, 'ticks'));
		}

		quantityText(lots: number): string {
			return this.quantityStep.toText(whole(lots, 'lots'));
		}

		toTicks(price: Decimal): number {
			return this.boundOf(price, 'the price');
		}

		toLots(quantity: Decimal): number {
			const lots = this.quantityStep.stepsOf(quantity, 'the quantity');
			if (lots >= 0) return lots;
			throw new ArgumentError(
				`the quantity is ${internals.describe(quantity)}; pass a multiple of ${this.lotSize} from 0`,
			);
		}

		depth(levels = Number.POSITIVE_INFINITY): BookDepth {
			this.checkCount(levels, 'levels');
			return { bids: this.levelsOf(0, levels), asks: this.levelsOf(1, levels) };
		}

		levelsOf(side: number, most: number): BookLevel[] {
			this.checkAlive();
			const { i32, f64 } = this.memory;
			const ladder = this.ladderOf(side);
			const flip = i32[ladder + words.FLIP];
			const levels: BookLevel[] = [];
			for (let level = i32[ladder + words.BEST]; level !== 0 && levels.length < most; level = this.nextLevel(level)) {
				levels.push({
					price: this.priceStep.toNumber(i32[level + words.KEY] ^ flip),
					quantity: this.quantityStep.toNumber(f64[(level + words.LOTS) >> 1]),
					orders: i32[level + words.ORDERS],
				});
			}
			return levels;
		}

		order(id: OrderId): RestingOrder | undefined {
			const order = this.seek(id);
			return order === 0 ? undefined : this.orderAt(order);
		}

		orders(side: SideNumber): RestingOrder[] {
			const { i32 } = this.memory;
			const ladder = this.ladderOf(side);
			const orders: RestingOrder[] = [];
			for (let level = i32[ladder + words.BEST]; level !== 0; level = this.nextLevel(level)) {
				for (let order = i32[level + words.NEXT]; order !== level; order = i32[order + words.NEXT])
					orders.push(this.orderAt(order));
			}
			return orders;
		}

		orderAt(order: number): RestingOrder {
			const { i32, f64 } = this.memory;
			const level = i32[order + words.LEVEL];
			const flip = i32[i32[i32[level + words.BRANCH] + words.LADDER] + words.FLIP];
			return {
				id: idOf(i32[order + words.ID_LOW], i32[order + words.ID_HIGH]),
				side: sideName(flip + 1),
				price: this.priceStep.toNumber(i32[level + words.KEY] ^ flip),
				quantity: this.quantityStep.toNumber(f64[(order + words.LOTS) >> 1]),
				owner: Math.max(0, i32[order + words.TAG]),
			};
		}

		costToFill(side: Side, quantity: Decimal): FillCost {
			const own = this.sideNumber(side);
			const wanted = this.toLots(quantity);
			const { i32, f64 } = this.memory;
			let left = wanted;
			let cost = 0n;
			let worst: number | undefined;
			for (
				let level = i32[this.ladderOf(1 - own) + words.BEST];
				left > 0 && level !== 0;
				level = this.nextLevel(level)
			) {
				const lots = Math.min(left, f64[(level + words.LOTS) >> 1]);
				worst = i32[level + words.KEY] ^ -own;
				cost += BigInt(lots) * BigInt(worst);
				left -= lots;
			}
			const filled = this.quantityStep.toNumber(wanted - left);
			const total = this.priceStep.product(cost, this.quantityStep);
			return {
				quantity: filled,
				complete: left === 0,
				cost: total,
				averagePrice: worst === undefined ? undefined : total / filled,
				worstPrice: this.priceOf(worst),
			};
		}

		vwap(side: Side, levels: number): number | undefined {
			this.checkCount(levels, 'levels');
			const { i32, f64 } = this.memory;
			let cost = 0n;
			let lots = 0n;
			const ladder = this.ladderOf(side);
			const flip = i32[ladder + words.FLIP];
			let left = levels;
			for (let level = i32[ladder + words.BEST]; level !== 0 && left > 0; level = this.nextLevel(level), left--) {
				const here = BigInt(f64[(level + words.LOTS) >> 1]);
				cost += here * BigInt(i32[level + words.KEY] ^ flip);
				lots += here;
			}
			if (lots === 0n) return undefined;
			return this.priceStep.product(cost, this.quantityStep) / Number(this.quantityStep.toText(lots));
		}

		// Life -----------------------------------------------------------------------------------------------------------

		override dispose(): void {
			if (this.state === words.FROZEN) disposeFrozen(this, 'this FluxOrderBook', () => this.retire());
			else super.dispose();
		}

		override retire(): void {
			super.retire();
			for (const event of EVENTS) this.handlers[event].clear();
			this.positional = null;
		}

		/** Its header, as what is shared has it. */
		get header(): number {
			return this.book;
		}

		/** How its nodes are. */
		get layout(): { readonly checked: boolean } {
			return PLAIN;
		}

		/** Refuses commands from now on, or takes them again and tells those who listen still. */
		setFrozen(isFrozen: boolean): void {
			this.state = isFrozen ? words.FROZEN : words.IDLE;
			if (!isFrozen) this.attach();
		}

		reserve(orders: number): void {
			if (this.state !== words.IDLE) this.refuse();
			// An index of 2^27 ids takes half of the largest arena.
			if (!(Number.isInteger(orders) && orders >= 0 && orders <= 2 ** 27))
				throw new ArgumentError(
					`reserve was given ${internals.describe(orders)} orders; pass a whole number from 0 to 134217728`,
				);
			this.estate.orders.reserve(Math.max(0, orders - this.size));
			this.index.reserve(orders);
		}

		snapshot(): Uint8Array<ArrayBuffer> {
			this.checkAlive();
			return saveBook(this, {
				tickSize: this.priceStep,
				lotSize: this.quantityStep,
				self: this.memory.i32[this.book + words.SELF],
			});
		}

		hash(): string {
			return internals.snapshotHash(this.snapshot());
		}

		validate(): void {
			this.checkAlive();
			const faults = bookFaults(this);
			if (faults.length > 0) throw new CorruptionError(faults.join('; '));
		}

		[internals.symbolDispose](): void {
			this.dispose();
		}

		toJSON(): BookDepth {
			return this.depth();
		}

		get [Symbol.toStringTag](): string {
			return 'FluxOrderBook';
		}

		[Symbol.for('nodejs.util.inspect.custom')](): string {
			if (this.state === words.DISPOSED || this.heap.disposed) return 'FluxOrderBook (disposed)';
			const best = (level: BookLevel | undefined) => (level === undefined ? '-' : `${level.quantity} @ ${level.price}`);
			const { bids, asks } = this.depth(1);
			const levels = `${this.bidLevels} bids, ${this.askLevels} asks`;
			return `FluxOrderBook(${this.size} orders, ${levels}, ${best(bids[0])} | ${best(asks[0])})`;
		}
	};
}

/** Throws ArgumentError for what does not say which orders are meant: one that is misspelled would mean all of them. */
export function checkFilter(filter: CancelFilter): void {
	checkFields(filter, ['side', 'owner', 'minPrice', 'maxPrice'], 'the filter', "{ side: 'buy' }");
}

/** Passes a safe whole number on. */
function whole(value: number, name: string): number {
	if (Number.isSafeInteger(value)) return value;
	throw new ArgumentError(`${name} is ${internals.describe(value)}; pass a whole number within 2^53 - 1`);
}

/** The class of the books of one heap. */
export type FriendlyBookClass = ReturnType<typeof withFriendlyCalls>;
/** A book with all its calls. */
export type FriendlyBook = InstanceType<FriendlyBookClass>;
