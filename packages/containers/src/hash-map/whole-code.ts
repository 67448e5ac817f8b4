import type { internals } from '@flux/core';
import type { RingPlace } from '../common/container-environment.js';
import type { Walks } from '../common/walk-code.js';
import type { MapNodes } from './map-code.js';
import type { MapEnvironment } from './map-environment.js';
import type { loadMap, saveMap } from './map-snapshot.js';
import type { SetCalls, SetMapClass } from './set-code.js';

/** What this code uses beside what all code of a map uses. */
export interface WholeEnvironment extends MapEnvironment {
	readonly SetMap: SetMapClass;
	readonly walks: Walks;
	readonly saveMap: typeof saveMap;
	readonly loadMap: typeof loadMap;
}

type OtherMap = MapNodes & SetCalls;

/**
 * What a map does with many records at once: ranges, copies, comparison. A closed factory, as `common/ring-code.ts`.
 *
 * Ranges are collected in a map apart: an iterable that throws, or yields what is no entry, changes nothing.
 */
export function wholeCode(environment: WholeEnvironment) {
	const { words, errors, describe, record, key: KIND, keyOffset, SetMap, walks, saveMap, loadMap } = environment;
	const { NEXT } = words;
	const { ArgumentError } = errors;

	class FluxHashMapOfRecord extends SetMap {
		assign(entries: unknown): void {
			this.checkAlive();
			const fresh = this.build((map) => map.setAll(entries, true), this.beside());
			// Exchanged, not moved: that needs no memory, so nothing can fail once the old records are to go.
			this.exchange(fresh);
			fresh.dispose();
		}

		insertRange(entries: unknown): number {
			this.checkAlive();
			const fresh = this.build((map) => map.setAll(entries, false), this.beside());
			try {
				const before = this.size;
				this.merge(fresh);
				return this.size - before;
			} finally {
				fresh.dispose();
			}
		}

		copyFrom(other: OtherMap): void {
			this.checkAlive();
			this.checkSameStruct(other, 'copyFrom');
			this.checkKeyType(other, 'copyFrom');
			if ((other as unknown) === this) return;
			// All the room at once: from here on nothing can fail.
			this.index.reserve(this.index.count + other.index.count);
			this.nodes.reserve(other.size);
			const { header } = other;
			for (let node = other.memory.i32[header + NEXT]; node !== header; node = other.memory.i32[node + NEXT]) {
				const key = other.keyOf(node);
				let target = this.seek(key);
				if (target === 0) target = this.add(key);
				other.layout.copy(other.memory, node, this.memory, target, record);
			}
		}

		clone(): this {
			this.checkAlive();
			return this.build((map) => map.copyFrom(this), undefined);
		}

		snapshot(): Uint8Array<ArrayBuffer> {
			return saveMap(this, KIND, keyOffset);
		}

		/** Fills this map, which is empty, from a snapshot. */
		pushSnapshot(snapshot: internals.Snapshot): void {
			loadMap(this, KIND, keyOffset, snapshot);
		}

		equals(other: OtherMap, same?: (a: object, b: object) => boolean): boolean {
			this.checkSameStruct(other, 'equals');
			this.checkKeyType(other, 'equals');
			if (this.size !== other.size) return false;
			const mine = this.entriesOfNodes();
			const a = record.views.cursor(this);
			const b = other.layout.views.cursor(other);
			try {
				for (const node of mine) {
					const theirs = other.seek(this.keyOf(node));
					if (theirs === 0) return false;
					if (same === undefined) {
						if (record.compare(this.memory, node, other.memory, theirs, other.layout) !== 0) return false;
						continue;
					}
					record.views.place(a, node);
					other.layout.views.place(b, theirs);
					if (!same(a, b)) return false;
				}
				return true;
			} finally {
				record.views.retire(a);
				other.layout.views.retire(b);
			}
		}

		/** The indices of all nodes, by a walk that survives what a callback does. */
		*entriesOfNodes(): Generator<number, void, undefined> {
			const walk = new walks.Walk(this, false);
			try {
				for (let node = walk.step(); node !== walk.header; node = walk.step()) yield node;
			} finally {
				walk.end();
			}
		}

		[Symbol.for('nodejs.util.inspect.custom')](
			depth: number,
			options: unknown,
			inspect?: (value: unknown, options: unknown) => string,
		): unknown {
			if (this.id === -1 || this.heap.disposed) return 'FluxHashMap (disposed)';
			const SHOWN = 100;
			const { i32 } = this.memory;
			const shown = new Map<unknown, unknown>();
			for (let node = i32[this.header + NEXT]; node !== this.header && shown.size < SHOWN; node = i32[node + NEXT])
				shown.set(this.keyOf(node), record.read(this.memory, node));
			const more = this.size > SHOWN ? ` and ${this.size - SHOWN} more records` : '';
			// As a Map is shown, under this class's name.
			const entries =
				inspect === undefined || depth < 0 ? '{...}' : inspect(shown, options).replace(/^Map\(\d+\) /, '');
			return `FluxHashMap(${this.size}) ${entries}${more}`;
		}

		/** Another map of the same heap, at `place`, filled by `fill`; given back when that throws. */
		build(fill: (map: this) => void, place: RingPlace | undefined): this {
			const map = new FluxHashMapOfRecord(this.heap, place) as this;
			try {
				fill(map);
				this.checkAlive();
			} catch (error) {
				map.dispose();
				throw error;
			}
			return map;
		}

		/** Sets all entries of an iterable; of equal keys the last record stays, or the first. */
		setAll(source: unknown, isLast: boolean): void {
			const iterable = source as Iterable<unknown> | null | undefined;
			if (typeof iterable !== 'object' || iterable === null || typeof iterable[Symbol.iterator] !== 'function')
				throw new ArgumentError(`the range is ${describe(source)}; pass an iterable of [key, record]`);
			for (const entry of iterable) {
				if (typeof entry !== 'object' || entry === null)
					throw new ArgumentError(`an entry is ${describe(entry)}; pass [key, record], with keys of ${KIND.signature}`);
				const [key, value] = entry as readonly [unknown, unknown];
				if (isLast) this.insertOrAssign(key, value);
				else this.insert(key, value);
			}
		}
	}

	return FluxHashMapOfRecord;
}

/** The class of the maps from one type of key to one struct. */
export type HashMapClass = ReturnType<typeof wholeCode>;
