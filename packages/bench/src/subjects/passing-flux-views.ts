import type { SharedFluxQueue } from '@flux/containers';
import { costOf, type Long, quantityOf, type Short } from '../passing/records.js';
import { priceOf } from '../scenarios/record.js';
import { PassingFlux } from './passing-flux.js';
import { type PassingThread, Receiver, Sender } from './passing-subject.js';

type ShortQueue = SharedFluxQueue<typeof Short>;
type LongQueue = SharedFluxQueue<typeof Long>;

/** Records are filled and read where they lie: claim() and commit(), drain(). */
export class PassingFluxViews extends PassingFlux {
	override readonly id = 'passing-flux-views';

	protected override shortPusher(queue: ShortQueue): PassingThread {
		return new ShortClaimer(queue);
	}

	protected override shortPopper(queue: ShortQueue): PassingThread {
		return new ShortDrainer(queue, 1);
	}

	protected override longPusher(queue: LongQueue): PassingThread {
		return new LongClaimer(queue);
	}

	protected override longPopper(queue: LongQueue): PassingThread {
		return new LongDrainer(queue, 1);
	}

	protected override shortBatches(queue: ShortQueue, batch: number): PassingThread {
		return new ShortDrainer(queue, batch);
	}

	protected override longBatches(queue: LongQueue, batch: number): PassingThread {
		return new LongDrainer(queue, batch);
	}
}

class ShortClaimer extends Sender {
	readonly #queue: ShortQueue;

	constructor(queue: ShortQueue) {
		super();
		this.#queue = queue;
	}

	move(count: number): void {
		for (let left = count; left > 0; ) {
			const record = this.#queue.claim();
			if (record === undefined) continue;
			const id = this.next++;
			record.id = id;
			record.quantity = quantityOf(id);
			record.price = priceOf(id);
			this.#queue.commit();
			left--;
		}
	}
}

class LongClaimer extends Sender {
	readonly #queue: LongQueue;

	constructor(queue: LongQueue) {
		super();
		this.#queue = queue;
	}

	move(count: number): void {
		for (let left = count; left > 0; ) {
			const record = this.#queue.claim();
			if (record === undefined) continue;
			const id = this.next++;
			record.id = id;
			record.quantity = quantityOf(id);
			record.price = priceOf(id);
			record.cost = costOf(id);
			record.time = costOf(id);
			this.#queue.commit();
			left--;
		}
	}
}

class ShortDrainer extends Receiver {
	readonly #queue: ShortQueue;
	readonly #batch: number;

	constructor(queue: ShortQueue, batch: number) {
		super();
		this.#queue = queue;
		this.#batch = batch;
	}

	readonly #see = (record: { readonly id: number; readonly quantity: number; readonly price: number }): void => {
		if (record.id !== this.next++) this.wrong++;
		this.sum += record.quantity + record.price;
	};

	move(count: number): void {
		for (let left = count; left > 0 && this.#queue.wait(); )
			left -= this.#queue.drain(this.#see, Math.min(left, this.#batch));
	}
}

class LongDrainer extends Receiver {
	readonly #queue: LongQueue;
	readonly #batch: number;

	constructor(queue: LongQueue, batch: number) {
		super();
		this.#queue = queue;
		this.#batch = batch;
	}

	readonly #see = (record: {
		readonly id: number;
		readonly quantity: number;
		readonly price: number;
		readonly cost: number;
		readonly time: number;
	}): void => {
		if (record.id !== this.next++) this.wrong++;
		this.sum += record.quantity + record.price + record.cost + record.time;
	};

	move(count: number): void {
		for (let left = count; left > 0 && this.#queue.wait(); )
			left -= this.#queue.drain(this.#see, Math.min(left, this.#batch));
	}
}
