import { KEYS } from './map-keys.js';
import { type CaseOptions, type MapScenario, RECORDS } from './scenario.js';

/** Filling a map that grows as it must, and giving it up. */
export const mapBuilds: readonly MapScenario[] = KEYS.map(({ suffix, title, keyAt }) => {
	const name = `map-build${suffix}` as const;
	return {
		name,
		title: `Map: build, ${title}`,
		description: 'A new map, records put under their keys one by one without reserving, then the map destroyed.',
		cases: ({ quick, size = RECORDS }: CaseOptions) => [
			{ scenario: name, protocol: 'sustained', size, operations: 0, iterations: quick ? 1 : 3 },
		],
		prepare(subject, { size }) {
			let check = '';
			return {
				iterate(clock) {
					clock.begin();
					const map = subject.create();
					subject.fill(map, keyAt, size);
					clock.mark('build');
					check = subject.digest(map);
					clock.begin();
					subject.dispose(map);
					clock.mark('destroy');
				},
				check: () => check,
			};
		},
	};
});
