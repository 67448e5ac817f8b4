import { CANCEL, COMMAND_WORDS, LIMIT, MARKET, SIDE_BIT } from '../book/workload.js';
import type { BookSubject } from './book-subject.js';
import { FetchedPackage } from './fetched-package.js';

/** Of its calls, those that are measured. */
interface NodejsBook {
	limit(order: { id: string; side: string; size: number; price: number }): Response;
	market(order: { side: string; size: number }): Response;
	cancel(id: string): unknown;
	depth(): [asks: [price: number, size: number][], bids: [price: number, size: number][]];
	readonly orders?: Record<string, unknown>;
}

interface Response {
	readonly done: readonly { readonly id: string; readonly size: number }[];
	readonly partialQuantityProcessed: number;
	readonly quantityLeft: number;
}

/** It takes no price below 1. */
const TICKS = 1_000_000;
const SIDES = ['buy', 'sell'] as const;

/** nodejs-order-book, by its limit(), market() and cancel(). Its ids are texts, which are made before they are needed. */
export class BookNodejs implements BookSubject<NodejsBook> {
	#OrderBook: (new () => NodejsBook) | undefined;
	readonly #ids: string[] = [];

	async prepare(): Promise<void> {
		const module = await new FetchedPackage('nodejs-order-book', '10.1.1').import();
		this.#OrderBook = (module as { OrderBook: new () => NodejsBook }).OrderBook;
		for (let id = 0; id < 200_000; id++) this.#ids.push(String(id));
	}

	create(): NodejsBook {
		if (this.#OrderBook === undefined) throw new Error('the subject is not prepared');
		return new this.#OrderBook();
	}

	dispose(): void {
		// The collector does it.
	}

	play(book: NodejsBook, commands: Int32Array): number {
		let traded = 0;
		for (let at = 0; at < commands.length; at += COMMAND_WORDS) {
			const side = SIDES[commands[at] >> SIDE_BIT];
			const id = this.#ids[commands[at + 1]];
			const size = commands[at + 3];
			switch (commands[at] & 255) {
				case LIMIT:
					traded += size - book.limit({ id, side, size, price: commands[at + 2] + TICKS }).quantityLeft;
					break;
				case CANCEL:
					book.cancel(id);
					break;
				case MARKET:
					traded += size - book.market({ side, size }).quantityLeft;
					break;
				default:
					throw new Error('replacements are made of other commands before');
			}
		}
		return traded;
	}

	live(book: NodejsBook): number {
		return Object.keys(book.orders ?? {}).length;
	}

	eachLevel(book: NodejsBook, visit: (ticks: number, lots: number) => void): void {
		const [asks, bids] = book.depth();
		for (const [price, size] of bids.toSorted(([a], [b]) => b - a)) visit(price - TICKS, size);
		for (const [price, size] of asks.toSorted(([a], [b]) => a - b)) visit(price - TICKS, size);
	}
}
