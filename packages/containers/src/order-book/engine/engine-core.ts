import { DisposedError } from '@flux/core';
import { bookFaults } from '../book-faults.js';
import type { FriendlyBook } from '../friendly-calls.js';
import { idOf } from '../friendly-events.js';
import * as words from '../layout.js';
import type { OrderId } from '../order-book.js';
import { REASONS, reasonName } from '../terms.js';
import type { AuctionPrice } from './auction-price.js';
import { Call } from './call.js';
import { Endings } from './endings.js';
import type { EngineResult, TriggeredOrder } from './engine-types.js';
import { AT_ONCE, checkEntry, type Entry, entryOf, MOST_PEAKS } from './entry.js';
import { MemorySteps } from './memory-steps.js';
import { Offers, type Witness } from './offers.js';
import { Partners } from './partners.js';
import { disposeParts, type EngineParts } from './parts.js';
import { Positions } from './positions.js';
import { Stops } from './stops.js';

/** The key that any order reaches which takes any price. */
const FURTHEST = 0x7fffffff;
/** The terms that the book itself knows. */
const OF_BOOK = words.IOC | words.FOK | words.POST_ONLY | words.MARKET;

/**
 * What an engine does, in ticks and lots: orders that come, orders that are here, and what follows from a command. It is
 * given sound calls alone; `MatchingEngine` sees to that.
 */
export class EngineCore {
	/** The book, with what it does not show. */
	readonly inside: FriendlyBook;
	readonly parts: EngineParts;
	readonly offers: Offers;
	readonly call: Call;
	readonly stops: Stops;
	readonly endings: Endings;
	readonly partners: Partners;
	readonly positions: Positions;
	/** What a command may leave out for want of memory. */
	readonly steps = new MemorySteps();
	readonly triggered = new Set<(event: TriggeredOrder) => void>();
	time = 0;
	/** Whether an auction is called: orders come, and none trades. */
	isCalling = false;
	/** Whether a command is being written into a journal: it comes before any other. */
	isWriting = false;
	/** Orders that are to go because their partner traded or ended. */
	readonly #doomed: bigint[] = [];
	/** Whether a command is under way, or none is to come any more. */
	#busy = false;
	#isDisposed = false;
	/** Whether the order of this command was taken on, so that it cannot be undone. */
	#isIn = false;

	constructor(book: FriendlyBook, parts: EngineParts) {
		this.inside = book;
		this.parts = parts;
		this.stops = new Stops(parts, this.steps);
		this.endings = new Endings(parts);
		this.partners = new Partners(parts);
		this.positions = new Positions(parts);
		const witness: Witness = {
			traded: (makerLow, makerHigh, makerOwner, takerLow, takerHigh, takerOwner, side, ticks, lots) => {
				this.stops.traded(ticks);
				this.#doomPartner(makerLow, makerHigh);
				this.#doomPartner(takerLow, takerHigh);
				if (this.positions.isEmpty) return;
				this.positions.traded(makerOwner, 1 - side, lots);
				this.positions.traded(takerOwner, side, lots);
			},
			ended: (low, high) => this.#doomPartner(low, high),
		};
		this.offers = new Offers(book, parts, this.positions, witness);
		this.call = new Call(this.offers, this.positions, witness);
	}

	/** The broken invariants, in words. */
	faults(): string[] {
		const { times, reducing } = this.parts;
		const own = [...bookFaults(times, true), ...bookFaults(reducing, true)];
		if (!this.isCalling && !this.offers.auction.empty) own.push('orders wait for an auction that nobody called');
		return [...own, ...this.offers.faults(), ...this.stops.faults()];
	}

	// Commands ----------------------------------------------------------------------------------------------------------

	/** Refuses a call from inside another one, or from a listener. */
	enter(): void {
		if (this.#busy || this.isWriting || this.inside.state !== words.IDLE) this.#refuse();
	}

	#refuse(): never {
		this.checkAlive();
		this.inside.refuse();
	}

