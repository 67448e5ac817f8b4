import { orderedKey } from './map-keys.js';
import { sumText } from './record.js';
import { type CaseOptions, type MapScenario, RECORDS } from './scenario.js';

/** Going through all records of a map. */
export const mapIterate: MapScenario = {
	name: 'map-iterate',
	title: 'Map: iterate',
	description: 'The sum of the prices of all records of a map that was filled in order; filling it is not timed.',
	cases: ({ quick, size = RECORDS }: CaseOptions) => [
		{ scenario: 'map-iterate', protocol: 'sustained', size, operations: 0, iterations: quick ? 5 : 10 },
	],
	prepare(subject, { size }) {
		const map = subject.create();
		subject.fill(map, orderedKey, size);
		let sum = 0;
		return {
			iterate(clock) {
				clock.begin();
				sum = subject.sum(map);
				clock.mark('iterate');
			},
			check: () => sumText(sum),
		};
	},
};
