import {
	ArgumentError,
	HandleError,
	type Infer,
	internals,
	type LiveView,
	type Struct,
	StructError,
	type Values,
} from '@flux/core';
import { isSharedBuffer, isWebAssemblyMemory } from '../common/shared-block.js';
import type { Columns } from '../list/list.js';
import type { ColumnsToFill } from '../queue/columns-to-fill.js';
import {
	MOST_SEATS,
	makeSharedQueueMemory,
	nameOf,
	openSharedQueueMemory,
	type SharedQueueMemory,
	type SharedQueuePlan,
	type WhenFull,
} from './layout.js';
import type { Retirement } from './queue-end.js';
import { type SharedQueueClass, type SharedQueueHandle, sharedQueueClass } from './shared-queue-class.js';
import type { AsyncWaitOptions, WaitOptions } from './wait.js';

export type { Retirement } from './queue-end.js';
export type { SharedQueueHandle } from './shared-queue-class.js';
export type { AsyncWaitOptions, WaitOptions } from './wait.js';

/** Options of a queue between threads. */
export interface SharedQueueOptions {
	/** The most records that it holds; from 1 to 2^26. Its memory is taken at once. */
	capacity: number;
	/**
	 * How many threads push. One producer and one consumer share the fastest ring.
	 *
	 * @defaultValue 1
	 */
	producers?: number;
	/**
	 * How many threads pop. Each record goes to one of them.
	 *
	 * @defaultValue 1
	 */
	consumers?: number;
	/**
	 * What `push` does to a full queue: `wait` until there is room; `refuse`, which throws {@link FullError}; `drop` the new
	 * record, and count it in `dropped`; or `overwrite`: the oldest record gives way, and is counted there.
	 *
	 * @defaultValue 'wait'
	 */
	whenFull?: 'wait' | 'refuse' | 'drop' | 'overwrite';
	/**
	 * Numbers out of a field's range throw instead of wrapping, in this thread.
	 *
	 * @defaultValue false
	 */
	checked?: boolean;
}

/**
 * A FIFO queue of records between threads, in shared memory: no `postMessage`, no copy of an object graph, no garbage.
 * Made by `FluxQueue.shared`, and by `FluxQueue.attach` in the other threads.
 *
 * **Threads.** As many producers and consumers as were declared, in workers, Web Workers of a cross-origin isolated page,
 * and the main thread. A thread becomes producer at its first push and consumer at its first pop. An attachment serves one
 * thread.
 *
 * **Algorithms.** One producer and one consumer: a ring with two positions, each cached by the other side, of which the consumer
 * stores its own atomically every 64 records. Otherwise a ring
 * whose slots carry a state and the name of whoever has claimed them. Neither has a lock, so none can be left locked.
 *
 * **Waiting.** `push`, `pop` and `wait` look for some microseconds and then put the thread to sleep; nothing polls. The
 * main thread of a page must not sleep: use `pushAsync`, `popAsync` and `for await` there, which let the event loop go on.
 *
 * **Closing.** After `close()` pushes throw {@link ClosedError}; consumers still get the backlog, and then `undefined` from
 * `pop` and the end of `for await`. Close it when the producers are done: a push that runs at the same time is either
 * refused or delivered, but in a queue of one producer and one consumer that somebody else closes, it may stay behind.
 *
 * **Death.** A thread that is killed holds no lock, but perhaps claims. Tell the queue by `watch` or `retire`: its places are
 * skipped, what it was looking at counts as `lost` and is given to nobody else, and its seats are free for another thread.
 * Calls that would wait for a side of which nobody is left throw {@link PeerDiedError}.
 *
 * @example
 * ```ts
 * import { Worker } from 'node:worker_threads';
 * import { struct, u32, f64 } from '@flux/core';
 * import { FluxQueue } from '@flux/containers';
 *
 * const Tick = struct({ id: u32, price: f64 });
 * const feed = FluxQueue.shared(Tick, { capacity: 65_536 });
 * const start = (worker: Worker) => worker.postMessage(feed.share());
 * feed.push({ id: 1, price: 99.5 });
 * feed.emplace(2, 100.25); // the fields in order
 * feed.close();
 * // In the worker: for await (const tick of FluxQueue.attach(Tick, handle)) console.log(tick);
 * ```
 */
