import type { Heap } from '@flux/core';
import type { DirectIndex } from '../hash-map/index-classes.js';
import * as words from './layout.js';
import { PoolShare } from './pool-share.js';

/** How a book begins over what is there: it came from another thread. */
export interface BookPlace {
	/** The header of the book, and that of its index. */
	readonly header: number;
	readonly index: number;
	/** Whether it only reads: what it stands on is then given back by its owner. */
	readonly reads: boolean;
}

/** What a book has nodes of: names of pools, in the order in which SHARES has them, and the words of a node. */
const KINDS = [
	['FluxOrderBook order', words.ORDER_WORDS],
	['FluxOrderBook level', words.LEVEL_WORDS],
	['FluxOrderBook branch', words.BRANCH_WORDS],
] as const;

/** The words of an index's header that lead to tables: TABLE, OLD and NEXT; SLOTS, OLD_SLOTS and NEXT_SLOTS. */
const INDEX_BLOCKS = (1 << 0) | (1 << 7) | (1 << 12) | (1 << 16) | (1 << 18) | (1 << 20);

/**
 * What a book holds in its heap: its header, its orders, levels and branches, and its index. It knows nothing of the book
 * object, so that it can be given back when that is collected.
 *
 * On a shared heap all of it is noted in one deed (core's `heap/deeds.ts`), as what other containers hold.
 */
export class BookEstate {
	readonly heap: Heap;
	/** The word index of the book's header. */
	readonly header: number;
	readonly orders: PoolShare;
	readonly levels: PoolShare;
	readonly branches: PoolShare;
	readonly index: DirectIndex;

	/** Takes the header of an empty book, or what `place` leads to. Throws OutOfMemoryError, and holds nothing then. */
	constructor(heap: Heap, index: DirectIndex, place?: BookPlace) {
		this.heap = heap;
		this.index = index;
		const shares: PoolShare[] = [];
		this.header = place === undefined ? this.#open(shares) : place.header;
		if (place !== undefined) this.#adopt(place, shares);
		[this.orders, this.levels, this.branches] = shares;
	}

	/** Takes the header of an empty book and shares in three pools. */
	#open(shares: PoolShare[]): number {
		const { heap, index } = this;
		let header = 0;
		try {
			for (const [kind, size] of KINDS) shares.push(PoolShare.open(heap, kind, size, shares[0]));
			header = heap.takeRun(heap.shared ? words.SHARED_BOOK_WORDS : words.BOOK_WORDS);
		} catch (error) {
			index.dispose();
			for (const share of shares) share.end();
			throw error;
		}
		const { i32 } = heap.memory;
		i32.fill(0, header, header + (heap.shared ? words.SHARED_BOOK_WORDS : words.BOOK_WORDS));
		this.#openLadder(header + words.BIDS, -1);
		this.#openLadder(header + words.ASKS, 0);
		if (!heap.shared) return header;
		for (const [at, { pool, ring }] of shares.entries()) i32.set([pool, ring], header + words.SHARES + at * 2);
		heap.noteRoot(shares[0].pool, index.header, INDEX_BLOCKS);
		heap.noteRoot(shares[0].pool, header, 0);
		return header;
	}

	#adopt({ header, reads }: BookPlace, shares: PoolShare[]): void {
		const { heap } = this;
		for (const [at, [kind]] of KINDS.entries()) {
			const [pool, ring] = heap.memory.i32.subarray(header + words.SHARES + at * 2);
			shares.push(PoolShare.adopt(heap, kind, pool, ring, reads));
		}
	}

	/** Notes what the book was made with: its rule for trades with oneself, and on a shared heap its tick and lot size. */
	describe(self: number, tickSize: string, lotSize: string): void {
		const { i32 } = this.heap.memory;
		i32[this.header + words.SELF] = self;
		if (!this.heap.shared) return;
		for (const [at, text] of [
			[words.TICK_SIZE, tickSize],
			[words.LOT_SIZE, lotSize],
		] as const)
			new Uint8Array(i32.buffer, i32.byteOffset + (this.header + at) * 4, words.STEP_WORDS * 4).set(
				new TextEncoder().encode(text),
			);
	}

	/** Gives all orders, levels and branches back; the index and the rest of the header stay. O(levels). */
	empty(): void {
		for (const ladder of [this.header + words.BIDS, this.header + words.ASKS]) {
			const { i32 } = this.heap.memory;
			const root = i32[ladder + words.ROOT];
			if (root !== 0) this.#giveBranch(root);
			this.#openLadder(ladder, i32[ladder + words.FLIP]);
		}
		this.heap.memory.i32[this.header + words.SPECIAL] = 0;
	}

	/** Gives everything back. O(levels); on a shared heap O(slabs). */
	release(): void {
		const { heap, index, header } = this;
		if (heap.disposed) return;
		// Pools of its own go back slab by slab, whatever is in them.
		if (!heap.shared) this.empty();
		index.dispose();
		if (heap.shared) heap.closeHeader(header);
		for (const share of [this.orders, this.levels, this.branches]) share.end();
		if (!heap.shared) heap.giveRun(header, words.BOOK_WORDS);
	}

	/** All of it is another thread's. */
	leave(): void {
		for (const share of [this.orders, this.levels, this.branches]) share.leave();
		this.index.leave();
	}

	#openLadder(ladder: number, flip: number): void {
		const { i32 } = this.heap.memory;
		i32[ladder + words.ROOT] = 0;
		i32[ladder + words.BEST] = 0;
		i32[ladder + words.BEST_KEY] = words.NO_KEY;
		i32[ladder + words.LEVELS] = 0;
		i32[ladder + words.FLIP] = flip;
	}

	/** Gives a branch back and all below it; at most six deep. */
	#giveBranch(branch: number): void {
		const { i32 } = this.heap.memory;
		for (let child = 0; child < 64; child++) {
			if ((i32[branch + words.BITS + (child >>> 5)] & (1 << child)) === 0) continue;
			const node = i32[branch + words.CHILDREN + child];
			if (i32[branch + words.SHIFT] !== 0) this.#giveBranch(node);
			else {
				this.orders.giveChain(i32[node + words.NEXT], i32[node + words.PREVIOUS], i32[node + words.ORDERS]);
				this.levels.giveChain(node, node, 1);
			}
		}
		this.branches.giveChain(branch, branch, 1);
	}
}
