import {
	type BroadcastHandle,
	type CellHandle,
	FluxCell,
	FluxQueue,
	type SharedFluxQueue,
	type SharedQueueHandle,
} from '@flux/containers';
import type { PassingPlan, PassingRole } from '../passing/plan.js';
import { costOf, Long, quantityOf, Short } from '../passing/records.js';
import { priceOf } from '../scenarios/record.js';
import {
	type PassingLink,
	type PassingSubject,
	type PassingThread,
	Receiver,
	Sender,
	type Tally,
} from './passing-subject.js';

type ShortQueue = SharedFluxQueue<typeof Short>;
type LongQueue = SharedFluxQueue<typeof Long>;

/** FluxQueue.shared: by position and by copies, or, in batches, by columns. Also FluxQueue.broadcast and FluxCell. */
export class PassingFlux implements PassingSubject {
	readonly id: string = 'passing-flux';
	readonly program: URL;

	/** @param entry - URL of the built child program; `passing.js` lies beside it. */
	constructor(entry: string) {
		this.program = new URL('./passing.js', entry);
	}

	connect(plan: PassingPlan): PassingLink[] {
		const { way, capacity, producers, consumers, seats = 1 } = plan;
		const struct = plan.bytes === 32 ? Long : Short;
		if (way === 'latest') {
			const cell = new FluxCell(Short);
			return [{ link: cell.share() }, { link: cell.share() }];
		}
		if (way === 'broadcast') {
			const queue = FluxQueue.broadcast(struct, { capacity, producers, consumers });
			return [{ link: queue.share() }, ...Array.from({ length: consumers }, () => ({ link: queue.subscribe() }))];
		}
		const open = () =>
			FluxQueue.shared(struct, {
				capacity,
				producers: Math.max(producers, seats),
				consumers: Math.max(consumers, seats),
			});
		if (way === 'trip') {
			const [there, back] = [open(), open()];
			return [1, 2].map(() => ({ link: [there.share(), back.share()] }));
		}
		const queue = open();
		return Array.from({ length: producers + consumers }, () => ({ link: queue.share() }));
	}

	thread(role: PassingRole, link: unknown, { way, bytes, batch, consumers }: PassingPlan): PassingThread {
		if (way === 'latest') {
			const cell = FluxCell.attach(Short, link as CellHandle);
			return role === 'producer' ? new Storer(cell) : new Loader(cell);
		}
		if (way === 'trip') {
			const [there, back] = (link as SharedQueueHandle[]).map((handle) => FluxQueue.attach(Short, handle));
			return role === 'producer' ? new Asker(there, back) : new Answerer(there, back);
		}
		const handle = link as SharedQueueHandle | BroadcastHandle;
		if (bytes === 32) {
			const queue: LongQueue = FluxQueue.attach(Long, handle as SharedQueueHandle);
			if (batch > 1) return this.batches(role, queue, bytes, batch);
			return role === 'producer' ? this.longPusher(queue) : this.longPopper(queue);
		}
		const queue: ShortQueue = FluxQueue.attach(Short, handle as SharedQueueHandle);
		if (batch > 1) return this.batches(role, queue, bytes, batch);
		const isOrdered = consumers === 1 || way === 'broadcast';
		return role === 'producer' ? this.shortPusher(queue) : this.shortPopper(queue, isOrdered);
	}

	protected shortPusher(queue: ShortQueue): PassingThread {
		return new ShortPusher(queue);
	}

	protected shortPopper(queue: ShortQueue, isOrdered: boolean): PassingThread {
		return isOrdered ? new ShortPopper(queue) : new AnyPopper(queue);
	}

	protected longPusher(queue: LongQueue): PassingThread {
		return new LongPusher(queue);
	}

	protected longPopper(queue: LongQueue): PassingThread {
		return new LongPopper(queue);
	}

	protected batches(role: PassingRole, queue: ShortQueue | LongQueue, bytes: 16 | 32, batch: number): PassingThread {
		if (bytes === 32) {
			const long = queue as LongQueue;
			return role === 'producer' ? new LongRows(long, batch) : this.longBatches(long, batch);
		}
		const short = queue as ShortQueue;
		return role === 'producer' ? new ShortRows(short, batch) : this.shortBatches(short, batch);
	}

	protected shortBatches(queue: ShortQueue, batch: number): PassingThread {
		return new ShortColumns(queue, batch);
	}

	protected longBatches(queue: LongQueue, batch: number): PassingThread {
		return new LongColumns(queue, batch);
	}
}

