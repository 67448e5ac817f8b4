import { Arena, char, f64, Heap, i8, i64, SnapshotError, struct, u8, u16, u32, u64 } from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { FluxList } from '../list/list.js';
import { expect } from '../quick-expect.testing.js';
import { damageArb, damaged, HEADER, headerOf, sameBytes, seal } from '../snapshots.testing.js';
import { runs } from '../soak.testing.js';
import { FluxHashMap, type KeyType } from './hash-map.js';

let heap: Heap;
let otherHeap: Heap;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
	otherHeap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
});
afterEach(() => {
	heap.dispose();
	otherHeap.dispose();
});

const Item = struct({ quantity: u16, price: f64, symbol: char(5) });
type Item = { quantity: number; price: number; symbol: string };
const itemArb: fc.Arbitrary<Item> = fc.record({
	quantity: fc.nat(65_535),
	price: fc.double(),
	symbol: fc.constantFrom('', 'A', 'AAPL', 'äö'),
});

const kinds: Record<string, { type: KeyType; keys: fc.Arbitrary<unknown> }> = {
	u8: { type: u8, keys: fc.nat(255) },
	i8: { type: i8, keys: fc.integer({ min: -128, max: 127 }) },
	u32: { type: u32, keys: fc.oneof(fc.nat(50), fc.nat(), fc.constant(2 ** 32 - 1)) },
	i64: {
		type: i64,
		keys: fc.oneof(fc.bigInt({ min: -50n, max: 50n }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
	},
	u64: { type: u64, keys: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
	'char(7)': {
		type: char(7),
		keys: fc.oneof(fc.constantFrom('', 'A', 'éé'), fc.string({ unit: 'grapheme-ascii', maxLength: 7 })),
	},
};
const modes = [{ checked: false }, { checked: true }];

interface AnyMap {
	readonly size: number;
	set(key: unknown, item: Item): unknown;
	delete(key: unknown): boolean;
	snapshot(): Uint8Array<ArrayBuffer>;
	toArray(): [unknown, Item][];
	validate(): void;
	dispose(): void;
}
const make = (type: KeyType, options: object) => new FluxHashMap(type, Item, options) as unknown as AnyMap;
const restore = (type: KeyType, bytes: Uint8Array, options: object) =>
	FluxHashMap.restore(type, Item, bytes, options) as unknown as AnyMap;

/** Why bytes were refused; nothing is held by a refusal. */
function problemOf(type: KeyType, bytes: Uint8Array): string {
	const before = heap.stats().arena.used;
	try {
		restore(type, bytes, { heap }).dispose();
	} catch (error) {
		heap.trim();
		expect(heap.stats().arena.used).toBeLessThanOrEqual(before);
		if (!(error instanceof SnapshotError)) throw error;
		expect(error.message).toMatch(/^the (snapshot|bytes) .+; .+/);
		return error.problem;
	}
	return 'none';
}

describe.each(modes)('a map in $mode mode', ({ checked }) => {
	test.each(Object.entries(kinds))('by %s comes back key for key, whatever came and went', (_, { type, keys }) => {
		const steps = fc.array(fc.tuple(fc.nat(3), keys, itemArb), { maxLength: 200, size: 'max' });
		fc.assert(
			fc.property(steps, (program) => {
				const map = make(type, { heap, checked });
				const model = new Map<unknown, Item>();
				for (const [call, key, item] of program) {
					if (call === 0) expect(map.delete(key)).toBe(model.delete(key));
					else {
						map.set(key, item);
						model.set(key, item);
					}
				}
				const bytes = map.snapshot();
				for (const mode of modes) {
					const back = restore(type, bytes, { heap: otherHeap, ...mode });
					back.validate();
					expect(back.toArray()).toEqual([...model]);
					expect(sameBytes(back.snapshot(), bytes)).toBe(true);
					back.dispose();
				}
				map.dispose();
			}),
			{ numRuns: runs(300) },
		);
	});
});

test('a snapshot is what the guide says, byte for byte', () => {
	const map = new FluxHashMap(u64, Item, { heap });
	map.set(2n ** 32n + 7n, { quantity: 3, price: 1.5, symbol: 'X' });
	map.set(5, { quantity: 4, price: 2.5, symbol: 'Y' });
	const bytes = map.snapshot();
	const view = new DataView(bytes.buffer);
	const { details, records, count } = headerOf(bytes);
	expect(view.getUint32(HEADER.kind, true)).toBe(4);
	expect(view.getUint32(HEADER.detailsWords, true)).toBe(2 + 2 * 2);
	expect(count).toBe(2);
	expect(view.getUint32(details, true)).toBe(3);
	expect(Buffer.from(bytes.slice(details + 4, details + 8)).toString()).toBe('u64\0');
	expect([8, 12, 16, 20].map((at) => view.getUint32(details + at, true))).toEqual([7, 1, 5, 0]);
	expect(view.getUint16(records, true)).toBe(3);
	expect(view.getFloat64(records + 24 + 8, true)).toBe(2.5);
	expect(bytes.length).toBe(records + 2 * 24);
	map.dispose();
});

test('what is no snapshot of such a map is refused by name', () => {
	const map = new FluxHashMap(u32, Item, [[1, { quantity: 1, price: 1, symbol: '' }]], { heap });
	const bytes = map.snapshot();
	expect(problemOf(u64, bytes)).toBe('struct');
	expect(problemOf(u16, bytes)).toBe('struct');
	expect(problemOf(u32, new FluxList(Item, { heap }).snapshot())).toBe('kind');
	expect(problemOf(u32, bytes.slice(0, -1))).toBe('truncated');
	expect(problemOf(u32, bytes)).toBe('none');
	map.dispose();
});

test('keys that no map could have written are refused, although the checksum is right', () => {
	const item = { quantity: 1, price: 1, symbol: '' };
	const forged = (
		type: KeyType,
		keys: readonly unknown[],
		change: (view: DataView, keysAt: number, details: number) => void,
	) => {
		const map = make(type, { heap });
		for (const key of keys) map.set(key, item);
		const bytes = map.snapshot();
		map.dispose();
		const { details } = headerOf(bytes);
		const view = new DataView(bytes.buffer);
		change(view, details + 4 + Math.ceil(view.getUint32(details, true) / 4) * 4, details);
		return problemOf(type, seal(bytes));
	};
	const twice = (view: DataView, at: number) => view.setUint32(at + 4, view.getUint32(at, true), true);
	expect(forged(u32, [1, 2], twice)).toBe('corrupted');
	expect(forged(u8, [1, 2], (view, at) => view.setUint32(at, 256, true))).toBe('corrupted');
	expect(forged(i8, [1, 2], (view, at) => view.setInt32(at, -129, true))).toBe('corrupted');
	expect(forged(u64, [1, 2], (view, at) => view.setUint32(at + 8, 1, true))).toBe('corrupted');
	expect(forged(char(6), ['AB', 'C'], (view, at) => view.setUint8(at, 0xff))).toBe('corrupted');
	expect(forged(char(6), ['AB', 'C'], (view, at) => view.setUint8(at + 7, 1))).toBe('corrupted');
	expect(forged(char(6), ['A', 'B'], (view, at) => view.setUint8(at + 3, 65))).toBe('corrupted');
	expect(forged(u32, [1, 2], (view, _at, details) => view.setUint32(details, 0, true))).toBe('corrupted');
	expect(forged(u32, [1, 2], (view, _at, details) => view.setUint32(details, 2 ** 31, true))).toBe('corrupted');
	expect(forged(u32, [], () => {})).toBe('none');
});

test('damage is found, whatever it is', () => {
	const map = make(char(6), { heap });
	for (let index = 0; index < 20; index++) map.set(`K${index}`, { quantity: index, price: index / 4, symbol: 'S' });
	const bytes = map.snapshot();
	const other = make(char(6), { heap });
	other.set('Z', { quantity: 1, price: 1, symbol: 'Z' });
	const otherBytes = other.snapshot();
	fc.assert(
		fc.property(damageArb, fc.boolean(), (damage, sealed) => {
			const broken = damaged(bytes, damage, otherBytes);
			if (sameBytes(broken, bytes) || sameBytes(broken, otherBytes)) return;
			if (!sealed || broken.length < HEADER.end) {
				expect(problemOf(char(6), broken)).not.toBe('none');
				return;
			}
			// With a true checksum anything goes that a map could have written, and nothing else.
			try {
				const back = restore(char(6), seal(broken), { heap: otherHeap });
				back.validate();
				back.dispose();
			} catch (error) {
				expect(error).toBeInstanceOf(SnapshotError);
			}
		}),
		{ numRuns: runs(5000) },
	);
	map.dispose();
	other.dispose();
});

test('a heap without room holds nothing afterwards', () => {
	const map = new FluxHashMap(u32, Item, { heap });
	for (let id = 0; id < 20_000; id++) map.emplace(id, 1, 1, 'A');
	const small = new Heap(new Arena({ maxBytes: 2 ** 18 }));
	const { used } = small.stats().arena;
	expect(() => FluxHashMap.restore(u32, Item, map.snapshot(), { heap: small })).toThrow(/bytes/);
	small.trim();
	expect(small.stats().arena.used).toBeLessThanOrEqual(used + 65_536);
	const fresh = new FluxHashMap(u32, Item, [[1, { quantity: 1, price: 1, symbol: '' }]], { heap: small });
	fresh.validate();
	small.dispose();
	map.dispose();
});
