import { LinkList } from 'js-sdsl';
import { below, nextRandom, randomPrice, startRandom } from '../scenarios/random.js';
import { type BenchRecord, HASH_SEED, hashText, mixRecord, priceOf } from '../scenarios/record.js';
import type { ListSubject } from './subject.js';

type List = LinkList<BenchRecord>;
type Handle = ReturnType<List['begin']>;

/** js-sdsl's LinkList, by its iterators; it erases at an iterator, but inserts only at an index. */
export class JsSdslSubject implements ListSubject<List, Handle> {
	create(): List {
		return new LinkList<BenchRecord>();
	}

	build(list: List, count: number): void {
		for (let id = 0; id < count; id++) list.pushBack({ id, price: priceOf(id) });
	}

	buildRandom(list: List, count: number, seed: number): void {
		let random = startRandom(seed);
		for (let id = 0; id < count; id++) {
			random = nextRandom(random);
			list.pushBack({ id, price: randomPrice(random) });
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
		for (const node = list.begin(); node.isAccessible(); node.next()) {
			sum += node.pointer.price;
			count++;
		}
		return sum + count;
	}

	hash(list: List): string {
		let hash = HASH_SEED;
		for (const node = list.begin(); node.isAccessible(); node.next()) {
			hash = mixRecord(hash, node.pointer.id, node.pointer.price);
		}
		return hashText(hash, list.size());
	}

	fifo(list: List, operations: number, firstId: number): number {
		let sum = 0;
		for (let id = firstId; id < firstId + operations; id++) {
			list.pushBack({ id, price: priceOf(id) });
			sum += list.popFront()?.price ?? 0;
		}
		return sum;
	}

	buildWithHandles(list: List, count: number): Handle[] {
		const handles: Handle[] = [];
		for (let id = 0; id < count; id++) {
			list.pushBack({ id, price: priceOf(id) });
			handles.push(list.rBegin());
		}
		return handles;
	}

	moveToBack(list: List, handles: Handle[], operations: number, seed: number): void {
		const live = handles.length;
		let random = startRandom(seed);
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			const moved = below(random, live);
			const handle = handles[moved];
			const record = handle.pointer;
			list.eraseElementByIterator(handle);
			list.pushBack(record);
			handles[moved] = list.rBegin();
		}
	}

	sort(list: List): void {
		list.sort((left, right) => left.price - right.price);
	}
}