export interface SharedFluxQueue<S extends Struct = Struct> extends AsyncIterable<Infer<S>>, Disposable {
	// State -------------------------------------------------------------------------------------------------------------

	/** How many records: exact while nobody pushes or pops, else of a moment that has passed. O(1). */
	readonly size: number;
	/** Whether there is no record, of that moment. O(1). */
	readonly empty: boolean;
	/** The most records that it holds. */
	readonly capacity: number;
	/** How many threads may push. */
	readonly producers: number;
	/** How many threads may pop. */
	readonly consumers: number;
	/** What `push` does when the queue is full. */
	readonly whenFull: 'wait' | 'refuse' | 'drop' | 'overwrite';
	/** Whether it was closed; there may be a backlog. */
	readonly closed: boolean;
	/** Records that dead consumers had claimed, so far, modulo 2^32. */
	readonly lost: number;
	/** Places that dead producers had claimed, so far, modulo 2^32. */
	readonly abandoned: number;
	/** Records that a full queue did not take or that gave way, so far, modulo 2^32. */
	readonly dropped: number;

	// Pushing -----------------------------------------------------------------------------------------------------------

	/**
	 * Adds a record if there is room; returns whether. O(1), no garbage, never waits.
	 *
	 * @throws {@link RecordError} when a field is missing, of another type or does not fit; {@link ClosedError};
	 *   {@link SeatError} when as many threads push already as were declared; {@link DisposedError}.
	 */
	tryPush(record: Infer<S>): boolean;
	/**
	 * Adds a record; when the queue is full, does what `whenFull` says. O(1), no garbage unless it waits.
	 *
	 * @throws as `tryPush`; {@link FullError} by `whenFull: 'refuse'`; {@link TimeoutError}; {@link PeerDiedError} when it would
	 *   wait and no consumer is left; {@link WaitError} when it would block the main thread of a page.
	 */
	push(record: Infer<S>, options?: WaitOptions): void;
	/** `push` that waits without blocking the thread. The record is read at once. Rejects with what `push` throws. */
	pushAsync(record: Infer<S>, options?: AsyncWaitOptions): Promise<void>;
	/** `tryPush` of the fields in the order of declaration: the fastest way. */
	tryEmplace(...values: Values<S>): boolean;
	/** `push` of the fields in the order of declaration. Throws as `push`. */
	emplace(...values: Values<S>): void;
	/**
	 * Adds records from columns, an array or typed array for each field, and waits as often as it must. All are checked before
	 * the first is pushed; other producers' records may come between them. O(records x fields). Returns how many were
	 * pushed: all, unless the queue drops.
	 *
	 * @throws as `push`; those that had room stay pushed then. {@link ArgumentError} when columns differ in length.
	 */
	pushMany(columns: Columns<S>, options?: WaitOptions): number;
	/**
	 * Adds records that stand side by side in memory as C lays them out: `struct.size` bytes each, its fields at
	 * `struct.offsets`. Any view of the bytes will do. They are copied as they are, in one piece where producer and consumer are
	 * one each: the fastest way. O(bytes), no garbage, or a view for a batch that is parted.
	 *
	 * @throws as `push`; {@link ArgumentError} for bytes that are no whole records.
	 * @example
	 * ```ts
	 * import { struct, u32, f64 } from '@flux/core';
	 * import { FluxQueue } from '@flux/containers';
	 *
	 * const Tick = struct({ id: u32, price: f64 });
	 * const feed = FluxQueue.shared(Tick, { capacity: 8 });
	 * const ticks = new Float64Array((2 * Tick.size) / 8);
	 * const words = new Uint32Array(ticks.buffer);
	 * for (let row = 0; row < 2; row++) {
	 *   words[(row * Tick.size + Tick.offsets.id) / 4] = row + 1;
	 *   ticks[(row * Tick.size + Tick.offsets.price) / 8] = 99.5 + row;
	 * }
	 * feed.pushMany(ticks);
	 * console.log(feed.popMany(2)); // [ { id: 1, price: 99.5 }, { id: 2, price: 100.5 } ]
	 * ```
	 */
	pushMany(records: ArrayBufferView, options?: WaitOptions): number;
	/** Adds as many of the rows behind row `from` as there is room for; returns how many. O(rows x fields). Never waits. Throws as `tryPush`. */
	tryPushMany(columns: Columns<S>, from?: number): number;
	/** The same for records side by side, see `pushMany`. O(bytes). Throws as `tryPush`; {@link ArgumentError}. */
	tryPushMany(records: ArrayBufferView, from?: number): number;
	/**
	 * Claims the next place and returns a live view of it, zeroed, to be filled by name: O(1), no copy, no garbage. The record is
	 * there for others from `commit()` on. Returns undefined when the queue is full.
	 *
	 * The view is one that moves along with the claims of this attachment, and throws {@link StaleViewError} between them. Other
	 * producers go on; consumers wait at a claimed place.
	 *
	 * @throws {@link ClaimError} when a claim is open; else as `tryPush`.
	 * @example
	 * ```ts
	 * import { struct, u32, f64 } from '@flux/core';
	 * import { FluxQueue } from '@flux/containers';
	 *
	 * const feed = FluxQueue.shared(struct({ id: u32, price: f64 }), { capacity: 8 });
	 * const tick = feed.claim();
	 * if (tick !== undefined) {
	 *   tick.id = 7;
	 *   tick.price = 99.5;
	 *   feed.commit();
	 * }
	 * console.log(feed.tryPop()); // { id: 7, price: 99.5 }
	 * ```
	 */
	claim(): LiveView<S> | undefined;
	/** Publishes the record of `claim()`. O(1). Throws {@link ClaimError}; {@link RetiredError} when this thread was declared dead. */
	commit(): void;
	/**
	 * Gives the place of `claim()` back. O(1). With several producers it counts as a record until a consumer comes by and skips
	 * it. Throws {@link ClaimError}.
	 */
	abort(): void;

