import { array, bool, char, f64, Heap, type Infer, i64, type LiveView, struct, u8, u32 } from '@flux/core';
import { describe, expectTypeOf, test } from 'vitest';
import { FluxQueue } from './queue.js';

const ByEntries = struct(['id', u32], ['name', char(4)], ['big', i64]);
const ByObject = struct({ id: u32, price: f64 });
const Nested = struct({ side: bool, data: array(u8, 3) });

type E = typeof ByEntries;

describe('a queue of a struct', () => {
	const queue = new FluxQueue(ByEntries);
	const byObject = new FluxQueue(ByObject, [{ id: 1, price: 2 }], { capacity: 5, whenFull: 'overwrite' });
	const nested = new FluxQueue(Nested, { heap: Heap.default, checked: true });

	test('has the type of its struct', () => {
		expectTypeOf(queue).toEqualTypeOf<FluxQueue<E>>();
		expectTypeOf(queue.clone()).toEqualTypeOf<FluxQueue<E>>();
		expectTypeOf(FluxQueue.restore(ByEntries, queue.snapshot(), { capacity: 5 })).toEqualTypeOf<FluxQueue<E>>();
		expectTypeOf(queue.front).toEqualTypeOf<{ id: number; name: string; big: bigint }>();
		expectTypeOf(queue.tryPop()).toEqualTypeOf<Infer<E> | undefined>();
		expectTypeOf(queue.peek(3)).toEqualTypeOf<Infer<E> | undefined>();
		expectTypeOf([...queue]).toEqualTypeOf<Infer<E>[]>();
		expectTypeOf([...queue.views()]).toEqualTypeOf<LiveView<E>[]>();
		expectTypeOf(queue.at(0)).toEqualTypeOf<LiveView<E>>();
		expectTypeOf(queue.popMany(3)).toEqualTypeOf<Infer<E>[]>();
		expectTypeOf(queue.tryPush({ id: 1, name: 'a', big: 1n })).toEqualTypeOf<boolean>();
		expectTypeOf(nested.front.data).toEqualTypeOf<number[]>();
		// @ts-expect-error a field is missing
		new FluxQueue(ByEntries, [{ id: 1, name: 'a' }]);
		// @ts-expect-error no such policy
		new FluxQueue(ByObject, { capacity: 5, whenFull: 'drop' });
	});

	test('takes records and their fields in order', () => {
		expectTypeOf(queue.emplace()).toEqualTypeOf<LiveView<E>>();
		expectTypeOf(queue.emplace(1, 'a', 1n)).toEqualTypeOf<void>();
		expectTypeOf(queue.push({ id: 1, name: 'a', big: 1n })).toEqualTypeOf<void>();
		// @ts-expect-error a number for a text
		queue.emplace(1, 2, 1n);
		// @ts-expect-error one field short
		byObject.emplace(1);
		// @ts-expect-error a text for a number
		byObject.push({ id: 1, price: '2' });
		// @ts-expect-error read-only
		queue.size = 3;
	});

	test('fills and empties columns', () => {
		byObject.pushMany({ id: Uint32Array.of(1), price: [1] });
		const columns = { id: new Uint32Array(4), price: new Float64Array(4) };
		expectTypeOf(byObject.popMany(columns)).toEqualTypeOf<number>();
		expectTypeOf(
			queue.popMany({ id: new Uint32Array(1), name: [''], big: new BigInt64Array(1) }),
		).toEqualTypeOf<number>();
		// @ts-expect-error bigints are not numbers
		byObject.popMany({ id: new BigInt64Array(1), price: new Float64Array(4) });
		// @ts-expect-error a column is missing
		byObject.popMany({ id: new Uint32Array(1) });
		// @ts-expect-error columns that must not be written to
		byObject.popMany({ id: [1] as readonly number[], price: [1] });
	});

	test('drains by views', () => {
		expectTypeOf(
			byObject.drain((view) => {
				expectTypeOf(view).toEqualTypeOf<LiveView<typeof ByObject>>();
				view.price = 5;
				// @ts-expect-error no such field
				view.size;
			}),
		).toEqualTypeOf<number>();
		// @ts-expect-error a queue of other records
		queue.copyFrom(byObject);
	});
});
