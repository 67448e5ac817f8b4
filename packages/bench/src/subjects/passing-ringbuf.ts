import { RingBuffer } from 'ringbuf.js';
import type { PassingPlan, PassingRole } from '../passing/plan.js';
import { DOUBLES } from '../passing/records.js';
import { Rows } from '../passing/rows.js';
import { type PassingLink, type PassingSubject, type PassingThread, Receiver, Sender } from './passing-subject.js';

/** ringbuf.js over doubles, of which a record is two or four; id and quantity share the bits of the first. */
export class PassingRingbuf implements PassingSubject {
	readonly id = 'passing-ringbuf';
	readonly program: URL;

	/** @param entry - URL of the built child program; `passing.js` lies beside it. */
	constructor(entry: string) {
		this.program = new URL('./passing.js', entry);
	}

	connect({ way, bytes, capacity, consumers }: PassingPlan): PassingLink[] {
		const make = () => RingBuffer.getStorageForCapacity(capacity * DOUBLES[bytes], Float64Array);
		if (way === 'trip') {
			const both = [make(), make()];
			return [{ link: both }, { link: [both[1], both[0]] }];
		}
		// One consumer each: who broadcasts pushes everything to all of them.
		const rings = Array.from({ length: consumers }, make);
		return [{ link: rings }, ...rings.map((ring) => ({ link: [ring] }))];
	}

	thread(role: PassingRole, link: unknown, { way, bytes, batch }: PassingPlan): PassingThread {
		const rings = (link as SharedArrayBuffer[]).map((memory) => new RingBuffer(memory, Float64Array));
		if (way === 'trip') return role === 'producer' ? new Asker(rings) : new Answerer(rings);
		return role === 'producer' ? new Pusher(rings, bytes, batch) : new Popper(rings, bytes, batch);
	}
}

class Pusher extends Sender {
	readonly #rings: readonly RingBuffer[];
	readonly #rows: Rows;
	readonly #batch: number;

	constructor(rings: readonly RingBuffer[], bytes: 16 | 32, batch: number) {
		super();
		this.#rings = rings;
		this.#rows = new Rows(bytes, batch);
		this.#batch = batch;
	}

	move(count: number): void {
		const rows = this.#rows;
		for (let left = count; left > 0; ) {
			const batch = Math.min(left, this.#batch);
			rows.write(this.next, batch);
			for (const ring of this.#rings) {
				const length = batch * rows.width;
				for (let done = 0; done < length; ) done += ring.push(rows.doubles, length - done, done);
			}
			this.next += batch;
			left -= batch;
		}
	}
}

class Popper extends Receiver {
	readonly #ring: RingBuffer;
	readonly #rows: Rows;
	readonly #batch: number;

	constructor([ring]: readonly RingBuffer[], bytes: 16 | 32, batch: number) {
		super();
		this.#ring = ring;
		this.#rows = new Rows(bytes, batch);
		this.#batch = batch;
	}

	move(count: number): void {
		const { doubles, words, width } = this.#rows;
		for (let left = count; left > 0; ) {
			const popped = this.#ring.pop(doubles, Math.min(left, this.#batch) * width);
			let { next, sum, wrong } = this;
			for (let at = 0; at < popped; at += width) {
				if (words[2 * at] !== next++) wrong++;
				sum += words[2 * at + 1] + doubles[at + 1];
				if (width === 4) sum += doubles[at + 2] + doubles[at + 3];
			}
			this.next = next;
			this.sum = sum;
			this.wrong = wrong;
			left -= popped / width;
		}
	}
}

class Asker extends Receiver {
	readonly #there: RingBuffer;
	readonly #back: RingBuffer;
	readonly #rows = new Rows(16, 1);

	constructor([there, back]: readonly RingBuffer[]) {
		super();
		this.#there = there;
		this.#back = back;
	}

	move(count: number): void {
		const { doubles, words } = this.#rows;
		for (let left = count; left > 0; left--) {
			const id = this.next++;
			this.#rows.write(id, 1);
			while (this.#there.push(doubles, 2) === 0);
			while (this.#back.pop(doubles, 2) === 0);
			if (words[0] !== id) this.wrong++;
			this.sum += words[1] + doubles[1];
		}
	}
}

class Answerer extends Sender {
	readonly #back: RingBuffer;
	readonly #there: RingBuffer;
	readonly #rows = new Rows(16, 1);

	constructor([back, there]: readonly RingBuffer[]) {
		super();
		this.#back = back;
		this.#there = there;
	}

	move(count: number): void {
		const { doubles } = this.#rows;
		for (let left = count; left > 0; left--) {
			while (this.#there.pop(doubles, 2) === 0);
			while (this.#back.push(doubles, 2) === 0);
		}
	}
}
