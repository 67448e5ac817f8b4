import {
	ArgumentError,
	ClaimError,
	ClosedError,
	DisposedError,
	FieldRangeError,
	FullError,
	f64,
	type HandleError,
	PeerDiedError,
	RecordError,
	RetiredError,
	SeatError,
	StaleViewError,
	StructError,
	struct,
	TimeoutError,
	u8,
	u32,
} from '@flux/core';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { FluxQueue } from '../queue/queue.js';
import { expect } from '../quick-expect.testing.js';
import { runs, thrownBy } from '../soak.testing.js';
import { makeSharedQueue, type SharedFluxQueue, type SharedQueueOptions } from './shared-queue.js';

const Tick = struct(['id', u32], ['price', f64]);
type TickQueue = SharedFluxQueue<typeof Tick>;
const tick = (id: number) => ({ id, price: id / 2 });
const ids = (records: readonly { id: number }[]) => records.map(({ id }) => id);

/** What a view shows. */
const copyOf = (view: { id: number; price: number } | undefined) => view && { id: view.id, price: view.price };

/** A queue whose counters begin just before a border. */
function queueFrom(first: number, options: SharedQueueOptions): TickQueue {
	return makeSharedQueue(Tick, options, first) as TickQueue;
}

/** The rings: each has an algorithm, or a branch of one, of its own. */
const rings = [
	{ ring: 'one to one', producers: 1, consumers: 1 },
	{ ring: 'many to one', producers: 2, consumers: 1 },
	{ ring: 'one to many', producers: 1, consumers: 2 },
	{ ring: 'many to many', producers: 2, consumers: 2 },
] as const;

