import { main } from './cli/program.js';

main(process.argv).then(
	(code) => {
		process.exitCode = code;
	},
	(error: unknown) => {
		process.stderr.write(`flux-bench: ${error instanceof Error ? error.message : String(error)}\n`);
		process.exitCode = 1;
	},
);
