import {
	ArgumentError,
	CorruptionError,
	DisposedError,
	EmptyError,
	EndError,
	FluxError,
	type Heap,
	HeapMismatchError,
	internals,
	NodeError,
	RecordError,
	WalkError,
} from '@flux/core';
import { gone, leave } from './moved.js';

/** Everything that the code of containers uses, as one object: evaluated again per struct, it can see nothing else. */
export interface ContainerEnvironment {
	/** Where each word of a node, ring and pool lies, and whether nodes carry a generation: literals of the specialised code. */
	readonly words: typeof internals.layout.words & { readonly CHECKED: boolean };
	/** The errors that containers throw. */
	readonly errors: typeof containerErrors;
	/** How records lie in nodes. */
	readonly record: internals.NodeRecord;
	/** A value as the text of an error shows it. */
	readonly shown: typeof internals.shown;
	/** A copy that JSON can hold. */
	readonly toJson: typeof internals.toJson;
	/** Whether nodes carry a generation and fields are range-checked. */
	readonly checked: boolean;
	/** The memory of the heap that this code is made for; undefined where it serves lists in any heap. */
	readonly fixedMemory: internals.Memory | undefined;
	/** What errors call the container: the name of its class, and a word for it. */
	readonly title: string;
	readonly noun: string;
	/** Sees to it that a list which is dropped and collected gives its nodes back. */
	adopt(list: object, heap: Heap, nodes: internals.NodePool, header: number): void;
	/** Ends that, because the list gives them back itself. */
	forget(list: object): void;
	/** Notes that what the list held is another thread's now. */
	leave(list: object): void;
	/** Why a list that stands on nothing cannot be used; `what` as in "this FluxList". */
	gone(list: object, what: string): Error;
}

/** How a container begins over nodes that are there: those of one that is being filled for it, or that came from a thread. */
export interface RingPlace {
	/** Its pool of nodes. */
	readonly nodes: internals.NodePool;
	/** The header of its ring; 0: it gets a new one. */
	readonly header: number;
	/** The header of its index; 0: it gets a new one, if it has one. */
	readonly index: number;
	/** Whether it only reads: what it stands on is then given back by its owner. */
	readonly reads: boolean;
}

const containerErrors = {
	ArgumentError,
	CorruptionError,
	DisposedError,
	EmptyError,
	EndError,
	FluxError,
	HeapMismatchError,
	NodeError,
	RecordError,
	WalkError,
} as const;

/** The environment of the containers of one record; a list, unless it is told otherwise. */
export function containerEnvironment(
	record: internals.NodeRecord,
	fixedMemory: internals.Memory | undefined,
): ContainerEnvironment {
	return {
		words: { ...internals.layout.words, CHECKED: record.checked },
		errors: containerErrors,
		record,
		checked: record.checked,
		title: 'FluxList',
		noun: 'list',
		shown: internals.shown,
		toJson: internals.toJson,
		fixedMemory,
		adopt,
		forget,
		leave,
		gone,
	};
}

interface Estate {
	readonly heap: Heap;
	readonly nodes: internals.NodePool;
	readonly header: number;
}

/** Runs when the event loop turns after a collection; `dispose` and `using` give nodes back at once. */
const estates = new FinalizationRegistry<Estate>(({ heap, nodes, header }) => {
	heap.closeRing(nodes, header);
});

function adopt(list: object, heap: Heap, nodes: internals.NodePool, header: number): void {
	estates.register(list, { heap, nodes, header }, list);
}

function forget(list: object): void {
	estates.unregister(list);
}
