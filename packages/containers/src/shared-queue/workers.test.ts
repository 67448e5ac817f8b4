import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { f64, struct, u32 } from '@flux/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FluxQueue } from '../queue/queue.js';
import { runs, soak } from '../soak.testing.js';
import { type WorkerFiles, workerFiles } from '../worker-bundle.testing.js';
import { makeSharedQueue, type SharedFluxQueue, type SharedQueueOptions } from './shared-queue.js';

const Item = struct({ from: u32, count: u32, check: f64 });
type ItemQueue = SharedFluxQueue<typeof Item>;

let files: WorkerFiles;
beforeAll(async () => {
	files = await workerFiles();
});
afterAll(() => files.remove());

/*
 * A producer pushes numbered records by turns in every way there is; a consumer sees that each is whole and that those of one
 * producer come in order, and reports how many of each it had and the sum of their numbers.
 */
const WORKER = `
import { parentPort, workerData } from 'node:worker_threads';
const { core: { struct, u32, f64 }, containers: { FluxQueue } } = await import(workerData.bundle);
const { handle, role, name, total, producers } = workerData;
const Item = struct({ from: u32, count: u32, check: f64 });
const queue = FluxQueue.attach(Item, handle);
const checkOf = (from, count) => from * 2 ** 32 + count;
if (role === 'producer') {
	for (let count = 0; count < total; ) {
		const way = count % 4;
		if (way === 0) queue.push({ from: name, count, check: checkOf(name, count) });
		else if (way === 1) queue.emplace(name, count, checkOf(name, count));
		else if (way === 2) {
			const view = queue.claim();
			if (view === undefined) { queue.emplace(name, count, checkOf(name, count)); count++; continue; }
			view.from = name; view.count = count; view.check = checkOf(name, count);
			queue.commit();
		} else {
			const rows = Math.min(16, total - count);
			const counts = Uint32Array.from({ length: rows }, (_, row) => count + row);
			queue.pushMany({ from: new Uint32Array(rows).fill(name), count: counts, check: Float64Array.from(counts, (each) => checkOf(name, each)) });
			count += rows;
			continue;
		}
		count++;
	}
	// Who ends without leaving counts as dead, and its peers are told.
	queue.dispose();
	parentPort.postMessage('done');
} else {
	const had = Array.from({ length: producers }, () => ({ records: 0, sum: 0, last: -1 }));
	const see = ({ from, count, check }) => {
		if (check !== checkOf(from, count)) throw new Error('torn: ' + from + ' ' + count + ' ' + check);
		const of = had[from];
		if (count <= of.last) throw new Error('out of order: ' + count + ' after ' + of.last);
		of.last = count; of.records++; of.sum += count;
	};
	for (let turn = 0; queue.wait(); turn++) {
		if (turn % 3 === 0) queue.drain(see, 100);
		else if (turn % 3 === 1) { const one = queue.tryPop(); if (one !== undefined) see(one); }
		else { const view = queue.take(); if (view !== undefined) { see(view); queue.release(); } }
	}
	parentPort.postMessage(had);
}
`;

/** Sends `total` records from each of so many threads to so many, and checks that each arrives once. */
async function pass(options: SharedQueueOptions, total: number, first = 0): Promise<void> {
	const { producers = 1, consumers = 1 } = options;
	const queue = makeSharedQueue(Item, options, first) as ItemQueue;
	const script = files.write('passing.mjs', WORKER);
	const start = (role: string, name: number): { worker: Worker; said: Promise<unknown[]> } => {
		const handle = queue.share();
		const workerData = { bundle: files.bundle, handle, role, name, total, producers };
		const worker = new Worker(script, { workerData });
		queue.watch(worker, handle);
		return { worker, said: once(worker, 'message') };
	};
	const reading = Array.from({ length: consumers }, (_, name) => start('consumer', name));
	const writing = Array.from({ length: producers }, (_, name) => start('producer', name));
	await Promise.all(writing.map(({ said }) => said));
	queue.close();
	const reports = (await Promise.all(reading.map(({ said }) => said))).map(
		([report]) => report as { records: number; sum: number }[],
	);
	for (let name = 0; name < producers; name++) {
		const of = reports.map((report) => report[name]);
		expect(of.reduce((records, each) => records + each.records, 0)).toBe(total);
		expect(of.reduce((sum, each) => sum + each.sum, 0)).toBe((total * (total - 1)) / 2);
	}
	await Promise.all([...reading, ...writing].map(({ worker }) => worker.terminate()));
	expect(queue.size).toBe(0);
	expect([queue.lost, queue.abandoned]).toEqual([0, 0]);
	queue.validate();
}

describe('records between real threads arrive once, whole, in the order of each producer', () => {
	test.each([
		{ producers: 1, consumers: 1, capacity: 1000, first: 0 },
		// Large enough for memory that WebAssembly reaches.
		{ producers: 1, consumers: 1, capacity: 8192, first: 0 },
		{ producers: 1, consumers: 1, capacity: 3, first: 2 ** 31 - 1000 },
		{ producers: 2, consumers: 1, capacity: 1000, first: -1000 },
		{ producers: 1, consumers: 2, capacity: 50, first: 2 ** 31 - 1000 },
		{ producers: 1, consumers: 2, capacity: 1000, first: 2 ** 31 - 1000 },
		{ producers: 2, consumers: 2, capacity: 1000, first: -1000 },
		{ producers: 3, consumers: 3, capacity: 7, first: 0 },
	])('$producers to $consumers over $capacity, from $first', { timeout: 600_000 }, async ({ first, ...options }) => {
		// In small rings threads wait for each other at every few records.
		const isLong = options.capacity > 100;
		await pass(options, soak && isLong ? 100_000_000 / options.producers : runs(isLong ? 3_000_000 : 300_000), first);
	});
});

