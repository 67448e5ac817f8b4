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
import { frozenListClass, listClass } from './list-class.js';

/*
 * How this list differs from std::list of C++23, and why:
 *
 * - There are no iterator objects. A node is a number, `begin()` is `first`, `end()` is 0, `rbegin()` is `last`;
 *   `next(node)` and `previous(node)` step. Numbers make no garbage and can be kept in any array or Map.
 * - Elements are records of a struct, copied in and out. `front`, `back`, `get` and iteration give copies, as plain
 *   objects; `at` and `views` give live views in place of references.
 * - `popFront` and `popBack` throw on an empty list, where the standard leaves it undefined; `tryPop...` return undefined.
 * - A node that is not in the list throws, where the standard leaves it undefined.
 * - Moving nodes between lists requires one heap and one struct, as it requires equal allocators in the standard.
 * - `sort`, `merge`, `unique` and `remove` compare all fields in the order of declaration when no function is given, as a
 *   defaulted `operator<=>` does.
 * - Callbacks that throw leave the list as it was (`removeIf`, `unique`, `sort`, `merge`), more than the standard promises.
 * - Allocators are heaps, passed in the options.
 */

export type { ContainerOptions } from '../common/container-options.js';
export type { AttachOptions, ContainerHandle, SharedKind, ShareMode } from '../common/sharing.js';

declare const NODE: unique symbol;

/**
 * A node of a list of `S`: an opaque number that stays valid until the node is erased, whatever happens to other nodes.
 *
 * It is a word index into slab memory, never 0. In checked mode it carries a generation as well.
 */
export type FluxNode<S extends Struct = Struct> = number & { readonly [NODE]: S };

/** A position in a list: a node, or 0 for the end, where `insert` appends. */
export type FluxPosition<S extends Struct = Struct> = FluxNode<S> | 0;

/** Options of a walk. */
export interface WalkOptions {
	/**
	 * Walk from the last node to the first.
	 *
	 * @defaultValue false
	 */
	reverse?: boolean;
}

/** What a callback is called with: a view that moves along the list and ends with the call, and the node it shows. */
export type RecordCallback<S extends Struct, R> = (view: LiveView<S>, node: FluxNode<S>) => R;

/** Orders two records: below 0 when `a` comes first, above 0 when `b` does, 0 when they are equal. */
export type RecordComparator<S extends Struct> = (a: LiveView<S>, b: LiveView<S>) => number;

/** An array or typed array of values. */
export type Column<T> = readonly T[] | (ArrayLike<T> & ArrayBufferView);

/** The values of each field in a column of its own. */
export type Columns<S extends Struct> = { readonly [K in keyof Infer<S>]: Column<Infer<S>[K]> };

/**
 * `std::list` over records in slab memory: a doubly linked list whose nodes are numbers and make no garbage.
 *
 * **When to use it.** For many records that come and go in the middle of a sequence: queues with cancellation, LRU caches,
 * order queues, schedules. Insertion and erasure anywhere are O(1), nodes stay valid until erased, and a list of ten
 * million records costs the garbage collector nothing. For random access by position use an array.
 *
 * **Nodes** stay valid until they are erased: across growth, sort, merge, swap and splice, whatever happens to other
 * nodes. `compact` alone moves nodes, and says so. An erased place is used again, last in first out.
 *
 * **Capacity** is that of the pool of nodes which all lists of one record in one heap share. It grows by slabs, without
 * moving a node, and nodes given back by one list go to the next while they are warm.
 *
 * **Safety.** By default each call checks that the node it is given bears this list's id, one comparison in a cache line
 * that the call touches anyway: erased and cleared nodes throw, and nodes of another list of the heap. What is not caught
 * by default: a node that was erased and whose place has been given out again in the same list, a node of another heap
 * whose number happens to be one here too, and forged numbers. `checked: true` catches those as well.
 * A call that throws has changed nothing.
 *
 * **How it is built.** Each node is one C struct: next, previous, owner, fields; 24 bytes for `{i32, f64}`. Free nodes are
 * chained through the same word. Code is generated per struct, so ten record types are as fast as one.
 *
 * Semantics: ISO C++23, [list]; each member says which clause where it is not plain.
 *
 * @example
 * ```ts
 * import { struct, u32, f64, char } from '@flux/core';
 * import { FluxList } from '@flux/containers';
 *
 * const Order = struct({ id: u32, price: f64, symbol: char(8) });
 * const orders = new FluxList(Order);
 * const node = orders.pushBack({ id: 1, price: 99.5, symbol: 'AAPL' });
 * orders.emplaceBack(2, 101, 'MSFT');
 * orders.at(node).price = 99.75;
 * for (const order of orders) console.log(order.id, order.price);
 * orders.erase(node);
 * ```
 */
