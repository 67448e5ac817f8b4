import {
	ArgumentError,
	ClaimError,
	ClosedError,
	DisposedError,
	FullError,
	f64,
	HandleError,
	PeerDiedError,
	RetiredError,
	SeatError,
	StaleViewError,
	struct,
	TimeoutError,
	u32,
} from '@flux/core';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { FluxQueue } from '../queue/queue.js';
import { expect } from '../quick-expect.testing.js';
import { runs, thrownBy } from '../soak.testing.js';
import type { BroadcastFluxQueue, BroadcastOptions } from './broadcast.js';
import { makeSharedQueue } from './shared-queue.js';

const Tick = struct(['id', u32], ['price', f64]);
type TickQueue = BroadcastFluxQueue<typeof Tick>;
const tick = (id: number) => ({ id, price: id / 2 });
const ids = (records: readonly { id: number }[]) => records.map(({ id }) => id);

/** A queue whose counters begin just before a border. */
function queueFrom(first: number, options: BroadcastOptions): TickQueue {
	return makeSharedQueue(Tick, options, first, true) as TickQueue;
}

/** Another thread's end, as a thread would have it. */
const subscriber = (queue: TickQueue): TickQueue => FluxQueue.attach(Tick, queue.subscribe());
const another = (queue: TickQueue): TickQueue => FluxQueue.attach(Tick, queue.share());

/** The rings: each is code of its own. */
const rings = [
	{ ring: 'of one producer', producers: 1, whenFull: 'wait' },
	{ ring: 'of many producers', producers: 2, whenFull: 'wait' },
	{ ring: 'of one producer that overwrites', producers: 1, whenFull: 'overwrite' },
	{ ring: 'of many producers that overwrite', producers: 2, whenFull: 'overwrite' },
] as const;
const waitingRings = rings.filter(({ whenFull }) => whenFull === 'wait');
const overwritingRings = rings.filter(({ whenFull }) => whenFull === 'overwrite');

