import {
	ArgumentError,
	type Heap,
	type Infer,
	internals,
	type LiveView,
	SnapshotError,
	type Struct,
	StructError,
	type Values,
} from '@flux/core';
import { readOptions } from '../common/container-options.js';
import {
	type AttachOptions,
	attach,
	type ContainerHandle,
	isFrozen,
	type ShareMode,
	type SharingOf,
	share,
	thaw,
} from '../common/sharing.js';
import type { Columns, ContainerOptions } from '../list/list.js';
import type { BroadcastFluxQueue, BroadcastHandle, BroadcastOptions } from '../shared-queue/broadcast.js';
import {
	attachSharedQueue,
	makeSharedQueue,
	type SharedFluxQueue,
	type SharedQueueHandle,
	type SharedQueueOptions,
} from '../shared-queue/shared-queue.js';
import type { ColumnsToFill } from './columns-to-fill.js';
import { frozenQueueClass, queueClass } from './queue-class.js';

export type { ColumnsToFill, ColumnToFill } from './columns-to-fill.js';

/*
 * How this queue differs from std::queue of C++23, and why:
 *
 * - Elements are records of a struct, copied in and out: `front`, `back` and iteration give plain objects, `at` and `views`
 *   live views in place of references.
 * - `pop` of an empty queue throws, where the standard leaves it undefined; `tryPop` returns the record or undefined.
 * - It can be walked, looked into by place and drained, which an adaptor in the standard does not allow.
 * - It can be bounded, and says what happens when it is full.
 * - There is no other container to adapt: segments in slab memory are what std::deque would be here.
 */

/** Options of a queue. */
export interface QueueOptions extends ContainerOptions {
	/**
	 * The most records that it takes.
	 *
	 * @defaultValue none: as many as the heap holds
	 */
	capacity?: number;
	/**
	 * What a push does to a queue that holds `capacity` records: `refuse` throws {@link FullError} (and `tryPush` returns
	 * false); `overwrite` lets the oldest record give way, and counts it in `overwritten`.
	 *
	 * @defaultValue 'refuse'
	 */
	whenFull?: 'refuse' | 'overwrite';
}

/**
 * `std::queue` over records in slab memory: first in, first out, each call O(1), no garbage and no pause.
 *
 * **When to use it.** For records on their way from one part of a program to another: events, orders, messages, work. It
 * grows without ever moving a record, so no push takes longer because many came before it, and a queue of ten million
 * records costs the garbage collector nothing. To take records out of the middle use a `FluxList`.
 *
 * **Capacity.** Unbounded, or bounded with a stated policy, see {@link QueueOptions}.
 *
 * **Memory.** Records lie side by side in segments of 4 KiB, which all queues of a heap share whatever their records. A
 * drained segment goes to the next push that needs one; a queue that was drained keeps one, `clear` and `shrinkToFit` none.
 *
 * **Safety.** A view is checked at each access, and throws once its record has left the queue, whoever has its place now.
 * `checked: true` adds the ranges of fields. A call that throws has changed nothing.
 *
 * Semantics: ISO C++23, [queue].
 *
 * @example
 * ```ts
 * import { struct, u32, f64, char } from '@flux/core';
 * import { FluxQueue } from '@flux/containers';
 *
 * const Order = struct({ id: u32, price: f64, symbol: char(8) });
 * const queue = new FluxQueue(Order);
 * queue.push({ id: 1, price: 99.5, symbol: 'AAPL' });
 * queue.emplace(2, 101, 'MSFT');
 * console.log(queue.front.id, queue.size); // 1 2
 * queue.pop();
 * console.log(queue.tryPop()); // { id: 2, price: 101, symbol: 'MSFT' }
 * ```
 */
export interface FluxQueue<S extends Struct = Struct> extends Iterable<Infer<S>>, Disposable {
	// Capacity ---------------------------------------------------------------------------------------------------------

	/** How many records. O(1). `std::queue::size`. */
	readonly size: number;
	/** Whether there is no record. O(1). `std::queue::empty`. */
	readonly empty: boolean;
	/** The most records that it takes; Infinity without a bound. O(1). */
	readonly capacity: number;
	/** Whether it holds as many records as it takes. O(1). */
	readonly full: boolean;
	/** What a push does when the queue is full. */
	readonly whenFull: 'refuse' | 'overwrite';
	/** How many records gave way to newer ones in a full queue, modulo 2^32. O(1). */
	readonly overwritten: number;
	/** The heap that segments come from. */
	readonly heap: Heap;
	/**
	 * Makes sure that the queue can grow to `count` records without the arena being asked. O(count). The room is the heap's:
	 * other queues can use it.
	 *
	 * @throws {@link ArgumentError} unless `count` is a whole number from 0; {@link OutOfMemoryError} when the arena cannot hold it.
	 */
	reserve(count: number): void;
	/** Gives segments that no queue uses back to the arena; returns how many bytes that were. O(free segments). */
	shrinkToFit(): number;