export interface FluxList<S extends Struct = Struct> extends Iterable<Infer<S>>, Disposable {
	// Capacity ---------------------------------------------------------------------------------------------------------

	/** How many records. O(1). `std::list::size`. */
	readonly size: number;
	/** Whether there is no record. O(1). `std::list::empty`. */
	readonly empty: boolean;
	/** How many nodes have room in the pool that this list draws on, used or free, before it takes another slab. O(1). */
	readonly capacity: number;
	/** The most nodes that the heap's arena could ever hold. O(1). `std::list::max_size`. */
	readonly maxSize: number;
	/** The heap that nodes come from. `std::list::get_allocator`. */
	readonly heap: Heap;
	/**
	 * Makes sure that the list can grow to `count` records without taking a slab or touching a page for the first time.
	 * O(count). The room is the pool's: other lists of the record can use it. Invalidates nothing.
	 *
	 * @throws {@link ArgumentError} unless `count` is a whole number from 0; {@link OutOfMemoryError} when the arena cannot hold it.
	 */
	reserve(count: number): void;
	/**
	 * Gives the pool's slabs in which no node is used back to the arena; returns how many bytes that were.
	 * O(free nodes x log slabs). Invalidates nothing.
	 */
	shrinkToFit(): number;

	// Nodes -------------------------------------------------------------------------------------------------------------

	/** The first node, or 0 when empty. O(1). `std::list::begin`. */
	readonly first: FluxPosition<S>;
	/** The last node, or 0 when empty. O(1). `std::list::rbegin`. */
	readonly last: FluxPosition<S>;
	/** The node behind `node`, or 0 behind the last. O(1). Throws {@link EndError} for 0, {@link NodeError} for a node not in this list. */
	next(node: FluxNode<S>): FluxPosition<S>;
	/** The node before `node`, or 0 before the first; of 0 the last node. O(1). Throws {@link NodeError} for a node not in this list. */
	previous(node: FluxPosition<S>): FluxPosition<S>;
	/** Whether `node` is a node of this list now, as far as the mode can tell. O(1). Never throws, and allocates nothing. */
	has(node: number): node is FluxNode<S>;

	// Access ------------------------------------------------------------------------------------------------------------

	/** A copy of the first record. O(fields). Throws {@link EmptyError}. `std::list::front`. */
	readonly front: Infer<S>;
	/** A copy of the last record. O(fields). Throws {@link EmptyError}. `std::list::back`. */
	readonly back: Infer<S>;
	/** A copy of a node's record, as a plain object. O(fields). Throws {@link NodeError} for a node not in this list. */
	get(node: FluxNode<S>): Infer<S>;
	/**
	 * A live view of a node: its properties read and write the record in place. O(1). Each access checks that the node is
	 * still in its list and throws {@link StaleViewError} if not.
	 *
	 * Pass a view that an earlier `at` returned to move that one instead of making another.
	 *
	 * @throws {@link NodeError} for a node not in this list.
	 * @example
	 * ```ts
	 * import { struct, f64 } from '@flux/core';
	 * import { FluxList } from '@flux/containers';
	 *
	 * const prices = new FluxList(struct({ price: f64 }));
	 * const node = prices.emplaceBack(99.5);
	 * const view = prices.at(node);
	 * view.price += 0.25;
	 * console.log(prices.get(node)); // { price: 99.75 }
	 * ```
	 */
	at(node: FluxNode<S>, view?: LiveView<S>): LiveView<S>;
	/** Overwrites a node's record. O(fields). Throws {@link NodeError} or {@link RecordError}. The assignment `*it = value` of C++. */
	set(node: FluxNode<S>, record: Infer<S>): void;

