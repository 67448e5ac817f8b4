import fc from 'fast-check';
import type { EngineOrder, MatchingEngine } from './matching-engine.js';

/** A command for an engine, sound or not; what it returns does not matter. */
export type EngineCommand = (engine: MatchingEngine) => void;

const idArb = fc.integer({ min: 1, max: 14 });
/** In a tick size of 0.5 and a lot size of 0.1; a few are no multiple. */
const priceArb = fc.constantFrom('1', '1.5', '2', '2.5', '3', '3.5', '1.2');
const quantityArb = fc.constantFrom('0.1', '0.2', '0.3', '0.5', '0.9', '1.3', '0', '0.15');
const rarely = <T>(arbitrary: fc.Arbitrary<T>, absent: number) =>
	fc.oneof({ weight: absent, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const yes = (absent: number) => rarely(fc.constant(true), absent);

const orderArb = fc
	.record({
		id: fc.oneof(idArb, fc.constantFrom(2n ** 64n - 1n, 2n ** 53n, 2 ** 52)),
		side: fc.constantFrom('buy', 'sell'),
		price: priceArb,
		quantity: quantityArb,
		type: rarely(fc.constantFrom('market', 'notional'), 4),
		timeInForce: fc.constantFrom(undefined, undefined, undefined, 'IOC', 'FOK'),
		owner: fc.nat(2),
		postOnly: yes(6),
		displayQuantity: rarely(quantityArb, 3),
		hidden: yes(5),
		allOrNone: yes(4),
		reduceOnly: yes(5),
		minQuantity: rarely(fc.constantFrom('0.1', '0.3'), 8),
		stopPrice: rarely(fc.constantFrom('1', '2', '3'), 4),
		trail: rarely(fc.constantFrom('0.5', '1'), 5),
		expires: rarely(fc.integer({ min: 1, max: 40 }), 6),
		day: yes(6),
		cancels: rarely(idArb, 6),
	})
	.map(({ type, price, quantity, ...order }) => {
		if (type === undefined) return { ...order, price, quantity };
		return type === 'market' ? { ...order, type, quantity } : { ...order, type: 'market', notional: '2.5' };
	});

/** What throws is a mistake, and changes nothing. */
const tried = (command: EngineCommand): EngineCommand => {
	return (engine) => {
		try {
			command(engine);
		} catch {
			// As it should.
		}
	};
};

/** Commands of all kinds, whose orders meet all the time. */
export const commandArb: fc.Arbitrary<EngineCommand> = fc.oneof(
	{
		weight: 14,
		arbitrary: orderArb.map((order) => tried((engine) => engine.submit(order as unknown as EngineOrder))),
	},
	{ weight: 2, arbitrary: idArb.map((id) => tried((engine) => engine.cancel(id))) },
	{
		weight: 5,
		arbitrary: fc
			.tuple(
				fc.nat(3),
				idArb,
				fc.nat(1),
				fc.integer({ min: 2, max: 7 }),
				fc.nat(9),
				fc.constantFrom(0, 0, 0, 1, 2, 4, 8, 32),
				fc.nat(2),
			)
			.map(([kind, id, side, ticks, lots, flags, owner]) =>
				tried((engine) => {
					if (kind < 2) engine.submitLimit(id, side as 0, ticks, lots, flags, owner);
					else if (kind < 3) engine.submitMarket(id, side as 0, lots, flags, owner);
					else if (flags === 0) engine.replaceLots(id, ticks, lots);
					else engine.reduceLots(id, lots);
				}),
			),
	},
	{
		weight: 2,
		arbitrary: fc.tuple(idArb, quantityArb).map(([id, quantity]) => tried((engine) => engine.reduce(id, quantity))),
	},
	{
		weight: 3,
		arbitrary: fc
			.tuple(idArb, rarely(priceArb, 1), rarely(quantityArb, 1), rarely(fc.constantFrom('1', '2', '3'), 3))
			.map(([id, price, quantity, stopPrice]) => {
				const change = JSON.parse(JSON.stringify({ price, quantity, stopPrice }));
				return tried((engine) => engine.replace(id, change));
			}),
	},
	{
		weight: 1,
		arbitrary: fc
			.constantFrom({ side: 'buy' as const }, { owner: 1 }, { minPrice: 2 })
			.map((filter) => tried((engine) => engine.cancelAll(filter))),
	},
	{
		weight: 2,
		arbitrary: fc
			.tuple(fc.integer({ min: 1, max: 2 }), fc.constantFrom('1.5', '-1.5', '0.4', '0'))
			.map(([owner, quantity]) => tried((engine) => engine.setPosition(owner, quantity))),
	},
	{ weight: 1, arbitrary: fc.nat(6).map((span) => tried((engine) => engine.advance(engine.time + span))) },
	{ weight: 1, arbitrary: fc.constant(tried((engine) => engine.endDay())) },
	{
		weight: 3,
		arbitrary: fc
			.tuple(fc.nat(2), rarely(priceArb, 1))
			.map(([kind, reference]) =>
				tried((engine) =>
					kind === 0 ? engine.startAuction() : engine.uncross(reference === undefined ? {} : { reference }),
				),
			),
	},
);
