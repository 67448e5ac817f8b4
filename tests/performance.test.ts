/**
 * The tables and pictures of the guides on performance and of all results, and those of the README and the comparisons, made
 * from the results that are kept. `FLUX_WRITE=1 npx vitest run tests/performance` writes those of the first two anew.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseResults, type Results, type Row } from '../packages/bench/src/report/results.js';
import { scenarioPicture } from '../packages/bench/src/report/scenario-picture.js';
import { chapterOf, pictureOf, SETS, type SetName, shown, tableOf } from './performance.testing.js';

const fileOf = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(fileOf(path), 'utf8');
const resultsOf = (set: SetName): Results => parseResults(read(`benchmarks/results/${set}.json`));
/** The headline stays whole. */
const shownOf = (set: SetName) =>
	shown(resultsOf(set), set === 'headline' ? [] : SETS.filter((other) => other !== 'headline').map(resultsOf));
const results = resultsOf('headline');

const WRITES = process.env.FLUX_WRITE === '1';

/** Compares what stands between two marks of a guide with what should, or writes it. */
function compare(guide: string, mark: string, wanted: string): void {
	const text = read(guide);
	const between = new RegExp(`(<!-- ${mark}:begin -->\\n)([\\s\\S]*?)(\\n?<!-- ${mark}:end -->)`);
	expect(text).toMatch(between);
	if (WRITES)
		writeFileSync(
			fileOf(guide),
			text.replace(between, (_, begin) => `${begin}${wanted}\n<!-- ${mark}:end -->`),
		);
	else expect(between.exec(text)?.[2]).toBe(wanted);
}

test.each(SETS)('the guides say what was measured: %s', (set) => {
	const cases = shownOf(set);
	if (set === 'headline') {
		const tables = cases.map((each) => tableOf(each, pictureOf(each, cases, set)));
		compare('docs/guides/performance.md', 'results', tables.join('\n\n'));
	} else compare('docs/guides/results.md', set, chapterOf(cases, set));
	for (const each of cases) {
		const size = each.scenario === 'scaling' ? undefined : each.size;
		const picture = scenarioPicture(resultsOf(set), each.scenario, size);
		const path = `benchmarks/results/${pictureOf(each, cases, set)}`;
		if (WRITES) writeFileSync(fileOf(path), picture ?? '');
		else expect(read(path)).toBe(picture);
	}
});

test('no result is kept that a guide does not show', () => {
	const kept = readdirSync(fileOf('benchmarks/results')).filter((name) => /\.(?:json|svg)$/.test(name));
	const wanted = SETS.flatMap((set) => {
		const cases = shownOf(set);
		return [`${set}.json`, ...cases.map((each) => pictureOf(each, cases, set))];
	});
	expect(kept.filter((name) => !['latest.json', 'headline.svg', ...wanted].includes(name))).toEqual([]);
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
