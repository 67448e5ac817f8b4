/** The tables of the guide on performance, made from results. */

export interface Row {
	readonly subject: string;
	readonly title: string;
	readonly kind: string;
	readonly runtime: string;
	readonly summary: { readonly median: number; readonly p25: number; readonly p75: number };
	readonly gc?: { readonly ns: number; readonly longest: number };
	readonly longestBatch?: number;
	readonly tailBatch?: number;
	readonly resident?: number;
	readonly versus: { readonly malloc?: number };
}
export interface Case {
	readonly scenario: string;
	readonly title: string;
	readonly protocol: string;
	readonly size: number;
	readonly operations: number;
	readonly rows: readonly Row[];
}

const count = new Intl.NumberFormat('en');
/** Milliseconds in three digits. */
const milliseconds = (nanoseconds: number): string => {
	const value = nanoseconds / 1e6;
	return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
};

/** What a row of a scenario is about, and in which unit. */
function measureOf({ scenario, size }: Case): { head: string; cell: (row: Row) => string } {
	if (scenario === 'bytes-per-node')
		return { head: 'resident bytes per record', cell: ({ resident = 0 }) => (resident / size).toFixed(1) };
	if (scenario.endsWith('pauses'))
		return {
			head: 'longest batch of 1,000 operations, ms',
			cell: ({ longestBatch = Number.NaN }) => milliseconds(longestBatch),
		};
	if (scenario.endsWith('latency'))
		return {
			head: 'microseconds that 99.9% of batches of 64 stay below',
			cell: ({ tailBatch = Number.NaN }) => (tailBatch / 1000).toPrecision(3),
		};
	return {
		head: 'median ms (half of the rounds)',
		cell: ({ summary: { median, p25, p75 } }) =>
			`${milliseconds(median)} (${milliseconds(p25)} to ${milliseconds(p75)})`,
	};
}

/** A case: its picture, and a table with a row per subject and a column per runtime. `set` is the name of its results. */
export function tableOf(each: Case, set: string, isPictured = hasPicture(each)): string {
	const { title, protocol, size, operations, rows } = each;
	const { head, cell } = measureOf(each);
	const nodes = [...new Set(rows.map(({ runtime }) => runtime))].filter((name) => name.startsWith('Node')).sort();
	const subjects = [...new Set(rows.map((row) => row.title))];
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
	const picture = isPictured
		? ['', `![${title}, every subject, as bars](../../benchmarks/results/${pictureOf(each, set)})`]
		: [];
	return [
		`### ${title}: ${work}`,
		...picture,
		'',
		`| ${head}, ${protocol} | ${nodes.join(' | ')} | longest collection, ms |`,
		`|---|${nodes.map(() => '---:|').join('')}---:|`,
		...lines,
	].join('\n');
}

/** What the guide shows of a set: sustained rounds, and isolated ones of what is measured in no other way. */
export const shown = (cases: readonly Case[]): Case[] =>
	cases.filter(
		(each) =>
			each.protocol === 'sustained' ||
			!cases.some(({ scenario, protocol }) => scenario === each.scenario && protocol === 'sustained'),
	);

/** Those of a set that a picture is drawn of: bars are of milliseconds, and of the first size of a scenario. */
export const pictured = (cases: readonly Case[]): Case[] =>
	cases.filter(
		(each) =>
			hasPicture(each) &&
			each.protocol === 'sustained' &&
			each === cases.find(({ scenario }) => scenario === each.scenario),
	);

const hasPicture = ({ scenario }: Case): boolean =>
	scenario !== 'bytes-per-node' && !scenario.endsWith('pauses') && !scenario.endsWith('latency');

/** The file of a case's picture. */
export const pictureOf = ({ scenario }: Case, set: string): string => `${set}-${scenario}.svg`;
