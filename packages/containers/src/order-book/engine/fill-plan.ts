import type { FriendlyBook } from '../friendly-calls.js';
import * as words from '../layout.js';
import { SELF_TRADE } from '../terms.js';
import type { Positions } from './positions.js';

/** Where the orders are that are looked at: see `Offers`. */
export interface Offered {
	readonly shown: FriendlyBook;
	readonly hidden: FriendlyBook;
	readonly whole: FriendlyBook;
	readonly reserves: { readonly empty: boolean };
	sizeOf(book: FriendlyBook, order: number): number;
	termsOf(book: FriendlyBook, order: number): { readonly display: number };
}

/** An order of a level, as it would be when its turn comes. */
interface Turn {
	readonly low: number;
	readonly high: number;
	readonly owner: number;
	readonly display: number;
	lots: number;
	reserve: number;
}

/**
 * What an order would trade, found out without trading: what must be filled whole or in part, and what an amount buys,
 * has to know before. It goes through the orders as `Offers.take` does, in the same priority.
 */
export class FillPlan {
	/** Lots found. */
	found = 0;
	/** Whether the search ended because the budget was spent, and not because nobody offered more. */
	isSpent = false;
	readonly #offers: Offered;
	readonly #positions: Positions;
	/** How positions would have changed; undefined while there are none. */
	#changes: Map<number, bigint> | undefined;
	#side = 0;
	#lots = 0;
	#owner = 0;
	#self = 0;
	#hasBudget = false;
	#money = 0;

	constructor(offers: Offered, positions: Positions) {
		this.#offers = offers;
		this.#positions = positions;
	}

	/**
	 * The lots that an order would trade now, at most `lots` and at most what `budget` (0: any) pays for in ticks x lots; fewer
	 * where it would meet one of its own owner that stops it. Changes nothing. O(levels), and O(orders) where owners, positions
	 * or orders that trade whole are among them.
	 */
	run(side: number, reach: number, lots: number, owner: number, budget: number): number {
		const { shown, hidden, whole } = this.#offers;
		const { i32 } = shown.memory;
		this.found = 0;
		this.isSpent = false;
		this.#side = side;
		this.#lots = lots;
		this.#owner = owner;
		this.#self = owner === 0 ? 0 : i32[shown.book + words.SELF];
		this.#hasBudget = budget > 0;
		this.#money = budget;
		this.#changes = this.#positions.isEmpty ? undefined : new Map();
		const books = [shown, hidden, whole];
		const levels = books.map((book) => i32[book.book + words.ASKS - (side << 3) + words.BEST]);
		for (;;) {
			let next = -1;
			for (let each = 0; each < 3; each++) {
				if (levels[each] !== 0 && (next < 0 || i32[levels[each] + words.KEY] < i32[levels[next] + words.KEY]))
					next = each;
			}
			if (next < 0 || i32[levels[next] + words.KEY] > reach || this.found === lots) return this.found;
			const level = levels[next];
			levels[next] = books[next].nextLevel(level);
			if (!this.#goThrough(books[next], level)) return this.found;
		}
	}

	/** Goes through a level; returns whether to go on. */
	#goThrough(book: FriendlyBook, level: number): boolean {
		const { i32, f64 } = book.memory;
		const ticks = i32[level + words.KEY] ^ -this.#side;
		// What is not above 0 has no price in money.
		if (this.#hasBudget && ticks <= 0) return false;
		const isWhole = book === this.#offers.whole;
		if (this.#self === 0 && !isWhole && this.#changes === undefined && this.#offers.reserves.empty) {
			const lots = f64[(level + words.LOTS) >> 1];
			return this.#part(lots, ticks) === lots;
		}
		const turns: Turn[] = [];
		for (let order = i32[level + words.NEXT]; order !== level; order = i32[order + words.NEXT]) {
			const own = f64[(order + words.LOTS) >> 1];
			turns.push({
				...{ low: i32[order + words.ID_LOW], high: i32[order + words.ID_HIGH], owner: i32[order + words.TAG] },
				...{ display: this.#offers.termsOf(book, order).display, lots: own },
				reserve: this.#offers.sizeOf(book, order) - own,
			});
		}
		for (let at = 0; at < turns.length; at++) {
			const turn = turns[at];
			const most = this.#mostAt(ticks);
			if (most === 0) return this.#part(1, ticks) === 1;
			if (isWhole && turn.lots > most) continue;
			if (this.#cut(turn)) continue;
			if (this.#self !== 0 && turn.owner === this.#owner) {
				if (this.#self !== SELF_TRADE['cancel-oldest']) return false;
				continue;
			}
			const part = this.#part(turn.lots, ticks);
			this.#move(turn.owner, part);
			if (part < turn.lots) return false;
			if (turn.reserve === 0) continue;
			const peak = Math.min(turn.display, turn.reserve);
			turns.push({ ...turn, lots: peak, reserve: turn.reserve - peak });
		}
		return true;
	}

	/** How many lots can be had at a price. */
	#mostAt(ticks: number): number {
		const left = this.#lots - this.found;
		// The remainder is exact, and so is what it leaves.
		return this.#hasBudget ? Math.min(left, (this.#money - (this.#money % ticks)) / ticks) : left;
	}

	/** Takes what can be had of so many lots at a price; returns how many. */
	#part(lots: number, ticks: number): number {
		const part = Math.min(lots, this.#mostAt(ticks));
		this.found += part;
		this.#money -= part * ticks;
		if (part < lots) this.isSpent = this.#hasBudget && this.found < this.#lots;
		return part;
	}

	/** Makes an order no larger than its owner's position, where it may only reduce that. Returns whether it would be gone. */
	#cut(turn: Turn): boolean {
		if (this.#changes === undefined || !this.#positions.isReducing(turn.low, turn.high)) return false;
		const room = this.#positions.roomOf(turn.owner, 1 - this.#side, this.#changes.get(turn.owner));
		if (turn.lots + turn.reserve > room) {
			turn.lots = Math.min(turn.lots, room);
			turn.reserve = room - turn.lots;
		}
		return room === 0;
	}

	/** Moves the positions of the owner that is met, and of the one that comes. */
	#move(maker: number, lots: number): void {
		const changes = this.#changes;
		if (changes === undefined) return;
		const bought = BigInt(this.#side === words.BUY ? lots : -lots);
		changes.set(maker, (changes.get(maker) ?? 0n) - bought);
		changes.set(this.#owner, (changes.get(this.#owner) ?? 0n) + bought);
	}
}
