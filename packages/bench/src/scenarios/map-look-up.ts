import { KEYS } from './map-keys.js';
import { sumText } from './record.js';
import { type CaseOptions, type MapScenario, RECORDS } from './scenario.js';

const OPERATIONS = 1_000_000;

/** Looking up keys that are there. */
export const mapHits: readonly MapScenario[] = KEYS.map(({ suffix, title, keyAt }) => {
	const name = `map-hit${suffix}` as const;
	return {
		name,
		title: `Map: look up and find, ${title}`,
		description: 'The price of a random record by its key. The generator is the same on all sides and inside the time.',
		cases: (options: CaseOptions) => [lookUps(name, options)],
		prepare(subject, { size, operations }) {
			const map = subject.create();
			subject.fill(map, keyAt, size);
			let sum = 0;
			return {
				iterate(clock, seed) {
					clock.begin();
					sum = subject.hit(map, keyAt, size, operations, seed);
					clock.mark('look up');
				},
				check: () => sumText(sum),
			};
		},
	};
});

/** Looking up keys that are not there. */
export const mapMisses: readonly MapScenario[] = KEYS.map(({ suffix, title, keyAt }) => {
	const name = `map-miss${suffix}` as const;
	return {
		name,
		title: `Map: look up and miss, ${title}`,
		description: 'Whether a key is there, of random keys that are not: those of later records.',
		cases: (options: CaseOptions) => [lookUps(name, options)],
		prepare(subject, { size, operations }) {
			const map = subject.create();
			subject.fill(map, keyAt, size);
			let found = 0;
			return {
				iterate(clock, seed) {
					clock.begin();
					found = subject.miss(map, keyAt, size, operations, seed);
					clock.mark('look up');
				},
				check: () => String(found),
			};
		},
	};
});

function lookUps(scenario: MapScenario['name'], { quick, size }: CaseOptions) {
	return {
		scenario,
		protocol: 'sustained',
		size: size ?? RECORDS,
		operations: size === undefined ? OPERATIONS : size * 4,
		iterations: quick ? 1 : 3,
	} as const;
}
