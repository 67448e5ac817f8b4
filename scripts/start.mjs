// npm start: sets up, builds and runs the main job.
import { build } from './lib/build.mjs';
import { install } from './lib/install.mjs';
import { Failure, run, say, script } from './lib/steps.mjs';

const PROGRAM = 'packages/bench/bin/flux-bench.mjs';
/** Where the second part leaves its figures: those of the first are the report's. */
const QUEUE_RESULTS = 'benchmarks/results/latest.queue.json';
/** The main job: containers, a queue between two threads, a replay. What follows `npm start --` goes to the first part as well. */
const MAIN_JOB = [
	['headline', '--quick'],
	['run', 'passing-16', '--quick', '--size', '65536', '--no-report', '--json', QUEUE_RESULTS],
	['replay'],
];

await script(async () => {
	await install();
	await build();
	let more = process.argv.slice(2).filter((arg) => arg !== '--verbose');
	for (const part of MAIN_JOB) {
		say(`> ${['flux-bench', part[0], ...more].join(' ')}`);
		const { code } = await run(process.execPath, [PROGRAM, ...part, ...more], { show: true });
		if (code !== 0) throw new Failure(`flux-bench ${part[0]} failed (exit code ${code}).`);
		more = [];
	}
});
