import { below, nextRandom, startRandom } from '../scenarios/random.js';
import { ReferenceMatching } from './reference-matching.js';

/*
 * The workloads of order books, to the last draw; `benchmarks/native/book-workload.hpp` makes the same ones.
 *
 * A draw `below(n)` is the next number of the xorshift32 of `scenarios/random.ts`, its low byte dropped, modulo n.
 * Ids count from 1, one per order submitted. Prices are ticks; buys lie below 0 and sells above. Lots are 1 + below(100).
 *
 *   an order          side = below(2), offset = 1 + below(width), lots = 1 + below(100); a limit order at -offset or +offset
 *
 *   thin              500 orders, width 25, then as mix
 *   mix               50,000 orders, width 1,000, then for each operation p = below(1000):
 *                       p < 520   an order, where fewer than 50,000 are live; else p < 440: 48% on average
 *                       p < 900   cancel live[below(live)]
 *                       p < 925   a market order: side = below(2), lots = 1 + below(200)
 *                       p < 950   side = below(2), lots = 1 + below(200): a limit order at the other side's best price, or 0
 *                       else      replace live[below(live)]: offset = 1 + below(width), lots = 1 + below(100), on its side
 *                     where nothing is live, an order takes the place of a cancel or replace
 *   deep              1,000,000 orders, width 20,000, so 40,000 levels; then as mix
 *   sweep             1,000 orders at 1,000 + offset, width 1,000; then in turn for sells and buys: 45 limit orders of one
 *                     side at 1 + below(10), lots 1 + below(100), and a market order of the other for the sum of their lots
 *   sparse            10,000 orders at any price: offset = 1 + below(32,768) x 65,535 + below(65,535); then for each
 *                     operation but the last 200 p = below(1000): p < 500 an order, else cancel live[below(live)]; then
 *                     200 market orders, side = below(2), lots = 1 + below(200)
 *
 * `live` holds the ids that are in the book: an id is appended when its order rests, and when it ends the last id takes
 * its place. To know which are, the generator matches the orders itself.
 */

/** The names of the workloads. */
export const WORKLOADS = ['thin', 'mix', 'sweep', 'deep', 'sparse'] as const;
/** A workload. */
export type WorkloadName = (typeof WORKLOADS)[number];

/** What a command does: the lowest bits of its first word; its side is bit 8. */
export const LIMIT = 0;
export const CANCEL = 1;
export const MARKET = 2;
export const REPLACE = 3;
export const SIDE_BIT = 8;

/** Words per command: what and side, id, ticks, lots. */
export const COMMAND_WORDS = 4;

/** Commands, as words of one array: those that fill the book, and those that are timed. */
export interface Workload {
	readonly fill: Int32Array;
	readonly run: Int32Array;
	/** The highest id, plus one. */
	readonly ids: number;
}

const SHAPES = {
	thin: { live: 500, width: 25 },
	mix: { live: 50_000, width: 1000 },
	sweep: { live: 1000, width: 1000 },
	deep: { live: 1_000_000, width: 20_000 },
	sparse: { live: 10_000, width: 0 },
} as const;
/** How many orders fill the book of each workload. */
export const USUAL_LIVE: Readonly<Record<WorkloadName, number>> = {
	thin: SHAPES.thin.live,
	mix: SHAPES.mix.live,
	sweep: SHAPES.sweep.live,
	deep: SHAPES.deep.live,
	sparse: SHAPES.sparse.live,
};
const SWEPT = 45;
const LAST_MARKETS = 200;

/** Makes a workload of so many timed operations. `live` replaces the number of orders that fill the book. */
export function makeWorkload(name: WorkloadName, operations: number, seed: number, live?: number): Workload {
	const { live: usual, width } = SHAPES[name];
	const count = live ?? usual;
	return new Generator(name, width, seed, count, count + operations).make(count, operations);
}

class Generator {
	readonly #name: WorkloadName;
	readonly #width: number;
	/** How many orders are live, give or take. */
	readonly #usual: number;
	readonly #book: ReferenceMatching;
	#state: number;
	#commands: Int32Array = new Int32Array(0);
	#at = 0;
	#nextId = 1;

