import { KEYS } from './map-keys.js';
import { type CaseOptions, type MapScenario, RECORDS } from './scenario.js';

const OPERATIONS = 1_000_000;
const FEW = 50_000;

/** What an order book does to its index of ids. */
export const mapChurns: readonly MapScenario[] = KEYS.map(({ suffix, title, keyAt }) => {
	const name = `map-churn${suffix}` as const;
	return {
		name,
		title: `Map: delete and insert, ${title}`,
		description:
			'An operation deletes a random record by its key and puts the next one under its own. The generator is the same on all sides and inside the time.',
		cases: ({ quick, size }: CaseOptions) =>
			(size === undefined ? [FEW, RECORDS] : [size]).map((live) => ({
				scenario: name,
				protocol: 'sustained',
				size: live,
				operations: size === undefined ? OPERATIONS : size * 4,
				iterations: quick ? 1 : 2,
			})),
		prepare(subject, { size, operations }) {
			const map = subject.create();
			subject.fill(map, keyAt, size);
			const live = Int32Array.from({ length: size }, (_, ordinal) => ordinal);
			let next = size;
			return {
				iterate(clock, seed) {
					clock.begin();
					subject.churn(map, keyAt, live, next, operations, seed);
					clock.mark('delete and insert');
					next += operations;
				},
				check: () => subject.digest(map),
			};
		},
	};
});
