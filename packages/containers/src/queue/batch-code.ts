import type { internals } from '@flux/core';
import type { EnqueueCalls, EnqueueClass } from './enqueue-code.js';
import type { QueueOfRecords } from './queue-code.js';
import type { QueueEnvironment } from './queue-environment.js';

/** What this code uses beside what all code of a queue uses. */
export interface BatchEnvironment extends QueueEnvironment {
	readonly EnqueueQueue: EnqueueClass;
	/** The columns of `pushMany`, checked and in the order of the fields. */
	readonly readColumns: (
		record: QueueEnvironment['record'],
		columns: unknown,
	) => { columns: ArrayLike<unknown>[]; count: number };
	/** The columns of `popMany`, checked and in the order of the fields. */
	readonly columnsToFill: (
		record: QueueEnvironment['record'],
		columns: object,
	) => { columns: { [index: number]: unknown }[]; count: number };
}

type Queue = QueueOfRecords & EnqueueCalls;

/**
 * What a queue does with many records at once: ranges, columns, copies, snapshots. A closed factory, as the list's
 * `ring-code.ts`. All records are there and known to have room before the first goes in.
 */
export function batchCode(environment: BatchEnvironment) {
	const { words, errors, record, EnqueueQueue, describe, beginSnapshot, sealSnapshot } = environment;
	const { ArgumentError } = errors;

	class FluxQueueOfRecord extends EnqueueQueue {
		pushRange(source: unknown): void {
			this.checkAlive();
			const iterable = source as Iterable<unknown> | null | undefined;
			if (typeof iterable !== 'object' || iterable === null || typeof iterable[Symbol.iterator] !== 'function') {
				throw new ArgumentError(`pushRange was given ${describe(source)}; pass an iterable of records`);
			}
			// Apart first: the iterable may throw, yield what is no record, or call back into this queue.
			const fresh = new FluxQueueOfRecord(this.heap, 0, false);
			try {
				for (const item of iterable) fresh.push(item);
				this.append(fresh, 'pushRange');
			} finally {
				fresh.dispose();
			}
		}

		copyFrom(other: Queue): void {
			this.checkSameStruct(other as this, 'copyFrom');
			this.append(other, 'copyFrom');
		}

		clone(): Queue {
			this.checkAlive();
			const { i32 } = this.memory;
			const fresh = new FluxQueueOfRecord(
				this.heap,
				i32[this.header + words.CAPACITY],
				i32[this.header + words.OVERWRITES] !== 0,
			);
			try {
				fresh.append(this, 'clone');
			} catch (error) {
				fresh.dispose();
				throw error;
			}
			return fresh;
		}

		/** Appends copies of the records that another queue of the struct, or this one, has now. */
		append(other: Queue, call: string): void {
			this.checkAlive();
			const count = other.size;
			this.checkRoom(count, call);
			if (count === 0) return;
			this.reserveFor(this.mostOf(count));
			if (other === (this as Queue)) {
				// What is read may give way to what is written.
				for (const copy of this.toArray()) this.push(copy);
				return;
			}
			let from = other.locate(0);
			for (let left = count; ; ) {
				const node = this.takePlace(call);
				other.layout.copy(other.memory, from, this.memory, node, record);
				if (--left === 0) break;
				from = other.following(from, other.located);
			}
		}

		pushMany(source: unknown): void {
			this.checkAlive();
			const { columns, count } = environment.readColumns(record, source);
			this.checkRoom(count, 'pushMany');
			this.appendColumns(columns, count);
		}

		popMany(wanted: unknown): unknown {
			this.checkAlive();
			if (typeof wanted !== 'object' || wanted === null) return this.popCopies(wanted as number);
			const { columns, count } = environment.columnsToFill(record, wanted);
			const popped = Math.min(count, this.size);
			this.fillColumns(columns, popped);
			this.dropMany(popped);
			return popped;
		}

		snapshot(): Uint8Array<ArrayBuffer> {
			this.checkAlive();
			const { size } = this;
			const snapshot = beginSnapshot('FluxQueue', record.struct, size, 2);
			const { i32 } = this.memory;
			snapshot.words[snapshot.details] = i32[this.header + words.CAPACITY];
			snapshot.words[snapshot.details + 1] = i32[this.header + words.OVERWRITES];
			const { image } = record;
			let at = snapshot.records;
			let node = size > 0 ? this.locate(0) : 0;
			for (let left = size; left > 0; left--) {
				image.save(i32, node, snapshot.words, at);
				at += image.words;
				if (left > 1) node = this.following(node, this.located);
			}
			return sealSnapshot(snapshot);
		}

		/** Appends the records of a snapshot. */
		pushSnapshot(snapshot: internals.Snapshot): void {
			this.checkRoom(snapshot.count, 'restore');
			this.reserveFor(this.mostOf(snapshot.count));
			const { image } = record;
			let at = snapshot.records;
			for (let left = snapshot.count; left > 0; left--) {
				// The place first: it may take a slab, which refreshes the views.
				const node = this.takePlace('restore');
				image.load(snapshot.words, at, this.memory.i32, node);
				at += image.words;
			}
		}
	}

	return FluxQueueOfRecord;
}

/** The class of the queues of one struct. */
export type QueueClass = ReturnType<typeof batchCode>;
