import {
	Arena,
	ArgumentError,
	array,
	bool,
	char,
	DisposedError,
	EmptyError,
	EndError,
	FieldRangeError,
	FluxError,
	f64,
	Heap,
	HeapMismatchError,
	type Infer,
	i32,
	i64,
	internals,
	NodeError,
	RecordError,
	StructError,
	struct,
	u8,
} from '@flux/core';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { modes, thrownBy } from '../soak.testing.js';
import { FluxList, type FluxNode } from './list.js';

const Item = struct(['id', i32], ['price', f64]);
type List = FluxList<typeof Item>;
type Node = FluxNode<typeof Item>;

const arena = new Arena({ maxBytes: 2 ** 24 });
const heap = new Heap(arena);
const otherHeap = new Heap(new Arena({ maxBytes: 2 ** 20 }));

afterAll(() => {
	heap.dispose();
	otherHeap.dispose();
});

/** Calls without types, as JavaScript does. */
function emplace(list: List, call: 'emplaceBack' | 'emplaceFront' | 'emplace', ...values: unknown[]): unknown {
	return (list as unknown as Record<string, (...values: unknown[]) => unknown>)[call](...values);
}

/** Checks that a call throws this error, whose message contains `text`, and that no list has changed by it. */
function refuses(
	call: () => unknown,
	kind: abstract new (...parameters: never[]) => FluxError,
	text: string,
	...lists: List[]
): void {
	const before = lists.map((list) => [list.toArray(), [...list.keys()]]);
	const error = thrownBy(call);
	expect(error, `${call}`).toBeInstanceOf(kind);
	const { message, name, code } = error as FluxError;
	expect(message).toContain(text);
	expect(name).toBe(kind.name);
	expect(code).toMatch(/^FLUX_[A-Z_]+$/);
	for (const list of lists) list.validate();
	expect(lists.map((list) => [list.toArray(), [...list.keys()]])).toEqual(before);
}

