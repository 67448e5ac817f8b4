import { char, f64, Heap, type Infer, i64, type LiveView, struct, u32 } from '@flux/core';
import { describe, expectTypeOf, test } from 'vitest';
import { FluxVector } from './vector.js';

const ByEntries = struct(['id', u32], ['name', char(4)], ['big', i64]);
const ByObject = struct({ id: u32, price: f64 });

type E = typeof ByEntries;
type O = typeof ByObject;

describe('a vector of a struct', () => {
	const vector = new FluxVector(ByEntries);
	const byObject = new FluxVector(ByObject, { heap: Heap.default, checked: true });

	test('knows its records and views', () => {
		expectTypeOf(vector).toEqualTypeOf<FluxVector<E>>();
		expectTypeOf(vector.get(0)).toEqualTypeOf<{ id: number; name: string; big: bigint }>();
		expectTypeOf(byObject.at(0)).toEqualTypeOf<LiveView<O>>();
		expectTypeOf(byObject.tryPopBack()).toEqualTypeOf<Infer<O> | undefined>();
		expectTypeOf([...byObject.entries()]).toEqualTypeOf<[number, Infer<O>][]>();
		expectTypeOf(byObject.reduce((sum, view) => sum + view.price, 0)).toEqualTypeOf<number>();
		expectTypeOf(byObject.equalRange({ id: 1, price: 2 })).toEqualTypeOf<[first: number, last: number]>();
		expectTypeOf(FluxVector.restore(ByObject, new Uint8Array(0))).toEqualTypeOf<FluxVector<O>>();
	});

	test('takes values in the order of its entries, and views without values', () => {
		expectTypeOf(vector.emplaceBack(1, 'a', 2n)).toEqualTypeOf<number>();
		expectTypeOf(vector.emplaceBack()).toEqualTypeOf<LiveView<E>>();
		// @ts-expect-error the text comes second
		vector.emplaceBack('a', 1, 2n);
		// @ts-expect-error one value is missing
		vector.emplaceBack(1, 'a');
		// @ts-expect-error a field is missing
		vector.pushBack({ id: 1, name: 'a' });
		// @ts-expect-error a number is no bigint
		vector.insert(0, { id: 1, name: 'a', big: 5 });
	});

	test('sorts by number fields alone, and compares vectors of one struct alone', () => {
		vector.sortBy('id');
		byObject.sortBy('price', { descending: true });
		// @ts-expect-error a text is no number
		vector.sortBy('name');
		// @ts-expect-error nor is a bigint
		vector.lowerBoundBy('big', 1);
		// @ts-expect-error a vector of another struct
		vector.swap(byObject);
		// @ts-expect-error the size is not to be set
		vector.size = 5;
	});
});
