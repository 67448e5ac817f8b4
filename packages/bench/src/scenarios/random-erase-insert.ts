import type { AnySubject } from '../subjects/subject.js';
import type { Clock } from './clock.js';
import { type CaseOptions, capability, type Parameters, type Scenario, type Trial } from './scenario.js';

const LIVE = 100_000;
const OPERATIONS = 1_000_000;

/** What a linked list is for. */
export const randomEraseInsert: Scenario = {
	name: 'random-erase-insert',
	title: 'Erase and insert at random',
	description:
		'Live records with an array of their handles: an operation erases a random one and inserts a record before another random one. The generator is the same on all sides and inside the time.',
	needs: ['buildWithHandles', 'eraseInsert'],
	primed: true,
	cases: ({ quick, size }: CaseOptions) => [
		{
			scenario: 'random-erase-insert',
			protocol: 'sustained',
			size: size ?? LIVE,
			operations: size === undefined ? OPERATIONS : size * 4,
			iterations: quick ? 1 : 2,
		},
	],
	prepare: (subject, parameters) => new RandomEraseInsert(subject, parameters),
};

class RandomEraseInsert implements Trial {
	readonly #subject: AnySubject;
	readonly #list: unknown;
	readonly #handles: unknown[];
	readonly #operations: number;
	readonly #eraseInsert: NonNullable<AnySubject['eraseInsert']>;

	constructor(subject: AnySubject, { size, operations }: Parameters) {
		this.#subject = subject;
		this.#operations = operations;
		this.#eraseInsert = capability(subject, 'eraseInsert');
		this.#list = subject.create();
		this.#handles = capability(subject, 'buildWithHandles')(this.#list, size);
	}

	iterate(clock: Clock, seed: number): void {
		clock.begin();
		this.#eraseInsert(this.#list, this.#handles, this.#operations, seed);
		clock.mark('erase and insert');
	}

	check(): string {
		return this.#subject.hash(this.#list);
	}
}
