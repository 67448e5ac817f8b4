import type { CaseResult, Results, Row } from './results.js';
import { SCHEMA } from './results.js';
import { summarize } from './statistics.js';

/** A row with everything that a JavaScript subject reports; for tests. */
export function sampleRow(changes: Partial<Row> = {}): Row {
	const times = [3e6, 4e6, 5e6];
	return {
		subject: 'flux',
		title: 'FluxList',
		note: 'default options',
		kind: 'flux',
		runtime: 'Node 20.20.2',
		times,
		warmups: [9e6],
		summary: summarize(times),
		phases: { build: 3.9e6, destroy: 1e5 },
		versus: { malloc: 3.41, slab: 0.93 },
		gc: { ns: 1e5, count: 0.2, longest: 3e5, outside: 2e5 },
		rss: 60e6,
		check: '1/2',
		...changes,
	};
}

/** The row of a C++ subject, which has no collector; for tests. */
export function nativeRow(): Row {
	const { gc: _none, ...row } = sampleRow({ subject: 'cpp-malloc', title: 'C++ std::list, malloc', kind: 'native' });
	return { ...row, runtime: 'g++ 12.2.0', versus: { malloc: 1, slab: 0.27 } };
}

/** The headline's case; for tests. */
export function sampleCase(changes: Partial<CaseResult> = {}): CaseResult {
	return {
		scenario: 'build-destroy',
		title: 'Build and destroy',
		description: 'A list is built and destroyed.',
		protocol: 'sustained',
		size: 500_000,
		operations: 0,
		iterations: 5,
		warmups: 1,
		rounds: 3,
		rows: [
			sampleRow(),
			nativeRow(),
			sampleRow({ subject: 'yallist', title: 'yallist', kind: 'npm', summary: summarize([100e6]) }),
		],
		absent: [{ subject: 'tstl', title: 'tstl List', reason: 'it is <slow> & "old"' }],
		...changes,
	};
}

/** A run; for tests. */
export function sampleResults(cases: readonly CaseResult[] = [sampleCase()]): Results {
	return {
		schema: SCHEMA,
		created: '2026-01-02T03:04:05.000Z',
		command: 'flux-bench headline --quick',
		machine: {
			cpu: 'Some <CPU>',
			cores: 2,
			memory: 24 * 1024 ** 3,
			os: 'Linux',
			nodes: [{ version: '20.20.2', v8: '11.3' }],
			load: [0.5, 0.75],
		},
		native: { status: 'ready', compiler: 'g++ 12.2.0', flags: '-O3' },
		cases,
	};
}
