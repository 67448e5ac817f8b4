import { REASONS, SELF_TRADE, type SelfTrade } from './terms.js';

/** An order of the reference book. Ids are bigints; 0: it stands for a level that was set. */
export interface ReferenceOrder {
	id: bigint;
	side: number;
	ticks: number;
	lots: number;
	owner: number;
}

/** An event as its name, its numbers and its sequence number. */
export type ReferenceEvent = readonly (string | number | bigint)[];

const MOST = Number.MAX_SAFE_INTEGER;
const [IOC, FOK, POST_ONLY, MARKET] = [1, 2, 4, 8];

/** 0 for -0. */
const unsigned = <T extends number | bigint>(value: T) => (value === 0 ? 0 : value);
const isLots = (lots: number) => Number.isInteger(lots) && lots >= 1 && lots <= MOST;
const isTicks = (ticks: number) => Number.isInteger(ticks) && ticks >= -(2 ** 31) && ticks < 2 ** 31;

/**
 * The slow, obvious book: one array of orders in the order of time, searched from the front for everything. It shares
 * nothing with the book that is tested but the numbers of reasons.
 */
export class ReferenceBook {
	orders: ReferenceOrder[] = [];
	events: ReferenceEvent[] = [];
	sequence = 0;
	filled = 0;
	lastTicks: number | undefined;
	readonly self: number;
	#told: number[] = [0, 0, 0, 0];

	constructor(self: SelfTrade) {
		this.self = SELF_TRADE[self];
	}

	/** A side's orders in priority. */
	queue(side: number): ReferenceOrder[] {
		const better = side === 0 ? -1 : 1;
		// Sorting is stable: equal prices stay in the order of time.
		return this.orders.filter((order) => order.side === side).sort((a, b) => (a.ticks - b.ticks) * better);
	}

	/** A side's levels, best first: ticks, lots, orders. */
	levels(side: number): [number, number, number][] {
		const levels: [number, number, number][] = [];
		for (const { ticks, lots } of this.queue(side)) {
			const last = levels.at(-1);
			if (last !== undefined && last[0] === ticks) {
				last[1] += lots;
				last[2]++;
			} else levels.push([ticks, lots, 1]);
		}
		return levels;
	}

	/** The listener is new: it knows the top. */
	noteTop(): void {
		this.#told = this.#top();
	}

