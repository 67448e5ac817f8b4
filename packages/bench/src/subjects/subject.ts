/**
 * A list that is measured: what a child process knows how to do with it.
 *
 * Each method holds a whole loop, written as a user of that list would write it at its best. A loop is
 * therefore called once per round, and the calls inside it belong to one list only: the process loads a
 * single subject, so no call site sees two of them.
 *
 * A method that is missing says that the list has no such operation at its price (an O(1) erase by
 * handle, for one); the scenario then has no row for it.
 */
export interface ListSubject<List, Handle> {
	/** Once, before the first round. */
	prepare?(): Promise<void>;
	/** Before every round, outside the time. */
	betweenRounds?(): void;

	/** A new, empty list. */
	create(): List;
	/** Appends records 0 to count - 1, priced in order. */
	build(list: List, count: number): void;
	/** Appends records 0 to count - 1, priced at random with duplicates. */
	buildRandom(list: List, count: number, seed: number): void;
	/** Gives up the list: by hand where it has a way to, by forgetting it where the collector does it. */
	dispose(list: List): void;
	/** Empties the list, which is used again. */
	clear(list: List): void;
	/** Sum of the prices plus the number of records. */
	walk(list: List): number;
	/** Order-sensitive hash of all records; never timed. */
	hash(list: List): string;

	/** Appends a record, looks at the price of the first, removes it; `operations` times. Returns the sum of the prices. */
	fifo?(list: List, operations: number, firstId: number): number;
	/** Appends `count` records, then takes all of them out from the front. Returns the sum of their prices. */
	fillAndDrain?(list: List, count: number, firstId: number): number;
	/** As {@link build}, with a handle per record. */
	buildWithHandles?(list: List, count: number): Handle[];
	/** Erases a random node and inserts a record before another random one. */
	eraseInsert?(list: List, handles: Handle[], operations: number, seed: number): void;
	/** Moves a random node to the back. */
	moveToBack?(list: List, handles: Handle[], operations: number, seed: number): void;
	/**
	 * Erases all nodes by id, the order they were made in, so that an allocator that reuses them gives the next list its
	 * memory in order again. Lists that leave memory to the collector need no such thing. Never timed.
	 */
	eraseById?(list: List): void;
	/** Stable sort by price. */
	sort?(list: List): void;
	/** Puts the nodes back into memory in the order of the walk. */
	compact?(list: List): void;
}

/** A subject whose list and handle the scenario passes around without looking inside. */
export type AnySubject = ListSubject<unknown, unknown>;

/** The operations that only some lists have. */
export type Capability =
	| 'fifo'
	| 'fillAndDrain'
	| 'buildWithHandles'
	| 'eraseInsert'
	| 'moveToBack'
	| 'sort'
	| 'compact';
