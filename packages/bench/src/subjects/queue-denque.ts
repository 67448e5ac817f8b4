import Denque from 'denque';
import { type BenchRecord, priceOf } from '../scenarios/record.js';
import { QueueSubject } from './queue-subject.js';

type Queue = Denque<BenchRecord>;

/** denque: a circular buffer that doubles. */
export class QueueDenque extends QueueSubject<Queue> {
	create(): Queue {
		return new Denque<BenchRecord>();
	}

	build(queue: Queue, count: number): void {
		for (let id = 0; id < count; id++) queue.push({ id, price: priceOf(id) });
	}

	fifo(queue: Queue, operations: number, firstId: number): number {
		let sum = 0;
		const end = firstId + operations;
		for (let id = firstId; id < end; id++) {
			queue.push({ id, price: priceOf(id) });
			sum += queue.shift()?.price ?? 0;
		}
		return sum;
	}

	fillAndDrain(queue: Queue, count: number, firstId: number): number {
		const end = firstId + count;
		for (let id = firstId; id < end; id++) queue.push({ id, price: priceOf(id) });
		let sum = 0;
		for (let record = queue.shift(); record !== undefined; record = queue.shift()) sum += record.price;
		return sum;
	}

	protected put(queue: Queue, record: BenchRecord): void {
		queue.push(record);
	}

	protected take(queue: Queue): BenchRecord | undefined {
		return queue.shift();
	}
}
