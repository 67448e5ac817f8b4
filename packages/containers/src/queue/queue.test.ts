import {
	Arena,
	ArgumentError,
	array,
	char,
	DisposedError,
	EmptyError,
	FieldRangeError,
	FullError,
	f64,
	Heap,
	HeapMismatchError,
	i32,
	i64,
	OutOfMemoryError,
	RecordError,
	SnapshotError,
	StaleViewError,
	StructError,
	struct,
	u8,
	u32,
	WalkError,
} from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { structArb } from '../list/records.testing.js';
import { damageArb, damaged, HEADER, headerOf, sameBytes, seal, withWord } from '../snapshots.testing.js';
import { modes, runs, thrownBy } from '../soak.testing.js';
import { FluxQueue } from './queue.js';

const Order = struct({ id: u32, price: f64, symbol: char(4) });
const order = (id: number) => ({ id, price: id / 4, symbol: 'AAPL' });
/** Records in a segment of 4096 bytes, of which 16 are its header. */
const PER_SEGMENT = 170;

let heap: Heap;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 22 }));
});
afterEach(() => heap.dispose());

const makeQueue = (count = 0, options = {}) => {
	const queue = new FluxQueue(Order, { heap, ...options });
	for (let id = 1; id <= count; id++) queue.push(order(id));
	return queue;
};
const idsOf = (queue: Iterable<{ id: number }>) => Array.from(queue, ({ id }) => id);
const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, at) => from + at);

test('what goes in first comes out first', () => {
	const queue = makeQueue();
	queue.push(order(1));
	queue.emplace(2, 0.5, 'MSFT');
	const view = queue.emplace();
	view.id = 3;
	expect([queue.size, queue.empty, queue.capacity, queue.full]).toEqual([3, false, Number.POSITIVE_INFINITY, false]);
	expect(queue.front).toEqual(order(1));
	expect(queue.back).toEqual({ id: 3, price: 0, symbol: '' });
	expect(queue.peek()).toEqual(order(1));
	expect(queue.peek(1)).toEqual({ id: 2, price: 0.5, symbol: 'MSFT' });
	expect(queue.peek(3)).toBeUndefined();
	queue.pop();
	expect(queue.tryPop()).toEqual({ id: 2, price: 0.5, symbol: 'MSFT' });
	expect(queue.tryPop()).toEqual({ id: 3, price: 0, symbol: '' });
	expect(queue.tryPop()).toBeUndefined();
	expect(queue.empty).toBe(true);
	queue.validate();
});

test('every kind of record comes out as it went in, in either mode', () => {
	const sample = structArb.chain((kind) => fc.tuple(fc.constant(kind), fc.array(kind.values, { maxLength: 12 })));
	fc.assert(
		fc.property(sample, fc.boolean(), ([{ type, readBack }, given], checked) => {
			const own = new Heap(new Arena({ maxBytes: 2 ** 20 }));
			const records = given.map(readBack);
			const queue = new FluxQueue(type, records, { heap: own, checked });
			expect(queue.toArray()).toEqual(records);
			const restored = FluxQueue.restore(type, queue.snapshot(), { heap: own });
			expect(sameBytes(restored.snapshot(), queue.snapshot())).toBe(true);
			expect(restored.popMany(20)).toEqual(records);
			own.dispose();
		}),
		{ numRuns: runs(500) },
	);
});

test('records of any size find room in segments', () => {
	for (const length of [1, 3, 1000, 1020, 1021, 4096, 60_000]) {
		const Text = struct({ text: char(length), last: u8 });
		const queue = new FluxQueue(Text, { heap });
		for (let id = 0; id < 20; id++) queue.push({ text: String(id % 10), last: id });
		for (let id = 0; id < 20; id++) expect(queue.tryPop()).toEqual({ text: String(id % 10), last: id });
		queue.validate();
		queue.dispose();
		heap.trim();
	}
});