describe.each(rings)('a broadcast $ring', ({ producers, whenFull }) => {
	const make = (capacity: number, more: Partial<BroadcastOptions> = {}): TickQueue =>
		FluxQueue.broadcast(Tick, { capacity, producers, consumers: 3, whenFull, ...more });

	test('gives every record to every consumer, at its own pace', () => {
		const queue = make(8);
		const [a, b] = [subscriber(queue), subscriber(queue)];
		expect(a.tryPop()).toBeUndefined();
		for (let id = 1; id <= 5; id++) queue.push(tick(id));
		expect(ids(a.popMany(2))).toEqual([1, 2]);
		expect(a.tryPop()).toEqual(tick(3));
		expect(ids(b.popMany(9))).toEqual([1, 2, 3, 4, 5]);
		expect([a.size, b.size, b.empty]).toEqual([2, 0, true]);
		queue.emplace(6, 3);
		expect(ids(a.popMany(9))).toEqual([4, 5, 6]);
		expect(b.pop()).toEqual(tick(6));
		expect([a.missed, b.missed, queue.lost, queue.dropped]).toEqual([0, 0, 0, 0]);
		queue.validate();
	});

	test('begins with what is pushed after the subscription, or after the first pop of who has none', () => {
		const queue = make(8);
		queue.push(tick(1));
		const early = queue.subscribe();
		const late = another(queue);
		queue.push(tick(2));
		expect(late.tryPop()).toBeUndefined();
		queue.push(tick(3));
		expect(ids(late.popMany(9))).toEqual([3]);
		expect(ids(FluxQueue.attach(Tick, early).popMany(9))).toEqual([2, 3]);
		queue.validate();
	});

	test('keeps a subscription for one attachment', () => {
		const queue = make(8, { consumers: 1 });
		const handle = queue.subscribe();
		const [first, second] = [FluxQueue.attach(Tick, handle), FluxQueue.attach(Tick, handle)];
		queue.push(tick(1));
		expect(first.tryPop()).toEqual(tick(1));
		expect(thrownBy(() => second.tryPop())).toBeInstanceOf(SeatError);
		expect(thrownBy(() => queue.subscribe())).toBeInstanceOf(SeatError);
		first.dispose();
		first.dispose();
		expect(thrownBy(() => first.tryPop())).toBeInstanceOf(DisposedError);
		// One that never began gives its seat back, too.
		FluxQueue.attach(Tick, queue.subscribe()).dispose();
		expect(subscriber(queue).tryPop()).toBeUndefined();
		queue.validate();
	});

	test('shows records in place, and drains by views', () => {
		const queue = make(100);
		const reader = subscriber(queue);
		for (let id = 0; id < 80; id++) queue.push(tick(id));
		const view = reader.take();
		expect(view?.id).toBe(0);
		expect(thrownBy(() => reader.tryPop())).toBeInstanceOf(ClaimError);
		reader.release();
		expect(thrownBy(() => view?.id)).toBeInstanceOf(StaleViewError);
		expect(thrownBy(() => reader.release())).toBeInstanceOf(ClaimError);
		const seen: number[] = [];
		expect(reader.drain(({ id }) => seen.push(id), 70)).toBe(70);
		expect(() =>
			reader.drain(() => {
				throw new Error('mine');
			}),
		).toThrow('mine');
		expect(reader.drain(({ id, price }) => seen.push(id, price))).toBe(8);
		expect(seen.slice(0, 70)).toEqual(Array.from({ length: 70 }, (_, at) => at + 1));
		expect(seen.slice(-2)).toEqual([79, 39.5]);
		queue.validate();
	});

	test('moves columns in and out', () => {
		const queue = make(300);
		const [a, b] = [subscriber(queue), subscriber(queue)];
		const id = Uint32Array.from({ length: 300 }, (_, at) => at);
		expect(queue.pushMany({ id, price: Float64Array.from(id) })).toBe(300);
		for (const reader of [a, b]) {
			const batch = { id: new Uint32Array(299), price: new Float64Array(299) };
			expect(reader.popMany(batch)).toBe(299);
			expect([...batch.id]).toEqual([...id.subarray(0, 299)]);
			expect(reader.tryPop()?.price).toBe(299);
		}
		queue.validate();
	});

	test('claims places, which are published or given back', () => {
		const queue = make(8);
		const reader = subscriber(queue);
		const view = queue.claim();
		if (view !== undefined) view.id = 5;
		expect(reader.tryPop()).toBeUndefined();
		queue.commit();
		expect(reader.tryPop()).toEqual({ id: 5, price: 0 });
		queue.claim();
		queue.abort();
		expect(reader.tryPop()).toBeUndefined();
		queue.push(tick(6));
		expect(reader.tryPop()).toEqual(tick(6));
		queue.validate();
	});

	test('closes: pushes throw, each consumer gets its backlog and then the end', async () => {
		const queue = make(8);
		const [a, b, c] = [subscriber(queue), subscriber(queue), subscriber(queue)];
		const parked = c.popAsync();
		queue.push(tick(1));
		queue.push(tick(2));
		queue.close();
		expect(thrownBy(() => queue.push(tick(3)))).toBeInstanceOf(ClosedError);
		expect(thrownBy(() => queue.claim())).toBeInstanceOf(ClosedError);
		expect(a.wait()).toBe(true);
		expect(ids(a.popMany(9))).toEqual([1, 2]);
		expect([a.pop(), a.wait(), await a.popAsync()]).toEqual([undefined, false, undefined]);
		const seen = [];
		for await (const { id } of b) seen.push(id);
		expect(seen).toEqual([1, 2]);
		expect(await parked).toEqual(tick(1));
		queue.validate();
	});

	test('waits in the event loop, with a limit and a signal', async () => {
		const queue = make(8);
		const reader = subscriber(queue);
		const popped = reader.popAsync();
		await queue.pushAsync(tick(1));
		expect(await popped).toEqual(tick(1));
		await expect(reader.popAsync({ timeout: 1 })).rejects.toBeInstanceOf(TimeoutError);
		expect(thrownBy(() => reader.pop({ timeout: 1 }))).toBeInstanceOf(TimeoutError);
		const controller = new AbortController();
		const called = reader.popAsync({ signal: controller.signal });
		controller.abort(new Error('enough'));
		await expect(called).rejects.toThrow('enough');
		const waited = reader.waitAsync();
		queue.push(tick(2));
		expect(await waited).toBe(true);
	});

	test('skips for all what a dead producer had claimed, and tells consumers when none is left', async () => {
		const queue = make(8);
		const [a, b] = [subscriber(queue), subscriber(queue)];
		const handle = queue.share();
		const dying = FluxQueue.attach(Tick, handle);
		dying.push(tick(1));
		const view = dying.claim();
		if (view !== undefined) view.id = 66;
		const waiting = (async () => [await a.popAsync(), await a.popAsync()])();
		const report = queue.retire(handle);
		expect(report).toEqual({ lost: 0, abandoned: producers > 1 ? 1 : 0, producers: 0, consumers: 2 });
		await expect(waiting).rejects.toBeInstanceOf(PeerDiedError);
		queue.push(tick(2));
		expect(ids(a.popMany(9))).toEqual([2]);
		expect(ids(b.popMany(9))).toEqual([1, 2]);
		if (producers > 1) expect(thrownBy(() => dying.commit())).toBeInstanceOf(RetiredError);
		queue.validate();
	});

	test('counts what a dead consumer had not read, and gives its seat away', () => {
		const queue = make(8, { consumers: 1 });
		const handle = queue.subscribe();
		const dying = FluxQueue.attach(Tick, handle);
		for (let id = 1; id <= 4; id++) queue.push(tick(id));
		expect(dying.tryPop()).toEqual(tick(1));
		expect(dying.take()?.id).toBe(2);
		expect(queue.retire(handle)).toEqual({ lost: 3, abandoned: 0, producers: 1, consumers: 0 });
		expect(queue.retire(handle).lost).toBe(0);
		expect(queue.lost).toBe(3);
		for (let id = 0; id < 100; id++) expect(queue.tryPush(tick(id))).toBe(true);
		const heir = subscriber(queue);
		queue.push(tick(5));
		expect(heir.tryPop()).toEqual(tick(5));
		queue.validate();
	});

	test('takes a batch beyond its capacity while there is no consumer', () => {
		const queue = make(4);
		const id = Uint32Array.from({ length: 5000 }, (_, at) => at);
		expect(queue.pushMany({ id, price: Float64Array.from(id) })).toBe(5000);
		const reader = subscriber(queue);
		queue.push(tick(7));
		expect(ids(reader.popMany(9))).toEqual([7]);
		queue.validate();
	});

	test('behaves as one log with a place for each consumer, whatever is called', () => {
		const operation = fc.record({
			kind: fc.constantFrom('push', 'push', 'many', 'claim', 'abort', 'pop', 'pop', 'take', 'drain', 'columns', 'join'),
			who: fc.nat(2),
			count: fc.integer({ min: 1, max: 9 }),
		});
		const places = fc.constantFrom(0, -5, 2 ** 31 - 5, 2 ** 22 - 5);
		const sequences = fc.array(operation, { maxLength: 200, size: 'max' });
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 9 }), places, sequences, (capacity, first, operations) => {
				const queue = queueFrom(first, { capacity, producers, consumers: 3, whenFull });
				const model = new Model(queue, capacity, whenFull === 'overwrite');
				const writers = producers > 1 ? [queue, another(queue)] : [queue];
				for (const { kind, who, count } of operations) {
					const writer = writers[who % writers.length];
					if (kind === 'push') model.push(writer, count);
					else if (kind === 'many') model.pushColumns(writer, count);
					else if (kind === 'claim' || kind === 'abort') model.claim(writer, kind === 'abort', producers > 1);
					else if (kind === 'join') model.join(who, count);
					else model.pop(who, kind, count);
					model.compareSizes();
				}
				queue.validate();
			}),
			{ numRuns: runs(1000) },
		);
	});
});

