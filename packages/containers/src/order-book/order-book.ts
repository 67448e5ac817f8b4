import { ArgumentError, type Heap, internals } from '@flux/core';
import { readOptions } from '../common/container-options.js';
import { type AttachOptions, type ContainerHandle, isFrozen, type ShareMode } from '../common/sharing.js';
import { bookClass } from './book-class.js';
import { journalBook, readBookJournal } from './book-journal.js';
import { attachBook, shareBook, thawBook } from './book-sharing.js';
import { openBook } from './book-snapshot.js';
import type {
	BookDepth,
	BookEvents,
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
} from './book-types.js';
import { Step } from './decimal.js';
import type { FriendlyBook } from './friendly-calls.js';
import type { JournalSink } from './journal-records.js';
import type { BookListener } from './listener.js';
import { SELF_TRADE, SELF_TRADE_NAMES, type SelfTrade } from './terms.js';

export type {
	AcceptedEvent,
	BookDepth,
	BookEvents,
	BookLevel,
	CancelFilter,
	CancelledEvent,
	ClearedEvent,
	CommandResult,
	Decimal,
	DisplayedEvent,
	ExpiredEvent,
	FillCost,
	LevelEvent,
	LimitOrder,
	MarketOrder,
	OrderId,
	RejectedEvent,
	ReplacedEvent,
	RestingOrder,
	Side,
	SideNumber,
	TimeInForce,
	TopEvent,
	TradeEvent,
	TriggeredEvent,
} from './book-types.js';
export type { JournalSink } from './journal-records.js';
export {
	ALL_OR_NONE,
	BUY,
	FOK,
	HIDDEN,
	ICEBERG,
	IOC,
	MARKET,
	POST_ONLY,
	REDUCE_ONLY,
	SELL,
	STOP,
} from './layout.js';
export type { BookListener } from './listener.js';
export { REASONS, type Reason, reasonName, SELF_TRADE, type SelfTrade } from './terms.js';

/** A book that was made of a journal. */
export interface ReplayedBook {
	/** The book, in the state behind the last command. */
	book: FluxOrderBook;
	/** How many commands there were. */
	commands: number;
	/** Bytes at the end that are no whole command: what was being written when the machine stopped. */
	torn: number;
}

/** Options of a {@link FluxOrderBook}. */
export interface OrderBookOptions {
	/** The smallest step of prices, exactly: `'0.01'`. @defaultValue '1' */
	tickSize?: Decimal;
	/** The smallest step of quantities, exactly. @defaultValue '1' */
	lotSize?: Decimal;
	/** What happens where an order would trade with one of its own owner. @defaultValue 'allow' */
	selfTrade?: SelfTrade;
	/** The heap that memory comes from. @defaultValue `Heap.default`, the heap of this thread */
	heap?: Heap;
}

/**
 * A limit order book in slab memory: price-time priority, for matching engines and for market data.
 *
 * **When to use it.** To match orders as an exchange does, to simulate one, or to hold the book that a feed describes. One
 * book is one instrument. Orders, price levels and the index of ids are memory, not objects: a book of a million orders
 * costs the garbage collector nothing.
 *
 * **Two kinds of calls.** `submit`, `replace`, `reduce`, `depth` and the like take decimals, as text or number, and give
 * objects. `submitLimit`, `submitMarket`, `replaceLots`, `reduceLots`, `cancel` and those of feeds take whole ticks and
 * lots, return a number of `REASONS` (0: done), and allocate nothing. Both work on one book at once.
 *
 * **Exact.** Prices are whole ticks of 32 bits, quantities whole lots up to 2^53 - 1, ids whole numbers from 1 to 2^64 - 1
 * (beyond 2^53 - 1 as bigint, or as two words). Decimals are converted exactly. What is no multiple of tick or lot size is
 * refused, and so is an order whose level would pass 2^53 - 1 lots.
 *
 * **Refusals.** An order that the market refuses is an event and a result, never an exception. A mistake of the program (an
 * id that is none, a call from inside a listener) throws. Both leave the book as it was.
 *
 * **Memory.** 32 bytes per order, 8 to 40 for its id where ids are handed out in order (60 to 120 for one that is far from all
 * others), 32 per level, 288 per 64 neighbouring ticks that have a level. A price far from all others costs at most 608 bytes.
 *
 * **Deterministic.** The same commands give the same events, and the same bytes by `snapshot()`.
 *
 * Semantics: continuous trading by price-time priority, as exchanges define it; `docs/guides/order-book.md` has the details.
 *
 * @example
 * ```ts
 * import { FluxOrderBook } from '@flux/containers';
 *
 * const book = new FluxOrderBook({ tickSize: '0.01' });
 * book.on('trade', ({ maker, taker, price, quantity }) => console.log(maker, taker, price, quantity));
 * book.submit({ id: 1, side: 'sell', price: '101.25', quantity: 10 });
 * book.submit({ id: 2, side: 'buy', price: '101.30', quantity: 4 }); // 1 2 101.25 4
 * console.log(book.bestAsk, book.order(1)?.quantity); // 101.25 6
 * ```
 */
