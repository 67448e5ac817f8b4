import {
	Arena,
	ArgumentError,
	array,
	bool,
	char,
	DisposedError,
	EmptyError,
	FieldRangeError,
	f32,
	f64,
	Heap,
	HeapMismatchError,
	i32,
	i64,
	OutOfMemoryError,
	PositionError,
	RecordError,
	StaleViewError,
	StructError,
	struct,
	u8,
	u16,
	u32,
	WalkError,
} from '@flux/core';
import { afterEach, describe, expect, test } from 'vitest';
import { FluxList } from '../list/list.js';
import { FluxVector } from './vector.js';

const Tick = struct({ time: u32, price: f64 });
const Mixed = struct({
	flag: bool,
	name: char(5),
	big: i64,
	point: struct({ x: f32, y: u16 }),
	data: array(u8, 3),
	last: i32,
});

const heaps: Heap[] = [];
function makeHeap(maxBytes = 2 ** 24): Heap {
	const heap = new Heap(new Arena({ maxBytes }));
	heaps.push(heap);
	return heap;
}
afterEach(() => {
	for (const heap of heaps.splice(0)) {
		heap.dispose();
		heap.arena.dispose();
	}
});

const tick = (time: number, price = time / 2) => ({ time, price });
const mixed = (last: number) => ({
	flag: last % 2 === 1,
	name: `n${last}`,
	big: BigInt(last) * 10n,
	point: { x: last / 2, y: last },
	data: [last, 1, 2],
	last,
});

