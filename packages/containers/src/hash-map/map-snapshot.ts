import { FluxError, internals, SnapshotError } from '@flux/core';
import type { MapKey } from './hash-map-key.js';
import type { LongKeyedRing } from './key-code.js';
import type { MapNodes } from './map-code.js';

/*
 * What a map says in the details of its snapshot, in words; the records stand in the order in which keys came.
 *
 *   word        holds
 *   ----------  ---------------------------------------------------------------------------------------
 *   0           bytes of the name of the keys' type
 *   1 ..        that name, as `u64` or `char(8)`, padded with zeros to whole words
 *   behind it   the keys in the order of the records: one word, the low and the high word, or a text
 *               padded with zeros to whole words
 *
 * The table is not saved: it is made anew, so neither its size nor the random numbers of its hash show in the bytes.
 */

/** A map's records and keys as bytes. O(size). */
export function saveMap(map: MapNodes, key: MapKey, keyOffset: number): Uint8Array<ArrayBuffer> {
	map.checkAlive();
	const { size, header, layout: record } = map;
	const { NEXT } = internals.layout;
	const name = encoder.encode(key.signature);
	const snapshot = internals.beginSnapshot('FluxHashMap', record.struct, size, keysBegin(name) + size * key.words);
	const { words, details } = snapshot;
	words[details] = name.length;
	nameIn(snapshot, name.length).set(name);
	const { i32 } = map.memory;
	let keyAt = details + keysBegin(name);
	let at = snapshot.records;
	for (let node = i32[header + NEXT]; node !== header; node = i32[node + NEXT]) {
		for (let word = 0; word < key.words; word++) words[keyAt++] = i32[node + keyOffset + word];
		record.image.save(i32, node, words, at);
		at += record.image.words;
	}
	return internals.sealSnapshot(snapshot);
}

/**
 * Fills an empty map from a snapshot. O(bytes).
 *
 * @throws SnapshotError for keys of another type, and for keys that no map could have written; the map may hold some then.
 */
export function loadMap(map: MapNodes, key: MapKey, keyOffset: number, snapshot: internals.Snapshot): void {
	checkName(key, snapshot);
	const { words, details, records, count } = snapshot;
	const begin = keysBegin(encoder.encode(key.signature));
	// Details end at a multiple of 8 bytes.
	if (records - details !== Math.ceil((begin + count * key.words) / 2) * 2)
		throw wrongKey('there are not as many keys as records');
	const { image } = map.layout;
	map.reserve(count);
	const takeKey = keyTaker(map, key, snapshot);
	for (let index = 0; index < count; index++) {
		const keyAt = details + begin + index * key.words;
		const node = takeKey(keyAt);
		const { i32 } = map.memory;
		// A text that is not padded with zeros, or no UTF-8, is not what was read of it.
		for (let word = 0; word < key.words; word++)
			if (i32[node + keyOffset + word] !== words[keyAt + word])
				throw wrongKey(`key ${index + 1} is no ${key.signature}`);
		image.load(words, records + index * image.words, i32, node);
	}
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Where the keys begin behind a name, in words from the beginning of the details. */
function keysBegin(name: Uint8Array): number {
	return 1 + Math.ceil(name.length / 4);
}

function nameIn({ words, details }: internals.Snapshot, length: number): Uint8Array {
	return new Uint8Array(words.buffer, words.byteOffset + (details + 1) * 4, length);
}

/** Refuses keys of another type. */
function checkName(key: MapKey, snapshot: internals.Snapshot): void {
	const room = Math.max(0, snapshot.records - snapshot.details - 1) * 4;
	const length = room === 0 ? 0 : snapshot.words[snapshot.details] >>> 0;
	if (length === 0 || length > room) throw wrongKey('their type has no name');
	const found = decoder.decode(nameIn(snapshot, length));
	if (found === key.signature) return;
	throw new SnapshotError(
		'struct',
		`the snapshot holds keys of ${found.slice(0, 40)} and was to be restored with keys of ${key.signature}; pass the type that it was written with`,
	);
}

/** A function that adds the key at an index of the snapshot's words to the map, and returns its node. */
function keyTaker(map: MapNodes, key: MapKey, { words }: internals.Snapshot): (at: number) => number {
	const add = (value: unknown): number => {
		let known: number;
		try {
			known = map.seek(value);
		} catch (error) {
			if (!(error instanceof FluxError)) throw error;
			throw wrongKey(`one of them is ${internals.describe(value)}, which is no ${key.signature}`);
		}
		if (known !== 0) throw wrongKey(`${internals.describe(map.keyOf(known))} is there twice`);
		return map.add(value);
	};
	switch (key.kind) {
		case 'word':
			return key.signed ? (at) => add(words[at]) : (at) => add(words[at] >>> 0);
		case 'long': {
			const long = map as MapNodes & LongKeyedRing;
			return (at) => {
				const known = long.seekWords(words[at], words[at + 1]);
				if (known !== 0) throw wrongKey(`${internals.describe(map.keyOf(known))} is there twice`);
				return map.add(0);
			};
		}
		case 'text': {
			const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
			return (at) => add(internals.readText(bytes, at * 4, Number(key.most)));
		}
	}
}

function wrongKey(what: string): SnapshotError {
	return new SnapshotError(
		'corrupted',
		`the snapshot was written wrongly, although its checksum is right: of its keys, ${what}; take it from what snapshot() returned`,
	);
}