export interface FluxOrderBook extends Disposable {
	// Commands in decimals ----------------------------------------------------------------------------------------------

	/**
	 * An order: it trades with what the other side offers at its price or better, best price first, first come first, and what
	 * is left of it rests behind the orders of its price. O(1) per trade and level. Allocates the result.
	 *
	 * @throws {@link ArgumentError} for what is no order at all; {@link ReentryError}; {@link OutOfMemoryError}.
	 */
	submit(order: LimitOrder | MarketOrder): CommandResult;
	/** Takes a quantity from an order, which keeps its place; all of it cancels the order. O(1). Throws as `submit`. */
	reduce(id: OrderId, quantity: Decimal): CommandResult;
	/**
	 * Gives an order another price or quantity. The same price with no more than before keeps its place; anything else goes
	 * behind the orders of its price, and trades first where it can. O(1) per trade and level. Throws as `submit`.
	 */
	replace(id: OrderId, change: { price?: Decimal; quantity?: Decimal }): CommandResult;
	/**
	 * Cancels an order; says whether it was there. O(1). Allocates nothing.
	 *
	 * @throws {@link ArgumentError} for what is no id; {@link ReentryError}.
	 */
	cancel(id: OrderId): boolean;
	/** Cancels all orders, or those that a filter names, best price first; returns how many. O(orders looked at). */
	cancelAll(filter?: CancelFilter): number;

	// Commands in ticks and lots ----------------------------------------------------------------------------------------

	/**
	 * A limit order. `flags` are `IOC`, `FOK` or `POST_ONLY`; `owner` is a number from 1, or 0. Returns 0, or the number of the
	 * reason why it was refused. O(1) per trade and level. Allocates nothing.
	 *
	 * @throws {@link ArgumentError} for what is no id; {@link ReentryError}; {@link OutOfMemoryError}.
	 */
	submitLimit(id: OrderId, side: SideNumber, ticks: number, lots: number, flags?: number, owner?: number): number;
	/** `submitLimit` for an id of two words of 32 bits, signed or not. */
	submitLimitWords(
		idLow: number,
		idHigh: number,
		side: SideNumber,
		ticks: number,
		lots: number,
		flags?: number,
		owner?: number,
	): number;
	/** A market order, by quantity. `flags` can be `FOK`. What finds nothing to trade with is cancelled. As `submitLimit`. */
	submitMarket(id: OrderId, side: SideNumber, lots: number, flags?: number, owner?: number): number;
	/** `submitMarket` for an id of two words. */
	submitMarketWords(
		idLow: number,
		idHigh: number,
		side: SideNumber,
		lots: number,
		flags?: number,
		owner?: number,
	): number;
	/** `cancel` for an id of two words. */
	cancelWords(idLow: number, idHigh: number): boolean;
	/** `reduce` in lots. Returns 0 or the number of a reason. O(1). Allocates nothing. */
	reduceLots(id: OrderId, lots: number): number;
	/** `reduceLots` for an id of two words. */
	reduceLotsWords(idLow: number, idHigh: number, lots: number): number;
	/** `replace` in ticks and lots. Returns 0 or the number of a reason. O(1) per trade and level. Allocates nothing. */
	replaceLots(id: OrderId, ticks: number, lots: number): number;
	/** `replaceLots` for an id of two words. */
	replaceLotsWords(idLow: number, idHigh: number, ticks: number, lots: number): number;
	/** The lots that the last `submit` or `replace`, of any form, traded at once. O(1). */
	readonly filledLots: number;

	// Market data -------------------------------------------------------------------------------------------------------

