/*
 * Waiting for another thread: look a while, then park on an event count.
 *
 * Who waits notes the count, raises the flag, looks again and only then sleeps, until the count has changed. Who brings
 * what is waited for writes it first, then looks at the flag; where it is up, it lowers the flag, counts, and wakes all.
 * Of a write and a look on either side at least one sees the other, because all four are sequentially consistent. The flag
 * is lowered before the count goes up: were it the other way round, a flag that a third thread raises in between would be
 * lowered without a wake-up, and that thread had noted the new count already. `waiting-protocols.test.ts` of the core tries all orders.
 *
 * Where only one thread brings it, the flag is a bit of the word that says how much there is (`two-ends-code.ts`): one
 * exchange writes that, lowers the flag and tells whether it was up.
 *
 * A flag that was raised by a thread that did not sleep after all, or died, costs one needless wake-up.
 *
 * A count wraps after 2^32 wake-ups; for a sleeper to miss that, all of them must fall between two of its instructions.
 */

/** The bit of a word of flags that says that somebody waits. */
export const WAITING = 1;

/** Where threads wait for one thing: the word that has the flag, its bit, and in the next word the count. */
export interface Bell {
	readonly word: number;
	readonly bit: number;
	/**
	 * Where what is waited for is written by a plain store: the milliseconds after which one that was done before the flag was
	 * raised is seen. Who sleeps looks again then.
	 */
	readonly grace?: number;
}

/** Wakes all who wait, where the flag was up. */
export function wake(i32: Int32Array, { word, bit }: Bell): void {
	Atomics.and(i32, word, ~bit);
	Atomics.add(i32, word + 1, 1);
	Atomics.notify(i32, word + 1);
}

/**
 * Blocks this thread until `ready`, or for `timeout` milliseconds. Returns false when the time was up. Look first: see `Look`.
 *
 * @throws TypeError where a thread must not block, as the engine words it.
 */
export function park(i32: Int32Array, bell: Bell, timeout: number, ready: () => boolean): boolean {
	const { word, bit, grace = Number.POSITIVE_INFINITY } = bell;
	const end = timeout === Number.POSITIVE_INFINITY ? timeout : performance.now() + timeout;
	for (let nap = grace; ; ) {
		const event = Atomics.load(i32, word + 1);
		Atomics.or(i32, word, bit);
		if (ready()) return true;
		const left = end - performance.now();
		if (left <= 0) return false;
		const ended = Atomics.wait(i32, word + 1, event, Math.min(left, nap));
		if (ready()) return true;
		// Woken, it raises the flag anew.
		nap = ended === 'timed-out' ? Number.POSITIVE_INFINITY : grace;
	}
}

/**
 * Resolves once `ready`, with true, or after `timeout` milliseconds, with false; rejects with the reason of the signal.
 *
 * The event loop is kept alive meanwhile: an engine does not count who waits in `Atomics.waitAsync`.
 */
export async function parkAsync(
	i32: Int32Array,
	{ word, bit, grace = Number.POSITIVE_INFINITY }: Bell,
	timeout: number,
	signal: AbortSignal | undefined,
	ready: () => boolean,
): Promise<boolean> {
	signal?.throwIfAborted();
	if (ready()) return true;
	const end = timeout === Number.POSITIVE_INFINITY ? timeout : performance.now() + timeout;
	const alive = setInterval(() => {}, LONGEST_TIMER);
	// To be raced with a wait, which cannot be called off: it is woken instead, and finds that it is over.
	let rouse = (): void => {};
	const aborted = (): void => {
		rouse();
		Atomics.notify(i32, word + 1);
	};
	signal?.addEventListener('abort', aborted);
	try {
		for (let nap = grace; ; ) {
			const event = Atomics.load(i32, word + 1);
			Atomics.or(i32, word, bit);
			if (ready()) return true;
			const left = end - performance.now();
			if (left <= 0) return false;
			const changed = await new Promise<boolean>((resolve) => {
				rouse = () => resolve(true);
				changeOf(i32, word + 1, event, Math.min(left, nap)).then(resolve);
			});
			nap = changed ? grace : Number.POSITIVE_INFINITY;
			signal?.throwIfAborted();
			if (ready()) return true;
		}
	} finally {
		clearInterval(alive);
		signal?.removeEventListener('abort', aborted);
	}
}

/** Resolves on the next turn of the event loop, in which timers and messages have had their turn. */
export function nextTurn(): Promise<void> {
	const { setImmediate } = globalThis as { readonly setImmediate?: (callback: () => void) => unknown };
	return new Promise((resolve) => {
		if (setImmediate !== undefined) setImmediate(resolve);
		else setTimeout(resolve, 0);
	});
}

const LONGEST_TIMER = 2 ** 31 - 1;

/** `Atomics.waitAsync`, which the type library of ES2022 does not know and some browsers have not. */
type WaitAsync = (
	words: Int32Array,
	index: number,
	value: number,
	timeout: number,
) => { readonly value: Promise<string> | string };

/** Resolves when a word is no longer `value` or when it was notified, with true, or after so many milliseconds, with false. */
async function changeOf(i32: Int32Array, word: number, value: number, timeout: number): Promise<boolean> {
	const { waitAsync } = Atomics as { readonly waitAsync?: WaitAsync };
	if (waitAsync !== undefined) return (await waitAsync(i32, word, value, timeout).value) !== 'timed-out';
	// Where nothing tells us, look every few milliseconds.
	const end = performance.now() + timeout;
	while (Atomics.load(i32, word) === value && performance.now() < end) {
		await new Promise((resolve) => setTimeout(resolve, Math.min(4, timeout)));
	}
	return Atomics.load(i32, word) !== value;
}
