import { ClosedError, type internals, RetiredError } from '@flux/core';
import { positionBits, type RingKind, sharedQueueWords, slotStates, stageWords } from './layout.js';
import { QueueEnd } from './queue-end.js';

/** Everything that the code of a ring uses, as one object: evaluated again per struct, it can see nothing else. */
export interface SharedQueueEnvironment {
	/** Where each word lies, what the states of a slot are, and which ends there are many of: literals of the specialised code. */
	readonly words: typeof sharedQueueWords &
		typeof slotStates & {
			readonly STRIDE: number;
			readonly STAGE_WORDS: number;
			readonly MANY_PRODUCERS: boolean;
			readonly MANY_CONSUMERS: boolean;
			readonly OVERWRITES: boolean;
			/** Bits of TAIL and HEAD that are a position; where these are not all, the last one is a flag. */
			readonly POSITION: number;
			readonly IS_JOINED: boolean;
		};
	readonly errors: { readonly ClosedError: typeof ClosedError; readonly RetiredError: typeof RetiredError };
	readonly QueueEnd: typeof QueueEnd;
}

/** The environment of the rings of one record and kind. */
export function sharedQueueEnvironment(record: internals.NodeRecord, kind: RingKind): SharedQueueEnvironment {
	return {
		words: {
			...sharedQueueWords,
			...slotStates,
			STRIDE: record.strideWords,
			STAGE_WORDS: stageWords(record.strideWords),
			MANY_PRODUCERS: kind.manyProducers,
			MANY_CONSUMERS: kind.manyConsumers,
			OVERWRITES: kind.overwrites,
			POSITION: positionBits(kind),
			IS_JOINED: positionBits(kind) !== -1,
		},
		errors: { ClosedError, RetiredError },
		QueueEnd,
	};
}