	/**
	 * A feed says that an order came to rest: it is put behind those of its price, and never matched, so that the book may
	 * cross, as feeds do for a moment. Returns 0 or the number of a reason. O(1). Allocates nothing. Throws as `submitLimit`.
	 */
	add(id: OrderId, side: SideNumber, ticks: number, lots: number, owner?: number): number;
	/** `add` for an id of two words. */
	addWords(idLow: number, idHigh: number, side: SideNumber, ticks: number, lots: number, owner?: number): number;
	/** A feed says that lots of an order were traded, at its price or at `ticks`. Returns 0 or the number of a reason. O(1). */
	execute(id: OrderId, lots: number, ticks?: number): number;
	/** `execute` for an id of two words. */
	executeWords(idLow: number, idHigh: number, lots: number, ticks?: number): number;
	/** A feed says that an order is gone: `cancel`. O(1). */
	delete(id: OrderId): boolean;
	/** `delete` for an id of two words. */
	deleteWords(idLow: number, idHigh: number): boolean;
	/**
	 * A feed says that an order was replaced by one of another id, price and quantity, on the same side: behind the others of
	 * its price. Returns 0 or the number of a reason. O(1).
	 */
	replaceBy(id: OrderId, newId: OrderId, ticks: number, lots: number): number;
	/** `replaceBy` for ids of two words. */
	replaceByWords(idLow: number, idHigh: number, newLow: number, newHigh: number, ticks: number, lots: number): number;
	/**
	 * A feed says that there was a trade with nothing that the book shows, as with a hidden order: it is the last price, and an
	 * event whose orders are unknown, and changes nothing else. `side` is the taker's. Returns 0 or the number of a reason.
	 * O(1). Allocates nothing.
	 */
	print(side: SideNumber, ticks: number, lots: number): number;
	/**
	 * A feed of levels says how many lots a price has now; 0: none. The level stands as one order without an id. Returns 0 or
	 * the number of a reason: `level-has-orders` where orders with ids stand. O(1). Allocates nothing.
	 */
	setLevel(side: SideNumber, ticks: number, lots: number): number;
	/**
	 * A feed of levels says by how many lots a price has changed, up or down: as `setLevel` to the sum. `quantity` where the
	 * sum is below 0 or no whole number: an update was lost. O(1). Allocates nothing.
	 */
	adjustLevel(side: SideNumber, ticks: number, lots: number): number;
	/** Drops all orders without an event for each. O(levels + ids' room). */
	clear(): void;

	// Events ------------------------------------------------------------------------------------------------------------

	/**
	 * Calls `handler` with an object for each such event, from now on; returns a function that ends that. O(handlers). Handlers are called
	 * in the order they came, when the book is whole: they may read it. A command from inside one throws
	 * {@link ReentryError}. What a handler throws is thrown by the command, once that is done.
	 *
	 * @throws {@link ArgumentError} for an event that there is not.
	 */
	on<E extends keyof BookEvents>(event: E, handler: (event: BookEvents[E]) => void): () => void;
	/**
	 * Makes `listener` the one that is called with plain numbers, before all handlers; null: nobody. O(1), no garbage. The last
	 * listener of a disposed book is held until that of another is: without one, an engine forgets the code that calls them.
	 *
	 * @throws {@link ArgumentError} for what is no object, or has a member by the name of an event that is no function;
	 * {@link ReentryError} from inside a listener.
	 */
	listen(listener: BookListener | null): void;
	/** How many events of orders there were. O(1). */
	readonly sequence: number;

	// Reads in decimals -------------------------------------------------------------------------------------------------

	/** The highest price that is bid. O(1). */
	readonly bestBid: number | undefined;
	/** The lowest price that is asked. O(1). */
	readonly bestAsk: number | undefined;
	/** `bestAsk` less `bestBid`; below 0 in a crossed book of a feed. O(1). */
	readonly spread: number | undefined;
	/** The middle between `bestBid` and `bestAsk`. O(1). */
	readonly mid: number | undefined;
	/** The best prices, each weighted by the other side's quantity. O(1). */
	readonly microprice: number | undefined;
	/** The price of the last trade. O(1). */
	readonly lastPrice: number | undefined;
	/** The best `levels` levels of both sides as objects; all without an argument. O(levels). Throws {@link ArgumentError} unless from 0. */
	depth(levels?: number): BookDepth;
	/** An order as an object, or undefined. O(1). */
	order(id: OrderId): RestingOrder | undefined;
	/** The orders of a side as objects, in priority. O(orders). */
	orders(side: SideNumber): RestingOrder[];
	/** What a market order of that side would trade now. O(levels). */
	costToFill(side: Side, quantity: Decimal): FillCost;
	/** The average price of the best `levels` levels of a side, weighted by quantity. O(levels). Throws as `depth`. */
	vwap(side: Side, levels: number): number | undefined;
	/** The bids' share of the quantity in the best `levels` levels, less the asks': -1 to 1. O(levels). Throws as `depth`. */
	imbalance(levels?: number): number;

