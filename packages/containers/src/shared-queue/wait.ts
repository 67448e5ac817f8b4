import { ArgumentError, internals, TimeoutError, WaitError } from '@flux/core';
import { type Bell, park, parkAsync } from './waiting.js';

/** How long a call waits. */
export interface WaitOptions {
	/**
	 * The longest time, in milliseconds; a call that waits longer throws {@link TimeoutError}.
	 *
	 * @defaultValue none: as long as it takes
	 */
	timeout?: number | undefined;
}

/** How long a call waits that does not block its thread, and what calls it off. */
export interface AsyncWaitOptions extends WaitOptions {
	/** Calls it off: the promise is rejected with the signal's reason, and nothing was pushed or popped. */
	signal?: AbortSignal | undefined;
}

/** Calls that put their thread to sleep: it hears of no signal. */
const BLOCKING: ReadonlySet<string> = new Set(['push', 'pushMany', 'pop', 'wait']);

/** One call's wait, from its beginning. */
export class Wait {
	readonly timeout: number;
	readonly signal: AbortSignal | undefined;
	readonly #end: number;

	/** Reads a call's options. Throws ArgumentError. */
	constructor(options: unknown, call: string) {
		const { timeout = Number.POSITIVE_INFINITY, signal } = (options ?? {}) as AsyncWaitOptions;
		if (typeof options !== 'object' && options !== undefined)
			throw new ArgumentError(
				`${call} was given ${internals.describe(options)} for its options; pass an object such as { timeout: 100 }`,
			);
		if (typeof timeout !== 'number' || !(timeout >= 0))
			throw new ArgumentError(
				`timeout is ${internals.describe(timeout)}; pass milliseconds from 0, or none to wait as long as it takes`,
			);
		for (const name of Object.keys(options ?? {})) {
			if (name !== 'timeout' && name !== 'signal')
				throw new ArgumentError(`the option ${name} of ${call} is unknown; the options are timeout and signal`);
		}
		if (signal !== undefined && BLOCKING.has(call))
			throw new ArgumentError(
				`${call} blocks its thread, where no signal arrives; call ${call}Async, or pass a timeout`,
			);
		if (signal !== undefined && typeof signal?.throwIfAborted !== 'function')
			throw new ArgumentError(`signal is ${internals.describe(signal)}; pass the signal of an AbortController`);
		this.timeout = timeout;
		this.signal = signal;
		this.#end = timeout === Number.POSITIVE_INFINITY ? timeout : performance.now() + timeout;
	}

	get left(): number {
		return this.timeout === Number.POSITIVE_INFINITY ? this.timeout : Math.max(0, this.#end - performance.now());
	}
}

/** Blocks until `ready`. Throws TimeoutError, and WaitError where a thread must not block. */
export function waitAt(i32: Int32Array, bell: Bell, call: string, wait: Wait, ready: () => boolean): void {
	let inTime: boolean;
	try {
		inTime = park(i32, bell, wait.left, ready);
	} catch (error) {
		if (error instanceof TypeError) throw new WaitError(call, `call ${call}Async() there, or ${call} in a worker`);
		throw error;
	}
	if (!inTime) throw new TimeoutError(call, wait.timeout);
}

/** The same without blocking. */
export async function waitAsyncAt(
	i32: Int32Array,
	bell: Bell,
	call: string,
	wait: Wait,
	ready: () => boolean,
): Promise<void> {
	if (!(await parkAsync(i32, bell, wait.left, wait.signal, ready))) throw new TimeoutError(call, wait.timeout);
}
