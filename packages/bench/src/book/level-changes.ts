import { below, nextRandom, startRandom } from '../scenarios/random.js';

/*
 * A feed of levels (L2), to the last draw, by the draws of `workload.ts`. The book begins with `depth` levels a side, at every
 * second price from the middle: -1, -3, ... and 1, 3, ..., each with 1 + below(1000) lots, side by side. Then for each change
 * side = below(2) and p = below(100):
 *
 *   p < 70   another quantity, 1 + below(1000), of a level: the place-th of those that the side has, place = below(levels)
 *   p < 85   a new level: 1 + below(2 x depth) ticks from the middle, or at the next price beyond that has none
 *   else     a level goes: chosen as in the first line; where the side has none, nothing happens
 *
 * Levels of a side are kept in an array, a new one at its end, and the last one takes the place of one that goes.
 */

/** Words per change: side, ticks, lots. */
export const CHANGE_WORDS = 3;

/** Changes as words of one array: those that fill the book, and those that are timed. */
export interface LevelChanges {
	readonly fill: Int32Array;
	readonly run: Int32Array;
}

/** Makes a feed of so many levels a side and so many changes. */
export function makeLevelChanges(depth: number, changes: number, seed: number): LevelChanges {
	let state = startRandom(seed);
	const draw = (limit: number): number => {
		state = nextRandom(state);
		return below(state, limit);
	};
	const sides = [new Side(), new Side()];
	const fill: number[] = [];
	for (let rank = 0; rank < depth; rank++) {
		for (const side of [0, 1]) {
			sides[side].put(1 + 2 * rank);
			fill.push(side, signed(side, 1 + 2 * rank), 1 + draw(1000));
		}
	}
	const run: number[] = [];
	for (let made = 0; made < changes; made++) {
		const side = draw(2);
		const levels = sides[side];
		const p = draw(100);
		if (p >= 70 && p < 85) {
			let offset = 1 + draw(2 * depth);
			while (levels.has(offset)) offset++;
			levels.put(offset);
			run.push(side, signed(side, offset), 1 + draw(1000));
		} else if (levels.offsets.length > 0) {
			const offset = levels.offsets[draw(levels.offsets.length)];
			run.push(side, signed(side, offset), p < 70 ? 1 + draw(1000) : 0);
			if (p >= 85) levels.drop(offset);
		}
	}
	return { fill: Int32Array.from(fill), run: Int32Array.from(run) };
}

function signed(side: number, offset: number): number {
	return side === 0 ? -offset : offset;
}

class Side {
	readonly offsets: number[] = [];
	readonly #places = new Map<number, number>();

	has(offset: number): boolean {
		return this.#places.has(offset);
	}

	put(offset: number): void {
		this.#places.set(offset, this.offsets.length);
		this.offsets.push(offset);
	}

	drop(offset: number): void {
		const place = this.#places.get(offset) ?? 0;
		const last = this.offsets.pop() ?? 0;
		this.#places.delete(offset);
		if (last === offset) return;
		this.offsets[place] = last;
		this.#places.set(last, place);
	}
}
