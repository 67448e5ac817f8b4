import type { internals } from '@flux/core';
import type { MergeSorts } from '../common/merge-sort.js';
import type { radixSort } from '../common/radix-sort.js';
import type { VectorRecords, VectorRecordsClass } from './vector-code.js';
import type { VectorEnvironment } from './vector-environment.js';

/** What this code uses beside what all code of a vector uses. */
export interface OrderEnvironment extends VectorEnvironment {
	readonly VectorRecords: VectorRecordsClass;
	readonly mergeSort: MergeSorts;
	readonly radixSort: typeof radixSort;
}

type Compare = (a: object, b: object) => number;

/**
 * What a vector does with the order of its records: sorts, searches by halves, comparisons. A closed factory, as
 * `vector-code.ts`.
 *
 * Functions of the user's see copies, or views that look up where a record lies; a function that throws, or that
 * changes the vector, leaves it as it was.
 */
export function vectorOrderCode(environment: OrderEnvironment) {
	const { words, errors, describe, record, VectorRecords, mergeSort, radixSort } = environment;
	const { ArgumentError } = errors;
	const { views, elements, fields } = record;
	const KEY_VIEWS = {
		i8: 'i8',
		u8: 'u8',
		i16: 'i16',
		u16: 'u16',
		i32: 'i32',
		u32: 'u32',
		f32: 'f32',
		f64: 'f64',
	} as const;

	return class OrderedVector extends VectorRecords {
		sort(compare?: Compare): void {
			this.checkAlive();
			this.checkCompare(compare, 'sort');
			const { header, heap } = this;
			const count = this.memory.i32[header + words.SIZE];
			if (count < 2) return;
			const changes = this.memory.i32[header + words.CHANGES];
			const length = count * words.STRIDE;
			// Two copies, so that nothing of the vector is touched before all is in order.
			const scratch = heap.takeBlock(length * 8);
			try {
				const { memory } = this;
				const data = memory.i32[header + words.DATA];
				memory.i32.copyWithin(scratch, data, data + length);
				memory.i32.copyWithin(scratch + length, data, data + length);
				if (compare === undefined) mergeSort.byFields.records(memory, scratch, scratch + length, count, memory);
				else {
					const left = views.cursor(this);
					const right = views.cursor(this);
					try {
						mergeSort.byFunction.records(memory, scratch, scratch + length, count, { left, right, compare });
					} finally {
						views.retire(left);
						views.retire(right);
					}
				}
				this.checkUnchanged(header, count, changes);
				this.memory.i32.copyWithin(this.memory.i32[header + words.DATA], scratch, scratch + length);
				this.noteChange();
			} finally {
				heap.giveBlock(scratch);
			}
		}

		sortBy(name: string, options?: { descending?: boolean }): void {
			this.checkAlive();
			const descending: unknown = options?.descending ?? false;
			if (typeof descending !== 'boolean')
				throw new ArgumentError(`descending is ${describe(descending)}; pass true or false`);
			const keys = this.keysOf(name, 'sortBy');
			const count = keys.length;
			if (count < 2) return;
			const order = radixSort(
				Int32Array.from({ length: count }, (_, position) => position),
				keys,
				descending,
			);
			const scratch = this.heap.takeBlock(count * words.STRIDE * 4);
			const { i32 } = this.memory;
			const data = i32[this.header + words.DATA];
			let to = scratch;
			for (let at = 0; at < count; at++) {
				const from = data + order[at] * words.STRIDE;
				for (let word = 0; word < words.STRIDE; word++) i32[to++] = i32[from + word];
			}
			i32.copyWithin(data, scratch, to);
			this.noteChange();
			this.heap.giveBlock(scratch);
		}

		/** The values of a number field, in order. */
		keysOf(name: string, call: string): Float64Array {
			const { values, perWord, offset } = this.numbersOf(name, call);
			const { i32 } = this.memory;
			const size = i32[this.header + words.SIZE];
			const keys = new Float64Array(size);
			let at = i32[this.header + words.DATA];
			for (let position = 0; position < size; position++, at += words.STRIDE)
				keys[position] = values[at * perWord + offset];
			return keys;
		}

		/** Where the numbers of a field are: `values[word * perWord + offset]` for the record at `word`. */
		numbersOf(name: string, call: string): { values: ArrayLike<number>; perWord: number; offset: number } {
			const field = fields.find((candidate) => candidate.name === name);
			const view = field === undefined ? undefined : KEY_VIEWS[field.type.shape.kind as keyof typeof KEY_VIEWS];
			if (field === undefined || view === undefined) {
				const names = fields.filter(({ type }) => type.shape.kind in KEY_VIEWS).map((candidate) => candidate.name);
				throw new ArgumentError(
					`${call} was given ${describe(name)}, which is no number field of this record; pass one of ${names.join(', ')}`,
				);
			}
			return { values: this.memory[view], perWord: 4 / field.type.size, offset: field.offset / field.type.size };
		}

		isSorted(compare?: Compare): boolean {
			this.checkCompare(compare, 'isSorted');
			const order = this.comparison(this, compare);
			const { size } = this;
			for (let position = 1; position < size; position++) if (order(position - 1, position) > 0) return false;
			return true;
		}

		lowerBound(value: unknown, compare?: Compare): number {
			return this.bound(value, compare, 'lowerBound', 0);
		}

		upperBound(value: unknown, compare?: Compare): number {
			return this.bound(value, compare, 'upperBound', 1);
		}

		equalRange(value: unknown, compare?: Compare): [number, number] {
			return [this.bound(value, compare, 'equalRange', 0), this.bound(value, compare, 'equalRange', 1)];
		}

		binarySearch(value: unknown, compare?: Compare): boolean {
			return this.bound(value, compare, 'binarySearch', 0) < this.bound(value, compare, 'binarySearch', 1);
		}

		lowerBoundBy(name: string, value: number): number {
			return this.boundBy(name, value, 'lowerBoundBy', false);
		}

		upperBoundBy(name: string, value: number): number {
			return this.boundBy(name, value, 'upperBoundBy', true);
		}

		/** The first position whose record is not below the value, or for `above` 1 the first that is above it. */
		bound(value: unknown, compare: Compare | undefined, call: string, above: number): number {
			this.checkAlive();
			this.checkCompare(compare, call);
			const captured = record.capture(value);
			const { header } = this;
			const size = this.memory.i32[header + words.SIZE];
			if (size === 0) return 0;
			const changes = this.memory.i32[header + words.CHANGES];
			// The room behind the last place is for this.
			const scratch = this.memory.i32[header + words.DATA] + this.memory.i32[header + words.CAPACITY] * words.STRIDE;
			record.write(this.memory, scratch, captured);
			const order = this.comparisonWith(scratch, compare);
			let low = 0;
			let high = size;
			while (low < high) {
				const middle = (low + high) >>> 1;
				if (order(middle) < above) low = middle + 1;
				else high = middle;
				if (compare !== undefined) this.checkUnchanged(header, size, changes);
			}
			return low;
		}

		/** Compares the record at a position with the one at a word. */
		comparisonWith(word: number, compare: Compare | undefined): (position: number) => number {
			const { memory } = this;
			if (compare === undefined)
				return (position) => record.compare(memory, this.data + position * words.STRIDE, memory, word);
			return (position) => {
				const left = elements.at(this, position);
				const right = views.cursor(this);
				views.place(right, word);
				try {
					return compare(left, right);
				} finally {
					elements.retire(left);
					views.retire(right);
				}
			};
		}

		/** Compares the record at a position with one of `other`. */
		comparison(other: VectorRecords, compare: Compare | undefined): (mine: number, theirs: number) => number {
			if (compare === undefined) {
				return (mine, theirs) =>
					record.compare(
						this.memory,
						this.data + mine * words.STRIDE,
						other.memory,
						other.data + theirs * words.STRIDE,
					);
			}
			return (mine, theirs) => {
				const left = elements.at(this, mine);
				const right = other.layout.elements.at(other, theirs);
				try {
					return compare(left, right);
				} finally {
					elements.retire(left);
					other.layout.elements.retire(right);
				}
			};
		}

		boundBy(name: string, value: number, call: string, above: boolean): number {
			this.checkAlive();
			if (typeof value !== 'number') throw new ArgumentError(`${call} was given ${describe(value)}; pass a number`);
			const { values, perWord, offset } = this.numbersOf(name, call);
			const { i32 } = this.memory;
			const data = i32[this.header + words.DATA];
			let low = 0;
			let high = i32[this.header + words.SIZE];
			while (low < high) {
				const middle = (low + high) >>> 1;
				const key = values[(data + middle * words.STRIDE) * perWord + offset];
				if (above ? key <= value : key < value) low = middle + 1;
				else high = middle;
			}
			return low;
		}

		checkCompare(compare: unknown, call: string): void {
			if (compare !== undefined && typeof compare !== 'function') {
				throw new ArgumentError(
					`${call} was given ${describe(compare)}; pass (a, b) => number, or nothing for the order of the fields`,
				);
			}
		}

		equals(other: this, same?: (a: object, b: object) => boolean): boolean {
			this.checkAlive();
			this.checkSameStruct(other, 'equals');
			const { size } = this;
			if (other.size !== size) return false;
			const differ = this.comparison(other, same === undefined ? undefined : (a, b) => (same(a, b) ? 0 : 1));
			for (let position = 0; position < size; position++) if (differ(position, position) !== 0) return false;
			return true;
		}

		compare(other: this, compare?: Compare): number {
			this.checkAlive();
			this.checkSameStruct(other, 'compare');
			const order = this.comparison(other, compare);
			const shorter = Math.min(this.size, other.size);
			for (let position = 0; position < shorter; position++) {
				const found = order(position, position);
				if (found !== 0) return found;
			}
			return Math.sign(this.size - other.size);
		}

		checkSameStruct(other: { layout?: internals.ElementRecord }, call: string): void {
			if (other?.layout?.struct !== record.struct)
				throw new ArgumentError(`${call} was given ${describe(other)}; pass a FluxVector of the same struct`);
		}
	};
}

/** A vector with the order of its records. */
export type OrderedVector = InstanceType<ReturnType<typeof vectorOrderCode>>;
/** Their class. */
export type OrderedVectorClass = ReturnType<typeof vectorOrderCode>;
