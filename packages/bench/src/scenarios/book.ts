import { makeWorkload, USUAL_LIVE, WORKLOADS, type WorkloadName } from '../book/workload.js';
import { HASH_SEED, mixWord } from './record.js';
import type { BookScenario, CaseOptions } from './scenario.js';

const OPERATIONS = 1_000_000;

const TITLES: Readonly<Record<WorkloadName, string>> = {
	thin: 'Order book: 500 orders',
	mix: 'Order book: 50,000 orders',
	sweep: 'Order book: market orders that take 45 orders each',
	deep: 'Order book: 1,000,000 orders at 40,000 prices',
	sparse: 'Order book: prices over the whole range',
};

const MIXED =
	'48% limit orders that rest, 42% cancels of a random order, 2.5% market orders, 2.5% limit orders at the best price, 5% replacements.';
const DESCRIPTIONS: Readonly<Record<WorkloadName, string>> = {
	thin: MIXED,
	mix: MIXED,
	sweep: '45 limit orders rest near the top, and a market order takes them all, in turn on each side.',
	deep: MIXED,
	sparse: 'Limit orders at random prices of 32 bits and cancels, half each, and 200 market orders at the end.',
};

/** What matching engines do: the workloads of `book/workload.ts`, the same in C++. */
export const bookScenarios: readonly BookScenario[] = WORKLOADS.map((workload) => {
	const name = `book-${workload}` as const;
	return {
		kind: 'book',
		name,
		title: TITLES[workload],
		description: `${DESCRIPTIONS[workload]} A new book, filled outside the time; then the operations, made outside the time as well.`,
		cases: ({ size }: CaseOptions) => [
			{
				scenario: name,
				protocol: 'sustained',
				size: size ?? USUAL_LIVE[workload],
				operations: size === undefined ? OPERATIONS : size * 4,
				iterations: 1,
			},
		],
		prepare(subject, { size, operations }) {
			let check = '';
			return {
				iterate(clock, seed) {
					const { fill, run } = makeWorkload(workload, operations, seed, size);
					const book = subject.create();
					subject.play(book, fill);
					clock.begin();
					const traded = subject.play(book, run);
					clock.mark('operations');
					let hash = HASH_SEED;
					subject.eachLevel(book, (ticks, lots) => {
						hash = mixWord(mixWord(hash, ticks), lots);
					});
					const depth = (hash >>> 0).toString(16).padStart(8, '0');
					check = `${traded} traded, ${subject.live(book)} live, depth ${depth}`;
					subject.dispose(book);
				},
				check: () => check,
			};
		},
	};
});
