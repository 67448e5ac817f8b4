import { type Heap, internals, type Struct } from '@flux/core';
import { readColumns } from '../common/columns.js';
import { containerEnvironment } from '../common/container-environment.js';
import { HeapClasses } from '../common/heap-classes.js';
import { mergeSorts } from '../common/merge-sort.js';
import { radixSort } from '../common/radix-sort.js';
import { ringCode } from '../common/ring-code.js';
import { freeze } from '../common/sharing.js';
import { walkCode } from '../common/walk-code.js';
import { withEmplaceCalls } from './emplace-code.js';
import { listCode } from './list-code.js';
import { orderCode } from './order-code.js';
import { type ListClass, rangeCode } from './range-code.js';

const { nodeRecord } = internals;
const classes = new HeapClasses<ListClass>();

/**
 * The class of the lists of one struct in `heap`; made once per struct and mode, and once more for a heap with code of its own.
 *
 * Layer over layer, each evaluated for this struct alone: nodes and links, walks, access, order, records, ranges.
 * All lists inherit from `ancestor`, so that `instanceof` knows them.
 */
export function listClass(struct: Struct, checked: boolean, heap: Heap, ancestor: object): ListClass {
	return classes.get(heap, struct, checked ? 'checked' : '', () =>
		makeListClass(nodeRecord(struct, checked), heap.fixedMemory, ancestor),
	);
}

/** The same for lists that are shared for reading: what would change one throws. */
export function frozenListClass(struct: Struct, checked: boolean, heap: Heap, ancestor: object): ListClass {
	return classes.get(heap, struct, checked ? 'frozen checked' : 'frozen', () => {
		const Frozen = makeListClass(nodeRecord(struct, checked).frozen, heap.fixedMemory, ancestor);
		freeze(Frozen.prototype, 'FluxList', CHANGES, (source: InstanceType<ListClass>) => {
			const copy = new (listClass(struct, checked, source.heap, ancestor))(source.heap);
			copy.copyFrom(source);
			return copy;
		});
		return Frozen;
	});
}

/** The calls that change a list. */
const CHANGES = [
	'appendRange',
	'assign',
	'clear',
	'compact',
	'copyFrom',
	'emplace',
	'emplaceBack',
	'emplaceFront',
	'erase',
	'insert',
	'insertRange',
	'merge',
	'popBack',
	'popFront',
	'prependRange',
	'pushBack',
	'pushFront',
	'pushMany',
	'remove',
	'removeIf',
	'reserve',
	'resize',
	'reverse',
	'set',
	'shrinkToFit',
	'sort',
	'sortBy',
	'splice',
	'swap',
	'tryPopBack',
	'tryPopFront',
	'unique',
];

function makeListClass(
	record: internals.NodeRecord,
	fixedMemory: internals.Memory | undefined,
	ancestor: object,
): ListClass {
	const { specialize, beginSnapshot, sealSnapshot } = internals;
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
