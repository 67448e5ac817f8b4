import { createHash } from 'node:crypto';
import { internals, type Struct } from '@flux/core';
import fc from 'fast-check';

/** What tests of snapshots share: a reader of its own, written from the documentation, and damage of every kind. */

type Bytes = Uint8Array<ArrayBuffer>;

/** Where the words of a snapshot's header lie, in bytes, as docs/guides/snapshots.md has it. */
export const HEADER = {
	checksum: 8,
	byteOrder: 24,
	version: 28,
	kind: 32,
	recordBytes: 36,
	strideBytes: 40,
	signatureBytes: 44,
	detailsWords: 48,
	count: 52,
	layoutHash: 56,
	end: 64,
} as const;

const up = (bytes: number, unit: number) => Math.ceil(bytes / unit) * unit;

/** What a snapshot says of itself, read byte by byte. */
export function headerOf(bytes: Uint8Array): { signature: string; details: number; records: number; count: number } {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const signatureBytes = view.getUint32(HEADER.signatureBytes, true);
	const details = HEADER.end + up(signatureBytes, 8);
	return {
		signature: new TextDecoder().decode(bytes.slice(HEADER.end, HEADER.end + signatureBytes)),
		details,
		records: details + up(view.getUint32(HEADER.detailsWords, true) * 4, 8),
		count: view.getUint32(HEADER.count, true),
	};
}

/** Puts the right checksum on bytes that were changed: what a forger, or another program, would do. */
export function seal(bytes: Uint8Array): Uint8Array {
	const padded = new Int32Array(Math.ceil(bytes.length / 4));
	new Uint8Array(padded.buffer).set(bytes);
	internals.sealSnapshot({ words: padded, details: 0, records: 0, count: 0 });
	const sealed = new Uint8Array(padded.buffer, 0, bytes.length);
	return sealed.slice();
}

/** Writes a word of the header. */
export function withWord(bytes: Uint8Array, at: number, value: number): Bytes {
	const copy = new Uint8Array(bytes);
	new DataView(copy.buffer).setUint32(at, value, true);
	return copy;
}

/** One piece of damage; each takes what it needs, and may leave the bytes as they were. */
export interface Damage {
	kind: number;
	at: number;
	to: number;
	length: number;
	value: number;
}

export const damageArb: fc.Arbitrary<Damage[]> = fc.array(
	fc.record({
		kind: fc.nat(9),
		at: fc.oneof(fc.nat(HEADER.end), fc.nat()),
		to: fc.nat(),
		length: fc.oneof(fc.nat(8), fc.nat()),
		value: fc.oneof(fc.nat(255), fc.integer()),
	}),
	{ minLength: 1, maxLength: 3 },
);

const damages: ((bytes: Bytes, damage: Damage, other: Uint8Array) => Bytes)[] = [
	// A bit turned, a byte, a word.
	(bytes, { at, value }) => {
		bytes[at % bytes.length] ^= 1 << (value & 7);
		return bytes;
	},
	(bytes, { at, value }) => {
		bytes[at % bytes.length] = value;
		return bytes;
	},
	(bytes, { at, value }) => {
		if (bytes.length >= 4)
			new DataView(bytes.buffer).setInt32((Math.floor((at % bytes.length) / 4) * 4) % (bytes.length - 3), value, true);
		return bytes;
	},
	// Cut off at the end, at the beginning, in the middle.
	(bytes, { at }) => bytes.slice(0, at % bytes.length),
	(bytes, { at }) => bytes.slice(at % bytes.length),
	(bytes, { at, length }) => {
		const from = at % bytes.length;
		const rest = bytes.slice(from + (length % bytes.length));
		return join(bytes.slice(0, from), rest);
	},
	// A part said twice, a part overwritten by another, a part zeroed.
	(bytes, { at, length }) => {
		const from = at % bytes.length;
		return join(bytes.slice(0, from + (length % 64)), bytes.slice(from));
	},
	(bytes, { at, to, length }) => {
		bytes.copyWithin(to % bytes.length, at % bytes.length, (at % bytes.length) + (length % bytes.length));
		return bytes;
	},
	(bytes, { at, length }) => bytes.fill(0, at % bytes.length, (at % bytes.length) + (length % 64)),
	// The head of one snapshot on the body of another.
	(bytes, { at }, other) => {
		const cut = at % bytes.length;
		return join(bytes.slice(0, cut), other.slice(cut));
	},
];

/** The bytes after some damage. */
export function damaged(bytes: Uint8Array, damage: readonly Damage[], other: Uint8Array): Uint8Array {
	let result: Bytes = new Uint8Array(bytes);
	for (const each of damage) if (result.length > 0) result = damages[each.kind](result, each, other);
	return result;
}

function join(first: Uint8Array, second: Uint8Array): Bytes {
	const joined = new Uint8Array(first.length + second.length);
	joined.set(first);
	joined.set(second, first.length);
	return joined;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
	return Buffer.compare(a, b) === 0;
}

/** A short name for bytes, for messages. */
export function digest(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}

/** The bytes from one record to the next. */
export const strideOf = (struct: Struct) => up(struct.size, 4);
