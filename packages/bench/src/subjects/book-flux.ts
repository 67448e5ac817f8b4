import { BUY, FluxOrderBook, SELL } from '@flux/containers';
import { Heap } from '@flux/core';
import { CHANGE_WORDS } from '../book/level-changes.js';
import { CANCEL, COMMAND_WORDS, LIMIT, MARKET, SIDE_BIT } from '../book/workload.js';
import type { BookSubject } from './book-subject.js';

/** FluxOrderBook by its calls in ticks and lots. */
export class BookFlux implements BookSubject<FluxOrderBook> {
	create(): FluxOrderBook {
		return new FluxOrderBook();
	}

	dispose(book: FluxOrderBook): void {
		book.dispose();
	}

	play(book: FluxOrderBook, commands: Int32Array): number {
		let traded = 0;
		for (let at = 0; at < commands.length; at += COMMAND_WORDS) {
			const first = commands[at];
			const side = (first >> SIDE_BIT) as typeof BUY | typeof SELL;
			const id = commands[at + 1];
			switch (first & 255) {
				case LIMIT:
					book.submitLimit(id, side, commands[at + 2], commands[at + 3]);
					traded += book.filledLots;
					break;
				case CANCEL:
					book.cancel(id);
					break;
				case MARKET:
					book.submitMarket(id, side, commands[at + 3]);
					traded += book.filledLots;
					break;
				default:
					book.replaceLots(id, commands[at + 2], commands[at + 3]);
					traded += book.filledLots;
			}
		}
		return traded;
	}

	setLevels(book: FluxOrderBook, changes: Int32Array): void {
		for (let at = 0; at < changes.length; at += CHANGE_WORDS)
			book.setLevel(changes[at] as typeof BUY | typeof SELL, changes[at + 1], changes[at + 2]);
	}

	bytes(): number {
		return Heap.default.stats().arena.used;
	}

	live(book: FluxOrderBook): number {
		return book.size;
	}

	eachLevel(book: FluxOrderBook, visit: (ticks: number, lots: number) => void): void {
		for (const side of [BUY, SELL] as const) book.forEachLevel(side, (ticks, lots) => visit(ticks, lots));
	}
}

/** The same while somebody listens to trades, levels and the top. */
export class BookFluxHeard extends BookFlux {
	/** What was heard, so that the calls are not for nothing. */
	heard = 0;

	override create(): FluxOrderBook {
		const book = super.create();
		book.listen({
			trade: (_makerLow, _makerHigh, _takerLow, _takerHigh, _side, _ticks, lots) => this.hear(lots),
			level: (_side, _ticks, lots) => this.hear(lots),
			top: (_bidTicks, bidLots, _askTicks, askLots) => this.hear(bidLots + askLots),
		});
		return book;
	}

	hear(lots: number): void {
		this.heard = (this.heard + lots) | 0;
	}
}
