import { type RoundAnswer, SubjectError } from '../protocol/answer.js';
import type { Absence, CaseResult, Row } from '../report/results.js';
import { median, ratios, summarize } from '../report/statistics.js';
import { scenarioNamed } from '../scenarios/index.js';
import type { Case } from '../scenarios/scenario.js';
import type { SubjectInfo } from '../subjects/catalog.js';
import type { Contender } from './contender.js';
import { SubjectProcess } from './subject-process.js';

/** How often a case is repeated. */
export interface Repetition {
	readonly warmups: number;
	readonly rounds: number;
}

/** Told before each round, for those who wait. */
export type OnRound = (done: number, all: number, title: string) => void;

/** Subjects disagree on the result of the same work: no time is worth anything then. */
export class CheckMismatchError extends Error {
	override readonly name = 'CheckMismatchError';
}

/**
 * Measures one case: starts all contenders, asks them for a round in turn, and again, the order rotating, so
 * that whatever disturbs the machine disturbs all of them alike. Warm-up rounds come first and are reported;
 * of the rounds after them none is left out.
 */
export async function measureCase(
	measured: Case,
	contenders: readonly Contender[],
	absent: readonly Absence[],
	repetition: Repetition,
	onRound: OnRound = () => {},
): Promise<CaseResult> {
	const { warmups, rounds } = measured.once === true ? { warmups: 0, rounds: 1 } : repetition;
	const runners = await startAll(contenders);
	try {
		await runRounds(measured, runners, warmups + rounds, onRound);
	} finally {
		for (const runner of runners) runner.process?.stop();
	}
	const survivors = runners.filter((runner) => runner.failure === undefined);
	compareChecks(measured, survivors);
	const { title, description } = scenarioNamed(measured.scenario);
	return {
		scenario: measured.scenario,
		title,
		description,
		protocol: measured.protocol,
		size: measured.size,
		operations: measured.operations,
		iterations: measured.iterations,
		warmups,
		rounds,
		rows: makeRows(survivors, warmups),
		absent: [...absent, ...failures(runners)],
	};
}

/** A contender while it runs. */
interface Runner {
	readonly contender: Contender;
	readonly answers: RoundAnswer[];
	process?: SubjectProcess;
	runtime: string;
	failure?: string;
}

async function startAll(contenders: readonly Contender[]): Promise<Runner[]> {
	const runners: Runner[] = [];
	for (const contender of contenders) {
		const runner: Runner = { contender, answers: [], runtime: '' };
		try {
			const { process, runtime } = await SubjectProcess.start(contender.launch);
			runner.process = process;
			runner.runtime = runtime;
		} catch (error) {
			runner.failure = reasonOf(error);
		}
		runners.push(runner);
	}
	return runners;
}

async function runRounds(measured: Case, runners: readonly Runner[], rounds: number, onRound: OnRound): Promise<void> {
	const { scenario, protocol, size, operations, iterations } = measured;
	for (let round = 0; round < rounds; round++) {
		for (let turn = 0; turn < runners.length; turn++) {
			const runner = runners[(round + turn) % runners.length];
			if (runner.failure !== undefined || runner.process === undefined) continue;
			onRound(round * runners.length + turn, rounds * runners.length, runner.contender.info.title);
			try {
				// A seed per round: equal for all subjects, and none can learn the sequence.
				const seed = 1 + round * iterations;
				runner.answers.push(await runner.process.run({ scenario, protocol, size, operations, iterations, seed }));
			} catch (error) {
				runner.failure = reasonOf(error);
			}
		}
	}
}

function reasonOf(error: unknown): string {
	if (error instanceof SubjectError) return `failed: ${error.message}`;
	throw error;
}

function failures(runners: readonly Runner[]): Absence[] {
	return runners.flatMap(({ contender: { info }, failure }) =>
		failure === undefined ? [] : [{ subject: info.id, title: info.title, reason: failure }],
	);
}

function compareChecks(measured: Case, runners: readonly Runner[]): void {
	const [first] = runners;
	if (first === undefined) return;
	for (let round = 0; round < first.answers.length; round++) {
		const namesByCheck = new Map<string, string[]>();
		for (const runner of runners) {
			const { check } = runner.answers[round];
			namesByCheck.set(check, [...(namesByCheck.get(check) ?? []), nameOf(runner)]);
		}
		if (namesByCheck.size === 1) continue;
		const groups = [...namesByCheck].map(([check, names]) => `${check} by ${names.join(', ')}`);
		throw new CheckMismatchError(
			`${measured.scenario}, round ${round + 1}: the subjects computed different results: ${groups.join('; ')}`,
		);
	}
}

function nameOf({ contender, runtime }: Runner): string {
	return `${contender.info.id} (${runtime})`;
}

function makeRows(runners: readonly Runner[], warmups: number): Row[] {
	const timesOf = (runner: Runner): number[] => runner.answers.map(({ ns, iterations }) => ns / iterations);
	const reference = (which: SubjectInfo['reference']): number[] | undefined => {
		const found = runners.find((runner) => runner.contender.info.reference === which);
		return found && timesOf(found).slice(warmups);
	};
	const malloc = reference('malloc');
	const slab = reference('slab');
	const rows = runners.map((runner): Row => {
		const { info } = runner.contender;
		const times = timesOf(runner);
		const measured = times.slice(warmups);
		const answers = runner.answers.slice(warmups);
		const last = answers[answers.length - 1];
		return {
			subject: info.id,
			title: info.title,
			note: info.note,
			kind: info.kind,
			runtime: runner.runtime,
			times: measured,
			warmups: times.slice(0, warmups),
			summary: summarize(measured),
			phases: medianPhases(answers),
			versus: {
				...(malloc && { malloc: median(ratios(malloc, measured)) }),
				...(slab && { slab: median(ratios(slab, measured)) }),
			},
			...collections(answers),
			...(last.longestBatch !== undefined && {
				longestBatch: median(answers.map((answer) => answer.longestBatch ?? 0)),
			}),
			...(last.tailBatch !== undefined && {
				tailBatch: median(answers.map((answer) => answer.tailBatch ?? 0)),
			}),
			...(last.live !== undefined && { live: last.live }),
			...(last.resident !== undefined && { resident: last.resident }),
			rss: last.rss,
			check: last.check,
		};
	});
	return rows.sort((left, right) => left.summary.median - right.summary.median);
}

function medianPhases(answers: readonly RoundAnswer[]): Record<string, number> {
	const names = Object.keys(answers[0].phases);
	return Object.fromEntries(
		names.map((name) => [name, median(answers.map(({ phases, iterations }) => (phases[name] ?? 0) / iterations))]),
	);
}

function collections(answers: readonly RoundAnswer[]): Pick<Row, 'gc'> {
	let ns = 0;
	let count = 0;
	let longest = 0;
	let outside = 0;
	let iterations = 0;
	for (const answer of answers) {
		if (answer.gc === undefined) return {};
		ns += answer.gc.ns;
		count += answer.gc.count;
		longest = Math.max(longest, answer.gc.longest);
		outside += answer.gc.outside;
		iterations += answer.iterations;
	}
	return { gc: { ns: ns / iterations, count: count / iterations, longest, outside: outside / iterations } };
}
