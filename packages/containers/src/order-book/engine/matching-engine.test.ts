import { Arena, ArgumentError, Heap, ReentryError } from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runs, thrownBy } from '../../soak.testing.js';
import { FluxOrderBook, REASONS } from '../order-book.js';
import { ReferenceBook, type ReferenceEvent } from '../reference-book.testing.js';
import { SELF_TRADE_NAMES, type SelfTrade } from '../terms.js';
import { type EngineOrder, MatchingEngine } from './matching-engine.js';

let heap: Heap;
let book: FluxOrderBook;
let engine: MatchingEngine;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
	book = new FluxOrderBook({ heap });
	engine = new MatchingEngine(book);
});
afterEach(() => heap.dispose());

const limit = (id: number, side: 'buy' | 'sell', price: number, quantity: number, more: object = {}) =>
	engine.submit({ id, side, price, quantity, ...more } as EngineOrder);
const market = (id: number, side: 'buy' | 'sell', quantity: number, more: object = {}) =>
	engine.submit({ id, side, type: 'market', quantity, ...more } as EngineOrder);

describe('a stop order', () => {
	test('waits for its price, and goes in as it was meant', () => {
		const triggered: unknown[] = [];
		engine.onTriggered(({ id, result }) => triggered.push([id, result.filled, result.open]));
		for (const [id, price] of [
			[1, 10],
			[2, 11],
			[3, 12],
		])
			limit(id, 'sell', price, 5);
		expect(market(10, 'buy', 3, { stopPrice: 10 })).toMatchObject({ accepted: true, waiting: true });
		expect(limit(11, 'buy', 10, 4, { stopPrice: 10 })).toMatchObject({ waiting: true });
		limit(12, 'buy', 11, 1, { stopPrice: 11 });
		expect([engine.waiting, engine.has(11), book.has(11)]).toEqual([3, true, false]);
		expect(limit(4, 'buy', 10, 1)).toMatchObject({ filled: 1, waiting: false });
		// 10 takes 3 of order 1, 11 the last one, and rests with 3; nothing traded at 11.
		expect(triggered).toEqual([
			[10, 3, 0],
			[11, 1, 3],
		]);
		expect([engine.waiting, book.lotsOf(11), book.bestAsk]).toEqual([1, 3, 11]);
		expect(engine.cancel(12)).toBe(true);
		expect(engine.cancel(12)).toBe(false);
	});

	test('triggers others in turn, within one call', () => {
		const order: number[] = [];
		engine.onTriggered(({ id }) => order.push(Number(id)));
		for (let price = 1; price <= 6; price++) limit(price, 'sell', price, 1);
		for (let price = 1; price <= 5; price++) market(10 + price, 'buy', 1, { stopPrice: price });
		limit(20, 'buy', 1, 1);
		expect(order).toEqual([11, 12, 13, 14, 15]);
		expect([book.size, engine.waiting, book.lastPrice]).toEqual([0, 0, 6]);
	});

	test('goes in at once where its price was reached before', () => {
		limit(1, 'sell', 10, 5);
		limit(2, 'buy', 10, 1);
		expect(market(3, 'buy', 1, { stopPrice: 10 })).toMatchObject({ filled: 1, waiting: false });
		expect(market(4, 'sell', 1, { stopPrice: 10 })).toMatchObject({ filled: 0, waiting: false });
		expect(market(5, 'sell', 1, { stopPrice: 9 })).toMatchObject({ waiting: true });
	});
});