interface Reader {
	readonly queue: TickQueue;
	readonly handle: ReturnType<TickQueue['subscribe']>;
	head: number;
	/** What it has copied already. */
	copied: number[];
	missed: number;
}

const GIVEN_BACK = -1;

/** A log, and each consumer's place in it. */
class Model {
	readonly log: number[] = [];
	readonly readers: (Reader | undefined)[] = [undefined, undefined, undefined];
	next = 0;

	constructor(
		readonly queue: TickQueue,
		readonly capacity: number,
		readonly overwrites: boolean,
	) {}

	get hasRoom(): boolean {
		const behind = this.readers.map((reader) => (reader === undefined ? 0 : this.log.length - reader.head));
		return this.overwrites || Math.max(...behind) < this.capacity;
	}

	push(writer: TickQueue, count: number): void {
		for (let left = count; left > 0; left--) {
			const { hasRoom } = this;
			expect(writer.tryPush(tick(this.next))).toBe(hasRoom);
			if (hasRoom) this.log.push(this.next);
			this.next++;
		}
	}

	pushColumns(writer: TickQueue, count: number): void {
		const id = Uint32Array.from({ length: count }, () => this.next++);
		const pushed = writer.tryPushMany({ id, price: Float64Array.from(id, (each) => each / 2) });
		let expected = 0;
		for (; expected < count && this.hasRoom; expected++) this.log.push(id[expected]);
		expect(pushed).toBe(expected);
	}

