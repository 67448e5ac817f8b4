import { Arena, Heap } from '@flux/core';
import { below, nextRandom, startRandom } from '../scenarios/random.js';
import type { HeapSubject } from './heap-subject.js';

/** Blocks of a Heap of ours. */
export class HeapFlux implements HeapSubject<Heap> {
	create(): Heap {
		return new Heap(new Arena({ maxBytes: 2 ** 30, prefault: 2 ** 26 }));
	}

	pairs(heap: Heap, operations: number): number {
		const { memory } = heap;
		let sum = 0;
		for (let id = 0; id < operations; id++) {
			const block = heap.allocate(32);
			memory.i32[block] = id;
			sum = (sum + memory.i32[block]) | 0;
			heap.deallocate(block);
		}
		return sum;
	}

	fill(heap: Heap, blocks: Int32Array): void {
		const { memory } = heap;
		for (let id = 0; id < blocks.length; id++) {
			const block = heap.allocate(32);
			memory.i32[block] = id;
			blocks[id] = block;
		}
	}

	freeBackwards(heap: Heap, blocks: Int32Array): number {
		const { memory } = heap;
		let sum = 0;
		for (let at = blocks.length - 1; at >= 0; at--) {
			const block = blocks[at];
			sum = (sum + memory.i32[block]) | 0;
			heap.deallocate(block);
		}
		return sum;
	}

	freeForwards(heap: Heap, blocks: Int32Array): number {
		const { memory } = heap;
		let sum = 0;
		for (let at = 0; at < blocks.length; at++) {
			const block = blocks[at];
			sum = (sum + memory.i32[block]) | 0;
			heap.deallocate(block);
		}
		return sum;
	}

	churn(heap: Heap, blocks: Int32Array, operations: number, seed: number, least: number, spread: number): number {
		const { memory } = heap;
		let random = startRandom(seed);
		let sum = 0;
		for (let id = 0; id < operations; id++) {
			random = nextRandom(random);
			const at = below(random, blocks.length);
			const old = blocks[at];
			sum = (sum + memory.i32[old]) | 0;
			heap.deallocate(old);
			random = nextRandom(random);
			const block = heap.allocate(least + below(random, spread));
			memory.i32[block] = id;
			blocks[at] = block;
		}
		return sum;
	}
}

/** The same with guards around each block. */
export class HeapFluxChecked extends HeapFlux {
	override create(): Heap {
		return new Heap(new Arena({ maxBytes: 2 ** 30 }), { checked: true });
	}
}