describe.each(rings)('a queue $ring', ({ producers, consumers }) => {
	const make = (capacity: number, more: Partial<SharedQueueOptions> = {}): TickQueue =>
		FluxQueue.shared(Tick, { capacity, producers, consumers, ...more });

	test('gives records back in order, and says when there is none or no room', () => {
		const queue = make(3);
		expect(queue.tryPop()).toBeUndefined();
		expect([1, 2, 3, 4].map((id) => queue.tryPush(tick(id)))).toEqual([true, true, true, false]);
		expect(queue.size).toBe(3);
		expect(queue.tryPop()).toEqual(tick(1));
		expect(queue.tryEmplace(4, 2)).toBe(true);
		expect(ids(queue.popMany(10))).toEqual([2, 3, 4]);
		expect(queue.empty).toBe(true);
		queue.validate();
	});

	test.each([2 ** 31 - 700, 2 ** 32 - 700, -1])('goes on where its counters wrap, from %i', (first) => {
		const queue = queueFrom(first | 0, { capacity: 300, producers, consumers });
		for (let id = 0; id < 2000; id++) {
			expect(queue.tryPush(tick(id))).toBe(true);
			if (id >= 299) expect(queue.tryPop()?.id).toBe(id - 299);
			if (id % 97 === 0) queue.validate();
		}
		expect(queue.size).toBe(299);
		queue.validate();
	});

	test.each([-2, 2 ** 31 - 2])('holds no more than its capacity for a producer that begins at position %i', (first) => {
		const queue = queueFrom(first - 2, { capacity: 2, producers, consumers });
		const one = FluxQueue.attach(Tick, queue.share());
		expect([one.tryPush(tick(1)), one.tryPush(tick(2))]).toEqual([true, true]);
		one.dispose();
		expect(queue.tryPush(tick(3))).toBe(false);
		queue.validate();
	});

	test('moves columns in and out', () => {
		const queue = make(4);
		const rows = { id: Uint32Array.of(1, 2, 3, 4, 5, 6), price: Float64Array.of(1, 2, 3, 4, 5, 6) };
		expect(queue.tryPushMany(rows)).toBe(4);
		expect(queue.tryPushMany(rows, 4)).toBe(0);
		const batch = { id: new Uint32Array(3), price: new Float64Array(3) };
		expect(queue.popMany(batch)).toBe(3);
		expect([...batch.id, ...batch.price]).toEqual([1, 2, 3, 1, 2, 3]);
		expect(queue.tryPushMany(rows, 4)).toBe(2);
		expect(ids(queue.popMany(9))).toEqual([4, 5, 6]);
		expect(thrownBy(() => queue.pushMany({ id: [1, 2], price: [1] }))).toBeInstanceOf(ArgumentError);
		expect(thrownBy(() => queue.pushMany({ id: [1, 2], price: [1, 'a'] } as never))).toBeInstanceOf(RecordError);
		expect(queue.pushMany({ id: [7], price: [3.5] })).toBe(1);
		expect(queue.pop()).toEqual({ id: 7, price: 3.5 });
		queue.validate();
	});

	test('claims places, which are published or given back', () => {
		const queue = make(2);
		const view = queue.claim();
		if (view === undefined) throw new Error('there is room');
		view.id = 5;
		expect(queue.tryPop()).toBeUndefined();
		expect(thrownBy(() => queue.tryPush(tick(1)))).toBeInstanceOf(ClaimError);
		expect(thrownBy(() => queue.claim())).toBeInstanceOf(ClaimError);
		queue.commit();
		expect(thrownBy(() => view.id)).toBeInstanceOf(StaleViewError);
		expect(thrownBy(() => queue.commit())).toBeInstanceOf(ClaimError);
		expect(queue.tryPop()).toEqual({ id: 5, price: 0 });
		const second = queue.claim();
		expect(copyOf(second)).toEqual({ id: 0, price: 0 });
		queue.abort();
		expect(thrownBy(() => queue.abort())).toBeInstanceOf(ClaimError);
		// Among several producers the place is in the way until a consumer comes by.
		expect(queue.size).toBe(producers > 1 ? 1 : 0);
		expect(queue.tryPop()).toBeUndefined();
		expect(queue.size).toBe(0);
		queue.push(tick(6));
		queue.push(tick(7));
		expect(queue.claim()).toBeUndefined();
		expect(ids(queue.popMany(9))).toEqual([6, 7]);
		queue.validate();
	});

	test('takes records to be looked at in place', () => {
		const queue = make(2);
		queue.push(tick(1));
		queue.push(tick(2));
		const view = queue.take();
		expect(copyOf(view)).toEqual(tick(1));
		expect(thrownBy(() => queue.tryPop())).toBeInstanceOf(ClaimError);
		expect(thrownBy(() => queue.take())).toBeInstanceOf(ClaimError);
		queue.release();
		expect(thrownBy(() => view?.id)).toBeInstanceOf(StaleViewError);
		expect(thrownBy(() => queue.release())).toBeInstanceOf(ClaimError);
		expect(queue.take()?.id).toBe(2);
		queue.release();
		expect(queue.take()).toBeUndefined();
		queue.validate();
	});

	test('drains by views, may be pushed to meanwhile, and lets go of a record whose callback throws', () => {
		const queue = make(200);
		for (let id = 0; id < 150; id++) queue.push(tick(id));
		const seen: number[] = [];
		expect(queue.drain(({ id }) => seen.push(id), 100)).toBe(100);
		expect(
			queue.drain((view) => {
				if (view.id === 149) queue.push(tick(1000));
				expect(thrownBy(() => queue.tryPop())).toBeInstanceOf(ClaimError);
				seen.push(view.id);
			}),
		).toBe(51);
		expect(seen).toEqual([...Array.from({ length: 150 }, (_, id) => id), 1000]);
		queue.push(tick(1));
		queue.push(tick(2));
		expect(() =>
			queue.drain(() => {
				throw new Error('mine');
			}),
		).toThrow('mine');
		expect(queue.tryPop()).toEqual(tick(2));
		queue.validate();
	});

	test('closes: pushes throw, the backlog is delivered, then comes the end', async () => {
		const queue = make(8);
		queue.push(tick(1));
		queue.push(tick(2));
		queue.push(tick(3));
		expect(queue.closed).toBe(false);
		queue.close();
		queue.close();
		expect(queue.closed).toBe(true);
		expect(thrownBy(() => queue.tryPush(tick(4)))).toBeInstanceOf(ClosedError);
		expect(thrownBy(() => queue.push(tick(4)))).toBeInstanceOf(ClosedError);
		expect(thrownBy(() => queue.claim())).toBeInstanceOf(ClosedError);
		await expect(queue.pushAsync(tick(4))).rejects.toBeInstanceOf(ClosedError);
		expect(queue.pop()).toEqual(tick(1));
		expect(queue.wait()).toBe(true);
		const rest = [];
		for await (const { id } of queue) rest.push(id);
		expect(rest).toEqual([2, 3]);
		expect(queue.pop()).toBeUndefined();
		expect(await queue.popAsync()).toBeUndefined();
		expect(queue.wait()).toBe(false);
		expect(await queue.waitAsync()).toBe(false);
		queue.validate();
	});

	test('waits in the event loop, with a limit and a signal', async () => {
		const queue = make(1);
		const popped = queue.popAsync();
		await queue.pushAsync(tick(1));
		expect(await popped).toEqual(tick(1));
		await queue.pushAsync(tick(2));
		const pushed = queue.pushAsync(tick(3));
		expect(queue.tryPop()).toEqual(tick(2));
		await pushed;
		await expect(queue.pushAsync(tick(4), { timeout: 1 })).rejects.toBeInstanceOf(TimeoutError);
		expect(queue.tryPop()).toEqual(tick(3));
		await expect(queue.popAsync({ timeout: 1 })).rejects.toBeInstanceOf(TimeoutError);
		const controller = new AbortController();
		const called = queue.popAsync({ signal: controller.signal });
		controller.abort(new Error('enough'));
		await expect(called).rejects.toThrow('enough');
		await expect(queue.pushAsync(tick(5), { signal: controller.signal })).rejects.toThrow('enough');
		expect(queue.size).toBe(0);
		const waited = queue.waitAsync();
		queue.push(tick(6));
		expect(await waited).toBe(true);
		expect(thrownBy(() => queue.push(tick(7), { timeout: 1 }))).toBeInstanceOf(TimeoutError);
		queue.tryPop();
		expect(thrownBy(() => queue.pop({ timeout: 1 }))).toBeInstanceOf(TimeoutError);
		expect(thrownBy(() => queue.wait({ timeout: 0 }))).toBeInstanceOf(TimeoutError);
		queue.validate();
	});

	test('yields copies until a signal ends it, or it waited for too long', async () => {
		const queue = make(9);
		for (let id = 1; id <= 5; id++) queue.push(tick(id));
		const stop = new AbortController();
		const seen: number[] = [];
		const loop = (async () => {
			for await (const { id } of queue.values({ signal: stop.signal })) {
				seen.push(id);
				if (id === 3) stop.abort(new Error('enough'));
			}
		})();
		await expect(loop).rejects.toThrow('enough');
		expect(seen).toEqual([1, 2, 3]);
		expect(queue.size).toBe(2);
		const parked = new AbortController();
		const rest = queue.values({ signal: parked.signal, timeout: 60_000 });
		expect([(await rest.next()).value?.id, (await rest.next()).value?.id]).toEqual([4, 5]);
		const next = rest.next();
		setTimeout(() => parked.abort(new Error('parked')), 5);
		await expect(next).rejects.toThrow('parked');
		await expect(queue.values({ timeout: 5 }).next()).rejects.toBeInstanceOf(TimeoutError);
		expect(thrownBy(() => queue.values({ timeOut: 5 } as never))).toBeInstanceOf(ArgumentError);
		expect(thrownBy(() => queue.pop({ signal: stop.signal } as never))).toBeInstanceOf(ArgumentError);
		queue.push(tick(6));
		queue.close();
		for await (const { id } of queue.values()) expect(id).toBe(6);
		queue.validate();
	});

	test('rejects what waits in its event loop when it is disposed of', async () => {
		const queue = make(1);
		const reader = FluxQueue.attach(Tick, queue.share());
		const waiting = [reader.popAsync(), reader.waitAsync(), reader.values()[Symbol.asyncIterator]().next()];
		setTimeout(() => reader.dispose(), 1);
		for (const promise of waiting) await expect(promise).rejects.toBeInstanceOf(DisposedError);
		queue.push(tick(1));
		const pushing = queue.pushAsync(tick(2));
		setTimeout(() => queue.dispose(), 1);
		await expect(pushing).rejects.toBeInstanceOf(DisposedError);
	});

	test('says what it is to JSON, and to who posts it what to post', () => {
		const queue = make(7);
		queue.push(tick(1));
		expect(JSON.parse(JSON.stringify(queue))).toEqual({
			size: 1,
			capacity: 7,
			producers,
			consumers,
			whenFull: 'wait',
			closed: false,
		});
		expect(() => structuredClone(queue)).toThrow('postWhatShareReturns');
	});

	test('wakes who waits when it is closed', async () => {
		const queue = make(1);
		const popped = queue.popAsync();
		const loop = (async () => {
			for await (const _ of queue) throw new Error('there was none');
		})();
		queue.close();
		expect(await popped).toBeUndefined();
		await loop;
		const full = make(1);
		full.push(tick(1));
		const pushed = full.pushAsync(tick(2));
		full.close();
		await expect(pushed).rejects.toBeInstanceOf(ClosedError);
	});

	test('refuses or drops what it has no room for, if it was told to', async () => {
		const refusing = make(1, { whenFull: 'refuse' });
		refusing.push(tick(1));
		expect(refusing.tryPush(tick(2))).toBe(false);
		expect(thrownBy(() => refusing.push(tick(2)))).toBeInstanceOf(FullError);
		expect(thrownBy(() => refusing.pushMany({ id: [1], price: [1] }))).toBeInstanceOf(FullError);
		await expect(refusing.pushAsync(tick(2))).rejects.toBeInstanceOf(FullError);
		const dropping = make(2, { whenFull: 'drop' });
		for (let id = 0; id < 4; id++) dropping.push(tick(id));
		expect(dropping.tryPush(tick(4))).toBe(false);
		await dropping.pushAsync(tick(5));
		expect(dropping.pushMany({ id: [6, 7], price: [6, 7] })).toBe(0);
		expect(ids(dropping.popMany(9))).toEqual([0, 1]);
		expect(dropping.dropped).toBe(6);
	});

	test('overwrites the oldest, if it was told to', () => {
		const queue = make(3, { whenFull: 'overwrite' });
		for (let id = 0; id < 1000; id++) queue.push(tick(id));
		expect(queue.dropped).toBe(997);
		queue.validate();
		expect(ids(queue.popMany(9))).toEqual([997, 998, 999]);
		queue.validate();
	});

	test('keeps the seats that were declared', () => {
		const queue = make(8);
		const others = Array.from({ length: 2 }, () => FluxQueue.attach(Tick, queue.share()));
		for (let seat = 0; seat < producers; seat++) others[seat].push(tick(seat));
		expect(thrownBy(() => queue.push(tick(9)))).toBeInstanceOf(SeatError);
		others[0].dispose();
		queue.push(tick(9));
		expect(thrownBy(() => others[0].push(tick(9)))).toBeInstanceOf(DisposedError);
		expect(thrownBy(() => others[0].tryPop())).toBeInstanceOf(DisposedError);
		expect(thrownBy(() => others[0].size)).toBeInstanceOf(DisposedError);
		expect(queue.size).toBe(producers + 1);
	});

	test('skips what a dead producer had claimed, and gives its seat away', () => {
		const queue = make(4);
		const handle = queue.share();
		const dying = FluxQueue.attach(Tick, handle);
		dying.push(tick(1));
		const view = dying.claim();
		if (view !== undefined) view.id = 66;
		const report = queue.retire(handle);
		expect(report).toEqual({ lost: 0, abandoned: producers > 1 ? 1 : 0, producers: 0, consumers: 0 });
		expect(queue.retire(handle).abandoned).toBe(0);
		queue.push(tick(2));
		expect(ids(queue.popMany(9))).toEqual([1, 2]);
		expect(queue.tryPop()).toBeUndefined();
		expect(queue.abandoned).toBe(report.abandoned);
		for (let id = 0; id < 1000; id++) {
			queue.push(tick(id));
			expect(queue.tryPop()?.id).toBe(id);
		}
		queue.validate();
		// It was no dead one: what it held is no longer its own.
		if (producers > 1) expect(thrownBy(() => dying.commit())).toBeInstanceOf(RetiredError);
	});

	test('gives up what a dead consumer was looking at, and gives its seat away', () => {
		const queue = make(4);
		const handle = queue.share();
		const dying = FluxQueue.attach(Tick, handle);
		for (let id = 1; id <= 3; id++) queue.push(tick(id));
		expect(dying.tryPop()).toEqual(tick(1));
		expect(copyOf(dying.take())).toEqual(tick(2));
		expect(queue.retire(handle)).toEqual({ lost: 1, abandoned: 0, producers: 1, consumers: 0 });
		expect(queue.lost).toBe(1);
		expect(queue.tryPop()).toEqual(tick(3));
		for (let id = 0; id < 1000; id++) {
			queue.push(tick(id));
			expect(queue.tryPop()?.id).toBe(id);
		}
		queue.validate();
	});

	test('loses nothing of a dead consumer that popped for long by what it was told is there', () => {
		const queue = make(300);
		const handle = queue.share();
		const dying = FluxQueue.attach(Tick, handle);
		for (let id = 0; id < 200; id++) queue.push(tick(id));
		for (let id = 200; id < 2000; id += 10) {
			for (let each = id; each < id + 10; each++) queue.push(tick(each));
			expect(dying.wait()).toBe(true);
			expect(ids(dying.popMany(10))[0]).toBe(id - 200);
			queue.validate();
		}
		expect(queue.retire(handle)).toMatchObject({ lost: 0, consumers: 0 });
		expect(queue.tryPop()).toEqual(tick(1800));
	});

	test('begins behind all that a dead consumer popped, told or not', () => {
		const queue = make(300);
		const handle = queue.share();
		const dying = FluxQueue.attach(Tick, handle);
		for (let id = 0; id < 300; id++) queue.push(tick(id));
		for (let id = 0; id < 100; id++) expect(dying.tryPop()).toEqual(tick(id));
		dying.drain(() => {}, 5);
		expect(queue.size).toBe(195);
		expect(queue.retire(handle)).toMatchObject({ lost: 0, consumers: 0 });
		for (let id = 300; id < 405; id++) expect(queue.tryPush(tick(id))).toBe(true);
		expect(queue.tryPush(tick(0))).toBe(false);
		expect(ids(queue.popMany(1000))).toEqual(Array.from({ length: 300 }, (_, at) => 105 + at));
		queue.validate();
	});

	test.each([1, 2, 3, 4, 7, 64, 255, 256, 257])('has room after each pop of a full queue of %i', (capacity) => {
		const queue = make(capacity);
		const other = FluxQueue.attach(Tick, queue.share());
		for (let id = 0; id < capacity; id++) queue.push(tick(id));
		for (let id = 0; id < 3 * capacity; id++) {
			expect(queue.tryPush(tick(0))).toBe(false);
			expect(other.tryPop()).toEqual(tick(id));
			expect(queue.tryPush(tick(id + capacity))).toBe(true);
			expect(queue.size).toBe(capacity);
			if (id % 50 === 0) queue.validate();
		}
	});

	test('tells who would wait that nobody is left on the other side', async () => {
		const queue = make(1);
		const handle = queue.share();
		const dying = FluxQueue.attach(Tick, handle);
		dying.push(tick(1));
		expect(queue.pop()).toEqual(tick(1));
		const waiting = queue.popAsync();
		queue.retire(handle);
		await expect(waiting).rejects.toBeInstanceOf(PeerDiedError);
		expect(thrownBy(() => queue.pop())).toBeInstanceOf(PeerDiedError);
		expect(queue.tryPop()).toBeUndefined();
		// Another one takes its place.
		FluxQueue.attach(Tick, queue.share()).push(tick(2));
		expect(queue.pop()).toEqual(tick(2));

		const full = make(1);
		const reader = full.share();
		expect(FluxQueue.attach(Tick, reader).tryPop()).toBeUndefined();
		full.push(tick(1));
		full.retire(reader);
		expect(thrownBy(() => full.push(tick(2)))).toBeInstanceOf(PeerDiedError);
	});

	test('behaves as a bounded queue of JavaScript, whatever is called', () => {
		const operation = fc.oneof(
			fc.record({ kind: fc.constant('push' as const), count: fc.integer({ min: 1, max: 5 }) }),
			fc.record({ kind: fc.constant('pop' as const), count: fc.integer({ min: 1, max: 5 }) }),
			fc.record({
				kind: fc.constantFrom('claim', 'abort', 'take', 'drain', 'many' as const),
				count: fc.integer({ min: 1, max: 9 }),
			}),
		);
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 9 }),
				fc.constantFrom(0, -5, 2 ** 31 - 5, 2 ** 24 - 5),
				fc.array(operation, { maxLength: 200, size: 'max' }),
				(capacity, first, operations) => {
					const queue = queueFrom(first, { capacity, producers, consumers });
					const model: number[] = [];
					let next = 0;
					for (const { kind, count } of operations) {
						if (kind === 'push') {
							for (let left = count; left > 0; left--) {
								expect(queue.tryPush(tick(next))).toBe(model.length < capacity);
								if (model.length < capacity) model.push(next);
								next++;
							}
						} else if (kind === 'pop') {
							for (let left = count; left > 0; left--) expect(queue.tryPop()?.id).toBe(model.shift());
						} else if (kind === 'claim' || kind === 'abort') {
							const view = queue.claim();
							expect(view !== undefined).toBe(model.length < capacity);
							if (view === undefined) continue;
							view.id = next;
							if (kind === 'abort') queue.abort();
							else {
								queue.commit();
								model.push(next);
							}
							next++;
							// A place that is given back is in the way until a consumer comes by.
							if (kind === 'abort' && producers > 1) {
								expect(ids(queue.popMany(capacity + 1))).toEqual(model.splice(0));
							}
						} else if (kind === 'take') {
							const view = queue.take();
							expect(view?.id).toBe(model.shift());
							if (view !== undefined) queue.release();
						} else if (kind === 'drain') {
							const seen: number[] = [];
							queue.drain(({ id }) => seen.push(id), count);
							expect(seen).toEqual(model.splice(0, count));
						} else {
							const numbers = Array.from({ length: count }, (_, at) => next + at);
							// Of the field's own type, of another one, and none at all: each is moved by other code.
							const id = [Uint32Array.from(numbers), Float64Array.from(numbers), numbers][next % 3];
							const pushed = queue.tryPushMany({ id, price: new Float64Array(count) });
							expect(pushed).toBe(Math.min(count, capacity - model.length));
							model.push(...numbers.slice(0, pushed));
							next += count;
						}
						expect(queue.size).toBe(model.length);
					}
					queue.validate();
				},
			),
			{ numRuns: runs(1000) },
		);
	});
});

