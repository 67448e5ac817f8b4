import { runInNewContext } from 'node:vm';
import {
	Arena,
	ArgumentError,
	array,
	bool,
	char,
	DisposedError,
	FluxError,
	f32,
	f64,
	Heap,
	i16,
	i32,
	i64,
	OutOfMemoryError,
	SnapshotError,
	type Struct,
	StructError,
	struct,
	u8,
	u32,
} from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { expect } from '../quick-expect.testing.js';
import {
	damageArb,
	damaged,
	digest,
	HEADER,
	headerOf,
	sameBytes,
	seal,
	strideOf,
	withWord,
} from '../snapshots.testing.js';
import { modes, runs, thrownBy } from '../soak.testing.js';
import { FluxList } from './list.js';
import { arrayKind, charKind, scalarKinds, structArb, structKind } from './records.testing.js';

let heap: Heap;
let otherHeap: Heap;
// Heaps of its own for each test: validate() looks at every pool, and random structs make many.
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
	otherHeap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
});
afterEach(() => {
	heap.dispose();
	otherHeap.dispose();
});

const Order = struct({ id: u32, side: u8, price: f64, symbol: char(6), size: i16 });

const orders = (ids: readonly number[]) =>
	ids.map((id) => ({ id, side: id & 1, price: id / 4, symbol: `S${id % 1000}`, size: -id & 255 }));

/** Why bytes were refused, with the checks that every refusal must pass. */
function problemOf(Record: Struct, bytes: unknown): string {
	const before = heap.stats();
	const error = thrownBy(() => FluxList.restore(Record, bytes as Uint8Array, { heap }));
	expect(heap.stats()).toEqual(before);
	if (!(error instanceof SnapshotError)) throw error;
	expect(error).toBeInstanceOf(FluxError);
	expect(error.code).toBe('FLUX_SNAPSHOT');
	// What was found, and behind a semicolon what to do about it.
	expect(error.message).toMatch(/^the (snapshot|bytes) .+; .+/);
	return error.problem;
}

/** Throws unless the bytes are restored to the same records and saved to the same bytes, in both modes. */
function checkRoundTrip(Record: Struct, list: FluxList, records: readonly unknown[]): Uint8Array {
	const bytes = list.snapshot();
	for (const { checked } of modes) {
		const restored = FluxList.restore(Record, bytes, { heap: otherHeap, checked });
		expect(restored.toArray()).toEqual(records);
		restored.validate();
		if (!sameBytes(restored.snapshot(), bytes)) throw new Error('the snapshot of a restored list is another');
		restored.dispose();
	}
	return bytes;
}

describe.each(modes)('a list in $mode mode', ({ checked }) => {
	test('comes back record for record, whatever its fields', () => {
		const sample = structArb.chain((kind) => fc.tuple(fc.constant(kind), fc.array(kind.values, { maxLength: 12 })));
		fc.assert(
			fc.property(sample, ([{ type, readBack }, given]) => {
				// As they are read back, so that checked mode takes them.
				const records = given.map(readBack);
				const list = new FluxList(type, records, { heap, checked });
				checkRoundTrip(type, list, records);
				list.dispose();
			}),
			{ numRuns: runs(500) },
		);
	});

	test('has the same snapshot whatever came and went before', () => {
		const kind = structKind([
			['a', scalarKinds.u8],
			['b', scalarKinds.f64],
			['c', charKind(3)],
			[
				'd',
				structKind([
					['x', scalarKinds.bool],
					['y', scalarKinds.i64],
				]),
			],
			['e', arrayKind(scalarKinds.f32, 3)],
			['f', scalarKinds.i16],
		]);
		const steps = fc.array(fc.record({ at: fc.nat(), kind: fc.nat(4), record: kind.values }), { maxLength: 60 });
		fc.assert(
			fc.property(steps, (sequence) => {
				const list = new FluxList(kind.type, { heap, checked });
				const model: unknown[] = [];
				for (const step of sequence) {
					const nodes = [...list.keys()];
					const at = step.at % (nodes.length + 1);
					if (step.kind < 2 || at === nodes.length) {
						list.insert(nodes[at] ?? 0, kind.readBack(step.record));
						model.splice(at, 0, kind.readBack(step.record));
					} else if (step.kind === 2) {
						list.erase(nodes[at]);
						model.splice(at, 1);
					} else if (step.kind === 3) {
						list.reverse();
						model.reverse();
					} else {
						list.splice(0, list, nodes[at]);
						model.push(...model.splice(at, 1));
					}
				}
				const bytes = checkRoundTrip(kind.type, list, model);
				// One that never had another record, in memory that others used.
				const fresh = new FluxList(kind.type, model as never[], { heap: otherHeap });
				expect(digest(fresh.snapshot())).toBe(digest(bytes));
				fresh.dispose();
				list.dispose();
			}),
			{ numRuns: runs(500) },
		);
	});
});

