import type { FriendlyBook } from '../friendly-calls.js';
import * as words from '../layout.js';
import type { Wanted } from './auction-price.js';

/** The lots of a book's side by limit, from the best one to the key `reach`. O(levels). */
export function levelsTo(book: FriendlyBook, side: number, reach: number, lotsOf: (level: number) => bigint): Wanted[] {
	const { i32 } = book.memory;
	const ladder = book.book + words.BIDS + (side << 3);
	const flip = i32[ladder + words.FLIP];
	const levels: Wanted[] = [];
	for (let level = i32[ladder + words.BEST]; level !== 0; level = book.nextLevel(level)) {
		const key = i32[level + words.KEY];
		if (key > reach) break;
		levels.push({ ticks: key ^ flip, lots: lotsOf(level) });
	}
	return levels;
}

/** A level as it was before an auction. */
export interface LevelBefore {
	readonly side: number;
	readonly ticks: number;
	readonly lots: number;
}

/** The levels that an auction at this price can change. O(levels). */
export function levelsAt(book: FriendlyBook, ticks: number): LevelBefore[] {
	const { f64 } = book.memory;
	const exactly = (level: number) => BigInt(f64[(level + words.LOTS) >> 1]);
	return [words.BUY, words.SELL].flatMap((side) =>
		levelsTo(book, side, ticks ^ (side - 1), exactly).map((level) => ({
			...{ side, ticks: level.ticks, lots: Number(level.lots) },
		})),
	);
}

/** Tells of each level that is not as it was, once. */
export function tellChanges(book: FriendlyBook, before: readonly LevelBefore[]): void {
	for (const { side, ticks, lots } of before) {
		const level = book.levelAt(side, ticks);
		if (level === 0 || book.memory.f64[(level + words.LOTS) >> 1] !== lots) book.tellLevel(side, ticks, level);
	}
}
