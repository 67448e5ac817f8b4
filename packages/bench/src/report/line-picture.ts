import type { SubjectKind } from '../subjects/catalog.js';
import { formatCount } from './format.js';
import { html, join, type Markup } from './markup.js';
import { PICTURE_STYLE } from './picture-style.js';

/** A subject over the sizes. */
export interface Line {
	readonly title: string;
	readonly kind: SubjectKind;
	/** In the order of the sizes. */
	readonly points: readonly (readonly [size: number, value: number])[];
}

const WIDTH = 760;
const HEIGHT = 470;
const TOP = 64;
const LEFT = 64;
/** Where lines end; their names stand behind it. */
const RIGHT = 510;
const BOTTOM = 400;
/** From one name to the next. */
const NAME = 17;

/** Lines over sizes, both axes logarithmic, in an SVG picture as that of bars. Each line is named where it ends. */
export function linePicture(lines: readonly Line[], title: string, foot: string): string {
	const drawn = lines.filter(({ points }) => points.length > 0);
	const sizes = [...new Set(drawn.flatMap(({ points }) => points.map(([size]) => size)))].sort((a, b) => a - b);
	const values = drawn.flatMap(({ points }) => points.map(([, value]) => value));
	const least = Math.floor(Math.log10(Math.min(...values)));
	const most = Math.ceil(Math.log10(Math.max(...values)));
	const x = scale(Math.log10(sizes[0]), Math.log10(sizes[sizes.length - 1]), LEFT, RIGHT);
	const y = scale(least, most, BOTTOM, TOP);
	const decades = Array.from({ length: most - least + 1 }, (_, index) => least + index);
	const grid = decades.map(
		(decade) => html`<line class="grid" x1="${String(LEFT)}" x2="${String(RIGHT)}" y1="${y(decade)}" y2="${y(decade)}"/>
<text class="tick" x="${String(LEFT - 8)}" y="${y(decade, 4)}" text-anchor="end">${formatCount(10 ** decade)} ns</text>
`,
	);
	const ticks = sizes.map(
		(
			size,
		) => html`<text class="tick" x="${x(Math.log10(size))}" y="${String(BOTTOM + 22)}" text-anchor="middle">${formatCount(size)}</text>
`,
	);
	const paths = drawn.map(({ kind, points }) => {
		const path = points.map(([size, value]) => `${x(Math.log10(size))},${y(Math.log10(value))}`).join(' ');
		return html`<polyline class="line ${kind}" points="${path}"/>
`;
	});
	return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(HEIGHT)}" width="${String(WIDTH)}" height="${String(HEIGHT)}" role="img" aria-label="${title}">
<style>${{ text: PICTURE_STYLE + LINE_STYLE }}</style>
<rect class="page" width="${String(WIDTH)}" height="${String(HEIGHT)}" rx="12"/>
<text class="title" x="24" y="36">${title}</text>
${join(grid)}${join(ticks)}${join(paths)}${names(drawn, x, y)}<text class="foot" x="24" y="${String(HEIGHT - 16)}">${foot}</text>
</svg>
`.text;
}

type Scale = (value: number, more?: number) => string;

/** From a range of values to one of places, as text; `more` is added to the place. */
function scale(from: number, to: number, first: number, last: number): Scale {
	return (value, more = 0) => (first + ((value - from) / (to - from || 1)) * (last - first) + more).toFixed(1);
}

/** The names of all lines, one below the other in the order in which the lines end, each led to from there. */
function names(lines: readonly Line[], x: Scale, y: Scale): Markup {
	const ends = lines
		.map(({ title, kind, points }) => ({ title, kind, end: points[points.length - 1] }))
		.map(({ title, kind, end: [size, value] }) => ({
			title,
			kind,
			x: x(Math.log10(size)),
			y: Number(y(Math.log10(value))),
		}))
		.sort((a, b) => a.y - b.y);
	const room = ends.length * NAME;
	const middle = ends.reduce((sum, end) => sum + end.y, 0) / ends.length;
	let at = Math.max(TOP, Math.min(middle - room / 2, BOTTOM - room + NAME / 2));
	const placed = ends.map((end) => {
		const place = at;
		at += NAME;
		return html`<polyline class="lead" points="${end.x},${end.y.toFixed(1)} ${String(RIGHT)},${end.y.toFixed(1)} ${String(RIGHT + 14)},${place.toFixed(1)}"/>
<text class="end ${end.kind}" x="${String(RIGHT + 18)}" y="${(place + 4).toFixed(1)}">${end.title}</text>
`;
	});
	return join(placed);
}

const LINE_STYLE = `polyline { fill: none; } .line { stroke-width: 2; } .line.flux { stroke-width: 3.5; } .end, .tick { font-size: 12px; } .end.flux { font-weight: 700; }
.line.flux { stroke: #0b8f7c; } .line.native { stroke: #5a7fb5; } .line.npm { stroke: #c98a3d; } .line.plain { stroke: #9b7fb8; }
.grid { stroke: #d5dce4; } .lead { stroke: #97a5b4; } .tick { fill: #5d6b7a; }
@media (prefers-color-scheme: dark) {
  .line.flux { stroke: #2dc7b0; } .line.native { stroke: #7ba3dd; } .line.npm { stroke: #e0a75e; } .line.plain { stroke: #b79ad6; }
  .grid { stroke: #2a333d; } .lead { stroke: #5d6b7a; } .tick { fill: #97a5b4; }
}
`;
