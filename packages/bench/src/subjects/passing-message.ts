import type { MessagePort } from 'node:worker_threads';
import { MessageChannel } from 'node:worker_threads';
import type { PassingPlan, PassingRole } from '../passing/plan.js';
import { costOf, DOUBLES, quantityOf } from '../passing/records.js';
import { priceOf } from '../scenarios/record.js';
import {
	type PassingLink,
	type PassingSubject,
	type PassingThread,
	Receiver,
	Sender,
	type Tally,
} from './passing-subject.js';

interface Message {
	readonly id: number;
	readonly quantity: number;
	readonly price: number;
	readonly cost?: number;
	readonly time?: number;
}

/** MessageChannel: an object per record, or, in batches, an array of doubles. */
export class PassingMessage implements PassingSubject {
	readonly id = 'passing-message';
	readonly program: URL;

	/** @param entry - URL of the built child program; `passing.js` lies beside it. */
	constructor(entry: string) {
		this.program = new URL('./passing.js', entry);
	}

	connect({ consumers }: PassingPlan): PassingLink[] {
		const channels = Array.from({ length: consumers }, () => new MessageChannel());
		const here = channels.map(({ port1 }) => port1);
		return [{ link: here, transfer: here }, ...channels.map(({ port2 }) => ({ link: [port2], transfer: [port2] }))];
	}

	thread(role: PassingRole, link: unknown, { way, bytes, batch }: PassingPlan): PassingThread {
		const ports = link as MessagePort[];
		if (way === 'trip') return role === 'producer' ? new Asker(ports[0]) : new Answerer(ports[0]);
		if (role === 'consumer') return new Listener(ports[0], bytes);
		return batch === 1 ? new ObjectPoster(ports, bytes) : new ArrayPoster(ports, bytes, batch);
	}
}

class ObjectPoster extends Sender {
	readonly #ports: readonly MessagePort[];
	readonly #isLong: boolean;

	constructor(ports: readonly MessagePort[], bytes: 16 | 32) {
		super();
		this.#ports = ports;
		this.#isLong = bytes === 32;
	}

	move(count: number): void {
		const first = this.next;
		for (let id = first; id < first + count; id++) {
			const message = this.#isLong
				? { id, quantity: quantityOf(id), price: priceOf(id), cost: costOf(id), time: costOf(id) }
				: { id, quantity: quantityOf(id), price: priceOf(id) };
			for (const port of this.#ports) port.postMessage(message);
		}
		this.next = first + count;
	}
}

class ArrayPoster extends Sender {
	readonly #ports: readonly MessagePort[];
	readonly #batch: number;
	readonly #width: number;

	constructor(ports: readonly MessagePort[], bytes: 16 | 32, batch: number) {
		super();
		this.#ports = ports;
		this.#batch = batch;
		this.#width = DOUBLES[bytes] + 1;
	}

	move(count: number): void {
		const width = this.#width;
		for (let left = count; left > 0; left -= this.#batch) {
			const rows = Math.min(left, this.#batch);
			const doubles = new Float64Array(rows * width);
			for (let at = 0; at < doubles.length; at += width) {
				const id = this.next++;
				doubles[at] = id;
				doubles[at + 1] = quantityOf(id);
				doubles[at + 2] = priceOf(id);
				if (width === 5) {
					doubles[at + 3] = costOf(id);
					doubles[at + 4] = costOf(id);
				}
			}
			for (const port of this.#ports) port.postMessage(doubles);
		}
	}
}

/** Adds up what comes whenever it comes, and tells who waits for so many records. */
class Listener extends Receiver {
	readonly #width: number;
	#arrived = (): void => {};

	constructor(port: MessagePort, bytes: 16 | 32) {
		super();
		this.#width = DOUBLES[bytes] + 1;
		port.on('message', (message: Message | Float64Array) => {
			if (message instanceof Float64Array) this.#seeArray(message);
			else this.#see(message);
			if (this.received >= this.goal) this.#arrived();
		});
	}

	#see({ id, quantity, price, cost, time }: Message): void {
		this.#expect(id);
		this.sum += quantity + price;
		if (cost !== undefined && time !== undefined) this.sum += cost + time;
		this.received++;
	}

	/** Records may be there before this thread is told that a pass begins: the first says where. */
	#expect(id: number): void {
		if (this.received === 0) this.next = id;
		if (id !== this.next++) this.wrong++;
	}

	#seeArray(doubles: Float64Array): void {
		const width = this.#width;
		for (let at = 0; at < doubles.length; at += width) {
			this.#expect(doubles[at]);
			this.sum += doubles[at + 1] + doubles[at + 2];
			if (width === 5) this.sum += doubles[at + 3] + doubles[at + 4];
			this.received++;
		}
	}

	override begin(): void {
		// The rest is what came already.
		this.goal = 0;
	}

	move(count: number): void | Promise<void> {
		this.goal += count;
		if (this.received >= this.goal) return;
		return new Promise((resolve) => {
			this.#arrived = resolve;
		});
	}

	override end(): Tally {
		const tally = super.end();
		this.received = 0;
		this.sum = 0;
		this.wrong = 0;
		return tally;
	}
}

class Asker extends Receiver {
	readonly #port: MessagePort;
	#answered = (_answer: Message): void => {};

	constructor(port: MessagePort) {
		super();
		this.#port = port;
		port.on('message', (answer: Message) => this.#answered(answer));
	}

	async move(count: number): Promise<void> {
		for (let left = count; left > 0; left--) {
			const id = this.next++;
			const {
				id: back,
				quantity,
				price,
			} = await new Promise<Message>((resolve) => {
				this.#answered = resolve;
				this.#port.postMessage({ id, quantity: quantityOf(id), price: priceOf(id) });
			});
			if (back !== id) this.wrong++;
			this.sum += quantity + price;
		}
	}
}

class Answerer extends Sender {
	#left = 0;
	#done = (): void => {};

	constructor(port: MessagePort) {
		super();
		port.on('message', ({ id, quantity, price }: Message) => {
			port.postMessage({ id, quantity, price });
			if (--this.#left <= 0) this.#done();
		});
	}

	move(count: number): void | Promise<void> {
		this.#left += count;
		if (this.#left <= 0) return;
		return new Promise((resolve) => {
			this.#done = resolve;
		});
	}
}