describe('memory', () => {
	test('a queue takes no segment before its first record, and uses few however much goes through it', () => {
		const queue = makeQueue();
		expect(heap.stats().pools[0].live).toBe(0);
		for (let id = 0; id < 100_000; id++) {
			queue.push(order(id));
			if (queue.size > 500) queue.pop();
		}
		const [pool] = heap.stats().pools;
		expect(pool.record).toBe('segments of 4096 bytes');
		expect(pool.live).toBeLessThanOrEqual(Math.ceil(500 / PER_SEGMENT) + 1);
		expect(idsOf(queue)).toEqual(upTo(500, 99_500));
		queue.validate();
	});

	test('is given back: drained segments to other queues, all of them to the arena on demand', () => {
		const queue = makeQueue(10_000);
		const { used } = heap.arena.stats();
		while (!queue.empty) queue.pop();
		expect(heap.stats().pools[0].live).toBe(1);
		// A queue of other records takes what this one left.
		const other = new FluxQueue(struct({ a: i32 }), { heap });
		for (let count = 0; count < 40_000; count++) other.emplace(count);
		expect(heap.arena.stats().used).toBe(used);
		other.dispose();
		expect(queue.shrinkToFit()).toBeGreaterThan(100_000);
		expect(heap.stats().pools[0]).toMatchObject({ live: 0, capacity: 0 });
		queue.push(order(1));
		queue.validate();
	});

	test('of a queue that is dropped comes back', async () => {
		(() => makeQueue(5000))();
		for (let tries = 0; tries < 50 && heap.stats().pools[0].live > 0; tries++) {
			globalThis.gc?.();
			await new Promise((resolve) => setImmediate(resolve));
		}
		expect(heap.stats().pools[0].live).toBe(0);
	});

	test('that runs out leaves the queue whole and usable', () => {
		const small = new Heap(new Arena({ maxBytes: 2 ** 17 }));
		const queue = new FluxQueue(Order, { heap: small });
		expect(() => {
			for (;;) queue.push(order(queue.size + 1));
		}).toThrow(OutOfMemoryError);
		const { size } = queue;
		expect(() => queue.pushRange([order(1), order(2)])).toThrow(OutOfMemoryError);
		expect(() => queue.pushMany({ id: [1], price: [1], symbol: ['a'] })).toThrow(OutOfMemoryError);
		expect(() => queue.emplace()).toThrow(OutOfMemoryError);
		expect(queue.size).toBe(size);
		expect(queue.back.id).toBe(size);
		queue.validate();
		queue.popMany(PER_SEGMENT);
		queue.push(order(0));
		expect(queue.back.id).toBe(0);
		queue.validate();
		small.dispose();
	});

	test('is reserved beforehand, and counted as such', () => {
		const queue = makeQueue();
		queue.reserve(10_000);
		const { used } = heap.arena.stats();
		for (let id = 0; id < 10_000; id++) queue.push(order(id));
		expect(heap.arena.stats().used).toBe(used);
		expect(() => queue.reserve(-1)).toThrow(ArgumentError);
		expect(() => queue.reserve(2 ** 30)).toThrow(OutOfMemoryError);
		queue.validate();
	});
});

