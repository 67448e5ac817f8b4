import { type Heap, internals, KeyError } from '@flux/core';
import { type ContainerEnvironment, containerEnvironment } from '../common/container-environment.js';
import type { MapKey } from './hash-map-key.js';
import type { Slots } from './slots-code.js';

/** Everything that the code of a map uses beside what all containers of nodes use. */
export interface MapEnvironment extends Omit<ContainerEnvironment, 'errors'> {
	readonly errors: ContainerEnvironment['errors'] & { readonly KeyError: typeof KeyError };
	/** How keys lie in nodes. */
	readonly key: MapKey;
	/** The offset in words of the key in a node. */
	readonly keyOffset: number;
	/** A captured key of more than one word. */
	readonly scratch: Int32Array;
	readonly text: typeof text;
}

const text = {
	readText: internals.readText,
	textMisfit: internals.textMisfit,
	writeText: internals.writeText,
};

/** The environment of the maps from one type of key to one record. */
export function mapEnvironment(
	record: internals.NodeRecord,
	key: MapKey,
	fixedMemory: internals.Memory | undefined,
): MapEnvironment {
	const environment = containerEnvironment(record, fixedMemory);
	return {
		...environment,
		errors: { ...environment.errors, KeyError },
		title: 'FluxHashMap',
		noun: 'map',
		key,
		keyOffset: record.checked ? internals.layout.CHECKED_NODE_HEADER_BYTES / 4 : internals.layout.NODE_HEADER_BYTES / 4,
		scratch: scratchOf(key.words),
		text,
		adopt,
		forget,
	};
}

const scratches = new Map<number, Int32Array>();

/** As many words for a captured key. One for all maps, because nothing of the user's runs while a key stands there. */
function scratchOf(words: number): Int32Array {
	const known = scratches.get(words) ?? new Int32Array(words);
	scratches.set(words, known);
	return known;
}

interface Estate {
	readonly heap: Heap;
	readonly nodes: internals.NodePool;
	readonly header: number;
	readonly index: Slots;
}

/** Runs when the event loop turns after a collection; `dispose` and `using` give nodes and tables back at once. */
const estates = new FinalizationRegistry<Estate>(({ heap, nodes, header, index }) => {
	heap.closeRing(nodes, header);
	index.dispose();
});

/** A map is adopted as soon as it has its index. */
function adopt(map: object, heap: Heap, nodes: internals.NodePool, header: number): void {
	const { index } = map as { readonly index?: Slots };
	if (index === undefined) return;
	heap.noteRoot(nodes.header, index.header, INDEX_BLOCKS);
	estates.register(map, { heap, nodes, header, index }, map);
}

/** The words of an index's header that lead to tables: TABLE, OLD and NEXT. */
const INDEX_BLOCKS = (1 << 0) | (1 << 7) | (1 << 12);

function forget(map: object): void {
	estates.unregister(map);
}
