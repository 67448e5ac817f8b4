import { Arena, char, f32, f64, Heap, i8, i16, i32, struct, u8, u16, u32 } from '@flux/core';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { modes, runs } from '../soak.testing.js';
import { FluxList, type FluxNode } from './list.js';

/** What the model cannot show: the calls as a reader would write them, and lists too large for it. */

const Item = struct({ id: i32, price: f64 });
type List = FluxList<typeof Item>;
type Node = FluxNode<typeof Item>;

const heap = new Heap(new Arena({ maxBytes: 2 ** 27 }));
afterAll(() => heap.dispose());

const idsOf = (list: List) => Array.from(list, ({ id }) => id);

describe.each(modes)('a list, in $mode mode,', ({ checked }) => {
	const listOf = (...ids: number[]): List =>
		new FluxList(
			Item,
			ids.map((id) => ({ id, price: id / 2 })),
			{ heap, checked },
		);

	test('is made empty, of a size, of a range, and as a copy', () => {
		expect(new FluxList(Item, { heap, checked }).empty).toBe(true);
		expect(new FluxList(Item, 3, { heap, checked }).toArray()).toEqual(new Array(3).fill({ id: 0, price: 0 }));
		const list = listOf(1, 2, 3);
		expect(new FluxList(Item, list.values({ reverse: true }), { heap, checked }).toArray().map(({ id }) => id)).toEqual(
			[3, 2, 1],
		);
		const copy = list.clone();
		copy.at(copy.first as Node).id = 9;
		expect([idsOf(list), idsOf(copy)]).toEqual([
			[1, 2, 3],
			[9, 2, 3],
		]);
		expect(copy.heap).toBe(list.heap);
		expect(Object.getPrototypeOf(copy)).toBe(Object.getPrototypeOf(list));
	});

	test('draws on the default heap unless told otherwise', () => {
		const list = new FluxList(Item, { checked });
		expect(list.heap).toBe(Heap.default);
		list.dispose();
	});

	test('ends by Symbol.dispose, which is what `using` calls', () => {
		const list = listOf(1);
		list[Symbol.dispose]();
		expect(() => list.first).toThrow(/disposed/);
	});

	test('gives copies that do not change with it, and are not written back', () => {
		const list = listOf(1, 2);
		const copy = list.front;
		list.at(list.first as Node).id = 7;
		expect(copy).toEqual({ id: 1, price: 0.5 });
		copy.id = 9;
		for (const each of list) each.id = 9;
		expect(idsOf(list)).toEqual([7, 2]);
	});

	test('inserts before a position, and at the end before 0', () => {
		const list = listOf(1, 4);
		const three = list.insert(list.last, { id: 3, price: 0 });
		list.emplace(three, 2, 0);
		list.insert(0, { id: 5, price: 0 });
		expect(list.insert(0, 2, { id: 6, price: 0 })).toBe(list.previous(list.last));
		expect(list.insert(three, 0, { id: 9, price: 0 })).toBe(three);
		expect(list.insertRange(three, [])).toBe(three);
		expect(idsOf(list)).toEqual([1, 2, 3, 4, 5, 6, 6]);
	});

	test('keeps every node through a splice of a whole list, however long, and the nodes of both are used on', () => {
		for (const size of [0, 1, 7, 8, 9, 100, 1_000]) {
			const list = listOf(-1, -2);
			const other = listOf(...Array.from({ length: size }, (_, id) => id));
			const nodes = [...other.keys()];
			const [first, second] = [...list.keys()];
			list.splice(second, other);
			expect([list.size, other.size]).toEqual([size + 2, 0]);
			for (const [id, node] of nodes.entries()) {
				expect(list.get(node).id).toBe(id);
				expect(other.has(node)).toBe(false);
			}
			other.emplaceBack(77, 0);
			const middle = nodes[size >> 1];
			if (middle !== undefined) {
				expect(list.next(list.erase(list.first as Node) as Node)).toBe(nodes[1] ?? second);
				list.erase(middle);
				expect(list.has(middle)).toBe(false);
				other.splice(0, list, list.last as Node);
				expect(idsOf(other)).toEqual([77, -2]);
			} else expect(list.next(first)).toBe(second);
			list.validate();
			other.validate();
			list.dispose();
			other.dispose();
		}
	});

	test('passes a whole list through many others, and every node stays what it was', () => {
		const lists = Array.from({ length: 6 }, () => listOf());
		const nodes = Array.from({ length: 50 }, (_, id) => lists[0].emplaceBack(id, id));
		let at = 0;
		for (let step = 0; step < 3_000; step++) {
			const to = (at + 1 + (step % 5)) % 6;
			lists[to].splice(0, lists[at]);
			lists[at].emplaceBack(1_000 + step, 0);
			lists[at].popFront();
			at = to;
		}
		for (const list of lists) list.validate();
		for (const [id, node] of nodes.entries()) expect(lists[at].get(node).id).toBe(id);
		lists[at].clear();
		for (const list of lists) for (const node of nodes) expect(list.has(node)).toBe(false);
		for (const list of lists) list.dispose();
	});

	test('moves the least recently used to the back without a change to any node', () => {
		const list = listOf(1, 2, 3, 4);
		const [one, two] = [...list.keys()];
		list.splice(0, list, one);
		list.splice(list.first, list, list.last as Node);
		list.splice(0, list, two);
		expect(idsOf(list)).toEqual([1, 3, 4, 2]);
		expect([list.get(one).id, list.get(two).id]).toEqual([1, 2]);
	});

	test('sorts thousands of records as Array.prototype.sort does, stable, and so does merge', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 0, max: 3_000 }),
				fc.integer({ min: 1, max: 50 }),
				fc.integer(),
				(size, keys, seed) => {
					let state = seed;
					const next = () => {
						state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
						return state;
					};
					const records = Array.from({ length: size }, (_, id) => ({ id, price: next() % keys }));
					const list = new FluxList(Item, records, { heap, checked });
					const nodes = [...list.keys()];
					const sorted = records.toSorted((a, b) => a.price - b.price).map(({ id }) => id);
					list.sort((a, b) => a.price - b.price);
					expect(idsOf(list)).toEqual(sorted);
					for (let id = 0; id < size; id += 97) expect(list.get(nodes[id]).id).toBe(id);
					list.sort((a, b) => a.id - b.id);
					list.sortBy('price');
					expect(idsOf(list)).toEqual(sorted);
					list.sort((a, b) => a.id - b.id);
					const half = new FluxList(Item, { heap, checked });
					half.splice(0, list, nodes[size >> 1] ?? 0, 0);
					half.sortBy('price');
					list.sortBy('price');
					list.merge(half, (a, b) => a.price - b.price);
					expect(idsOf(list)).toEqual(sorted);
					list.validate();
					list.dispose();
					half.dispose();
				},
			),
			{ numRuns: runs(100) },
		);
	});

	test('sorts by a number field of every type, to the ends of its range', () => {
		const kinds = { i8, u8, i16, u16, i32, u32, f32, f64 };
		for (const [name, type] of Object.entries(kinds)) {
			const Keyed = struct({ pad: u8, key: type, at: i32 });
			const special =
				name[0] === 'f' ? [Number.NaN, -0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-30, -1e-30] : [];
			const bits = Number(name.slice(1));
			const low = name[0] === 'u' ? 0 : -(2 ** (bits - 1));
			const keyArb = fc.oneof(
				fc.integer({ min: Math.max(low, -(2 ** 31)), max: Math.min(2 ** 31 - 1, low + 2 ** bits - 1) }),
				fc.constantFrom(low, 0, 1, low + 2 ** bits - 1, ...special),
			);
			const keys = keyArb.filter((key) => name !== 'f32' || Object.is(Math.fround(key), key));
			fc.assert(
				fc.property(
					fc.array(name[0] === 'f' ? keys : keyArb, { maxLength: 60, size: 'max' }),
					fc.boolean(),
					(values, descending) => {
						const list = new FluxList(Keyed, { heap, checked: false });
						values.forEach((key, at) => {
							list.emplaceBack(0, key, at);
						});
						const sorted = values
							.map((key, at) => ({ key, at }))
							.sort((a, b) => {
								if (Number.isNaN(a.key) || Number.isNaN(b.key))
									return Number(Number.isNaN(a.key)) - Number(Number.isNaN(b.key));
								return a.key === b.key ? 0 : a.key < b.key === descending ? 1 : -1;
							});
						list.sortBy('key', { descending });
						expect(Array.from(list, ({ at }) => at)).toEqual(sorted.map(({ at }) => at));
						list.dispose();
					},
				),
				{ numRuns: runs(200) },
			);
		}
	});

	test('compares and removes by all fields in the order of declaration, texts by their bytes', () => {
		const Named = struct({ name: char(8), id: u8 });
		const names = ['b', 'a', 'ab', '', 'é', 'z', 'a'].map((name, id) => ({ name, id: id % 2 }));
		const list = new FluxList(Named, names, { heap, checked });
		list.sort();
		expect(Array.from(list, ({ name, id }) => `${name}${id}`)).toEqual(['1', 'a0', 'a1', 'ab0', 'b0', 'z1', 'é0']);
		expect(list.remove({ name: 'a', id: 1 })).toBe(1);
		expect(list.remove({ name: 'nobody', id: 1 })).toBe(0);
		expect(list.compare(new FluxList(Named, [{ name: '', id: 2 }], { heap, checked }))).toBeLessThan(0);
		list.dispose();
	});

	test('puts records in the order of the walk, and says which nodes moved', () => {
		const list = listOf(...Array.from({ length: 2_000 }, (_, id) => (id * 7_919) % 2_000));
		const nodes = new Map(Array.from(list.entries(), ([node, { id }]) => [id, node as number]));
		list.sortBy('id');
		const pending = new Map<number, number>();
		const moved = list.compact((from, to) => {
			for (const [id, node] of nodes) if (node === from) return void pending.set(id, to);
		});
		list.validate();
		for (const [id, to] of pending) nodes.set(id, to);
		expect(moved).toBeGreaterThan(1_900);
		for (const [id, node] of nodes) expect(list.get(node as Node).id).toBe(id);
		const places = Array.from(list.keys(), (node) => node >>> 0);
		expect(places).toEqual([...places].sort((a, b) => a - b));
		expect(idsOf(list)).toEqual(Array.from({ length: 2_000 }, (_, id) => id));
		expect(list.compact()).toBe(0);
		list.dispose();
	});
	test('of ten records at once keeps each to its own', () => {
		const fields = { i8, u8, i16, u16, i32, u32, f32, f64 };
		const lists = Object.entries(fields).map(([name, type], index) => {
			const list = new FluxList(struct(['id', u8], [name, type], ['text', char(index + 1)]), { heap, checked });
			for (let id = 0; id < 100; id++)
				(list as unknown as { emplaceBack(...values: unknown[]): void }).emplaceBack(id, id, 'x');
			return list;
		});
		for (const list of lists) {
			expect(Array.from(list as unknown as Iterable<{ id: number }>, ({ id }) => id)).toEqual(
				Array.from({ length: 100 }, (_, id) => id),
			);
			list.sort();
			list.validate();
		}
		for (const list of lists) list.dispose();
	});

	test('takes a column of any array, and typed arrays of the field’s own type or another', () => {
		const list = listOf();
		list.pushMany({ id: [1, 2], price: Float64Array.of(0.5, 1) });
		list.pushMany({ id: new Uint8Array([3, 4]), price: [1.5, 2] });
		list.pushMany({ id: [], price: [] });
		list.pushMany({ id: new Int32Array(new SharedArrayBuffer(8)), price: new Float32Array(2) });
		expect(list.toArray()).toEqual([
			...[1, 2, 3, 4].map((id) => ({ id, price: id / 2 })),
			...new Array(2).fill({ id: 0, price: 0 }),
		]);
	});

	test('counts past 2^32 links, as an endless queue makes them', () => {
		const list = listOf(1, 2, 3);
		const { header } = list as unknown as { header: number };
		const { i32: words } = heap.memory;
		// INSERTED and ERASED, just before they wrap.
		words[header + 3] = -2;
		words[header + 4] = -5;
		for (let id = 4; id < 10; id++) {
			list.emplaceBack(id, id);
			list.popFront();
			expect(list.size).toBe(3);
			list.validate();
		}
		expect(idsOf(list)).toEqual([7, 8, 9]);
	});

	test('validate() finds a link, an owner or a counter that someone else wrote over', () => {
		const damages: ((words: Int32Array, node: number, header: number) => void)[] = [
			(words, node) => {
				words[node] = node;
			},
			(words, node) => {
				words[node + 1] = 5;
			},
			(words, node) => {
				words[node + 2] += 1;
			},
			(words, node) => {
				words[node] = 17;
			},
			(words, _, header) => {
				words[header + 3] += 1;
			},
			(words, _, header) => {
				words[header + 2] += 1;
			},
			(words, node, header) => {
				words[header] = words[node];
			},
		];
		for (const damage of damages) {
			const own = new Heap(new Arena({ maxBytes: 2 ** 20 }));
			const list = new FluxList(Item, 5, { heap: own, checked });
			list.validate();
			const { header } = list as unknown as { header: number };
			damage(own.memory.i32, [...list.keys()][2] >>> 0, header);
			expect(() => list.validate(), String(damage)).toThrow(expect.objectContaining({ code: 'FLUX_CORRUPTION' }));
			own.dispose();
		}
	});
});
