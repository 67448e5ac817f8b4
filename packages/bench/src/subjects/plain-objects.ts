import { below, nextRandom, randomPrice, startRandom } from '../scenarios/random.js';
import { HASH_SEED, hashText, mixRecord, priceOf } from '../scenarios/record.js';
import type { ListSubject } from './subject.js';

interface PlainNode {
	id: number;
	price: number;
	previous: PlainNode | null;
	next: PlainNode | null;
}

interface PlainList {
	first: PlainNode | null;
	last: PlainNode | null;
	size: number;
}

function insertBefore(list: PlainList, position: PlainNode | null, id: number, price: number): PlainNode {
	const previous = position === null ? list.last : position.previous;
	const node: PlainNode = { id, price, previous, next: position };
	if (previous === null) list.first = node;
	else previous.next = node;
	if (position === null) list.last = node;
	else position.previous = node;
	list.size++;
	return node;
}

function unlink(list: PlainList, node: PlainNode): void {
	const { previous, next } = node;
	if (previous === null) list.first = next;
	else previous.next = next;
	if (next === null) list.last = previous;
	else next.previous = previous;
	// A dead node that still points at living ones keeps young garbage alive: 3-5x slower under the collector.
	node.previous = null;
	node.next = null;
	list.size--;
}

function appendNode(list: PlainList, node: PlainNode): void {
	const last = list.last;
	node.previous = last;
	if (last === null) list.first = node;
	else last.next = node;
	list.last = node;
	list.size++;
}

/** The doubly linked list one writes by hand: an object per node with its record in it, links nulled on erase. */
export class PlainObjects implements ListSubject<PlainList, PlainNode> {
	create(): PlainList {
		return { first: null, last: null, size: 0 };
	}

	build(list: PlainList, count: number): void {
		for (let id = 0; id < count; id++) insertBefore(list, null, id, priceOf(id));
	}

	buildRandom(list: PlainList, count: number, seed: number): void {
		let random = startRandom(seed);
		for (let id = 0; id < count; id++) {
			random = nextRandom(random);
			insertBefore(list, null, id, randomPrice(random));
		}
	}

	dispose(list: PlainList): void {
		this.clear(list);
	}

	clear(list: PlainList): void {
		list.first = null;
		list.last = null;
		list.size = 0;
	}

	walk(list: PlainList): number {
		let sum = 0;
		let count = 0;
		for (let node = list.first; node !== null; node = node.next) {
			sum += node.price;
			count++;
		}
		return sum + count;
	}

	hash(list: PlainList): string {
		let hash = HASH_SEED;
		for (let node = list.first; node !== null; node = node.next) hash = mixRecord(hash, node.id, node.price);
		return hashText(hash, list.size);
	}

	fifo(list: PlainList, operations: number, firstId: number): number {
		let sum = 0;
		for (let id = firstId; id < firstId + operations; id++) {
			insertBefore(list, null, id, priceOf(id));
			const first = list.first;
			if (first === null) break;
			sum += first.price;
			unlink(list, first);
		}
		return sum;
	}

	buildWithHandles(list: PlainList, count: number): PlainNode[] {
		const handles: PlainNode[] = [];
		for (let id = 0; id < count; id++) handles.push(insertBefore(list, null, id, priceOf(id)));
		return handles;
	}

	eraseInsert(list: PlainList, handles: PlainNode[], operations: number, seed: number): void {
		const live = handles.length;
		let random = startRandom(seed);
		for (let id = 0; id < operations; id++) {
			random = nextRandom(random);
			const erased = below(random, live);
			random = nextRandom(random);
			let position = below(random, live);
			if (position === erased) position = position + 1 === live ? 0 : position + 1;
			unlink(list, handles[erased]);
			handles[erased] = insertBefore(list, handles[position], id, priceOf(id));
		}
	}

	moveToBack(list: PlainList, handles: PlainNode[], operations: number, seed: number): void {
		const live = handles.length;
		let random = startRandom(seed);
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			const node = handles[below(random, live)];
			unlink(list, node);
			appendNode(list, node);
		}
	}

	/** Through an array, which beats a merge sort over objects. */
	sort(list: PlainList): void {
		const nodes: PlainNode[] = [];
		for (let node = list.first; node !== null; node = node.next) nodes.push(node);
		nodes.sort((left, right) => left.price - right.price);
		this.clear(list);
		for (const node of nodes) {
			node.next = null;
			appendNode(list, node);
		}
	}
}
