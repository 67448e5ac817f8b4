import type { internals } from '@flux/core';
import type { EmplaceCalls, EmplaceVectorClass } from './vector-emplace.js';
import type { VectorEnvironment } from './vector-environment.js';
import type { OrderedVector } from './vector-order-code.js';

/** What this code uses beside what all code of a vector uses. */
export interface RangeEnvironment extends VectorEnvironment {
	readonly EmplaceVector: EmplaceVectorClass;
	/** The columns of `pushMany`, checked and in the order of the fields. */
	readonly readColumns: (
		record: internals.NodeRecord,
		columns: unknown,
	) => { columns: ArrayLike<unknown>[]; count: number };
	readonly beginSnapshot: typeof internals.beginSnapshot;
	readonly sealSnapshot: typeof internals.sealSnapshot;
}

type Vector = OrderedVector & EmplaceCalls;

/**
 * What a vector does with many records at once: ranges, copies, columns, sizes. A closed factory, as `vector-code.ts`.
 *
 * Ranges are built apart and copied in when they are whole: an iterable that throws, or yields what is no record,
 * changes nothing.
 */
export function vectorRangeCode(environment: RangeEnvironment) {
	const { words, errors, describe, record, EmplaceVector, readColumns, beginSnapshot, sealSnapshot } = environment;
	const { ArgumentError } = errors;

	class FluxVectorOfRecord extends EmplaceVector {
		assign(source: unknown, value?: unknown): void {
			this.checkAlive();
			const fresh = this.build((vector) => {
				if (typeof source !== 'number') vector.pushAll(source);
				else if (source > 0) vector.insert(0, source, value);
				else vector.checkCount(source, 'assign');
			});
			// Exchanged, not copied: that needs no memory, so nothing can fail once the old records are to go.
			this.swap(fresh);
			fresh.dispose();
		}

		insertRange(position: number, source: unknown): number {
			this.checkPosition(position, 'insertRange');
			const fresh = this.build((vector) => vector.pushAll(source));
			try {
				// Looked up again: the iterable may have erased records while it ran.
				this.checkPosition(position, 'insertRange');
				this.insertWords(position, fresh);
			} finally {
				fresh.dispose();
			}
			return position;
		}

		appendRange(source: unknown): void {
			this.checkAlive();
			const fresh = this.build((vector) => vector.pushAll(source));
			try {
				this.insertWords(this.size, fresh);
			} finally {
				fresh.dispose();
			}
		}

		copyFrom(other: Vector, position?: number): number {
			this.checkAlive();
			this.checkSameStruct(other as this, 'copyFrom');
			const before = position ?? this.size;
			this.checkPosition(before, 'copyFrom');
			if (other !== (this as Vector)) this.insertWords(before, other);
			else {
				const copy = this.clone();
				try {
					this.insertWords(before, copy);
				} finally {
					copy.dispose();
				}
			}
			return before;
		}

		/** Copies the records of another vector of the struct, perhaps of another heap, before `position`. */
		insertWords(position: number, other: OrderedVector): void {
			const count = other.size;
			if (count === 0) return;
			const to = this.openGap(position, count);
			const from = other.data;
			this.memory.i32.set(other.memory.i32.subarray(from, from + count * words.STRIDE), to);
		}

		resize(count: number, value?: unknown): void {
			this.checkAlive();
			const captured = value === undefined ? undefined : record.capture(value);
			this.checkCount(count, 'resize');
			const { size } = this;
			if (count < size) {
				this.erase(count, size);
				return;
			}
			if (count === size) return;
			let word = this.openGap(size, count - size);
			if (captured === undefined) {
				this.memory.i32.fill(0, word, word + (count - size) * words.STRIDE);
				return;
			}
			for (let left = count - size; left > 0; left--, word += words.STRIDE) record.write(this.memory, word, captured);
		}

		clone(): this {
			this.checkAlive();
			return this.build((vector) => vector.insertWords(0, this));
		}

		pushMany(columns: unknown): void {
			this.checkAlive();
			const all = readColumns(record, columns);
			this.appendColumns(all.columns, all.count);
		}

		snapshot(): Uint8Array<ArrayBuffer> {
			this.checkAlive();
			const { size } = this;
			const snapshot = beginSnapshot('FluxVector', record.struct, size, 0);
			const { image } = record;
			const { i32 } = this.memory;
			let at = snapshot.records;
			let word = i32[this.header + words.DATA];
			for (let left = size; left > 0; left--, word += words.STRIDE, at += image.words)
				image.save(i32, word, snapshot.words, at);
			return sealSnapshot(snapshot);
		}

		/** Appends the records of a snapshot. */
		pushSnapshot(snapshot: internals.Snapshot): void {
			const { count } = snapshot;
			if (count === 0) return;
			const { image } = record;
			let word = this.openGap(this.size, count);
			const { i32 } = this.memory;
			let at = snapshot.records;
			// Padding of a record is zero, as in one that was written field by field into fresh room.
			i32.fill(0, word, word + count * words.STRIDE);
			for (let left = count; left > 0; left--, word += words.STRIDE, at += image.words)
				image.load(snapshot.words, at, i32, word);
		}

		[Symbol.for('nodejs.util.inspect.custom')](
			depth: number,
			options: unknown,
			inspect?: (value: unknown, options: unknown) => string,
		): unknown {
			if (this.header === words.DISPOSED || this.heap.disposed) return 'FluxVector (disposed)';
			const SHOWN = 100;
			const shown: unknown[] = [];
			for (let position = 0; position < Math.min(SHOWN, this.size); position++) shown.push(this.get(position));
			const more = this.size > SHOWN ? ` and ${this.size - SHOWN} more records` : '';
			return `FluxVector(${this.size}) ${inspect === undefined || depth < 0 ? '[...]' : inspect(shown, options)}${more}`;
		}

		/** Another vector of the same heap, filled by `fill`; given back when that throws. */
		build(fill: (vector: this) => void): this {
			const vector = new FluxVectorOfRecord(this.heap) as this;
			try {
				fill(vector);
				this.checkAlive();
			} catch (error) {
				vector.dispose();
				throw error;
			}
			return vector;
		}

		pushAll(source: unknown): void {
			const iterable = source as Iterable<unknown> | null | undefined;
			if (typeof iterable !== 'object' || iterable === null || typeof iterable[Symbol.iterator] !== 'function')
				throw new ArgumentError(`the range is ${describe(source)}; pass an iterable of records`);
			for (const item of iterable) this.pushBack(item);
		}
	}

	return FluxVectorOfRecord;
}

/** The class of the vectors of one struct. */
export type VectorClass = ReturnType<typeof vectorRangeCode>;
