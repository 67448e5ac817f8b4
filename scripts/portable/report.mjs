// How a portable run says what it found: a line per test, and a last line that scripts/lib/portable.mjs counts by.
import { run } from '../../packages/containers/test/portable.mjs';

/** @param {Parameters<typeof run>[0]} flux */
export async function runAndReport(flux) {
	let passed = 0;
	let failed = 0;
	await run(flux, (name, error) => {
		if (error === undefined) passed++;
		else failed++;
		const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
		console.log(error === undefined ? `ok ${name}` : `not ok ${name}\n${trace}`);
	});
	console.log(`${passed} passed, ${failed} failed`);
	if (failed > 0) process.exitCode = 1;
}

/** Whether text can become code here. */
export function evalWorks() {
	try {
		// biome-ignore lint/security/noGlobalEval: whether this works here is the question.
		globalThis.eval('0');
		return true;
	} catch {
		return false;
	}
}

/**
 * A run is worth nothing where the engine did not keep the promise it was started with.
 *
 * @param {boolean} expected
 */
export function expectEval(expected) {
	if (evalWorks() !== expected)
		throw new Error(`eval is ${expected ? 'forbidden' : 'allowed'} here, and should not be`);
}
