import { Arena, char, type FieldType, f64, Heap, i8, i32, i64, struct, u32, u64 } from '@flux/core';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { expect } from '../quick-expect.testing.js';
import { modes, runs } from '../soak.testing.js';
import { FluxHashMap, type HashMapNode, type KeyType } from './hash-map.js';

/**
 * Two maps and a JavaScript Map for each: thousands of calls, after each the same answer, the same order and, now and then,
 * every invariant. Nodes are remembered, and must stay valid for as long as their records are there.
 */

const Item = struct({ count: i32, price: f64, name: char(6) });
interface Item {
	count: number;
	price: number;
	name: string;
}
type Key = number | bigint | string;
type Node = HashMapNode<FieldType<bigint, bigint>, typeof Item>;
type TestMap = FluxHashMap<FieldType<bigint, bigint>, typeof Item>;

const items: fc.Arbitrary<Item> = fc.record({
	count: fc.integer(),
	price: fc.double({ noNaN: true }),
	name: fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'b', 'Z', '0') }),
});

/** Types of keys, with keys that come again and keys that are extreme. */
const keyKinds: Record<string, { type: KeyType; keys: fc.Arbitrary<Key> }> = {
	u32: {
		type: u32,
		keys: fc.oneof(
			fc.nat(300),
			fc.nat(300),
			fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1),
			fc.nat(40).map((n) => n * 2 ** 20),
		),
	},
	i32: { type: i32, keys: fc.oneof(fc.integer({ min: -150, max: 150 }), fc.constantFrom(-(2 ** 31), 2 ** 31 - 1)) },
	i8: { type: i8, keys: fc.integer({ min: -128, max: 127 }) },
	u64: {
		type: u64,
		keys: fc.oneof(
			fc.nat(200).map(BigInt),
			fc.nat(100).map((n) => BigInt(n) << 32n),
			fc.constantFrom(2n ** 64n - 1n, 2n ** 63n),
		),
	},
	i64: {
		type: i64,
		keys: fc.oneof(fc.bigInt({ min: -100n, max: 100n }), fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n)),
	},
	'char(5)': { type: char(5), keys: fc.string({ maxLength: 5, unit: fc.constantFrom('a', 'b', 'Z') }) },
	'char(12)': {
		type: char(12),
		keys: fc.oneof(
			fc.nat(300).map((n) => `S${n}`),
			fc.constantFrom('', 'ü', 'abcdefghijkl'),
		),
	},
};

interface Step {
	readonly call: number;
	readonly which: boolean;
	readonly key: Key;
	readonly other: Key;
	readonly item: Item;
	readonly more: readonly [Key, Item][];
	readonly at: number;
}

class Pair {
	readonly map: TestMap;
	model = new Map<Key, Item>();
	nodes = new Map<Key, Node>();

	constructor(map: TestMap) {
		this.map = map;
	}

	/** The model's answer to a record that is set. */
	put(key: Key, item: Item, node: Node | undefined): void {
		this.model.set(key, item);
		const known = this.nodes.get(key);
		const found = this.map.find(key as bigint) as Node;
		if (known !== undefined && known !== found) throw new Error(`the node of ${key} moved from ${known} to ${found}`);
		if (node !== undefined) expect(found).toBe(node);
		this.nodes.set(key, found);
	}

	drop(key: Key): void {
		this.model.delete(key);
		this.nodes.delete(key);
	}

	check(): void {
		const { map, model } = this;
		expect(map.size).toBe(model.size);
		expect(map.empty).toBe(model.size === 0);
		expect(map.toArray()).toEqual([...model]);
	}
}

const values = ({ count, price, name }: Item) => [count, price, name] as const;
const zeroed: Item = { count: 0, price: 0, name: '' };

