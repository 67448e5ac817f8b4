import type { ContainerEnvironment } from '../common/container-environment.js';
import type { ringCode } from '../common/ring-code.js';
import type { Walks } from '../common/walk-code.js';

/** Options of the walks. */
export interface Direction {
	reverse?: boolean;
}

/** What this code uses beside what all code of a list uses. */
export interface NodesEnvironment extends ContainerEnvironment {
	readonly RingClass: ReturnType<typeof ringCode>;
	readonly walks: Walks;
}

type Callback<R> = (view: object, node: number) => R;

/**
 * What a list does with its nodes one by one: access, erasure, walks and searches. A closed factory, as `common/ring-code.ts`.
 */
export function listCode(environment: NodesEnvironment) {
	const { words, errors, describe, record, RingClass, walks, toJson } = environment;
	const { ArgumentError, EmptyError, EndError } = errors;
	const { CopyWalk, NodeWalk, EntryWalk, ViewWalk } = walks;
	const { read, views } = record;

	return class ListNodes extends RingClass {
		get first(): number {
			return this.nodeOf(this.memory.i32[this.header + words.NEXT]);
		}

		get last(): number {
			return this.nodeOf(this.memory.i32[this.header + words.PREVIOUS]);
		}

		next(node: number): number {
			return this.nodeOf(this.memory.i32[this.indexOf(node, 'next') + words.NEXT]);
		}

		previous(node: number): number {
			return this.nodeOf(this.memory.i32[this.positionOf(node, 'previous') + words.PREVIOUS]);
		}

		get front(): unknown {
			return read(this.memory, this.firstIndex('front', 'look at `empty` first'));
		}

		get back(): unknown {
			return read(this.memory, this.lastIndex('back', 'look at `empty` first'));
		}

		get(node: number): unknown {
			return read(this.memory, this.indexOf(node, 'get'));
		}

		at(node: number, view?: object): object {
			const index = this.indexOf(node, 'at');
			if (view === undefined) return views.at(this, index);
			if (!views.isView(view))
				throw new ArgumentError('at() was given a view of another record; pass one that at() of this list returned');
			views.move(view, this, index);
			return view;
		}

		has(node: number): boolean {
			return this.holds(node);
		}

		get capacity(): number {
			this.checkAlive();
			return this.nodes.capacity;
		}

		get maxSize(): number {
			this.checkAlive();
			return Math.floor(this.heap.arena.maxBytes / (record.strideWords * 4));
		}

		reserve(count: number): void {
			this.checkAlive();
			this.checkCount(count, 'reserve');
			this.nodes.reserve(Math.max(0, count - this.size));
		}

		shrinkToFit(): number {
			this.checkAlive();
			return this.nodes.trim();
		}

		/** A live view of a node whose fields are zeroed now. */
		zeroed(index: number): object {
			record.zero(this.memory, index);
			return views.at(this, index);
		}

		checkCount(count: unknown, call: string): void {
			if (!(Number.isInteger(count) && (count as number) >= 0))
				throw new ArgumentError(`${call} was given the count ${describe(count)}; pass a whole number from 0`);
		}

		erase(node: number, last?: number): number {
			if (last !== undefined) return this.eraseRange(node, last);
			return this.nodeOf(this.unlink(this.indexOf(node, 'erase')));
		}

		eraseRange(first: number, last: number): number {
			const from = this.positionOf(first, 'erase');
			const to = this.positionOf(last, 'erase');
			const { i32 } = this.memory;
			// Walked before anything is erased: a range that is none changes nothing.
			for (let node = from; node !== to; node = i32[node + words.NEXT]) {
				if (node === this.header) throw new EndError('erase(first, last), with last before first,');
			}
			for (let node = from; node !== to; ) node = this.unlink(node);
			return last;
		}

		popFront(): void {
			this.unlinkFirst(this.firstIndex('popFront', 'call tryPopFront(), which returns undefined then'));
		}

		popBack(): void {
			this.unlink(this.lastIndex('popBack', 'call tryPopBack(), which returns undefined then'));
		}

		tryPopFront(): unknown {
			this.checkAlive();
			const node = this.memory.i32[this.header + words.NEXT];
			if (node === this.header) return undefined;
			const copy = read(this.memory, node);
			this.unlinkFirst(node);
			return copy;
		}

		tryPopBack(): unknown {
			this.checkAlive();
			const node = this.memory.i32[this.header + words.PREVIOUS];
			if (node === this.header) return undefined;
			const copy = read(this.memory, node);
			this.unlink(node);
			return copy;
		}

		firstIndex(call: string, remedy: string): number {
			const node = this.memory.i32[this.header + words.NEXT];
			if (node === this.header) this.refuseEmpty(call, remedy);
			return node;
		}

		lastIndex(call: string, remedy: string): number {
			const node = this.memory.i32[this.header + words.PREVIOUS];
			if (node === this.header) this.refuseEmpty(call, remedy);
			return node;
		}

		refuseEmpty(call: string, remedy: string): never {
			this.checkAlive();
			throw new EmptyError(call, remedy);
		}

		[Symbol.iterator](): IterableIterator<unknown> {
			return new CopyWalk(this, false);
		}

		values(options?: Direction): IterableIterator<unknown> {
			return new CopyWalk(this, this.isReverse(options));
		}

		keys(options?: Direction): IterableIterator<number> {
			return new NodeWalk(this, this.isReverse(options));
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
			const walk = new ViewWalk(this, false);
			const cursor = walk.value;
			try {
				for (let node = walk.step(); node !== walk.header; node = walk.step()) {
					views.place(cursor, node);
					callback(cursor, this.handle(node));
				}
			} finally {
				walk.return();
			}
		}

		reduce<A>(callback: (accumulator: A, view: object, node: number) => A, initial: A): A {
			const walk = new ViewWalk(this, false);
			const cursor = walk.value;
			let accumulator = initial;
			try {
				for (let node = walk.step(); node !== walk.header; node = walk.step()) {
					views.place(cursor, node);
					accumulator = callback(accumulator, cursor, this.handle(node));
				}
			} finally {
				walk.return();
			}
			return accumulator;
		}

		/** The index of the first node whose record the callback accepts; the header when there is none. */
		search(callback: Callback<boolean>, wanted: boolean): number {
			const walk = new ViewWalk(this, false);
			const cursor = walk.value;
			try {
				for (let node = walk.step(); node !== walk.header; node = walk.step()) {
					views.place(cursor, node);
					if (Boolean(callback(cursor, this.handle(node))) === wanted) return node;
				}
			} finally {
				walk.return();
			}
			return this.header;
		}

		find(callback: Callback<boolean>): unknown {
			const node = this.search(callback, true);
			return node === this.header ? undefined : read(this.memory, node);
		}

		findNode(callback: Callback<boolean>): number {
			return this.nodeOf(this.search(callback, true));
		}

		some(callback: Callback<boolean>): boolean {
			return this.search(callback, true) !== this.header;
		}

		every(callback: Callback<boolean>): boolean {
			return this.search(callback, false) === this.header;
		}

		toArray(): unknown[] {
			this.checkAlive();
			const { i32 } = this.memory;
			const copies: unknown[] = [];
			for (let node = i32[this.header + words.NEXT]; node !== this.header; node = i32[node + words.NEXT])
				copies.push(read(this.memory, node));
			return copies;
		}

		toJSON(): unknown[] {
			return this.toArray().map(toJson);
		}

		get [Symbol.toStringTag](): string {
			return 'FluxList';
		}
	};
}

/** A list's nodes one by one. */
export type ListNodes = InstanceType<ReturnType<typeof listCode>>;
/** Their class. */
export type ListNodesClass = ReturnType<typeof listCode>;
