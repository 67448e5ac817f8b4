import { FullError, PeerDiedError } from '@flux/core';
import { sharedQueueWords as w } from './layout.js';
import { Look } from './look.js';
import type { Ring, RingClass } from './ring.js';
import { Wait, waitAsyncAt, waitAt } from './wait.js';

/** A ring that knows what to do when it is full or empty. */
export interface RingThatWaits extends Ring {
	/** Called by a `try` call that found no room; returns false. */
	refused(): false;
	/** Called by a call that may wait: a place, or 0 where the record is to be dropped. */
	awaitRoom(call: string, options: unknown): number;
	/** Sees to it that there is perhaps room, by the policy; returns false where `records` are to be dropped. */
	waitForRoom(call: string, wait: Wait, records: number): boolean;
	waitForRoomAsync(call: string, wait: Wait): Promise<boolean>;
	/** Looks for a record before it parks. */
	readonly lookForRecord: Look;
	/** Returns false when the queue is closed and drained. */
	waitForRecord(call: string, wait: Wait): boolean;
	waitForRecordAsync(call: string, wait: Wait): Promise<boolean>;
}

/** The class of such rings. */
export type WaitingRingClass = new (...parameters: ConstructorParameters<RingClass>) => RingThatWaits;

/** Adds waiting to a ring: for room as its policy says, for records until the queue is closed. */
export function withWaiting(Base: RingClass): WaitingRingClass {
	return class extends Base implements RingThatWaits {
		refused(): false {
			if (this.plan.whenFull === 'drop') Atomics.add(this.memory.i32, w.DROPPED, 1);
			return false;
		}

		awaitRoom(call: string, options: unknown): number {
			// Made where it takes long: most waits are over within some looks.
			let wait: Wait | undefined;
			for (;;) {
				if (!(this.plan.whenFull === 'wait' && options === undefined && this.lookForRoom.look())) {
					wait ??= new Wait(options, call);
					if (!this.waitForRoom(call, wait, 1)) return 0;
				}
				const place = this.claimPlace(call);
				if (place !== 0) return place;
			}
		}

		waitForRoom(call: string, wait: Wait, records: number): boolean {
			if (!this.waitsForRoom(call, records)) return false;
			if (this.lookForRoom.look()) return true;
			waitAt(this.memory.i32, this.roomBell, call, wait, this.seesRoom);
			return true;
		}

		async waitForRoomAsync(call: string, wait: Wait): Promise<boolean> {
			if (!this.waitsForRoom(call, 1)) return false;
			await waitAsyncAt(this.memory.i32, this.roomBell, call, wait, this.seesRoom);
			this.checkAlive();
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
			if (this.lookForRecord.look()) return true;
			waitAt(this.memory.i32, this.recordsBell, call, wait, this.seesRecord);
			return this.hasRecord() || !this.isOver(call);
		}

		async waitForRecordAsync(call: string, wait: Wait): Promise<boolean> {
			if (this.isOver(call)) return false;
			await waitAsyncAt(this.memory.i32, this.recordsBell, call, wait, this.seesRecord);
			this.checkAlive();
			return this.hasRecord() || !this.isOver(call);
		}

		/** Whether the queue is closed and has no record. Where it is open, empty and nobody is left who pushes, it throws. */
		isOver(call: string): boolean {
			if (this.isClosed) return this.isDrained();
			if (!this.hasRecord() && this.isDeserted(w.NO_PRODUCER)) throw new PeerDiedError(call, 'producer');
			return false;
		}

		/** Before it parks. */
		readonly lookForRoom = new Look(
			() => this.hasRoom(),
			() => this.capacity - this.count,
			this.capacity,
		);
		readonly lookForRecord = new Look(
			() => this.hasRecord(),
			() => this.count,
			this.capacity,
		);

		/** Whether there is an end to waiting: a claim may find room, or has something to be told. */
		readonly seesRoom = (): boolean =>
			this.disposed || this.hasRoom() || this.isClosed || this.isDeserted(w.NO_CONSUMER);
		readonly seesRecord = (): boolean =>
			this.disposed || this.hasRecord() || this.isClosed || this.isDeserted(w.NO_PRODUCER);
	};
}
