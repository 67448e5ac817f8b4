import { formatCount, formatMs, formatRatio, formatTime } from './format.js';
import type { CaseResult, Row } from './results.js';

/** A column of a case's table: its title and what it says of a row. */
export interface CaseColumn {
	readonly title: string;
	readonly align: 'left' | 'right';
	readonly cell: (row: Row) => string;
	/** Left out first where the terminal is narrow; 0 for what a table is nothing without. */
	readonly detail: number;
}

/** Where there is nothing to say. */
export const ABSENT = '—';

/** Scenarios whose times say nothing. */
const MEMORY: readonly string[] = ['bytes-per-node', 'book-memory'];

/** The columns that say something of this case; terminal and page show the same. */
export function columnsOf(result: CaseResult): CaseColumn[] {
	const measures = MEMORY.includes(result.scenario) ? memoryColumns(result) : timeColumns(result);
	const columns: Column[] = [
		{ title: 'subject', align: 'left', detail: 0, of: ({ title }) => title },
		{ title: 'runs on', align: 'left', detail: 0, of: ({ runtime }) => runtime },
		...measures,
		{ title: 'result', align: 'right', detail: 4, of: () => '✓' },
	];
	return columns
		.filter(({ of }) => result.rows.some((row) => of(row) !== undefined))
		.map(({ title, align = 'right', detail, of }) => ({ title, align, detail, cell: (row) => of(row) ?? ABSENT }));
}

/** What a time per operation divides by. */
export function operationsPerIteration({ operations, size }: CaseResult): number {
	return operations > 0 ? operations : size;
}

/** What the two C++ references are called: where nothing is allocated they are no allocators. */
function referencesOf({ scenario }: CaseResult): { readonly malloc: string; readonly slab: string } {
	return scenario.startsWith('passing-') ? { malloc: 'C++', slab: 'C++ slots' } : { malloc: 'malloc', slab: 'slab' };
}

/** "FIFO churn, 10,000 records, 2,000,000 operations, sustained". */
export function caseTitle({ title, size, operations, protocol }: CaseResult): string {
	const work = operations > 0 ? `, ${formatCount(operations)} operations` : '';
	return `${title}, ${formatCount(size)} records${work}, ${protocol}`;
}

/** A column that only some rows, or none, have something to say in. */
interface Column {
	readonly title: string;
	readonly align?: 'left' | 'right';
	readonly detail: number;
	readonly of: (row: Row) => string | undefined;
}

function memoryColumns({ size, scenario }: CaseResult): Column[] {
	const what = scenario === 'book-memory' ? 'order' : 'node';
	const perNode = (bytes: number | undefined): string | undefined =>
		bytes === undefined ? undefined : (bytes / size).toFixed(1);
	return [
		{ title: `bytes per ${what}, resident`, detail: 0, of: ({ resident }) => perNode(resident) },
		{
			title: scenario === 'book-memory' ? 'bytes per order, in use' : 'live',
			detail: 1,
			of: ({ live }) => perNode(live),
		},
	];
}

function timeColumns(result: CaseResult): Column[] {
	const operations = operationsPerIteration(result);
	const references = referencesOf(result);
	return [
		{ title: 'ms', detail: 0, of: ({ summary }) => formatMs(summary.median) },
		{ title: 'p25-p75', detail: 2, of: ({ summary }) => `${formatMs(summary.p25)}-${formatMs(summary.p75)}` },
		{
			title: result.operations > 0 ? 'per operation' : 'per record',
			detail: 3,
			of: ({ summary }) => formatTime(summary.median / operations),
		},
		{ title: `vs ${references.malloc}`, detail: 0, of: ({ versus }) => ratio(versus.malloc) },
		{ title: `vs ${references.slab}`, detail: 0, of: ({ versus }) => ratio(versus.slab) },
		{ title: 'p99.9 batch', detail: 0, of: ({ tailBatch }) => time(tailBatch) },
		{ title: 'longest batch', detail: 0, of: ({ longestBatch }) => time(longestBatch) },
		{ title: 'gc ms', detail: 1, of: ({ gc }) => (gc === undefined ? undefined : formatMs(gc.ns)) },
		{ title: 'gcs', detail: 5, of: ({ gc }) => gc?.count.toFixed(1) },
		{ title: 'gc outside', detail: 5, of: ({ gc }) => (gc === undefined ? undefined : formatMs(gc.outside)) },
		{ title: 'longest gc', detail: 3, of: ({ gc }) => time(gc?.longest) },
	];
}

function ratio(value: number | undefined): string | undefined {
	return value === undefined ? undefined : formatRatio(value);
}

function time(nanoseconds: number | undefined): string | undefined {
	return nanoseconds === undefined ? undefined : formatTime(nanoseconds);
}
