import { internals, OutOfMemoryError } from '@flux/core';
import { type DirectIndexClass, directIndexCode, directWords } from './direct-index-code.js';
import { type GroupIndexClass, groupIndexCode } from './group-index-code.js';
import { type IdIndexClass, idIndexCode } from './id-index-code.js';
import { type IndexEnvironment, type SlotsClass, slotsCode } from './slots-code.js';
import { type TextIndexClass, textIndexCode } from './text-index-code.js';
import { type WordIndexClass, wordIndexCode } from './word-index-code.js';

export type { DirectIndex, DirectIndexClass } from './direct-index-code.js';
export type { GroupIndex, GroupIndexClass } from './group-index-code.js';
export type { IdIndex, IdIndexClass } from './id-index-code.js';

/** Where the nodes of an index hold their keys, and where captured keys stand. */
export interface KeyPlace {
	/** Words from the beginning of a node to its key. */
	readonly keyOffset: number;
	/** Words of a key. */
	readonly keyWords: number;
	/** As many words as a key has. */
	readonly scratch?: Int32Array;
}

/**
 * The class of the indexes over nodes that hold a key of two words at `keyOffset`, made for one caller: code of its own,
 * so that no other container's keys slow it down. Call it once per kind of node, not per index.
 *
 * The caller stores the id in the node, then: `prepare()`, which may throw and may refresh the heap's views;
 * `add(low, high, node)` for an id that is not there; `find(low, high)`; `remove(node)` while the node still holds its id.
 */
export function idIndexClass(keyOffset: number, fixedMemory: internals.Memory | undefined): IdIndexClass {
	const environment = indexEnvironment({ keyOffset, keyWords: 2 }, fixedMemory);
	return internals.specialize(idIndexCode, { ...environment, Slots: slotsClass(environment) }, 'id-index');
}

/**
 * The class of the indexes over nodes that hold an id of two words at `keyOffset`, where ids are handed out in order. Called
 * as that of `idIndexClass`, with `locate` and `settle`, and `pull`, for two steps in one walk.
 */
export function groupIndexClass(keyOffset: number, fixedMemory: internals.Memory | undefined): GroupIndexClass {
	const environment = { keyOffset, fixedMemory, random, errors: { OutOfMemoryError } };
	return internals.specialize(groupIndexCode, environment, 'group-index');
}

/**
 * The same, where ids end in about the order in which they are handed out: by slots, with the groups below for what clashes.
 */
export function directIndexClass(keyOffset: number, fixedMemory: internals.Memory | undefined): DirectIndexClass {
	const words = { ...directWords, ID_LOW: keyOffset, ID_HIGH: keyOffset + 1 };
	const GroupIndex = groupIndexClass(keyOffset, fixedMemory);
	const environment = { words, GroupIndex, errors: { OutOfMemoryError } };
	return internals.specialize(directIndexCode, environment, 'direct-index');
}

/** The class of the indexes over nodes that hold a key of one word. */
export function wordIndexClass(keyOffset: number, fixedMemory: internals.Memory | undefined): WordIndexClass {
	const environment = indexEnvironment({ keyOffset, keyWords: 1 }, fixedMemory);
	return internals.specialize(wordIndexCode, { ...environment, Slots: slotsClass(environment) }, 'word-index');
}

/** The class of the indexes over nodes that hold a text of `keyWords` words, looked up by what stands in `scratch`. */
export function textIndexClass(place: Required<KeyPlace>, fixedMemory: internals.Memory | undefined): TextIndexClass {
	const environment = indexEnvironment(place, fixedMemory);
	return internals.specialize(textIndexCode, { ...environment, Slots: slotsClass(environment) }, 'text-index');
}

function slotsClass(environment: IndexEnvironment): SlotsClass {
	return internals.specialize(slotsCode, environment, 'slots');
}

function indexEnvironment(
	{ keyOffset, keyWords, scratch = new Int32Array(0) }: KeyPlace,
	fixedMemory: internals.Memory | undefined,
): IndexEnvironment {
	return { keyOffset, keyWords, scratch, fixedMemory, random, errors: { OutOfMemoryError } };
}

const drawn = new Int32Array(1);

/** 32 bits that nobody can foretell; where the engine has no source of such, as good as it has. */
function random(): number {
	const source = globalThis.crypto as Crypto | undefined;
	if (typeof source?.getRandomValues === 'function') source.getRandomValues(drawn);
	else drawn[0] = Math.floor(Math.random() * 4294967296);
	return drawn[0];
}
