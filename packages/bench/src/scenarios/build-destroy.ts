import type { AnySubject } from '../subjects/subject.js';
import type { Clock } from './clock.js';
import { type CaseOptions, type Parameters, RECORDS, type Scenario, type Trial } from './scenario.js';

/** The headline. */
export const buildDestroy: Scenario = {
	name: 'build-destroy',
	title: 'Build and destroy',
	description:
		'A new list, its records appended one by one, the list destroyed: C++ destroys it, FluxList disposes it, the others drop it and leave the rest to the collector.',
	needs: [],
	cases: ({ quick, size = RECORDS }: CaseOptions) => [
		{ scenario: 'build-destroy', protocol: 'sustained', size, operations: 0, iterations: quick ? 8 : 20 },
		{ scenario: 'build-destroy', protocol: 'isolated', size, operations: 0, iterations: 1 },
	],
	prepare: (subject, parameters) => new BuildDestroy(subject, parameters),
};

/** Also what `scaling` repeats at other sizes. */
export class BuildDestroy implements Trial {
	readonly #subject: AnySubject;
	readonly #size: number;

	constructor(subject: AnySubject, { size }: Parameters) {
		this.#subject = subject;
		this.#size = size;
	}

	iterate(clock: Clock): void {
		const subject = this.#subject;
		clock.begin();
		const list = subject.create();
		subject.build(list, this.#size);
		clock.mark('build');
		subject.dispose(list);
		clock.mark('destroy');
	}

	check(): string {
		const list = this.#subject.create();
		this.#subject.build(list, this.#size);
		const hash = this.#subject.hash(list);
		this.#subject.dispose(list);
		return hash;
	}
}
