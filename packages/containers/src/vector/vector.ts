import {
	ArgumentError,
	type Heap,
	type Infer,
	internals,
	type LiveView,
	type Struct,
	StructError,
	type Values,
} from '@flux/core';
import { type ContainerOptions, readOptions } from '../common/container-options.js';
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
import type { Columns, NumberField, RecordComparator, WalkOptions } from '../list/list.js';
import { frozenVectorClass, vectorClass } from './vector-class.js';

/*
 * How this vector differs from std::vector of C++23, and why:
 *
 * - There are no iterator objects. A position is a number from 0; `begin()` is 0 and `end()` is `size`.
 * - Elements are records of a struct, copied in and out. `front`, `back`, `get` and iteration give copies, as plain
 *   objects; `at` and `views` give live views in place of references.
 * - A view is of a position, not of an address: growth does not invalidate it, and after an erasure it shows the record
 *   that is at its position then. Behind the end it throws.
 * - A position without a record throws in every call, `operator[]` has no unchecked twin.
 * - `popBack` throws on an empty vector, where the standard leaves it undefined; `tryPopBack` returns undefined.
 * - `sort` is stable, more than std::sort promises, and leaves the vector as it was where the function throws. It takes
 *   room for two copies of the records meanwhile, as std::stable_sort takes room for one.
 * - The algorithms that are free functions in C++ (`sort`, `lower_bound`, `equal_range`, `erase_if`, ...) are members.
 * - Allocators are heaps, passed in the options. A vector that grows asks its heap to make the block longer where it lies.
 */

/** What a callback is called with: a view that moves along the vector and ends with the call, and the position it shows. */
export type PositionCallback<S extends Struct, R> = (view: LiveView<S>, position: number) => R;

/**
 * `std::vector` over records in slab memory: side by side, as an array of C structs, without an object per record.
 *
 * **When to use it.** For records that are read by position, sorted and searched, or appended and seldom erased: tick
 * histories, price levels by index, tables. Erasing or inserting in the middle is O(n); for that use a list. A vector of ten
 * million records is one object to the garbage collector.
 *
 * **Positions** are numbers from 0, as in an array. What is inserted or erased before a record shifts its position.
 *
 * **Capacity** doubles when it is used up. Where the pages behind a large vector are free it grows in place, without a copy.
 *
 * **Safety.** Every call checks its position, in every mode. `checked: true` refuses numbers out of their field's range
 * as well. A call that throws has changed nothing.
 *
 * **How it is built.** A block of the heap, taken by size class or as a run of pages, holds the records without a gap,
 * each as long as its C struct. Code is generated per struct.
 *
 * Semantics: ISO C++23, [vector] and [algorithms].
 *
 * @example
 * ```ts
 * import { struct, u32, f64 } from '@flux/core';
 * import { FluxVector } from '@flux/containers';
 *
 * const Tick = struct({ time: u32, price: f64 });
 * const ticks = new FluxVector(Tick);
 * ticks.emplaceBack(3, 99.5);
 * ticks.pushBack({ time: 1, price: 101 });
 * ticks.at(0).price += 0.25;
 * ticks.sortBy('time');
 * console.log(ticks.get(0)); // { time: 1, price: 101 }
 * console.log(ticks.lowerBoundBy('time', 2)); // 1
 * ```
 */
export interface FluxVector<S extends Struct = Struct> extends Iterable<Infer<S>>, Disposable {
	// Capacity ---------------------------------------------------------------------------------------------------------

	/** How many records. O(1). `std::vector::size`. */
	readonly size: number;
	/** Whether there is no record. O(1). `std::vector::empty`. */
	readonly empty: boolean;
	/** How many records have room before the block has to grow. O(1). `std::vector::capacity`. */
	readonly capacity: number;
	/** The most records that the heap's arena could ever hold. O(1). `std::vector::max_size`. */
	readonly maxSize: number;
	/** The heap that the block comes from. `std::vector::get_allocator`. */
	readonly heap: Heap;
	/**
	 * Makes room for `count` records. O(1) where the block grows in place, else O(size). Views stay valid; {@link FluxVector.data}
	 * may change. `std::vector::reserve`.
	 *
	 * @throws {@link ArgumentError} unless `count` is a whole number from 0; {@link OutOfMemoryError} when the heap cannot hold it.
	 */
	reserve(count: number): void;
	/** Gives room that is not used back to the heap; returns how many bytes that were. O(size). `std::vector::shrink_to_fit`. */
	shrinkToFit(): number;

