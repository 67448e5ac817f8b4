import { ClaimError, DisposedError, internals, type MemoryBlock, RetiredError, SeatError } from '@flux/core';
import { type Exchange, exchangeOf } from './exchange.js';
import {
	bellsOf,
	nameOf,
	type SharedQueueMemory,
	type SharedQueuePlan,
	turnOf,
	sharedQueueWords as w,
} from './layout.js';
import { type Bell, wake } from './waiting.js';

/** What retiring a member brought to light. */
export interface Retirement {
	/** Records that it had claimed as a consumer: they are gone, and nobody else is given them. Of a broadcast: what it had not read. */
	readonly lost: number;
	/** Places that it had claimed as a producer: they are skipped. */
	readonly abandoned: number;
	/** Producers that are left. */
	readonly producers: number;
	/** Consumers that are left. */
	readonly consumers: number;
}

/**
 * One thread's end of a queue: who it is, and what it knows of the others' progress.
 *
 * A thread takes a seat as producer at its first push and as consumer at its first pop, by one compare-and-swap of the
 * seat's word from 0 to its member number. A seat says whose the claims are that bear its number, so that those of a dead
 * thread can be told. Nothing here is a lock: whoever dies leaves at most claims behind.
 */
export abstract class QueueEnd {
	declare readonly memory: internals.Memory;
	/** The same memory, where WebAssembly can reach it. */
	declare readonly block: MemoryBlock | undefined;
	/** An atomic exchange of one of its words. */
	declare readonly exchange: Exchange;
	/** The word where the slots begin. */
	declare readonly records: number;
	/** The word where they end. */
	declare readonly ringEnd: number;
	/** Of a position: its slot, in a ring of a power of two. */
	declare readonly mask: number;
	declare readonly ringBits: number;
	/** Where positions begin again at 0 in a queue of two ends. */
	declare readonly turn: number;
	declare readonly capacity: number;
	/** The number of this attachment. */
	declare readonly member: number;
	declare readonly plan: SharedQueuePlan;
	/** Where threads wait for records, and for room. */
	declare readonly recordsBell: Bell;
	declare readonly roomBell: Bell;
	declare disposed: boolean;

	/** As a producer: its seat, -1 before it has one. */
	declare producerSeat: number;
	/** The position of its next record, where nobody else moves it, and the word of its slot. */
	declare tail: number;
	declare tailPlace: number;
	/** The position at which the ring is full, as far as it knows. */
	declare room: number;
	/** The place that it has claimed, 0 for none. */
	declare claimed: number;

	/** As a consumer: the same. */
	declare consumerSeat: number;
	declare head: number;
	declare headPlace: number;
	/** The position at which the ring is empty, as far as it knows. */
	declare end: number;
	declare taken: number;

	constructor({ buffer, block }: SharedQueueMemory, member: number, plan: SharedQueuePlan) {
		const memory = new internals.Memory(buffer);
		const { i32 } = memory;
		this.memory = memory;
		this.block = block;
		this.exchange = exchangeOf(i32, block);
		this.records = i32[w.RECORDS];
		this.ringEnd = this.records + i32[w.RING] * i32[w.STRIDE_WORDS];
		this.mask = i32[w.RING] - 1;
		this.ringBits = 31 - Math.clz32(i32[w.RING]);
		this.turn = turnOf(i32[w.RING]);
		this.capacity = plan.capacity;
		this.member = member;
		this.plan = plan;
		const { records, room } = bellsOf(plan);
		this.recordsBell = records;
		this.roomBell = room;
		this.disposed = false;
		this.producerSeat = -1;
		this.tail = 0;
		this.tailPlace = 0;
		this.room = 0;
		this.claimed = 0;
		this.consumerSeat = -1;
		this.head = 0;
		this.headPlace = 0;
		this.end = 0;
		this.taken = 0;
	}

	/** Claims of `seat` are ended: a producer's places are skipped, a consumer's records are gone. Returns how many. */
	abstract endClaims(seat: number, member: number): { lost: number; abandoned: number };
	/** Takes up the producer's, or consumer's, position. */
	abstract beginPushing(): void;
	abstract beginPopping(): void;

	/** Called where a push finds no seat, or a claim that is still open. */
	prepareToPush(call: string): void {
		this.checkAlive();
		if (this.claimed !== 0) throw new ClaimError(call, 'commit() or abort() what claim() returned first');
		if (this.producerSeat >= 0) return;
		this.producerSeat = this.sit(this.member, 0, this.plan.producers, 'producer');
		Atomics.and(this.memory.i32, w.DESERTED, ~w.NO_PRODUCER);
		this.beginPushing();
	}

