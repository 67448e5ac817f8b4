import { expect, it } from 'vitest';
import { headlineOf, headlineSentence } from './headline.js';
import { sampleCase, sampleResults, sampleRow } from './sample-results.testing.js';

const sentenceOf = (results = sampleResults()): string | undefined => {
	const headline = headlineOf(results);
	return headline && headlineSentence(headline);
};

it('says it in a sentence, with the protocol', () => {
	expect(sentenceOf()).toBe(
		'FluxList built and destroyed 500,000 records 3.41x as fast as C++ std::list on malloc, 0.93x as fast as C++ std::list on a slab allocator, 25.0x as fast as the fastest list of npm (yallist) (sustained, warmed up, Node 20.20.2, one record type).',
	);
});

it('does without C++ and without npm', () => {
	expect(sentenceOf(sampleResults([sampleCase({ rows: [sampleRow({ versus: {} })] })]))).toContain(
		'with nothing to compare it to',
	);
});

it('compares within one Node', () => {
	const rows = [sampleRow(), sampleRow({ subject: 'yallist', kind: 'npm', runtime: 'Node 24.21.0' })];
	expect(sentenceOf(sampleResults([sampleCase({ rows })]))).not.toContain('npm');
});

it('is absent where it was not measured, as in the isolated protocol', () => {
	expect(sentenceOf(sampleResults([sampleCase({ protocol: 'isolated' })]))).toBeUndefined();
	expect(sentenceOf(sampleResults([]))).toBeUndefined();
});
