import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { f64, PeerDiedError, struct, TimeoutError, u32 } from '@flux/core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { FluxQueue } from '../queue/queue.js';
import { expect } from '../quick-expect.testing.js';
import { runs, soak } from '../soak.testing.js';
import { type WorkerFiles, workerFiles } from '../worker-bundle.testing.js';
import type { BroadcastFluxQueue, BroadcastHandle, BroadcastOptions } from './broadcast.js';
import { makeSharedQueue } from './shared-queue.js';

const Item = struct({ from: u32, count: u32, check: f64 });
type ItemQueue = BroadcastFluxQueue<typeof Item>;

let files: WorkerFiles;
let script: URL;
beforeAll(async () => {
	files = await workerFiles();
	script = files.write('broadcast.mjs', WORKER);
});
afterAll(() => files.remove());

/*
 * A producer pushes numbered records in every way there is. A consumer sees that each is whole and follows the one before it
 * of the same producer, unless it was told that it missed some; it reports how many it had, and a digest of their order.
 */
const WORKER = `
import { parentPort, workerData } from 'node:worker_threads';
const { core: { struct, u32, f64 }, containers: { FluxQueue } } = await import(workerData.bundle);
const { handle, role, name, total, most } = workerData;
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
			if (view === undefined) queue.emplace(name, count, checkOf(name, count));
			else {
				view.from = name; view.count = count; view.check = checkOf(name, count);
				queue.commit();
			}
		} else {
			const rows = Math.min(16, total - count);
			const counts = Uint32Array.from({ length: rows }, (_, row) => count + row);
			queue.pushMany({ from: new Uint32Array(rows).fill(name), count: counts, check: Float64Array.from(counts, (each) => checkOf(name, each)) });
			count += rows;
			continue;
		}
		count++;
	}
	queue.dispose();
	parentPort.postMessage('done');
} else {
	const last = new Map();
	let records = 0, digest = 0, gaps = 0;
	const see = ({ from, count, check }) => {
		if (check !== checkOf(from, count)) throw new Error('torn: ' + from + ' ' + count + ' ' + check);
		const before = last.get(from) ?? -1;
		if (count <= before) throw new Error('out of order: ' + count + ' after ' + before);
		gaps += count - before - 1;
		last.set(from, count);
		digest = (Math.imul(digest, 31) + Math.imul(from, 7919) + count) | 0;
		records++;
	};
	for (let turn = 0; queue.wait(); turn++) {
		if (turn % 3 === 0) queue.drain(see, most);
		else if (turn % 3 === 1) { const one = queue.tryPop(); if (one !== undefined) see(one); }
		else { const view = queue.take(); if (view !== undefined) { see(view); queue.release(); } }
	}
	parentPort.postMessage({ records, digest, gaps, missed: queue.missed, ends: [...last].sort() });
	queue.dispose();
}
`;

interface Report {
	records: number;
	digest: number;
	gaps: number;
	missed: number;
	ends: [number, number][];
}

function start(queue: ItemQueue, handle: BroadcastHandle, data: object): { worker: Worker; said: Promise<unknown[]> } {
	const worker = new Worker(script, { workerData: { bundle: files.bundle, handle, ...data } });
	queue.watch(worker, handle);
	return { worker, said: once(worker, 'message') };
}

/** Sends `total` records from each producer to all consumers, and returns what each had. */
async function pass(options: BroadcastOptions, total: number, first: number): Promise<Report[]> {
	const queue = makeSharedQueue(Item, options, first, true) as ItemQueue;
	const consumers = Array.from({ length: options.consumers }, (_, name) =>
		start(queue, queue.subscribe(), { role: 'consumer', name, most: 1 + name * 100 }),
	);
	const producers = Array.from({ length: options.producers ?? 1 }, (_, name) =>
		start(queue, queue.share(), { role: 'producer', name, total }),
	);
	await Promise.all(producers.map(({ said }) => said));
	queue.close();
	const reports = await Promise.all(consumers.map(({ said }) => said));
	await Promise.all([...consumers, ...producers].map(({ worker }) => worker.terminate()));
	queue.validate();
	expect([queue.lost, queue.abandoned, queue.dropped]).toEqual([0, 0, 0]);
	return reports.map(([report]) => report as Report);
}