	// Inserting ---------------------------------------------------------------------------------------------------------

	/**
	 * Appends a record and returns its node. O(1), no garbage: the object is read at once and not kept, and where the call is
	 * inlined it is never made.
	 *
	 * @throws {@link RecordError} when a field is missing, of another type or does not fit; {@link OutOfMemoryError}.
	 */
	pushBack(record: Infer<S>): FluxNode<S>;
	/** Puts a record in front. As `pushBack`. */
	pushFront(record: Infer<S>): FluxNode<S>;
	/**
	 * Appends a zeroed record and returns a live view of it, to be filled by name. O(1). `std::list::emplace_back`, which
	 * returns a reference.
	 *
	 * @throws {@link OutOfMemoryError}.
	 */
	emplaceBack(): LiveView<S>;
	/**
	 * Appends a record given by its fields in the order of declaration, and returns its node. O(1), no garbage: the fastest way.
	 * Two numbers swap silently: declare the struct by entries for types checked place by place, or push an object.
	 *
	 * @throws {@link RecordError} when a value is missing, of another type or does not fit; {@link OutOfMemoryError}.
	 */
	emplaceBack(...values: Values<S>): FluxNode<S>;
	/** Puts a zeroed record in front and returns a live view of it. As `emplaceBack()`. */
	emplaceFront(): LiveView<S>;
	/** Puts a record given by its fields in front and returns its node. As `emplaceBack(...values)`. */
	emplaceFront(...values: Values<S>): FluxNode<S>;
	/** Inserts a zeroed record before `position` (0: at the end) and returns a live view of it. O(1). Throws {@link NodeError}. */
	emplace(position: FluxPosition<S>): LiveView<S>;
	/** Inserts a record given by its fields before `position` (0: at the end) and returns its node. O(1). Throws {@link NodeError}. */
	emplace(position: FluxPosition<S>, ...values: Values<S>): FluxNode<S>;
	/** Inserts a record before `position` (0: at the end) and returns its node. O(1). Throws {@link NodeError}, {@link RecordError}. */
	insert(position: FluxPosition<S>, record: Infer<S>): FluxNode<S>;
	/** Inserts `count` copies of a record before `position` and returns the first of them, or `position`. O(count). */
	insert(position: FluxPosition<S>, count: number, record: Infer<S>): FluxPosition<S>;
	/**
	 * Inserts the records of an iterable before `position` and returns the first of them, or `position` when there is none.
	 * O(records). When the iterable throws or yields what is no record, nothing is inserted. The list itself may be passed.
	 */
	insertRange(position: FluxPosition<S>, records: Iterable<Infer<S>>): FluxPosition<S>;
	/** `insertRange` at the end. `std::list::append_range`. */
	appendRange(records: Iterable<Infer<S>>): void;
	/** `insertRange` at the beginning. `std::list::prepend_range`. */
	prependRange(records: Iterable<Infer<S>>): void;
	/**
	 * Appends records from columns, an array or typed array for each field. O(records x fields), no garbage for typed arrays.
	 * All is checked before anything is appended.
	 *
	 * @throws {@link ArgumentError} when columns differ in length; {@link RecordError} for a missing column or a value that does not fit.
	 * @example
	 * ```ts
	 * import { struct, u32, f64 } from '@flux/core';
	 * import { FluxList } from '@flux/containers';
	 *
	 * const ticks = new FluxList(struct({ time: u32, price: f64 }));
	 * ticks.pushMany({ time: new Uint32Array([1, 2, 3]), price: new Float64Array([99.5, 99.75, 99.5]) });
	 * console.log(ticks.size); // 3
	 * ```
	 */
	pushMany(columns: Columns<S>): void;
	/** Appends, or inserts before `position`, copies of another list's records, perhaps of another heap. Returns the first. O(records). */
	copyFrom(other: FluxList<S>, position?: FluxPosition<S>): FluxPosition<S>;
	/** Replaces all records by those of an iterable; unchanged when it throws. O(records). `std::list::assign`, `assign_range`, `operator=`. */
	assign(records: Iterable<Infer<S>>): void;
	/** Replaces all records by `count` copies of one. O(count). `std::list::assign`. */
	assign(count: number, record: Infer<S>): void;
	/** Cuts off at the end, or appends copies of `record` (zeroed records without one), until there are `count`. O(difference). `std::list::resize`. */
	resize(count: number, record?: Infer<S>): void;
	/** A new list of the same heap with the same records. O(records). The copy constructor. */
	clone(): FluxList<S>;

