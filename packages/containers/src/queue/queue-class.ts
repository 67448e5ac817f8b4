import { type Heap, internals, type Struct } from '@flux/core';
import { readColumns } from '../common/columns.js';
import { HeapClasses } from '../common/heap-classes.js';
import { freeze } from '../common/sharing.js';
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
		makeQueueClass(internals.segmentRecord(struct, checked), heap.fixedMemory, ancestor),
	);
}

/** The same for queues that are shared for reading: what would change one throws. */
export function frozenQueueClass(struct: Struct, checked: boolean, heap: Heap, ancestor: object): QueueClass {
	return classes.get(heap, struct, checked ? 'frozen checked' : 'frozen', () => {
		const Frozen = makeQueueClass(internals.segmentRecord(struct, checked).frozen, heap.fixedMemory, ancestor);
		freeze(Frozen.prototype, 'FluxQueue', CHANGES, (source: InstanceType<QueueClass>) => {
			const { heap: its, capacity, whenFull } = source;
			const bound = Number.isFinite(capacity) ? capacity : 0;
			const copy = new (queueClass(struct, checked, its, ancestor))(its, bound, whenFull === 'overwrite');
			copy.copyFrom(source);
			return copy;
		});
		return Frozen;
	});
}

/** The calls that change a queue. */
const CHANGES = [
	'clear',
	'copyFrom',
	'drain',
	'emplace',
	'pop',
	'popMany',
	'push',
	'pushMany',
	'pushRange',
	'reserve',
	'shrinkToFit',
	'swap',
	'tryPop',
	'tryPush',
];

function makeQueueClass(
	record: internals.NodeRecord,
	fixedMemory: internals.Memory | undefined,
	ancestor: object,
): QueueClass {
	const { specialize } = internals;
	const environment = queueEnvironment(record, fixedMemory);
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
