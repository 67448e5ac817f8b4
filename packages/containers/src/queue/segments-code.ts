import type { Heap, internals } from '@flux/core';
import type { RingPlace } from '../common/container-environment.js';
import type { QueueEnvironment } from './queue-environment.js';

/**
 * The segments of one queue: where records go in and come out, and what happens at the ends of segments. It knows nothing
 * of records but their size. A closed factory, as `common/ring-code.ts`; the layout is drawn in `layout.ts`.
 *
 * Adding a record touches the record's line and this object, and so does taking one; no record ever moves. At the end of
 * a segment the next is taken from the pool's free chain, where the one that was drained last lies on top, still warm.
 * What costs time there, capacity included, is asked for by one comparison: with `tailEnd`.
 *
 * The ends are fields and not words of the header: no bounds are checked for a field, and a queue spends as much on its ends
 * as on its records. A segment is left with its last record and not before the next one is looked at: then looking at
 * the front and finding none only throws, and what an engine has read before such a look it need not read again.
 */
export function segmentsCode(environment: QueueEnvironment) {
	const { words, errors, fixedMemory, segmentWords, poolName } = environment;
	const { CorruptionError, FullError } = errors;

	const SegmentsOfRecord = class Segments {
		/** A field, or a constant of the class where that is made for one memory. */
		declare readonly memory: internals.Memory;
		/** The word index of the pool's header; 0 once disposed. */
		declare pool: number;
		/** The word index of this queue's header. */
		declare header: number;
		/** The id that its segments bear; -1 once disposed. */
		declare id: number;
		declare readonly heap: Heap;
		declare readonly nodes: internals.NodePool;
		/** The first record; `tail` in an empty queue. */
		declare head: number;
		/** The end of the first segment's last record; 0 without a segment. */
		declare headEnd: number;
		/** Where the next record goes. */
		declare tail: number;
		/** Up to where records go in without a look at segments and capacity. */
		declare tailEnd: number;
		/** The segment of the record that `locate` found last. */
		declare located: number;

		constructor(heap: Heap, capacity: number, overwrites: boolean, place?: RingPlace) {
			const nodes = place?.nodes ?? heap.pool(poolName, segmentWords, false);
			if (fixedMemory === undefined) this.memory = heap.memory;
			// Set twice: engines take what was set once for a constant, and throw their code away when the first queue changes it.
			this.pool = 0;
			this.header = words.DISPOSED_RING;
			this.id = -1;
			this.located = -1;
			this.head = -1;
			this.headEnd = -1;
			this.tail = -1;
			this.tailEnd = -1;
			this.pool = nodes.header;
			this.header = place?.header || heap.openRing(nodes);
			const { i32 } = heap.memory;
			this.id = i32[this.header + words.OWNER];
			this.heap = heap;
			this.nodes = nodes;
			this.located = 0;
			const first = i32[this.header + words.NEXT];
			this.head = i32[this.header + words.HEAD];
			this.headEnd = first === this.header ? 0 : first + words.END;
			this.tail = i32[this.header + words.TAIL];
			// The next push looks at segments and capacity.
			this.tailEnd = this.tail;
			if (place?.header === undefined || place.header === 0) {
				i32[this.header + words.CAPACITY] = capacity;
				i32[this.header + words.OVERWRITES] = overwrites ? 1 : 0;
			}
			if (place?.reads !== true) environment.adopt(this, heap, nodes, this.header);
		}

		get size(): number {
			return this.count();
		}

		get empty(): boolean {
			return this.isEmpty();
		}

		/** Apart from its getter, as `isEmpty`: engines inline getters last, unless they are tiny. */
		count(): number {
			const { i32 } = this.memory;
			const h = this.header;
			if (this.id === -1) this.checkAlive();
			const { head, tail } = this;
			if (head === tail) return 0;
			const segments = (i32[h + words.INSERTED] - i32[h + words.ERASED]) | 0;
			const inLast = tail - i32[h + words.PREVIOUS];
			const inFirst = head - i32[h + words.NEXT];
			return (segments - 1) * words.PER_SEGMENT + (inLast - inFirst) / words.STRIDE;
		}

		isEmpty(): boolean {
			// As in `checkAlive`.
			void this.memory.i32;
			if (this.head !== this.tail) return false;
			// Disposed ones have no record either.
			this.checkAlive();
			return true;
		}

		get capacity(): number {
			this.checkAlive();
			const capacity = this.memory.i32[this.header + words.CAPACITY];
			return capacity === 0 ? Number.POSITIVE_INFINITY : capacity;
		}

		get whenFull(): 'refuse' | 'overwrite' {
			this.checkAlive();
			return this.memory.i32[this.header + words.OVERWRITES] === 0 ? 'refuse' : 'overwrite';
		}

		get overwritten(): number {
			this.checkAlive();
			return this.memory.i32[this.header + words.OVERWRITTEN] >>> 0;
		}

		get full(): boolean {
			return this.size >= this.capacity;
		}

		/**
		 * What a push does at `tailEnd`, under its name: makes room for one record and returns its place, `tail`. Where it throws,
		 * nothing has changed. A disposed queue, whose ends are 0, comes here too.
		 */
		makeRoom(call: string): number {
			this.checkAlive();
			let { i32 } = this.memory;
			const h = this.header;
			const capacity = i32[h + words.CAPACITY];
			let size = this.size;
			const isFull = capacity !== 0 && size >= capacity;
			if (isFull && i32[h + words.OVERWRITES] === 0) throw new FullError(call, 1, 0, capacity);
			let last = i32[h + words.PREVIOUS];
			// A segment first: there may be none, and then no record may have given way.
			if (last !== h && this.head === last + words.END) {
				// All that was in the only segment has come out: records go in there again.
				const ordinal = (i32[h + words.INSERTED] + 1) | 0;
				i32[h + words.INSERTED] = ordinal;
				i32[h + words.ERASED] = (i32[h + words.ERASED] + 1) | 0;
				i32[last + words.ORDINAL] = ordinal;
				this.head = last + words.FIRST;
				this.tail = last + words.FIRST;
			} else if (last === h || this.tail === last + words.END) {
				// Taking a slab refreshes the views.
				if (i32[this.pool + words.FREE] === 0) this.nodes.refill();
				i32 = this.memory.i32;
				const segment = i32[this.pool + words.FREE];
				i32[this.pool + words.FREE] = i32[segment + words.NEXT];
				i32[segment + words.NEXT] = h;
				i32[segment + words.PREVIOUS] = last;
				i32[segment + words.OWNER] = this.id;
				i32[last + words.NEXT] = segment;
				i32[h + words.PREVIOUS] = segment;
				const ordinal = (i32[h + words.INSERTED] + 1) | 0;
				i32[h + words.INSERTED] = ordinal;
				i32[segment + words.ORDINAL] = ordinal;
				this.tail = segment + words.FIRST;
				if (last === h) {
					this.head = segment + words.FIRST;
					this.headEnd = segment + words.END;
				}
				last = segment;
			}
			if (isFull) {
				this.dropFirst();
				i32[h + words.OVERWRITTEN] = (i32[h + words.OVERWRITTEN] + 1) | 0;
				size--;
			}
			const { tail } = this;
			const end = last + words.END;
			this.tailEnd = capacity === 0 ? end : Math.min(end, tail + (capacity - size) * words.STRIDE);
			return tail;
		}

		/** Takes the next place for a record, whose fields hold what was there before. */
		takePlace(call: string): number {
			let node = this.tail;
			if (node === this.tailEnd) node = this.makeRoom(call);
			this.tail = node + words.STRIDE;
			return node;
		}

		/** Whether a push would be refused. */
		refuses(): boolean {
			const { i32 } = this.memory;
			const capacity = i32[this.header + words.CAPACITY];
			return capacity !== 0 && i32[this.header + words.OVERWRITES] === 0 && this.size >= capacity;
		}

		/** How many of `count` records, pushed one after another, can be there at once. */
		mostOf(count: number): number {
			return Math.min(count, this.capacity);
		}

		/** Refuses `count` records where a bounded queue has no room for all. */
		checkRoom(count: number, call: string): void {
			const room = this.capacity - this.size;
			if (count > room && this.whenFull === 'refuse') throw new FullError(call, count, room, this.capacity);
		}

		/** The place of the first record; 0 where there is none. */
		firstPlace(): number {
			const { head } = this;
			return head === this.tail ? 0 : head;
		}

		/** Takes the first record out, which is there. */
		dropFirst(): void {
			const next = this.head + words.STRIDE;
			if (next === this.headEnd) this.leaveSegment();
			else this.head = next;
		}

		/** What is done when the last record of the first segment goes: it goes back to the pool, unless it is the only one. */
		leaveSegment(): void {
			const { i32 } = this.memory;
			const h = this.header;
			if (this.headEnd === this.tail) {
				this.head = this.headEnd;
				return;
			}
			const drained = i32[h + words.NEXT];
			const first = i32[drained + words.NEXT];
			i32[h + words.NEXT] = first;
			i32[first + words.PREVIOUS] = h;
			i32[drained + words.OWNER] = 0;
			i32[drained + words.NEXT] = i32[this.pool + words.FREE];
			i32[this.pool + words.FREE] = drained;
			i32[h + words.ERASED] = (i32[h + words.ERASED] + 1) | 0;
			this.head = first + words.FIRST;
			this.headEnd = first + words.END;
		}

		/** Whether the segment, one of this queue's, holds a record at `node`. */
		isLive(node: number, segment: number): boolean {
			const { i32 } = this.memory;
			const h = this.header;
			if (segment === i32[h + words.NEXT] && node < this.head) return false;
			return segment !== i32[h + words.PREVIOUS] || node < this.tail;
		}

		/** The index of the record `place` places behind the first, which is there; leaves its segment in `located`. O(segments). */
		locate(place: number): number {
			const { i32 } = this.memory;
			let segment = i32[this.header + words.NEXT];
			let index = (this.head - segment - words.FIRST) / words.STRIDE + place;
			for (; index >= words.PER_SEGMENT; index -= words.PER_SEGMENT) segment = i32[segment + words.NEXT];
			this.located = segment;
			return segment + words.FIRST + index * words.STRIDE;
		}

		/** The index of the last record, in a queue that has one. */
		locateLast(): number {
			// A segment that was taken has a record at once, so TAIL is never where the last one begins.
			return this.tail - words.STRIDE;
		}

		/** The index of the record behind the one at `node` in `segment`; leaves its segment in `located`. */
		following(node: number, segment: number): number {
			const next = node + words.STRIDE;
			if (next !== segment + words.END) {
				this.located = segment;
				return next;
			}
			this.located = this.memory.i32[segment + words.NEXT];
			return this.located + words.FIRST;
		}

		/** Makes sure that `count` records can go in without the arena being asked. */
		reserveFor(count: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			const last = i32[h + words.PREVIOUS];
			const room = last === h ? 0 : (last + words.END - this.tail) / words.STRIDE;
			const bounded = i32[h + words.CAPACITY] !== 0;
			// In a full queue a segment is taken before the one that it replaces is drained.
			const segments = Math.max(0, Math.ceil((count - room) / words.PER_SEGMENT)) + (bounded ? 1 : 0);
			let free = i32[this.pool + words.FREE];
			let found = 0;
			for (; found < segments && free !== 0; found++) free = i32[free + words.NEXT];
			if (found === segments) return;
			this.nodes.reserve(segments);
		}

		checkAlive(): void {
			if (this.id === -1) throw environment.gone(this, 'this FluxQueue');
			// Throws where the heap was disposed of, which only its memory tells.
			void this.memory.i32;
		}

		clear(): void {
			this.checkAlive();
			const { i32 } = this.memory;
			const h = this.header;
			if (i32[h + words.NEXT] === h) return;
			const id = this.heap.nextId();
			this.nodes.takeBackChain(h);
			this.memory.i32[h + words.OWNER] = id;
			this.id = id;
			this.haveNone();
		}

		shrinkToFit(): number {
			this.checkAlive();
			if (this.empty) this.clear();
			return this.nodes.trim();
		}

		dispose(): void {
			if (this.id === -1) return;
			const { header } = this;
			this.end();
			this.heap.closeRing(this.nodes, header);
		}

		/** What this queue held is another thread's: it is as if disposed, and gives nothing back. */
		leave(): void {
			environment.leave(this);
			this.end();
		}

		/** Stands on nothing from now on. */
		end(): void {
			environment.forget(this);
			this.header = words.DISPOSED_RING;
			this.pool = 0;
			this.id = -1;
			this.haveNone();
		}

		/** Where the ends are while there is no segment. */
		haveNone(): void {
			this.head = 0;
			this.headEnd = 0;
			this.tail = 0;
			this.tailEnd = 0;
		}

		/** Writes the ends to the header, for who attaches this queue. */
		writeBack(): void {
			const { i32 } = this.memory;
			i32[this.header + words.HEAD] = this.head;
			i32[this.header + words.TAIL] = this.tail;
		}

		/** Exchanges all that two queues of one record and heap hold: each takes over the other's header. */
		exchange(other: Segments): void {
			const { header, id, head, headEnd, tail, tailEnd } = this;
			this.header = other.header;
			this.id = other.id;
			this.head = other.head;
			this.headEnd = other.headEnd;
			this.tail = other.tail;
			this.tailEnd = other.tailEnd;
			other.header = header;
			other.id = id;
			other.head = head;
			other.headEnd = headEnd;
			other.tail = tail;
			other.tailEnd = tailEnd;
			for (const queue of [this, other]) {
				environment.forget(queue);
				environment.adopt(queue, queue.heap, queue.nodes, queue.header);
			}
		}

		validate(): void {
			this.checkAlive();
			const { i32 } = this.memory;
			const h = this.header;
			const faults: string[] = [];
			const { head, headEnd, tail, tailEnd } = this;
			if (i32[h + words.OWNER] !== this.id)
				faults.push(`the header bears the id ${i32[h + words.OWNER]}, the queue ${this.id}`);
			let segments = 0;
			let previous = h;
			for (let segment = i32[h + words.NEXT]; segment !== h; segment = i32[segment + words.NEXT]) {
				segments++;
				if (!this.nodes.contains(segment)) {
					faults.push(`the queue leads to ${segment}, which is no segment of its pool`);
					break;
				}
				if (i32[segment + words.PREVIOUS] !== previous) faults.push(`segment ${segment} has a wrong link back`);
				if (i32[segment + words.OWNER] !== this.id)
					faults.push(`segment ${segment} bears the id ${i32[segment + words.OWNER]}`);
				if (previous !== h && ((i32[segment + words.ORDINAL] - i32[previous + words.ORDINAL]) | 0) <= 0)
					faults.push(`segment ${segment} has no higher ordinal than the one before it`);
				previous = segment;
			}
			const counted = (i32[h + words.INSERTED] - i32[h + words.ERASED]) | 0;
			if (counted !== segments) faults.push(`${segments} segments are linked, the counters say ${counted}`);
			if (segments === 0) {
				if (head !== 0 || headEnd !== 0 || tail !== 0 || tailEnd !== 0)
					faults.push('records are said to be in a queue without a segment');
			} else {
				const first = i32[h + words.NEXT];
				const isIn = (word: number, segment: number, end: number): boolean =>
					word >= segment + words.FIRST && word <= segment + end && (word - segment - words.FIRST) % words.STRIDE === 0;
				if (!isIn(head, first, words.END)) faults.push(`head ${head} is no record of the first segment ${first}`);
				if (headEnd !== first + words.END)
					faults.push(`headEnd ${headEnd} is not the end ${first + words.END} of the first segment`);
				if (head === headEnd && head !== tail) faults.push(`the first segment ${first} was drained and not left`);
				if (!isIn(tail, previous, words.END)) faults.push(`tail ${tail} is no place in the last segment ${previous}`);
				if (!(tailEnd >= tail && isIn(tailEnd, previous, words.END)))
					faults.push(`tailEnd ${tailEnd} is not behind tail ${tail}`);
				if (head === tail && segments > 1) faults.push(`an empty queue has ${segments} segments`);
				if (segments === 1 && head > tail) faults.push(`head ${head} is behind tail ${tail}`);
			}
			const capacity = i32[h + words.CAPACITY];
			const room = (tailEnd - tail) / words.STRIDE;
			if (capacity !== 0 && this.size + room > capacity)
				faults.push(`${this.size} records and room for ${room} are more than the capacity of ${capacity}`);
			faults.push(...this.heap.faults());
			if (faults.length > 0) throw new CorruptionError(faults.join('; '));
		}
	};
	if (fixedMemory !== undefined) Object.defineProperty(SegmentsOfRecord.prototype, 'memory', { value: fixedMemory });
	return SegmentsOfRecord;
}

/** The segments of one queue. */
export type Segments = InstanceType<ReturnType<typeof segmentsCode>>;
/** Their class. */
export type SegmentsClass = ReturnType<typeof segmentsCode>;
