import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Arena, Heap, internals } from '@flux/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leastAllocatedBy } from '../garbage.testing.js';
import { FluxQueue } from '../queue/queue.js';
import { runs, soak } from '../soak.testing.js';
import { type WorkerFiles, workerFiles } from '../worker-bundle.testing.js';
import { EventRecord, writeEvents } from './event-records.js';
import { BUY, FluxOrderBook, SELL } from './order-book.js';

/* Events of books as records in another thread, which makes the levels of each book again; and that they make no garbage. */

const WORKER = `
import { parentPort, workerData } from 'node:worker_threads';
const { containers: { FluxQueue, FluxOrderBook, EventRecord, EVENT_KINDS } } = await import(workerData.bundle);
const queue = FluxQueue.attach(EventRecord, workerData.handle);
const mirrors = [new FluxOrderBook(), new FluxOrderBook()];
const last = [0, 0];
let gaps = 0;
let traded = 0;
while (queue.wait()) queue.drain((event) => {
	const { book, kind, side, ticks, lots, number } = event;
	if (number !== last[book] + 1) gaps++;
	last[book] = number;
	if (kind === EVENT_KINDS.trade) traded += lots;
	if (kind === EVENT_KINDS.level) mirrors[book].setLevel(side, ticks, lots);
});
queue.dispose();
const levels = mirrors.map((mirror) => {
	const { bids, asks } = mirror.depth();
	return [bids, asks].map((side) => side.map(({ price, quantity }) => [price, quantity]));
});
parentPort.postMessage({ gaps, traded, levels });
`;

let files: WorkerFiles;
beforeAll(async () => {
	files = await workerFiles();
});
afterAll(() => files.remove());

test('a worker makes the levels of two books again, from one queue', { timeout: 600_000 }, async () => {
	const heap = new Heap(new Arena({ maxBytes: 2 ** 26 }));
	const queue = FluxQueue.shared(EventRecord, { capacity: 1024 });
	const handle = queue.share();
	const worker = new Worker(files.write('mirror.mjs', WORKER), { workerData: { bundle: files.bundle, handle } });
	queue.watch(worker, handle);
	const report = once(worker, 'message');
	let traded = 0;
	const count = (lots: number): void => {
		traded += lots;
	};
	const books = [0, 1].map((number) => {
		const book = new FluxOrderBook({ heap });
		const next = {
			trade: (_a: number, _b: number, _c: number, _d: number, _s: number, _t: number, lots: number) => count(lots),
		};
		book.listen(writeEvents(book, queue, { book: number, next }));
		return book;
	});
	let seed = 1;
	const random = (below: number): number => {
		seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
		return Math.floor((seed / 2 ** 32) * below);
	};
	for (let id = 1; id <= runs(300_000); id++) {
		const book = books[random(2)];
		if (random(3) === 0) book.cancel(1 + random(id));
		book.submitLimit(id, random(2) === 0 ? BUY : SELL, 10_000 + random(50), 1 + random(100));
	}
	queue.close();
	const [told] = await report;
	const levels = books.map((book) => {
		const { bids, asks } = book.depth();
		return [bids, asks].map((side) => side.map(({ price, quantity }) => [price, quantity]));
	});
	expect(traded).toBeGreaterThan(0);
	expect(told).toEqual({ gaps: 0, traded, levels });
	heap.dispose();
});

describe.runIf(internals.canEvaluate)('writing events', () => {
	test('leaves under 0.1 bytes a call', { timeout: 120_000 }, () => {
		const heap = new Heap(new Arena({ maxBytes: 2 ** 26 }));
		const book = new FluxOrderBook({ heap });
		const queue = new FluxQueue(EventRecord, { heap, capacity: 1024, whenFull: 'overwrite' });
		book.listen(writeEvents(book, queue));
		let id = 1;
		const load = (calls: number) => {
			for (let call = 0; call < calls; call += 4) {
				book.submitLimit(id++, SELL, 100, 5);
				book.submitLimit(id++, BUY, 100, 3);
				book.reduceLots(id - 2, 1);
				book.cancel(id - 2);
			}
		};
		const calls = soak ? 5_000_000 : 400_000;
		const least = leastAllocatedBy(load, calls, 0.1);
		expect(least.bytes / calls, least.most).toBeLessThan(0.1);
		heap.dispose();
	});
});
