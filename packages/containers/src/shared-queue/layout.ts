import { HandleError, internals, type MemoryBlock, type Struct } from '@flux/core';
import { LINES, readSignature, signatureOf, upToLines } from '../common/shared-block.js';
import { exchangeableMemory } from './exchange.js';
import { type Bell, WAITING } from './waiting.js';

/*
 * A queue between threads is one SharedArrayBuffer that nobody resizes. In words of four bytes:
 *
 *     word       what                who writes it, and when
 *     0          MAGIC               the maker, once, like all up to word 15
 *     1          VERSION             of this layout
 *     2          KIND                bits 0-1: how it behaves when full; bit 2: every consumer gets every record
 *     3          CAPACITY            records it takes
 *     4          RING                slots: no fewer, and a power of two unless the queue has two ends
 *     5          STRIDE              words per slot
 *     6          PRODUCERS           seats for threads that push
 *     7          CONSUMERS           seats for threads that pop
 *     8          RECORDS             the word where the slots begin
 *     9          SIGNATURE           bytes of the struct's signature
 *     10         CURSORS             of a broadcast: the word where the consumers' cursors begin
 *     11         STAGES              of a broadcast that overwrites: the word where their copies begin
 *     12         LATE                of a queue of two ends: how many records HEAD may be behind DONE
 *     16         MEMBERS             attachments so far, the maker's first; share() adds
 *     17         LOST                records that dead consumers had claimed
 *     18         ABANDONED           places that dead producers had claimed
 *     19         DROPPED             records that a full queue did not take, or overwrote
 *     20         DESERTED            1: the last producer died; 2: the last consumer died
 *     32         TAIL                the position behind the newest record; the producers
 *     33         TAIL_EVENT          of a queue of two ends: counts the wake-ups of who waits for records
 *     64         HEAD                the position of the oldest record, in a queue of two ends perhaps of one before it; the consumers
 *     65         HEAD_EVENT          of a queue of two ends: counts the wake-ups of who waits for room
 *     66         FRONT               of a broadcast that overwrites: the position up to which producers may be writing
 *     67         TAKEN               of a queue of two ends: the position behind what the consumer has looked at
 *     68         DONE                of a queue of two ends: the position of the oldest record; the consumer
 *     96         RECORDS_FLAG        1: somebody waits for records; 2: the queue is closed
 *     97         RECORDS_EVENT       counts the wake-ups of those who wait for records
 *     128        ROOM_FLAG           the same for those who wait for room
 *     129        ROOM_EVENT
 *     160        SEATS               a word for each producer, then for each consumer: its member number, 0 for nobody
 *     ...        the signature, as UTF-8
 *     CURSORS    of a broadcast: for each consumer LINES words, the first of them HEAD, the position of its next record,
 *                the second GATE, whom it is for: 0 nobody, a member, or minus a member that has not begun
 *     RECORDS    slots, on a line of their own: one word of state each where several threads claim them, then the record
 *     STAGES     of a broadcast that overwrites: for each consumer room for STAGED slots, which it alone uses
 *
 * What one side writes and what the other writes stand 128 bytes apart: caches fetch lines of 64 bytes in pairs.
 *
 * Positions count records from the first on, in 32 bits, and wrap. The slot of a position is its low bits. In a queue of two
 * ends positions have 31 bits, wrap at the last whole lap that fits there (`turnOf`), and their slot is what is left over from
 * whole laps; the last bit of TAIL and HEAD says that somebody waits for that word, and is then no part of RECORDS_FLAG and
 * ROOM_FLAG.
 */
export const sharedQueueWords = {
	MAGIC: 0,
	VERSION: 1,
	KIND: 2,
	CAPACITY: 3,
	RING: 4,
	STRIDE_WORDS: 5,
	PRODUCERS: 6,
	CONSUMERS: 7,
	RECORDS: 8,
	SIGNATURE: 9,
	CURSORS: 10,
	STAGES: 11,
	LATE: 12,
	MEMBERS: 16,
	LOST: 17,
	ABANDONED: 18,
	DROPPED: 19,
	DESERTED: 20,
	TAIL: 32,
	HEAD: 64,
	FRONT: 66,
	TAKEN: 67,
	DONE: 68,
	RECORDS_FLAG: 96,
	RECORDS_EVENT: 97,
	ROOM_FLAG: 128,
	ROOM_EVENT: 129,
	SEATS: 160,

	/** Bits of a flag word. */
	WAITING,
	CLOSED: 2,
	/** Of a cursor. */
	CURSOR_HEAD: 0,
	CURSOR_GATE: 1,
	LINES,
	/** How many records a consumer copies at a time, and how many a producer announces that it may be writing. */
	STAGED: 64,
	CHUNK: 64,
	/** Bits of DESERTED. */
	NO_PRODUCER: 1,
	NO_CONSUMER: 2,
} as const;

/** The low byte of a slot's word; what the states mean is told where they are used. */
export const slotStates = { FREE: 0, FULL: 1, SKIP: 2, CLAIMED: 4, TAKEN_BY: 128 } as const;

