import { internals } from '@flux/core';

/*
 * A queue is a ring of segments (core's `slab/layout.ts`): records go in at the last segment and come out of the first. Its
 * header is a ring's header, and in that the last words are the queue's own. All of it is one cache line:
 *
 *   word   name         holds
 *   -----  -----------  --------------------------------------------------------------------------
 *   +0-8   as a ring
 *   +9     HEAD         the first record; TAIL when the queue is empty
 *   +10    HEAD_STOP    up to where records come out without a look at TAIL and segments
 *   +11    TAIL         where the next record goes
 *   +12    TAIL_END     up to where records go in without a look at segments and capacity
 *   +13    CAPACITY     the most records; 0: as many as memory holds
 *   +14    OVERWRITES   1: when full, the oldest record gives way; 0: the new one is refused
 *   +15    OVERWRITTEN  records that gave way, modulo 2^32
 *
 * Invariants, with FIRST and END the offsets in a segment where records begin and end:
 *   size = (segments - 1) x PER_SEGMENT + ((TAIL - last segment) - (HEAD - first segment)) / STRIDE, or 0 without a segment;
 *   HEAD lies in the first segment and TAIL in the last, each from FIRST to END; HEAD = TAIL only in a queue that is empty;
 *   from HEAD up to before HEAD_STOP, in the first segment, there are records;
 *   (TAIL_END - TAIL) / STRIDE is at most CAPACITY - size.
 */
export const HEAD = 9;
export const HEAD_STOP = 10;
export const TAIL = 11;
export const TAIL_END = 12;
export const CAPACITY = 13;
export const OVERWRITES = 14;
export const OVERWRITTEN = 15;

/** Words of a segment: 4 KiB, a page of the system and a small part of the first-level cache. */
const SEGMENT_WORDS = 1024;
/** A segment has room for this many records at least. */
const LEAST_RECORDS = 4;

/** How the records of one struct lie in segments, in words. */
export interface SegmentPlan {
	/** Of a segment: containers with segments of the same size share them, whatever their records. */
	readonly segmentWords: number;
	/** From one record to the next. */
	readonly STRIDE: number;
	/** Records in a segment. */
	readonly PER_SEGMENT: number;
	/** From a segment to its first record. */
	readonly FIRST: number;
	/** From a segment to the end of its last record. */
	readonly END: number;
}

/** The plan for records of `stride` words. */
export function segmentPlan(stride: number): SegmentPlan {
	const FIRST = internals.layout.SEGMENT_HEADER_WORDS;
	let segmentWords = SEGMENT_WORDS;
	while (segmentWords < FIRST + LEAST_RECORDS * stride) segmentWords *= 2;
	const perSegment = Math.floor((segmentWords - FIRST) / stride);
	return { segmentWords, STRIDE: stride, PER_SEGMENT: perSegment, FIRST, END: FIRST + perSegment * stride };
}

/** The words that queue code touches, as one object. */
export const queueWords = { HEAD, HEAD_STOP, TAIL, TAIL_END, CAPACITY, OVERWRITES, OVERWRITTEN } as const;
