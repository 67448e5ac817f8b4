import { FluxQueue } from '@flux/containers';
import { type BenchRecord, priceOf } from '../scenarios/record.js';
import { Row } from './flux-record.js';
import { QueueSubject } from './queue-subject.js';

type Queue = FluxQueue<typeof Row>;

/** FluxQueue with default options: filled by position, read at the front. */
export class QueueFlux extends QueueSubject<Queue> {
	create(): Queue {
		return new FluxQueue(Row);
	}

	build(queue: Queue, count: number): void {
		for (let id = 0; id < count; id++) queue.emplace(id, priceOf(id));
	}

	fifo(queue: Queue, operations: number, firstId: number): number {
		let sum = 0;
		const end = firstId + operations;
		for (let id = firstId; id < end; id++) {
			queue.emplace(id, priceOf(id));
			sum += queue.front.price;
			queue.pop();
		}
		return sum;
	}

	fillAndDrain(queue: Queue, count: number, firstId: number): number {
		const end = firstId + count;
		for (let id = firstId; id < end; id++) queue.emplace(id, priceOf(id));
		let sum = 0;
		while (!queue.empty) {
			sum += queue.front.price;
			queue.pop();
		}
		return sum;
	}

	protected put(queue: Queue, record: BenchRecord): void {
		queue.push(record);
	}

	protected take(queue: Queue): BenchRecord | undefined {
		return queue.tryPop();
	}
}

/** Records go in and come out as objects: push({ id, price }), tryPop(). */
export class QueueFluxObject extends QueueFlux {
	override fifo(queue: Queue, operations: number, firstId: number): number {
		let sum = 0;
		const end = firstId + operations;
		for (let id = firstId; id < end; id++) {
			queue.push({ id, price: priceOf(id) });
			sum += queue.tryPop()?.price ?? 0;
		}
		return sum;
	}

	override fillAndDrain(queue: Queue, count: number, firstId: number): number {
		const end = firstId + count;
		for (let id = firstId; id < end; id++) queue.push({ id, price: priceOf(id) });
		let sum = 0;
		for (let record = queue.tryPop(); record !== undefined; record = queue.tryPop()) sum += record.price;
		return sum;
	}
}

/** Bounded, and drained by a callback. */
export class QueueFluxBounded extends QueueFlux {
	override create(): Queue {
		return new FluxQueue(Row, { capacity: 200_000, whenFull: 'overwrite' });
	}
}
