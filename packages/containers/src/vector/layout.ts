import { internals } from '@flux/core';

/*
 * A vector's header, a cache line of the heap:
 *
 *   word   name       holds
 *   -----  ---------  ----------------------------------------------------------------------------
 *   +0-4   zeros      (what a disposed list's header holds there is not looked at)
 *   +5     SIZE       records
 *   +6     CAPACITY   records that have room
 *   +7     DATA       the first word of the first record; 0: no block was taken yet
 *   +8     CHANGES    how often records changed places, modulo 2^32
 *   +9-15  zeros
 *
 * The records lie side by side from DATA on, each a C struct padded to whole words, with room for one more behind
 * CAPACITY: a value that is searched for stands there.
 *
 * A disposed vector has the header that disposed lists share, where SIZE and CAPACITY are 0: it is empty for every
 * reader, and the slow path of whatever adds a record refuses.
 *
 * Invariants: SIZE <= CAPACITY; where DATA is not 0, its block has room for CAPACITY + 1 records.
 */
export const vectorWords = {
	SIZE: internals.layout.ELEMENTS_SIZE,
	CAPACITY: 6,
	DATA: internals.layout.ELEMENTS_DATA,
	CHANGES: 8,
	DISPOSED: internals.layout.DISPOSED_RING,
} as const;
