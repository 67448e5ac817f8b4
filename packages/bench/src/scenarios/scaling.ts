import { BuildDestroy } from './build-destroy.js';
import type { Case, CaseOptions, Scenario } from './scenario.js';

const SIZES = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
const LARGE = 100_000_000;
/** Small lists are repeated until a round is long enough to time. */
const RECORDS_PER_ROUND = 2_000_000;

/** Build and destroy over the sizes. */
export const scaling: Scenario = {
	name: 'scaling',
	title: 'Size scaling',
	description:
		'Build and destroy from 1,000 to 10,000,000 records (100,000,000 with --large), sustained; the figure is the time per record. Small lists are built again and again within a round.',
	needs: [],
	cases: ({ large, size }: CaseOptions): readonly Case[] =>
		(size === undefined ? [...SIZES, ...(large ? [LARGE] : [])] : [size, size * 2]).map((records) => ({
			scenario: 'scaling',
			protocol: 'sustained',
			size: records,
			operations: 0,
			iterations: Math.max(1, Math.round(Math.min(RECORDS_PER_ROUND, records * 2_000) / records)),
		})),
	prepare: (subject, parameters) => new BuildDestroy(subject, parameters),
};
