import type { Heap } from '@flux/core';
import { f64, i32, i64, struct, u8, u16, u32, u64 } from '@flux/core';
import { FluxHashMap, type LongHashMap } from '../../hash-map/hash-map.js';
import type { FriendlyBook } from '../friendly-calls.js';
import { FluxOrderBook } from '../order-book.js';

/** What a stop order is, once it goes into the book; `stop` is where it waits, `trail` how far behind the market, or 0. */
export const Waiting = struct({
	...{ lots: f64, budget: f64, least: f64, display: f64, trail: f64 },
	...{ ticks: i32, stop: i32, owner: u32, flags: u16, side: u8 },
});
/** What an iceberg order has beside what it shows, and how much it shows at a time. `lots` is 0 for its last part. */
export const Reserve = struct({ lots: f64, display: f64 });
/** The order that cancels an order, or is cancelled by it. */
export const Partner = struct({ id: u64 });
/**
 * The lots that an owner has, high x 2^64 + low: above 0 more bought than sold, below 0 more sold. 1,024 trades of the largest
 * orders would pass 64 bits.
 */
export const Position = struct({ low: u64, high: i64 });

/** All that an engine holds in memory beside its book. A book among them is a ladder of whatever, and never matches. */
export interface EngineParts {
	/** Hidden orders. */
	readonly hidden: FriendlyBook;
	/** Orders that trade whole or not at all. */
	readonly whole: FriendlyBook;
	/** Orders for the auction that is called, and not beyond: market orders at the best price there is. */
	readonly auction: FriendlyBook;
	/** Iceberg orders, which stand in the book. */
	readonly reserves: LongHashMap<typeof Reserve>;
	/** Stop orders by the price that they wait for. */
	readonly ladder: FriendlyBook;
	/** Those that trail the market, by the price beyond which a trade moves them. */
	readonly anchors: FriendlyBook;
	/** What stop orders are. */
	readonly terms: LongHashMap<typeof Waiting>;
	/** Orders by the time at which they end. */
	readonly times: FriendlyBook;
	/** Orders of which one cancels the other. */
	readonly pairs: LongHashMap<typeof Partner>;
	/** Positions of owners. */
	readonly owners: FluxHashMap<typeof u32, typeof Position>;
	/** Orders that may only reduce a position, by owner. */
	readonly reducing: FriendlyBook;
}

/** The names of the parts, in the order in which snapshots have them. */
export const PARTS = [
	...(['hidden', 'whole', 'auction', 'reserves', 'ladder', 'anchors', 'terms'] as const),
	...(['times', 'pairs', 'owners', 'reducing'] as const),
] satisfies readonly (keyof EngineParts)[];

/** The parts of an engine: empty ones, or those that `saved` are snapshots of, in the order of PARTS. */
export function openParts(heap: Heap, saved?: readonly Uint8Array[]): EngineParts {
	const made: { dispose(): void }[] = [];
	const keep = <T extends { dispose(): void }>(part: T): T => {
		made.push(part);
		return part;
	};
	const bytesOf = (name: keyof EngineParts) => saved?.[PARTS.indexOf(name)];
	const book = (name: keyof EngineParts) => {
		const bytes = bytesOf(name);
		const opened = bytes === undefined ? new FluxOrderBook({ heap }) : FluxOrderBook.restore(bytes, { heap });
		return keep(opened) as unknown as FriendlyBook;
	};
	const byId = <S extends typeof Reserve | typeof Waiting | typeof Partner>(name: keyof EngineParts, record: S) => {
		const bytes = bytesOf(name);
		return keep(
			bytes === undefined ? new FluxHashMap(u64, record, { heap }) : FluxHashMap.restore(u64, record, bytes, { heap }),
		);
	};
	const owners = bytesOf('owners');
	try {
		return {
			...{ hidden: book('hidden'), whole: book('whole'), auction: book('auction') },
			reserves: byId('reserves', Reserve),
			...{ ladder: book('ladder'), anchors: book('anchors'), terms: byId('terms', Waiting) },
			...{ times: book('times'), pairs: byId('pairs', Partner), reducing: book('reducing') },
			owners: keep(
				owners === undefined
					? new FluxHashMap(u32, Position, { heap })
					: FluxHashMap.restore(u32, Position, owners, { heap }),
			),
		};
	} catch (error) {
		for (const part of made) part.dispose();
		throw error;
	}
}

/** Gives the memory of all parts back. */
export function disposeParts(parts: EngineParts): void {
	for (const name of PARTS) parts[name].dispose();
}
