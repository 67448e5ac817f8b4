import { type Heap, internals, type Struct } from '@flux/core';
import { readColumns } from '../common/columns.js';
import { HeapClasses } from '../common/heap-classes.js';
import { mergeSorts } from '../common/merge-sort.js';
import { radixSort } from '../common/radix-sort.js';
import { freeze } from '../common/sharing.js';
import { vectorCode } from './vector-code.js';
import { withEmplaceCalls } from './vector-emplace.js';
import { vectorEnvironment } from './vector-environment.js';
import { vectorOrderCode } from './vector-order-code.js';
import { type VectorClass, vectorRangeCode } from './vector-range-code.js';

const { elementRecord } = internals;
const classes = new HeapClasses<VectorClass>();

/**
 * The class of the vectors of one struct in `heap`; made once per struct and mode, and once more for a heap with code of
 * its own. All vectors inherit from `ancestor`, so that `instanceof` knows them.
 */
export function vectorClass(struct: Struct, checked: boolean, heap: Heap, ancestor: object): VectorClass {
	return classes.get(heap, struct, checked ? 'checked' : '', () =>
		makeVectorClass(elementRecord(struct, checked), heap.fixedMemory, ancestor),
	);
}

/** The same for vectors that are shared for reading: what would change one throws. */
export function frozenVectorClass(struct: Struct, checked: boolean, heap: Heap, ancestor: object): VectorClass {
	return classes.get(heap, struct, checked ? 'frozen checked' : 'frozen', () => {
		const Frozen = makeVectorClass(elementRecord(struct, checked).frozen, heap.fixedMemory, ancestor);
		freeze(Frozen.prototype, 'FluxVector', CHANGES, (source: InstanceType<VectorClass>) => {
			const copy = new (vectorClass(struct, checked, source.heap, ancestor))(source.heap);
			copy.copyFrom(source);
			return copy;
		});
		return Frozen;
	});
}

/** The calls that change a vector, or use the place behind its records. */
const CHANGES = [
	'appendRange',
	'assign',
	'binarySearch',
	'clear',
	'copyFrom',
	'emplace',
	'emplaceBack',
	'equalRange',
	'erase',
	'insert',
	'insertRange',
	'lowerBound',
	'popBack',
	'pushBack',
	'pushMany',
	'removeIf',
	'reserve',
	'resize',
	'set',
	'shrinkToFit',
	'sort',
	'sortBy',
	'swap',
	'tryPopBack',
	'upperBound',
];

function makeVectorClass(
	record: internals.ElementRecord,
	fixedMemory: internals.Memory | undefined,
	ancestor: object,
): VectorClass {
	const { specialize, beginSnapshot, sealSnapshot } = internals;
	const environment = vectorEnvironment(record, fixedMemory);
	const VectorRecords = specialize(vectorCode, environment, 'vector-records');
	const mergeSort = mergeSorts(record);
	const Ordered = specialize(vectorOrderCode, { ...environment, VectorRecords, mergeSort, radixSort }, 'vector-order');
	const EmplaceVector = withEmplaceCalls(Ordered, record);
	const Vector = specialize(
		vectorRangeCode,
		{ ...environment, EmplaceVector, readColumns, beginSnapshot, sealSnapshot },
		'vector-ranges',
	);
	Object.defineProperty(Vector.prototype, internals.symbolDispose, {
		value: Vector.prototype.dispose,
		configurable: true,
		writable: true,
	});
	Object.setPrototypeOf(VectorRecords.prototype, ancestor);
	return Vector;
}
