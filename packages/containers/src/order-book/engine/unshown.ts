import { ArgumentError } from '@flux/core';

/** Books with an engine, and whether that has orders now of which the book shows a part, or nothing. */
const engines = new WeakMap<object, () => boolean>();

/** Remembers the engine of a book. */
export function noteEngine(book: object, hasUnshown: () => boolean): void {
	engines.set(book, hasUnshown);
}

/** Throws ArgumentError where an auction of a book would pass over what its engine does not show. */
export function checkAllShown(book: object): void {
	if (engines.get(book)?.() === true)
		throw new ArgumentError(
			'the engine of this book has iceberg, hidden or all-or-none orders, which an auction of the book cannot see; cancel them first',
		);
}