describe('a bounded queue', () => {
	test('that refuses throws, or says false, and keeps what it has', () => {
		const queue = makeQueue(3, { capacity: 3 });
		expect([queue.full, queue.whenFull, queue.capacity]).toEqual([true, 'refuse', 3]);
		const error = thrownBy(() => queue.push(order(4)));
		expect(error).toBeInstanceOf(FullError);
		expect((error as FullError).code).toBe('FLUX_FULL');
		expect((error as FullError).message).toMatch(/push had 1 record .* room for 0 of 3; pop some/);
		expect(() => queue.emplace(4, 1, 'a')).toThrow(FullError);
		expect(() => queue.emplace()).toThrow(FullError);
		expect(queue.tryPush(order(4))).toBe(false);
		expect(() => queue.tryPush({ id: 4 } as never)).toThrow(RecordError);
		queue.pop();
		expect(() => queue.pushRange([order(4), order(5)])).toThrow(FullError);
		expect(() => queue.pushMany({ id: [4, 5], price: [1, 1], symbol: ['a', 'b'] })).toThrow(FullError);
		expect(() => queue.copyFrom(queue)).toThrow(FullError);
		expect(queue.tryPush(order(4))).toBe(true);
		expect(idsOf(queue)).toEqual([2, 3, 4]);
		expect(queue.overwritten).toBe(0);
		queue.validate();
	});

	test('that overwrites keeps the newest and counts the rest', () => {
		const queue = makeQueue(1000, { capacity: 200, whenFull: 'overwrite' });
		expect(idsOf(queue)).toEqual(upTo(200, 801));
		expect(queue.overwritten).toBe(800);
		expect(queue.tryPush(order(1001))).toBe(true);
		queue.pushRange(upTo(500).map(order));
		expect(idsOf(queue)).toEqual(upTo(200, 301));
		queue.copyFrom(queue);
		expect(idsOf(queue)).toEqual(upTo(200, 301));
		queue.validate();
	});

	test('holds a record that does not fit apart from one that does not find room', () => {
		const queue = makeQueue(2, { capacity: 2, whenFull: 'overwrite' });
		expect(() => queue.push({ id: 1, price: 1, symbol: 'too long' })).toThrow(RecordError);
		expect(idsOf(queue)).toEqual([1, 2]);
		expect(queue.overwritten).toBe(0);
	});

	test('reads a nested value once it is sure to be taken', () => {
		const Nested = struct({ point: struct({ x: i32 }), list: array(i32, 2) });
		const queue = new FluxQueue(Nested, { heap, capacity: 1, whenFull: 'overwrite' });
		queue.push({ point: { x: 1 }, list: [1, 1] });
		let reads = 0;
		const point = {
			get x(): number {
				reads++;
				if (reads > 1) throw new Error('read twice');
				return 2;
			},
		};
		// It may be read again before room is made; refused then, it leaves the old record where it is.
		let refusal: unknown;
		try {
			queue.push({ point, list: [2, 2] });
		} catch (error) {
			refusal = error;
		}
		const kept = refusal === undefined ? { point: { x: 2 }, list: [2, 2] } : { point: { x: 1 }, list: [1, 1] };
		expect(queue.toArray()).toEqual([kept]);
		expect(queue.overwritten).toBe(refusal === undefined ? 1 : 0);
		queue.validate();
	});
});

describe('batches', () => {
	test('go in and out by columns', () => {
		const queue = makeQueue();
		queue.pushMany({
			id: Uint32Array.from(upTo(400)),
			price: new Float64Array(400).fill(0.5),
			symbol: upTo(400).map(String),
		});
		const columns = { id: new Uint32Array(150), price: new Float64Array(150), symbol: new Array<string>(150) };
		const seen: number[] = [];
		for (let popped = queue.popMany(columns); popped > 0; popped = queue.popMany(columns)) {
			seen.push(...columns.id.subarray(0, popped));
			expect(columns.symbol[popped - 1]).toBe(String(columns.id[popped - 1]));
		}
		expect(seen).toEqual(upTo(400));
		queue.validate();
	});

	test('go in whole or not at all', () => {
		const queue = makeQueue(2);
		const bad = [order(3), { id: 'x' }, order(5)] as never[];
		expect(() => queue.pushRange(bad)).toThrow(RecordError);
		expect(() => queue.pushRange(5 as never)).toThrow(ArgumentError);
		expect(() => queue.pushMany({ id: [1, 'x' as never], price: [1, 2], symbol: ['a', 'b'] })).toThrow(RecordError);
		expect(() => queue.pushMany({ id: [1], price: [1, 2], symbol: ['a', 'b'] })).toThrow(ArgumentError);
		expect(() =>
			queue.pushRange(
				(function* () {
					yield order(1);
					throw new Error('half way');
				})(),
			),
		).toThrow('half way');
		const mixed = { id: new Uint32Array(2), price: new Float64Array(1), symbol: ['', ''] };
		expect(() => queue.popMany(mixed)).toThrow(ArgumentError);
		expect(() => queue.popMany({ id: new Uint32Array(2) } as never)).toThrow(RecordError);
		expect(() =>
			queue.popMany({ id: new BigInt64Array(2), price: new Float64Array(2), symbol: ['', ''] } as never),
		).toThrow(RecordError);
		expect(() =>
			queue.popMany({ id: new Uint32Array(2), price: new Float64Array(2), symbol: new Uint8Array(2) } as never),
		).toThrow(RecordError);
		const frozen = Object.freeze([0, 0]) as number[];
		expect(() => queue.popMany({ id: frozen, price: [0, 0], symbol: ['', ''] })).toThrow('frozen');
		expect(() => queue.popMany(-1)).toThrow(ArgumentError);
		expect(() => queue.popMany('x' as never)).toThrow(ArgumentError);
		expect(idsOf(queue)).toEqual([1, 2]);
		// An iterable that uses the queue meanwhile finds it as it was.
		queue.pushRange(
			(function* () {
				yield order(3);
				queue.pop();
				queue.push(order(9));
			})(),
		);
		expect(idsOf(queue)).toEqual([2, 9, 3]);
		queue.validate();
	});

	test('of its own records are copied', () => {
		const queue = makeQueue(300);
		queue.copyFrom(queue);
		queue.pushRange(queue);
		expect(idsOf(queue)).toEqual([...upTo(300), ...upTo(300), ...upTo(300), ...upTo(300)]);
		const other = new FluxQueue(Order, { checked: true });
		other.copyFrom(queue);
		expect(other.equals(queue as never)).toBe(true);
		other.dispose();
	});
});

