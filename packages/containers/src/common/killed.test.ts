import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Arena, Heap, struct, u32 } from '@flux/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FluxHashMap } from '../hash-map/hash-map.js';
import { FluxList } from '../list/list.js';
import { FluxOrderBook } from '../order-book/order-book.js';
import { FluxQueue } from '../queue/queue.js';
import { runs, soak } from '../soak.testing.js';
import { FluxVector } from '../vector/vector.js';
import { type WorkerFiles, workerFiles } from '../worker-bundle.testing.js';
import type { ContainerHandle } from './sharing.js';

let files: WorkerFiles;
beforeAll(async () => {
	files = await workerFiles();
});
afterAll(() => files.remove());

/** How many are killed before the books are balanced. */
const ROUND = soak ? 50 : runs(300);

/** Said by a worker: here is a container, and what is in it. */
interface Sent {
	readonly handle: ContainerHandle<never>;
	readonly count: number;
	readonly sum: number;
}

/*
 * What every worker does until it is killed: it allocates blocks with a cookie and exchanges them, by one atomic word, for
 * those of others, which it checks and frees; and it sends containers away, a few ahead of their receiver.
 */
const WORKER = `
import { parentPort, workerData } from 'node:worker_threads';
const { core: { Arena, Heap, struct, u32 }, containers: { FluxHashMap, FluxList, FluxOrderBook, FluxQueue, FluxVector } } = await import(workerData.bundle);
const heap = new Heap(Arena.attach(workerData.arena));
const box = new Int32Array(workerData.box);
const turn = new Int32Array(workerData.turn);
const Item = struct({ id: u32, half: u32 });
let seed = workerData.seed;
const random = (below) => {
	seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
	return Math.floor((seed / 2 ** 32) * below);
};
for (let round = 0; ; round++) {
	for (let step = 0; step < 300; step++) {
		const block = heap.allocate(random(200) === 0 ? 40_000 + random(300_000) : 8 + random(600));
		heap.memory.i32[block] = block ^ ${0x5eed};
		const other = Atomics.exchange(box, random(box.length), block);
		if (other === 0) continue;
		if (heap.memory.i32[other] !== (other ^ ${0x5eed})) throw new Error('the cookie of ' + other + ' is ' + heap.memory.i32[other]);
		heap.deallocate(other);
	}
	const count = random(2000);
	let sum = 0;
	const [container, add] = [
		() => { const list = new FluxList(Item, { heap }); return [list, (id) => list.pushBack({ id, half: id >>> 1 })]; },
		() => { const vector = new FluxVector(Item, { heap }); return [vector, (id) => vector.pushBack({ id, half: id >>> 1 })]; },
		() => { const queue = new FluxQueue(Item, { heap }); return [queue, (id) => queue.push({ id, half: id >>> 1 })]; },
		() => { const map = new FluxHashMap(u32, Item, { heap }); return [map, (id) => map.set(id, { id, half: id >>> 1 })]; },
		() => { const book = new FluxOrderBook({ heap }); return [book, (id) => book.add(id + 1, 'buy', id % 1000, (id >>> 1) + 1)]; },
	][random(5)]();
	for (let each = 0; each < count; each++) {
		add(each * 7);
		sum += each * 7;
	}
	if (random(8) === 0) {
		container.dispose();
		Atomics.add(turn, 0, 1);
	} else parentPort.postMessage({ handle: container.share('move'), count, sum });
	for (let at = Atomics.load(turn, 0); round - at > 3; at = Atomics.load(turn, 0)) Atomics.wait(turn, 0, at);
}
`;

