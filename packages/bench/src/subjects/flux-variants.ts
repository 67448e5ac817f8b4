/**
 * FluxList again, with one thing done another way. Each is loaded in a process of its own,
 * so that the loop it replaces is never compiled beside it.
 */
import { FluxList } from '@flux/containers';
import { below, nextRandom, startRandom } from '../scenarios/random.js';
import { priceOf } from '../scenarios/record.js';
import { FluxSubject, type RowList, type RowNode } from './flux.js';
import { Row } from './flux-record.js';

/** Records are passed as objects. */
export class FluxObjectSubject extends FluxSubject {
	override build(list: RowList, count: number): void {
		for (let id = 0; id < count; id++) list.pushBack({ id, price: priceOf(id) });
	}

	override fifo(list: RowList, operations: number, firstId: number): number {
		let sum = 0;
		for (let id = firstId; id < firstId + operations; id++) {
			list.pushBack({ id, price: priceOf(id) });
			sum += list.front.price;
			list.popFront();
		}
		return sum;
	}

	override eraseInsert(list: RowList, handles: RowNode[], operations: number, seed: number): void {
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
}

/** Records are filled by name through the view that `emplaceBack()` gives. */
export class FluxNamedSubject extends FluxSubject {
	override build(list: RowList, count: number): void {
		for (let id = 0; id < count; id++) {
			const view = list.emplaceBack();
			view.id = id;
			view.price = priceOf(id);
		}
	}

	override fifo(list: RowList, operations: number, firstId: number): number {
		let sum = 0;
		for (let id = firstId; id < firstId + operations; id++) {
			const view = list.emplaceBack();
			view.id = id;
			view.price = priceOf(id);
			sum += list.front.price;
			list.popFront();
		}
		return sum;
	}
}

/** Every check is on: reused nodes, ranges of fields. */
export class FluxCheckedSubject extends FluxSubject {
	override create(): RowList {
		return new FluxList(Row, { checked: true });
	}
}

/** Walked by node with one view that is moved along by `at`. */
export class FluxAtSubject extends FluxSubject {
	override walk(list: RowList): number {
		let sum = 0;
		let count = 0;
		let node = list.first;
		if (node === 0) return 0;
		const view = list.at(node);
		for (; node !== 0; node = list.next(node)) {
			sum += list.at(node, view).price;
			count++;
		}
		return sum + count;
	}
}

/** Walked by `for...of` over `views()`: one view, moved along. */
export class FluxViewsSubject extends FluxSubject {
	override walk(list: RowList): number {
		let sum = 0;
		let count = 0;
		for (const view of list.views()) {
			sum += view.price;
			count++;
		}
		return sum + count;
	}
}

/** Walked by `for...of` over the list: a copy per record. */
export class FluxCopiesSubject extends FluxSubject {
	override walk(list: RowList): number {
		let sum = 0;
		let count = 0;
		for (const record of list) {
			sum += record.price;
			count++;
		}
		return sum + count;
	}
}

/** Walked by `reduce`. */
export class FluxReduceSubject extends FluxSubject {
	override walk(list: RowList): number {
		return list.reduce((sum, record) => sum + record.price + 1, 0);
	}
}

/** Sorted by the name of a field instead of a comparator. */
export class FluxSortBySubject extends FluxSubject {
	override sort(list: RowList): void {
		list.sortBy('price');
	}
}