	// Adding ------------------------------------------------------------------------------------------------------------

	/**
	 * Adds a record at the end. O(1), no garbage: the object is read at once and not kept.
	 *
	 * @throws {@link RecordError} when a field is missing, of another type or does not fit; {@link FullError} when a bounded
	 *   queue refuses; {@link OutOfMemoryError}.
	 */
	push(record: Infer<S>): void;
	/** `push`, but false where a bounded queue refuses. O(1). Throws {@link RecordError}, {@link OutOfMemoryError}. */
	tryPush(record: Infer<S>): boolean;
	/** Adds a zeroed record and returns a live view of it, to be filled by name. O(1). Throws as `push`. `std::queue::emplace`. */
	emplace(): LiveView<S>;
	/** Adds a record given by its fields in the order of declaration. O(1), no garbage: the fastest way. Throws as `push`. */
	emplace(...values: Values<S>): void;
	/**
	 * Adds the records of an iterable. O(records), and memory for a second copy of them meanwhile. When the iterable throws,
	 * yields what is no record, or has more than there is room for, nothing is added. `std::queue::push_range`.
	 *
	 * @throws as `push`; {@link ArgumentError} for what is no iterable.
	 */
	pushRange(records: Iterable<Infer<S>>): void;
	/**
	 * Adds records from columns, an array or typed array for each field. O(records x fields), no garbage for typed arrays. All
	 * is checked before anything is added.
	 *
	 * @throws as `push`; {@link ArgumentError} when columns differ in length.
	 */
	pushMany(columns: Columns<S>): void;
	/** Adds copies of the records of another queue of the struct, perhaps of another heap. O(records). Throws as `push`. */
	copyFrom(other: FluxQueue<S>): void;

	// Looking -----------------------------------------------------------------------------------------------------------

	/** A copy of the oldest record. O(fields). Throws {@link EmptyError}. `std::queue::front`. */
	readonly front: Infer<S>;
	/** A copy of the newest record. O(fields). Throws {@link EmptyError}. `std::queue::back`. */
	readonly back: Infer<S>;
	/** A copy of the record `place` places behind the oldest, or undefined where there is none. O(place / records per segment). */
	peek(place?: number): Infer<S> | undefined;
	/**
	 * A live view of the record `place` places behind the oldest. O(place / records per segment). It stays with that record, and
	 * each access throws {@link StaleViewError} once the record has left the queue.
	 *
	 * Pass a view that an earlier `at` returned to move that one instead of making another.
	 *
	 * @throws {@link ArgumentError} where there is no such record.
	 */
	at(place: number, view?: LiveView<S>): LiveView<S>;

	// Taking ------------------------------------------------------------------------------------------------------------

	/** Removes the oldest record. O(1). Throws {@link EmptyError}. `std::queue::pop`. */
	pop(): void;
	/** Removes the oldest record and returns a copy of it; undefined when empty. O(fields). */
	tryPop(): Infer<S> | undefined;
	/** Removes up to `count` records and returns copies of them, oldest first. O(count). */
	popMany(count: number): Infer<S>[];
	/**
	 * Moves as many records as there are, and as the columns are long, from the front into columns; returns how many. O(records
	 * x fields), no garbage.
	 *
	 * @throws {@link ArgumentError} when columns differ in length; {@link RecordError} for a missing one. Nothing is removed then.
	 * @example
	 * ```ts
	 * import { struct, u32, f64 } from '@flux/core';
	 * import { FluxQueue } from '@flux/containers';
	 *
	 * const ticks = new FluxQueue(struct({ time: u32, price: f64 }), [{ time: 1, price: 99.5 }]);
	 * const batch = { time: new Uint32Array(64), price: new Float64Array(64) };
	 * console.log(ticks.popMany(batch), batch.price[0]); // 1 99.5
	 * ```
	 */
	popMany(columns: ColumnsToFill<S>): number;
	/**
	 * Calls back for each record, oldest first, and removes it; until the queue is empty, or `most` times. Returns how often.
	 * O(records), no garbage: the view is one that moves along and ends with the call.
	 *
	 * The record leaves when the callback returns: one whose callback throws is still at the front. What the callback pushes is
	 * drained too; what it pops is not drained again.
	 */
	drain(callback: (view: LiveView<S>) => void, most?: number): number;
	/** Removes all records in O(1), whatever their number: the segments go back to the pool as they are. */
	clear(): void;

