import { ArgumentError, CorruptionError, type Heap, internals, OutOfMemoryError } from '@flux/core';
import { readOptions } from '../../common/container-options.js';
import { isInstance } from '../../common/is-instance.js';
import { isJournaled } from '../book-journal.js';
import { leaveBook, standOn, standsOn } from '../book-owners.js';
import { checkFilter, type FriendlyBook } from '../friendly-calls.js';
import type { JournalSink } from '../journal-records.js';
import { FOK, IOC, MARKET, POST_ONLY } from '../layout.js';
import { type CancelFilter, type Decimal, FluxOrderBook, type OrderId, type SideNumber } from '../order-book.js';
import type { AuctionOptions, AuctionResult } from './auction.js';
import { auctionResult, lotsOf, referenceOf } from './auction-price.js';
import { EngineCore } from './engine-core.js';
import { openEngine, saveEngine } from './engine-snapshot.js';
import type { EngineChange, EngineOpenOrder, EngineOrder, EngineResult, TriggeredOrder } from './engine-types.js';
import { END_OF_TIME, EntryReader, entryOf } from './entry.js';
import { JournalWriter, readJournal } from './journal.js';
import { openOrderOf } from './open-order.js';
import { openParts } from './parts.js';

export type {
	EngineChange,
	EngineOpenOrder,
	EngineOrder,
	EngineResult,
	EngineTerms,
	NotionalOrder,
	TriggeredOrder,
} from './engine-types.js';

/** The state of an engine that is being restored, for its constructor. */
let opened: EngineCore | undefined;

/** An engine that was made of a journal. */
export interface ReplayedEngine {
	/** The engine, in the state behind the last command. */
	engine: MatchingEngine;
	/** How many commands there were. */
	commands: number;
	/** Bytes at the end that are no whole command: what was being written when the machine stopped. */
	torn: number;
}

/**
 * A book with what lies above plain matching: iceberg and hidden orders, all-or-none, stop, stop-limit and trailing stop
 * orders, market orders by amount, minimum quantities, reduce-only, good till date and day orders by a clock of your own, and
 * orders of which one cancels the other. The book knows nothing of it, and where there are none of them, orders go straight to
 * the book.
 *
 * All orders of the book go through the engine, and events come from the book. What a command sets off happens within the
 * call: what its trades did to others (partners, positions, orders that trade whole), then stop orders in the order in which
 * trades reached them; of one trade buys from the lowest stop price, then sells from the highest, then by time. The same
 * commands give the same events.
 *
 * The state of the engine is slab memory of the book's heap. A book on which an engine stands is not moved to another thread
 * (`share('move')` throws {@link ArgumentError}); the engine's `snapshot()` is what goes.
 *
 * @example
 * ```ts
 * import { FluxOrderBook, MatchingEngine } from '@flux/containers';
 *
 * const book = new FluxOrderBook({ tickSize: '0.01' });
 * const engine = new MatchingEngine(book);
 * engine.submit({ id: 1, side: 'sell', price: '10.00', quantity: 50, displayQuantity: 5 }); // an iceberg order
 * engine.submit({ id: 2, side: 'sell', price: '10.05', quantity: 5, expires: 100 });
 * engine.submit({ id: 3, side: 'buy', type: 'market', quantity: 4, stopPrice: '10.00' }); // a stop order
 * console.log(book.bestAskLots, engine.submit({ id: 4, side: 'buy', price: '10.00', quantity: 12 }).filled); // 5 12
 * console.log(engine.waiting, engine.openOf(1), book.bestAskLots); // 0 34 4: order 3 was triggered
 * console.log(engine.advance(100), book.has(2)); // 1 false
 * ```
 */
export class MatchingEngine {
	/** The book. Read it as you like; give commands to the engine. */
	readonly book: FluxOrderBook;
	/** The same, with what it does not show. */
	readonly #inside: FriendlyBook;
	readonly #reader: EntryReader;
	readonly #core: EngineCore;
	#journal: JournalWriter | undefined;