	// Access ------------------------------------------------------------------------------------------------------------

	/** A copy of the first record. O(fields). Throws {@link EmptyError}. `std::vector::front`. */
	readonly front: Infer<S>;
	/** A copy of the last record. O(fields). Throws {@link EmptyError}. `std::vector::back`. */
	readonly back: Infer<S>;
	/** A copy of the record at a position, as a plain object. O(fields). Throws {@link PositionError}. */
	get(position: number): Infer<S>;
	/**
	 * A live view of a position: its properties read and write the record that is there. O(1). It throws
	 * {@link StaleViewError} once there is no record at its position. `std::vector::at`.
	 *
	 * Pass a view that an earlier `at` returned to move that one instead of making another.
	 *
	 * @throws {@link PositionError} where there is no record.
	 */
	at(position: number, view?: LiveView<S>): LiveView<S>;
	/** Overwrites the record at a position. O(fields). Throws {@link PositionError} or {@link RecordError}. */
	set(position: number, record: Infer<S>): void;
	/**
	 * The word index of the first record in `heap.memory`, or 0 before there was any. Record i is {@link FluxVector.strideWords} * i words
	 * behind it, its fields at `struct.offsets` bytes from there. Valid until the vector grows. O(1). `std::vector::data`.
	 *
	 * @example
	 * ```ts
	 * import { struct, u32, f64 } from '@flux/core';
	 * import { FluxVector } from '@flux/containers';
	 *
	 * const Tick = struct({ time: u32, price: f64 });
	 * const ticks = new FluxVector(Tick, [{ time: 1, price: 99.5 }, { time: 2, price: 100.5 }]);
	 * const { f64: doubles } = ticks.heap.memory;
	 * let sum = 0;
	 * for (let at = 0; at < ticks.size; at++) sum += doubles[(ticks.data + at * ticks.strideWords) / 2 + Tick.offsets.price / 8];
	 * console.log(sum); // 200
	 * ```
	 */
	readonly data: number;
	/** Words from one record to the next: the struct's size, rounded up to whole words. */
	readonly strideWords: number;

	// Inserting ---------------------------------------------------------------------------------------------------------

	/**
	 * Appends a record and returns its position. O(1) amortized, no garbage: the object is read at once and not kept.
	 *
	 * @throws {@link RecordError} when a field is missing, of another type or does not fit; {@link OutOfMemoryError}.
	 */
	pushBack(record: Infer<S>): number;
	/** Appends a zeroed record and returns a live view of it, to be filled by name. O(1) amortized. */
	emplaceBack(): LiveView<S>;
	/** Appends a record given by its fields in the order of declaration, and returns its position. O(1) amortized: the fastest way. */
	emplaceBack(...values: Values<S>): number;
	/** Inserts a zeroed record before `position` and returns a live view of it. O(size). Throws {@link PositionError}. */
	emplace(position: number): LiveView<S>;
	/** Inserts a record given by its fields before `position` and returns `position`. O(size). Throws {@link PositionError}. */
	emplace(position: number, ...values: Values<S>): number;
	/** Inserts a record before `position` (`size`: at the end) and returns `position`. O(size). Throws {@link PositionError}. */
	insert(position: number, record: Infer<S>): number;
	/** Inserts `count` copies of a record before `position`. O(size + count). */
	insert(position: number, count: number, record: Infer<S>): number;
	/**
	 * Inserts the records of an iterable before `position`, and returns `position`. O(size + records). When the iterable
	 * throws or yields what is no record, nothing is inserted. The vector itself may be passed.
	 */
	insertRange(position: number, records: Iterable<Infer<S>>): number;
	/** `insertRange` at the end. `std::vector::append_range`. */
	appendRange(records: Iterable<Infer<S>>): void;
	/** Appends records from columns, an array or typed array for each field. O(records x fields). All is checked first. */
	pushMany(columns: Columns<S>): void;
	/** Appends, or inserts before `position`, copies of another vector's records, perhaps of another heap. O(size). Returns the position of the first. */
	copyFrom(other: FluxVector<S>, position?: number): number;
	/** Replaces all records by those of an iterable; unchanged when it throws. O(records). `std::vector::assign`, `operator=`. */
	assign(records: Iterable<Infer<S>>): void;
	/** Replaces all records by `count` copies of one. O(count). */
	assign(count: number, record: Infer<S>): void;
	/** Cuts off at the end, or appends copies of `record` (zeroed records without one), until there are `count`. O(difference). */
	resize(count: number, record?: Infer<S>): void;
	/** A new vector of the same heap with the same records. O(size). The copy constructor. */
	clone(): FluxVector<S>;

