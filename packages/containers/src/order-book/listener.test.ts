import { Arena, ArgumentError, Heap, ReentryError } from '@flux/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thrownBy } from '../soak.testing.js';
import { type BookListener, BUY, FluxOrderBook, SELL } from './order-book.js';

let heap: Heap;
let book: FluxOrderBook;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
	book = new FluxOrderBook({ heap, tickSize: '0.01', lotSize: '1' });
});
afterEach(() => {
	book.dispose();
	heap.dispose();
});

describe('listeners', () => {
	test('cannot give commands', () => {
		const errors: unknown[] = [];
		const commands = [
			() => book.submitLimit(9, BUY, 1, 1),
			() => book.submitMarket(9, BUY, 1),
			() => book.submit({ id: 9, side: 'buy', price: 1, quantity: 1 }),
			() => book.cancel(1),
			() => book.reduceLots(1, 1),
			() => book.replaceLots(1, 1, 1),
			() => book.replace(1, { price: 1 }),
			() => book.cancelAll(),
			() => book.add(9, 'buy', 1, 1),
			() => book.execute(1, 1),
			() => book.replaceBy(1, 2, 1, 1),
			() => book.setLevel('buy', 1, 1),
			() => book.clear(),
			() => book.dispose(),
			() => book.listen(null),
			() => book.reserve(10),
			() => book.on('top', () => {}),
		];
		book.on('accepted', () => {
			for (const command of commands) errors.push(thrownBy(command));
		});
		book.submitLimit(1, SELL, 5, 5);
		expect(errors.length).toBe(commands.length);
		for (const error of errors) expect(error).toBeInstanceOf(ReentryError);
		expect(book.size).toBe(1);
		book.validate();
	});

	test('what they throw is thrown when the command is done', () => {
		book.submitLimit(1, SELL, 5, 5);
		const after: string[] = [];
		book.on('trade', () => {
			throw new Error('mine');
		});
		book.on('trade', () => after.push('the next handler'));
		book.on('top', () => after.push('top'));
		expect(() => book.submitLimit(2, BUY, 5, 7)).toThrow('mine');
		expect(after).toEqual(['the next handler', 'top']);
		expect(book.lotsOf(2)).toBe(2);
		book.validate();
	});

	test('positional ones hear what they had functions for, as methods of their object', () => {
		class Volume {
			lots = 0;
			trade(...[, , , , , , lots]: Parameters<NonNullable<BookListener['trade']>>): void {
				this.lots += lots;
			}
		}
		const volume: Volume & BookListener = new Volume();
		book.listen(volume);
		volume.level = () => {
			throw new Error('it came later, and is not heard');
		};
		book.submitLimit(1, SELL, 10, 5);
		book.submitLimit(2, BUY, 10, 3);
		book.replaceLots(1, 11, 9);
		expect(book.cancel(7)).toBe(false);
		book.cancel(1);
		book.clear();
		expect(volume.lots).toBe(3);
		delete volume.level;
		// With a handler beside it, too.
		const off = book.on('trade', () => {});
		book.submitLimit(1, SELL, 10, 5);
		book.submitLimit(2, BUY, 10, 1);
		off();
		book.submitLimit(3, BUY, 10, 1);
		expect(volume.lots).toBe(5);
		// @ts-expect-error: what is called is a function.
		const wrong: BookListener = { top: 'of the book' };
		expect(() => book.listen(wrong)).toThrow(ArgumentError);
		book.submitLimit(4, BUY, 10, 1);
		expect(volume.lots).toBe(6);
	});

	test('come and go, positional ones first', () => {
		const calls: string[] = [];
		const listener = {
			count: 0,
			accepted(this: { count: number }) {
				this.count++;
				calls.push('positional');
			},
		};
		const off = book.on('accepted', () => {
			calls.push('handler');
			off();
		});
		book.listen(listener);
		book.submitLimit(1, BUY, 1, 1);
		book.submitLimit(2, BUY, 1, 1);
		expect(calls).toEqual(['positional', 'handler', 'positional']);
		expect(listener.count).toBe(2);
		off();
		book.listen(null);
		book.submitLimit(3, BUY, 1, 1);
		expect(calls.length).toBe(3);
		expect(book.sequence).toBe(3);
	});

	test('hear the same whether ids are numbers, bigints or words', () => {
		const ids: unknown[] = [];
		book.on('accepted', ({ id }) => ids.push(id));
		book.submitLimit(2 ** 53 - 1, BUY, 1, 1);
		book.submitLimit(2n ** 53n, BUY, 1, 1);
		book.submitLimitWords(-1, -1, BUY, 1, 1);
		book.submitLimitWords(2 ** 32 - 1, 0, BUY, 1, 1);
		expect(ids).toEqual([2 ** 53 - 1, 2n ** 53n, 2n ** 64n - 1n, 2 ** 32 - 1]);
		expect(book.cancel(2n ** 64n - 1n)).toBe(true);
		expect(book.cancelWords(-1, 0)).toBe(true);
	});
});
