/** The tables of the guides on performance and of all results, made from results. */

import { measureOf } from '../packages/bench/src/report/measure.js';
import type { CaseResult, Results, Row } from '../packages/bench/src/report/results.js';
import { scenarioNamed } from '../packages/bench/src/scenarios/index.js';
import { ourSubject } from '../packages/bench/src/scenarios/scenario.js';

const count = new Intl.NumberFormat('en');
/** Milliseconds in three digits. */
const milliseconds = (nanoseconds: number): string => {
	const value = nanoseconds / 1e6;
	return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
};

/** The sets of results, each a file of `benchmarks/results`, in the order of the guides. */
export const SETS = [
	'headline',
	'lists',
	'vectors',
	'sorts',
	'maps',
	'queues',
	'threads',
	'books',
	'book-peers',
	'blocks',
] as const;

/** The name of a set. */
export type SetName = (typeof SETS)[number];

/** The head of a case's table, and what it says of a row. */
interface Column {
	readonly head: string;
	readonly cell: (row: Row) => string;
}

function columnOf(each: CaseResult): Column {
	const { scenario, size } = each;
	const { unit, quantityOf } = measureOf(each);
	if (scenario === 'scaling')
		return { head: 'ns per record, median', cell: ({ summary }) => (summary.median / size).toPrecision(3) };
	if (unit !== 'milliseconds') return { head: unit, cell: (row) => quantityOf(row)?.toPrecision(3) ?? '' };
	return {
		head: 'median ms (half of the rounds)',
		cell: ({ summary: { median, p25, p75 } }) =>
			`${milliseconds(median)} (${milliseconds(p25)} to ${milliseconds(p75)})`,
	};
}

const nodesOf = (rows: readonly Row[]): string[] =>
	[...new Set(rows.map(({ runtime }) => runtime))].filter((name) => name.startsWith('Node')).sort();

/** A ratio in three digits. */
const ratio = (value: number): string => `${value >= 100 ? Math.round(value) : value.toPrecision(value >= 1 ? 3 : 2)}x`;

/**
 * A row per case of a set: how many times as fast as C++ ours is, or how many times less of what the case is about it takes;
 * and the same of the best row that is neither ours nor C++. A cell has both engines, the older first.
 */
export function glanceOf(cases: readonly CaseResult[]): string[] {
	return cases.flatMap((each) => {
		const ours = ourSubject(scenarioNamed(each.scenario));
		const { quantityOf } = measureOf(each);
		const row = (node: string): Row | undefined =>
			each.rows.find(({ subject, runtime }) => subject === ours && runtime === node);
		const against = (pick: (node: string) => Row | undefined): string => {
			const ratios = nodesOf(each.rows).map((node) => {
				const own = row(node);
				const peer = pick(node);
				const taken = own === undefined ? undefined : quantityOf(own);
				const other = peer === undefined ? undefined : quantityOf(peer);
				return taken === undefined || other === undefined ? '' : ratio(other / taken);
			});
			return ratios.some((text) => text !== '') ? ratios.join(' / ') : '';
		};
		const native = (subject: 'malloc' | 'slab') => () =>
			each.rows.find(({ kind, versus }) => kind === 'native' && versus[subject] === 1);
		const rest = (node: string): Row | undefined => {
			const others = each.rows.filter(
				(other) => other.runtime === node && (other.kind === 'npm' || other.kind === 'plain'),
			);
			return others.sort((a, b) => (quantityOf(a) ?? Infinity) - (quantityOf(b) ?? Infinity))[0];
		};
		const size = count.format(each.size);
		const cells = [against(native('malloc')), against(native('slab')), against(rest)];
		return cells.every((cell) => cell === '') ? [] : [`| ${each.title}, ${size} | ${cells.join(' | ')} |`];
	});
}

