/** The program of a worker of `flux-bench threads`: it does what messages say, and answers each with one. */
import { parentPort, workerData } from 'node:worker_threads';
import { FluxList } from '@flux/containers';
import { Arena, type ArenaHandle, Heap } from '@flux/core';
import { Row } from './subjects/flux-record.js';
import type { Order } from './threads/orders.js';

const shared = new Heap(Arena.attach(workerData as ArenaHandle));
/** In memory that no other thread sees. */
const alone = new Heap();

parentPort?.on('message', (order: Order) => {
	switch (order.what) {
		case 'list': {
			const list = FluxList.attach(Row, order.handle, { heap: shared });
			parentPort?.postMessage({ handle: list.share('move'), proof: list.frozen });
			break;
		}
		case 'objects':
			parentPort?.postMessage(order.records);
			break;
		case 'pairs':
			parentPort?.postMessage(pairs(order.memory === 'shared' ? shared : alone, order.count));
			break;
	}
});

/** Allocates and frees a block of 32 bytes, again and again, with seven others of its kind live. Returns the milliseconds. */
function pairs(heap: Heap, count: number): number {
	const live = heap.allocateMany(32, 8);
	const begin = performance.now();
	for (let step = 0; step < count; step++) {
		const at = step & 7;
		heap.deallocate(live[at]);
		live[at] = heap.allocate(32);
		heap.memory.i32[live[at]] = step;
	}
	const took = performance.now() - begin;
	heap.deallocateMany(live);
	return took;
}