	// Erasing -----------------------------------------------------------------------------------------------------------

	/**
	 * Erases a node and returns the one behind it, or 0. O(1). Its place goes to the next node that is made.
	 *
	 * @throws {@link NodeError} for a node not in this list, as one that was erased before; {@link EndError} for 0.
	 */
	erase(node: FluxNode<S>): FluxPosition<S>;
	/** Erases from `first` up to before `last` (0: to the end) and returns `last`. O(nodes erased). Throws {@link EndError} when `last` is before `first`. */
	erase(first: FluxPosition<S>, last: FluxPosition<S>): FluxPosition<S>;
	/** Erases the first record. O(1). Throws {@link EmptyError}. */
	popFront(): void;
	/** Erases the last record. O(1). Throws {@link EmptyError}. */
	popBack(): void;
	/** Erases the first record and returns a copy of it; undefined when empty. O(fields). */
	tryPopFront(): Infer<S> | undefined;
	/** Erases the last record and returns a copy of it; undefined when empty. O(fields). */
	tryPopBack(): Infer<S> | undefined;
	/** Erases all records in O(1), whatever their number: the chain goes back to the pool as it is. All nodes become invalid. */
	clear(): void;
	/**
	 * Erases the records that the predicate accepts and returns how many. O(size). When the predicate throws, nothing is erased.
	 * `std::list::remove_if`, `std::erase_if`.
	 *
	 * @throws {@link WalkError} when the predicate itself erased nodes.
	 */
	removeIf(predicate: RecordCallback<S, boolean>): number;
	/** Erases the records equal to `record` in every field and returns how many. O(size). `std::list::remove`, `std::erase`. */
	remove(record: Infer<S>): number;
	/** Erases each record that equals the one before it and returns how many. O(size). As `removeIf` for the predicate. `std::list::unique`. */
	unique(same?: (a: LiveView<S>, b: LiveView<S>) => boolean): number;

	// Ordering ----------------------------------------------------------------------------------------------------------

	/** Moves all nodes of `other` before `position`. O(1), amortized over the library's own bookkeeping. Throws {@link HeapMismatchError}. */
	splice(position: FluxPosition<S>, other: FluxList<S>): void;
	/** Moves one node of `other`, or of this list, before `position`. O(1). The move-to-front of an LRU cache. */
	splice(position: FluxPosition<S>, other: FluxList<S>, node: FluxNode<S>): void;
	/**
	 * Moves the nodes of `other`, or of this list, from `first` up to before `last` before `position`. O(nodes moved); within
	 * one list the standard has O(1), and this walks the range to refuse one that would tear the list.
	 *
	 * @throws {@link ArgumentError} when `position` is inside the range; {@link EndError} when `last` is before `first`.
	 */
	splice(position: FluxPosition<S>, other: FluxList<S>, first: FluxPosition<S>, last: FluxPosition<S>): void;
	/**
	 * Sorts by relinking nodes: each keeps its record and stays valid. Stable. O(n log n) comparisons. A merge sort of copies,
	 * for which the arena lends twice the list's bytes meanwhile; where it would have to grow for them, and for records of
	 * more than 64 bytes, a merge sort of indexes with 8 bytes of scratch memory per node. The two views passed to `compare`
	 * are moved from call to call, and may show copies: read them, neither keep nor write them. Without a function it orders
	 * by all fields. When `compare` throws, the order is unchanged.
	 *
	 * @throws {@link WalkError} when `compare` itself inserted or erased nodes.
	 */
	sort(compare?: RecordComparator<S>): void;
	/**
	 * Sorts by a number field, ascending unless told otherwise: `sort` without a call per comparison, several times as fast.
	 * Stable; NaN comes last. O(n) by radix, with 40 bytes of scratch memory per node.
	 *
	 * @throws {@link ArgumentError} for a name that is no number field.
	 */
	sortBy(field: NumberField<S>, options?: { descending?: boolean }): void;
	/**
	 * Moves the nodes of `other`, sorted, into this list, sorted; equal records of this list come first. O(n + m).
	 * When `compare` throws, both lists are unchanged.
	 */
	merge(other: FluxList<S>, compare?: RecordComparator<S>): void;
	/** Reverses the order by turning each node's links. O(n). Nodes stay valid. */
	reverse(): void;
	/** Exchanges all nodes with `other` of the same heap. O(1). Nodes stay valid, in the other list. */
	swap(other: FluxList<S>): void;
	/**
	 * Puts the records in memory in the order of the walk, so that walking is as fast as after a build: after a sort of many
	 * records that is tens of times faster. O(n log n), with scratch memory for a copy of the records.
	 *
	 * Nodes that hold another record afterwards are reported to `onMove` when all is done, and counted in what is returned.
	 * **All nodes and views of this list that were taken before are to be looked up anew.**
	 */
	compact(onMove?: (from: FluxNode<S>, to: FluxNode<S>) => void): number;

