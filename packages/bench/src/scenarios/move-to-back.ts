import type { AnySubject } from '../subjects/subject.js';
import type { Clock } from './clock.js';
import { type CaseOptions, capability, type Parameters, type Scenario, type Trial } from './scenario.js';

const LIVE = 100_000;
const OPERATIONS = 1_000_000;

/** The touch of a least-recently-used cache. */
export const moveToBack: Scenario = {
	name: 'move-to-back',
	title: 'Move to the back',
	description:
		'Live records with an array of their handles: an operation moves a random one to the back, as a cache does when it is touched. C++ and FluxList splice. The generator is inside the time.',
	needs: ['buildWithHandles', 'moveToBack'],
	primed: true,
	cases: ({ quick, size }: CaseOptions) => [
		{
			scenario: 'move-to-back',
			protocol: 'sustained',
			size: size ?? LIVE,
			operations: size === undefined ? OPERATIONS : size * 4,
			iterations: quick ? 1 : 2,
		},
	],
	prepare: (subject, parameters) => new MoveToBack(subject, parameters),
};

class MoveToBack implements Trial {
	readonly #subject: AnySubject;
	readonly #list: unknown;
	readonly #handles: unknown[];
	readonly #operations: number;
	readonly #moveToBack: NonNullable<AnySubject['moveToBack']>;

	constructor(subject: AnySubject, { size, operations }: Parameters) {
		this.#subject = subject;
		this.#operations = operations;
		this.#moveToBack = capability(subject, 'moveToBack');
		this.#list = subject.create();
		this.#handles = capability(subject, 'buildWithHandles')(this.#list, size);
	}

	iterate(clock: Clock, seed: number): void {
		clock.begin();
		this.#moveToBack(this.#list, this.#handles, this.#operations, seed);
		clock.mark('move');
	}

	check(): string {
		return this.#subject.hash(this.#list);
	}
}
