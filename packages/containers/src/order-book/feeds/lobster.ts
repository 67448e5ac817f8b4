import { ArgumentError, internals } from '@flux/core';
import { checkFields } from '../../common/container-options.js';
import { isInstance } from '../../common/is-instance.js';
import { BUY, FluxOrderBook, type Reason, reasonName, SELL } from '../order-book.js';

/** What the second column of a LOBSTER message file says. */
const [SUBMISSION, REDUCTION, DELETION, EXECUTION] = [1, 2, 3, 4];
/** Executions of hidden orders; cross trades; halts: nothing that the book shows. */
const [HIDDEN_EXECUTION, CROSS, HALT] = [5, 6, 7];

/**
 * Applies one line of a LOBSTER message file, `time,type,order,size,price,direction`, to a book whose tick is 0.0001 of a
 * dollar. Returns `none`, or the reason why it could not be applied: `unknown-id` is what orders have that came before the
 * file began. O(1), allocates the columns.
 *
 * Types: 1 a new order, 2 a reduction, 3 a deletion, 4 an execution, 5 an execution of a hidden order, 6 a cross trade,
 * 7 a halt. The fifth is the last price then, and the last three change nothing else.
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
	if (typeof line !== 'string')
		throw new ArgumentError(`the line is ${internals.describe(line)}; pass a text of a LOBSTER message file`);
	const columns = line.trimEnd().split(',');
	const [, type, id, lots, ticks, direction] = columns.map(Number);
	const isLine = columns.length >= 6 && Number.isInteger(type) && type >= SUBMISSION && type <= HALT;
	if (!isLine)
		throw new ArgumentError(`the line is ${internals.describe(line)}; pass one of a LOBSTER message file: six columns`);
	if (type >= CROSS) return 'none';
	// The direction is that of the hidden order.
	if (type === HIDDEN_EXECUTION) return reasonName(book.print(direction === 1 ? SELL : BUY, ticks, lots));
	if (!Number.isSafeInteger(id) || id <= 0 || Math.abs(direction) !== 1)
		throw new ArgumentError(
			`the line is ${internals.describe(line)}; the order must be a number from 1, and the direction 1 or -1`,
		);
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

/** What is wrong with a line of a LOBSTER message file. */
export interface LobsterProblem {
	/** `line`: it is none; else why the book refused it. */
	reason: 'line' | Reason;
	/** The line. */
	text: string;
	/** Which line it was, from 1. */
	line: number;
}

/**
 * A book by a LOBSTER message file that comes in pieces of any size, as a stream reads it.
 *
 * A line that is none, or that the book refuses, is a problem, told and counted, and changes nothing.
 *
 * @example
 * ```ts
 * import { FluxOrderBook, LobsterFeed } from '@flux/containers';
 *
 * const feed = new LobsterFeed(new FluxOrderBook({ tickSize: '0.0001' }));
 * feed.push('34200.01,1,206833312,100,5859400,1\n34200.02,4,2068');
 * feed.push('33312,40,5859400,1\n34200.03,3,7,1,1,1\n');
 * console.log(feed.lines, feed.problems, feed.book.bestBidLots); // 3 1 60
 * ```
 */
export class LobsterFeed {
	/** The book. */
	readonly book: FluxOrderBook;
	readonly #onProblem: ((problem: LobsterProblem) => void) | undefined;
	#rest = '';
	#lines = 0;
	#problems = 0;

	/** A feed into `book`, whose tick is 0.0001. O(1). Throws {@link ArgumentError} for a wrong option. */
	constructor(book: FluxOrderBook, options: { onProblem?: (problem: LobsterProblem) => void } = {}) {
		if (!isInstance(book, FluxOrderBook))
			throw new ArgumentError(`the book is ${internals.describe(book)}; pass a FluxOrderBook`);
		checkFields(options, ['onProblem'], 'the options', '{ onProblem: console.error }');
		const { onProblem } = options;
		if (onProblem !== undefined && typeof onProblem !== 'function')
			throw new ArgumentError(`onProblem is ${internals.describe(onProblem)}; pass a function`);
		this.book = book;
		this.#onProblem = onProblem;
	}

	/** Lines so far. */
	get lines(): number {
		return this.#lines;
	}

	/** Lines that could not be applied. */
	get problems(): number {
		return this.#problems;
	}

	/**
	 * Applies the lines of a text; what is left of one that is cut off is kept for the next call. Returns how many lines were
	 * completed. O(text).
	 *
	 * @throws {@link ArgumentError} for what is no text; what a listener of the book throws, when that line is applied: the next
	 * call goes on behind it.
	 */
	push(text: string): number {
		if (typeof text !== 'string') throw new ArgumentError(`push was given ${internals.describe(text)}; pass a text`);
		const before = this.#lines;
		const lines = (this.#rest + text).split('\n');
		this.#rest = lines.pop() ?? '';
		let done = 0;
		try {
			for (const line of lines) {
				done++;
				this.#apply(line);
			}
		} finally {
			// Where a listener of the book threw, the next call goes on behind that line.
			if (done < lines.length) this.#rest = [...lines.slice(done), this.#rest].join('\n');
		}
		return this.#lines - before;
	}

	/** Applies a last line that has no end of line. O(1) per trade. Returns how many that were: 1 or 0. */
	end(): number {
		const rest = this.#rest;
		this.#rest = '';
		if (rest.trim() === '') return 0;
		this.#apply(rest);
		return 1;
	}

	#apply(line: string): void {
		this.#lines++;
		let reason: LobsterProblem['reason'];
		try {
			reason = applyLobster(this.book, line);
		} catch (error) {
			if (!(error instanceof ArgumentError)) throw error;
			reason = 'line';
		}
		if (reason === 'none') return;
		this.#problems++;
		this.#onProblem?.({ reason, text: line.trimEnd(), line: this.#lines });
	}
}
