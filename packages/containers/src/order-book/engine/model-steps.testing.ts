import fc from 'fast-check';
import { expect } from '../../quick-expect.testing.js';
import * as words from '../layout.js';
import type { FluxOrderBook } from '../order-book.js';
import type { ReferenceEvent } from '../reference-book.testing.js';
import type { EngineOrder, MatchingEngine } from './matching-engine.js';
import { slowAuction, slowUncross } from './reference-auction.testing.js';
import type { ReferenceEngine } from './reference-engine.testing.js';
import type { Coming } from './reference-orders.testing.js';

/** Commands for an engine and for the slow one, and what must be the same of both. */

const ids = Array.from({ length: 16 }, (_, at) => at + 1);
const idArb = fc.constantFrom(...ids);
const rarely = <T>(arbitrary: fc.Arbitrary<T>, absent: number) =>
	fc.oneof({ weight: absent, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** What orders are made of. */
export interface Parts {
	ticksArb: fc.Arbitrary<number>;
	lotsArb: fc.Arbitrary<number>;
	/** How often an auction begins or ends. */
	auctions: number;
}

/** Orders that meet all the time. */
export const DENSE: Parts = {
	...{ ticksArb: fc.integer({ min: 1, max: 6 }), lotsArb: fc.integer({ min: 1, max: 9 }), auctions: 1 },
};
/** The same in auction after auction. */
export const CALLED: Parts = { ...DENSE, auctions: 8 };
/** The edges of what there is, and prices that are not above 0. */
export const WIDE: Parts = {
	ticksArb: fc.constantFrom(-(2 ** 31), -(2 ** 31) + 1, -5, -1, 0, 1, 3, 2 ** 31 - 2, 2 ** 31 - 1),
	lotsArb: fc.constantFrom(1, 2, 3, 2 ** 31, 2 ** 52, 2 ** 53 - 2, 2 ** 53 - 1),
	auctions: 2,
};

const submitOf = ({ ticksArb, lotsArb }: Parts) =>
	fc.record({
		id: idArb,
		side: fc.nat(1),
		ticks: ticksArb,
		lots: lotsArb,
		kind: fc.constantFrom('limit', 'limit', 'limit', 'limit', 'market', 'notional'),
		time: fc.constantFrom('GTC', 'GTC', 'GTC', 'GTC', 'IOC', 'FOK'),
		postOnly: fc.constantFrom(false, false, false, false, false, true),
		owner: fc.nat(2),
		display: rarely(lotsArb, 2),
		hidden: fc.constantFrom(false, false, false, true),
		whole: fc.constantFrom(false, false, false, true),
		reduceOnly: fc.constantFrom(false, false, false, true),
		least: rarely(fc.integer({ min: 1, max: 6 }), 7),
		stop: rarely(ticksArb, 4),
		trail: rarely(fc.constantFrom(1, 2, 3, 2 ** 31), 6),
		expires: rarely(fc.integer({ min: 1, max: 40 }), 8),
		day: fc.constantFrom(false, false, false, false, false, true),
		cancels: rarely(idArb, 8),
		budget: fc.integer({ min: 1, max: 60 }),
	});
type Submit = ReturnType<typeof submitOf> extends fc.Arbitrary<infer T> ? T : never;

/** The same order for both. Terms that exclude each other stay in a few of them, to be refused. */
function both(given: Submit, mends: boolean): { order: EngineOrder; coming: Coming } {
	const each = { ...given };
	if (mends) {
		if (each.kind !== 'limit' || each.time !== 'GTC')
			Object.assign(each, { postOnly: false, display: undefined, hidden: false });
		if (each.display !== undefined) Object.assign(each, { hidden: false, whole: false });
		if (each.hidden) each.whole = false;
		if (each.whole) Object.assign(each, { postOnly: false, least: undefined, reduceOnly: false });
		if (each.postOnly || each.kind === 'notional' || (each.least ?? 0) > each.lots) each.least = undefined;
		if (each.owner === 0) each.reduceOnly = false;
		if (each.expires !== undefined) each.day = false;
	}
	const { id, side, ticks, lots, kind, time, postOnly, owner, display, hidden, whole, reduceOnly } = each;
	const { least, stop, trail, expires, day, cancels, budget } = each;
	const timeInForce = kind !== 'limit' && time === 'GTC' ? undefined : time;
	const order = {
		...{ id, side: side === 0 ? 'buy' : 'sell', timeInForce, postOnly, owner, displayQuantity: display, hidden },
		...{ allOrNone: whole, reduceOnly, minQuantity: least, stopPrice: stop, trail, expires, day, cancels },
		...(kind === 'limit' ? { price: ticks } : { type: 'market' }),
		...(kind === 'notional' ? { notional: budget } : { quantity: lots }),
	} as unknown as EngineOrder;
	const flags =
		{ GTC: 0, IOC: words.IOC, FOK: words.FOK }[time as 'GTC'] |
		(postOnly ? words.POST_ONLY : 0) |
		(kind === 'limit' ? 0 : words.MARKET) |
		(display === undefined ? 0 : words.ICEBERG) |
		(hidden ? words.HIDDEN : 0) |
		(whole ? words.ALL_OR_NONE : 0) |
		(stop === undefined && trail === undefined ? 0 : words.STOP) |
		(reduceOnly ? words.REDUCE_ONLY : 0);
	const coming: Coming = {
		...{ id: BigInt(id), side, flags, owner, least: least ?? 0, display: display ?? 0, stop, trail: trail ?? 0 },
		...{ ticks: kind === 'limit' ? ticks : 0, lots: kind === 'notional' ? 0 : lots },
		...{ budget: kind === 'notional' ? budget : 0, partner: BigInt(cancels ?? 0) },
		expires: day ? (expires === undefined ? Infinity : -1) : (expires ?? 0),
	};
	return { order, coming };
}

/** A command for both. */
export interface Step {
	readonly name: string;
	run(engine: MatchingEngine, model: ReferenceEngine): void;
}

const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Commands of all kinds. */
export const stepOf = (parts: Parts): fc.Arbitrary<Step> => {
	const { ticksArb, lotsArb } = parts;
	const submit = fc.tuple(submitOf(parts), fc.nat(9)).map(([given, mended]): Step => {
		const { order, coming } = both(given, mended > 0);
		return {
			name: `submit ${JSON.stringify(order)}`,
			run(engine, model) {
				const { accepted, filled, open, waiting } = engine.submit(order);
				const code = model.submit(coming);
				expect(accepted).toBe(code === 0);
				expect(waiting).toBe(model.waiting.some((each) => each.coming.id === coming.id));
				if (!waiting) expect(open).toBe(model.openOf(coming.id));
				if (filled > 0) expect(filled).toBeLessThanOrEqual(2 ** 53);
			},
		};
	});
	const plain = fc.record({ id: idArb, side: fc.nat(1), ticks: ticksArb, lots: lotsArb, owner: fc.nat(2) });
	return fc.oneof(
		{ weight: 14, arbitrary: submit },
		{
			weight: 3,
			arbitrary: plain.map(
				({ id, side, ticks, lots, owner }): Step => ({
					name: `limit ${id} ${side} ${ticks} ${lots} ${owner}`,
					run(engine, model) {
						const name = side === 0 ? 'buy' : 'sell';
						const accepted =
							id % 2 === 0
								? engine.submitLimit(id, side as 0, ticks, lots, 0, owner) === 0
								: engine.submit({ id, side: name, price: ticks, quantity: lots, owner }).accepted;
						const none = { flags: 0, budget: 0, least: 0, display: 0, stop: undefined, trail: 0, expires: 0 };
						const code = model.submit({ id: BigInt(id), side, ticks, lots, owner, partner: 0n, ...none });
						expect(accepted).toBe(code === 0);
					},
				}),
			),
		},
		{
			weight: 2,
			arbitrary: idArb.map(
				(id): Step => ({
					name: `cancel ${id}`,
					run(engine, model) {
						expect(engine.cancel(id)).toBe(model.cancel(BigInt(id)));
					},
				}),
			),
		},
		{
			weight: 2,
			arbitrary: fc.tuple(idArb, lotsArb).map(
				([id, lots]): Step => ({
					name: `reduce ${id} ${lots}`,
					run(engine, model) {
						expect(engine.reduce(id, lots).accepted).toBe(model.reduce(BigInt(id), lots) === 0);
					},
				}),
			),
		},
		{
			weight: 3,
			arbitrary: fc
				.tuple(idArb, option(ticksArb), option(lotsArb), rarely(ticksArb, 3))
				.filter(([, ticks, lots, stop]) => (ticks ?? lots ?? stop) !== undefined)
				.map(
					([id, price, quantity, stopPrice]): Step => ({
						name: `replace ${id} ${price} ${quantity} ${stopPrice}`,
						run(engine, model) {
							const change = JSON.parse(JSON.stringify({ price, quantity, stopPrice }));
							expect(engine.replace(id, change).accepted).toBe(
								model.replace(BigInt(id), price, quantity, stopPrice) === 0,
							);
						},
					}),
				),
		},
		{
			weight: 1,
			arbitrary: fc.tuple(fc.integer({ min: -1, max: 1 }), fc.nat(2), option(ticksArb), option(ticksArb)).map(
				([side, owner, minPrice, maxPrice]): Step => ({
					name: `cancelAll ${side} ${owner} ${minPrice} ${maxPrice}`,
					run(engine, model) {
						const filter = JSON.parse(JSON.stringify({ side: ['buy', 'sell'][side], owner, minPrice, maxPrice }));
						const ended = model.cancelAll(side, owner, minPrice ?? -Infinity, maxPrice ?? Infinity);
						expect(engine.cancelAll(filter)).toBe(ended);
					},
				}),
			),
		},
		{
			weight: 2,
			arbitrary: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: -12, max: 12 })).map(
				([owner, lots]): Step => ({
					name: `setPosition ${owner} ${lots}`,
					run(engine, model) {
						engine.setPosition(owner, lots);
						model.setPosition(owner, lots);
					},
				}),
			),
		},
		{
			weight: 1,
			arbitrary: fc.nat(6).map(
				(span): Step => ({
					name: span === 0 ? 'endDay' : `advance ${span}`,
					run(engine, model) {
						if (span === 0) expect(engine.endDay()).toBe(model.endDay());
						else expect(engine.advance(engine.time + span)).toBe(model.advance(model.time + span));
					},
				}),
			),
		},
		{
			weight: parts.auctions,
			arbitrary: fc.tuple(fc.nat(2), option(ticksArb)).map(
				([kind, reference]): Step => ({
					name: kind === 0 ? 'startAuction' : `uncross ${reference}`,
					run(engine, model) {
						if (kind === 0) {
							engine.startAuction();
							model.calling = true;
							return;
						}
						const options = reference === undefined ? {} : { reference };
						const wanted = slowAuction(model.orders, reference, model.last);
						if (wanted !== undefined && wanted.volume > BigInt(Number.MAX_SAFE_INTEGER)) {
							expect(() => engine.auctionPrice(options)).toThrow('at most 2^53 - 1');
							expect(() => engine.uncross(options)).toThrow('at most 2^53 - 1');
							return;
						}
						const before = engine.auctionPrice(options);
						expect([before?.ticks, before?.lots]).toEqual([wanted?.ticks, wanted && Number(wanted.volume)]);
						const result = engine.uncross(options);
						const lots = slowUncross(model, reference);
						expect(result && [result.ticks, BigInt(result.lots)]).toEqual(wanted && [wanted.ticks, lots]);
						expect(lots <= (wanted?.volume ?? 0n)).toBe(true);
					},
				}),
			),
		},
	);
};

