import type { Heap, internals } from '@flux/core';
import type { VectorEnvironment } from './vector-environment.js';

/** Options of the walks. */
export interface Direction {
	reverse?: boolean;
}

type Callback<R> = (view: object, position: number) => R;

/**
 * The records of one vector: where they lie, room for more, access, erasure and walks. A closed factory: everything it uses
 * is in `environment`, because it is evaluated again for each struct (`specialize` in @flux/core says why).
 */
export function vectorCode(environment: VectorEnvironment) {
	const { words, errors, describe, record, fixedMemory, toJson } = environment;
	const {
		ArgumentError,
		CorruptionError,
		DisposedError,
		EmptyError,
		HeapMismatchError,
		OutOfMemoryError,
		PositionError,
		WalkError,
	} = errors;
	const { read, elements } = record;
	/** A position behind every record: a small integer, as positions are. */
	const BEYOND = 2 ** 30 - 2;
	/** The first block has room for this many words at least. */
	const FIRST_WORDS = 64;

	const VectorRecords = class VectorRecords {
		/** A field, or a constant of the class where that is made for one memory. */
		declare readonly memory: internals.Memory;
		/** The word index of this vector's header; of the disposed one. */
		declare header: number;
		declare readonly heap: Heap;

		/** `header`: of a vector that is there, 0 for a new one; `reads`: whose memory its owner gives back. */
		constructor(heap: Heap, header = 0, reads = false) {
			if (fixedMemory === undefined) this.memory = heap.memory;
			// Set twice: engines take what was set once for a constant, and throw their code away when the first vector is disposed.
			this.header = words.DISPOSED;
			this.header = header || heap.openHeader();
			this.heap = heap;
			if (!reads) environment.adopt(this, heap, this.header);
		}

		get size(): number {
			const { i32 } = this.memory;
			if (this.header === words.DISPOSED) this.checkAlive();
			return i32[this.header + words.SIZE];
		}

		get empty(): boolean {
			return this.size === 0;
		}

		get capacity(): number {
			this.checkAlive();
			return this.memory.i32[this.header + words.CAPACITY];
		}

		get maxSize(): number {
			this.checkAlive();
			return Math.floor(this.heap.arena.maxBytes / (words.STRIDE * 4)) - 1;
		}

		get data(): number {
			const { i32 } = this.memory;
			return i32[this.header + words.DATA];
		}

		get strideWords(): number {
			return words.STRIDE;
		}

		/** What views of a list's nodes ask for; records side by side have no owner. */
		get id(): number {
			return 0;
		}

		/** How records lie: to tell vectors of one struct from others. */
		get layout(): internals.ElementRecord {
			return record;
		}

		// Room ------------------------------------------------------------------------------------------------------------

		reserve(count: number): void {
			this.checkAlive();
			this.checkCount(count, 'reserve');
			if (count > this.memory.i32[this.header + words.CAPACITY]) this.setRoom(count);
		}

		shrinkToFit(): number {
			this.checkAlive();
			const { i32 } = this.memory;
			const h = this.header;
			const held = i32[h + words.DATA] === 0 ? 0 : this.heap.blockBytes(i32[h + words.DATA]);
			if (i32[h + words.SIZE] > 0) this.setRoom(i32[h + words.SIZE]);
			else if (held > 0) {
				const data = i32[h + words.DATA];
				i32[h + words.DATA] = 0;
				i32[h + words.CAPACITY] = 0;
				this.heap.giveBlock(data);
			}
			const block = this.memory.i32[h + words.DATA];
			return held - (block === 0 ? 0 : this.heap.blockBytes(block));
		}

		/** Room for `more` records behind the last one, as much again as there is where it can be had. */
		grow(more: number): void {
			this.checkAlive();
			const { i32 } = this.memory;
			const least = i32[this.header + words.SIZE] + more;
			const capacity = i32[this.header + words.CAPACITY];
			if (least <= capacity) return;
			const wanted = Math.max(least, capacity * 2, Math.ceil(FIRST_WORDS / words.STRIDE));
			try {
				this.setRoom(wanted);
			} catch (error) {
				if (!(error instanceof OutOfMemoryError) || wanted === least) throw error;
				this.setRoom(least);
			}
		}

		/** Makes the block one with room for `count` records and one more, in place where that can be. */
		setRoom(count: number): void {
			const { heap } = this;
			const h = this.header;
			const bytes = (count + 1) * words.STRIDE * 4;
			// Before the heap is asked, because an arena has no name for so many.
			if (count > this.maxSize) throw new OutOfMemoryError(bytes, heap.arena.stats().committed, heap.arena.maxBytes);
			const block = heap.resizeBlock(this.memory.i32[h + words.DATA], bytes);
			const { i32 } = this.memory;
			i32[h + words.DATA] = block;
			i32[h + words.CAPACITY] = Math.floor(heap.blockBytes(block) / 4 / words.STRIDE) - 1;
			this.noteChange();
		}

		/** Makes place for `count` records before `position`, and returns the word of the first. */
		openGap(position: number, count: number): number {
			this.grow(count);
			const { i32 } = this.memory;
			const h = this.header;
			const size = i32[h + words.SIZE];
			const data = i32[h + words.DATA];
			const gap = data + position * words.STRIDE;
			if (position < size) i32.copyWithin(gap + count * words.STRIDE, gap, data + size * words.STRIDE);
			i32[h + words.SIZE] = size + count;
			this.noteChange();
			return gap;
		}

		/** Takes the records from `from` to before `to` out. */
		closeGap(from: number, to: number): void {
			const { i32 } = this.memory;
			const h = this.header;
			const size = i32[h + words.SIZE];
			const data = i32[h + words.DATA];
			i32.copyWithin(data + from * words.STRIDE, data + to * words.STRIDE, data + size * words.STRIDE);
			i32[h + words.SIZE] = size - (to - from);
			this.noteChange();
		}

		/** What a callback must not have done meanwhile. */
		noteChange(): void {
			const { i32 } = this.memory;
			i32[this.header + words.CHANGES] = (i32[this.header + words.CHANGES] + 1) | 0;
		}

		/** Throws unless records are where they were. */
		checkUnchanged(header: number, size: number, changes: number): void {
			const { i32 } = this.memory;
			if (this.header !== header || i32[header + words.SIZE] !== size || i32[header + words.CHANGES] !== changes)
				throw new WalkError();
		}

		// Access ----------------------------------------------------------------------------------------------------------

		/** The word of the record at a position. */
		wordOf(position: number, call: string): number {
			const { i32 } = this.memory;
			const h = this.header;
			if (position >>> 0 !== position || position >= i32[h + words.SIZE]) this.refuse(position, call, 1);
			return i32[h + words.DATA] + position * words.STRIDE;
		}

		/** A position at which a record can be inserted. */
		checkPosition(position: number, call: string): void {
			if (position >>> 0 !== position || position > this.memory.i32[this.header + words.SIZE])
				this.refuse(position, call, 0);
		}

		refuse(position: number, call: string, less: number): never {
			this.checkAlive();
			throw new PositionError(position, call, this.memory.i32[this.header + words.SIZE] - less);
		}

		get front(): unknown {
			return read(this.memory, this.endWord(0, 'front'));
		}

		get back(): unknown {
			return read(this.memory, this.endWord(-1, 'back'));
		}

		/** The word of the first record, or of the last for -1. */
		endWord(from: number, call: string): number {
			const { i32 } = this.memory;
			const size = i32[this.header + words.SIZE];
			if (size === 0) this.refuseEmpty(call, 'look at `empty` first');
			return i32[this.header + words.DATA] + (from === 0 ? 0 : size - 1) * words.STRIDE;
		}

		refuseEmpty(call: string, remedy: string): never {
			this.checkAlive();
			throw new EmptyError(call, remedy);
		}

		get(position: number): unknown {
			return read(this.memory, this.wordOf(position, 'get'));
		}

		at(position: number, view?: object): object {
			this.wordOf(position, 'at');
			if (view === undefined) return elements.at(this, position);
			if (!elements.isView(view))
				throw new ArgumentError('at() was given a view of another record; pass one that at() of this vector returned');
			elements.place(view, this, position);
			return view;
		}

		// Erasing ---------------------------------------------------------------------------------------------------------

		erase(first: number, last?: number): number {
			if (last === undefined) {
				this.wordOf(first, 'erase');
				this.closeGap(first, first + 1);
				return first;
			}
			this.checkPosition(last, 'erase');
			if (first >>> 0 !== first || first > last) this.refuse(first, 'erase', 0);
			if (first < last) this.closeGap(first, last);
			return first;
		}

		popBack(): void {
			const { i32 } = this.memory;
			const h = this.header;
			const size = i32[h + words.SIZE];
			if (size === 0) this.refuseEmpty('popBack', 'call tryPopBack(), which returns undefined then');
			i32[h + words.SIZE] = size - 1;
		}

		tryPopBack(): unknown {
			this.checkAlive();
			if (this.memory.i32[this.header + words.SIZE] === 0) return undefined;
			const copy = this.back;
			this.popBack();
			return copy;
		}

		clear(): void {
			this.checkAlive();
			this.memory.i32[this.header + words.SIZE] = 0;
			this.noteChange();
		}

		removeIf(predicate: Callback<boolean>): number {
			this.checkAlive();
			const { i32 } = this.memory;
			const { header } = this;
			const size = i32[header + words.SIZE];
			const changes = i32[header + words.CHANGES];
			const kept: number[] = [];
			const view = elements.at(this, 0);
			try {
				for (let position = 0; position < size; position++) {
					elements.move(view, position);
					if (!predicate(view, position)) kept.push(position);
					this.checkUnchanged(header, size, changes);
				}
			} finally {
				elements.retire(view);
			}
			if (kept.length === size) return 0;
			const after = this.memory.i32;
			const data = after[header + words.DATA];
			kept.forEach((from, to) => {
				const word = data + from * words.STRIDE;
				if (from !== to) after.copyWithin(data + to * words.STRIDE, word, word + words.STRIDE);
			});
			after[header + words.SIZE] = kept.length;
			this.noteChange();
			return size - kept.length;
		}

		swap(other: this): void {
			this.checkAlive();
			other.checkAlive?.();
			if (other.layout !== record || other.heap !== this.heap) throw new HeapMismatchError('swap');
			const { i32 } = this.memory;
			for (const word of [words.SIZE, words.CAPACITY, words.DATA]) {
				const mine = i32[this.header + word];
				i32[this.header + word] = i32[other.header + word];
				i32[other.header + word] = mine;
			}
			this.noteChange();
			other.noteChange();
		}

		// Walks -----------------------------------------------------------------------------------------------------------

		[Symbol.iterator](): IterableIterator<unknown> {
			return new CopyWalk(this, false);
		}

		values(options?: Direction): IterableIterator<unknown> {
			return new CopyWalk(this, this.isReverse(options));
		}

		keys(options?: Direction): IterableIterator<number> {
			return new PositionWalk(this, this.isReverse(options));
		}

		entries(options?: Direction): IterableIterator<[number, unknown]> {
			return new EntryWalk(this, this.isReverse(options));
		}

		views(options?: Direction): IterableIterator<object> {
			return new ViewWalk(this, this.isReverse(options));
		}

		isReverse(options: Direction | undefined): boolean {
			const reverse: unknown = options?.reverse ?? false;
			if (typeof reverse !== 'boolean') throw new ArgumentError(`reverse is ${describe(reverse)}; pass true or false`);
			return reverse;
		}

		forEach(callback: Callback<void>): void {
			this.search((view, position) => {
				callback(view, position);
				return false;
			});
		}

		reduce<A>(callback: (accumulator: A, view: object, position: number) => A, initial: A): A {
			this.checkAlive();
			const view = elements.at(this, 0);
			let accumulator = initial;
			try {
				for (let position = 0; position < this.size; position++) {
					elements.move(view, position);
					accumulator = callback(accumulator, view, position);
				}
			} finally {
				elements.retire(view);
			}
			return accumulator;
		}

		/** The first position whose record the callback accepts; -1 when there is none. */
		search(callback: Callback<boolean>): number {
			this.checkAlive();
			const view = elements.at(this, 0);
			try {
				for (let position = 0; position < this.size; position++) {
					elements.move(view, position);
					if (callback(view, position)) return position;
				}
			} finally {
				elements.retire(view);
			}
			return -1;
		}

		find(callback: Callback<boolean>): unknown {
			const position = this.search(callback);
			return position === -1 || position >= this.size ? undefined : this.get(position);
		}

		findIndex(callback: Callback<boolean>): number {
			return this.search(callback);
		}

		some(callback: Callback<boolean>): boolean {
			return this.search(callback) !== -1;
		}

		every(callback: Callback<boolean>): boolean {
			return this.search((view, position) => !callback(view, position)) === -1;
		}

		toArray(): unknown[] {
			const { size } = this;
			const copies: unknown[] = [];
			for (let position = 0; position < size; position++) copies.push(this.get(position));
			return copies;
		}

		toJSON(): unknown[] {
			return this.toArray().map(toJson);
		}

		// Life ------------------------------------------------------------------------------------------------------------

		dispose(): void {
			if (this.header === words.DISPOSED) return;
			environment.forget(this);
			const { header } = this;
			this.header = words.DISPOSED;
			environment.release(this.heap, header);
		}

		/** What this vector held is another thread's: it is as if disposed, and gives nothing back. */
		leave(): void {
			environment.leave(this);
			this.end();
		}

		/** Stands on nothing from now on. */
		end(): void {
			environment.forget(this);
			this.header = words.DISPOSED;
		}

		checkAlive(): void {
			if (this.header === words.DISPOSED) throw environment.gone(this, 'this FluxVector');
			if (this.heap.disposed) throw new DisposedError('the Heap under this FluxVector');
		}

		checkCount(count: unknown, call: string): void {
			if (!(Number.isInteger(count) && (count as number) >= 0))
				throw new ArgumentError(`${call} was given the count ${describe(count)}; pass a whole number from 0`);
		}

		validate(): void {
			this.checkAlive();
			this.heap.validate();
			const { i32 } = this.memory;
			const [size, capacity, data] = [words.SIZE, words.CAPACITY, words.DATA].map((word) => i32[this.header + word]);
			if (size < 0 || size > capacity) throw new CorruptionError(`${size} records in room for ${capacity}`);
			if (data === 0 ? capacity !== 0 : this.heap.blockBytes(data) < (capacity + 1) * words.STRIDE * 4)
				throw new CorruptionError(`the block at ${data} has no room for ${capacity} records and one more`);
		}

		get [Symbol.toStringTag](): string {
			return 'FluxVector';
		}
	};

	/**
	 * A place in a vector, by position: what is inserted or erased before it shifts the records under it, as in a loop over
	 * an array.
	 */
	class Walk {
		declare readonly vector: InstanceType<typeof VectorRecords>;
		/** The position that was given last; before the first step -1, or the size for a walk from the end. */
		declare position: number;
		declare readonly reverse: boolean;

		constructor(vector: InstanceType<typeof VectorRecords>, reverse: boolean) {
			this.vector = vector;
			this.reverse = reverse;
			this.position = reverse ? vector.size : -1;
			vector.checkAlive();
		}

		/** Goes to the next position; false at the end. */
		step(): boolean {
			const { size } = this.vector;
			const position = this.reverse ? Math.min(this.position, size) - 1 : this.position + 1;
			if (position < 0 || position >= size) {
				// At the end for good, whatever comes behind.
				this.position = this.reverse ? 0 : BEYOND;
				return false;
			}
			this.position = position;
			return true;
		}

		return(): IteratorReturnResult<undefined> {
			this.position = this.reverse ? 0 : BEYOND;
			return { done: true, value: undefined };
		}

		[Symbol.iterator](): this {
			return this;
		}
	}

	class CopyWalk extends Walk implements IterableIterator<unknown> {
		next(): IteratorResult<unknown> {
			return this.step() ? { done: false, value: this.vector.get(this.position) } : this.return();
		}
	}

	class PositionWalk extends Walk implements IterableIterator<number> {
		next(): IteratorResult<number> {
			return this.step() ? { done: false, value: this.position } : this.return();
		}
	}

	class EntryWalk extends Walk implements IterableIterator<[number, unknown]> {
		next(): IteratorResult<[number, unknown]> {
			if (!this.step()) return this.return();
			return { done: false, value: [this.position, this.vector.get(this.position)] };
		}
	}

	/** One view, moved along. The walk is its own iterator result, so that a step makes no object at all. */
	class ViewWalk extends Walk implements IterableIterator<object> {
		declare done: boolean;
		declare value: object;

		constructor(vector: InstanceType<typeof VectorRecords>, reverse: boolean) {
			super(vector, reverse);
			this.done = false;
			this.value = elements.at(vector, 0);
		}

		next(): IteratorResult<object> {
			const { vector } = this;
			const position = this.position + 1;
			if (this.reverse || position >= vector.memory.i32[vector.header + words.SIZE]) return this.nextRare();
			this.position = position;
			elements.move(this.value, position);
			return this as IteratorResult<object>;
		}

		/** From the end, or at the end. */
		nextRare(): IteratorResult<object> {
			if (!this.step()) return this.return();
			elements.move(this.value, this.position);
			return this as IteratorResult<object>;
		}

		override return(): IteratorReturnResult<undefined> {
			elements.retire(this.value);
			this.done = true;
			return super.return();
		}
	}

	if (fixedMemory !== undefined) Object.defineProperty(VectorRecords.prototype, 'memory', { value: fixedMemory });
	return VectorRecords;
}

/** The records of one vector. */
export type VectorRecords = InstanceType<ReturnType<typeof vectorCode>>;
/** Their class. */
export type VectorRecordsClass = ReturnType<typeof vectorCode>;
