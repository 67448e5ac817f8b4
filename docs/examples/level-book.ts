/**
 * A book of levels as crypto exchanges send it, and as ccxt hands it out: a snapshot, then updates with sequence numbers.
 *
 * Prices and sizes are decimal texts, converted exactly. A gap in the numbers is told, and the book asks for a new snapshot.
 */
import { FluxOrderBook, LevelFeed } from '@flux/containers';

const book = new FluxOrderBook({ tickSize: '0.01', lotSize: '0.00000001' });
const feed = new LevelFeed(book, { onProblem: ({ reason, detail }) => console.log(`${reason}: ${detail}`) });

feed.snapshot({
	bids: [
		['60000.01', '0.5'],
		['59999.50', '2'],
	],
	asks: [['60000.05', '0.25']],
	sequence: 41,
});
feed.update(
	[
		['buy', '60000.02', '0.75'], // the size at a price, not what was added
		['sell', '60000.05', '0'], // 0: the level is gone
		['sell', '60000.10', '1.5'],
	],
	{ sequence: 42 },
);
console.log(book.bestBid, book.bestAsk, book.spread, feed.valid);

feed.update([['buy', '60000.01', '0']], { sequence: 44 });
console.log(feed.valid);
book.dispose();

/* prints
60000.02 60000.1 0.08 true
gap: update 44 follows 43, and the last one was 42
false
*/
