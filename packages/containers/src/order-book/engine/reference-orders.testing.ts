/** What the slow engine's orders are, and the figures that it knows. */

/** An order as it comes, in ticks and lots. */
export interface Coming {
	id: bigint;
	side: number;
	ticks: number;
	lots: number;
	/** IOC 1, FOK 2, POST_ONLY 4, MARKET 8, ICEBERG 16, HIDDEN 32, ALL_OR_NONE 64, STOP 128, REDUCE_ONLY 256. */
	flags: number;
	owner: number;
	budget: number;
	least: number;
	display: number;
	stop: number | undefined;
	trail: number;
	/** 0: never; Infinity: with the day. */
	expires: number;
	partner: bigint;
}

/** An order that rests. `kind` 0: shown, 1: hidden, 2: whole, 3: for an auction alone. What is open of it is `lots` + `reserve`. */
export interface Resting {
	id: bigint;
	side: number;
	ticks: number;
	kind: number;
	lots: number;
	reserve: number;
	display: number;
	owner: number;
	reduces: boolean;
}

export interface Waiting {
	coming: Coming;
	stop: number;
	stopAt: number;
	anchor: number;
	anchorAt: number;
}

export type Event = readonly (string | number | bigint)[];
export type Taker = { id: bigint; side: number; owner: number; ticks: number; limit: number };

export const MOST = Number.MAX_SAFE_INTEGER;
export const [IOC, FOK, POST_ONLY, MARKET, ICEBERG, HIDDEN, WHOLE, STOP, REDUCE] = [1, 2, 4, 8, 16, 32, 64, 128, 256];
export const isLots = (lots: number) => Number.isInteger(lots) && lots >= 1 && lots <= MOST;
export const isTicks = (ticks: number) => Number.isInteger(ticks) && ticks >= -(2 ** 31) && ticks < 2 ** 31;
export const unsigned = <T extends number | bigint>(value: T) => (value === 0 ? 0 : value);
export const has = (flags: number, flag: number) => (flags & flag) !== 0;

/** Where a trailing stop order begins. */
export function firstStop(side: number, trail: number, last: number | undefined): number {
	if (side === 1) return last === undefined ? -(2 ** 31) : Math.max(-(2 ** 31), last - trail);
	return last === undefined ? 2 ** 31 - 1 : Math.min(2 ** 31 - 1, last + trail);
}

/** The price beyond which a trade moves it. */
export function anchorOf(side: number, stop: number, trail: number): number {
	return side === 1 ? Math.min(2 ** 31 - 1, stop + trail) : Math.max(-(2 ** 31), stop - trail);
}

/** Where orders stand that take any price: at the best one there is. */
export const anyPrice = (side: number) => (side === 0 ? 2 ** 31 - 1 : -(2 ** 31));

/** Whether an order takes any price. */
export const isMarket = ({ side, ticks, kind }: Resting) => kind === 3 && ticks === anyPrice(side);

/** The level that is told of later; in an auction all of them are. */
export type Busy = number | typeof ALL_LEVELS | undefined;
export const ALL_LEVELS = 'all';