describe('every consumer in a thread of its own gets', () => {
	test.each([
		{ producers: 1, consumers: 2, capacity: 1000, first: 2 ** 31 - 1000 },
		{ producers: 1, consumers: 3, capacity: 2, first: -1000 },
		{ producers: 2, consumers: 2, capacity: 1000, first: -1000 },
		{ producers: 3, consumers: 3, capacity: 7, first: 2 ** 31 - 1000 },
	])(
		'all of $producers to $consumers over $capacity, from $first',
		{ timeout: 600_000 },
		async ({ first, ...options }) => {
			const isLong = options.capacity > 100;
			const total = soak && isLong ? 100_000_000 / options.producers : runs(isLong ? 2_000_000 : 100_000);
			const reports = await pass(options, total, first);
			for (const { records, gaps, missed, digest } of reports) {
				expect({ records, gaps, missed }).toEqual({ records: total * options.producers, gaps: 0, missed: 0 });
				// In the same order.
				expect(digest).toBe(reports[0].digest);
			}
		},
	);

	test.each([
		{ producers: 1, consumers: 2, capacity: 64, first: 2 ** 31 - 1000 },
		{ producers: 1, consumers: 2, capacity: 5000, first: -1000 },
		{ producers: 2, consumers: 2, capacity: 64, first: -1000 },
		{ producers: 3, consumers: 1, capacity: 1, first: 0 },
	])(
		'all but what it is told it missed, of $producers that overwrite $capacity, from $first',
		{ timeout: 600_000 },
		async ({ first, ...options }) => {
			const total = soak && options.capacity > 100 ? 100_000_000 : runs(2_000_000);
			for (const report of await pass({ ...options, whenFull: 'overwrite' }, total, first)) {
				expect(report.records + report.missed).toBe(total * options.producers);
				expect(report.records).toBeGreaterThan(0);
				// Nothing was missed at the end: the last records are those that are kept.
				if (options.producers === 1) expect([report.gaps, report.ends]).toEqual([report.missed, [[0, total - 1]]]);
			}
		},
	);
});

test('workers that are killed at random take nothing from the others', { timeout: 600_000 }, async () => {
	const queue: ItemQueue = FluxQueue.broadcast(Item, { capacity: 64, producers: 3, consumers: 3 });
	const mine = FluxQueue.attach(Item, queue.subscribe());
	let seed = 11;
	const random = (below: number): number => {
		seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
		return Math.floor((seed / 2 ** 32) * below);
	};
	// Each producer has a name of its own, and its records come without a gap, whoever dies.
	const had = new Map<number, number>();
	const see = ({ from, count, check }: { from: number; count: number; check: number }): void => {
		expect(check).toBe(from * 2 ** 32 + count);
		expect(count).toBe((had.get(from) ?? -1) + 1);
		had.set(from, count);
	};
	const alive: Worker[] = [];
	const roles = { producer: 0, consumer: 0 };
	let name = 0;
	const launch = (role: 'producer' | 'consumer'): void => {
		const handle = role === 'consumer' ? queue.subscribe() : queue.share();
		const { worker, said } = start(queue, handle, { role, name: name++, total: 2 ** 31, most: 100 });
		said.catch(() => {});
		// A peer's death may be told.
		worker.on('error', () => {});
		alive.push(worker);
		roles[role]++;
		worker.once('exit', () => {
			alive.splice(alive.indexOf(worker), 1);
			roles[role]--;
		});
	};
	for (let kill = 0; kill < runs(1000); kill++) {
		for (const role of ['producer', 'consumer'] as const) while (roles[role] < 2) launch(role);
		const until = performance.now() + random(30);
		while (performance.now() < until) {
			try {
				await mine.waitAsync({ timeout: 5 });
			} catch (error) {
				if (!(error instanceof PeerDiedError || error instanceof TimeoutError)) throw error;
			}
			mine.drain(see, 10_000);
			await new Promise((resolve) => setImmediate(resolve));
		}
		await alive[random(alive.length)]?.terminate();
	}
	await Promise.all(alive.map((worker) => worker.terminate()));
	mine.drain(see);
	queue.validate();
	expect(had.size).toBeGreaterThan(0);
	for (let count = 0; count < 1000; count++) {
		queue.push({ from: name, count, check: name * 2 ** 32 + count });
		expect(mine.pop()?.count).toBe(count);
	}
	expect(queue.retire(queue.share())).toEqual({ lost: 0, abandoned: 0, producers: 1, consumers: 1 });
});
