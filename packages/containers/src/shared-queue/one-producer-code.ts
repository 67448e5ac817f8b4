import type { SharedQueueEnvironment } from './shared-queue-environment.js';

/**
 * The producer's half of a ring that has one: it writes records and then stores TAIL behind them, and whoever loads TAIL
 * sees all of the records before it.
 *
 * It keeps the position up to which it saw room, and looks at who reads only where that is used up, so that their lines do
 * not pass between the caches for every record (Lê, Guatto, Cohen and Pop, "Correct and Efficient Bounded FIFO Queues",
 * SBAC-PAD 2013). Beside its position it keeps the word of the slot, so that no slot has to be computed from a position.
 *
 * The last bit of TAIL is up where the consumer waits: one exchange announces a record and tells whether somebody is to be
 * woken (see `waiting.ts`). A broadcast, whose consumers go by TAIL and stand where it does not count, has flags apart.
 *
 * A closed factory: see `internals.specialize`.
 */
export function oneProducerCode(environment: SharedQueueEnvironment) {
	const { words, errors, QueueEnd } = environment;
	const { ClosedError } = errors;

	abstract class OneProducer extends QueueEnd {
		/** The position at which the ring is full. */
		abstract roomNow(): number;

		claimPlace(call: string): number {
			if (this.claimed !== 0) this.prepareToPush(call);
			// A plain look at the flag: whoever was told of the close by its thread sees it.
			const isClosed = (this.memory.i32[words.RECORDS_FLAG] & words.CLOSED) !== 0;
			if ((this.tail === this.room || isClosed) && !this.findRoom(call)) return 0;
			return this.tailPlace;
		}

		/** Here every push ends up whose view of the other side is used up, or which has to be refused. */
		findRoom(call: string): boolean {
			if (this.producerSeat < 0) this.prepareToPush(call);
			this.checkSeat(this.producerSeat, call);
			if (this.isClosed) throw new ClosedError(call);
			this.room = this.roomNow();
			return this.tail !== this.room;
		}

		holdClaim(place: number): void {
			this.claimed = place;
		}

		fillPlace(): void {
			this.claimed = 0;
			this.tail++;
			const next = this.tailPlace + words.STRIDE;
			if (next === this.ringEnd) this.turnTail();
			else this.tailPlace = next;
		}

		/** Positions wrap where a lap ends. */
		turnTail(): void {
			this.tail = this.wrapped(this.tail);
			this.tailPlace = this.records;
		}

		placesInARow(most: number): number {
			return Math.min(most, this.distance(this.tail, this.room), (this.ringEnd - this.tailPlace) / words.STRIDE);
		}

		fillPlaces(count: number): void {
			this.claimed = 0;
			this.tail += count;
			this.tailPlace += count * words.STRIDE;
			if (this.tailPlace === this.ringEnd) this.turnTail();
		}

		announce(): void {
			if (words.IS_JOINED) {
				// Below zero with the flag.
				if (this.exchange(words.TAIL * 4, this.tail) < 0) this.wakeAt(this.recordsBell);
				return;
			}
			const { i32 } = this.memory;
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

		beginPushing(): void {
			this.tail = Atomics.load(this.memory.i32, words.TAIL) & words.POSITION;
			this.tailPlace = this.placeOf(this.tail);
			this.room = this.tail;
		}

		/** How many positions there are from one on up to another that is no less. */
		distance(from: number, to: number): number {
			if (!words.IS_JOINED) return (to - from) | 0;
			const ahead = to - from;
			return ahead < 0 ? ahead + this.turn : ahead;
		}

		/** The position that `sum` stands for, which may be one too far for a position. */
		wrapped(sum: number): number {
			if (!words.IS_JOINED) return sum | 0;
			return sum < this.turn ? sum : sum - this.turn;
		}

		/** The word of a position's slot. */
		placeOf(position: number): number {
			const slots = (this.ringEnd - this.records) / words.STRIDE;
			return this.records + ((position >>> 0) % slots) * words.STRIDE;
		}

		// What a producer has not announced is nothing.
		endClaims(_seat: number, _member: number): { lost: number; abandoned: number } {
			return { lost: 0, abandoned: 0 };
		}
	}

	return OneProducer;
}

/** The class of rings with one producer, without who reads. */
export type OneProducerClass = ReturnType<typeof oneProducerCode>;