/** Which ends of a queue there are many of: what its algorithm is chosen by. */
export interface RingKind {
	readonly manyProducers: boolean;
	/** Consumers take records from each other. */
	readonly manyConsumers: boolean;
	/** Producers write over the oldest record of a full queue. */
	readonly overwrites: boolean;
	/** Every consumer gets every record. */
	readonly broadcasts: boolean;
}

/** What a queue does with a record for which it has no room. */
export type WhenFull = 'wait' | 'refuse' | 'drop' | 'overwrite';

const POLICIES: readonly WhenFull[] = ['wait', 'refuse', 'drop', 'overwrite'];

/** All that is decided when a queue is made. */
export interface SharedQueuePlan {
	readonly capacity: number;
	readonly producers: number;
	readonly consumers: number;
	readonly whenFull: WhenFull;
	readonly broadcasts: boolean;
}

/** How a queue of this plan is built. */
export function kindOf({ producers, consumers, whenFull, broadcasts }: SharedQueuePlan): RingKind {
	const overwrites = whenFull === 'overwrite';
	const manyConsumers = !broadcasts && (consumers > 1 || overwrites);
	return { manyProducers: producers > 1, manyConsumers, overwrites, broadcasts };
}

/** What a queue of this plan, and a handle of it, says of itself. */
export function nameOf({ broadcasts }: SharedQueuePlan): 'SharedFluxQueue' | 'BroadcastFluxQueue' {
	return broadcasts ? 'BroadcastFluxQueue' : 'SharedFluxQueue';
}

/** Whether there is nothing but positions between producer and consumer; otherwise each slot has a word of state. */
export function hasTwoEnds({ manyProducers, manyConsumers }: RingKind): boolean {
	return !manyProducers && !manyConsumers;
}

/** Whether it is a queue of two ends, where a bit of TAIL and HEAD says that somebody waits for them. */
export function isJoined(kind: RingKind): boolean {
	return hasTwoEnds(kind) && !kind.broadcasts;
}

/** Bits of a position in TAIL and HEAD: all, or all but that one. */
export function positionBits(kind: RingKind): number {
	return isJoined(kind) ? 2 ** 31 - 1 : -1;
}

/** Where positions begin again at 0 in a queue of two ends: behind the last whole lap of 31 bits. */
export function turnOf(slots: number): number {
	return slots * Math.floor(2 ** 31 / slots);
}

/** Where the threads of a queue wait for records, and for room. */
export function bellsOf(plan: SharedQueuePlan): { readonly records: Bell; readonly room: Bell } {
	return isJoined(kindOf(plan)) ? JOINED : APART;
}

/** How its records lie in slots: with a word of state before each, unless it has two ends. */
export function recordOf(struct: Struct, kind: RingKind, checked = false): internals.NodeRecord {
	return internals.slotRecord(struct, checked, hasTwoEnds(kind) ? 0 : 1);
}

/** Seats in all, at most: the state of a slot has room for as many names. */
export const MOST_SEATS = 120;

/** Slots of a ring whose slots have states, at least: what of a position is no slot must fit beside the state. */
const FEWEST_SLOTS = 256;

/** Slots of a broadcast that overwrites, at least: while a consumer copies STAGED records, many times more can be pushed. */
const FEWEST_OVERWRITTEN = 1024;

/** Records that the consumer of a queue of two ends takes before it tells of them, at most. */
const MOST_LATE = 63;

/** Milliseconds in which a plain store is seen by other threads, ten thousand times as long as it takes. */
const GRACE = 1;

const JOINED = {
	records: { word: sharedQueueWords.TAIL, bit: 1 << 31 },
	room: { word: sharedQueueWords.HEAD, bit: 1 << 31, grace: GRACE },
};
const APART = {
	records: { word: sharedQueueWords.RECORDS_FLAG, bit: WAITING },
	room: { word: sharedQueueWords.ROOM_FLAG, bit: WAITING },
};

/** Bit of KIND. */
const BROADCASTS = 4;

const MAGIC = 0x46_4c_58_51;
const LAYOUT_VERSION = 4;

/** The memory of a queue: a buffer, and what WebAssembly knows it as, where it does. */
export interface SharedQueueMemory {
	readonly buffer: SharedArrayBuffer;
	readonly block?: MemoryBlock | undefined;
}