	/** An engine over a book, whose clock says 0. O(1). Throws {@link ArgumentError} for what is no book, or has an engine or a journal. */
	constructor(book: FluxOrderBook) {
		if (!isInstance(book, FluxOrderBook))
			throw new ArgumentError(`the book is ${internals.describe(book)}; pass a FluxOrderBook`);
		if (standsOn(book, 'MatchingEngine'))
			throw new ArgumentError('an engine stands on this FluxOrderBook; dispose() of it, or use that one');
		if (isJournaled(book))
			throw new ArgumentError('this FluxOrderBook has a journal; end it by journal(null), and use that of the engine');
		this.book = book;
		this.#inside = book as unknown as FriendlyBook;
		this.#reader = new EntryReader(this.#inside);
		this.#core = opened ?? new EngineCore(this.#inside, openParts(book.heap));
		opened = undefined;
		standOn(book, this, 'MatchingEngine');
	}

	// State -------------------------------------------------------------------------------------------------------------

	/** What the clock says. */
	get time(): number {
		return this.#core.time;
	}

	/** Whether an auction is called: `startAuction()` was, and `uncross()` was not yet. */
	get isAuction(): boolean {
		return this.#core.isCalling;
	}

	/** How many stop orders wait. O(1). */
	get waiting(): number {
		this.#core.checkAlive();
		return this.#core.stops.terms.size;
	}

	/** Whether an order is in the book, shown or not, or waits. O(1). */
	has(id: OrderId): boolean {
		this.#core.checkAlive();
		const { low, high } = this.#words(id);
		return this.#core.has(low, high);
	}

	/** The quantity of an order that is open, in the book, shown or not, or waiting; 0: there is none. O(1). */
	openOf(id: OrderId): number {
		this.#core.checkAlive();
		const { low, high } = this.#words(id);
		return this.#inside.quantityStep.toNumber(this.#core.openOf(low, high));
	}

	/** An order as an object, wherever it is: in the book, shown or not, or waiting; undefined: there is none. O(1). */
	order(id: OrderId): EngineOpenOrder | undefined {
		this.#core.checkAlive();
		const { low, high } = this.#words(id);
		return openOrderOf(this.#core, low, high);
	}

	/** The price that an order waits for; undefined where it does not wait. O(1). */
	stopPriceOf(id: OrderId): number | undefined {
		this.#core.checkAlive();
		const stop = this.#core.stops.terms.get(this.#reader.id(id))?.stop;
		return stop === undefined ? undefined : this.#inside.priceStep.toNumber(stop);
	}

	/**
	 * The position of an owner: above 0 bought, below 0 sold; undefined where none was set. O(1).
	 *
	 * @throws {@link ArgumentError} for what is no owner, and for a position of more than 2^53 - 1 lots, which no number has
	 * exactly: see `positionText`.
	 */
	position(owner: number): number | undefined {
		this.#core.checkAlive();
		const lots = this.#core.positions.get(this.#inside.ownerOf(owner));
		if (lots === undefined) return undefined;
		if (Number.isSafeInteger(Number(lots))) return this.#inside.quantityStep.toNumber(Number(lots));
		throw new ArgumentError(`the position of owner ${owner} is of ${lots} lots; read it by positionText()`);
	}

	/** The position of an owner as an exact decimal, however large. O(digits). Throws {@link ArgumentError} for what is no owner. */
	positionText(owner: number): string | undefined {
		this.#core.checkAlive();
		const lots = this.#core.positions.get(this.#inside.ownerOf(owner));
		return lots === undefined ? undefined : this.#inside.quantityStep.toText(lots);
	}

	/** Calls `handler` when a stop order has gone into the book; returns a function that ends that. O(handlers). */
	onTriggered(handler: (event: TriggeredOrder) => void): () => void {
		if (typeof handler !== 'function')
			throw new ArgumentError(`the handler is ${internals.describe(handler)}; pass a function`);
		const own = (event: TriggeredOrder) => handler(event);
		this.#core.triggered.add(own);
		return () => this.#core.triggered.delete(own);
	}

	// Commands ----------------------------------------------------------------------------------------------------------

	/**
	 * An order, as `FluxOrderBook.submit`, with the terms of {@link EngineTerms}. O(1) per trade, level and order triggered; what
	 * must be filled at once, or in part, is O(levels) or O(orders) beside.
	 *
	 * Refused as the book refuses, and with `not-enough` where the minimum quantity cannot be traded, `no-liquidity` where an
	 * amount buys nothing, `reduce-only` where there is no position to reduce, `past-time` where `expires` is not ahead of the
	 * clock, `unknown-id` where the order to be cancelled is not there, `terms` where what is asked excludes itself.
	 *
	 * @throws {@link ArgumentError} for what is no order at all; {@link ReentryError}; {@link OutOfMemoryError}.
	 */
	submit(order: EngineOrder): EngineResult {
		this.#core.enter();
		const entry = this.#reader.read(order);
		return this.#write(
			(journal) => journal.submit(entry),
			() => this.#core.submit(entry),
		);
	}