	// Walking -----------------------------------------------------------------------------------------------------------

	/**
	 * Copies, oldest first, O(fields) a step; nothing is removed. Inside a walk records may be pushed, which it visits, and popped: where its own
	 * place is gone it goes on at the front. After `clear`, `swap` or `dispose` the next step throws {@link WalkError}.
	 */
	[Symbol.iterator](): IterableIterator<Infer<S>>;
	/** Copies, oldest first. O(fields) a step. */
	values(): IterableIterator<Infer<S>>;
	/**
	 * One live view, moved along: a walk without garbage, O(1) a step. Do not keep it: after the walk each access to it throws
	 * {@link StaleViewError}. It is not checked while the walk goes on.
	 */
	views(): IterableIterator<LiveView<S>>;
	/** Copies in an array. O(n). */
	toArray(): Infer<S>[];
	/** `toArray()` with bigints as text, for `JSON.stringify`. */
	toJSON(): unknown[];

	// Whole queues ------------------------------------------------------------------------------------------------------

	/** Whether both queues have equal records in the same order. O(n). `operator==`. */
	equals(other: FluxQueue<S>): boolean;
	/** Lexicographic order of two queues: below 0, 0 or above 0 (NaN where a field is). O(n). `operator<=>`. */
	compare(other: FluxQueue<S>): number;
	/** Exchanges all records, and the bounds, with a queue of the same heap, struct and mode. O(1). Throws {@link HeapMismatchError}. `std::queue::swap`. */
	swap(other: FluxQueue<S>): void;
	/** A new queue of the same heap with the same records and bound. O(n). */
	clone(): FluxQueue<S>;
	/**
	 * All records and the bound as bytes, to be made a queue again by {@link FluxQueueConstructor.restore}. O(size). Equal queues
	 * with equal bounds have equal snapshots, whatever went through them. The guide on snapshots documents the format.
	 */
	snapshot(): Uint8Array<ArrayBuffer>;
	// Threads -----------------------------------------------------------------------------------------------------------

	/**
	 * Hands the queue to another thread, or shows it to others: returns a handle of a few numbers, to be posted there, for
	 * {@link FluxQueueConstructor.attach}. No record is copied. O(1); once O(size) where records came in from an iterable
	 * or another container. Requires a heap over a shared arena.
	 *
	 * `'move'`: this queue is unusable from now on, and whoever attaches the handle first has it, to change it and to dispose
	 * of it. `'read'`: nobody changes it, this thread neither, until every thread that attached it has disposed of it and
	 * {@link FluxQueue.thaw} was called here; a view that was taken before must not be written to.
	 *
	 * @throws {@link NotSharedError} on a heap that is not shared; {@link FrozenError} for a move of one that is read;
	 * {@link MovedError}, {@link DisposedError}, {@link ArgumentError}.
	 */
	share(mode: ShareMode): ContainerHandle<'FluxQueue'>;
	/**
	 * Ends the sharing for reading by the thread that shared it: it can be changed again, and the handle leads nowhere. Does
	 * nothing where it is not shared. O(1). Throws {@link FrozenError} while other threads have it attached.
	 */
	thaw(): void;
	/** Whether it is shared for reading, here or by another thread. O(1). */
	readonly frozen: boolean;
	// Life --------------------------------------------------------------------------------------------------------------

	/**
	 * Gives all segments back to the pool, O(1) whatever their number. Later calls throw {@link DisposedError}; a second
	 * `dispose` does nothing. A queue that is dropped gives them back too, once it is collected and the event loop turns.
	 */
	dispose(): void;
	/** `dispose()`, for `using`. */
	[Symbol.dispose](): void;
	/** Checks every invariant of the queue, its pool and its arena. O(capacity of the heap). Throws {@link CorruptionError}. For tests. */
	validate(): void;
}

