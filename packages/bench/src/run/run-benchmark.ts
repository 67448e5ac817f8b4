import { type Results, SCHEMA } from '../report/results.js';
import { scenarioNamed } from '../scenarios/index.js';
import type { Case, CaseOptions, ScenarioName } from '../scenarios/scenario.js';
import { SUBJECTS, subjectInfo } from '../subjects/catalog.js';
import { contendersOf } from './contender.js';
import { currentLoad, describeMachine } from './machine.js';
import { measureCase, type Repetition } from './measure-case.js';
import { buildNative, type NativeBuild } from './native-build.js';
import { findNode, type NodeBinary } from './node-binary.js';

/** What a run is made of. */
export interface RunOptions extends CaseOptions, Repetition {
	readonly scenarios: readonly ScenarioName[];
	/** Matched against `scenario/subject`. */
	readonly filter?: RegExp;
	/** Nodes of the JavaScript subjects: `current`, versions, paths. */
	readonly nodes: readonly string[];
	/** Whether npm may install peers that are no dependency. */
	readonly fetch: boolean;
	/** Only the cases of one protocol. */
	readonly protocol?: Case['protocol'];
	/** Path of the built child program. */
	readonly child: string;
	/** The command line, for the report. */
	readonly command: string;
}

/** Told what is going on, for those who wait. */
export interface RunListener {
	/** Something takes a while. */
	onStep(text: string): void;
	/** What will be measured, and on what. */
	onStart(nodes: readonly NodeBinary[], native: NativeBuild, cases: number): void;
	/** A round begins. */
	onRound(measured: Case, done: number, all: number, title: string): void;
	/** A case is complete. */
	onCase(result: Results['cases'][number]): void;
}

/** Runs the benchmark. Throws a `CheckMismatchError` where subjects disagree on a result. */
export async function runBenchmark(options: RunOptions, listener: RunListener): Promise<Results> {
	const created = new Date().toISOString();
	const load = currentLoad();
	const native = await buildNative(() => listener.onStep('compiling the C++ peers'));
	const nodes: NodeBinary[] = [];
	for (const wish of options.nodes) {
		if (wish !== 'current') listener.onStep(`looking for Node ${wish}`);
		nodes.push(await findNode(wish));
	}
	const wanted = wish(options);
	const cases = options.scenarios
		.flatMap((name) => scenarioNamed(name).cases(options))
		.filter(({ protocol }) => options.protocol === undefined || protocol === options.protocol)
		.filter(({ scenario }) => SUBJECTS.some(({ id }) => wanted(scenario, id)));
	if (cases.length === 0) throw new Error('nothing to measure: no scenario and subject matches');
	listener.onStart(nodes, native, cases.length);
	const results: Results['cases'][number][] = [];
	for (const measured of cases) {
		const { contenders, absent } = contendersOf(measured, {
			native,
			nodes,
			child: options.child,
			fetch: options.fetch,
			wanted,
		});
		const result = await measureCase(measured, contenders, absent, options, (done, all, title) => {
			listener.onRound(measured, done, all, title);
		});
		results.push(result);
		listener.onCase(result);
	}
	return {
		schema: SCHEMA,
		created,
		command: options.command,
		machine: describeMachine(nodes, [...load, ...currentLoad()]),
		native: native.status === 'ready' ? { status: 'ready', compiler: native.compiler, flags: native.flags } : native,
		cases: results,
	};
}

/** What the filter keeps. The C++ references stay wherever another subject does: ratios are taken to them. */
function wish({ filter }: RunOptions): (scenario: string, subject: string) => boolean {
	if (filter === undefined) return () => true;
	const matches = (scenario: string, subject: string) => filter.test(`${scenario}/${subject}`);
	return (scenario, subject) =>
		matches(scenario, subject) ||
		(subjectInfo(subject).reference !== undefined && SUBJECTS.some(({ id }) => matches(scenario, id)));
}
