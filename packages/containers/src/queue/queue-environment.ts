import { FullError, internals } from '@flux/core';
import { type ContainerEnvironment, containerEnvironment } from '../common/container-environment.js';
import { queueWords, type SegmentPlan, segmentPlan } from './layout.js';

/** Everything that the code of a queue uses beside what all containers use. */
export interface QueueEnvironment extends Omit<ContainerEnvironment, 'words' | 'errors'> {
	readonly words: ContainerEnvironment['words'] & typeof queueWords & Omit<SegmentPlan, 'segmentWords'>;
	readonly errors: ContainerEnvironment['errors'] & { readonly FullError: typeof FullError };
	/** Words of a segment, and the name of the pool that it comes from. */
	readonly segmentWords: number;
	readonly poolName: string;
	readonly beginSnapshot: typeof internals.beginSnapshot;
	readonly sealSnapshot: typeof internals.sealSnapshot;
}

/** The environment of the queues of one record. */
export function queueEnvironment(
	record: internals.NodeRecord,
	fixedMemory: internals.Memory | undefined,
): QueueEnvironment {
	const environment = containerEnvironment(record, fixedMemory);
	const { segmentWords, ...plan } = segmentPlan(record.strideWords);
	return {
		...environment,
		words: { ...environment.words, ...queueWords, ...plan },
		errors: { ...environment.errors, FullError },
		segmentWords,
		poolName: `segments of ${segmentWords * 4} bytes`,
		beginSnapshot: internals.beginSnapshot,
		sealSnapshot: internals.sealSnapshot,
	};
}
