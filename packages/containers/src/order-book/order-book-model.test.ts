import { Arena, Heap, internals } from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { expect } from '../quick-expect.testing.js';
import { runs } from '../soak.testing.js';
import type { FriendlyBook } from './friendly-calls.js';
import type { BookListener } from './listener.js';
import { FluxOrderBook, type OrderId, type SideNumber } from './order-book.js';
import { ReferenceBook, type ReferenceEvent } from './reference-book.testing.js';
import { SELF_TRADE_NAMES } from './terms.js';

/** The book against the slow one: every command in every mix, the events of each, and all invariants after each. */

let heap: Heap;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
});
afterEach(() => heap.dispose());

/** What a command is done to: the book under test may be exchanged for one that was restored. */
interface Both {
	book: FluxOrderBook;
	readonly model: ReferenceBook;
	/** Events that were heard; undefined while nobody listens. */
	heard: ReferenceEvent[] | undefined;
}

interface Command {
	readonly name: string;
	run(both: Both): void;
}

const id64 = (low: number, high: number) => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

function listenerOf(both: Both): BookListener {
	const tell =
		(name: string, ids: number) =>
		(...values: number[]) => {
			const named: (string | number | bigint)[] = [name];
			for (let at = 0; at < ids; at++) named.push(id64(values[at * 2], values[at * 2 + 1]));
			both.heard?.push([...named, ...values.slice(ids * 2), both.book.sequence]);
			// Whoever listens may look: the book is whole.
			both.book.depth(2);
		};
	return {
		accepted: tell('accepted', 1),
		rejected: tell('rejected', 1),
		trade: tell('trade', 2),
		cancelled: tell('cancelled', 1),
		replaced: tell('replaced', 1),
		level: tell('level', 0),
		top: tell('top', 0),
		cleared: tell('cleared', 0),
	};
}

/** Ids that lie in every range, few enough to meet again. */
const wideId = fc.oneof(
	{ weight: 6, arbitrary: fc.bigInt({ min: 1n, max: 16n }) },
	{ weight: 1, arbitrary: fc.bigInt({ min: 2n ** 31n - 1n, max: 2n ** 31n + 1n }) },
	{ weight: 1, arbitrary: fc.bigInt({ min: 2n ** 53n - 1n, max: 2n ** 53n + 1n }) },
	{ weight: 1, arbitrary: fc.constantFrom(2n ** 64n - 1n, 2n ** 63n, 2n ** 32n) },
);
const wideTicks = fc.oneof(
	{ weight: 16, arbitrary: fc.integer({ min: -3, max: 3 }) },
	{ weight: 4, arbitrary: fc.integer({ min: -200, max: 200 }) },
	{ weight: 2, arbitrary: fc.integer() },
	{ weight: 1, arbitrary: fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 0.5, Number.NaN, -0) },
);
const wideLots = fc.oneof(
	{ weight: 16, arbitrary: fc.integer({ min: 1, max: 8 }) },
	{ weight: 1, arbitrary: fc.constantFrom(0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53) },
	{ weight: 2, arbitrary: fc.constantFrom(2 ** 53 - 1, 2 ** 52, 2 ** 31, 2 ** 32) },
);
const anySide = fc.oneof({ weight: 20, arbitrary: fc.nat(1) }, { weight: 1, arbitrary: fc.constantFrom(2, -1, 0.5) });
const anyFlags = fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.nat(5), fc.constantFrom(8, -1, 1.5));
const anyOwner = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 3 }), fc.constant(-1));
/** What commands are made of. */
interface Parts {
	idArb: fc.Arbitrary<bigint>;
	ticksArb: fc.Arbitrary<number>;
	lotsArb: fc.Arbitrary<number>;
	sideArb: fc.Arbitrary<number>;
	flagsArb: fc.Arbitrary<number>;
	ownerArb: fc.Arbitrary<number>;
}

