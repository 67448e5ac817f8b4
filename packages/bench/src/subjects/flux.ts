import { FluxList, type FluxNode } from '@flux/containers';
import { below, nextRandom, randomPrice, startRandom } from '../scenarios/random.js';
import { HASH_SEED, hashText, mixRecord, priceOf } from '../scenarios/record.js';
import { Row } from './flux-record.js';
import type { ListSubject } from './subject.js';

/** The list that all subjects of ours measure. */
export type RowList = FluxList<typeof Row>;

/** A node of it. */
export type RowNode = FluxNode<typeof Row>;

/** FluxList with default options: filled by position, walked by node. */
export class FluxSubject implements ListSubject<RowList, RowNode> {
	create(): RowList {
		return new FluxList(Row);
	}

	build(list: RowList, count: number): void {
		for (let id = 0; id < count; id++) list.emplaceBack(id, priceOf(id));
	}

	buildRandom(list: RowList, count: number, seed: number): void {
		let random = startRandom(seed);
		for (let id = 0; id < count; id++) {
			random = nextRandom(random);
			list.emplaceBack(id, randomPrice(random));
		}
	}

	eraseById(list: RowList): void {
		const nodes = new Array<RowNode>(list.size);
		for (let node = list.first; node !== 0; node = list.next(node)) nodes[list.get(node).id] = node;
		for (const node of nodes) list.erase(node);
	}

	dispose(list: RowList): void {
		list.dispose();
	}

	clear(list: RowList): void {
		list.clear();
	}

	walk(list: RowList): number {
		let sum = 0;
		let count = 0;
		for (let node = list.first; node !== 0; node = list.next(node)) {
			sum += list.get(node).price;
			count++;
		}
		return sum + count;
	}

	hash(list: RowList): string {
		let hash = HASH_SEED;
		for (const view of list.views()) hash = mixRecord(hash, view.id, view.price);
		return hashText(hash, list.size);
	}

	fifo(list: RowList, operations: number, firstId: number): number {
		let sum = 0;
		for (let id = firstId; id < firstId + operations; id++) {
			list.emplaceBack(id, priceOf(id));
			sum += list.front.price;
			list.popFront();
		}
		return sum;
	}

	buildWithHandles(list: RowList, count: number): RowNode[] {
		const handles: RowNode[] = [];
		for (let id = 0; id < count; id++) handles.push(list.emplaceBack(id, priceOf(id)));
		return handles;
	}

	eraseInsert(list: RowList, handles: RowNode[], operations: number, seed: number): void {
		const live = handles.length;
		let random = startRandom(seed);
		for (let id = 0; id < operations; id++) {
			random = nextRandom(random);
			const erased = below(random, live);
			random = nextRandom(random);
			let position = below(random, live);
			if (position === erased) position = position + 1 === live ? 0 : position + 1;
			list.erase(handles[erased]);
			handles[erased] = list.emplace(handles[position], id, priceOf(id));
		}
	}

	moveToBack(list: RowList, handles: RowNode[], operations: number, seed: number): void {
		const live = handles.length;
		let random = startRandom(seed);
		for (let i = 0; i < operations; i++) {
			random = nextRandom(random);
			list.splice(0, list, handles[below(random, live)]);
		}
	}

	sort(list: RowList): void {
		list.sort((left, right) => left.price - right.price);
	}

	compact(list: RowList): void {
		list.compact();
	}
}
