import { type Heap, internals, type Struct } from '@flux/core';
import { HeapClasses } from '../common/heap-classes.js';
import { ringCode } from '../common/ring-code.js';
import { freeze } from '../common/sharing.js';
import { walkCode } from '../common/walk-code.js';
import type { MapKey } from './hash-map-key.js';
import { idIndexClass, textIndexClass, wordIndexClass } from './index-classes.js';
import { type KeyEnvironment, type KeyedRingClass, longKeyCode, textKeyCode, wordKeyCode } from './key-code.js';
import { mapCode } from './map-code.js';
import { type MapEnvironment, mapEnvironment } from './map-environment.js';
import { loadMap, saveMap } from './map-snapshot.js';
import { withSetCalls } from './set-code.js';
import { type HashMapClass, wholeCode } from './whole-code.js';

const classes = new HeapClasses<HashMapClass>();

/**
 * The class of the maps in `heap` from one type of key to one struct; made once per key, struct and mode, and once more for
 * a heap with code of its own.
 *
 * Layer over layer, each evaluated for these maps alone: nodes and links, keys and index, access and walks, records, ranges.
 * All maps inherit from `ancestor`, so that `instanceof` knows them.
 */
export function hashMapClass(
	key: MapKey,
	struct: Struct,
	checked: boolean,
	heap: Heap,
	ancestor: object,
): HashMapClass {
	return classes.get(heap, struct, `${key.signature}${checked ? ' checked' : ''}`, () =>
		makeHashMapClass(key, internals.nodeRecord(struct, checked, key.words), heap.fixedMemory, ancestor),
	);
}

/** The same for maps that are shared for reading: what would change one throws. */
export function frozenHashMapClass(
	key: MapKey,
	struct: Struct,
	checked: boolean,
	heap: Heap,
	ancestor: object,
): HashMapClass {
	return classes.get(heap, struct, `${key.signature} frozen${checked ? ' checked' : ''}`, () => {
		const record = internals.nodeRecord(struct, checked, key.words).frozen;
		const Frozen = makeHashMapClass(key, record, heap.fixedMemory, ancestor);
		freeze(Frozen.prototype, 'FluxHashMap', CHANGES, (source: InstanceType<HashMapClass>) => {
			const copy = new (hashMapClass(key, struct, checked, source.heap, ancestor))(source.heap);
			copy.copyFrom(source);
			return copy;
		});
		return Frozen;
	});
}

/** The calls that change a map. */
const CHANGES = [
	'assign',
	'clear',
	'copyFrom',
	'delete',
	'deleteWords',
	'emplace',
	'emplaceWords',
	'erase',
	'insert',
	'insertOrAssign',
	'insertRange',
	'merge',
	'rehash',
	'rekey',
	'removeIf',
	'reserve',
	'set',
	'setAt',
	'shrinkToFit',
	'splice',
	'swap',
	'tryEmplace',
];

function makeHashMapClass(
	key: MapKey,
	record: internals.NodeRecord,
	fixedMemory: internals.Memory | undefined,
	ancestor: object,
): HashMapClass {
	const { specialize } = internals;
	const environment = mapEnvironment(record, key, fixedMemory);
	const RingClass = specialize(ringCode, environment, 'map-ring');
	const walks = specialize(walkCode, environment, 'map-walks');
	const KeyedRing = keyedRing(environment, RingClass);
	const MapNodes = specialize(mapCode, { ...environment, KeyedRing, walks }, 'map-nodes');
	const SetMap = withSetCalls(MapNodes, record, key.kind === 'long');
	const HashMap = specialize(wholeCode, { ...environment, SetMap, walks, saveMap, loadMap }, 'map-whole');
	Object.defineProperty(HashMap.prototype, internals.symbolDispose, {
		value: HashMap.prototype.dispose,
		configurable: true,
		writable: true,
	});
	Object.setPrototypeOf(RingClass.prototype, ancestor);
	return HashMap;
}

function keyedRing(environment: MapEnvironment, RingClass: KeyEnvironment<unknown>['RingClass']): KeyedRingClass {
	const { keyOffset, scratch, key, fixedMemory } = environment;
	const { specialize } = internals;
	switch (key.kind) {
		case 'word':
			return specialize(
				wordKeyCode,
				{ ...environment, RingClass, Index: wordIndexClass(keyOffset, fixedMemory) },
				'map-words',
			);
		case 'long':
			return specialize(
				longKeyCode,
				{ ...environment, RingClass, Index: idIndexClass(keyOffset, fixedMemory) },
				'map-longs',
			);
		case 'text': {
			const Index = textIndexClass({ keyOffset, keyWords: key.words, scratch }, fixedMemory);
			return specialize(textKeyCode, { ...environment, RingClass, Index }, 'map-texts');
		}
	}
}
