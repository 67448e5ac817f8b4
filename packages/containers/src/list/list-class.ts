import { internals, type Struct } from '@flux/core';
import { readColumns } from './columns.js';
import { withEmplaceCalls } from './emplace-code.js';
import { listCode } from './list-code.js';
import { listEnvironment } from './list-environment.js';
import { mergeSorts } from './merge-sort.js';
import { orderCode } from './order-code.js';
import { radixSort } from './radix-sort.js';
import { type ListClass, rangeCode } from './range-code.js';
import { ringCode } from './ring-code.js';
import { walkCode } from './walk-code.js';

const known = new WeakMap<Struct, [plain?: ListClass, checked?: ListClass]>();

/**
 * The class of the lists of one struct; made once per struct and mode.
 *
 * Layer over layer, each evaluated for this struct alone: nodes and links, walks, access, order, records, ranges.
 * All lists inherit from `ancestor`, so that `instanceof` knows them.
 */
export function listClass(struct: Struct, checked: boolean, ancestor: object): ListClass {
	let pair = known.get(struct);
	if (pair === undefined) {
		pair = [];
		known.set(struct, pair);
	}
	const mode = checked ? 1 : 0;
	const made = pair[mode] ?? makeListClass(struct, checked, ancestor);
	pair[mode] = made;
	return made;
}

function makeListClass(struct: Struct, checked: boolean, ancestor: object): ListClass {
	const { specialize, nodeRecord } = internals;
	const record = nodeRecord(struct, checked);
	const environment = listEnvironment(record);
	const RingClass = specialize(ringCode, environment, 'list-ring');
	const walks = specialize(walkCode, environment, 'list-walks');
	const ListNodes = specialize(listCode, { ...environment, RingClass, walks }, 'list-nodes');
	const mergeSort = mergeSorts(record);
	const OrderedList = specialize(orderCode, { ...environment, ListNodes, walks, mergeSort, radixSort }, 'list-order');
	const EmplaceList = withEmplaceCalls(OrderedList, record);
	const List = specialize(rangeCode, { ...environment, EmplaceList, readColumns }, 'list-ranges');
	Object.defineProperty(List.prototype, internals.symbolDispose, {
		value: List.prototype.dispose,
		configurable: true,
		writable: true,
	});
	Object.setPrototypeOf(RingClass.prototype, ancestor);
	return List;
}