	limit(id: bigint, side: number, ticks: number, lots: number, flags: number, owner: number): number {
		if (!isLots(lots)) return this.#reject(id, REASONS.quantity);
		if (!isTicks(ticks)) return this.#reject(id, REASONS.price);
		if (side !== 0 && side !== 1) return this.#reject(id, REASONS.side);
		if (![0, IOC, FOK, POST_ONLY].includes(flags) || owner < 0) return this.#reject(id, REASONS.terms);
		if (this.#find(id) !== undefined) return this.#reject(id, REASONS['duplicate-id']);
		const crossing = this.queue(1 - side).filter((maker) => this.#reaches(side, ticks, maker.ticks));
		if (flags === POST_ONLY && crossing.length > 0) return this.#reject(id, REASONS['would-trade']);
		if (flags === FOK && this.#available(crossing, owner) < lots) return this.#reject(id, REASONS['not-enough']);
		if (flags !== IOC && flags !== FOK && this.#lotsAt(side, ticks) + lots > MOST)
			return this.#reject(id, REASONS['level-full']);
		this.filled = 0;
		this.#tell('accepted', id, side, ticks, lots, crossing.length > 0 || flags !== 0 ? flags : 0);
		const { left, ended } = this.#take(id, side, ticks, lots, owner, ticks);
		if (left > 0) {
			if (ended) this.#tell('cancelled', id, side, ticks, left, REASONS['self-trade']);
			else if (flags === IOC || flags === FOK) this.#tell('cancelled', id, side, ticks, left, REASONS['no-liquidity']);
			else this.#rest({ id, side, ticks, lots: left, owner });
		}
		this.#tellTop();
		return 0;
	}

	market(id: bigint, side: number, lots: number, flags: number, owner: number): number {
		if (!isLots(lots)) return this.#reject(id, REASONS.quantity);
		if (side !== 0 && side !== 1) return this.#reject(id, REASONS.side);
		if (![0, IOC, FOK].includes(flags) || owner < 0) return this.#reject(id, REASONS.terms);
		if (this.#find(id) !== undefined) return this.#reject(id, REASONS['duplicate-id']);
		if (flags === FOK && this.#available(this.queue(1 - side), owner) < lots)
			return this.#reject(id, REASONS['not-enough']);
		this.filled = 0;
		this.#tell('accepted', id, side, 0, lots, flags | MARKET);
		const { left, ended } = this.#take(id, side, side === 0 ? Infinity : -Infinity, lots, owner, 0);
		if (left > 0) this.#tell('cancelled', id, side, 0, left, ended ? REASONS['self-trade'] : REASONS['no-liquidity']);
		this.#tellTop();
		return 0;
	}

	cancel(id: bigint): boolean {
		const order = this.#find(id);
		if (order === undefined) return this.#reject(id, REASONS['unknown-id']) === 0;
		this.#end(order, REASONS.requested);
		this.#tellLevel(order.side, order.ticks);
		this.#tellTop();
		return true;
	}

	reduce(id: bigint, lots: number): number {
		const order = this.#find(id);
		if (order === undefined) return this.#reject(id, REASONS['unknown-id']);
		if (!isLots(lots) || lots > order.lots) return this.#reject(id, REASONS.quantity);
		if (lots === order.lots) this.#end(order, REASONS.requested);
		else {
			order.lots -= lots;
			this.#tell('replaced', id, order.side, order.ticks, order.lots);
		}
		this.#tellLevel(order.side, order.ticks);
		this.#tellTop();
		return 0;
	}

	replace(id: bigint, ticks: number, lots: number): number {
		const order = this.#find(id);
		if (order === undefined) return this.#reject(id, REASONS['unknown-id']);
		if (!isLots(lots)) return this.#reject(id, REASONS.quantity);
		if (!isTicks(ticks)) return this.#reject(id, REASONS.price);
		const { side } = order;
		const others = this.#lotsAt(side, ticks) - (ticks === order.ticks ? order.lots : 0);
		if (others + lots > MOST) return this.#reject(id, REASONS['level-full']);
		this.filled = 0;
		if (ticks === order.ticks) {
			if (lots > order.lots) this.orders.push(...this.orders.splice(this.orders.indexOf(order), 1));
			order.lots = lots;
			this.#tell('replaced', id, side, ticks, lots);
			this.#tellLevel(side, ticks);
			this.#tellTop();
			return 0;
		}
		this.orders.splice(this.orders.indexOf(order), 1);
		this.#tell('replaced', id, side, ticks, lots);
		this.#tellLevel(side, order.ticks);
		const { left, ended } = this.#take(id, side, ticks, lots, order.owner, ticks);
		if (left > 0) {
			if (ended) this.#tell('cancelled', id, side, ticks, left, REASONS['self-trade']);
			else this.#rest({ id, side, ticks, lots: left, owner: order.owner });
		}
		this.#tellTop();
		return 0;
	}

	cancelAll(side: number, owner: number, from: number, to: number): number {
		let ended = 0;
		for (const each of [0, 1]) {
			if (side === 1 - each) continue;
			for (const [ticks] of this.levels(each)) {
				const chosen = this.queue(each).filter(
					(order) => order.ticks === ticks && order.id !== 0n && (owner === 0 || order.owner === owner),
				);
				if (ticks < from || ticks > to || chosen.length === 0) continue;
				for (const order of chosen) this.#end(order, REASONS.requested);
				this.#tellLevel(each, ticks);
				ended += chosen.length;
			}
		}
		this.#tellTop();
		return ended;
	}

	add(id: bigint, side: number, ticks: number, lots: number, owner: number): number {
		if (!isLots(lots)) return this.#reject(id, REASONS.quantity);
		if (!isTicks(ticks)) return this.#reject(id, REASONS.price);
		if (side !== 0 && side !== 1) return this.#reject(id, REASONS.side);
		if (owner < 0) return this.#reject(id, REASONS.terms);
		if (this.#find(id) !== undefined) return this.#reject(id, REASONS['duplicate-id']);
		if (this.#lotsAt(side, ticks) + lots > MOST) return this.#reject(id, REASONS['level-full']);
		this.#tell('accepted', id, side, ticks, lots, 0);
		this.#rest({ id, side, ticks, lots, owner });
		this.#tellTop();
		return 0;
	}

	execute(id: bigint, lots: number, at: number | undefined): number {
		const order = this.#find(id);
		if (order === undefined) return this.#reject(id, REASONS['unknown-id']);
		if (!isLots(lots) || lots > order.lots) return this.#reject(id, REASONS.quantity);
		if (at !== undefined && !isTicks(at)) return this.#reject(id, REASONS.price);
		order.lots -= lots;
		if (order.lots === 0) this.orders.splice(this.orders.indexOf(order), 1);
		this.lastTicks = at ?? order.ticks;
		this.#tell('trade', id, 0n, 1 - order.side, this.lastTicks, lots, order.lots, 0);
		this.#tellLevel(order.side, order.ticks);
		this.#tellTop();
		return 0;
	}

	replaceBy(id: bigint, newId: bigint, ticks: number, lots: number): number {
		const order = this.#find(id);
		if (order === undefined) return this.#reject(id, REASONS['unknown-id']);
		if (!isLots(lots)) return this.#reject(id, REASONS.quantity);
		if (!isTicks(ticks)) return this.#reject(id, REASONS.price);
		if (id !== newId && this.#find(newId) !== undefined) return this.#reject(newId, REASONS['duplicate-id']);
		const others = this.#lotsAt(order.side, ticks) - (ticks === order.ticks ? order.lots : 0);
		if (others + lots > MOST) return this.#reject(newId, REASONS['level-full']);
		this.#end(order, REASONS.requested);
		this.#tellLevel(order.side, order.ticks);
		this.#tell('accepted', newId, order.side, ticks, lots, 0);
		this.#rest({ ...order, id: newId, ticks, lots });
		this.#tellTop();
		return 0;
	}

	setLevel(side: number, ticks: number, lots: number): number {
		if (lots !== 0 && !isLots(lots)) return this.#reject(0n, REASONS.quantity);
		if (!isTicks(ticks)) return this.#reject(0n, REASONS.price);
		if (side !== 0 && side !== 1) return this.#reject(0n, REASONS.side);
		const there = this.orders.filter((order) => order.side === side && order.ticks === ticks);
		if (there.length > 1 || there.some(({ id }) => id !== 0n)) return this.#reject(0n, REASONS['level-has-orders']);
		const [order] = there;
		if ((order?.lots ?? 0) === lots) return 0;
		if (order === undefined) this.orders.push({ id: 0n, side, ticks, lots, owner: 0 });
		else if (lots === 0) this.orders.splice(this.orders.indexOf(order), 1);
		else order.lots = lots;
		this.#tellLevel(side, ticks);
		this.#tellTop();
		return 0;
	}

	clear(): void {
		this.orders = [];
		this.filled = 0;
		this.#tell('cleared');
		this.#tellTop();
	}

	#find(id: bigint): ReferenceOrder | undefined {
		return id === 0n ? undefined : this.orders.find((order) => order.id === id);
	}

	#reaches(side: number, limit: number, price: number): boolean {
		return side === 0 ? price <= limit : price >= limit;
	}

	#lotsAt(side: number, ticks: number): number {
		return this.orders
			.filter((order) => order.side === side && order.ticks === ticks)
			.reduce((sum, { lots }) => sum + lots, 0);
	}

	/** What an order of this owner could trade with these, in their order. */
	#available(makers: ReferenceOrder[], owner: number): number {
		let sum = 0;
		for (const maker of makers) {
			const isOwn = owner !== 0 && maker.owner === owner && this.self !== SELF_TRADE.allow;
			if (isOwn && this.self !== SELF_TRADE['cancel-oldest']) return sum;
			if (!isOwn) sum += maker.lots;
		}
		return sum;
	}

	#take(
		id: bigint,
		side: number,
		limit: number,
		lots: number,
		owner: number,
		shown: number,
	): { left: number; ended: boolean } {
		let left = lots;
		let ended = false;
		const makers = this.queue(1 - side).filter((maker) => this.#reaches(side, limit, maker.ticks));
		for (const [at, maker] of makers.entries()) {
			if (left === 0 || ended) break;
			if (owner !== 0 && maker.owner === owner && this.self !== SELF_TRADE.allow) {
				if (this.self === SELF_TRADE['cancel-newest'] || this.self === SELF_TRADE['cancel-both']) ended = true;
				if (this.self === SELF_TRADE['cancel-oldest'] || this.self === SELF_TRADE['cancel-both'])
					this.#end(maker, REASONS['self-trade']);
				if (this.self === SELF_TRADE.decrement) {
					const both = Math.min(left, maker.lots);
					if (both === maker.lots) this.#end(maker, REASONS['self-trade']);
					else {
						maker.lots -= both;
						this.#tell('replaced', maker.id, maker.side, maker.ticks, maker.lots);
					}
					left -= both;
					if (left === 0) this.#tell('cancelled', id, side, shown, both, REASONS['self-trade']);
					else this.#tell('replaced', id, side, shown, left);
				}
			} else {
				const traded = Math.min(left, maker.lots);
				left -= traded;
				maker.lots -= traded;
				this.filled += traded;
				this.lastTicks = maker.ticks;
				if (maker.lots === 0) this.orders.splice(this.orders.indexOf(maker), 1);
				this.#tell('trade', maker.id, id, side, maker.ticks, traded, maker.lots, left);
			}
			// A level tells of itself once, when the taker leaves it, if it changed.
			const isLast = left === 0 || ended || makers[at + 1]?.ticks !== maker.ticks;
			const first = makers.findIndex((other) => other.ticks === maker.ticks);
			const onlyStopped = ended && this.self === SELF_TRADE['cancel-newest'] && at === first;
			if (isLast && !onlyStopped) this.#tellLevel(1 - side, maker.ticks);
		}
		return { left, ended };
	}

	#rest(order: ReferenceOrder): void {
		this.orders.push(order);
		this.#tellLevel(order.side, order.ticks);
	}

	#end(order: ReferenceOrder, reason: number): void {
		this.orders.splice(this.orders.indexOf(order), 1);
		this.#tell('cancelled', order.id, order.side, order.ticks, order.lots, reason);
	}

	#reject(id: bigint, reason: number): number {
		this.filled = 0;
		this.#tell('rejected', id, reason);
		return reason;
	}

	#tell(name: string, ...values: (number | bigint)[]): void {
		this.sequence++;
		this.events.push([name, ...values.map(unsigned), this.sequence]);
	}

	#tellLevel(side: number, ticks: number): void {
		const level = this.levels(side).find(([price]) => price === ticks);
		this.events.push(['level', side, unsigned(ticks), level?.[1] ?? 0, level?.[2] ?? 0, this.sequence]);
	}

	#top(): number[] {
		const [bid] = this.levels(0);
		const [ask] = this.levels(1);
		return [bid?.[0] ?? 0, bid?.[1] ?? 0, ask?.[0] ?? 0, ask?.[1] ?? 0];
	}

	#tellTop(): void {
		const top = this.#top();
		if (top.every((value, at) => value === this.#told[at])) return;
		this.#told = top;
		this.events.push(['top', ...top.map(unsigned), this.sequence]);
	}
}