/** Each makes a call on a map and on its model, and compares what they say. */
const calls: ((self: Pair, other: Pair, step: Step) => void)[] = [
	function set(self, _, { key, item }) {
		expect(self.map.set(key as bigint, item)).toBe(self.map);
		self.put(key, item, undefined);
	},
	function insertOrAssign(self, _, { key, item }) {
		self.put(key, item, self.map.insertOrAssign(key as bigint, item));
	},
	function insert(self, _, { key, item }) {
		const node = self.map.insert(key as bigint, item);
		if (!self.model.has(key)) self.put(key, item, node);
		else expect(node).toBe(self.nodes.get(key));
	},
	function emplace(self, _, { key, item }) {
		const node = self.map.emplace(key as bigint, ...values(item));
		if (!self.model.has(key)) self.put(key, item, node);
		else expect(node).toBe(self.nodes.get(key));
	},
	function tryEmplace(self, _, { key, item }) {
		const node = self.map.tryEmplace(key as bigint, ...values(item));
		expect(node === undefined).toBe(self.model.has(key));
		if (node !== undefined) self.put(key, item, node);
	},
	function emplaceView(self, _, { key, item }) {
		const view = self.map.emplace(key as bigint);
		expect({ count: view.count, price: view.price, name: view.name }).toEqual(self.model.get(key) ?? zeroed);
		Object.assign(view, item);
		self.put(key, item, undefined);
	},
	function tryEmplaceView(self, _, { key, item }) {
		const view = self.map.tryEmplace(key as bigint);
		expect(view === undefined).toBe(self.model.has(key));
		if (view === undefined) return;
		Object.assign(view, item);
		self.put(key, item, undefined);
	},
	function remove(self, _, { key }) {
		expect(self.map.delete(key as bigint)).toBe(self.model.has(key));
		self.drop(key);
	},
	function lookUp({ map, model, nodes }, _, { key }) {
		expect(map.has(key as bigint)).toBe(model.has(key));
		expect(map.get(key as bigint)).toEqual(model.get(key));
		expect(map.find(key as bigint)).toBe(nodes.get(key) ?? 0);
	},
	function byNode(self, _, { at, item }) {
		const [key, node] = [...self.nodes][at % (self.nodes.size || 1)] ?? [];
		if (key === undefined || node === undefined) return;
		expect(self.map.keyAt(node)).toBe(key);
		expect(self.map.getAt(node)).toEqual(self.model.get(key));
		self.map.setAt(node, item);
		self.put(key, item, node);
		self.map.viewAt(node).count = 5;
		self.put(key, { ...item, count: 5 }, node);
		expect(self.map.at(key as bigint).price).toBe(item.price);
	},
	function erase(self, _, { at }) {
		const keys = [...self.model.keys()];
		const place = at % (keys.length || 1);
		const node = self.nodes.get(keys[place]);
		if (node === undefined) return;
		const next = self.map.erase(node);
		expect(next).toBe(self.nodes.get(keys[place + 1]) ?? 0);
		expect(self.map.hasNode(node)).toBe(false);
		self.drop(keys[place]);
	},
	function eraseRange(self, _, { at, call }) {
		const keys = [...self.model.keys()];
		const from = at % (keys.length + 1);
		const to = Math.min(keys.length, from + (call % 4));
		const position = (index: number) => self.nodes.get(keys[index]) ?? (0 as const);
		expect(self.map.erase(position(from), position(to))).toBe(position(to));
		for (const key of keys.slice(from, to)) self.drop(key);
	},
	function rekey(self, _, { at, key }) {
		const keys = [...self.model.keys()];
		const from = keys[at % (keys.length || 1)];
		const node = self.nodes.get(from);
		if (node === undefined) return;
		const free = !self.model.has(key);
		expect(self.map.rekey(node, key as bigint)).toBe(free || key === from);
		if (!free) return;
		self.model = new Map(Array.from(self.model, ([each, item]) => [each === from ? key : each, item]));
		self.nodes.delete(from);
		self.nodes.set(key, node);
	},
	function splice(self, other, { at }) {
		const keys = [...other.model.keys()];
		const key = keys[at % (keys.length || 1)];
		const node = other.nodes.get(key);
		if (node === undefined) return;
		const free = !self.model.has(key);
		expect(self.map.splice(other.map, node)).toBe(free);
		if (!free) return;
		const item = other.model.get(key) as Item;
		other.drop(key);
		self.put(key, item, node);
	},
	function merge(self, other) {
		self.map.merge(other.map);
		for (const [key, item] of [...other.model]) {
			if (self.model.has(key)) continue;
			const node = other.nodes.get(key);
			other.drop(key);
			self.put(key, item, node);
		}
	},
	function swap(self, other) {
		self.map.swap(other.map);
		[self.model, other.model] = [other.model, self.model];
		[self.nodes, other.nodes] = [other.nodes, self.nodes];
	},
	function copyFrom(self, other) {
		self.map.copyFrom(other.map);
		for (const [key, item] of other.model) self.put(key, item, undefined);
	},
	function clone(self) {
		const copy = self.map.clone();
		expect(copy.toArray()).toEqual([...self.model]);
		expect(copy.equals(self.map)).toBe(true);
		copy.validate();
		if (!copy.empty) copy.viewAt(copy.first as Node).count ^= 1;
		expect(copy.equals(self.map)).toBe(self.map.empty);
		copy.dispose();
	},
	function equals({ map, model }, other) {
		const same =
			model.size === other.model.size &&
			[...model].every(([key, item]) => {
				const theirs = other.model.get(key);
				return theirs !== undefined && values(theirs).every((value, at) => value === values(item)[at]);
			});
		expect(map.equals(other.map)).toBe(same);
		expect(map.equals(other.map, () => true)).toBe(
			model.size === other.model.size && [...model.keys()].every((key) => other.model.has(key)),
		);
	},
	function assign(self, _, { more }) {
		self.map.assign(more as readonly [bigint, Item][]);
		self.model.clear();
		self.nodes.clear();
		for (const [key, item] of more) self.put(key, item, undefined);
	},
	function insertRange(self, _, { more }) {
		const before = self.model.size;
		const added = self.map.insertRange(more as readonly [bigint, Item][]);
		for (const [key, item] of more) if (!self.model.has(key)) self.put(key, item, undefined);
		expect(added).toBe(self.model.size - before);
	},
	function removeIf(self, _, { call }) {
		const gone = (count: number) => (count & 7) === call % 8;
		const keys = [...self.model].filter(([, { count }]) => gone(count)).map(([key]) => key);
		const seen: Key[] = [];
		const removed = self.map.removeIf((view, key, node) => {
			expect(self.nodes.get(key)).toBe(node);
			seen.push(key);
			return gone(view.count);
		});
		expect(removed).toBe(keys.length);
		expect(seen).toEqual([...self.model.keys()]);
		for (const key of keys) self.drop(key);
	},
	function clear(self, _, { at }) {
		if (at % 4 !== 0) return;
		self.map.clear();
		self.model.clear();
		self.nodes.clear();
	},
	function walk({ map, model }) {
		expect([...map]).toEqual([...model]);
		expect([...map.keys()]).toEqual([...model.keys()]);
		expect([...map.keys({ reverse: true })]).toEqual([...model.keys()].reverse());
		expect([...map.values()]).toEqual([...model.values()]);
		expect([...map.entries({ reverse: true })]).toEqual([...model].reverse());
		expect(Array.from(map.views(), ({ count }) => count)).toEqual(Array.from(model.values(), ({ count }) => count));
		const seen: [Key, number][] = [];
		map.forEach((view, key) => {
			seen.push([key, view.count]);
		});
		expect(seen).toEqual(Array.from(model, ([key, { count }]) => [key, count]));
		const keys: Key[] = [];
		for (let node = map.first; node !== 0; node = map.next(node)) keys.push(map.keyAt(node));
		expect(keys).toEqual([...model.keys()]);
		for (let node = map.last; node !== 0; node = map.previous(node)) expect(map.keyAt(node)).toBe(keys.pop());
	},
	function room({ map }, _, { at }) {
		if (at % 5 === 0) map.reserve(at % 2_000);
		if (at % 5 === 1) map.rehash(at % 5_000);
		if (at % 5 === 2) expect(map.shrinkToFit()).toBeGreaterThanOrEqual(0);
		expect(map.loadFactor).toBeLessThanOrEqual(0.75);
		expect(map.bucketCount).toBeGreaterThanOrEqual(map.size);
	},
];

