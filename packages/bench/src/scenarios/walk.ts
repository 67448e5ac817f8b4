import type { AnySubject } from '../subjects/subject.js';
import type { Clock } from './clock.js';
import { sumText } from './record.js';
import { type CaseOptions, capability, type Parameters, RECORDS, type Scenario, type Trial } from './scenario.js';

/** A walk over nodes that lie in memory as they were appended. */
export const walk: Scenario = {
	name: 'walk',
	title: 'Walk',
	description:
		'Sum of the prices and count of the records of a list that was filled in order; building it is not timed. FluxList is walked by node (raw), by views(), by copies and by reduce().',
	needs: [],
	primed: true,
	cases: ({ quick, size = RECORDS }: CaseOptions) => [
		{ scenario: 'walk', protocol: 'sustained', size, operations: 0, iterations: quick ? 10 : 20 },
	],
	prepare: (subject, { size }) => {
		const list = subject.create();
		subject.build(list, size);
		return new Walk(subject, list);
	},
};

/** The same walk when the order of the nodes and the order of their memory have nothing in common. */
export const walkAfterSort: Scenario = {
	name: 'walk-after-sort',
	title: 'Walk after a sort',
	description:
		'The same walk over a list with random prices after it was sorted by price: neighbours in the list are strangers in memory. Building and sorting are not timed.',
	needs: ['sort'],
	primed: true,
	cases: ({ quick, size = RECORDS }: CaseOptions) => [
		{ scenario: 'walk-after-sort', protocol: 'sustained', size, operations: 0, iterations: quick ? 1 : 3 },
	],
	prepare: (subject, parameters) => new Walk(subject, sortedList(subject, parameters)),
};

/** And after the nodes were put back in order. */
export const walkAfterCompact: Scenario = {
	name: 'walk-after-compact',
	title: 'Walk after compact()',
	description:
		'The same walk after the sort and after compact(), which puts the nodes back into memory in the order of the walk. Building, sorting and compacting are not timed. C++ and the others have no such operation.',
	needs: ['sort', 'compact'],
	primed: true,
	cases: ({ quick, size = RECORDS }: CaseOptions) => [
		{ scenario: 'walk-after-compact', protocol: 'sustained', size, operations: 0, iterations: quick ? 10 : 20 },
	],
	prepare: (subject, parameters) => {
		const list = sortedList(subject, parameters);
		capability(subject, 'compact')(list);
		return new Walk(subject, list);
	},
};

function sortedList(subject: AnySubject, { size, seed }: Parameters): unknown {
	const list = subject.create();
	subject.buildRandom(list, size, seed);
	capability(subject, 'sort')(list);
	return list;
}

class Walk implements Trial {
	readonly #subject: AnySubject;
	readonly #list: unknown;
	#sum = 0;

	constructor(subject: AnySubject, list: unknown) {
		this.#subject = subject;
		this.#list = list;
	}

	iterate(clock: Clock): void {
		clock.begin();
		this.#sum = this.#subject.walk(this.#list);
		clock.mark('walk');
	}

	check(): string {
		return sumText(this.#sum);
	}
}
