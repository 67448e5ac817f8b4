import { gunzipSync, gzipSync } from 'node:zlib';
import { ADD, DELETE, type Feed, feedOf, MESSAGE_WORDS, REPLACE } from './feed.js';
import { ReferenceMatching } from './reference-matching.js';
import { CANCEL, COMMAND_WORDS, LIMIT, MARKET, makeWorkload, SIDE_BIT, type Workload } from './workload.js';

/*
 * A feed of orders as a file: the feed of a workload (`feed.ts`), and what the book must be in the end. Inside gzip:
 *
 *   bytes      holds
 *   ---------  --------------------------------------------------------------------------
 *   0-3        the letters FXF1
 *   numbers    SEED, LIVE, OPERATIONS: what the workload `mix` was made with
 *   numbers    FILL, RUN: messages that fill the book, and that follow
 *   numbers    ORDERS, LEVELS, LOTS: what is in the book in the end
 *   messages   a byte each: what it says, and 8 for sells; then numbers:
 *              AGE     the highest id so far, less this one; of an ADD twice that and 1, or where this one is the highest, twice
 *                      by how much
 *              TICKS   of an ADD or REPLACE: twice the price, or where it is below 0, twice what it is below 0, less 1
 *              LOTS    of all but a DELETE
 *
 * A number is seven bits a byte, the lowest first; all bytes but its last have the highest bit set.
 */
const LETTERS = 'FXF1';

/** How a bundled feed is made. */
export interface FeedRecipe {
	readonly seed: number;
	readonly live: number;
	readonly operations: number;
}

/** What a book must be after a feed. */
export interface BookFigures {
	readonly orders: number;
	readonly levels: number;
	readonly lots: number;
}

/** A feed as it was unpacked. */
export interface BundledFeed extends Feed {
	readonly recipe: FeedRecipe;
	readonly figures: BookFigures;
}

/** Makes the feed of a recipe, with the figures of the generator's own book. */
export function makeFeed(recipe: FeedRecipe): BundledFeed {
	const workload = makeWorkload('mix', recipe.operations, recipe.seed, recipe.live);
	return { ...feedOf(workload), recipe, figures: figuresOf(workload) };
}

function figuresOf({ fill, run, ids }: Workload): BookFigures {
	const book = new ReferenceMatching(ids);
	for (const commands of [fill, run]) {
		for (let at = 0; at < commands.length; at += COMMAND_WORDS) {
			const [first, id, ticks, lots] = commands.subarray(at, at + COMMAND_WORDS);
			const what = first & 255;
			if (what === LIMIT) book.submit(id, first >> SIDE_BIT, ticks, lots);
			else if (what === MARKET) book.market(first >> SIDE_BIT, lots);
			else if (what === CANCEL) book.end(id);
			else book.replace(id, ticks, lots);
		}
	}
	const levels = new Set(book.live.map((id) => `${book.sideOf(id)} ${book.ticksOf(id)}`));
	const lots = book.live.reduce((sum, id) => sum + book.lotsOf(id), 0);
	return { orders: book.live.length, levels: levels.size, lots };
}

/** A feed as bytes. */
export function packFeed({ fill, run, recipe, figures }: BundledFeed): Uint8Array {
	const bytes: number[] = Array.from(LETTERS, (letter) => letter.charCodeAt(0));
	const put = (number: number): void => {
		let rest = number;
		for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
		bytes.push(rest);
	};
	for (const number of [recipe.seed, recipe.live, recipe.operations]) put(number);
	for (const { length } of [fill, run]) put(length / MESSAGE_WORDS);
	for (const number of [figures.orders, figures.levels, figures.lots]) put(number);
	let highest = 0;
	for (const messages of [fill, run]) {
		for (let at = 0; at < messages.length; at += MESSAGE_WORDS) {
			const [first, id, ticks, lots] = messages.subarray(at, at + MESSAGE_WORDS);
			const what = first & 255;
			bytes.push(what | (first >> SIDE_BIT === 0 ? 0 : 8));
			if (what !== ADD) put(highest - id);
			else put(id > highest ? 2 * (id - highest) : 2 * (highest - id) + 1);
			highest = Math.max(highest, id);
			if (what === ADD || what === REPLACE) put(ticks < 0 ? -2 * ticks - 1 : 2 * ticks);
			if (what !== DELETE) put(lots);
		}
	}
	return gzipSync(Uint8Array.from(bytes), { level: 9 });
}

/** The feed that `packFeed` packed. Throws for bytes that are none. */
export function unpackFeed(packed: Uint8Array): BundledFeed {
	const bytes = gunzipSync(packed);
	if (String.fromCharCode(...bytes.subarray(0, 4)) !== LETTERS) throw new Error('the file is no feed of flux-bench');
	let at = 4;
	const take = (): number => {
		let number = 0;
		for (let shift = 0; ; shift += 7) {
			const byte = bytes[at++];
			if (byte === undefined) throw new Error('the feed is cut off');
			number |= (byte & 127) << shift;
			if (byte < 128) return number;
		}
	};
	const recipe = { seed: take(), live: take(), operations: take() };
	const counts = [take(), take()];
	const figures = { orders: take(), levels: take(), lots: take() };
	let highest = 0;
	const [fill, run] = counts.map((count) => {
		const messages = new Int32Array(count * MESSAGE_WORDS);
		for (let to = 0; to < messages.length; to += MESSAGE_WORDS) {
			const first = bytes[at++];
			const what = first & 7;
			const age = take();
			const isNew = what === ADD && (age & 1) === 0;
			const id = isNew ? highest + age / 2 : highest - (what === ADD ? age >> 1 : age);
			highest = Math.max(highest, id);
			const price = what === ADD || what === REPLACE ? take() : 0;
			messages[to] = what | ((first >> 3) << SIDE_BIT);
			messages[to + 1] = id;
			messages[to + 2] = price & 1 ? -((price + 1) / 2) : price / 2;
			messages[to + 3] = what === DELETE ? 0 : take();
		}
		return messages;
	});
	return { fill, run, recipe, figures };
}