describe('drain', () => {
	test('shows each record once and leaves none', () => {
		const queue = makeQueue(400);
		const seen: number[] = [];
		expect(queue.drain(({ id }) => void seen.push(id))).toBe(400);
		expect(seen).toEqual(upTo(400));
		expect(queue.empty).toBe(true);
		expect(queue.drain(() => {})).toBe(0);
		expect(makeQueue(5).drain(() => {}, 3)).toBe(3);
		expect(() => queue.drain(() => {}, -1)).toThrow(ArgumentError);
		queue.validate();
	});

	test('keeps the record whose callback throws', () => {
		const queue = makeQueue(5);
		let kept: { id: number } | undefined;
		expect(() =>
			queue.drain((view) => {
				kept = view;
				if (view.id === 3) throw new Error('three');
			}),
		).toThrow('three');
		expect(idsOf(queue)).toEqual([3, 4, 5]);
		expect(() => kept?.id).toThrow(StaleViewError);
	});

	test('goes on with what the callback pushes, pops or clears', () => {
		const queue = makeQueue(3);
		const seen: number[] = [];
		queue.drain(({ id }) => {
			seen.push(id);
			if (id < 3) queue.push(order(id + 10));
			if (id === 2) queue.popMany(2);
		});
		expect(seen).toEqual([1, 2, 11, 12]);
		queue.pushRange(upTo(400).map(order));
		seen.length = 0;
		queue.drain(({ id }) => {
			seen.push(id);
			if (id === 5) queue.clear();
			if (id === 5) queue.push(order(1000));
		});
		expect(seen).toEqual([...upTo(5), 1000]);
		queue.push(order(1));
		queue.push(order(2));
		queue.drain(() => queue.dispose());
		expect(() => queue.size).toThrow(DisposedError);
	});

	test('of a full queue that overwrites loses none to what it pushes', () => {
		const queue = makeQueue(2, { capacity: 2, whenFull: 'overwrite' });
		const seen: number[] = [];
		queue.drain(({ id }) => {
			seen.push(id);
			if (id < 3) queue.push(order(id + 2));
		});
		expect(seen).toEqual([1, 2, 3, 4]);
		expect(queue.overwritten).toBe(2);
	});
});

