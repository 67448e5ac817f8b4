import { describe } from '../describe.js';
import { ArgumentError, SnapshotError } from '../errors.js';
import type { Struct } from '../struct/struct.js';
import { checksum } from './checksum.js';

/*
 * A snapshot: one container's records as bytes, for a file, a message or another process. Docs: docs/guides/snapshots.md.
 *
 *   byte   name             holds
 *   -----  ---------------  --------------------------------------------------------------------------------
 *   0      MAGIC            89 46 4C 55 58 0D 0A 1A: no text, and changed by whatever changes line ends
 *   8      CHECKSUM         16 bytes: MurmurHash3_x86_128 with seed 0 of all bytes behind it
 *   24     BYTE_ORDER       01020304 hexadecimal: on a little-endian machine the bytes 04 03 02 01
 *   28     VERSION          1
 *   32     KIND             which container, by the numbers of SNAPSHOT_KINDS
 *   36     RECORD_BYTES     the struct's size
 *   40     STRIDE_BYTES     from one record to the next: RECORD_BYTES rounded up to a multiple of 4
 *   44     SIGNATURE_BYTES  of the struct's signature, without padding
 *   48     DETAILS_WORDS    words of what the container itself has to say
 *   52     COUNT            records
 *   56     LAYOUT_HASH      the first 8 bytes of MurmurHash3_x86_128 with seed 0 of the signature
 *   64     the signature, UTF-8, padded with zeros to a multiple of 8
 *   ..     the details, padded with zeros to a multiple of 8
 *   ..     the records, each a C struct padded with zeros to STRIDE_BYTES, in the order of the walk
 *
 * Every number is an unsigned 32-bit word in the byte order of the machine that wrote it, as the records are. Nearly all
 * machines are little-endian; one that is not refuses those snapshots by the mark, because turning them would need a
 * second way to read every type of field for a reader that hardly anyone has.
 *
 * Invariants: length = 64 + roundUp(SIGNATURE_BYTES, 8) + roundUp(DETAILS_WORDS x 4, 8) + COUNT x STRIDE_BYTES;
 * equal records in equal order give equal bytes, whatever happened to the container before.
 */
const MAGIC = Uint8Array.of(0x89, 0x46, 0x4c, 0x55, 0x58, 0x0d, 0x0a, 0x1a);
const CHECKSUM = 2;
const BYTE_ORDER = 6;
const VERSION = 7;
const KIND = 8;
const RECORD_BYTES = 9;
const STRIDE_BYTES = 10;
const SIGNATURE_BYTES = 11;
const DETAILS_WORDS = 12;
const COUNT = 13;
const LAYOUT_HASH = 14;
const HEADER_BYTES = 64;

const BYTE_ORDER_MARK = 0x01020304;
const TURNED_MARK = 0x04030201;
const THIS_VERSION = 1;
/** Characters of a signature that an error shows. */
const SHOWN = 200;

/** The containers that snapshots are of, by the number in the header. A number is never used for another one. */
export const SNAPSHOT_KINDS = {
	FluxList: 1,
	FluxOrderBook: 2,
	FluxQueue: 3,
	FluxHashMap: 4,
	FluxVector: 5,
	MatchingEngine: 6,
	FluxOrderBooks: 7,
} as const;

/** The name of a container that snapshots are of. */
export type SnapshotKind = keyof typeof SNAPSHOT_KINDS;

/** A snapshot on its way: the caller writes its records, or reads them. */
export interface Snapshot {
	/** The whole of it, as words. */
	readonly words: Int32Array<ArrayBuffer>;
	/** Where the details begin, an index into `words`. */
	readonly details: number;
	/** Where the records begin, an index into `words`. */
	readonly records: number;
	/** How many records there are. */
	readonly count: number;
}

/**
 * Makes room for the snapshot of `count` records, and writes all of it but details, records and checksum. O(1), but
 * for the memory, which is zero.
 *
 * @throws RangeError of the engine where it has no memory for that many bytes.
 */
