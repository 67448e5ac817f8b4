import { PassingTrial } from '../passing/passing-trial.js';
import type { PassingPlan } from '../passing/plan.js';
import type { CaseOptions, PassingScenario, ScenarioName } from './scenario.js';

/** Records that a queue has room for. */
const CAPACITY = 65_536;
/** Records of a pass: a whole number of batches for each of two threads. */
const RECORDS = 2 ** 20;
const BATCH = 64;

interface Described {
	readonly name: ScenarioName;
	readonly title: string;
	readonly description: string;
	readonly plan: Omit<PassingPlan, 'capacity'>;
	/** Records of a pass. */
	readonly records?: number;
}

const ONE_TO_ONE = { way: 'queue', batch: 1, producers: 1, consumers: 1 } as const;
const SIDES = 'Each side is a thread of its own; the thread that measures sleeps.';

const DESCRIBED: readonly Described[] = [
	{
		name: 'passing-16',
		title: 'Between two threads: records of 16 bytes',
		description: `One thread pushes records, another pops them, one at a time. ${SIDES}`,
		plan: { ...ONE_TO_ONE, bytes: 16 },
	},
	{
		name: 'passing-32',
		title: 'Between two threads: records of 32 bytes',
		description: 'The same with five fields.',
		plan: { ...ONE_TO_ONE, bytes: 32 },
	},
	{
		name: 'passing-batches-16',
		title: 'Between two threads: batches of 16-byte records',
		description: `The same in batches of up to ${BATCH}, for those who have them. ${SIDES}`,
		plan: { ...ONE_TO_ONE, bytes: 16, batch: BATCH },
	},
	{
		name: 'passing-batches-32',
		title: 'Between two threads: batches of 32-byte records',
		description: 'The same with five fields.',
		plan: { ...ONE_TO_ONE, bytes: 32, batch: BATCH },
	},
	{
		name: 'passing-trip',
		title: 'Round trip between two threads, both awake',
		description:
			'A record goes to another thread, and its copy comes back before the next one is sent; the median of all batches of 64 trips.',
		plan: { ...ONE_TO_ONE, way: 'trip', bytes: 16 },
		records: 20_480,
	},
	{
		name: 'passing-trip-parked',
		title: 'Round trip to a thread that sleeps',
		description:
			'The same with 300 microseconds between the trips, in which the other thread goes to sleep; the median of all trips.',
		plan: { ...ONE_TO_ONE, way: 'trip', bytes: 16, pause: 300 },
		records: 512,
	},
	{
		name: 'passing-many-2',
		title: 'A queue for 2 producers and 2 consumers, used by one of each',
		description: `One at a time over the ring that several could share: its rate where nobody is in the way. ${SIDES}`,
		plan: { ...ONE_TO_ONE, bytes: 16, seats: 2 },
	},
	{
		name: 'passing-many-4',
		title: 'The same queue, used by 2 producers and 2 consumers',
		description: 'One at a time; on a machine of two cores no thread has one of its own.',
		plan: { ...ONE_TO_ONE, bytes: 16, producers: 2, consumers: 2 },
	},
	{
		name: 'passing-broadcast',
		title: 'Broadcast to two threads',
		description: 'One thread pushes records, and two others pop each of them, one at a time.',
		plan: { ...ONE_TO_ONE, way: 'broadcast', bytes: 16, consumers: 2 },
	},
	{
		name: 'passing-latest',
		title: 'The latest value between two threads',
		description:
			'One thread stores values, and another loads the latest again and again until it has seen the last one.',
		plan: { ...ONE_TO_ONE, way: 'latest', bytes: 16 },
	},
];

/** What passes between threads. */
export const passingScenarios: readonly PassingScenario[] = DESCRIBED.map(
	({ name, title, description, plan, records = RECORDS }) => ({
		kind: 'passing',
		name,
		title,
		description,
		cases: ({ quick, size }: CaseOptions) => [
			{
				scenario: name,
				protocol: 'sustained',
				size: size ?? CAPACITY,
				operations: size === undefined ? records : size * 4,
				iterations: quick || plan.pause !== undefined ? 1 : 2,
			},
		],
		prepare: (subject, { size, operations }) => new PassingTrial(subject, { ...plan, capacity: size }, operations),
	}),
);