/** The constructor of {@link FluxQueue}. */
export interface FluxQueueConstructor {
	/**
	 * An empty queue. O(1), takes no segment yet; the first queue of a struct generates its code, a few milliseconds.
	 *
	 * @throws {@link StructError} when `struct` is none; {@link ArgumentError} for an option out of its range.
	 */
	new <S extends Struct>(struct: S, options?: QueueOptions): FluxQueue<S>;
	/** A queue of the records of an iterable. O(n). */
	new <S extends Struct>(struct: S, source: Iterable<Infer<S>>, options?: QueueOptions): FluxQueue<S>;
	/**
	 * A new queue with the records of a snapshot, in order. O(bytes). The bytes are checked to the last bit before anything is
	 * made, and are not kept. Its bound is that of the snapshot where the options name none.
	 *
	 * @throws {@link SnapshotError} when `bytes` are no whole snapshot of a queue of this struct; its `problem` says why.
	 * @throws {@link FullError} where the options bound it to fewer records; {@link OutOfMemoryError}, {@link ArgumentError},
	 *   {@link StructError}.
	 */
	restore<S extends Struct>(struct: S, bytes: Uint8Array, options?: QueueOptions): FluxQueue<S>;
	/**
	 * A new queue between threads, in shared memory of its own. O(capacity).
	 *
	 * @throws {@link StructError}; {@link ArgumentError} for an option out of its range; RangeError when there is no memory.
	 */
	shared<S extends Struct>(struct: S, options: SharedQueueOptions): SharedFluxQueue<S>;
	/**
	 * A new queue between threads of which every consumer gets every record, at its own pace, in shared memory of its own.
	 * O(capacity). Throws as `shared`.
	 */
	broadcast<S extends Struct>(struct: S, options: BroadcastOptions): BroadcastFluxQueue<S>;
	/**
	 * The queue that another thread shared by {@link FluxQueue.share}, with all its records where they are. O(1). In checked mode
	 * where it was. `options.heap`: this thread's heap over the same arena.
	 *
	 * @throws {@link HandleError} for what is no handle of such a queue, and for one that was taken; {@link OwnerDiedError}
	 * where what it led to ended with its thread; {@link NotSharedError}, {@link ArgumentError}, {@link StructError}.
	 */
	attach<S extends Struct>(struct: S, handle: ContainerHandle<'FluxQueue'>, options: AttachOptions): FluxQueue<S>;
	/**
	 * Attaches this thread to a queue that another one made. O(1), and the first queue of a struct in a thread generates its
	 * code.
	 *
	 * @throws {@link HandleError} when the handle is none, or the queue holds records of another struct or was made by another
	 *   version of the library; {@link StructError}.
	 */
	attach<S extends Struct>(struct: S, handle: BroadcastHandle, options?: { checked?: boolean }): BroadcastFluxQueue<S>;
	/** Attaches this thread to a queue that another one made, whichever it is. O(1). As above. */
	attach<S extends Struct>(struct: S, handle: SharedQueueHandle, options?: { checked?: boolean }): SharedFluxQueue<S>;
	/** What all queues inherit from. */
	readonly prototype: FluxQueue;
}

class AnyFluxQueue {
	constructor(struct: Struct, sourceOrOptions?: Iterable<unknown> | QueueOptions, lastOptions?: QueueOptions) {
		if (new.target !== AnyFluxQueue) {
			throw new ArgumentError(
				'FluxQueue was extended, and each struct has a class of its own; hold a queue in a field instead',
			);
		}
		checkStruct(struct);
		const hasSource =
			typeof sourceOrOptions === 'object' && sourceOrOptions !== null && Symbol.iterator in sourceOrOptions;
		const {
			heap,
			checked,
			capacity = 0,
			overwrites = false,
		} = readQueueOptions(hasSource ? lastOptions : (sourceOrOptions as QueueOptions | undefined));
		const queue = new (queueClass(struct, checked, heap, AnyFluxQueue.prototype))(heap, capacity, overwrites);
		try {
			if (hasSource) for (const record of sourceOrOptions as Iterable<unknown>) queue.push(record);
		} catch (error) {
			queue.dispose();
			throw error;
		}
		// biome-ignore lint/correctness/noConstructorReturn: the class of this struct's queues stands in for the one that was called
		return queue as unknown as AnyFluxQueue;
	}

	static restore(struct: Struct, bytes: Uint8Array, options?: QueueOptions): object {
		checkStruct(struct);
		const { heap, checked, ...bound } = readQueueOptions(options);
		const snapshot = internals.openSnapshot('FluxQueue', struct, bytes);
		const saved = savedBound(snapshot);
		const { capacity, overwrites } = bound.capacity === undefined ? saved : { overwrites: false, ...bound };
		const queue = new (queueClass(struct, checked, heap, AnyFluxQueue.prototype))(heap, capacity ?? 0, overwrites);
		try {
			queue.pushSnapshot(snapshot);
		} catch (error) {
			queue.dispose();
			throw error;
		}
		return queue;
	}