export function beginSnapshot(kind: SnapshotKind, struct: Struct, count: number, detailsWords: number): Snapshot {
	const signature = encoder.encode(struct.signature);
	const plan = planOf(signature.length, detailsWords);
	const stride = strideOf(struct);
	const words = new Int32Array((plan.records + count * stride) / 4);
	const bytes = new Uint8Array(words.buffer);
	bytes.set(MAGIC);
	words[BYTE_ORDER] = BYTE_ORDER_MARK;
	words[VERSION] = THIS_VERSION;
	words[KIND] = SNAPSHOT_KINDS[kind];
	words[RECORD_BYTES] = struct.size;
	words[STRIDE_BYTES] = stride;
	words[SIGNATURE_BYTES] = signature.length;
	words[DETAILS_WORDS] = detailsWords;
	words[COUNT] = count;
	bytes.set(signature, HEADER_BYTES);
	words.set(layoutHash(words, signature.length), LAYOUT_HASH);
	return { words, details: plan.details / 4, records: plan.records / 4, count };
}

/** Writes the checksum, the last thing to be written, and returns the snapshot as bytes. O(bytes). */
export function sealSnapshot({ words }: Snapshot): Uint8Array<ArrayBuffer> {
	checksum(words, BYTE_ORDER, words.byteLength - BYTE_ORDER * 4, words, CHECKSUM);
	return new Uint8Array(words.buffer);
}