	claim(writer: TickQueue, gives: boolean, keepsPlace: boolean): void {
		const view = writer.claim();
		expect(view !== undefined).toBe(this.hasRoom);
		if (view === undefined) return;
		view.id = this.next;
		view.price = this.next / 2;
		if (gives) {
			writer.abort();
			if (keepsPlace) this.log.push(GIVEN_BACK);
		} else {
			writer.commit();
			this.log.push(this.next);
		}
		this.next++;
	}

	/** Somebody takes the seat; who had it leaves, or is declared dead. */
	join(who: number, how: number): void {
		const before = this.readers[who];
		if (before !== undefined) {
			if (how % 2 === 0) before.queue.dispose();
			else this.queue.retire(before.handle);
			this.readers[who] = undefined;
			if (how > 6) return;
		}
		const handle = this.queue.subscribe();
		const queue = FluxQueue.attach(Tick, handle);
		this.readers[who] = { queue, handle, head: this.log.length, copied: [], missed: 0 };
	}

	pop(who: number, kind: string, count: number): void {
		const reader = this.readers[who];
		if (reader === undefined) return;
		const { queue } = reader;
		const single = kind === 'pop' || kind === 'take';
		const expected = this.nextOf(reader, single ? 1 : count);
		const found: number[] = [];
		if (kind === 'drain') queue.drain(({ id }) => found.push(id), count);
		else if (kind === 'columns') {
			// Of the field's own type, and of another one: each is moved by other code.
			const id = count % 2 === 0 ? new Uint32Array(count) : new Float64Array(count);
			const popped = queue.popMany({ id, price: new Float64Array(count) });
			found.push(...id.subarray(0, popped));
		} else if (kind === 'take') {
			const view = queue.take();
			if (view !== undefined) {
				found.push(view.id);
				queue.release();
			}
		} else {
			const record = queue.tryPop();
			if (record !== undefined) {
				expect(record.price).toBe(record.id / 2);
				found.push(record.id);
			}
		}
		expect(found).toEqual(expected);
		expect(queue.missed).toBe(reader.missed);
	}

	nextOf(reader: Reader, count: number): number[] {
		const found: number[] = [];
		while (found.length < count) {
			if (reader.copied.length === 0) this.refill(reader);
			const next = reader.copied.shift();
			if (next === undefined) break;
			found.push(next);
		}
		return found;
	}

	refill(reader: Reader): void {
		const beyond = this.log.length - reader.head - this.capacity;
		if (beyond > 0) {
			reader.head += beyond;
			reader.missed += beyond;
		}
		const most = this.overwrites ? 64 : 1;
		while (reader.copied.length < most && reader.head < this.log.length) {
			const id = this.log[reader.head++];
			if (id !== GIVEN_BACK) reader.copied.push(id);
		}
	}

