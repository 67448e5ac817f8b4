import type { QueueEnvironment } from './queue-environment.js';
import type { QueueWalks } from './queue-walk-code.js';
import type { SegmentsClass } from './segments-code.js';

/** What this code uses beside what all code of a queue uses. */
export interface QueueNodesEnvironment extends QueueEnvironment {
	readonly SegmentsClass: SegmentsClass;
	readonly walks: QueueWalks;
}

/**
 * What a queue does with records that are in it: look, take, walk, compare. A closed factory, as `common/ring-code.ts`.
 */
export function queueCode(environment: QueueNodesEnvironment) {
	const { words, errors, record, SegmentsClass, walks, describe, toJson } = environment;
	const { ArgumentError, EmptyError, HeapMismatchError } = errors;
	const { CopyWalk, ViewWalk } = walks;
	const { read, views } = record;

	return class QueueOfRecords extends SegmentsClass {
		get front(): unknown {
			return this.readFront();
		}

		get back(): unknown {
			if (this.empty) throw this.whyEmpty('back', 'look at `empty` first');
			return read(this.memory, this.locateLast());
		}

		/** Apart from its getter: an engine knows how often calls are made, but not getters, and inlines these last unless tiny. */
		readFront(): unknown {
			const node = this.head;
			if (node === this.tail) throw this.whyEmpty('front', 'look at `empty` first');
			return read(this.memory, node);
		}

		pop(): void {
			// As in `checkAlive`.
			void this.memory.i32;
			const node = this.head;
			if (node === this.tail) throw this.whyEmpty('pop', 'call tryPop(), which returns undefined then');
			const next = node + words.STRIDE;
			if (next === this.headEnd) this.leaveSegment();
			else this.head = next;
		}

		tryPop(): unknown {
			const node = this.head;
			if (node === this.tail) {
				this.checkAlive();
				return undefined;
			}
			const copy = read(this.memory, node);
			this.dropFirst();
			return copy;
		}

		peek(place = 0): unknown {
			this.checkCount(place, 'peek');
			return place < this.size ? read(this.memory, this.locate(place)) : undefined;
		}

		at(place: number, view?: object): object {
			this.checkCount(place, 'at');
			const { size } = this;
			if (place >= size) {
				throw new ArgumentError(
					`at was given the place ${place} in a queue of ${size}; pass a whole number from 0 that is less`,
				);
			}
			const node = this.locate(place);
			if (view === undefined) return views.at(this, node, this.located);
			if (!views.isView(view))
				throw new ArgumentError('at() was given a view of another record; pass one that at() of this queue returned');
			views.move(view, this, node, this.located);
			return view;
		}

		/** Writes a record that was captured to a place of its own. */
		storeCaptured(captured: readonly unknown[], call: string): void {
			const node = this.takePlace(call);
			record.write(this.memory, node, captured);
		}

		/** The error of a call that needs a record. Thrown by who asks: then an engine sees that it does not go on there. */
		whyEmpty(call: string, remedy: string): Error {
			this.checkAlive();
			return new EmptyError(call, remedy);
		}

		checkCount(count: unknown, call: string): void {
			this.checkAlive();
			if (!(Number.isInteger(count) && (count as number) >= 0))
				throw new ArgumentError(`${call} was given ${describe(count)}; pass a whole number from 0`);
		}

		reserve(count: number): void {
			this.checkCount(count, 'reserve');
			this.reserveFor(count - this.size);
		}

		/** Copies of the first records, which leave the queue: `count` of them, or as many as there are. */
		popCopies(count: number): unknown[] {
			this.checkCount(count, 'popMany');
			const { memory } = this;
			const copies: unknown[] = [];
			for (let left = Math.min(count, this.size); left > 0; left--) {
				const node = this.firstPlace();
				copies.push(read(memory, node));
				this.dropFirst();
			}
			return copies;
		}

		/** Takes `count` records out, which are there. O(segments). */
		dropMany(count: number): void {
			for (let left = count; left > 0; ) {
				const { head, headEnd } = this;
				const here = Math.min(left, (headEnd - head) / words.STRIDE);
				left -= here;
				const next = head + here * words.STRIDE;
				if (next === headEnd) this.leaveSegment();
				else this.head = next;
			}
		}

		drain(callback: (view: object) => void, most = Number.POSITIVE_INFINITY): number {
			if (most !== Number.POSITIVE_INFINITY) this.checkCount(most, 'drain');
			this.checkAlive();
			if (typeof callback !== 'function')
				throw new ArgumentError(
					`drain was given ${describe(callback)}; pass a function, which gets a view of each record`,
				);
			const cursor = views.cursor(this);
			let drained = 0;
			try {
				for (; drained < most; drained++) {
					const node = this.firstPlace();
					if (node === 0) break;
					const { header, id } = this;
					const { i32 } = this.memory;
					const ordinal = i32[i32[header + words.NEXT] + words.ORDINAL];
					views.place(cursor, node);
					callback(cursor);
					// Where the callback took the record out itself, another is at the front.
					const now = this.memory.i32;
					if (this.id === id && this.head === node && now[now[this.header + words.NEXT] + words.ORDINAL] === ordinal)
						this.dropFirst();
					else if (this.id === -1) break;
				}
			} finally {
				views.retire(cursor);
			}
			return drained;
		}

		[Symbol.iterator](): IterableIterator<unknown> {
			return new CopyWalk(this);
		}

		values(): IterableIterator<unknown> {
			return new CopyWalk(this);
		}

		views(): IterableIterator<object> {
			return new ViewWalk(this);
		}

		toArray(): unknown[] {
			return Array.from(new CopyWalk(this));
		}

		toJSON(): unknown[] {
			return this.toArray().map(toJson);
		}

		get [Symbol.toStringTag](): string {
			return 'FluxQueue';
		}

		[Symbol.for('nodejs.util.inspect.custom')](
			depth: number,
			options: unknown,
			inspect?: (value: unknown, options: unknown) => string,
		): unknown {
			if (this.id === -1 || this.heap.disposed) return 'FluxQueue (disposed)';
			const SHOWN = 100;
			const shown: unknown[] = [];
			for (const copy of this) {
				if (shown.length === SHOWN) break;
				shown.push(copy);
			}
			const more = this.size > SHOWN ? ` and ${this.size - SHOWN} more records` : '';
			return `FluxQueue(${this.size}) ${inspect === undefined || depth < 0 ? '[...]' : inspect(shown, options)}${more}`;
		}

		equals(other: this): boolean {
			this.checkSameStruct(other, 'equals');
			return this.size === other.size && this.compareRecords(other) === 0;
		}

		compare(other: this): number {
			this.checkSameStruct(other, 'compare');
			return this.compareRecords(other);
		}

		/** The order of the first two records that differ; where there is none, of the sizes. */
		compareRecords(other: this): number {
			const mine = this.size;
			const theirs = other.size;
			if (mine > 0 && theirs > 0) {
				let node = this.locate(0);
				let otherNode = other.locate(0);
				for (let left = Math.min(mine, theirs); ; ) {
					const order = record.compare(this.memory, node, other.memory, otherNode);
					if (order !== 0) return order;
					if (--left === 0) break;
					node = this.following(node, this.located);
					// In the same queue both have one place to keep.
					otherNode = other === this ? node : other.following(otherNode, other.located);
				}
			}
			return mine - theirs;
		}

		swap(other: this): void {
			this.checkSameStruct(other, 'swap');
			if (other.memory !== this.memory || other.pool !== this.pool || other.layout.checked !== record.checked)
				throw new HeapMismatchError('swap');
			if (other !== this) this.exchange(other);
		}

		/** How this queue's records lie in segments. */
		get layout(): typeof record {
			return record;
		}

		/** Refuses a queue of other records, whatever its heap and mode. */
		checkSameStruct(other: this, call: string): void {
			this.checkAlive();
			if (
				(other as { readonly [Symbol.toStringTag]?: unknown } | null | undefined)?.[Symbol.toStringTag] !== 'FluxQueue'
			)
				throw new ArgumentError(`${call} was given ${describe(other)}; pass a FluxQueue`);
			other.checkAlive();
			if (other.layout.struct.signature !== record.struct.signature) {
				throw new ArgumentError(
					`${call} was given a queue of ${other.layout.struct.signature}; pass one of ${record.struct.signature}`,
				);
			}
		}
	};
}

/** The records of one queue. */
export type QueueOfRecords = InstanceType<ReturnType<typeof queueCode>>;
/** Their class. */
export type QueueOfRecordsClass = ReturnType<typeof queueCode>;
