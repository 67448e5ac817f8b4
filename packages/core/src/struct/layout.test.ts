import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../soak.testing.js';
import { compiler, layoutsOfC } from './c-compiler.testing.js';
import { array, bool, char, type FieldType, f32, f64, i8, i16, i32, i64, u8, u16, u32, u64 } from './field-types.js';
import { nodeRecord } from './node-record.js';
import { type Struct, struct } from './struct.js';

const scalars = [i8, u8, i16, u16, i32, u32, f32, f64, i64, u64, bool];

const typeArb: fc.Arbitrary<FieldType> = fc.letrec<{ type: FieldType }>((tie) => ({
	type: fc.oneof(
		{ depthSize: 'small', maxDepth: 3 },
		{ weight: 5, arbitrary: fc.constantFrom(...scalars) },
		{ weight: 2, arbitrary: fc.integer({ min: 1, max: 17 }).map(char) },
		{
			weight: 2,
			arbitrary: fc.tuple(tie('type'), fc.integer({ min: 1, max: 5 })).map(([type, length]) => array(type, length)),
		},
		{ weight: 2, arbitrary: fc.array(tie('type'), { minLength: 1, maxLength: 5 }).map(structOf) },
	),
})).type;

function structOf(types: readonly FieldType[]): Struct {
	return struct(...types.map((type, index) => [`f${index}`, type] as const));
}

const structArb = fc.array(typeArb, { minLength: 1, maxLength: 8 }).map(structOf);

const layoutOf = ({ size, alignment, offsets }: Struct) => ({ size, alignment, offsets: Object.values(offsets) });

const roundUp = (value: number, unit: number) => Math.ceil(value / unit) * unit;

describe('a struct', () => {
	test.each<[string, Struct, number, number, number[]]>([
		['one byte', struct({ a: u8 }), 1, 1, [0]],
		['a gap before a larger field', struct({ a: u8, b: i32 }), 8, 4, [0, 4]],
		['a gap at the end', struct({ a: f64, b: u8 }), 16, 8, [0, 8]],
		['no gap where none is needed', struct({ a: i32, b: i32, c: f64 }), 16, 8, [0, 4, 8]],
		['texts, which need no alignment', struct({ a: u8, b: char(3), c: u16 }), 6, 2, [0, 1, 4]],
		['an array, aligned as its elements', struct({ a: u8, b: array(i16, 3) }), 8, 2, [0, 2]],
		['a nested struct, aligned as its widest field', struct({ a: u8, b: struct({ c: u8, d: f64 }) }), 24, 8, [0, 8]],
		[
			'an array of structs, each padded to its end',
			struct({ a: array(struct({ c: f64, d: u8 }), 2), b: u8 }),
			40,
			8,
			[0, 32],
		],
		['64-bit integers', struct({ a: bool, b: u64, c: bool, d: i64 }), 32, 8, [0, 8, 16, 24]],
		['the record of the benchmarks', struct({ id: i32, price: f64 }), 16, 8, [0, 8]],
	])('lays out %s', (_, declared, size, alignment, offsets) => {
		expect(layoutOf(declared)).toEqual({ size, alignment, offsets });
	});

	test.runIf(compiler !== undefined)(
		`has the layout that ${compiler ?? 'a C compiler'} gives it, whatever its fields`,
		() => {
			const structs = fc.sample(structArb, { numRuns: runs(3000) });
			expect(structs.map(layoutOf)).toEqual(layoutsOfC(structs));
		},
	);

	test.runIf(compiler !== undefined)(
		`lies behind the links of a node as ${compiler ?? 'a C compiler'} would put it`,
		() => {
			const structs = fc.sample(structArb, { numRuns: runs(1500) });
			for (const [checked, words] of [
				[false, 3],
				[true, 4],
			] as const) {
				layoutsOfC(structs, words).forEach(({ size, offsets }, index) => {
					const { fields, strideWords } = nodeRecord(structs[index], checked);
					expect(fields.map(({ offset }) => offset)).toEqual(offsets);
					// C pads a struct to its alignment, and so are nodes; at least to a word.
					expect(strideWords * 4).toBe(roundUp(size, 4));
				});
			}
		},
	);

	test.runIf(compiler === undefined)('is not compared with C, because there is no C compiler on this machine', () => {
		console.log('cc, gcc and clang were not found: layouts were checked against known cases alone');
	});

	test('has a signature that tells every layout and every name from others', () => {
		const declared = [
			struct({ a: u8 }),
			struct({ b: u8 }),
			struct({ a: i8 }),
			struct({ a: u8, b: u8 }),
			struct({ b: u8, a: u8 }),
			struct({ a: array(u8, 2) }),
			struct({ a: char(2) }),
			struct({ a: struct({ a: u8 }) }),
			struct({ 'a":u8,"b': u8 }),
			struct({ 'a,b': u8 }),
		];
		expect(new Set(declared.map(({ signature }) => signature)).size).toBe(declared.length);
		expect(struct({ a: u8, b: f64 }).signature).toBe(struct(['a', u8], ['b', f64]).signature);
	});

	test('cannot be changed after its declaration', () => {
		const declared = struct({ a: u8 });
		expect(() => Object.assign(declared, { size: 5 })).toThrow(TypeError);
		expect(() => Object.assign(declared.offsets, { a: 5 })).toThrow(TypeError);
	});
});
