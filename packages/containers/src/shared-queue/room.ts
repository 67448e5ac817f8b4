import { ArgumentError, FullError, PeerDiedError, TimeoutError, WaitError } from '@flux/core';
import { sharedQueueWords as w } from './layout.js';
import type { Ring, RingClass } from './ring.js';
import { type FlagWord, park, parkAsync } from './waiting.js';

/** How long a call waits. */
export interface WaitOptions {
	/**
	 * The longest time, in milliseconds; a call that waits longer throws {@link TimeoutError}.
	 *
	 * @defaultValue none: as long as it takes
	 */
	timeout?: number;
}

/** How long a call waits that does not block its thread, and what calls it off. */
export interface AsyncWaitOptions extends WaitOptions {
	/** Calls it off: the promise is rejected with the signal's reason, and nothing was pushed or popped. */
	signal?: AbortSignal;
}

/** A ring that knows what to do when it is full or empty. */
export interface RingThatWaits extends Ring {
	/** Called by a `try` call that found no room; returns false. */
	refused(): false;
	/** Called by a call that may wait: a place, or 0 where the record is to be dropped. */
	awaitRoom(call: string, options: unknown): number;
	/** Sees to it that there is perhaps room, by the policy; returns false where `records` are to be dropped. */
	waitForRoom(call: string, wait: Wait, records: number): boolean;
	waitForRoomAsync(call: string, wait: Wait): Promise<boolean>;
	/** Returns false when the queue is closed and drained. */
	waitForRecord(call: string, wait: Wait): boolean;
	waitForRecordAsync(call: string, wait: Wait): Promise<boolean>;
}

/** The class of such rings. */
export type WaitingRingClass = new (...parameters: ConstructorParameters<RingClass>) => RingThatWaits;

/** One call's wait, from its beginning. */
export class Wait {
	readonly timeout: number;
	readonly signal: AbortSignal | undefined;
	readonly #end: number;

	/** Reads a call's options. Throws ArgumentError. */
	constructor(options: unknown, call: string) {
		const { timeout = Number.POSITIVE_INFINITY, signal } = (options ?? {}) as AsyncWaitOptions;
		if (typeof options !== 'object' && options !== undefined)
			throw new ArgumentError(
				`${call} was given ${String(options)} for its options; pass an object such as { timeout: 100 }`,
			);
		if (typeof timeout !== 'number' || !(timeout >= 0))
			throw new ArgumentError(
				`timeout is ${String(timeout)}; pass milliseconds from 0, or none to wait as long as it takes`,
			);
		if (signal !== undefined && typeof signal?.throwIfAborted !== 'function')
			throw new ArgumentError(`signal is ${String(signal)}; pass the signal of an AbortController`);
		this.timeout = timeout;
		this.signal = signal;
		this.#end = performance.now() + timeout;
	}

	get left(): number {
		return Math.max(0, this.#end - performance.now());
	}
}

/** Adds waiting to a ring: for room as its policy says, for records until the queue is closed. */
export function withWaiting(Base: RingClass): WaitingRingClass {
	return class extends Base implements RingThatWaits {
		refused(): false {
			if (this.plan.whenFull === 'drop') Atomics.add(this.memory.i32, w.DROPPED, 1);
			return false;
		}

		awaitRoom(call: string, options: unknown): number {
			const wait = new Wait(options, call);
			for (;;) {
				if (!this.waitForRoom(call, wait, 1)) return 0;
				const place = this.claimPlace(call);
				if (place !== 0) return place;
			}
		}

		waitForRoom(call: string, wait: Wait, records: number): boolean {
			if (!this.waitsForRoom(call, records)) return false;
			this.parkAt(w.ROOM_FLAG, call, wait, this.seesRoom);
			return true;
		}

		async waitForRoomAsync(call: string, wait: Wait): Promise<boolean> {
			if (!this.waitsForRoom(call, 1)) return false;
			await this.parkAsyncAt(w.ROOM_FLAG, call, wait, this.seesRoom);
			return true;
		}

		/** Whether the policy is to wait. */
		waitsForRoom(call: string, records: number): boolean {
			const { whenFull } = this.plan;
			if (whenFull === 'refuse') throw new FullError(call, records, 0, this.capacity);
			if (whenFull === 'drop') {
				Atomics.add(this.memory.i32, w.DROPPED, records);
				return false;
			}
			if (!this.hasRoom() && this.isDeserted(w.NO_CONSUMER)) throw new PeerDiedError(call, 'consumer');
			return true;
		}

		waitForRecord(call: string, wait: Wait): boolean {
			if (this.isOver(call)) return false;
			this.parkAt(w.RECORDS_FLAG, call, wait, this.seesRecord);
			return this.hasRecord() || !this.isOver(call);
		}

		async waitForRecordAsync(call: string, wait: Wait): Promise<boolean> {
			if (this.isOver(call)) return false;
			await this.parkAsyncAt(w.RECORDS_FLAG, call, wait, this.seesRecord);
			return this.hasRecord() || !this.isOver(call);
		}

		/** Whether the queue is closed and has no record. Where it is open, empty and nobody is left who pushes, it throws. */
		isOver(call: string): boolean {
			if (this.isClosed) return this.isDrained();
			if (!this.hasRecord() && this.isDeserted(w.NO_PRODUCER)) throw new PeerDiedError(call, 'producer');
			return false;
		}

		/** Whether there is an end to waiting: a claim may find room, or has something to be told. */
		readonly seesRoom = (): boolean => this.hasRoom() || this.isClosed || this.isDeserted(w.NO_CONSUMER);
		readonly seesRecord = (): boolean => this.hasRecord() || this.isClosed || this.isDeserted(w.NO_PRODUCER);

		parkAt(flag: FlagWord, call: string, wait: Wait, ready: () => boolean): void {
			let inTime: boolean;
			try {
				inTime = park(this.memory.i32, flag, wait.left, ready);
			} catch (error) {
				if (error instanceof TypeError) throw new WaitError(call, `call ${call}Async() there, or ${call} in a worker`);
				throw error;
			}
			if (!inTime) throw new TimeoutError(call, wait.timeout);
		}

		async parkAsyncAt(flag: FlagWord, call: string, wait: Wait, ready: () => boolean): Promise<void> {
			if (!(await parkAsync(this.memory.i32, flag, wait.left, wait.signal, ready)))
				throw new TimeoutError(call, wait.timeout);
		}
	};
}
