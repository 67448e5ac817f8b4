import { array, bool, char, f64, Heap, type Infer, i32, i64, type LiveView, struct, u8, u32 } from '@flux/core';
import { describe, expectTypeOf, test } from 'vitest';
import { FluxList, type FluxNode, type FluxPosition, type NumberField } from './list.js';

const ByEntries = struct(['id', u32], ['name', char(4)], ['big', i64]);
const ByObject = struct({ id: u32, price: f64 });
const Nested = struct({
	side: bool,
	point: struct({ x: f64, y: f64 }),
	data: array(u8, 3),
	parts: array(struct({ tag: char(2) }), 2),
});

type E = typeof ByEntries;
type O = typeof ByObject;

describe('a list of a struct', () => {
	const list = new FluxList(ByEntries);
	const byObject = new FluxList(ByObject);
	const nested = new FluxList(Nested);

	test('is restored as the struct says', () => {
		const bytes = list.snapshot();
		expectTypeOf(bytes).toExtend<Uint8Array>();
		expectTypeOf(FluxList.restore(ByEntries, bytes, { checked: true })).toEqualTypeOf<FluxList<E>>();
		// @ts-expect-error bytes are no text
		FluxList.restore(ByEntries, 'bytes');
		// @ts-expect-error the bytes are missing
		FluxList.restore(ByEntries);
	});

	test('has the type of its struct', () => {
		expectTypeOf(list).toEqualTypeOf<FluxList<E>>();
		expectTypeOf(new FluxList(ByEntries, 5)).toEqualTypeOf<FluxList<E>>();
		expectTypeOf(new FluxList(ByEntries, [{ id: 1, name: 'a', big: 1n }], { checked: true })).toEqualTypeOf<
			FluxList<E>
		>();
		expectTypeOf(list.clone()).toEqualTypeOf<FluxList<E>>();
		// @ts-expect-error a field is missing
		new FluxList(ByEntries, [{ id: 1, name: 'a' }]);
		// @ts-expect-error no struct
		new FluxList({ id: u32 });
	});

	test('takes and gives records', () => {
		type Record = { id: number; name: string; big: bigint };
		expectTypeOf<Infer<E>>().toEqualTypeOf<Record>();
		expectTypeOf(list.pushBack).parameter(0).toEqualTypeOf<Record>();
		expectTypeOf(list.front).toEqualTypeOf<Record>();
		expectTypeOf(list.tryPopFront()).toEqualTypeOf<Record | undefined>();
		expectTypeOf(list.toArray()).toEqualTypeOf<Record[]>();
		expectTypeOf(list.find(() => true)).toEqualTypeOf<Record | undefined>();
		for (const each of list) expectTypeOf(each).toEqualTypeOf<Record>();
		for (const [node, each] of list.entries()) {
			expectTypeOf(node).toEqualTypeOf<FluxNode<E>>();
			expectTypeOf(each).toEqualTypeOf<Record>();
		}
		// @ts-expect-error a number where a bigint belongs
		list.pushBack({ id: 1, name: 'a', big: 1 });
		// @ts-expect-error a field too many
		list.pushBack({ id: 1, name: 'a', big: 1n, more: 1 });
		// @ts-expect-error a field is missing
		list.set(list.pushBack({ id: 1, name: 'a', big: 1n }), { id: 1, name: 'b' });
	});

	test('takes values place by place where its struct was declared by entries', () => {
		expectTypeOf(list.emplaceBack(1, 'a', 1n)).toEqualTypeOf<FluxNode<E>>();
		expectTypeOf(list.emplace(0, 1, 'a', 1n)).toEqualTypeOf<FluxNode<E>>();
		expectTypeOf(list.emplaceBack()).toEqualTypeOf<LiveView<E>>();
		expectTypeOf(list.emplaceFront()).toEqualTypeOf<LiveView<E>>();
		expectTypeOf(list.emplace(0)).toEqualTypeOf<LiveView<E>>();
		// @ts-expect-error two values swapped
		list.emplaceBack('a', 1, 1n);
		// @ts-expect-error one too few
		list.emplaceFront(1, 'a');
		// @ts-expect-error one too many
		list.emplaceBack(1, 'a', 1n, 2);
	});

	test('takes as many values as there are fields where it was declared by an object', () => {
		expectTypeOf(byObject.emplaceBack(1, 2)).toEqualTypeOf<FluxNode<O>>();
		// @ts-expect-error one too few
		byObject.emplaceBack(1);
		// @ts-expect-error one too many
		byObject.emplaceBack(1, 2, 3);
		// @ts-expect-error no field is a text
		byObject.emplaceBack(1, 'a');
	});

	test('has nodes that are no plain numbers, and no nodes of another record', () => {
		const node = list.emplaceBack(1, 'a', 1n);
		expectTypeOf(node).toExtend<number>();
		expectTypeOf<number>().not.toExtend<FluxNode<E>>();
		expectTypeOf<FluxNode<E>>().not.toExtend<FluxNode<O>>();
		expectTypeOf<FluxPosition<E>>().toEqualTypeOf<FluxNode<E> | 0>();
		expectTypeOf(list.first).toEqualTypeOf<FluxPosition<E>>();
		expectTypeOf(list.next(node)).toEqualTypeOf<FluxPosition<E>>();
		expectTypeOf(list.erase(node)).toEqualTypeOf<FluxPosition<E>>();
		// @ts-expect-error the end is no node
		list.next(0);
		// @ts-expect-error the end is no node
		list.get(list.first);
		// @ts-expect-error a number is no node
		list.get(5);
		// @ts-expect-error a node of another record
		byObject.get(node);
		// @ts-expect-error 0 was not excluded
		list.erase(list.next(node));
		list.previous(0);
		list.insert(0, { id: 1, name: 'a', big: 1n });
		for (let at = list.first; at !== 0; at = list.next(at)) list.get(at);
		const number = 5 as number;
		if (list.has(number)) expectTypeOf(number).toExtend<FluxNode<E>>();
	});

	test('is joined by lists of its record alone', () => {
		list.splice(0, list.clone());
		// @ts-expect-error a list of another record
		list.splice(0, byObject);
		// @ts-expect-error a list of another record
		list.merge(byObject);
		// @ts-expect-error a list of another record
		list.swap(byObject);
		// @ts-expect-error a list of another record
		list.copyFrom(byObject);
	});

	test('shows live views, down to the leaves', () => {
		for (const view of nested.views()) {
			expectTypeOf(view).toEqualTypeOf<LiveView<typeof Nested>>();
			expectTypeOf(view.side).toEqualTypeOf<boolean>();
			expectTypeOf(view.point.x).toEqualTypeOf<number>();
			view.point.x = 5;
			view.point = { x: 1, y: 2 };
			expectTypeOf(view.data.get(0)).toEqualTypeOf<number>();
			expectTypeOf(view.data.length).toEqualTypeOf<number>();
			expectTypeOf(view.data.toArray()).toEqualTypeOf<number[]>();
			expectTypeOf(view.parts.get(0).tag).toEqualTypeOf<string>();
			view.parts.get(0).tag = 'ab';
			view.parts.set(0, { tag: 'cd' });
			view.data.assign([1, 2, 3]);
			// @ts-expect-error a text for a number
			view.point.x = 'a';
			// @ts-expect-error no such field
			view.nothing;
			// @ts-expect-error an array of numbers
			view.data.assign(['a']);
		}
		expectTypeOf(nested.toArray()[0].parts).toEqualTypeOf<{ tag: string }[]>();
		nested.sort((a, b) => a.point.x - b.point.x);
		nested.reduce((sum, view, node) => {
			expectTypeOf(node).toEqualTypeOf<FluxNode<typeof Nested>>();
			return sum + view.data.get(0);
		}, 0);
	});

	test('takes columns of its fields', () => {
		byObject.pushMany({ id: new Uint32Array(2), price: [1, 2] });
		list.pushMany({ id: [1], name: ['a'], big: new BigInt64Array(1) });
		// @ts-expect-error a column is missing
		byObject.pushMany({ id: [1] });
		// @ts-expect-error a column of texts
		byObject.pushMany({ id: ['a'], price: [1] });
		// @ts-expect-error a number is no column
		byObject.pushMany({ id: 1, price: [1] });
	});

	test('sorts by number fields', () => {
		expectTypeOf<NumberField<E>>().toEqualTypeOf<'id'>();
		expectTypeOf<NumberField<O>>().toEqualTypeOf<'id' | 'price'>();
		expectTypeOf<NumberField<typeof Nested>>().toEqualTypeOf<never>();
		byObject.sortBy('price', { descending: true });
		// @ts-expect-error a text
		list.sortBy('name');
		// @ts-expect-error a bigint
		list.sortBy('big');
		// @ts-expect-error no field
		byObject.sortBy('nothing');
		// @ts-expect-error an option that is none
		byObject.sortBy('id', { desc: true });
	});

	test('takes the options of a container, and no others', () => {
		new FluxList(ByObject, { heap: new Heap(), checked: true });
		new FluxList(ByObject, 5, { checked: false });
		// @ts-expect-error an unknown option
		new FluxList(ByObject, { fast: true });
		// @ts-expect-error a text for a boolean
		new FluxList(ByObject, { checked: 'yes' });
		// @ts-expect-error a walk has one option
		list.values({ backwards: true });
	});

	test('is a resource, an iterable, and has names that cannot be assigned', () => {
		expectTypeOf(list).toExtend<Disposable>();
		expectTypeOf(list).toExtend<Iterable<Infer<E>>>();
		// @ts-expect-error read only
		list.size = 5;
		// @ts-expect-error read only
		list.first = 0;
		expectTypeOf(struct({ a: i32 }).offsets).toEqualTypeOf<Readonly<Record<string, number>>>();
	});
});
