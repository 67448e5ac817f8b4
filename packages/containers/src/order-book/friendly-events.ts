import type { BookEvents, OrderId, Side } from './book-types.js';
import type { Step } from './decimal.js';
import { MARKET } from './layout.js';
import type { BookListener } from './listener.js';
import { reasonName } from './terms.js';

type Handlers = { readonly [E in keyof BookEvents]: ReadonlySet<(event: BookEvents[E]) => void> };

/** What makes objects of plain numbers. */
interface Book {
	readonly sequence: number;
	readonly priceStep: Step;
	readonly quantityStep: Step;
}

const TWO_32 = 4294967296;

/** The id of two words: a number where that is exact; undefined for 0. */
export function idOf(low: number, high: number): OrderId | undefined {
	if ((low | high) === 0) return undefined;
	const upper = high >>> 0;
	if (upper < 2 ** 21) return upper * TWO_32 + (low >>> 0);
	return (BigInt(upper) << 32n) | BigInt(low >>> 0);
}

/** The name of a side's number. */
export function sideName(side: number): Side {
	return side === 0 ? 'buy' : 'sell';
}

const ignore = (): void => {};

/** One listener of a positional one and the handlers that take objects. An event that nobody asked for makes no object. */
export function friendlyListener(
	book: Book,
	positional: BookListener | null,
	handlers: Handlers,
): Required<BookListener> {
	const price = (ticks: number) => book.priceStep.toNumber(ticks);
	const quantity = (lots: number) => book.quantityStep.toNumber(lots);
	const id = (low: number, high: number) => idOf(low, high) as OrderId;
	const best = (ticks: number, lots: number) =>
		lots === 0 ? undefined : { price: price(ticks), quantity: quantity(lots) };
	const changed = (low: number, high: number, side: number, ticks: number, lots: number) => ({
		sequence: book.sequence,
		id: id(low, high),
		side: sideName(side),
		price: price(ticks),
		quantity: quantity(lots),
	});
	/** Calls the positional listener, then the handlers with the object that is made for them. */
	const both = <E extends keyof BookEvents, A extends unknown[]>(
		event: E,
		first: ((...values: A) => void) | undefined,
		make: (...values: A) => BookEvents[E],
	): ((...values: A) => void) => {
		const told = first?.bind(positional);
		if (handlers[event].size === 0) return told ?? ignore;
		return (...values) => {
			// One that throws keeps no other from hearing of it.
			let failed = false;
			let failure: unknown;
			const tell = (call: () => void) => {
				try {
					call();
				} catch (error) {
					if (!failed) failure = error;
					failed = true;
				}
			};
			if (told !== undefined) tell(() => told(...values));
			for (const handler of handlers[event]) tell(() => handler(make(...values)));
			if (failed) throw failure;
		};
	};
	return {
		accepted: both('accepted', positional?.accepted, (low, high, side, ticks, lots, flags) => ({
			sequence: book.sequence,
			id: id(low, high),
			side: sideName(side),
			price: (flags & MARKET) === 0 ? price(ticks) : undefined,
			quantity: quantity(lots),
		})),
		rejected: both('rejected', positional?.rejected, (low, high, reason) => ({
			sequence: book.sequence,
			id: idOf(low, high),
			reason: reasonName(reason),
		})),
		trade: both(
			'trade',
			positional?.trade,
			(makerLow, makerHigh, takerLow, takerHigh, side, ticks, lots, makerLeft, takerLeft) => ({
				sequence: book.sequence,
				maker: idOf(makerLow, makerHigh),
				taker: idOf(takerLow, takerHigh),
				side: sideName(side),
				price: price(ticks),
				ticks,
				quantity: quantity(lots),
				lots,
				makerRemaining: quantity(makerLeft),
				takerRemaining: quantity(takerLeft),
			}),
		),
		cancelled: both('cancelled', positional?.cancelled, (low, high, side, ticks, lots, reason) => ({
			sequence: book.sequence,
			id: id(low, high),
			side: sideName(side),
			price: price(ticks),
			quantity: quantity(lots),
			reason: reasonName(reason),
		})),
		expired: both('expired', positional?.expired, changed),
		triggered: both('triggered', positional?.triggered, changed),
		displayed: both('displayed', positional?.displayed, changed),
		replaced: both('replaced', positional?.replaced, changed),
		level: both('level', positional?.level, (side, ticks, lots, orders) => ({
			sequence: book.sequence,
			side: sideName(side),
			price: price(ticks),
			quantity: quantity(lots),
			orders,
		})),
		top: both('top', positional?.top, (bidTicks, bidLots, askTicks, askLots) => ({
			sequence: book.sequence,
			bid: best(bidTicks, bidLots),
			ask: best(askTicks, askLots),
		})),
		cleared: both('cleared', positional?.cleared, () => ({ sequence: book.sequence })),
	};
}
