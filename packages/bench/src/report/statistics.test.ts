import { describe, expect, it } from 'vitest';
import { median, quantile, ratios, summarize } from './statistics.js';

describe('quantile', () => {
	it('interpolates between neighbours, whatever the order of the values', () => {
		expect(quantile([4, 1, 3, 2], 0)).toBe(1);
		expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75);
		expect(quantile([4, 1, 3, 2], 1)).toBe(4);
	});

	it('sorts numbers as numbers', () => {
		expect(median([100, 20, 3])).toBe(20);
	});

	it('leaves the values as they were', () => {
		const values = [3, 1, 2];
		quantile(values, 0.5);
		expect(values).toEqual([3, 1, 2]);
	});

	it('refuses no values', () => {
		expect(() => quantile([], 0.5)).toThrow(RangeError);
	});
});

it('summarizes', () => {
	expect(summarize([5, 1, 3, 2, 4])).toEqual({ median: 3, min: 1, p25: 2, p75: 4, max: 5 });
	expect(summarize([7])).toEqual({ median: 7, min: 7, p25: 7, p75: 7, max: 7 });
});

describe('ratios', () => {
	it('says how many times as fast as the reference, round by round', () => {
		expect(ratios([10, 30], [5, 10])).toEqual([2, 3]);
	});

	it('lets a disturbance that hits both fall out', () => {
		expect(median(ratios([10, 100, 10], [5, 50, 5]))).toBe(2);
	});

	it('refuses rounds that do not pair up', () => {
		expect(() => ratios([1], [1, 2])).toThrow('1 rounds against 2');
	});
});