test('workers that are killed at random lose what they held, and nothing else', { timeout: 600_000 }, async () => {
	// Fewer than a tenth outside of a soak: one run in several hung before the last fix, and it is not proven to be the cause.
	const kills = soak ? 1000 : ROUND;
	const arena = new Arena({ shared: true, maxBytes: 2 ** 28 });
	const heap = new Heap(arena);
	const box = new Int32Array(new SharedArrayBuffer(64 * 4));
	const Item = struct({ id: u32, half: u32 });
	const script = files.write('killed.mjs', WORKER);
	let seed = 3;
	const random = (below: number): number => {
		seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
		return Math.floor((seed / 2 ** 32) * below);
	};
	let received = 0;
	const kindOf = (handle: ContainerHandle<never>): string => (handle as ContainerHandle).flux;
	const attach = (handle: ContainerHandle<never>) => {
		const flux = kindOf(handle);
		if (flux === 'FluxHashMap') return FluxHashMap.attach(u32, Item, handle, { heap });
		if (flux === 'FluxOrderBook') return FluxOrderBook.attach(handle, { heap });
		const type = flux === 'FluxList' ? FluxList : flux === 'FluxVector' ? FluxVector : FluxQueue;
		return (type as typeof FluxList).attach(Item, handle, { heap });
	};
	const recordsOf = (container: ReturnType<typeof attach>): Iterable<{ id: number; half: number }> =>
		container instanceof FluxOrderBook
			? container.orders('buy').map(({ id, quantity }) => ({ id: Number(id) - 1, half: quantity - 1 }))
			: container.values();
	const receive = ({ handle, count, sum }: Sent): void => {
		const container = attach(handle);
		expect(container.size).toBe(count);
		let found = 0;
		for (const { id, half } of recordsOf(container)) {
			found += id;
			if (half !== id >>> 1) throw new Error(`a record of ${kindOf(handle)} holds ${id} and ${half}`);
		}
		expect(found).toBe(sum);
		container.dispose();
		received++;
	};
	const life = async (first: number): Promise<void> => {
		for (let left = ROUND / 2; left > 0; left--) {
			const turn = new Int32Array(new SharedArrayBuffer(4));
			const worker = new Worker(script, {
				workerData: {
					bundle: files.bundle,
					arena: arena.share(),
					box: box.buffer,
					turn: turn.buffer,
					seed: first * 1000 + left,
				},
			});
			let failure: unknown;
			worker.on('error', (error) => {
				failure = error;
			});
			arena.watch(worker);
			let messages = random(6);
			worker.on('message', (sent: Sent) => {
				try {
					receive(sent);
				} catch (error) {
					failure ??= error;
				}
				Atomics.add(turn, 0, 1);
				Atomics.notify(turn, 0);
				if (messages-- === 0) void worker.terminate();
			});
			await once(worker, 'exit');
			if (failure !== undefined) throw failure;
		}
	};
	for (let round = 0; round < kills / ROUND; round++) {
		await Promise.all([life(round * 2 + 1), life(round * 2 + 2)]);
		// Nobody is left: what is live is in the box, or was lost.
		heap.drain();
		heap.validate();
		const boxed = new Set(box.filter((block) => block !== 0));
		for (const block of boxed) expect(heap.memory.i32[block]).toBe(block ^ 0x5eed);
		const lost = Array.from(heap.walk(), ({ block }) => block).filter((block) => !boxed.has(block));
		// Of each that was killed: the block in its hand, one that it had not put into the box, one that it had taken out and
		// not freed, one that it had marked and not pushed.
		expect(lost.length).toBeLessThanOrEqual(ROUND * 4);
		heap.deallocateMany(lost);
		expect(heap.stats().blocks.count).toBe(boxed.size);
		heap.trim();
		heap.validate();
	}
	expect(received).toBeGreaterThan(kills);
	// What those that were killed were just building, or had offered and not sent: a few blocks each.
	expect(heap.stats().tables?.count ?? 0).toBeLessThanOrEqual(kills * 8);
	arena.dispose();
});

test('a worker builds a list of many records, and another thread goes on with it', async () => {
	const script = files.write(
		'build.mjs',
		`
import { parentPort, workerData } from 'node:worker_threads';
const { core: { Arena, Heap, struct, u32, f64 }, containers: { FluxList } } = await import(workerData.bundle);
const heap = new Heap(Arena.attach(workerData.arena));
const list = new FluxList(struct({ id: u32, price: f64 }), { heap });
for (let id = 0; id < 300_000; id++) list.emplaceBack(id, id / 4);
parentPort.postMessage(list.share('move'));
parentPort.once('message', (handle) => {
	const back = FluxList.attach(struct({ id: u32, price: f64 }), handle, { heap });
	parentPort.postMessage(back.reduce((sum, { id }) => sum + id, 0));
	back.dispose();
});
`,
	);
	const arena = new Arena({ shared: true, maxBytes: 2 ** 28 });
	const worker = new Worker(script, { workerData: { bundle: files.bundle, arena: arena.share() } });
	arena.watch(worker);
	// Asked for now: the last message and the end may come in one turn of the loop.
	const exited = once(worker, 'exit');
	const heap = new Heap(arena);
	const [handle] = await once(worker, 'message');
	const { f64 } = await import('@flux/core');
	const list = FluxList.attach(struct({ id: u32, price: f64 }), handle, { heap });
	expect([list.size, list.back]).toEqual([300_000, { id: 299_999, price: 299_999 / 4 }]);
	list.removeIf(({ id }) => id % 2 === 1);
	for (let id = 0; id < 100_000; id++) list.emplaceFront(1, 0);
	list.validate();
	worker.postMessage(list.share('move'));
	const [sum] = await once(worker, 'message');
	expect(sum).toBe((150_000 * 299_998) / 2 + 100_000);
	await exited;
	heap.drain();
	expect(heap.stats().tables?.count ?? 0).toBe(0);
	heap.validate();
	arena.dispose();
});
