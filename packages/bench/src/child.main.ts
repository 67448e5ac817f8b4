/**
 * A subject's process: loads one subject, then answers each command on stdin with one line on stdout.
 * Started by the parent as `node child.js <subject>`; see `protocol/`.
 */
import { createInterface } from 'node:readline';
import { RoundRunner } from './child/round-runner.js';
import { parseCommand } from './protocol/command.js';
import { loadSubject } from './subjects/load.js';

async function serve(subjectId: string): Promise<void> {
	const subject = await loadSubject(subjectId, import.meta.url);
	await subject.prepare?.();
	const runner = new RoundRunner(subject);
	answer({ ready: true, runtime: `Node ${process.versions.node}` });
	for await (const line of createInterface({ input: process.stdin })) {
		try {
			const command = parseCommand(line);
			if (command.verb === 'quit') break;
			answer(await runner.run(command.round));
		} catch (error) {
			answer({ error: describe(error) });
		}
	}
}

function answer(value: object): void {
	process.stdout.write(`${JSON.stringify(value)}\n`);
}

function describe(error: unknown): string {
	return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

serve(process.argv[2] ?? '').catch((error: unknown) => {
	answer({ error: describe(error) });
	process.exitCode = 1;
});
