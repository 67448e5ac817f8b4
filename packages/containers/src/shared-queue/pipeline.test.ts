import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { f64, i32, struct, u8, u32 } from '@flux/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FluxOrderBook } from '../order-book/order-book.js';
import { FluxQueue } from '../queue/queue.js';
import { runs } from '../soak.testing.js';
import { type WorkerFiles, workerFiles } from '../worker-bundle.testing.js';

/* The pipeline of docs/examples/worker-pipeline.ts with real workers and a long flow of orders. */

const Event = struct({ kind: u8, side: u8, maker: u32, taker: u32, ticks: i32, lots: f64 });
const ACCEPTED = 1;
const TRADE = 2;
const CANCELLED = 3;

/** What each consumer reckons, by views or by copies, from the events that it has. */
class Ledger {
	events = 0;
	open = 0;
	traded = 0;
	digest = 0;

	see(kind: number, side: number, maker: number, taker: number, ticks: number, lots: number): void {
		this.events++;
		this.open += kind === ACCEPTED ? lots : kind === TRADE ? -2 * lots : -lots;
		if (kind === TRADE) this.traded += lots;
		for (const value of [kind, side, maker, taker, ticks, lots]) this.digest = (Math.imul(this.digest, 31) + value) | 0;
	}
}

const WORKER = `
import { parentPort, workerData } from 'node:worker_threads';
const { core: { struct, u8, u32, i32, f64 }, containers: { FluxQueue } } = await import(workerData.bundle);
const [ACCEPTED, TRADE] = [1, 2];
${Ledger.toString()}
const Event = struct({ kind: u8, side: u8, maker: u32, taker: u32, ticks: i32, lots: f64 });
const queue = FluxQueue.attach(Event, workerData.handle);
const ledger = new Ledger();
const see = ({ kind, side, maker, taker, ticks, lots }) => ledger.see(kind, side, maker, taker, ticks, lots);
if (workerData.role === 'strategy') while (queue.wait()) queue.drain(see, 500);
else for await (const event of queue) see(event);
queue.dispose();
parentPort.postMessage({ ...ledger });
`;

let files: WorkerFiles;
beforeAll(async () => {
	files = await workerFiles();
});
afterAll(() => files.remove());

test('the events of an order book reach a strategy and a journal, every one', { timeout: 600_000 }, async () => {
	const script = files.write('pipeline.mjs', WORKER);
	const events = FluxQueue.broadcast(Event, { capacity: 256, consumers: 2 });
	const workers = ['strategy', 'journal'].map((role) => {
		const handle = events.subscribe();
		const worker = new Worker(script, { workerData: { bundle: files.bundle, handle, role } });
		events.watch(worker, handle);
		return once(worker, 'message');
	});
	const ledger = new Ledger();
	const tell = (...event: [number, number, number, number, number, number]): void => {
		events.emplace(...event);
		ledger.see(...event);
	};
	const book = new FluxOrderBook({ tickSize: '0.01', lotSize: '1' });
	book.listen({
		accepted: (id, _, side, ticks, lots) => tell(ACCEPTED, side, 0, id, ticks, lots),
		trade: (maker, _m, taker, _t, side, ticks, lots) => tell(TRADE, side, maker, taker, ticks, lots),
		cancelled: (id, _, side, ticks, lots) => tell(CANCELLED, side, 0, id, ticks, lots),
	});
	let seed = 1;
	const random = (below: number): number => {
		seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
		return Math.floor((seed / 2 ** 32) * below);
	};
	for (let id = 1; id <= runs(1_000_000); id++) {
		if (random(3) === 0) book.cancel(1 + random(id));
		book.submitLimit(id, random(2) === 0 ? 0 : 1, 10_000 + random(50), 1 + random(100));
	}
	events.close();
	const reports = await Promise.all(workers);
	expect(ledger.traded).toBeGreaterThan(0);
	for (const [report] of reports) expect(report).toEqual({ ...ledger });
	const { bids, asks } = book.depth(1000);
	const open = [...bids, ...asks].reduce((sum, { quantity }) => sum + Number(quantity), 0);
	expect(ledger.open).toBe(open);
});
