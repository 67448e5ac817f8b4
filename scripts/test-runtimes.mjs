// npm run test:runtimes: the built packages in other runtimes than the one that is installed here. Each comes from the
// npm registry; one that cannot be fetched is named and skipped, one that was fetched must pass.
import { build } from './lib/build.mjs';
import { install, npx } from './lib/install.mjs';
import { count, countPortable, nodeRuns, orFail } from './lib/portable.mjs';
import { say, script, step } from './lib/steps.mjs';

/** @typedef {import('./lib/portable.mjs').Counts} Counts */

/** @type {{ title: string, package: string, command: string, version: string[], runs: [string, string[]][] }[]} */
const runtimes = [
	...['24', '26'].map((major) => ({
		title: `Node ${major}`,
		package: `node@${major}`,
		command: 'node',
		version: ['--version'],
		runs: nodeRuns(),
	})),
	{
		title: 'Bun',
		package: 'bun',
		command: 'bun',
		version: ['--version'],
		runs: [
			['ESM', ['run', 'scripts/portable/esm.mjs']],
			['CommonJS', ['run', 'scripts/portable/cjs.cjs']],
		],
	},
	{
		title: 'Deno',
		package: 'deno',
		command: 'deno',
		version: ['--version'],
		runs: [
			['ESM', ['run', '--node-modules-dir=manual', '--allow-read', 'scripts/portable/esm.mjs']],
			[
				'ESM, eval forbidden',
				[
					'run',
					'--node-modules-dir=manual',
					'--allow-read',
					'--v8-flags=--disallow-code-generation-from-strings',
					'scripts/portable/esm.mjs',
					'--no-eval',
				],
			],
		],
	},
];

await script(async () => {
	await install();
	await build();
	const total = await countPortable(process.execPath, ['scripts/portable/esm.mjs']);
	say(`  Node ${process.versions.node} (this one): ${total.passed} passed, ${total.failed} failed`);

	/** @type {string[]} */
	const missing = [];
	for (const runtime of runtimes) {
		const from = [`--package=${runtime.package}`, '--', runtime.command];
		await step(`fetching and running ${runtime.title}`, async () => {
			const { code, output } = await npx([...from, ...runtime.version], { timeout: 300_000 });
			const version = output.match(/^(?:deno )?(v?\d+\.\d+\.\d+\S*)/m)?.[1];
			if (code !== 0 || version === undefined) {
				missing.push(runtime.title);
				say(`  skipped: ${runtime.package} could not be fetched, or does not run on this machine.`);
				return;
			}
			for (const [title, args] of runtime.runs) {
				const outcome = await npx([...from, ...args], { timeout: 300_000 });
				const { passed, failed } = count(outcome.code, outcome.output);
				say(`  ${runtime.title} ${version}, ${title}: ${passed} passed, ${failed} failed`);
				total.passed += passed;
				total.failed += failed;
			}
		});
	}
	if (missing.length > 0) say(`Not tested, because it could not be fetched: ${missing.join(', ')}.`);
	orFail(total);
});
