import type { ContainerEnvironment } from './container-environment.js';
import type { Ring } from './ring-code.js';

/**
 * Walks over a list: the iterators behind `for...of`, `views()` and the rest. A closed factory, as `ring-code.ts`.
 *
 * A walk stands at a node and is known to its list while it is under way. When that node leaves the list, the list moves
 * the walk back to the node before it, so that it goes on with what is behind the gap, whatever was erased and inserted.
 * When all nodes leave at once, or move in memory, the list tells the walk that it is lost, and its next step throws.
 */
export function walkCode(environment: ContainerEnvironment) {
	const { words, errors, record } = environment;
	const { WalkError } = errors;
	const { read, views } = record;

	/** The place of a walk. */
	class Walk {
		declare readonly list: Ring;
		/** The header of the ring it walks; of the disposed ring, which is empty for ever, once it has ended. */
		declare header: number;
		/** NEXT, or PREVIOUS for a walk from the end. */
		declare readonly ahead: number;
		declare readonly behind: number;
		/** The index it stands at; the header before the first step; LOST. */
		declare current: number;

		constructor(list: Ring, reverse: boolean) {
			list.checkAlive();
			this.list = list;
			// Set twice, as the fields of a list are: what is set once is a constant to engines until it changes.
			this.header = words.DISPOSED_RING;
			this.header = list.header;
			this.ahead = reverse ? words.PREVIOUS : words.NEXT;
			this.behind = reverse ? words.NEXT : words.PREVIOUS;
			this.current = words.DISPOSED_RING;
			this.current = list.header;
			list.watch(this);
		}

		/** Goes to the next node and returns its index; the header at the end. */
		step(): number {
			if (this.current === words.LOST) throw new WalkError();
			const node = this.list.memory.i32[this.current + this.ahead];
			this.current = node;
			return node;
		}

		/** Ends the walk: every further step is at the end. */
		end(): void {
			this.list.unwatch(this);
			this.header = words.DISPOSED_RING;
			this.current = words.DISPOSED_RING;
		}

		return(): IteratorReturnResult<undefined> {
			this.end();
			return { done: true, value: undefined };
		}

		[Symbol.iterator](): this {
			return this;
		}
	}

	/** Copies: plain objects. */
	class CopyWalk extends Walk implements IterableIterator<unknown> {
		next(): IteratorResult<unknown> {
			const node = this.step();
			if (node === this.header) return this.return();
			return { done: false, value: read(this.list.memory, node) };
		}
	}

	/** Nodes. */
	class NodeWalk extends Walk implements IterableIterator<number> {
		next(): IteratorResult<number> {
			const node = this.step();
			if (node === this.header) return this.return();
			return { done: false, value: this.list.handle(node) };
		}
	}

	/** Nodes with their copies. */
	class EntryWalk extends Walk implements IterableIterator<[number, unknown]> {
		next(): IteratorResult<[number, unknown]> {
			const node = this.step();
			if (node === this.header) return this.return();
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
			this.done = true;
			this.done = false;
			this.value = views.cursor(list);
		}

		next(): IteratorResult<object> {
			const node = this.step();
			if (node === this.header) return this.return();
			views.place(this.value, node);
			return this as IteratorResult<object>;
		}

		override return(): IteratorReturnResult<undefined> {
			views.retire(this.value);
			this.done = true;
			return super.return();
		}
	}

	return { Walk, CopyWalk, NodeWalk, EntryWalk, ViewWalk };
}

/** The walks over the lists of one struct. */
export type Walks = ReturnType<typeof walkCode>;
