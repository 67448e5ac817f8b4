// npm start: sets up, builds and runs the main job.
import { build } from './lib/build.mjs';
import { install } from './lib/install.mjs';
import { Failure, run, say, script } from './lib/steps.mjs';

const PROGRAM = 'packages/bench/bin/flux-bench.mjs';
/** The main job. What follows `npm start --` goes to the first part of it as well. */
const MAIN_JOB = [['headline', '--quick'], ['replay']];

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