	compareSizes(): void {
		for (const reader of this.readers) {
			if (reader === undefined) continue;
			// It begins with its first pop: before, this end knows nothing of its place.
			reader.queue.popMany(0);
			const behind = Math.min(this.capacity, this.log.length - reader.head);
			if (reader.missed + reader.head > 0 && reader.queue.size !== 0)
				expect(reader.queue.size).toBeLessThanOrEqual(behind + 64);
		}
		if (!this.overwrites) {
			const behind = this.readers.map((reader) => (reader === undefined ? 0 : this.log.length - reader.head));
			expect(this.queue.size).toBe(Math.max(...behind));
		}
	}
}

describe.each(waitingRings)('a full broadcast $ring', ({ producers }) => {
	const make = (whenFull: 'wait' | 'refuse' | 'drop'): TickQueue =>
		FluxQueue.broadcast(Tick, { capacity: 2, producers, consumers: 2, whenFull });

	test('waits for the slowest consumer, until that leaves or is retired', async () => {
		const queue = make('wait');
		const fast = subscriber(queue);
		const handles = [queue.subscribe()];
		const slow = FluxQueue.attach(Tick, handles[0]);
		queue.push(tick(1));
		queue.push(tick(2));
		expect(fast.popMany(9)).toHaveLength(2);
		expect(queue.tryPush(tick(3))).toBe(false);
		expect(queue.size).toBe(2);
		expect(thrownBy(() => queue.push(tick(3), { timeout: 1 }))).toBeInstanceOf(TimeoutError);
		const pushed = queue.pushAsync(tick(3));
		expect(slow.tryPop()).toEqual(tick(1));
		await pushed;
		const again = queue.pushAsync(tick(4));
		queue.retire(handles[0]);
		await again;
		expect(ids(fast.popMany(9))).toEqual([3, 4]);
		handles.push(queue.subscribe());
		queue.push(tick(5));
		queue.push(tick(6));
		expect(fast.popMany(9)).toHaveLength(2);
		const last = queue.pushAsync(tick(7));
		FluxQueue.attach(Tick, handles[1]).dispose();
		await last;
		queue.validate();
	});

	test('refuses or drops, if it was told to', () => {
		const refusing = make('refuse');
		const dropping = make('drop');
		for (const queue of [refusing, dropping]) {
			queue.subscribe();
			queue.push(tick(1));
			queue.push(tick(2));
		}
		expect(thrownBy(() => refusing.push(tick(3)))).toBeInstanceOf(FullError);
		dropping.push(tick(3));
		expect(dropping.pushMany({ id: [4, 5], price: [4, 5] })).toBe(0);
		expect([refusing.dropped, dropping.dropped]).toEqual([0, 3]);
	});
});

