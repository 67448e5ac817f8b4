// npm run bench -- ...: sets up, builds and hands everything that follows to flux-bench.
import { build } from './lib/build.mjs';
import { install } from './lib/install.mjs';
import { run, script } from './lib/steps.mjs';

await script(async () => {
	await install();
	await build();
	const { code } = await run(process.execPath, ['packages/bench/bin/flux-bench.mjs', ...process.argv.slice(2)], {
		show: true,
	});
	process.exitCode = code;
});