test('a snapshot is what the guide says, byte for byte', () => {
	const list = new FluxList(Order, orders([1, 2, 3]), { heap });
	const bytes = list.snapshot();
	const view = new DataView(bytes.buffer);
	expect(bytes.buffer.byteLength).toBe(bytes.length);
	expect([...bytes.slice(0, 8)]).toEqual([0x89, 0x46, 0x4c, 0x55, 0x58, 0x0d, 0x0a, 0x1a]);
	expect([...bytes.slice(HEADER.byteOrder, HEADER.kind)]).toEqual([4, 3, 2, 1, 1, 0, 0, 0]);
	expect(view.getUint32(HEADER.kind, true)).toBe(1);
	expect(view.getUint32(HEADER.recordBytes, true)).toBe(Order.size);
	expect(view.getUint32(HEADER.strideBytes, true)).toBe(24);
	const { signature, records, count } = headerOf(bytes);
	expect(signature).toBe('{"id":u32,"side":u8,"price":f64,"symbol":char(6),"size":i16}');
	expect(count).toBe(3);
	expect(records % 8).toBe(0);
	expect(bytes.length).toBe(records + 3 * 24);
	const { offsets } = Order;
	for (let index = 0; index < 3; index++) {
		const at = records + index * 24;
		expect(view.getUint32(at + offsets.id, true)).toBe(index + 1);
		expect(view.getUint8(at + offsets.side)).toBe((index + 1) & 1);
		expect(view.getFloat64(at + offsets.price, true)).toBe((index + 1) / 4);
		expect(view.getInt16(at + offsets.size, true)).toBe(-(index + 1) & 255);
		expect(Buffer.from(bytes.slice(at + offsets.symbol, at + offsets.symbol + 6)).toString()).toBe(
			`S${index + 1}\0\0\0\0`,
		);
		// Nothing between the fields.
		expect([...bytes.slice(at + 5, at + 8)]).toEqual([0, 0, 0]);
	}
	list.dispose();
});

test('what memory held between the fields does not show, and NaN has one pattern', () => {
	const dirty = new Heap(new Arena({ maxBytes: 2 ** 20 }));
	const noise = new FluxList(struct({ noise: array(u32, 30) }), { heap: dirty });
	for (let count = 0; count < 1000; count++) noise.pushBack({ noise: new Array<number>(30).fill(0xdeadbeef) });
	noise.dispose();
	dirty.trim();
	const Gaps = struct({ a: u8, b: f64, c: u8, d: i16, e: f32, f: bool });
	const records = [{ a: 1, b: Number.NaN, c: 2, d: 3, e: Number.NaN, f: true }];
	const inDirt = new FluxList(Gaps, records, { heap: dirty });
	const clean = new FluxList(Gaps, records, { heap });
	expect(inDirt.snapshot()).toEqual(clean.snapshot());

	// Other patterns of NaN, which no record shows but a file of another program may hold.
	const bytes = clean.snapshot();
	const { records: at } = headerOf(bytes);
	const view = new DataView(bytes.buffer);
	view.setBigUint64(at + Gaps.offsets.b, 0xfff4_0000_0000_0001n, true);
	view.setUint32(at + Gaps.offsets.e, 0xff80_0001, true);
	view.setUint8(at + 1, 77);
	const restored = FluxList.restore(Gaps, seal(bytes), { heap });
	expect(restored.toArray()).toEqual(records);
	expect(restored.snapshot()).toEqual(clean.snapshot());
	for (const value of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0]) {
		restored.assign([{ ...records[0], b: value, e: value }]);
		expect(FluxList.restore(Gaps, restored.snapshot(), { heap }).front).toEqual({ ...records[0], b: value, e: value });
	}
	for (const list of [clean, restored]) list.dispose();
	dirty.dispose();
});

test('a record of many words is saved by a loop, to the same bytes', () => {
	const Wide = struct({ id: u8, levels: array(struct({ price: f64, size: f32, flag: bool }), 40), last: i64 });
	const level = (index: number) => ({
		price: index === 3 ? Number.NaN : index,
		size: index / 2,
		flag: index % 2 === 0,
	});
	const records = [1, 2].map((id) => ({ id, levels: Array.from({ length: 40 }, (_, at) => level(at)), last: -5n }));
	const list = new FluxList(Wide, records, { heap });
	checkRoundTrip(Wide, list, records);
	list.dispose();
});

