import { nextRandom, randomPrice, startRandom } from '../scenarios/random.js';
import { type BenchRecord, HASH_SEED, hashText, mixRecord, priceOf } from '../scenarios/record.js';
import type { ListSubject } from './subject.js';

/** An array of plain objects: what one uses when nothing is erased from the middle. */
export class ObjectArray implements ListSubject<BenchRecord[], never> {
	create(): BenchRecord[] {
		return [];
	}

	build(list: BenchRecord[], count: number): void {
		for (let id = 0; id < count; id++) list.push({ id, price: priceOf(id) });
	}

	buildRandom(list: BenchRecord[], count: number, seed: number): void {
		let random = startRandom(seed);
		for (let id = 0; id < count; id++) {
			random = nextRandom(random);
			list.push({ id, price: randomPrice(random) });
		}
	}

	dispose(list: BenchRecord[]): void {
		list.length = 0;
	}

	clear(list: BenchRecord[]): void {
		list.length = 0;
	}

	walk(list: BenchRecord[]): number {
		let sum = 0;
		let count = 0;
		for (let i = 0; i < list.length; i++) {
			sum += list[i].price;
			count++;
		}
		return sum + count;
	}

	hash(list: BenchRecord[]): string {
		let hash = HASH_SEED;
		for (const { id, price } of list) hash = mixRecord(hash, id, price);
		return hashText(hash, list.length);
	}

	fifo(list: BenchRecord[], operations: number, firstId: number): number {
		let sum = 0;
		for (let id = firstId; id < firstId + operations; id++) {
			list.push({ id, price: priceOf(id) });
			sum += list.shift()?.price ?? 0;
		}
		return sum;
	}

	sort(list: BenchRecord[]): void {
		list.sort((left, right) => left.price - right.price);
	}
}
