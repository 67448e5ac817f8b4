import { type Heap, internals } from '@flux/core';

const { layout } = internals;
const { FREE, NEXT, INSERTED, ERASED, SCATTERED } = layout;

/**
 * One book's share in a pool of nodes: it sees to it that nodes can be taken, and that the pool's figures hold.
 *
 * Nodes are linked in the book's own way and counted in the header of a ring without nodes. Hot code takes and gives them
 * itself, by the words of `pool` and `ring`.
 */
export class PoolShare {
	/** The header of the pool: the first free node is in its word FREE. */
	readonly pool: number;
	/** The header of the ring that counts. */
	readonly ring: number;
	readonly #heap: Heap;
	readonly #nodes: internals.NodePool;

	/** A share in the pool of nodes of one kind: a new one, which takes no node yet, or one that is there. */
	private constructor(heap: Heap, nodes: internals.NodePool, ring: number) {
		this.#heap = heap;
		this.#nodes = nodes;
		this.#nodes.ownerless = true;
		this.pool = nodes.header;
		this.ring = ring;
	}

	/** Opens a share. `beside`: another one of the same book. Throws OutOfMemoryError. */
	static open(heap: Heap, kind: string, words: number, beside?: PoolShare): PoolShare {
		const nodes = heap.pool(kind, words, false, beside === undefined ? undefined : beside.#nodes);
		return new PoolShare(heap, nodes, heap.openRing(nodes));
	}

	/** The share that came from another thread, or that is read there, with a pool of its own. */
	static adopt(heap: Heap, kind: string, pool: number, ring: number, reads: boolean): PoolShare {
		return new PoolShare(heap, heap.adoptPool(kind, pool, reads), ring);
	}

	/** It is another thread's. */
	leave(): void {
		this.#heap.forgetPool(this.#nodes);
	}

	/** Nodes taken and not given back. */
	get taken(): number {
		return this.#nodes.sizeOf(this.ring);
	}

	/** Makes sure that `nodes` more, one or two, can be taken. May refresh the views. Throws OutOfMemoryError. */
	prepare(nodes: number): void {
		const { memory } = this.#heap;
		for (;;) {
			const first = memory.i32[this.pool + FREE];
			if (first !== 0 && (nodes === 1 || memory.i32[first + NEXT] !== 0)) return;
			this.#nodes.refill();
		}
	}

	/** Makes sure that `nodes` more can be taken without further work. O(nodes). Throws OutOfMemoryError. */
	reserve(nodes: number): void {
		this.#nodes.reserve(nodes);
	}

	/** Gives back `count` nodes, linked by their word NEXT from `first` to `last`. O(1). */
	giveChain(first: number, last: number, count: number): void {
		const { i32 } = this.#heap.memory;
		i32[last + NEXT] = i32[this.pool + FREE];
		i32[this.pool + FREE] = first;
		i32[this.ring + ERASED] = (i32[this.ring + ERASED] + count) | 0;
	}

	/** Ends the share, all of whose nodes are given back. */
	end(): void {
		const { i32 } = this.#heap.memory;
		// Nodes come back in the order of prices: the last share to end lets the pool carve its slabs anew, in order.
		if (i32[this.ring + INSERTED] !== 0) i32[this.pool + SCATTERED] = 1;
		this.#heap.closeRing(this.#nodes, this.ring);
	}
}