describe('restore', () => {
	let bytes: Uint8Array<ArrayBuffer>;
	let restored: FluxList<typeof Order>;
	beforeEach(() => {
		const list = new FluxList(Order, orders([5, 6, 7]), { heap });
		bytes = list.snapshot();
		list.dispose();
	});
	const check = (given: Uint8Array) => {
		restored = FluxList.restore(Order, given, { heap });
		expect(restored.toArray()).toEqual(orders([5, 6, 7]));
		restored.validate();
		restored.dispose();
	};

	test('takes bytes at any address, in shared memory, of a Buffer, of another realm', () => {
		for (let shift = 0; shift < 9; shift++) {
			const padded = new Uint8Array(bytes.length + 20);
			padded.set(bytes, shift);
			check(padded.subarray(shift, shift + bytes.length));
		}
		const sharedBytes = new Uint8Array(new SharedArrayBuffer(bytes.length));
		sharedBytes.set(bytes);
		check(sharedBytes);
		check(Buffer.from(bytes));
		check(runInNewContext('Uint8Array.from(bytes)', { bytes: [...bytes] }));
	});

	test('does not keep the bytes, nor change them', () => {
		const given = bytes.slice();
		restored = FluxList.restore(Order, given, { heap });
		expect(given).toEqual(bytes);
		given.fill(0);
		expect(restored.toArray()).toEqual(orders([5, 6, 7]));
		restored.pushBack(orders([8])[0]);
		expect(restored.size).toBe(4);
		restored.dispose();
	});

	test('of an empty list is an empty list', () => {
		const empty = new FluxList(Order, { heap });
		restored = FluxList.restore(Order, empty.snapshot(), { heap, checked: true });
		expect([restored.size, restored.toArray()]).toEqual([0, []]);
		empty.dispose();
		restored.dispose();
	});

	test('into a heap without room throws and holds nothing', () => {
		const small = new Heap(new Arena({ maxBytes: 2 ** 17 }));
		const source = new FluxList(Order, orders(Array.from({ length: 10_000 }, (_, id) => id)), { heap });
		const first = new FluxList(Order, { heap: small });
		const before = small.stats();
		for (const { checked } of modes) {
			expect(() => FluxList.restore(Order, source.snapshot(), { heap: small, checked })).toThrow(OutOfMemoryError);
		}
		expect(small.stats().arena).toEqual(before.arena);
		expect(small.stats().pools[0]).toEqual(before.pools[0]);
		first.pushBack(orders([1])[0]);
		first.validate();
		source.dispose();
		small.dispose();
	});

	test('refuses what is no bytes, no struct and no option', () => {
		for (const given of [undefined, null, 'x', 5, {}, [1], new Int32Array(20), new DataView(bytes.buffer.slice(0))]) {
			expect(() => FluxList.restore(Order, given as never, { heap })).toThrow(ArgumentError);
		}
		expect(() => FluxList.restore({} as never, bytes)).toThrow(StructError);
		expect(() => FluxList.restore(Order, bytes, { chekced: true } as never)).toThrow(ArgumentError);
		const gone = new FluxList(Order, { heap });
		gone.dispose();
		expect(() => gone.snapshot()).toThrow(DisposedError);
	});

	test('says what is wrong with the bytes', () => {
		expect(problemOf(Order, new Uint8Array(0))).toBe('truncated');
		expect(problemOf(Order, bytes.slice(0, 5))).toBe('truncated');
		expect(problemOf(Order, bytes.slice(0, 63))).toBe('truncated');
		expect(problemOf(Order, bytes.slice(0, -1))).toBe('truncated');
		expect(problemOf(Order, new TextEncoder().encode('{"an":"object"}'))).toBe('foreign');
		expect(problemOf(Order, new Uint8Array(1000))).toBe('foreign');
		// What a text mode, or a decoder of UTF-8, would make of them.
		expect(problemOf(Order, new TextEncoder().encode(new TextDecoder().decode(bytes)))).toBe('foreign');
		expect(problemOf(Order, Uint8Array.from([...bytes.slice(0, 5), ...bytes.slice(6)]))).toBe('foreign');
		expect(problemOf(Order, Uint8Array.from([...bytes, 0]))).toBe('corrupted');
		expect(problemOf(Order, withWord(bytes, HEADER.byteOrder, 0x04030201))).toBe('byte-order');
		expect(problemOf(Order, withWord(bytes, HEADER.byteOrder, 0))).toBe('corrupted');
		expect(problemOf(Order, seal(withWord(bytes, HEADER.version, 2)))).toBe('version');
		expect(problemOf(Order, seal(withWord(bytes, HEADER.kind, 0xffff)))).toBe('kind');
		expect(problemOf(Order, seal(withWord(bytes, HEADER.layoutHash, 1)))).toBe('corrupted');
		expect(problemOf(Order, seal(withWord(bytes, HEADER.recordBytes, 31)))).toBe('corrupted');
		expect(problemOf(Order, seal(withWord(bytes, HEADER.count, 2)))).toBe('corrupted');
		expect(problemOf(Order, seal(withWord(bytes, HEADER.count, 0xffffffff)))).toBe('truncated');
		for (const other of [
			struct({ id: u32, side: u8, price: f64, symbol: char(6), size: i32 }),
			struct({ ID: u32, side: u8, price: f64, symbol: char(6), size: i16 }),
			struct({ side: u8, id: u32, price: f64, symbol: char(6), size: i16 }),
			struct({ id: u32 }),
		]) {
			expect(problemOf(other, bytes)).toBe('struct');
		}
		const Long = struct(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`field${index}`, u8])));
		const message = String(thrownBy(() => FluxList.restore(Long, bytes, { heap })));
		expect(message).toContain('{"id":u32,');
		expect(message.length).toBeLessThan(600);
	});
});

