import { inspect } from 'node:util';
import {
	Arena,
	ArgumentError,
	array,
	bool,
	char,
	DisposedError,
	EndError,
	f64,
	Heap,
	HeapMismatchError,
	i32,
	i64,
	KeyError,
	NodeError,
	OutOfMemoryError,
	RecordError,
	StaleViewError,
	StructError,
	struct,
	u8,
	u32,
	u64,
	WalkError,
} from '@flux/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { modes, thrownBy } from '../soak.testing.js';
import { FluxHashMap, type HashMapNode } from './hash-map.js';

const Position = struct({ quantity: i32, price: f64 });
type Node = HashMapNode<typeof u32, typeof Position>;

let heap: Heap;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
});
afterEach(() => heap.dispose());

describe.each(modes)('a map in $mode mode', ({ checked }) => {
	const make = (count = 0) => {
		const map = new FluxHashMap(u32, Position, { heap, checked });
		for (let key = 0; key < count; key++) map.emplace(key, key * 10, key / 2);
		return map;
	};

	test('is made of entries as a Map is: of equal keys the last stays, at the place of the first', () => {
		const entries = [
			[2, { quantity: 1, price: 1 }],
			[1, { quantity: 2, price: 2 }],
			[2, { quantity: 3, price: 3 }],
		] as const;
		const map = new FluxHashMap(u32, Position, entries, { heap, checked });
		expect([...map]).toEqual([...new Map<number, unknown>(entries)]);
		expect([...new FluxHashMap(u32, Position, map, { heap })]).toEqual([...map]);
	});

	test('takes no table before the first record, and 1 KiB for the first 72', () => {
		const map = make();
		expect([map.bucketCount, map.loadFactor, map.tableBytes, map.has(0), map.get(5)]).toEqual([
			0,
			0,
			0,
			false,
			undefined,
		]);
		for (let key = 0; key < 72; key++) map.emplace(key, 0, 0);
		expect([map.bucketCount, map.tableBytes]).toEqual([128, 1024]);
		expect(map.loadFactor).toBe(72 / 128);
	});

	test('keeps nodes where they are while it grows a thousandfold', () => {
		const map = make();
		const node = map.emplace(7, 70, 3.5);
		const view = map.viewAt(node);
		for (let key = 100; key < 20_000; key++) map.emplace(key, 0, 0);
		map.rehash(100_000);
		expect(map.bucketCount).toBe(131_072);
		expect(map.find(7)).toBe(node);
		expect(view.quantity).toBe(70);
		map.validate();
	});

	test('takes 64-bit keys as bigints, safe integers and two words', () => {
		const ids = new FluxHashMap(u64, Position, { heap, checked });
		const id = 2n ** 53n - 1n;
		ids.set(id, { quantity: 1, price: 2 });
		const node = ids.find(Number(id));
		expect(node).not.toBe(0);
		expect(ids.findWords(0xffffffff, 0x1fffff)).toBe(node);
		expect(ids.findWords(-1, 0x1fffff)).toBe(node);
		expect(ids.findWords(0, 0)).toBe(0);
		const far = ids.emplaceWords(5, 0x80000000, 3, 4);
		expect([ids.keyAt(far), ids.lowAt(far), ids.highAt(far)]).toEqual([2n ** 63n + 5n, 5, 0x80000000]);
		expect(ids.emplaceWords(5, 0x80000000, 9, 9)).toBe(far);
		ids.emplaceWords(6, 0).quantity = 6;
		expect(ids.get(6)).toEqual({ quantity: 6, price: 0 });
		expect(ids.emplaceWords(6, 0).quantity).toBe(6);
		expect([ids.deleteWords(5, 0x80000000), ids.deleteWords(5, 0x80000000), ids.size]).toEqual([true, false, 2]);
		ids.validate();
		const signed = new FluxHashMap(i64, Position, { heap, checked });
		signed.emplace(-1, 1, 1);
		signed.emplace(-(2n ** 63n), 2, 2);
		expect([...signed.keys()]).toEqual([-1n, -(2n ** 63n)]);
		expect(signed.highAt(signed.findWords(-1, -1) as never)).toBe(-1);
		signed.validate();
	});

	test('shows itself, and goes to JSON, as its entries', () => {
		const map = make(2);
		expect(inspect(map)).toBe(
			'FluxHashMap(2) {\n  0 => { quantity: 0, price: 0 },\n  1 => { quantity: 10, price: 0.5 }\n}',
		);
		expect(JSON.stringify(map)).toBe('[[0,{"quantity":0,"price":0}],[1,{"quantity":10,"price":0.5}]]');
		const ids = new FluxHashMap(u64, struct({ id: u64 }), [[5n, { id: 6n }]], { heap, checked });
		expect(JSON.stringify(ids)).toBe('[["5",{"id":"6"}]]');
		expect(String(map)).toBe('[object FluxHashMap]');
		expect(map).toBeInstanceOf(FluxHashMap);
		map.dispose();
		expect(inspect(map)).toBe('FluxHashMap (disposed)');
		expect(inspect(make(150))).toMatch(/and 50 more records$/);
	});

	test.each([
		['u32', u32, [-1, 2 ** 32, 0.5, Number.NaN, '5', 5n, null, undefined, {}]],
		['i32', i32, [2 ** 31, -(2 ** 31) - 1, 1.5, Number.POSITIVE_INFINITY, true]],
		['u8', u8, [-1, 256]],
		['u64', u64, [-1, -1n, 2n ** 64n, 2 ** 53, 0.5, '1', null]],
		['i64', i64, [2n ** 63n, -(2n ** 63n) - 1n, 2 ** 53, 0.5, undefined]],
		['char(4)', char(4), ['12345', 'a\0b', 'äöü', 5, null, undefined, ['a']]],
	])('refuses what is no key of %s, and changes nothing', (name, type, wrong) => {
		const map = new FluxHashMap(type as typeof u32, Position, { heap, checked });
		const record = { quantity: 1, price: 1 };
		for (const key of wrong as never[]) {
			const attempts: (() => unknown)[] = [
				() => map.get(key),
				() => map.has(key),
				() => map.find(key),
				() => map.at(key),
				() => map.delete(key),
				() => map.set(key, record),
				() => map.insert(key, record),
				() => map.insertOrAssign(key, record),
				() => map.emplace(key),
				() => map.emplace(key, 1, 1),
				() => map.tryEmplace(key),
				() => map.tryEmplace(key, 1, 1),
				() => map.assign([[key, record]]),
				() => map.insertRange([[key, record]]),
			];
			for (const attempt of attempts) {
				const error = thrownBy(attempt);
				expect(error).toBeInstanceOf(ArgumentError);
				expect((error as Error).message).toContain(name);
			}
		}
		expect(map.size).toBe(0);
		map.validate();
	});

	test('takes -0 for 0, as a Map does', () => {
		const map = make();
		map.emplace(-0, 1, 1);
		expect(map.get(0)?.quantity).toBe(1);
		const ids = new FluxHashMap(i64, Position, { heap, checked });
		ids.emplace(-0, 1, 1);
		expect([...ids.keys()]).toEqual([0n]);
	});

	test('refuses what is no map', () => {
		const ids = new FluxHashMap(u64, Position, { heap, checked });
		const calls = [ids.copyFrom, ids.equals, ids.merge, ids.swap] as unknown as ((other: unknown) => unknown)[];
		for (const call of calls) {
			for (const other of [undefined, null, 5, {}, [], Object.create(null)]) {
				expect(() => call.call(ids, other)).toThrow(ArgumentError);
				expect(() => call.call(ids, other)).toThrow('pass a FluxHashMap');
			}
		}
	});

	test('refuses words that are none', () => {
		const ids = new FluxHashMap(u64, Position, { heap, checked });
		for (const word of [0.5, 2 ** 32, -(2 ** 31) - 1, '1', undefined, 5n, Symbol('x'), Object.create(null)]) {
			expect(() => ids.findWords(word as number, 0)).toThrow(ArgumentError);
			expect(() => ids.emplaceWords(0, word as number, 1, 1)).toThrow(ArgumentError);
			expect(() => ids.deleteWords(0, word as number)).toThrow(ArgumentError);
		}
		expect(ids.size).toBe(0);
	});

	test('says of at() which key is missing', () => {
		const error = thrownBy(() => make(3).at(7));
		expect(error).toBeInstanceOf(KeyError);
		expect(error).toMatchObject({ code: 'FLUX_KEY', key: 7 });
	});

	test('refuses records of the wrong shape, and keeps what is there', () => {
		const map = make(1);
		const wrong = [{ quantity: 1 }, { quantity: '1', price: 1 }, null, 5] as unknown as {
			quantity: number;
			price: number;
		}[];
		for (const record of wrong) {
			for (const key of [0, 1]) {
				expect(() => map.set(key, record)).toThrow(RecordError);
				expect(() => map.insert(key, record)).toThrow(RecordError);
				expect(() => map.insertOrAssign(key, record)).toThrow(RecordError);
			}
			expect(() => map.setAt(map.first as Node, record)).toThrow(RecordError);
		}
		expect(() => (map.emplace as (...values: unknown[]) => unknown).call(map, 1, 1)).toThrow(RecordError);
		expect(() => (map.emplace as (...values: unknown[]) => unknown).call(map, 1, 1, 2, 3)).toThrow(RecordError);
		expect([...map]).toEqual([[0, { quantity: 0, price: 0 }]]);
		map.validate();
	});

	test('refuses erased nodes, nodes of other maps, and what is no node', () => {
		const map = make(3);
		const other = make(3);
		const erased = map.find(1) as Node;
		map.delete(1);
		const foreign = other.first as Node;
		const cleared = (() => {
			const third = make(1);
			const node = third.first as Node;
			third.clear();
			return { third, node };
		})();
		const attempts = (on: typeof map, node: Node): (() => unknown)[] => [
			() => on.keyAt(node),
			() => on.getAt(node),
			() => on.viewAt(node),
			() => on.setAt(node, { quantity: 1, price: 1 }),
			() => on.erase(node),
			() => on.erase(node, 0),
			() => on.next(node),
			() => on.previous(node),
			() => on.rekey(node, 77),
		];
		for (const [on, node] of [
			[map, erased],
			[map, foreign],
			[cleared.third, cleared.node],
			[map, 0.5 as Node],
			[map, -4 as Node],
			[map, (2 ** 60) as Node],
		] as const) {
			for (const attempt of attempts(on, node)) {
				const error = thrownBy(attempt);
				expect(error).toBeInstanceOf(NodeError);
				expect((error as Error).message).toMatch(/map/);
			}
			expect(on.hasNode(node)).toBe(false);
		}
		for (const attempt of attempts(map, 0 as Node).slice(0, 5)) expect(attempt).toThrow(EndError);
		expect(() => map.splice(other, map.first as Node)).toThrow(NodeError);
		expect([map.size, other.size]).toEqual([2, 3]);
		map.validate();
		other.validate();
	});

	test('refuses a range whose last node is before its first', () => {
		const map = make(4);
		expect(() => map.erase(map.last, map.first)).toThrow(EndError);
		expect(map.size).toBe(4);
	});

	test('throws after dispose, and gives everything back', () => {
		const before = heap.stats().arena.used;
		const map = make(5_000);
		const view = map.at(3);
		const walk = map.keys();
		walk.next();
		map.dispose();
		map.dispose();
		heap.trim();
		expect(heap.stats().arena.used).toBe(before);
		const attempts: (() => unknown)[] = [
			() => map.size,
			() => map.empty,
			() => map.first,
			() => map.has(3),
			() => map.get(3),
			() => map.find(3),
			() => map.at(3),
			() => map.delete(3),
			() => map.set(3, { quantity: 1, price: 1 }),
			() => map.emplace(3, 1, 1),
			() => map.emplace(3),
			() => map.tryEmplace(3, 1, 1),
			() => map.clear(),
			() => map.clone(),
			() => map.merge(make()),
			() => make().merge(map),
			() => map.swap(make()),
			() => map.copyFrom(make()),
			() => make().copyFrom(map),
			() => map.assign([]),
			() => map.insertRange([]),
			() => map.removeIf(() => true),
			() => map.reserve(1),
			() => map.rehash(1),
			() => map.shrinkToFit(),
			() => map.bucketCount,
			() => map.loadFactor,
			() => [...map],
			() => map.forEach(() => {}),
			() => map.toArray(),
			() => map.equals(make()),
			() => map.validate(),
		];
		for (const attempt of attempts) expect(attempt).toThrow(DisposedError);
		expect(() => view.quantity).toThrow(StaleViewError);
		expect(() => walk.next()).toThrow(WalkError);
		expect(heap.faults()).toEqual([]);
	});

	test('is disposed by `using`', () => {
		let kept: FluxHashMap<typeof u32, typeof Position>;
		{
			using map = make(2);
			kept = map;
		}
		expect(() => kept.size).toThrow(DisposedError);
	});

	test('exchanges nodes with maps of one heap, record, mode and key type', () => {
		const map = make(3);
		const others = [
			new FluxHashMap(u32, Position, { heap, checked: !checked }),
			new FluxHashMap(u32, struct({ other: f64 }), { heap, checked }) as unknown as typeof map,
		];
		for (const other of others) {
			expect(() => map.merge(other)).toThrow(HeapMismatchError);
			expect(() => map.swap(other)).toThrow(HeapMismatchError);
			expect(() => map.splice(other, 1 as Node)).toThrow(HeapMismatchError);
		}
		// Keys of as many words, in one pool, and yet others.
		const signed = new FluxHashMap(i32, Position, { heap, checked }) as unknown as typeof map;
		signed.emplace(5, 1, 1);
		for (const attempt of [
			() => map.merge(signed),
			() => map.swap(signed),
			() => map.splice(signed, signed.first as Node),
			() => map.copyFrom(signed),
			() => map.equals(signed),
		])
			expect(attempt).toThrow(ArgumentError);
		expect([map.size, signed.size]).toEqual([3, 1]);
	});

	test('copies from maps of any heap and mode', () => {
		const elsewhere = new Heap(new Arena({ maxBytes: 2 ** 22 }));
		const Text = struct({ name: char(3), pair: array(u8, 2), on: bool });
		const record = { name: 'abc', pair: [1, 2], on: true };
		const source = new FluxHashMap(
			char(3),
			Text,
			[
				['x', record],
				['yy', record],
			],
			{ heap: elsewhere, checked: !checked },
		);
		const map = new FluxHashMap(char(3), Text, { heap, checked });
		map.copyFrom(source);
		expect([...map]).toEqual([...source]);
		expect(map.equals(source)).toBe(true);
		map.at('x').on = false;
		expect(map.equals(source)).toBe(false);
		elsewhere.dispose();
	});

	test('says when memory is full, is as it was, and goes on', () => {
		const small = new Heap(new Arena({ maxBytes: 2 ** 19 }));
		const map = new FluxHashMap(u32, Position, { heap: small, checked });
		const fill = (): void => {
			for (let key = map.size; ; key++) map.emplace(key, key, 0);
		};
		expect(thrownBy(fill)).toBeInstanceOf(OutOfMemoryError);
		const { size } = map;
		expect(size).toBeGreaterThan(4_000);
		map.validate();
		expect(map.get(size)).toBeUndefined();
		expect(map.get(size - 1)?.quantity).toBe(size - 1);
		for (const attempt of [
			() => map.set(size, { quantity: 1, price: 1 }),
			() => map.emplace(size),
			() => map.reserve(1_000_000),
			() => map.rehash(1_000_000),
			() => map.clone(),
			() => map.insertRange(Array.from({ length: size }, (_, at) => [at + size, { quantity: 0, price: 0 }])),
		]) {
			expect(attempt).toThrow(OutOfMemoryError);
			expect(map.size).toBe(size);
		}
		map.validate();
		for (let key = 0; key < 100; key++) map.delete(key);
		for (let key = 0; key < 100; key++) map.emplace(key + 1_000_000, 0, 0);
		map.validate();
		map.clear();
		expect(thrownBy(fill)).toBeInstanceOf(OutOfMemoryError);
		expect(map.size).toBeGreaterThanOrEqual(size);
		small.dispose();
	});

	test('is whole whatever callbacks do', () => {
		const map = make(10);
		const evil = {
			get quantity() {
				map.clear();
				map.emplace(99, 9, 9);
				return 1;
			},
			price: 5,
		};
		map.set(3, evil);
		expect([...map.keys()]).toEqual([99, 3]);
		map.validate();
		map.insert(99, evil);
		expect([...map]).toEqual([[99, { quantity: 9, price: 9 }]]);
		const node = map.first as Node;
		const clearing = {
			quantity: 1,
			get price() {
				map.clear();
				return 1;
			},
		};
		expect(() => map.setAt(node, clearing)).toThrow(NodeError);
		map.clear();
		for (let key = 0; key < 6; key++) map.emplace(key, key, 0);
		const seen: number[] = [];
		for (const [key] of map) {
			seen.push(key);
			map.delete(key);
			if (key === 1) map.delete(2);
			if (key < 3) map.emplace(key + 10, 0, 0);
		}
		expect(seen).toEqual([0, 1, 3, 4, 5, 10, 11]);
		expect(map.size).toBe(0);
		for (let key = 0; key < 6; key++) map.emplace(key, key, 0);
		expect(() => map.removeIf((_, key) => map.delete(key))).toThrow(WalkError);
		expect(() => map.removeIf(() => thrownBy(() => map.keyAt(0 as Node)) === undefined)).not.toThrow();
		map.forEach((view, key, at) => {
			if (key % 2 === 0) map.erase(at);
			else view.quantity = 100;
		});
		expect(map.toArray().map(([key, { quantity }]) => [key, quantity])).toEqual([
			[1, 100],
			[3, 100],
			[5, 100],
		]);
		const other = map.clone();
		expect(map.equals(other, () => map.delete(5))).toBe(false);
		const failing = function* (): Generator<[number, { quantity: number; price: number }]> {
			yield [1, { quantity: 1, price: 1 }];
			map.emplace(50, 0, 0);
			throw new Error('enough');
		};
		for (const attempt of [() => map.assign(failing()), () => map.insertRange(failing())])
			expect(attempt).toThrow('enough');
		expect([...map.keys()]).toEqual([1, 3, 50]);
		expect(() => {
			for (const _ of map) map.clear();
		}).toThrow(WalkError);
		map.validate();
		other.validate();
	});

	test('checks views at each access, also of nodes that went to another map', () => {
		const map = make(3);
		const other = make();
		const [erased, moved] = [map.at(0), map.at(1)];
		map.delete(0);
		other.splice(map, map.find(1) as Node);
		expect(() => erased.quantity).toThrow(StaleViewError);
		expect(() => moved.quantity).toThrow(StaleViewError);
		const walk = map.views();
		const view = walk.next().value;
		expect(view.quantity).toBe(20);
		walk.next();
		expect(() => view.quantity).toThrow(StaleViewError);
		const moving = map.at(2);
		map.emplace(5, 55, 0);
		expect(map.at(5, moving)).toBe(moving);
		expect(moving.quantity).toBe(55);
		expect(() => map.at(5, {} as typeof moving)).toThrow(ArgumentError);
	});

	test('refuses counts, options and structs that are none', () => {
		const map = make(1);
		for (const count of [-1, 0.5, Number.NaN, '1', 2 ** 40] as number[]) {
			expect(() => map.reserve(count)).toThrow(ArgumentError);
			expect(() => map.rehash(count)).toThrow(ArgumentError);
		}
		for (const type of [f64, bool, array(u8, 2), Position, undefined, 'u32'] as never[])
			expect(() => new FluxHashMap(type, Position, { heap })).toThrow(ArgumentError);
		expect(() => new FluxHashMap(u32, u32 as never)).toThrow(StructError);
		expect(() => new FluxHashMap(u32, Position, { heap, size: 5 } as never)).toThrow(ArgumentError);
		expect(() => new FluxHashMap(u32, Position, [5] as never, { heap })).toThrow(ArgumentError);
		expect(() => map.assign(5 as never)).toThrow(ArgumentError);
		expect(() => map.keys({ reverse: 1 } as never)).toThrow(ArgumentError);
		expect(
			() => new (class extends (FluxHashMap as never as new (...all: unknown[]) => object) {})(u32, Position),
		).toThrow(ArgumentError);
		expect(map.size).toBe(1);
	});
});

