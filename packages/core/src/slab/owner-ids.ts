import type { Arena } from '../memory/arena.js';
import { PAGE_WORDS } from '../memory/page-map.js';

/*
 * Each ring has an id, and each of its nodes bears it in its OWNER word. So an erased node (0), a cleared one (the id
 * that the ring gave up) and a node of another ring are told from a node of this ring by one comparison.
 *
 * Moving a whole ring into another must not touch its nodes. Instead the id moved is forwarded to the id it joined:
 * an open-addressed table of pairs, in pages of its own, read only when that comparison fails.
 *
 *   word   name   holds
 *   -----  -----  ------------------------------------------------------
 *   +0     FROM   an id that was forwarded; 0: this slot is empty
 *   +1     TO     the id its nodes belong to, itself perhaps forwarded
 *
 * Ids are never taken back while a node may bear them, so an id that leads to no live ring marks a stale node.
 */
const FROM = 0;
const TO = 1;
const PAIR_WORDS = 2;

/** Ids stay below 2^30, so that they are small integers in every engine. */
const ID_LIMIT = 2 ** 30;

/** Gives out the ids of rings and remembers which were forwarded. One per heap. */
export class OwnerIds {
	readonly #arena: Arena;
	readonly #limit: number;
	#next: number;
	/** Ids not looked at since the last start. */
	#left: number;
	/** Ids that were in use at the last start, to be skipped. */
	#taken: ReadonlySet<number> = new Set();
	#table = 0;
	#pages = 0;
	#forwarded = 0;

	/** Ids start at about `first`, so that heaps differ; `limit` is lower in tests alone, where exhaustion is wanted. */
	constructor(arena: Arena, first: number, limit: number = ID_LIMIT) {
		this.#arena = arena;
		this.#limit = limit;
		this.#next = 1 + (first % (limit - 1));
		this.#left = limit - 1;
	}

	/** How many ids are forwarded. */
	get forwarded(): number {
		return this.#forwarded;
	}

	/** Whether `next()` may have no id left that no node bears: then nodes must be swept and ids started over. */
	get exhausted(): boolean {
		return this.#left <= this.#taken.size;
	}

	/** An id that no live ring and no node bears. O(1). Only to be called while not `exhausted`. */
	next(): number {
		for (;;) {
			const id = this.#next;
			this.#next = id + 1 === this.#limit ? 1 : id + 1;
			this.#left--;
			if (!this.#taken.has(id)) return id;
		}
	}

	/** Starts over, after every node outside the rings `live` was marked free and no forwarding is left. */
	restart(live: ReadonlySet<number>): void {
		this.#taken = live;
		this.#left = this.#limit - 1;
	}

	/** From now on nodes that bear `from` belong to `to`. O(1) amortized; may take pages. */
	forward(from: number, to: number): void {
		const slots = (this.#pages * PAGE_WORDS) / PAIR_WORDS;
		if (this.#forwarded * 2 >= slots) this.#resize(this.#pages * 2 || 1);
		this.#insert(from, to);
	}

	/** The id that nodes bearing `id` belong to; `id` itself where it was never forwarded. Near O(1): paths are halved. */
	resolve(id: number): number {
		let current = id;
		for (;;) {
			const slot = this.#find(current);
			if (slot === 0) return current;
			const { i32 } = this.#arena.memory;
			const to = i32[slot + TO];
			const beyond = this.#find(to);
			if (beyond === 0) return to;
			i32[slot + TO] = i32[beyond + TO];
			current = i32[slot + TO];
		}
	}

	/** Forgets all forwardings, once no node bears a forwarded id. Gives the pages back. */
	forget(): void {
		if (this.#pages > 0) this.#arena.givePages(this.#table, this.#pages);
		this.#pages = 0;
		this.#table = 0;
		this.#forwarded = 0;
	}

	/** The slot of `id`, or 0. */
	#find(id: number): number {
		if (this.#pages === 0) return 0;
		const { i32 } = this.#arena.memory;
		const mask = (this.#pages * PAGE_WORDS) / PAIR_WORDS - 1;
		for (let probe = scatter(id) & mask; ; probe = (probe + 1) & mask) {
			const slot = this.#table + probe * PAIR_WORDS;
			if (i32[slot + FROM] === id) return slot;
			if (i32[slot + FROM] === 0) return 0;
		}
	}

	#insert(from: number, to: number): void {
		const { i32 } = this.#arena.memory;
		const mask = (this.#pages * PAGE_WORDS) / PAIR_WORDS - 1;
		let probe = scatter(from) & mask;
		while (i32[this.#table + probe * PAIR_WORDS + FROM] !== 0) probe = (probe + 1) & mask;
		const slot = this.#table + probe * PAIR_WORDS;
		i32[slot + FROM] = from;
		i32[slot + TO] = to;
		this.#forwarded++;
	}

	#resize(pages: number): void {
		const oldTable = this.#table;
		const oldPages = this.#pages;
		// Taken first: where the arena has no page left, this throws and the table is as it was.
		const table = this.#arena.takePages(pages);
		const { i32 } = this.#arena.memory;
		i32.fill(0, table, table + pages * PAGE_WORDS);
		this.#table = table;
		this.#pages = pages;
		this.#forwarded = 0;
		for (let slot = oldTable; slot < oldTable + oldPages * PAGE_WORDS; slot += PAIR_WORDS) {
			if (i32[slot + FROM] !== 0) this.#insert(i32[slot + FROM], i32[slot + TO]);
		}
		if (oldPages > 0) this.#arena.givePages(oldTable, oldPages);
	}
}

/** Ids come in sequence; multiplying by 2^32 / golden ratio (Knuth, TAOCP 6.4) spreads them over the table. */
function scatter(id: number): number {
	return Math.imul(id, 0x9e3779b1) >>> 7;
}
