import { Arena, Heap, OutOfMemoryError } from '@flux/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thrownBy } from '../../soak.testing.js';
import { FluxOrderBook } from '../order-book.js';
import { type EngineOrder, MatchingEngine } from './matching-engine.js';

/** What a full arena does to orders that a trade sets off: none is lost without a word. */

let heap: Heap;
let book: FluxOrderBook;
let engine: MatchingEngine;
let filler: FluxOrderBook;
let ended: unknown[];
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 19 }));
	book = new FluxOrderBook({ heap });
	filler = new FluxOrderBook({ heap });
	engine = new MatchingEngine(book);
	ended = [];
	book.on('cancelled', ({ id, reason }) => ended.push([id, reason]));
});
afterEach(() => heap.dispose());

const submit = (id: number, side: 'buy' | 'sell', price: number, quantity: number, more: object = {}) =>
	engine.submit({ id, side, price, quantity, ...more } as EngineOrder);
const market = (id: number, side: 'buy' | 'sell', more: object) =>
	engine.submit({ id, side, type: 'market', ...more } as EngineOrder);

/** Takes all memory, with prices far from each other. */
function fill(): void {
	let id = 1;
	const error = thrownBy(() => {
		for (; ; id++) filler.add(id, 'sell', id * 100_000, 1);
	});
	expect(error).toBeInstanceOf(OutOfMemoryError);
}

/** Gives it back. */
function check(): void {
	engine.validate();
	filler.clear();
	engine.validate();
}

describe('in a full arena', () => {
	test.each([1, 2])('an order that cannot follow the market is cancelled, the trade goes on: %i of them', (count) => {
		submit(1, 'sell', 1_000_000, 10);
		for (let id = 10; id < 10 + count; id++)
			expect(market(id, 'sell', { quantity: 1, trail: 300_000 * id, stopPrice: -50_000_000 - id }).waiting).toBe(true);
		fill();
		expect(market(2, 'buy', { quantity: 4 }).filled).toBe(4);
		expect(book.lotsOf(1)).toBe(6);
		const cancelled = ended.filter((event) => (event as string[])[1] === 'no-memory');
		expect(cancelled.length).toBeGreaterThan(0);
		expect(cancelled.length + engine.waiting).toBe(count);
		check();
	});

	test('a stop order that cannot go in is cancelled', () => {
		submit(1, 'sell', 1_000_000, 10);
		// They wait for one price, which gives back one level, and go in at many.
		for (let id = 10; id < 20; id++)
			expect(submit(id, 'buy', -5_000_000 * id, 5, { stopPrice: 900_000 }).waiting).toBe(true);
		fill();
		expect(market(2, 'buy', { quantity: 4 }).filled).toBe(4);
		expect(ended.length).toBeGreaterThan(5);
		for (const [id, reason] of ended as [number, string][])
			expect([reason, engine.has(id), book.has(id)]).toEqual(['no-memory', false, false]);
		expect([ended.length + book.size, engine.waiting]).toEqual([11, 0]);
		check();
	});

	test('a stop order stays as it was where it cannot be moved', () => {
		expect(submit(11, 'buy', 5, 5, { stopPrice: 900_000 }).waiting).toBe(true);
		fill();
		expect(thrownBy(() => engine.replace(11, { stopPrice: 88_000_000, quantity: 3 }))).toBeInstanceOf(OutOfMemoryError);
		expect([engine.openOf(11), engine.waiting]).toEqual([5, 1]);
		check();
	});
});
