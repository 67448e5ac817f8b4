import { FluxVector } from '@flux/containers';
import { below, nextRandom, randomPrice, startRandom } from '../scenarios/random.js';
import { HASH_SEED, hashText, mixRecord, priceOf } from '../scenarios/record.js';
import { Row } from './flux-record.js';
import type { VectorSubject } from './vector-subject.js';

type RowVector = FluxVector<typeof Row>;

/** FluxVector, iterated by one view that moves. */
export class VectorFlux implements VectorSubject<RowVector> {
	create(): RowVector {
		return new FluxVector(Row);
	}

	dispose(vector: RowVector): void {
		vector.dispose();
	}

	build(vector: RowVector, count: number): void {
		for (let id = 0; id < count; id++) vector.emplaceBack(id, priceOf(id));
	}

	buildRandom(vector: RowVector, count: number, seed: number): void {
		let random = startRandom(seed);
		for (let id = 0; id < count; id++) {
			random = nextRandom(random);
			vector.emplaceBack(id, randomPrice(random));
		}
	}

	iterate(vector: RowVector): number {
		let sum = 0;
		for (const view of vector.views()) sum += view.price;
		return sum;
	}

	readRandom(vector: RowVector, operations: number, seed: number): number {
		let random = startRandom(seed);
		let sum = 0;
		const view = vector.at(0);
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			sum += vector.at(below(random, vector.size), view).price;
		}
		return sum;
	}

	sort(vector: RowVector): void {
		vector.sort((a, b) => a.price - b.price);
	}

	hash(vector: RowVector): string {
		let hash = HASH_SEED;
		for (const { id, price } of vector.views()) hash = mixRecord(hash, id, price);
		return hashText(hash, vector.size);
	}
}

/** The same by words: what `data` is for, and sorted by a field. */
export class VectorFluxWords extends VectorFlux {
	override iterate(vector: RowVector): number {
		const { f64 } = vector.heap.memory;
		const step = vector.strideWords / 2;
		const first = (vector.data + Row.offsets.price / 4) / 2;
		const end = first + vector.size * step;
		let sum = 0;
		for (let at = first; at < end; at += step) sum += f64[at];
		return sum;
	}

	override readRandom(vector: RowVector, operations: number, seed: number): number {
		const { f64 } = vector.heap.memory;
		const step = vector.strideWords / 2;
		const first = (vector.data + Row.offsets.price / 4) / 2;
		const { size } = vector;
		let random = startRandom(seed);
		let sum = 0;
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			sum += f64[first + below(random, size) * step];
		}
		return sum;
	}

	override sort(vector: RowVector): void {
		vector.sortBy('price');
	}
}