	// Popping -----------------------------------------------------------------------------------------------------------

	/** Removes the oldest record and returns a copy; undefined when there is none. O(1), never waits. Throws {@link SeatError}, {@link DisposedError}. */
	tryPop(): Infer<S> | undefined;
	/**
	 * Removes the oldest record and returns a copy; waits for one. O(fields). Returns undefined once the queue is closed and has no more.
	 *
	 * @throws as `tryPop`; {@link TimeoutError}; {@link PeerDiedError} when it would wait and no producer is left; {@link WaitError}.
	 */
	pop(options?: WaitOptions): Infer<S> | undefined;
	/** `pop` that waits without blocking the thread. O(fields). Rejects with what `pop` throws. */
	popAsync(options?: AsyncWaitOptions): Promise<Infer<S> | undefined>;
	/** Removes up to `count` records that are there and returns copies, oldest first. O(count). Never waits. */
	popMany(count: number): Infer<S>[];
	/** Moves records that are there into columns, as many as fit; returns how many. O(records x fields), no garbage. Never waits. */
	popMany(columns: ColumnsToFill<S>): number;
	/**
	 * Moves records that are there into memory, side by side as C lays them out, as many as have room; returns how many. O(bytes), a
	 * view for each run of them. Never waits. Throws {@link ArgumentError} for room that is not of whole records.
	 */
	popMany(records: ArrayBufferView): number;
	/**
	 * Calls back with a live view of each record that is there, oldest first, and removes it; returns how many. O(records), no
	 * copy, no garbage, never waits. A record whose callback throws has left the queue.
	 *
	 * The callback must not pop from the same attachment ({@link ClaimError}); it may push.
	 */
	drain(callback: (view: LiveView<S>) => void, most?: number): number;
	/** Takes the oldest record and returns a live view of it, valid until `release()`; undefined when there is none. O(1), no copy, no garbage. */
	take(): LiveView<S> | undefined;
	/** Gives the place of the record of `take()` back. O(1). Throws {@link ClaimError}; {@link RetiredError}. */
	release(): void;
	/**
	 * Waits until there is a record: true; or the queue is closed and has no more: false. With several consumers another may be
	 * faster. O(1) besides the waiting. Throws as `pop`.
	 *
	 * @example
	 * ```ts
	 * import { struct, u32 } from '@flux/core';
	 * import { FluxQueue } from '@flux/containers';
	 *
	 * const feed = FluxQueue.shared(struct({ id: u32 }), { capacity: 8 });
	 * feed.push({ id: 1 });
	 * feed.close();
	 * while (feed.wait()) feed.drain((tick) => console.log(tick.id)); // 1
	 * ```
	 */
	wait(options?: WaitOptions): boolean;
	/** `wait` that does not block the thread. */
	waitAsync(options?: AsyncWaitOptions): Promise<boolean>;
	/**
	 * Copies, until the queue is closed and has no more. O(fields) a record. The event loop goes on between waits, and every 1,024 records. A
	 * record that was yielded has left the queue. Rejects as `pop` throws.
	 */
	[Symbol.asyncIterator](): AsyncIterableIterator<Infer<S>>;
	/**
	 * The same with options: `signal` ends it, and `timeout` is how long it waits for each record. O(fields) a record. What was not
	 * yielded stays in the queue. Rejects as `popAsync`.
	 *
	 * @throws {@link ArgumentError} for options that there are not.
	 * @example
	 * ```ts
	 * import { struct, u32 } from '@flux/core';
	 * import { FluxQueue } from '@flux/containers';
	 *
	 * const feed = FluxQueue.shared(struct({ id: u32 }), { capacity: 8 });
	 * const stop = new AbortController();
	 * for (let id = 1; id <= 3; id++) feed.push({ id });
	 * try {
	 *   for await (const { id } of feed.values({ signal: stop.signal })) if (id === 2) stop.abort();
	 * } catch (error) {
	 *   console.log(stop.signal.aborted, feed.size); // true 1
	 * }
	 * ```
	 */
	values(options?: AsyncWaitOptions): AsyncIterableIterator<Infer<S>>;