/** A case: its picture, and a table with a row per subject and a column per runtime. */
export function tableOf(each: CaseResult, picture: string): string {
	const { title, protocol, size, operations, rows } = each;
	const { head, cell } = columnOf(each);
	const nodes = nodesOf(rows);
	const { unit, quantityOf } = measureOf(each);
	const quantity = (row: Row): number => quantityOf(row) ?? Number.POSITIVE_INFINITY;
	const ordered = unit === 'milliseconds' ? rows : [...rows].sort((a, b) => quantity(a) - quantity(b));
	const subjects = [...new Set(ordered.map((row) => row.title))];
	const longest = (of: readonly Row[]): string => {
		const pauses = of.map(({ gc }) => gc?.longest ?? 0);
		return of[0].kind === 'native' ? '' : `${milliseconds(Math.max(...pauses))}`;
	};
	const lines = subjects.map((subject) => {
		const of = rows.filter((row) => row.title === subject);
		const native = of.find(({ kind }) => kind === 'native');
		const cells = nodes.map((node) => {
			const row = native ?? of.find(({ runtime }) => runtime === node);
			return row === undefined ? '' : cell(row);
		});
		return `| ${of[0].kind === 'flux' ? `**${subject}**` : subject} | ${cells.join(' | ')} | ${longest(of)} |`;
	});
	const work =
		operations === 0
			? `${count.format(size)} records`
			: `${count.format(size)} live, ${count.format(operations)} operations`;
	return [
		`### ${title}: ${work}`,
		'',
		`![${title}, every subject, as bars](../../benchmarks/results/${picture})`,
		'',
		`| ${head}, ${protocol} | ${nodes.join(' | ')} | longest collection, ms |`,
		`|---|${nodes.map(() => '---:|').join('')}---:|`,
		...lines,
	].join('\n');
}

/**
 * What a guide shows of a set: the glance, then a table per case, where the sizes of the scaling scenario are columns of one
 * table.
 */
export function chapterOf(cases: readonly CaseResult[], set: SetName): string {
	const sizes = cases.filter(({ scenario }) => scenario === 'scaling');
	const parts = cases.flatMap((each) => {
		const picture = pictureOf(each, cases, set);
		if (each.scenario !== 'scaling') return [tableOf(each, picture)];
		return each === sizes[0] ? [scalingTable(sizes, picture)] : [];
	});
	const glance = [
		'| scenario, records | C++ | C++ on slabs | best of npm and plain JavaScript |',
		'|---|---:|---:|---:|',
		...glanceOf(cases),
	].join('\n');
	return [glance, ...parts].join('\n\n');
}

function scalingTable(cases: readonly CaseResult[], picture: string): string {
	const { head } = columnOf(cases[0]);
	const nodes = nodesOf(cases[0].rows);
	const titles = [...new Set(cases.flatMap(({ rows }) => rows.map(({ title }) => title)))];
	const lines = titles.map((title) => {
		const rowsOf = (each: CaseResult): readonly Row[] => each.rows.filter((row) => row.title === title);
		const cells = cases.map((each) => {
			const rows = [...rowsOf(each)].sort((a, b) => a.runtime.localeCompare(b.runtime));
			return rows.map(columnOf(each).cell).join(' / ');
		});
		const isOurs = cases.flatMap(rowsOf)[0].kind === 'flux';
		return `| ${isOurs ? `**${title}**` : title} | ${cells.join(' | ')} |`;
	});
	return [
		`### ${cases[0].title}`,
		'',
		`![${cases[0].title}, every subject, as lines](../../benchmarks/results/${picture})`,
		'',
		`| ${head}; ${nodes.join(' / ')} | ${cases.map(({ size }) => count.format(size)).join(' | ')} |`,
		`|---|${cases.map(() => '---:|').join('')}`,
		...lines,
	].join('\n');
}

/**
 * What the guides show of a set: sustained rounds, and isolated ones of what is measured in no other way; but nothing of what
 * another set has measured since.
 */
export function shown({ cases, created }: Results, others: readonly Results[]): CaseResult[] {
	const isOlder = ({ scenario, size }: CaseResult): boolean =>
		others.some(
			(other) =>
				other.created > created && other.cases.some((each) => each.scenario === scenario && each.size === size),
		);
	return cases.filter(
		(each) =>
			!isOlder(each) &&
			(each.protocol === 'sustained' ||
				!cases.some(({ scenario, protocol }) => scenario === each.scenario && protocol === 'sustained')),
	);
}

/** The file of a case's picture: a scenario of several sizes has one for each, but that of scaling one for all. */
export function pictureOf(each: CaseResult, cases: readonly CaseResult[], set: SetName): string {
	const { scenario, size } = each;
	const several = scenario !== 'scaling' && cases.filter((other) => other.scenario === scenario).length > 1;
	return `${set}-${scenario}${several ? `-${size}` : ''}.svg`;
}
