import { bookFaults } from '../book-faults.js';
import type { FriendlyBook } from '../friendly-calls.js';
import * as words from '../layout.js';
import { checkEntry, type Entry } from './entry.js';
import type { MemorySteps } from './memory-steps.js';
import type { EngineParts } from './parts.js';
import { wideOf } from './wide-id.js';

const LOWEST = -(2 ** 31);
const HIGHEST = 2 ** 31 - 1;

/**
 * Stop orders that wait: in a ladder by the price that they wait for, then by time. Buys wait among its sells, where the
 * lowest price is best, and sells among its buys.
 *
 * One that trails the market stands in a second ladder as well, by its anchor: the price beyond which a trade moves it.
 * Sells wait there for prices above, so the lowest anchor is best, buys for prices below. A trade costs O(1) for each order
 * that it triggers or moves.
 *
 * Invariant: anchor = stop + trail for sells, stop - trail for buys, kept within 32 bits; neither ladder ever matches.
 */
export class Stops {
	readonly ladder: FriendlyBook;
	readonly anchors: FriendlyBook;
	readonly terms: EngineParts['terms'];
	/** Orders whose price was reached, in turn; they are in no ladder any more. Some may have been dropped since. */
	readonly due: bigint[] = [];
	/** Orders that are in no ladder because there was no memory for another price: they are to end. */
	readonly stuck: bigint[] = [];
	readonly #steps: MemorySteps;

	constructor({ ladder, anchors, terms }: EngineParts, steps: MemorySteps) {
		this.#steps = steps;
		this.ladder = ladder;
		this.anchors = anchors;
		this.terms = terms;
	}

	get isEmpty(): boolean {
		return this.terms.empty;
	}

	/** The broken invariants, in words. */
	faults(): string[] {
		const faults = [...bookFaults(this.ladder, true), ...bookFaults(this.anchors, true)];
		for (const [id, terms] of this.terms) {
			const { stop, trail, side } = terms;
			const none = { id, low: 0, high: 0, expires: 0, partner: 0n };
			if (checkEntry({ ...terms, ...none }) !== 0) faults.push(`order ${id} waits with terms that are not sound`);
			if (this.ladder.ticksOf(id) !== stop) faults.push(`order ${id} does not stand at its stop price ${stop}`);
			const anchor = this.anchors.ticksOf(id);
			if (trail === 0 ? anchor !== undefined : anchor === undefined)
				faults.push(`order ${id} of side ${side} trails by ${trail}, and its anchor is ${anchor}`);
		}
		if (this.ladder.size !== this.terms.size) faults.push(`${this.ladder.size} orders wait, of ${this.terms.size}`);
		if (this.due.length > 0) faults.push(`${this.due.length} orders are due`);
		if (this.stuck.length > 0) faults.push(`${this.stuck.length} orders could not move`);
		return faults;
	}

	has(low: number, high: number): boolean {
		return this.terms.findWords(low, high) !== 0;
	}

	/** Lets an order wait. Throws OutOfMemoryError, and has changed nothing then. */
	add({ low, high, id, side, stop, trail, ...entry }: Entry): void {
		const { lots, budget, least, display, ticks, owner, flags } = entry;
		try {
			this.terms.set(id, { lots, budget, least, display, trail, ticks, stop, owner, flags, side });
			this.ladder.put(low, high, 1 - side, stop, 1, 0);
			if (trail > 0) this.anchors.put(low, high, side, anchorOf(side, stop, trail), 1, 0);
		} catch (error) {
			this.drop(low, high);
			throw error;
		}
	}

	/**
	 * Lets an order wait for another price, behind the others of that. Throws OutOfMemoryError, and has changed nothing then;
	 * where that comes too late, the order is stuck.
	 */
	move(low: number, high: number, stop: number): void {
		const node = this.terms.findWords(low, high);
		if (node === 0) return;
		const terms = this.terms.getAt(node);
		this.ladder.renew(low, high, low, high, stop, 1);
		if (terms.trail > 0) {
			const anchor = anchorOf(terms.side, stop, terms.trail);
			this.#tryTo(low, high, () => this.anchors.renew(low, high, low, high, anchor, 1));
		}
		this.terms.setAt(node, { ...terms, stop });
	}

	/** Takes an order out. */
	drop(low: number, high: number): void {
		this.terms.deleteWords(low, high);
		this.#leave(low, high);
	}

	/** There was a trade: orders that waited for it are due, and those that trail it move. */
	traded(ticks: number): void {
		if (this.isEmpty) return;
		const { ladder, anchors } = this;
		// Buys wait among sells. Those that are triggered come first, so that none moves because of its own trade.
		while ((ladder.bestAskTicks ?? Number.POSITIVE_INFINITY) <= ticks) this.#callFirst(words.ASKS);
		while ((ladder.bestBidTicks ?? Number.NEGATIVE_INFINITY) >= ticks) this.#callFirst(words.BIDS);
		while ((anchors.bestAskTicks ?? Number.POSITIVE_INFINITY) < ticks)
			this.#follow(firstOf(anchors, words.ASKS), ticks);
		while ((anchors.bestBidTicks ?? Number.NEGATIVE_INFINITY) > ticks)
			this.#follow(firstOf(anchors, words.BIDS), ticks);
	}

	#callFirst(ladder: number): void {
		const { i32: memory } = this.ladder.memory;
		const order = firstOf(this.ladder, ladder);
		this.call(memory[order + words.ID_LOW], memory[order + words.ID_HIGH]);
	}

	/** An order is due. */
	call(low: number, high: number): void {
		this.due.push(wideOf(low, high));
		this.#leave(low, high);
	}

	/** Moves the stop price of an order behind the market, or only its anchor where the price cannot go further. */
	#follow(order: number, ticks: number): void {
		const { i32: memory } = this.anchors.memory;
		const low = memory[order + words.ID_LOW];
		const high = memory[order + words.ID_HIGH];
		const node = this.terms.findWords(low, high);
		const terms = node === 0 ? undefined : this.terms.getAt(node);
		if (node === 0 || terms === undefined) return;
		const { side, trail, stop } = terms;
		const moved = side === words.SELL ? Math.max(LOWEST, ticks - trail) : Math.min(HIGHEST, ticks + trail);
		this.#tryTo(low, high, () => {
			this.anchors.renew(low, high, low, high, ticks, 1);
			if (moved === stop) return;
			this.ladder.renew(low, high, low, high, moved, 1);
			this.terms.setAt(node, { ...terms, stop: moved });
		});
	}

	/** Moves an order in the middle of a trade, which goes on in any case: without memory the order is stuck. */
	#tryTo(low: number, high: number, step: () => void): void {
		if (this.#steps.attempt(step)) return;
		this.#leave(low, high);
		this.stuck.push(wideOf(low, high));
	}

	#leave(low: number, high: number): void {
		for (const book of [this.ladder, this.anchors]) if (book.index.find(low, high) !== 0) book.end(low, high);
	}
}

function anchorOf(side: number, stop: number, trail: number): number {
	return side === words.SELL ? Math.min(HIGHEST, stop + trail) : Math.max(LOWEST, stop - trail);
}

/** The first order of a book's ladder that is not empty. */
export function firstOf(book: FriendlyBook, ladder: number): number {
	const { i32: memory } = book.memory;
	return memory[memory[book.book + ladder + words.BEST] + words.NEXT];
}