	// Reads in ticks and lots; none allocates ---------------------------------------------------------------------------

	/** `bestBid` in ticks. O(1). */
	readonly bestBidTicks: number | undefined;
	/** `bestAsk` in ticks. O(1). */
	readonly bestAskTicks: number | undefined;
	/** The lots at the best bid; 0: none. O(1). */
	readonly bestBidLots: number;
	/** The lots at the best ask; 0: none. O(1). */
	readonly bestAskLots: number;
	/** `spread` in ticks. O(1). */
	readonly spreadTicks: number | undefined;
	/** Whether the best bid is not below the best ask: a feed's moment, or its fault. O(1). */
	readonly crossed: boolean;
	/** `lastPrice` in ticks. O(1). */
	readonly lastTicks: number | undefined;
	/** How many price levels buys have. O(1). */
	readonly bidLevels: number;
	/** How many price levels sells have. O(1). */
	readonly askLevels: number;
	/** How many orders are in the book; a level that was set counts as one. O(1). */
	readonly size: number;
	/** Whether there is none. O(1). */
	readonly empty: boolean;
	/** Whether an order of this id is in the book. O(1). */
	has(id: OrderId): boolean;
	/** The lots that an order has open; 0: there is none. O(1). */
	lotsOf(id: OrderId): number;
	/** The price of an order in ticks. O(1). */
	ticksOf(id: OrderId): number | undefined;
	/**
	 * Writes what is known of an order into `target`: side, ticks, lots, owner. Says whether it is in the book; where it is not,
	 * nothing is written. O(1).
	 *
	 * @throws {@link ArgumentError} for what is no id, and for a target that is no Float64Array of 4 numbers or more.
	 */
	orderInto(id: OrderId, target: Float64Array): boolean;
	/** How many orders stand before this one at its price. O(that many). */
	queuePosition(id: OrderId): number | undefined;
	/** The lots before this order at its price. O(orders before it). */
	lotsAhead(id: OrderId): number | undefined;
	/** The lots at a price. O(1). */
	lotsAt(side: SideNumber, ticks: number): number;
	/** The number of orders at a price. O(1). */
	ordersAt(side: SideNumber, ticks: number): number;
	/**
	 * The lots, at most `lots`, that an order of this side, and of this owner, could trade at `ticks` or better. O(levels), with
	 * an owner O(orders).
	 *
	 * @throws {@link ArgumentError} for ticks, lots (0 to 2^53 - 1) or an owner that are none.
	 */
	fillableLots(side: SideNumber, ticks: number, lots: number, owner?: number): number;
	/**
	 * The sum of ticks x lots of a market order; NaN where there are not so many lots, or where the sum is beyond 2^53 - 1 either
	 * way: see `costToFill` then. O(levels). Throws {@link ArgumentError} for lots that are no whole number from 0 to 2^53 - 1.
	 */
	costInTicks(side: SideNumber, lots: number): number;
	/**
	 * Writes the best levels of a side into `target`, three numbers each: ticks, lots, orders. Returns how many. O(levels).
	 * `most` bounds them; there are as many as fit without it.
	 *
	 * @throws {@link ArgumentError} for a target that is no Float64Array, or a `most` that is no number from 0.
	 */
	depthInto(side: SideNumber, target: Float64Array, most?: number): number;
	/**
	 * Writes what is a fraction into `target`, because a function that returns one makes garbage: `mid` and `microprice` in ticks,
	 * `imbalance(levels)`, and `vwap` of `levels` bids and asks in ticks. NaN where there is none. O(levels).
	 *
	 * @throws {@link ArgumentError} for a target that is no Float64Array of 5 numbers or more, or levels that are no number from 0.
	 */
	measuresInto(target: Float64Array, levels?: number): void;
	/**
	 * Writes the orders of a side into `target`, in priority, five numbers each: the words of the id from 0 to 2^32 - 1, low and
	 * high; ticks, lots, owner. Returns how many; `most` bounds them. An id of 0 is a level that was set. O(orders). Throws as
	 * `depthInto`.
	 */
	ordersInto(side: SideNumber, target: Float64Array, most?: number): number;
	/**
	 * Calls back for each level of a side, best first. The callback may give the book no command. O(levels). Throws
	 * {@link ArgumentError} for what is no function.
	 */
	forEachLevel(side: SideNumber, callback: (ticks: number, lots: number, orders: number) => void): void;
	/** Calls back for each order of a side, in priority. The callback may give the book no command. O(orders). Throws as `forEachLevel`. */
	forEachOrder(
		side: SideNumber,
		callback: (idLow: number, idHigh: number, ticks: number, lots: number, owner: number) => void,
	): void;