class ShortPusher extends Sender {
	readonly #queue: ShortQueue;

	constructor(queue: ShortQueue) {
		super();
		this.#queue = queue;
	}

	move(count: number): void {
		const queue = this.#queue;
		const first = this.next;
		for (let id = first; id < first + count; id++) queue.emplace(id, quantityOf(id), priceOf(id));
		this.next = first + count;
	}
}

class LongPusher extends Sender {
	readonly #queue: LongQueue;

	constructor(queue: LongQueue) {
		super();
		this.#queue = queue;
	}

	move(count: number): void {
		const queue = this.#queue;
		const first = this.next;
		for (let id = first; id < first + count; id++)
			queue.emplace(id, quantityOf(id), priceOf(id), costOf(id), costOf(id));
		this.next = first + count;
	}
}

class ShortPopper extends Receiver {
	readonly #queue: ShortQueue;

	constructor(queue: ShortQueue) {
		super();
		this.#queue = queue;
	}

	move(count: number): void {
		const queue = this.#queue;
		let { sum, wrong } = this;
		const first = this.next;
		for (let expected = first; expected < first + count; expected++) {
			const record = queue.pop();
			if (record === undefined) return;
			if (record.id !== expected) wrong++;
			sum += record.quantity + record.price;
		}
		this.next = first + count;
		this.sum = sum;
		this.wrong = wrong;
	}
}

/** Where other consumers take records, too. */
class AnyPopper extends Receiver {
	readonly #queue: ShortQueue;

	constructor(queue: ShortQueue) {
		super();
		this.#queue = queue;
	}

	move(count: number): void {
		const queue = this.#queue;
		let { sum } = this;
		for (let left = count; left > 0; left--) {
			const record = queue.pop();
			if (record === undefined) return;
			sum += record.quantity + record.price;
		}
		this.sum = sum;
	}
}

class LongPopper extends Receiver {
	readonly #queue: LongQueue;

	constructor(queue: LongQueue) {
		super();
		this.#queue = queue;
	}

	move(count: number): void {
		const queue = this.#queue;
		let { sum, wrong } = this;
		const first = this.next;
		for (let expected = first; expected < first + count; expected++) {
			const record = queue.pop();
			if (record === undefined) return;
			if (record.id !== expected) wrong++;
			sum += record.quantity + record.price + record.cost + record.time;
		}
		this.next = first + count;
		this.sum = sum;
		this.wrong = wrong;
	}
}

/** The columns of the first rows alone. */
function firstRows<Columns extends object>(columns: Columns, rows: number): Columns {
	const entries = Object.entries(columns as Record<string, Float64Array>);
	return Object.fromEntries(entries.map(([name, column]) => [name, column.subarray(0, rows)])) as Columns;
}

class ShortRows extends Sender {
	readonly #queue: ShortQueue;
	readonly #columns: { id: Uint32Array; quantity: Uint32Array; price: Float64Array };

	constructor(queue: ShortQueue, batch: number) {
		super();
		this.#queue = queue;
		this.#columns = { id: new Uint32Array(batch), quantity: new Uint32Array(batch), price: new Float64Array(batch) };
	}

	move(count: number): void {
		const { id: ids, quantity, price } = this.#columns;
		for (let left = count; left > 0; left -= ids.length) {
			const rows = Math.min(left, ids.length);
			for (let row = 0; row < rows; row++) {
				const id = this.next++;
				ids[row] = id;
				quantity[row] = quantityOf(id);
				price[row] = priceOf(id);
			}
			this.#queue.pushMany(rows === ids.length ? this.#columns : firstRows(this.#columns, rows));
		}
	}
}

class LongRows extends Sender {
	readonly #queue: LongQueue;
	readonly #columns: {
		id: Uint32Array;
		quantity: Uint32Array;
		price: Float64Array;
		cost: Float64Array;
		time: Float64Array;
	};

	constructor(queue: LongQueue, batch: number) {
		super();
		this.#queue = queue;
		const doubles = () => new Float64Array(batch);
		const words = () => new Uint32Array(batch);
		this.#columns = { id: words(), quantity: words(), price: doubles(), cost: doubles(), time: doubles() };
	}

	move(count: number): void {
		const { id: ids, quantity, price, cost, time } = this.#columns;
		for (let left = count; left > 0; left -= ids.length) {
			const rows = Math.min(left, ids.length);
			for (let row = 0; row < rows; row++) {
				const id = this.next++;
				ids[row] = id;
				quantity[row] = quantityOf(id);
				price[row] = priceOf(id);
				cost[row] = costOf(id);
				time[row] = costOf(id);
			}
			this.#queue.pushMany(rows === ids.length ? this.#columns : firstRows(this.#columns, rows));
		}
	}
}