	// Threads -----------------------------------------------------------------------------------------------------------

	/** No more pushes, from any thread; whoever waits is woken. O(1). Closing twice does nothing. */
	close(): void;
	/** A handle for one other attachment. O(1). */
	share(): SharedQueueHandle;
	/**
	 * Retires the attachment of `handle` when `worker` has ended, however it did. O(1). For workers of `node:worker_threads`, Bun and
	 * others that emit `exit`. A worker that is done calls `dispose()` before it ends: one that does not counts as dead.
	 *
	 * @throws {@link ArgumentError} for a worker that announces no end, as those of browsers, or a handle of another queue.
	 */
	watch(worker: { once(event: 'exit', listener: () => void): unknown }, handle: SharedQueueHandle): this;
	/**
	 * Says that the thread which attached by `handle` has ended: frees its seats, skips the places that it had claimed and gives
	 * up the records that it was looking at. O(capacity). Doing it twice does nothing more.
	 *
	 * It must have ended: a thread that goes on throws {@link RetiredError} as soon as it notices.
	 */
	retire(handle: SharedQueueHandle): Retirement;
	/**
	 * Leaves the queue: frees this attachment's seats and ends its claims. O(1). The queue goes on for the others; what waits in this
	 * thread's event loop is rejected with {@link DisposedError}.
	 */
	dispose(): void;
	/** What the queue is, without its records: those are another thread's to take. O(1). For `JSON.stringify`. Throws {@link DisposedError}. */
	toJSON(): object;
	/** `dispose()`, for `using`. */
	[Symbol.dispose](): void;
	/** Checks every invariant, in a moment in which nobody pushes or pops. O(capacity). Throws {@link CorruptionError}. For tests. */
	validate(): void;
}

const MOST_RECORDS = 2 ** 26;

