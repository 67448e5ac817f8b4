import type { QueueEnd, Retirement } from './queue-end.js';

/**
 * What the calls of a queue ask of its ring, whichever it is.
 *
 * A push claims a place, writes, fills it and announces; a pop takes a place, reads, clears it and settles. Between the
 * first and the last of them no code of the user's runs, unless the claim was marked as taken.
 */
export interface Ring extends QueueEnd {
	/** The word where the next record begins, 0 when the ring is full. Throws ClosedError. */
	claimPlace(call: string): number;
	/** Keeps the claim of `claimPlace` while the user's code runs. */
	holdClaim(place: number): void;
	/** The claimed place holds a record now. */
	fillPlace(): void;
	/** How many places from a claimed one on lie side by side and may be filled at once: from 1 to `most`. */
	placesInARow(most: number): number;
	/** So many places from the claimed one on hold records now. */
	fillPlaces(count: number): void;
	/** Others may see what was filled. */
	announce(): void;
	/** Gives a claimed place back. */
	withdraw(): void;
	/** Whether a claim would find a place. */
	hasRoom(): boolean;
	/** The word where the oldest record begins, 0 when there is none. */
	takePlace(call: string): number;
	/** Marks a taken place for the case that this thread dies while the user's code looks at it. */
	markTaken(place: number): void;
	/** Keeps it while the user's code goes on. */
	holdTaken(): void;
	/** The taken place is free again. */
	clearPlace(): void;
	/** How many records from a taken one on lie side by side and may be read at once: from 1 to `most`. */
	recordsInARow(most: number): number;
	/** So many places from the taken one on are free again. */
	clearPlaces(count: number): void;
	/** Others may use what was cleared. */
	settle(): void;
	/** Whether a take would find a record. */
	hasRecord(): boolean;
	/** Whether nothing will come, once the queue was seen closed. */
	isDrained(): boolean;
	endClaims(seat: number, member: number): { lost: number; abandoned: number };
	beginPushing(): void;
	beginPopping(): void;
	/** Ends a batch of takes of which `count` were cleared; one that is open is given up. */
	endBatch(count: number): void;
	faults(): string[];
	validate(): void;
	retireMember(member: number): Retirement;
}

/** The class of rings of one record and kind. */
export type RingClass = new (...parameters: ConstructorParameters<typeof QueueEnd>) => Ring;
