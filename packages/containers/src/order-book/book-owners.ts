import { ArgumentError } from '@flux/core';

/*
 * What stands on a book and knows of its orders what the book does not: an engine, the texts of its ids. In another thread the
 * book would be without it, and what holds the one would not fit the other any more, so such a book is not moved.
 */
const standing = new WeakMap<object, Map<object, string>>();

/** Notes that `owner` has a part of the state of a book; `what` names its class. */
export function standOn(book: object, owner: object, what: string): void {
	const owners = standing.get(book) ?? new Map<object, string>();
	standing.set(book, owners.set(owner, what));
}

/** Ends that. */
export function leaveBook(book: object, owner: object): void {
	standing.get(book)?.delete(owner);
}

/** Whether one of that class stands on a book. */
export function standsOn(book: object, what: string): boolean {
	return [...(standing.get(book)?.values() ?? [])].includes(what);
}

/** Throws ArgumentError where a part of the state of a book is elsewhere. */
export function checkWhole(book: object): void {
	for (const what of standing.get(book)?.values() ?? []) {
		throw new ArgumentError(
			`share('move') was called on a FluxOrderBook on which a ${what} stands, whose part of the state is elsewhere; dispose() of the ${what} before, or move what its snapshot() is restored to`,
		);
	}
}
