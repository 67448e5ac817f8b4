import type { KeyAt } from '../scenarios/map-keys.js';

/**
 * A map from keys to records that is measured. As for a list, each method holds a whole loop, written as a user of that map
 * would write it at its best. Records are `{id, price}`, with the record's number for its id.
 */
export interface MapSubject<M> {
	/** Once, before the first round. */
	prepare?(): Promise<void>;
	/** Before every round, outside the time. */
	betweenRounds?(): void;
	/** A new, empty map. */
	create(): M;
	/** Gives up the map: by hand where it has a way to, by forgetting it where the collector does it. */
	dispose(map: M): void;
	/** Puts records 0 to count - 1 under their keys. */
	fill(map: M, keyAt: KeyAt, count: number): void;
	/** Looks up random keys of the first `count`; the sum of their prices. */
	hit(map: M, keyAt: KeyAt, count: number, operations: number, seed: number): number;
	/** Looks up random keys of records `count` to 5 x count - 1, which are not there; how many were found. */
	miss(map: M, keyAt: KeyAt, count: number, operations: number, seed: number): number;
	/** Deletes the record of a random place and puts the next one there; `live` holds the numbers of the records. */
	churn(map: M, keyAt: KeyAt, live: Int32Array, next: number, operations: number, seed: number): void;
	/** Sum of the prices, in whatever order. */
	sum(map: M): number;
	/** Hash of all records in any order; never timed. */
	digest(map: M): string;
}

/** A subject whose map the scenario passes around without looking inside. */
export type AnyMapSubject = MapSubject<unknown>;
