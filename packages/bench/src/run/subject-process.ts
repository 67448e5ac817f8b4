import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseReady, parseRound, type RoundAnswer, SubjectError } from '../protocol/answer.js';
import { formatRound, type RoundCommand } from '../protocol/command.js';

/** No round is meant to take this long: the subject hangs. */
const PATIENCE_MS = 5 * 60_000;

/** How a subject's process is started. */
export interface Launch {
	readonly file: string;
	readonly arguments: readonly string[];
	/** Variables that it has beside those of this process. */
	readonly environment?: Readonly<Record<string, string>>;
}

/** A subject in a process of its own: asked for one round at a time, answers on a line. */
export class SubjectProcess {
	readonly #process: ChildProcessWithoutNullStreams;
	readonly #lines: AsyncIterator<string>;
	#complaints = '';

	private constructor(launch: Launch) {
		this.#process = spawn(launch.file, launch.arguments, {
			stdio: 'pipe',
			windowsHide: true,
			env: { ...process.env, ...launch.environment },
		});
		this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
			this.#complaints = (this.#complaints + text).slice(-2_000);
		});
		// A process that died is noticed where its answer is missing.
		this.#process.on('error', (error) => {
			this.#complaints = error.message;
		});
		this.#process.stdin.on('error', () => {});
		this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
	}

	/** Starts it, and waits until it says what runs it. */
	static async start(launch: Launch): Promise<{ process: SubjectProcess; runtime: string }> {
		const started = new SubjectProcess(launch);
		try {
			const { runtime } = parseReady(await started.#answer());
			return { process: started, runtime };
		} catch (error) {
			started.stop();
			throw error;
		}
	}

	/** Runs one round. Throws a {@link SubjectError} where the subject fails, dies or hangs. */
	async run(round: RoundCommand): Promise<RoundAnswer> {
		this.#process.stdin.write(`${formatRound(round)}\n`);
		return parseRound(await this.#answer());
	}

	/** Ends it. */
	stop(): void {
		this.#process.stdin.end('quit\n');
		// One that does not listen any more is ended by the signal.
		setTimeout(() => this.#process.kill('SIGKILL'), 2_000).unref();
	}

	async #answer(): Promise<string> {
		let timer: NodeJS.Timeout | undefined;
		const timeout = new Promise<never>((_, reject) => {
			timer = setTimeout(() => reject(new SubjectError(`no answer in ${PATIENCE_MS / 60_000} minutes`)), PATIENCE_MS);
		});
		try {
			const { value, done } = await Promise.race([this.#lines.next(), timeout]);
			if (done === true) throw new SubjectError(this.#obituary());
			return value;
		} finally {
			clearTimeout(timer);
		}
	}

	#obituary(): string {
		const lastWords = this.#complaints.trim().split('\n').slice(-3).join(' / ');
		return `the process ended without an answer${lastWords === '' ? '' : `: ${lastWords}`}`;
	}
}
