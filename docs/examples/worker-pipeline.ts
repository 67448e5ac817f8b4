/**
 * A pipeline of threads: the events of an order book go through a broadcast queue to a strategy and to a journal, each of
 * which gets every one, and the top of the book into a cell, from which anybody takes the latest.
 *
 * Both consumers run in this thread here, so that the example is one file. In a program each is the main function of a
 * worker, which gets its handle by `postMessage`; nothing else changes.
 */
import {
	type BroadcastHandle,
	EVENT_KINDS,
	EventRecord,
	FluxCell,
	FluxOrderBook,
	FluxQueue,
	writeEvents,
} from '@flux/containers';
import { f64, i32, struct } from '@flux/core';

const { accepted: ACCEPTED, trade: TRADE } = EVENT_KINDS;
const Top = struct({ bid: i32, bidLots: f64, ask: i32, askLots: f64 });

/** Looks at trades alone, by a live view: no garbage. */
async function strategy(handle: BroadcastHandle): Promise<string> {
	const events = FluxQueue.attach(EventRecord, handle);
	let trades = 0;
	let lots = 0;
	while (await events.waitAsync()) {
		events.drain((event) => {
			if (event.kind !== TRADE) return;
			trades++;
			lots += event.lots;
		});
	}
	events.dispose();
	return `strategy: ${trades} trade(s) of ${lots} lots`;
}

/** Writes every event down, as copies, and knows how much is open. */
async function journal(handle: BroadcastHandle): Promise<string> {
	const events = FluxQueue.attach(EventRecord, handle);
	const lines: string[] = [];
	let open = 0;
	for await (const { number, kind, idLow, ticks, lots } of events) {
		lines.push([number, kind, idLow, ticks, lots].join(' '));
		open += kind === ACCEPTED ? lots : kind === TRADE ? -2 * lots : -lots;
	}
	events.dispose();
	return `journal: ${lines.length} events, the last ${lines.at(-1)}; ${open} lots open`;
}

// The thread of the book. push() would wait for the slowest consumer: what a journal needs.
const events = FluxQueue.broadcast(EventRecord, { capacity: 65_536, consumers: 2 });
const top = new FluxCell(Top);
const book = new FluxOrderBook({ tickSize: '0.01', lotSize: '1' });
book.listen(
	writeEvents(book, events, {
		kinds: ['accepted', 'trade', 'cancelled'],
		next: { top: (bid, bidLots, ask, askLots) => top.emplace(bid, bidLots, ask, askLots) },
	}),
);

// Each gets what is pushed from its subscription on, whenever it begins.
const done = [strategy(events.subscribe()), journal(events.subscribe())];
book.submitLimit(1, 1, 10_130, 20);
book.submitLimit(2, 1, 10_125, 6);
book.submitLimit(3, 0, 10_125, 10);
book.cancel(3);
events.close();

for (const line of await Promise.all(done)) console.log(line);
console.log(FluxCell.attach(Top, top.share()).load());

/* prints
strategy: 1 trade(s) of 6 lots
journal: 5 events, the last 5 4 3 10125 4; 20 lots open
{ bid: 0, bidLots: 0, ask: 10130, askLots: 20 }
*/
