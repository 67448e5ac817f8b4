import { styleText } from 'node:util';
import { caseTitle, columnsOf } from './case-table.js';
import { caseProtocol, GENERAL_PROTOCOL, machineLines, PROTOCOL_TEXT } from './protocol-text.js';
import type { CaseResult, Results } from './results.js';
import { formatTable } from './text-table.js';

/** How text is emphasised: not at all where the output is no terminal. */
export type Emphasis = (style: 'bold' | 'dim' | 'green', text: string) => string;

/** For a stream. */
export function emphasisFor(stream: { readonly isTTY?: boolean }): Emphasis {
	const colourful = stream.isTTY === true && process.env.NO_COLOR === undefined;
	return (style, text) => (colourful ? styleText(style, text) : text);
}

/** The lines before the first table: how it is measured, and on what. */
export function preamble(results: Pick<Results, 'machine' | 'native'>, emphasis: Emphasis): string[] {
	return [
		emphasis('bold', 'Protocol'),
		...Object.values(PROTOCOL_TEXT).map((text) => `  ${text}`),
		...GENERAL_PROTOCOL.map((text) => `  ${text}`),
		'',
		emphasis('bold', 'Machine'),
		...machineLines(results).map((text) => `  ${text}`),
	];
}

/** The lines of one case: title, protocol, table, and who is absent. A narrow terminal gets fewer columns. */
export function caseLines(result: CaseResult, emphasis: Emphasis, width: number): string[] {
	const [titles, rule, ...rows] = fittingTable(result, width);
	return [
		'',
		emphasis('bold', caseTitle(result)),
		emphasis('dim', result.description),
		emphasis('dim', caseProtocol(result)),
		'',
		titles,
		rule,
		...rows.map((line, index) => (result.rows[index].kind === 'flux' ? emphasis('green', line) : line)),
		...result.absent.map(({ title, reason }) => emphasis('dim', `— ${title}: ${reason}`)),
	];
}

/** The table without the columns that matter least, until it fits or only what matters is left. */
function fittingTable(result: CaseResult, width: number): string[] {
	let columns = columnsOf(result);
	for (;;) {
		const shown = columns;
		const lines = formatTable({ columns, rows: result.rows.map((row) => shown.map(({ cell }) => cell(row))) });
		const least = Math.max(...columns.map(({ detail }) => detail));
		if (lines[1].length <= width || least === 0) return lines;
		columns = columns.filter(({ detail }) => detail < least);
	}
}
