import { Arena, ArgumentError, Heap, SnapshotError } from '@flux/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FluxOrderBooks } from './order-books.js';

let heap: Heap;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 27 }));
});
afterEach(() => heap.dispose());

test('thousands of books stand in one arena, each by itself', () => {
	const books = new FluxOrderBooks({ heap, tickSize: '0.01' });
	const COUNT = 3000;
	const used = () => heap.arena.stats().used;
	const before = used();
	for (let at = 0; at < COUNT; at++) expect(books.numberOf(books.open(`S${at}`) && `S${at}`)).toBe(at);
	expect((used() - before) / COUNT).toBeLessThan(900);
	for (let at = 0; at < COUNT; at++) {
		const book = books.at(at);
		for (let id = 1; id <= 10; id++)
			book?.submitLimit(id, id % 2 === 0 ? 'buy' : 'sell', id % 2 === 0 ? at - id : at + id, 5);
	}
	expect((used() - before) / COUNT).toBeLessThan(4096);
	expect([books.size, books.orders]).toEqual([COUNT, COUNT * 10]);
	for (let at = 0; at < COUNT; at += 97) {
		const book = books.get(`S${at}`);
		expect([book?.bestBidTicks, book?.bestAskTicks, books.symbolOf(at)]).toEqual([at - 2, at + 1, `S${at}`]);
	}
	for (let at = 0; at < COUNT; at++) if (at % 3 !== 0) expect(books.close(`S${at}`)).toBe(true);
	expect([books.size, books.orders, books.at(1), books.close('S1')]).toEqual([
		COUNT / 3,
		(COUNT / 3) * 10,
		undefined,
		false,
	]);
	books.get('S3')?.validate();
	books.dispose();
	expect(heap.stats().pools.every(({ live }) => live === 0)).toBe(true);
});

test('events come with the number of their book, in books that come later as well', () => {
	const books = new FluxOrderBooks({ heap });
	const told: unknown[] = [];
	books.open('A');
	books.listen({ trade: (book, maker, _m, taker) => told.push([books.symbolOf(book), maker, taker]) });
	for (const symbol of ['A', 'B']) {
		books.of(symbol).submitLimit(1, 'sell', 10, 5);
		books.of(symbol).submitLimit(2, 'buy', 10, 5);
	}
	books.listen(null);
	books.of('A').submitLimit(1, 'sell', 10, 5);
	books.of('A').submitLimit(2, 'buy', 10, 5);
	expect(told).toEqual([
		['A', 1, 2],
		['B', 1, 2],
	]);
	expect([...books].map(([symbol, book]) => [symbol, book.size])).toEqual([
		['A', 0],
		['B', 0],
	]);
});

test('a snapshot keeps symbols, numbers and books', () => {
	const books = new FluxOrderBooks({ heap });
	for (const symbol of ['A', 'BÄRE', 'C', 'D']) books.open(symbol, { tickSize: '0.5' }).submitLimit(1, 'sell', 10, 5);
	books.close('A');
	books.close('C');
	const bytes = books.snapshot();
	const copy = FluxOrderBooks.restore(bytes, { heap });
	expect([copy.hash(), copy.symbols(), copy.numberOf('D')]).toEqual([books.hash(), ['BÄRE', 'D'], 3]);
	expect([copy.get('D')?.tickSize, copy.get('D')?.bestAsk]).toEqual(['0.5', 5]);
	for (const each of [books, copy]) {
		each.open('E');
		each.open('F');
		each.open('G');
		expect(['E', 'F', 'G'].map((symbol) => each.numberOf(symbol))).toEqual([0, 2, 4]);
	}
	expect(copy.snapshot()).toEqual(books.snapshot());
	for (let bit = 0; bit < bytes.length * 8; bit += 61) {
		const bad = bytes.slice();
		bad[bit >> 3] ^= 1 << (bit & 7);
		expect(() => FluxOrderBooks.restore(bad, { heap })).toThrow(SnapshotError);
	}
	copy.dispose();
	books.dispose();
	expect(heap.stats().pools.every(({ live }) => live === 0)).toBe(true);
});

test('mistakes throw', () => {
	const books = new FluxOrderBooks({ heap });
	books.open('A');
	for (const symbol of ['A', '', 7]) expect(() => books.open(symbol as never)).toThrow(ArgumentError);
	expect(() => books.open('B', { tickSize: 0 })).toThrow(ArgumentError);
	expect(() => books.listen(1 as never)).toThrow(ArgumentError);
	expect(() => new FluxOrderBooks({ tick: 1 } as never)).toThrow(ArgumentError);
	expect([books.size, books.has('B'), books.empty]).toEqual([1, false, false]);
	books.dispose();
	books.dispose();
	expect(() => books.open('A')).toThrow('disposed');
});
