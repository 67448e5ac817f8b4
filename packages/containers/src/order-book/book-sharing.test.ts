import { readFileSync } from 'node:fs';
import {
	Arena,
	ArgumentError,
	DisposedError,
	FrozenError,
	HandleError,
	Heap,
	MovedError,
	NotSharedError,
	OutOfMemoryError,
	OwnerDiedError,
	ReentryError,
	struct,
	u32,
} from '@flux/core';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { FluxList } from '../list/list.js';
import { expect } from '../quick-expect.testing.js';
import { runs } from '../soak.testing.js';
import { MatchingEngine } from './engine/matching-engine.js';
import * as words from './layout.js';
import { BUY, FluxOrderBook, SELL } from './order-book.js';
import { TextIdOrders } from './text-ids.js';

/** The members of a book that change nothing. */
const ASKING = (
	'filledLots sequence bestBid bestAsk spread mid microprice lastPrice depth order orders costToFill vwap imbalance bestBidTicks ' +
	'bestAskTicks bestBidLots bestAskLots spreadTicks crossed lastTicks bidLevels askLevels size empty has lotsOf ticksOf queuePosition ' +
	'lotsAhead lotsAt ordersAt fillableLots costInTicks depthInto orderInto ordersInto measuresInto forEachLevel forEachOrder tickSize lotSize selfTrade toTicks toLots ' +
	'priceText quantityText share thaw frozen heap snapshot hash toJSON dispose validate'
).split(' ');
/** All members, as the interface has them. */
const MEMBERS = (() => {
	const source = readFileSync(new URL('./order-book.ts', import.meta.url), 'utf8');
	const [, body] = source.split('export interface FluxOrderBook extends Disposable {');
	const members = body.slice(0, body.indexOf('\n}')).matchAll(/^\t(?:readonly )?(\w+)[<(:]/gm);
	return [...new Set(Array.from(members, ([, name]) => name))].sort();
})();

let arena: Arena;
let others: Arena[];
let here: Heap;
let there: Heap;
const attached = () => {
	const other = Arena.attach(structuredClone(arena.share()));
	others.push(other);
	return other;
};
beforeEach(() => {
	arena = new Arena({ shared: true, maxBytes: 2 ** 26 });
	others = [];
	here = new Heap(arena);
	there = new Heap(attached());
});
afterEach(() => {
	for (const other of others) other.dispose();
	arena.dispose();
});

type Handle = ReturnType<FluxOrderBook['share']>;
const tables = (heap: Heap) => heap.stats().tables?.count ?? 0;
const post = (handle: Handle): Handle => structuredClone(handle);
const attach = (handle: Handle, heap: Heap) => FluxOrderBook.attach(post(handle), { heap });
const make = (heap: Heap, orders = 0) => {
	const book = new FluxOrderBook({ tickSize: '0.01', lotSize: '0.001', selfTrade: 'decrement', heap });
	fill(book, 1, orders);
	return book;
};
/** Puts orders with these ids into a book, about as many on either side, none of which trades. */
const fill = (book: FluxOrderBook, from: number, to: number) => {
	for (let id = from; id <= to; id++) {
		const spread = 1 + ((id * 7919) % 500);
		book.submitLimit(
			id,
			id % 2 === 0 ? BUY : SELL,
			id % 2 === 0 ? 10_000 - spread : 10_000 + spread,
			1 + (id % 9),
			0,
			id % 3,
		);
	}
};
/** What an unshared book of the same commands looks like. */
const twin = (orders: number) => {
	const book = new FluxOrderBook({ tickSize: '0.01', lotSize: '0.001', selfTrade: 'decrement' });
	fill(book, 1, orders);
	return book;
};
const balanced = (...heaps: Heap[]) => {
	for (let round = 0; round < 3; round++) for (const heap of heaps) heap.drain();
	for (const heap of heaps) heap.validate();
	return heaps.map(tables);
};

describe('moved', () => {
	test.each([0, 1, 10, 5000])('a book of %s orders goes on in another thread, and ends there', (orders) => {
		const source = make(here, orders);
		const { sequence } = source;
		const expected = twin(orders);
		const handle = source.share('move');
		expect(JSON.stringify(handle).length).toBeLessThan(200);
		const book = attach(handle, there);
		expect(book.heap).toBe(there);
		expect([book.tickSize, book.lotSize, book.selfTrade]).toEqual(['0.01', '0.001', 'decrement']);
		expect([book.size, book.sequence]).toEqual([orders, sequence]);
		expect(book.hash()).toBe(expected.hash());
		book.validate();
		const trades: number[][] = [];
		book.listen({ trade: (...values) => trades.push(values) });
		for (const each of [book, expected]) {
			fill(each, orders + 1, orders + 3000);
			for (let id = 1; id <= orders + 3000; id += 5) each.cancel(id);
			each.submitMarket(1_000_000, BUY, 500);
			each.submitMarket(1_000_001, SELL, 500);
		}
		expect(trades.length).toBeGreaterThan(100);
		expect(book.hash()).toBe(expected.hash());
		for (const each of [book, expected]) {
			each.clear();
			fill(each, 1, 100);
		}
		expect(book.hash()).toBe(expected.hash());
		book.validate();
		here.validate();
		book.dispose();
		expect(balanced(here, there)).toEqual([0, 0]);
		expect([here.trim(), there.trim()].every((bytes) => bytes >= 0)).toBe(true);
	});

	test('it goes back and forth, while its index grows', () => {
		let book = make(here);
		const expected = twin(0);
		for (let round = 0; round < 6; round++) {
			// Ids far from each other: each has a bucket alone, and the index is in the middle of growth when it goes.
			for (let id = round * 777 + 1; id <= (round + 1) * 777; id++) {
				for (const each of [book, expected]) each.add(id * 1000, id % 2 === 0 ? BUY : SELL, id % 300, 5);
			}
			for (let id = round * 777 + 1; id <= round * 777 + 300; id++) {
				for (const each of [book, expected]) each.cancel(id * 1000);
			}
			book = attach(book.share('move'), round % 2 === 0 ? there : here);
			expect(book.hash()).toBe(expected.hash());
			book.validate();
		}
		book.dispose();
		expect(balanced(here, there)).toEqual([0, 0]);
	});

	test('the source is unusable, says so, and is taken by one alone', () => {
		const source = make(here, 50);
		const heard: string[] = [];
		source.on('trade', () => heard.push('object'));
		source.listen({ trade: () => heard.push('numbers') });
		const stop = source.on('cancelled', () => heard.push('cancelled'));
		const handle = source.share('move');
		for (const use of [
			() => source.size,
			() => source.bestBid,
			() => source.order(1),
			() => source.cancel(1),
			() => source.submit({ id: 99, side: 'buy', price: 1, quantity: 1 }),
			() => source.submitLimit(99, BUY, 1, 1),
			() => source.setLevel(BUY, 1, 1),
			() => source.clear(),
			() => source.on('trade', () => {}),
			() => source.listen(null),
			() => source.depth(),
			() => source.snapshot(),
			() => source.validate(),
			() => source.reserve(1),
			() => source.forEachOrder(BUY, () => {}),
			() => source.thaw(),
			() => source.share('move'),
			() => source.share('read'),
		])
			expect(use, String(use)).toThrow(MovedError);
		expect([source.tickSize, source.frozen]).toEqual(['0.01', false]);
		stop();
		source.dispose();
		const book = attach(handle, there);
		expect(() => attach(handle, there)).toThrow(HandleError);
		expect(() => attach(handle, here)).toThrow('taken');
		book.submitMarket(100, BUY, 3);
		book.cancel(4);
		expect(heard).toEqual([]);
		// Its own thread may take it back as well.
		const back = attach(book.share('move'), here);
		expect(back.has(6)).toBe(true);
		back.dispose();
		expect(() => back.size).toThrow(DisposedError);
	});

	test('it is refused where it cannot be, and then nothing has changed', () => {
		const source = make(here, 20);
		const { tickSize } = source;
		const before = source.hash();
		const unshared = new Heap(new Arena({ maxBytes: 2 ** 22 }));
		for (const mode of ['move', 'read'] as const) {
			const alone = new FluxOrderBook({ heap: unshared });
			expect(() => alone.share(mode)).toThrow(NotSharedError);
			expect(alone.submitLimit(1, BUY, 1, 1)).toBe(0);
		}
		expect(() => source.share('lend' as never)).toThrow(ArgumentError);
		const thrown: unknown[] = [];
		const tryIt = () => {
			for (const call of [() => source.share('move'), () => source.share('read'), () => source.thaw()]) {
				try {
					call();
				} catch (error) {
					thrown.push(error);
				}
			}
		};
		source.forEachLevel(BUY, tryIt);
		source.on('cancelled', tryIt);
		source.add(99, BUY, 1, 1);
		source.cancel(99);
		expect(thrown.length).toBeGreaterThan(5);
		for (const error of thrown) expect(error).toBeInstanceOf(ReentryError);
		expect([source.tickSize, source.frozen]).toEqual([tickSize, false]);
		const handle = source.share('move');
		expect(() => attach(handle, unshared)).toThrow(NotSharedError);
		expect(() => FluxOrderBook.attach(handle, undefined as never)).toThrow(ArgumentError);
		const elsewhere = new Heap(new Arena({ shared: true, maxBytes: 2 ** 22 }));
		expect(() => attach(handle, elsewhere)).toThrow('another arena');
		for (const wrong of [undefined, null, 5, {}, { ...handle, flux: 'FluxList' }, { ...handle, version: 2 }])
			expect(() => FluxOrderBook.attach(wrong as never, { heap: there })).toThrow(HandleError);
		for (const wrong of [{ offer: -1 }, { offer: 1e6 }, { ticket: 0 }, { ticket: handle.ticket + 1 }])
			expect(() => FluxOrderBook.attach({ ...handle, ...wrong }, { heap: there })).toThrow(HandleError);
		const Item = struct({ id: u32 });
		expect(() => FluxList.attach(Item, handle as never, { heap: there })).toThrow('FluxOrderBook.attach()');
		// Said to be a book, and to be a list: the hash of what is there tells.
		const list = new FluxList(Item, [{ id: 1 }], { heap: here }).share('move');
		expect(() => attach({ ...list, flux: 'FluxOrderBook' }, there)).toThrow('another container');
		expect(() => FluxList.attach(Item, { ...handle, flux: 'FluxList' } as never, { heap: there })).toThrow(HandleError);
		const book = attach(handle, there);
		book.add(99, BUY, 1, 1);
		book.cancel(99);
		book.validate();
		expect(book.size).toBe(20);
		expect(book.hash()).not.toBe(before);
		expect(FluxList.attach(Item, list, { heap: there }).size).toBe(1);
	});

	test('a book on which an engine, or the texts of its ids, stand stays where they are', () => {
		const book = make(here, 20);
		const engine = new MatchingEngine(book);
		engine.submit({ id: 100, side: 'buy', type: 'market', quantity: 1, stopPrice: '200.00' });
		expect(() => book.share('move')).toThrow(ArgumentError);
		expect(() => book.share('move')).toThrow('MatchingEngine stands');
		expect(engine.submit({ id: 101, side: 'buy', price: '1.00', quantity: '0.001' }).accepted).toBe(true);
		// Shown, it may be: then the engine gives no command.
		const reader = attach(book.share('read'), there);
		for (const command of [
			() => engine.submit({ id: 102, side: 'buy', price: '1.00', quantity: 1 }),
			() => engine.cancel(100),
			() => engine.cancel(101),
			() => engine.setPosition(1, 5),
			() => engine.advance(5),
		])
			expect(command).toThrow(FrozenError);
		expect([engine.waiting, engine.time, reader.has(101)]).toEqual([1, 0, true]);
		reader.dispose();
		book.thaw();
		expect(engine.cancel(100)).toBe(true);
		engine.validate();
		engine.dispose();
		const named = new TextIdOrders(book);
		expect(() => book.share('move')).toThrow('TextIdOrders stands');
		named.dispose();
		const moved = attach(book.share('move'), there);
		// A new engine may stand on it there.
		using there2 = new MatchingEngine(moved);
		expect(there2.cancel(101)).toBe(true);
	});
});

describe('shared for reading', () => {
	test('it is read by many threads, and none writes a word', () => {
		const source = make(here);
		// Far from each other, so that the index is large; and in the middle of growth, with two tables.
		for (let id = 1; id <= 3000; id++)
			source.add(id * 4096, id % 2 === 0 ? BUY : SELL, id % 2 === 0 ? -(id % 90) : id % 90, id, id % 5);
		source.setLevel(BUY, -5000, 77);
		source.submitMarket(5, BUY, 10);
		const expected = { hash: source.hash(), depth: source.depth(), orders: source.orders(BUY) };
		const handle = source.share('read');
		expect(source.share('read')).toEqual(handle);
		const third = new Heap(attached());
		const readers = [attach(handle, there), attach(handle, third), attach(handle, there)];
		const before = here.memory.i32.slice();
		for (const book of [...readers, source]) {
			expect([book.frozen, book.size, book.empty, book.crossed]).toEqual([true, source.size, false, false]);
			expect([book.tickSize, book.lotSize, book.selfTrade]).toEqual(['0.01', '0.001', 'decrement']);
			expect(book.depth()).toEqual(expected.depth);
			expect(book.orders(BUY)).toEqual(expected.orders);
			expect(book.hash()).toBe(expected.hash);
			expect(book.toJSON()).toEqual(expected.depth);
			let found = 0;
			for (let id = 1; id <= 3000; id++) if (book.has(id * 4096)) found++;
			expect(found).toBe(source.size - 1);
			const id = 9 * 4096;
			expect([book.order(id)?.quantity, book.lotsOf(id), book.ticksOf(id)]).toEqual([0.009, 9, 9]);
			expect([book.queuePosition(id), book.lotsAhead(id)]).toEqual([0, 0]);
			let lots = 0;
			for (const side of [BUY, SELL] as const) {
				book.forEachOrder(side, (_low, _high, _ticks, each) => {
					lots += each;
				});
				book.forEachLevel(side, (_ticks, each) => {
					lots -= each;
				});
			}
			expect(lots).toBe(0);
			expect(book.depthInto(SELL, new Float64Array(30))).toBe(10);
			expect([book.orderInto(id, new Float64Array(8)), book.ordersInto(SELL, new Float64Array(50))]).toEqual([
				true,
				10,
			]);
			book.measuresInto(new Float64Array(32), 3);
			expect([book.bestBid, book.bestAsk, book.mid, book.spread, book.microprice].every(Number.isFinite)).toBe(true);
			expect([book.lastPrice, book.lastTicks, book.filledLots]).toEqual([0.01, 1, 10]);
			expect([book.costToFill('buy', 1).complete, book.fillableLots(BUY, 5, 10)]).toEqual([true, 10]);
			expect([book.vwap('buy', 3), book.imbalance(5), book.costInTicks(BUY, 5)].every(Number.isFinite)).toBe(true);
			expect([book.lotsAt(BUY, -5000), book.ordersAt(BUY, -5000), book.bidLevels > 40]).toEqual([77, 1, true]);
			book.validate();
		}
		expect(here.memory.i32.length).toBe(before.length);
		expect(here.memory.i32.every((word, at) => word === before[at])).toBe(true);

		expect(() => source.dispose()).toThrow(FrozenError);
		expect(() => readers[0].thaw()).toThrow(FrozenError);
		readers[0].forEachLevel(BUY, () => expect(() => readers[0].dispose()).toThrow(ReentryError));
		readers[0].dispose();
		readers[0].dispose();
		expect(() => readers[0].size).toThrow(DisposedError);
		expect(() => source.thaw()).toThrow('2 threads have');
		readers[1].dispose();
		expect(() => source.thaw()).toThrow('1 thread has');
		readers[2].dispose();
		source.thaw();
		source.thaw();
		expect(source.frozen).toBe(false);
		expect(() => attach(handle, there)).toThrow(HandleError);
		source.add(1, BUY, -1, 1);
		source.validate();
		source.dispose();
		expect(balanced(here, there, third)).toEqual([0, 0, 0]);
	});

	test('every command is refused, by owner and reader, and a snapshot makes a book that can be changed', () => {
		const source = make(here, 100);
		const heard: number[] = [];
		source.listen({ cancelled: (low) => heard.push(low) });
		const handle = source.share('read');
		const reader = attach(handle, there);
		for (const book of [source, reader]) {
			const before = book.snapshot();
			const commands = [
				() => book.submit({ id: 500, side: 'buy', price: 1, quantity: 1 }),
				() => book.submit({ id: 500, side: 'buy', type: 'market', quantity: 1 }),
				() => book.reduce(1, 1),
				() => book.replace(1, { quantity: 1 }),
				() => book.cancel(1),
				() => book.cancelAll(),
				() => book.submitLimit(500, BUY, 1, 1),
				() => book.submitLimitWords(500, 0, BUY, 1, 1),
				() => book.submitMarket(500, BUY, 1),
				() => book.submitMarketWords(500, 0, BUY, 1),
				() => book.cancelWords(1, 0),
				() => book.reduceLots(1, 1),
				() => book.reduceLotsWords(1, 0, 1),
				() => book.replaceLots(1, 1, 1),
				() => book.replaceLotsWords(1, 0, 1, 1),
				() => book.add(500, BUY, 1, 1),
				() => book.addWords(500, 0, BUY, 1, 1),
				() => book.execute(1, 1),
				() => book.executeWords(1, 0, 1),
				() => book.delete(1),
				() => book.deleteWords(1, 0),
				() => book.replaceBy(1, 2, 1, 1),
				() => book.replaceByWords(1, 0, 2, 0, 1, 1),
				() => book.setLevel(BUY, 1, 1),
				() => book.adjustLevel(BUY, 1, 1),
				() => book.print(BUY, 1, 1),
				() => book.clear(),
				() => book.on('trade', () => {}),
				() => book.listen(null),
				() => book.journal(() => {}),
				() => book.reserve(10),
				() => book.share('move'),
			];
			for (const command of commands) expect(command, String(command)).toThrow(FrozenError);
			// Every other member asks the book something, and was thought of.
			const tried = commands.map((command) => /\bbook\.(\w+)/.exec(String(command))?.[1]);
			expect([...new Set([...tried, ...ASKING])].sort()).toEqual(MEMBERS);
			expect(() => book.cancel(1)).toThrow('restore() a snapshot()');
			expect(() => book.share('move')).toThrow('restore() a snapshot()');
			expect(book.snapshot()).toEqual(before);
			const copy = FluxOrderBook.restore(before, { heap: book.heap });
			expect([copy.cancel(1), copy.frozen, book.has(1)]).toEqual([true, false, true]);
			copy.dispose();
		}
		reader.dispose();
		source.thaw();
		// Who listened before listens still.
		source.cancel(1);
		expect(heard).toEqual([1]);
		source.dispose();
		expect(balanced(here, there)).toEqual([0, 0]);
	});

	test('it stays while others read it, also where its owner dropped it', async () => {
		const showAndDrop = () => make(here, 1000).share('read');
		const reader = attach(showAndDrop(), there);
		const before = tables(here);
		for (let turn = 0; turn < 4; turn++) {
			globalThis.gc?.();
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		expect([tables(here), reader.hash()]).toEqual([before, twin(1000).hash()]);
		reader.dispose();
	});

	test('one that is dropped is given back, and a reader that is dropped lets go', async () => {
		const moveAndDrop = () => make(here, 100).share('move');
		const moved = attach(moveAndDrop(), there);
		const kept = tables(here);
		const makeAndDrop = () => void make(here, 1000);
		makeAndDrop();
		const source = make(there, 10);
		const readAndDrop = () => void attach(source.share('read'), here);
		readAndDrop();
		expect(() => source.thaw()).toThrow(FrozenError);
		// A collector need not find both at once.
		for (let turn = 0; turn < 40 && (tables(here) > kept || source.frozen); turn++) {
			globalThis.gc?.();
			await new Promise((resolve) => setTimeout(resolve, 10));
			try {
				if (source.frozen) source.thaw();
			} catch (error) {
				if (!(error instanceof FrozenError)) throw error;
			}
		}
		expect([tables(here), source.frozen, moved.hash()]).toEqual([kept, false, twin(100).hash()]);
		moved.dispose();
		expect(balanced(here)).toEqual([0]);
		source.dispose();
		expect(balanced(here, there)).toEqual([0, 0]);
	});

	test('the owner disposes of it when nobody reads, and a reader that died or left is none', () => {
		const source = make(here, 10);
		const handle = source.share('read');
		const dying = attached();
		attach(handle, new Heap(dying));
		const leaving = new Heap(attached());
		attach(handle, leaving);
		expect(() => source.thaw()).toThrow('2 threads');
		leaving.dispose();
		arena.retire(dying.id);
		source.dispose();
		expect(() => attach(handle, there)).toThrow(HandleError);
		expect(balanced(here, there)).toEqual([0, 0]);
	});
});

test('it goes with its thread, unless it was moved or offered before', () => {
	const dying = new Heap(attached());
	const [moved, kept, read, unread, offered] = Array.from({ length: 5 }, () => make(dying, 2000));
	kept.cancel(1);
	const movedHandle = moved.share('move');
	const readHandle = read.share('read');
	const unreadHandle = unread.share('read');
	const offeredHandle = offered.share('move');
	const target = attach(movedHandle, there);
	const reader = attach(readHandle, there);
	const expected = twin(2000).hash();
	arena.retire(dying.arena.id);
	for (const book of [target, reader]) expect(book.hash()).toBe(expected);
	expect(() => attach(unreadHandle, there)).toThrow(OwnerDiedError);
	const late = attach(offeredHandle, there);
	expect(late.hash()).toBe(expected);
	fill(target, 2001, 4000);
	for (const book of [target, late, reader]) book.validate();
	here.validate();
	for (const book of [target, late, reader]) book.dispose();
	here.drain();
	expect(balanced(here, there)).toEqual([0, 0]);
});

test('books of a heap that ends, with the parts of an engine, leave nothing behind', () => {
	const heap = new Heap(attached());
	const engine = new MatchingEngine(make(heap, 100));
	engine.submit({ id: 900, side: 'buy', price: '1.00', quantity: 50, displayQuantity: 5 });
	heap.dispose();
	const dying = new Heap(attached());
	new MatchingEngine(make(dying, 100)).submit({
		id: 900,
		side: 'buy',
		type: 'market',
		quantity: 1,
		stopPrice: '900.00',
	});
	arena.retire(dying.arena.id);
	expect(balanced(here, there)).toEqual([0, 0]);
});

test('a book that finds no memory when it is made holds nothing', () => {
	const small = new Arena({ shared: true, maxBytes: 2 ** 21 });
	const heap = new Heap(small);
	const headers: number[] = [];
	try {
		for (;;) headers.push(heap.openHeader());
	} catch (error) {
		expect(error).toBeInstanceOf(OutOfMemoryError);
	}
	// Room for all that takes one line of memory, none for the header of a book.
	for (const header of headers.splice(0, 50)) heap.closeHeader(header);
	const before = tables(heap);
	expect(() => new FluxOrderBook({ heap })).toThrow(OutOfMemoryError);
	expect(tables(heap)).toBe(before);
	heap.validate();
	for (const header of headers) heap.closeHeader(header);
	make(heap, 10).dispose();
	expect(tables(heap)).toBe(0);
	small.dispose();
});

test('books that pass between threads, change and end at random lose nothing', () => {
	let seed = 5;
	const random = (below: number): number => {
		seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
		return Math.floor((seed / 2 ** 32) * below);
	};
	const heaps = [here, there, new Heap(attached())];
	const live: { book: FluxOrderBook; model: FluxOrderBook; heap: number }[] = [];
	let next = 1;
	for (let step = 0; step < runs(6000); step++) {
		if (live.length < 2 || (live.length < 12 && random(20) === 0)) {
			const heap = random(3);
			live.push({ book: make(heaps[heap]), model: twin(0), heap });
		}
		const index = random(live.length);
		const it = live[index];
		switch (random(10)) {
			case 0:
			case 1: {
				const heap = random(3);
				it.book = attach(it.book.share('move'), heaps[heap]);
				it.heap = heap;
				break;
			}
			case 2: {
				const readers = heaps.map((heap) => attach(it.book.share('read'), heap));
				for (const reader of readers) expect(reader.hash()).toBe(it.model.hash());
				for (const reader of readers) reader.dispose();
				it.book.thaw();
				break;
			}
			case 3:
				expect(it.book.hash()).toBe(it.model.hash());
				it.book.validate();
				if (random(5) === 0) {
					it.book.dispose();
					live.splice(index, 1);
				}
				break;
			case 4:
				if (random(10) === 0) {
					const dying = 1 + random(2);
					arena.retire(heaps[dying].arena.id);
					for (let each = live.length - 1; each >= 0; each--) if (live[each].heap === dying) live.splice(each, 1);
					heaps[dying] = new Heap(attached());
				}
				break;
			default:
				for (let count = random(60); count > 0; count--) {
					const id = next++ * (random(20) === 0 ? 100_000 : 1);
					const [side, ticks, lots, old] = [random(2), random(400) - 200, 1 + random(9), 1 + random(next)];
					const far = random(50) === 0 ? random(2 ** 30) : 0;
					for (const book of [it.book, it.model]) {
						book.submitLimit(id, side as 0 | 1, ticks + (side === 0 ? -far : far), lots, 0, lots % 3);
						book.cancel(old);
					}
				}
		}
	}
	for (const { book, model } of live) {
		expect(book.hash()).toBe(model.hash());
		book.validate();
		book.dispose();
	}
	expect(balanced(...heaps)).toEqual([0, 0, 0]);
});

test('the header of a book on a shared heap holds what it was made with', () => {
	const book = make(here) as unknown as { book: number; orderPool: number; branchRing: number };
	const { i32 } = here.memory;
	expect(i32[book.book + words.SHARES]).toBe(book.orderPool);
	expect(i32[book.book + words.SHARES + 5]).toBe(book.branchRing);
	expect(words.TICK_SIZE).toBeGreaterThanOrEqual(words.SHARES + 6);
	expect(words.LOT_SIZE).toBe(words.TICK_SIZE + words.STEP_WORDS);
	expect(words.LOT_SIZE + words.STEP_WORDS).toBeLessThanOrEqual(words.SHARED_BOOK_WORDS);
});
