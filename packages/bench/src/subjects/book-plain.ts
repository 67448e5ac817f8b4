import { CANCEL, COMMAND_WORDS, LIMIT, MARKET, SIDE_BIT } from '../book/workload.js';
import type { BookSubject } from './book-subject.js';

/**
 * The book that JavaScript programs are written with, at its best: an object per order in a doubly linked queue per level, a
 * Map of ids, and per side a sorted array of levels, the best last, beside a Map of prices.
 */
export class BookOfObjects implements BookSubject<ObjectBook> {
	create(): ObjectBook {
		return new ObjectBook();
	}

	dispose(): void {
		// The collector does it.
	}

	play(book: ObjectBook, commands: Int32Array): number {
		let traded = 0;
		for (let at = 0; at < commands.length; at += COMMAND_WORDS) {
			const side = commands[at] >> SIDE_BIT;
			const id = commands[at + 1];
			switch (commands[at] & 255) {
				case LIMIT:
					traded += book.limit(id, side, commands[at + 2], commands[at + 3]);
					break;
				case CANCEL:
					book.cancel(id);
					break;
				case MARKET:
					traded += book.market(side, commands[at + 3]);
					break;
				default:
					traded += book.replace(id, commands[at + 2], commands[at + 3]);
			}
		}
		return traded;
	}

	live(book: ObjectBook): number {
		return book.size;
	}

	eachLevel(book: ObjectBook, visit: (ticks: number, lots: number) => void): void {
		book.eachLevel(visit);
	}
}

interface Order {
	readonly id: number;
	lots: number;
	level: Level;
	next: Order | undefined;
	previous: Order | undefined;
}

interface Level {
	readonly side: Side;
	/** The price, turned so that the best of a side is the highest. */
	readonly rank: number;
	lots: number;
	first: Order | undefined;
	last: Order | undefined;
}

class Side {
	/** 1 for buys, -1 for sells. */
	readonly sign: number;
	/** By rank, so that the best is the last. */
	readonly levels: Level[] = [];
	readonly #byRank = new Map<number, Level>();

	constructor(sign: number) {
		this.sign = sign;
	}

	open(rank: number): Level {
		const known = this.#byRank.get(rank);
		if (known !== undefined) return known;
		const level: Level = { side: this, rank, lots: 0, first: undefined, last: undefined };
		this.#byRank.set(rank, level);
		this.levels.splice(this.#placeOf(rank), 0, level);
		return level;
	}

	close(level: Level): void {
		this.#byRank.delete(level.rank);
		if (this.levels[this.levels.length - 1] === level) this.levels.pop();
		else this.levels.splice(this.#placeOf(level.rank), 1);
	}

	#placeOf(rank: number): number {
		let low = 0;
		let high = this.levels.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if (this.levels[middle].rank < rank) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}

class ObjectBook {
	readonly #orders = new Map<number, Order>();
	readonly #sides = [new Side(1), new Side(-1)];

	get size(): number {
		return this.#orders.size;
	}

	limit(id: number, side: number, ticks: number, lots: number): number {
		const left = this.#take(this.#sides[1 - side], -ticks * this.#sides[side].sign, lots);
		if (left > 0) {
			const level = this.#sides[side].open(ticks * this.#sides[side].sign);
			const order: Order = { id, lots: left, level, next: undefined, previous: level.last };
			if (level.last === undefined) level.first = order;
			else level.last.next = order;
			level.last = order;
			level.lots += left;
			this.#orders.set(id, order);
		}
		return lots - left;
	}

	market(side: number, lots: number): number {
		return lots - this.#take(this.#sides[1 - side], Number.NEGATIVE_INFINITY, lots);
	}

	cancel(id: number): void {
		const order = this.#orders.get(id);
		if (order !== undefined) this.#remove(order);
	}

	replace(id: number, ticks: number, lots: number): number {
		const order = this.#orders.get(id);
		if (order === undefined) return 0;
		const { level } = order;
		if (ticks * level.side.sign === level.rank && lots <= order.lots) {
			level.lots += lots - order.lots;
			order.lots = lots;
			return 0;
		}
		this.#remove(order);
		return this.limit(id, level.side.sign === 1 ? 0 : 1, ticks, lots);
	}

	eachLevel(visit: (ticks: number, lots: number) => void): void {
		for (const { levels, sign } of this.#sides)
			for (let at = levels.length - 1; at >= 0; at--) visit(levels[at].rank * sign, levels[at].lots);
	}

	#take(side: Side, worst: number, lots: number): number {
		let left = lots;
		const { levels } = side;
		while (left > 0 && levels.length > 0) {
			const level = levels[levels.length - 1];
			if (level.rank < worst) break;
			const order = level.first;
			if (order === undefined) throw new Error('a level has an order');
			if (order.lots > left) {
				order.lots -= left;
				level.lots -= left;
				return 0;
			}
			left -= order.lots;
			this.#remove(order);
		}
		return left;
	}

	/** The links are nulled: old garbage would keep young garbage alive. */
	#remove(order: Order): void {
		const { level, next, previous } = order;
		if (previous === undefined) level.first = next;
		else previous.next = next;
		if (next === undefined) level.last = previous;
		else next.previous = previous;
		order.next = undefined;
		order.previous = undefined;
		level.lots -= order.lots;
		if (level.first === undefined) level.side.close(level);
		this.#orders.delete(order.id);
	}
}
