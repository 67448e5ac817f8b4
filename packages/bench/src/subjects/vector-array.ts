import { below, nextRandom, startRandom } from '../scenarios/random.js';
import type { BenchRecord } from '../scenarios/record.js';
import { ObjectArray } from './object-array.js';
import type { VectorSubject } from './vector-subject.js';

/** An array of plain objects. */
export class VectorOfObjects extends ObjectArray implements VectorSubject<BenchRecord[]> {
	iterate(vector: BenchRecord[]): number {
		let sum = 0;
		for (const { price } of vector) sum += price;
		return sum;
	}

	readRandom(vector: BenchRecord[], operations: number, seed: number): number {
		let random = startRandom(seed);
		let sum = 0;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			sum += vector[below(random, vector.length)].price;
		}
		return sum;
	}
}
