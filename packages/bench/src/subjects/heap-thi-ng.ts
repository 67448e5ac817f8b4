import { MemPool } from '@thi.ng/malloc';
import { below, nextRandom, startRandom } from '../scenarios/random.js';
import type { HeapSubject } from './heap-subject.js';

interface Pool {
	readonly pool: MemPool;
	readonly words: Int32Array;
}

/** @thi.ng/malloc: a list of free blocks in order of address, joined as they come back. */
export class HeapThiNg implements HeapSubject<Pool> {
	create(): Pool {
		const pool = new MemPool({ size: 2 ** 27 });
		return { pool, words: new Int32Array(pool.buf) };
	}

	pairs({ pool, words }: Pool, operations: number): number {
		let sum = 0;
		for (let id = 0; id < operations; id++) {
			const block = pool.malloc(32);
			words[block >>> 2] = id;
			sum = (sum + words[block >>> 2]) | 0;
			pool.free(block);
		}
		return sum;
	}

	fill({ pool, words }: Pool, blocks: Int32Array): void {
		for (let id = 0; id < blocks.length; id++) {
			const block = pool.malloc(32);
			words[block >>> 2] = id;
			blocks[id] = block;
		}
	}

	freeBackwards({ pool, words }: Pool, blocks: Int32Array): number {
		let sum = 0;
		for (let at = blocks.length - 1; at >= 0; at--) {
			const block = blocks[at];
			sum = (sum + words[block >>> 2]) | 0;
			pool.free(block);
		}
		return sum;
	}

	freeForwards({ pool, words }: Pool, blocks: Int32Array): number {
		let sum = 0;
		for (let at = 0; at < blocks.length; at++) {
			const block = blocks[at];
			sum = (sum + words[block >>> 2]) | 0;
			pool.free(block);
		}
		return sum;
	}

	churn(
		{ pool, words }: Pool,
		blocks: Int32Array,
		operations: number,
		seed: number,
		least: number,
		spread: number,
	): number {
		let random = startRandom(seed);
		let sum = 0;
		for (let id = 0; id < operations; id++) {
			random = nextRandom(random);
			const at = below(random, blocks.length);
			const old = blocks[at];
			sum = (sum + words[old >>> 2]) | 0;
			pool.free(old);
			random = nextRandom(random);
			const block = pool.malloc(least + below(random, spread));
			words[block >>> 2] = id;
			blocks[at] = block;
		}
		return sum;
	}
}