	constructor(name: WorkloadName, width: number, seed: number, live: number, most: number) {
		this.#name = name;
		this.#width = width;
		this.#usual = live;
		this.#state = startRandom(seed);
		this.#book = new ReferenceMatching(live + most + 2);
	}

	make(live: number, operations: number): Workload {
		const fill = new Int32Array(live * COMMAND_WORDS);
		this.#startWriting(fill);
		for (let made = 0; made < live; made++) this.#order(this.#name === 'sweep' ? 1000 : 0);
		const run = new Int32Array(operations * COMMAND_WORDS);
		this.#startWriting(run);
		if (this.#name === 'sweep') this.#sweep(operations);
		else if (this.#name === 'sparse') this.#sparse(operations);
		else for (let made = 0; made < operations; made++) this.#mixed();
		return { fill, run, ids: this.#nextId };
	}

	#below(limit: number): number {
		this.#state = nextRandom(this.#state);
		return below(this.#state, limit);
	}

	#startWriting(commands: Int32Array): void {
		this.#commands = commands;
		this.#at = 0;
	}

	#write(what: number, side: number, id: number, ticks: number, lots: number): void {
		const commands = this.#commands;
		let at = this.#at;
		commands[at++] = what | (side << SIDE_BIT);
		commands[at++] = id;
		commands[at++] = ticks;
		commands[at++] = lots;
		this.#at = at;
	}

	#offset(): number {
		if (this.#name !== 'sparse') return 1 + this.#below(this.#width);
		const high = this.#below(32_768);
		return 1 + high * 65_535 + this.#below(65_535);
	}

	#limit(side: number, ticks: number, lots: number): void {
		const id = this.#nextId++;
		this.#write(LIMIT, side, id, ticks, lots);
		this.#book.submit(id, side, ticks, lots);
	}

	#market(side: number, lots: number): void {
		const id = this.#nextId++;
		this.#write(MARKET, side, id, 0, lots);
		this.#book.market(side, lots);
	}

	#order(from: number): void {
		const side = this.#below(2);
		const offset = from + this.#offset();
		this.#limit(side, side === 0 ? -offset : offset, 1 + this.#below(100));
	}

	#cancel(): void {
		const id = this.#book.live[this.#below(this.#book.live.length)];
		this.#write(CANCEL, 0, id, 0, 0);
		this.#book.end(id);
	}

	#replace(): void {
		const id = this.#book.live[this.#below(this.#book.live.length)];
		const side = this.#book.sideOf(id);
		const offset = this.#offset();
		const lots = 1 + this.#below(100);
		const ticks = side === 0 ? -offset : offset;
		this.#write(REPLACE, side, id, ticks, lots);
		this.#book.replace(id, ticks, lots);
	}

	#mixed(): void {
		const p = this.#below(1000);
		const orders = this.#book.live.length < this.#usual ? 520 : 440;
		if (p < orders || ((p < 900 || p >= 950) && this.#book.live.length === 0)) {
			this.#order(0);
		} else if (p < 900) {
			this.#cancel();
		} else if (p < 925) {
			const side = this.#below(2);
			this.#market(side, 1 + this.#below(200));
		} else if (p < 950) {
			const side = this.#below(2);
			const lots = 1 + this.#below(200);
			this.#limit(side, this.#book.bestOr0(1 - side), lots);
		} else {
			this.#replace();
		}
	}

	#sweep(operations: number): void {
		let side = 1;
		let sum = 0;
		for (let made = 0, resting = 0; made < operations; made++) {
			if (resting < SWEPT) {
				const offset = 1 + this.#below(10);
				const lots = 1 + this.#below(100);
				this.#limit(side, side === 0 ? -offset : offset, lots);
				sum += lots;
				resting++;
			} else {
				this.#market(1 - side, sum);
				side = 1 - side;
				sum = 0;
				resting = 0;
			}
		}
	}

	#sparse(operations: number): void {
		for (let made = 0; made < operations; made++) {
			if (made >= operations - LAST_MARKETS) {
				const side = this.#below(2);
				this.#market(side, 1 + this.#below(200));
			} else if (this.#below(1000) < 500 || this.#book.live.length === 0) {
				this.#order(0);
			} else {
				this.#cancel();
			}
		}
	}
}
