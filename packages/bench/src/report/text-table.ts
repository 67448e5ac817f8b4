/** A table for the terminal. */
export interface TextTable {
	readonly columns: readonly { readonly title: string; readonly align: 'left' | 'right' }[];
	readonly rows: readonly (readonly string[])[];
}

/** The table as lines, columns apart by two spaces, and a rule under the titles. */
export function formatTable({ columns, rows }: TextTable): string[] {
	const widths = columns.map(({ title }, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
	const line = (cells: readonly string[]): string =>
		cells
			.map((cell, column) =>
				columns[column].align === 'right' ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
			)
			.join('  ')
			.trimEnd();
	return [
		line(columns.map(({ title }) => title)),
		widths.map((width) => '-'.repeat(width)).join('  '),
		...rows.map(line),
	];
}
