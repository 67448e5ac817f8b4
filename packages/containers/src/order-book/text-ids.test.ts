import { randomUUID } from 'node:crypto';
import { Arena, ArgumentError, char, f64, Heap, SnapshotError, struct } from '@flux/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FluxHashMap } from '../hash-map/hash-map.js';
import { MatchingEngine } from './engine/matching-engine.js';
import { FluxOrderBook } from './order-book.js';
import { TextIdOrders, TextIds } from './text-ids.js';

let heap: Heap;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 25 }));
});
afterEach(() => heap.dispose());

describe('text ids', () => {
	test('stand for numbers, which are never the same twice', () => {
		const ids = new TextIds({ heap });
		const texts = Array.from({ length: 2000 }, () => randomUUID());
		for (const [at, text] of texts.entries()) expect(ids.add(text)).toBe(at + 1);
		for (const [at, text] of texts.entries()) {
			expect([ids.add(text), ids.idOf(text), ids.textOf(at + 1)]).toEqual([at + 1, at + 1, text]);
			if (at % 2 === 0) expect([ids.delete(at + 1), ids.delete(at + 1)]).toEqual([true, false]);
		}
		expect([ids.size, ids.idOf(texts[0]), ids.add(texts[0]), ids.textOf(1)]).toEqual([
			1000,
			undefined,
			2001,
			undefined,
		]);
		for (const wrong of ['', 7, undefined]) expect(() => ids.add(wrong as never)).toThrow(ArgumentError);
		expect(() => ids.add('x'.repeat(37))).toThrow();
		expect(() => new TextIds({ heap, length: 0 })).toThrow(ArgumentError);
		ids.dispose();
	});
});

describe('a snapshot of text ids', () => {
	test('brings texts back by their numbers, with those of an engine', () => {
		const engine = new MatchingEngine(new FluxOrderBook({ heap }));
		const orders = new TextIdOrders(engine);
		for (const id of ['a', 'b', 'c']) orders.submit({ id, side: 'sell', price: 10, quantity: 5, hidden: id === 'b' });
		orders.cancel('c');
		const bytes = orders.ids.snapshot();
		expect([orders.ids.snapshot(), orders.ids.size]).toEqual([bytes, 2]);
		const again = new TextIdOrders(MatchingEngine.restore(engine.snapshot(), { heap }), {
			ids: TextIds.restore(bytes, { heap }),
		});
		const told: unknown[] = [];
		again.on('trade', ({ maker, taker, quantity }) => told.push([maker, taker, quantity]));
		again.submit({ id: 'd', side: 'buy', price: 10, quantity: 8 });
		expect(told).toEqual([
			['a', 'd', 5],
			['b', 'd', 3],
		]);
		// Numbers of texts that are gone are given to no other.
		expect([again.openOf('b'), again.has('a'), again.ids.size, again.ids.add('e')]).toEqual([2, false, 1, 5]);
		again.dispose();
		const none = new TextIds({ heap });
		expect(TextIds.restore(none.snapshot(), { heap }).add('x')).toBe(1);
		const live = () => heap.stats().pools.reduce((sum, pool) => sum + pool.live, 0);
		const before = live();
		expect(() => TextIds.restore(bytes, { heap, length: 20 })).toThrow(SnapshotError);
		expect(() => TextIds.restore(bytes.subarray(4), { heap })).toThrow(SnapshotError);
		const strange = new FluxHashMap(char(36), struct({ id: f64 }), { heap });
		for (const ids of [{ x: 2, '': 1 }, { x: 0.5, '': 1 }, { x: 1, y: 1, '': 1 }, { x: 1 }]) {
			strange.clear();
			for (const [text, id] of Object.entries(ids)) strange.set(text, { id });
			expect(() => TextIds.restore(strange.snapshot(), { heap }), JSON.stringify(ids)).toThrow(SnapshotError);
		}
		strange.dispose();
		expect(live()).toBe(before);
		expect(() => new TextIdOrders(engine, { ids: 5 as never })).toThrow(ArgumentError);
	});
});

describe('orders with text ids', () => {
	test('are kept as long as they are there', () => {
		const book = new FluxOrderBook({ heap });
		const orders = new TextIdOrders(book);
		const told: unknown[] = [];
		orders.on('trade', ({ maker, taker, quantity }) => told.push([maker, taker, quantity]));
		orders.on('rejected', ({ id, reason }) => told.push([id, reason]));
		orders.on('cancelled', ({ id, reason }) => told.push([id, reason]));
		orders.submit({ id: 'a', side: 'sell', price: 10, quantity: 5 });
		expect(orders.submit({ id: 'a', side: 'sell', price: 10, quantity: 5 }).reason).toBe('duplicate-id');
		orders.submit({ id: 'b', side: 'buy', price: 10, quantity: 2 });
		expect([orders.order('a'), orders.openOf('a'), orders.has('b'), orders.ids.size]).toEqual([
			{ id: 'a', side: 'sell', price: 10, quantity: 3, owner: 0 },
			3,
			false,
			1,
		]);
		expect(orders.replace('a', { quantity: 2 }).open).toBe(2);
		expect(orders.reduce('a', 1).open).toBe(1);
		expect([orders.cancel('a'), orders.cancel('a'), orders.ids.size]).toEqual([true, false, 0]);
		expect(() => orders.submit({ id: 'c', side: 'sell', price: 'x', quantity: 5 })).toThrow(ArgumentError);
		expect([orders.ids.size, orders.cancelAll()]).toEqual([0, 0]);
		expect(told).toEqual([
			['a', 'duplicate-id'],
			['a', 'b', 2],
			['a', 'requested'],
			['a', 'unknown-id'],
		]);
	});

	test('of an engine may cancel each other, wait, and expire', () => {
		const engine = new MatchingEngine(new FluxOrderBook({ heap }));
		const orders = new TextIdOrders(engine);
		const told: unknown[] = [];
		orders.on('expired', ({ id }) => told.push(id));
		orders.submit({ id: 'take', side: 'sell', price: 12, quantity: 5, expires: 9 });
		expect(
			orders.submit({ id: 'stop', side: 'sell', type: 'market', quantity: 5, stopPrice: 8, cancels: 'take' }),
		).toMatchObject({ waiting: true });
		expect([orders.openOf('stop'), orders.has('stop'), orders.ids.size]).toEqual([5, true, 2]);
		engine.advance(9);
		expect(told).toEqual(['take']);
		// Forgotten with the next command, because the clock is the engine's.
		orders.cancel('none');
		expect([orders.has('stop'), orders.ids.size]).toEqual([false, 0]);
		expect(orders.submit({ id: 'x', side: 'sell', price: 12, quantity: 5, cancels: 'none' }).reason).toBe('unknown-id');
		expect(orders.ids.size).toBe(0);
		expect(() => new TextIdOrders({} as never)).toThrow(ArgumentError);
		expect(() => orders.submit(null as never)).toThrow(ArgumentError);
		orders.dispose();
		engine.book.add(5, 'buy', 1, 1);
	});
});