test('numbers wrap in fields, or throw in checked mode, and never in keys', () => {
	const map = new FluxHashMap(u32, Position, { heap });
	map.emplace(1, 2 ** 31, 0);
	expect(map.get(1)?.quantity).toBe(-(2 ** 31));
	const checked = new FluxHashMap(u32, Position, { heap, checked: true });
	expect(() => checked.emplace(1, 2 ** 31, 0)).toThrow(/quantity/);
	expect(checked.size).toBe(0);
});

test('checked mode tells a node from a later one in its place', () => {
	const map = new FluxHashMap(u32, Position, { heap, checked: true });
	const node = map.emplace(1, 1, 1);
	map.delete(1);
	map.emplace(2, 2, 2);
	expect(() => map.getAt(node)).toThrow(NodeError);
	expect(map.hasNode(node)).toBe(false);
});

test('a map that is dropped gives nodes and table back', async () => {
	const used = heap.stats().arena.used;
	const drop = (): void => {
		const map = new FluxHashMap(u32, Position, { heap });
		for (let key = 0; key < 5_000; key++) map.emplace(key, 0, 0);
	};
	drop();
	const containers = () => heap.stats().pools.reduce((sum, pool) => sum + pool.containers, 0);
	for (let turn = 0; turn < 40 && containers() > 0; turn++) {
		await new Promise((resolve) => setTimeout(resolve, 25));
		globalThis.gc?.();
	}
	expect(containers()).toBe(0);
	heap.trim();
	expect(heap.stats().arena.used).toBe(used);
});

