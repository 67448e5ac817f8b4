import { Worker } from 'node:worker_threads';
import type { Clock } from '../scenarios/clock.js';
import { sumText } from '../scenarios/record.js';
import type { Trial } from '../scenarios/scenario.js';
import type { PassingSubject } from '../subjects/passing-subject.js';
import { ENDED, FAILED, type PassingOrder, type PassingPlan, type PassingSeat, READY, rolesOf } from './plan.js';

/** How long a thread may take to start, or a pass to end. */
const PATIENCE_MS = 120_000;

/**
 * Records pass between threads that live as long as the trial. This thread sleeps meanwhile: it tells them to begin, and is
 * woken when the last has ended.
 */
export class PassingTrial implements Trial {
	readonly #plan: PassingPlan;
	readonly #records: number;
	readonly #workers: Worker[];
	readonly #progress = new Int32Array(new SharedArrayBuffer(16));
	readonly #results: Float64Array;
	#sum = 0;
	#wrong = 0;

	constructor(subject: PassingSubject, plan: PassingPlan, records: number) {
		this.#plan = plan;
		this.#records = records;
		const roles = rolesOf(plan);
		this.#results = new Float64Array(new SharedArrayBuffer(roles.length * 24));
		const links = subject.connect(plan);
		this.#workers = roles.map((role, index) => {
			const { link, transfer = [] } = links[index];
			const seat: PassingSeat = {
				subject: subject.id,
				role,
				plan,
				link,
				index,
				progress: this.#progress,
				results: this.#results,
			};
			const worker = new Worker(subject.program, { workerData: seat, transferList: [...transfer] });
			worker.unref();
			return worker;
		});
		this.#await(READY, roles.length);
	}

	iterate(clock: Clock, seed: number): void {
		const { way, producers, consumers } = this.#plan;
		const ended = Atomics.load(this.#progress, ENDED);
		clock.begin();
		this.#workers.forEach((worker, index) => {
			const isProducer = index < producers;
			const among = isProducer ? producers : way === 'broadcast' ? 1 : consumers;
			const count = this.#records / among;
			// Of many consumers none knows which records it will get.
			const order: PassingOrder = { first: seed + (isProducer ? index * count : 0), count };
			worker.postMessage(order);
		});
		this.#await(ENDED, ended + this.#workers.length);
		if (way === 'trip') clock.take('median round trip', this.#results[2] * this.#records);
		else clock.mark('pass');
		this.#sum = 0;
		this.#wrong = 0;
		for (let at = 0; at < this.#results.length; at += 3) {
			this.#sum += this.#results[at];
			this.#wrong += this.#results[at + 1];
		}
	}

	check(): string {
		return `${sumText(this.#sum)} ${this.#wrong}`;
	}

	#await(what: number, count: number): void {
		for (;;) {
			const now = Atomics.load(this.#progress, what);
			if (Atomics.load(this.#progress, FAILED) > 0) throw new Error('a thread failed; what it said is above');
			if (now >= count) return;
			if (Atomics.wait(this.#progress, what, now, PATIENCE_MS) === 'timed-out')
				throw new Error(`the threads did not end in ${PATIENCE_MS / 1000} seconds`);
		}
	}
}