	// Erasing -----------------------------------------------------------------------------------------------------------

	/** Erases the record at a position and returns the position, where the next one is now. O(size). Throws {@link PositionError}. */
	erase(position: number): number;
	/** Erases from `first` up to before `last`, and returns `first`. O(size). Throws {@link PositionError}. */
	erase(first: number, last: number): number;
	/** Erases the last record. O(1). Throws {@link EmptyError}. */
	popBack(): void;
	/** Erases the last record and returns a copy of it; undefined when empty. O(fields). */
	tryPopBack(): Infer<S> | undefined;
	/** Erases all records. O(1); the room stays. */
	clear(): void;
	/**
	 * Erases the records that the predicate accepts and returns how many. O(size). When the predicate throws, nothing is
	 * erased. `std::erase_if`.
	 *
	 * @throws {@link WalkError} when the predicate itself changed the vector.
	 */
	removeIf(predicate: PositionCallback<S, boolean>): number;

	// Ordering ----------------------------------------------------------------------------------------------------------

	/** Exchanges all records with those of another vector of the same heap, struct and mode. O(1). Throws {@link HeapMismatchError}. */
	swap(other: FluxVector<S>): void;
	/**
	 * Sorts by a comparison, or by all fields in the order of declaration. Stable. O(n log n), and room for two copies
	 * of the records meanwhile. `std::stable_sort`.
	 *
	 * @throws {@link WalkError} when the comparison changed the vector; it then stays as it is. {@link OutOfMemoryError}.
	 */
	sort(compare?: RecordComparator<S>): void;
	/** Sorts by one number field, in O(n) by its digits. Stable; NaN comes last. Throws {@link ArgumentError} for another field. */
	sortBy(field: NumberField<S>, options?: { descending?: boolean }): void;
	/** Whether the records are in order. O(n). `std::is_sorted`. */
	isSorted(compare?: RecordComparator<S>): boolean;
	/** The first position whose record is not below `value`, in a sorted vector; `size` when there is none. O(log n). `std::lower_bound`. */
	lowerBound(value: Infer<S>, compare?: RecordComparator<S>): number;
	/** The first position whose record is above `value`, in a sorted vector; `size` when there is none. O(log n). `std::upper_bound`. */
	upperBound(value: Infer<S>, compare?: RecordComparator<S>): number;
	/** Where the records equal to `value` begin and end, in a sorted vector. O(log n). `std::equal_range`. */
	equalRange(value: Infer<S>, compare?: RecordComparator<S>): [first: number, last: number];
	/** Whether a record is equal to `value`, in a sorted vector. O(log n). `std::binary_search`. */
	binarySearch(value: Infer<S>, compare?: RecordComparator<S>): boolean;
	/** `lowerBound` in a vector sorted by a number field, without an object and without a function. O(log n), no garbage. */
	lowerBoundBy(field: NumberField<S>, value: number): number;
	/** `upperBound` in a vector sorted by a number field. O(log n), no garbage. */
	upperBoundBy(field: NumberField<S>, value: number): number;

	// Walking -----------------------------------------------------------------------------------------------------------

