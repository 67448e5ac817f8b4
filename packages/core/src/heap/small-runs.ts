import type { Memory } from '../memory/memory.js';
import { ERASED, FREE, HEADER_WORDS, INSERTED, NEXT, OWNER, PREVIOUS } from '../slab/layout.js';
import type { NodePool } from '../slab/node-pool.js';

/** What of a heap this needs. */
interface PoolKeeper {
	readonly memory: Memory;
	pool(record: string, strideWords: number, stamped: boolean): NodePool;
	openRing(pool: NodePool): number;
	closeRing(pool: NodePool, ring: number): void;
}

/**
 * Adjacent words for containers, fewer than a page has: each a node without a record, in a ring of the heap's own for those
 * of its size; its words begin with its second line.
 */
export class SmallRuns {
	readonly #heap: PoolKeeper;
	/** The header of the ring, by size in words. */
	readonly #rings = new Map<number, number>();

	/** Of one heap. */
	constructor(heap: PoolKeeper) {
		this.#heap = heap;
	}

	/** Hands out `words` words. O(1). @throws OutOfMemoryError */
	take(words: number): number {
		const pool = this.#pool(words);
		let ring = this.#rings.get(words);
		if (ring === undefined) {
			ring = this.#heap.openRing(pool);
			this.#rings.set(words, ring);
		}
		if (this.#heap.memory.i32[pool.header + FREE] === 0) pool.refill();
		const { i32 } = this.#heap.memory;
		const node = i32[pool.header + FREE];
		i32[pool.header + FREE] = i32[node + NEXT];
		const last = i32[ring + PREVIOUS];
		i32[node + NEXT] = ring;
		i32[node + PREVIOUS] = last;
		i32[node + OWNER] = i32[ring + OWNER];
		i32[last + NEXT] = node;
		i32[ring + PREVIOUS] = node;
		i32[ring + INSERTED] = (i32[ring + INSERTED] + 1) | 0;
		return node + HEADER_WORDS;
	}

	/** Takes back what was handed out for as many words. O(1). */
	give(run: number, words: number): void {
		const ring = this.#rings.get(words);
		if (ring === undefined) return;
		const pool = this.#pool(words);
		const { i32 } = this.#heap.memory;
		const node = run - HEADER_WORDS;
		i32[i32[node + PREVIOUS] + NEXT] = i32[node + NEXT];
		i32[i32[node + NEXT] + PREVIOUS] = i32[node + PREVIOUS];
		i32[node + OWNER] = 0;
		i32[node + NEXT] = i32[pool.header + FREE];
		i32[pool.header + FREE] = node;
		i32[ring + ERASED] = (i32[ring + ERASED] + 1) | 0;
		if (i32[ring + INSERTED] !== i32[ring + ERASED]) return;
		this.#rings.delete(words);
		this.#heap.closeRing(pool, ring);
	}

	#pool(words: number): NodePool {
		return this.#heap.pool(`block of ${words * 4} bytes`, HEADER_WORDS + words, false);
	}
}
