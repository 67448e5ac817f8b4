import type { ScenarioName } from '../scenarios/scenario.js';
import { formatCount, formatMs, formatRatio } from './format.js';
import { headlineOf } from './headline.js';
import { html, join, type Markup } from './markup.js';
import type { CaseResult, Results, Row } from './results.js';

const WIDTH = 760;
const TOP = 64;
const ROW = 34;
const BAR = 20;
/** Where bars begin, if no name needs more: the names stand before it. */
const LEFT = 250;
/** The width of a letter, at most on average. */
const LETTER = 7.6;
/** What the text behind the longest bar takes. */
const RIGHT = 140;
const BOTTOM = 40;

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
	return drawn(rowsOf(result, headline.runtime), title, foot);
}

/**
 * One scenario as such a picture, with every subject: on the first Node that was measured. `undefined` where it was not
 * measured, sustained.
 */
export function scenarioPicture(
	results: Pick<Results, 'cases' | 'machine'>,
	scenario: ScenarioName,
): string | undefined {
	const result = results.cases.find((each) => each.scenario === scenario && each.protocol === 'sustained');
	const node = results.machine.nodes[0];
	if (result === undefined || node === undefined) return undefined;
	const runtime = `Node ${node.version}`;
	const rows = result.rows.filter((row) => row.kind === 'native' || row.runtime === runtime);
	const title = `${result.title}, ${formatCount(result.size)} live: milliseconds, shorter is better`;
	const foot = `${runtime}, ${results.machine.cpu}; sustained, warmed up, median; x: how many times as fast as C++ on malloc`;
	return drawn(rows, title, foot);
}

function drawn(rows: readonly Row[], title: string, foot: string): string {
	const longest = Math.max(...rows.map(({ summary }) => summary.median));
	const left = Math.max(LEFT, ...rows.map((row) => Math.ceil(row.title.length * LETTER) + 34));
	const height = TOP + rows.length * ROW + BOTTOM;
	const bars = rows.map((row, index) => bar(row, TOP + index * ROW, row.summary.median / longest, left));
	return `${
		html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(height)}" width="${String(WIDTH)}" height="${String(height)}" role="img" aria-label="${title}">
<style>${{ text: STYLE }}</style>
<rect class="page" width="${String(WIDTH)}" height="${String(height)}" rx="12"/>
<text class="title" x="24" y="36">${title}</text>
${join(bars)}<text class="foot" x="24" y="${String(height - 16)}">${foot}</text>
</svg>
`.text
	}`;
}

/** One of each: ours, both allocators of C++, the fastest of npm, and what people write by hand; fastest first. */
function rowsOf({ rows }: CaseResult, runtime: string): readonly Row[] {
	const here = rows.filter((row) => row.kind === 'native' || row.runtime === runtime);
	const fastest = here.find(({ kind }) => kind === 'npm');
	return here.filter(
		(row) => row === fastest || row.kind === 'plain' || ['flux', 'cpp-malloc', 'cpp-slab'].includes(row.subject),
	);
}

function bar({ title, kind, summary, versus }: Row, y: number, share: number, left: number): Markup {
	const length = Math.max(2, Math.round(share * (WIDTH - left - RIGHT)));
	const middle = String(y + BAR / 2 + 5);
	const ratio = versus.malloc === undefined ? '' : `  ${formatRatio(versus.malloc)}`;
	return html`<text class="name ${kind}" x="${String(left - 10)}" y="${middle}">${title}</text>
<rect class="${kind}" x="${String(left)}" y="${String(y)}" width="${String(length)}" height="${String(BAR)}" rx="3"/>
<text class="value" x="${String(left + length + 8)}" y="${middle}">${formatMs(summary.median)} ms${ratio}</text>
`;
}

const STYLE = `
text { font: 14px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; fill: #16202c; }
.page { fill: #ffffff; } .title { font-size: 16px; font-weight: 600; } .name { text-anchor: end; } .name.flux { font-weight: 700; }
.value { white-space: pre; font-variant-numeric: tabular-nums; } .foot { font-size: 12px; fill: #5d6b7a; }
rect.flux { fill: #0b8f7c; } rect.native { fill: #5a7fb5; } rect.npm { fill: #c98a3d; } rect.plain { fill: #9b7fb8; }
@media (prefers-color-scheme: dark) {
  text { fill: #e8edf2; } .page { fill: #10151b; } .foot { fill: #97a5b4; }
  rect.flux { fill: #2dc7b0; } rect.native { fill: #7ba3dd; } rect.npm { fill: #e0a75e; } rect.plain { fill: #b79ad6; }
}
`;
