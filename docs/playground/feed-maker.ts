/**
 * The feed that the site bundles: a day of one instrument as NASDAQ TotalView-ITCH 5.0, the same bytes each time. An
 * exchange is simulated, and what happens at it is written down.
 *
 *   opening   a system event `O`, the directory, and LIVE orders that come to rest; a system event `Q`
 *   round     COMMANDS of the mix below, around a price that goes up and down once; a system event `M`
 *   closing   within the round: what is left goes, and the orders of the opening come again, with references SHIFT higher
 *
 * So the book at the end of the round is that of its beginning, but for the references: with SHIFT added to each, the round
 * can follow itself for ever.
 *
 *   of 1000 commands   450 limit orders (530 while there are fewer than LIVE), 370 cancels, 30 cuts, 50 replaces, and market
 *                      orders for the rest
 *   a limit order      at the price less or plus 1 + the smaller of two draws below WIDTH; 1 to 100 shares
 */
import { BUY, FluxOrderBook, SELL } from '@flux/containers';
import { FeedWriter } from './feed-writer.js';

/** Orders in the book, give or take. */
const LIVE = 10_000;
const COMMANDS = 110_000;
const WIDTH = 100;
/** The price in ticks of a cent: in the middle, and how far it goes from there. */
const MIDDLE = 10_000;
const SWING = 24;
const SEED = 0x9e3779b9;
/** Above every reference of the opening and of the round. */
export const SHIFT = 2 ** 18;
/** The instrument. */
export const SYMBOL = 'FLUX';

interface Order {
	readonly id: number;
	readonly side: typeof BUY | typeof SELL;
	readonly ticks: number;
	readonly lots: number;
}

class Exchange {
	readonly feed = new FeedWriter(SYMBOL);
	readonly book = new FluxOrderBook({ tickSize: '0.01' });
	/** References of orders that rest, in no order; some may have traded away. */
	readonly #resting: number[] = [];
	#nextId = 1;
	#random = SEED;
	price = MIDDLE;

	constructor() {
		this.book.listen({
			trade: (makerLow, _makerHigh, _takerLow, _takerHigh, _side, _ticks, lots) => this.feed.execute(makerLow, lots),
		});
	}

	below(limit: number): number {
		this.#random ^= this.#random << 13;
		this.#random ^= this.#random >>> 17;
		this.#random ^= this.#random << 5;
		return (this.#random >>> 8) % limit;
	}

	/** An order at some distance from the price. */
	draw(): Order {
		const side = this.below(2) === 0 ? BUY : SELL;
		const offset = 1 + Math.min(this.below(WIDTH), this.below(WIDTH));
		const ticks = side === BUY ? this.price - offset : this.price + offset;
		return { id: this.#nextId++, side, ticks, lots: 1 + this.below(100) };
	}

	/** It trades with what it meets, and rests with what is left; the feed tells both. */
	submit({ id, side, ticks, lots }: Order): void {
		this.book.submitLimit(id, side, ticks, lots);
		const left = this.book.lotsOf(id);
		if (left === undefined || left === 0) return;
		this.feed.add({ id, side, ticks, lots: left });
		this.#resting.push(id);
	}

	cancel(id: number): void {
		if (this.book.cancel(id)) this.feed.delete(id);
	}

	command(): void {
		const draw = this.below(1000);
		const limits = this.book.size < LIVE ? 530 : 450;
		if (draw < limits) this.submit(this.draw());
		else if (draw < limits + 370) this.cancel(this.#take());
		else if (draw < limits + 400) this.#cut();
		else if (draw < limits + 450) this.#replace();
		else this.book.submitMarket(this.#nextId++, this.below(2) === 0 ? BUY : SELL, 1 + this.below(300));
	}

	/** A resting order, which leaves the list of those. */
	#take(): number {
		for (;;) {
			const at = this.below(this.#resting.length);
			const id = this.#resting[at];
			this.#resting[at] = this.#resting[this.#resting.length - 1];
			this.#resting.pop();
			if (this.book.has(id)) return id;
		}
	}

	#cut(): void {
		const id = this.#take();
		const lots = this.book.lotsOf(id) ?? 0;
		this.#resting.push(id);
		if (lots < 2) return;
		const cut = 1 + this.below(lots - 1);
		this.book.reduceLots(id, cut);
		this.feed.reduce(id, cut);
	}

	/** At another price, where it does not trade. */
	#replace(): void {
		const id = this.#take();
		const { side } = this.book.order(id) ?? {};
		const order = { ...this.draw(), side: side === 'buy' ? BUY : SELL } as const;
		const offset = Math.abs(order.ticks - this.price);
		const ticks = order.side === BUY ? this.price - offset : this.price + offset;
		const { bestAskTicks = Number.POSITIVE_INFINITY, bestBidTicks = Number.NEGATIVE_INFINITY } = this.book;
		this.#resting.push(id);
		if (order.side === BUY ? ticks >= bestAskTicks : ticks <= bestBidTicks) return;
		this.#resting.pop();
		this.book.replaceBy(id, order.id, ticks, order.lots);
		this.feed.replace(id, { ...order, ticks });
		this.#resting.push(order.id);
	}

	/** What is left goes, and these come again: first goes what would trade with them, then one for one. */
	close(opening: readonly Order[]): void {
		const ends = { bid: Math.max(...ticksOf(opening, BUY)), ask: Math.min(...ticksOf(opening, SELL)) };
		const left: number[] = [];
		for (const side of [BUY, SELL] as const) {
			for (const { id, price } of this.book.orders(side)) {
				const ticks = this.book.toTicks(price);
				if (side === BUY ? ticks >= ends.ask : ticks <= ends.bid) this.cancel(Number(id));
				else left.push(Number(id));
			}
		}
		const most = Math.max(left.length, opening.length);
		for (let at = 0; at < most; at++) {
			if (at < left.length) this.cancel(left[(at * 7919) % left.length]);
			const order = opening[at];
			if (order === undefined) continue;
			const again = { ...order, id: order.id + SHIFT };
			this.book.add(again.id, again.side, again.ticks, again.lots);
			this.feed.add(again);
			if (this.book.crossed) throw new Error(`the book is crossed by order ${order.id}`);
		}
		// Those that the stride left out, where it shares a factor with their number.
		for (const id of left) this.cancel(id);
		if (this.#nextId >= SHIFT) throw new Error(`${this.#nextId} references are not below ${SHIFT}`);
		if (this.book.size !== opening.length) throw new Error(`${this.book.size} orders are not those of the opening`);
	}
}

const ticksOf = (orders: readonly Order[], of: number): number[] =>
	orders.filter(({ side }) => side === of).map(({ ticks }) => ticks);

/** The whole feed, framed. */
export function makeFeed(): Uint8Array<ArrayBuffer> {
	const exchange = new Exchange();
	const { feed, book } = exchange;
	feed.event('O').directory();
	const opening: Order[] = [];
	while (opening.length < LIVE) {
		const order = exchange.draw();
		opening.push(order);
		exchange.submit(order);
	}
	feed.event('Q');
	for (let done = 0; done < COMMANDS; done++) {
		exchange.price = MIDDLE + Math.round(SWING * Math.sin((2 * Math.PI * done) / COMMANDS));
		exchange.command();
	}
	exchange.close(opening);
	feed.event('M');
	book.dispose();
	return feed.bytes();
}
