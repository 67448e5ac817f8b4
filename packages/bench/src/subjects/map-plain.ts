import type { KeyAt } from '../scenarios/map-keys.js';
import { below, nextRandom, startRandom } from '../scenarios/random.js';
import { type BenchRecord, HASH_SEED, hashText, mixRecord, priceOf } from '../scenarios/record.js';
import type { MapSubject } from './map-subject.js';

type RecordMap = Map<number, BenchRecord>;
type Dictionary = Record<number, BenchRecord>;

/** What keys of 64 bits have beyond those of 32: 2^40, as a safe integer. */
const HIGH = 2 ** 40;

/** A Map from small integers to objects. */
export class MapOfObjects implements MapSubject<RecordMap> {
	create(): RecordMap {
		return new Map();
	}

	dispose(map: RecordMap): void {
		map.clear();
	}

	fill(map: RecordMap, keyAt: KeyAt, count: number): void {
		for (let id = 0; id < count; id++) map.set(keyAt(id), { id, price: priceOf(id) });
	}

	hit(map: RecordMap, keyAt: KeyAt, count: number, operations: number, seed: number): number {
		let random = startRandom(seed);
		let sum = 0;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			const record = map.get(keyAt(below(random, count)));
			if (record !== undefined) sum += record.price;
		}
		return sum;
	}

	miss(map: RecordMap, keyAt: KeyAt, count: number, operations: number, seed: number): number {
		let random = startRandom(seed);
		let found = 0;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			if (map.has(keyAt(count + below(random, count * 4)))) found++;
		}
		return found;
	}

	churn(map: RecordMap, keyAt: KeyAt, live: Int32Array, next: number, operations: number, seed: number): void {
		let random = startRandom(seed);
		let id = next;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			const place = below(random, live.length);
			map.delete(keyAt(live[place]));
			live[place] = id;
			map.set(keyAt(id), { id, price: priceOf(id) });
			id++;
		}
	}

	sum(map: RecordMap): number {
		let sum = 0;
		for (const record of map.values()) sum += record.price;
		return sum;
	}

	digest(map: RecordMap): string {
		let sum = 0;
		for (const { id, price } of map.values()) sum = (sum + mixRecord(HASH_SEED, id, price)) | 0;
		return hashText(sum, map.size);
	}
}

/** A Map from integers beyond 2^40 to objects: the nearest thing to ids of 64 bits that makes no bigint. */
export class MapOfObjectsLong implements MapSubject<RecordMap> {
	create(): RecordMap {
		return new Map();
	}

	dispose(map: RecordMap): void {
		map.clear();
	}

	fill(map: RecordMap, keyAt: KeyAt, count: number): void {
		for (let id = 0; id < count; id++) map.set(HIGH + keyAt(id), { id, price: priceOf(id) });
	}

	hit(map: RecordMap, keyAt: KeyAt, count: number, operations: number, seed: number): number {
		let random = startRandom(seed);
		let sum = 0;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			const record = map.get(HIGH + keyAt(below(random, count)));
			if (record !== undefined) sum += record.price;
		}
		return sum;
	}

	miss(map: RecordMap, keyAt: KeyAt, count: number, operations: number, seed: number): number {
		let random = startRandom(seed);
		let found = 0;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			if (map.has(HIGH + keyAt(count + below(random, count * 4)))) found++;
		}
		return found;
	}

	churn(map: RecordMap, keyAt: KeyAt, live: Int32Array, next: number, operations: number, seed: number): void {
		let random = startRandom(seed);
		let id = next;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			const place = below(random, live.length);
			map.delete(HIGH + keyAt(live[place]));
			live[place] = id;
			map.set(HIGH + keyAt(id), { id, price: priceOf(id) });
			id++;
		}
	}

	sum(map: RecordMap): number {
		let sum = 0;
		for (const record of map.values()) sum += record.price;
		return sum;
	}

	digest(map: RecordMap): string {
		let sum = 0;
		for (const { id, price } of map.values()) sum = (sum + mixRecord(HASH_SEED, id, price)) | 0;
		return hashText(sum, map.size);
	}
}

/** An object without a prototype, with numbers for its property names. */
export class DictionaryOfObjects implements MapSubject<Dictionary> {
	create(): Dictionary {
		return Object.create(null);
	}

	/** Left to the collector. */
	dispose(): void {}

	fill(map: Dictionary, keyAt: KeyAt, count: number): void {
		for (let id = 0; id < count; id++) map[keyAt(id)] = { id, price: priceOf(id) };
	}

	hit(map: Dictionary, keyAt: KeyAt, count: number, operations: number, seed: number): number {
		let random = startRandom(seed);
		let sum = 0;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			const record = map[keyAt(below(random, count))];
			if (record !== undefined) sum += record.price;
		}
		return sum;
	}

	miss(map: Dictionary, keyAt: KeyAt, count: number, operations: number, seed: number): number {
		let random = startRandom(seed);
		let found = 0;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			if (map[keyAt(count + below(random, count * 4))] !== undefined) found++;
		}
		return found;
	}

	churn(map: Dictionary, keyAt: KeyAt, live: Int32Array, next: number, operations: number, seed: number): void {
		let random = startRandom(seed);
		let id = next;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			const place = below(random, live.length);
			delete map[keyAt(live[place])];
			live[place] = id;
			map[keyAt(id)] = { id, price: priceOf(id) };
			id++;
		}
	}

	sum(map: Dictionary): number {
		let sum = 0;
		for (const key in map) sum += map[key].price;
		return sum;
	}

	digest(map: Dictionary): string {
		let sum = 0;
		let count = 0;
		for (const key in map) {
			const { id, price } = map[key];
			sum = (sum + mixRecord(HASH_SEED, id, price)) | 0;
			count++;
		}
		return hashText(sum, count);
	}
}
