import { CHANGE_WORDS } from '../book/level-changes.js';
import type { BookSubject } from './book-subject.js';
import { FetchedPackage } from './fetched-package.js';

interface CcxtSide extends Array<[price: number, size: number]> {
	store(price: number, size: number): void;
}

interface CcxtBook {
	readonly asks: CcxtSide;
	readonly bids: CcxtSide;
}

/** The order book that ccxt's exchanges keep: OrderBook, by store(price, size) of its sides. */
export class BookCcxt implements BookSubject<CcxtBook> {
	#OrderBook: (new (snapshot: object, depth?: number) => CcxtBook) | undefined;

	async prepare(): Promise<void> {
		const module = await new FetchedPackage('ccxt', '4.5.84').import('js/src/base/ws/OrderBook.js');
		this.#OrderBook = (module as { OrderBook: new (snapshot: object) => CcxtBook }).OrderBook;
	}

	create(): CcxtBook {
		if (this.#OrderBook === undefined) throw new Error('the subject is not prepared');
		return new this.#OrderBook({});
	}

	dispose(): void {
		// The collector does it.
	}

	setLevels(book: CcxtBook, changes: Int32Array): void {
		const { bids, asks } = book;
		for (let at = 0; at < changes.length; at += CHANGE_WORDS)
			(changes[at] === 0 ? bids : asks).store(changes[at + 1], changes[at + 2]);
	}

	play(): number {
		throw new Error('it keeps levels, not orders');
	}

	live({ bids, asks }: CcxtBook): number {
		return bids.length + asks.length;
	}

	eachLevel({ bids, asks }: CcxtBook, visit: (ticks: number, lots: number) => void): void {
		for (const side of [bids, asks]) for (const [price, size] of side) visit(price, size);
	}
}
