import type { AnyBookSubject } from '../subjects/book-subject.js';
import type { AnyHeapSubject } from '../subjects/heap-subject.js';
import type { AnyMapSubject } from '../subjects/map-subject.js';
import type { PassingSubject } from '../subjects/passing-subject.js';
import type { AnySubject, Capability } from '../subjects/subject.js';
import type { AnyVectorSubject } from '../subjects/vector-subject.js';
import type { Clock } from './clock.js';

/** The scenarios, in the order of the report. */
export const SCENARIO_NAMES = [
	'build-destroy',
	'refill',
	'walk',
	'fifo',
	'random-erase-insert',
	'move-to-back',
	'sort',
	'walk-after-sort',
	'walk-after-compact',
	'gc-pauses',
	'bytes-per-node',
	'scaling',
	'map-build',
	'map-hit',
	'map-miss',
	'map-churn',
	'map-iterate',
	'map-build-scattered',
	'map-hit-scattered',
	'map-miss-scattered',
	'map-churn-scattered',
	'book-thin',
	'book-mix',
	'book-sweep',
	'book-deep',
	'book-sparse',
	'book-cold-thin',
	'book-cold-mix',
	'book-cold-sweep',
	'book-cold-deep',
	'book-cold-sparse',
	'book-latency',
	'book-memory',
	'book-feed',
	'book-levels',
	'book-npm-thin',
	'book-npm-mix',
	'heap-pairs',
	'heap-lifo',
	'heap-scrambled',
	'heap-churn',
	'heap-mixed',
	'heap-latency',
	'vector-build',
	'vector-iterate',
	'vector-random',
	'vector-sort',
	'queue-fifo',
	'queue-burst',
	'queue-pauses',
	'passing-16',
	'passing-32',
	'passing-batches-16',
	'passing-batches-32',
	'passing-trip',
	'passing-trip-parked',
	'passing-many-2',
	'passing-many-4',
	'passing-broadcast',
	'passing-latest',
] as const;

/** The name of a scenario, as on the command line and in the results. */
export type ScenarioName = (typeof SCENARIO_NAMES)[number];

/**
 * How rounds follow each other.
 *
 * - `sustained`: back to back in the subject's process; nothing is forced, and collection falls inside the time.
 * - `isolated`: one iteration per round, and the heap is settled by a full collection before it, outside the time.
 */
export type ProtocolName = 'sustained' | 'isolated';

/** One measurement of a scenario: its size and how it is repeated. */
export interface Case {
	readonly scenario: ScenarioName;
	readonly protocol: ProtocolName;
	/** Records in the list. */
	readonly size: number;
	/** Operations per iteration; 0 where an iteration is one operation on the whole list. */
	readonly operations: number;
	/** Iterations per round. */
	readonly iterations: number;
	/** One round in a fresh process, no warm-up. */
	readonly once?: boolean;
}

/** What the command line asks of the cases. */
export interface CaseOptions {
	readonly quick: boolean;
	readonly large: boolean;
	/** Replaces the size of every case, for tests. */
	readonly size?: number;
}

/** The numbers that a round is about; equal for all subjects. */
export interface Parameters {
	readonly size: number;
	readonly operations: number;
	readonly seed: number;
}

/** Memory found by a scenario that asks for it, in bytes of the whole list. */
export interface Footprint {
	/** What the allocator or the collector says is in use. */
	live?: number;
	/** Growth of the process. */
	resident?: number;
}

/** One scenario as one subject does it. Lives as long as the parent asks for it. */
export interface Trial {
	/** Does the work once, and times it. */
	iterate(clock: Clock, seed: number): void;
	/** Proof of the work, equal for every subject; computed outside the time. */
	check(): string;
	footprint?(): Footprint;
}

/** A scenario: what it is, how large, and how a subject goes through it. */
export interface Scenario {
	readonly name: ScenarioName;
	readonly title: string;
	/** What is timed and what is not, in a sentence or two. */
	readonly description: string;
	/** What a subject must be able to do. */
	readonly needs: readonly Capability[];
	/**
	 * Whether JavaScript subjects go through it often and at a small size before the first round. Not where a list is built
	 * within the time: from lists that die young the collector would learn a wrong lifetime for the objects of peers.
	 */
	readonly primed?: boolean;
	cases(options: CaseOptions): readonly Case[];
	prepare(subject: AnySubject, parameters: Parameters): Trial;
}

/** A scenario of maps: as {@link Scenario}, and every map can do it. */
export interface MapScenario extends Omit<Scenario, 'needs' | 'prepare'> {
	prepare(subject: AnyMapSubject, parameters: Parameters): Trial;
}

/** A scenario of order books: as {@link Scenario}, and every book can do it, but for what the catalogue says. */
export interface BookScenario extends Omit<Scenario, 'needs' | 'prepare'> {
	readonly kind: 'book';
	prepare(subject: AnyBookSubject, parameters: Parameters): Trial;
}

/** A scenario of allocators: as {@link Scenario}, and every allocator can do it, but for what the catalogue says. */
export interface HeapScenario extends Omit<Scenario, 'needs' | 'prepare'> {
	readonly kind: 'heap';
	prepare(subject: AnyHeapSubject, parameters: Parameters): Trial;
}

/** A scenario of vectors: as {@link Scenario}, and every vector can do it. */
export interface VectorScenario extends Omit<Scenario, 'needs' | 'prepare'> {
	readonly kind: 'vector';
	prepare(subject: AnyVectorSubject, parameters: Parameters): Trial;
}

/** A scenario of threads: as {@link Scenario}; what each subject can do the catalogue says. */
export interface PassingScenario extends Omit<Scenario, 'needs' | 'prepare'> {
	readonly kind: 'passing';
	prepare(subject: PassingSubject, parameters: Parameters): Trial;
}

/** Any scenario. */
export type AnyScenario = Scenario | MapScenario | BookScenario | HeapScenario | VectorScenario | PassingScenario;

/** Whether a scenario is about lists. */
export function isListScenario(scenario: AnyScenario): scenario is Scenario {
	return 'needs' in scenario;
}

/** The subject of ours that every case of a scenario must have a row for. */
export function ourSubject(scenario: AnyScenario): string {
	if (isListScenario(scenario)) return scenario.name.startsWith('queue-') ? 'queue-flux' : 'flux';
	return 'kind' in scenario ? `${scenario.kind}-flux` : 'map-flux';
}

/** The list of the headline. */
export const RECORDS = 500_000;

/** An operation that the catalogue promised. Throws where the subject has none. */
export function capability<Name extends Capability>(subject: AnySubject, name: Name): NonNullable<AnySubject[Name]> {
	const operation = subject[name];
	if (operation === undefined) throw new Error(`the subject has no operation "${name}"`);
	return operation.bind(subject) as NonNullable<AnySubject[Name]>;
}