/** Makes a queue between threads, `broadcasts`: one of which every consumer gets every record; `first` is the position of its first. */
export function makeSharedQueue(struct: Struct, options: SharedQueueOptions, first = 0, broadcasts = false): object {
	checkStruct(struct, broadcasts ? 'FluxQueue.broadcast' : 'FluxQueue.shared');
	const { checked, ...plan } = readSharedOptions(options, broadcasts);
	// The maker is the first member; share() counts on from there.
	return open(struct, makeSharedQueueMemory(struct, plan, first), plan, checked, 1);
}

/** Attaches to a queue by a handle. */
export function attachSharedQueue(struct: Struct, handle: unknown, options?: { readonly checked?: boolean }): object {
	checkStruct(struct, 'FluxQueue.attach');
	const { kind, memory, block, member } = (handle ?? {}) as Partial<SharedQueueHandle>;
	const refuse = (): never => {
		throw new HandleError(
			'foreign',
			`FluxQueue.attach was given ${internals.describe(handle)}; pass what share() of a SharedFluxQueue returned`,
		);
	};
	const buffer = block === undefined ? memory : isWebAssemblyMemory(block) && block.buffer;
	if (!isSharedBuffer(buffer) || typeof member !== 'number' || !Number.isInteger(member)) return refuse();
	const plan = openSharedQueueMemory(struct, buffer);
	if (kind !== nameOf(plan)) return refuse();
	return open(struct, { buffer, block }, plan, readChecked(options), member);
}

function open(struct: Struct, memory: SharedQueueMemory, plan: SharedQueuePlan, checked: boolean, member: number) {
	const SharedQueue: SharedQueueClass = sharedQueueClass(struct, plan, checked);
	return new SharedQueue(memory, member, plan);
}

function checkStruct(struct: unknown, call: string): void {
	if (!internals.isStruct(struct))
		throw new StructError(
			`${call} was given ${internals.describe(struct)} for its struct; pass what struct() returned`,
		);
}

const OPTIONS = ['capacity', 'producers', 'consumers', 'whenFull', 'checked'];
const POLICIES: readonly unknown[] = ['wait', 'refuse', 'drop', 'overwrite'];

function readSharedOptions(
	options: SharedQueueOptions,
	broadcasts: boolean,
): SharedQueuePlan & { readonly checked: boolean } {
	if (typeof options !== 'object' || options === null)
		throw new ArgumentError(
			`the options are ${internals.describe(options)}; pass an object such as { capacity: 1024 }`,
		);
	for (const name of Object.keys(options)) {
		if (!OPTIONS.includes(name))
			throw new ArgumentError(`the option ${name} is unknown; the options are ${OPTIONS.join(', ')}`);
	}
	// How many threads shall see every record is a question that must be answered.
	const { capacity, producers = 1, consumers = broadcasts ? undefined : 1, whenFull = 'wait' } = options;
	checkWithin('capacity', capacity, MOST_RECORDS);
	checkWithin('producers', producers, MOST_SEATS - 1);
	checkWithin('consumers', consumers, MOST_SEATS - 1);
	if (producers + consumers > MOST_SEATS)
		throw new ArgumentError(
			`${producers} producers and ${consumers} consumers are more than ${MOST_SEATS}; declare fewer`,
		);
	if (!POLICIES.includes(whenFull))
		throw new ArgumentError(
			`whenFull is ${internals.describe(whenFull)}; pass ${POLICIES.map((name) => `'${name}'`).join(', ')}`,
		);
	return { capacity, producers, consumers, whenFull: whenFull as WhenFull, broadcasts, checked: readChecked(options) };
}

function readChecked(options: { readonly checked?: unknown } | undefined): boolean {
	const checked = options?.checked ?? false;
	if (typeof checked !== 'boolean')
		throw new ArgumentError(`checked is ${internals.describe(checked)}; pass true or false`);
	return checked;
}

function checkWithin(name: string, value: unknown, most: number): asserts value is number {
	if (!(Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most))
		throw new ArgumentError(`${name} is ${internals.describe(value)}; pass a whole number from 1 to ${most}`);
}
