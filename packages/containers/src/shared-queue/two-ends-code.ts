import type { SharedQueueEnvironment } from './shared-queue-environment.js';

/**
 * The ring of one producer and one consumer: two positions, each written by one side.
 *
 * The producer writes a record, then stores TAIL behind it; the consumer loads TAIL, and what it sees of the records before
 * it is whole. The consumer reads a record, then stores HEAD behind it; the producer that loads HEAD writes over nothing
 * that is still read. Each keeps the last value it saw of the other's position and loads it anew only where that says full
 * or empty, so that their lines pass between the caches once per burst and not once per record (Lê, Guatto, Cohen and Pop,
 * "Correct and Efficient Bounded FIFO Queues", SBAC-PAD 2013).
 *
 * The last bit of TAIL is up where the consumer waits, and that of HEAD where the producer does: one exchange announces a
 * record and tells whether somebody is to be woken (see `waiting.ts`). A broadcast, whose consumers go by TAIL and stand
 * where it does not count, has flags apart.
 *
 * A record that is looked at in place is claimed: TAKEN goes behind it first, and what a dead consumer had claimed lies
 * between HEAD and TAKEN. Nobody reads TAKEN before that thread has ended, so a plain store will do.
 *
 * A closed factory: see `internals.specialize`.
 */
export function twoEndsCode(environment: SharedQueueEnvironment) {
	const { words, errors, QueueEnd } = environment;
	const { ClosedError } = errors;

	return class TwoEnds extends QueueEnd {
		claimPlace(call: string): number {
			if (this.claimed !== 0) this.prepareToPush(call);
			// A plain look at the flag: whoever was told of the close by its thread sees it.
			const isClosed = (this.memory.i32[words.RECORDS_FLAG] & words.CLOSED) !== 0;
			if ((this.tail === this.room || isClosed) && !this.findRoom(call)) return 0;
			return this.records + (this.tail & this.mask) * words.STRIDE;
		}

		/** Here every push ends up whose view of the other side is used up, or which has to be refused. */
		findRoom(call: string): boolean {
			if (this.producerSeat < 0) this.prepareToPush(call);
			this.checkSeat(this.producerSeat, call);
			if (this.isClosed) throw new ClosedError(call);
			this.room = this.roomNow();
			return this.tail !== this.room;
		}

		/** The position at which the ring is full. */
		roomNow(): number {
			// How far ahead of HEAD it is: TAIL is never behind, and by less than the bits of a position.
			const used = (this.tail - Atomics.load(this.memory.i32, words.HEAD)) & words.POSITION;
			return (this.tail + this.capacity - used) | 0;
		}

		holdClaim(place: number): void {
			this.claimed = place;
		}

		fillPlace(): void {
			this.claimed = 0;
			this.tail = (this.tail + 1) | 0;
		}

		placesInARow(most: number): number {
			return Math.min(most, (this.room - this.tail) | 0, this.mask + 1 - (this.tail & this.mask));
		}

		fillPlaces(count: number): void {
			this.claimed = 0;
			this.tail = (this.tail + count) | 0;
		}

		announce(): void {
			const { i32 } = this.memory;
			if (words.IS_JOINED) {
				// Below zero with the flag.
				if (Atomics.exchange(i32, words.TAIL, this.tail & words.POSITION) < 0) this.wakeAt(this.recordsBell);
				return;
			}
			Atomics.store(i32, words.TAIL, this.tail);
			if ((Atomics.load(i32, words.RECORDS_FLAG) & words.WAITING) !== 0) this.wakeAt(this.recordsBell);
		}

		withdraw(): void {
			// The place was never announced: the next record goes there.
			this.claimed = 0;
		}

		hasRoom(): boolean {
			return this.tail !== this.roomNow();
		}

		takePlace(call: string): number {
			if (this.taken !== 0) this.prepareToPop(call);
			if (this.head === this.end && !this.findRecords(call)) return 0;
			return this.records + (this.head & this.mask) * words.STRIDE;
		}

		findRecords(call: string): boolean {
			if (this.consumerSeat < 0) this.prepareToPop(call);
			this.checkSeat(this.consumerSeat, call);
			const { i32 } = this.memory;
			// Never further behind than a ring, so that the difference to HEAD says what it means.
			i32[words.TAKEN] = this.head;
			const ahead = (Atomics.load(i32, words.TAIL) - this.head) & words.POSITION;
			this.end = (this.head + ahead) | 0;
			return ahead !== 0;
		}

		/** Says that the record is being looked at. */
		markTaken(place: number): void {
			this.taken = place;
			this.memory.i32[words.TAKEN] = (this.head + 1) | 0;
		}

		holdTaken(): void {
			// Room is made by what is cleared.
		}

		clearPlace(): void {
			this.taken = 0;
			this.head = (this.head + 1) | 0;
		}

		recordsInARow(most: number): number {
			return Math.min(most, (this.end - this.head) | 0, this.mask + 1 - (this.head & this.mask));
		}

		clearPlaces(count: number): void {
			this.taken = 0;
			this.head = (this.head + count) | 0;
		}

		settle(): void {
			if (Atomics.exchange(this.memory.i32, words.HEAD, this.head & words.POSITION) < 0) this.wakeAt(this.roomBell);
		}

		hasRecord(): boolean {
			return ((Atomics.load(this.memory.i32, words.TAIL) - this.head) & words.POSITION) !== 0;
		}

		/** Whether nothing will come: for who saw before that the queue is closed. */
		isDrained(): boolean {
			return !this.hasRecord();
		}

		beginPushing(): void {
			this.tail = Atomics.load(this.memory.i32, words.TAIL) & words.POSITION;
			this.room = this.tail;
		}

		beginPopping(): void {
			this.head = Atomics.load(this.memory.i32, words.HEAD) & words.POSITION;
			this.end = this.head;
		}

		endClaims(seat: number): { lost: number; abandoned: number } {
			// What a producer has not announced is nothing.
			if (seat < this.plan.producers) return { lost: 0, abandoned: 0 };
			const { i32 } = this.memory;
			const head = Atomics.load(i32, words.HEAD);
			const taken = Atomics.load(i32, words.TAKEN);
			const lost = ((taken - head) << 1) >> 1;
			// Who waits for room is woken behind this.
			if (lost <= 0 || Atomics.compareExchange(i32, words.HEAD, head, taken & words.POSITION) !== head)
				return { lost: 0, abandoned: 0 };
			return { lost, abandoned: 0 };
		}

		/** What is wrong with the ring, in a moment in which nobody uses it. */
		faults(): string[] {
			const { i32 } = this.memory;
			const size = ((i32[words.TAIL] - i32[words.HEAD]) << 1) >> 1;
			const faults: string[] = [];
			if (size < 0 || size > this.capacity) faults.push(`${size} records in a ring for ${this.capacity}`);
			const taken = ((i32[words.TAKEN] - i32[words.HEAD]) << 1) >> 1;
			if (taken > size || taken < -this.mask - 1) faults.push(`TAKEN is ${taken} records beyond HEAD, of ${size}`);
			return faults;
		}
	};
}
