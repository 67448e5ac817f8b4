import type { ScenarioName } from '../scenarios/scenario.js';
import { barPicture } from './bar-picture.js';
import { operationsPerIteration } from './case-table.js';
import { formatCount } from './format.js';
import { linePicture } from './line-picture.js';
import { measureOf } from './measure.js';
import type { CaseResult, Results, Row } from './results.js';

/**
 * One scenario as an SVG picture, with every subject on the first Node that was measured: bars of what the scenario is about,
 * of its first size where it has several and none is given; lines over all sizes for the scenario that is about them. In
 * sustained rounds, but for what is measured in no other way. `undefined` where it was not measured.
 */
export function scenarioPicture(
	results: Pick<Results, 'cases' | 'machine'>,
	scenario: ScenarioName,
	size?: number,
): string | undefined {
	const cases = results.cases.filter((each) => each.scenario === scenario);
	const sustained = cases.filter(({ protocol }) => protocol === 'sustained');
	const measured = sustained.length > 0 ? sustained : cases;
	const result = size === undefined ? measured[0] : measured.find((each) => each.size === size);
	const node = results.machine.nodes[0];
	if (result === undefined || node === undefined) return undefined;
	const runtime = `Node ${node.version}`;
	if (scenario === 'scaling') return scalingPicture(measured, runtime, results.machine.cpu);
	const measure = measureOf(result);
	const quantity = (row: Row): number => measure.quantityOf(row) ?? Number.NaN;
	const rows = result.rows
		.filter((row) => (row.kind === 'native' || row.runtime === runtime) && !Number.isNaN(quantity(row)))
		.sort((a, b) => quantity(a) - quantity(b));
	const live = formatCount(result.size);
	const isTime = measure.unit === 'milliseconds';
	const title = `${result.title}, ${live} live${isTime ? ': milliseconds, shorter is better' : ''}`;
	const about = isTime ? `${result.protocol}, warmed up, median` : measure.unit;
	const isCompared = measure.legend !== undefined && rows.some(({ versus }) => versus.malloc !== undefined);
	const legend = isCompared ? '; x: how many times as fast as C++' : '';
	return barPicture(rows, measure, title, `${runtime}, ${results.machine.cpu}; ${about}${legend}`);
}

function scalingPicture(cases: readonly CaseResult[], runtime: string, cpu: string): string {
	const points = (title: string): (readonly [size: number, value: number])[] =>
		cases.flatMap((each) =>
			each.rows
				.filter((row) => row.title === title && (row.kind === 'native' || row.runtime === runtime))
				.map((row) => [each.size, row.summary.median / operationsPerIteration(each)] as const),
		);
	const kinds = new Map(cases.flatMap(({ rows }) => rows.map(({ title, kind }) => [title, kind] as const)));
	const lines = [...kinds].map(([title, kind]) => ({ title, kind, points: points(title) }));
	return linePicture(
		lines,
		`${cases[0].title}: nanoseconds per record over the size of the list, lower is better`,
		`${runtime}, ${cpu}; sustained, warmed up, median; both axes are logarithmic`,
	);
}