test('two threads whose queues to each other are full go on', async () => {
	const there = FluxQueue.shared(Item, { capacity: 1 });
	const back = FluxQueue.shared(Item, { capacity: 1 });
	const script = files.write(
		'echo.mjs',
		`
import { workerData } from 'node:worker_threads';
const { core: { struct, u32, f64 }, containers: { FluxQueue } } = await import(workerData.bundle);
const Item = struct({ from: u32, count: u32, check: f64 });
const there = FluxQueue.attach(Item, workerData.there), back = FluxQueue.attach(Item, workerData.back);
for (let item = there.pop(); item !== undefined; item = there.pop()) back.push(item);
back.close();
`,
	);
	const worker = new Worker(script, {
		workerData: { bundle: files.bundle, there: there.share(), back: back.share() },
	});
	// A step of each waits for the other: the threads take turns of the scheduler.
	const total = runs(20_000);
	const echoed = (async () => {
		let count = 0;
		for await (const item of back) expect(item.count).toBe(count++);
		return count;
	})();
	for (let count = 0; count < total; count++) await there.pushAsync({ from: 0, count, check: 0 });
	there.close();
	expect(await echoed).toBe(total);
	await worker.terminate();
});

test('who waits looks a while, then sleeps until it is woken', async () => {
	const queue = FluxQueue.shared(Item, { capacity: 8, consumers: 2 });
	const script = files.write(
		'idle.mjs',
		`
import { parentPort, workerData } from 'node:worker_threads';
const { core: { struct, u32, f64 }, containers: { FluxQueue } } = await import(workerData.bundle);
const { handle, way, looks } = workerData;
const { load, add } = Atomics;
Atomics.load = (words, index) => { add(looks, 0, 1); return load(words, index); };
const queue = FluxQueue.attach(struct({ from: u32, count: u32, check: f64 }), handle);
const item = way === 'pop' ? queue.pop() : await queue.popAsync();
queue.dispose();
parentPort.postMessage(item.count);
`,
	);
	const waiting = (['pop', 'popAsync'] as const).map((way) => {
		const looks = new Int32Array(new SharedArrayBuffer(4));
		const handle = queue.share();
		const worker = new Worker(script, { workerData: { bundle: files.bundle, handle, way, looks } });
		queue.watch(worker, handle);
		return { looks, said: once(worker, 'message') };
	});
	for (const { looks } of waiting) {
		// It never comes to rest where something polls; the time only says how long nobody may have looked.
		for (let before = -1, now = 0; now === 0 || now !== before; ) {
			before = now;
			await new Promise((resolve) => setTimeout(resolve, 100));
			now = Atomics.load(looks, 0);
		}
	}
	queue.push({ from: 0, count: 7, check: 0 });
	queue.push({ from: 0, count: 7, check: 0 });
	expect(await Promise.all(waiting.map(({ said }) => said))).toEqual([[7], [7]]);
});

test('workers that are killed at random leave a queue that goes on', { timeout: 600_000 }, async () => {
	const queue = FluxQueue.shared(Item, { capacity: 64, producers: 3, consumers: 3 });
	const script = files.write('passing.mjs', WORKER);
	let seed = 7;
	const random = (below: number): number => {
		seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
		return Math.floor((seed / 2 ** 32) * below);
	};
	const alive: Worker[] = [];
	const start = (role: string): void => {
		const handle = queue.share();
		const workerData = { bundle: files.bundle, handle, role, name: 0, total: 2 ** 31, producers: 1 };
		const worker = new Worker(script, { workerData });
		// Numbers begin anew with each producer, so that order cannot be asked for here, and a peer's death may be told.
		worker.on('error', () => {});
		queue.watch(worker, handle);
		alive.push(worker);
		worker.once('exit', () => {
			const at = alive.indexOf(worker);
			if (at >= 0) alive.splice(at, 1);
		});
	};
	for (let kill = 0; kill < (soak ? 1000 : 30); kill++) {
		while (alive.length < 4) start(alive.length % 2 === 0 ? 'producer' : 'consumer');
		await new Promise((resolve) => setTimeout(resolve, random(30)));
		const victim = alive[random(alive.length)];
		if (victim !== undefined) await victim.terminate();
	}
	await Promise.all(alive.map((worker) => worker.terminate()));
	// All ends were told: what is left is whole, and seats and places are free again.
	while (queue.tryPop() !== undefined);
	queue.validate();
	for (let count = 0; count < 1000; count++) {
		queue.push({ from: 1, count, check: 0 });
		expect(queue.pop()?.count).toBe(count);
	}
	expect(queue.retire(queue.share())).toMatchObject({ lost: 0, abandoned: 0, producers: 1, consumers: 1 });
});
