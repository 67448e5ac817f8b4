import { REASONS, SELF_TRADE, type SelfTrade } from '../terms.js';
import {
	ALL_LEVELS,
	anchorOf,
	anyPrice,
	type Busy,
	type Coming,
	type Event,
	FOK,
	firstStop,
	HIDDEN,
	has,
	ICEBERG,
	IOC,
	isLots,
	isMarket,
	isTicks,
	MARKET,
	MOST,
	POST_ONLY,
	REDUCE,
	type Resting,
	STOP,
	type Taker,
	unsigned,
	type Waiting,
	WHOLE,
} from './reference-orders.testing.js';

/**
 * The slow, obvious engine: one array of orders in the order of time, searched from the front for everything. What an order
 * could trade is found out by letting it, on a copy. It shares nothing with what is tested but the numbers of reasons.
 */
export class ReferenceEngine {
	orders: Resting[] = [];
	waiting: Waiting[] = [];
	positions = new Map<number, bigint>();
	ends: { id: bigint; at: number }[] = [];
	pairs: [bigint, bigint][] = [];
	events: Event[] = [];
	sequence = 0;
	last: number | undefined;
	time = 0;
	calling = false;
	/** What the last command traded as taker. */
	filled = 0;
	self: number;
	/** False on a copy: nobody hears. */
	loud = true;
	#serial = 0;
	#told = [0, 0, 0, 0];
	#doomed: bigint[] = [];
	#due: bigint[] = [];
	#changed = new Set<number>();

	constructor(self: SelfTrade) {
		this.self = SELF_TRADE[self];
	}

	// Questions ----------------------------------------------------------------------------------------------------------