describe('a clock', () => {
	test('ends what is good till a date, and the day', () => {
		const reasons: unknown[] = [];
		book.on('cancelled', ({ id, reason }) => reasons.push([id, reason]));
		limit(1, 'buy', 5, 1, { expires: 10 });
		limit(2, 'buy', 5, 1, { expires: 5 });
		limit(3, 'buy', 5, 1, { day: true });
		limit(4, 'buy', 5, 1);
		market(5, 'sell', 1, { stopPrice: 1, expires: 10 });
		expect(limit(6, 'buy', 5, 1, { expires: 5, day: true }).reason).toBe('terms');
		expect([engine.advance(4), engine.advance(5), engine.time]).toEqual([0, 1, 5]);
		expect(limit(6, 'buy', 5, 1, { expires: 5 }).reason).toBe('past-time');
		expect([engine.advance(100), engine.endDay(), engine.endDay()]).toEqual([2, 1, 0]);
		expect(reasons).toEqual([
			[2, 'expired'],
			[1, 'expired'],
			[5, 'expired'],
			[3, 'expired'],
		]);
		expect([book.size, engine.waiting]).toEqual([1, 0]);
		expect(() => engine.advance(99)).toThrow(ArgumentError);
	});

	test('does not end another order of the same id', () => {
		limit(1, 'buy', 5, 1, { expires: 10 });
		limit(2, 'sell', 5, 1);
		limit(1, 'buy', 5, 1);
		expect([engine.advance(10), book.has(1)]).toEqual([0, true]);
	});
});

describe('orders of which one cancels the other', () => {
	test('go together, whoever trades or ends', () => {
		limit(1, 'sell', 12, 5);
		market(2, 'sell', 5, { stopPrice: 8, cancels: 1 });
		limit(3, 'buy', 12, 1);
		expect([book.has(1), engine.waiting]).toEqual([true, 0]);
		limit(4, 'sell', 13, 5);
		limit(5, 'sell', 14, 5, { cancels: 4 });
		expect(engine.cancel(4)).toBe(true);
		expect(book.has(5)).toBe(false);
		limit(6, 'sell', 20, 5, { expires: 3 });
		limit(7, 'sell', 21, 5, { cancels: 6 });
		expect(limit(8, 'buy', 1, 1, { cancels: 7 }).reason).toBe('terms');
		expect(limit(8, 'buy', 1, 1, { cancels: 99 }).reason).toBe('unknown-id');
		engine.advance(3);
		expect([book.has(6), book.has(7)]).toEqual([false, false]);
		limit(8, 'buy', 1, 5);
		// Its own trade ends the other one.
		limit(9, 'buy', 12, 1, { cancels: 8 });
		expect(book.has(8)).toBe(false);
		limit(10, 'buy', 2, 5);
		expect(engine.submit({ id: 11, side: 'buy', price: 1.5, quantity: 1, cancels: 10 }).accepted).toBe(false);
		expect(book.has(10)).toBe(true);
	});
});

test('a minimum quantity is traded at once, or the order refused', () => {
	limit(1, 'sell', 10, 5);
	expect(limit(2, 'buy', 10, 8, { minQuantity: 6 }).reason).toBe('not-enough');
	expect(limit(2, 'buy', 10, 8, { minQuantity: 5 })).toMatchObject({ filled: 5, open: 3 });
	expect(limit(3, 'buy', 10, 8, { minQuantity: 9 }).reason).toBe('not-enough');
});

describe('mistakes', () => {
	test('throw, and change nothing', () => {
		limit(1, 'buy', 5, 1, { expires: 10 });
		for (const wrong of [
			{ expires: 1.5 },
			{ expires: 2 ** 32 },
			{ day: 1 },
			{ cancels: 0 },
			{ stopPrice: 0.5 },
			{ minQuantity: 'x' },
		])
			expect(() => limit(2, 'sell', 5, 1, wrong), JSON.stringify(wrong)).toThrow(ArgumentError);
		expect(() => engine.submit(null as never)).toThrow(ArgumentError);
		expect(() => engine.onTriggered(1 as never)).toThrow(ArgumentError);
		expect(() => new MatchingEngine({} as never)).toThrow(ArgumentError);
		expect([limit(1, 'sell', 5, 1).reason, book.size]).toEqual(['duplicate-id', 1]);
		expect(engine.advance(10)).toBe(1);
	});

	test('of listeners come out when all is done', () => {
		limit(1, 'sell', 10, 5);
		market(2, 'buy', 2, { stopPrice: 10 });
		book.on('trade', () => {
			throw new Error('mine');
		});
		const inner: unknown[] = [];
		engine.onTriggered(() => inner.push(thrownBy(() => engine.cancel(1))));
		expect(() => limit(3, 'buy', 10, 1)).toThrow('mine');
		expect([book.lotsOf(1), engine.waiting]).toEqual([2, 0]);
		expect(inner[0]).toBeInstanceOf(ReentryError);
		engine.dispose();
		engine.dispose();
	});
});