test('keys chosen to collide cost no more than others, in maps by u32 too', () => {
	// Multiples of the inverse of the table's multiplier: their products are small, so all fall on one line.
	let inverse = 1;
	for (let step = 0; step < 5; step++) inverse = Math.imul(inverse, 2 - Math.imul(0x9e3779b9, inverse));
	const big = new Heap(new Arena({ maxBytes: 2 ** 26 }));
	const map = new FluxHashMap(u32, Position, { heap: big });
	const { index } = map as unknown as { index: { seeded: boolean; store(fold: number, node: number): number } };
	const { store } = index;
	let walked = 0;
	index.store = function (fold, node) {
		const past = store.call(this, fold, node);
		walked += past;
		return past;
	};
	const COUNT = 50_000;
	for (let count = 1; count <= COUNT; count++)
		map.emplace(((Math.imul(inverse, count) & 0x1fffffff) << 3) >>> 0, count, 0);
	expect(map.size).toBe(COUNT);
	expect(index.seeded).toBe(true);
	expect(walked / COUNT).toBeLessThan(60);
	map.validate();
	big.dispose();
});

test('a walk goes on over the records that it began with when maps are swapped', () => {
	const map = new FluxHashMap(u32, Position, { heap });
	const other = new FluxHashMap(u32, Position, { heap });
	for (let key = 0; key < 3; key++) map.emplace(key, 0, 0);
	other.emplace(9, 0, 0);
	const seen: number[] = [];
	for (const key of map.keys()) {
		seen.push(key);
		if (key === 0) map.swap(other);
		if (key === 1) other.delete(1);
	}
	expect(seen).toEqual([0, 1, 2]);
	expect([...map.keys(), ...other.keys()]).toEqual([9, 0, 2]);
	map.validate();
	other.validate();
});