describe.each([{ checked: false }, { checked: true }])('a vector (checked: $checked)', ({ checked }) => {
	const make = (count = 0, heap = makeHeap()) => {
		const vector = new FluxVector(Tick, { heap, checked });
		for (let time = 0; time < count; time++) vector.emplaceBack(time, time / 2);
		return vector;
	};
	const times = (vector: Iterable<{ time: number }>) => Array.from(vector, ({ time }) => time);

	test('takes records by object, by position and by view, and gives them back', () => {
		const vector = make();
		expect([vector.size, vector.empty, vector.capacity, vector.data]).toEqual([0, true, 0, 0]);
		expect(vector.pushBack(tick(1))).toBe(0);
		expect(vector.emplaceBack(2, 1)).toBe(1);
		const view = vector.emplaceBack();
		expect({ ...vector.get(2) }).toEqual({ time: 0, price: 0 });
		view.time = 3;
		view.price = 1.5;
		expect(vector.toArray()).toEqual([tick(1), tick(2), tick(3)]);
		expect([vector.front, vector.back]).toEqual([tick(1), tick(3)]);
		vector.set(1, tick(7));
		vector.at(0).price = 9;
		expect([...vector]).toEqual([tick(1, 9), tick(7), tick(3)]);
		expect(vector.strideWords).toBe(4);
		expect(vector.heap.memory.u32[vector.data + 4]).toBe(7);
		expect(vector.empty).toBe(false);
		expect(vector).toBeInstanceOf(FluxVector);
		expect(Object.prototype.toString.call(vector)).toBe('[object FluxVector]');
		vector.validate();
	});

	test('holds every type of field', () => {
		const vector = new FluxVector(Mixed, { heap: makeHeap(), checked });
		const expected = Array.from({ length: 100 }, (_, index) => mixed(index));
		vector.appendRange(expected);
		expect(vector.toArray()).toEqual(expected);
		const view = vector.at(50);
		view.point.y = 999;
		view.data.set(1, 77);
		view.name = 'abc';
		expect(vector.get(50)).toMatchObject({ point: { y: 999 }, data: [50, 77, 2], name: 'abc' });
		expect(vector.strideWords * 4).toBe(Mixed.size);
		expect(JSON.parse(JSON.stringify(vector.at(1)))).toMatchObject({ big: '10', name: 'n1' });
		expect(JSON.parse(JSON.stringify(vector))).toHaveLength(100);
		vector.sort((a, b) => b.last - a.last);
		expect(vector.front).toEqual(mixed(99));
		expect(FluxVector.restore(Mixed, vector.snapshot(), { heap: makeHeap() }).equals(vector)).toBe(true);
	});

	test('grows in place where nothing is behind it, and by moving where something is', () => {
		const vector = make(2000, makeHeap(2 ** 26));
		for (let time = 2000; time < 200_000; time++) vector.emplaceBack(time, 0);
		expect(vector.data % 4096).toBe(0);
		const grown = vector.data;
		vector.reserve(vector.capacity * 2);
		expect(vector.data).toBe(grown);
		const other = make(10_000, vector.heap);
		vector.reserve(vector.capacity * 2);
		expect(vector.data).not.toBe(grown);
		expect(vector.get(199_999).time).toBe(199_999);
		expect(other.get(9999).time).toBe(9999);
		vector.validate();
	});

	test('inserts and erases at any position', () => {
		const vector = make(5);
		expect(vector.insert(2, tick(50))).toBe(2);
		expect(vector.emplace(0, 60, 0)).toBe(0);
		vector.emplace(7).time = 70;
		expect(vector.insert(3, 2, tick(80))).toBe(3);
		expect(vector.insert(3, 0, tick(81))).toBe(3);
		expect(times(vector)).toEqual([60, 0, 1, 80, 80, 50, 2, 3, 4, 70]);
		expect(vector.erase(0)).toBe(0);
		expect(vector.erase(2, 5)).toBe(2);
		expect(vector.erase(1, 1)).toBe(1);
		expect(times(vector)).toEqual([0, 1, 2, 3, 4, 70]);
		expect(vector.insertRange(1, vector)).toBe(1);
		expect(times(vector)).toEqual([0, 0, 1, 2, 3, 4, 70, 1, 2, 3, 4, 70]);
		vector.popBack();
		expect(vector.tryPopBack()).toEqual(tick(4));
		vector.resize(3);
		vector.resize(5);
		vector.resize(6, tick(9));
		expect(vector.toArray()).toEqual([tick(0), tick(0), tick(1), tick(0), tick(0), tick(9)]);
		expect(vector.removeIf((view, position) => view.time === 0 && position > 0)).toBe(3);
		expect(vector.removeIf(() => false)).toBe(0);
		expect(times(vector)).toEqual([0, 1, 9]);
		vector.assign(2, tick(4));
		vector.appendRange(new FluxList(Tick, [tick(5)]));
		expect(times(vector)).toEqual([4, 4, 5]);
		vector.assign([]);
		expect(vector.tryPopBack()).toBeUndefined();
		vector.assign(0, tick(1));
		vector.validate();
	});

	test('takes columns', () => {
		const vector = make(1);
		vector.pushMany({ time: new Uint32Array([1, 2, 3]), price: [0.5, 1, 1.5] });
		expect(times(vector)).toEqual([0, 1, 2, 3]);
		expect(() => vector.pushMany({ time: [1], price: [] })).toThrow(ArgumentError);
		expect(() => vector.pushMany({ time: [1, 'a' as never], price: [1, 2] })).toThrow(RecordError);
		expect(vector.size).toBe(4);
	});

	test('copies, exchanges and compares', () => {
		const vector = make(4);
		const copy = vector.clone();
		expect(copy.equals(vector)).toBe(true);
		expect(vector.compare(copy)).toBe(0);
		copy.at(3).price = 100;
		expect(copy.equals(vector)).toBe(false);
		expect(copy.equals(vector, (a, b) => a.time === b.time)).toBe(true);
		expect(Math.sign(vector.compare(copy))).toBe(-1);
		copy.popBack();
		expect(vector.compare(copy)).toBe(1);
		expect(vector.compare(copy, (a, b) => b.time - a.time)).toBe(1);
		copy.swap(vector);
		expect([copy.size, vector.size]).toEqual([4, 3]);
		const far = make(2, makeHeap());
		expect(far.copyFrom(copy, 1)).toBe(1);
		expect(times(far)).toEqual([0, 0, 1, 2, 3, 1]);
		expect(far.copyFrom(far)).toBe(6);
		expect(far.size).toBe(12);
		expect(() => far.swap(copy)).toThrow(HeapMismatchError);
		expect(() => far.equals(new FluxVector(struct({ a: u8 })) as never)).toThrow(ArgumentError);
	});

	test('sorts stably, by fields, by a function and by the digits of a field', () => {
		const vector = make();
		let state = 7;
		for (let at = 0; at < 5000; at++) {
			state = (Math.imul(state, 1103515245) + 12345) >>> 0;
			vector.emplaceBack((state >>> 10) % 500, at);
		}
		const records = vector.toArray();
		const check = (
			sorted: FluxVector<typeof Tick>,
			compare: (a: (typeof records)[0], b: (typeof records)[0]) => number,
		) => expect(sorted.toArray()).toEqual([...records].sort(compare));
		const byFunction = vector.clone();
		byFunction.sort((a, b) => b.time - a.time);
		check(byFunction, (a, b) => b.time - a.time);
		const byFields = vector.clone();
		expect(byFields.isSorted()).toBe(false);
		byFields.sort();
		check(byFields, (a, b) => a.time - b.time || a.price - b.price);
		expect(byFields.isSorted()).toBe(true);
		const byDigits = vector.clone();
		byDigits.sortBy('time');
		check(byDigits, (a, b) => a.time - b.time);
		byDigits.sortBy('price', { descending: true });
		check(byDigits, (a, b) => b.price - a.price);
		expect(byFunction.isSorted((a, b) => b.time - a.time)).toBe(true);
		expect(() => vector.sortBy('no' as never)).toThrow(ArgumentError);
		expect(() => vector.sortBy('time', { descending: 1 as never })).toThrow(ArgumentError);
		expect(() => vector.sort(5 as never)).toThrow(ArgumentError);
		const { live } = vector.heap.stats().tables ?? { live: 0 };
		expect(() =>
			vector.sort(() => {
				throw new Error('enough');
			}),
		).toThrow('enough');
		expect(() => vector.sort(() => vector.popBack() as never)).toThrow();
		expect(vector.heap.stats().tables?.live).toBe(live);
		vector.validate();
	});

	test('a comparison that changes the vector is refused, and what it did stays', () => {
		const vector = make(10);
		expect(() =>
			vector.sort((a, b) => {
				if (vector.size === 10) vector.erase(0);
				return b.time - a.time;
			}),
		).toThrow(WalkError);
		expect(times(vector)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
		expect(() => vector.lowerBound(tick(4), () => vector.clear() as never)).toThrow(WalkError);
		vector.assign([tick(1), tick(2)]);
		expect(() =>
			vector.removeIf(() => {
				vector.clear();
				return true;
			}),
		).toThrow(WalkError);
		vector.validate();
	});

	test('searches by halves', () => {
		const vector = make();
		for (const time of [1, 3, 3, 3, 8]) vector.emplaceBack(time, 0);
		const byTime = (a: { time: number }, b: { time: number }) => a.time - b.time;
		for (const [time, low, high] of [
			[0, 0, 0],
			[1, 0, 1],
			[2, 1, 1],
			[3, 1, 4],
			[8, 4, 5],
			[9, 5, 5],
		]) {
			const value = tick(time, 77);
			expect(vector.lowerBound(value, byTime)).toBe(low);
			expect(vector.upperBound(value, byTime)).toBe(high);
			expect(vector.equalRange(value, byTime)).toEqual([low, high]);
			expect(vector.binarySearch(value, byTime)).toBe(low < high);
			expect(vector.lowerBoundBy('time', time)).toBe(low);
			expect(vector.upperBoundBy('time', time)).toBe(high);
		}
		expect(vector.binarySearch(tick(3, 0))).toBe(true);
		expect(vector.binarySearch(tick(3, 1))).toBe(false);
		expect(make().lowerBound(tick(1))).toBe(0);
		expect(() => vector.lowerBound({ time: 1 } as never)).toThrow(RecordError);
		expect(() => vector.lowerBoundBy('time', '1' as never)).toThrow(ArgumentError);
	});

	test('is walked in both directions, by copies, positions, entries and one view', () => {
		const vector = make(4);
		expect(times(vector.values({ reverse: true }))).toEqual([3, 2, 1, 0]);
		expect([...vector.keys()]).toEqual([0, 1, 2, 3]);
		expect([...vector.entries({ reverse: true })][0]).toEqual([3, tick(3)]);
		let kept: { time: number } | undefined;
		for (const view of vector.views()) {
			kept ??= view;
			expect(view).toBe(kept);
			view.price = -1;
		}
		expect(() => kept?.time).toThrow(StaleViewError);
		expect(vector.reduce((sum, { price }) => sum + price, 0)).toBe(-4);
		expect(vector.find(({ time }) => time > 1)).toEqual(tick(2, -1));
		expect(vector.find(() => false)).toBeUndefined();
		expect(vector.findIndex(({ time }) => time === 3)).toBe(3);
		expect(vector.findIndex(() => false)).toBe(-1);
		expect(vector.some(({ time }) => time === 2)).toBe(true);
		expect(vector.every(({ time }) => time < 3)).toBe(false);
		const positions: number[] = [];
		vector.forEach((_, position) => {
			positions.push(position);
		});
		expect(positions).toEqual([0, 1, 2, 3]);
		// What is erased before the place of a walk shifts what is next; what is appended is seen.
		const seen: number[] = [];
		for (const { time } of vector) {
			seen.push(time);
			if (time === 0) vector.erase(0);
			if (time === 3 && vector.size < 4) vector.emplaceBack(9, 9);
		}
		expect(seen).toEqual([0, 2, 3, 9]);
		const walk = vector.values();
		for (const _ of walk) break;
		expect(walk.next().done).toBe(true);
		expect(() => vector.values({ reverse: 1 as never })).toThrow(ArgumentError);
	});

	test('has views that follow growth and end with the records', () => {
		const vector = make(3);
		const view = vector.at(2);
		for (let time = 3; time < 10_000; time++) vector.emplaceBack(time, 0);
		view.time = 42;
		expect(vector.get(2).time).toBe(42);
		expect(vector.at(5, view)).toBe(view);
		expect(view.time).toBe(5);
		vector.resize(5);
		expect(() => view.time).toThrow(StaleViewError);
		expect(() => {
			view.time = 1;
		}).toThrow(StaleViewError);
		expect(() => vector.at(0, {} as never)).toThrow(ArgumentError);
	});

	test('refuses positions without a record, and wrong records, and changes nothing', () => {
		const vector = make(3);
		for (const position of [3, -1, 0.5, Number.NaN, '1' as never, undefined as never]) {
			for (const call of [
				() => vector.get(position),
				() => vector.at(position),
				() => vector.set(position, tick(1)),
				() => vector.erase(position),
			]) {
				expect(call).toThrow(PositionError);
			}
		}
		for (const call of [
			() => vector.insert(4, tick(1)),
			() => vector.insert(4, 2, tick(1)),
			() => vector.emplace(4, 1, 2),
			() => vector.emplace(-1),
			() => vector.insertRange(4, []),
			() => vector.copyFrom(vector, 5),
			() => vector.erase(2, 4),
			() => vector.erase(2, 1),
		]) {
			expect(call).toThrow(PositionError);
		}
		expect(() => vector.get(9)).toThrow('get was given the position 9; pass a whole number from 0 to 2');
		expect(() => make().get(0)).toThrow('there is no record to name');
		for (const record of [{ time: 1 }, { time: '1', price: 1 }, null, 'a', undefined] as never[]) {
			expect(() => vector.pushBack(record)).toThrow(RecordError);
			expect(() => vector.set(0, record)).toThrow(RecordError);
			expect(() => vector.insert(0, record)).toThrow(RecordError);
		}
		expect(() => (vector.emplaceBack as (...values: unknown[]) => void)(1, 2, 3)).toThrow(RecordError);
		expect(() => vector.appendRange([tick(1), {} as never])).toThrow(RecordError);
		expect(() => vector.assign([{} as never])).toThrow(RecordError);
		expect(() => vector.appendRange(5 as never)).toThrow(ArgumentError);
		expect(() => vector.resize(-1)).toThrow(ArgumentError);
		expect(() => vector.reserve(0.5)).toThrow(ArgumentError);
		expect(() => vector.insert(0, -1, tick(1))).toThrow(ArgumentError);
		if (checked) expect(() => vector.emplaceBack(-1, 0)).toThrow(FieldRangeError);
		expect(times(vector)).toEqual([0, 1, 2]);
		vector.clear();
		expect(() => vector.front).toThrow(EmptyError);
		expect(() => vector.back).toThrow(EmptyError);
		expect(() => vector.popBack()).toThrow(EmptyError);
	});

	test('stays as it was where memory runs out', () => {
		const heap = makeHeap(2 ** 18);
		const vector = make(0, heap);
		let count = 0;
		expect(() => {
			for (;;) vector.emplaceBack(count++, 0);
		}).toThrow(OutOfMemoryError);
		// Doubling fails long before the arena is full; then it grows by what is needed.
		expect(vector.size).toBe(count - 1);
		expect(vector.size * 16).toBeGreaterThan(2 ** 17);
		expect(vector.back.time).toBe(count - 2);
		for (const call of [
			() => vector.insert(0, tick(1)),
			() => vector.insert(0, 50_000, tick(1)),
			() => vector.resize(100_000),
			() => vector.reserve(2 ** 30),
			() => vector.clone(),
			() => vector.sort(),
		]) {
			expect(call).toThrow(OutOfMemoryError);
		}
		expect(vector.size).toBe(count - 1);
		vector.validate();
		vector.resize(10);
		expect(vector.shrinkToFit()).toBeGreaterThan(100_000);
		vector.sort();
		expect(vector.size).toBe(10);
		vector.clear();
		vector.shrinkToFit();
		expect([vector.capacity, vector.data]).toEqual([0, 0]);
		vector.validate();
	});

	test('gives all back when it is disposed, and refuses every later call', () => {
		const heap = makeHeap();
		const vector = make(1000, heap);
		const view = vector.at(0);
		expect(heap.stats().tables?.live).toBeGreaterThan(16_000);
		expect(heap.stats().blocks.count).toBe(0);
		vector.dispose();
		vector[Symbol.dispose]();
		expect(heap.stats().tables?.live).toBe(0);
		expect(() => view.time).toThrow();
		for (const use of [
			() => vector.size,
			() => vector.empty,
			() => vector.capacity,
			() => vector.front,
			() => vector.get(0),
			() => vector.pushBack(tick(1)),
			() => vector.emplaceBack(1, 2),
			() => vector.emplaceBack(),
			() => vector.popBack(),
			() => vector.tryPopBack(),
			() => vector.clear(),
			() => vector.resize(1),
			() => vector.reserve(1),
			() => vector.sort(),
			() => vector.sortBy('time'),
			() => [...vector],
			() => vector.views(),
			() => vector.snapshot(),
			() => vector.toArray(),
			() => vector.clone(),
			() => vector.validate(),
			() => vector.insertRange(0, []),
			() => vector.lowerBound(tick(1)),
		]) {
			expect(use, String(use)).toThrow(DisposedError);
		}
		const other = make(3, heap);
		heap.dispose();
		expect(() => other.get(0)).toThrow(DisposedError);
		other.dispose();
	});

	test('is not touched by what the user does with blocks of the heap', () => {
		const heap = makeHeap();
		const vector = make(100, heap);
		expect([...heap.walk()]).toEqual([]);
		expect(() => heap.deallocate(vector.data)).toThrow();
		heap.allocate(1000);
		heap.reset();
		expect(vector.get(99).time).toBe(99);
		vector.validate();
	});

	test('is saved and restored', () => {
		const vector = make(1000);
		const bytes = vector.snapshot();
		const restored = FluxVector.restore(Tick, bytes, { heap: makeHeap(), checked });
		expect(restored.toArray()).toEqual(vector.toArray());
		expect(restored.snapshot()).toEqual(bytes);
		expect(FluxVector.restore(Tick, make().snapshot()).size).toBe(0);
		expect(() => FluxVector.restore(Tick, bytes.slice(0, -1))).toThrow(/cut off/);
		expect(() => FluxVector.restore(Mixed, bytes)).toThrow(/records of/);
		expect(() => FluxList.restore(Tick, bytes)).toThrow('restore it by FluxVector.restore()');
		bytes[bytes.length - 3] ^= 1;
		expect(() => FluxVector.restore(Tick, bytes)).toThrow(/damaged/);
		expect(() => FluxVector.restore(Tick, bytes, { heap: makeHeap(2 ** 16) })).toThrow(/damaged/);
	});
});

test('vectors are made from counts and iterables, and not extended', () => {
	expect(new FluxVector(Tick, 3).toArray()).toEqual([tick(0), tick(0), tick(0)]);
	expect(new FluxVector(Tick, [tick(1)], { checked: true }).size).toBe(1);
	expect(() => new FluxVector(Tick, -1)).toThrow(ArgumentError);
	expect(() => new FluxVector(Tick, { no: 1 } as never)).toThrow(ArgumentError);
	expect(() => new FluxVector({} as never)).toThrow(StructError);
	expect(() => new FluxVector(Tick, [{} as never])).toThrow(RecordError);
	expect(FluxVector.name).toBe('FluxVector');
	const Extended = class extends (FluxVector as unknown as new (...parameters: unknown[]) => object) {};
	expect(() => new Extended(Tick)).toThrow(ArgumentError);
});

test('a struct smaller than a word, and one larger than a page', () => {
	const small = new FluxVector(
		struct({ a: u8 }),
		Array.from({ length: 300 }, (_, a) => ({ a: a % 256 })),
	);
	expect(small.strideWords).toBe(1);
	expect(small.get(299)).toEqual({ a: 43 });
	small.sortBy('a', { descending: true });
	expect(small.front).toEqual({ a: 255 });
	const Large = struct({ id: u32, rest: array(u32, 5000) });
	const large = new FluxVector(Large, 3);
	large.at(2).rest.set(4999, 7);
	large.erase(0);
	expect(large.get(1).rest[4999]).toBe(7);
	large.validate();
});