/** Everything that can be asked, sound or not. */
const WIDE: Parts = {
	idArb: wideId,
	ticksArb: wideTicks,
	lotsArb: wideLots,
	sideArb: anySide,
	flagsArb: anyFlags,
	ownerArb: anyOwner,
};
/** Sound commands whose orders meet all the time. */
const DENSE: Parts = {
	idArb: fc.bigInt({ min: 1n, max: 12n }),
	ticksArb: fc.nat(3),
	lotsArb: fc.integer({ min: 1, max: 3 }),
	sideArb: fc.nat(1),
	flagsArb: fc.constantFrom(0, 0, 1, 2, 4),
	ownerArb: fc.nat(2),
};
/** Which of the forms of a call. */
const formArb = fc.nat(2);

const low = (id: bigint) => Number(BigInt.asIntN(32, id));
const high = (id: bigint) => Number(BigInt.asIntN(32, id >> 32n));
/** A number where it is exact and asked for. */
const plain = (id: bigint, form: number): OrderId => (form === 0 && id < 2n ** 53n ? Number(id) : id);
const named = (side: number, form: number): SideNumber =>
	form === 1 && (side === 0 || side === 1) ? (['buy', 'sell'] as const)[side] : (side as SideNumber);

const commandOf = ({ idArb, ticksArb, lotsArb, sideArb, flagsArb, ownerArb }: Parts): fc.Arbitrary<Command> =>
	fc.oneof(
		{
			weight: 12,
			arbitrary: fc.tuple(idArb, sideArb, ticksArb, lotsArb, flagsArb, ownerArb, formArb).map(
				([id, side, ticks, lots, flags, owner, form]): Command => ({
					name: `limit ${id} ${side} ${ticks} ${lots} ${flags} ${owner}`,
					run({ book, model }) {
						const result =
							form === 2
								? book.submitLimitWords(low(id), high(id), named(side, form), ticks, lots, flags, owner)
								: book.submitLimit(plain(id, form), named(side, form), ticks, lots, flags, owner);
						expect(result).toBe(model.limit(id, side, ticks, lots, flags, owner));
						expect(book.filledLots).toBe(model.filled);
					},
				}),
			),
		},
		{
			weight: 2,
			arbitrary: fc.tuple(idArb, sideArb, lotsArb, flagsArb, ownerArb, formArb).map(
				([id, side, lots, flags, owner, form]): Command => ({
					name: `market ${id} ${side} ${lots} ${flags} ${owner}`,
					run({ book, model }) {
						const result =
							form === 2
								? book.submitMarketWords(low(id) >>> 0, high(id) >>> 0, named(side, form), lots, flags, owner)
								: book.submitMarket(plain(id, form), named(side, form), lots, flags, owner);
						expect(result).toBe(model.market(id, side, lots, flags, owner));
						expect(book.filledLots).toBe(model.filled);
					},
				}),
			),
		},
		{
			weight: 3,
			arbitrary: fc.tuple(idArb, formArb).map(
				([id, form]): Command => ({
					name: `cancel ${id}`,
					run({ book, model }) {
						const result = form === 2 ? book.cancelWords(low(id), high(id)) : book.cancel(plain(id, form));
						expect(result).toBe(model.cancel(id));
					},
				}),
			),
		},
		{
			weight: 3,
			arbitrary: fc.tuple(idArb, lotsArb, formArb).map(
				([id, lots, form]): Command => ({
					name: `reduce ${id} ${lots}`,
					run({ book, model }) {
						const result =
							form === 2 ? book.reduceLotsWords(low(id), high(id), lots) : book.reduceLots(plain(id, form), lots);
						expect(result).toBe(model.reduce(id, lots));
					},
				}),
			),
		},
		{
			weight: 4,
			arbitrary: fc.tuple(idArb, ticksArb, lotsArb, formArb).map(
				([id, ticks, lots, form]): Command => ({
					name: `replace ${id} ${ticks} ${lots}`,
					run({ book, model }) {
						const result =
							form === 2
								? book.replaceLotsWords(low(id), high(id), ticks, lots)
								: book.replaceLots(plain(id, form), ticks, lots);
						expect(result).toBe(model.replace(id, ticks, lots));
						expect(book.filledLots).toBe(model.filled);
					},
				}),
			),
		},
		{
			weight: 1,
			arbitrary: fc.tuple(fc.integer({ min: -1, max: 1 }), fc.nat(3), fc.nat(3), fc.integer({ min: -3, max: 3 })).map(
				([side, owner, kind, bound]): Command => ({
					name: `cancelAll ${side} ${owner} ${kind} ${bound}`,
					run({ book, model }) {
						const ended = book.cancelAll({
							...(side === -1 ? {} : { side: (['buy', 'sell'] as const)[side] }),
							...(owner === 0 ? {} : { owner }),
							...((kind & 1) === 1 ? { minPrice: bound } : {}),
							...((kind & 2) === 2 ? { maxPrice: bound } : {}),
						});
						const from = (kind & 1) === 1 ? bound : -Infinity;
						expect(ended).toBe(model.cancelAll(side, owner, from, (kind & 2) === 2 ? bound : Infinity));
					},
				}),
			),
		},
		{
			weight: 4,
			arbitrary: fc.tuple(idArb, sideArb, ticksArb, lotsArb, ownerArb, formArb).map(
				([id, side, ticks, lots, owner, form]): Command => ({
					name: `add ${id} ${side} ${ticks} ${lots} ${owner}`,
					run({ book, model }) {
						const result =
							form === 2
								? book.addWords(low(id), high(id), named(side, form), ticks, lots, owner)
								: book.add(plain(id, form), named(side, form), ticks, lots, owner);
						expect(result).toBe(model.add(id, side, ticks, lots, owner));
					},
				}),
			),
		},
		{
			weight: 3,
			arbitrary: fc.tuple(idArb, lotsArb, fc.option(ticksArb, { nil: undefined }), formArb).map(
				([id, lots, at, form]): Command => ({
					name: `execute ${id} ${lots} ${at}`,
					run({ book, model }) {
						const result =
							form === 2 ? book.executeWords(low(id), high(id), lots, at) : book.execute(plain(id, form), lots, at);
						expect(result).toBe(model.execute(id, lots, at));
					},
				}),
			),
		},
		{
			weight: 2,
			arbitrary: fc.tuple(idArb, idArb, ticksArb, lotsArb, formArb).map(
				([id, newId, ticks, lots, form]): Command => ({
					name: `replaceBy ${id} ${newId} ${ticks} ${lots}`,
					run({ book, model }) {
						const result =
							form === 2
								? book.replaceByWords(low(id), high(id), low(newId), high(newId), ticks, lots)
								: book.replaceBy(plain(id, form), plain(newId, form), ticks, lots);
						expect(result).toBe(model.replaceBy(id, newId, ticks, lots));
					},
				}),
			),
		},
		{
			weight: 3,
			arbitrary: fc.tuple(sideArb, ticksArb, fc.oneof(lotsArb, fc.constant(0)), formArb).map(
				([side, ticks, lots, form]): Command => ({
					name: `setLevel ${side} ${ticks} ${lots}`,
					run({ book, model }) {
						expect(book.setLevel(named(side, form), ticks, lots)).toBe(model.setLevel(side, ticks, lots));
					},
				}),
			),
		},
		{
			weight: 1,
			arbitrary: fc.constantFrom<Command>(
				{
					name: 'clear',
					run({ book, model }) {
						book.clear();
						model.clear();
					},
				},
				{
					name: 'listen',
					run(both) {
						both.heard = both.heard === undefined ? [] : undefined;
						both.book.listen(both.heard === undefined ? null : listenerOf(both));
						both.model.noteTop();
					},
				},
				{
					name: 'restore',
					run(both) {
						const bytes = both.book.snapshot();
						both.book.dispose();
						both.book = FluxOrderBook.restore(bytes, { heap });
						expect(both.book.snapshot()).toEqual(bytes);
						if (both.heard !== undefined) both.book.listen(listenerOf(both));
						both.model.noteTop();
					},
				},
			),
		},
	);