	// Walking -----------------------------------------------------------------------------------------------------------

	/**
	 * Copies in order, O(fields) a step: `[...list]` is safe. Inside a walk the current node may be erased, and nodes may be inserted; what is
	 * inserted ahead is visited, and any other node may be erased too. After `clear`, `dispose`, `compact`, or a splice of the
	 * whole list elsewhere, the next step throws {@link WalkError}.
	 */
	[Symbol.iterator](): IterableIterator<Infer<S>>;
	/** Copies in order, or from the end. O(fields) a step. */
	values(options?: WalkOptions): IterableIterator<Infer<S>>;
	/** Nodes in order, or from the end. O(1) a step. */
	keys(options?: WalkOptions): IterableIterator<FluxNode<S>>;
	/** Nodes with copies of their records. O(fields) a step. */
	entries(options?: WalkOptions): IterableIterator<[FluxNode<S>, Infer<S>]>;
	/**
	 * One live view, moved along: a walk without garbage, O(1) a step. The view is the same object at each step, so do not keep it; after the
	 * walk each access to it throws {@link StaleViewError}. It is not checked while the walk goes on.
	 */
	views(options?: WalkOptions): IterableIterator<LiveView<S>>;
	/** Calls back for each record, with a view that moves along. O(n). */
	forEach(callback: RecordCallback<S, void>): void;
	/** Folds all records. O(n). Faster than adding into a variable outside. */
	reduce<A>(callback: (accumulator: A, view: LiveView<S>, node: FluxNode<S>) => A, initial: A): A;
	/** A copy of the first record that the callback accepts, or undefined. O(n). */
	find(callback: RecordCallback<S, boolean>): Infer<S> | undefined;
	/** The first node whose record the callback accepts, or 0. O(n). `std::ranges::find_if`. */
	findNode(callback: RecordCallback<S, boolean>): FluxPosition<S>;
	/** Whether the callback accepts a record. O(n). */
	some(callback: RecordCallback<S, boolean>): boolean;
	/** Whether the callback accepts every record. O(n). */
	every(callback: RecordCallback<S, boolean>): boolean;
	/** Copies in an array. O(n). */
	toArray(): Infer<S>[];
	/** `toArray()` with bigints as text, for `JSON.stringify`. */
	toJSON(): unknown[];

	// Comparing ---------------------------------------------------------------------------------------------------------

	/** Whether both lists have equal records in the same order; field by field, or by `same`. O(n). `operator==`. */
	equals(other: FluxList<S>, same?: (a: LiveView<S>, b: LiveView<S>) => boolean): boolean;
	/** Lexicographic order of two lists: below 0, 0 or above 0 (NaN where a field is). O(n). `operator<=>`. */
	compare(other: FluxList<S>, compare?: RecordComparator<S>): number;

