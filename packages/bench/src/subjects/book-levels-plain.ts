import { CHANGE_WORDS } from '../book/level-changes.js';
import type { BookSubject } from './book-subject.js';

interface Levels {
	readonly sides: readonly [Side, Side];
}

/** What a program keeps levels in without a library: per side a Map of quantities, and the prices in a sorted array. */
export class BookLevelsPlain implements BookSubject<Levels> {
	create(): Levels {
		return { sides: [new Side(-1), new Side(1)] };
	}

	dispose(): void {
		// The collector does it.
	}

	setLevels({ sides }: Levels, changes: Int32Array): void {
		for (let at = 0; at < changes.length; at += CHANGE_WORDS) sides[changes[at]].set(changes[at + 1], changes[at + 2]);
	}

	play(): number {
		throw new Error('it keeps levels, not orders');
	}

	live({ sides: [bids, asks] }: Levels): number {
		return bids.prices.length + asks.prices.length;
	}

	eachLevel({ sides }: Levels, visit: (ticks: number, lots: number) => void): void {
		for (const { prices, lots } of sides) for (const price of prices) visit(price, lots.get(price) ?? 0);
	}
}

class Side {
	/** 1 where the lowest price is the best. */
	readonly sign: number;
	/** The best first. */
	readonly prices: number[] = [];
	readonly lots = new Map<number, number>();

	constructor(sign: number) {
		this.sign = sign;
	}

	set(price: number, lots: number): void {
		if (lots !== 0 && this.lots.has(price)) {
			this.lots.set(price, lots);
			return;
		}
		if (lots === 0 && !this.lots.delete(price)) return;
		let low = 0;
		let high = this.prices.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((this.prices[middle] - price) * this.sign < 0) low = middle + 1;
			else high = middle;
		}
		if (lots === 0) this.prices.splice(low, 1);
		else {
			this.prices.splice(low, 0, price);
			this.lots.set(price, lots);
		}
	}
}