describe.each(overwritingRings)('a broadcast $ring', ({ producers }) => {
	test.each([0, 2 ** 31 - 3000, -3000])(
		'tells a consumer that was left behind how many it missed, from %i',
		(first) => {
			const queue = queueFrom(first, { capacity: 1000, producers, consumers: 1, whenFull: 'overwrite' });
			const reader = subscriber(queue);
			let missed = 0;
			let next = 0;
			for (let turn = 0; turn < 20; turn++) {
				const pushed = turn * 300;
				for (let id = 0; id < pushed; id++) queue.push(tick(next++));
				queue.validate();
				const read = reader.popMany(5000);
				missed += pushed - read.length;
				expect(read).toHaveLength(Math.min(pushed, 1000));
				expect(ids(read)).toEqual(Array.from(read, (_, at) => next - read.length + at));
				expect(reader.missed).toBe(missed);
			}
			expect(missed).toBeGreaterThan(0);
		},
	);

	test('keeps a view of a record whose place was overwritten', () => {
		const queue = FluxQueue.broadcast(Tick, { capacity: 4, producers, consumers: 1, whenFull: 'overwrite' });
		const reader = subscriber(queue);
		queue.push(tick(1));
		const view = reader.take();
		for (let id = 2; id < 5000; id++) queue.push(tick(id));
		expect([view?.id, view?.price]).toEqual([1, 0.5]);
		reader.release();
		expect(ids(reader.popMany(9))).toEqual([4996, 4997, 4998, 4999]);
		expect(reader.missed).toBe(4994);
	});

	test('throws a copy away whose slots were overwritten while it was made', () => {
		const queue = FluxQueue.broadcast(Tick, { capacity: 4, producers, consumers: 1, whenFull: 'overwrite' });
		const reader = subscriber(queue);
		queue.push(tick(1));
		queue.push(tick(2));
		expect(reader.tryPop()).toEqual(tick(1));
		expect(reader.tryPop()).toEqual(tick(2));
		queue.push(tick(3));
		// Between the copy and the look at FRONT, which is the one addition in this call, others push a whole ring.
		const { add } = Atomics;
		let pushed = 3;
		Atomics.add = ((...parameters: [Int32Array, number, number]) => {
			while (pushed < 3000) queue.push(tick(++pushed));
			return add(...parameters);
		}) as typeof Atomics.add;
		try {
			expect(ids(reader.popMany(9))).toEqual([2997, 2998, 2999, 3000]);
		} finally {
			Atomics.add = add;
		}
		expect(reader.missed).toBe(2994);
	});
});

describe('what is refused', () => {
	test('options that no broadcast has, and what is no handle of one', () => {
		for (const options of [
			undefined,
			{ capacity: 4 },
			{ capacity: 4, consumers: 0 },
			{ capacity: 4, consumers: 2, producers: 119 },
			{ capacity: 4, consumers: 2, whenFull: 'lose' },
			{ capacity: 4, consumers: 2, whenSlow: 'wait' },
		])
			expect(thrownBy(() => FluxQueue.broadcast(Tick, options as never))).toBeInstanceOf(ArgumentError);
		const queue = FluxQueue.broadcast(Tick, { capacity: 4, consumers: 2 });
		const shared = FluxQueue.shared(Tick, { capacity: 4 });
		const wrong = { ...queue.share(), kind: 'SharedFluxQueue' };
		expect(thrownBy(() => FluxQueue.attach(Tick, wrong as never))).toBeInstanceOf(HandleError);
		const other = { ...shared.share(), kind: 'BroadcastFluxQueue' };
		expect(thrownBy(() => FluxQueue.attach(Tick, other as never))).toBeInstanceOf(HandleError);
		expect(thrownBy(() => queue.retire(shared.share()))).toBeInstanceOf(ArgumentError);
		expect(thrownBy(() => FluxQueue.attach(struct({ id: u32 }), queue.share() as never))).toBeInstanceOf(HandleError);
	});

	test('more producers or consumers than there are seats', () => {
		const queue = FluxQueue.broadcast(Tick, { capacity: 4, consumers: 1 });
		queue.push(tick(1));
		const other = another(queue);
		expect(thrownBy(() => other.push(tick(2)))).toBeInstanceOf(SeatError);
		expect(other.tryPop()).toBeUndefined();
		expect(thrownBy(() => queue.tryPop())).toBeInstanceOf(SeatError);
	});
});

test('prints what it is', () => {
	const queue = FluxQueue.broadcast(Tick, { capacity: 4, consumers: 2 });
	queue.subscribe();
	queue.push(tick(1));
	const inspect = Symbol.for('nodejs.util.inspect.custom');
	const text = () => (queue as unknown as Record<symbol, () => string>)[inspect]();
	expect(text()).toBe('BroadcastFluxQueue(1 of 4, 1 producer, 2 consumers)');
	expect(String(queue)).toBe('[object BroadcastFluxQueue]');
	expect([queue.capacity, queue.producers, queue.consumers, queue.whenFull]).toEqual([4, 1, 2, 'wait']);
	queue.dispose();
	expect(text()).toBe('BroadcastFluxQueue (disposed)');
});
