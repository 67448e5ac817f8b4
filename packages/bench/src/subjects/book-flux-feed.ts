import { BUY, type FluxOrderBook, ItchFeed, SELL } from '@flux/containers';
import { ADD, DELETE, EXECUTE, ITCH_SYMBOL, ITCH_TICKS, MESSAGE_WORDS, REDUCE } from '../book/feed.js';
import { SIDE_BIT } from '../book/workload.js';
import { BookFlux } from './book-flux.js';
import type { BookSubject } from './book-subject.js';

/** FluxOrderBook by its calls for feeds of orders. */
export class BookFluxFeed extends BookFlux {
	feed(book: FluxOrderBook, messages: Int32Array): void {
		for (let at = 0; at < messages.length; at += MESSAGE_WORDS) {
			const first = messages[at];
			const id = messages[at + 1];
			switch (first & 255) {
				case ADD:
					book.add(id, (first >> SIDE_BIT) as typeof BUY | typeof SELL, messages[at + 2], messages[at + 3]);
					break;
				case EXECUTE:
					book.execute(id, messages[at + 3]);
					break;
				case REDUCE:
					book.reduceLots(id, messages[at + 3]);
					break;
				case DELETE:
					book.delete(id);
					break;
				default:
					book.replaceBy(id, id, messages[at + 2], messages[at + 3]);
			}
		}
	}
}

/** FluxOrderBook from bytes, by ItchFeed. */
export class BookFluxItch implements BookSubject<ItchFeed> {
	create(): ItchFeed {
		return new ItchFeed({ symbols: [ITCH_SYMBOL] });
	}

	dispose(feed: ItchFeed): void {
		feed.dispose();
	}

	itch(feed: ItchFeed, bytes: Uint8Array): void {
		feed.push(bytes);
		if (feed.problems > 0) throw new Error(`${feed.problems} messages could not be applied`);
	}

	play(): number {
		throw new Error('an ITCH feed takes bytes');
	}

	live(feed: ItchFeed): number {
		return bookOf(feed).size;
	}

	eachLevel(feed: ItchFeed, visit: (ticks: number, lots: number) => void): void {
		for (const side of [BUY, SELL] as const)
			bookOf(feed).forEachLevel(side, (ticks, lots) => visit(ticks - ITCH_TICKS, lots));
	}
}

function bookOf(feed: ItchFeed): FluxOrderBook {
	const book = feed.book(ITCH_SYMBOL);
	if (book === undefined) throw new Error('the feed has not told of its symbol');
	return book;
}
