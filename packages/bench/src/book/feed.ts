import { ReferenceMatching } from './reference-matching.js';
import { CANCEL, COMMAND_WORDS, LIMIT, MARKET, SIDE_BIT, type Workload } from './workload.js';

/*
 * What an exchange would tell of a workload: the orders that come to rest, trade and end, one message each.
 *
 *   a limit order   EXECUTE per order that it trades with, and ADD where some of it is left
 *   a market order  EXECUTE per order that it trades with
 *   a cancel        DELETE
 *   a replacement   REDUCE where it keeps its place; REPLACE, under the same id, where it moves; where it trades, DELETE, and
 *                   then as a limit order
 */

/** What a message says: the lowest bits of its first word; its side is bit 8, as in a workload. */
export const ADD = 0;
export const EXECUTE = 1;
export const REDUCE = 2;
export const DELETE = 3;
export const REPLACE = 4;

/** Words per message: what and side, id, ticks, lots. */
export const MESSAGE_WORDS = 4;

/** Messages as words of one array: those that fill the book, and those that are timed. */
export interface Feed {
	readonly fill: Int32Array;
	readonly run: Int32Array;
}

/** The feed of a workload. */
export function feedOf({ fill, run, ids }: Workload): Feed {
	const tape = new Tape(ids);
	return { fill: tape.play(fill), run: tape.play(run) };
}

/** Writes down what happens to orders. */
class Tape extends ReferenceMatching {
	#words: number[] = [];

	play(commands: Int32Array): Int32Array {
		this.#words = [];
		for (let at = 0; at < commands.length; at += COMMAND_WORDS) {
			const side = commands[at] >> SIDE_BIT;
			const [id, ticks, lots] = commands.subarray(at + 1, at + COMMAND_WORDS);
			const what = commands[at] & 255;
			if (what === LIMIT) this.submit(id, side, ticks, lots);
			else if (what === MARKET) this.market(side, lots);
			else if (what === CANCEL) {
				this.#write(DELETE, this.sideOf(id), id, 0, 0);
				this.end(id);
			} else this.#replace(id, ticks, lots);
		}
		return Int32Array.from(this.#words);
	}

	protected override traded(id: number, lots: number): void {
		this.#write(EXECUTE, this.sideOf(id), id, 0, lots);
	}

	protected override rested(id: number, side: number, ticks: number, lots: number): void {
		this.#write(ADD, side, id, ticks, lots);
	}

	#replace(id: number, ticks: number, lots: number): void {
		const open = this.lotsOf(id);
		const side = this.sideOf(id);
		const before = this.#words.length;
		if (ticks === this.ticksOf(id) && lots <= open) {
			if (lots < open) this.#write(REDUCE, side, id, 0, open - lots);
			this.replace(id, ticks, lots);
			return;
		}
		this.#write(DELETE, side, id, 0, 0);
		this.replace(id, ticks, lots);
		// Its end and its coming to rest, with no trade between, are one message.
		const isMove =
			this.#words.length === before + 2 * MESSAGE_WORDS && (this.#words[before + MESSAGE_WORDS] & 255) === ADD;
		if (!isMove) return;
		this.#words.length = before;
		this.#write(REPLACE, side, id, ticks, lots);
	}

	#write(what: number, side: number, id: number, ticks: number, lots: number): void {
		this.#words.push(what | (side << SIDE_BIT), id, ticks, lots);
	}
}

/** The symbol of the bytes. */
export const ITCH_SYMBOL = 'FLUX';
/** The number of its instrument. */
const LOCATE = 1;
/** What is added to ticks in the bytes, where prices have no sign. */
export const ITCH_TICKS = 1_000_000;
/** Bytes of a message behind its length, by what it says: ITCH's A, E, X, D and U. */
const ITCH_BYTES = [36, 31, 23, 19, 35];
const ITCH_TYPES = Array.from('AEXDU', (letter) => letter.charCodeAt(0));

/** The message that says which instrument the symbol is. */
export function directoryBytes(): Uint8Array {
	const bytes = new Uint8Array(2 + 39);
	const view = new DataView(bytes.buffer);
	view.setUint16(0, 39);
	view.setUint8(2, 'R'.charCodeAt(0));
	view.setUint16(3, LOCATE);
	bytes.set(new TextEncoder().encode(ITCH_SYMBOL.padEnd(8)), 13);
	return bytes;
}

/** The same messages as NASDAQ TotalView-ITCH 5.0, framed by their length. */
export function itchBytes(messages: Int32Array): Uint8Array {
	let size = 0;
	for (let at = 0; at < messages.length; at += MESSAGE_WORDS) size += 2 + ITCH_BYTES[messages[at] & 255];
	const bytes = new Uint8Array(size);
	const view = new DataView(bytes.buffer);
	let to = 0;
	for (let at = 0; at < messages.length; at += MESSAGE_WORDS) {
		const what = messages[at] & 255;
		const [id, ticks, lots] = messages.subarray(at + 1, at + MESSAGE_WORDS);
		view.setUint16(to, ITCH_BYTES[what]);
		view.setUint8(to + 2, ITCH_TYPES[what]);
		view.setUint16(to + 3, LOCATE);
		view.setUint32(to + 9, at);
		const body = to + 13;
		view.setUint32(body + 4, id);
		if (what === ADD) {
			bytes[body + 8] = messages[at] >> SIDE_BIT === 0 ? 66 : 83;
			view.setUint32(body + 9, lots);
			bytes.set(new TextEncoder().encode(ITCH_SYMBOL.padEnd(8)), body + 13);
			view.setUint32(body + 21, ticks + ITCH_TICKS);
		} else if (what === REPLACE) {
			view.setUint32(body + 12, id);
			view.setUint32(body + 16, lots);
			view.setUint32(body + 20, ticks + ITCH_TICKS);
		} else if (what !== DELETE) view.setUint32(body + 8, lots);
		to += 2 + ITCH_BYTES[what];
	}
	return bytes;
}
