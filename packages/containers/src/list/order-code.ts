import type { ContainerEnvironment } from '../common/container-environment.js';
import type { MergeSorts, SortPair } from '../common/merge-sort.js';
import type { radixSort } from '../common/radix-sort.js';
import type { Walks } from '../common/walk-code.js';
import type { ListNodes, ListNodesClass } from './list-code.js';

/** What this code uses beside what all code of a list uses. */
export interface OrderEnvironment extends ContainerEnvironment {
	readonly ListNodes: ListNodesClass;
	readonly walks: Walks;
	readonly mergeSort: MergeSorts;
	readonly radixSort: typeof radixSort;
}

type Compare = (a: object, b: object) => number;
type Same = (a: object, b: object) => boolean;

/**
 * What a list does with all its nodes: splice, merge, sort, unique and the like. A closed factory, as `common/ring-code.ts`.
 *
 * Comparisons come first and links after: a callback that throws, or that removes nodes, leaves the list as it was.
 */
export function orderCode(environment: OrderEnvironment) {
	const { words, errors, describe, record, ListNodes, walks, mergeSort, radixSort } = environment;
	const { ArgumentError, EndError, WalkError } = errors;
	const { views, strideWords, fields } = record;
	/** The fields that can be keys of `sortBy`, and the view of memory that shows them. */
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

	/** From this many records on, `sort` sorts copies: fewer lie in the nearest cache wherever they are. */
	const COPIES_FROM = 1024;

	return class OrderedList extends ListNodes {
		splice(position: number, other: this, first?: number, last?: number): void {
			if (first === undefined) this.spliceAll(position, other);
			else if (last !== undefined) this.spliceRange(position, other, first, last);
			else if (other === this) this.move(position, first);
			else this.spliceNode(position, other, first);
		}

		/** Moves a node within this list. No counter moves: nothing comes or goes, and a walk goes on from where its node is. */
		move(position: number, node: number): void {
			const index = this.indexOf(node, 'splice');
			const to = position === 0 ? this.header : this.indexOf(position, 'splice');
			const { i32 } = this.memory;
			const next = i32[index + words.NEXT];
			// Before itself, or before the node behind it: it is there already.
			if (to === index || to === next) return;
			this.reordered++;
			const before = i32[index + words.PREVIOUS];
			const previous = i32[to + words.PREVIOUS];
			i32[before + words.NEXT] = next;
			i32[next + words.PREVIOUS] = before;
			i32[index + words.NEXT] = to;
			i32[index + words.PREVIOUS] = previous;
			i32[previous + words.NEXT] = index;
			i32[to + words.PREVIOUS] = index;
			i32[this.header + words.SHUFFLED] = 1;
		}

		/** Moves a node of another list into this one. */
		spliceNode(position: number, other: this, node: number): void {
			this.checkSamePool(other, 'splice');
			const index = other.indexOf(node, 'splice');
			const to = this.positionOf(position, 'splice');
			const { i32 } = this.memory;
			if (other.walks !== undefined) other.passOver(index);
			const next = i32[index + words.NEXT];
			const before = i32[index + words.PREVIOUS];
			i32[before + words.NEXT] = next;
			i32[next + words.PREVIOUS] = before;
			const previous = i32[to + words.PREVIOUS];
			i32[index + words.NEXT] = to;
			i32[index + words.PREVIOUS] = previous;
			i32[previous + words.NEXT] = index;
			i32[to + words.PREVIOUS] = index;
			i32[index + words.OWNER] = this.id;
			i32[other.header + words.ERASED] = (i32[other.header + words.ERASED] + 1) | 0;
			i32[this.header + words.INSERTED] = (i32[this.header + words.INSERTED] + 1) | 0;
			i32[this.header + words.SHUFFLED] = 1;
		}

		spliceAll(position: number, other: this): void {
			this.checkSamePool(other, 'splice');
			const to = this.positionOf(position, 'splice');
			if (other === this)
				throw new ArgumentError('splice was given the list itself; pass another list, or the nodes to move');
			this.takeAll(to, other);
		}

		spliceRange(position: number, other: this, first: number, last: number): void {
			this.checkSamePool(other, 'splice');
			const to = this.positionOf(position, 'splice');
			const from = other.positionOf(first, 'splice');
			const end = other.positionOf(last, 'splice');
			if (from === end) return;
			const { i32 } = this.memory;
			let count = 0;
			// Within one list the standard moves any range in O(1), and so the counters need not know how long it is;
			// walking it checks what would tear the list: a range that is none, or that holds the position.
			for (let node = from; node !== end; node = i32[node + words.NEXT]) {
				if (node === other.header) throw new EndError('splice(position, other, first, last), with last before first,');
				if (node === to)
					throw new ArgumentError('splice was given a position inside the range it moves; pass one outside');
				count++;
			}
			if (to === end) return;
			if (other !== this)
				for (let node = from; node !== end; node = i32[node + words.NEXT]) i32[node + words.OWNER] = this.id;
			this.relink(to, other, from, end, count);
		}

		swap(other: this): void {
			this.checkKind(other, 'swap');
			this.checkSamePool(other, 'swap');
			if (other !== this) this.exchange(other);
		}

		reverse(): void {
			this.checkAlive();
			this.reordered++;
			const { i32 } = this.memory;
			let node = this.header;
			do {
				const next = i32[node + words.NEXT];
				i32[node + words.NEXT] = i32[node + words.PREVIOUS];
				i32[node + words.PREVIOUS] = next;
				node = next;
			} while (node !== this.header);
		}

		removeIf(predicate: (view: object, node: number) => boolean): number {
			this.checkAlive();
			const { i32 } = this.memory;
			const { header } = this;
			const accepted: number[] = [];
			const { reordered } = this;
			const before = i32[header + words.ERASED];
			const cursor = views.cursor(this);
			try {
				for (let node = i32[header + words.NEXT]; node !== header; node = this.memory.i32[node + words.NEXT]) {
					views.place(cursor, node);
					if (predicate(cursor, this.handle(node))) accepted.push(node);
					this.checkUndisturbed(header, before, reordered);
				}
			} finally {
				views.retire(cursor);
			}
			for (const node of accepted) this.unlink(node);
			return accepted.length;
		}

		remove(value: unknown): number {
			const captured = record.capture(value);
			const scratch = this.scratchNode(captured);
			try {
				const { memory } = this;
				return this.removeIndexes((node) => node !== scratch && record.compare(memory, node, memory, scratch) === 0);
			} finally {
				this.unlink(scratch);
			}
		}

		/** A node at the end of the list that holds a value to compare with; the caller unlinks it. */
		scratchNode(captured: readonly unknown[]): number {
			const node = this.linkBack();
			record.write(this.memory, node, captured);
			return node;
		}

		/** Unlinks the nodes that a function of the library's own accepts. */
		removeIndexes(accept: (node: number) => boolean): number {
			const { i32 } = this.memory;
			let count = 0;
			for (let node = i32[this.header + words.NEXT]; node !== this.header; ) {
				if (accept(node)) {
					node = this.unlink(node);
					count++;
				} else node = i32[node + words.NEXT];
			}
			return count;
		}

		unique(same?: Same): number {
			this.checkAlive();
			const { memory, header } = this;
			if (same === undefined) {
				return this.removeIndexes((node) => {
					const previous = memory.i32[node + words.PREVIOUS];
					return previous !== header && record.compare(memory, previous, memory, node) === 0;
				});
			}
			const { reordered } = this;
			const before = memory.i32[header + words.ERASED];
			const kept = views.cursor(this);
			const next = views.cursor(this);
			const accepted: number[] = [];
			try {
				let keep = memory.i32[header + words.NEXT];
				for (let node = keep; node !== header; node = memory.i32[node + words.NEXT]) {
					if (node === keep) continue;
					views.place(kept, keep);
					views.place(next, node);
					if (same(kept, next)) accepted.push(node);
					else keep = node;
					this.checkUndisturbed(header, before, reordered);
				}
			} finally {
				views.retire(kept);
				views.retire(next);
			}
			for (const node of accepted) this.unlink(node);
			return accepted.length;
		}

		checkUndisturbed(header: number, erased: number, reordered: number): void {
			if (this.header !== header || this.memory.i32[header + words.ERASED] !== erased || this.reordered !== reordered)
				throw new WalkError();
		}

		/** The indexes of all nodes in the order of the walk. */
		indexes(): Int32Array {
			const { i32 } = this.memory;
			const indexes = new Int32Array(this.size);
			let count = 0;
			for (let node = i32[this.header + words.NEXT]; node !== this.header; node = i32[node + words.NEXT])
				indexes[count++] = node;
			return indexes;
		}

		/** Links nodes of this list in a new order. */
		relinkAll(order: Int32Array): void {
			const { i32 } = this.memory;
			const { header } = this;
			this.reordered++;
			let previous = header;
			for (let at = 0; at < order.length; at++) {
				const node = order[at];
				i32[previous + words.NEXT] = node;
				i32[node + words.PREVIOUS] = previous;
				previous = node;
			}
			i32[previous + words.NEXT] = header;
			i32[header + words.PREVIOUS] = previous;
			i32[header + words.SHUFFLED] = 1;
		}

		sort(compare?: Compare): void {
			this.checkAlive();
			if (compare !== undefined && typeof compare !== 'function') {
				throw new ArgumentError(
					`sort was given ${describe(compare)}; pass (a, b) => number, or nothing for the order of the fields`,
				);
			}
			const { memory, header } = this;
			if (compare === undefined) {
				this.relinkAll(this.sorted(mergeSort.byFields, memory));
				return;
			}
			const { reordered } = this;
			const inserted = memory.i32[header + words.INSERTED];
			const erased = memory.i32[header + words.ERASED];
			const left = views.cursor(this);
			const right = views.cursor(this);
			let sorted: Int32Array;
			try {
				sorted = this.sorted(mergeSort.byFunction, { left, right, compare });
			} finally {
				views.retire(left);
				views.retire(right);
			}
			this.checkUndisturbed(header, erased, reordered);
			if (memory.i32[header + words.INSERTED] !== inserted) throw new WalkError();
			this.relinkAll(sorted);
		}

		/** The indexes of all nodes, sorted. */
		sorted<C>(sort: SortPair<C>, context: C): Int32Array {
			const order = this.indexes();
			const room = order.length * strideWords;
			const run = mergeSort.moves && order.length >= COPIES_FROM ? this.heap.takeRunAtHand(2 * room) : 0;
			if (run === 0) return sort.indexes(order, context);
			const { memory } = this;
			try {
				for (let at = 0, copy = run; at < order.length; at++, copy += strideWords) {
					const { i32 } = memory;
					mergeSort.move(i32, order[at], copy);
					i32[copy + words.NEXT] = order[at];
					mergeSort.move(i32, copy, copy + room);
				}
				sort.records(memory, run, run + room, order.length, context);
				for (let at = 0; at < order.length; at++) order[at] = memory.i32[run + at * strideWords + words.NEXT];
			} finally {
				this.heap.giveRun(run, 2 * room);
			}
			return order;
		}

		sortBy(name: string, options?: { descending?: boolean }): void {
			this.checkAlive();
			const field = fields.find((candidate) => candidate.name === name);
			const descending: unknown = options?.descending ?? false;
			if (typeof descending !== 'boolean')
				throw new ArgumentError(`descending is ${describe(descending)}; pass true or false`);
			const keys =
				field === undefined
					? undefined
					: this.keysOf(field.type.shape.kind, field.offset / field.type.size, field.type.size);
			if (keys === undefined) {
				const names = fields.filter(({ type }) => type.shape.kind in KEY_VIEWS).map((candidate) => candidate.name);
				throw new ArgumentError(
					`sortBy was given ${describe(name)}, which is no number field of this record; pass one of ${names.join(', ')}, or use sort(compare)`,
				);
			}
			this.relinkAll(radixSort(this.indexes(), keys, descending));
		}

		/** The values of a number field in the order of the walk, or undefined for a field that is none. */
		keysOf(kind: string, offset: number, size: number): Float64Array | undefined {
			const view = KEY_VIEWS[kind as keyof typeof KEY_VIEWS];
			if (view === undefined) return undefined;
			const values = this.memory[view];
			const { i32 } = this.memory;
			const perWord = 4 / size;
			const keys = new Float64Array(this.size);
			let count = 0;
			for (let node = i32[this.header + words.NEXT]; node !== this.header; node = i32[node + words.NEXT])
				keys[count++] = values[node * perWord + offset];
			return keys;
		}

		merge(other: this, compare?: Compare): void {
			this.checkKind(other, 'merge');
			this.checkSamePool(other, 'merge');
			if (other === this) return;
			const { memory } = this;
			const mine = this.indexes();
			const theirs = other.indexes();
			const reorderings = this.reordered + other.reordered;
			const counters = [this.header, other.header].map(
				(header) => [header, memory.i32[header + words.INSERTED], memory.i32[header + words.ERASED]] as const,
			);
			const left = views.cursor(this);
			const right = views.cursor(other);
			const merged = new Int32Array(mine.length + theirs.length);
			try {
				const isLess =
					compare === undefined
						? (a: number, b: number): boolean => record.compare(memory, a, memory, b) < 0
						: (a: number, b: number): boolean => {
								views.place(right, a);
								views.place(left, b);
								return compare(right, left) < 0;
							};
				let i = 0;
				let j = 0;
				// Equal elements of this list stay before those of the other, as the standard says.
				for (let at = 0; at < merged.length; at++) {
					const takeTheirs = i === mine.length || (j < theirs.length && isLess(theirs[j], mine[i]));
					merged[at] = takeTheirs ? theirs[j++] : mine[i++];
				}
			} finally {
				views.retire(left);
				views.retire(right);
			}
			this.checkAlive();
			other.checkAlive();
			for (const [header, inserted, erased] of counters) {
				if (memory.i32[header + words.INSERTED] !== inserted || memory.i32[header + words.ERASED] !== erased)
					throw new WalkError();
			}
			if (this.header !== counters[0][0] || other.header !== counters[1][0]) throw new WalkError();
			if (this.reordered + other.reordered !== reorderings) throw new WalkError();
			this.takeAll(this.header, other);
			this.relinkAll(merged);
		}

		compact(onMove?: (from: number, to: number) => void): number {
			this.checkAlive();
			const { i32 } = this.memory;
			const order = this.indexes();
			const places = order.slice().sort();
			const payload = strideWords - words.OWNER - 1;
			const records = new Int32Array(order.length * payload);
			let moved = 0;
			for (let at = 0, to = 0; at < order.length; at++) {
				const from = order[at] + words.OWNER + 1;
				if (order[at] !== places[at]) moved++;
				for (let word = 0; word < payload; word++) records[to++] = i32[from + word];
			}
			if (moved === 0) return 0;
			const id = this.heap.nextId();
			const names =
				words.CHECKED && onMove !== undefined ? Float64Array.from(order, (node) => this.handle(node)) : order;
			const generations = words.CHECKED ? Int32Array.from(places, (place) => i32[place + words.GENERATION]) : undefined;
			for (let at = 0, from = 0; at < places.length; at++) {
				const to = places[at] + words.OWNER + 1;
				for (let word = 0; word < payload; word++) i32[to + word] = records[from++];
			}
			// A place that holds another record than before is another node.
			if (generations !== undefined) {
				places.forEach((place, at) => {
					i32[place + words.GENERATION] = generations[at] + (order[at] === place ? 0 : 1);
				});
			}
			// A new id, so that views of nodes that hold another record now are stale.
			this.rename(id);
			for (let at = 0; at < places.length; at++) i32[places[at] + words.OWNER] = id;
			this.relinkAll(places);
			this.loseWalks();
			if (onMove !== undefined) {
				const targets = words.CHECKED ? Float64Array.from(places, (node) => this.handle(node)) : places;
				for (let at = 0; at < order.length; at++) if (order[at] !== places[at]) onMove(names[at], targets[at]);
			}
			return moved;
		}

		equals(other: ListNodes, same?: Same): boolean {
			this.checkSameStruct(other, 'equals');
			if (this.size !== other.size) return false;
			return this.mismatch(other, same === undefined ? undefined : (a, b) => (same(a, b) ? 0 : 1)) === 0;
		}

		compare(other: ListNodes, compare?: Compare): number {
			this.checkSameStruct(other, 'compare');
			const order = this.mismatch(other, compare);
			return order !== 0 ? order : Math.sign(this.size - other.size);
		}

		/** What the first pair of elements that differ says; 0 when one list begins with the other. */
		mismatch(other: ListNodes, compare: Compare | undefined): number {
			const left = new walks.ViewWalk(this, false);
			const right = new walks.Walk(other, false);
			// The other list may be of the other mode, with its fields elsewhere.
			const theirs = other.layout.views;
			const a = left.value;
			const b = theirs.cursor(other);
			try {
				for (;;) {
					const i = left.step();
					const j = right.step();
					if (i === left.header || j === right.header) return 0;
					let order: number;
					if (compare === undefined) order = record.compare(this.memory, i, other.memory, j, other.layout);
					else {
						views.place(a, i);
						theirs.place(b, j);
						order = compare(a, b);
					}
					if (order !== 0) return order;
				}
			} finally {
				left.return();
				right.end();
				theirs.retire(b);
			}
		}
	};
}

/** A list with all that it does with its nodes. */
export type OrderedList = InstanceType<ReturnType<typeof orderCode>>;
/** Their class. */
export type OrderedListClass = ReturnType<typeof orderCode>;