describe.each(modes)('in $mode mode', ({ checked }) => {
	test.each(Object.entries(keyKinds))('a map by %s does what a Map does', (_, { type, keys }) => {
		const steps: fc.Arbitrary<Step> = fc.record({
			// The calls that add records come twice as often.
			call: fc.oneof(fc.nat(7), fc.nat(calls.length - 1)),
			which: fc.boolean(),
			key: keys,
			other: keys,
			item: items,
			more: fc.array(fc.tuple(keys, items), { maxLength: 12 }),
			at: fc.nat(10_000),
		});
		fc.assert(
			fc.property(fc.array(steps, { minLength: 20, maxLength: 400, size: 'max' }), (program) => {
				const heap = new Heap(new Arena({ maxBytes: 2 ** 23 }));
				const make = () => new Pair(new FluxHashMap(type, Item, { heap, checked }) as unknown as TestMap);
				const pairs = [make(), make()];
				program.forEach((step, index) => {
					const [self, other] = step.which ? pairs : [...pairs].reverse();
					calls[step.call](self, other, step);
					if (index % 8 === 0) for (const pair of pairs) pair.check();
					if (index % 64 === 0) for (const { map } of pairs) map.validate();
				});
				for (const pair of pairs) {
					pair.check();
					pair.map.validate();
					pair.map.dispose();
				}
				expect(heap.faults()).toEqual([]);
				expect(heap.stats().pools.every(({ live, containers }) => live === 0 && containers === 0)).toBe(true);
				heap.dispose();
			}),
			{ numRuns: runs(120) },
		);
	});

	/** Keys of records that are there before the program runs, enough for a table that grows step by step. */
	const primed: Record<string, (at: number) => Key> = {
		u32: (at) => at * 3,
		u64: (at) => (BigInt(at) << 32n) | BigInt(at),
		'char(12)': (at) => `S${at}`,
	};

	test.each(Object.entries(primed))('a map by %s does so while its table grows', (name, keyAt) => {
		const { type, keys: strange } = keyKinds[name];
		const keys = fc.oneof(strange, fc.nat(3_000).map(keyAt), fc.nat(3_000).map(keyAt));
		const steps: fc.Arbitrary<Step> = fc.record({
			// Calls on the whole map mostly end growth at once, so they are few.
			call: fc.oneof(
				{ weight: 60, arbitrary: fc.nat(6) },
				{ weight: 60, arbitrary: fc.nat(calls.findIndex(({ name }) => name === 'splice')) },
				{ weight: 2, arbitrary: fc.nat(calls.length - 1) },
			),
			which: fc.boolean(),
			key: keys,
			other: keys,
			item: items,
			more: fc.array(fc.tuple(keys, items), { maxLength: 12 }),
			at: fc.nat(10_000),
		});
		const sizes = fc.integer({ min: 2_250, max: 2_800 });
		let growing = 0;
		fc.assert(
			fc.property(
				fc.array(steps, { minLength: 100, maxLength: 300, size: 'max' }),
				sizes,
				sizes,
				(program, ...counts) => {
					const heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
					const pairs = counts.map((count) => {
						const pair = new Pair(new FluxHashMap(type, Item, { heap, checked }) as unknown as TestMap);
						for (let at = 0; at < count; at++) {
							const item = { count: at, price: at / 2, name: '' };
							pair.put(keyAt(at), item, pair.map.emplace(keyAt(at) as bigint, at, at / 2, ''));
						}
						return pair;
					});
					program.forEach((step, index) => {
						const [self, other] = step.which ? pairs : [...pairs].reverse();
						calls[step.call](self, other, step);
						if ((self.map as unknown as { index: { growing: boolean } }).index.growing) growing++;
						if (index % 50 !== 0) return;
						for (const pair of pairs) {
							pair.check();
							pair.map.validate();
						}
					});
					for (const pair of pairs) {
						pair.check();
						pair.map.validate();
						pair.map.dispose();
					}
					expect(heap.faults()).toEqual([]);
					heap.dispose();
				},
			),
			{ numRuns: runs(50) },
		);
		expect(growing).toBeGreaterThan(0);
	});

	test('a map that grows and shrinks does what a Map does', () => {
		const heap = new Heap(new Arena({ maxBytes: 2 ** 26 }));
		const map = new FluxHashMap(u32, Item, { heap, checked });
		const model = new Map<number, number>();
		let random = 12345;
		const next = (below: number) => {
			random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
			return (random >>> 8) % below;
		};
		for (const [count, span] of [
			[20_000, 30_000],
			[15_000, 4_000],
			[20_000, 2 ** 24],
		]) {
			for (let step = 0; step < count; step++) {
				const key = next(span);
				if (next(3) === 0) expect(map.delete(key)).toBe(model.delete(key));
				else {
					map.set(key, { count: step, price: 0, name: '' });
					model.set(key, step);
				}
				const other = next(span);
				if (map.get(other)?.count !== model.get(other)) throw new Error(`key ${other} at step ${step}`);
			}
			map.validate();
			expect(Array.from(map, ([key, { count }]) => [key, count])).toEqual([...model]);
			for (const key of [...model.keys()]) {
				if (next(4) === 0) continue;
				map.delete(key);
				model.delete(key);
			}
			map.shrinkToFit();
			map.validate();
		}
		map.dispose();
		heap.dispose();
	});
});
