/** A vector that is measured. Each method holds a whole loop. */
export interface VectorSubject<V> {
	/** Once, before the first round. */
	prepare?(): Promise<void>;
	/** Before every round, outside the time. */
	betweenRounds?(): void;
	/** A new, empty vector. */
	create(): V;
	/** Gives it up: by hand where it has a way to, by forgetting it where the collector does it. */
	dispose(vector: V): void;
	/** Appends records 0 to count - 1, priced in order. */
	build(vector: V, count: number): void;
	/** Appends records 0 to count - 1, priced at random with duplicates. */
	buildRandom(vector: V, count: number, seed: number): void;
	/** Sum of the prices. */
	iterate(vector: V): number;
	/** Sum of the prices at random positions. */
	readRandom(vector: V, operations: number, seed: number): number;
	/** Stable sort by price, by a function. */
	sort(vector: V): void;
	/** Order-sensitive hash of all records; never timed. */
	hash(vector: V): string;
}

/** A subject whose vector the scenario passes around without looking inside. */
export type AnyVectorSubject = VectorSubject<unknown>;
