import type { AnySubject } from '../subjects/subject.js';
import type { Clock } from './clock.js';
import { type CaseOptions, type Parameters, RECORDS, type Scenario, type Trial } from './scenario.js';

/** A list that is used again. */
export const refill: Scenario = {
	name: 'refill',
	title: 'Refill after clear',
	description: 'One list is cleared and filled again; both are timed.',
	needs: [],
	cases: ({ quick, size = RECORDS }: CaseOptions) => [
		{ scenario: 'refill', protocol: 'sustained', size, operations: 0, iterations: quick ? 8 : 20 },
	],
	prepare: (subject, parameters) => new Refill(subject, parameters),
};

class Refill implements Trial {
	readonly #subject: AnySubject;
	readonly #size: number;
	readonly #list: unknown;

	constructor(subject: AnySubject, { size }: Parameters) {
		this.#subject = subject;
		this.#size = size;
		this.#list = subject.create();
		subject.build(this.#list, size);
	}

	iterate(clock: Clock): void {
		clock.begin();
		this.#subject.clear(this.#list);
		clock.mark('clear');
		this.#subject.build(this.#list, this.#size);
		clock.mark('build');
	}

	check(): string {
		return this.#subject.hash(this.#list);
	}
}