	// Saving ------------------------------------------------------------------------------------------------------------

	/**
	 * All records as bytes, to be kept in a file or sent, and made a list again by {@link FluxListConstructor.restore}. O(size):
	 * about as fast as memory is read. Equal lists have equal snapshots, whatever was inserted and erased before. Nodes have
	 * no numbers in it: a restored list has new ones. The format is documented in the guide on snapshots.
	 */
	snapshot(): Uint8Array<ArrayBuffer>;

	// Threads -----------------------------------------------------------------------------------------------------------

	/**
	 * Hands the list to another thread, or shows it to others: returns a handle of a few numbers, to be posted there, for
	 * {@link FluxListConstructor.attach}. No record is copied. O(1); once O(size) where records came in from an iterable
	 * or another container. Requires a heap over a shared arena.
	 *
	 * `'move'`: this list is unusable from now on, and whoever attaches the handle first has it, to change it and to dispose
	 * of it. `'read'`: nobody changes it, this thread neither, until every thread that attached it has disposed of it and
	 * {@link FluxList.thaw} was called here; a view that was taken before must not be written to.
	 *
	 * @throws {@link NotSharedError} on a heap that is not shared; {@link FrozenError} for a move of one that is read;
	 * {@link MovedError}, {@link DisposedError}, {@link ArgumentError}.
	 */
	share(mode: ShareMode): ContainerHandle<'FluxList'>;
	/**
	 * Ends the sharing for reading by the thread that shared it: it can be changed again, and the handle leads nowhere. Does
	 * nothing where it is not shared. O(1). Throws {@link FrozenError} while other threads have it attached.
	 */
	thaw(): void;
	/** Whether it is shared for reading, here or by another thread. O(1). */
	readonly frozen: boolean;

	// Life --------------------------------------------------------------------------------------------------------------

	/**
	 * Gives all nodes back to the pool, O(1) whatever their number. Later calls throw {@link DisposedError}; a second `dispose`
	 * does nothing. A list that is dropped gives them back too, but only after a collection, when the event loop turns.
	 */
	dispose(): void;
	/** `dispose()`, for `using`. */
	[Symbol.dispose](): void;
	/** Checks every invariant of the list, its pool and its arena. O(capacity). Throws {@link CorruptionError}. For tests. */
	validate(): void;
}

/** The names of a struct's number fields. */
export type NumberField<S extends Struct> = {
	[K in keyof Infer<S>]: Infer<S>[K] extends number ? K : never;
}[keyof Infer<S>];

/** The constructor of {@link FluxList}. */
export interface FluxListConstructor {
	/**
	 * An empty list. O(1); the first list of a struct generates its code, a few milliseconds.
	 *
	 * @throws {@link StructError} when `struct` is none; {@link ArgumentError} for an option out of its range.
	 */
	new <S extends Struct>(struct: S, options?: ContainerOptions): FluxList<S>;
	/** A list of `count` zeroed records, or of the records of an iterable. O(n). */
	new <S extends Struct>(struct: S, source: number | Iterable<Infer<S>>, options?: ContainerOptions): FluxList<S>;
	/**
	 * A new list with the records of a snapshot, in order. O(bytes). The bytes are checked to the last bit before anything is
	 * made, and are not kept; they may come from anywhere, and lie at any address.
	 *
	 * @throws {@link SnapshotError} when `bytes` are no whole snapshot of a list of this struct; its `problem` says why.
	 * @throws {@link OutOfMemoryError} when the heap cannot hold the records; {@link ArgumentError}, {@link StructError}.
	 * @example
	 * ```ts
	 * import { struct, u32, f64 } from '@flux/core';
	 * import { FluxList } from '@flux/containers';
	 *
	 * const Order = struct({ id: u32, price: f64 });
	 * const bytes = new FluxList(Order, [{ id: 1, price: 99.5 }]).snapshot();
	 * console.log(FluxList.restore(Order, bytes).front); // { id: 1, price: 99.5 }
	 * ```
	 */
	restore<S extends Struct>(struct: S, bytes: Uint8Array, options?: ContainerOptions): FluxList<S>;
	/**
	 * The list that another thread shared by {@link FluxList.share}, with all its records where they are. O(1). In checked mode
	 * where it was. `options.heap`: this thread's heap over the same arena.
	 *
	 * @throws {@link HandleError} for what is no handle of such a list, and for one that was taken; {@link OwnerDiedError}
	 * where what it led to ended with its thread; {@link NotSharedError}, {@link ArgumentError}, {@link StructError}.
	 */
	attach<S extends Struct>(struct: S, handle: ContainerHandle<'FluxList'>, options: AttachOptions): FluxList<S>;
	/** What all lists inherit from. */
	readonly prototype: FluxList;
}

