// What the scripts say: one short line per step, with its duration, and the output of a tool only where it failed.
import { spawn } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** With --verbose the output of every tool is shown as it comes. */
export const verbose = process.argv.includes('--verbose');

/** An error whose message is all that the user needs: no stack trace. */
export class Failure extends Error {}

/** @param {string} text */
export function say(text) {
	process.stdout.write(`${text}\n`);
}

/** @param {number} since a reading of performance.now() */
function duration(since) {
	const seconds = (performance.now() - since) / 1000;
	return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** The steps that are under way; more than one where they are done side by side. @type {Set<{ overlapped: boolean }>} */
const open = new Set();

/**
 * Says what is being done, does it, and says how long it took; which of several it was, where others were under way.
 *
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
	const began = performance.now();
	const own = { overlapped: open.size > 0 };
	for (const other of open) other.overlapped = true;
	open.add(own);
	say(`> ${title}`);
	try {
		const result = await work();
		say(`  done in ${duration(began)}${own.overlapped ? `: ${title}` : ''}`);
		return result;
	} finally {
		open.delete(own);
	}
}

/**
 * Does all of it at once, and waits for the last, also where one fails.
 *
 * @param {readonly (() => Promise<void>)[]} works
 */
export async function sideBySide(works) {
	const outcomes = await Promise.allSettled(works.map((work) => work()));
	for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/**
 * @typedef {object} Outcome
 * @property {number} code
 * @property {string} output what it wrote to both streams, in the order of arrival; empty where it was shown at once
 */

/**
 * Runs a program and waits for it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ show?: boolean, env?: NodeJS.ProcessEnv, cwd?: string, shell?: boolean, timeout?: number }} [options]
 *   `show`: let it write to the terminal.
 * @returns {Promise<Outcome>}
 */
export function run(command, args, options = {}) {
	const show = options.show === true || verbose;
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, {
			cwd: options.cwd ?? root,
			env: { ...process.env, ...options.env },
			stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
			shell: options.shell ?? false,
			timeout: options.timeout,
		});
		let output = '';
		child.stdout?.setEncoding('utf8').on('data', (text) => {
			output += text;
		});
		child.stderr?.setEncoding('utf8').on('data', (text) => {
			output += text;
		});
		child.on('error', reject);
		child.on('close', (code, signal) => {
			if (signal !== null) output += `\nended by ${signal}`;
			resolve({ code: code ?? 1, output });
		});
	});
}

/**
 * Runs a program that must succeed; its output is shown when it does not.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export async function mustRun(command, args, options) {
	const outcome = await run(command, args, options);
	if (outcome.code === 0) return outcome;
	if (outcome.output !== '') say(outcome.output.trimEnd());
	const program = command === process.execPath ? (args.find((arg) => !arg.startsWith('-')) ?? command) : command;
	throw new Failure(`${basename(program)} failed (exit code ${outcome.code}); what it said is above.`);
}

/**
 * The program behind a command of an installed package, to be run by this very Node.
 *
 * @param {string} file its path inside node_modules
 */
export const tool = (file) => join(root, 'node_modules', file);

/**
 * Runs a whole script: its failures become one sentence and a non-zero exit code.
 *
 * @param {() => Promise<void>} main
 */
export async function script(main) {
	try {
		await main();
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		process.stderr.write(`\n${error.message}\n`);
		process.exitCode = 1;
	}
}
