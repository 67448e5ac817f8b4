import type { BroadcastBase } from './broadcast-code.js';
import type { Ring } from './ring.js';
import type { SharedQueueEnvironment } from './shared-queue-environment.js';

/** The broadcast over a ring of slots. */
export type BroadcastClaimsBase = new (
	...parameters: ConstructorParameters<BroadcastBase>
) => Ring & {
	roomFrom(tail: number): number;
	tellRoom(): void;
	lapBefore(lap: number): number;
	refuseClosed(call: string): never;
};

/** What `broadcastClaimsCode` uses. */
export interface BroadcastClaimsEnvironment extends SharedQueueEnvironment {
	readonly Base: BroadcastClaimsBase;
}

/**
 * The producers of a broadcast that has many. As in the ring of slots (`slots-code.ts`), a claim is a compare-and-swap of
 * the slot that names who claims, and TAIL follows it; but nobody frees a slot. A producer claims TAIL's slot where it is
 * full or skipped in the lap before, having seen that there is room for that position. Positions only grow, and so does
 * what there is room for: what it saw of the same position holds when it claims, however late that is.
 *
 * A slot that is still claimed in the lap before stands in the way until its producer has filled it, or is retired; so who
 * fills a slot looks for those who wait for room, too.
 *
 * A closed factory: see `internals.specialize`.
 */
export function broadcastClaimsCode(environment: BroadcastClaimsEnvironment) {
	const { words, errors, Base } = environment;
	const { ClosedError } = errors;

	return class BroadcastClaims extends Base {
		override claimPlace(call: string): number {
			if (this.producerSeat < 0 || this.claimed !== 0) this.prepareToPush(call);
			const { i32 } = this.memory;
			for (;;) {
				const tail = Atomics.load(i32, words.TAIL);
				if ((this.room - tail - 1) >>> 0 >= (words.OVERWRITES ? words.CHUNK : this.capacity)) {
					this.room = this.roomFrom(tail);
					if (this.room === tail) {
						if (Atomics.load(i32, words.TAIL) !== tail) continue;
						this.checkSeat(this.producerSeat, call);
						if (this.isClosed) throw new ClosedError(call);
						return 0;
					}
				}
				const slot = this.records + (tail & this.mask) * words.STRIDE;
				const lap = tail >>> this.ringBits;
				const state = Atomics.load(i32, slot);
				if (state >>> 8 !== this.lapBefore(lap)) {
					// It is claimed in this lap: TAIL is behind.
					Atomics.compareExchange(i32, words.TAIL, tail, (tail + 1) | 0);
					continue;
				}
				if ((state & 255) > words.SKIP) {
					if (Atomics.load(i32, words.TAIL) !== tail) continue;
					if (this.isClosed) throw new ClosedError(call);
					return 0;
				}
				const claim = (lap << 8) | (words.CLAIMED + this.producerSeat);
				if (Atomics.compareExchange(i32, slot, state, claim) !== state) continue;
				Atomics.compareExchange(i32, words.TAIL, tail, (tail + 1) | 0);
				this.claimed = slot;
				if ((Atomics.load(i32, words.RECORDS_FLAG) & words.CLOSED) !== 0) this.refuseClosed(call);
				return slot;
			}
		}

		override announce(): void {
			super.announce();
			this.tellRoom();
		}

		override hasRoom(): boolean {
			const { i32 } = this.memory;
			const tail = Atomics.load(i32, words.TAIL);
			if (this.roomFrom(tail) === tail) return false;
			const state = Atomics.load(i32, this.records + (tail & this.mask) * words.STRIDE);
			return state >>> 8 !== this.lapBefore(tail >>> this.ringBits) || (state & 255) <= words.SKIP;
		}
	};
}
