import { caseTitle, operationsPerIteration } from './case-table.js';
import { formatBytes, formatCount, formatTime } from './format.js';
import { measureOf } from './measure.js';
import type { CaseResult, Row } from './results.js';

/** A chart as the page draws it: everything is decided here, and the page only draws. */
export type ChartData = BarChart | LineChart;

/** One bar per subject. */
export interface BarChart {
	readonly type: 'bars';
	readonly label: string;
	/** What the length of a bar is. */
	readonly unit: string;
	readonly logarithmic: boolean;
	readonly bars: readonly {
		readonly title: string;
		readonly kind: Row['kind'];
		readonly value: number;
		readonly text: string;
		readonly details: string;
	}[];
}

/** One line per subject over the sizes. */
export interface LineChart {
	readonly type: 'lines';
	readonly label: string;
	readonly lines: readonly {
		readonly title: string;
		readonly kind: Row['kind'];
		readonly points: readonly (readonly [size: number, value: number])[];
	}[];
}

/** Times that differ more than this are drawn on a logarithmic axis. */
const WIDE = 25;

/** The bars of a case: time as a rule, memory or the longest pause where the scenario is about that. */
export function barsOf(result: CaseResult): BarChart {
	const several = new Set(result.rows.filter(({ kind }) => kind !== 'native').map(({ runtime }) => runtime)).size > 1;
	const { unit, legend, quantityOf, textOf } = measureOf(result);
	const bars = result.rows.map((row) => ({
		title: several && row.kind !== 'native' ? `${row.title} · ${row.runtime}` : row.title,
		kind: row.kind,
		value: quantityOf(row) ?? 0,
		text: textOf(row),
		details: detailsOf(row),
	}));
	const values = bars.map(({ value }) => value).filter((value) => value > 0);
	return {
		type: 'bars',
		label: `${caseTitle(result)}: ${unit}`,
		unit: [`${unit}, shorter is better`, ...(legend === undefined ? [] : [legend])].join('; '),
		logarithmic: values.length > 1 && Math.max(...values) / Math.min(...values) > WIDE,
		bars,
	};
}

/** All sizes of one scenario in one chart. */
export function linesOf(results: readonly CaseResult[]): LineChart {
	const lines = new Map<string, { title: string; kind: Row['kind']; points: [number, number][] }>();
	for (const result of results) {
		for (const row of result.rows) {
			const key = `${row.subject} ${row.runtime}`;
			const line = lines.get(key) ?? { title: row.title, kind: row.kind, points: [] };
			line.points.push([result.size, row.summary.median / operationsPerIteration(result)]);
			lines.set(key, line);
		}
	}
	return { type: 'lines', label: 'time per record over the size of the list, ns', lines: [...lines.values()] };
}

function detailsOf({ note, runtime, summary, phases, gc, rss }: Row): string {
	const names = Object.keys(phases);
	return [
		note,
		runtime,
		`median ${formatTime(summary.median)}, middle half ${formatTime(summary.p25)} to ${formatTime(summary.p75)}, fastest ${formatTime(summary.min)}`,
		...(names.length > 1 ? [names.map((name) => `${name} ${formatTime(phases[name])}`).join(', ')] : []),
		...(gc === undefined
			? []
			: [`${gc.count.toFixed(1)} collections, ${formatTime(gc.ns)}; the longest ${formatTime(gc.longest)}`]),
		`process ${formatBytes(rss)}`,
	].join('\n');
}

/** "500,000 records" for the heading of a size. */
export function sizeText(size: number): string {
	return `${formatCount(size)} records`;
}
