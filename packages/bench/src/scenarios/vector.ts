import { sumText } from './record.js';
import { type CaseOptions, RECORDS, type VectorScenario } from './scenario.js';

/** Filling a vector that was not told how long it will be. */
export const vectorBuild: VectorScenario = {
	kind: 'vector',
	name: 'vector-build',
	title: 'Vector: append and destroy',
	description: 'Records are appended one by one to a vector without room set aside, which is then given up.',
	cases: ({ quick, size = RECORDS }: CaseOptions) => [
		{ scenario: 'vector-build', protocol: 'sustained', size, operations: 0, iterations: quick ? 2 : 5 },
	],
	prepare(subject, { size }) {
		let last = '';
		return {
			iterate(clock) {
				clock.begin();
				const vector = subject.create();
				subject.build(vector, size);
				clock.mark('build');
				last = subject.hash(vector);
				clock.begin();
				subject.dispose(vector);
				clock.mark('destroy');
			},
			check: () => last,
		};
	},
};

/** Going through all records. */
export const vectorIterate: VectorScenario = {
	kind: 'vector',
	name: 'vector-iterate',
	title: 'Vector: iterate',
	description: 'The sum of the prices; filling the vector is not timed.',
	cases: ({ quick, size = RECORDS }: CaseOptions) => [
		{ scenario: 'vector-iterate', protocol: 'sustained', size, operations: 0, iterations: quick ? 5 : 10 },
	],
	prepare(subject, { size }) {
		const vector = subject.create();
		subject.build(vector, size);
		let sum = 0;
		return {
			iterate(clock) {
				clock.begin();
				sum = subject.iterate(vector);
				clock.mark('iterate');
			},
			check: () => sumText(sum),
		};
	},
};

/** Reading at random positions. */
export const vectorRandom: VectorScenario = {
	kind: 'vector',
	name: 'vector-random',
	title: 'Vector: read at random',
	description: 'The sum of the prices at random positions. The generator is the same on all sides and inside the time.',
	cases: ({ quick, size }: CaseOptions) => [
		{
			scenario: 'vector-random',
			protocol: 'sustained',
			size: size ?? RECORDS,
			operations: size === undefined ? 1_000_000 : size * 4,
			iterations: quick ? 1 : 3,
		},
	],
	prepare(subject, { size, operations }) {
		const vector = subject.create();
		subject.build(vector, size);
		let sum = 0;
		return {
			iterate(clock, seed) {
				clock.begin();
				sum = subject.readRandom(vector, operations, seed);
				clock.mark('read');
			},
			check: () => sumText(sum),
		};
	},
};

/** Sorting. */
export const vectorSort: VectorScenario = {
	kind: 'vector',
	name: 'vector-sort',
	title: 'Vector: stable sort',
	description: 'By price, with duplicates; in C++ std::stable_sort. A vector in random order is made outside the time.',
	cases: ({ size = RECORDS }: CaseOptions) => [
		{ scenario: 'vector-sort', protocol: 'sustained', size, operations: 0, iterations: 1 },
	],
	prepare(subject, { size }) {
		let last = '';
		return {
			iterate(clock, seed) {
				const vector = subject.create();
				subject.buildRandom(vector, size, seed);
				clock.begin();
				subject.sort(vector);
				clock.mark('sort');
				last = subject.hash(vector);
				subject.dispose(vector);
			},
			check: () => last,
		};
	},
};
