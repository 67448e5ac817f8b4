import {
	ArgumentError,
	CorruptionError,
	DisposedError,
	EmptyError,
	type Heap,
	HeapMismatchError,
	internals,
	OutOfMemoryError,
	PositionError,
	RecordError,
	WalkError,
} from '@flux/core';
import { gone, leave } from '../common/moved.js';
import { vectorWords } from './layout.js';

/** Everything that the code of a vector uses, as one object: evaluated again per struct, it can see nothing else. */
export interface VectorEnvironment {
	/** Where each word lies, and how many words a record takes: literals of the specialised code. */
	readonly words: typeof vectorWords & { readonly STRIDE: number };
	/** The errors that vectors throw. */
	readonly errors: typeof vectorErrors;
	/** A value as messages show it. */
	readonly describe: typeof internals.describe;
	/** How records lie side by side. */
	readonly record: internals.ElementRecord;
	/** A copy that JSON can hold. */
	readonly toJson: typeof internals.toJson;
	/** The memory of the heap that this code is made for; undefined where it serves vectors in any heap. */
	readonly fixedMemory: internals.Memory | undefined;
	/** Sees to it that a vector which is dropped and collected gives its memory back. */
	adopt(vector: object, heap: Heap, header: number): void;
	/** Ends that, because the vector gives it back itself. */
	forget(vector: object): void;
	/** Notes that what the vector held is another thread's now. */
	leave(vector: object): void;
	/** Why a vector that stands on nothing cannot be used. */
	gone(vector: object, what: string): Error;
	/** Gives a vector's block and header back. */
	release(heap: Heap, header: number): void;
}

const vectorErrors = {
	ArgumentError,
	CorruptionError,
	DisposedError,
	EmptyError,
	HeapMismatchError,
	OutOfMemoryError,
	PositionError,
	RecordError,
	WalkError,
} as const;

/** The environment of the vectors of one record. */
export function vectorEnvironment(
	record: internals.ElementRecord,
	fixedMemory: internals.Memory | undefined,
): VectorEnvironment {
	return {
		words: { ...vectorWords, STRIDE: record.strideWords },
		errors: vectorErrors,
		describe: internals.describe,
		record,
		toJson: internals.toJson,
		fixedMemory,
		adopt,
		forget,
		leave,
		gone,
		release,
	};
}

/** Runs when the event loop turns after a collection; `dispose` and `using` give memory back at once. */
const estates = new FinalizationRegistry<{ heap: Heap; header: number }>(({ heap, header }) => {
	release(heap, header);
});

function adopt(vector: object, heap: Heap, header: number): void {
	heap.noteRoot(0, header, 1 << vectorWords.DATA);
	estates.register(vector, { heap, header }, vector);
}

function forget(vector: object): void {
	estates.unregister(vector);
}

function release(heap: Heap, header: number): void {
	if (heap.disposed) return;
	const { i32 } = heap.memory;
	const block = i32[header + vectorWords.DATA];
	// Forgotten before it is given: who frees what a dead thread had must not free it once more, when it is another's.
	i32[header + vectorWords.DATA] = 0;
	if (block !== 0) heap.giveBlock(block);
	heap.closeHeader(header);
}
