import type { Struct } from '@flux/core';
import type { SharedFluxQueue, SharedQueueHandle } from './shared-queue.js';

/** Options of a broadcast queue. */
export interface BroadcastOptions {
	/** How many records the slowest consumer may be behind; from 1 to 2^26. The memory for them is taken at once. */
	capacity: number;
	/** How many threads pop at a time. Each of them gets every record. */
	consumers: number;
	/**
	 * How many threads push. All consumers see the records of several producers in the same order.
	 *
	 * @defaultValue 1
	 */
	producers?: number;
	/**
	 * What `push` does when the slowest consumer is `capacity` records behind: `wait` for it; `refuse`, which throws
	 * {@link FullError}; `drop` the new record, for all, and count it in `dropped`; or `overwrite`: it never waits for a
	 * consumer, and one that is left behind goes on with the last `capacity` records and finds in `missed` how many it lost.
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

/** What one thread hands to another so that it can attach to a broadcast queue. */
export interface BroadcastHandle extends SharedQueueHandle {
	readonly kind: 'BroadcastFluxQueue';
}

/**
 * A queue between threads of which every consumer gets every record, at its own pace: one ring, as many cursors as consumers,
 * and no copy per consumer. Made by `FluxQueue.broadcast`, and by `FluxQueue.attach` in the other threads.
 *
 * It is called as a {@link SharedFluxQueue} is: all that is said there of pushing, waiting, closing and threads holds. What is
 * different:
 *
 * - **Popping** moves this consumer on and nobody else. `size` and `empty` speak of what there is for it; in a thread that is
 *   no consumer, of the one that is furthest behind.
 * - **Joining.** `subscribe()` keeps a seat: its consumer gets every record that is pushed from then on, however late its
 *   thread begins. A thread that attached by `share()` begins with the records that are pushed after its first pop or wait.
 *   What is pushed while there is no consumer goes to nobody.
 * - **Death.** A consumer that was retired holds nobody up any more, and its seat is free. It has `lost` what it had not
 *   read; the others have not. A record that a dead producer had claimed is skipped by all.
 * - **Overwriting.** Consumers copy some records at a time to memory of their own and then look whether they were
 *   overwritten meanwhile, so none is torn, and a view from `take()` or `drain()` stays what it is. These copies count for
 *   nothing in `missed`: they are delivered.
 *
 * @example
 * ```ts
 * import { Worker } from 'node:worker_threads';
 * import { struct, u32, f64 } from '@flux/core';
 * import { FluxQueue } from '@flux/containers';
 *
 * const Trade = struct({ id: u32, price: f64 });
 * const trades = FluxQueue.broadcast(Trade, { capacity: 65_536, consumers: 2 });
 * const start = (worker: Worker) => {
 *   const handle = trades.subscribe();
 *   trades.watch(worker, handle).push({ id: 0, price: 0 }); // it will see this one, too
 *   worker.postMessage(handle);
 * };
 * // In the workers: for await (const trade of FluxQueue.attach(Trade, handle)) console.log(trade);
 * ```
 */
export interface BroadcastFluxQueue<S extends Struct = Struct> extends SharedFluxQueue<S> {
	/**
	 * How many records this consumer has lost so far because it was more than `capacity` behind (`whenFull: 'overwrite'`). Ask
	 * after a pop: it goes up before the record behind the gap is returned.
	 */
	readonly missed: number;
	/**
	 * Keeps a consumer's seat and returns the handle for the one thread that is to have it: it gets every record that is
	 * pushed from now on. O(consumers).
	 *
	 * The seat is taken from now on: by `wait` producers wait for its consumer. `watch` or `retire` the handle.
	 *
	 * @throws {@link SeatError} when there are as many consumers as were declared; {@link DisposedError}.
	 */
	subscribe(): BroadcastHandle;
	/** A handle for one other attachment, which pushes, or pops what is pushed after its first pop. O(1). */
	share(): BroadcastHandle;
}
