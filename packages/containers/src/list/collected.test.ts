import { Arena, f64, Heap, i32, struct } from '@flux/core';
import { expect, test } from 'vitest';
import { modes } from '../soak.testing.js';
import { FluxList } from './list.js';

/** Lists that are dropped without `dispose()`: the collector finds them, and their nodes go back to the pool. */

const Item = struct({ id: i32, price: f64 });

/** Collects garbage, and lets the event loop turn until `done`, or for two seconds. */
async function collectUntil(done: () => boolean): Promise<void> {
	if (typeof globalThis.gc !== 'function') throw new Error('run this with --expose-gc');
	for (let turn = 0; turn < 40 && !done(); turn++) {
		// `done` may have looked at a WeakRef, which keeps what it refers to until the event loop turns.
		await new Promise((resolve) => setTimeout(resolve, 25));
		globalThis.gc();
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
}

test.each(modes)('a list that is dropped gives its nodes back, in $mode mode', async ({ checked }) => {
	const heap = new Heap(new Arena({ maxBytes: 2 ** 22 }));
	const makeAndDrop = () => void new FluxList(Item, 1_000, { heap, checked });
	const kept = new FluxList(Item, 10, { heap, checked });
	for (let count = 0; count < 5; count++) makeAndDrop();
	const pool = () => heap.stats().pools[0];
	expect(pool()).toMatchObject({ live: 5_010, containers: 6 });
	await collectUntil(() => pool().containers === 1);
	expect(pool()).toMatchObject({ live: 10, containers: 1 });
	expect(kept.size).toBe(10);
	kept.validate();
	const { capacity } = kept;
	kept.resize(5_000);
	expect(kept.capacity).toBe(capacity);
	heap.dispose();
});

test('a list that is disposed gives its nodes back once, also after it is collected', async () => {
	const heap = new Heap(new Arena({ maxBytes: 2 ** 22 }));
	const ended: WeakRef<object>[] = [];
	const makeAndDispose = () => {
		const list = new FluxList(Item, 100, { heap });
		list.dispose();
		ended.push(new WeakRef(list));
	};
	makeAndDispose();
	const next = new FluxList(Item, 100, { heap });
	await collectUntil(() => ended[0].deref() === undefined);
	await collectUntil(() => true);
	expect(next.size).toBe(100);
	next.validate();
	expect(heap.stats().pools[0]).toMatchObject({ live: 100, containers: 1 });
	heap.dispose();
});

test('two lists that were swapped each give back what they hold in the end', async () => {
	const heap = new Heap(new Arena({ maxBytes: 2 ** 22 }));
	const kept = new FluxList(Item, 3, { heap });
	const swapAndDrop = () => new FluxList(Item, 200, { heap }).swap(kept);
	swapAndDrop();
	expect(kept.size).toBe(200);
	await collectUntil(() => heap.stats().pools[0].containers === 1);
	expect(heap.stats().pools[0]).toMatchObject({ live: 200, containers: 1 });
	kept.validate();
	heap.dispose();
});

test('a view or a walk keeps its list alive', async () => {
	const heap = new Heap(new Arena({ maxBytes: 2 ** 22 }));
	const viewOf = () => {
		const list = new FluxList(Item, { heap });
		return list.at(list.emplaceBack(5, 0.5));
	};
	const walkOf = () =>
		new FluxList(
			Item,
			[
				{ id: 1, price: 1 },
				{ id: 2, price: 2 },
			],
			{ heap },
		).views();
	const view = viewOf();
	const walk = walkOf();
	const fields = (() => {
		const Pair = struct({ point: struct({ x: f64 }) });
		const list = new FluxList(Pair, [{ point: { x: 7.5 } }], { heap });
		return list.at(list.keys().next().value as never).point;
	})();
	await collectUntil(() => false);
	expect(view.id).toBe(5);
	expect(fields.x).toBe(7.5);
	expect(Array.from(walk, ({ id }) => id)).toEqual([1, 2]);
	heap.dispose();
}, 10_000);

test('a list that outlives its heap is collected quietly', async () => {
	const heap = new Heap(new Arena({ maxBytes: 2 ** 22 }));
	let ref: WeakRef<object> | undefined;
	(() => {
		ref = new WeakRef(new FluxList(Item, 10, { heap }));
	})();
	heap.dispose();
	await collectUntil(() => ref?.deref() === undefined);
	await collectUntil(() => true);
	expect(ref?.deref()).toBeUndefined();
});
