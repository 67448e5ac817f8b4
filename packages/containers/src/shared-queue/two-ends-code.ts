import type { OneProducerClass } from './one-producer-code.js';
import type { SharedQueueEnvironment } from './shared-queue-environment.js';

/** What `twoEndsCode` uses. */
export interface TwoEndsEnvironment extends SharedQueueEnvironment {
	readonly Base: OneProducerClass;
}

/**
 * The ring of one producer and one consumer. The consumer takes up to LATE records before it tells the producer of them: an
 * atomic store costs more than all the rest of a pop.
 *
 *      HEAD                DONE       TAKEN                        TAIL
 *       |  read, not told   |  claimed  |          records           |  free ...
 *
 * - HEAD is stored atomically behind what was read, every LATE records: the producer that loads it writes over nothing that is
 *   still read. What is safe is decided by it alone.
 * - DONE is the position of the next record, a plain store a record. The producer holds it against the capacity. A store that
 *   it does not see yet makes the queue look fuller than it is, and no more.
 * - TAKEN goes behind a record that is looked at in place, before it is looked at. A plain store as well: nobody reads it
 *   before that thread has ended.
 *
 * **Nothing is refused that has room.** There are LATE + 1 slots more than records, as many as HEAD can be behind. So a
 * producer that was told of a pop, by whatever means, sees DONE and has room.
 *
 * **Waiting for room.** The last bit of HEAD is up where the producer waits. The consumer looks at it after each store of
 * DONE, plainly: it may look before its store is seen, and the producer may have looked before as well. So who sleeps looks
 * again a moment later, by when a store that was done is seen (`grace` of the bell); from then on the consumer sees the
 * flag. `two-ends-protocol.test.ts` of the core tries all orders, with stores that are seen late.
 *
 * **Death.** What lies before DONE was given to the caller, and what lies between DONE and TAKEN a dead consumer was looking
 * at: its successor begins at TAKEN. Both are plain, but who is told that a thread has ended sees all that it did.
 *
 * A closed factory: see `internals.specialize`.
 */
export function twoEndsCode(environment: TwoEndsEnvironment) {
	const { words, Base } = environment;

	return class TwoEnds extends Base {
		/** How many records HEAD is behind DONE. */
		untold = 0;
		/** How many it may be. */
		readonly late = this.memory.i32[words.LATE];

		override get count(): number {
			const { i32 } = this.memory;
			// DONE first: both go up meanwhile, and the difference must not fall below what was there.
			const done = Atomics.load(i32, words.DONE);
			return Math.min(this.distance(done, Atomics.load(i32, words.TAIL) & words.POSITION), this.capacity);
		}

		override roomNow(): number {
			const { i32 } = this.memory;
			const head = Atomics.load(i32, words.HEAD) & words.POSITION;
			const done = Atomics.load(i32, words.DONE);
			const slots = this.capacity + this.late + 1;
			const free = Math.min(this.capacity - this.distance(done, this.tail), slots - this.distance(head, this.tail));
			return this.wrapped(this.tail + free);
		}

		takePlace(call: string): number {
			if (this.taken !== 0) this.prepareToPop(call);
			if (this.head === this.end && !this.findRecords(call)) return 0;
			return this.headPlace;
		}

		findRecords(call: string): boolean {
			if (this.consumerSeat < 0) this.prepareToPop(call);
			this.checkSeat(this.consumerSeat, call);
			this.end = Atomics.load(this.memory.i32, words.TAIL) & words.POSITION;
			return this.head !== this.end;
		}

		/** Says that the record is being looked at. */
		markTaken(place: number): void {
			this.taken = place;
			this.memory.i32[words.TAKEN] = this.wrapped(this.head + 1);
		}

		holdTaken(): void {
			// Room is made by what is cleared.
		}

		clearPlace(): void {
			this.taken = 0;
			this.head++;
			const next = this.headPlace + words.STRIDE;
			if (next === this.ringEnd) this.turnHead();
			else this.headPlace = next;
			const { i32 } = this.memory;
			i32[words.DONE] = this.head;
			this.untold++;
			if (this.untold > this.late || i32[words.HEAD] < 0) this.tell();
		}

		turnHead(): void {
			this.head = this.wrapped(this.head);
			this.headPlace = this.records;
		}

		recordsInARow(most: number): number {
			return Math.min(most, this.distance(this.head, this.end), (this.ringEnd - this.headPlace) / words.STRIDE);
		}

		clearPlaces(count: number): void {
			this.taken = 0;
			this.head += count;
			this.headPlace += count * words.STRIDE;
			if (this.headPlace === this.ringEnd) this.turnHead();
			const { i32 } = this.memory;
			i32[words.DONE] = this.head;
			this.untold += count;
			if (this.untold > this.late || i32[words.HEAD] < 0) this.tell();
		}

		/** Tells the producer how far this consumer has come. */
		tell(): void {
			this.untold = 0;
			// Never further behind than that, so that the distance from DONE says what it means.
			this.memory.i32[words.TAKEN] = this.head;
			// Below zero with the flag.
			if (this.exchange(words.HEAD * 4, this.head) < 0) this.wakeAt(this.roomBell);
		}

		settle(): void {
			// The producer sees DONE, and was told when it was time.
		}

		hasRecord(): boolean {
			// What was found before is still there, and TAIL stays with its producer.
			if (this.head !== this.end) return true;
			const tail = Atomics.load(this.memory.i32, words.TAIL) & words.POSITION;
			if (tail === this.head) return false;
			// Who takes what was found need not look again.
			this.end = tail;
			return true;
		}

		/** Whether nothing will come: for who saw before that the queue is closed. */
		isDrained(): boolean {
			return !this.hasRecord();
		}

		beginPopping(): void {
			const { i32 } = this.memory;
			this.head = Atomics.load(i32, words.DONE);
			this.headPlace = this.placeOf(this.head);
			this.end = this.head;
			this.untold = this.distance(Atomics.load(i32, words.HEAD) & words.POSITION, this.head);
		}

		override endClaims(seat: number, member: number): { lost: number; abandoned: number } {
			if (seat < this.plan.producers) return super.endClaims(seat, member);
			const { i32 } = this.memory;
			const done = Atomics.load(i32, words.DONE);
			const taken = Atomics.load(i32, words.TAKEN);
			const lost = this.distance(done, taken);
			// What it has popped since TAKEN was written went past it.
			if (lost === 0 || lost > this.capacity) return { lost: 0, abandoned: 0 };
			// Where another one has retired this member already, these may be its successor's. Who waits for room is woken behind this.
			const isItsSeat = Atomics.load(i32, words.SEATS + seat) === member;
			if (!isItsSeat || Atomics.compareExchange(i32, words.DONE, done, taken) !== done)
				return { lost: 0, abandoned: 0 };
			return { lost, abandoned: 0 };
		}

		/** What is wrong with the ring, in a moment in which nobody uses it. */
		faults(): string[] {
			const { i32 } = this.memory;
			const faults: string[] = [];
			const done = i32[words.DONE];
			const size = this.distance(done, i32[words.TAIL] & words.POSITION);
			if (size > this.capacity) faults.push(`${size} records in a ring for ${this.capacity}`);
			const untold = this.distance(i32[words.HEAD] & words.POSITION, done);
			if (untold > this.late + 1) faults.push(`HEAD is ${untold} records behind DONE`);
			const taken = this.distance(done, i32[words.TAKEN]);
			if (taken > size && this.turn - taken > this.late + 1)
				faults.push(`TAKEN is ${taken} records beyond DONE, of ${size}`);
			return faults;
		}
	};
}
