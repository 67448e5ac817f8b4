import { Arena, ArgumentError, FluxError, Heap, ReentryError } from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { expect } from '../../quick-expect.testing.js';
import { runs, thrownBy } from '../../soak.testing.js';
import { FluxOrderBook } from '../order-book.js';
import { SELF_TRADE_NAMES, type SelfTrade } from '../terms.js';
import { commandArb } from './commands.testing.js';
import { type EngineOrder, MatchingEngine } from './matching-engine.js';

/** What must hold between two runs of an engine, whatever the right answer is; and calls that nobody should make. */

let heap: Heap;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 25 }));
});
afterEach(() => heap.dispose());

const rarely = <T>(arbitrary: fc.Arbitrary<T>, absent: number) =>
	fc.oneof({ weight: absent, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const yes = (absent: number) => rarely(fc.constant(true), absent);
const ticksArb = fc.integer({ min: 1, max: 7 });
const lotsArb = fc.integer({ min: 1, max: 9 });

const stepArb = fc.record({
	kind: fc.constantFrom(
		'submit',
		'submit',
		'submit',
		'submit',
		'submit',
		'cancel',
		'replace',
		'reduce',
		'position',
		'time',
	),
	id: fc.integer({ min: 1, max: 14 }),
	side: fc.constantFrom(-1, 1),
	ticks: ticksArb,
	lots: lotsArb,
	isMarket: fc.constantFrom(false, false, false, true),
	timeInForce: fc.constantFrom(undefined, undefined, undefined, 'IOC', 'FOK'),
	owner: fc.nat(2),
	displayQuantity: rarely(lotsArb, 3),
	hidden: yes(5),
	allOrNone: yes(4),
	reduceOnly: yes(5),
	minQuantity: rarely(fc.integer({ min: 1, max: 4 }), 8),
	stop: rarely(ticksArb, 4),
	trail: rarely(fc.integer({ min: 1, max: 3 }), 6),
	expires: rarely(fc.integer({ min: 1, max: 30 }), 7),
	cancels: rarely(fc.integer({ min: 1, max: 14 }), 7),
});
type Step = typeof stepArb extends fc.Arbitrary<infer T> ? T : never;

/** What happens to all prices and sides of a run. */
interface View {
	price(ticks: number): number;
	/** 1, or -1 where buyers become sellers. */
	readonly sign: number;
}
const PLAIN: View = { price: (ticks) => ticks, sign: 1 };

/** Plays steps as a view has them, and tells what happened as the plain view would. `only`: the side that waits or trades whole. */
function play(steps: readonly Step[], selfTrade: SelfTrade, { price, sign }: View, only: number): unknown[] {
	const book = new FluxOrderBook({ heap, selfTrade });
	const engine = new MatchingEngine(book);
	const told: unknown[] = [];
	const back = (at: number) => (sign === 1 ? at - price(0) : price(0) - at);
	const isBuy = (side: number) => (side === 0 ? 1 : -1) * sign > 0;
	book.listen({
		trade: (maker, _m, taker, _t, side, ticks, lots, left, other) =>
			told.push(['trade', maker, taker, isBuy(side), back(ticks), lots, left, other]),
		cancelled: (id, _h, side, _ticks, lots, reason) => told.push(['cancelled', id, isBuy(side), lots, reason]),
		expired: (id, _h, side, _ticks, lots) => told.push(['expired', id, isBuy(side), lots]),
		triggered: (id, _h, side, _ticks, lots) => told.push(['triggered', id, isBuy(side), lots]),
		rejected: (id, _h, reason) => told.push(['rejected', id, reason]),
		displayed: (id, _h, side, ticks, lots) => told.push(['displayed', id, isBuy(side), back(ticks), lots]),
	});
	for (const {
		kind,
		id,
		side,
		ticks,
		lots,
		isMarket,
		stop,
		trail,
		allOrNone,
		owner,
		cancels,
		expires,
		...more
	} of steps) {
		const isTheirs = side === only;
		if (kind === 'submit')
			engine.submit({
				...{ id, side: side * sign > 0 ? 'buy' : 'sell', quantity: lots, ...more, owner, cancels, expires },
				...(isMarket ? { type: 'market' } : { price: price(ticks) }),
				...(isTheirs ? { allOrNone, trail, stopPrice: stop === undefined ? undefined : price(stop) } : {}),
			} as unknown as EngineOrder);
		else if (kind === 'cancel') engine.cancel(id);
		else if (kind === 'replace') engine.replace(id, { price: price(ticks), quantity: lots });
		else if (kind === 'reduce') engine.reduce(id, lots);
		else if (kind === 'position') engine.setPosition(1 + (owner & 1), side * sign * lots);
		else engine.advance(engine.time + lots);
	}
	const ids = Array.from({ length: 14 }, (_, at) => at + 1);
	told.push(ids.map((id) => engine.openOf(id)));
	engine.validate();
	engine.dispose();
	book.dispose();
	return told;
}

describe('an engine', () => {
	const stepsArb = fc.array(stepArb, { maxLength: 60, size: 'max' });
	const selfArb = fc.constantFrom(...SELF_TRADE_NAMES);

	test('in a mirror, trades as its mirror image', () => {
		// Of both sides at once buys go first, in the mirror as well: so one side alone waits for prices, or trades whole.
		fc.assert(
			fc.property(stepsArb, selfArb, fc.constantFrom(-1, 1), (steps, selfTrade, only) => {
				const mirror: View = { price: (ticks) => 20 - ticks, sign: -1 };
				expect(play(steps, selfTrade, mirror, only)).toEqual(play(steps, selfTrade, PLAIN, only));
			}),
			{ numRuns: runs(1500) },
		);
	});

	test('moved by some ticks, trades as before', () => {
		const shiftArb = fc.oneof(fc.integer({ min: -1e9, max: 1e9 }), fc.constantFrom(-4, 2 ** 31 - 20, -(2 ** 31)));
		fc.assert(
			fc.property(stepsArb, selfArb, fc.constantFrom(-1, 1), shiftArb, (steps, selfTrade, only, shift) => {
				const moved: View = { price: (ticks) => ticks + shift, sign: 1 };
				const start = steps.map((step) => ({ ...step, trail: undefined }));
				expect(play(start, selfTrade, moved, only)).toEqual(play(start, selfTrade, PLAIN, only));
			}),
			{ numRuns: runs(1500) },
		);
	});

	test('is what it was after any call that throws', () => {
		const wrong = fc.constantFrom<unknown>(
			...[
				undefined,
				null,
				0,
				-1,
				1.5,
				Number.NaN,
				Infinity,
				-0,
				2 ** 53,
				2n ** 64n,
				-1n,
				'',
				'x',
				'1e400',
				[],
				{},
				true,
			],
		);
		const field = fc.constantFrom(
			...['id', 'side', 'price', 'quantity', 'type', 'timeInForce', 'owner', 'postOnly', 'displayQuantity', 'hidden'],
			...['allOrNone', 'reduceOnly', 'minQuantity', 'stopPrice', 'trail', 'expires', 'day', 'cancels', 'notional'],
		);
		const callArb = fc.tuple(fc.nat(7), field, wrong, wrong);
		fc.assert(
			fc.property(fc.array(commandArb, { maxLength: 25 }), fc.array(callArb, { maxLength: 12 }), (commands, calls) => {
				const engine = new MatchingEngine(new FluxOrderBook({ heap, tickSize: '0.5', lotSize: '0.1' }));
				for (const command of commands) command(engine);
				for (const [kind, name, value, other] of calls) {
					const before = engine.hash();
					const { sequence } = engine.book;
					try {
						const order = { id: 1, side: 'buy', price: 1, quantity: 1, [name]: value };
						if (kind === 0) engine.submit(order as never);
						else if (kind === 1) engine.submit(value as never);
						else if (kind === 2) engine.cancel(value as never);
						else if (kind === 3) engine.replace(value as never, { price: other } as never);
						else if (kind === 4) engine.reduce(1, value as never);
						else if (kind === 5) engine.cancelAll({ owner: value, minPrice: other } as never);
						else if (kind === 6) engine.setPosition(value as never, other as never);
						else engine.advance(value as never);
					} catch (error) {
						expect(error).toBeInstanceOf(FluxError);
						expect([engine.hash(), engine.book.sequence]).toEqual([before, sequence]);
					}
				}
				engine.validate();
				engine.dispose();
				engine.book.dispose();
			}),
			{ numRuns: runs(1500) },
		);
	});

	test('takes no command from inside a listener, of the book or its own', () => {
		const engine = new MatchingEngine(new FluxOrderBook({ heap }));
		const caught: unknown[] = [];
		const calls: (() => unknown)[] = [
			() => engine.submit({ id: 9, side: 'buy', price: 1, quantity: 1 }),
			() => engine.cancel(1),
			() => engine.cancelAll(),
			() => engine.reduce(1, 1),
			() => engine.replace(1, { price: 2 }),
			() => engine.setPosition(1, 1),
			() => engine.advance(9),
			() => engine.endDay(),
			() => engine.snapshot(),
			() => engine.journal(null),
		];
		const all = () => {
			for (const call of calls) caught.push(thrownBy(call));
		};
		engine.book.on('trade', all);
		engine.onTriggered(all);
		engine.submit({ id: 1, side: 'sell', price: 10, quantity: 5, displayQuantity: 2 });
		engine.submit({ id: 2, side: 'buy', type: 'market', quantity: 1, stopPrice: 10 });
		engine.submit({ id: 3, side: 'buy', price: 10, quantity: 1 });
		expect(caught.length).toBe(30);
		for (const error of caught) expect(error).toBeInstanceOf(ReentryError);
		expect(engine.openOf(1)).toBe(3);
		engine.dispose();
		engine.book.dispose();
		expect(() => engine.submit({ id: 9, side: 'buy', price: 1, quantity: 1 })).toThrow('disposed');
		expect(() => new MatchingEngine(null as never)).toThrow(ArgumentError);
	});
});
