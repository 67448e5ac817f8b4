import type { AnySubject } from '../subjects/subject.js';
import type { Clock } from './clock.js';
import { sumText } from './record.js';
import { type CaseOptions, capability, type Parameters, type Scenario, type Trial } from './scenario.js';

const LIVE = 10_000;
const OPERATIONS = 2_000_000;

/** A queue that stays short while much goes through it. */
export const fifo: Scenario = {
	name: 'fifo',
	title: 'FIFO churn',
	description:
		'A short queue that much goes through: an operation appends a record, reads the price of the first and removes it.',
	needs: ['fifo'],
	primed: true,
	cases: ({ quick, size }: CaseOptions) => [
		{
			scenario: 'fifo',
			protocol: 'sustained',
			size: size ?? LIVE,
			operations: size === undefined ? OPERATIONS : size * 4,
			iterations: quick ? 1 : 3,
		},
	],
	prepare: (subject, parameters) => new Fifo(subject, parameters),
};

class Fifo implements Trial {
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
		this.#sum = this.#churn(this.#list, this.#operations, this.#nextId);
		clock.mark('fifo');
		this.#nextId += this.#operations;
	}

	check(): string {
		return `${sumText(this.#sum)} ${this.#subject.hash(this.#list)}`;
	}
}
