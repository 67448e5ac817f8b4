import { Node, Yallist } from 'yallist';
import { below, nextRandom, randomPrice, startRandom } from '../scenarios/random.js';
import { type BenchRecord, HASH_SEED, hashText, mixRecord, priceOf } from '../scenarios/record.js';
import type { ListSubject } from './subject.js';

type List = Yallist<BenchRecord>;
type Handle = Node<BenchRecord>;

/** yallist, by its nodes: `pushNode` and `removeNode` are O(1), and `removeNode` nulls the links. */
export class YallistSubject implements ListSubject<List, Handle> {
	create(): List {
		return new Yallist<BenchRecord>();
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
		this.clear(list);
	}

	/** It has no `clear`: these are its three fields. */
	clear(list: List): void {
		delete list.head;
		delete list.tail;
		list.length = 0;
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

	/** `removeNode(head)` rather than `shift`, which leaves the link of the dead node in place. */
	fifo(list: List, operations: number, firstId: number): number {
		let sum = 0;
		for (let id = firstId; id < firstId + operations; id++) {
			list.push({ id, price: priceOf(id) });
			const first = list.head;
			if (first === undefined) break;
			sum += first.value.price;
			list.removeNode(first);
		}
		return sum;
	}

	buildWithHandles(list: List, count: number): Handle[] {
		const handles: Handle[] = [];
		for (let id = 0; id < count; id++) {
			const node = new Node({ id, price: priceOf(id) });
			list.pushNode(node);
			handles.push(node);
		}
		return handles;
	}

	moveToBack(list: List, handles: Handle[], operations: number, seed: number): void {
		const live = handles.length;
		let random = startRandom(seed);
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			list.pushNode(handles[below(random, live)]);
		}
	}

	/** It has no sort: the records go through an array and back into their nodes. */
	sort(list: List): void {
		const records = list.toArray() as BenchRecord[];
		records.sort((left, right) => left.price - right.price);
		let index = 0;
		for (let node = list.head; node !== undefined; node = node.next) node.value = records[index++];
	}
}
