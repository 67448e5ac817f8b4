import { REASONS } from '../terms.js';
import type { ReferenceEngine } from './reference-engine.testing.js';
import { ALL_LEVELS, isMarket, MOST, type Resting } from './reference-orders.testing.js';

/** The slow, obvious auction: every price that could matter is tried. */

const sizeOf = ({ lots, reserve }: Resting) => BigInt(lots) + BigInt(reserve);
const larger = (a: bigint, b: bigint) => (a > b ? a : b);
const smaller = (a: bigint, b: bigint) => (larger(a, b) === a ? b : a);

/** The price of an auction and its volume; undefined: nobody would trade. Orders that trade whole take no part. */
export function slowAuction(
	all: readonly Resting[],
	reference: number | undefined,
	last: number | undefined,
): { ticks: number; volume: bigint } | undefined {
	const orders = all.filter(({ kind }) => kind !== 2);
	const sum = (side: number, accept: (order: Resting) => boolean) =>
		orders.filter((order) => order.side === side && accept(order)).reduce((total, order) => total + sizeOf(order), 0n);
	if (sum(0, () => true) === 0n || sum(1, () => true) === 0n) return undefined;
	const limitsOf = (side: number) =>
		orders.filter((order) => order.side === side && !isMarket(order)).map(({ ticks }) => ticks);
	const hasMarket = (side: number) => orders.some((order) => order.side === side && isMarket(order));
	const [bids, asks] = [limitsOf(0), limitsOf(1)];
	const fallback = reference ?? last;
	const alone = bids.length + asks.length === 0 && fallback !== undefined ? [fallback] : [];
	const lowest = Math.min(...asks, ...(hasMarket(1) ? bids : []), ...alone);
	const highest = Math.max(...bids, ...(hasMarket(0) ? asks : []), ...alone);
	if (!(lowest <= highest) || !Number.isFinite(lowest)) return undefined;
	const rowOf = (ticks: number) => {
		const demand = sum(0, (order) => isMarket(order) || order.ticks >= ticks);
		const supply = sum(1, (order) => isMarket(order) || order.ticks <= ticks);
		return { ticks, demand, supply, volume: smaller(demand, supply) };
	};
	const better = (a: ReturnType<typeof rowOf>, b: ReturnType<typeof rowOf>) => {
		if (a.volume !== b.volume) return a.volume > b.volume;
		const surplus = (row: typeof a) => larger(row.demand, row.supply) - row.volume;
		return surplus(a) < surplus(b);
	};
	const tried = (prices: readonly number[]) => {
		const inRange = [...new Set(prices)].filter((ticks) => ticks >= lowest && ticks <= highest);
		const rows = inRange.map(rowOf);
		const best = rows.filter((row) => !rows.some((other) => better(other, row)));
		return best.toSorted((a, b) => a.ticks - b.ticks);
	};
	// Nothing changes but at a limit, or next to one.
	const near = [...bids, ...asks, ...alone].flatMap((ticks) => [ticks - 1, ticks, ticks + 1]);
	const equal = tried(near);
	const [first, final] = [equal[0], equal[equal.length - 1]];
	const [{ volume }] = equal;
	if (equal.every(({ demand, supply }) => demand > supply)) return { ticks: final.ticks, volume };
	if (equal.every(({ demand, supply }) => demand < supply)) return { ticks: first.ticks, volume };
	const wanted = reference ?? Math.floor((first.ticks + final.ticks) / 2);
	const [nearest] = tried([...near, wanted]).sort((a, b) => Math.abs(a.ticks - wanted) - Math.abs(b.ticks - wanted));
	return { ticks: nearest.ticks, volume };
}

/** Which kind goes first in an auction. */
const rank = ({ kind }: Resting) => [0, 2, 9, 1][kind];

/** Ends the call of an auction. Returns the lots. */
export function slowUncross(engine: ReferenceEngine, reference: number | undefined): bigint {
	const found = slowAuction(engine.orders, reference, engine.last);
	return engine.run(() => {
		const before = [0, 1].flatMap((side) => engine.levels(side).map(([ticks, lots]) => ({ side, ticks, lots })));
		let total = 0n;
		/** Icebergs that have traded what they showed. */
		const renewed = new Set<Resting>();
		const first = (side: number, ticks: number) =>
			engine
				.queue(side)
				.filter((order) => order.kind !== 2 && (side === 0 ? order.ticks >= ticks : order.ticks <= ticks))
				.sort((a, b) => (side === 0 ? b.ticks - a.ticks : a.ticks - b.ticks) || rank(a) - rank(b))[0];
		for (;;) {
			const buy = found && first(0, found.ticks);
			const sell = found && first(1, found.ticks);
			if (buy === undefined || sell === undefined) break;
			if (engine.cut(buy, ALL_LEVELS) || engine.cut(sell, ALL_LEVELS)) continue;
			const lots = Math.min(buy.lots + buy.reserve, sell.lots + sell.reserve);
			for (const order of [buy, sell]) {
				const left = order.lots + order.reserve - lots;
				if (left === 0) engine.orders.splice(engine.orders.indexOf(order), 1);
				else if (lots < order.lots && !renewed.has(order)) order.lots -= lots;
				else {
					renewed.add(order);
					const others = engine.lotsAt(order.side, order.ticks, 0) - order.lots;
					order.lots = Math.min(order.display, left, MOST - others);
					order.reserve = left - order.lots;
				}
			}
			engine.last = found?.ticks ?? 0;
			total += BigInt(lots);
			const leftOf = (order: Resting) => (engine.orders.includes(order) ? order.lots + order.reserve : 0);
			engine.tell('trade', sell.id, buy.id, 0, engine.last, lots, leftOf(sell), leftOf(buy));
			engine.after(sell, buy.id, buy.owner, 0, lots);
		}
		for (const order of [...renewed].filter((each) => engine.orders.includes(each)).sort((a, b) => a.side - b.side)) {
			engine.requeue(order);
			engine.tell('displayed', order.id, order.side, order.ticks, order.lots);
		}
		for (const { side, ticks, lots } of before)
			if (engine.lotsAt(side, ticks, 0) !== lots) engine.tellLevel(side, ticks);
		for (const side of [0, 1])
			for (const order of engine.queue(side)) if (order.kind === 3) engine.end(order, REASONS['no-liquidity']);
		engine.calling = false;
		return total;
	});
}
