import type { RoundAnswer } from '../protocol/answer.js';
import type { RoundCommand } from '../protocol/command.js';
import { settleHeap } from '../scenarios/bytes-per-node.js';
import { Clock } from '../scenarios/clock.js';
import { scenarioNamed } from '../scenarios/index.js';
import type { Parameters, Trial } from '../scenarios/scenario.js';
import type { AnyBookSubject } from '../subjects/book-subject.js';
import type { AnyHeapSubject } from '../subjects/heap-subject.js';
import type { LoadedSubject } from '../subjects/load.js';
import type { AnyMapSubject } from '../subjects/map-subject.js';
import type { PassingSubject } from '../subjects/passing-subject.js';
import type { AnySubject } from '../subjects/subject.js';
import type { AnyVectorSubject } from '../subjects/vector-subject.js';
import { CollectionLog } from './collection-log.js';

/** Runs the rounds of one subject. What a scenario prepared is kept from round to round. */
export class RoundRunner {
	readonly #subject: LoadedSubject;
	readonly #collections = new CollectionLog();
	#trial: { readonly scenario: string; readonly trial: Trial } | undefined;

	/** For a subject that is prepared. */
	constructor(subject: LoadedSubject) {
		this.#subject = subject;
	}

	/** Runs one round and reports it. */
	async run(round: RoundCommand): Promise<RoundAnswer> {
		const { scenario, size, operations, iterations, seed, protocol } = round;
		if (this.#trial?.scenario !== scenario) {
			// The parent asks lists for scenarios of lists, maps for those of maps, books for those of books, and so on.
			const described = scenarioNamed(scenario);
			const prepare = (parameters: Parameters): Trial =>
				described.prepare(
					this.#subject as AnySubject &
						AnyMapSubject &
						AnyBookSubject &
						AnyHeapSubject &
						AnyVectorSubject &
						PassingSubject,
					parameters,
				);
			if (described.primed === true)
				prime(prepare({ size: PRIMER_SIZE, operations: Math.min(operations, 2 * PRIMER_SIZE), seed }));
			this.#trial = { scenario, trial: prepare({ size, operations, seed }) };
		}
		const { trial } = this.#trial;
		this.#subject.betweenRounds?.();
		if (protocol === 'isolated') settleHeap();
		const clock = new Clock();
		for (let iteration = 0; iteration < iterations; iteration++) trial.iterate(clock, seed + iteration);
		const check = trial.check();
		return {
			ns: clock.total,
			iterations,
			check,
			phases: clock.phases,
			gc: await this.#collections.take(clock.stretches),
			...(clock.longestBatch > 0 ? { longestBatch: clock.longestBatch } : {}),
			...(clock.tailBatch === undefined ? {} : { tailBatch: clock.tailBatch }),
			...trial.footprint?.(),
			rss: process.memoryUsage.rss(),
		};
	}
}

/**
 * With a thousand, Node 20 and 24 mostly compiled the loop of a FIFO while it ran, and then came back into that code at every
 * call: 10 ns an operation in place of 6, in most processes and not in all.
 */
const PRIMER_SIZE = 200;
/** Long enough for the last of an engine's compilers, which work beside the program. Tests, which measure nothing, set it to 0. */
const PRIMER_MS = Number(process.env.FLUX_BENCH_PRIMER_MS ?? 500);
const PRIMER_ITERATIONS = PRIMER_MS > 0 ? 300 : 1;

/**
 * Calls the subject's functions often and shortly before the first round, as a program does that has been running. An
 * engine that meets a function first in one long loop compiles that loop alone, while it runs (on-stack replacement),
 * and may stay with that code, which is worse: Node 24 makes an object of the sum at each step of a walk then.
 */
function prime(trial: Trial): void {
	const clock = new Clock();
	const end = performance.now() + PRIMER_MS;
	for (let iteration = 0; iteration < PRIMER_ITERATIONS || performance.now() < end; iteration++) {
		trial.iterate(clock, iteration);
		if (iteration % 100 === 0) trial.check();
	}
}