/** Every figure that a book and the slow one can be asked. */
function compare({ book, model, heard }: Both): void {
	expect(book.sequence).toBe(model.sequence);
	expect(book.lastTicks).toBe(model.lastTicks === undefined ? undefined : model.lastTicks + 0);
	expect(book.size).toBe(model.orders.length);
	const numbers = new Float64Array(300);
	for (const side of [0, 1] as const) {
		const levels = model.levels(side);
		const seen: [number, number, number][] = [];
		book.forEachLevel(side, (ticks, lots, orders) => seen.push([ticks, lots, orders]));
		expect(seen).toEqual(levels.map(([ticks, ...rest]) => [ticks + 0, ...rest]));
		expect(side === 0 ? book.bidLevels : book.askLevels).toBe(levels.length);
		expect(side === 0 ? book.bestBidTicks : book.bestAskTicks).toBe(seen[0]?.[0]);
		expect(side === 0 ? book.bestBidLots : book.bestAskLots).toBe(seen[0]?.[1] ?? 0);
		const count = book.depthInto(side, numbers);
		expect(Array.from(numbers.subarray(0, count * 3))).toEqual(seen.slice(0, 100).flat());
		const orders: [bigint, number, number, number][] = [];
		book.forEachOrder(side, (idLow, idHigh, ticks, lots, owner) =>
			orders.push([id64(idLow, idHigh), ticks, lots, owner]),
		);
		const queue = model.queue(side);
		expect(orders).toEqual(queue.map(({ id, ticks, lots, owner }) => [id, ticks + 0, lots, owner]));
		const ahead = new Map<number, { orders: number; lots: number }>();
		for (const { id, ticks, lots } of queue) {
			const before = ahead.get(ticks) ?? { orders: 0, lots: 0 };
			if (id !== 0n) {
				expect(book.queuePosition(id)).toBe(before.orders);
				expect(book.lotsAhead(id)).toBe(before.lots);
				expect(book.lotsOf(id)).toBe(lots);
				expect(book.ticksOf(id)).toBe(ticks + 0);
			}
			ahead.set(ticks, { orders: before.orders + 1, lots: before.lots + lots });
		}
		for (const [ticks, lots, count] of levels) {
			expect(book.lotsAt(side, ticks)).toBe(lots);
			expect(book.ordersAt(side, ticks)).toBe(count);
		}
	}
	if (heard !== undefined) expect(heard).toEqual(model.events);
	if (both0(heard)) heard.length = 0;
	model.events.length = 0;
	book.validate();
}