	/** Throws DisposedError where the engine was disposed. */
	checkAlive(): void {
		if (this.#isDisposed) throw new DisposedError('this MatchingEngine');
	}

	/** Gives all memory back. Throws ReentryError in the middle of a command. A second call does nothing. */
	dispose(): void {
		if (this.#isDisposed) return;
		if (this.#busy || this.isWriting || this.inside.state === words.CALLING) this.inside.refuse();
		this.#isDisposed = true;
		// So that the way in has one thing less to ask.
		this.#busy = true;
		disposeParts(this.parts);
	}

	/** A limit order, or by its flags a market order, of plain terms. Returns 0 or the number of a reason. */
	plain(low: number, high: number, side: number, ticks: number, lots: number, flags: number, owner: number): number {
		if (!this.#isBare) return REASONS[this.submit(entryOf(low, high, side, ticks, lots, flags, owner)).reason];
		return (flags & words.MARKET) === 0
			? this.inside.enter(low, high, side, ticks, lots, flags, owner)
			: this.inside.enterMarket(low, high, side, lots, flags & ~words.MARKET, owner);
	}

	/** `replace` of both; returns 0 or the number of a reason. */
	change(low: number, high: number, ticks: number, lots: number): number {
		if (this.#isBare) return this.inside.change(low, high, ticks, lots);
		return REASONS[this.replace(low, high, ticks, lots).reason];
	}

	/** `reduce`; returns 0 or the number of a reason. */
	lessen(low: number, high: number, lots: number): number {
		if (this.#isBare) return this.inside.lessen(low, high, lots);
		return REASONS[this.reduce(low, high, lots).reason];
	}

	cancel(low: number, high: number): boolean {
		if (this.#isBare) return this.inside.end(low, high);
		let found = false;
		this.#settle(() => {
			found = this.#end(low, high, REASONS.requested);
			if (!found) this.inside.reject(low, high, REASONS['unknown-id']);
		});
		return found;
	}

	/** The parts that are undefined stay as they are. */
	replace(low: number, high: number, ticks?: number, lots?: number, stop?: number): EngineResult {
		return this.#command(low, high, () => this.#replace(low, high, ticks, lots, stop));
	}

	reduce(low: number, high: number, lots: number): EngineResult {
		return this.#command(low, high, () => this.#reduce(low, high, lots));
	}

	setPosition(owner: number, lots: number): void {
		this.#settle(() => this.positions.set(owner, BigInt(lots)));
	}

	advance(time: number): number {
		this.time = time;
		return this.#expire(() => this.endings.dueBy(time));
	}

	endDay(): number {
		return this.#expire(() => this.endings.dueWithDay());
	}

	startAuction(): void {
		this.isCalling = true;
	}

	/** Ends the call of an auction, at a price if there is one. Returns how many lots trade. */
	uncross(found: AuctionPrice | undefined): number {
		let lots = 0;
		this.#settle(() => {
			if (found !== undefined) lots = this.call.uncross(found.ticks);
			for (let order = this.call.left; order !== 0; order = this.call.left)
				this.offers.end(this.offers.auction, order, REASONS['no-liquidity']);
			this.isCalling = false;
		});
		return lots;
	}

	// Orders that come ----------------------------------------------------------------------------------------------------

	submit(entry: Entry): EngineResult {
		const { low, high } = entry;
		const code = this.#check(entry);
		if (code === 0 && this.#isToWait(entry)) {
			this.#settle(() => this.#wait(entry));
			return { accepted: true, reason: 'none', filled: 0, open: 0, waiting: true };
		}
		let filled = 0;
		let reason = code;
		this.#isIn = false;
		this.#settle(() => {
			if (code !== 0) {
				this.inside.reject(low, high, code);
				return;
			}
			try {
				this.#note(entry);
				reason = this.#goIn(entry, false);
				filled = this.inside.filledLots;
			} finally {
				// Refused, or there was no memory: it was never there, and its partner stays.
				if (!this.#isIn) this.partners.partWords(low, high);
				if (!this.#isIn || !this.offers.locate(low, high)) this.forget(low, high);
			}
		});
		return this.#resultOf(low, high, reason, filled);
	}

	/** The reason why an order is refused before the book is looked at; 0: none. */
	#check(entry: Entry): number {
		const { low, high, expires, partner } = entry;
		const code = checkEntry(entry);
		if (code !== 0) return code;
		if (this.has(low, high)) return REASONS['duplicate-id'];
		if (expires !== 0 && expires <= this.time) return REASONS['past-time'];
		if (partner === 0n) return 0;
		const other = this.#words(partner);
		if (!this.has(other.low, other.high)) return REASONS['unknown-id'];
		return this.partners.has(partner) ? REASONS.terms : 0;
	}

	#isToWait({ flags, side, stop }: Entry): boolean {
		return (flags & words.STOP) !== 0 && !this.#isReached(side, stop);
	}

	/** Whether the last trade was at a stop price or beyond. */
	#isReached(side: number, stop: number): boolean {
		const last = this.inside.lastTicks ?? Number.NaN;
		return side === words.BUY ? last >= stop : last <= stop;
	}

