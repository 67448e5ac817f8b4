import { type Heap, internals, SnapshotError } from '@flux/core';
import type { FriendlyBook } from '../friendly-calls.js';
import { SEQUENCE } from '../layout.js';
import { FluxOrderBook } from '../order-book.js';
import { EngineCore } from './engine-core.js';
import { disposeParts, openParts, PARTS, Waiting } from './parts.js';

/*
 * The details of an engine's snapshot (`@flux/core`, snapshot.ts, draws what is around them), in words. There are no
 * records.
 *
 *   word    name     holds
 *   ------  -------  --------------------------------------------------------------------------------------
 *   +0      TIME     what the clock says, unsigned
 *   +1      CALLING  1: an auction is called
 *   +2      COUNT    how many snapshots follow: that of the book, and those of PARTS
 *   +3..    LENGTHS  their lengths in bytes, COUNT of them
 *   ..      the snapshots, each padded with zeros to a multiple of 4 bytes
 */
const TIME = 0;
const CALLING = 1;
const COUNT = 2;
const LENGTHS = 3;

/** An engine and its book as bytes. O(orders). */
export function saveEngine(core: EngineCore): Uint8Array<ArrayBuffer> {
	const parts = PARTS.map((name) => core.parts[name]);
	// How often a part was changed tells of nothing, and counts commands that found no memory and were taken back.
	for (const part of parts) if ('sequence' in part) part.memory.f64[(part.book + SEQUENCE) >> 1] = 0;
	const sections = [core.inside.snapshot(), ...parts.map((part) => part.snapshot())];
	const words = sections.reduce((sum, { length }) => sum + Math.ceil(length / 4), LENGTHS + sections.length);
	const snapshot = internals.beginSnapshot('MatchingEngine', Waiting, 0, words);
	const { words: out, details } = snapshot;
	const bytes = new Uint8Array(out.buffer);
	out[details + TIME] = core.time;
	out[details + CALLING] = Number(core.isCalling);
	out[details + COUNT] = sections.length;
	let at = details + LENGTHS + sections.length;
	for (const [each, section] of sections.entries()) {
		out[details + LENGTHS + each] = section.length;
		bytes.set(section, at * 4);
		at += Math.ceil(section.length / 4);
	}
	return internals.sealSnapshot(snapshot);
}

/** The engine that `saveEngine` wrote, over a book of its own. Throws SnapshotError, and holds nothing then. */
export function openEngine(bytes: Uint8Array, heap: Heap): EngineCore {
	const { words, details, records } = internals.openSnapshot('MatchingEngine', Waiting, bytes);
	const calling = words[details + CALLING];
	if (calling >>> 1 !== 0) throw damaged(`it says ${calling} of whether an auction is called`);
	const count = words[details + COUNT];
	if (count !== PARTS.length + 1) throw damaged(`it has ${count} parts`);
	const sections: Uint8Array[] = [];
	const all = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
	let at = details + LENGTHS + count;
	for (let each = 0; each < count; each++) {
		const length = words[details + LENGTHS + each];
		if (!(length >= 0 && at * 4 + length <= records * 4)) throw damaged(`part ${each} is of ${length} bytes`);
		sections.push(all.subarray(at * 4, at * 4 + length));
		at += Math.ceil(length / 4);
	}
	const book = FluxOrderBook.restore(sections[0], { heap });
	try {
		const parts = openParts(heap, sections.slice(1));
		const core = new EngineCore(book as unknown as FriendlyBook, parts);
		core.time = words[details + TIME] >>> 0;
		core.isCalling = calling === 1;
		const faults = core.faults();
		if (faults.length === 0) return core;
		disposeParts(parts);
		throw damaged(faults[0]);
	} catch (error) {
		book.dispose();
		throw error;
	}
}

function damaged(problem: string): SnapshotError {
	return new SnapshotError('corrupted', `the snapshot is of no engine: ${problem}; take it from a copy that is whole`);
}
