import { expect, it } from 'vitest';
import { sampleCase, sampleResults, sampleRow } from './sample-results.testing.js';
import { scenarioPicture } from './scenario-picture.js';
import { summarize } from './statistics.js';

it('shows every subject, and is absent where it was not measured', () => {
	const picture =
		scenarioPicture(
			sampleResults([sampleCase({ rows: [sampleRow(), sampleRow({ title: 'another' })] })]),
			'build-destroy',
		) ?? '';
	expect(picture.match(/<rect class="flux"/g)).toHaveLength(2);
	expect(picture).toContain('4.00 ms  3.41x');
	expect(scenarioPicture(sampleResults(), 'fifo')).toBeUndefined();
	expect(scenarioPicture(sampleResults(), 'build-destroy', 7)).toBeUndefined();
});

it('is of the size that was asked for, or of the first', () => {
	const results = sampleResults([
		sampleCase({ scenario: 'queue-fifo', size: 1000 }),
		sampleCase({ scenario: 'queue-fifo', size: 100_000 }),
	]);
	expect(scenarioPicture(results, 'queue-fifo')).toContain('1,000 live');
	expect(scenarioPicture(results, 'queue-fifo', 100_000)).toContain('100,000 live');
});

it('shows what the scenario is about: bytes, or how long a caller waits', () => {
	const row = sampleRow({ resident: 24e6, live: 57e6, tailBatch: 17_300, longestBatch: 143_000 });
	const shown = (scenario: 'bytes-per-node' | 'book-memory' | 'book-latency' | 'queue-pauses'): string =>
		scenarioPicture(
			sampleResults([sampleCase({ scenario, size: 1e6, protocol: 'isolated', rows: [row] })]),
			scenario,
		) ?? '';
	expect(shown('bytes-per-node')).toContain('>24.0 B<');
	expect(shown('book-memory')).toContain('>57.0 B<');
	expect(shown('book-latency')).toContain('>17.3 us<');
	expect(shown('queue-pauses')).toContain('>143 us<');
	expect(shown('queue-pauses')).toContain('longest batch of 1,000 operations');
});

it('leaves out a row that does not say', () => {
	const rows = [sampleRow({ title: 'says', live: 57e6 }), sampleRow({ title: 'does not' })];
	const picture = scenarioPicture(sampleResults([sampleCase({ scenario: 'book-memory', rows })]), 'book-memory');
	expect(picture).toContain('says');
	expect(picture).not.toContain('does not');
});

it('draws a line per subject over the sizes of the scaling scenario, named where it ends', () => {
	const at = (size: number, nanoseconds: number, title: string) =>
		sampleRow({ title, summary: summarize([nanoseconds * size]) });
	const results = sampleResults([
		sampleCase({
			scenario: 'scaling',
			title: 'Size scaling',
			size: 1000,
			rows: [at(1000, 10, 'a'), at(1000, 20, 'b')],
		}),
		sampleCase({ scenario: 'scaling', title: 'Size scaling', size: 10_000, rows: [at(10_000, 100, 'a')] }),
	]);
	const picture = scenarioPicture(results, 'scaling') ?? '';
	expect(picture.match(/<polyline class="line flux" points="[^"]*"/g)).toEqual([
		'<polyline class="line flux" points="64.0,400.0 510.0,64.0"',
		'<polyline class="line flux" points="64.0,298.9"',
	]);
	expect(picture).toContain('>1,000<');
	expect(picture).toContain('>10,000<');
	expect(picture).toContain('>100 ns<');
});
