import type { AnySubject } from '../subjects/subject.js';
import type { Clock } from './clock.js';
import { sumText } from './record.js';
import { type CaseOptions, capability, type Parameters, RECORDS, type Scenario, type Trial } from './scenario.js';

/** Operations per timed batch: the clock's cost disappears in it, and a pause does not. */
const BATCH = 1000;

/** The longest time that a program stands still. */
export const gcPauses: Scenario = {
	name: 'gc-pauses',
	title: 'Pauses',
	description:
		'A long queue of which every record is replaced: an operation appends one and removes the first, and each batch of 1,000 operations is timed. The longest batch of a round is the pause a user feels, the longest collection is what V8 reports.',
	needs: ['fifo'],
	cases: ({ quick, size = RECORDS }: CaseOptions) => [
		{ scenario: 'gc-pauses', protocol: 'sustained', size, operations: size, iterations: quick ? 8 : 20 },
	],
	prepare: (subject, parameters) => new Pauses(subject, parameters),
};

class Pauses implements Trial {
	readonly #subject: AnySubject;
	readonly #list: unknown;
	readonly #operations: number;
	readonly #churn: NonNullable<AnySubject['fifo']>;
	#nextId: number;
	#sum = 0;

	constructor(subject: AnySubject, { size, operations }: Parameters) {
		this.#subject = subject;
		this.#operations = operations;
		this.#nextId = size;
		this.#churn = capability(subject, 'fifo');
		this.#list = subject.create();
		subject.build(this.#list, size);
	}

	iterate(clock: Clock): void {
		clock.begin();
		for (let done = 0; done < this.#operations; done += BATCH) {
			const count = Math.min(BATCH, this.#operations - done);
			this.#sum += this.#churn(this.#list, count, this.#nextId);
			this.#nextId += count;
			clock.markBatch('batches');
		}
	}

	check(): string {
		return `${sumText(this.#sum)} ${this.#subject.hash(this.#list)}`;
	}
}