	openOf(id: bigint): number {
		const order = this.#find(id);
		return order === undefined ? (this.#waits(id)?.coming.lots ?? 0) : order.lots + order.reserve;
	}

	has(id: bigint): boolean {
		return this.#find(id) !== undefined || this.#waits(id) !== undefined;
	}

	/** A side's orders in priority. */
	queue(side: number): Resting[] {
		const better = side === 0 ? -1 : 1;
		const mine = this.orders.filter((order) => order.side === side);
		return mine.sort((a, b) => (a.ticks - b.ticks) * better || a.kind - b.kind);
	}

	levels(side: number): [number, number, number][] {
		const levels: [number, number, number][] = [];
		for (const { ticks, lots, kind } of this.queue(side)) {
			if (kind !== 0) continue;
			const last = levels.at(-1);
			if (last !== undefined && last[0] === ticks) {
				last[1] += lots;
				last[2]++;
			} else levels.push([ticks, lots, 1]);
		}
		return levels;
	}

	// Commands -----------------------------------------------------------------------------------------------------------

	submit(coming: Coming): number {
		const { id, expires, partner } = coming;
		const code = this.#check(coming);
		if (code !== 0) return this.run(() => this.#reject(id, code));
		const { stop, side, trail } = coming;
		const first = stop ?? firstStop(side, trail, this.last);
		const isWaiting = has(coming.flags, STOP) && !this.#isReached(side, first);
		const note = () => {
			this.ends = this.ends.filter((each) => each.id !== id);
			if (expires !== 0) this.ends.push({ id, at: expires });
			if (partner !== 0n) this.pairs.push([id, partner]);
			this.#births.set(id, this.#serial++);
		};
		if (isWaiting)
			return this.run(() => {
				note();
				const at = { coming, stop: first, stopAt: this.#serial++ };
				const waiting = { ...at, anchor: anchorOf(side, first, trail), anchorAt: 0 };
				waiting.anchorAt = this.#serial++;
				this.waiting.push(waiting);
				this.tell('accepted', id, side, coming.ticks, coming.lots, coming.flags);
				return 0;
			});
		return this.run(() => {
			note();
			const result = this.#goIn(coming, false);
			if (result !== 0) {
				this.pairs = this.pairs.filter((pair) => !pair.includes(id));
				this.ends = this.ends.filter((each) => each.id !== id);
			}
			return result;
		});
	}

	cancel(id: bigint): boolean {
		return this.run(() => this.#endAny(id, REASONS.requested) || this.#reject(id, REASONS['unknown-id']) === 0);
	}

	reduce(id: bigint, lots: number): number {
		return this.run(() => {
			if (!this.has(id)) return this.#reject(id, REASONS['unknown-id']);
			const open = this.openOf(id);
			if (!isLots(lots) || lots > open) return this.#reject(id, REASONS.quantity);
			const order = this.#find(id);
			if (lots === open) this.#endAny(id, REASONS.requested);
			else if (order === undefined) return this.#replaceWaiting(id, undefined, open - lots, undefined);
			else this.#lessen(order, lots);
			return 0;
		});
	}

	replace(id: bigint, ticks: number | undefined, lots: number | undefined, stop: number | undefined): number {
		return this.run(() => {
			if (this.#waits(id) !== undefined) return this.#replaceWaiting(id, ticks, lots, stop);
			const order = this.#find(id);
			if (order === undefined) return this.#reject(id, REASONS['unknown-id']);
			if (stop !== undefined || (ticks !== undefined && isMarket(order))) return this.#reject(id, REASONS.terms);
			const open = order.lots + order.reserve;
			const price = ticks ?? order.ticks;
			let size = lots ?? open;
			if (!isLots(size)) return this.#reject(id, REASONS.quantity);
			if (!isTicks(price)) return this.#reject(id, REASONS.price);
			const { side, owner, kind } = order;
			if (order.reduces) size = Math.min(size, this.#room(owner, side, order));
			if (order.display > 0 && size > order.display * 10_000) return this.#reject(id, REASONS.quantity);
			const peak = order.display > 0 ? Math.min(order.display, size) : size;
			if (price === order.ticks) {
				if (size <= open) this.#lessen(order, open - size);
				else {
					const shown = this.#ticksTold(order);
					if (this.lotsAt(side, price, kind) - order.lots + peak > MOST) return this.#reject(id, REASONS['level-full']);
					order.lots = peak;
					order.reserve = size - peak;
					this.requeue(order);
					this.tell('replaced', id, side, shown, size);
					if (order.display > 0) this.tell('displayed', id, side, price, peak);
					if (kind === 0) this.tellLevel(side, price);
				}
				return 0;
			}
			if (this.lotsAt(side, price, kind) + peak > MOST) return this.#reject(id, REASONS['level-full']);
			this.orders.splice(this.orders.indexOf(order), 1);
			this.tell('replaced', id, side, price, size);
			if (kind === 0) this.tellLevel(side, order.ticks);
			this.filled = 0;
			this.#takeAndRest({ ...order, ticks: price }, size, 0);
			return 0;
		});
	}

	cancelAll(side: number, owner: number, from: number, to: number): number {
		return this.run(() => {
			let ended = 0;
			for (const kind of [0, 1, 2, 3]) {
				for (const each of [0, 1]) {
					if (side === 1 - each) continue;
					for (const order of this.queue(each)) {
						if (order.kind !== kind || (owner !== 0 && order.owner !== owner)) continue;
						if (order.ticks < from || order.ticks > to) continue;
						this.#endAny(order.id, REASONS.requested);
						ended++;
					}
				}
			}
			for (const each of [0, 1]) {
				if (side === 1 - each) continue;
				for (const { coming, stop } of this.#stopsOf(each)) {
					if ((owner !== 0 && coming.owner !== owner) || stop < from || stop > to) continue;
					this.#endAny(coming.id, REASONS.requested);
					ended++;
				}
			}
			return ended;
		});
	}

	setPosition(owner: number, lots: number): void {
		this.run(() => {
			this.positions.set(owner, BigInt(lots));
			this.#changed.add(owner);
		});
	}

	advance(time: number): number {
		this.time = time;
		return this.#expire(({ at }) => at <= time);
	}

	endDay(): number {
		return this.#expire(({ at }) => at === Infinity);
	}

	// How ----------------------------------------------------------------------------------------------------------------

	#check(coming: Coming): number {
		const { id, side, ticks, lots, flags, owner, budget, least, display, expires, partner } = coming;
		if (budget > 0 ? !isLots(budget) : !isLots(lots)) return REASONS.quantity;
		if (budget === 0 && least > lots) return REASONS.quantity;
		if (has(flags, ICEBERG) && (!isLots(display) || lots > display * 10_000)) return REASONS.quantity;
		if (!isTicks(ticks)) return REASONS.price;
		if (side !== 0 && side !== 1) return REASONS.side;
		const ways = [ICEBERG, HIDDEN, WHOLE].filter((way) => has(flags, way)).length;
		const atOnce = has(flags, IOC | FOK | MARKET);
		const bad =
			owner < 0 ||
			ways > 1 ||
			(atOnce && has(flags, POST_ONLY | ICEBERG | HIDDEN)) ||
			(has(flags, WHOLE) && (least > 0 || has(flags, POST_ONLY | REDUCE))) ||
			(least > 0 && (has(flags, POST_ONLY) || budget > 0)) ||
			(has(flags, REDUCE) && owner === 0) ||
			(has(flags, IOC) && has(flags, FOK)) ||
			expires < 0;
		if (bad) return REASONS.terms;
		if (this.has(id)) return REASONS['duplicate-id'];
		if (expires !== 0 && expires <= this.time) return REASONS['past-time'];
		if (partner === 0n) return 0;
		if (!this.has(partner)) return REASONS['unknown-id'];
		return this.pairs.some((pair) => pair.includes(partner)) ? REASONS.terms : 0;
	}

	#goIn(coming: Coming, hasWaited: boolean): number {
		const { id, side, ticks, flags, owner, least, budget, display } = coming;
		const limit = has(flags, MARKET) ? (side === 0 ? Infinity : -Infinity) : ticks;
		const taker = { id, side, owner, ticks, limit };
		const atOnce = has(flags, IOC | FOK | MARKET);
		const isAll = has(flags, FOK) || (has(flags, WHOLE) && atOnce);
		const refuse = (code: number) => {
			if (!hasWaited) return this.#reject(id, code);
			this.tell('cancelled', id, side, ticks, coming.lots, code);
			this.#doom(id);
			return code;
		};
		let lots = budget > 0 ? MOST : coming.lots;
		if (has(flags, REDUCE)) {
			lots = Math.min(lots, this.#room(owner, side, undefined));
			if (lots === 0) return refuse(REASONS['reduce-only']);
		}
		if (this.calling) {
			if (budget > 0) return refuse(REASONS['no-liquidity']);
			if (isAll || least > 0) return refuse(REASONS['not-enough']);
		} else if (budget > 0) {
			const { traded, isSpent } = this.#tryBudget(taker, lots, budget);
			if (isAll && !isSpent) return refuse(REASONS['not-enough']);
			if (traded === 0) return refuse(REASONS['no-liquidity']);
			lots = traded;
		} else if (isAll && this.#try(taker, lots) < lots) return refuse(REASONS['not-enough']);
		if (!this.calling) {
			if (has(flags, POST_ONLY) && this.#meet(taker, lots) !== undefined) return refuse(REASONS['would-trade']);
			if (least > 0 && this.#try(taker, lots) < least) return refuse(REASONS['not-enough']);
		}
		const kind = atOnce ? 3 : has(flags, WHOLE) ? 2 : has(flags, HIDDEN) ? 1 : 0;
		const peak = has(flags, ICEBERG) ? Math.min(display, lots) : lots;
		if (this.calling && has(flags, MARKET)) {
			if (this.lotsAt(side, anyPrice(side), 3) + lots > MOST) return refuse(REASONS['level-full']);
		} else if ((!atOnce || this.calling) && this.lotsAt(side, ticks, kind) + peak > MOST)
			return refuse(REASONS['level-full']);
		if (hasWaited) this.tell('triggered', id, side, ticks, lots);
		else this.tell('accepted', id, side, ticks, lots, flags & ~STOP);
		this.filled = 0;
		if (this.calling && has(flags, MARKET)) taker.ticks = anyPrice(side);
		const order = { ...taker, kind, lots, reserve: 0, display: has(flags, ICEBERG) ? display : 0 };
		this.#takeAndRest({ ...order, reduces: has(flags, REDUCE) }, lots, atOnce ? IOC : 0, limit);
		return 0;
	}

	#takeAndRest(order: Resting, lots: number, flags: number, limit = order.ticks): void {
		const { id, side, owner, ticks, kind } = order;
		const taker = { id, side, owner, ticks, limit };
		const waits = this.calling || (kind === 2 && flags === 0 && this.#try(taker, lots) < lots);
		const { left, ended } = waits ? { left: lots, ended: false } : this.#take(taker, lots);
		if (left === 0) return;
		if (!this.calling && (ended || flags !== 0)) {
			this.tell('cancelled', id, side, ticks, left, ended ? REASONS['self-trade'] : REASONS['no-liquidity']);
			this.#doom(id);
			return;
		}
		const peak = order.display > 0 ? Math.min(order.display, left) : left;
		const { display, reduces } = order;
		this.orders.push({ id, side, ticks, kind, owner, display, reduces, lots: peak, reserve: left - peak });
		if (kind === 0) this.tellLevel(side, ticks);
		if (display > 0) this.tell('displayed', id, side, ticks, peak);
	}

	/** A copy, to try something on: nobody hears, and whoever meets one of its own owner stops. */
	#copy(): ReferenceEngine {
		const copy = new ReferenceEngine('allow');
		copy.loud = false;
		copy.orders = this.orders.map((order) => ({ ...order }));
		copy.positions = new Map(this.positions);
		copy.self = [0, 1, 2, 1, 1][this.self];
		return copy;
	}

	/** What an order would trade before it meets one of its own owner that stops it. */
	#try(taker: Taker, lots: number): number {
		const copy = this.#copy();
		const { left } = copy.#take(taker, lots);
		return lots - left;
	}

	/** What an amount buys: maker by maker. */
	#tryBudget(taker: Taker, most: number, budget: number): { traded: number; isSpent: boolean } {
		const copy = this.#copy();
		const passed = new Set<bigint>();
		let money = budget;
		let traded = 0;
		for (;;) {
			const maker = copy.#reached(taker).find(({ id }) => !passed.has(id));
			if (maker === undefined || maker.ticks <= 0) return { traded, isSpent: false };
			const can = Math.min(most - traded, Number(BigInt(money) / BigInt(maker.ticks)));
			if (can === 0) return { traded, isSpent: traded < most };
			if (maker.kind === 2 && maker.lots > can) {
				passed.add(maker.id);
				continue;
			}
			if (copy.cut(maker, undefined)) continue;
			if (copy.#isOwn(taker, maker)) {
				if (copy.self !== SELF_TRADE['cancel-oldest']) return { traded, isSpent: false };
				copy.end(maker, 1, undefined);
				continue;
			}
			const shown = maker.lots;
			const part = copy.#trade(taker, maker, can);
			traded += part;
			money -= part * maker.ticks;
			if (part < shown) return { traded, isSpent: traded < most };
		}
	}

	/** Those that an order reaches, in priority. */
	#reached({ side, limit }: Taker): Resting[] {
		return this.queue(1 - side).filter(({ ticks }) => (side === 0 ? ticks <= limit : ticks >= limit));
	}

	/** The first that an order with so many lots left can trade with. */
	#meet(taker: Taker, left: number): Resting | undefined {
		return this.#reached(taker).find(({ kind, lots }) => kind !== 2 || lots <= left);
	}

	#isOwn(taker: Taker, maker: Resting): boolean {
		return taker.owner !== 0 && maker.owner === taker.owner && this.self !== SELF_TRADE.allow;
	}

	#take(taker: Taker, lots: number): { left: number; ended: boolean } {
		const { id, side, ticks: shown } = taker;
		const { self } = this;
		let left = lots;
		let ended = false;
		/** The level that is being traded with, and what was there before. */
		let level: { ticks: number; lots: number } | undefined;
		for (;;) {
			const maker = left > 0 && !ended ? this.#meet(taker, left) : undefined;
			if (level !== undefined && (maker === undefined || maker.kind !== 0 || maker.ticks !== level.ticks)) {
				const { ticks, lots: before } = level;
				level = undefined;
				if (this.lotsAt(1 - side, ticks, 0) !== before) this.tellLevel(1 - side, ticks);
			}
			if (maker === undefined) return { left, ended };
			if (level === undefined && maker.kind === 0)
				level = { ticks: maker.ticks, lots: this.lotsAt(1 - side, maker.ticks, 0) };
			if (this.cut(maker, level?.ticks)) continue;
			if (!this.#isOwn(taker, maker)) {
				left -= this.#trade(taker, maker, left);
				continue;
			}
			const size = maker.lots + maker.reserve;
			if (self === SELF_TRADE['cancel-newest'] || self === SELF_TRADE['cancel-both']) ended = true;
			if (self === SELF_TRADE['cancel-oldest'] || self === SELF_TRADE['cancel-both'])
				this.end(maker, REASONS['self-trade'], level?.ticks);
			if (self !== SELF_TRADE.decrement) continue;
			const both = Math.min(left, size);
			if (both === size) this.end(maker, REASONS['self-trade'], level?.ticks);
			else this.#lessen(maker, both, level?.ticks);
			left -= both;
			if (left === 0) {
				this.tell('cancelled', id, side, shown, both, REASONS['self-trade']);
				this.#doom(id);
			} else this.tell('replaced', id, side, shown, left);
		}
	}

	/** Trades with what an order shows, or has where it shows nothing. Returns how many lots. */
	#trade(taker: Taker, maker: Resting, most: number): number {
		const { id, side, owner } = taker;
		const traded = Math.min(most, maker.lots);
		maker.lots -= traded;
		this.filled += traded;
		this.last = maker.ticks;
		const open = maker.lots + maker.reserve;
		const others = this.lotsAt(1 - side, maker.ticks, 0);
		const peak = maker.lots > 0 ? 0 : Math.min(maker.display, maker.reserve, MOST - others);
		if (peak > 0) {
			maker.lots = peak;
			maker.reserve -= peak;
			this.requeue(maker);
		}
		if (maker.lots === 0) this.orders.splice(this.orders.indexOf(maker), 1);
		this.tell('trade', maker.id, id, side, maker.ticks, traded, open, most - traded);
		if (peak > 0) this.tell('displayed', maker.id, maker.side, maker.ticks, peak);
		this.after(maker, id, owner, side, traded);
		return traded;
	}

