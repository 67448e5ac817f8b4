import type { Walks } from '../common/walk-code.js';
import type { KeyedRingClass } from './key-code.js';
import type { MapEnvironment } from './map-environment.js';

/** What this code uses beside what all code of a map uses. */
export interface NodesEnvironment extends MapEnvironment {
	readonly KeyedRing: KeyedRingClass;
	readonly walks: Walks;
}

/** Options of the walks. */
export interface Direction {
	reverse?: boolean;
}

/**
 * What a map does with its records one by one, by key and by node: look-up, access, erasure and walks. A closed factory, as
 * `common/ring-code.ts`.
 */
export function mapCode(environment: NodesEnvironment) {
	const { words, errors, describe, record, key: KIND, KeyedRing, walks, toJson } = environment;
	const { NEXT, PREVIOUS, OWNER, INSERTED, ERASED, SHUFFLED } = words;
	const { ArgumentError, CorruptionError, EndError, KeyError, WalkError } = errors;
	const { Walk, CopyWalk, ViewWalk } = walks;
	const { read, views } = record;

	class MapNodes extends KeyedRing {
		/** What keys are. */
		get key(): typeof KIND {
			return KIND;
		}

		/** The type of the keys. */
		get keyType(): string {
			return KIND.signature;
		}

		// By key

		has(key: unknown): boolean {
			const node = this.seek(key);
			if (node === 0 && this.id === -1) this.checkAlive();
			return node !== 0;
		}

		get(key: unknown): unknown {
			const node = this.seek(key);
			if (node !== 0) return read(this.memory, node);
			if (this.id === -1) this.checkAlive();
			return undefined;
		}

		find(key: unknown): number {
			const node = this.seek(key);
			if (node !== 0) return this.handle(node);
			if (this.id === -1) this.checkAlive();
			return 0;
		}

		at(key: unknown, view?: object): object {
			const node = this.seek(key);
			if (node === 0) this.refuseMissing(key, 'at');
			return this.show(node, view, 'at');
		}

		refuseMissing(key: unknown, call: string): never {
			this.checkAlive();
			throw new KeyError(key, call, 'ask has() or find() first, or call emplace(), which makes it');
		}

		delete(key: unknown): boolean {
			const node = this.seek(key);
			if (node === 0) {
				if (this.id === -1) this.checkAlive();
				return false;
			}
			this.index.remove(node);
			this.unlink(node);
			return true;
		}

		// By node

		get first(): number {
			this.checkAlive();
			return this.nodeOf(this.memory.i32[this.header + NEXT]);
		}

		get last(): number {
			this.checkAlive();
			return this.nodeOf(this.memory.i32[this.header + PREVIOUS]);
		}

		next(node: number): number {
			return this.nodeOf(this.memory.i32[this.indexOf(node, 'next') + NEXT]);
		}

		previous(node: number): number {
			return this.nodeOf(this.memory.i32[this.positionOf(node, 'previous') + PREVIOUS]);
		}

		hasNode(node: number): boolean {
			if (node === 0 || this.id === -1) return false;
			try {
				this.indexOf(node, 'hasNode');
				return true;
			} catch {
				// What is no number at all fails in other ways, and is no node either.
				return false;
			}
		}

		keyAt(node: number): unknown {
			return this.keyOf(this.indexOf(node, 'keyAt'));
		}

		getAt(node: number): unknown {
			return read(this.memory, this.indexOf(node, 'getAt'));
		}

		viewAt(node: number, view?: object): object {
			return this.show(this.indexOf(node, 'viewAt'), view, 'viewAt');
		}

		/** A view of a node: a new one, or `view` moved there. */
		show(index: number, view: object | undefined, call: string): object {
			if (view === undefined) return views.at(this, index);
			if (!views.isView(view))
				throw new ArgumentError(
					`${call}() was given a view of another record; pass one that this map's calls returned`,
				);
			views.move(view, this, index);
			return view;
		}

		/** A live view of a node whose fields are zeroed now. */
		zeroed(index: number): object {
			record.zero(this.memory, index);
			return views.at(this, index);
		}

		erase(node: number, last?: number): number {
			if (last !== undefined) return this.eraseRange(node, last);
			const index = this.indexOf(node, 'erase');
			this.index.remove(index);
			return this.nodeOf(this.unlink(index));
		}

		eraseRange(first: number, last: number): number {
			const from = this.positionOf(first, 'erase');
			const to = this.positionOf(last, 'erase');
			const { i32 } = this.memory;
			// Walked before anything is erased: a range that is none changes nothing.
			for (let node = from; node !== to; node = i32[node + NEXT]) {
				if (node === this.header) throw new EndError('erase(first, last), with last before first,');
			}
			for (let node = from; node !== to; ) {
				this.index.remove(node);
				node = this.unlink(node);
			}
			return last;
		}

		rekey(node: number, key: unknown): boolean {
			const known = this.seek(key);
			const index = this.indexOf(node, 'rekey');
			if (known !== 0) return known === index;
			this.index.prepare();
			this.index.remove(index);
			this.storeKey(index, key);
			this.enter(index);
			return true;
		}

		splice(other: this, node: number): boolean {
			this.checkSameKeys(other, 'splice');
			const index = other.indexOf(node, 'splice');
			if (this.seekNode(index) !== 0) return false;
			this.index.prepare();
			this.moveHere(other, index);
			return true;
		}

		/** Moves a node of another map, whose key is not in this one, to the end of this map. */
		moveHere(other: this, node: number): void {
			if (other.walks !== undefined) other.passOver(node);
			other.index.remove(node);
			const { i32 } = this.memory;
			const next = i32[node + NEXT];
			const before = i32[node + PREVIOUS];
			i32[before + NEXT] = next;
			i32[next + PREVIOUS] = before;
			const h = this.header;
			const last = i32[h + PREVIOUS];
			i32[node + NEXT] = h;
			i32[node + PREVIOUS] = last;
			i32[last + NEXT] = node;
			i32[h + PREVIOUS] = node;
			i32[node + OWNER] = this.id;
			i32[other.header + ERASED] = (i32[other.header + ERASED] + 1) | 0;
			i32[h + INSERTED] = (i32[h + INSERTED] + 1) | 0;
			i32[h + SHUFFLED] = 1;
			this.enter(node);
		}

		merge(other: this): void {
			this.checkSameKeys(other, 'merge');
			if (other === this || other.empty) return;
			// All the room at once: a merge that fails has moved nothing.
			this.index.reserve(this.index.count + other.index.count);
			const { i32 } = this.memory;
			for (let node = i32[other.header + NEXT]; node !== other.header; ) {
				const next = i32[node + NEXT];
				if (this.seekNode(node) === 0) {
					this.index.prepare();
					this.moveHere(other, node);
				}
				node = next;
			}
		}

		swap(other: this): void {
			this.checkSameKeys(other, 'swap');
			if (other !== this) this.exchange(other);
		}

		/** Refuses a map whose nodes cannot be moved into this one. */
		checkSameKeys(other: this, call: string): void {
			this.checkKind(other, call);
			this.checkSamePool(other, call);
			this.checkKeyType(other, call);
		}

		checkKeyType(other: { readonly keyType: string }, call: string): void {
			if (other.keyType !== KIND.signature)
				throw new ArgumentError(
					`${call} was given a map with keys of ${other.keyType}; pass one with keys of ${KIND.signature}`,
				);
		}

		override exchange(other: this): void {
			const { index } = this;
			this.index = other.index;
			other.index = index;
			super.exchange(other);
		}

		override end(): void {
			super.end();
			this.index.leave();
		}

		override clear(): void {
			super.clear();
			if (this.index.count !== 0) this.index.clear();
		}

		override dispose(): void {
			if (this.id === -1) return;
			const { header } = this.index;
			super.dispose();
			this.index.header = header;
			this.index.dispose();
		}

		removeIf(predicate: (view: object, key: unknown, node: number) => boolean): number {
			this.checkAlive();
			const { header } = this;
			const accepted: number[] = [];
			const before = this.memory.i32[header + ERASED];
			const cursor = views.cursor(this);
			try {
				for (let node = this.memory.i32[header + NEXT]; node !== header; node = this.memory.i32[node + NEXT]) {
					views.place(cursor, node);
					if (predicate(cursor, this.keyOf(node), this.handle(node))) accepted.push(node);
					if (this.header !== header || this.memory.i32[header + ERASED] !== before) throw new WalkError();
				}
			} finally {
				views.retire(cursor);
			}
			for (const node of accepted) {
				this.index.remove(node);
				this.unlink(node);
			}
			return accepted.length;
		}

		// Walks

		[Symbol.iterator](): IterableIterator<[unknown, unknown]> {
			return new EntryWalk(this, false);
		}

		entries(options?: Direction): IterableIterator<[unknown, unknown]> {
			return new EntryWalk(this, this.isReverse(options));
		}

		keys(options?: Direction): IterableIterator<unknown> {
			return new KeyWalk(this, this.isReverse(options));
		}

		values(options?: Direction): IterableIterator<unknown> {
			return new CopyWalk(this, this.isReverse(options));
		}

		views(options?: Direction): IterableIterator<object> {
			return new ViewWalk(this, this.isReverse(options));
		}

		isReverse(options: Direction | undefined): boolean {
			const reverse: unknown = options?.reverse ?? false;
			if (typeof reverse !== 'boolean') throw new ArgumentError(`reverse is ${describe(reverse)}; pass true or false`);
			return reverse;
		}

		forEach(callback: (view: object, key: unknown, node: number) => void): void {
			const walk = new ViewWalk(this, false);
			const cursor = walk.value;
			try {
				for (let node = walk.step(); node !== walk.header; node = walk.step()) {
					views.place(cursor, node);
					callback(cursor, this.keyOf(node), this.handle(node));
				}
			} finally {
				walk.return();
			}
		}

		toArray(): [unknown, unknown][] {
			this.checkAlive();
			const { i32 } = this.memory;
			const entries: [unknown, unknown][] = [];
			for (let node = i32[this.header + NEXT]; node !== this.header; node = i32[node + NEXT])
				entries.push([this.keyOf(node), read(this.memory, node)]);
			return entries;
		}

		toJSON(): unknown[] {
			return this.toArray().map(toJson);
		}

		get [Symbol.toStringTag](): string {
			return 'FluxHashMap';
		}

		// Capacity

		get capacity(): number {
			this.checkAlive();
			return this.nodes.capacity;
		}

		get maxSize(): number {
			this.checkAlive();
			return Math.floor(this.heap.arena.maxBytes / (record.strideWords * 4));
		}

		get bucketCount(): number {
			this.checkAlive();
			return this.index.slots;
		}

		get loadFactor(): number {
			const { bucketCount } = this;
			return bucketCount === 0 ? 0 : this.index.count / bucketCount;
		}

		get tableBytes(): number {
			this.checkAlive();
			return this.index.bytes;
		}

		reserve(count: number): void {
			this.checkAlive();
			this.checkCount(count, 'reserve');
			this.index.reserve(Math.max(count, this.size));
			this.nodes.reserve(Math.max(0, count - this.size));
		}

		rehash(buckets: number): void {
			this.checkAlive();
			this.checkCount(buckets, 'rehash');
			this.index.finish();
			let slots = this.index.slotsFor(this.size);
			while (slots < buckets) slots *= 2;
			if (slots > this.index.slots) this.index.rebuild(slots);
		}

		shrinkToFit(): number {
			this.checkAlive();
			const { bytes } = this.index;
			this.index.shrink();
			return bytes - this.index.bytes + this.nodes.trim();
		}

		checkCount(count: unknown, call: string): void {
			// A table of 2^28 slots takes half of the largest arena.
			if (!(Number.isInteger(count) && (count as number) >= 0 && (count as number) <= 2 ** 28))
				throw new ArgumentError(
					`${call} was given the count ${describe(count)}; pass a whole number from 0 to 268435456`,
				);
		}

		override validate(): void {
			super.validate();
			const indexed = new Set<number>();
			const faults = this.index.faults(indexed);
			const { i32 } = this.memory;
			for (let node = i32[this.header + NEXT]; node !== this.header; node = i32[node + NEXT]) {
				if (!indexed.delete(node)) faults.push(`node ${node} is in no slot`);
				const found = this.seekNode(node);
				if (found !== node) faults.push(`the key ${describe(this.keyOf(node))} of node ${node} leads to ${found}`);
			}
			for (const node of indexed) faults.push(`a slot leads to ${node}, which is no node of this map`);
			if (faults.length > 0) throw new CorruptionError(faults.join('; '));
		}
	}

	/** Keys. */
	class KeyWalk extends Walk implements IterableIterator<unknown> {
		declare readonly list: MapNodes;

		next(): IteratorResult<unknown> {
			const node = this.step();
			if (node === this.header) return this.return();
			return { done: false, value: this.list.keyOf(node) };
		}
	}

	/** Keys with copies of their records. */
	class EntryWalk extends Walk implements IterableIterator<[unknown, unknown]> {
		declare readonly list: MapNodes;

		next(): IteratorResult<[unknown, unknown]> {
			const node = this.step();
			if (node === this.header) return this.return();
			return { done: false, value: [this.list.keyOf(node), read(this.list.memory, node)] };
		}
	}

	return MapNodes;
}

/** A map's records one by one. */
export type MapNodes = InstanceType<ReturnType<typeof mapCode>>;
/** Their class. */
export type MapNodesClass = ReturnType<typeof mapCode>;
