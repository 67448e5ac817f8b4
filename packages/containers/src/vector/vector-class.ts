import { type Heap, internals, type Struct } from '@flux/core';
import { readColumns } from '../common/columns.js';
import { HeapClasses } from '../common/heap-classes.js';
import { mergeSorts } from '../common/merge-sort.js';
import { radixSort } from '../common/radix-sort.js';
import { vectorCode } from './vector-code.js';
import { withEmplaceCalls } from './vector-emplace.js';
import { vectorEnvironment } from './vector-environment.js';
import { vectorOrderCode } from './vector-order-code.js';
import { type VectorClass, vectorRangeCode } from './vector-range-code.js';

const classes = new HeapClasses<VectorClass>();

/**
 * The class of the vectors of one struct in `heap`; made once per struct and mode, and once more for a heap with code of
 * its own. All vectors inherit from `ancestor`, so that `instanceof` knows them.
 */
export function vectorClass(struct: Struct, checked: boolean, heap: Heap, ancestor: object): VectorClass {
	return classes.get(heap, struct, checked ? 'checked' : '', () =>
		makeVectorClass(struct, checked, heap.fixedMemory, ancestor),
	);
}

function makeVectorClass(
	struct: Struct,
	checked: boolean,
	fixedMemory: internals.Memory | undefined,
	ancestor: object,
): VectorClass {
	const { specialize, elementRecord, beginSnapshot, sealSnapshot } = internals;
	const record = elementRecord(struct, checked);
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
