import { formatCount } from '../report/format.js';
import { formatTable } from '../report/text-table.js';
import { SCENARIOS } from '../scenarios/index.js';
import { SUBJECTS } from '../subjects/catalog.js';

/** All scenarios and subjects, for a terminal. */
export function listLines(): string[] {
	const scenarios = SCENARIOS.map((scenario) => {
		const cases = scenario.cases({ quick: false, large: false });
		const sizes = [...new Set(cases.map(({ size }) => formatCount(size)))];
		return [
			scenario.name,
			sizes.length > 2 ? `${sizes[0]} to ${sizes[sizes.length - 1]}` : sizes.join(', '),
			scenario.title,
		];
	});
	const subjects = SUBJECTS.map(({ id, title, note }) => [id, title, note]);
	return [
		'Scenarios',
		...formatTable({ columns: left('name', 'records', 'what it is'), rows: scenarios }),
		'',
		'Subjects',
		...formatTable({ columns: left('id', 'title', 'what is measured'), rows: subjects }),
	];
}

function left(...titles: readonly string[]): { title: string; align: 'left' }[] {
	return titles.map((title) => ({ title, align: 'left' }));
}
