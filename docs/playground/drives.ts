/** What drives the book of the page: the bundled feed, or orders that the book matches itself. */
import { FluxOrderBook, ItchFeed } from '@flux/containers';
import { SHIFT, SYMBOL } from './feed-maker.js';
import { OrderFlow, USUAL } from './order-flow.js';

/** Where operations of a book come from. */
export interface Drive {
	readonly book: FluxOrderBook;
	/** Ticks from one price to the next that is used. */
	readonly step: number;
	/** Operations that could not be applied. */
	readonly refused: number;
	/** Gets the next operations ready: what is not to be timed. No garbage. */
	prepare(operations: number): void;
	/** Applies those that were prepared. No garbage. */
	apply(operations: number): void;
	/** Drops the book. */
	dispose(): void;
}

const SYSTEM_EVENT = 83;
const [MARKET_OPENS, MARKET_CLOSES] = [81, 77];
const REPLACE = 85;

/** Bytes of ITCH 5.0 into a book. The day between the opening and the close of the market follows itself for ever. */
export class FeedDrive implements Drive {
	readonly step = 100;
	readonly book: FluxOrderBook;
	readonly #feed = new ItchFeed();
	readonly #bytes: Uint8Array;
	readonly #first: number;
	readonly #end: number;
	/** Where the next message begins, and the first one that still has the references of this round. */
	#at: number;
	#behind: number;

	/** `bytes` of a whole day are copied. */
	constructor(bytes: Uint8Array) {
		this.#bytes = bytes.slice();
		this.#first = this.#find(MARKET_OPENS);
		this.#end = this.#find(MARKET_CLOSES);
		this.#feed.push(this.#bytes.subarray(0, this.#first));
		const book = this.#feed.book(SYMBOL);
		if (book === undefined) throw new Error(`the feed has no instrument ${SYMBOL}`);
		this.book = book;
		this.#at = this.#behind = this.#first;
	}

	/** Behind the system event of that code. */
	#find(code: number): number {
		const bytes = this.#bytes;
		for (let at = 0; at < bytes.length; at = this.#after(at))
			if (bytes[at + 2] === SYSTEM_EVENT && bytes[at + 13] === code) return this.#after(at);
		throw new Error(`the feed has no system event ${String.fromCharCode(code)}`);
	}

	#after(at: number): number {
		return at + 2 + ((this.#bytes[at] << 8) | this.#bytes[at + 1]);
	}

	get refused(): number {
		return this.#feed.problems;
	}

	/** Gives the messages that were applied the references of the next round. */
	prepare(): void {
		const bytes = this.#bytes;
		while (this.#behind !== this.#at) {
			const message = this.#behind + 2;
			if (bytes[message] !== SYSTEM_EVENT) {
				this.#shift(message + 15);
				if (bytes[message] === REPLACE) this.#shift(message + 23);
			}
			this.#behind = this.#after(this.#behind);
			if (this.#behind === this.#end) this.#behind = this.#first;
		}
	}

	/** Adds to the lower word of a reference. */
	#shift(at: number): void {
		const bytes = this.#bytes;
		const word = ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) + SHIFT;
		bytes[at] = word >>> 24;
		bytes[at + 1] = word >>> 16;
		bytes[at + 2] = word >>> 8;
	}

	apply(operations: number): void {
		const bytes = this.#bytes;
		let at = this.#at;
		for (let done = 0; done < operations; done++) {
			const length = (bytes[at] << 8) | bytes[at + 1];
			this.#feed.apply(bytes, at + 2, length);
			at += 2 + length;
			if (at === this.#end) at = this.#first;
		}
		this.#at = at;
	}

	dispose(): void {
		this.#feed.dispose();
	}
}

/** Limit and market orders, cancels and replaces, which the book matches. */
export class MatchDrive implements Drive {
	readonly step = 1;
	readonly refused = 0;
	readonly book = new FluxOrderBook({ tickSize: '0.01' });
	readonly #flow: OrderFlow;

	/** For batches of so many operations at most. */
	constructor(seed: number, most: number) {
		this.book.reserve(2 * USUAL);
		this.#flow = new OrderFlow(seed, most);
		for (let made = 0; made < 8 * USUAL; made += most) {
			this.prepare(most);
			this.apply(most);
		}
	}

	prepare(operations: number): void {
		this.#flow.write(this.book, operations);
	}

	apply(operations: number): void {
		this.#flow.apply(this.book, operations);
	}

	dispose(): void {
		this.book.dispose();
	}
}

/** The bundled feed; its bytes are packed by gzip, which a server may already have undone. */
export async function loadFeed(): Promise<Uint8Array> {
	const response = await fetch('feed.itch.gz');
	if (!response.ok) throw new Error(`feed.itch.gz: ${response.status}`);
	const bytes = new Uint8Array(await response.arrayBuffer());
	if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
	const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
	return new Uint8Array(await new Response(unpacked).arrayBuffer());
}