/** The checksum of a snapshot, as 32 hexadecimal digits. O(1). */
export function snapshotHash(bytes: Uint8Array): string {
	const sum = bytes.subarray(CHECKSUM * 4, BYTE_ORDER * 4);
	return Array.from(sum, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Checks that `bytes` are a whole snapshot of `kind` over records of `struct`, to the last bit, and returns where its
 * records are. O(bytes). The bytes are copied where they may change under the reader, or do not begin at a word.
 *
 * @throws ArgumentError when `bytes` is no Uint8Array.
 * @throws SnapshotError when they are anything else.
 */
export function openSnapshot(kind: SnapshotKind, struct: Struct, bytes: unknown): Snapshot {
	if (!isBytes(bytes)) {
		throw new ArgumentError(`restore was given ${describe(bytes)} for its bytes; pass the Uint8Array of a snapshot`);
	}
	checkMagic(bytes);
	const whole = inWords(bytes);
	const header = new Int32Array(whole.buffer, whole.byteOffset, HEADER_BYTES / 4);
	checkVersion(header);
	const plan = planOf(header[SIGNATURE_BYTES] >>> 0, header[DETAILS_WORDS] >>> 0);
	const count = header[COUNT] >>> 0;
	const length = plan.records + count * (header[STRIDE_BYTES] >>> 0);
	if (whole.length < length) throw truncated(whole.length, length);
	if (whole.length > length) {
		throw new SnapshotError(
			'corrupted',
			`the snapshot is ${length} bytes long by its header, and was given with ${whole.length}; pass its own bytes alone`,
		);
	}
	// A header whose lengths are damaged can end within a word.
	if (length % 4 !== 0) throw corrupted();
	const words = new Int32Array(whole.buffer, whole.byteOffset, length / 4);
	checkSum(words);
	checkKind(words, kind);
	checkStruct(words, struct);
	return { words, details: plan.details / 4, records: plan.records / 4, count };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Where details and records begin, in bytes. */
function planOf(signatureBytes: number, detailsWords: number): { details: number; records: number } {
	const details = HEADER_BYTES + roundUp(signatureBytes, 8);
	return { details, records: details + roundUp(detailsWords * 4, 8) };
}

function strideOf(struct: Struct): number {
	return roundUp(struct.size, 4);
}

function roundUp(bytes: number, unit: number): number {
	return Math.ceil(bytes / unit) * unit;
}

/** The two words that stand for the signature in `words`. */
function layoutHash(words: Int32Array, signatureBytes: number): Int32Array {
	const sum = new Int32Array(4);
	checksum(words, HEADER_BYTES / 4, signatureBytes, sum, 0);
	return sum.subarray(0, 2);
}

/** By its tag, because bytes from another realm are as good. */
function isBytes(value: unknown): value is Uint8Array {
	return ArrayBuffer.isView(value) && (value as Uint8Array)[Symbol.toStringTag] === 'Uint8Array';
}

/** The bytes in memory that is this reader's alone, and whose address is a multiple of 4; copied where it is not so. */
function inWords(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
	const isShared = Object.prototype.toString.call(bytes.buffer) !== '[object ArrayBuffer]';
	return isShared || bytes.byteOffset % 4 !== 0 ? new Uint8Array(bytes) : (bytes as Uint8Array<ArrayBuffer>);
}

function checkMagic(bytes: Uint8Array): void {
	const shown = Math.min(MAGIC.length, bytes.length);
	for (let index = 0; index < shown; index++) {
		if (bytes[index] === MAGIC[index]) continue;
		const found = Array.from(bytes.subarray(0, shown), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
		throw new SnapshotError(
			'foreign',
			`the bytes are no snapshot: they begin with ${found}; pass what snapshot() returned, read as bytes and not as text`,
		);
	}
	if (bytes.length < HEADER_BYTES) throw truncated(bytes.length, HEADER_BYTES);
}

function checkVersion(header: Int32Array): void {
	const mark = header[BYTE_ORDER] >>> 0;
	if (mark === TURNED_MARK) {
		throw new SnapshotError(
			'byte-order',
			'the snapshot was written on a machine of the other byte order; restore it on one like that, and send the records as JSON',
		);
	}
	if (mark !== BYTE_ORDER_MARK) throw corrupted();
	const version = header[VERSION] >>> 0;
	if (version !== THIS_VERSION) {
		throw new SnapshotError(
			'version',
			`the snapshot has version ${version} of the format, and this release reads version ${THIS_VERSION}; restore it by the release that wrote it`,
		);
	}
}

function checkSum(words: Int32Array): void {
	const found = new Int32Array(4);
	checksum(words, BYTE_ORDER, words.byteLength - BYTE_ORDER * 4, found, 0);
	if (found.some((word, index) => word !== words[CHECKSUM + index])) throw corrupted();
}

function checkKind(words: Int32Array, kind: SnapshotKind): void {
	const found = words[KIND] >>> 0;
	if (found === SNAPSHOT_KINDS[kind]) return;
	const name = Object.entries(SNAPSHOT_KINDS).find(([, number]) => number === found)?.[0];
	throw new SnapshotError(
		'kind',
		name === undefined
			? `the snapshot is of a container of kind ${found}, which this release does not know; restore it by the release that wrote it`
			: `the snapshot is of a ${name} and not of a ${kind}; restore it by ${name}.restore()`,
	);
}

function checkStruct(words: Int32Array, struct: Struct): void {
	const length = words[SIGNATURE_BYTES] >>> 0;
	const signature = encoder.encode(struct.signature);
	const found = new Uint8Array(words.buffer, words.byteOffset + HEADER_BYTES, length);
	if (length !== signature.length || found.some((byte, index) => byte !== signature[index])) {
		throw new SnapshotError(
			'struct',
			`the snapshot holds records of ${shorten(decoder.decode(found))} and was to be restored as ${shorten(struct.signature)}; pass the struct that it was written with`,
		);
	}
	const [first, second] = layoutHash(words, length);
	const agrees =
		words[LAYOUT_HASH] === first &&
		words[LAYOUT_HASH + 1] === second &&
		words[RECORD_BYTES] === struct.size &&
		words[STRIDE_BYTES] === strideOf(struct);
	if (!agrees) throw corrupted();
}

function truncated(found: number, wanted: number): SnapshotError {
	return new SnapshotError(
		'truncated',
		`the snapshot is cut off: ${found} of ${wanted} bytes are there; read or receive all of it`,
	);
}

function corrupted(): SnapshotError {
	return new SnapshotError(
		'corrupted',
		'the snapshot was damaged: its checksum is not that of its bytes; take it from a copy that is whole',
	);
}

function shorten(text: string): string {
	return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}