class AnyFluxList {
	constructor(
		struct: Struct,
		sourceOrOptions?: number | Iterable<unknown> | ContainerOptions,
		lastOptions?: ContainerOptions,
	) {
		if (new.target !== AnyFluxList) {
			throw new ArgumentError(
				'FluxList was extended, and each struct has a class of its own; hold a list in a field instead',
			);
		}
		checkStruct(struct);
		const hasSource =
			typeof sourceOrOptions === 'number' ||
			(typeof sourceOrOptions === 'object' && sourceOrOptions !== null && Symbol.iterator in sourceOrOptions);
		const options = hasSource ? lastOptions : (sourceOrOptions as ContainerOptions | undefined);
		const { heap, checked } = readOptions(options);
		const list = new (listClass(struct, checked, heap, AnyFluxList.prototype))(heap);
		try {
			if (typeof sourceOrOptions === 'number') list.resize(sourceOrOptions);
			else if (hasSource) list.pushAll(sourceOrOptions);
		} catch (error) {
			list.dispose();
			throw error;
		}
		// biome-ignore lint/correctness/noConstructorReturn: the class of this struct's lists stands in for the one that was called
		return list as unknown as AnyFluxList;
	}

	static restore(struct: Struct, bytes: Uint8Array, options?: ContainerOptions): object {
		checkStruct(struct);
		const { heap, checked } = readOptions(options);
		const snapshot = internals.openSnapshot('FluxList', struct, bytes);
		const list = new (listClass(struct, checked, heap, AnyFluxList.prototype))(heap);
		try {
			list.pushSnapshot(snapshot);
		} catch (error) {
			list.dispose();
			throw error;
		}
		return list;
	}

	static attach(struct: Struct, handle: ContainerHandle, options: AttachOptions): object {
		checkStruct(struct);
		return attach(handle, 'FluxList', struct.signature, options, (heap, taken) => {
			const reads = taken.mode === 'read';
			const pick = reads ? frozenListClass : listClass;
			const List = pick(struct, taken.checked, heap, AnyFluxList.prototype);
			const nodes = heap.adoptPool(struct.signature, taken.pool, reads);
			return new List(heap, { nodes, header: taken.header, index: taken.index, reads });
		});
	}

	share(mode: ShareMode): ContainerHandle {
		return share(this as unknown as Shared, mode, SHARING);
	}

	thaw(): void {
		thaw(this as unknown as Shared, 'this FluxList');
	}

	get frozen(): boolean {
		return isFrozen(this);
	}
}

/** The list; see the interface of this name for what it does. */
export const FluxList: FluxListConstructor = AnyFluxList as unknown as FluxListConstructor;
Object.defineProperty(AnyFluxList, 'name', { value: 'FluxList' });

type Shared = InstanceType<ReturnType<typeof listClass>>;

const SHARING: SharingOf<Shared> = {
	kind: 'FluxList',
	layoutOf: (list) => list.layout.struct.signature,
	frozenPrototype: (list) =>
		frozenListClass(list.layout.struct, list.layout.checked, list.heap, AnyFluxList.prototype).prototype,
};

function checkStruct(struct: unknown): void {
	if (!internals.isStruct(struct))
		throw new StructError(
			`FluxList was given ${internals.describe(struct)} for its struct; pass what struct() returned`,
		);
}
