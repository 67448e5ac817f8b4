import { Arena, array, char, FullError, f64, Heap, type Infer, i32, OutOfMemoryError, struct } from '@flux/core';
import fc from 'fast-check';
import { describe, test, vi } from 'vitest';
import { expect } from '../quick-expect.testing.js';
import { modes, runs } from '../soak.testing.js';
import { FluxQueue } from './queue.js';

/** A plain array model of FluxQueue: what a queue must hold after any sequence of calls, and what each call returns. */

vi.setConfig({ testTimeout: 600_000 });

// Five records to a segment, so that short sequences cross many.
const Item = struct({ key: i32, price: f64, name: char(4), pad: array(i32, 200) });
type Item = Infer<typeof Item>;
type Queue = FluxQueue<typeof Item>;

const PAD = new Array<number>(200).fill(7);
const itemOf = (key: number): Item => ({ key, price: key / 8, name: `n${key % 100}`, pad: PAD });

interface Bound {
	capacity: number;
	whenFull: 'refuse' | 'overwrite';
}

interface Pair {
	queue: Queue;
	items: Item[];
	bound: Bound | undefined;
	overwritten: number;
}

interface Step {
	kind: number;
	a: number;
	b: number;
	count: number;
}

class World {
	readonly heap: Heap;
	readonly pairs: Pair[];
	readonly #arena: Arena;
	readonly #checked: boolean;
	#next = 0;

