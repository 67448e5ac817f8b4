import { Arena, ArgumentError, Heap } from '@flux/core';
import { expect, test } from 'vitest';
import { type BookListener, BUY, FluxOrderBook, SELL } from './order-book.js';

test('a positional listener hears what it had functions for, as methods of its object', () => {
	using heap = new Heap(new Arena({ maxBytes: 2 ** 24 }));
	using book = new FluxOrderBook({ heap });
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