	/** Cancels an order, in the book or waiting; says whether it was there. O(1). Throws as `FluxOrderBook.cancel`. */
	cancel(id: OrderId): boolean {
		this.#core.enter();
		this.#inside.readId(id);
		return this.#cancel();
	}

	/**
	 * Cancels all orders, or those that a filter names: what is shown, then what is not, then what waits, whose stop prices
	 * the bounds speak of; buys first, best price first. Returns how many. O(orders looked at).
	 *
	 * @throws as `FluxOrderBook.cancelAll`.
	 */
	cancelAll(filter: CancelFilter = {}): number {
		this.#core.enter();
		checkFilter(filter);
		const { side, owner = 0, minPrice, maxPrice } = filter;
		const only = side === undefined ? -1 : this.#inside.sideNumber(side);
		const from = minPrice === undefined ? -(2 ** 31) : this.#inside.boundOf(minPrice, 'minPrice');
		const to = maxPrice === undefined ? 2 ** 31 - 1 : this.#inside.boundOf(maxPrice, 'maxPrice');
		const whose = this.#inside.ownerOf(owner);
		return this.#write(
			(journal) => journal.cancelOrders(only, whose, from, to),
			() => this.#core.cancelOrders(only, whose, from, to),
		);
	}

	/**
	 * Gives an order another price or quantity, as `FluxOrderBook.replace`; one that waits, another limit, quantity or stop
	 * price. What it trades may trigger others. O(1) per trade, level and order triggered. Throws as that.
	 */
	replace(id: OrderId, change: EngineChange): EngineResult {
		this.#core.enter();
		const { low, high } = this.#words(id);
		if (typeof change !== 'object' || change === null)
			throw new ArgumentError(
				`the change is ${internals.describe(change)}; pass an object such as { price: '101.30' }`,
			);
		const { price, quantity, stopPrice } = change;
		if ((price ?? quantity ?? stopPrice) === undefined)
			throw new ArgumentError('replace was given neither a price nor a quantity; pass one of them or both');
		const ticks = price === undefined ? undefined : this.#reader.ticksOf(price);
		const lots = quantity === undefined ? undefined : this.#reader.lotsOf(quantity, 'the quantity');
		const stop = stopPrice === undefined ? undefined : this.#inside.boundOf(stopPrice, 'stopPrice');
		return this.#write(
			(journal) => journal.replace(low, high, ticks, lots, stop),
			() => this.#core.replace(low, high, ticks, lots, stop),
		);
	}

	/** Takes a quantity from an order, which keeps its place; what an iceberg order does not show goes first. O(1). Throws as `replace`. */
	reduce(id: OrderId, quantity: Decimal): EngineResult {
		this.#core.enter();
		const { low, high } = this.#words(id);
		const lots = this.#reader.lotsOf(quantity, 'the quantity');
		return this.#write(
			(journal) => journal.reduce(low, high, lots),
			() => this.#core.reduce(low, high, lots),
		);
	}

	// Commands in ticks and lots ----------------------------------------------------------------------------------------

	/**
	 * `FluxOrderBook.submitLimit` through the engine: a limit order whose only terms are `flags` and `owner`. Allocates nothing
	 * while the engine has no other orders than such, no position and no journal. O(1) per trade and level. Throws as that.
	 */
	submitLimit(id: OrderId, side: SideNumber, ticks: number, lots: number, flags = 0, owner = 0): number {
		this.#core.enter();
		this.#inside.readId(id);
		return this.#plain(side, numberOf(ticks), numberOf(lots), termsOf(flags), numberOf(owner));
	}

	/** `submitLimit` for an id of two words of 32 bits, signed or not. */
	submitLimitWords(
		idLow: number,
		idHigh: number,
		side: SideNumber,
		ticks: number,
		lots: number,
		flags = 0,
		owner = 0,
	): number {
		this.#core.enter();
		this.#readWords(idLow, idHigh);
		return this.#plain(side, numberOf(ticks), numberOf(lots), termsOf(flags), numberOf(owner));
	}

	/** `FluxOrderBook.submitMarket` through the engine, as `submitLimit`. O(1) per trade and level. */
	submitMarket(id: OrderId, side: SideNumber, lots: number, flags = 0, owner = 0): number {
		this.#core.enter();
		this.#inside.readId(id);
		return this.#plain(side, 0, numberOf(lots), termsOf(flags) | MARKET, numberOf(owner));
	}

	/** `submitMarket` for an id of two words. */
	submitMarketWords(idLow: number, idHigh: number, side: SideNumber, lots: number, flags = 0, owner = 0): number {
		this.#core.enter();
		this.#readWords(idLow, idHigh);
		return this.#plain(side, 0, numberOf(lots), termsOf(flags) | MARKET, numberOf(owner));
	}

	/** `cancel` for an id of two words. Allocates nothing where `submitLimit` does not. */
	cancelWords(idLow: number, idHigh: number): boolean {
		this.#core.enter();
		this.#readWords(idLow, idHigh);
		return this.#cancel();
	}

	/** `replace` in ticks and lots. O(1) per trade and level. Returns 0 or the number of a reason. Allocates nothing where `submitLimit` does not. */
	replaceLots(id: OrderId, ticks: number, lots: number): number {
		this.#core.enter();
		this.#inside.readId(id);
		return this.#change(numberOf(ticks), numberOf(lots));
	}

	/** `replaceLots` for an id of two words. */
	replaceLotsWords(idLow: number, idHigh: number, ticks: number, lots: number): number {
		this.#core.enter();
		this.#readWords(idLow, idHigh);
		return this.#change(numberOf(ticks), numberOf(lots));
	}

	/** `reduce` in lots. Returns 0 or the number of a reason. Allocates nothing where `submitLimit` does not. */
	reduceLots(id: OrderId, lots: number): number {
		this.#core.enter();
		this.#inside.readId(id);
		return this.#lessen(numberOf(lots));
	}

	/** `reduceLots` for an id of two words. */
	reduceLotsWords(idLow: number, idHigh: number, lots: number): number {
		this.#core.enter();
		this.#readWords(idLow, idHigh);
		return this.#lessen(numberOf(lots));
	}

	/**
	 * Says what position an owner has: above 0 bought, below 0 sold. From now on the trades of the owner's orders change it,
	 * and orders that are `reduceOnly` are kept within it: such an order is accepted for what the others of its side leave, and
	 * when the position shrinks they do as well, the newest first. O(1), and O(orders of the owner that are reduce-only).
	 *
	 * @throws {@link ArgumentError} for an owner or quantity that is none; {@link ReentryError}; {@link OutOfMemoryError}.
	 */
	setPosition(owner: number, quantity: Decimal): void {
		this.#core.enter();
		const whose = this.#inside.ownerOf(owner);
		const lots = this.#inside.quantityStep.stepsOf(quantity, 'the quantity');
		if (whose === 0 || Number.isNaN(lots))
			throw new ArgumentError(
				`the position of owner ${owner} is ${internals.describe(quantity)}; pass an owner from 1 and a multiple of ${this.book.lotSize}`,
			);
		this.#write(
			(journal) => journal.setPosition(whose, lots),
			() => this.#core.setPosition(whose, lots),
		);
	}

	/**
	 * Moves the clock, and ends the orders whose time has come, the earliest first. Returns how many. O(orders ended).
	 *
	 * @throws {@link ArgumentError} unless `time` is a whole number up to 2^32 - 2, and not before what the clock says.
	 */
	advance(time: number): number {
		if (!(Number.isInteger(time) && time >= this.#core.time && time < END_OF_TIME))
			throw new ArgumentError(
				`the time is ${internals.describe(time)}; pass a whole number from ${this.#core.time} to 2^32 - 2, such as Unix seconds`,
			);
		this.#core.enter();
		return this.#write(
			(journal) => journal.advance(time),
			() => this.#core.advance(time),
		);
	}

	/** Ends the day orders. Returns how many. O(orders ended). The clock stays. */
	endDay(): number {
		this.#core.enter();
		return this.#write(
			(journal) => journal.endDay(),
			() => this.#core.endDay(),
		);
	}

	// Auctions ----------------------------------------------------------------------------------------------------------

	/**
	 * Calls an auction: from now on orders come and go, and none trades until `uncross()`. O(1). One that is called already goes on.
	 *
	 * Meanwhile market orders wait, and limit orders with `IOC`: both are for the auction alone, not shown, and what is left of
	 * them then is cancelled (market and limit on open or close). Post-only orders are accepted. What must trade at once is refused:
	 * `FOK` and `minQuantity` with `not-enough`, `notional` with `no-liquidity`. The book crosses, and `book.crossed` says so.
	 *
	 * @throws {@link ReentryError}.
	 */
	startAuction(): void {
		this.#core.enter();
		this.#write(
			(journal) => journal.startAuction(),
			() => this.#core.startAuction(),
		);
	}

	/**
	 * The price and volume that `uncross` would come to now; undefined: nobody would trade. Changes nothing. It tells of what is not
	 * shown, as the indicative prices of exchanges do. O(levels that cross), and O(their orders) where there are icebergs.
	 *
	 * @throws {@link ArgumentError} for a reference that is no price of the book, or more lots than 2^53 - 1.
	 */
	auctionPrice(options: AuctionOptions = {}): AuctionResult | undefined {
		this.#core.checkAlive();
		this.#inside.checkAlive();
		const found = this.#core.call.price(referenceOf(this.#inside, options));
		return found && auctionResult(this.#inside, found, lotsOf(found));
	}

	/**
	 * Ends an auction: all that crosses trades at one price, and trading goes on. Returns what it came to; undefined: nobody traded.
	 * O(levels that cross + trades + orders triggered).
	 *
	 * The price is that of the free function {@link uncross}. Market orders, which take any price, trade first; where there is no
	 * limit at all, they trade at the reference, or at the last price. At one price what is shown trades before what is for the
	 * auction alone, and that before what is hidden; among those first come first. An iceberg order takes part with all of its
	 * quantity, in the place of what it shows; when it has traded more than that, it shows another part behind the others. Orders that
	 * trade whole or not at all take no part, and go on looking for others behind it. Orders of one owner trade with each other.
	 *
	 * Each trade is one event, with the sell order for the maker. Stop orders, partners and positions follow when all have traded. An
	 * order that may only reduce a position is cut where trades before its own have made that smaller; then less trades.
	 *
	 * Source: Xetra, "Market Model": principle of highest volume; price/time priority, with visibility before time for hidden
	 * orders; iceberg orders take part in auctions with their overall volume; stop orders are triggered by the price of an auction.
	 *
	 * @throws {@link ArgumentError} for a reference that is no price of the book, or more lots than 2^53 - 1; {@link ReentryError}.
	 *
	 * @example
	 * ```ts
	 * import { FluxOrderBook, MatchingEngine } from '@flux/containers';
	 *
	 * const engine = new MatchingEngine(new FluxOrderBook({ tickSize: '0.01' }));
	 * engine.startAuction();
	 * engine.submit({ id: 1, side: 'sell', price: '10.00', quantity: 50, displayQuantity: 5 });
	 * engine.submit({ id: 2, side: 'buy', price: '10.05', quantity: 20 });
	 * engine.submit({ id: 3, side: 'buy', type: 'market', quantity: 10 });
	 * console.log(engine.book.bestAskLots, engine.auctionPrice()?.lots); // 5 30
	 * console.log(engine.uncross()); // { price: 10, ticks: 1000, quantity: 30, lots: 30, surplusSide: 'sell', surplus: 20 }
	 * console.log(engine.openOf(1), engine.book.bestAskLots, engine.isAuction); // 20 5 false
	 * ```
	 */
	uncross(options: AuctionOptions = {}): AuctionResult | undefined {
		this.#core.enter();
		const reference = referenceOf(this.#inside, options);
		const found = this.#core.call.price(reference);
		if (found !== undefined) lotsOf(found);
		const lots = this.#write(
			(journal) => journal.uncross(reference),
			() => this.#core.uncross(found),
		);
		return found && auctionResult(this.#inside, found, lots);
	}

	// Keeping it --------------------------------------------------------------------------------------------------------

	/**
	 * The engine and its book as bytes, to be read by `MatchingEngine.restore`: all orders in their priority, what waits, the
	 * clock and positions. Listeners and a journal are not part of it. O(orders).
	 */
	snapshot(): Uint8Array<ArrayBuffer> {
		this.#core.enter();
		return saveEngine(this.#core);
	}

	/**
	 * 32 hexadecimal digits that stand for `snapshot()`: its checksum, MurmurHash3_x86_128. Two engines that were given the same
	 * commands have the same. O(orders).
	 */
	hash(): string {
		return internals.snapshotHash(this.snapshot());
	}

	/**
	 * Gives `sink` the bytes of each command before it is done, beginning at once with a snapshot; null ends that. Put one after
	 * the other they are what `MatchingEngine.replay` reads. A command whose sink throws is not done. The bytes are valid
	 * during the call alone. About 130 bytes an order, 24 a cancellation; no garbage beside the engine's own. Refused commands
	 * are among them, for refusals are events; mistakes that throw are not, and a command that found no memory is taken back by a
	 * record behind it. So is told which of the stop orders that it set off found none: `replay` cancels these, and no other, with
	 * whatever memory. O(orders) for the snapshot, then O(1) a command.
	 *
	 * @throws {@link ArgumentError} for what is no function; what `sink` throws; {@link ReentryError}.
	 *
	 * @example
	 * ```ts
	 * import { FluxOrderBook, MatchingEngine } from '@flux/containers';
	 *
	 * const engine = new MatchingEngine(new FluxOrderBook({ tickSize: '0.01' }));
	 * const written: Uint8Array[] = [];
	 * engine.journal((bytes) => written.push(bytes.slice()));
	 * engine.submit({ id: 1, side: 'sell', price: '10.00', quantity: 5, hidden: true });
	 * const { engine: again, commands } = MatchingEngine.replay(Buffer.concat(written));
	 * console.log(commands, again.hash() === engine.hash()); // 1 true
	 * ```
	 */
	journal(sink: JournalSink | null): void {
		this.#core.enter();
		if (sink !== null && typeof sink !== 'function')
			throw new ArgumentError(`the sink is ${internals.describe(sink)}; pass a function that takes bytes, or null`);
		if (sink === null) {
			this.#journal = undefined;
			return;
		}
		const core = this.#core;
		const guarded: JournalSink = (bytes) => {
			core.isWriting = true;
			try {
				sink(bytes);
			} finally {
				core.isWriting = false;
			}
		};
		this.#journal = new JournalWriter(guarded, this.snapshot());
		// What the command before left out is in the snapshot.
		core.steps.begin();
	}

	/**
	 * The engine that `snapshot()` wrote, with a book of its own. O(orders).
	 *
	 * @throws {@link SnapshotError} for bytes that are no whole snapshot of an engine; {@link OutOfMemoryError}. Nothing is held then.
	 */
	static restore(bytes: Uint8Array, options?: { heap?: Heap }): MatchingEngine {
		return MatchingEngine.#over(openEngine(bytes, readOptions(options).heap));
	}

	/**
	 * The engine that a journal tells of: the snapshot that it begins with, and all its commands done again. The bytes may be cut
	 * off within the last command, as by a machine that stopped. O(commands).
	 *
	 * @throws {@link ArgumentError} for what are no bytes; {@link SnapshotError} where they are otherwise not what was written;
	 *   {@link OutOfMemoryError}. Nothing is held then.
	 */
	static replay(bytes: Uint8Array, options?: { heap?: Heap }): ReplayedEngine {
		if (!ArrayBuffer.isView(bytes))
			throw new ArgumentError(
				`replay was given ${internals.describe(bytes)} for its bytes; pass the Uint8Array of a journal`,
			);
		const { start, torn, replay } = readJournal(bytes);
		const engine = MatchingEngine.restore(start, options);
		try {
			return { engine, commands: replay(engine.#core), torn };
		} catch (error) {
			engine.dispose();
			engine.book.dispose();
			throw error;
		}
	}

	static #over(core: EngineCore): MatchingEngine {
		opened = core;
		return new MatchingEngine(core.inside as unknown as FluxOrderBook);
	}

	/** Checks every invariant of the engine and its book. O(capacity). Throws {@link CorruptionError}. For tests. */
	validate(): void {
		this.#core.checkAlive();
		this.book.validate();
		const faults = this.#core.faults();
		if (faults.length > 0) throw new CorruptionError(faults.join('; '));
	}

	/**
	 * Gives the engine's memory back, and with it what is not shown or waits; the book stays. O(orders). Later calls throw
	 * {@link DisposedError}; a second `dispose` does nothing. Throws {@link ReentryError} from inside a listener.
	 */
	dispose(): void {
		this.#core.dispose();
		leaveBook(this.book, this);
	}

	/** `dispose()`, for `using`. O(orders). */
	[internals.symbolDispose](): void {
		this.dispose();
	}

	// About the order whose id was read last ---------------------------------------------------------------------------

	/** Puts the words of an id where `readId` puts them. */
	#readWords(idLow: number, idHigh: number): void {
		const inside = this.#inside;
		const low = inside.wordOf(idLow);
		const high = inside.wordOf(idHigh);
		inside.checkWords(low, high);
		inside.idLow = low;
		inside.idHigh = high;
	}

	#plain(side: SideNumber, ticks: number, lots: number, flags: number, owner: number): number {
		const { idLow, idHigh } = this.#inside;
		const number = typeof side === 'number' ? side : this.#inside.sideOf(side);
		if (this.#journal === undefined) return this.#core.plain(idLow, idHigh, number, ticks, lots, flags, owner);
		return this.#write(
			(journal) => journal.submit(entryOf(idLow, idHigh, number, ticks, lots, flags, owner)),
			() => this.#core.plain(idLow, idHigh, number, ticks, lots, flags, owner),
		);
	}

	#cancel(): boolean {
		const { idLow, idHigh } = this.#inside;
		if (this.#journal === undefined) return this.#core.cancel(idLow, idHigh);
		return this.#write(
			(journal) => journal.cancel(idLow, idHigh),
			() => this.#core.cancel(idLow, idHigh),
		);
	}

	#change(ticks: number, lots: number): number {
		const { idLow, idHigh } = this.#inside;
		if (this.#journal === undefined) return this.#core.change(idLow, idHigh, ticks, lots);
		return this.#write(
			(journal) => journal.replace(idLow, idHigh, ticks, lots),
			() => this.#core.change(idLow, idHigh, ticks, lots),
		);
	}

	#lessen(lots: number): number {
		const { idLow, idHigh } = this.#inside;
		if (this.#journal === undefined) return this.#core.lessen(idLow, idHigh, lots);
		return this.#write(
			(journal) => journal.reduce(idLow, idHigh, lots),
			() => this.#core.lessen(idLow, idHigh, lots),
		);
	}

	/**
	 * Writes a command down, where that is asked for, and does it. One that found no memory has changed nothing, and is taken back;
	 * behind one that left steps out for want of memory stands which.
	 */
	#write<R>(write: (journal: JournalWriter) => void, command: () => R): R {
		const journal = this.#journal;
		if (journal === undefined) return command();
		const { sequence } = this.book;
		write(journal);
		try {
			return command();
		} catch (error) {
			// A listener may have thrown it: then there were events.
			if (error instanceof OutOfMemoryError && this.book.sequence === sequence) journal.undo();
			throw error;
		} finally {
			const { short } = this.#core.steps;
			if (short.length > 0) journal.short(short.splice(0));
		}
	}

	#words(id: OrderId): { low: number; high: number } {
		this.#inside.readId(id);
		return { low: this.#inside.idLow, high: this.#inside.idHigh };
	}
}

/** The flags of a call in ticks and lots; for those that it does not take, two that exclude each other, and are refused. */
function termsOf(flags: number): number {
	return typeof flags === 'number' && (flags & (IOC | FOK | POST_ONLY)) === flags ? flags : IOC | FOK;
}

/** What is no number is refused, and so that a journal tells of the same: it holds numbers alone. */
function numberOf(value: unknown): number {
	return typeof value === 'number' ? value : Number.NaN;
}