	constructor(checked: boolean, maxBytes: number, bounds: readonly (Bound | undefined)[]) {
		this.#arena = new Arena({ maxBytes });
		this.heap = new Heap(this.#arena);
		this.#checked = checked;
		this.pairs = bounds.map((bound) => ({ queue: this.#make(bound), items: [], bound, overwritten: 0 }));
	}

	#make(bound: Bound | undefined): Queue {
		return new FluxQueue(Item, { heap: this.heap, checked: this.#checked, ...bound });
	}

	dispose(): void {
		this.heap.dispose();
		this.#arena.dispose();
	}

	fresh(count: number): Item[] {
		return Array.from({ length: count }, () => itemOf(this.#next++));
	}

	/** Adds to the model what a push of these adds; false where it is refused. */
	added(pair: Pair, items: readonly Item[]): boolean {
		const { bound } = pair;
		const all = [...pair.items, ...items];
		if (bound !== undefined && all.length > bound.capacity) {
			if (bound.whenFull === 'refuse') return false;
			pair.overwritten += all.length - bound.capacity;
			all.splice(0, all.length - bound.capacity);
		}
		pair.items = all;
		return true;
	}

	/** Makes a call that adds records; where it is refused or memory runs out, nothing may have changed. */
	adding(pair: Pair, items: readonly Item[], call: () => unknown): void {
		try {
			call();
		} catch (error) {
			if (error instanceof OutOfMemoryError) return;
			if (!(error instanceof FullError)) throw error;
			expect(this.added(pair, items)).toBe(false);
			return;
		}
		expect(this.added(pair, items)).toBe(true);
	}

	check(): void {
		for (const { queue, items, bound, overwritten } of this.pairs) {
			queue.validate();
			expect(queue.size).toBe(items.length);
			expect(queue.empty).toBe(items.length === 0);
			expect(queue.capacity).toBe(bound?.capacity ?? Number.POSITIVE_INFINITY);
			expect(queue.full).toBe(items.length === bound?.capacity);
			expect(queue.overwritten).toBe(overwritten);
			if (items.length > 0) {
				expect(queue.front.key).toBe(items[0].key);
				expect(queue.back.key).toBe(items[items.length - 1].key);
			}
			const keys = Array.from(queue.views(), ({ key, price }) => (price === key / 8 ? key : Number.NaN));
			expect(keys).toEqual(items.map(({ key }) => key));
		}
	}

	play({ kind, a, b, count }: Step): void {
		const pair = this.pairs[a % this.pairs.length];
		const other = this.pairs[b % this.pairs.length];
		const { queue, items } = pair;
		const fresh = this.fresh(count);
		const [one] = fresh.length > 0 ? fresh : this.fresh(1);
		switch (kind % 18) {
			case 0:
				return this.adding(pair, fresh, () => queue.pushRange(fresh));
			case 1:
				return this.adding(pair, [one], () => queue.push(one));
			case 2:
				return this.adding(pair, [one], () => queue.emplace(one.key, one.price, one.name, one.pad));
			case 3:
				return this.adding(pair, [one], () => {
					const view = queue.emplace();
					expect(view.key).toBe(0);
					Object.assign(view, { key: one.key, price: one.price, name: one.name });
					view.pad.assign(PAD);
				});
			case 4: {
				try {
					expect(queue.tryPush(one)).toBe(this.added(pair, [one]));
				} catch (error) {
					if (!(error instanceof OutOfMemoryError)) throw error;
					// The model has it, the queue does not.
					pair.items = items;
					pair.overwritten = queue.overwritten;
				}
				return;
			}
			case 5:
				return this.adding(pair, fresh, () =>
					queue.pushMany({
						key: Int32Array.from(fresh, ({ key }) => key),
						price: fresh.map(({ price }) => price),
						name: fresh.map(({ name }) => name),
						pad: fresh.map(({ pad }) => pad),
					}),
				);
			case 6:
				return this.adding(pair, other.items, () => queue.copyFrom(other.queue));
			case 7:
			case 8:
				expect(queue.tryPop()).toEqual(items.shift());
				return;
			case 9:
				expect(queue.popMany(count)).toEqual(items.splice(0, count));
				return;
			case 10: {
				const columns = {
					key: new Int32Array(count),
					price: new Float64Array(count),
					name: new Array<string>(count),
					pad: new Array<number[]>(count),
				};
				const popped = queue.popMany(columns);
				expect([...columns.key.subarray(0, popped)]).toEqual(items.splice(0, count).map(({ key }) => key));
				return;
			}
			case 11: {
				const seen: number[] = [];
				expect(queue.drain(({ key }) => void seen.push(key), count)).toBe(seen.length);
				expect(seen).toEqual(items.splice(0, count).map(({ key }) => key));
				return;
			}
			case 12:
				if (count % 8 === 0) {
					queue.clear();
					pair.items = [];
				}
				return;
			case 13:
				expect(queue.peek(count)).toEqual(items[count]);
				if (count < items.length) expect(queue.at(count).key).toBe(items[count].key);
				return;
			case 14: {
				const { heap } = this;
				queue.swap(other.queue);
				const swapped = { items: other.items, bound: other.bound, overwritten: other.overwritten };
				Object.assign(other, { items: pair.items, bound: pair.bound, overwritten: pair.overwritten });
				Object.assign(pair, swapped);
				expect(heap).toBe(queue.heap);
				return;
			}
			case 15:
				expect(queue.equals(other.queue)).toBe(
					items.length === other.items.length && items.every(({ key }, at) => key === other.items[at].key),
				);
				return;
			case 16:
				queue.shrinkToFit();
				return;
			default: {
				// Whatever went through it, the same records are the same bytes.
				if (this.heap.arena.maxBytes < 2 ** 20) return;
				const restored = FluxQueue.restore(Item, queue.snapshot(), { heap: this.heap, checked: this.#checked });
				expect([restored.capacity, restored.whenFull]).toEqual([queue.capacity, queue.whenFull]);
				expect(Buffer.compare(restored.snapshot(), queue.snapshot())).toBe(0);
				const clone = queue.clone();
				expect(clone.equals(restored) && restored.compare(queue) === 0).toBe(true);
				clone.dispose();
				// The restored one goes on in its place.
				queue.dispose();
				pair.queue = restored;
				pair.overwritten = 0;
				return;
			}
		}
	}
}

const stepArb = fc.record({ kind: fc.nat(17), a: fc.nat(2), b: fc.nat(2), count: fc.nat(17) });

function check(full: number, makeWorld: () => World): void {
	fc.assert(
		fc.property(fc.array(stepArb, { minLength: 1, maxLength: 60, size: 'max' }), (steps) => {
			const world = makeWorld();
			try {
				for (const step of steps) {
					world.play(step);
					world.check();
				}
			} finally {
				world.dispose();
			}
		}),
		{ numRuns: runs(full) },
	);
}

describe.each(modes)('in $mode mode', ({ checked }) => {
	test('three queues of one heap do what arrays do', () => {
		check(1000, () => new World(checked, 2 ** 22, [undefined, undefined, undefined]));
	});

	test('bounded queues refuse or overwrite as they say', () => {
		const bounds: Bound[] = [
			{ capacity: 7, whenFull: 'refuse' },
			{ capacity: 10, whenFull: 'overwrite' },
			{ capacity: 1, whenFull: 'overwrite' },
		];
		check(1000, () => new World(checked, 2 ** 22, bounds));
	});

	test('where memory runs out, a call throws and has changed nothing', () => {
		const bounds = [undefined, { capacity: 30, whenFull: 'overwrite' as const }, undefined];
		check(500, () => new World(checked, 2 ** 17, bounds));
	});
});
