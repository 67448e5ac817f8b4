import { internals } from '@flux/core';

/** The sorts of the lists of one record. */
export interface MergeSorts {
	/** By all fields in the order of declaration. */
	readonly byFields: MergeSort<internals.Memory>;
	/** By a function of two views. */
	readonly byFunction: MergeSort<{
		readonly left: object;
		readonly right: object;
		readonly compare: (a: object, b: object) => number;
	}>;
}

/** Sorts node indexes; the result is the array passed in, or another of the same length. */
export type MergeSort<C> = (order: Int32Array, context: C) => Int32Array;

/** The sorts for `record`, each evaluated for itself: one shared by all would call their comparisons through one site, and inline none. */
export function mergeSorts(record: internals.NodeRecord): MergeSorts {
	const { views } = record;
	const { specialize } = internals;
	return {
		byFields: specialize(
			mergeSortCode<internals.Memory>,
			(memory, a, b) => record.compare(memory, a, memory, b),
			'list-sort-by-fields',
		),
		byFunction: specialize(
			mergeSortCode<Parameters<MergeSorts['byFunction']>[1]>,
			({ left, right, compare }, a, b) => {
				views.place(left, a);
				views.place(right, b);
				return compare(left, right);
			},
			'list-sort-by-function',
		),
	};
}

/** The sort itself. A closed factory, as `ring-code.ts`. */
export function mergeSortCode<C>(compare: (context: C, a: number, b: number) => number): MergeSort<C> {
	/** Runs of this length are sorted by insertion before they are merged. */
	const RUN = 8;

	return mergeSort;

	/** Bottom-up merge sort of node indexes, stable: insertion sort of short runs, then merges from one array into the other. */
	function mergeSort(order: Int32Array, context: C): Int32Array {
		const { length } = order;
		for (let start = 0; start < length; start += RUN) {
			const end = Math.min(start + RUN, length);
			for (let at = start + 1; at < end; at++) {
				const node = order[at];
				let hole = at;
				while (hole > start && compare(context, order[hole - 1], node) > 0) {
					order[hole] = order[hole - 1];
					hole--;
				}
				order[hole] = node;
			}
		}
		let from = order;
		let to: Int32Array = new Int32Array(length > RUN ? length : 0);
		for (let width = RUN; width < length; width *= 2) {
			for (let start = 0; start < length; start += 2 * width) {
				const middle = Math.min(start + width, length);
				const end = Math.min(start + 2 * width, length);
				let i = start;
				let j = middle;
				let at = start;
				// Runs that are in order already, as in data that is nearly sorted, are copied without a comparison each.
				if (j < end && compare(context, from[middle - 1], from[middle]) > 0) {
					while (i < middle && j < end) to[at++] = compare(context, from[i], from[j]) <= 0 ? from[i++] : from[j++];
				}
				while (i < middle) to[at++] = from[i++];
				while (j < end) to[at++] = from[j++];
			}
			const sorted = to;
			to = from;
			from = sorted;
		}
		return from;
	}
}
