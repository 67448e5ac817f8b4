import { describe, expect, test } from 'vitest';
import { describe as shown } from '../describe.js';
import { StructError } from '../errors.js';
import { array, char, i32, u8, u32 } from './field-types.js';
import { isStruct, struct } from './struct.js';

/** Calls without types, as JavaScript does. */
const declare = struct as unknown as (...declaration: unknown[]) => unknown;

describe('struct()', () => {
	test.each<[string, unknown[], string]>([
		['no argument', [], 'no field'],
		['no field', [{}], 'no field'],
		['null', [null], 'no field'],
		['undefined', [undefined], 'no field'],
		['a number', [5], 'no field'],
		['an empty name', [{ '': u8 }], 'no name'],
		['an empty name in an entry', [['', u8]], 'no name'],
		['a name that is no text', [[5, u8]], 'field 5 has no name'],
		['a symbol for a name', [[Symbol('s'), u8]], 'Symbol(s)'],
		['a name that is a whole number', [{ a: u8, 7: u8 }], 'field 7 is named by a whole number'],
		['a name that looks like one', [['007', u8]], 'field 007'],
		[
			'a name that stands twice',
			[
				['a', u8],
				['b', u8],
				['a', i32],
			],
			'field a is declared twice',
		],
		[
			'a name that stands twice in an inner struct',
			[
				['x', u8],
				['__proto__', u8],
				['__proto__', u8],
			],
			'__proto__',
		],
		['no type', [{ price: undefined }], 'field price has the type undefined'],
		['null for a type', [{ price: null }], 'field price has the type null'],
		['a text for a type', [{ price: 'f64' }], 'field price has the type "f64"'],
		['a function for a type', [{ symbol: char }], 'field symbol'],
		['an object for a type', [{ price: { size: 8 } }], 'field price'],
		['an entry without a type', [['price']], 'field price has the type undefined'],
		['an object among entries', [['a', u8], { b: u8 }], 'among its entries'],
		['an array of entries', [[['a', u8]]], 'no name'],
	])('refuses %s, and says which field', (_, declaration, text) => {
		expect(() => declare(...declaration)).toThrow(StructError);
		expect(() => declare(...declaration)).toThrow(text);
		expect(() => declare(...declaration)).toThrow(expect.objectContaining({ code: 'FLUX_STRUCT' }));
	});

	test.each([0, -1, 1.5, Number.NaN, 65_536, Number.POSITIVE_INFINITY, '4', null, undefined])(
		'refuses the length %s',
		(length) => {
			expect(() => char(length as never)).toThrow(StructError);
			expect(() => char(length as never)).toThrow(`char() was given the length ${shown(length)}`);
			expect(() => array(u8, length as never)).toThrow(StructError);
		},
	);

	test.each([undefined, null, 5, 'u8', {}, char])('refuses an array of %s', (element) => {
		expect(() => array(element as never, 3)).toThrow(StructError);
	});

	test('takes fields by name or by entries, a single entry too', () => {
		expect(struct(['id', u32]).offsets).toEqual({ id: 0 });
		expect(struct({ id: u32, side: u8 }).offsets).toEqual(struct(['id', u32], ['side', u8]).offsets);
	});

	test('keeps the order of declaration', () => {
		const declared = struct({ z: u8, a: u8, m: u8, __proto: u8 });
		expect(declared.fields.map(({ name }) => name)).toEqual(['z', 'a', 'm', '__proto']);
	});

	test('has offsets by name, even for a field named __proto__', () => {
		const { offsets } = struct(['a', u8], ['__proto__', u32], ['toString', u8]);
		expect(Object.entries(offsets)).toEqual([
			['a', 0],
			['__proto__', 4],
			['toString', 8],
		]);
		expect(Object.getPrototypeOf(offsets)).toBe(Object.prototype);
	});

	test('is told from what only looks like a struct', () => {
		expect(isStruct(struct({ a: u8 }))).toBe(true);
		for (const other of [u8, char(3), array(u8, 2), {}, null, undefined, 5, 'struct', { shape: { kind: 'struct' } }]) {
			expect(isStruct(other)).toBe(false);
		}
	});
});
