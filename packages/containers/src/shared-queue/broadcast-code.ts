import type { Ring } from './ring.js';
import type { SharedQueueEnvironment } from './shared-queue-environment.js';

/** The ring that has the producers of a broadcast: of two ends for one, of slots for many. */
export type BroadcastBase = new (
	...parameters: ConstructorParameters<SharedQueueEnvironment['QueueEnd']>
) => Ring & {
	findRoom(call: string): boolean;
	/** Where slots have states: the bits of the lap before `lap`. */
	lapBefore(lap: number): number;
};

/** What `broadcastCode` uses. */
export interface BroadcastEnvironment extends SharedQueueEnvironment {
	readonly Base: BroadcastBase;
}

/**
 * The ring that every consumer reads at its own pace (the pattern of the LMAX Disruptor: M. Thompson, D. Farley, M. Barker,
 * P. Gee and A. Stewart, 2011). Nobody takes a record out: each consumer has a cursor, and a place is free once all are past it.
 *
 * **Room.** A producer may fill position p while p < min(heads of all open gates, TAIL) + capacity; it looks at them only
 * where what it knows is used up. A consumer stores its HEAD behind what it has read, so what the producer that loads it
 * writes over is read by nobody.
 *
 * **Joining.** A consumer opens its gate first and reads TAIL afterwards: that is its first record. A producer that looked
 * for room before the gate was open may go up to the TAIL of that time + capacity, which is no further than the consumer's
 * first record + capacity; one that looks later sees the gate. The HEAD that stands there in between is an earlier TAIL, and
 * only makes producers wait. Whoever produces alone announces what it has filled before it looks, so TAIL is never behind.
 *
 * **Leaving.** A gate bears the member it is open for, so that it is closed for that member once, whoever retires it, and
 * never for the next one at the seat.
 *
 * **Overwriting.** Producers do not look at cursors. Consumers read no slot in place: they copy up to STAGED records to
 * memory of their own, and look afterwards whether one of these slots may have been written meanwhile. FRONT says up to
 * which position producers may be writing; they move it on before they write, CHUNK positions at a time. That needs no
 * atomic access to records: FRONT is changed by read-modify-writes alone, and the consumer looks at it by one that changes
 * nothing, so that all of them stand in one order, each synchronizing with the next. If the look stands before the change
 * that allowed a write, then the copy happens before the write, and has seen none of it; if it stands behind, it sees a
 * FRONT more than a ring ahead, and the copy is thrown away (H.-J. Boehm, "Can Seqlocks Get Along With Programming Language
 * Memory Models?", MSPC 2012). A load would not do: reads before it may be done after it.
 * A consumer further back than `capacity` begins anew that far behind TAIL and counts what it missed. The ring has twice as
 * many slots at least, so there is time to copy the oldest. FRONT is at most CHUNK ahead of TAIL, so a copy that is thrown
 * away means that TAIL has moved more than `capacity` past it: no consumer tries the same copy twice.
 *
 * A closed factory: see `internals.specialize`.
 */