test('a changed snapshot is never taken, whatever was changed, and leaves nothing behind', { timeout: 600_000 }, () => {
	const kinds = [Order, struct({ a: u8 }), struct({ big: i64, text: char(5) })] as const;
	const sources = kinds.map((Record, index) => {
		const records = Array.from({ length: [20, 0, 3][index] }, () => undefined);
		const list = new FluxList(Record, { heap });
		for (const _ of records) list.emplaceBack();
		if (index === 0) (list as FluxList<typeof Order>).assign(orders(records.map((_, id) => id * 3)));
		const bytes = list.snapshot();
		list.dispose();
		return { Record, bytes };
	});
	const before = heap.stats();
	const sample = fc.tuple(fc.nat(sources.length - 1), fc.nat(sources.length - 1), damageArb);
	fc.assert(
		fc.property(sample, ([which, other, damage]) => {
			const { Record, bytes } = sources[which];
			const changed = damaged(bytes, damage, sources[other].bytes);
			// Damage that damaged nothing, or that made a whole snapshot out of another.
			if (sources.some((source) => sameBytes(source.bytes, changed))) return;
			const error = thrownBy(() => FluxList.restore(Record, changed, { heap }));
			if (!(error instanceof SnapshotError)) throw error;
		}),
		{ numRuns: runs(100_000) },
	);
	expect(heap.stats()).toEqual(before);
});

test('forged bytes with a true checksum are refused, or are records like any other', { timeout: 600_000 }, () => {
	const Record = struct({ flag: bool, text: char(5), price: f64, inner: struct({ x: f32 }), tail: array(u8, 3) });
	const list = new FluxList(Record, 4, { heap });
	const bytes = list.snapshot();
	list.dispose();
	const before = heap.stats();
	const { records } = headerOf(bytes);
	const sample = fc.record({
		body: fc.uint8Array({ maxLength: strideOf(Record) * 4 }),
		word: fc.option(fc.record({ at: fc.integer({ min: 6, max: 15 }), value: fc.oneof(fc.nat(300), fc.integer()) })),
		cut: fc.nat(64),
	});
	fc.assert(
		fc.property(sample, ({ body, word, cut }) => {
			let forged = bytes.slice(0, word === null ? bytes.length : bytes.length - (cut % 8));
			forged.set(body.subarray(0, forged.length - records), records);
			if (word !== null) forged = withWord(forged, word.at * 4, word.value);
			try {
				const taken = FluxList.restore(Record, seal(forged), { heap });
				expect(taken.toArray()).toHaveLength(4);
				const again = FluxList.restore(Record, taken.snapshot(), { heap });
				expect(again.equals(taken) || taken.toArray().some(({ price, inner }) => Number.isNaN(price + inner.x))).toBe(
					true,
				);
				again.dispose();
				taken.validate();
				taken.dispose();
			} catch (error) {
				if (!(error instanceof SnapshotError)) throw error;
			}
		}),
		{ numRuns: runs(10_000) },
	);
	expect(heap.stats()).toEqual(before);
});
