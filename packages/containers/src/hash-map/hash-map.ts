import {
	ArgumentError,
	type FieldType,
	type Heap,
	type Infer,
	internals,
	type LiveView,
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
import type { ContainerOptions, WalkOptions } from '../list/list.js';
import { frozenHashMapClass, hashMapClass } from './hash-map-class.js';
import { mapKey } from './hash-map-key.js';

/*
 * How this map differs from std::unordered_map of C++23 and from Map of JavaScript, and why:
 *
 * - By key it is called as a Map is (`get`, `set`, `has`, `delete`), by node as std::unordered_map is by iterator (`find`, `erase`,
 *   `first`, `next`). Keys and nodes are both numbers, so calls that take a node say so: `keyAt`, `getAt`, `viewAt`, `setAt`.
 * - `find` returns a node, or 0 for `end()`. `at` throws for a key that is missing, and `operator[]` is `emplace(key)`.
 * - Records are copied in and out; `at`, `viewAt`, `emplace(key)` and `views` give live views in place of references.
 * - There is an order: that in which keys came, as a Map has it, and it can be walked from both ends.
 * - A pair of iterator and bool would be garbage: `emplace` and `insert` return the node of the key, new or not; `tryEmplace` returns
 *   undefined where the key was there.
 * - Buckets are slots of one open-addressed table. There are no calls for one bucket, and the load factor is ours to keep.
 * - `splice` and `rekey` do what `extract` and `insert(node_type)` are used for. A node that is in no map does not exist.
 * - Keys do not wrap: a number that is no key throws, because it would find another key's record.
 */

declare const NODE: unique symbol;

/** The types that keys can have: i8 to u32, i64 and u64, char(n). */
export type KeyType = FieldType<number, number> | FieldType<bigint, bigint> | FieldType<string, string>;

/** What a call takes for a key: a number, a text; for 64 bits a bigint, or a safe integer, which makes no garbage. */
export type KeyOf<K extends KeyType> = Infer<K> extends bigint ? bigint | number : Infer<K>;

/** A node of a map: an opaque number that stays valid until its record is erased, whatever happens to others. Never 0. */
export type HashMapNode<K extends KeyType = KeyType, S extends Struct = Struct> = number & {
	readonly [NODE]: readonly [K, S];
};

/** A position in a map: a node, or 0 for the end. */
export type HashMapPosition<K extends KeyType = KeyType, S extends Struct = Struct> = HashMapNode<K, S> | 0;

/** What a callback is called with: a view that moves along the map and ends with the call, the key, and the node. */
export type HashMapCallback<K extends KeyType, S extends Struct, R> = (
	view: LiveView<S>,
	key: Infer<K>,
	node: HashMapNode<K, S>,
) => R;

/** A map with keys of 64 bits: the one that has the calls which take a key as two words. */
export type LongHashMap<S extends Struct> = FluxHashMap<FieldType<bigint, bigint>, S>;

/**
 * `std::unordered_map` over records in slab memory, called as a JavaScript `Map` is.
 *
 * **When to use it.** For many records that are found by an id or a symbol: orders by id, positions by account, sessions. A map of
 * ten million records costs the garbage collector nothing. For a few hundred records, or keys of any other kind, use a `Map`.
 *
 * **Nodes** stay where they are until they are erased, across growth and rehash, as [unord.req] promises of references: a node
 * can be kept beside the key, and reached without looking the key up again.
 *
 * **Order** is that in which keys came. A key that is set again keeps its place; one that was deleted and came back is the last.
 *
 * **The table** holds 8 bytes per slot under the nodes. Eight neighbouring keys share a cache line, so ids that are handed out
 * in order are found fast. It grows by a little work in each insertion, so that none takes long, and it deletes without
 * tombstones. Keys chosen to collide are met with random numbers, which costs O(n) once per size.
 *
 * **Safety.** As `FluxList`: nodes of this map alone are taken, a call that throws has changed nothing, and `checked: true`
 * catches the rest. Keys out of range throw in both modes.
 *
 * Semantics: ISO C++23, [unord.map], and ECMA-262, Map objects; `docs/guides/from-std-unordered-map.md` maps every member.
 *
 * @example
 * ```ts
 * import { struct, u32, i32, f64 } from '@flux/core';
 * import { FluxHashMap } from '@flux/containers';
 *
 * const positions = new FluxHashMap(u32, struct({ quantity: i32, price: f64 }));
 * positions.set(7, { quantity: 100, price: 99.5 });
 * positions.at(7).quantity += 50;
 * console.log(positions.get(7), positions.get(8)); // { quantity: 150, price: 99.5 } undefined
 * for (const [account, { quantity }] of positions) console.log(account, quantity); // 7 150
 * positions.delete(7);
 * ```
 */
export interface FluxHashMap<K extends KeyType = KeyType, S extends Struct = Struct>
	extends Iterable<[Infer<K>, Infer<S>]>,
		Disposable {
	// Capacity ---------------------------------------------------------------------------------------------------------

	/** How many records. O(1). `Map.prototype.size`, `std::unordered_map::size`. */
	readonly size: number;
	/** Whether there is no record. O(1). */
	readonly empty: boolean;
	/** How many nodes have room in the pool that this map draws on, before it takes another slab. O(1). */
	readonly capacity: number;
	/** The most nodes that the heap's arena could ever hold. O(1). `max_size`. */
	readonly maxSize: number;
	/** The heap that nodes and table come from. `get_allocator`. */
	readonly heap: Heap;
	/** Slots of the table, 8 bytes each; 0 before the first record. O(1). `bucket_count`. */
	readonly bucketCount: number;
	/** Records per slot: up to 5/8, or 3/4 where memory is short. O(1). `load_factor`. */
	readonly loadFactor: number;
	/** Bytes of the table, and of the one that is taking its place. O(1). */
	readonly tableBytes: number;
	/**
	 * Makes sure that the map can hold `count` records without growing. O(count). Invalidates nothing.
	 *
	 * @throws {@link ArgumentError} unless `count` is a whole number from 0; {@link OutOfMemoryError}.
	 */
	reserve(count: number): void;
	/**
	 * Makes the table have `buckets` slots at least, and ends growth that is under way, at once: for idle moments. O(buckets).
	 * Never makes it smaller. Nodes stay. `std::unordered_map::rehash`.
	 *
	 * @throws {@link ArgumentError} unless `buckets` is a whole number from 0; {@link OutOfMemoryError}.
	 */
	rehash(buckets: number): void;
	/**
	 * Makes the table as small as the records allow, and gives slabs in which no node is used back; returns how many bytes that
	 * were. O(buckets + free nodes x log slabs). Nodes stay.
	 */
	shrinkToFit(): number;

	// By key ------------------------------------------------------------------------------------------------------------

	/** Whether a key is there. O(1). `Map.prototype.has`, `contains`, `count`. Throws {@link ArgumentError} for what is no key. */
	has(key: KeyOf<K>): boolean;
	/** A copy of a key's record, or undefined. O(fields). `Map.prototype.get`. Throws {@link ArgumentError} for what is no key. */
	get(key: KeyOf<K>): Infer<S> | undefined;
	/** The node of a key, or 0. O(1). `std::unordered_map::find`. Throws {@link ArgumentError} for what is no key. */
	find(key: KeyOf<K>): HashMapPosition<K, S>;
	/**
	 * A live view of a key's record. O(1). `std::unordered_map::at`. Pass a view that an earlier call returned to move that one
	 * instead of making another.
	 *
	 * @throws {@link KeyError} for a key that is not there; {@link ArgumentError} for what is no key.
	 */
	at(key: KeyOf<K>, view?: LiveView<S>): LiveView<S>;
	/**
	 * Puts a record under a key, over the one that is there; returns the map. O(1) amortized, each call bounded. The object is
	 * read at once and not kept. `Map.prototype.set`.
	 *
	 * @throws {@link ArgumentError} for what is no key; {@link RecordError}; {@link OutOfMemoryError}.
	 */
	set(key: KeyOf<K>, record: Infer<S>): this;
	/** `set` that returns the node. `std::unordered_map::insert_or_assign`. */
	insertOrAssign(key: KeyOf<K>, record: Infer<S>): HashMapNode<K, S>;
	/** Puts a record under a key, unless one is there; returns the node of the key. O(1) amortized. `std::unordered_map::insert`. */
	insert(key: KeyOf<K>, record: Infer<S>): HashMapNode<K, S>;
	/**
	 * A live view of the record under a key, zeroed where there was none, to be filled by name. O(1) amortized. `operator[]`.
	 *
	 * @throws {@link ArgumentError} for what is no key; {@link OutOfMemoryError}.
	 */
	emplace(key: KeyOf<K>): LiveView<S>;
	/** `insert` with the fields in the order of declaration: no garbage. `std::unordered_map::emplace`. */
	emplace(key: KeyOf<K>, ...values: Values<S>): HashMapNode<K, S>;
	/** A live view of a zeroed record under a key, or undefined where the key is there. O(1) amortized. */
	tryEmplace(key: KeyOf<K>): LiveView<S> | undefined;
	/** `emplace` that returns undefined where the key is there: the bool of `std::unordered_map::try_emplace`. */
	tryEmplace(key: KeyOf<K>, ...values: Values<S>): HashMapNode<K, S> | undefined;
	/** Deletes a key and its record; says whether it was there. O(1). `Map.prototype.delete`, `erase(key)`. */
	delete(key: KeyOf<K>): boolean;

	// By a key of two words ---------------------------------------------------------------------------------------------

	/** `find` for an id of 64 bits given as two words, signed or not: makes no bigint. O(1). Throws {@link ArgumentError}. */
	findWords(this: LongHashMap<S>, low: number, high: number): HashMapPosition<K, S>;
	/** `emplace` for an id of 64 bits given as two words. */
	emplaceWords(this: LongHashMap<S>, low: number, high: number): LiveView<S>;
	/** `emplace` for an id of 64 bits given as two words. */
	emplaceWords(this: LongHashMap<S>, low: number, high: number, ...values: Values<S>): HashMapNode<K, S>;
	/** `delete` for an id of 64 bits given as two words. */
	deleteWords(this: LongHashMap<S>, low: number, high: number): boolean;
	/** The low word of a node's key, from 0. O(1). Throws {@link NodeError}. */
	lowAt(this: LongHashMap<S>, node: HashMapNode<K, S>): number;
	/** The high word of a node's key, signed where the key is. O(1). Throws {@link NodeError}. */
	highAt(this: LongHashMap<S>, node: HashMapNode<K, S>): number;

	// By node -----------------------------------------------------------------------------------------------------------

	/** The node whose key came first, or 0. O(1). `begin`. */
	readonly first: HashMapPosition<K, S>;
	/** The node whose key came last, or 0. O(1). */
	readonly last: HashMapPosition<K, S>;
	/** The node behind `node`, or 0. O(1). Throws {@link EndError} for 0, {@link NodeError} for a node not in this map. */
	next(node: HashMapNode<K, S>): HashMapPosition<K, S>;
	/** The node before `node`, or 0; of 0 the last node. O(1). Throws {@link NodeError}. */
	previous(node: HashMapPosition<K, S>): HashMapPosition<K, S>;
	/** Whether `node` is a node of this map now, as far as the mode can tell. O(1). Never throws. */
	hasNode(node: number): node is HashMapNode<K, S>;
	/** The key of a node: `it->first`. O(1). Throws {@link NodeError}. */
	keyAt(node: HashMapNode<K, S>): Infer<K>;
	/** A copy of a node's record: `it->second`. O(fields). Throws {@link NodeError}. */
	getAt(node: HashMapNode<K, S>): Infer<S>;
	/** A live view of a node's record. O(1). Each access checks that the node is still there. Throws {@link NodeError}. */
	viewAt(node: HashMapNode<K, S>, view?: LiveView<S>): LiveView<S>;
	/** Overwrites a node's record: `it->second = value`. O(fields). Throws {@link NodeError}, {@link RecordError}. */
	setAt(node: HashMapNode<K, S>, record: Infer<S>): void;
	/**
	 * Erases a node and returns the one behind it, or 0. O(1).
	 *
	 * @throws {@link NodeError} for a node not in this map, as one that was erased before; {@link EndError} for 0.
	 */
	erase(node: HashMapNode<K, S>): HashMapPosition<K, S>;
	/** Erases from `first` up to before `last` (0: to the end) and returns `last`. O(nodes erased). Throws {@link EndError}. */
	erase(first: HashMapPosition<K, S>, last: HashMapPosition<K, S>): HashMapPosition<K, S>;
	/**
	 * Gives a node another key; record, node and place in the order stay. Says whether it did: it does not where another node
	 * has that key. O(1). `extract`, a new `key()`, and `insert`.
	 */
	rekey(node: HashMapNode<K, S>, key: KeyOf<K>): boolean;
	/**
	 * Moves a node of another map of the heap to the end of this one; no record is copied, the node stays valid. Says whether
	 * it did: it does not where this map has the key. O(1) amortized. `extract` and `insert`. Throws {@link HeapMismatchError}.
	 */
	splice(other: FluxHashMap<K, S>, node: HashMapNode<K, S>): boolean;

	// Many records ------------------------------------------------------------------------------------------------------

	/**
	 * Moves the nodes of `other` whose keys are not here; the others stay there. O(m). Nodes stay valid. `merge`.
	 *
	 * @throws {@link HeapMismatchError}; {@link OutOfMemoryError}, when nothing has moved.
	 */
	merge(other: FluxHashMap<K, S>): void;
	/** Exchanges all records with `other` of the same heap. O(1). Nodes stay valid, in the other map. */
	swap(other: FluxHashMap<K, S>): void;
	/** Sets copies of another map's records, perhaps of another heap. O(m). Unchanged when it throws. */
	copyFrom(other: FluxHashMap<K, S>): void;
	/** A new map of the same heap with the same records in the same order. O(n). */
	clone(): FluxHashMap<K, S>;
	/** Replaces all records by the entries of an iterable; of equal keys the last stays. Unchanged when it throws. O(entries). */
	assign(entries: Iterable<readonly [KeyOf<K>, Infer<S>]>): void;
	/**
	 * Inserts the entries whose keys are not here; of equal keys the first. Returns how many. Unchanged when it throws. O(entries).
	 * `std::unordered_map::insert_range`.
	 */
	insertRange(entries: Iterable<readonly [KeyOf<K>, Infer<S>]>): number;
	/** Deletes the records that the callback accepts, once it was asked about all; returns how many. O(n). `std::erase_if`. */
	removeIf(predicate: HashMapCallback<K, S, boolean>): number;
	/** Deletes all records and keeps the table. O(bucketCount). Nodes go back to the pool in O(1). */
	clear(): void;
	/** Whether both maps have the same keys with equal records, in any order; field by field, or by `same`. O(n). `operator==`. */
	equals(other: FluxHashMap<K, S>, same?: (a: LiveView<S>, b: LiveView<S>) => boolean): boolean;

	// Walking -----------------------------------------------------------------------------------------------------------

	/**
	 * Keys with copies of their records, in the order in which keys came. Inside a walk anything may be erased, and what is
	 * inserted is visited. O(fields) a step. After `clear` or `dispose` the next step throws {@link WalkError}.
	 */
	[Symbol.iterator](): IterableIterator<[Infer<K>, Infer<S>]>;
	/** Keys with copies of their records, in order or from the end. O(fields) a step. */
	entries(options?: WalkOptions): IterableIterator<[Infer<K>, Infer<S>]>;
	/** Keys, in order or from the end. O(1) a step. */
	keys(options?: WalkOptions): IterableIterator<Infer<K>>;
	/** Copies of the records, in order or from the end. O(fields) a step. */
	values(options?: WalkOptions): IterableIterator<Infer<S>>;
	/**
	 * One live view of the records, moved along: a walk without garbage, O(1) a step. After the walk each access to it throws
	 * {@link StaleViewError}. For the keys as well, step with `next` and ask `keyAt`, or use `forEach`.
	 */
	views(options?: WalkOptions): IterableIterator<LiveView<S>>;
	/** Calls back for each record, with a view that moves along, the key (for 64 bits a bigint is made) and the node. O(n). */
	forEach(callback: HashMapCallback<K, S, void>): void;
	/** Keys with copies in an array. O(n). */
	toArray(): [Infer<K>, Infer<S>][];
	/** `toArray()` with bigints as text, for `JSON.stringify`. */
	toJSON(): unknown[];
	/**
	 * All keys and records as bytes, made a map again by {@link FluxHashMapConstructor.restore}. O(n). Maps with equal entries in
	 * equal order have equal snapshots, whatever their table looks like. Its format: `docs/guides/snapshots.md`.
	 */
	snapshot(): Uint8Array<ArrayBuffer>;

	// Threads -----------------------------------------------------------------------------------------------------------

	/**
	 * Hands the map to another thread, or shows it to others: returns a handle of a few numbers, to be posted there, for
	 * {@link FluxHashMapConstructor.attach}. No record is copied. O(1); once O(size) where records came in from an iterable
	 * or another container. Requires a heap over a shared arena.
	 *
	 * `'move'`: this map is unusable from now on, and whoever attaches the handle first has it, to change it and to dispose
	 * of it. `'read'`: nobody changes it, this thread neither, until every thread that attached it has disposed of it and
	 * {@link FluxHashMap.thaw} was called here; a view that was taken before must not be written to.
	 *
	 * @throws {@link NotSharedError} on a heap that is not shared; {@link FrozenError} for a move of one that is read;
	 * {@link MovedError}, {@link DisposedError}, {@link ArgumentError}.
	 */
	share(mode: ShareMode): ContainerHandle<'FluxHashMap'>;
	/**
	 * Ends the sharing for reading by the thread that shared it: it can be changed again, and the handle leads nowhere. Does
	 * nothing where it is not shared. O(1). Throws {@link FrozenError} while other threads have it attached.
	 */
	thaw(): void;
	/** Whether it is shared for reading, here or by another thread. O(1). */
	readonly frozen: boolean;

	// Life --------------------------------------------------------------------------------------------------------------

	/**
	 * Gives nodes and table back, O(1) whatever their number. Later calls throw {@link DisposedError}; a second `dispose` does
	 * nothing. A map that is dropped gives them back too, but only after a collection, when the event loop turns.
	 */
	dispose(): void;
	/** `dispose()`, for `using`. */
	[Symbol.dispose](): void;
	/** Checks every invariant of the map, its table, its pool and its arena. O(capacity). Throws {@link CorruptionError}. For tests. */
	validate(): void;
}

/** The constructor of maps. */
export interface FluxHashMapConstructor {
	/**
	 * An empty map from keys of one type to records of one struct. O(1), and takes no table before the first record; the first
	 * map of a key, struct and mode also generates its code.
	 *
	 * @throws {@link ArgumentError} for a type that cannot be a key, or a wrong option; {@link StructError} for what is no struct.
	 */
	new <K extends KeyType, S extends Struct>(key: K, struct: S, options?: ContainerOptions): FluxHashMap<K, S>;
	/** A map of entries; of equal keys the last stays, as in a `Map`. O(entries). */
	new <K extends KeyType, S extends Struct>(
		key: K,
		struct: S,
		entries: Iterable<readonly [KeyOf<K>, Infer<S>]>,
		options?: ContainerOptions,
	): FluxHashMap<K, S>;
	/**
	 * A new map with the keys and records of a snapshot, in order. O(bytes). The bytes are checked to the last bit before anything
	 * is made, and are not kept; they may come from anywhere, and lie at any address. The table is made anew.
	 *
	 * @throws {@link SnapshotError} when `bytes` are no whole snapshot of a map of such keys and records; its `problem` says why.
	 * @throws {@link OutOfMemoryError} when the heap cannot hold them; {@link ArgumentError}, {@link StructError}.
	 * @example
	 * ```ts
	 * import { struct, u32, f64 } from '@flux/core';
	 * import { FluxHashMap } from '@flux/containers';
	 *
	 * const Position = struct({ price: f64 });
	 * const bytes = new FluxHashMap(u32, Position, [[7, { price: 99.5 }]]).snapshot();
	 * console.log(FluxHashMap.restore(u32, Position, bytes).get(7)); // { price: 99.5 }
	 * ```
	 */
	restore<K extends KeyType, S extends Struct>(
		key: K,
		struct: S,
		bytes: Uint8Array,
		options?: ContainerOptions,
	): FluxHashMap<K, S>;
	/**
	 * The map that another thread shared by {@link FluxHashMap.share}, with all its records where they are. O(1). In checked mode
	 * where it was. `options.heap`: this thread's heap over the same arena.
	 *
	 * @throws {@link HandleError} for what is no handle of such a map, and for one that was taken; {@link OwnerDiedError}
	 * where what it led to ended with its thread; {@link NotSharedError}, {@link ArgumentError}, {@link StructError}.
	 */
	attach<K extends KeyType, S extends Struct>(
		key: K,
		struct: S,
		handle: ContainerHandle<'FluxHashMap'>,
		options: AttachOptions,
	): FluxHashMap<K, S>;
	/** What all maps inherit from. */
	readonly prototype: FluxHashMap;
}

class AnyFluxHashMap {
	constructor(
		key: FieldType,
		struct: Struct,
		sourceOrOptions?: Iterable<unknown> | ContainerOptions,
		lastOptions?: ContainerOptions,
	) {
		if (new.target !== AnyFluxHashMap) {
			throw new ArgumentError(
				'FluxHashMap was extended, and each struct has a class of its own; hold a map in a field instead',
			);
		}
		const kind = mapKey(key);
		checkStruct(struct);
		const hasSource =
			typeof sourceOrOptions === 'object' && sourceOrOptions !== null && Symbol.iterator in sourceOrOptions;
		const options = hasSource ? lastOptions : (sourceOrOptions as ContainerOptions | undefined);
		const { heap, checked } = readOptions(options);
		const map = new (hashMapClass(kind, struct, checked, heap, AnyFluxHashMap.prototype))(heap);
		try {
			if (hasSource) map.setAll(sourceOrOptions, true);
		} catch (error) {
			map.dispose();
			throw error;
		}
		// biome-ignore lint/correctness/noConstructorReturn: the class of these maps stands in for the one that was called
		return map as unknown as AnyFluxHashMap;
	}

	static restore(key: FieldType, struct: Struct, bytes: Uint8Array, options?: ContainerOptions): object {
		const kind = mapKey(key);
		checkStruct(struct);
		const { heap, checked } = readOptions(options);
		const snapshot = internals.openSnapshot('FluxHashMap', struct, bytes);
		const map = new (hashMapClass(kind, struct, checked, heap, AnyFluxHashMap.prototype))(heap);
		try {
			map.pushSnapshot(snapshot);
		} catch (error) {
			map.dispose();
			throw error;
		}
		return map;
	}

	static attach(key: FieldType, struct: Struct, handle: ContainerHandle, options: AttachOptions): object {
		const kind = mapKey(key);
		checkStruct(struct);
		return attach(handle, 'FluxHashMap', layoutOf(kind.signature, struct), options, (heap, taken) => {
			const reads = taken.mode === 'read';
			const pick = reads ? frozenHashMapClass : hashMapClass;
			const HashMap = pick(kind, struct, taken.checked, heap, AnyFluxHashMap.prototype);
			const nodes = heap.adoptPool(struct.signature, taken.pool, reads);
			return new HashMap(heap, { nodes, header: taken.header, index: taken.index, reads });
		});
	}

	share(mode: ShareMode): ContainerHandle {
		return share(this as unknown as Shared, mode, SHARING);
	}

	thaw(): void {
		thaw(this as unknown as Shared, 'this FluxHashMap');
	}

	get frozen(): boolean {
		return isFrozen(this);
	}
}

/** The map; see the interface of this name for what it does. */
export const FluxHashMap: FluxHashMapConstructor = AnyFluxHashMap as unknown as FluxHashMapConstructor;
Object.defineProperty(AnyFluxHashMap, 'name', { value: 'FluxHashMap' });

type Shared = InstanceType<ReturnType<typeof hashMapClass>>;

const SHARING: SharingOf<Shared> = {
	kind: 'FluxHashMap',
	layoutOf: (map) => layoutOf(map.keyType, map.layout.struct),
	frozenPrototype: (map) =>
		frozenHashMapClass(map.key, map.layout.struct, map.layout.checked, map.heap, AnyFluxHashMap.prototype).prototype,
};

function layoutOf(keyType: string, struct: Struct): string {
	return `${keyType}: ${struct.signature}`;
}

function checkStruct(struct: unknown): void {
	if (!internals.isStruct(struct))
		throw new StructError(
			`FluxHashMap was given ${internals.describe(struct)} for its struct; pass what struct() returned`,
		);
}