	// Conversions -------------------------------------------------------------------------------------------------------

	/** The tick size as text, in its shortest form. */
	readonly tickSize: string;
	/** The lot size as text, in its shortest form. */
	readonly lotSize: string;
	/** What happens where an order would trade with one of its own owner. */
	readonly selfTrade: SelfTrade;
	/** A price in ticks. O(digits). Throws {@link ArgumentError} for what is no multiple of the tick size within 32 bits. */
	toTicks(price: Decimal): number;
	/** A quantity in lots. O(digits). Throws {@link ArgumentError} for what is no multiple of the lot size from 0 to 2^53 - 1 lots. */
	toLots(quantity: Decimal): number;
	/** Ticks as an exact decimal. O(digits). */
	priceText(ticks: number): string;
	/** Lots as an exact decimal. O(digits). */
	quantityText(lots: number): string;

	// Threads -----------------------------------------------------------------------------------------------------------

	/**
	 * Hands the book to another thread, or shows it to others, with no copy: on a heap over a shared arena alone. O(1). Returns
	 * a handle to be posted there, for {@link FluxOrderBookConstructor.attach}; tick and lot size go with it.
	 *
	 * `'move'`: this book is unusable from now on, and whoever attaches the handle first has it, to give it commands and to dispose
	 * of it. Its listeners and its journal end with it here; there it begins without any.
	 *
	 * `'read'`: nobody changes it, this thread neither, until every thread that attached it has disposed of it and
	 * {@link FluxOrderBook.thaw} was called here. Until then commands, `on`, `listen`, `reserve` and `clear` throw
	 * {@link FrozenError}, and there are no events. Listeners stay, and hear of what comes after `thaw`.
	 *
	 * @throws {@link NotSharedError} on a heap that is not shared; {@link FrozenError} for a move of one that is read;
	 * {@link ArgumentError} for another mode, and for a move of a book on which a {@link MatchingEngine} or {@link TextIdOrders}
	 * stands; {@link ReentryError} from inside a listener or callback; {@link MovedError}, {@link DisposedError}.
	 */
	share(mode: ShareMode): ContainerHandle<'FluxOrderBook'>;
	/**
	 * Ends the sharing for reading: from now on the book takes commands here, and its handle is attached by nobody any more. O(1).
	 *
	 * @throws {@link FrozenError} while another thread has it attached, and for one that was attached here;
	 * {@link ReentryError} from inside a callback; {@link DisposedError}.
	 */
	thaw(): void;
	/** Whether the book is shared for reading: it is read, and changed by nobody. O(1). */
	readonly frozen: boolean;

	// Life --------------------------------------------------------------------------------------------------------------

