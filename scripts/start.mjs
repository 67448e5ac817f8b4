// npm start: sets up, builds and runs the main job.
import { build } from './lib/build.mjs';
import { install } from './lib/install.mjs';
import { Failure, run, say, script } from './lib/steps.mjs';

/** The main job. What follows `npm start --` goes to it as well. */
const MAIN_JOB = ['packages/bench/bin/flux-bench.mjs', 'headline', '--quick'];

await script(async () => {
	await install();
	await build();
	const more = process.argv.slice(2).filter((arg) => arg !== '--verbose');
	say(`> ${['flux-bench', MAIN_JOB[1], ...more].join(' ')}`);
	const { code } = await run(process.execPath, [...MAIN_JOB, ...more], { show: true });
	if (code !== 0) throw new Failure(`The benchmark failed (exit code ${code}).`);
});
