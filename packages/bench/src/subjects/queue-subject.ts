import { nextRandom, randomPrice, startRandom } from '../scenarios/random.js';
import { type BenchRecord, HASH_SEED, hashText, mixRecord } from '../scenarios/record.js';
import type { ListSubject } from './subject.js';

/**
 * A queue as a subject: what is not timed, by the calls that every queue has. What is timed each subject writes itself.
 */
export abstract class QueueSubject<Queue> implements ListSubject<Queue, never> {
	abstract create(): Queue;
	abstract build(queue: Queue, count: number): void;
	abstract fifo(queue: Queue, operations: number, firstId: number): number;
	/** Pushes `count` records, then takes all of them out. Returns the sum of their prices. */
	abstract fillAndDrain(queue: Queue, count: number, firstId: number): number;

	protected abstract put(queue: Queue, record: BenchRecord): void;
	protected abstract take(queue: Queue): BenchRecord | undefined;

	buildRandom(queue: Queue, count: number, seed: number): void {
		let random = startRandom(seed);
		for (let id = 0; id < count; id++) {
			random = nextRandom(random);
			this.put(queue, { id, price: randomPrice(random) });
		}
	}

	dispose(queue: Queue): void {
		this.clear(queue);
	}

	clear(queue: Queue): void {
		while (this.take(queue) !== undefined);
	}

	walk(queue: Queue): number {
		let sum = 0;
		for (const { price } of this.#goRound(queue)) sum += price + 1;
		return sum;
	}

	hash(queue: Queue): string {
		let hash = HASH_SEED;
		const records = this.#goRound(queue);
		for (const { id, price } of records) hash = mixRecord(hash, id, price);
		return hashText(hash, records.length);
	}

	/** Takes all records out and puts them in again: not every queue can be walked. */
	#goRound(queue: Queue): BenchRecord[] {
		const records: BenchRecord[] = [];
		for (let record = this.take(queue); record !== undefined; record = this.take(queue)) records.push(record);
		for (const record of records) this.put(queue, record);
		return records;
	}
}
