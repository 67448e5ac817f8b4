import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { barPicture } from './bar-picture.js';
import { headlinePicture } from './headline-picture.js';
import { measureOf } from './measure.js';
import { parseResults } from './results.js';
import { sampleCase, sampleResults, sampleRow } from './sample-results.testing.js';

it('shows one bar for each kind of list, and what it is', () => {
	const picture = headlinePicture(sampleResults()) ?? '';
	expect(picture.match(/<rect class="(flux|native|npm|plain)"/g)).toHaveLength(3);
	expect(picture).toContain('500,000 records, list built and destroyed');
	expect(picture).toContain('4.00 ms  3.41x');
	expect(picture).toContain('prefers-color-scheme: dark');
});

it('escapes what comes from outside', () => {
	expect(headlinePicture(sampleResults())).toContain('Some &#60;CPU&#62;');
});

it('leaves out other Nodes, and other ways to use FluxList', () => {
	const rows = [
		sampleRow(),
		sampleRow({ subject: 'flux-object', title: 'FluxList, object argument' }),
		sampleRow({ subject: 'yallist', title: 'yallist', kind: 'npm', runtime: 'Node 24.21.0' }),
	];
	const picture = headlinePicture(sampleResults([sampleCase({ rows })])) ?? '';
	expect(picture).not.toContain('object argument');
	expect(picture).not.toContain('yallist');
});

it('is absent where the headline was not measured', () => {
	expect(headlinePicture(sampleResults([sampleCase({ scenario: 'walk' })]))).toBeUndefined();
});

it('of the README is that of the last results: never drawn by hand', () => {
	const read = (name: string) =>
		readFileSync(new URL(`../../../../benchmarks/results/${name}`, import.meta.url), 'utf8');
	expect(read('headline.svg')).toBe(headlinePicture(parseResults(read('headline.json'))));
});

it('sets a title that is too long for the picture smaller', () => {
	const sizeOf = (title: string): number => {
		const picture = barPicture([sampleRow()], measureOf({ scenario: 'walk', size: 1 }), title, '');
		return Number(/style="font-size: ([\d.]+)px/.exec(picture)?.[1]);
	};
	expect(sizeOf('A short one')).toBe(16);
	expect(sizeOf('x'.repeat(154))).toBe(8);
});