	/** The same for a pop. */
	prepareToPop(call: string): void {
		this.checkAlive();
		if (this.taken !== 0)
			throw new ClaimError(call, 'release() what take() returned first, and do not pop in the callback of drain()');
		if (this.consumerSeat >= 0) return;
		const kept = this.takeKeptSeat();
		this.consumerSeat = kept >= 0 ? kept : this.sit(this.member, this.plan.producers, this.plan.consumers, 'consumer');
		Atomics.and(this.memory.i32, w.DESERTED, ~w.NO_CONSUMER);
		this.beginPopping();
	}

	/** The consumer's seat that was kept for this attachment, -1 for none. */
	takeKeptSeat(): number {
		return -1;
	}

	sit(member: number, from: number, seats: number, role: string): number {
		const { i32 } = this.memory;
		for (let seat = from; seat < from + seats; seat++)
			if (Atomics.compareExchange(i32, w.SEATS + seat, 0, member) === 0) return seat;
		throw new SeatError(role, seats);
	}

	get isClosed(): boolean {
		return (Atomics.load(this.memory.i32, w.RECORDS_FLAG) & w.CLOSED) !== 0;
	}

	get count(): number {
		const { i32 } = this.memory;
		// The head first: both go up meanwhile, and the difference must not fall below what was there.
		const head = Atomics.load(i32, w.HEAD);
		const count = (Atomics.load(i32, w.TAIL) - head) | 0;
		return Math.max(0, Math.min(count, this.capacity));
	}

	closeAll(): void {
		this.checkAlive();
		Atomics.or(this.memory.i32, w.RECORDS_FLAG, w.CLOSED);
		this.wakeAt(this.recordsBell);
		this.wakeAt(this.roomBell);
	}

	wakeAt(bell: Bell): void {
		wake(this.memory.i32, bell);
	}

	/**
	 * Ends all that a member held. Each step is a compare-and-swap that two who retire the same member may both try, and
	 * that a second attempt repeats where the first one died.
	 */
	retireMember(member: number): Retirement {
		const { i32 } = this.memory;
		const { producers, consumers } = this.plan;
		const report = { lost: 0, abandoned: 0 };
		let deserted = 0;
		for (let seat = 0; seat < producers + consumers; seat++) {
			if (Atomics.load(i32, w.SEATS + seat) !== member) continue;
			const { lost, abandoned } = this.endClaims(seat, member);
			report.lost += lost;
			report.abandoned += abandoned;
			Atomics.compareExchange(i32, w.SEATS + seat, member, 0);
			deserted |= seat < producers ? w.NO_PRODUCER : w.NO_CONSUMER;
		}
		const left = { producers: this.seated(0, producers), consumers: this.seated(producers, consumers) };
		if (left.producers > 0) deserted &= ~w.NO_PRODUCER;
		if (left.consumers > 0) deserted &= ~w.NO_CONSUMER;
		Atomics.add(i32, w.LOST, report.lost);
		Atomics.add(i32, w.ABANDONED, report.abandoned);
		Atomics.or(i32, w.DESERTED, deserted);
		// Also for whoever was to be woken by the one who died.
		this.wakeAt(this.recordsBell);
		this.wakeAt(this.roomBell);
		return { ...report, ...left };
	}

	/** Frees the seats of this thread. */
	leave(): void {
		for (const seat of [this.producerSeat, this.consumerSeat])
			if (seat >= 0) Atomics.compareExchange(this.memory.i32, w.SEATS + seat, this.member, 0);
	}

	seated(from: number, seats: number): number {
		let count = 0;
		for (let seat = from; seat < from + seats; seat++) if (Atomics.load(this.memory.i32, w.SEATS + seat) !== 0) count++;
		return count;
	}

	isDeserted(by: number): boolean {
		return (Atomics.load(this.memory.i32, w.DESERTED) & by) !== 0;
	}

	/** Whether a seat is still this thread's; a dead thread's is not. A plain look: to see it a call later will do. */
	checkSeat(seat: number, call: string): void {
		if (seat >= 0 && this.memory.i32[w.SEATS + seat] !== this.member) throw new RetiredError(call);
	}

	checkAlive(): void {
		if (this.disposed) throw new DisposedError(`this ${nameOf(this.plan)}`);
	}
}
