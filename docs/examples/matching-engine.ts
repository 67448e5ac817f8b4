/**
 * A matching engine: limit orders by price and time, a stop order that a trade sets off, and the events a venue would publish.
 */
import { FluxOrderBook, MatchingEngine } from '@flux/containers';

const book = new FluxOrderBook({ tickSize: '0.01', lotSize: '1' });
const engine = new MatchingEngine(book);

book.on('trade', ({ maker, taker, price, quantity }) =>
	console.log(`trade ${quantity} at ${price}: ${taker} took ${maker}`),
);
engine.onTriggered(({ id, result }) => console.log(`stop order ${id} went in, and filled ${result.filled}`));

engine.submit({ id: 1, side: 'sell', price: '101.25', quantity: 6 });
engine.submit({ id: 2, side: 'sell', price: '101.30', quantity: 20 });
engine.submit({ id: 3, side: 'buy', type: 'market', quantity: 5, stopPrice: '101.25' }); // waits for a trade at 101.25
engine.submit({ id: 4, side: 'buy', price: '101.25', quantity: 10 });

console.log(`best ${book.bestBid} / ${book.bestAsk}, ${engine.waiting} waiting`);
engine.dispose();
book.dispose();

/* prints
trade 6 at 101.25: 4 took 1
trade 5 at 101.3: 3 took 2
stop order 3 went in, and filled 5
best 101.25 / 101.3, 0 waiting
*/
