import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { headlineOf, headlineSentence } from '../report/headline.js';
import type { Results } from '../report/results.js';
import { caseLines, emphasisFor, preamble } from '../report/terminal.js';
import { writeJson, writeReport } from '../report/write-report.js';
import { describeMachine } from '../run/machine.js';
import { Progress } from '../run/progress.js';
import { type RunListener, type RunOptions, runBenchmark } from '../run/run-benchmark.js';
import type { ScenarioName } from '../scenarios/scenario.js';
import { type CommandLine, REPETITION } from './options.js';

/** Measures the scenarios, prints the tables and writes the files. Returns the exit code: 1 where a subject failed. */
export async function runAndReport(
	scenarios: readonly ScenarioName[],
	options: CommandLine,
	command: string,
): Promise<number> {
	const progress = new Progress(process.stderr);
	const emphasis = emphasisFor(process.stdout);
	const print = (lines: readonly string[]): void => {
		progress.clear();
		if (options.json !== true) process.stdout.write(`${lines.join('\n')}\n`);
	};
	const results = await runBenchmark(runOptions(scenarios, options, command), printing(progress, print, emphasis));
	progress.clear();

	if (options.json === true) process.stdout.write(`${JSON.stringify(results)}\n`);
	const headline = headlineOf(results);
	const files = await writeFiles(results, options);
	print(['', ...(headline === undefined ? [] : [emphasis('bold', headlineSentence(headline)), '']), ...files]);
	const failed = results.cases.flatMap(({ absent }) => absent.filter(({ reason }) => reason.startsWith('failed: ')));
	return failed.length > 0 ? 1 : 0;
}

function runOptions(scenarios: readonly ScenarioName[], options: CommandLine, command: string): RunOptions {
	const quick = options.quick === true;
	const { warmups, rounds } = quick ? REPETITION.quick : REPETITION.thorough;
	return {
		scenarios,
		quick,
		large: options.large === true,
		fetch: options.fetch === true,
		nodes: options.node ?? ['current'],
		warmups: options.warmups ?? warmups,
		rounds: options.rounds ?? rounds,
		child: fileURLToPath(new URL('./child.js', entryUrl())),
		command,
		...(options.size !== undefined && { size: options.size }),
		...(options.filter !== undefined && { filter: options.filter }),
		...(options.protocol !== undefined && { protocol: options.protocol }),
	};
}

/** The program's own URL: the child program lies beside it, whatever file this code was bundled into. */
export function entryUrl(): string {
	const script = process.argv[1];
	const beside = new URL('./child.js', import.meta.url);
	return existsSync(beside) || script === undefined ? import.meta.url : pathToFileURL(script).href;
}

function printing(
	progress: Progress,
	print: (lines: readonly string[]) => void,
	emphasis: ReturnType<typeof emphasisFor>,
): RunListener {
	let all = 0;
	let complete = 0;
	let shown = '';
	return {
		onStep: (text) => progress.step(`${text} ...`),
		onStart: (nodes, native, cases) => {
			all = cases;
			print(preamble({ machine: describeMachine(nodes, []), native }, emphasis));
		},
		onRound: (measured, done, rounds, title) => {
			const name = `[${complete + 1}/${all}] ${measured.scenario}, ${measured.protocol}, ${measured.size} records`;
			if (name !== shown) progress.step(name);
			shown = name;
			progress.detail(`${name}: ${Math.round((100 * done) / rounds)}% ${title}`);
		},
		onCase: (result) => {
			complete++;
			print(caseLines(result, emphasis, process.stdout.columns ?? Number.POSITIVE_INFINITY));
		},
	};
}

async function writeFiles(results: Results, options: CommandLine): Promise<string[]> {
	const folder = resultsFolder();
	const lines: string[] = [];
	const json = typeof options.json === 'string' ? options.json : folder && join(folder, 'latest.json');
	if (json !== undefined && options.json !== true) lines.push(`results: ${await writeJson(results, json)}`);
	const page = typeof options.report === 'string' ? options.report : folder && join(folder, 'latest.html');
	if (page !== undefined && options.report !== false) {
		lines.push(`report:  ${pathToFileURL(await writeReport(results, page)).href}`);
	}
	return lines;
}

/** `benchmarks/results` of the repository; `undefined` where the program runs outside of one. */
function resultsFolder(): string | undefined {
	for (let folder = dirname(fileURLToPath(import.meta.url)); dirname(folder) !== folder; folder = dirname(folder)) {
		if (existsSync(join(folder, 'benchmarks', 'native'))) return join(folder, 'benchmarks', 'results');
	}
	return undefined;
}
