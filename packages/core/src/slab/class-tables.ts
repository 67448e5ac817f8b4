import { CLASSES, wordsOf } from './size-classes.js';

/*
 * What a heap knows of its size classes, and which block is in the hand: an array of one thread, apart from the arena,
 * because nobody else believes it, and because code that is made for one heap knows it as a constant: for a size that is
 * a constant too, each word is then read from an address that stands in the code.
 *
 *   word    name        holds
 *   ------  ----------  ----------------------------------------------------------------------------------
 *   0       HAND        the block in the hand: see the code of hot blocks
 *   1       HOLDS       the table of its class where it was given back and is held; its complement where it is the
 *                       user's; 0: the hand is empty
 *   2       HAND_SLAB   the slab of the block that is held; 0: not known
 *   3       HAND_NUMBER  its number in that slab
 *   4       RUNS        the descriptor of a run in the circle of all runs; 0: none
 *   16-     the table of each class:
 *
 *   +0      WORD        the word of LIVE that blocks are taken from; 0: none
 *   +1      FIRST       the block of its highest bit
 *   +2      COUNT       how many of its bits stand for blocks, from the highest on; 0: there is no WORD
 *   +3      WORDS       words per block
 *   +4      SLAB        the slab of WORD; 0: none
 *   +5      FRONT       the first slab of the circle, in which those that are USED_UP stand last; 0: none
 *   +6      EMPTIES     slabs that are EMPTY
 *   +7      SAMPLES     requests that were looked at
 *   +8      SAMPLED     bytes that these asked for
 *   +9      NOTED       where the next note goes
 *   +16-31  NOTES       the words of LIVE that were full when a block came back, the last ones: each with its slab; 0: none
 *
 * Invariants, for each class: notes, WORD and SLAB lead to slabs of its circle, and EMPTIES <= 1.
 */
export const HAND = 0;
export const HOLDS = 1;
export const HAND_SLAB = 2;
export const HAND_NUMBER = 3;
export const RUNS = 4;
export const TABLES_AT = 16;
export const WORD = 0;
export const FIRST = 1;
export const COUNT = 2;
export const WORDS = 3;
export const SLAB = 4;
export const FRONT = 5;
export const EMPTIES = 6;
export const SAMPLES = 7;
export const SAMPLED = 8;
export const NOTED = 9;
export const NOTES = 16;
export const NOTE_WORDS = 2;
export const MOST_NOTES = 8;
export const TABLE_WORDS = 32;

/** Tables of zeros, but for WORDS. */
export function makeTables(): Int32Array {
	const tables = new Int32Array(TABLES_AT + CLASSES * TABLE_WORDS);
	for (let sizeClass = 0; sizeClass < CLASSES; sizeClass++) tables[tableOf(sizeClass) + WORDS] = wordsOf(sizeClass);
	return tables;
}

/** Where the table of a class begins. */
export function tableOf(sizeClass: number): number {
	return TABLES_AT + sizeClass * TABLE_WORDS;
}

/** The class of a table. */
export function classOfTable(table: number): number {
	return (table - TABLES_AT) / TABLE_WORDS;
}
