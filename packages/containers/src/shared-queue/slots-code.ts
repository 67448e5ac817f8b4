import type { SharedQueueEnvironment } from './shared-queue-environment.js';

/**
 * The ring of many producers, many consumers or both. Each slot has a word of state before its record:
 *
 *     bits 31-8   the lap: the bits of the position that are no slot number
 *     bits 7-0    0 FREE, 1 FULL, 2 SKIP, 4 + seat: claimed by a producer, 128 + seat: taken by a consumer
 *
 * A slot goes from free through claimed and full to taken, and to free in the next lap (as in D. Vyukov's bounded queue,
 * whose sequence numbers are the laps). What is different: a claim is a compare-and-swap of the slot itself, which names who
 * claims, and TAIL and HEAD follow it, moved on by whoever finds them behind. So there is no moment at which a position
 * belongs to somebody unknown: what a dead thread had claimed can be told from what others claimed, and is skipped.
 *
 * - A producer that finds TAIL's slot free in TAIL's lap claims it. Not free, and of no earlier lap: TAIL is behind.
 * - A consumer that finds HEAD's slot full in HEAD's lap takes it. Free or claimed in that lap: nothing is there yet.
 *   Skip: it makes the slot free for the next lap. Taken, or of a later lap: HEAD is behind.
 * - A producer looks whether the queue is closed between claim and publication; a consumer that saw the queue closed and
 *   then the slot of HEAD unclaimed has seen the end: whoever claims it later finds the queue closed.
 *
 * A lap has 24 bits at most and may come round while a thread stands still between two instructions; its compare-and-swap
 * then claims a slot that is free all the same.
 *
 * Where there is one producer nobody else claims, and where there is one consumer nobody else takes: then a store does what
 * the compare-and-swap would.
 *
 * A closed factory: see `internals.specialize`.
 */
