/**
 * A feed handler: NASDAQ TotalView-ITCH 5.0 messages, straight from bytes into an order book.
 *
 * A real program reads the bytes from a file or a socket, in pieces cut anywhere; here three messages are written by hand.
 */
import { ItchFeed } from '@flux/containers';

/** A message behind its length, both big-endian: how ITCH files are framed. */
function framed(
	length: number,
	type: string,
	fill: (view: DataView, text: (at: number, value: string) => void) => void,
): Uint8Array {
	const bytes = new Uint8Array(2 + length);
	const view = new DataView(bytes.buffer, 2);
	const text = (at: number, value: string): void => bytes.set(new TextEncoder().encode(value), 2 + at);
	new DataView(bytes.buffer).setUint16(0, length);
	text(0, type);
	view.setUint16(1, 7); // the locate code of the symbol
	fill(view, text);
	return bytes;
}

const addOrder = (reference: bigint, side: 'B' | 'S', shares: number, price: number): Uint8Array =>
	framed(36, 'A', (view, text) => {
		view.setBigUint64(11, reference);
		text(19, side);
		view.setUint32(20, shares);
		text(24, 'AAPL    ');
		view.setUint32(32, price); // in units of 0.0001
	});
const executed = (reference: bigint, shares: number): Uint8Array =>
	framed(31, 'E', (view) => {
		view.setBigUint64(11, reference);
		view.setUint32(19, shares);
	});

const feed = new ItchFeed({ onProblem: ({ reason, type }) => console.error(`message ${type}: ${reason}`) });
const day = [addOrder(1n, 'B', 300, 1_012_500), addOrder(2n, 'S', 200, 1_013_000), executed(1n, 100)];
for (const message of day) {
	feed.push(message.subarray(0, 5)); // as a network would cut it
	feed.push(message.subarray(5));
}

const book = feed.book('AAPL');
console.log(feed.messages, feed.problems);
console.log(book?.depth(1));
feed.dispose();

/* prints
3 0
{
  bids: [ { price: 101.25, quantity: 200, orders: 1 } ],
  asks: [ { price: 101.3, quantity: 200, orders: 1 } ]
}
*/