describe('a view', () => {
	test('stays with its record, and is stale once that has left', () => {
		const queue = makeQueue(PER_SEGMENT * 2 + 20);
		const first = queue.at(0);
		const deep = queue.at(PER_SEGMENT + 5);
		deep.price = 77;
		first.symbol = 'MSFT';
		expect(queue.front.symbol).toBe('MSFT');
		queue.pop();
		expect(() => first.id).toThrow(StaleViewError);
		expect(() => {
			first.price = 1;
		}).toThrow(StaleViewError);
		queue.popMany(PER_SEGMENT + 3);
		expect(deep.price).toBe(77);
		expect(queue.at(1, deep)).toBe(deep);
		expect(deep.id).toBe(queue.peek(1)?.id);
		queue.clear();
		expect(() => deep.id).toThrow(StaleViewError);
	});

	test('is not fooled by a segment that is used again, whatever for', () => {
		for (const reuse of [
			(queue: FluxQueue<typeof Order>) => queue.pushRange(upTo(PER_SEGMENT * 3).map(order)),
			(queue: FluxQueue<typeof Order>) => {
				for (let id = 0; id < PER_SEGMENT; id++) {
					queue.pop();
					queue.push(order(id));
				}
			},
			() => makeQueue(PER_SEGMENT * 3),
		]) {
			const queue = makeQueue(3);
			const view = queue.at(1);
			const made = queue.emplace();
			queue.popMany(4);
			expect(() => view.id).toThrow(StaleViewError);
			queue.push(order(50));
			reuse(queue);
			expect(() => view.id).toThrow(StaleViewError);
			expect(() => made.id).toThrow(StaleViewError);
			queue.dispose();
			heap.trim();
		}
	});

	test('of arrays and nested structs is checked as well', () => {
		const Nested = struct({ point: struct({ x: i32 }), list: array(i32, 2) });
		const queue = new FluxQueue(Nested, { heap });
		queue.push({ point: { x: 1 }, list: [1, 2] });
		const view = queue.at(0);
		const { point, list } = view;
		point.x = 5;
		list.set(1, 9);
		expect(queue.front).toEqual({ point: { x: 5 }, list: [1, 9] });
		expect(JSON.stringify(view)).toBe('{"point":{"x":5},"list":[1,9]}');
		queue.pop();
		expect(() => point.x).toThrow(StaleViewError);
		expect(() => list.get(0)).toThrow(StaleViewError);
		expect(() => list.assign([1, 2])).toThrow(StaleViewError);
	});

	test('is refused where there is no record, or the view is of another', () => {
		const queue = makeQueue(1);
		expect(() => queue.at(1)).toThrow(ArgumentError);
		expect(() => queue.at(-1)).toThrow(ArgumentError);
		expect(() => queue.peek(0.5)).toThrow(ArgumentError);
		const other = new FluxQueue(struct({ a: i32 }), { heap });
		other.emplace(1);
		expect(() => queue.at(0, other.at(0) as never)).toThrow(ArgumentError);
	});
});

describe('a walk', () => {
	test('sees what is pushed, and goes on at the front where its place has left', () => {
		const queue = makeQueue(PER_SEGMENT * 3);
		const seen: number[] = [];
		for (const { id } of queue.views()) {
			seen.push(id);
			if (id === 10) queue.popMany(PER_SEGMENT + 100);
			if (id === PER_SEGMENT * 3) queue.push(order(1000));
		}
		expect(seen).toEqual([...upTo(10), ...upTo(PER_SEGMENT * 2 - 100, PER_SEGMENT + 101), 1000]);
	});

	test('is not fooled by a queue that ran empty in between', () => {
		const queue = makeQueue(5);
		const walk = queue.values();
		expect(walk.next().value).toEqual(order(1));
		queue.popMany(5);
		for (let id = 0; id < PER_SEGMENT * 2; id++) {
			queue.push(order(id));
			queue.pop();
		}
		queue.push(order(77));
		expect(walk.next().value).toEqual(order(77));
		expect(walk.next().done).toBe(true);
		queue.push(order(78));
		expect(walk.next().done).toBe(true);
	});

	test('ends with its view, and is lost after clear, swap and dispose', () => {
		const queue = makeQueue(5);
		let kept: { id: number } | undefined;
		for (const view of queue.views()) {
			kept = view;
			break;
		}
		expect(() => kept?.id).toThrow(StaleViewError);
		for (const lose of [() => queue.clear(), () => queue.swap(makeQueue(3)), () => queue.dispose()]) {
			if (queue.empty) queue.push(order(1));
			const walk = queue[Symbol.iterator]();
			walk.next();
			lose();
			expect(() => walk.next()).toThrow(WalkError);
		}
		expect(() => queue.values()).toThrow(DisposedError);
	});
});

