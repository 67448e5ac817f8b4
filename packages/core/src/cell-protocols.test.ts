import { describe, expect, it } from 'vitest';
import { act, altered, choose, ENDED, interleavings, killable, type Step, swapped } from './interleavings.testing.js';

/*
 * The latest value between threads (`cell/cell-code.ts` of the containers): a value is two words, three are kept, and every
 * access is a step of its own. A writer that is killed has a successor.
 */
describe('a cell', () => {
	const KEPT = 3;
	interface Cell {
		values: [number, number][];
		version: number;
		writer: number;
		killed: boolean;
	}
	interface Own {
		member: number;
		/** As a writer, the version that it writes and the last one; as a reader, the one that it reads, and what it had. */
		version: number;
		last: number;
		words: number[];
		had: number;
	}
	const placeOf = (cell: Cell, own: Own) => cell.values[own.version % KEPT];
	const write: Step<Cell, Own>[] = [
		choose('next', (cell, own) => {
			own.version = cell.version + 1;
			return own.version > own.last ? ENDED : 'write first';
		}),
		act('write first', (cell, own) => {
			placeOf(cell, own)[0] = own.version;
		}),
		act('write second', (cell, own) => {
			placeOf(cell, own)[1] = own.version;
		}),
		act('publish', (cell, own) => {
			cell.version = own.version;
		}),
		choose('again', () => 'next'),
	];
	const sit: Step<Cell, Own> = {
		name: 'sit',
		run(cell, own) {
			if (cell.writer !== 0) return false;
			cell.writer = own.member;
			return undefined;
		},
	};
	const read: Step<Cell, Own>[] = [
		choose('version', (cell, own) => {
			own.version = cell.version;
			own.words = [];
			return own.version === 0 ? 'version' : 'read first';
		}),
		act('read first', (cell, own) => {
			own.words.push(placeOf(cell, own)[0]);
		}),
		act('read second', (cell, own) => {
			own.words.push(placeOf(cell, own)[1]);
		}),
		choose('version again', (cell, own) => {
			if (cell.version - own.version > KEPT - 2) return 'version';
			const [first, second] = own.words;
			own.had = first === second && first >= own.had ? first : -1;
			return own.had === own.last || own.had === -1 ? ENDED : 'version';
		}),
	];
	const LAST = 6;
	const own = (member: number): Own => ({ member, version: 0, last: LAST, words: [], had: 0 });
	const run = (writes = write, reads = read) =>
		interleavings<Cell, Own>({
			shared: { values: Array.from({ length: KEPT }, () => [0, 0]), version: 0, writer: 1, killed: false },
			threads: [
				{ name: 'writer', own: own(1), steps: killable(writes) },
				{
					name: 'watch',
					own: own(0),
					steps: [
						act('kill', (cell) => {
							cell.killed = true;
						}),
						act('retire', (cell) => {
							cell.writer = 0;
						}),
					],
				},
				{ name: 'heir', own: own(2), steps: [sit, ...writes] },
				{ name: 'reader', own: own(3), steps: reads },
			],
			wrong: (_, [, , , { had, words }]) => (had === -1 ? `read ${words}` : undefined),
			wrongAtEnd: (_, [, , , { had }]) => (had === LAST ? undefined : `had ${had}`),
		});

	it('gives whole values, none older than the one before, and the last, whenever the writer dies', () => {
		const { failure, ends } = run();
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	it('is wrong when a value is published before it is written', () => {
		expect(run(swapped(write, 'write second', 'publish')).failure?.problem).toMatch(/^read /);
	});

	it('is wrong when the reader looks again before it has read', () => {
		const early = altered(read, 'read second', (cell, own) =>
			cell.version - own.version > KEPT - 2 ? 'version' : undefined,
		);
		const reads = altered(early, 'version again', (cell, own) => {
			const first = own.words[0];
			own.had = first === placeOf(cell, own)[1] && first >= own.had ? first : -1;
			return own.had === own.last || own.had === -1 ? ENDED : 'version';
		});
		expect(run(write, reads).failure?.problem).toMatch(/^read /);
	});

	it('is wrong when it takes the place that is written next for one that is not', () => {
		const reads = altered(read, 'version again', (cell, own) => {
			if (cell.version - own.version > KEPT - 1) return 'version';
			const [first, second] = own.words;
			own.had = first === second && first >= own.had ? first : -1;
			return own.had === own.last || own.had === -1 ? ENDED : 'version';
		});
		expect(run(write, reads).failure?.problem).toMatch(/^read /);
	});
});
