import { describe, expectTypeOf, test } from 'vitest';
import {
	type ArrayView,
	array,
	bool,
	char,
	type FieldType,
	f32,
	f64,
	type Infer,
	i8,
	i16,
	i32,
	i64,
	type LiveView,
	u8,
	u16,
	u32,
	u64,
} from './field-types.js';
import { type Struct, struct, type Values } from './struct.js';

describe('the types of a struct', () => {
	test('every field type has its JavaScript type', () => {
		const all = struct({ i8, u8, i16, u16, i32, u32, f32, f64, i64, u64, bool, text: char(4), list: array(f64, 2) });
		expectTypeOf<Infer<typeof all>>().toEqualTypeOf<{
			i8: number;
			u8: number;
			i16: number;
			u16: number;
			i32: number;
			u32: number;
			f32: number;
			f64: number;
			i64: bigint;
			u64: bigint;
			bool: boolean;
			text: string;
			list: number[];
		}>();
	});

	test('structs and arrays nest', () => {
		const Point = struct({ x: f64, y: f64 });
		const Deep = struct({ points: array(array(Point, 2), 3), at: Point });
		expectTypeOf<Infer<typeof Deep>>().toEqualTypeOf<{
			points: { x: number; y: number }[][];
			at: { x: number; y: number };
		}>();
		type Live = LiveView<typeof Deep>;
		expectTypeOf<Live['at']>().toEqualTypeOf<{ x: number; y: number }>();
		type P = { x: number; y: number };
		expectTypeOf<Live['points']>().toEqualTypeOf<ArrayView<P[], ArrayView<P, P>>>();
		expectTypeOf<ReturnType<ReturnType<Live['points']['get']>['get']>>().toEqualTypeOf<P>();
	});

	test('values in order: place by place from entries, as many as there are from an object', () => {
		const entries = struct(['id', u32], ['name', char(4)], ['point', struct({ x: f64 })]);
		expectTypeOf<Values<typeof entries>>().toEqualTypeOf<[number, string, { x: number }]>();
		expectTypeOf<Infer<typeof entries>>().toEqualTypeOf<{ id: number; name: string; point: { x: number } }>();
		const object = struct({ id: u32, name: char(4) });
		expectTypeOf<Values<typeof object>>().toEqualTypeOf<[string | number, string | number]>();
	});

	test('a struct is a field type, and any struct is a Struct', () => {
		const Point = struct({ x: f64 });
		expectTypeOf(Point).toExtend<FieldType>();
		expectTypeOf(Point).toExtend<Struct>();
		expectTypeOf(f64).not.toExtend<Struct>();
	});

	test('what is no field type is refused', () => {
		// @ts-expect-error a text is no type
		struct({ a: 'f64' });
		// @ts-expect-error an entry without a type
		struct(['a']);
		// @ts-expect-error a length must be a number
		char('4');
		// @ts-expect-error an element must be a field type
		array(Number, 4);
	});
});
