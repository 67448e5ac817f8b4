import { type Heap, internals } from '@flux/core';
import { HeapClasses } from '../common/heap-classes.js';
import { directIndexClass } from '../hash-map/index-classes.js';
import { bookEnvironment } from './book-environment.js';
import { BookRecord } from './book-snapshot.js';
import { eventsCode } from './events-code.js';
import { feedCode } from './feed-code.js';
import { type FriendlyBookClass, withFriendlyCalls } from './friendly-calls.js';
import { laddersCode } from './ladders-code.js';
import { ID_LOW } from './layout.js';
import { matchingCode } from './matching-code.js';
import { readingCode } from './reading-code.js';
import { takingCode } from './taking-code.js';

const classes = new HeapClasses<FriendlyBookClass>();

/**
 * The class of the books in `heap`: one for the books in any heap, and one for each heap that has code of its own.
 *
 * Layer over layer: events, price ladders, orders in their levels, commands that match, commands of feeds, reads; and over
 * all of them the calls that take decimals.
 */
export function bookClass(heap: Heap, ancestor: object): FriendlyBookClass {
	return classes.get(heap, BookRecord, 'book', () => makeBookClass(heap.fixedMemory, ancestor));
}

function makeBookClass(fixedMemory: internals.Memory | undefined, ancestor: object): FriendlyBookClass {
	const { specialize } = internals;
	const environment = bookEnvironment(directIndexClass(ID_LOW, fixedMemory), fixedMemory);
	const BookEvents = specialize(eventsCode, environment, 'book-events');
	const PriceLadders = specialize(laddersCode, { ...environment, BookEvents }, 'book-ladders');
	const TakingBook = specialize(takingCode, { ...environment, PriceLadders }, 'book-taking');
	const MatchingBook = specialize(matchingCode, { ...environment, TakingBook }, 'book-matching');
	const FeedBook = specialize(feedCode, { ...environment, MatchingBook }, 'book-feed');
	const ReadingBook = specialize(readingCode, { ...environment, FeedBook }, 'book-reading');
	Object.setPrototypeOf(BookEvents.prototype, ancestor);
	return withFriendlyCalls(ReadingBook);
}
