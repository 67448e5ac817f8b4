import {
	array,
	bool,
	char,
	type FieldType,
	f32,
	f64,
	i8,
	i16,
	i32,
	i64,
	type Struct,
	struct,
	u8,
	u16,
	u32,
	u64,
} from '@flux/core';
import fc from 'fast-check';

/**
 * Structs made at random, with records of them and what is read back: numbers wrapped as typed arrays wrap them, texts
 * with lone surrogates replaced.
 */

/** A field type, records for it, and what each is read back as. */
export interface Kind {
	readonly type: FieldType;
	readonly values: fc.Arbitrary<unknown>;
	readonly readBack: (value: unknown) => unknown;
}

const numbers = fc.oneof(
	fc.double(),
	fc.integer(),
	fc.maxSafeInteger(),
	fc.constantFrom(
		0,
		-0,
		0.5,
		-0.5,
		127,
		128,
		255,
		256,
		65_535,
		65_536,
		2 ** 31,
		2 ** 32,
		-(2 ** 31) - 1,
		2 ** 53,
		1e300,
	),
);
const bigints = fc.oneof(
	fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
	fc.constantFrom(0n, -1n, 2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), 2n ** 64n - 1n, 2n ** 64n),
);

/** Wraps a number as this typed array does. */
function wrapIn(view: { [index: number]: number }): (value: unknown) => number {
	return (value) => {
		view[0] = value as number;
		return view[0];
	};
}

const numberKind = (type: FieldType, view: { [index: number]: number }): Kind => ({
	type,
	values: numbers,
	readBack: wrapIn(view),
});

export const scalarKinds: Readonly<Record<string, Kind>> = {
	i8: numberKind(i8, new Int8Array(1)),
	u8: numberKind(u8, new Uint8Array(1)),
	i16: numberKind(i16, new Int16Array(1)),
	u16: numberKind(u16, new Uint16Array(1)),
	i32: numberKind(i32, new Int32Array(1)),
	u32: numberKind(u32, new Uint32Array(1)),
	f32: numberKind(f32, new Float32Array(1)),
	f64: numberKind(f64, new Float64Array(1)),
	i64: { type: i64, values: bigints, readBack: (value) => BigInt.asIntN(64, value as bigint) },
	u64: { type: u64, values: bigints, readBack: (value) => BigInt.asUintN(64, value as bigint) },
	bool: { type: bool, values: fc.boolean(), readBack: (value) => value },
};

const encoder = new TextEncoder();

/** `char(length)` with texts that fit, many of them exactly. */
export function charKind(length: number): Kind {
	const fits = (text: string) => !text.includes('\0') && encoder.encode(text).length <= length;
	return {
		type: char(length),
		values: fc
			.oneof(
				fc.string({ maxLength: length }),
				fc.string({ unit: 'binary', maxLength: length }),
				fc.string({
					unit: fc.constantFrom('a', 'é', '€', '😀', '\ud800', '\udc00', '\ufeff', '\x7f'),
					maxLength: length,
				}),
			)
			// As much of it as fits.
			.map((text) => {
				let kept = text.replaceAll('\0', '');
				while (!fits(kept)) kept = kept.slice(0, -1);
				return kept;
			}),
		// A surrogate without its pair is no character, and UTF-8 has U+FFFD for it.
		readBack: (value) => (value as string).replace(/\p{Surrogate}/gu, '\ufffd'),
	};
}

export function arrayKind(element: Kind, length: number): Kind {
	return {
		type: array(element.type, length),
		values: fc.array(element.values, { minLength: length, maxLength: length, size: 'max' }),
		readBack: (values) => (values as unknown[]).map(element.readBack),
	};
}

export function structKind(fields: readonly (readonly [name: string, kind: Kind])[]): Kind & { type: Struct } {
	return {
		type: struct(...fields.map(([name, { type }]) => [name, type] as const)),
		values: fc.tuple(...fields.map(([, { values }]) => values)).map((values) => recordOf(fields, values)),
		readBack: (record) =>
			recordOf(
				fields,
				fields.map(([name, kind]) => kind.readBack((record as Record<string, unknown>)[name])),
			),
	};
}

/** A plain object with these fields as its own, whatever their names. */
function recordOf(fields: readonly (readonly [name: string, kind: Kind])[], values: readonly unknown[]): object {
	return Object.fromEntries(fields.map(([name], index) => [name, values[index]]));
}

/** Names that break code which is pasted together carelessly. */
export const hostileNames: readonly string[] = [
	...['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'toJSON', 'then'],
	...[
		'this',
		'node',
		'memory',
		'record',
		'value',
		'position',
		'view',
		'at',
		'f0',
		'f1',
		'f0_0',
		'arguments',
		'eval',
		'await',
	],
	...[
		'a\nb',
		'*/',
		'//',
		'\u2028',
		'\u2029',
		'\'"`$' + '{}',
		'"]; throw 1; ["',
		'\\',
		'\0',
		' ',
		'é',
		'😀',
		'\ud800',
		'-1',
		'1.5',
		'01x',
	],
	...[
		'#host',
		'get',
		'set',
		'static',
		'null',
		'undefined',
		'NaN',
		'length',
		'i32',
		'misfitsText',
		'explain',
		'stage0',
		'type0',
	],
];

const nameArb = fc.oneof(
	{ weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'e') },
	fc.constantFrom(...hostileNames),
);

/** Kinds of any depth up to three. */
export const kindArb: fc.Arbitrary<Kind> = fc.letrec<{ kind: Kind; struct: Kind }>((tie) => ({
	kind: fc.oneof(
		{ depthSize: 'small', maxDepth: 3 },
		{ weight: 6, arbitrary: fc.constantFrom(...Object.values(scalarKinds)) },
		{ weight: 2, arbitrary: fc.integer({ min: 1, max: 12 }).map(charKind) },
		{
			weight: 2,
			arbitrary: fc.tuple(tie('kind'), fc.integer({ min: 1, max: 3 })).map(([kind, length]) => arrayKind(kind, length)),
		},
		{ weight: 2, arbitrary: tie('struct') },
	),
	struct: fc
		.uniqueArray(fc.tuple(nameArb, tie('kind')), { minLength: 1, maxLength: 5, selector: ([name]) => name })
		.map(structKind),
})).kind;

/** Structs with any fields. */
export const structArb: fc.Arbitrary<Kind & { type: Struct }> = fc
	.uniqueArray(fc.tuple(nameArb, kindArb), { minLength: 1, maxLength: 6, selector: ([name]) => name })
	.map(structKind);
