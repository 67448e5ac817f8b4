import { html, join, type Markup } from './markup.js';
import type { Measure } from './measure.js';
import { PICTURE_STYLE } from './picture-style.js';
import type { Row } from './results.js';

const WIDTH = 760;
const TOP = 64;
const ROW = 34;
const BAR = 20;
/** Where bars begin, if no name needs more: the names stand before it. */
const LEFT = 250;
/** The width of a letter of a bold name, and of the title, at most on average. */
const LETTER = 8.6;
const TITLE_LETTER = 9.2;
const TITLE_SIZE = 16;
const MARGIN = 24;
/** What the text behind the longest bar takes. */
const RIGHT = 140;
const BOTTOM = 40;

/** Rows as bars, in an SVG picture that follows the reader's choice of light or dark and needs no font, script or network. */
export function barPicture(rows: readonly Row[], measure: Measure, title: string, foot: string): string {
	const longest = Math.max(...rows.map((row) => measure.quantityOf(row) ?? 0));
	const left = Math.max(LEFT, ...rows.map((row) => Math.ceil(row.title.length * LETTER) + 34));
	const height = TOP + rows.length * ROW + BOTTOM;
	// A long title is set smaller.
	const size = Math.min(TITLE_SIZE, (TITLE_SIZE * (WIDTH - 2 * MARGIN)) / (title.length * TITLE_LETTER)).toFixed(1);
	const bars = rows.map((row, index) => bar(row, measure, TOP + index * ROW, longest, left));
	return `${
		html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(height)}" width="${String(WIDTH)}" height="${String(height)}" role="img" aria-label="${title}">
<style>${{ text: PICTURE_STYLE }}</style>
<rect class="page" width="${String(WIDTH)}" height="${String(height)}" rx="12"/>
<text class="title" style="font-size: ${size}px" x="${String(MARGIN)}" y="36">${title}</text>
${join(bars)}<text class="foot" x="${String(MARGIN)}" y="${String(height - 16)}">${foot}</text>
</svg>
`.text
	}`;
}

function bar(row: Row, { quantityOf, textOf }: Measure, y: number, longest: number, left: number): Markup {
	const { title, kind } = row;
	const length = Math.max(2, Math.round(((quantityOf(row) ?? 0) / longest) * (WIDTH - left - RIGHT)));
	const middle = String(y + BAR / 2 + 5);
	return html`<text class="name ${kind}" x="${String(left - 10)}" y="${middle}">${title}</text>
<rect class="${kind}" x="${String(left)}" y="${String(y)}" width="${String(length)}" height="${String(BAR)}" rx="3"/>
<text class="value" x="${String(left + length + 8)}" y="${middle}">${textOf(row)}</text>
`;
}
