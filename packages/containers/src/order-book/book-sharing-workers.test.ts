import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Arena, Heap, OwnerDiedError } from '@flux/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runs } from '../soak.testing.js';
import { type WorkerFiles, workerFiles } from '../worker-bundle.testing.js';
import { FluxOrderBook } from './order-book.js';

/** Books that go to threads of their own, and threads that are killed while they change one. */

let files: WorkerFiles;
beforeAll(async () => {
	files = await workerFiles();
});
afterAll(() => files.remove());

const ORDERS = 100_000;

/** Fills a book. Workers have the text of this, as of `change`. */
const fill = (book: FluxOrderBook, orders: number): void => {
	for (let id = 1; id <= orders; id++) {
		const away = 1 + ((id * 7919) % 2000);
		book.submitLimit(id, id % 2 === 0 ? 0 : 1, id % 2 === 0 ? 50000 - away : 50000 + away, 1 + (id % 9), 0, 0);
	}
};
/** Cancels a third, trades a part of the rest, and adds some. */
const change = (book: FluxOrderBook, orders: number): void => {
	for (let id = 1; id <= orders; id += 3) book.cancel(id);
	for (let id = orders + 1; id <= orders + 2000; id++) {
		if (id % 4 === 0) book.submitMarket(id, id % 8 === 0 ? 0 : 1, 7);
		else book.submitLimit(id, id % 2 === 0 ? 0 : 1, 50000 + ((id * 31) % 400) - 200, 1 + (id % 5), 0, 0);
	}
};

const HEAD = `
import { parentPort, workerData } from 'node:worker_threads';
const { core: { Arena, Heap }, containers: { FluxOrderBook } } = await import(workerData.bundle);
const arena = Arena.attach(workerData.arena);
const heap = new Heap(arena);
`;

const start = (arena: Arena, script: URL) => {
	const worker = new Worker(script, { workerData: { bundle: files.bundle, arena: arena.share() } });
	arena.watch(worker);
	return { worker, exited: once(worker, 'exit') };
};
const balanced = (heap: Heap) => {
	for (let round = 0; round < 3; round++) heap.drain();
	heap.validate();
	return heap.stats().tables?.count ?? 0;
};

test('a worker gets a book of 100,000 orders, cancels and matches in it, and hands it back', async () => {
	const arena = new Arena({ shared: true, maxBytes: 2 ** 28 });
	const heap = new Heap(arena);
	const script = files.write(
		'book-change.mjs',
		`${HEAD}
const change = ${change};
parentPort.once('message', (handle) => {
	const book = FluxOrderBook.attach(handle, { heap });
	change(book, ${ORDERS});
	book.validate();
	parentPort.postMessage({ hash: book.hash(), tickSize: book.tickSize, handle: book.share('move') });
	parentPort.once('message', (handle) => {
		// Read there while it is read here.
		const reader = FluxOrderBook.attach(handle, { heap });
		let lots = 0;
		reader.forEachOrder(0, (_low, _high, _ticks, each) => { lots += each; });
		const told = { lots, hash: reader.hash(), best: reader.bestBid, frozen: reader.frozen };
		reader.dispose();
		parentPort.postMessage(told);
	});
});
`,
	);
	const { worker, exited } = start(arena, script);
	const book = new FluxOrderBook({ tickSize: '0.01', heap });
	const twin = new FluxOrderBook({ tickSize: '0.01', heap: new Heap(new Arena({ maxBytes: 2 ** 28 })) });
	for (const each of [book, twin]) fill(each, ORDERS);
	expect(book.size).toBe(ORDERS);
	worker.postMessage(book.share('move'));
	const [changed] = await once(worker, 'message');
	change(twin, ORDERS);
	expect(twin.size).toBeLessThan(ORDERS * 0.7);
	expect([changed.tickSize, changed.hash]).toEqual(['0.01', twin.hash()]);
	const back = FluxOrderBook.attach(changed.handle, { heap });
	expect([back.size, back.hash()]).toEqual([twin.size, twin.hash()]);
	back.validate();
	for (const each of [back, twin]) each.submitMarket(900_000, 0, 5000);
	worker.postMessage(back.share('read'));
	const [told] = await once(worker, 'message');
	let lots = 0;
	twin.forEachOrder(0, (_low, _high, _ticks, each) => {
		lots += each;
	});
	expect(told).toEqual({ lots, hash: twin.hash(), best: twin.bestBid, frozen: true });
	back.thaw();
	await exited;
	back.dispose();
	expect(balanced(heap)).toBe(0);
	arena.dispose();
});

test('a worker that is killed while it changes books loses them, and nothing else', { timeout: 300_000 }, async () => {
	const kills = runs(200);
	const arena = new Arena({ shared: true, maxBytes: 2 ** 28 });
	const heap = new Heap(arena);
	const script = files.write(
		'book-killed.mjs',
		`${HEAD}
const fill = ${fill};
const change = ${change};
const shown = new FluxOrderBook({ heap });
fill(shown, 1000);
const given = new FluxOrderBook({ heap });
fill(given, 1000);
const unread = new FluxOrderBook({ heap });
parentPort.once('message', (handle) => {
	const own = new FluxOrderBook({ heap });
	const taken = FluxOrderBook.attach(handle, { heap });
	parentPort.postMessage('busy');
	for (;;) {
		for (const book of [own, taken]) {
			fill(book, 3000);
			change(book, 3000);
			book.clear();
		}
		const short = new FluxOrderBook({ heap });
		fill(short, 300);
		short.dispose();
	}
});
parentPort.postMessage({ shown: shown.share('read'), given: given.share('move'), unread: unread.share('read') });
`,
	);
	const twin = new FluxOrderBook({ heap: new Heap(new Arena({ maxBytes: 2 ** 24 })) });
	fill(twin, 1000);
	let lost = 0;
	for (let kill = 0; kill < kills; kill++) {
		const { worker, exited } = start(arena, script);
		const [{ shown, given, unread }] = await once(worker, 'message');
		const reader = FluxOrderBook.attach(shown, { heap });
		const mine = new FluxOrderBook({ heap });
		fill(mine, 2000);
		worker.postMessage(mine.share('move'));
		await once(worker, 'message');
		await new Promise((resolve) => setTimeout(resolve, kill % 12));
		await worker.terminate();
		await exited;
		// What it had shown is read on; what it had given away is as it was.
		expect(reader.hash()).toBe(twin.hash());
		reader.validate();
		const taken = FluxOrderBook.attach(given, { heap });
		expect(taken.hash()).toBe(twin.hash());
		taken.clear();
		taken.validate();
		expect(() => FluxOrderBook.attach(unread, { heap })).toThrow(OwnerDiedError);
		reader.dispose();
		taken.dispose();
		lost = balanced(heap);
	}
	// What it was just taking, giving or freeing: a few blocks each.
	expect(lost).toBeLessThanOrEqual(kills * 4);
	arena.dispose();
});
