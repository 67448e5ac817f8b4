import type { ListEnvironment } from './list-environment.js';
import type { Ring } from './ring-code.js';

/**
 * Walks over a list: the iterators behind `for...of`, `views()` and the rest. A closed factory, as `ring-code.ts`.
 *
 * While nothing is removed, the next node is the one linked behind the current one, whatever was inserted. Where the
 * ring's ERASED counter says that something was removed, the walk finds out whether its own place is still known:
 *
 * - nothing was inserted since: no place was reused, so OWNER words are exact. It goes on from the current node, or, if
 *   that was erased, from the one that was behind it.
 * - one node was removed and some were inserted: the current node may be gone and its place in use again elsewhere. Its
 *   old neighbours tell: if they are linked to each other it was the one erased; if one of them is still linked to it, it
 *   was not.
 * - anything else: the place is not known, and the walk throws.
 */
export function walkCode(environment: ListEnvironment) {
	const { words, errors, record } = environment;
	const { NEXT, PREVIOUS, OWNER, INSERTED, ERASED } = words;
	const { WalkError } = errors;
	const { read, views } = record;

	/** The place of a walk. */
	class Walk {
		declare readonly list: Ring;
		declare readonly header: number;
		/** NEXT, or PREVIOUS for a walk from the end. */
		declare readonly ahead: number;
		declare readonly behind: number;
		/** The index it stands at; the header before the first step. */
		declare current: number;
		/** The neighbours of `current` when the walk came to it. */
		declare coming: number;
		declare gone: number;
		/** The counters at that time. */
		declare inserted: number;
		declare erased: number;

		constructor(list: Ring, reverse: boolean) {
			list.checkAlive();
			const { i32 } = list.memory;
			const { header } = list;
			this.list = list;
			this.header = header;
			this.ahead = reverse ? PREVIOUS : NEXT;
			this.behind = reverse ? NEXT : PREVIOUS;
			this.current = header;
			this.coming = i32[header + this.ahead];
			this.gone = header;
			this.inserted = i32[header + INSERTED];
			this.erased = i32[header + ERASED];
		}

		/** Goes to the next node and returns its index; the header at the end. */
		step(): number {
			const { list, header, ahead } = this;
			const { i32 } = list.memory;
			let node = i32[this.current + ahead];
			if (i32[header + ERASED] !== this.erased || list.header !== header) node = this.recover();
			this.gone = this.current;
			this.current = node;
			this.coming = i32[node + ahead];
			this.inserted = i32[header + INSERTED];
			return node;
		}

		recover(): number {
			const { list, header, ahead, behind, current, coming, gone } = this;
			const { i32 } = list.memory;
			if (list.header !== header) throw new WalkError();
			const { id } = list;
			const owned = (node: number): boolean => node === header || list.heap.resolveId(i32[node + OWNER]) === id;
			const removed = (i32[header + ERASED] - this.erased) >>> 0;
			const reused = i32[header + INSERTED] !== this.inserted;
			this.erased = i32[header + ERASED];
			if (!reused) {
				if (owned(current)) return i32[current + ahead];
				if (owned(coming)) return coming;
			} else if (removed === 1) {
				if (i32[gone + ahead] === coming && i32[coming + behind] === gone && owned(gone) && owned(coming)) return coming;
				if (owned(current)) {
					if (i32[current + behind] === gone && i32[gone + ahead] === current) return i32[current + ahead];
					if (i32[current + ahead] === coming && i32[coming + behind] === current) return coming;
				}
			}
			throw new WalkError();
		}

		[Symbol.iterator](): this {
			return this;
		}
	}

	/** Copies: plain objects. */
	class CopyWalk extends Walk implements IterableIterator<unknown> {
		next(): IteratorResult<unknown> {
			const node = this.step();
			if (node === this.header) return { done: true, value: undefined };
			return { done: false, value: read(this.list.memory, node) };
		}
	}

	/** Nodes. */
	class NodeWalk extends Walk implements IterableIterator<number> {
		next(): IteratorResult<number> {
			const node = this.step();
			if (node === this.header) return { done: true, value: undefined };
			return { done: false, value: this.list.handle(node) };
		}
	}

	/** Nodes with their copies. */
	class EntryWalk extends Walk implements IterableIterator<[number, unknown]> {
		next(): IteratorResult<[number, unknown]> {
			const node = this.step();
			if (node === this.header) return { done: true, value: undefined };
			return { done: false, value: [this.list.handle(node), read(this.list.memory, node)] };
		}
	}

	/**
	 * One view, moved along. The walk is its own iterator result, so that a step makes no object at all. At the end, or
	 * when the loop is left, the view ends with it.
	 */
	class ViewWalk extends Walk implements IterableIterator<object> {
		declare done: boolean;
		declare value: object;

		constructor(list: Ring, reverse: boolean) {
			super(list, reverse);
			this.done = false;
			this.value = views.cursor(list);
		}

		next(): IteratorResult<object> {
			const node = this.step();
			if (node === this.header) return this.return();
			views.place(this.value, node);
			return this as IteratorResult<object>;
		}

		return(): IteratorResult<object> {
			views.retire(this.value);
			// A place from which no further step leads on.
			this.current = this.header;
			this.done = true;
			return { done: true, value: undefined };
		}
	}

	return { Walk, CopyWalk, NodeWalk, EntryWalk, ViewWalk };
}

/** The walks over the lists of one struct. */
export type Walks = ReturnType<typeof walkCode>;