class ShortColumns extends Receiver {
	readonly #queue: ShortQueue;
	readonly #columns: { id: Uint32Array; quantity: Uint32Array; price: Float64Array };

	constructor(queue: ShortQueue, batch: number) {
		super();
		this.#queue = queue;
		this.#columns = { id: new Uint32Array(batch), quantity: new Uint32Array(batch), price: new Float64Array(batch) };
	}

	move(count: number): void {
		const queue = this.#queue;
		const { id: ids, quantity, price } = this.#columns;
		this.goal += count;
		while (this.received < this.goal && queue.wait()) {
			const rows = queue.popMany(this.#columns);
			let { next, sum, wrong } = this;
			for (let row = 0; row < rows; row++) {
				if (ids[row] !== next++) wrong++;
				sum += quantity[row] + price[row];
			}
			this.next = next;
			this.sum = sum;
			this.wrong = wrong;
			this.received += rows;
		}
	}
}

class LongColumns extends Receiver {
	readonly #queue: LongQueue;
	readonly #columns: {
		id: Uint32Array;
		quantity: Uint32Array;
		price: Float64Array;
		cost: Float64Array;
		time: Float64Array;
	};

	constructor(queue: LongQueue, batch: number) {
		super();
		this.#queue = queue;
		const doubles = () => new Float64Array(batch);
		const words = () => new Uint32Array(batch);
		this.#columns = { id: words(), quantity: words(), price: doubles(), cost: doubles(), time: doubles() };
	}

	move(count: number): void {
		const queue = this.#queue;
		const { id: ids, quantity, price, cost, time } = this.#columns;
		this.goal += count;
		while (this.received < this.goal && queue.wait()) {
			const rows = queue.popMany(this.#columns);
			let { next, sum, wrong } = this;
			for (let row = 0; row < rows; row++) {
				if (ids[row] !== next++) wrong++;
				sum += quantity[row] + price[row] + cost[row] + time[row];
			}
			this.next = next;
			this.sum = sum;
			this.wrong = wrong;
			this.received += rows;
		}
	}
}

class Asker extends Receiver {
	readonly #there: ShortQueue;
	readonly #back: ShortQueue;

	constructor(there: ShortQueue, back: ShortQueue) {
		super();
		this.#there = there;
		this.#back = back;
	}

	move(count: number): void {
		for (let left = count; left > 0; left--) {
			const id = this.next++;
			this.#there.emplace(id, quantityOf(id), priceOf(id));
			const record = this.#back.pop();
			if (record === undefined) return;
			if (record.id !== id) this.wrong++;
			this.sum += record.quantity + record.price;
		}
	}
}

class Answerer extends Sender {
	readonly #there: ShortQueue;
	readonly #back: ShortQueue;

	constructor(there: ShortQueue, back: ShortQueue) {
		super();
		this.#there = there;
		this.#back = back;
	}

	move(count: number): void {
		for (let left = count; left > 0; left--) {
			const record = this.#there.pop();
			if (record === undefined) return;
			this.#back.emplace(record.id, record.quantity, record.price);
		}
	}
}

class Storer extends Sender {
	readonly #cell: FluxCell<typeof Short>;

	constructor(cell: FluxCell<typeof Short>) {
		super();
		this.#cell = cell;
	}

	move(count: number): void {
		const first = this.next;
		for (let id = first; id < first + count; id++) this.#cell.emplace(id, quantityOf(id), priceOf(id));
		this.next = first + count;
	}
}

class Loader implements PassingThread {
	readonly #cell: FluxCell<typeof Short>;
	readonly #value = { id: 0, quantity: 0, price: 0 };
	#last = 0;
	#wrong = 0;

	constructor(cell: FluxCell<typeof Short>) {
		this.#cell = cell;
	}

	begin(first: number, count: number): void {
		this.#last = first + count - 1;
		this.#wrong = 0;
	}

	move(): void {
		const value = this.#value;
		while (value.id !== this.#last) {
			this.#cell.loadInto(value);
			if (value.quantity !== quantityOf(value.id)) this.#wrong++;
		}
	}

	end(): Tally {
		return { sum: 0, wrong: this.#wrong };
	}
}
