import { internals } from '@flux/core';

/*
 * A queue is a ring of segments (core's `slab/layout.ts`): records go in at the last segment and come out of the first. Its
 * header is a ring's header, and in that the last words are the queue's own. All of it is one cache line:
 *
 *   word    name         holds
 *   ------  -----------  --------------------------------------------------------------------------
 *   +0-8    as a ring
 *   +9      HEAD         the first record, TAIL when the queue is empty; as it was when it was shared
 *   +10     TAIL         where the next record goes; as it was when it was shared
 *   +11     CAPACITY     the most records; 0: as many as memory holds
 *   +12     OVERWRITES   1: when full, the oldest record gives way; 0: the new one is refused
 *   +13     OVERWRITTEN  records that gave way, modulo 2^32
 *   +14-15  unused
 *
 * The thread that a queue belongs to keeps its ends in fields: `head`, `headEnd`, `tail` and `tailEnd`. Invariants, with FIRST
 * and END the offsets in a segment where records begin and end:
 *   size = (segments - 1) x PER_SEGMENT + ((tail - last segment) - (head - first segment)) / STRIDE, or 0 without a segment;
 *   head lies in the first segment and tail in the last, each from FIRST to END; head = tail only in a queue that is empty;
 *   headEnd = first segment + END, and head = headEnd only in a queue that is empty;
 *   (tailEnd - tail) / STRIDE is at most CAPACITY - size;
 *   without a segment all four are 0.
 */
export const HEAD = 9;
export const TAIL = 10;
export const CAPACITY = 11;
export const OVERWRITES = 12;
export const OVERWRITTEN = 13;

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
export const queueWords = { HEAD, TAIL, CAPACITY, OVERWRITES, OVERWRITTEN } as const;
