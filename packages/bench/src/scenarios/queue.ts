import type { AnySubject } from '../subjects/subject.js';
import type { Clock } from './clock.js';
import { sumText } from './record.js';
import { type CaseOptions, capability, type Parameters, type Scenario, type Trial } from './scenario.js';

/** Records that are alive in the two cases of each scenario: in the caches, and beyond the first of them. */
const LIVE = [1_000, 100_000] as const;
const OPERATIONS = 2_000_000;
/** Calls between two looks at the clock. */
const BATCH = 1_000;

const casesOf =
	(scenario: 'queue-fifo' | 'queue-burst' | 'queue-pauses') =>
	({ quick, size }: CaseOptions) =>
		(size === undefined ? LIVE : [size]).map((live) => ({
			scenario,
			protocol: 'sustained' as const,
			size: live,
			operations: size === undefined ? OPERATIONS : size * 4,
			iterations: quick ? 1 : 3,
		}));

/** A queue that keeps its length while much goes through it. */
export const queueFifo: Scenario = {
	name: 'queue-fifo',
	title: 'Queue, steady',
	description:
		'A queue of a fixed length that much goes through: an operation pushes a record, reads the price of the oldest and pops it.',
	needs: ['fifo'],
	primed: true,
	cases: casesOf('queue-fifo'),
	prepare: (subject, parameters) => new Steady(subject, parameters),
};

/** The same with a look at the clock after each batch. */
export const queuePauses: Scenario = {
	name: 'queue-pauses',
	title: 'Queue, worst batch',
	description: `As the steady queue, in batches of ${BATCH.toLocaleString('en')} operations; the longest batch of a round is what counts.`,
	needs: ['fifo'],
	primed: true,
	cases: casesOf('queue-pauses'),
	prepare: (subject, parameters) => new Batches(subject, parameters),
};

/** A queue that is filled and drained. */
export const queueBurst: Scenario = {
	name: 'queue-burst',
	title: 'Queue, in bursts',
	description: 'An empty queue is filled with records and then drained, reading the price of each, again and again.',
	needs: ['fillAndDrain'],
	primed: true,
	cases: casesOf('queue-burst'),
	prepare: (subject, parameters) => new Bursts(subject, parameters),
};

class Steady implements Trial {
	readonly subject: AnySubject;
	readonly queue: unknown;
	readonly operations: number;
	readonly #churn: NonNullable<AnySubject['fifo']>;
	#nextId: number;
	protected sum = 0;

	constructor(subject: AnySubject, { size, operations }: Parameters) {
		this.subject = subject;
		this.operations = operations;
		this.#nextId = size;
		this.#churn = capability(subject, 'fifo');
		this.queue = subject.create();
		subject.build(this.queue, size);
	}

	iterate(clock: Clock): void {
		clock.begin();
		this.sum = this.churn(this.operations);
		clock.mark('fifo');
	}

	protected churn(count: number): number {
		const sum = this.#churn(this.queue, count, this.#nextId);
		this.#nextId += count;
		return sum;
	}

	check(): string {
		return `${sumText(this.sum)} ${this.subject.hash(this.queue)}`;
	}
}

class Batches extends Steady {
	override iterate(clock: Clock): void {
		clock.begin();
		for (let done = 0; done < this.operations; done += BATCH) {
			this.sum += this.churn(Math.min(BATCH, this.operations - done));
			clock.markBatch('batches');
		}
	}
}

class Bursts implements Trial {
	readonly #subject: AnySubject;
	readonly #queue: unknown;
	readonly #parameters: Parameters;
	readonly #fillAndDrain: NonNullable<AnySubject['fillAndDrain']>;
	#sum = 0;

	constructor(subject: AnySubject, parameters: Parameters) {
		this.#subject = subject;
		this.#parameters = parameters;
		this.#fillAndDrain = capability(subject, 'fillAndDrain');
		this.#queue = subject.create();
	}

	iterate(clock: Clock): void {
		const { size, operations } = this.#parameters;
		clock.begin();
		for (let done = 0; done < operations; done += size) {
			this.#sum = this.#fillAndDrain(this.#queue, size, done);
			clock.mark('fill and drain');
		}
	}

	check(): string {
		return `${sumText(this.#sum)} ${this.#subject.hash(this.#queue)}`;
	}
}