	/** The heap that memory comes from. */
	readonly heap: Heap;
	/**
	 * Makes sure that the book can hold so many orders without taking memory for them or their ids. O(orders).
	 *
	 * @throws {@link ArgumentError} unless `orders` is a whole number from 0 to 2^27; {@link OutOfMemoryError}.
	 */
	reserve(orders: number): void;
	/**
	 * The book as bytes, to be read by `FluxOrderBook.restore`: orders in their priority, tick and lot size, the number of
	 * events. Equal books give equal bytes, whatever happened to them before. O(orders).
	 */
	snapshot(): Uint8Array<ArrayBuffer>;
	/**
	 * 32 hexadecimal digits that stand for `snapshot()`: its checksum, MurmurHash3_x86_128. Two books that were given the same
	 * commands have the same. O(orders).
	 */
	hash(): string;
	/**
	 * Gives `sink` the bytes of each command before it is done, beginning at once with a snapshot; null ends that. Put one after
	 * the other they are what `FluxOrderBook.replay` reads. Commands of all forms are written: those that match, those of feeds,
	 * `clear` and {@link uncross}. A command whose sink throws is not done. The bytes are valid during the call alone: 32 for a
	 * cancellation, 64 for an order. No garbage. Refused commands are among them, for refusals are events; mistakes that throw
	 * are not, and a command that found no memory is taken back by a record behind it. A book without a journal pays nothing.
	 * O(orders) for the snapshot, then O(1) a command.
	 *
	 * @throws {@link ArgumentError} for what is no function, and for a book on which a {@link MatchingEngine} stands, which has a
	 * journal of its own; what `sink` throws; {@link ReentryError}; {@link FrozenError}.
	 *
	 * @example
	 * ```ts
	 * import { FluxOrderBook } from '@flux/containers';
	 *
	 * const book = new FluxOrderBook({ tickSize: '0.01' });
	 * const written: Uint8Array[] = [];
	 * book.journal((bytes) => written.push(bytes.slice()));
	 * book.submitLimit(1, 'sell', 1_000, 5);
	 * const { book: again, commands } = FluxOrderBook.replay(Buffer.concat(written));
	 * console.log(commands, again.hash() === book.hash()); // 1 true
	 * ```
	 */
	journal(sink: JournalSink | null): void;
	/** `depth()`, for `JSON.stringify`. */
	toJSON(): BookDepth;
	/** Gives all memory back. O(levels). Later calls throw {@link DisposedError}; a second `dispose` does nothing. */
	dispose(): void;
	/** `dispose()`, for `using`. */
	[Symbol.dispose](): void;
	/** Checks every invariant of the book, its index, its pools and its arena. O(capacity). Throws {@link CorruptionError}. For tests. */
	validate(): void;
}

/** The constructor of books. */
export interface FluxOrderBookConstructor {
	/**
	 * An empty book. O(1); the first book of a heap also makes its code.
	 *
	 * @throws {@link ArgumentError} for a wrong option; {@link OutOfMemoryError}.
	 */
	new (options?: OrderBookOptions): FluxOrderBook;
	/**
	 * The book that `snapshot()` wrote, with its orders in their priority. Listeners are not part of it. O(orders).
	 *
	 * @throws {@link SnapshotError} for bytes that are no whole snapshot of a book; {@link OutOfMemoryError}. Nothing is held then.
	 */
	restore(bytes: Uint8Array, options?: { heap?: Heap }): FluxOrderBook;
	/**
	 * The book that a journal tells of: the snapshot that it begins with, and all its commands done again. The bytes may be cut
	 * off within the last command, as by a machine that stopped. O(commands).
	 *
	 * @throws {@link ArgumentError} for what are no bytes; {@link SnapshotError} where they are otherwise not what was written, or
	 * of an engine; {@link OutOfMemoryError}. Nothing is held then.
	 */
	replay(bytes: Uint8Array, options?: { heap?: Heap }): ReplayedBook;
	/**
	 * The book that another thread shared, in this one; no order is copied. O(1). Moved, it is this thread's from now on; shown,
	 * it reads alone, makes no word of memory change, and `dispose()` lets go of it. It has the tick size, lot size and rule for trades
	 * with oneself that it was made with, and no listener.
	 *
	 * @throws {@link HandleError} for a handle of another container, arena or release, or one that was taken before;
	 * {@link OwnerDiedError} where its owner has ended; {@link NotSharedError} for a heap that is not shared; {@link ArgumentError}
	 * without one.
	 *
	 * @example
	 * ```ts
	 * import { Arena, Heap } from '@flux/core';
	 * import { FluxOrderBook } from '@flux/containers';
	 *
	 * const arena = new Arena({ shared: true, maxBytes: 1 << 26 });
	 * const book = new FluxOrderBook({ tickSize: '0.01', heap: new Heap(arena) });
	 * book.submit({ id: 1, side: 'sell', price: '10.25', quantity: 5 });
	 * const handle = book.share('move'); // to be posted
	 *
	 * const there = new Heap(Arena.attach(arena.share())); // in a program: in a worker
	 * console.log(FluxOrderBook.attach(handle, { heap: there }).bestAsk); // 10.25
	 * ```
	 */
	attach(handle: ContainerHandle<'FluxOrderBook'>, options: AttachOptions): FluxOrderBook;
	/** What all books inherit from. */
	readonly prototype: FluxOrderBook;
}

