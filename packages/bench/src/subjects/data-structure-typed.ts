import { DoublyLinkedList } from 'data-structure-typed';
import { nextRandom, randomPrice, startRandom } from '../scenarios/random.js';
import { type BenchRecord, HASH_SEED, hashText, mixRecord, priceOf } from '../scenarios/record.js';
import type { ListSubject } from './subject.js';

type List = DoublyLinkedList<BenchRecord>;

/** data-structure-typed's DoublyLinkedList; its `delete(node)` looks for the node first, so nothing is erased by handle. */
export class DataStructureTypedSubject implements ListSubject<List, never> {
	create(): List {
		return new DoublyLinkedList<BenchRecord>();
	}

	build(list: List, count: number): void {
		for (let id = 0; id < count; id++) list.push({ id, price: priceOf(id) });
	}

	buildRandom(list: List, count: number, seed: number): void {
		let random = startRandom(seed);
		for (let id = 0; id < count; id++) {
			random = nextRandom(random);
			list.push({ id, price: randomPrice(random) });
		}
	}

	dispose(list: List): void {
		list.clear();
	}

	clear(list: List): void {
		list.clear();
	}

	walk(list: List): number {
		let sum = 0;
		let count = 0;
		for (let node = list.head; node !== undefined; node = node.next) {
			sum += node.value.price;
			count++;
		}
		return sum + count;
	}

	hash(list: List): string {
		let hash = HASH_SEED;
		for (let node = list.head; node !== undefined; node = node.next) {
			hash = mixRecord(hash, node.value.id, node.value.price);
		}
		return hashText(hash, list.length);
	}

	fifo(list: List, operations: number, firstId: number): number {
		let sum = 0;
		for (let id = firstId; id < firstId + operations; id++) {
			list.push({ id, price: priceOf(id) });
			sum += list.shift()?.price ?? 0;
		}
		return sum;
	}

	/** It has no sort: the records go through an array and back into their nodes. */
	sort(list: List): void {
		const records = list.toArray();
		records.sort((left, right) => left.price - right.price);
		let index = 0;
		for (let node = list.head; node !== undefined; node = node.next) node.value = records[index++];
	}
}
