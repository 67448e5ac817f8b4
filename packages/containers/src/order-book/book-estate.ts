import type { Heap } from '@flux/core';
import type { GroupIndex } from '../hash-map/index-classes.js';
import * as words from './layout.js';
import { PoolShare } from './pool-share.js';

/**
 * What a book holds in its heap: its header, its orders, levels and branches, and its index. It knows nothing of the book
 * object, so that it can be given back when that is collected.
 */
export class BookEstate {
	readonly heap: Heap;
	/** The word index of the book's header. */
	readonly header: number;
	readonly orders: PoolShare;
	readonly levels: PoolShare;
	readonly branches: PoolShare;
	readonly index: GroupIndex;

	/** Takes the header of an empty book. Throws OutOfMemoryError. */
	constructor(heap: Heap, index: GroupIndex) {
		this.heap = heap;
		this.index = index;
		this.orders = new PoolShare(heap, 'FluxOrderBook order', words.ORDER_WORDS);
		this.levels = new PoolShare(heap, 'FluxOrderBook level', words.LEVEL_WORDS);
		this.branches = new PoolShare(heap, 'FluxOrderBook branch', words.BRANCH_WORDS);
		this.header = heap.takeRun(words.BOOK_WORDS);
		heap.memory.i32.fill(0, this.header, this.header + words.BOOK_WORDS);
		this.#openLadder(this.header + words.BIDS, -1);
		this.#openLadder(this.header + words.ASKS, 0);
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

	/** Gives everything back. */
	release(): void {
		if (this.heap.disposed) return;
		this.empty();
		this.index.dispose();
		this.orders.end();
		this.levels.end();
		this.branches.end();
		this.heap.giveRun(this.header, words.BOOK_WORDS);
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
