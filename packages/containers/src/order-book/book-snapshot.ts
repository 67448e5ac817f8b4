import { f64, i32, internals, SnapshotError, struct, u32 } from '@flux/core';
import { Step } from './decimal.js';
import * as words from './layout.js';
import type { ReadingBook } from './reading-code.js';

/** An order in a snapshot. `owner` is -1 for what stands for a level that was set as a whole. */
export const BookRecord = struct({ lots: f64, idLow: u32, idHigh: u32, ticks: i32, owner: i32 });

/*
 * The details of a book's snapshot (`@flux/core`, snapshot.ts, draws what is around them), in words. The records behind
 * them are the orders in priority: buys from the best price, then sells, first come first.
 *
 *   word    name        holds
 *   ------  ----------  ------------------------------------------------------------------------------
 *   +0-1    SEQUENCE    how many events there were, as a double
 *   +2      LAST_TICKS  the price of the last trade; 0: none
 *   +3      TRADED      1: there was a trade
 *   +4      SELF        what happens where an order would trade with one of its own owner
 *   +5      BUYS        how many of the records are buys
 *   +6-7    zeros
 *   +8-17   TICK_SIZE   the tick size as text, padded with zeros
 *   +18-27  LOT_SIZE    the lot size as text, padded with zeros
 */
const SEQUENCE = 0;
const LAST_TICKS = 2;
const TRADED = 3;
const SELF = 4;
const BUYS = 5;
const TICK_SIZE = 8;
const LOT_SIZE = 18;
const DETAILS_WORDS = 28;
const TEXT_BYTES = 40;

/*
 * A record, in words:  +0-1 lots  +2 idLow  +3 idHigh  +4 ticks  +5 owner
 */
const RECORD_WORDS = BookRecord.size / 4;

/** What a snapshot says of a book beside its orders. */
export interface BookTerms {
	readonly tickSize: Step;
	readonly lotSize: Step;
	readonly self: number;
}

/** A book as bytes. O(orders). */
export function saveBook(book: ReadingBook, { tickSize, lotSize }: BookTerms): Uint8Array<ArrayBuffer> {
	const snapshot = internals.beginSnapshot('FluxOrderBook', BookRecord, book.size, DETAILS_WORDS);
	const { words: out, details } = snapshot;
	const doubles = new Float64Array(out.buffer, 0, out.length >> 1);
	const { i32: memory, f64: lots } = book.memory;
	doubles[(details + SEQUENCE) >> 1] = lots[(book.book + words.SEQUENCE) >> 1];
	out[details + LAST_TICKS] = memory[book.book + words.LAST_TICKS];
	out[details + TRADED] = memory[book.book + words.TRADED];
	out[details + SELF] = memory[book.book + words.SELF];
	writeText(out, details + TICK_SIZE, tickSize.text);
	writeText(out, details + LOT_SIZE, lotSize.text);
	let at = snapshot.records;
	for (const ladder of [book.book + words.BIDS, book.book + words.ASKS]) {
		const flip = memory[ladder + words.FLIP];
		for (let level = memory[ladder + words.BEST]; level !== 0; level = book.nextLevel(level)) {
			const ticks = memory[level + words.KEY] ^ flip;
			for (let order = memory[level + words.NEXT]; order !== level; order = memory[order + words.NEXT]) {
				doubles[at >> 1] = lots[(order + words.LOTS) >> 1];
				out[at + 2] = memory[order + words.ID_LOW];
				out[at + 3] = memory[order + words.ID_HIGH];
				out[at + 4] = ticks;
				out[at + 5] = memory[order + words.TAG];
				at += RECORD_WORDS;
			}
		}
		if (flip !== 0) out[details + BUYS] = (at - snapshot.records) / RECORD_WORDS;
	}
	return internals.sealSnapshot(snapshot);
}

