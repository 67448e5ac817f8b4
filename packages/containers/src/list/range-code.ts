import type { internals } from '@flux/core';
import type { ContainerEnvironment, RingPlace } from '../common/container-environment.js';
import type { EmplaceCalls, EmplaceListClass } from './emplace-code.js';
import type { OrderedList } from './order-code.js';

/** What this code uses beside what all code of a list uses. */
export interface RangeEnvironment extends ContainerEnvironment {
	readonly EmplaceList: EmplaceListClass;
	/** The columns of `pushMany`, checked and in the order of the fields. */
	readonly readColumns: (
		record: ContainerEnvironment['record'],
		columns: unknown,
	) => { columns: ArrayLike<unknown>[]; count: number };
	readonly beginSnapshot: typeof internals.beginSnapshot;
	readonly sealSnapshot: typeof internals.sealSnapshot;
}

type List = OrderedList & EmplaceCalls;

/**
 * What a list does with many records at once: ranges, copies, columns, sizes. A closed factory, as `common/ring-code.ts`.
 *
 * Ranges are built apart and spliced in when they are whole: an iterable that throws, or yields what is no record,
 * changes nothing.
 */
export function rangeCode(environment: RangeEnvironment) {
	const { words, errors, describe, record, EmplaceList, beginSnapshot, sealSnapshot } = environment;
	const { ArgumentError } = errors;

	class FluxListOfRecord extends EmplaceList {
		assign(source: unknown, value?: unknown): void {
			this.checkAlive();
			const fresh = this.build((list) => {
				if (typeof source !== 'number') list.pushAll(source);
				else if (source > 0) list.insert(0, source, value);
				else list.checkCount(source, 'assign');
			}, this.beside());
			// Exchanged, not moved: that needs no memory, so nothing can fail once the old records are to go.
			this.exchange(fresh);
			fresh.dispose();
		}

		insertRange(position: number, source: unknown): number {
			// Looked up again afterwards: the iterable may erase the position while it runs.
			this.positionOf(position, 'insertRange');
			const fresh = this.build((list) => list.pushAll(source), this.beside());
			let before: number;
			try {
				before = this.positionOf(position, 'insertRange');
			} catch (error) {
				fresh.dispose();
				throw error;
			}
			const first = fresh.empty ? before : this.memory.i32[fresh.header + words.NEXT];
			this.absorb(before, fresh);
			return this.nodeOf(first);
		}

		appendRange(source: unknown): void {
			this.insertRange(0, source);
		}

		prependRange(source: unknown): void {
			this.insertRange(this.first, source);
		}

		copyFrom(other: List, position = 0): number {
			this.checkAlive();
			this.checkSameStruct(other, 'copyFrom');
			this.positionOf(position, 'copyFrom');
			const fresh = this.build((list) => list.pushCopies(other), this.beside());
			const before = this.positionOf(position, 'copyFrom');
			const first = fresh.empty ? before : this.memory.i32[fresh.header + words.NEXT];
			this.absorb(before, fresh);
			return this.nodeOf(first);
		}

		clone(): List {
			this.checkAlive();
			return this.build((list) => list.pushCopies(this), undefined);
		}

		resize(count: number, value?: unknown): void {
			this.checkAlive();
			this.checkCount(count, 'resize');
			const missing = count - this.size;
			if (missing > 0) {
				if (value !== undefined) this.insert(0, missing, value);
				else {
					this.nodes.reserve(missing);
					for (let left = missing; left > 0; left--) record.zero(this.memory, this.linkBack());
				}
			}
			for (let left = missing; left < 0; left++) this.unlink(this.memory.i32[this.header + words.PREVIOUS]);
		}

		pushMany(columns: unknown): void {
			this.checkAlive();
			const read = environment.readColumns(record, columns);
			this.appendColumns(read.columns, read.count);
		}

		snapshot(): Uint8Array<ArrayBuffer> {
			this.checkAlive();
			const snapshot = beginSnapshot('FluxList', record.struct, this.size, 0);
			const { image } = record;
			const { i32 } = this.memory;
			let at = snapshot.records;
			for (let node = i32[this.header + words.NEXT]; node !== this.header; node = i32[node + words.NEXT]) {
				image.save(i32, node, snapshot.words, at);
				at += image.words;
			}
			return sealSnapshot(snapshot);
		}

		/** Appends the records of a snapshot. */
		pushSnapshot(snapshot: internals.Snapshot): void {
			const { image } = record;
			this.nodes.reserve(snapshot.count);
			let at = snapshot.records;
			for (let left = snapshot.count; left > 0; left--) {
				// The node first: it may take a slab, which refreshes the views.
				const node = this.linkBack();
				image.load(snapshot.words, at, this.memory.i32, node);
				at += image.words;
			}
		}

		[Symbol.for('nodejs.util.inspect.custom')](
			depth: number,
			options: unknown,
			inspect?: (value: unknown, options: unknown) => string,
		): unknown {
			if (this.id === -1 || this.heap.disposed) return 'FluxList (disposed)';
			const SHOWN = 100;
			const { i32 } = this.memory;
			const shown: unknown[] = [];
			for (
				let node = i32[this.header + words.NEXT];
				node !== this.header && shown.length < SHOWN;
				node = i32[node + words.NEXT]
			) {
				shown.push(record.read(this.memory, node));
			}
			const more = this.size > SHOWN ? ` and ${this.size - SHOWN} more records` : '';
			return `FluxList(${this.size}) ${inspect === undefined || depth < 0 ? '[...]' : inspect(shown, options)}${more}`;
		}

		/** Another list of the same heap, at `place`, filled by `fill`; given back when that throws. */
		build(fill: (list: this) => void, place: RingPlace | undefined): this {
			const list = new FluxListOfRecord(this.heap, place) as this;
			try {
				fill(list);
				this.checkAlive();
			} catch (error) {
				list.dispose();
				throw error;
			}
			return list;
		}

		/** Takes all nodes of a list that was built for this one, and ends it. */
		absorb(position: number, fresh: this): void {
			try {
				this.takeAll(position, fresh);
			} finally {
				fresh.dispose();
			}
		}

		pushAll(source: unknown): void {
			const iterable = source as Iterable<unknown> | null | undefined;
			if (typeof iterable !== 'object' || iterable === null || typeof iterable[Symbol.iterator] !== 'function') {
				throw new ArgumentError(`the range is ${describe(source)}; pass an iterable of records`);
			}
			for (const item of iterable) this.pushBack(item);
		}

		pushCopies(other: List): void {
			const { header } = other;
			this.nodes.reserve(other.size);
			// Read after the reserve: growth refreshes the views.
			const { i32 } = other.memory;
			for (let node = i32[header + words.NEXT]; node !== header; node = i32[node + words.NEXT]) {
				other.layout.copy(other.memory, node, this.memory, this.linkBack(), record);
			}
		}
	}

	return FluxListOfRecord;
}

/** The class of the lists of one struct. */
export type ListClass = ReturnType<typeof rangeCode>;