export function broadcastCode(environment: BroadcastEnvironment) {
	const { words, Base } = environment;

	return class Broadcast extends Base {
		/** Records that were written over before this consumer came to them. */
		missed = 0;
		/** The word of its cursor, 0 before it has a seat. */
		cursor = 0;
		/** The word where the next copy lies, and how many there are. */
		copy = 0;
		copies = 0;

		/** What there is for this consumer; for who is none: for the one that is furthest behind. */
		override get count(): number {
			const tail = Atomics.load(this.memory.i32, words.TAIL);
			const unread = this.cursor === 0 ? this.mostBehind(tail) : (tail - this.head) | 0;
			return this.copies + Math.max(0, Math.min(unread, this.capacity));
		}

		/** How far behind `position` the slowest consumer is; 0 where there is none. */
		mostBehind(position: number): number {
			const { i32 } = this.memory;
			let most = 0;
			for (let seat = 0; seat < this.plan.consumers; seat++) {
				const cursor = i32[words.CURSORS] + seat * words.LINES;
				if (Atomics.load(i32, cursor + words.CURSOR_GATE) === 0) continue;
				const behind = (position - Atomics.load(i32, cursor + words.CURSOR_HEAD)) | 0;
				if (behind > most) most = behind;
			}
			return most;
		}

		cursorOf(seat: number): number {
			return this.memory.i32[words.CURSORS] + (seat - this.plan.producers) * words.LINES;
		}

		// Room --------------------------------------------------------------------------------------------------------------

		override findRoom(call: string): boolean {
			// What it has filled and not announced, others take for room that is left.
			if (this.producerSeat >= 0) this.announce();
			return super.findRoom(call);
		}

		roomNow(): number {
			return this.roomFrom(this.tail);
		}

		/** The position up to which who stands at `tail` may write; it is announced up to there. */
		roomFrom(tail: number): number {
			if (!words.OVERWRITES) return (tail + Math.max(0, this.capacity - this.mostBehind(tail))) | 0;
			const { i32 } = this.memory;
			for (;;) {
				const front = Atomics.load(i32, words.FRONT);
				if (((front - tail) | 0) > 0) return front;
				Atomics.compareExchange(i32, words.FRONT, front, (front + words.CHUNK) | 0);
			}
		}

		// Joining and leaving -----------------------------------------------------------------------------------------------

		/** Keeps a consumer's seat for a member that has not begun: its records begin here. */
		keepSeat(member: number): void {
			const { producers, consumers } = this.plan;
			this.join(this.sit(member, producers, consumers, 'consumer'), -member);
		}

		override takeKeptSeat(): number {
			const { i32 } = this.memory;
			const { producers, consumers } = this.plan;
			for (let seat = producers; seat < producers + consumers; seat++) {
				const gate = this.cursorOf(seat) + words.CURSOR_GATE;
				// Of two who attach by one handle, one has it.
				if (Atomics.compareExchange(i32, gate, -this.member, this.member) === -this.member) return seat;
			}
			return -1;
		}

		join(seat: number, gate: number): void {
			const { i32 } = this.memory;
			const cursor = this.cursorOf(seat);
			Atomics.store(i32, cursor + words.CURSOR_HEAD, Atomics.load(i32, words.TAIL));
			Atomics.store(i32, cursor + words.CURSOR_GATE, gate);
			Atomics.store(i32, cursor + words.CURSOR_HEAD, Atomics.load(i32, words.TAIL));
			this.tellRoom();
		}

		override beginPopping(): void {
			const { i32 } = this.memory;
			const cursor = this.cursorOf(this.consumerSeat);
			if (Atomics.load(i32, cursor + words.CURSOR_GATE) !== this.member) this.join(this.consumerSeat, this.member);
			this.cursor = cursor;
			this.head = Atomics.load(i32, cursor + words.CURSOR_HEAD);
			this.end = this.head;
		}

		override endClaims(seat: number, member: number): { lost: number; abandoned: number } {
			if (seat < this.plan.producers) return super.endClaims(seat, member);
			return { lost: this.closeGate(seat, member), abandoned: 0 };
		}

		/** Returns how many records the member at this seat had not read, if it was there. */
		closeGate(seat: number, member: number): number {
			const { i32 } = this.memory;
			const cursor = this.cursorOf(seat);
			const unread = (Atomics.load(i32, words.TAIL) - Atomics.load(i32, cursor + words.CURSOR_HEAD)) | 0;
			const found = Atomics.load(i32, cursor + words.CURSOR_GATE);
			if (found !== member && found !== -member) return 0;
			if (Atomics.compareExchange(i32, cursor + words.CURSOR_GATE, found, 0) !== found) return 0;
			return Math.max(0, Math.min(unread, this.capacity));
		}

		override leave(): void {
			if (this.consumerSeat < 0) this.consumerSeat = this.takeKeptSeat();
			if (this.consumerSeat >= 0) this.closeGate(this.consumerSeat, this.member);
			super.leave();
			this.tellRoom();
			this.cursor = 0;
			this.copies = 0;
		}

		// Reading -----------------------------------------------------------------------------------------------------------

		override takePlace(call: string): number {
			if (this.taken !== 0) this.prepareToPop(call);
			if (words.OVERWRITES) return this.copies > 0 || this.copyRecords(call) ? this.copy : 0;
			if (this.head === this.end && !this.findRecords(call)) return 0;
			return this.records + (this.head & this.mask) * words.STRIDE;
		}

		findRecords(call: string): boolean {
			if (this.consumerSeat < 0) this.prepareToPop(call);
			this.checkSeat(this.consumerSeat, call);
			const { i32 } = this.memory;
			if (!words.MANY_PRODUCERS) {
				this.end = Atomics.load(i32, words.TAIL);
				return this.head !== this.end;
			}
			for (;;) {
				const state = Atomics.load(i32, this.records + (this.head & this.mask) * words.STRIDE);
				const lap = (this.head >>> this.ringBits) << 8;
				this.end = (this.head + 1) | 0;
				if (state === (lap | words.FULL)) return true;
				if (state !== (lap | words.SKIP)) break;
				this.head = this.end;
				this.settle();
			}
			this.end = this.head;
			return false;
		}

		/** Copies the next records to this consumer's own memory; returns whether there were any. */
		copyRecords(call: string): boolean {
			if (this.consumerSeat < 0) this.prepareToPop(call);
			this.checkSeat(this.consumerSeat, call);
			const { i32 } = this.memory;
			this.copy = i32[words.STAGES] + (this.consumerSeat - this.plan.producers) * words.STAGE_WORDS;
			for (;;) {
				const tail = Atomics.load(i32, words.TAIL);
				const beyond = (tail - this.head - this.capacity) | 0;
				if (beyond > 0) {
					this.missed += beyond;
					this.head = (this.head + beyond) | 0;
				}
				const until = words.MANY_PRODUCERS ? (this.head + words.STAGED) | 0 : tail;
				let position = this.head;
				let copies = 0;
				while (position !== until && copies < words.STAGED) {
					const slot = this.records + (position & this.mask) * words.STRIDE;
					if (words.MANY_PRODUCERS) {
						const state = Atomics.load(i32, slot);
						const lap = (position >>> this.ringBits) << 8;
						if (state === (lap | words.SKIP)) {
							position = (position + 1) | 0;
							continue;
						}
						if (state !== (lap | words.FULL)) break;
					}
					const to = this.copy + copies * words.STRIDE;
					for (let word = 0; word < words.STRIDE; word++) i32[to + word] = i32[slot + word];
					copies++;
					position = (position + 1) | 0;
				}
				// An addition of nothing: see above why no load.
				if (((Atomics.add(i32, words.FRONT, 0) - this.head) | 0) > this.mask + 1) continue;
				const moved = position !== this.head;
				this.head = position;
				this.copies = copies;
				if (copies > 0) return true;
				this.settle();
				if (!moved) return false;
			}
		}

		override markTaken(place: number): void {
			this.taken = place;
		}

		override holdTaken(): void {
			// The place is this consumer's own until it goes on.
		}

		override clearPlace(): void {
			this.taken = 0;
			if (words.OVERWRITES) {
				this.copy += words.STRIDE;
				this.copies--;
			} else this.head = (this.head + 1) | 0;
		}

		override recordsInARow(most: number): number {
			if (words.OVERWRITES) return Math.min(most, this.copies);
			return Math.min(most, (this.end - this.head) | 0, this.mask + 1 - (this.head & this.mask));
		}

		override clearPlaces(count: number): void {
			this.taken = 0;
			if (words.OVERWRITES) {
				this.copy += count * words.STRIDE;
				this.copies -= count;
			} else this.head = (this.head + count) | 0;
		}

		override settle(): void {
			const { i32 } = this.memory;
			if (words.OVERWRITES) {
				// Nobody waits for it: it is there for those who ask how far this consumer has come.
				i32[this.cursor + words.CURSOR_HEAD] = (this.head - this.copies) | 0;
				return;
			}
			Atomics.store(i32, this.cursor + words.CURSOR_HEAD, this.head);
			this.tellRoom();
		}

		tellRoom(): void {
			if ((Atomics.load(this.memory.i32, words.ROOM_FLAG) & words.WAITING) !== 0) this.wakeAt(this.roomBell);
		}

		override hasRecord(): boolean {
			const { i32 } = this.memory;
			if (words.OVERWRITES && this.copies > 0) return true;
			if (!words.MANY_PRODUCERS) return Atomics.load(i32, words.TAIL) !== this.head;
			const state = Atomics.load(i32, this.records + (this.head & this.mask) * words.STRIDE);
			const lap = this.head >>> this.ringBits;
			if (state >>> 8 === lap) return (state & 255) <= words.SKIP;
			// Of a later lap: this consumer was left behind, and has something to be told.
			return state >>> 8 !== this.lapBefore(lap);
		}

		override isDrained(): boolean {
			if (!words.MANY_PRODUCERS) return !this.hasRecord();
			if (this.copies > 0) return false;
			const state = Atomics.load(this.memory.i32, this.records + (this.head & this.mask) * words.STRIDE);
			return state >>> 8 === this.lapBefore(this.head >>> this.ringBits);
		}

		override faults(): string[] {
			const { i32 } = this.memory;
			const faults: string[] = [];
			const tail = i32[words.TAIL];
			const { producers, consumers } = this.plan;
			let most = 0;
			for (let seat = producers; seat < producers + consumers; seat++) {
				const gate = Math.abs(i32[this.cursorOf(seat) + words.CURSOR_GATE]);
				if (gate !== 0 && gate !== i32[words.SEATS + seat])
					faults.push(`the gate of member ${gate} stands at the seat of ${i32[words.SEATS + seat]}`);
				const behind = (tail - i32[this.cursorOf(seat) + words.CURSOR_HEAD]) | 0;
				if (gate === 0 || (words.OVERWRITES && behind > 0)) continue;
				if (behind < 0 || behind > this.capacity)
					faults.push(`a consumer is ${behind} records behind in a ring for ${this.capacity}`);
				most = Math.max(most, behind);
			}
			if (words.OVERWRITES) {
				const ahead = (i32[words.FRONT] - tail) | 0;
				if (ahead < 0 || ahead > words.CHUNK) faults.push(`FRONT is ${ahead} records ahead`);
				most = 0;
			}
			for (let back = most; words.MANY_PRODUCERS && back > -1; back--) {
				const position = (tail - back) | 0;
				const state = i32[this.records + (position & this.mask) * words.STRIDE];
				const lap = back > 0 ? position >>> this.ringBits : this.lapBefore(position >>> this.ringBits);
				if (state !== ((lap << 8) | words.FULL) && state !== ((lap << 8) | words.SKIP))
					faults.push(
						`slot ${position & this.mask} is in state ${state & 255} of lap ${state >>> 8} at position ${position}`,
					);
			}
			return faults;
		}
	};
}