describe('misuse', () => {
	test('of an empty queue', () => {
		for (const queue of [makeQueue(), makeQueue(0, { capacity: 2 }), makeQueue(0, { checked: true })]) {
			expect(() => queue.front).toThrow(EmptyError);
			expect(() => queue.back).toThrow(EmptyError);
			expect(() => queue.pop()).toThrow(EmptyError);
			expect(thrownBy(() => queue.pop())).toMatchObject({ code: 'FLUX_EMPTY' });
			expect(queue.popMany(5)).toEqual([]);
			expect([...queue, ...queue.views()]).toEqual([]);
		}
	});

	test('of records and options', () => {
		const queue = makeQueue(1);
		const push = (record: unknown) => () => queue.push(record as never);
		for (const bad of [undefined, null, 5, 'x', {}, { id: 1, price: 1 }, { id: '1', price: 1, symbol: '' }])
			expect(push(bad)).toThrow(RecordError);
		expect(() => (queue.emplace as (...values: unknown[]) => void)(1, 2)).toThrow(RecordError);
		expect(() => (queue.emplace as (...values: unknown[]) => void)(1, 2, '', 4)).toThrow(RecordError);
		expect(() => makeQueue(0, { checked: true }).push({ id: -1, price: 1, symbol: '' })).toThrow(FieldRangeError);
		expect(queue.size).toBe(1);
		const make = (options: unknown) => () => new FluxQueue(Order, options as never);
		for (const options of [
			5,
			null,
			{ capacity: 0 },
			{ capacity: 1.5 },
			{ capacity: '5' },
			{ capacity: 2 ** 31 },
			{ whenFull: 'refuse' },
			{ capacity: 1, whenFull: 'drop' },
			{ heap: {} },
			{ checked: 1 },
			{ size: 1 },
		])
			expect(make(options)).toThrow(ArgumentError);
		expect(() => new FluxQueue({} as never)).toThrow(StructError);
		class Mine extends (FluxQueue as unknown as new (struct: object) => object) {}
		expect(() => new Mine(Order)).toThrow(ArgumentError);
	});

	test('after dispose, of queue, heap and arena', () => {
		const queue = makeQueue(3);
		queue.dispose();
		queue.dispose();
		const calls: (() => unknown)[] = [
			() => queue.push(order(1)),
			() => queue.tryPush(order(1)),
			() => queue.emplace(1, 1, ''),
			() => queue.emplace(),
			() => queue.pop(),
			() => queue.tryPop(),
			() => queue.popMany(1),
			() => queue.front,
			() => queue.back,
			() => queue.size,
			() => queue.empty,
			() => queue.full,
			() => queue.capacity,
			() => queue.clear(),
			() => queue.peek(),
			() => queue.at(0),
			() => [...queue],
			() => queue.drain(() => {}),
			() => queue.snapshot(),
			() => queue.clone(),
			() => queue.pushRange([order(1)]),
			() => queue.pushMany({ id: [], price: [], symbol: [] }),
			() => queue.reserve(1),
			() => queue.shrinkToFit(),
			() => queue.validate(),
			() => queue.equals(queue),
			() => makeQueue().swap(queue),
		];
		for (const call of calls) expect(call).toThrow(DisposedError);
		expect(makeQueue().empty).toBe(true);
		const orphans = [makeQueue(1), makeQueue(0)];
		heap.dispose();
		for (const orphan of orphans) {
			for (const call of [
				() => orphan.front,
				() => orphan.push(order(1)),
				() => orphan.emplace(1, 1, ''),
				() => orphan.size,
				() => orphan.empty,
				() => orphan.pop(),
				() => orphan.tryPop(),
				() => orphan.peek(),
			])
				expect(call).toThrow(DisposedError);
			orphan.dispose();
		}
	});

	test('of queues that do not go together', () => {
		const queue = makeQueue(1);
		const other = new Heap(new Arena({ maxBytes: 2 ** 18 }));
		expect(() => queue.swap(new FluxQueue(Order, { heap: other }))).toThrow(HeapMismatchError);
		expect(() => queue.swap(makeQueue(0, { checked: true }))).toThrow(HeapMismatchError);
		expect(() => queue.swap(new FluxQueue(struct({ a: i32 }), { heap }) as never)).toThrow(ArgumentError);
		expect(() => queue.equals({} as never)).toThrow(ArgumentError);
		queue.swap(queue);
		expect(idsOf(queue)).toEqual([1]);
		other.dispose();
	});
});