describe.each(modes)('in $mode mode', ({ checked }) => {
	let list: List;
	let other: List;
	let nodes: Node[];

	beforeEach(() => {
		list = new FluxList(Item, { heap, checked });
		other = new FluxList(Item, { heap, checked });
		nodes = [1, 2, 3].map((id) => list.emplaceBack(id, id / 2));
		other.emplaceBack(9, 9);
	});

	/** Every call that takes a node, which must be one. */
	const nodeCalls: Record<string, (list: List, node: Node) => unknown> = {
		next: (list, node) => list.next(node),
		get: (list, node) => list.get(node),
		at: (list, node) => list.at(node),
		set: (list, node) => list.set(node, { id: 0, price: 0 }),
		erase: (list, node) => list.erase(node),
		'splice(position, other, node)': (list, node) => list.splice(0, list, node),
	};
	/** Every call that takes a position, where 0 is the end. */
	const positionCalls: Record<string, (list: List, node: Node) => unknown> = {
		previous: (list, node) => list.previous(node),
		insert: (list, node) => list.insert(node, { id: 0, price: 0 }),
		'insert(position, count, record)': (list, node) => list.insert(node, 3, { id: 0, price: 0 }),
		'insert of nothing': (list, node) => list.insert(node, 0, { id: 0, price: 0 }),
		insertRange: (list, node) => list.insertRange(node, [{ id: 0, price: 0 }]),
		'insertRange of nothing': (list, node) => list.insertRange(node, []),
		copyFrom: (list, node) => list.copyFrom(list, node),
		emplace: (list, node) => list.emplace(node, 0, 0),
		'emplace()': (list, node) => list.emplace(node),
		'erase(first, end)': (list, node) => list.erase(node, 0),
		'erase(first, last)': (list, node) => list.erase(list.first, node),
		'splice to position': (list, node) => list.splice(node, list, list.first as Node),
		'splice range to position': (list, node) => list.splice(node, list, list.last, 0),
		'splice from first': (list, node) => list.splice(0, list, node, 0),
		'splice up to last': (list, node) => list.splice(0, list, list.first, node),
	};
	const calls = Object.entries({ ...nodeCalls, ...positionCalls });

	test.each(calls)('%s refuses a node that was erased', (_, call) => {
		list.erase(nodes[1]);
		refuses(() => call(list, nodes[1]), NodeError, 'was erased', list);
	});

	test('an error about a node names it as it was passed in', () => {
		const erased = nodes[1];
		list.erase(erased);
		for (const node of [erased, other.first as Node, Number.NaN as Node]) {
			const error = thrownBy(() => list.get(node)) as NodeError;
			expect(error.node).toBe(node);
			expect(error.message).toContain(`node ${node} `);
			expect(error.message).toContain('get takes');
		}
	});

	test.each(calls)('%s refuses a node of another list', (_, call) => {
		refuses(() => call(list, other.first as Node), NodeError, 'is not in this list', list, other);
		list.splice(0, other);
		const stale = nodes[0];
		other.splice(0, list, stale);
		refuses(() => call(list, stale), NodeError, 'is not in this list', list, other);
	});

	test.each(calls)('%s refuses a node that was cleared away', (_, call) => {
		const cleared = nodes[1];
		list.clear();
		refuses(() => call(other, cleared), NodeError, 'not in this list', list, other);
		// The place of the first node is used again; that of the second is not.
		list.emplaceBack(7, 7);
		refuses(() => call(list, cleared), NodeError, 'node', list);
	});

	test.each(calls)('%s refuses a node of another heap', (_, call) => {
		const far = new FluxList(Item, 100, { heap: otherHeap, checked });
		for (const node of far.keys()) refuses(() => call(list, node), NodeError, String(node), list);
		far.dispose();
	});

	test.each(['copyFrom', 'equals', 'compare', 'swap', 'merge'] as const)('%s refuses what is no list', (name) => {
		for (const other of [undefined, null, 5, {}, Object.create(null)])
			refuses(() => list[name](other as never), ArgumentError, `${internals.describe(other)}; pass a FluxList`, list);
	});

	test.each(calls)('%s refuses what is no node at all', (_, call) => {
		const none = [
			Number.NaN,
			1.5,
			-1,
			-3,
			2 ** 31,
			2 ** 40,
			2 ** 53,
			Number.POSITIVE_INFINITY,
			'',
			'abc',
			true,
			null,
			{},
			[],
		];
		for (const value of none) {
			refuses(() => call(list, value as never), NodeError, internals.describe(value), list);
			expect((thrownBy(() => call(list, value as never)) as NodeError).node).toBe(value);
		}
	});

	test.each(Object.entries(nodeCalls))('%s refuses 0, the position past the end', (name, call) => {
		refuses(() => call(list, 0 as never), EndError, name.replace(/\(.*/, ''), list);
	});

	test.each(Object.entries(nodeCalls).filter(([name]) => !name.includes('splice')))(
		'%s refuses a node that was left out',
		(_, call) => {
			refuses(() => call(list, undefined as never), NodeError, 'undefined', list);
		},
	);

	test('has() says of all that is no node of the list that it is none, and never throws', () => {
		list.erase(nodes[0]);
		const far = new FluxList(Item, 1, { heap: otherHeap, checked });
		const none: unknown[] = [
			...[
				nodes[0],
				other.first,
				far.first,
				0,
				-0,
				-1,
				1.5,
				Number.NaN,
				2 ** 40,
				2 ** 53,
				'',
				'x',
				true,
				null,
				undefined,
				{},
			],
			...[5n, Symbol('node'), () => 1, [nodes[1], 1]],
		];
		for (const value of none) expect(list.has(value as never), String(value)).toBe(false);
		expect(list.has(nodes[1])).toBe(true);
		far.dispose();
	});

	test('has() knows nodes that came with all of another list', () => {
		const from = new FluxList(Item, { heap, checked });
		const moved = Array.from({ length: 20 }, () => from.pushBack(list.front));
		list.splice(0, from);
		expect(moved.filter((node) => list.has(node))).toEqual(moved);
		expect(moved.filter((node) => from.has(node))).toEqual([]);
		from.dispose();
	});

	test('has() is false, and does not throw, once the list, its heap or its arena is disposed', () => {
		const ended = new FluxList(Item, 1, { heap, checked });
		const node = ended.first;
		ended.dispose();
		expect(ended.has(node)).toBe(false);
		const ownArena = new Arena({ maxBytes: 2 ** 20 });
		const ownHeap = new Heap(ownArena);
		const lost = new FluxList(Item, 1, { heap: ownHeap, checked });
		const lostNode = lost.first;
		ownHeap.dispose();
		expect(lost.has(lostNode)).toBe(false);
		ownArena.dispose();
		expect(lost.has(lostNode)).toBe(false);
	});

	test('an empty list has no front, no back and nothing to pop', () => {
		list.clear();
		refuses(() => list.front, EmptyError, 'front needs an element', list);
		refuses(() => list.back, EmptyError, 'back needs an element', list);
		refuses(() => list.popFront(), EmptyError, 'tryPopFront()', list);
		refuses(() => list.popBack(), EmptyError, 'tryPopBack()', list);
		expect([list.tryPopFront(), list.tryPopBack(), list.first, list.last]).toEqual([undefined, undefined, 0, 0]);
	});

	test('a range whose last is before its first is refused, and erases or moves nothing', () => {
		refuses(() => list.erase(nodes[2], nodes[0]), EndError, 'last before first', list);
		refuses(() => list.erase(0, nodes[0]), EndError, 'last before first', list);
		refuses(() => list.splice(0, list, nodes[2], nodes[0]), EndError, 'last before first', list);
		refuses(() => other.splice(0, list, nodes[2], nodes[1]), EndError, 'last before first', list, other);
		refuses(() => other.splice(0, list, 0, nodes[1]), EndError, 'last before first', list, other);
	});

	test('an empty range erases and moves nothing', () => {
		const before = list.toArray();
		expect(list.erase(nodes[1], nodes[1])).toBe(nodes[1]);
		expect(list.erase(0, 0)).toBe(0);
		list.splice(0, list, nodes[0], nodes[0]);
		other.splice(0, list, nodes[0], nodes[0]);
		expect(list.toArray()).toEqual(before);
		list.validate();
	});

	test('a splice to a position inside the range that it moves is refused', () => {
		refuses(() => list.splice(nodes[1], list, nodes[0], nodes[2]), ArgumentError, 'inside the range', list);
		refuses(() => list.splice(nodes[0], list, nodes[0], 0), ArgumentError, 'inside the range', list);
		list.splice(nodes[2], list, nodes[0], nodes[2]);
		list.splice(nodes[1], list, nodes[1]);
		expect(Array.from(list, ({ id }) => id)).toEqual([1, 2, 3]);
	});

	test('a splice of the list into itself is refused, swap and merge with itself do nothing', () => {
		refuses(() => list.splice(0, list), ArgumentError, 'the list itself', list);
		refuses(() => list.splice(nodes[1], list), ArgumentError, 'the list itself', list);
		const before = list.toArray();
		list.swap(list);
		list.merge(list);
		expect(list.toArray()).toEqual(before);
		list.validate();
	});

	test('lists of two heaps, or of two modes, exchange no nodes, and copyFrom is the remedy', () => {
		const far = [
			new FluxList(Item, [{ id: 5, price: 5.5 }], { heap: otherHeap, checked }),
			new FluxList(Item, [{ id: 5, price: 5.5 }], { heap, checked: !checked }),
		];
		for (const source of far) {
			const node = source.first as Node;
			for (const call of [
				() => list.splice(0, source),
				() => list.splice(0, source, node),
				() => list.splice(0, source, node, 0),
				() => list.merge(source),
				() => list.swap(source),
				() => source.swap(list),
			]) {
				refuses(call, HeapMismatchError, 'copyFrom()', list, source);
			}
			list.copyFrom(source, nodes[0]);
			expect(list.front).toEqual({ id: 5, price: 5.5 });
			expect([list.equals(source), source.equals(list), source.equals(source.clone())]).toEqual([false, false, true]);
			source.assign(list);
			expect(source.toArray()).toEqual(list.toArray());
			expect([list.equals(source), source.equals(list), list.compare(source)]).toEqual([true, true, 0]);
			expect(list.equals(source, (a, b) => a.id === b.id && a.price === b.price)).toBe(true);
			list.validate();
			source.validate();
			source.dispose();
		}
	});

	test('lists of two records exchange nothing, not even copies of words', () => {
		const Pair = struct({ a: f64, b: i32 });
		const strange = new FluxList(Pair, 3, { heap, checked }) as unknown as List;
		for (const call of [
			() => list.splice(0, strange),
			() => list.splice(0, strange, strange.first as Node),
			() => list.merge(strange),
			() => list.swap(strange),
			() => list.copyFrom(strange),
		]) {
			const before = list.toArray();
			expect(call).toThrow(FluxError);
			list.validate();
			expect(list.toArray()).toEqual(before);
		}
		expect(() => list.equals(strange)).toThrow(FluxError);
		expect(() => list.compare(strange)).toThrow(FluxError);
	});

	test.each<[string, string, (list: List) => unknown]>([
		['a missing field', 'price', (list) => list.pushBack({ id: 1 } as never)],
		['a field of another type', 'price', (list) => list.pushBack({ id: 1, price: '2' as never })],
		['a bigint for a number', 'id', (list) => list.pushFront({ id: 1n as never, price: 2 })],
		['null for a number', 'id', (list) => list.insert(0, { id: null as never, price: 2 })],
		['a boolean for a number', 'id', (list) => list.set(list.first as Node, { id: true as never, price: 2 })],
		['a missing value', 'price', (list) => emplace(list, 'emplaceBack', 1)],
		['a missing first value', 'id', (list) => emplace(list, 'emplaceFront', undefined, 1)],
		['a value of another type', 'price', (list) => emplace(list, 'emplace', 0, 1, {})],
		['one value too many', 'price', (list) => emplace(list, 'emplaceBack', 1, 2, 3)],
		['one value too many at the front', 'price', (list) => emplace(list, 'emplaceFront', 1, 2, null)],
		['one value too many in the middle', 'price', (list) => emplace(list, 'emplace', list.last, 1, 2, 'x')],
		['no record', 'id', (list) => list.pushBack(undefined as never)],
		['a number for a record', 'id', (list) => list.pushFront(5 as never)],
		['a text for a record', 'id', (list) => list.set(list.first as Node, 'abc' as never)],
		['null for a record', 'id', (list) => list.insert(0, null as never)],
		['no record to fill with', 'id', (list) => list.insert(0, 3, undefined as never)],
		['a record to fill with that lacks a field', 'price', (list) => list.assign(3, { id: 1 } as never)],
		['a record to resize with that lacks a field', 'price', (list) => list.resize(9, { id: 1 } as never)],
		['a record to remove that lacks a field', 'price', (list) => list.remove({ id: 1 } as never)],
		[
			'a bad record at the end of a range',
			'price',
			(list) => list.appendRange([{ id: 1, price: 2 }, { id: 1 } as never]),
		],
		['a bad record in an assignment', 'price', (list) => list.assign([{ id: 1, price: 2 }, { id: 1 } as never])],
		['a bad record in front', 'id', (list) => list.prependRange([{ id: 1, price: 2 }, 7 as never])],
		['a missing column', 'price', (list) => list.pushMany({ id: [1, 2] } as never)],
		['a column that is no array', 'price', (list) => list.pushMany({ id: [1, 2], price: 5 as never })],
		['a bad value in a column', 'price', (list) => list.pushMany({ id: [1, 2], price: [1, '2' as never] })],
		['a hole in a column', 'id', (list) => list.pushMany({ id: new Array(2), price: [1, 2] })],
	])('%s is refused by an error that names the field', (_, field, call) => {
		refuses(() => call(list), RecordError, field, list);
		expect((thrownBy(() => call(list)) as RecordError).field).toContain(field);
		expect(() => new FluxList(Item, [{ id: 1 } as never], { heap, checked })).toThrow(RecordError);
	});

	test.each<[string, string, (list: List) => unknown]>([
		['columns that differ in length', '2', (list) => list.pushMany({ id: [1, 2], price: [1] })],
		['columns that are none', 'null', (list) => list.pushMany(null as never)],
		['a negative count to reserve', '-1', (list) => list.reserve(-1)],
		['half a count to reserve', '0.5', (list) => list.reserve(0.5)],
		['no count to reserve', 'undefined', (list) => list.reserve(undefined as never)],
		['a count that is NaN', 'NaN', (list) => list.resize(Number.NaN)],
		['a count that is a text', '5', (list) => list.resize('5' as never)],
		['an endless count', 'Infinity', (list) => list.reserve(Number.POSITIVE_INFINITY)],
		['a negative count to insert', '-2', (list) => list.insert(0, -2, { id: 1, price: 1 })],
		['half a count to insert', '1.5', (list) => list.insert(0, 1.5, { id: 1, price: 1 })],
		['a negative count to assign', '-2', (list) => list.assign(-2, { id: 1, price: 1 })],
		['half a count to assign', '2.5', (list) => list.assign(2.5, { id: 1, price: 1 })],
		['a range that is a number', '5', (list) => list.appendRange(5 as never)],
		['a range that is a text', 'abc', (list) => list.insertRange(0, 'abc' as never)],
		['a range that is null', 'null', (list) => list.prependRange(null as never)],
		['a range that is undefined', 'undefined', (list) => list.assign(undefined as never)],
		['a comparator that is none', 'id', (list) => list.sort('id' as never)],
		['a field to sort by that is none', 'nonsense', (list) => list.sortBy('nonsense' as never)],
		['no field to sort by', 'undefined', (list) => list.sortBy(undefined as never)],
		['an option that is no boolean', '1', (list) => list.sortBy('id', { descending: 1 as never })],
		['a view of another record', 'another record', (list) => list.at(list.first as Node, {} as never)],
	])('%s is refused by an error that names the value', (_, text, call) => {
		refuses(() => call(list), ArgumentError, text, list);
	});

	test('sortBy takes number fields alone', () => {
		const Mixed = struct({ name: char(4), count: i64, flag: bool, data: array(u8, 2), size: u8 });
		const mixed = new FluxList(Mixed, { heap, checked });
		for (const field of ['name', 'count', 'flag', 'data']) {
			expect(() => mixed.sortBy(field as never)).toThrow(/pass one of size/);
		}
		mixed.sortBy('size');
	});

	test('after dispose every call throws, and a second dispose does nothing', () => {
		const [node] = nodes;
		const view = list.at(node);
		list.dispose();
		list.dispose();
		list[Symbol.dispose]();
		const uses: Record<string, () => unknown> = {
			size: () => list.size,
			empty: () => list.empty,
			capacity: () => list.capacity,
			maxSize: () => list.maxSize,
			first: () => list.first,
			last: () => list.last,
			front: () => list.front,
			back: () => list.back,
			'previous(0)': () => list.previous(0),
			emplaceBack: () => list.emplaceBack(1, 1),
			'emplaceBack()': () => list.emplaceBack(),
			emplaceFront: () => list.emplaceFront(1, 1),
			pushBack: () => list.pushBack({ id: 1, price: 1 }),
			pushFront: () => list.pushFront({ id: 1, price: 1 }),
			insert: () => list.insert(0, { id: 1, price: 1 }),
			'insert none': () => list.insert(0, 0, { id: 1, price: 1 }),
			emplace: () => list.emplace(0, 1, 1),
			insertRange: () => list.insertRange(0, []),
			appendRange: () => list.appendRange([]),
			prependRange: () => list.prependRange([]),
			pushMany: () => list.pushMany({ id: [], price: [] }),
			copyFrom: () => list.copyFrom(other),
			'copyFrom the disposed': () => other.copyFrom(list),
			assign: () => list.assign([]),
			'assign none': () => list.assign(0, { id: 1, price: 1 }),
			resize: () => list.resize(0),
			reserve: () => list.reserve(0),
			shrinkToFit: () => list.shrinkToFit(),
			clone: () => list.clone(),
			popFront: () => list.popFront(),
			popBack: () => list.popBack(),
			tryPopFront: () => list.tryPopFront(),
			tryPopBack: () => list.tryPopBack(),
			clear: () => list.clear(),
			removeIf: () => list.removeIf(() => true),
			remove: () => list.remove({ id: 1, price: 1 }),
			unique: () => list.unique(),
			'erase nothing': () => list.erase(0, 0),
			'splice all': () => list.splice(0, other),
			'splice from the disposed': () => other.splice(0, list),
			'splice a node': () => list.splice(0, other, other.first as Node),
			'splice nothing': () => list.splice(0, list, 0, 0),
			sort: () => list.sort(),
			sortBy: () => list.sortBy('id'),
			merge: () => list.merge(other),
			'merge with the disposed': () => other.merge(list),
			'merge with itself': () => list.merge(list),
			swap: () => list.swap(other),
			'swap with the disposed': () => other.swap(list),
			'swap with itself': () => list.swap(list),
			reverse: () => list.reverse(),
			compact: () => list.compact(),
			iterate: () => [...list],
			values: () => list.values(),
			keys: () => list.keys(),
			entries: () => list.entries(),
			views: () => list.views(),
			forEach: () => list.forEach(() => {}),
			reduce: () => list.reduce(() => 0, 0),
			find: () => list.find(() => true),
			findNode: () => list.findNode(() => true),
			some: () => list.some(() => true),
			every: () => list.every(() => true),
			toArray: () => list.toArray(),
			toJSON: () => list.toJSON(),
			equals: () => list.equals(other),
			'equals the disposed': () => other.equals(list),
			compare: () => list.compare(other),
			validate: () => list.validate(),
		};
		for (const [name, call] of Object.entries(nodeCalls)) uses[`${name} of a node`] = () => call(list, node);
		for (const [name, call] of Object.entries(positionCalls)) uses[`${name}, a node`] = () => call(list, node);
		const silent = Object.entries(uses).filter(([, use]) => {
			try {
				use();
				return true;
			} catch (error) {
				return !(error instanceof DisposedError);
			}
		});
		expect(silent.map(([name]) => name)).toEqual([]);
		other.validate();
		expect(other.toArray()).toEqual([{ id: 9, price: 9 }]);
		expect(() => view.id).toThrow(FluxError);
	});
});

describe('checked mode', () => {
	test('refuses a node whose place is used again, which the default cannot tell from the new one', () => {
		const list = new FluxList(Item, { heap, checked: true });
		const old = list.emplaceBack(1, 1);
		list.erase(old);
		const fresh = list.emplaceBack(2, 2);
		expect(fresh >>> 0).toBe(old >>> 0);
		expect(fresh).not.toBe(old);
		refuses(() => list.get(old), NodeError, `node ${old} was erased, and its place is used again`, list);
		expect([list.has(old), list.has(fresh)]).toEqual([false, true]);
	});

	test('refuses an erased node even after its slab was given back and taken again', () => {
		const ownHeap = new Heap(new Arena({ maxBytes: 2 ** 20 }));
		const list = new FluxList(Item, { heap: ownHeap, checked: true });
		const old = list.emplaceBack(1, 1);
		list.erase(old);
		expect(list.shrinkToFit()).toBeGreaterThan(0);
		const fresh = list.emplaceBack(2, 2);
		expect(fresh).not.toBe(old);
		expect(list.has(old)).toBe(false);
		ownHeap.dispose();
	});

	test('refuses forged numbers, the header of the list among them', () => {
		const list = new FluxList(Item, 3, { heap, checked: true });
		const { header } = list as unknown as { header: number };
		const index = list.first >>> 0;
		for (const forged of [header, index, index + 1, list.first + 1, list.first + 2 ** 32, list.first - 2 ** 32]) {
			refuses(() => list.get(forged as Node), NodeError, String(forged), list);
		}
	});

	test('refuses numbers out of their field range, by name, and writes nothing', () => {
		const Ranged = struct({ a: u8, b: struct({ c: i32 }), d: array(u8, 2), e: i64 });
		const list = new FluxList(Ranged, { heap, checked: true });
		const good = { a: 1, b: { c: 2 }, d: [3, 4], e: 5n };
		const node = list.pushBack(good);
		const bad: [Infer<typeof Ranged>, string, string][] = [
			[{ ...good, a: 256 }, 'a', '256'],
			[{ ...good, a: -1 }, 'a', '-1'],
			[{ ...good, a: 1.5 }, 'a', '1.5'],
			[{ ...good, a: Number.NaN }, 'a', 'NaN'],
			[{ ...good, b: { c: 2 ** 31 } }, 'b.c', '2147483648'],
			[{ ...good, d: [0, 300] }, 'd[1]', '300'],
			[{ ...good, e: 2n ** 63n }, 'e', '9223372036854775808'],
		];
		for (const [record, field, value] of bad) {
			for (const call of [
				() => list.pushBack(record),
				() => list.set(node, record),
				() => list.assign([good, record]),
			]) {
				const error = thrownBy(call);
				expect(error).toBeInstanceOf(FieldRangeError);
				expect((error as Error).message).toContain(`field ${field} is`);
				expect((error as Error).message).toContain(value);
			}
		}
		const view = list.at(node);
		expect(() => {
			view.a = 256;
		}).toThrow(FieldRangeError);
		expect(() => {
			view.b.c = 2 ** 40;
		}).toThrow(FieldRangeError);
		expect(() => view.d.set(0, -1)).toThrow(FieldRangeError);
		expect(() => view.d.assign([1, 256])).toThrow(FieldRangeError);
		expect(list.toArray()).toEqual([good]);
		list.validate();
	});

	test('retires a place whose generations are used up, and the list goes on without it', () => {
		const ownHeap = new Heap(new Arena({ maxBytes: 2 ** 20 }));
		const list = new FluxList(Item, { heap: ownHeap, checked: true });
		const node = list.emplaceBack(1, 1);
		const place = node >>> 0;
		list.erase(node);
		// Two uses before the end of the 21 bits.
		ownHeap.memory.i32[place + 3] = 2 ** 21 - 2;
		const last = list.emplaceBack(2, 2);
		expect([last >>> 0, Math.floor(last / 2 ** 32)]).toEqual([place, 2 ** 21 - 1]);
		expect(Number.isSafeInteger(last)).toBe(true);
		expect(list.get(last)).toEqual({ id: 2, price: 2 });
		list.erase(last);
		for (let id = 0; id < 2_000; id++) expect(list.emplaceBack(id, id) >>> 0).not.toBe(place);
		expect(list.has(last)).toBe(false);
		list.validate();
		list.clear();
		list.validate();
		list.shrinkToFit();
		list.validate();
		ownHeap.dispose();
	});
});

describe('the constructor', () => {
	test.each<[string, () => unknown, abstract new (...parameters: never[]) => Error, string]>([
		['no struct', () => new FluxList(undefined as never), StructError, 'undefined'],
		['a field type for its struct', () => new FluxList(i32 as never), StructError, 'struct()'],
		['an object for its struct', () => new FluxList({} as never), StructError, 'struct()'],
		['a text for its options', () => new FluxList(Item, 'fast' as never), ArgumentError, 'fast'],
		['null for its options', () => new FluxList(Item, null as never), ArgumentError, 'null'],
		['a number behind its source', () => new FluxList(Item, [], 5 as never), ArgumentError, '5'],
		['a heap that is none', () => new FluxList(Item, { heap: 5 as never }), ArgumentError, '5'],
		['a mode that is no boolean', () => new FluxList(Item, { checked: 'yes' as never }), ArgumentError, 'yes'],
		['half a count', () => new FluxList(Item, 0.5), ArgumentError, '0.5'],
		['a negative count', () => new FluxList(Item, -1), ArgumentError, '-1'],
		['records of another shape', () => new FluxList(Item, [{ id: 1 } as never]), RecordError, 'price'],
		['a subclass', () => new (class extends (FluxList as never as { new (): object }) {})(), ArgumentError, 'extended'],
	])('refuses %s', (_, call, kind, text) => {
		const error = thrownBy(call);
		expect(error).toBeInstanceOf(kind);
		expect((error as Error).message).toContain(text);
	});

	test('refuses a heap that was disposed', () => {
		const ended = new Heap(new Arena({ maxBytes: 2 ** 20 }));
		ended.dispose();
		expect(() => new FluxList(Item, { heap: ended })).toThrow(DisposedError);
	});
});