/** The engine over the slow book: arrays, searched for everything. */
class ReferenceEngine {
	readonly book: ReferenceBook;
	waiting: { id: bigint; stop: number; terms: Plain }[] = [];
	ends: { id: bigint; at: number }[] = [];
	pairs: [bigint, bigint][] = [];
	time = 0;

	constructor(selfTrade: SelfTrade) {
		this.book = new ReferenceBook(selfTrade);
	}

	has(id: bigint): boolean {
		return this.book.orders.some((order) => order.id === id) || this.waiting.some((each) => each.id === id);
	}

	submit(id: bigint, plain: Plain, { stop, expires, day, cancels }: Terms): number {
		const refuse = (reason: number) => this.#reject(id, reason);
		if (this.has(id)) return refuse(REASONS['duplicate-id']);
		if (expires !== undefined && day) return refuse(REASONS.terms);
		if (expires !== undefined && expires <= this.time) return refuse(REASONS['past-time']);
		if (cancels !== undefined && !this.has(cancels)) return refuse(REASONS['unknown-id']);
		if (cancels !== undefined && this.pairs.some((pair) => pair.includes(cancels))) return refuse(REASONS.terms);
		const last = this.book.lastTicks ?? Number.NaN;
		const ending = day ? Infinity : expires;
		const note = () => {
			this.ends = this.ends.filter((each) => each.id !== id);
			if (ending !== undefined) this.ends.push({ id, at: ending });
			if (cancels !== undefined) this.pairs.push([id, cancels]);
		};
		if (stop !== undefined && !(plain.side === 0 ? last >= stop : last <= stop)) {
			if (plain.least > plain.lots) return refuse(REASONS.quantity);
			this.waiting.push({ id, stop, terms: plain });
			note();
			return 0;
		}
		let code = 0;
		note();
		this.#run(() => {
			code = this.#enter(id, plain);
			if (code !== 0) {
				this.pairs = this.pairs.filter((pair) => !pair.includes(id));
				this.ends = this.ends.filter((each) => each.id !== id);
			}
		});
		return code;
	}

	cancel(id: bigint): boolean {
		const found = this.has(id);
		this.#run(() => {
			if (!this.#drop(id, REASONS.requested)) this.book.cancel(id);
		});
		return found;
	}

	replace(id: bigint, ticks: number, lots: number): number {
		let code = 0;
		this.#run(() => {
			code = this.book.replace(id, ticks, lots);
		});
		return code;
	}

	advance(time: number, isDay: boolean): number {
		if (!isDay) this.time = time;
		let ended = 0;
		for (;;) {
			const due = this.ends.filter(({ at }) => (isDay ? at === Infinity : at <= time));
			const first = due.toSorted((a, b) => (a.at === b.at ? 0 : a.at - b.at))[0];
			if (first === undefined) return ended;
			this.ends = this.ends.filter((each) => each !== first);
			if (!this.has(first.id)) continue;
			ended++;
			this.#run(() => this.#endAny(first.id, REASONS.expired));
		}
	}

	#enter(id: bigint, { side, ticks, lots, flags, owner, least, isMarket }: Plain): number {
		if (least > 0) {
			const reach = isMarket ? (side === 0 ? Infinity : -Infinity) : ticks;
			// As a FOK order of the least quantity would be asked: by trying.
			const trial = new ReferenceBook('allow');
			Object.assign(trial, { self: this.book.self, orders: this.book.orders.map((order) => ({ ...order })) });
			const asked =
				least > lots
					? REASONS['not-enough']
					: isMarket
						? trial.market(id, side, least, 2, owner)
						: trial.limit(id, side, reach, least, 2, owner);
			if (asked === REASONS['not-enough']) return this.#reject(id, asked);
		}
		return isMarket
			? this.book.market(id, side, lots, flags, owner)
			: this.book.limit(id, side, ticks, lots, flags, owner);
	}

	#endAny(id: bigint, reason: number): void {
		if (this.#drop(id, reason)) return;
		if (!this.book.orders.some((order) => order.id === id)) return;
		this.book.cancel(id);
		// The slow book knows one reason alone.
		const at = this.book.events.findLastIndex(([name, other]) => name === 'cancelled' && other === id);
		this.book.events[at] = this.book.events[at].with(5, reason);
	}

	#drop(id: bigint, reason: number): boolean {
		const found = this.waiting.find((each) => each.id === id);
		if (found === undefined) return false;
		this.waiting = this.waiting.filter((each) => each !== found);
		this.ends = this.ends.filter((each) => each.id !== id);
		const { side, ticks, lots } = found.terms;
		this.book.sequence++;
		this.book.events.push(['cancelled', id, side, ticks, lots, reason, this.book.sequence]);
		return true;
	}

	#reject(id: bigint, reason: number): number {
		this.book.sequence++;
		this.book.filled = 0;
		this.book.events.push(['rejected', id, reason, this.book.sequence]);
		return reason;
	}

	#run(command: () => void): void {
		let low = Infinity;
		let high = -Infinity;
		const doomed: bigint[] = [];
		const look = (from: number) => {
			for (const [name, first, second, , ticks] of this.book.events.slice(from)) {
				if (name === 'trade') {
					low = Math.min(low, ticks as number);
					high = Math.max(high, ticks as number);
				}
				for (const id of name === 'trade' ? [first, second] : name === 'cancelled' ? [first] : []) {
					const pair = this.pairs.find((each) => each.includes(id as bigint));
					if (pair === undefined) continue;
					this.pairs = this.pairs.filter((each) => each !== pair);
					doomed.push(pair[0] === id ? pair[1] : pair[0]);
				}
			}
		};
		const step = (run: () => void) => {
			const from = this.book.events.length;
			run();
			look(from);
		};
		step(command);
		for (;;) {
			const id = doomed.shift();
			if (id !== undefined) {
				step(() => this.#endAny(id, REASONS['other-ended']));
				continue;
			}
			const buys = this.waiting
				.filter(({ stop, terms }) => terms.side === 0 && stop <= high)
				.sort((a, b) => a.stop - b.stop);
			const sells = this.waiting
				.filter(({ stop, terms }) => terms.side === 1 && stop >= low)
				.sort((a, b) => b.stop - a.stop);
			const next = buys[0] ?? sells[0];
			if (next === undefined) return;
			this.waiting = this.waiting.filter((each) => each !== next);
			step(() => {
				const code = this.#enter(next.id, next.terms);
				if (code === 0) return;
				const pair = this.pairs.find((each) => each.includes(next.id));
				if (pair === undefined) return;
				this.pairs = this.pairs.filter((each) => each !== pair);
				doomed.push(pair[0] === next.id ? pair[1] : pair[0]);
			});
		}
	}
}

