import { inspect } from 'node:util';
import {
	Arena,
	array,
	char,
	FluxError,
	f64,
	Heap,
	i32,
	i64,
	type LiveView,
	StaleViewError,
	struct,
	u8,
} from '@flux/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { modes } from '../soak.testing.js';
import { FluxList, type FluxNode } from './list.js';

const Item = struct({ id: i32, big: i64, name: char(4), point: struct({ x: f64, y: f64 }), data: array(u8, 3) });
const Parts = struct({ parts: array(struct({ tag: char(2), weights: array(f64, 2) }), 2) });
type List = FluxList<typeof Item>;
type Node = FluxNode<typeof Item>;
type View = LiveView<typeof Item>;

const record = (id: number) => ({ id, big: BigInt(id), name: 'abc', point: { x: id, y: -id }, data: [id, 2, 3] });

describe.each(modes)('a live view, in $mode mode,', ({ checked }) => {
	let heap: Heap;
	let list: List;

	beforeEach(() => {
		heap = new Heap(new Arena({ maxBytes: 2 ** 22 }));
		list = listOf(1, 2, 3);
	});
	afterEach(() => heap.dispose());

	const listOf = (...ids: number[]): List => new FluxList(Item, ids.map(record), { heap, checked });
	const nodeAt = (index: number): Node => [...list.keys()][index];

	/** Every access to the view and to what was taken from it throws, and writes nothing into whatever is there now. */
	function expectStale(view: View, point: View['point'], data: View['data'], untouched: readonly List[] = []): void {
		const before = untouched.map((each) => each.toArray());
		const accesses: (() => unknown)[] = [
			() => view.id,
			() => view.name,
			() => view.point.x,
			() => view.data.get(0),
			() => JSON.stringify(view),
			() => inspect(view),
			() => Object.assign(view, { id: 77 }),
			() => Object.assign(view, { name: 'zz' }),
			() => Object.assign(view, { point: { x: 77, y: 77 } }),
			() => Object.assign(view, { data: [7, 7, 7] }),
			() => point.x,
			() => Object.assign(point, { x: 77 }),
			() => data.get(0),
			() => data.set(0, 77),
			() => data.assign([7, 7, 7]),
			() => data.toArray(),
			() => [...data],
		];
		for (const access of accesses) expect(access, `${access}`).toThrow(StaleViewError);
		for (const each of untouched) each.validate();
		expect(untouched.map((each) => each.toArray())).toEqual(before);
	}

	function expectLive(view: View, owner: List, node: Node): void {
		expect(view.id).toBe(owner.get(node).id);
		view.id += 100;
		view.point.x += 0.5;
		expect(owner.get(node).id).toBe(view.id);
		expect(owner.get(node).point.x).toBe(view.point.x);
		view.id -= 100;
	}

	test('reads and writes its record in place', () => {
		const node = nodeAt(1);
		const view = list.at(node);
		view.id = 20;
		view.big -= 30n;
		view.name = 'xyz';
		view.point.y = 5;
		view.point = { x: 9, y: view.point.y };
		view.data.set(2, 30);
		expect([...view.data]).toEqual([2, 2, 30]);
		view.data = [7, view.data.get(1), 9] as never;
		expect(list.get(node)).toEqual({ id: 20, big: -28n, name: 'xyz', point: { x: 9, y: 5 }, data: [7, 2, 9] });
		expect(list.toArray().map(({ id }) => id)).toEqual([1, 20, 3]);
	});

	test('goes through arrays of structs of arrays to every leaf', () => {
		const parts = new FluxList(Parts, 1, { heap, checked });
		const view = parts.at(parts.keys().next().value as never);
		expect(view.parts.length).toBe(2);
		view.parts.get(1).tag = 'ab';
		view.parts.get(1).weights.set(0, 1.5);
		view.parts.get(0).weights.assign([3, 4]);
		view.parts.set(0, { ...view.parts.toArray()[0], tag: 'cd' });
		expect(parts.toArray()).toEqual([
			{
				parts: [
					{ tag: 'cd', weights: [3, 4] },
					{ tag: 'ab', weights: [1.5, 0] },
				],
			},
		]);
		expect(JSON.stringify(view.parts)).toBe('[{"tag":"cd","weights":[3,4]},{"tag":"ab","weights":[1.5,0]}]');
		for (const index of [-1, 2, 0.5, Number.NaN, '0' as never, undefined as never]) {
			expect(() => view.parts.get(index)).toThrow(expect.objectContaining({ code: 'FLUX_RECORD' }));
			expect(() => view.parts.get(0).weights.set(index, 1)).toThrow(String(index));
		}
		expect(() => view.parts.get(0).weights.assign([1])).toThrow(/pass an array of 2/);
	});

	test('of a node that was erased is stale, and so is what was taken from it', () => {
		const node = nodeAt(1);
		const view = list.at(node);
		const { point, data } = view;
		list.erase(node);
		expectStale(view, point, data, [list]);
	});

	test('of a node that moved to another list, alone or in a range, is stale or goes with it, and is stale once it is erased there', () => {
		const other = listOf(9);
		const [node, second] = [nodeAt(1), nodeAt(2)];
		const view = list.at(node);
		const { point, data } = view;
		const later = list.at(second);
		other.splice(0, list, node);
		other.splice(0, list, second, 0);
		for (const [each, at] of [
			[view, node],
			[later, second],
		] as const) {
			try {
				expectLive(each, other, at);
			} catch (error) {
				expect(error).toBeInstanceOf(StaleViewError);
			}
			expectLive(other.at(at), other, at);
		}
		other.erase(node);
		expectStale(view, point, data, [list, other]);
	});

	test('is stale when its node was erased and the place is in use again in another list', () => {
		const other = listOf(9);
		const node = nodeAt(1);
		const view = list.at(node);
		const { point, data } = view;
		list.erase(node);
		expect(other.pushBack(record(50)) >>> 0).toBe(node >>> 0);
		expectStale(view, point, data, [list, other]);
	});

	test('is stale once the list was cleared, or disposed, or given other records', () => {
		const ends: ((list: List) => void)[] = [
			(list) => list.clear(),
			(list) => list.dispose(),
			(list) => list.assign([record(1)]),
			(list) => list.resize(0),
			(list) => void list.removeIf(() => true),
			(list) => void list.erase(list.first, 0),
			(list) => {
				list.clear();
				list.insert(0, 50, record(5));
			},
		];
		for (const end of ends) {
			const ended = listOf(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
			const view = ended.at([...ended.keys()][5]);
			const { point, data } = view;
			end(ended);
			// A list that takes the places in use again, and must not be written to.
			const next = listOf(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
			expectStale(view, point, data, [next]);
			if (end !== ends[1]) ended.dispose();
			next.dispose();
		}
	});

	test('of a node whose record was moved by compact is stale', () => {
		list.reverse();
		const node = list.first as Node;
		const view = list.at(node);
		const { point, data } = view;
		expect(list.compact()).toBe(2);
		expectStale(view, point, data, [list]);
	});

	test('lives on through sort, reverse, growth, and whatever happens to other nodes', () => {
		const node = nodeAt(1);
		const view = list.at(node);
		list.erase(nodeAt(0));
		list.reverse();
		list.sort((a, b) => b.id - a.id);
		list.insert(0, 20_000, record(5));
		list.erase(list.previous(0) as Node);
		expectLive(view, list, node);
		list.splice(0, list, node);
		expectLive(view, list, node);
	});

	test('is bound to the list it was taken from, and stale once another took over its nodes', () => {
		for (const size of [3, 20]) {
			for (const take of ['splice', 'swap'] as const) {
				const list = new FluxList(struct({ id: i32 }), size, { checked });
				const same = list.clone();
				same.clear();
				const view = list.at(list.first as never);
				if (take === 'splice') same.splice(0, list);
				else same.swap(list);
				expect(() => view.id).toThrow(StaleViewError);
				expect(same.size).toBe(size);
				for (const each of [list, same]) each.dispose();
			}
		}
	});

	test('moves to another node without garbage when it is passed to at()', () => {
		const view = list.at(nodeAt(0));
		expect(list.at(nodeAt(2), view)).toBe(view);
		expect(view.id).toBe(3);
		const other = listOf(9);
		other.at(other.first as Node, view);
		expect(view.id).toBe(9);
		list.dispose();
		expect(view.id).toBe(9);
		const stale = other.at(other.first as Node);
		other.popFront();
		expect(() => stale.id).toThrow(StaleViewError);
		expect(() => other.at(undefined as never, stale)).toThrow(FluxError);
	});

	test('passed to at() of another list keeps checking by its own node after that is erased', () => {
		const view = list.at(nodeAt(0));
		const kept = nodeAt(1);
		list.erase(nodeAt(0));
		list.at(kept, view);
		expect(view.id).toBe(2);
	});

	test('may write a value whose getter erases the node: it throws and writes nothing', () => {
		const node = nodeAt(1);
		const view = list.at(node);
		const erasing = {
			get x() {
				list.erase(node);
				list.pushBack(record(50));
				return 1;
			},
			y: 2,
		};
		const write = () => {
			view.point = erasing;
		};
		if (checked) expect(write).toThrow(StaleViewError);
		else {
			// In the default mode the place is used again in the same list, so this cannot be told; an error is as good.
			try {
				write();
			} catch (error) {
				expect(error).toBeInstanceOf(StaleViewError);
			}
		}
		list.validate();
	});

	test('goes to JSON as its record, bigints as text', () => {
		const view = list.at(nodeAt(0));
		const json = '{"id":1,"big":"1","name":"abc","point":{"x":1,"y":-1},"data":[1,2,3]}';
		expect(JSON.stringify(view)).toBe(json);
		expect(JSON.stringify(list).startsWith(`[${json},`)).toBe(true);
		expect(JSON.parse(JSON.stringify(list)).map(({ big }: { big: string }) => big)).toEqual(['1', '2', '3']);
		expect(JSON.stringify({ point: view.point, data: view.data })).toBe('{"point":{"x":1,"y":-1},"data":[1,2,3]}');
		for (const cursor of list.views()) expect(JSON.parse(JSON.stringify(cursor)).big).toBe(String(cursor.id));
	});

	test('shows its record in console.log, and so does the list', () => {
		expect(inspect(list.at(nodeAt(0)))).toBe(inspect(record(1)));
		expect(inspect(list)).toContain('FluxList(3) [');
		expect(inspect(list)).toContain("name: 'abc'");
		for (const cursor of list.views()) expect(inspect(cursor)).toBe(inspect(record(cursor.id)));
		expect(Object.prototype.toString.call(list)).toBe('[object FluxList]');
		expect(String(list.constructor.name)).toContain('FluxList');
		expect(list).toBeInstanceOf(FluxList);
		list.insert(0, 500, record(1));
		expect(inspect(list)).toContain('403 more records');
		expect(inspect({ deep: { deeper: { list } } })).toContain('FluxList(503)');
		list.dispose();
		expect(inspect(list)).toBe('FluxList (disposed)');
	});

	test('that a walk moves writes in place too, arrays and structs included', () => {
		for (const view of list.views()) {
			view.id *= 10;
			view.point.x = view.data.get(0);
			view.data.assign([9, 8, 7]);
			view.name = 'w';
		}
		expect(list.toArray()).toEqual(
			[1, 2, 3].map((id) => ({ ...record(id), id: 10 * id, name: 'w', point: { x: id, y: -id }, data: [9, 8, 7] })),
		);
	});

	test('what was taken from a walk’s view stays at its record while the walk goes on, and ends with it', () => {
		const points: View['point'][] = [];
		for (const view of list.views()) {
			points.push(view.point);
			expect(points.map(({ x }) => x)).toEqual([1, 2, 3].slice(0, points.length));
		}
		for (const point of points) expect(() => point.x).toThrow(StaleViewError);
	});
});