/** Makes the memory of a queue. `first` is the position of its first record; tests begin before a counter wraps. */
export function makeSharedQueueMemory(struct: Struct, plan: SharedQueuePlan, first = 0): SharedQueueMemory {
	const w = sharedQueueWords;
	const kind = kindOf(plan);
	const { strideWords } = recordOf(struct, kind);
	const signature = signatureOf(struct);
	const cursors = upToLines(w.SEATS + plan.producers + plan.consumers + Math.ceil(signature.length / 4));
	const records = cursors + (plan.broadcasts ? plan.consumers * w.LINES : 0);
	const late = lateOf(plan);
	const ring = slotsOf(plan, kind, late);
	const begin = isJoined(kind) ? beginOf(first, ring) : first;
	const stages = upToLines(records + ring * strideWords);
	const copies = plan.broadcasts && kind.overwrites ? plan.consumers * stageWords(strideWords) : 0;
	const bytes = (stages + copies) * 4;
	const block = isJoined(kind) ? exchangeableMemory(bytes) : undefined;
	const buffer = (block?.buffer as SharedArrayBuffer | undefined) ?? new SharedArrayBuffer(bytes);
	const i32 = new Int32Array(buffer);
	i32[w.VERSION] = LAYOUT_VERSION;
	i32[w.KIND] = POLICIES.indexOf(plan.whenFull) | (plan.broadcasts ? BROADCASTS : 0);
	i32[w.CAPACITY] = plan.capacity;
	i32[w.RING] = ring;
	i32[w.STRIDE_WORDS] = strideWords;
	i32[w.PRODUCERS] = plan.producers;
	i32[w.CONSUMERS] = plan.consumers;
	i32[w.RECORDS] = records;
	i32[w.SIGNATURE] = signature.length;
	i32[w.CURSORS] = cursors;
	i32[w.STAGES] = stages;
	i32[w.MEMBERS] = 1;
	i32[w.LATE] = late;
	i32[w.TAIL] = begin;
	i32[w.HEAD] = begin;
	i32[w.TAKEN] = begin;
	i32[w.DONE] = begin;
	i32[w.FRONT] = begin;
	new Uint8Array(buffer, (w.SEATS + plan.producers + plan.consumers) * 4).set(signature);
	if (!hasTwoEnds(kind) && (first !== 0 || plan.broadcasts)) {
		// Each slot is free in the lap of the first position from `first` on that is its own. Of a broadcast nobody frees slots:
		// there that is one which was skipped in the lap before.
		const bits = Math.log2(ring);
		for (let position = first; position < first + ring; position++) {
			const lap = (position | 0) >>> bits;
			const free = plan.broadcasts ? (((lap - 1) & (-1 >>> bits)) << 8) | slotStates.SKIP : lap << 8;
			i32[records + (position & (ring - 1)) * strideWords] = free;
		}
	}
	// Last: who attaches looks for it first.
	Atomics.store(i32, w.MAGIC, MAGIC);
	return { buffer, block };
}

/** The plan of a queue whose memory came from another thread. Throws HandleError for what is no queue of this struct. */
export function openSharedQueueMemory(struct: Struct, buffer: SharedArrayBuffer): SharedQueuePlan {
	const w = sharedQueueWords;
	const i32 = new Int32Array(buffer);
	if (i32.length <= w.SEATS || Atomics.load(i32, w.MAGIC) !== MAGIC) {
		throw new HandleError(
			'foreign',
			'the memory of this handle holds no shared queue; pass what share() of a SharedFluxQueue returned',
		);
	}
	if (i32[w.VERSION] !== LAYOUT_VERSION) {
		throw new HandleError(
			'version',
			`the queue has layout version ${i32[w.VERSION]} and this library writes version ${LAYOUT_VERSION}; load the same version in all threads`,
		);
	}
	const producers = i32[w.PRODUCERS];
	const consumers = i32[w.CONSUMERS];
	const signature = readSignature(buffer, w.SEATS + producers + consumers, i32[w.SIGNATURE]);
	const whenFull = POLICIES[i32[w.KIND] & (BROADCASTS - 1)];
	const broadcasts = (i32[w.KIND] & BROADCASTS) !== 0;
	const plan = { capacity: i32[w.CAPACITY], producers, consumers, whenFull, broadcasts };
	if (signature !== struct.signature || i32[w.STRIDE_WORDS] !== recordOf(struct, kindOf(plan)).strideWords) {
		throw new HandleError(
			'struct',
			`the queue holds records of ${signature} and ${struct.signature} was passed; declare the same struct in all threads`,
		);
	}
	return plan;
}

/** A quarter of the records at most: a small queue is told of more often. */
function lateOf({ capacity }: SharedQueuePlan): number {
	return Math.min(MOST_LATE, capacity >> 2);
}

/** The position in a queue of two ends that is as far from the turn as `first` is from 2^31. */
function beginOf(first: number, slots: number): number {
	const position = first & (2 ** 31 - 1);
	return position < 2 ** 30 ? position : position - 2 ** 31 + turnOf(slots);
}

/**
 * Slots: a power of two, but for two ends as many as there can be records and places that the producer was not told of. A
 * broadcast that overwrites has twice what it holds, so that the oldest can be read in peace.
 */
function slotsOf({ capacity, broadcasts }: SharedQueuePlan, kind: RingKind, late: number): number {
	if (isJoined(kind)) return capacity + late + 1;
	const needed = 2 ** Math.ceil(Math.log2(capacity));
	if (broadcasts && kind.overwrites) return Math.max(FEWEST_OVERWRITTEN, 2 * needed);
	return Math.max(hasTwoEnds(kind) ? 1 : FEWEST_SLOTS, needed);
}

/** Words for the copies of one consumer. */
export function stageWords(strideWords: number): number {
	return upToLines(sharedQueueWords.STAGED * strideWords);
}
