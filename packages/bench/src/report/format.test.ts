import { expect, it } from 'vitest';
import { formatBytes, formatCount, formatMs, formatRatio, formatTime } from './format.js';

it('gives times as many digits as mean something', () => {
	expect([2_611_000, 14_520_000, 146_400_000, 82_000, 0].map(formatMs)).toEqual(['2.61', '14.5', '146', '0.082', '0']);
});

it('chooses the unit of a time', () => {
	expect([5.2, 31_000, 2_610_000, 1.2e9, 0].map(formatTime)).toEqual(['5.20 ns', '31.0 us', '2.61 ms', '1.20 s', '0']);
});

it('chooses the unit of bytes', () => {
	expect([0, 24, 16_384, 25 * 1024 ** 3].map(formatBytes)).toEqual(['0 B', '24 B', '16.0 KB', '25.0 GB']);
});

it('separates thousands whatever the locale', () => {
	expect(formatCount(500_000)).toBe('500,000');
	expect(formatRatio(1234)).toBe('1,234x');
});