	/** What a trade does to others. */
	after(maker: Resting, id: bigint, owner: number, side: number, traded: number): void {
		if (this.loud) this.#follow(this.last as number);
		this.#doom(maker.id);
		this.#doom(id);
		for (const [whose, bought] of [
			[maker.owner, -traded],
			[owner, traded],
		]) {
			const position = this.positions.get(whose);
			if (position === undefined) continue;
			this.positions.set(whose, position + BigInt(side === 0 ? bought : -bought));
			this.#changed.add(whose);
		}
	}

	/** The price that is told of an order: 0 for a market order. */
	#ticksTold(order: Resting): number {
		return isMarket(order) ? 0 : order.ticks;
	}

	/** Makes an order that may only reduce no larger than its owner's position; true where it has changed or is gone. */
	cut(maker: Resting, busy: Busy): boolean {
		if (!maker.reduces) return false;
		const size = maker.lots + maker.reserve;
		const room = this.#roomOf(maker.owner, maker.side);
		if (size <= room) return false;
		if (room === 0) this.end(maker, REASONS['reduce-only'], busy);
		else this.#lessen(maker, size - room, busy);
		return true;
	}

	#roomOf(owner: number, side: number): number {
		const position = this.positions.get(owner) ?? 0n;
		const room = side === 0 ? -position : position;
		return room < 0n ? 0 : Number(room > BigInt(MOST) ? BigInt(MOST) : room);
	}

	/** What one more order that may only reduce could have; `but` is the order that is replaced. */
	#room(owner: number, side: number, but: Resting | undefined): number {
		const others = this.orders.filter(
			(order) => order.reduces && order.owner === owner && order.side === side && order !== but,
		);
		return Math.max(0, this.#roomOf(owner, side) - others.reduce((sum, { lots, reserve }) => sum + lots + reserve, 0));
	}

	#find(id: bigint): Resting | undefined {
		return this.orders.find((order) => order.id === id);
	}

	#waits(id: bigint): Waiting | undefined {
		return this.waiting.find(({ coming }) => coming.id === id);
	}

	#stopsOf(side: number): Waiting[] {
		const mine = this.waiting.filter(({ coming }) => coming.side === side && !this.#due.includes(coming.id));
		return mine.sort((a, b) => (side === 0 ? a.stop - b.stop : b.stop - a.stop) || a.stopAt - b.stopAt);
	}

	#isReached(side: number, stop: number): boolean {
		return this.last !== undefined && (side === 0 ? this.last >= stop : this.last <= stop);
	}

	/** Stop orders after a trade. */
	#follow(ticks: number): void {
		for (const side of [0, 1]) {
			for (const { coming, stop } of this.#stopsOf(side))
				if (side === 0 ? stop <= ticks : stop >= ticks) this.#due.push(coming.id);
		}
		for (const side of [1, 0]) {
			const moving = this.#stopsOf(side)
				.filter(({ coming, anchor }) => coming.trail > 0 && (side === 1 ? anchor < ticks : anchor > ticks))
				.sort((a, b) => (side === 1 ? a.anchor - b.anchor : b.anchor - a.anchor) || a.anchorAt - b.anchorAt);
			for (const each of moving) {
				const { trail } = each.coming;
				const moved = side === 1 ? Math.max(-(2 ** 31), ticks - trail) : Math.min(2 ** 31 - 1, ticks + trail);
				each.anchor = ticks;
				each.anchorAt = this.#serial++;
				if (moved === each.stop) continue;
				each.stop = moved;
				each.stopAt = this.#serial++;
			}
		}
	}

	lotsAt(side: number, ticks: number, kind: number): number {
		const there = this.orders.filter((order) => order.side === side && order.ticks === ticks && order.kind === kind);
		return there.reduce((sum, { lots }) => sum + lots, 0);
	}

	requeue(order: Resting): void {
		this.orders.push(...this.orders.splice(this.orders.indexOf(order), 1));
	}

	/** Takes lots away, first what is not shown. `busy`: the shown level that is told of later. */
	#lessen(order: Resting, lots: number, busy?: Busy): void {
		const total = order.lots + order.reserve - lots;
		const before = order.lots;
		order.lots = Math.min(order.lots, total);
		order.reserve = total - order.lots;
		this.tell('replaced', order.id, order.side, this.#ticksTold(order), total);
		const isTold = order.lots !== before || (lots === 0 && order.reserve === 0);
		if (order.kind === 0 && isTold && busy !== ALL_LEVELS && order.ticks !== busy)
			this.tellLevel(order.side, order.ticks);
	}

	end(order: Resting, reason: number, busy?: Busy): void {
		this.orders.splice(this.orders.indexOf(order), 1);
		const open = order.lots + order.reserve;
		const ticks = this.#ticksTold(order);
		if (reason === 0) this.tell('expired', order.id, order.side, ticks, open);
		else this.tell('cancelled', order.id, order.side, ticks, open, reason);
		this.#doom(order.id);
		if (busy === undefined && order.kind === 0) this.tellLevel(order.side, order.ticks);
	}

	#endAny(id: bigint, reason: number): boolean {
		const order = this.#find(id);
		const waiting = this.#waits(id);
		if (order !== undefined) this.end(order, reason);
		else if (waiting !== undefined) {
			this.waiting = this.waiting.filter((each) => each !== waiting);
			const { side, ticks, lots } = waiting.coming;
			if (reason === 0) this.tell('expired', id, side, ticks, lots);
			else this.tell('cancelled', id, side, ticks, lots, reason);
			this.#doom(id);
		} else return false;
		this.ends = this.ends.filter((each) => each.id !== id);
		return true;
	}

	#replaceWaiting(id: bigint, ticks?: number, lots?: number, stop?: number): number {
		const waiting = this.#waits(id) as Waiting;
		const { coming } = waiting;
		if (
			lots !== undefined &&
			(!isLots(lots) || lots < coming.least || (coming.display > 0 && lots > coming.display * 10_000))
		)
			return this.#reject(id, REASONS.quantity);
		if (ticks !== undefined && !isTicks(ticks)) return this.#reject(id, REASONS.price);
		if ((ticks !== undefined && has(coming.flags, MARKET)) || (lots !== undefined && coming.budget > 0))
			return this.#reject(id, REASONS.terms);
		waiting.coming = { ...coming, ticks: ticks ?? coming.ticks, lots: lots ?? coming.lots };
		if (stop !== undefined) {
			waiting.stop = stop;
			waiting.stopAt = this.#serial++;
			waiting.anchor = anchorOf(coming.side, stop, coming.trail);
			waiting.anchorAt = this.#serial++;
		}
		this.tell('replaced', id, coming.side, waiting.coming.ticks, waiting.coming.lots);
		if (stop !== undefined && this.#isReached(coming.side, stop)) this.#due.push(id);
		return 0;
	}

	#doom(id: bigint): void {
		const pair = this.pairs.find((each) => each.includes(id));
		if (pair === undefined) return;
		this.pairs = this.pairs.filter((each) => each !== pair);
		this.#doomed.push(pair[0] === id ? pair[1] : pair[0]);
	}

	#followDoom(): void {
		for (let id = this.#doomed.shift(); id !== undefined; id = this.#doomed.shift())
			this.#endAny(id, REASONS['other-ended']);
	}

	#expire(isDue: (each: { id: bigint; at: number }) => boolean): number {
		return this.run(() => {
			let ended = 0;
			for (;;) {
				const first = this.ends.filter(isDue).toSorted((a, b) => (a.at === b.at ? 0 : a.at - b.at))[0];
				if (first === undefined) return ended;
				this.ends = this.ends.filter((each) => each !== first);
				if (!this.#endAny(first.id, 0)) continue;
				ended++;
				this.#followDoom();
			}
		});
	}

	/** Keeps the orders that may only reduce within positions. */
	#trim(): void {
		for (const owner of this.#changed) {
			for (const side of [0, 1]) {
				const mine = this.orders.filter((order) => order.reduces && order.owner === owner && order.side === side);
				mine.sort((a, b) => this.#bornAt(a) - this.#bornAt(b));
				let excess = mine.reduce((sum, { lots, reserve }) => sum + lots + reserve, 0) - this.#roomOf(owner, side);
				for (const order of mine.reverse()) {
					const open = order.lots + order.reserve;
					if (excess <= 0) break;
					if (open <= excess) this.end(order, REASONS['reduce-only']);
					else this.#lessen(order, excess);
					excess -= open;
				}
			}
		}
		this.#changed.clear();
	}

	/** When an order that may only reduce came: replacing one does not make it newer. */
	#births = new Map<bigint, number>();
	#bornAt({ id }: Resting): number {
		return this.#births.get(id) ?? 0;
	}

	/** The first order that trades whole, and can now. */
	#release(): boolean {
		for (const side of [0, 1]) {
			for (const order of this.queue(side)) {
				if (order.kind !== 2) continue;
				const taker = { ...order, limit: order.ticks };
				if (this.#try(taker, order.lots) < order.lots) continue;
				this.orders.splice(this.orders.indexOf(order), 1);
				this.#take(taker, order.lots);
				return true;
			}
		}
		return false;
	}

	/** A command, and all that follows. */
	run<T>(command: () => T): T {
		const result = command();
		this.#tellTop();
		for (;;) {
			if (this.#doomed.length > 0) this.#followDoom();
			else if (this.#changed.size > 0) this.#trim();
			else if (this.calling || !this.#release()) {
				const id = this.#due.shift();
				if (id === undefined) return result;
				const waiting = this.#waits(id);
				if (waiting === undefined) continue;
				this.waiting = this.waiting.filter((each) => each !== waiting);
				this.#goIn(waiting.coming, true);
			}
			this.#tellTop();
		}
	}

	#reject(id: bigint, reason: number): number {
		this.tell('rejected', id, reason);
		return reason;
	}

	tell(name: string, ...values: (number | bigint)[]): void {
		if (!this.loud) return;
		this.sequence++;
		this.events.push([name, ...values.map(unsigned), this.sequence]);
	}

	tellLevel(side: number, ticks: number): void {
		if (!this.loud) return;
		const level = this.levels(side).find(([price]) => price === ticks);
		this.events.push(['level', side, unsigned(ticks), level?.[1] ?? 0, level?.[2] ?? 0, this.sequence]);
	}

	#tellTop(): void {
		const [bid] = this.levels(0);
		const [ask] = this.levels(1);
		const top = [bid?.[0] ?? 0, bid?.[1] ?? 0, ask?.[0] ?? 0, ask?.[1] ?? 0];
		if (top.every((value, at) => value === this.#told[at])) return;
		this.#told = top;
		this.events.push(['top', ...top.map(unsigned), this.sequence]);
	}
}
