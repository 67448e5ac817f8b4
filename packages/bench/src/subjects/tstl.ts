import { List } from 'tstl';
import { below, nextRandom, randomPrice, startRandom } from '../scenarios/random.js';
import { type BenchRecord, HASH_SEED, hashText, mixRecord, priceOf } from '../scenarios/record.js';
import type { ListSubject } from './subject.js';

type RecordList = List<BenchRecord>;
type Handle = List.Iterator<BenchRecord>;

/** tstl's List, the standard's interface in TypeScript; an iterator is the node itself. */
export class TstlSubject implements ListSubject<RecordList, Handle> {
	create(): RecordList {
		return new List<BenchRecord>();
	}

	build(list: RecordList, count: number): void {
		for (let id = 0; id < count; id++) list.push_back({ id, price: priceOf(id) });
	}

	buildRandom(list: RecordList, count: number, seed: number): void {
		let random = startRandom(seed);
		for (let id = 0; id < count; id++) {
			random = nextRandom(random);
			list.push_back({ id, price: randomPrice(random) });
		}
	}

	dispose(list: RecordList): void {
		list.clear();
	}

	clear(list: RecordList): void {
		list.clear();
	}

	walk(list: RecordList): number {
		let sum = 0;
		let count = 0;
		const end = list.end();
		for (let node = list.begin(); !node.equals(end); node = node.next()) {
			sum += node.value.price;
			count++;
		}
		return sum + count;
	}

	hash(list: RecordList): string {
		let hash = HASH_SEED;
		const end = list.end();
		for (let node = list.begin(); !node.equals(end); node = node.next()) {
			hash = mixRecord(hash, node.value.id, node.value.price);
		}
		return hashText(hash, list.size());
	}

	fifo(list: RecordList, operations: number, firstId: number): number {
		let sum = 0;
		for (let id = firstId; id < firstId + operations; id++) {
			list.push_back({ id, price: priceOf(id) });
			sum += list.front().price;
			list.pop_front();
		}
		return sum;
	}

	buildWithHandles(list: RecordList, count: number): Handle[] {
		const handles: Handle[] = [];
		for (let id = 0; id < count; id++) handles.push(list.insert(list.end(), { id, price: priceOf(id) }));
		return handles;
	}

	eraseInsert(list: RecordList, handles: Handle[], operations: number, seed: number): void {
		const live = handles.length;
		let random = startRandom(seed);
		for (let id = 0; id < operations; id++) {
			random = nextRandom(random);
			const erased = below(random, live);
			random = nextRandom(random);
			let position = below(random, live);
			if (position === erased) position = position + 1 === live ? 0 : position + 1;
			list.erase(handles[erased]);
			handles[erased] = list.insert(handles[position], { id, price: priceOf(id) });
		}
	}

	/** Erase and insert: its splice within one list copies the range and loses the iterator. */
	moveToBack(list: RecordList, handles: Handle[], operations: number, seed: number): void {
		const live = handles.length;
		let random = startRandom(seed);
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			const moved = below(random, live);
			const record = handles[moved].value;
			list.erase(handles[moved]);
			handles[moved] = list.insert(list.end(), record);
		}
	}

	/** Its quicksort is not stable, so equal prices are told apart by id, which is the order they came in. */
	sort(list: RecordList): void {
		list.sort((left, right) => left.price < right.price || (left.price === right.price && left.id < right.id));
	}
}