class AnyFluxOrderBook {
	constructor(options?: OrderBookOptions) {
		if (new.target !== AnyFluxOrderBook) {
			throw new ArgumentError(
				'FluxOrderBook was extended, and each heap has a class of its own; hold a book in a field instead',
			);
		}
		// biome-ignore lint/correctness/noConstructorReturn: the class of these books stands in for the one that was called
		return openBookWith(options) as unknown as AnyFluxOrderBook;
	}

	static restore(bytes: Uint8Array, options?: { heap?: Heap }): FluxOrderBook {
		const { terms, fill } = openBook(bytes);
		const { heap } = readOptions(options);
		const book = openOn(heap, terms.tickSize, terms.lotSize, terms.self);
		try {
			fill(book);
		} catch (error) {
			book.dispose();
			throw error;
		}
		return book as unknown as FluxOrderBook;
	}

	static replay(bytes: Uint8Array, options?: { heap?: Heap }): ReplayedBook {
		if (!ArrayBuffer.isView(bytes))
			throw new ArgumentError(
				`replay was given ${internals.describe(bytes)} for its bytes; pass the Uint8Array of a journal`,
			);
		const { start, torn, replay } = readBookJournal(bytes);
		const book = AnyFluxOrderBook.restore(start, options);
		try {
			return { book, commands: replay(book as unknown as FriendlyBook), torn };
		} catch (error) {
			book.dispose();
			throw error;
		}
	}

	static attach(handle: ContainerHandle, options: AttachOptions): FluxOrderBook {
		return attachBook(handle, options, AnyFluxOrderBook.prototype) as unknown as FluxOrderBook;
	}

	share(mode: ShareMode): ContainerHandle {
		return shareBook(this as unknown as FriendlyBook, mode);
	}

	thaw(): void {
		thawBook(this as unknown as FriendlyBook);
	}

	get frozen(): boolean {
		return isFrozen(this);
	}

	journal(sink: JournalSink | null): void {
		journalBook(this as unknown as FriendlyBook, sink);
	}
}

const OPTIONS = ['tickSize', 'lotSize', 'selfTrade', 'heap'];

function openBookWith(options: OrderBookOptions | undefined): FriendlyBook {
	if (options !== undefined && (typeof options !== 'object' || options === null))
		throw new ArgumentError(
			`the options are ${internals.describe(options)}; pass an object such as { tickSize: '0.01' }`,
		);
	for (const name of Object.keys(options ?? {})) {
		if (!OPTIONS.includes(name))
			throw new ArgumentError(`the option ${name} is unknown; the options are ${OPTIONS.join(', ')}`);
	}
	const { tickSize = '1', lotSize = '1', selfTrade = 'allow' } = options ?? {};
	const { heap } = readOptions(pick(options));
	if (!SELF_TRADE_NAMES.includes(selfTrade))
		throw new ArgumentError(
			`selfTrade is ${internals.describe(selfTrade)}; pass one of ${SELF_TRADE_NAMES.join(', ')}`,
		);
	const price = new Step(tickSize, 'tickSize');
	const quantity = new Step(lotSize, 'lotSize');
	return openOn(heap, price, quantity, SELF_TRADE[selfTrade]);
}

function openOn(heap: Heap, price: Step, quantity: Step, self: number): FriendlyBook {
	const Book = bookClass(heap, AnyFluxOrderBook.prototype);
	return new Book(heap, { price, quantity, self });
}

/** The option that all containers have. */
function pick(options: { heap?: Heap } | undefined): { heap?: Heap } {
	return options?.heap === undefined ? {} : { heap: options.heap };
}

/** The book; see the interface of this name for what it does. */
export const FluxOrderBook: FluxOrderBookConstructor = AnyFluxOrderBook as unknown as FluxOrderBookConstructor;
Object.defineProperty(AnyFluxOrderBook, 'name', { value: 'FluxOrderBook' });