	static shared(struct: Struct, options: SharedQueueOptions): object {
		return makeSharedQueue(struct, options);
	}

	static broadcast(struct: Struct, options: BroadcastOptions): object {
		return makeSharedQueue(struct, options, 0, true);
	}

	static attach(
		struct: Struct,
		handle: ContainerHandle | SharedQueueHandle,
		options: AttachOptions & { checked?: boolean },
	): object {
		if (typeof handle !== 'object' || handle === null || !('flux' in handle))
			return attachSharedQueue(struct, handle, options);
		checkStruct(struct);
		return attach(handle, 'FluxQueue', struct.signature, options, (heap, taken) => {
			const reads = taken.mode === 'read';
			const pick = reads ? frozenQueueClass : queueClass;
			const Queue = pick(struct, taken.checked, heap, AnyFluxQueue.prototype);
			const nodes = heap.adoptPool('segments of another thread', taken.pool, reads);
			return new Queue(heap, 0, false, { nodes, header: taken.header, index: 0, reads });
		});
	}

	share(mode: ShareMode): ContainerHandle {
		return share(this as unknown as Shared, mode, SHARING);
	}

	thaw(): void {
		thaw(this as unknown as Shared, 'this FluxQueue');
	}

	get frozen(): boolean {
		return isFrozen(this);
	}
}

/** The queue; see the interface of this name for what it does. */
export const FluxQueue: FluxQueueConstructor = AnyFluxQueue as unknown as FluxQueueConstructor;
Object.defineProperty(AnyFluxQueue, 'name', { value: 'FluxQueue' });

type Shared = InstanceType<ReturnType<typeof queueClass>>;

const SHARING: SharingOf<Shared> = {
	kind: 'FluxQueue',
	layoutOf: (queue) => queue.layout.struct.signature,
	frozenPrototype: (queue) =>
		frozenQueueClass(queue.layout.struct, queue.layout.checked, queue.heap, AnyFluxQueue.prototype).prototype,
};

function checkStruct(struct: unknown): void {
	if (!internals.isStruct(struct))
		throw new StructError(`FluxQueue was given ${internals.shown(struct)} for its struct; pass what struct() returned`);
}

/** The bound that a snapshot has in its details. */
function savedBound({ words, details, records, count }: internals.Snapshot): { capacity: number; overwrites: boolean } {
	if (records - details !== DETAILS_WORDS) {
		throw new SnapshotError(
			'corrupted',
			`the snapshot has ${records - details} words of details and those of a queue ${DETAILS_WORDS}; take it from a copy that is whole`,
		);
	}
	const capacity = words[details];
	const overwrites = words[details + 1];
	if (capacity < 0 || (overwrites !== 0 && overwrites !== 1) || (capacity > 0 && count > capacity)) {
		throw new SnapshotError(
			'corrupted',
			`the snapshot says ${count} records, a capacity of ${capacity} and ${overwrites} for its policy, which no queue has; take it from a copy that is whole`,
		);
	}
	return { capacity, overwrites: overwrites === 1 };
}

/** Words of a queue's own in a snapshot: its capacity, 0 for none, and 1 where it overwrites. */
const DETAILS_WORDS = 2;

const MOST_RECORDS = 2 ** 31 - 1;

interface ReadOptions {
	readonly heap: Heap;
	readonly checked: boolean;
	/** Undefined where none was named. */
	readonly capacity?: number;
	readonly overwrites?: boolean;
}

function readQueueOptions(options: QueueOptions | undefined): ReadOptions {
	const { heap, checked } = readOptions(options, ['capacity', 'whenFull']);
	const { capacity, whenFull } = options ?? {};
	if (capacity !== undefined && !(Number.isInteger(capacity) && capacity >= 1 && capacity <= MOST_RECORDS)) {
		throw new ArgumentError(
			`capacity is ${internals.shown(capacity)}; pass a whole number from 1 to ${MOST_RECORDS}, or none for a queue without a bound`,
		);
	}
	if (whenFull !== undefined && whenFull !== 'refuse' && whenFull !== 'overwrite')
		throw new ArgumentError(`whenFull is ${internals.shown(whenFull)}; pass 'refuse' or 'overwrite'`);
	if (whenFull !== undefined && capacity === undefined)
		throw new ArgumentError(`whenFull is '${whenFull}' for a queue that is never full; name its capacity too`);
	return {
		heap,
		checked,
		...(capacity !== undefined && { capacity, overwrites: whenFull === 'overwrite' }),
	};
}
