import { readFile, writeFile } from 'node:fs/promises';
import { Command, CommanderError } from 'commander';
import { makeFeed, packFeed } from '../book/packed-feed.js';
import { runMicro } from '../micro/micro.js';
import { BUNDLED, bundledFeed, replay } from '../replay/replay.js';
import { parseResults } from '../report/results.js';
import { writePicture, writeReport } from '../report/write-report.js';
import { scenarioNamed } from '../scenarios/index.js';
import { SCENARIO_NAMES, type ScenarioName } from '../scenarios/scenario.js';
import { runThreads, type ThreadsPlan } from '../threads/threads.js';
import { commandThatRepeats } from './command-that-repeats.js';
import { listLines } from './list.js';
import { type CommandLine, collect, pattern, protocolName, wholeNumber } from './options.js';
import { entryUrl, runAndReport } from './run-and-report.js';

/** What `flux-bench` measures, sustained, when it is told nothing: the headline first, then what a list does most, and an order book. */
const HEADLINE: readonly ScenarioName[] = ['build-destroy', 'walk', 'fifo', 'book-mix'];

/** The command line. Returns the exit code; throws for what could not be done. */
export async function main(argv: readonly string[]): Promise<number> {
	let code = 0;
	const program = new Command('flux-bench')
		.description('Benchmarks of FluxMemory for TypeScript: against C++ std::list and the lists of npm.')
		.option('--list', 'print all scenarios and subjects, and measure nothing')
		.exitOverride()
		.showHelpAfterError('(flux-bench --help tells more)');

	const list = (): void => print(listLines());

	const measuring = (
		command: Command,
		names: (given: readonly string[]) => readonly ScenarioName[],
		defaults: CommandLine = {},
	): void => {
		withRunOptions(command).action(async (...parameters: unknown[]) => {
			const given = command.registeredArguments.length > 0 ? (parameters[0] as string[]) : [];
			const options = command.optsWithGlobals<CommandLine>();
			if (options.list === true) list();
			else code = await runAndReport(names(given), { ...defaults, ...options }, commandThatRepeats(argv));
		});
	};

	measuring(
		program
			.command('headline', { isDefault: true })
			.description('build and destroy, walk, FIFO, an order book: the headline and a report'),
		() => HEADLINE,
		{ protocol: 'sustained' },
	);
	measuring(
		program
			.command('run')
			.argument('[scenarios...]', 'names of scenarios; all where none is given')
			.description('measure some or all scenarios'),
		(given) => (given.length === 0 ? SCENARIO_NAMES : given.map((name) => scenarioNamed(name).name)),
	);
	program.command('list').description('print all scenarios and subjects').action(list);
	program
		.command('micro')
		.description('single operations of FluxList, in this process, by tinybench')
		.option('--time <ms>', 'how long each operation is measured', wholeNumber(1), 500)
		.action(async ({ time }: { time: number }) => print(await runMicro(time)));
	program
		.command('threads')
		.description('containers that go from thread to thread against messages of objects; two workers against one')
		.option('--records <count>', 'records of the list', wholeNumber(1), 1_000_000)
		.option('--pairs <count>', 'blocks that each worker allocates and frees in a round', wholeNumber(1), 10_000_000)
		.option('--rounds <count>', 'measured rounds', wholeNumber(1), 7)
		.action(async (plan: ThreadsPlan) => print(await runThreads(new URL('./thread.js', entryUrl()), plan)));
	program
		.command('replay')
		.description('replay a feed of orders from ITCH bytes: the book, the rate, and whether it is right')
		.argument('[feed]', 'a packed feed; the one that comes with the package where not given')
		.option('--times <count>', 'how often, each from an empty book', wholeNumber(1), 40)
		.option('--generate', 'make the feed of the package again, into the file that is given')
		.action(async (feed: string | undefined, { times, generate }: { times: number; generate?: true }) => {
			if (generate === true) {
				if (feed === undefined) throw new Error('--generate needs a file to write the feed into');
				await writeFile(feed, packFeed(makeFeed(BUNDLED)));
				return;
			}
			const { lines, isRight } = await replay(feed ?? bundledFeed(), times);
			print(lines);
			if (!isRight) code = 1;
		});
	program
		.command('report')
		.description('make the page of a results file again')
		.argument('<results>', 'a JSON file that flux-bench wrote')
		.argument('[page]', 'the HTML file; beside the results where not given')
		.action(async (path: string, page: string = path.replace(/(\.json)?$/, '.html')) => {
			print([await writeReport(parseResults(await readFile(path, 'utf8')), page)]);
		});
	program
		.command('picture')
		.description('draw the headline of a results file, or one of its scenarios, as SVG')
		.argument('<results>', 'a JSON file that flux-bench wrote')
		.argument('[picture]', 'the SVG file; beside the results where not given')
		.option('--scenario <name>', 'draw this scenario, with every subject')
		.option('--size <records>', 'of the scenario at this size; at its first where not given', wholeNumber(1))
		.action(
			async (path: string, picture: string | undefined, { scenario, size }: { scenario?: string; size?: number }) => {
				const name = scenario === undefined ? undefined : scenarioNamed(scenario).name;
				const suffix = [name, ...(size === undefined ? [] : [size])].map((part) => `-${part}`).join('');
				const target = picture ?? path.replace(/(\.json)?$/, name === undefined ? '.svg' : `${suffix}.svg`);
				print([await writePicture(parseResults(await readFile(path, 'utf8')), target, name, size)]);
			},
		);

	try {
		await program.parseAsync(argv);
	} catch (error) {
		// Commander has said it all on the terminal.
		if (error instanceof CommanderError) return error.exitCode;
		throw error;
	}
	return code;
}

function withRunOptions(command: Command): Command {
	return command
		.option('--quick', 'fewer and shorter rounds')
		.option('--fetch', 'also the npm engines that are no dependency: npm installs them into the cache (ccxt: 60 MB)')
		.option('--large', 'scaling up to 100,000,000 records')
		.option('--filter <regex>', 'only where "scenario/subject" matches; the C++ references stay', pattern)
		.option(
			'--node <node>',
			'a Node for the JavaScript subjects: current, a version such as 24, a path; several allowed',
			collect,
		)
		.option('--protocol <name>', 'only sustained or only isolated cases', protocolName)
		.option('--rounds <count>', 'measured rounds', wholeNumber(1))
		.option('--warmups <count>', 'warm-up rounds', wholeNumber(0))
		.option('--size <records>', 'another size for every case, for a try', wholeNumber(1))
		.option('--json [file]', 'results as JSON: to the file, or to stdout instead of the tables')
		.option('--report [file]', 'the page, elsewhere than benchmarks/results/latest.html')
		.option('--no-report', 'no page');
}

function print(lines: readonly string[]): void {
	process.stdout.write(`${lines.join('\n')}\n`);
}