	/** Copies, from the first to the last. O(fields) a step. Walks go by position: what is inserted or erased before it shifts what is next. */
	[Symbol.iterator](): IterableIterator<Infer<S>>;
	/** Copies, in either direction. O(fields) a step. */
	values(options?: WalkOptions): IterableIterator<Infer<S>>;
	/** Positions. O(1) a step. */
	keys(options?: WalkOptions): IterableIterator<number>;
	/** Positions with copies. O(fields) a step. */
	entries(options?: WalkOptions): IterableIterator<[number, Infer<S>]>;
	/** One live view, moved along: a walk without garbage, O(1) a step. After the walk each access to it throws {@link StaleViewError}. */
	views(options?: WalkOptions): IterableIterator<LiveView<S>>;
	/** Calls back for each record, with a view that moves along. O(n). */
	forEach(callback: PositionCallback<S, void>): void;
	/** Folds all records. O(n). */
	reduce<A>(callback: (accumulator: A, view: LiveView<S>, position: number) => A, initial: A): A;
	/** A copy of the first record that the callback accepts, or undefined. O(n). */
	find(callback: PositionCallback<S, boolean>): Infer<S> | undefined;
	/** The first position whose record the callback accepts, or -1. O(n). `std::find_if`. */
	findIndex(callback: PositionCallback<S, boolean>): number;
	/** Whether the callback accepts a record. O(n). */
	some(callback: PositionCallback<S, boolean>): boolean;
	/** Whether the callback accepts every record. O(n). */
	every(callback: PositionCallback<S, boolean>): boolean;
	/** Copies in an array. O(n). */
	toArray(): Infer<S>[];
	/** `toArray()` with bigints as text, for `JSON.stringify`. */
	toJSON(): unknown[];

	// Comparing ---------------------------------------------------------------------------------------------------------

	/** Whether both vectors have equal records in the same order; field by field, or by `same`. O(n). `operator==`. */
	equals(other: FluxVector<S>, same?: (a: LiveView<S>, b: LiveView<S>) => boolean): boolean;
	/** Lexicographic order of two vectors: below 0, 0 or above 0 (NaN where a field is). O(n). `operator<=>`. */
	compare(other: FluxVector<S>, compare?: RecordComparator<S>): number;

	// Saving ------------------------------------------------------------------------------------------------------------

	/** All records as bytes, made a vector again by {@link FluxVectorConstructor.restore}. O(size). Equal vectors have equal snapshots. */
	snapshot(): Uint8Array<ArrayBuffer>;
	// Threads -----------------------------------------------------------------------------------------------------------

	/**
	 * Hands the vector to another thread, or shows it to others: returns a handle of a few numbers, to be posted there, for
	 * {@link FluxVectorConstructor.attach}. No record is copied. O(1); once O(size) where records came in from an iterable
	 * or another container. Requires a heap over a shared arena.
	 *
	 * `'move'`: this vector is unusable from now on, and whoever attaches the handle first has it, to change it and to dispose
	 * of it. `'read'`: nobody changes it, this thread neither, until every thread that attached it has disposed of it and
	 * {@link FluxVector.thaw} was called here; a view that was taken before must not be written to.
	 *
	 * @throws {@link NotSharedError} on a heap that is not shared; {@link FrozenError} for a move of one that is read;
	 * {@link MovedError}, {@link DisposedError}, {@link ArgumentError}.
	 */
	share(mode: ShareMode): ContainerHandle<'FluxVector'>;
	/**
	 * Ends the sharing for reading by the thread that shared it: it can be changed again, and the handle leads nowhere. Does
	 * nothing where it is not shared. O(1). Throws {@link FrozenError} while other threads have it attached.
	 */
	thaw(): void;
	/** Whether it is shared for reading, here or by another thread. O(1). */
	readonly frozen: boolean;
	// Life --------------------------------------------------------------------------------------------------------------

	/**
	 * Gives the block back. O(1). Later calls throw {@link DisposedError}; a second `dispose` does nothing. A vector that
	 * is dropped gives it back too, but only after a collection, when the event loop turns.
	 */
	dispose(): void;
	/** `dispose()`, for `using`. */
	[Symbol.dispose](): void;
	/** Checks every invariant of the vector, its heap and its arena. O(capacity of the heap). Throws {@link CorruptionError}. For tests. */
	validate(): void;
}