interface Plain {
	side: number;
	ticks: number;
	lots: number;
	flags: number;
	owner: number;
	least: number;
	isMarket: boolean;
}

interface Terms {
	stop: number | undefined;
	expires: number | undefined;
	day: boolean;
	cancels: bigint | undefined;
}

test.each(SELF_TRADE_NAMES)('an engine does what the slow one does, self trades: %s', (selfTrade) => {
	const option = <T>(arbitrary: fc.Arbitrary<T>, absent: number) =>
		fc.oneof({ weight: absent, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
	const idArb = fc.integer({ min: 1, max: 25 });
	const ticksArb = fc.integer({ min: 1, max: 8 });
	const stepArb = fc.record({
		kind: fc.nat(20),
		id: idArb,
		side: fc.nat(1),
		ticks: ticksArb,
		lots: fc.integer({ min: 1, max: 9 }),
		isMarket: fc.boolean(),
		time: fc.constantFrom('GTC', 'GTC', 'GTC', 'IOC', 'FOK'),
		owner: fc.nat(2),
		stop: option(ticksArb, 1),
		least: option(fc.integer({ min: 1, max: 6 }), 4),
		expires: option(fc.integer({ min: 1, max: 40 }), 4),
		day: fc.boolean(),
		cancels: option(idArb, 5),
		span: fc.nat(6),
	});
	fc.assert(
		fc.property(fc.array(stepArb, { maxLength: 60, size: 'max' }), (steps) => {
			const tested = new FluxOrderBook({ heap, selfTrade });
			const engine = new MatchingEngine(tested);
			const model = new ReferenceEngine(selfTrade);
			const heard: ReferenceEvent[] = [];
			const tell =
				(name: string, ids: number) =>
				(...values: number[]) => {
					const wide = Array.from({ length: ids }, (_, at) => BigInt(values[at * 2]));
					heard.push([name, ...wide, ...values.slice(ids * 2), tested.sequence]);
				};
			tested.listen({
				accepted: tell('accepted', 1),
				rejected: tell('rejected', 1),
				trade: tell('trade', 2),
				cancelled: tell('cancelled', 1),
				replaced: tell('replaced', 1),
			});
			for (const step of steps) {
				const { kind, id, side, ticks, lots, isMarket, time, owner, stop, least, expires, day, cancels, span } = step;
				const wide = BigInt(id);
				if (kind < 16) {
					const timeInForce = isMarket && time === 'GTC' ? undefined : time;
					const order = {
						...{
							id,
							side: side === 0 ? 'buy' : 'sell',
							quantity: lots,
							timeInForce,
							owner,
							stopPrice: stop,
							minQuantity: least,
						},
						...{ expires, day: day && expires === undefined && kind < 4, cancels },
						...(isMarket ? { type: 'market' } : { price: ticks }),
					} as unknown as EngineOrder;
					const flags = { GTC: 0, IOC: 1, FOK: 2 }[timeInForce ?? 'GTC'] ?? 0;
					const plain = { side, ticks: isMarket ? 0 : ticks, lots, flags, owner, least: least ?? 0, isMarket };
					const { accepted } = engine.submit(order);
					const terms = {
						stop,
						expires,
						day: order.day === true,
						cancels: cancels === undefined ? undefined : BigInt(cancels),
					};
					expect(accepted).toBe(model.submit(wide, plain, terms) === 0);
				} else if (kind < 17) expect(engine.cancel(id)).toBe(model.cancel(wide));
				else if (kind < 18)
					expect(engine.replace(id, { price: ticks, quantity: lots }).accepted).toBe(
						model.replace(wide, ticks, lots) === 0,
					);
				else if (kind < 20) expect(engine.advance(engine.time + span)).toBe(model.advance(model.time + span, false));
				else expect(engine.endDay()).toBe(model.advance(0, true));
				expect(heard).toEqual(model.book.events.filter(([name]) => name !== 'level' && name !== 'top'));
				expect(engine.waiting).toBe(model.waiting.length);
				for (const each of [0, 1] as const) {
					const ids: bigint[] = [];
					tested.forEachOrder(each, (low) => ids.push(BigInt(low)));
					expect(ids).toEqual(model.book.queue(each).map((order) => order.id));
				}
			}
			tested.validate();
			engine.dispose();
			tested.dispose();
		}),
		{ numRuns: runs(1000) },
	);
});