const both0 = (heard: ReferenceEvent[] | undefined): heard is ReferenceEvent[] => heard !== undefined;

describe('a book, against the slow one', () => {
	const mixes = SELF_TRADE_NAMES.flatMap((selfTrade) => [
		{ selfTrade, mix: 'wide', parts: WIDE },
		{ selfTrade, mix: 'dense', parts: DENSE },
	]);
	test.each(mixes)('does the same in every $mix mix of commands, self trades: $selfTrade', ({ selfTrade, parts }) => {
		fc.assert(
			fc.property(fc.array(commandOf(parts), { maxLength: 60, size: 'max' }), fc.boolean(), (commands, listens) => {
				const both: Both = {
					book: new FluxOrderBook({ heap, selfTrade }),
					model: new ReferenceBook(selfTrade),
					heard: listens ? [] : undefined,
				};
				if (listens) both.book.listen(listenerOf(both));
				try {
					for (const command of commands) {
						command.run(both);
						compare(both);
					}
				} finally {
					both.book.dispose();
				}
				// Everything was given back.
				expect(heap.stats().pools.every(({ live }) => live === 0)).toBe(true);
			}),
			{ numRuns: runs(500) },
		);
	});

	test('does the same over thousands of commands of plain orders, deep in many levels', () => {
		const book = new FluxOrderBook({ heap });
		const model = new ReferenceBook('allow');
		const both: Both = { book, model, heard: undefined };
		let state = 12345;
		const below = (limit: number) => {
			state = (Math.imul(state, 1103515245) + 12345) | 0;
			return (state >>> 8) % limit;
		};
		const steps = runs(20_000);
		for (let step = 1; step <= steps; step++) {
			const id = BigInt(1 + below(400));
			const side = below(2);
			const ticks = (side === 0 ? -1 : 1) * (below(2000) - 40) * (below(50) === 0 ? 1_000_003 : 1);
			const lots = 1 + below(100);
			const what = below(100);
			if (what < 50)
				expect(book.submitLimit(Number(id), side as 0, ticks, lots)).toBe(model.limit(id, side, ticks, lots, 0, 0));
			else if (what < 80) expect(book.cancel(id)).toBe(model.cancel(id));
			else if (what < 90) expect(book.replaceLots(id, ticks, lots)).toBe(model.replace(id, ticks, lots));
			else if (what < 95) expect(book.reduceLots(id, lots)).toBe(model.reduce(id, lots));
			else
				expect(book.submitMarket(10_000 + step, side as 0, lots * 4)).toBe(
					model.market(BigInt(10_000 + step), side, lots * 4, 0, 0),
				);
			expect(book.filledLots === model.filled || what >= 50).toBe(true);
			if (step % 50 === 0) compare(both);
		}
		compare(both);
	});

	test('mirrored, trades as its mirror image; moved by some ticks, as before', () => {
		const stepArb = fc.record({
			kind: fc.nat(9),
			id: fc.integer({ min: 1, max: 30 }),
			side: fc.nat(1),
			ticks: fc.integer({ min: -5, max: 5 }),
			lots: fc.integer({ min: 1, max: 9 }),
		});
		const play = (steps: { kind: number; id: number; side: number; ticks: number; lots: number }[]) => {
			const book = new FluxOrderBook({ heap });
			const trades: number[][] = [];
			book.listen({
				trade: (maker, _a, taker, _b, side, ticks, lots) => trades.push([maker, taker, side, ticks, lots]),
			});
			for (const { kind, id, side, ticks, lots } of steps) {
				if (kind < 6) book.submitLimit(id, side as 0, ticks, lots);
				else if (kind < 8) book.cancel(id);
				else book.replaceLots(id, ticks, lots);
			}
			book.dispose();
			return trades;
		};
		fc.assert(
			fc.property(
				fc.array(stepArb, { maxLength: 40, size: 'max' }),
				fc.integer({ min: -1e9, max: 1e9 }),
				(steps, shift) => {
					const trades = play(steps);
					const mirrored = play(steps.map((step) => ({ ...step, side: 1 - step.side, ticks: -step.ticks })));
					expect(mirrored).toEqual(
						trades.map(([maker, taker, side, ticks, lots]) => [maker, taker, 1 - side, 0 - ticks, lots]),
					);
					const moved = play(steps.map((step) => ({ ...step, ticks: step.ticks + shift })));
					expect(moved).toEqual(
						trades.map(([maker, taker, side, ticks, lots]) => [maker, taker, side, ticks + shift, lots]),
					);
				},
			),
			{ numRuns: runs(500) },
		);
	});

	test('has the same bytes however it came about', () => {
		const orderArb = fc.record({
			side: fc.nat(1),
			away: fc.integer({ min: 1, max: 300 }),
			lots: fc.integer({ min: 1, max: 9 }),
		});
		fc.assert(
			fc.property(
				fc.array(orderArb, { maxLength: 40, size: 'max' }),
				fc.array(fc.boolean(), { maxLength: 40, size: 'max' }),
				(orders, noise) => {
					const straight = new FluxOrderBook({ heap, tickSize: '0.01' });
					const troubled = new FluxOrderBook({ heap, tickSize: 0.01 });
					orders.forEach(({ side, away, lots }, at) => {
						const ticks = side === 0 ? -away : away;
						straight.add(at + 1, side as 0, ticks, lots);
						if (noise[at] === true) troubled.add(1000 + at, side as 0, ticks * 7, lots);
						troubled.add(at + 1, side as 0, ticks, lots);
						if (noise[at] === true) troubled.delete(1000 + at);
					});
					const bytes = straight.snapshot();
					const other = troubled.snapshot();
					// They differ in how many events there were, which is a part of a book, and in the checksum.
					const counted = noise.some((each, at) => each && at < orders.length);
					expect(Buffer.from(other).equals(bytes)).toBe(!counted);
					const again = FluxOrderBook.restore(other, { heap }) as unknown as FriendlyBook;
					again.memory.f64[again.book >> 1] = straight.sequence;
					expect(again.snapshot()).toEqual(bytes);
					straight.dispose();
					troubled.dispose();
					again.dispose();
				},
			),
			{ numRuns: runs(300) },
		);
	});
});

test('the code of books is evaluated for them where that is allowed', () => {
	const book = new FluxOrderBook({ heap }) as unknown as FriendlyBook;
	const source = Function.prototype.toString.call(book.enter);
	expect(source.includes('words.')).toBe(!internals.canEvaluate);
	book.dispose();
});
