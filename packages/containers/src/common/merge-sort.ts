import { internals } from '@flux/core';

/** The sorts of the lists of one record. */
export interface MergeSorts {
	/** By all fields in the order of declaration. */
	readonly byFields: SortPair<internals.Memory>;
	/** By a function of two views. */
	readonly byFunction: SortPair<ViewComparison>;
	/** Whether records of this size are better sorted as copies than by their indexes. */
	readonly moves: boolean;
	/** Copies a record from node to node, and the word that names where it came from. */
	readonly move: MoveRecord;
}

/** A function that compares two views, and the two views that it is shown. */
interface ViewComparison {
	readonly left: object;
	readonly right: object;
	readonly compare: (a: object, b: object) => number;
}

/** One order, by two algorithms. */
export interface SortPair<C> {
	/** Sorts node indexes; the result is the array passed in, or another of the same length. */
	readonly indexes: (order: Int32Array, context: C) => Int32Array;
	/** Sorts `count` records that lie side by side from `a` on, and again from `b` on; the result is at `a`. */
	readonly records: (memory: internals.Memory, a: number, b: number, count: number, context: C) => void;
}

type MoveRecord = (words: Int32Array, from: number, to: number) => void;
type CompareNodes<C> = (context: C, a: number, b: number) => number;

/** Records of more words cost more to move than to look up: on our machines the two sorts meet between 16 and 32. */
const MOST_WORDS = 16;

/** The sorts for `record`, each evaluated for itself: one shared by all would call their comparisons through one site, and inline none. */
export function mergeSorts(record: internals.NodeRecord): MergeSorts {
	const { strideWords } = record;
	const { layout, specialize } = internals;
	const fieldsBegin = Math.min(...record.fields.map(({ offset }) => offset)) >> 2;
	const move = recordMover([layout.words.NEXT, ...range(fieldsBegin, strideWords)]);
	return {
		moves: strideWords <= MOST_WORDS,
		move,
		byFields: sortPair(record, move, specialize(compareFieldsCode, record, 'list-compare-fields'), 'fields'),
		byFunction: sortPair(record, move, specialize(compareByFunctionCode, record, 'list-compare-views'), 'function'),
	};
}

function sortPair<C>(
	record: internals.NodeRecord,
	move: MoveRecord,
	compare: CompareNodes<C>,
	label: string,
): SortPair<C> {
	const { specialize } = internals;
	return {
		indexes: specialize(indexSortCode<C>, { compare }, `list-sort-indexes-by-${label}`),
		records: specialize(
			recordSortCode<C>,
			{ compare, move, words: { STRIDE: record.strideWords } },
			`list-sort-records-by-${label}`,
		),
	};
}

/**
 * The order of all fields. A closed factory, as `ring-code.ts`: closures that one site makes for all records share
 * what the engine learns of their calls, and with ten records it learns that the calls go everywhere.
 */
export function compareFieldsCode(record: internals.NodeRecord): CompareNodes<internals.Memory> {
	return (memory, a, b) => record.compare(memory, a, memory, b);
}

/** The order of a function of two views. A closed factory, as {@link compareFieldsCode}. */
export function compareByFunctionCode({ views }: internals.NodeRecord): CompareNodes<ViewComparison> {
	return ({ left, right, compare }, a, b) => {
		views.place(left, a);
		views.place(right, b);
		return compare(left, right);
	};
}

/** A function that copies these words of a node, without a loop where text can become code. */
function recordMover(offsets: readonly number[]): MoveRecord {
	const { canEvaluate, evaluate } = internals;
	if (canEvaluate) {
		const copies = offsets.map((word) => `words[to + ${word}] = words[from + ${word}];`).join(' ');
		return evaluate(`return function move(words, from, to) { ${copies} };`, {}, 'list-move-record');
	}
	return (words, from, to) => {
		for (const word of offsets) words[to + word] = words[from + word];
	};
}

function range(from: number, to: number): number[] {
	return Array.from({ length: to - from }, (_, index) => from + index);
}

/** What the sorts use. */
interface SortEnvironment<C> {
	readonly compare: CompareNodes<C>;
}

/**
 * The sort of indexes: it moves four bytes per node whatever the record, and looks each record up where it lies.
 * A closed factory, as `ring-code.ts`.
 */
export function indexSortCode<C>({ compare }: SortEnvironment<C>): SortPair<C>['indexes'] {
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

/** What the sort of records uses besides. */
interface RecordSortEnvironment<C> extends SortEnvironment<C> {
	readonly move: MoveRecord;
	readonly words: { readonly STRIDE: number };
}

/**
 * The sort of records: copies of them, each with the index of its node, change places in memory of the sort's own. A
 * merge then reads and writes forward, where a sort of indexes follows them all over the memory; from a few thousand
 * records on, that is what a sort waits for. A closed factory, as `ring-code.ts`.
 */
export function recordSortCode<C>({ compare, move, words }: RecordSortEnvironment<C>): SortPair<C>['records'] {
	/** Runs of at most this length are sorted by insertion. */
	const RUN = 8;

	/**
	 * What `sort` does with a run, and with two halves. It looks them up here so that one place calls both, where engines put
	 * neither in line: they have so much room for that, and need it for the comparison in the loops of each. Where `merge`
	 * was put into `sort`, which was a matter of chance, the comparison was called, and a sort took twice as long.
	 */
	const STEPS = [insertionSort, merge];

	return (memory, a, b, count, context) => sort(memory, b, a, count, context);

	/** Top-down merge sort, stable: halves are sorted into `from` and merged into `to`. Both hold the same records at first. */
	function sort(memory: internals.Memory, from: number, to: number, count: number, context: C): void {
		if (count > RUN) {
			const half = (count >> 1) * words.STRIDE;
			sort(memory, to, from, count >> 1, context);
			sort(memory, to + half, from + half, count - (count >> 1), context);
		}
		STEPS[count > RUN ? 1 : 0](memory, from, to, count, context);
	}

	/** Sorts the records at `to`, a copy of those at `from`, so that none needs a third place. */
	function insertionSort(memory: internals.Memory, from: number, to: number, count: number, context: C): void {
		for (let at = 1; at < count; at++) {
			const record = from + at * words.STRIDE;
			let hole = to + at * words.STRIDE;
			while (hole > to && compare(context, hole - words.STRIDE, record) > 0) {
				move(memory.i32, hole - words.STRIDE, hole);
				hole -= words.STRIDE;
			}
			move(memory.i32, record, hole);
		}
	}

	/** Merges the two halves of the records at `from`. */
	function merge(memory: internals.Memory, from: number, to: number, count: number, context: C): void {
		const middle = from + (count >> 1) * words.STRIDE;
		const end = from + count * words.STRIDE;
		let i = from;
		let j = middle;
		let at = to;
		// Runs that are in order already, as in data that is nearly sorted, are copied without a comparison each.
		if (compare(context, middle - words.STRIDE, middle) > 0) {
			while (i < middle && j < end) {
				if (compare(context, i, j) <= 0) {
					move(memory.i32, i, at);
					i += words.STRIDE;
				} else {
					move(memory.i32, j, at);
					j += words.STRIDE;
				}
				at += words.STRIDE;
			}
		}
		for (; i < middle; i += words.STRIDE, at += words.STRIDE) move(memory.i32, i, at);
		for (; j < end; j += words.STRIDE, at += words.STRIDE) move(memory.i32, j, at);
	}
}
