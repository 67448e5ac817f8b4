import type { Heap } from '@flux/core';
import {
	type AttachOptions,
	attach,
	type ContainerHandle,
	type ShareMode,
	type SharingOf,
	share,
	thaw,
} from '../common/sharing.js';
import { bookClass } from './book-class.js';
import { checkWhole } from './book-owners.js';
import { readStep } from './book-snapshot.js';
import type { FriendlyBook } from './friendly-calls.js';
import * as words from './layout.js';
import { COPY_OF_BOOK } from './terms.js';

/*
 * A book that goes to another thread, or is shown to others, is its header on a shared heap (`layout.ts`) and its index.
 * The handle leads to both; all else is found from them, tick and lot size too.
 */

/** What both sides must mean the same by. */
const LAYOUT = `orders of ${words.ORDER_WORDS} words, levels of ${words.LEVEL_WORDS}, branches of ${words.BRANCH_WORDS}, a header of ${words.SHARED_BOOK_WORDS}, ids by slots`;

const SHARING: SharingOf<FriendlyBook> = { kind: 'FluxOrderBook', layoutOf: () => LAYOUT, copy: COPY_OF_BOOK };

/** Hands a book over, or shows it. O(1). */
export function shareBook(book: FriendlyBook, mode: ShareMode): ContainerHandle<'FluxOrderBook'> {
	if (book.state === words.CALLING) book.refuse();
	if (mode === 'move') checkWhole(book);
	return share(book, mode, SHARING) as ContainerHandle<'FluxOrderBook'>;
}

/** The book that a handle leads to, in this thread. O(1). `ancestor`: what all books inherit from. */
export function attachBook(handle: ContainerHandle, options: AttachOptions, ancestor: object): FriendlyBook {
	return attach(handle, 'FluxOrderBook', LAYOUT, options, (heap, { header, index, mode }) => {
		const settings = {
			price: stepAt(heap, header + words.TICK_SIZE),
			quantity: stepAt(heap, header + words.LOT_SIZE),
			self: heap.memory.i32[header + words.SELF],
		};
		return new (bookClass(heap, ancestor))(heap, settings, { header, index, reads: mode === 'read' });
	});
}

/** Takes commands again. Throws FrozenError while others read. */
export function thawBook(book: FriendlyBook): void {
	if (book.state === words.CALLING) book.refuse();
	thaw(book, 'this FluxOrderBook');
}

/** The step that stands at a word, as a copy: decoders of text take no shared memory. */
function stepAt(heap: Heap, word: number) {
	return readStep(heap.memory.i32.slice(word, word + words.STEP_WORDS), 0);
}
