import { type Heap, internals, type Struct } from '@flux/core';
import { readColumns } from '../common/columns.js';
import { containerEnvironment } from '../common/container-environment.js';
import { HeapClasses } from '../common/heap-classes.js';
import { mergeSorts } from '../common/merge-sort.js';
import { radixSort } from '../common/radix-sort.js';
import { ringCode } from '../common/ring-code.js';
import { walkCode } from '../common/walk-code.js';
import { withEmplaceCalls } from './emplace-code.js';
import { listCode } from './list-code.js';
import { orderCode } from './order-code.js';
import { type ListClass, rangeCode } from './range-code.js';

const classes = new HeapClasses<ListClass>();

/**
 * The class of the lists of one struct in `heap`; made once per struct and mode, and once more for a heap with code of its own.
 *
 * Layer over layer, each evaluated for this struct alone: nodes and links, walks, access, order, records, ranges.
 * All lists inherit from `ancestor`, so that `instanceof` knows them.
 */
export function listClass(struct: Struct, checked: boolean, heap: Heap, ancestor: object): ListClass {
	return classes.get(heap, struct, checked ? 'checked' : '', () =>
		makeListClass(struct, checked, heap.fixedMemory, ancestor),
	);
}

function makeListClass(
	struct: Struct,
	checked: boolean,
	fixedMemory: internals.Memory | undefined,
	ancestor: object,
): ListClass {
	const { specialize, nodeRecord, beginSnapshot, sealSnapshot } = internals;
	const record = nodeRecord(struct, checked);
	const environment = containerEnvironment(record, fixedMemory);
	const RingClass = specialize(ringCode, environment, 'list-ring');
	const walks = specialize(walkCode, environment, 'list-walks');
	const ListNodes = specialize(listCode, { ...environment, RingClass, walks }, 'list-nodes');
	const mergeSort = mergeSorts(record);
	const OrderedList = specialize(orderCode, { ...environment, ListNodes, walks, mergeSort, radixSort }, 'list-order');
	const EmplaceList = withEmplaceCalls(OrderedList, record);
	const List = specialize(
		rangeCode,
		{ ...environment, EmplaceList, readColumns, beginSnapshot, sealSnapshot },
		'list-ranges',
	);
	Object.defineProperty(List.prototype, internals.symbolDispose, {
		value: List.prototype.dispose,
		configurable: true,
		writable: true,
	});
	Object.setPrototypeOf(RingClass.prototype, ancestor);
	return List;
}
