import { HandleError, internals, type Struct } from '@flux/core';
import { readSignature, signatureOf, upToLines } from '../common/shared-block.js';
import { type Bell, WAITING } from '../shared-queue/waiting.js';

/*
 * A cell is one SharedArrayBuffer. In words of four bytes:
 *
 *     word       what        who writes it, and when
 *     0          MAGIC       the maker, once, like all up to word 15
 *     1          LAYOUT      the version of this layout
 *     2          STRIDE      words per value
 *     3          VALUES      the word where the values begin
 *     4          SIGNATURE   bytes of the struct's signature
 *     16         MEMBERS     attachments so far, the maker's first; share() adds
 *     17         WRITER      the member that stores, 0 for nobody
 *     18         DESERTED    1: the last writer died, if there is none now
 *     32         VERSION     how many values were stored; the writer
 *     64         FLAG        1: somebody waits for a change; 2: closed
 *     65         EVENT       counts the wake-ups
 *     96         the signature, as UTF-8
 *     VALUES     four values, each on lines of its own: version v is in the one of its two low bits
 */
export const cellWords = {
	MAGIC: 0,
	LAYOUT: 1,
	STRIDE: 2,
	VALUES: 3,
	SIGNATURE: 4,
	MEMBERS: 16,
	WRITER: 17,
	DESERTED: 18,
	VERSION: 32,
	FLAG: 64,
	EVENT: 65,
	TEXT: 96,

	/** Values that are kept: a power of two. */
	KEPT: 4,
	/** Bits of FLAG. */
	WAITING,
	CLOSED: 2,
} as const;

/** Where threads wait for a change. */
export const changeBell: Bell = { word: cellWords.FLAG, bit: WAITING };

const MAGIC = 0x46_4c_58_43;
const LAYOUT_VERSION = 1;

/** How the values of a cell lie. */
export function valueRecord(struct: Struct, checked = false): internals.NodeRecord {
	return internals.slotRecord(struct, checked, 0);
}

/** Words from one value to the next. */
export function valueWords(record: internals.NodeRecord): number {
	return upToLines(record.strideWords);
}

/** Makes the memory of a cell; `version` is the first's predecessor: tests begin before the count comes back to 0. */
export function makeCellMemory(struct: Struct, version = 0): SharedArrayBuffer {
	const w = cellWords;
	const record = valueRecord(struct);
	const signature = signatureOf(struct);
	const values = upToLines(w.TEXT + Math.ceil(signature.length / 4));
	const buffer = new SharedArrayBuffer((values + w.KEPT * valueWords(record)) * 4);
	const i32 = new Int32Array(buffer);
	i32[w.LAYOUT] = LAYOUT_VERSION;
	i32[w.STRIDE] = record.strideWords;
	i32[w.VALUES] = values;
	i32[w.SIGNATURE] = signature.length;
	i32[w.MEMBERS] = 1;
	i32[w.VERSION] = version;
	new Uint8Array(buffer, w.TEXT * 4).set(signature);
	// Last: who attaches looks for it first.
	Atomics.store(i32, w.MAGIC, MAGIC);
	return buffer;
}

/** Throws HandleError for memory that is no cell of this struct. */
export function checkCellMemory(struct: Struct, buffer: SharedArrayBuffer): void {
	const w = cellWords;
	const i32 = new Int32Array(buffer);
	if (i32.length <= w.TEXT || Atomics.load(i32, w.MAGIC) !== MAGIC) {
		throw new HandleError(
			'foreign',
			'the memory of this handle holds no cell; pass what share() of a FluxCell returned',
		);
	}
	if (i32[w.LAYOUT] !== LAYOUT_VERSION) {
		throw new HandleError(
			'version',
			`the cell has layout version ${i32[w.LAYOUT]} and this library writes version ${LAYOUT_VERSION}; load the same version in all threads`,
		);
	}
	const signature = readSignature(buffer, w.TEXT, i32[w.SIGNATURE]);
	if (signature !== struct.signature || i32[w.STRIDE] !== valueRecord(struct).strideWords) {
		throw new HandleError(
			'struct',
			`the cell holds ${signature} and ${struct.signature} was passed; declare the same struct in all threads`,
		);
	}
}
