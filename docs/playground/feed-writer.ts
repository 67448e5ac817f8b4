/** Messages of NASDAQ TotalView-ITCH 5.0, each behind its length, as in the files that NASDAQ gives out. */
import { BUY } from '@flux/containers';

/** Nanoseconds since midnight at which the day begins, and from each message to the next. */
const OPENING = 34_200e9;
const STEP = 2_000;
const LOCATE = 1;
/** ITCH has four decimal places, and ticks here are cents. */
const PER_TICK = 100;

/** Writes messages of one instrument. */
export class FeedWriter {
	#bytes = new Uint8Array(1 << 20);
	#view = new DataView(this.#bytes.buffer);
	#end = 0;
	#at = 0;
	#messages = 0;
	#match = 0;
	readonly #symbol: string;

	constructor(symbol: string) {
		this.#symbol = symbol.padEnd(8);
	}

	/** All messages so far. */
	bytes(): Uint8Array<ArrayBuffer> {
		return this.#bytes.slice(0, this.#end);
	}

	/** O: start of messages, Q: start of market hours, M: their end. */
	event(code: 'O' | 'Q' | 'M'): this {
		this.#begin('S', 12, 0);
		this.#text(code);
		return this;
	}

	directory(): this {
		this.#begin('R', 39);
		this.#text(this.#symbol.padEnd(28));
		return this;
	}

	add({ id, side, ticks, lots }: { id: number; side: number; ticks: number; lots: number }): void {
		this.#begin('A', 36);
		this.#long(id);
		this.#text(side === BUY ? 'B' : 'S');
		this.#word(lots);
		this.#text(this.#symbol);
		this.#word(ticks * PER_TICK);
	}

	execute(id: number, lots: number): void {
		this.#begin('E', 31);
		this.#long(id);
		this.#word(lots);
		this.#long(++this.#match);
	}

	reduce(id: number, lots: number): void {
		this.#begin('X', 23);
		this.#long(id);
		this.#word(lots);
	}

	delete(id: number): void {
		this.#begin('D', 19);
		this.#long(id);
	}

	replace(id: number, { id: newId, ticks, lots }: { id: number; ticks: number; lots: number }): void {
		this.#begin('U', 35);
		this.#long(id);
		this.#long(newId);
		this.#word(lots);
		this.#word(ticks * PER_TICK);
	}

	#begin(type: string, length: number, locate = LOCATE): void {
		if (this.#end + 64 > this.#bytes.length) this.#grow();
		this.#at = this.#end;
		this.#end += 2 + length;
		this.#half(length);
		this.#text(type);
		this.#half(locate);
		this.#half(0);
		const time = OPENING + this.#messages++ * STEP;
		this.#half(Math.floor(time / 2 ** 32));
		this.#word(time % 2 ** 32);
	}

	#grow(): void {
		const bytes = new Uint8Array(2 * this.#bytes.length);
		bytes.set(this.#bytes);
		this.#bytes = bytes;
		this.#view = new DataView(bytes.buffer);
	}

	#half(value: number): void {
		this.#view.setUint16(this.#at, value);
		this.#at += 2;
	}

	#word(value: number): void {
		this.#view.setUint32(this.#at, value);
		this.#at += 4;
	}

	#long(value: number): void {
		this.#word(0);
		this.#word(value);
	}

	#text(text: string): void {
		for (const letter of text) this.#bytes[this.#at++] = letter.charCodeAt(0);
	}
}
