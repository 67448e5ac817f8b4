import { below, nextRandom, randomPrice, startRandom } from '../scenarios/random.js';
import { type BenchRecord, HASH_SEED, hashText, mixRecord, priceOf } from '../scenarios/record.js';
import type { ListSubject } from './subject.js';

type RecordMap = Map<number, BenchRecord>;

/** A Map from id to object, which remembers the order of insertion: JavaScript's own idiom for an LRU list. */
export class InsertionMap implements ListSubject<RecordMap, number> {
	create(): RecordMap {
		return new Map();
	}

	build(list: RecordMap, count: number): void {
		for (let id = 0; id < count; id++) list.set(id, { id, price: priceOf(id) });
	}

	buildRandom(list: RecordMap, count: number, seed: number): void {
		let random = startRandom(seed);
		for (let id = 0; id < count; id++) {
			random = nextRandom(random);
			list.set(id, { id, price: randomPrice(random) });
		}
	}

	dispose(list: RecordMap): void {
		list.clear();
	}

	clear(list: RecordMap): void {
		list.clear();
	}

	walk(list: RecordMap): number {
		let sum = 0;
		let count = 0;
		for (const record of list.values()) {
			sum += record.price;
			count++;
		}
		return sum + count;
	}

	hash(list: RecordMap): string {
		let hash = HASH_SEED;
		for (const { id, price } of list.values()) hash = mixRecord(hash, id, price);
		return hashText(hash, list.size);
	}

	buildWithHandles(list: RecordMap, count: number): number[] {
		this.build(list, count);
		return [...list.keys()];
	}

	moveToBack(list: RecordMap, handles: number[], operations: number, seed: number): void {
		const live = handles.length;
		let random = startRandom(seed);
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			const key = handles[below(random, live)];
			const record = list.get(key);
			if (record === undefined) break;
			list.delete(key);
			list.set(key, record);
		}
	}
}
