import { barPicture } from './bar-picture.js';
import { formatCount } from './format.js';
import { headlineOf } from './headline.js';
import { measureOf } from './measure.js';
import type { CaseResult, Results, Row } from './results.js';

/**
 * The headline as an SVG picture: bars of the milliseconds that FluxList, C++, the fastest list of npm and what is written by
 * hand take to build and destroy the list, on the Node of the headline. It needs no font, script or network of its own, and
 * follows the reader's choice of light or dark. `undefined` where the headline was not measured.
 */
export function headlinePicture(results: Pick<Results, 'cases' | 'machine'>): string | undefined {
	const headline = headlineOf(results);
	const result = results.cases.find(({ rows }) => headline !== undefined && rows.includes(headline.flux));
	if (headline === undefined || result === undefined) return undefined;
	const title = `${formatCount(headline.size)} records, list built and destroyed: milliseconds, shorter is better`;
	const foot = `${headline.runtime}, ${results.machine.cpu}; sustained, warmed up, median; x: how many times as fast as std::list on malloc`;
	return barPicture(rowsOf(result, headline.runtime), measureOf(result), title, foot);
}

/** One of each: ours, both allocators of C++, the fastest of npm, and what people write by hand; fastest first. */
function rowsOf({ rows }: CaseResult, runtime: string): readonly Row[] {
	const here = rows.filter((row) => row.kind === 'native' || row.runtime === runtime);
	const fastest = here.find(({ kind }) => kind === 'npm');
	return here.filter(
		(row) => row === fastest || row.kind === 'plain' || ['flux', 'cpp-malloc', 'cpp-slab'].includes(row.subject),
	);
}
