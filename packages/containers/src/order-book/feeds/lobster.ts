import { ArgumentError } from '@flux/core';
import { BUY, type FluxOrderBook, type Reason, reasonName, SELL } from '../order-book.js';

/** What the second column of a LOBSTER message file says. */
const [SUBMISSION, REDUCTION, DELETION, EXECUTION] = [1, 2, 3, 4];
/** Executions of hidden orders, cross trades and halts: nothing that the book shows. */
const [HIDDEN_EXECUTION, HALT] = [5, 7];

/**
 * Applies one line of a LOBSTER message file, `time,type,order,size,price,direction`, to a book whose tick is 0.0001 of a
 * dollar. Returns `none`, or the reason why it could not be applied: `unknown-id` is what orders have that came before the
 * file began. O(1), allocates the columns.
 *
 * Types: 1 a new order, 2 a reduction, 3 a deletion, 4 an execution, 5 an execution of a hidden order, 6 a cross trade,
 * 7 a halt; the last three change nothing.
 *
 * Source: the LOBSTER output documentation, "message file".
 *
 * @throws {@link ArgumentError} for a line that is none.
 *
 * @example
 * ```ts
 * import { applyLobster, FluxOrderBook } from '@flux/containers';
 *
 * const book = new FluxOrderBook({ tickSize: '0.0001' });
 * applyLobster(book, '34200.01,1,206833312,100,5859400,1');
 * applyLobster(book, '34200.02,4,206833312,40,5859400,1');
 * console.log(book.depth().bids); // [ { price: 585.94, quantity: 60, orders: 1 } ]
 * ```
 */
export function applyLobster(book: FluxOrderBook, line: string): Reason {
	const columns = line.trimEnd().split(',');
	const [, type, id, lots, ticks, direction] = columns.map(Number);
	const isLine = columns.length >= 6 && Number.isInteger(type) && type >= SUBMISSION && type <= HALT;
	if (!isLine) throw new ArgumentError(`the line is '${line}'; pass one of a LOBSTER message file: six columns`);
	if (type >= HIDDEN_EXECUTION) return 'none';
	if (!Number.isSafeInteger(id) || id <= 0 || Math.abs(direction) !== 1)
		throw new ArgumentError(`the line is '${line}'; the order must be a number from 1, and the direction 1 or -1`);
	switch (type) {
		case SUBMISSION:
			return reasonName(book.add(id, direction === 1 ? BUY : SELL, ticks, lots));
		case REDUCTION:
			return reasonName(book.reduceLots(id, lots));
		case DELETION:
			return book.delete(id) ? 'none' : 'unknown-id';
		case EXECUTION:
			return reasonName(book.execute(id, lots));
		default:
			return 'none';
	}
}