test('queues are compared field by field, then by size', () => {
	const Pair = struct({ a: i32, b: f64 });
	const make = (...values: [number, number][]) =>
		new FluxQueue(
			Pair,
			values.map(([a, b]) => ({ a, b })),
			{ heap },
		);
	const one = make([1, 2], [3, 4]);
	expect(one.equals(make([1, 2], [3, 4]))).toBe(true);
	expect(one.equals(make([1, 2]))).toBe(false);
	expect(one.compare(make([1, 2]))).toBeGreaterThan(0);
	expect(one.compare(make([1, 3]))).toBeLessThan(0);
	expect(one.compare(make([1, Number.NaN]))).toBeNaN();
	expect(one.compare(one)).toBe(0);
	expect(one.equals(make([1, 2], [3, Number.NaN]))).toBe(false);
});

test('a queue is shown as what it is', () => {
	const queue = new FluxQueue(struct({ id: i32, big: i64 }), [{ id: 1, big: 5n }], { heap });
	expect(JSON.stringify(queue)).toBe('[{"id":1,"big":"5"}]');
	expect(String(queue)).toBe('[object FluxQueue]');
	const inspect = Symbol.for('nodejs.util.inspect.custom');
	const show = (shown: object) =>
		(shown as Record<symbol, (depth: number, options: object, inspect: (value: unknown) => string) => string>)[inspect](
			2,
			{},
			(value) => String((value as unknown[]).length),
		);
	expect(show(queue)).toBe('FluxQueue(1) 1');
	expect(show(makeQueue(120))).toBe('FluxQueue(120) 100 and 20 more records');
	queue.dispose();
	expect(show(queue)).toBe('FluxQueue (disposed)');
	expect(queue).toBeInstanceOf(FluxQueue);
});

describe.each(modes)('a snapshot in $mode mode', ({ checked }) => {
	test('keeps records and bound, and the options may say otherwise', () => {
		const queue = makeQueue(500, { capacity: 400, whenFull: 'overwrite', checked });
		const bytes = queue.snapshot();
		const restored = FluxQueue.restore(Order, bytes, { heap, checked });
		expect([restored.capacity, restored.whenFull, restored.size]).toEqual([400, 'overwrite', 400]);
		expect(idsOf(restored)).toEqual(upTo(400, 101));
		restored.validate();
		const fewer = FluxQueue.restore(Order, bytes, { heap, checked, capacity: 10, whenFull: 'overwrite' });
		expect(idsOf(fewer)).toEqual(upTo(10, 491));
		expect(FluxQueue.restore(Order, bytes, { heap, checked, capacity: 500 }).whenFull).toBe('refuse');
		const before = heap.stats();
		expect(() => FluxQueue.restore(Order, bytes, { heap, checked, capacity: 10 })).toThrow(FullError);
		expect(heap.stats()).toEqual(before);
	});

	test('of what went through many segments is that of a fresh queue', () => {
		const queue = makeQueue(0, { checked });
		for (let id = 1; id <= 5000; id++) {
			queue.push(order(id));
			if (id % 7 !== 0) queue.pop();
		}
		const fresh = new FluxQueue(Order, queue, { heap });
		expect(fresh.snapshot()).toEqual(queue.snapshot());
	});
});

test('a damaged or forged snapshot is refused, and nothing is held', { timeout: 600_000 }, () => {
	const [bytes, other] = [makeQueue(5, { capacity: 9 }).snapshot(), makeQueue(2).snapshot()];
	const restore = (given: Uint8Array) => FluxQueue.restore(Order, given, { heap });
	const { details } = headerOf(bytes);
	for (const [word, value] of [
		[details, -1],
		[details, 4],
		[details + 4, 2],
		[HEADER.kind, 1],
	]) {
		expect(() => restore(seal(withWord(bytes, word, value)))).toThrow(SnapshotError);
	}
	const before = heap.stats();
	fc.assert(
		fc.property(damageArb, (damage) => {
			const changed = damaged(bytes, damage, other);
			if (sameBytes(changed, bytes) || sameBytes(changed, other)) return;
			const error = thrownBy(() => restore(changed));
			if (!(error instanceof SnapshotError)) throw error;
		}),
		{ numRuns: runs(20_000) },
	);
	expect(heap.stats()).toEqual(before);
});
