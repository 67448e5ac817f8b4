import type { FriendlyBook } from '../friendly-calls.js';
import { idOf, sideName } from '../friendly-events.js';
import * as words from '../layout.js';
import type { OrderId } from '../order-book.js';
import type { EngineOpenOrder } from './engine-types.js';
import type { Offers } from './offers.js';
import type { Stops } from './stops.js';

/** Where the orders of an engine are. */
interface Places {
	readonly inside: FriendlyBook;
	readonly offers: Offers;
	readonly stops: Stops;
}

/** An order of an engine as an object, wherever it is; undefined: there is none. */
export function openOrderOf(places: Places, low: number, high: number): EngineOpenOrder | undefined {
	return waitingOrder(places, low, high) ?? restingOrder(places, low, high);
}

function waitingOrder({ inside, stops }: Places, low: number, high: number): EngineOpenOrder | undefined {
	const node = stops.isEmpty ? 0 : stops.terms.findWords(low, high);
	if (node === 0) return undefined;
	const { side, ticks, lots, owner, stop, flags } = stops.terms.getAt(node);
	return {
		id: idOf(low, high) as OrderId,
		side: sideName(side),
		price: (flags & words.MARKET) === 0 ? inside.priceStep.toNumber(ticks) : undefined,
		quantity: inside.quantityStep.toNumber(lots),
		shown: 0,
		owner,
		stopPrice: inside.priceStep.toNumber(stop),
	};
}

function restingOrder({ inside, offers }: Places, low: number, high: number): EngineOpenOrder | undefined {
	if (!offers.locate(low, high)) return undefined;
	const { home, order } = offers;
	const { i32, f64 } = home.memory;
	const isMarket = offers.isMarket(home, order);
	return {
		id: idOf(low, high) as OrderId,
		side: sideName(offers.sideOf(home, order)),
		price: isMarket ? undefined : inside.priceStep.toNumber(offers.ticksOf(home, order)),
		quantity: inside.quantityStep.toNumber(offers.sizeOf(home, order)),
		shown: home === inside ? inside.quantityStep.toNumber(f64[(order + words.LOTS) >> 1]) : 0,
		owner: Math.max(0, i32[order + words.TAG]),
		stopPrice: undefined,
	};
}
