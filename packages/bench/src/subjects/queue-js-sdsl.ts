import { Queue as SdslQueue } from 'js-sdsl';
import { type BenchRecord, priceOf } from '../scenarios/record.js';
import { QueueSubject } from './queue-subject.js';

type Queue = SdslQueue<BenchRecord>;

/** The Queue of js-sdsl: an array that is cut now and then. */
export class QueueJsSdsl extends QueueSubject<Queue> {
	create(): Queue {
		return new SdslQueue<BenchRecord>();
	}

	build(queue: Queue, count: number): void {
		for (let id = 0; id < count; id++) queue.push({ id, price: priceOf(id) });
	}

	fifo(queue: Queue, operations: number, firstId: number): number {
		let sum = 0;
		const end = firstId + operations;
		for (let id = firstId; id < end; id++) {
			queue.push({ id, price: priceOf(id) });
			sum += queue.pop()?.price ?? 0;
		}
		return sum;
	}

	fillAndDrain(queue: Queue, count: number, firstId: number): number {
		const end = firstId + count;
		for (let id = firstId; id < end; id++) queue.push({ id, price: priceOf(id) });
		let sum = 0;
		for (let record = queue.pop(); record !== undefined; record = queue.pop()) sum += record.price;
		return sum;
	}

	protected put(queue: Queue, record: BenchRecord): void {
		queue.push(record);
	}

	protected take(queue: Queue): BenchRecord | undefined {
		return queue.pop();
	}
}
