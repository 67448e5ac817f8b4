import type { QueueEnvironment } from './queue-environment.js';
import type { Segments } from './segments-code.js';

/**
 * Walks over a queue: the iterators behind `for...of` and `views()`. A closed factory, as `common/ring-code.ts`.
 *
 * Nobody keeps account of walks: records leave at the front alone, so a walk that finds its place drained goes on at the
 * front, and one that reaches what was pushed meanwhile sees it. Only a queue that was cleared, swapped or disposed has lost it.
 */
export function queueWalkCode(environment: QueueEnvironment) {
	const { words, errors, record } = environment;
	const { WalkError } = errors;
	const { read, views } = record;

	/** The place of a walk. */
	class Walk {
		declare readonly queue: Segments;
		/** The queue's id when the walk began; 0 once it has ended. */
		declare id: number;
		/** The record it stands at, with its segment and that one's ordinal; 0 before the first step. */
		declare node: number;
		declare segment: number;
		declare ordinal: number;

		constructor(queue: Segments) {
			queue.checkAlive();
			this.queue = queue;
			this.id = queue.id;
			this.node = 0;
			this.segment = 0;
			this.ordinal = 0;
		}

		/** Goes to the next record and returns its index; 0 at the end. */
		step(): number {
			if (this.id === 0) return 0;
			const { queue } = this;
			if (queue.id !== this.id) throw new WalkError();
			const { i32 } = queue.memory;
			const h = queue.header;
			const { head, tail } = queue;
			if (head === tail) return 0;
			const first = i32[h + words.NEXT];
			let { segment } = this;
			let node = this.node + words.STRIDE;
			const ahead = segment === 0 ? -1 : (this.ordinal - i32[first + words.ORDINAL]) | 0;
			if (ahead < 0 || (ahead === 0 && node < head)) {
				segment = first;
				node = head;
			}
			if (node === tail) return 0;
			if (node === segment + words.END) {
				segment = i32[segment + words.NEXT];
				node = segment + words.FIRST;
			}
			this.segment = segment;
			this.ordinal = i32[segment + words.ORDINAL];
			this.node = node;
			return node;
		}

		return(): IteratorReturnResult<undefined> {
			this.id = 0;
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
			if (node === 0) return this.return();
			return { done: false, value: read(this.queue.memory, node) };
		}
	}

	/** One view, moved along. The walk is its own iterator result; at the end, or when the loop is left, the view ends with it. */
	class ViewWalk extends Walk implements IterableIterator<object> {
		declare done: boolean;
		declare value: object;

		constructor(queue: Segments) {
			super(queue);
			this.done = false;
			this.value = views.cursor(queue);
		}

		next(): IteratorResult<object> {
			const node = this.step();
			if (node === 0) return this.return();
			views.place(this.value, node);
			return this as IteratorResult<object>;
		}

		override return(): IteratorReturnResult<undefined> {
			views.retire(this.value);
			this.done = true;
			return super.return();
		}
	}

	return { CopyWalk, ViewWalk };
}

/** The walks over the queues of one struct. */
export type QueueWalks = ReturnType<typeof queueWalkCode>;
