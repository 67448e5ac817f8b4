// Runs the portable tests in a process of its own and counts them.
import { Failure, run, say } from './steps.mjs';

/** @typedef {{ passed: number, failed: number }} Counts */

/**
 * Runs the command, and returns the counts of its last line; where tests failed, shows what it wrote.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 * @returns {Promise<Counts>}
 */
export async function countPortable(command, args, options) {
	const { code, output } = await run(command, args, { timeout: 300_000, ...options, show: false });
	return count(code, output);
}

/**
 * @param {number} code
 * @param {string} output
 * @returns {Counts}
 */
export function count(code, output) {
	const line = output.match(/^(\d+) passed, (\d+) failed$/m);
	const counts = { passed: Number(line?.[1] ?? 0), failed: Number(line?.[2] ?? 0) };
	if (code === 0 && counts.passed > 0 && counts.failed === 0) return counts;
	say(output.trimEnd());
	// A run that broke before it could count is a failure too.
	return counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

/** Both builds under this very Node, with eval and without. @returns {[title: string, args: string[]][]} */
export const nodeRuns = () => [
	['ESM', ['scripts/portable/esm.mjs']],
	['CommonJS', ['scripts/portable/cjs.cjs']],
	['ESM, eval forbidden', ['--disallow-code-generation-from-strings', 'scripts/portable/esm.mjs', '--no-eval']],
	['CommonJS, eval forbidden', ['--disallow-code-generation-from-strings', 'scripts/portable/cjs.cjs', '--no-eval']],
];

/** @param {Counts} counts */
export function orFail({ failed }) {
	if (failed > 0) throw new Failure(`${failed} portable ${failed === 1 ? 'test' : 'tests'} failed.`);
}
