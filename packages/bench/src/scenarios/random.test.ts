import { expect, it } from 'vitest';
import { below, nextRandom, randomPrice, startRandom } from './random.js';
import { HASH_SEED, hashText, mixRecord, priceOf, sumText } from './record.js';

it('is the sequence that benchmarks/native/random.hpp draws', () => {
	let state = startRandom(1);
	const drawn = Array.from({ length: 4 }, () => {
		state = nextRandom(state);
		return below(state, 100_000);
	});
	expect(drawn).toEqual(DRAWN_BY_CPP);
});

/** `Random random(1); random.below(100000)`, four times. */
const DRAWN_BY_CPP = [20007, 94277, 39501, 96584];

it('never stands still, whatever the seed', () => {
	for (const seed of [0, 1, 2, 0x7fffffff, 0xffffffff]) {
		const first = nextRandom(startRandom(seed));
		expect(first).not.toBe(0);
		expect(nextRandom(first)).not.toBe(first);
	}
});

it('stays below the limit', () => {
	let state = startRandom(7);
	for (let i = 0; i < 1000; i++) {
		state = nextRandom(state);
		expect(below(state, 10)).toBeGreaterThanOrEqual(0);
		expect(below(state, 10)).toBeLessThan(10);
		expect(Number.isInteger(randomPrice(state) * 8)).toBe(true);
	}
});

it('prices records so that sums are exact and no price is whole', () => {
	for (const id of [0, 1, 2, 3, 99_999_999]) {
		expect(Number.isInteger(priceOf(id))).toBe(false);
		expect(Number.isInteger(priceOf(id) * 8)).toBe(true);
	}
	expect(sumText(priceOf(0) + priceOf(1))).toBe('0.500');
});

it('hashes order and content', () => {
	const hash = (...records: [id: number, price: number][]): string =>
		hashText(
			records.reduce((sum, [id, price]) => mixRecord(sum, id, price), HASH_SEED),
			records.length,
		);
	expect(hash([1, 0.5], [2, 0.5])).not.toBe(hash([2, 0.5], [1, 0.5]));
	expect(hash([1, 0.5])).not.toBe(hash([1, 0.625]));
	expect(hash()).toBe('2166136261/0');
});
