/** The tables of the guide on performance, made from the results that are kept. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Row {
	readonly subject: string;
	readonly title: string;
	readonly kind: string;
	readonly runtime: string;
	readonly summary: { readonly median: number; readonly p25: number; readonly p75: number };
	readonly gc?: { readonly ns: number; readonly longest: number };
}
interface Case {
	readonly scenario: string;
	readonly title: string;
	readonly size: number;
	readonly operations: number;
	readonly rows: readonly Row[];
}

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const results: { readonly cases: readonly Case[] } = JSON.parse(read('benchmarks/results/headline.json'));

const count = new Intl.NumberFormat('en');
/** Milliseconds in three digits. */
const milliseconds = (nanoseconds: number): string => {
	const value = nanoseconds / 1e6;
	return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
};

/** A case: its picture, and a table with a row per subject and a column per runtime. */
function tableOf({ scenario, title, size, operations, rows }: Case): string {
	const nodes = [...new Set(rows.map(({ runtime }) => runtime))].filter((name) => name.startsWith('Node')).sort();
	const subjects = [...new Set(rows.map((row) => row.title))];
	const cell = (row: Row | undefined): string => {
		if (row === undefined) return '';
		const { median, p25, p75 } = row.summary;
		return `${milliseconds(median)} (${milliseconds(p25)} to ${milliseconds(p75)})`;
	};
	const longest = (of: readonly Row[]): string => {
		const pauses = of.map(({ gc }) => gc?.longest ?? 0);
		return of[0].kind === 'native' ? '' : `${milliseconds(Math.max(...pauses))}`;
	};
	const lines = subjects.map((subject) => {
		const of = rows.filter((row) => row.title === subject);
		const native = of.find(({ kind }) => kind === 'native');
		const cells = nodes.map((node) => cell(native ?? of.find(({ runtime }) => runtime === node)));
		return `| ${of[0].kind === 'flux' ? `**${subject}**` : subject} | ${cells.join(' | ')} | ${longest(of)} |`;
	});
	const work =
		operations === 0
			? `${count.format(size)} records`
			: `${count.format(size)} live, ${count.format(operations)} operations`;
	return [
		`### ${title}: ${work}`,
		'',
		`![${title}, every subject, as bars](../../benchmarks/results/headline-${scenario}.svg)`,
		'',
		`| median ms (half of the rounds), sustained | ${nodes.join(' | ')} | longest collection, ms |`,
		`|---|${nodes.map(() => '---:|').join('')}---:|`,
		...lines,
	].join('\n');
}

test('the guide on performance says what was measured', () => {
	const [, written] =
		/<!-- results:begin -->\n([\s\S]*?)\n<!-- results:end -->/.exec(read('docs/guides/performance.md')) ?? [];
	expect(written).toBe(results.cases.map(tableOf).join('\n\n'));
});

/** Milliseconds as the README has them. */
const short = (nanoseconds: number): string => {
	const value = nanoseconds / 1e6;
	return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
};

/** The median of some subjects in a scenario, the fastest of them, on each Node; empty where it was not measured. */
function medians(scenario: string, wanted: (row: Row) => boolean): string {
	const rows = results.cases.find((each) => each.scenario === scenario)?.rows.filter(wanted) ?? [];
	const runtimes = [...new Set(rows.map(({ runtime }) => runtime))].sort();
	return runtimes
		.map((runtime) => rows.filter((row) => row.runtime === runtime).map(({ summary }) => summary.median))
		.map((times) => short(Math.min(...times)))
		.join(' / ');
}

const of = (subject: string) => (row: Row) => row.subject === subject;

/** Rows of a table: what it is, and the medians of the list scenarios. */
const listRows = (rows: readonly [title: string, wanted: (row: Row) => boolean][]): string[] =>
	rows.map(([title, wanted]) => {
		const cells = ['build-destroy', 'walk', 'fifo'].map((scenario) => medians(scenario, wanted));
		return `| ${title} | ${cells.join(' | ')} |`;
	});

/** The rows of the table behind a mark. */
function rowsBehind(file: string, mark: string): string[] {
	const text = read(file);
	const [, table = ''] = new RegExp(`<!-- ${mark}:begin -->\\n((?:\\|.*\\n)*)`).exec(text) ?? [];
	return table.trimEnd().split('\n').slice(2);
}

test('the table of the README says what was measured', () => {
	const rows = listRows([
		['**FluxList**, `emplaceBack(id, price)`, one record type', of('flux')],
		['**FluxList**, the same with ten record types in the process', of('flux-ten')],
		['FluxList, `pushBack({ id, price })`', of('flux-object')],
		['FluxList, `emplaceBack()` filled by name', of('flux-named')],
		['FluxList, `checked: true`', of('flux-checked')],
		['C++ `std::list`, malloc', of('cpp-malloc')],
		['C++ `std::list`, slab allocator', of('cpp-slab')],
		['fastest list of npm', ({ kind }) => kind === 'npm'],
		['array of objects', of('array')],
		['plain objects, doubly linked', of('plain')],
	]);
	expect(rowsBehind('README.md', 'headline')).toEqual(rows);
});

test('the table of the comparisons says what was measured', () => {
	const rows = listRows([
		['**FluxList**', of('flux')],
		['js-sdsl `LinkList`', of('js-sdsl')],
		['tstl `List`', of('tstl')],
		['yallist', of('yallist')],
		['data-structure-typed `DoublyLinkedList`', of('data-structure-typed')],
		['plain objects, doubly linked', of('plain')],
		['array of objects', of('array')],
		['C++ `std::list`, malloc', of('cpp-malloc')],
		['C++ `std::list`, slab allocator', of('cpp-slab')],
		['C++ intrusive list, slab', of('cpp-intrusive')],
	]);
	expect(rowsBehind('docs/guides/comparisons.md', 'lists')).toEqual(rows);
});
