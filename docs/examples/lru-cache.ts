/**
 * A cache that forgets what was used longest ago: a `FluxList` in the order of use, and a `FluxHashMap` from key to node.
 *
 * Using an entry moves its node to the end of the list, O(1), and no entry is ever an object that the collector sees.
 */
import { FluxHashMap, FluxList, type FluxNode } from '@flux/containers';
import { f64, struct, u32 } from '@flux/core';

const Entry = struct({ key: u32, value: f64 });
const Place = struct({ node: u32 });

export class LruCache {
	readonly #capacity: number;
	readonly #entries = new FluxList(Entry);
	readonly #places = new FluxHashMap(u32, Place);

	constructor(capacity: number) {
		this.#capacity = capacity;
	}

	get(key: number): number | undefined {
		const place = this.#places.find(key);
		if (place === 0) return undefined;
		const node = this.#places.getAt(place).node as FluxNode<typeof Entry>;
		this.#entries.splice(0, this.#entries, node); // to the end: used last
		return this.#entries.get(node).value;
	}

	set(key: number, value: number): void {
		const place = this.#places.find(key);
		if (place !== 0) {
			const node = this.#places.getAt(place).node as FluxNode<typeof Entry>;
			this.#entries.set(node, { key, value });
			this.#entries.splice(0, this.#entries, node);
			return;
		}
		if (this.#entries.size === this.#capacity) {
			this.#places.delete(this.#entries.front.key);
			this.#entries.popFront();
		}
		this.#places.emplace(key, this.#entries.emplaceBack(key, value));
	}

	[Symbol.dispose](): void {
		this.#entries.dispose();
		this.#places.dispose();
	}
}

const cache = new LruCache(2);
cache.set(1, 1.5);
cache.set(2, 2.5);
cache.get(1); // 2 is the one that was used longest ago now
cache.set(3, 3.5);
console.log(cache.get(1), cache.get(2), cache.get(3));
cache[Symbol.dispose]();

/* prints
1.5 undefined 3.5
*/
