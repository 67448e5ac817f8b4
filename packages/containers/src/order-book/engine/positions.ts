import type { FriendlyBook } from '../friendly-calls.js';
import * as words from '../layout.js';
import type { EngineParts } from './parts.js';

/**
 * The positions of owners that were given one, and the orders that may only reduce them.
 *
 * Those orders are listed in a book of its own: the owner for the price, first come first. It knows of orders that are gone
 * until their ids come again.
 */
export class Positions {
	readonly owners: EngineParts['owners'];
	readonly orders: FriendlyBook;
	/** Owners whose position has changed, and whose orders may be too large now. */
	readonly changed = new Set<number>();

	constructor({ owners, reducing }: EngineParts) {
		this.owners = owners;
		this.orders = reducing;
	}

	get isEmpty(): boolean {
		return this.owners.empty;
	}

	get(owner: number): bigint | undefined {
		const position = this.owners.get(owner);
		return position && (position.high << 64n) + position.low;
	}

	set(owner: number, lots: bigint): void {
		this.owners.set(owner, { low: BigInt.asUintN(64, lots), high: lots >> 64n });
		this.changed.add(owner);
	}

	/** An owner has bought or sold. */
	traded(owner: number, side: number, lots: number): void {
		const position = this.get(owner);
		if (position === undefined) return;
		this.set(owner, position + BigInt(side === words.BUY ? lots : -lots));
	}

	/** The lots that an owner's orders of a side may trade and only reduce the position, after some `change` to it. */
	roomOf(owner: number, side: number, change = 0n): number {
		const position = (this.get(owner) ?? 0n) + change;
		const room = side === words.BUY ? -position : position;
		return room > BigInt(words.MOST_LOTS) ? words.MOST_LOTS : Math.max(0, Number(room));
	}

	/** Whether an order may only reduce. */
	isReducing(low: number, high: number): boolean {
		return this.orders.index.find(low, high) !== 0;
	}

	/** Notes that an order may only reduce. Throws OutOfMemoryError. */
	note(low: number, high: number, side: number, owner: number): void {
		this.orders.put(low, high, side, owner, 1, 0);
	}

	/** Forgets the order of an id, if there was one. */
	forget(low: number, high: number): void {
		if (this.isReducing(low, high)) this.orders.end(low, high);
	}

	/** Calls back for each order of an owner and side that may only reduce, the newest first. The callback may forget it. */
	forEach(owner: number, side: number, callback: (low: number, high: number) => void): void {
		const { i32 } = this.orders.memory;
		const level = this.orders.levelAt(side, owner);
		if (level === 0) return;
		let left = i32[level + words.ORDERS];
		// Counted, because the level may close with the last order and be nobody's.
		for (let order = i32[level + words.PREVIOUS]; left > 0; left--) {
			const previous = i32[order + words.PREVIOUS];
			callback(i32[order + words.ID_LOW], i32[order + words.ID_HIGH]);
			order = previous;
		}
	}
}