/** All that can be seen of both. */
export function compare(engine: MatchingEngine, model: ReferenceEngine, heard: ReferenceEvent[]): void {
	const { book } = engine;
	expect(heard).toEqual(model.events);
	heard.length = 0;
	model.events.length = 0;
	expect(book.sequence).toBe(model.sequence);
	expect(book.lastTicks).toBe(model.last === undefined ? undefined : model.last + 0);
	expect(engine.waiting).toBe(model.waiting.length);
	expect(engine.isAuction).toBe(model.calling);
	for (const side of [0, 1] as const) {
		const levels: number[][] = [];
		book.forEachLevel(side, (...level) => levels.push(level));
		expect(levels).toEqual(model.levels(side).map(([ticks, ...rest]) => [ticks + 0, ...rest]));
		const orders: number[][] = [];
		book.forEachOrder(side, (low, _high, ticks, lots, owner) => orders.push([low, ticks, lots, owner]));
		const shown = model.queue(side).filter(({ kind }) => kind === 0);
		expect(orders).toEqual(shown.map(({ id, ticks, lots, owner }) => [Number(id), ticks + 0, lots, owner]));
	}
	for (const id of ids) {
		expect(engine.has(id)).toBe(model.has(BigInt(id)));
		expect(engine.openOf(id)).toBe(model.openOf(BigInt(id)));
		const order = engine.order(id);
		expect([order !== undefined, order?.quantity ?? 0, order?.stopPrice]).toEqual([
			engine.has(id),
			engine.openOf(id),
			engine.stopPriceOf(id),
		]);
		expect(engine.stopPriceOf(id)).toBe(model.waiting.find(({ coming }) => coming.id === BigInt(id))?.stop);
	}
	for (const owner of [1, 2]) {
		const position = model.positions.get(owner);
		expect(engine.positionText(owner)).toBe(position?.toString());
		if (position === undefined || Number.isSafeInteger(Number(position)))
			expect(engine.position(owner)).toBe(position === undefined ? undefined : Number(position));
		else expect(() => engine.position(owner)).toThrow('positionText()');
	}
	engine.validate();
}

/** What a book tells of from now on, as the slow one writes it down. */
export function hear(book: FluxOrderBook): ReferenceEvent[] {
	const heard: ReferenceEvent[] = [];
	const tell =
		(name: string, wide: number) =>
		(...values: number[]) => {
			const named = Array.from({ length: wide }, (_, at) => BigInt(values[at * 2]));
			heard.push([name, ...named, ...values.slice(wide * 2), book.sequence]);
		};
	book.listen({
		...{ accepted: tell('accepted', 1), rejected: tell('rejected', 1), trade: tell('trade', 2) },
		...{ cancelled: tell('cancelled', 1), expired: tell('expired', 1), triggered: tell('triggered', 1) },
		...{ displayed: tell('displayed', 1), replaced: tell('replaced', 1) },
		...{ level: tell('level', 0), top: tell('top', 0) },
	});
	return heard;
}