describe('what is refused', () => {
	test('options that no queue has', () => {
		for (const options of [
			undefined,
			{},
			{ capacity: 0 },
			{ capacity: 1.5 },
			{ capacity: 2 ** 27 },
			{ capacity: 1, producers: 0 },
			{ capacity: 1, producers: 60, consumers: 61 },
			{ capacity: 1, whenFull: 'explode' },
			{ capacity: 1, size: 2 },
			{ capacity: 1, checked: 1 },
		])
			expect(thrownBy(() => FluxQueue.shared(Tick, options as never))).toBeInstanceOf(ArgumentError);
		expect(thrownBy(() => FluxQueue.shared({} as never, { capacity: 1 }))).toBeInstanceOf(StructError);
		const queue = FluxQueue.shared(Tick, { capacity: 1 });
		for (const call of [
			() => queue.pop({ timeout: -1 }),
			() => queue.pop({ timeout: 'a' as never }),
			() => queue.pop(5 as never),
			() => queue.popMany(-1),
			() => queue.tryPushMany({ id: [], price: [] }, -1),
			() => queue.drain(() => {}, 0.5),
			() => queue.retire({} as never),
			() => queue.retire(FluxQueue.shared(Tick, { capacity: 1 }).share()),
			() => queue.watch({} as never, queue.share()),
		])
			expect(thrownBy(call)).toBeInstanceOf(ArgumentError);
	});

	test('records that are none', () => {
		const queue = FluxQueue.shared(Tick, { capacity: 2 });
		for (const record of [undefined, null, 5, {}, { id: 1 }, { id: 'a', price: 1 }])
			expect(thrownBy(() => queue.push(record as never))).toBeInstanceOf(RecordError);
		expect(
			thrownBy(() => (queue as unknown as { emplace(...values: number[]): void }).emplace(1, 2, 3)),
		).toBeInstanceOf(RecordError);
		expect(thrownBy(() => queue.tryEmplace(1, undefined as never))).toBeInstanceOf(RecordError);
		expect(queue.size).toBe(0);
		const byte = FluxQueue.shared(struct({ level: u8 }), { capacity: 2, checked: true });
		expect(thrownBy(() => byte.push({ level: 256 }))).toBeInstanceOf(FieldRangeError);
		FluxQueue.attach(struct({ level: u8 }), byte.share()).push({ level: 257 });
		expect(byte.pop()).toEqual({ level: 1 });
	});

	test('handles of something else', () => {
		const queue = FluxQueue.shared(Tick, { capacity: 2 });
		const handle = queue.share();
		const problemOf = (call: () => unknown) => (thrownBy(call) as HandleError).problem;
		for (const value of [
			undefined,
			{},
			{ ...handle, kind: 'FluxList' },
			{ ...handle, memory: new ArrayBuffer(8) },
			{ ...handle, memory: new SharedArrayBuffer(4096) },
			{ ...handle, memory: new SharedArrayBuffer(0) },
			{ ...handle, member: 'me' },
		])
			expect(problemOf(() => FluxQueue.attach(Tick, value as never))).toBe('foreign');
		expect(problemOf(() => FluxQueue.attach(struct({ id: u32, cost: f64 }), handle))).toBe('struct');
		const old = handle.memory.slice(0);
		new Int32Array(old)[1] = 99;
		expect(problemOf(() => FluxQueue.attach(Tick, { ...handle, memory: old }))).toBe('version');
		expect(thrownBy(() => FluxQueue.attach(5 as never, handle))).toBeInstanceOf(StructError);
	});
});

test('a loop over records that are always there lets timers have their turn', async () => {
	const queue = FluxQueue.shared(Tick, { capacity: 4 });
	let turns = 0;
	const timer = setInterval(() => {
		if (++turns === 3) queue.close();
	}, 0);
	queue.push(tick(0));
	for await (const { id } of queue) if (!queue.closed) queue.push(tick(id + 1));
	clearInterval(timer);
	expect(turns).toBe(3);
});

test('prints what it is', () => {
	const queue = FluxQueue.shared(Tick, { capacity: 4, consumers: 2 });
	queue.push(tick(1));
	const inspect = Symbol.for('nodejs.util.inspect.custom');
	const text = () => (queue as unknown as Record<symbol, () => string>)[inspect]();
	expect(text()).toBe('SharedFluxQueue(1 of 4, 1 producer, 2 consumers)');
	queue.close();
	expect(text()).toBe('SharedFluxQueue(1 of 4, 1 producer, 2 consumers, closed)');
	expect(String(queue)).toBe('[object SharedFluxQueue]');
	queue.dispose();
	queue.dispose();
	expect(text()).toBe('SharedFluxQueue (disposed)');
});
