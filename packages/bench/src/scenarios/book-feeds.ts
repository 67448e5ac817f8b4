import { directoryBytes, feedOf, itchBytes } from '../book/feed.js';
import { makeLevelChanges } from '../book/level-changes.js';
import { movingCommands } from '../book/moving-commands.js';
import { makeWorkload, USUAL_LIVE, type WorkloadName } from '../book/workload.js';
import type { AnyBookSubject } from '../subjects/book-subject.js';
import { stateOf } from './book.js';
import type { BookScenario, CaseOptions, Parameters, Trial } from './scenario.js';

const OPERATIONS = 1_000_000;
/** How many changes at which depth: as many as make a round of about a second for the slowest. */
const LEVEL_CHANGES: readonly (readonly [depth: number, changes: number])[] = [
	[50, 1_000_000],
	[1000, 1_000_000],
	[10_000, 200_000],
];

/** What it costs to follow an exchange, beside what it costs to be one. */
export const bookFeed: BookScenario = {
	kind: 'book',
	name: 'book-feed',
	title: 'Order book: a feed of orders against matching',
	description:
		'The mixed workload with 50,000 orders. Matching goes through its commands; a feed through the messages that an exchange would send of them, about as many, as calls or as ITCH bytes. Both end with the same levels.',
	cases: ({ size }: CaseOptions) => [
		{
			scenario: 'book-feed',
			protocol: 'sustained',
			size: size ?? USUAL_LIVE.mix,
			operations: size === undefined ? OPERATIONS : size * 4,
			iterations: 1,
		},
	],
	prepare: (subject, parameters) => feedTrial(subject, parameters),
};

function feedTrial(subject: AnyBookSubject, { size, operations }: Parameters): Trial {
	let check = '';
	return {
		iterate(clock, seed) {
			const workload = makeWorkload('mix', operations, seed, size);
			const book = subject.create();
			if (subject.itch !== undefined) {
				const { fill, run } = feedOf(workload);
				const bytes = itchBytes(run);
				subject.itch(book, directoryBytes());
				subject.itch(book, itchBytes(fill));
				clock.begin();
				subject.itch(book, bytes);
			} else if (subject.feed !== undefined) {
				const { fill, run } = feedOf(workload);
				subject.feed(book, fill);
				clock.begin();
				subject.feed(book, run);
			} else {
				subject.play(book, workload.fill);
				clock.begin();
				subject.play(book, workload.run);
			}
			clock.mark('operations');
			check = stateOf(subject, book);
			subject.dispose(book);
		},
		check: () => check,
	};
}

/** What followers of crypto exchanges do. */
export const bookLevels: BookScenario = {
	kind: 'book',
	name: 'book-levels',
	title: 'Order book: a feed of levels',
	description:
		'So many levels a side; 70% of the changes give a level another quantity, 15% add one, 15% take one away. A new book, filled outside the time.',
	cases: ({ size }: CaseOptions) =>
		(size === undefined ? LEVEL_CHANGES : [[size, size * 4] as const]).map(([depth, operations]) => ({
			scenario: 'book-levels',
			protocol: 'sustained',
			size: depth,
			operations,
			iterations: 1,
		})),
	prepare(subject, { size, operations }) {
		const { setLevels } = subject;
		if (setLevels === undefined) throw new Error('the subject has no feed of levels');
		let check = '';
		return {
			iterate(clock, seed) {
				const { fill, run } = makeLevelChanges(size, operations, seed);
				const book = subject.create();
				setLevels.call(subject, book, fill);
				clock.begin();
				setLevels.call(subject, book, run);
				clock.mark('operations');
				check = stateOf(subject, book);
				subject.dispose(book);
			},
			check: () => check,
		};
	},
};

/** As many operations as an engine of microseconds or a tenth of a millisecond gets through. */
const NPM_OPERATIONS = { thin: 100_000, mix: 50_000 } as const;

/** The workloads as the engines of npm can do them: shorter, and every replacement loses its place. */
export const bookNpmScenarios: readonly BookScenario[] = (['thin', 'mix'] as const).map((workload: WorkloadName) => {
	const name = `book-npm-${workload as 'thin' | 'mix'}` as const;
	return {
		kind: 'book',
		name,
		primed: true,
		title: `Order book, against npm: ${USUAL_LIVE[workload].toLocaleString('en')} orders`,
		description:
			'The workload of that many orders, shorter; a replacement is a cancel and a new order, because nodejs-order-book takes its place from an order whose quantity is reduced.',
		cases: ({ size }: CaseOptions) => [
			{
				scenario: name,
				protocol: 'sustained',
				size: size ?? USUAL_LIVE[workload],
				operations: size === undefined ? NPM_OPERATIONS[workload as 'thin' | 'mix'] : size * 4,
				iterations: 1,
			},
		],
		prepare(subject, { size, operations }) {
			let check = '';
			return {
				iterate(clock, seed) {
					const { fill, run } = makeWorkload(workload, operations, seed, size);
					const commands = movingCommands(run);
					const book = subject.create();
					subject.play(book, fill);
					clock.begin();
					const traded = subject.play(book, commands);
					clock.mark('operations');
					check = `${traded} traded, ${stateOf(subject, book)}`;
					subject.dispose(book);
				},
				check: () => check,
			};
		},
	};
});
