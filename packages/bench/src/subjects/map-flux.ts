import { FluxHashMap } from '@flux/containers';
import { u32, u64 } from '@flux/core';
import type { KeyAt } from '../scenarios/map-keys.js';
import { below, nextRandom, startRandom } from '../scenarios/random.js';
import { HASH_SEED, hashText, mixRecord, priceOf } from '../scenarios/record.js';
import { Row } from './flux-record.js';
import type { MapSubject } from './map-subject.js';

/** A map of ours with keys of 32 bits. */
type RowMap = FluxHashMap<typeof u32, typeof Row>;
/** And with keys of 64. */
type LongRowMap = FluxHashMap<typeof u64, typeof Row>;

/** The high word of keys of 64 bits: 2^40 and the key. */
const HIGH = 256;

function digestOf(map: RowMap | LongRowMap): string {
	let sum = 0;
	for (const { id, price } of map.views()) sum = (sum + mixRecord(HASH_SEED, id, price)) | 0;
	return hashText(sum, map.size);
}

/** FluxHashMap by numbers of 32 bits. */
export class MapFlux implements MapSubject<RowMap> {
	create(): RowMap {
		return new FluxHashMap(u32, Row);
	}

	dispose(map: RowMap): void {
		map.dispose();
	}

	fill(map: RowMap, keyAt: KeyAt, count: number): void {
		for (let id = 0; id < count; id++) map.emplace(keyAt(id), id, priceOf(id));
	}

	hit(map: RowMap, keyAt: KeyAt, count: number, operations: number, seed: number): number {
		let random = startRandom(seed);
		let sum = 0;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			const record = map.get(keyAt(below(random, count)));
			if (record !== undefined) sum += record.price;
		}
		return sum;
	}

	miss(map: RowMap, keyAt: KeyAt, count: number, operations: number, seed: number): number {
		let random = startRandom(seed);
		let found = 0;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			if (map.has(keyAt(count + below(random, count * 4)))) found++;
		}
		return found;
	}

	churn(map: RowMap, keyAt: KeyAt, live: Int32Array, next: number, operations: number, seed: number): void {
		let random = startRandom(seed);
		let id = next;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			const place = below(random, live.length);
			map.delete(keyAt(live[place]));
			live[place] = id;
			map.emplace(keyAt(id), id, priceOf(id));
			id++;
		}
	}

	sum(map: RowMap): number {
		let sum = 0;
		for (const view of map.views()) sum += view.price;
		return sum;
	}

	digest(map: RowMap): string {
		return digestOf(map);
	}
}

/** FluxHashMap by ids of 64 bits, given as two words. */
export class MapFluxLong implements MapSubject<LongRowMap> {
	create(): LongRowMap {
		return new FluxHashMap(u64, Row);
	}

	dispose(map: LongRowMap): void {
		map.dispose();
	}

	fill(map: LongRowMap, keyAt: KeyAt, count: number): void {
		for (let id = 0; id < count; id++) map.emplaceWords(keyAt(id), HIGH, id, priceOf(id));
	}

	hit(map: LongRowMap, keyAt: KeyAt, count: number, operations: number, seed: number): number {
		let random = startRandom(seed);
		let sum = 0;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			const node = map.findWords(keyAt(below(random, count)), HIGH);
			if (node !== 0) sum += map.getAt(node).price;
		}
		return sum;
	}

	miss(map: LongRowMap, keyAt: KeyAt, count: number, operations: number, seed: number): number {
		let random = startRandom(seed);
		let found = 0;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			if (map.findWords(keyAt(count + below(random, count * 4)), HIGH) !== 0) found++;
		}
		return found;
	}

	churn(map: LongRowMap, keyAt: KeyAt, live: Int32Array, next: number, operations: number, seed: number): void {
		let random = startRandom(seed);
		let id = next;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			const place = below(random, live.length);
			map.deleteWords(keyAt(live[place]), HIGH);
			live[place] = id;
			map.emplaceWords(keyAt(id), HIGH, id, priceOf(id));
			id++;
		}
	}

	sum(map: LongRowMap): number {
		let sum = 0;
		for (const view of map.views()) sum += view.price;
		return sum;
	}

	digest(map: LongRowMap): string {
		return digestOf(map);
	}
}