export function slotsCode(environment: SharedQueueEnvironment) {
	const { words, errors, QueueEnd } = environment;
	const { ClosedError, RetiredError } = errors;

	return class Slots extends QueueEnd {
		claimPlace(call: string): number {
			if (this.producerSeat < 0 || this.claimed !== 0) this.prepareToPush(call);
			const { i32 } = this.memory;
			// Among many a guess, by a plain look: the compare-and-swap of the slot says whether it was right.
			for (let tail = words.MANY_PRODUCERS ? i32[words.TAIL] : this.tail; ; tail = this.tailNow()) {
				// The distance to a full ring, as far as this thread knows; what it knows may be of long ago.
				if ((this.room - tail - 1) >>> 0 >= this.capacity) {
					this.room = (Atomics.load(i32, words.HEAD) + this.capacity) | 0;
					if (((this.room - tail) | 0) <= 0) {
						if (this.makeRoom(call)) continue;
						return 0;
					}
				}
				const slot = this.records + (tail & this.mask) * words.STRIDE;
				const lap = tail >>> this.ringBits;
				const free = lap << 8;
				if (words.MANY_PRODUCERS) {
					const seen = Atomics.compareExchange(i32, slot, free, free | (words.CLAIMED + this.producerSeat));
					if (seen === free) {
						Atomics.compareExchange(i32, words.TAIL, tail, (tail + 1) | 0);
						this.claimed = slot;
						if ((Atomics.load(i32, words.RECORDS_FLAG) & words.CLOSED) !== 0) this.refuseClosed(call);
						return slot;
					}
					if (seen >>> 8 !== this.lapBefore(lap)) {
						Atomics.compareExchange(i32, words.TAIL, tail, (tail + 1) | 0);
						continue;
					}
					// Taken in the lap before, and not given back yet.
					if (Atomics.load(i32, words.TAIL) !== tail) continue;
				} else if (Atomics.load(i32, slot) === free) {
					if ((Atomics.load(i32, words.RECORDS_FLAG) & words.CLOSED) !== 0) throw new ClosedError(call);
					this.claimed = slot;
					return slot;
				}
				if (this.isClosed) throw new ClosedError(call);
				return 0;
			}
		}

		tailNow(): number {
			return words.MANY_PRODUCERS ? Atomics.load(this.memory.i32, words.TAIL) : this.tail;
		}

		headNow(): number {
			return words.MANY_CONSUMERS ? Atomics.load(this.memory.i32, words.HEAD) : this.head;
		}

		lapBefore(lap: number): number {
			return (lap - 1) & (-1 >>> this.ringBits);
		}

		/** Called where the ring is full: whether it is no longer. */
		makeRoom(call: string): boolean {
			this.checkSeat(this.producerSeat, call);
			if (this.isClosed) throw new ClosedError(call);
			if (!words.OVERWRITES) return false;
			const oldest = this.takeNext(this.producerSeat);
			if (oldest === 0) return false;
			this.free(oldest, this.producerSeat);
			Atomics.add(this.memory.i32, words.DROPPED, 1);
			return true;
		}

		refuseClosed(call: string): never {
			this.withdraw();
			throw new ClosedError(call);
		}

		holdClaim(): void {
			// It is held from the beginning.
		}

		fillPlace(): void {
			const { i32 } = this.memory;
			const slot = this.claimed;
			this.claimed = 0;
			if (words.MANY_PRODUCERS) {
				const claim = i32[slot];
				if (
					(claim & 255) !== words.CLAIMED + this.producerSeat ||
					Atomics.compareExchange(i32, slot, claim, (claim & ~255) | words.FULL) !== claim
				)
					throw new RetiredError('the push');
			} else {
				this.tail = (this.tail + 1) | 0;
				Atomics.store(i32, slot, i32[slot] | words.FULL);
				Atomics.store(i32, words.TAIL, this.tail);
			}
		}

		placesInARow(): number {
			// Each is claimed for itself.
			return 1;
		}

		fillPlaces(): void {
			this.fillPlace();
		}

		announce(): void {
			const { i32 } = this.memory;
			if ((Atomics.load(i32, words.RECORDS_FLAG) & words.WAITING) !== 0) this.wakeAt(this.recordsBell);
		}

		withdraw(): void {
			const { i32 } = this.memory;
			const slot = this.claimed;
			this.claimed = 0;
			if (!words.MANY_PRODUCERS) return;
			const claim = i32[slot];
			if ((claim & 255) === words.CLAIMED + this.producerSeat)
				Atomics.compareExchange(i32, slot, claim, (claim & ~255) | words.SKIP);
			// A consumer may wait for just this record.
			this.announce();
		}

		hasRoom(): boolean {
			const { i32 } = this.memory;
			const tail = Atomics.load(i32, words.TAIL);
			if (((Atomics.load(i32, words.HEAD) + this.capacity - tail) | 0) <= 0) return false;
			const state = Atomics.load(i32, this.records + (tail & this.mask) * words.STRIDE);
			return state >>> 8 !== this.lapBefore(tail >>> this.ringBits);
		}

		takePlace(call: string): number {
			if (this.consumerSeat < 0 || this.taken !== 0) this.prepareToPop(call);
			const slot = this.takeNext(this.consumerSeat);
			this.taken = slot;
			return slot;
		}

		takeNext(seat: number): number {
			const { i32 } = this.memory;
			// Among many guesses, as in `claimPlace`. That there is nothing must be seen by atomic looks.
			for (let head = words.MANY_CONSUMERS ? i32[words.HEAD] : this.head; ; head = this.headNow()) {
				const slot = this.records + (head & this.mask) * words.STRIDE;
				const lap = head >>> this.ringBits;
				let state = words.MANY_CONSUMERS ? i32[slot] : Atomics.load(i32, slot);
				if (words.MANY_CONSUMERS && state !== ((lap << 8) | words.FULL)) state = Atomics.load(i32, slot);
				if (state === ((lap << 8) | words.FULL)) {
					if (words.MANY_CONSUMERS) {
						if (Atomics.compareExchange(i32, slot, state, (lap << 8) | (words.TAKEN_BY + seat)) !== state) continue;
						Atomics.compareExchange(i32, words.HEAD, head, (head + 1) | 0);
					}
					return slot;
				}
				const found = state & 255;
				if (state >>> 8 === lap && found === words.SKIP) {
					Atomics.compareExchange(i32, slot, state, this.freeAfter(state));
				} else if (state >>> 8 === this.lapBefore(lap) || (state >>> 8 === lap && found < words.TAKEN_BY)) {
					if (words.MANY_CONSUMERS && Atomics.load(i32, words.HEAD) !== head) continue;
					return 0;
				}
				if (words.MANY_CONSUMERS) Atomics.compareExchange(i32, words.HEAD, head, (head + 1) | 0);
				else {
					this.head = (head + 1) | 0;
					Atomics.store(i32, words.HEAD, this.head);
				}
			}
		}

		/** The state of a slot that is free for the lap behind that of `state`. */
		freeAfter(state: number): number {
			return (((state >>> 8) + 1) & (-1 >>> this.ringBits)) << 8;
		}

		markTaken(place: number): void {
			if (words.MANY_CONSUMERS) return;
			const { i32 } = this.memory;
			Atomics.store(i32, place, (i32[place] & ~255) | (words.TAKEN_BY + this.consumerSeat));
		}

		holdTaken(): void {
			// It is held from the beginning. Who waits for room may have it now: this thread may keep the record for long.
			this.settle();
		}

		clearPlace(): void {
			const slot = this.taken;
			this.taken = 0;
			this.free(slot, this.consumerSeat);
		}

		recordsInARow(): number {
			return 1;
		}

		clearPlaces(): void {
			this.clearPlace();
		}

		free(slot: number, seat: number): void {
			const { i32 } = this.memory;
			const state = i32[slot];
			if (words.MANY_CONSUMERS) {
				if (
					(state & 255) !== words.TAKEN_BY + seat ||
					Atomics.compareExchange(i32, slot, state, this.freeAfter(state)) !== state
				)
					throw new RetiredError('the pop');
			} else {
				Atomics.store(i32, slot, this.freeAfter(state));
				this.head = (this.head + 1) | 0;
				Atomics.store(i32, words.HEAD, this.head);
			}
		}

		settle(): void {
			if ((Atomics.load(this.memory.i32, words.ROOM_FLAG) & words.WAITING) !== 0) this.wakeAt(this.roomBell);
		}

		hasRecord(): boolean {
			const { i32 } = this.memory;
			const head = Atomics.load(i32, words.HEAD);
			const lap = head >>> this.ringBits;
			const state = Atomics.load(i32, this.records + (head & this.mask) * words.STRIDE);
			if (state >>> 8 === this.lapBefore(lap)) return false;
			const found = state & 255;
			// Free or claimed: nothing yet. What is taken, skipped or of a later lap has more behind it, perhaps.
			return state >>> 8 !== lap || found === words.FULL || found === words.SKIP || found >= words.TAKEN_BY;
		}

		/** Whether nothing will come: for who saw before that the queue is closed. */
		isDrained(): boolean {
			const { i32 } = this.memory;
			const head = Atomics.load(i32, words.HEAD);
			const lap = head >>> this.ringBits;
			const state = Atomics.load(i32, this.records + (head & this.mask) * words.STRIDE);
			return state === lap << 8 || state >>> 8 === this.lapBefore(lap);
		}

		beginPushing(): void {
			const { i32 } = this.memory;
			this.tail = Atomics.load(i32, words.TAIL);
			// It knows of no room yet.
			this.room = this.tail;
			if (words.MANY_PRODUCERS) return;
			// The last producer may have died after it had filled a slot and before it moved TAIL.
			for (;;) {
				const state = Atomics.load(i32, this.records + (this.tail & this.mask) * words.STRIDE);
				const lap = this.tail >>> this.ringBits;
				if (state === lap << 8 || state >>> 8 === this.lapBefore(lap)) return;
				this.tail = (this.tail + 1) | 0;
				Atomics.store(i32, words.TAIL, this.tail);
			}
		}

		beginPopping(): void {
			this.head = Atomics.load(this.memory.i32, words.HEAD);
		}

		endClaims(seat: number): { lost: number; abandoned: number } {
			const { i32 } = this.memory;
			let lost = 0;
			let abandoned = 0;
			for (let slot = 0; slot <= this.mask; slot++) {
				const word = this.records + slot * words.STRIDE;
				const state = Atomics.load(i32, word);
				const found = state & 255;
				if (found === words.CLAIMED + seat) {
					if (Atomics.compareExchange(i32, word, state, (state & ~255) | words.SKIP) === state) abandoned++;
				} else if (found === words.TAKEN_BY + seat) {
					if (Atomics.compareExchange(i32, word, state, this.freeAfter(state)) === state) lost++;
				}
			}
			return { lost, abandoned };
		}

		/** What is wrong with the ring, in a moment in which nobody uses it. */
		faults(): string[] {
			const { i32 } = this.memory;
			const faults: string[] = [];
			const head = i32[words.HEAD];
			const size = (i32[words.TAIL] - head) | 0;
			if (size < 0 || size > this.capacity) faults.push(`${size} records in a ring for ${this.capacity}`);
			for (let ahead = 0; ahead <= this.mask; ahead++) {
				const position = (head + ahead) | 0;
				const state = i32[this.records + (position & this.mask) * words.STRIDE];
				const lap = position >>> this.ringBits;
				const found = state & 255;
				const isThere = state >>> 8 === lap && found !== words.FREE && found < words.TAKEN_BY;
				const isFree = state === lap << 8 || (state >>> 8 === this.lapBefore(lap) && found >= words.TAKEN_BY);
				if (ahead < size ? !isThere : !isFree)
					faults.push(
						`slot ${position & this.mask} is in state ${found} of lap ${state >>> 8} at position ${position}`,
					);
			}
			return faults;
		}
	};
}
