/**
 * A venue: an iceberg and a hidden order, a stop order that a trade sets off, the events that are published, and a journal
 * from which the same venue comes back.
 */
import { FluxOrderBook, MatchingEngine } from '@flux/containers';

const book = new FluxOrderBook({ tickSize: '0.01', lotSize: '1' });
const engine = new MatchingEngine(book);
const journal: Uint8Array[] = [];
engine.journal((bytes) => journal.push(bytes.slice()));

book.on('trade', ({ maker, taker, price, quantity }) =>
	console.log(`trade ${quantity} at ${price}: ${taker} took ${maker}`),
);
book.on('displayed', ({ id, quantity }) => console.log(`iceberg order ${id} shows ${quantity}`));
book.on('triggered', ({ id }) => console.log(`stop order ${id} goes in`));

engine.submit({ id: 1, side: 'sell', price: '101.25', quantity: 6, displayQuantity: 4 });
engine.submit({ id: 2, side: 'sell', price: '101.30', quantity: 20 });
engine.submit({ id: 3, side: 'sell', price: '101.25', quantity: 1, hidden: true });
engine.submit({ id: 4, side: 'buy', type: 'market', quantity: 5, stopPrice: '101.25' }); // waits for a trade at 101.25
engine.submit({ id: 5, side: 'buy', price: '101.25', quantity: 10 });

console.log(`best ${book.bestBid} / ${book.bestAsk}, ${engine.waiting} waiting`);
const { engine: again, commands } = MatchingEngine.replay(Buffer.concat(journal));
console.log(`${commands} commands again: ${again.hash() === engine.hash() ? 'the same' : 'another'} venue`);
for (const each of [engine, again]) {
	each.dispose();
	each.book.dispose();
}

/* prints
iceberg order 1 shows 4
trade 4 at 101.25: 5 took 1
iceberg order 1 shows 2
trade 2 at 101.25: 5 took 1
trade 1 at 101.25: 5 took 3
stop order 4 goes in
trade 5 at 101.3: 4 took 2
best 101.25 / 101.3, 0 waiting
5 commands again: the same venue
*/
