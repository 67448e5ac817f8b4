import { COMMAND_WORDS, makeWorkload, USUAL_LIVE, WORKLOADS, type WorkloadName } from '../book/workload.js';
import type { AnyBookSubject } from '../subjects/book-subject.js';
import type { Clock } from './clock.js';
import { HASH_SEED, mixWord } from './record.js';
import type { BookScenario, CaseOptions, Footprint, Parameters, Trial } from './scenario.js';

const OPERATIONS = 1_000_000;
/** Operations per timed batch: the clock costs as much as one or two. */
const BATCH = 64;

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
			{ scenario: name, protocol: 'sustained', ...sizeOf(workload, size), iterations: 1 },
		],
		prepare: (subject, parameters) => new Play(subject, workload, parameters, 'run'),
	};
});

/** The same in a process that has run nothing before: filling counts, as the compiler's work does. */
export const bookColdScenarios: readonly BookScenario[] = WORKLOADS.map((workload) => {
	const name = `book-cold-${workload}` as const;
	return {
		kind: 'book',
		name,
		title: `${TITLES[workload]}, cold`,
		description: `${DESCRIPTIONS[workload]} One round in a fresh process: the orders that fill the book and the operations count.`,
		cases: ({ size }: CaseOptions) => [
			{ scenario: name, protocol: 'sustained', ...sizeOf(workload, size), iterations: 1, once: true },
		],
		prepare: (subject, parameters) => new Play(subject, workload, parameters, 'all'),
	};
});

/** The longest that a caller waits. */
export const bookLatency: BookScenario = {
	kind: 'book',
	name: 'book-latency',
	title: 'Order book: batches of 64 operations',
	description: `${MIXED} 50,000 orders; each batch of 64 operations is timed, and the time that 99.9% of them stay below is told.`,
	cases: ({ size }: CaseOptions) => [
		{ scenario: 'book-latency', protocol: 'sustained', ...sizeOf('mix', size), iterations: 1 },
	],
	prepare: (subject, parameters) => new Play(subject, 'mix', parameters, 'batches'),
};

/** What a book holds. */
export const bookMemory: BookScenario = {
	kind: 'book',
	name: 'book-memory',
	title: 'Order book: bytes per order',
	description: `${MIXED} The deep workload in a process that has held no book before; then what the allocator says is in use, per order. The time is cold and counts for nothing.`,
	cases: ({ size }: CaseOptions) => [
		{ scenario: 'book-memory', protocol: 'sustained', ...sizeOf('deep', size), iterations: 1, once: true },
	],
	prepare: (subject, parameters) => new Play(subject, 'deep', parameters, 'all'),
};

function sizeOf(workload: WorkloadName, size: number | undefined): { size: number; operations: number } {
	if (size === undefined) return { size: USUAL_LIVE[workload], operations: OPERATIONS };
	return { size, operations: size * 4 };
}

/** A book that is filled and played a workload; `timed` says what of it counts. */
class Play implements Trial {
	readonly #subject: AnyBookSubject;
	readonly #workload: WorkloadName;
	readonly #parameters: Parameters;
	readonly #timed: 'run' | 'all' | 'batches';
	#check = '';
	#footprint: Footprint = {};

	constructor(
		subject: AnyBookSubject,
		workload: WorkloadName,
		parameters: Parameters,
		timed: 'run' | 'all' | 'batches',
	) {
		this.#subject = subject;
		this.#workload = workload;
		this.#parameters = parameters;
		this.#timed = timed;
	}

	iterate(clock: Clock, seed: number): void {
		const { size, operations } = this.#parameters;
		const { fill, run } = makeWorkload(this.#workload, operations, seed, size);
		const batches = this.#timed === 'batches' ? batchesOf(run) : [];
		const subject = this.#subject;
		const before = subject.bytes?.() ?? 0;
		const book = subject.create();
		if (this.#timed === 'all') clock.begin();
		subject.play(book, fill);
		if (this.#timed !== 'all') clock.begin();
		let traded = 0;
		if (this.#timed === 'batches') {
			for (const batch of batches) {
				traded += subject.play(book, batch);
				clock.markEachBatch('operations');
			}
		} else {
			traded = subject.play(book, run);
			clock.mark('operations');
		}
		if (subject.bytes !== undefined) this.#footprint = { live: subject.bytes() - before };
		this.#check = `${traded} traded, ${stateOf(subject, book)}`;
		subject.dispose(book);
	}

	check(): string {
		return this.#check;
	}

	footprint(): Footprint {
		return this.#footprint;
	}
}

function batchesOf(commands: Int32Array): Int32Array[] {
	const batches: Int32Array[] = [];
	const words = BATCH * COMMAND_WORDS;
	for (let at = 0; at < commands.length; at += words) batches.push(commands.subarray(at, at + words));
	return batches;
}

/** How many orders are in a book, and the hash of its levels. */
export function stateOf(subject: AnyBookSubject, book: unknown): string {
	let hash = HASH_SEED;
	subject.eachLevel(book, (ticks, lots) => {
		hash = mixWord(mixWord(hash, ticks), lots);
	});
	return `${subject.live(book)} live, depth ${(hash >>> 0).toString(16).padStart(8, '0')}`;
}
