import { expect, it } from 'vitest';
import { renderPage } from './page.js';
import { parseResults } from './results.js';
import { sampleCase, sampleResults } from './sample-results.testing.js';

const library = 'globalThis.echarts = {};';
const page = renderPage(
	sampleResults([
		sampleCase(),
		sampleCase({ scenario: 'scaling', size: 1000 }),
		sampleCase({ scenario: 'scaling', size: 10_000 }),
	]),
	library,
);

it('is one file that asks nothing of the network', () => {
	expect(page).toContain(library);
	expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
	expect(page).not.toContain('@import');
});

it('escapes what it was given', () => {
	expect(page).toContain('it is &#60;slow&#62; &#38; &#34;old&#34;');
	expect(page).not.toContain('Some <CPU>');
});

it('says the headline first, then each scenario, the protocol and the machine', () => {
	const places = ['class="hero"', 'id="build-destroy"', 'id="scaling"', 'id="protocol"', 'id="machine"'].map((mark) =>
		page.indexOf(mark),
	);
	expect(places).toEqual(places.toSorted((left, right) => left - right));
	expect(places).not.toContain(-1);
});

it('has a place and data for each chart, one for all sizes of the scaling', () => {
	const [, data] = /<script type="application\/json" id="charts">(.*?)<\/script>/s.exec(page) ?? [];
	const charts: unknown = JSON.parse(data ?? '');
	expect(charts).toMatchObject({
		'chart-build-destroy-sustained-500000': { type: 'bars', logarithmic: false },
		'chart-scaling': {
			type: 'lines',
			lines: [
				{
					title: 'FluxList',
					points: [
						[1000, 4000],
						[10_000, 400],
					],
				},
				{},
				{},
			],
		},
	});
	for (const id of Object.keys(charts as object)) expect(page).toContain(`id="${id}"`);
});

it('carries a script that parses', () => {
	const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text]) => text);
	expect(scripts).toHaveLength(2);
	for (const script of scripts) expect(() => new Function(script)).not.toThrow();
});

it('reads back what it wrote, and nothing else', () => {
	const results = sampleResults();
	expect(parseResults(JSON.stringify(results))).toEqual(results);
	expect(() => parseResults('[]')).toThrow('not a results file');
	expect(() => parseResults('{"schema":99}')).toThrow('schema 99');
});
