import { ArgumentError, internals } from '@flux/core';
import { checkFields } from '../../common/container-options.js';
import { BUY, type FluxOrderBook, SELL, type SideNumber } from '../order-book.js';

/*
 * The checksums by which exchanges of levels prove that a book is theirs: the CRC-32 of ISO 3309, as in zip files, of the best
 * levels as text. They differ in how many levels, in which order, and in how a number is written:
 *
 *   Kraken     10  asks, then bids                 digits without point and leading zeros
 *   OKX        25  bid, ask, bid, ask, ...         decimals, joined by colons
 *   Bitfinex   25  bid, ask, bid, ask, ...         decimals in their shortest form, joined by colons; quantities asked are negative
 */

/** The levels a side that Kraken's checksum is of. */
const KRAKEN_LEVELS = 10;
/** The decimal places that a tick or lot size can have. */
const MOST_PLACES = 22;
/** The levels a side that those of OKX and Bitfinex are of. */
const MOST_LEVELS = 25;

/**
 * A function that computes Kraken's checksum of a book: the CRC-32 of the ten best asks and bids, prices and quantities as
 * digits without point and leading zeros. `priceDecimals` and `quantityDecimals` are those of the pair, as its texts have them.
 * Throws {@link ArgumentError} for decimals that are no whole number from 0 to 22.
 *
 * Source: Kraken WebSocket API, "book checksum".
 *
 * @example
 * ```ts
 * import { FluxOrderBook, krakenChecksum, LevelFeed } from '@flux/containers';
 *
 * const book = new FluxOrderBook({ tickSize: '0.1', lotSize: '0.00000001' });
 * const feed = new LevelFeed(book, { depth: 10, checksum: krakenChecksum(1, 8) });
 * feed.snapshot({ bids: [['45283.5', '0.10000000']], asks: [['45285.2', '0.00100000']] });
 * console.log(feed.update([], { checksum: 1 })); // false: the exchange's book is another
 * ```
 */
export function krakenChecksum(priceDecimals: number, quantityDecimals: number): (book: FluxOrderBook) => number {
	for (const [name, places] of Object.entries({ priceDecimals, quantityDecimals })) {
		if (!(Number.isInteger(places) && places >= 0 && places <= MOST_PLACES))
			throw new ArgumentError(`${name} is ${internals.describe(places)}; pass a whole number from 0 to ${MOST_PLACES}`);
	}
	return (book) => {
		let text = '';
		for (const side of [SELL, BUY] as const) {
			for (const [ticks, lots] of bestOf(book, side, KRAKEN_LEVELS))
				text += digitsOf(book.priceText(ticks), priceDecimals) + digitsOf(book.quantityText(lots), quantityDecimals);
		}
		return crc32(text);
	};
}

/** How numbers are written in the text of a checksum. */
export interface ChecksumTexts {
	/** A price. @defaultValue with the decimal places of the book's tick size */
	price?: (book: FluxOrderBook, ticks: number) => string;
	/** A quantity. @defaultValue with the decimal places of the book's lot size */
	quantity?: (book: FluxOrderBook, lots: number) => string;
}

/**
 * A function that computes OKX's checksum of a book: the CRC-32 of `bid:size:ask:size` for each of the 25 best levels; where one
 * side has fewer, the other goes on alone. It is of the texts as the exchange sends them: `texts` says how, where that is not
 * with as many decimal places as the book's tick and lot size have. The exchange's number is signed; both forms compare equal.
 * Throws {@link ArgumentError} for texts that are none.
 *
 * Source: OKX API, WebSocket order book channel, "checksum".
 *
 * @example
 * ```ts
 * import { FluxOrderBook, LevelFeed, okxChecksum } from '@flux/containers';
 *
 * const book = new FluxOrderBook({ tickSize: '0.1' });
 * const feed = new LevelFeed(book, { checksum: okxChecksum() });
 * feed.snapshot({ bids: [['3366.1', '7']], asks: [['3366.8', '9']] });
 * console.log(feed.update([], { checksum: 1 })); // false: the exchange's book is another
 * ```
 */
export function okxChecksum(texts: ChecksumTexts = {}): (book: FluxOrderBook) => number {
	checkFields(texts, ['price', 'quantity'], 'the texts', '{ price: (book, ticks) => book.priceText(ticks) }');
	const { price = priceText, quantity = quantityText } = texts;
	for (const [name, value] of Object.entries({ price, quantity }))
		if (typeof value !== 'function')
			throw new ArgumentError(`${name} is ${internals.describe(value)}; pass a function that gives the text`);
	return (book) => crc32(inTurn(book, (ticks, lots) => [price(book, ticks), quantity(book, lots)]));
}

/**
 * A function that computes Bitfinex' checksum of a book: as {@link okxChecksum}, with numbers in their shortest form, and
 * quantities that are asked below 0.
 *
 * Source: Bitfinex API, WebSocket, "book checksum".
 *
 * @example
 * ```ts
 * import { bitfinexChecksum, FluxOrderBook, LevelFeed } from '@flux/containers';
 *
 * const book = new FluxOrderBook({ tickSize: '0.1', lotSize: '0.00000001' });
 * const feed = new LevelFeed(book, { depth: 25, checksum: bitfinexChecksum() });
 * feed.snapshot({ bids: [[6000.1, 0.5]], asks: [[6000.2, 0.25]] });
 * console.log(feed.update([], { checksum: 1 })); // false: the exchange's book is another
 * ```
 */
export function bitfinexChecksum(): (book: FluxOrderBook) => number {
	return (book) =>
		crc32(
			inTurn(book, (ticks, lots, side) => [
				String(Number(book.priceText(ticks))),
				(side === SELL ? '-' : '') + String(Number(book.quantityText(lots))),
			]),
		);
}

/** The texts of the best bid, the best ask, the next bid and so on, joined by colons. */
function inTurn(
	book: FluxOrderBook,
	textsOf: (ticks: number, lots: number, side: SideNumber) => readonly [string, string],
): string {
	const bids = bestOf(book, BUY, MOST_LEVELS);
	const asks = bestOf(book, SELL, MOST_LEVELS);
	const texts: string[] = [];
	for (let rank = 0; rank < Math.max(bids.length, asks.length); rank++) {
		if (rank < bids.length) texts.push(...textsOf(...bids[rank], BUY));
		if (rank < asks.length) texts.push(...textsOf(...asks[rank], SELL));
	}
	return texts.join(':');
}

function bestOf(book: FluxOrderBook, side: SideNumber, most: number): [ticks: number, lots: number][] {
	const numbers = new Float64Array(3 * most);
	const found = book.depthInto(side, numbers);
	return Array.from({ length: found }, (_, rank) => [numbers[3 * rank], numbers[3 * rank + 1]]);
}

const priceText = (book: FluxOrderBook, ticks: number): string => book.priceText(ticks);
const quantityText = (book: FluxOrderBook, lots: number): string => book.quantityText(lots);

/** A decimal with that many places, without its point and the zeros before it. */
function digitsOf(decimal: string, places: number): string {
	const [whole, fraction = ''] = decimal.split('.');
	return (whole + fraction.padEnd(places, '0')).replace(/^0+/, '');
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
	let remainder = byte;
	for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
	return remainder;
});

/** The CRC-32 of a text of ASCII. */
function crc32(text: string): number {
	let crc = -1;
	for (let at = 0; at < text.length; at++) crc = CRC_TABLE[(crc ^ text.charCodeAt(at)) & 255] ^ (crc >>> 8);
	return ~crc >>> 0;
}
