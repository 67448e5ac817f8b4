import { type Heap, internals, type Struct } from '@flux/core';
import { readColumns } from '../common/columns.js';
import { HeapClasses } from '../common/heap-classes.js';
import { batchCode, type QueueClass } from './batch-code.js';
import { columnsToFill } from './columns-to-fill.js';
import { withEnqueueCalls } from './enqueue-code.js';
import { queueCode } from './queue-code.js';
import { queueEnvironment } from './queue-environment.js';
import { queueWalkCode } from './queue-walk-code.js';
import { segmentsCode } from './segments-code.js';

const classes = new HeapClasses<QueueClass>();

/**
 * The class of the queues of one struct in `heap`.
 *
 * Layer over layer, each evaluated for this struct alone: segments, walks, records, enqueueing, batches. All queues inherit
 * from `ancestor`, so that `instanceof` knows them.
 */
export function queueClass(struct: Struct, checked: boolean, heap: Heap, ancestor: object): QueueClass {
	return classes.get(heap, struct, checked ? 'checked' : '', () =>
		makeQueueClass(struct, checked, heap.fixedMemory, ancestor),
	);
}

function makeQueueClass(
	struct: Struct,
	checked: boolean,
	fixedMemory: internals.Memory | undefined,
	ancestor: object,
): QueueClass {
	const { specialize, segmentRecord } = internals;
	const environment = queueEnvironment(segmentRecord(struct, checked), fixedMemory);
	const SegmentsClass = specialize(segmentsCode, environment, 'queue-segments');
	const walks = specialize(queueWalkCode, environment, 'queue-walks');
	const Records = specialize(queueCode, { ...environment, SegmentsClass, walks }, 'queue-records');
	const EnqueueQueue = withEnqueueCalls(Records, environment);
	const Queue = specialize(batchCode, { ...environment, EnqueueQueue, readColumns, columnsToFill }, 'queue-batches');
	Object.defineProperty(Queue.prototype, internals.symbolDispose, {
		value: Queue.prototype.dispose,
		configurable: true,
		writable: true,
	});
	Object.setPrototypeOf(SegmentsClass.prototype, ancestor);
	return Queue;
}