/** The constructor of {@link FluxVector}. */
export interface FluxVectorConstructor {
	/**
	 * An empty vector. O(1), and no block is taken yet; the first vector of a struct generates its code, a few milliseconds.
	 *
	 * @throws {@link StructError} when `struct` is none; {@link ArgumentError} for an option out of its range.
	 */
	new <S extends Struct>(struct: S, options?: ContainerOptions): FluxVector<S>;
	/** A vector of `count` zeroed records, or of the records of an iterable. O(n). */
	new <S extends Struct>(struct: S, source: number | Iterable<Infer<S>>, options?: ContainerOptions): FluxVector<S>;
	/**
	 * A new vector with the records of a snapshot. O(bytes). The bytes are checked to the last bit before anything is made.
	 *
	 * @throws {@link SnapshotError} when `bytes` are no whole snapshot of a vector of this struct; its `problem` says why.
	 * @throws {@link OutOfMemoryError} when the heap cannot hold the records; {@link ArgumentError}, {@link StructError}.
	 */
	restore<S extends Struct>(struct: S, bytes: Uint8Array, options?: ContainerOptions): FluxVector<S>;
	/**
	 * The vector that another thread shared by {@link FluxVector.share}, with all its records where they are. O(1). In checked mode
	 * where it was. `options.heap`: this thread's heap over the same arena.
	 *
	 * @throws {@link HandleError} for what is no handle of such a vector, and for one that was taken; {@link OwnerDiedError}
	 * where what it led to ended with its thread; {@link NotSharedError}, {@link ArgumentError}, {@link StructError}.
	 */
	attach<S extends Struct>(struct: S, handle: ContainerHandle<'FluxVector'>, options: AttachOptions): FluxVector<S>;
	/** What all vectors inherit from. */
	readonly prototype: FluxVector;
}

class AnyFluxVector {
	constructor(
		struct: Struct,
		sourceOrOptions?: number | Iterable<unknown> | ContainerOptions,
		lastOptions?: ContainerOptions,
	) {
		if (new.target !== AnyFluxVector) {
			throw new ArgumentError(
				'FluxVector was extended, and each struct has a class of its own; hold a vector in a field instead',
			);
		}
		checkStruct(struct);
		const hasSource =
			typeof sourceOrOptions === 'number' ||
			(typeof sourceOrOptions === 'object' && sourceOrOptions !== null && Symbol.iterator in sourceOrOptions);
		const options = hasSource ? lastOptions : (sourceOrOptions as ContainerOptions | undefined);
		const { heap, checked } = readOptions(options);
		const vector = new (vectorClass(struct, checked, heap, AnyFluxVector.prototype))(heap);
		try {
			if (typeof sourceOrOptions === 'number') vector.resize(sourceOrOptions);
			else if (hasSource) vector.pushAll(sourceOrOptions);
		} catch (error) {
			vector.dispose();
			throw error;
		}
		// biome-ignore lint/correctness/noConstructorReturn: the class of this struct's vectors stands in for the one that was called
		return vector as unknown as AnyFluxVector;
	}

	static restore(struct: Struct, bytes: Uint8Array, options?: ContainerOptions): object {
		checkStruct(struct);
		const { heap, checked } = readOptions(options);
		const snapshot = internals.openSnapshot('FluxVector', struct, bytes);
		const vector = new (vectorClass(struct, checked, heap, AnyFluxVector.prototype))(heap);
		try {
			vector.pushSnapshot(snapshot);
		} catch (error) {
			vector.dispose();
			throw error;
		}
		return vector;
	}

	static attach(struct: Struct, handle: ContainerHandle, options: AttachOptions): object {
		checkStruct(struct);
		return attach(handle, 'FluxVector', struct.signature, options, (heap, taken) => {
			const pick = taken.mode === 'read' ? frozenVectorClass : vectorClass;
			const Vector = pick(struct, taken.checked, heap, AnyFluxVector.prototype);
			return new Vector(heap, taken.header, taken.mode === 'read');
		});
	}

	share(mode: ShareMode): ContainerHandle {
		return share(this as unknown as Shared, mode, SHARING);
	}

	thaw(): void {
		thaw(this as unknown as Shared, 'this FluxVector');
	}

	get frozen(): boolean {
		return isFrozen(this);
	}
}

/** The vector; see the interface of this name for what it does. */
export const FluxVector: FluxVectorConstructor = AnyFluxVector as unknown as FluxVectorConstructor;
Object.defineProperty(AnyFluxVector, 'name', { value: 'FluxVector' });

type Shared = InstanceType<ReturnType<typeof vectorClass>>;

const SHARING: SharingOf<Shared> = {
	kind: 'FluxVector',
	layoutOf: (vector) => vector.layout.struct.signature,
	frozenPrototype: (vector) =>
		frozenVectorClass(vector.layout.struct, vector.layout.checked, vector.heap, AnyFluxVector.prototype).prototype,
};

function checkStruct(struct: unknown): void {
	if (!internals.isStruct(struct))
		throw new StructError(
			`FluxVector was given ${internals.describe(struct)} for its struct; pass what struct() returned`,
		);
}