/** The terms of the book that `bytes` are of, and a function that fills an empty book. Throws SnapshotError. */
export function openBook(bytes: Uint8Array): { terms: BookTerms; fill: (book: ReadingBook) => void } {
	const snapshot = internals.openSnapshot('FluxOrderBook', BookRecord, bytes);
	const { words: source, details } = snapshot;
	if (snapshot.records - details !== DETAILS_WORDS) throw damaged('its details have another length');
	const self = source[details + SELF];
	if (self < 0 || self > 4) throw damaged(`its rule for trades with oneself is number ${self}`);
	return {
		terms: { tickSize: readStep(source, details + TICK_SIZE), lotSize: readStep(source, details + LOT_SIZE), self },
		fill: (book) => fillBook(book, snapshot),
	};
}

function fillBook(book: ReadingBook, { words: source, details, records, count }: internals.Snapshot): void {
	// A copy where the bytes begin in the middle of a double.
	const aligned = source.byteOffset % 8 === 0 ? source : source.slice();
	const doubles = new Float64Array(aligned.buffer, aligned.byteOffset, aligned.length >> 1);
	const sequence = doubles[(details + SEQUENCE) >> 1];
	const traded = source[details + TRADED];
	const buys = source[details + BUYS];
	const isWhole = Number.isSafeInteger(sequence) && sequence >= 0 && traded >> 1 === 0 && buys >= 0 && buys <= count;
	if (!isWhole || (traded === 0 && source[details + LAST_TICKS] !== 0)) throw damaged('its figures do not agree');
	book.estate.orders.reserve(count);
	book.index.reserve(count);
	let lastKey = -Infinity;
	for (let ordinal = 0; ordinal < count; ordinal++) {
		const at = records + ordinal * RECORD_WORDS;
		const side = ordinal < buys ? 0 : 1;
		const lots = doubles[at >> 1];
		const low = source[at + 2];
		const high = source[at + 3];
		const ticks = source[at + 4];
		const tag = source[at + 5];
		const key = side === 0 ? ~ticks : ticks;
		if (ordinal === buys) lastKey = -Infinity;
		if (key < lastKey) throw damaged(`order ${ordinal} stands behind a worse price`);
		lastKey = key;
		if (!(lots >= 1 && lots <= words.MOST_LOTS) || Math.floor(lots) !== lots)
			throw damaged(`order ${ordinal} is of ${lots} lots`);
		const isAnonymous = tag === words.ANONYMOUS;
		if (tag < words.ANONYMOUS || isAnonymous !== ((low | high) === 0)) throw damaged(`order ${ordinal} has no id`);
		if (!isAnonymous && book.index.find(low, high) !== 0) throw damaged(`order ${ordinal} has the id of another`);
		book.prepareOrder();
		const level = book.openLevel(book.book + words.BIDS + (side << 3), key);
		const { f64: lotsOf } = book.memory;
		const total = lotsOf[(level + words.LOTS) >> 1] + lots;
		if (total > words.MOST_LOTS) throw damaged('the orders of a level have too many lots');
		book.linkLast(level, book.takeOrder(low, high, lots, tag));
		lotsOf[(level + words.LOTS) >> 1] = total;
	}
	const { i32, f64 } = book.memory;
	f64[(book.book + words.SEQUENCE) >> 1] = sequence;
	i32[book.book + words.LAST_TICKS] = source[details + LAST_TICKS];
	i32[book.book + words.TRADED] = traded;
}

function damaged(problem: string): SnapshotError {
	return new SnapshotError('corrupted', `the snapshot is of no book: ${problem}; take it from a copy that is whole`);
}

function writeText(out: Int32Array, at: number, text: string): void {
	new Uint8Array(out.buffer, out.byteOffset + at * 4, TEXT_BYTES).set(new TextEncoder().encode(text));
}

/** The step that stands at `at` as text. Throws SnapshotError. */
export function readStep(source: Int32Array, at: number): Step {
	const bytes = new Uint8Array(source.buffer, source.byteOffset + at * 4, TEXT_BYTES);
	const text = new TextDecoder().decode(bytes).replace(/\0+$/, '');
	try {
		const step = new Step(text, 'a step');
		if (step.text === text) return step;
	} catch {
		// Refused below, as what it is here.
	}
	throw damaged(`a step of it is '${text}'`);
}
