import type { AnySubject } from '../subjects/subject.js';
import type { Clock } from './clock.js';
import { type CaseOptions, capability, type Parameters, RECORDS, type Scenario, type Trial } from './scenario.js';

/** A stable sort. */
export const sort: Scenario = {
	name: 'sort',
	title: 'Sort by price',
	description:
		'A stable sort by price of records whose prices are random, with duplicates. Filling the list anew before each sort is not timed; its nodes lie in memory in the order they were appended, as in a list that was never sorted.',
	needs: ['sort'],
	primed: true,
	cases: ({ size = RECORDS }: CaseOptions) => [
		{ scenario: 'sort', protocol: 'sustained', size, operations: 0, iterations: 1 },
	],
	prepare: (subject, parameters) => new Sort(subject, parameters),
};

class Sort implements Trial {
	readonly #subject: AnySubject;
	readonly #size: number;
	readonly #list: unknown;
	readonly #sort: NonNullable<AnySubject['sort']>;

	constructor(subject: AnySubject, { size }: Parameters) {
		this.#subject = subject;
		this.#size = size;
		this.#sort = capability(subject, 'sort');
		this.#list = subject.create();
	}

	iterate(clock: Clock, seed: number): void {
		this.#empty();
		this.#subject.buildRandom(this.#list, this.#size, seed);
		clock.begin();
		this.#sort(this.#list);
		clock.mark('sort');
	}

	check(): string {
		return this.#subject.hash(this.#list);
	}

	/** Clearing a sorted list would hand its nodes to the next one in sorted order, and each sort would find a worse mess. */
	#empty(): void {
		if (this.#subject.eraseById === undefined) this.#subject.clear(this.#list);
		else this.#subject.eraseById(this.#list);
	}
}
