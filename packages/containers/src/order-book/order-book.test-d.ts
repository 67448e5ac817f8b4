import { struct, u8 } from '@flux/core';
import { describe, expectTypeOf, test } from 'vitest';
import type { ContainerHandle } from '../list/list.js';
import { FluxQueue } from '../queue/queue.js';
import { MatchingEngine } from './engine/matching-engine.js';
import { EventRecord, writeEvents } from './event-records.js';
import { type BookDepth, BUY, FluxOrderBook, type OrderId, type RestingOrder, type TradeEvent } from './order-book.js';
import { TextIdOrders } from './text-ids.js';

const book = new FluxOrderBook({ tickSize: '0.01', lotSize: 1, selfTrade: 'cancel-newest' });

describe('a book', () => {
	test('takes orders of two kinds', () => {
		book.submit({ id: 1, side: 'buy', price: '101.25', quantity: 10 });
		book.submit({ id: 1n, side: 'sell', price: 101.25, quantity: '10', timeInForce: 'IOC', owner: 7 });
		book.submit({ id: 1, side: 'buy', type: 'market', quantity: 10, timeInForce: 'FOK' });
		// @ts-expect-error: a limit order has a price
		book.submit({ id: 1, side: 'buy', quantity: 10 });
		// @ts-expect-error: a market order has none
		book.submit({ id: 1, side: 'buy', type: 'market', price: 1, quantity: 10 });
		// @ts-expect-error: it cannot wait
		book.submit({ id: 1, side: 'buy', type: 'market', quantity: 10, timeInForce: 'GTC' });
		// @ts-expect-error: no such side
		book.submit({ id: 1, side: 'bid', price: 1, quantity: 10 });
		// @ts-expect-error: no such id
		book.submit({ id: 'one', side: 'buy', price: 1, quantity: 10 });
	});

	test('goes to other threads by a handle of its own kind', () => {
		const handle = book.share('move');
		expectTypeOf(handle).toEqualTypeOf<ContainerHandle<'FluxOrderBook'>>();
		expectTypeOf(FluxOrderBook.attach(handle, { heap: book.heap })).toEqualTypeOf<FluxOrderBook>();
		expectTypeOf(book.frozen).toEqualTypeOf<boolean>();
		// @ts-expect-error: no such mode
		book.share('lend');
		// @ts-expect-error: the heap of the thread has to be given
		FluxOrderBook.attach(handle, {});
		const list = {} as ContainerHandle<'FluxList'>;
		// @ts-expect-error: a handle of a list
		FluxOrderBook.attach(list, { heap: book.heap });
	});

	test('takes ticks and lots in its hot calls', () => {
		expectTypeOf(book.submitLimit(1, BUY, 10_125, 10)).toEqualTypeOf<number>();
		expectTypeOf(book.cancel(1n)).toEqualTypeOf<boolean>();
		// @ts-expect-error: decimals are for submit
		book.submitLimit(1, BUY, '101.25', 10);
		// @ts-expect-error: no such side
		book.submitLimit(1, 2, 10_125, 10);
	});

	test('tells of events by name', () => {
		book.on('trade', (trade) => expectTypeOf(trade).toEqualTypeOf<TradeEvent>());
		expectTypeOf(book.on('top', ({ bid }) => bid?.price)).toEqualTypeOf<() => void>();
		// @ts-expect-error: no such event
		book.on('trades', () => {});
		book.listen({ trade: (makerLow: number) => makerLow });
		// @ts-expect-error: no such event
		book.listen({ trades: () => {} });
	});

	test('gives prices that may not be there', () => {
		expectTypeOf(book.bestBid).toEqualTypeOf<number | undefined>();
		expectTypeOf(book.order(1)).toEqualTypeOf<RestingOrder | undefined>();
		expectTypeOf(book.order(1)?.id).toEqualTypeOf<OrderId | undefined>();
		expectTypeOf(book.depth()).toEqualTypeOf<BookDepth>();
		expectTypeOf(FluxOrderBook.restore(book.snapshot())).toEqualTypeOf<FluxOrderBook>();
		// @ts-expect-error: it is read
		book.bestBid = 1;
		// @ts-expect-error: no such option
		new FluxOrderBook({ tick: '0.01' });
	});
});

describe('an engine', () => {
	const engine = new MatchingEngine(book);

	test('takes every kind of order', () => {
		engine.submit({ id: 1, side: 'buy', price: '101.25', quantity: 10, displayQuantity: 2, day: true });
		engine.submit({ id: 1, side: 'buy', type: 'market', notional: '1000' });
		engine.submit({ id: 1, side: 'sell', type: 'market', quantity: 5, trail: '0.5', cancels: 2n });
		expectTypeOf(engine.submit({ id: 1, side: 'sell', price: 1, quantity: 1 }).waiting).toEqualTypeOf<boolean>();
		// @ts-expect-error: an amount, or a quantity
		engine.submit({ id: 1, side: 'buy', type: 'market', notional: '1000', quantity: 1 });
		// @ts-expect-error: a limit order has a quantity
		engine.submit({ id: 1, side: 'buy', price: 1, notional: '1000' });
		// @ts-expect-error: true or false
		engine.submit({ id: 1, side: 'buy', price: 1, quantity: 1, hidden: 1 });
		// @ts-expect-error: no such term
		engine.submit({ id: 1, side: 'buy', price: 1, quantity: 1, iceberg: 1 });
	});

	test('has texts for ids through an adapter', () => {
		const orders = new TextIdOrders(engine);
		orders.submit({ id: 'a', side: 'buy', price: 1, quantity: 1, cancels: 'b', hidden: true });
		orders.on('trade', ({ maker }) => expectTypeOf(maker).toEqualTypeOf<string | undefined>());
		orders.on('cancelled', ({ id }) => expectTypeOf(id).toEqualTypeOf<string>());
		// @ts-expect-error: numbers are for the engine itself
		orders.submit({ id: 1, side: 'buy', price: 1, quantity: 1 });
		// @ts-expect-error: a book hides nothing
		new TextIdOrders(book).submit({ id: 'a', side: 'buy', price: 1, quantity: 1, hidden: true });
	});

	test('has events as records', () => {
		const queue = new FluxQueue(EventRecord);
		book.listen(writeEvents(book, queue, { kinds: ['trade'] }));
		expectTypeOf(queue.front.kind).toEqualTypeOf<number>();
		// @ts-expect-error: no queue of events
		writeEvents(book, new FluxQueue(struct({ id: u8 })));
		// @ts-expect-error: no such event
		writeEvents(book, queue, { kinds: ['trades'] });
	});
});
