import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUY, type FluxOrderBook, ItchFeed, SELL } from '@flux/containers';
import { directoryBytes, ITCH_SYMBOL, ITCH_TICKS, itchBytes, MESSAGE_WORDS } from '../book/feed.js';
import { type BookFigures, type BundledFeed, type FeedRecipe, unpackFeed } from '../book/packed-feed.js';
import { formatCount } from '../report/format.js';
import { formatTable } from '../report/text-table.js';

/** What the feed that comes with the package was made with. */
export const BUNDLED: FeedRecipe = { seed: 2026, live: 10_000, operations: 100_000 };

const FILE = 'feed/orders.fxf.gz';
const LEVELS = 5;

/** What a replay found. */
export interface Replay {
	/** For a terminal. */
	readonly lines: readonly string[];
	/** Whether the book is the one that the feed's generator had in the end. */
	readonly isRight: boolean;
}

/** The path of the feed that comes with the package. Throws where it is not there. */
export function bundledFeed(): string {
	for (let folder = dirname(fileURLToPath(import.meta.url)); dirname(folder) !== folder; folder = dirname(folder)) {
		if (existsSync(join(folder, FILE))) return join(folder, FILE);
	}
	throw new Error(`${FILE} is not there; it comes with @flux/bench`);
}

/** Replays a feed of orders from ITCH bytes `times` times, each from an empty book, in this process. */
export async function replay(path: string, times: number): Promise<Replay> {
	const packed = await readFile(path);
	const feed = unpackFeed(packed);
	const bytes = bytesOf(feed);
	const messages = 1 + (feed.fill.length + feed.run.length) / MESSAGE_WORDS;
	const rates: number[] = [];
	let lines: string[] = [];
	let isRight = true;
	for (let time = 0; time < times; time++) {
		const itch = new ItchFeed({ symbols: [ITCH_SYMBOL] });
		const start = performance.now();
		const applied = itch.push(bytes);
		rates.push(applied / ((performance.now() - start) / 1000));
		const book = itch.book(ITCH_SYMBOL);
		if (book === undefined) throw new Error('the feed has not told of its symbol');
		const figures = figuresOf(book);
		isRight &&= applied === messages && itch.problems === 0 && isSame(figures, feed.figures);
		if (time === times - 1) lines = [...bookLines(book), '', checkLine(figures, feed.figures, itch.problems)];
		itch.dispose();
	}
	const warm = Math.max(...rates.slice(times >> 1));
	const kilobytes = (size: number): string => formatCount(Math.round(size / 1000));
	return {
		isRight,
		lines: [
			`Order book replay: ${formatCount(messages)} messages of NASDAQ ITCH 5.0, ${kilobytes(bytes.length)} kB, packed in ${kilobytes(packed.length)} kB`,
			'',
			...lines,
			`rate:  ${millions(rates[0])} million messages a second the first time, ${millions(warm)} warmed up, the best of the last ${times - (times >> 1)} of ${times} replays`,
		],
	};
}

function bytesOf({ fill, run }: BundledFeed): Uint8Array {
	const parts = [directoryBytes(), itchBytes(fill), itchBytes(run)];
	const bytes = new Uint8Array(parts.reduce((size, { length }) => size + length, 0));
	let at = 0;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}

function figuresOf(book: FluxOrderBook): BookFigures {
	let lots = 0;
	for (const side of [BUY, SELL] as const) {
		book.forEachLevel(side, (_, here) => {
			lots += here;
		});
	}
	return { orders: book.size, levels: book.bidLevels + book.askLevels, lots };
}

function isSame(left: BookFigures, right: BookFigures): boolean {
	return left.orders === right.orders && left.levels === right.levels && left.lots === right.lots;
}

function bookLines(book: FluxOrderBook): string[] {
	const rows: string[][] = [];
	const bids = new Float64Array(3 * LEVELS);
	const asks = new Float64Array(3 * LEVELS);
	const most = Math.max(book.depthInto(BUY, bids), book.depthInto(SELL, asks));
	for (let rank = 0; rank < most; rank++) {
		const [bidTicks, bidLots, bidOrders] = bids.subarray(3 * rank);
		const [askTicks, askLots, askOrders] = asks.subarray(3 * rank);
		const numbers = [bidOrders, bidLots, bidTicks - ITCH_TICKS, askTicks - ITCH_TICKS, askLots, askOrders];
		rows.push(numbers.map((number) => formatCount(number)));
	}
	const titles = ['orders', 'lots', 'bid', 'ask', 'lots', 'orders'];
	return formatTable({ columns: titles.map((title) => ({ title, align: 'right' as const })), rows });
}

function checkLine(found: BookFigures, wanted: BookFigures, problems: number): string {
	const words = ({ orders, levels, lots }: BookFigures): string =>
		`${formatCount(orders)} orders, ${formatCount(levels)} levels, ${formatCount(lots)} lots`;
	if (problems > 0) return `check: ${formatCount(problems)} messages could not be applied ✗`;
	if (isSame(found, wanted)) return `check: ${words(found)}, as the generator of the feed has them ✓`;
	return `check: ${words(found)}, and the generator of the feed has ${words(wanted)} ✗`;
}

function millions(rate: number): string {
	return (rate / 1e6).toFixed(1);
}
