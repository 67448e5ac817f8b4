import YoctoQueue from 'yocto-queue';
import { type BenchRecord, priceOf } from '../scenarios/record.js';
import { QueueSubject } from './queue-subject.js';

type Queue = YoctoQueue<BenchRecord>;

/** yocto-queue: a singly linked list of objects. */
export class QueueYocto extends QueueSubject<Queue> {
	create(): Queue {
		return new YoctoQueue<BenchRecord>();
	}

	build(queue: Queue, count: number): void {
		for (let id = 0; id < count; id++) queue.enqueue({ id, price: priceOf(id) });
	}

	fifo(queue: Queue, operations: number, firstId: number): number {
		let sum = 0;
		const end = firstId + operations;
		for (let id = firstId; id < end; id++) {
			queue.enqueue({ id, price: priceOf(id) });
			sum += queue.dequeue()?.price ?? 0;
		}
		return sum;
	}

	fillAndDrain(queue: Queue, count: number, firstId: number): number {
		const end = firstId + count;
		for (let id = firstId; id < end; id++) queue.enqueue({ id, price: priceOf(id) });
		let sum = 0;
		for (let record = queue.dequeue(); record !== undefined; record = queue.dequeue()) sum += record.price;
		return sum;
	}

	protected put(queue: Queue, record: BenchRecord): void {
		queue.enqueue(record);
	}

	protected take(queue: Queue): BenchRecord | undefined {
		return queue.dequeue();
	}
}
