/**
 * The sort of a list by a function. A closed factory, as `ring-code.ts`: a sort shared by all records would call their
 * comparisons through one site, and inline none.
 */
export function mergeSortCode() {
	/** Runs of this length are sorted by insertion before they are merged. */
	const RUN = 8;

	return mergeSort;

	/** Bottom-up merge sort of node indexes, stable: insertion sort of short runs, then merges from one array into the other. */
	function mergeSort(order: Int32Array, compare: (a: number, b: number) => number): Int32Array {
		const { length } = order;
		for (let start = 0; start < length; start += RUN) {
			const end = Math.min(start + RUN, length);
			for (let at = start + 1; at < end; at++) {
				const node = order[at];
				let hole = at;
				while (hole > start && compare(order[hole - 1], node) > 0) {
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
				if (j < end && compare(from[middle - 1], from[middle]) > 0) {
					while (i < middle && j < end) to[at++] = compare(from[i], from[j]) <= 0 ? from[i++] : from[j++];
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

/** Sorts node indexes; the result is the array passed in, or another of the same length. */
export type MergeSort = ReturnType<typeof mergeSortCode>;
