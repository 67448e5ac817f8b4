import type { SharedFluxQueue } from '@flux/containers';
import type { PassingRole } from '../passing/plan.js';
import type { Long, Short } from '../passing/records.js';
import { Rows } from '../passing/rows.js';
import { PassingFlux } from './passing-flux.js';
import { type PassingThread, Receiver, Sender } from './passing-subject.js';

type Queue = SharedFluxQueue<typeof Short> | SharedFluxQueue<typeof Long>;

/** Whole records, side by side as they lie in the queue: pushMany() and popMany() of a Float64Array. */
export class PassingFluxRecords extends PassingFlux {
	override readonly id = 'passing-flux-records';

	protected override batches(role: PassingRole, queue: Queue, bytes: 16 | 32, batch: number): PassingThread {
		const rows = new Rows(bytes, batch);
		return role === 'producer' ? new RecordPusher(queue, rows, batch) : new RecordPopper(queue, rows);
	}
}

class RecordPusher extends Sender {
	readonly #queue: Queue;
	readonly #rows: Rows;
	readonly #batch: number;

	constructor(queue: Queue, rows: Rows, batch: number) {
		super();
		this.#queue = queue;
		this.#rows = rows;
		this.#batch = batch;
	}

	move(count: number): void {
		const { doubles, width } = this.#rows;
		for (let left = count; left > 0; left -= this.#batch) {
			const batch = Math.min(left, this.#batch);
			this.#rows.write(this.next, batch);
			this.next += batch;
			this.#queue.pushMany(batch === this.#batch ? doubles : doubles.subarray(0, batch * width));
		}
	}
}

class RecordPopper extends Receiver {
	readonly #queue: Queue;
	readonly #rows: Rows;

	constructor(queue: Queue, rows: Rows) {
		super();
		this.#queue = queue;
		this.#rows = rows;
	}

	move(count: number): void {
		const queue = this.#queue;
		const { doubles, words, width } = this.#rows;
		this.goal += count;
		while (this.received < this.goal && queue.wait()) {
			const rows = queue.popMany(doubles);
			let { next, sum, wrong } = this;
			for (let row = 0, at = 0; row < rows; row++, at += width) {
				if (words[2 * at] !== next++) wrong++;
				sum += words[2 * at + 1] + doubles[at + 1];
				if (width === 4) sum += doubles[at + 2] + doubles[at + 3];
			}
			this.next = next;
			this.sum = sum;
			this.wrong = wrong;
			this.received += rows;
		}
	}
}