	#wait(entry: Entry): void {
		const { low, high, side, ticks, lots, flags } = entry;
		this.#note(entry);
		try {
			this.stops.add(entry);
		} catch (error) {
			this.partners.partWords(low, high);
			this.forget(low, high);
			throw error;
		}
		this.inside.count();
		this.inside.tellAccepted(low, high, side, ticks, lots, flags);
	}

	/** Remembers when an order ends, with which other one, and whether it may only reduce. */
	#note({ id, low, high, side, flags, owner, expires, partner }: Entry): void {
		// What an order of the same id left behind is gone now.
		this.forget(low, high);
		if (expires !== 0) this.endings.note(low, high, expires);
		if ((flags & words.REDUCE_ONLY) !== 0) this.positions.note(low, high, side, owner);
		if (partner !== 0n) this.partners.join(id, partner);
	}

	/** Forgets when an order ends, and that it may only reduce: it is gone, or never came. */
	forget(low: number, high: number): void {
		this.endings.forget(low, high);
		this.positions.forget(low, high);
	}

	/** Whether there is nothing but the book, and so nothing that a command could set off: then it makes no garbage. */
	get #isBare(): boolean {
		return this.#isPlain && this.endings.isEmpty;
	}

	/** Whether orders of plain terms can go straight to the book. */
	get #isPlain(): boolean {
		if (this.isCalling) return false;
		return this.offers.isPlain && this.stops.isEmpty && this.partners.isEmpty && this.positions.isEmpty;
	}

	/** An order goes into the book. Returns 0 or the number of the reason why it does not; one that has waited ends then. */
	#goIn(entry: Entry, hasWaited: boolean): number {
		const { low, high, side, ticks, flags, owner, least, budget, display } = entry;
		if (!hasWaited && (flags & ~OF_BOOK) === 0 && least === 0 && budget === 0 && this.#isPlain) {
			const code =
				(flags & words.MARKET) === 0
					? this.inside.enter(low, high, side, ticks, entry.lots, flags, owner)
					: this.inside.enterMarket(low, high, side, entry.lots, flags & ~words.MARKET, owner);
			this.#isIn = code === 0;
			return code;
		}
		const inside = this.inside;
		const offers = this.offers;
		const reach = (flags & words.MARKET) === 0 ? ticks ^ -side : FURTHEST;
		const isToRest = (flags & AT_ONCE) === 0;
		const isWhole = (flags & words.ALL_OR_NONE) !== 0;
		const lots = this.#lotsOf(entry, reach);
		const canRest = isToRest || this.isCalling;
		// Nothing trades while an auction is called.
		const found = () => (this.isCalling ? 0 : offers.plan(side, reach, lots, owner));
		let code = lots < 0 ? -lots : 0;
		if (code === 0 && !isToRest && budget === 0 && ((flags & words.FOK) !== 0 || isWhole) && found() < lots)
			code = REASONS['not-enough'];
		else if (code === 0 && (flags & words.POST_ONLY) !== 0 && !this.isCalling && offers.meets(side, reach, lots))
			code = REASONS['would-trade'];
		else if (code === 0 && least > 0 && found() < least) code = REASONS['not-enough'];
		else if (code === 0 && canRest && offers.isFull(side, ticks, lots, flags, display)) code = REASONS['level-full'];
		if (code !== 0) return hasWaited ? this.#endTriggered(entry, code) : inside.reject(low, high, code);
		if (canRest) offers.prepare(flags);

		this.#isIn = true;
		inside.memory.f64[(inside.book + words.FILLED) >> 1] = 0;
		inside.count();
		if (inside.loud) {
			if (hasWaited) inside.tellTriggered(low, high, side, ticks, lots);
			else inside.tellAccepted(low, high, side, ticks, lots, flags & ~words.STOP);
		}
		this.#takeAndRest(entry, reach, lots, flags);
		return 0;
	}

	/** The lots that an order is for; below 0: minus the number of the reason why it is refused. */
	#lotsOf({ side, flags, owner, lots, budget }: Entry, reach: number): number {
		let most = budget === 0 ? lots : words.MOST_LOTS;
		if ((flags & words.REDUCE_ONLY) !== 0) {
			most = Math.min(most, this.#roomOf(owner, side));
			if (most === 0) return -REASONS['reduce-only'];
		}
		if (budget === 0) return most;
		// What an amount buys in an auction, nobody knows before its price is found.
		if (this.isCalling) return -REASONS['no-liquidity'];
		const found = this.offers.plan(side, reach, most, owner, budget);
		if ((flags & (words.FOK | words.ALL_OR_NONE)) !== 0 && !this.offers.isSpent) return -REASONS['not-enough'];
		return found === 0 ? -REASONS['no-liquidity'] : found;
	}

	/** An order trades what it can, and what is left of it rests or ends. */
	#takeAndRest({ low, high, side, ticks, owner, display }: Entry, reach: number, lots: number, flags: number): void {
		const offers = this.offers;
		const isToRest = (flags & AT_ONCE) === 0;
		if (this.isCalling) {
			offers.traded = 0;
			offers.rest(low, high, side, ticks, lots, owner, flags, display);
			return;
		}
		if ((flags & words.ALL_OR_NONE) !== 0 && isToRest && offers.plan(side, reach, lots, owner) < lots) {
			offers.traded = 0;
			offers.rest(low, high, side, ticks, lots, owner, flags, 0);
			return;
		}
		const left = offers.take(low, high, side, owner, ticks, reach, lots);
		if (left === 0) return;
		if (isToRest && this.inside.ended === 0) offers.rest(low, high, side, ticks, left, owner, flags, display);
		else offers.drop(low, high, side, left);
	}

	/** A stop order whose price was reached does not go in, and ends. */
	#endTriggered({ low, high, side, ticks, lots }: Entry, code: number): number {
		this.inside.count();
		if (this.inside.loud) this.inside.tellCancelled(low, high, side, ticks, lots, code);
		this.#doomPartner(low, high);
		return code;
	}

	#trigger(id: bigint, guard: (step: () => void) => void): void {
		const terms = this.stops.terms.get(id);
		if (terms === undefined) return;
		const { low, high } = this.#words(id);
		this.stops.drop(low, high);
		let code = 0;
		guard(() => {
			const entry = { ...terms, id, low, high, expires: 0, partner: 0n };
			this.#isIn = false;
			const goIn = () => {
				code = this.#goIn(entry, true);
			};
			const isIn = () => this.#isIn;
			if (!this.steps.attempt(goIn, isIn)) code = this.#endTriggered(entry, REASONS['no-memory']);
		});
		guard(() => this.#endStep());
		if (!this.offers.locate(low, high)) this.forget(low, high);
		const { accepted, reason, filled, open } = this.#resultOf(low, high, code, code === 0 ? this.offers.traded : 0);
		const event = { id: idOf(low, high) ?? 0, result: { accepted, reason, filled, open } };
		for (const handler of this.triggered) guard(() => handler(event));
	}

	// Orders that are here --------------------------------------------------------------------------------------------------

	#words(id: OrderId): { low: number; high: number } {
		this.inside.readId(id);
		return { low: this.inside.idLow, high: this.inside.idHigh };
	}

	/** Whether an order is in the book, shown or not, or waits. */
	has(low: number, high: number): boolean {
		return this.offers.locate(low, high) || this.stops.has(low, high);
	}

	/** The lots that are open, in the book or waiting. */
	openOf(low: number, high: number): number {
		const node = this.stops.isEmpty ? 0 : this.stops.terms.findWords(low, high);
		return node === 0 ? this.offers.openOf(low, high) : this.stops.terms.getAt(node).lots;
	}

	#resultOf(low: number, high: number, code: number, filledLots: number): EngineResult {
		const { quantityStep } = this.inside;
		return {
			accepted: code === 0,
			reason: reasonName(code),
			filled: quantityStep.toNumber(filledLots),
			open: quantityStep.toNumber(this.offers.openOf(low, high)),
			waiting: this.stops.has(low, high),
		};
	}

	/** A command about an order that is here. */
	#command(low: number, high: number, command: () => number): EngineResult {
		let code = 0;
		let filled = 0;
		this.#settle(() => {
			this.offers.traded = 0;
			code = command();
			filled = this.offers.traded;
		});
		return this.#resultOf(low, high, code, filled);
	}

	/** Ends an order, wherever it is. `reason` 0: its time came. Returns whether it was here. */
	#end(low: number, high: number, reason: number): boolean {
		const node = this.stops.isEmpty ? 0 : this.stops.terms.findWords(low, high);
		if (node !== 0) {
			const { side, ticks, lots } = this.stops.terms.getAt(node);
			this.stops.drop(low, high);
			this.inside.count();
			if (reason === 0) this.inside.tellExpired(low, high, side, ticks, lots);
			else this.inside.tellCancelled(low, high, side, ticks, lots, reason);
			this.#doomPartner(low, high);
		} else if (this.offers.locate(low, high)) {
			this.offers.endAlone(this.offers.home, this.offers.order, reason);
		} else return false;
		this.forget(low, high);
		return true;
	}

	#reduce(low: number, high: number, lots: number): number {
		const inside = this.inside;
		const open = this.openOf(low, high);
		if (open === 0 && !this.has(low, high)) return inside.reject(low, high, REASONS['unknown-id']);
		if (!inside.isLots(lots) || lots > open) return inside.reject(low, high, REASONS.quantity);
		if (lots === open) this.#end(low, high, REASONS.requested);
		else if (this.stops.has(low, high)) return this.#replaceWaiting(low, high, undefined, open - lots, undefined);
		else if (this.offers.locate(low, high)) this.offers.lessen(this.offers.home, this.offers.order, lots);
		return 0;
	}

	#replace(low: number, high: number, ticks?: number, lots?: number, stop?: number): number {
		const inside = this.inside;
		const offers = this.offers;
		if (this.stops.has(low, high)) return this.#replaceWaiting(low, high, ticks, lots, stop);
		if (!offers.locate(low, high)) return inside.reject(low, high, REASONS['unknown-id']);
		const { home, order } = offers;
		if (stop !== undefined || (ticks !== undefined && offers.isMarket(home, order)))
			return inside.reject(low, high, REASONS.terms);
		const size = offers.sizeOf(home, order);
		const side = offers.sideOf(home, order);
		const price = offers.ticksOf(home, order);
		const newTicks = ticks ?? price;
		let newLots = lots ?? size;
		if (this.#isPlain) {
			const code = inside.change(low, high, newTicks, newLots);
			offers.traded = inside.filledLots;
			return code;
		}
		if (!inside.isLots(newLots)) return inside.reject(low, high, REASONS.quantity);
		if ((newTicks | 0) !== newTicks) return inside.reject(low, high, REASONS.price);
		const owner = Math.max(0, inside.memory.i32[order + words.TAG]);
		if (this.positions.isReducing(low, high)) newLots = Math.min(newLots, this.#roomOf(owner, side) + size);
		const { flags, display } = offers.termsOf(home, order);
		if (display > 0 && newLots > display * MOST_PEAKS) return inside.reject(low, high, REASONS.quantity);
		if (newTicks === price) {
			if (newLots <= size) offers.lessen(home, order, size - newLots);
			else if (!offers.increase(home, order, newLots)) return inside.reject(low, high, REASONS['level-full']);
			return 0;
		}
		if (offers.isFull(side, newTicks, newLots, flags, display)) return inside.reject(low, high, REASONS['level-full']);
		offers.prepare(flags);
		inside.memory.f64[(inside.book + words.FILLED) >> 1] = 0;
		offers.withdraw(home, order, newTicks, newLots);
		const entry = { ...entryOf(low, high, side, newTicks, newLots, flags, owner), display };
		this.#takeAndRest(entry, newTicks ^ -side, newLots, flags);
		return 0;
	}

	/** Gives an order that waits another limit, quantity or stop price. */
	#replaceWaiting(low: number, high: number, ticks?: number, lots?: number, stop?: number): number {
		const inside = this.inside;
		const { terms } = this.stops;
		const node = terms.findWords(low, high);
		if (node === 0) return inside.reject(low, high, REASONS['unknown-id']);
		const before = terms.getAt(node);
		const { side, flags, least, budget } = before;
		const changed = { ...before, ticks: ticks ?? before.ticks, lots: lots ?? before.lots };
		const isMany = before.display > 0 && changed.lots > before.display * MOST_PEAKS;
		if (lots !== undefined && (!inside.isLots(lots) || lots < least || isMany))
			return inside.reject(low, high, REASONS.quantity);
		if ((changed.ticks | 0) !== changed.ticks) return inside.reject(low, high, REASONS.price);
		const isSound = (ticks === undefined || (flags & words.MARKET) === 0) && (lots === undefined || budget === 0);
		if (!isSound) return inside.reject(low, high, REASONS.terms);
		// First what can fail.
		if (stop !== undefined) this.stops.move(low, high, stop);
		terms.setAt(node, { ...changed, stop: stop ?? before.stop });
		inside.count();
		inside.tellReplaced(low, high, side, changed.ticks, changed.lots);
		if (stop !== undefined && this.#isReached(side, stop)) this.stops.call(low, high);
		return 0;
	}

	/** Cancels the orders of a side (-1: both), an owner (0: all) and a range of prices. Returns how many. */
	cancelOrders(side: number, owner: number, from: number, to: number): number {
		const { shown, hidden, whole, auction } = this.offers;
		let ended = 0;
		this.#settle(() => {
			for (const book of [shown, hidden, whole, auction]) {
				for (const each of [words.BUY, words.SELL] as const) {
					if (side === 1 - each) continue;
					const chosen: number[] = [];
					book.forEachOrder(each, (low, high, ticks, _lots, whose) => {
						const isMeant = (low | high) !== 0 && ticks >= from && ticks <= to;
						if (isMeant && (owner === 0 || whose === owner)) chosen.push(low, high);
					});
					ended += this.#endMany(chosen);
				}
			}
			const waiting: number[] = [];
			// Sells wait among buys.
			for (const each of [words.BUY, words.SELL] as const) {
				if (side === 1 - each) continue;
				this.stops.ladder.forEachOrder(each === words.BUY ? words.SELL : words.BUY, (low, high, stop) => {
					const node = this.stops.terms.findWords(low, high);
					const isMeant = stop >= from && stop <= to && node !== 0;
					if (isMeant && (owner === 0 || this.stops.terms.getAt(node).owner === owner)) waiting.push(low, high);
				});
			}
			ended += this.#endMany(waiting);
		});
		return ended;
	}

	#endMany(ids: readonly number[]): number {
		for (let at = 0; at < ids.length; at += 2) this.#end(ids[at], ids[at + 1], REASONS.requested);
		return ids.length / 2;
	}

	/** Ends the orders that `next` gives, nodes of the endings, until it gives none. */
	#expire(next: () => number): number {
		let ended = 0;
		this.#settle(() => {
			for (let node = next(); node !== 0; node = next()) {
				const { i32 } = this.endings.times.memory;
				const low = i32[node + words.ID_LOW];
				const high = i32[node + words.ID_HIGH];
				this.endings.forget(low, high);
				// It may have traded, or gone with its partner.
				if (!this.#end(low, high, 0)) continue;
				ended++;
				this.#followDoom();
			}
		});
		return ended;
	}

	// What follows ----------------------------------------------------------------------------------------------------------

	/** The lots that one more order of this owner and side may have, and only reduce. */
	#roomOf(owner: number, side: number): number {
		let room = this.positions.roomOf(owner, side);
		this.positions.forEach(owner, side, (low, high) => {
			room = Math.max(0, room - this.offers.openOf(low, high));
		});
		return room;
	}

	/** An order traded or ended: its partner is to go. */
	#doomPartner(low: number, high: number): void {
		const partner = this.partners.partWords(low, high);
		if (partner !== 0n) this.#doomed.push(partner);
	}

	/** Ends the partners of orders that traded or ended. */
	#followDoom(): void {
		for (let id = this.#doomed.shift(); id !== undefined; id = this.#doomed.shift()) {
			const { low, high } = this.#words(id);
			this.#end(low, high, REASONS['other-ended']);
		}
	}

	/**
	 * Runs a command, and then all that follows from it: partners are cancelled, orders that may only reduce are kept within
	 * positions, orders that trade whole take what there is for them now, and stop orders whose price was reached go in. What
	 * listeners throw is thrown when all of that is done.
	 */
	#settle(command: () => void): void {
		this.#busy = true;
		this.steps.begin();
		const errors: unknown[] = [];
		const guard = (step: () => void) => {
			try {
				step();
			} catch (error) {
				errors.push(error);
			}
		};
		guard(command);
		guard(() => this.#endStep());
		for (;;) {
			const stuck = this.stops.stuck.shift();
			if (stuck !== undefined) {
				guard(() => {
					const { low, high } = this.#words(stuck);
					this.#end(low, high, REASONS['no-memory']);
					this.#endStep();
				});
			} else if (this.#doomed.length > 0) {
				guard(() => {
					this.#followDoom();
					this.#endStep();
				});
			} else if (this.positions.changed.size > 0) {
				guard(() => {
					this.#trim();
					this.#endStep();
				});
			} else if (!this.isCalling && !this.offers.whole.empty && this.#release()) guard(() => this.#endStep());
			else {
				const id = this.stops.due.shift();
				if (id === undefined) break;
				this.#trigger(id, guard);
			}
		}
		this.#busy = false;
		if (errors.length > 0) throw errors[0];
	}

	/** The end of what the book would call a command: listeners hear of the top. */
	#endStep(): void {
		if (this.inside.loud) this.inside.endLoud();
	}

	/** Keeps the orders that may only reduce within the positions that have changed, the newest giving way first. */
	#trim(): void {
		const positions = this.positions;
		for (const owner of positions.changed) {
			for (const side of [words.BUY, words.SELL]) {
				let sum = 0;
				positions.forEach(owner, side, (low, high) => {
					sum += this.offers.openOf(low, high);
				});
				let excess = sum - positions.roomOf(owner, side);
				positions.forEach(owner, side, (low, high) => {
					const open = excess > 0 ? this.offers.openOf(low, high) : 0;
					if (open === 0) return;
					if (open <= excess) this.#end(low, high, REASONS['reduce-only']);
					else this.offers.lessen(this.offers.home, this.offers.order, excess);
					excess -= open;
				});
			}
		}
		positions.changed.clear();
	}

	/** Lets the first order that trades whole, and can now, take what there is for it. Returns whether there was one. */
	#release(): boolean {
		const offers = this.offers;
		const { whole } = offers;
		for (const side of [words.BUY, words.SELL]) {
			const { i32, f64 } = whole.memory;
			const ladder = whole.book + words.BIDS + (side << 3);
			const flip = i32[ladder + words.FLIP];
			for (let level = i32[ladder + words.BEST]; level !== 0; level = whole.nextLevel(level)) {
				const ticks = i32[level + words.KEY] ^ flip;
				const reach = ticks ^ -side;
				if (!offers.reaches(side, reach)) break;
				for (let order = i32[level + words.NEXT]; order !== level; order = i32[order + words.NEXT]) {
					const lots = f64[(order + words.LOTS) >> 1];
					const owner = i32[order + words.TAG];
					if (offers.plan(side, reach, lots, owner) < lots) continue;
					const low = i32[order + words.ID_LOW];
					const high = i32[order + words.ID_HIGH];
					whole.unlink(order, level, lots);
					whole.giveOrder(order);
					offers.take(low, high, side, owner, ticks, reach, lots);
					return true;
				}
			}
		}
		return false;
	}
}
