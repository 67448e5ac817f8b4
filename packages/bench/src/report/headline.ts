import { formatCount, formatRatio } from './format.js';
import type { CaseResult, Results, Row } from './results.js';

/** The figures of the headline, of the first Node that was measured. */
export interface Headline {
	readonly size: number;
	readonly runtime: string;
	readonly flux: Row;
	/** How many times as fast as C++; absent without a compiler. */
	readonly malloc?: number;
	readonly slab?: number;
	/** The fastest list of npm, and how many times as fast FluxList is. */
	readonly npm?: { readonly title: string; readonly ratio: number };
}

/** The headline of a run; `undefined` where it did not measure it. */
export function headlineOf(results: Pick<Results, 'cases'>): Headline | undefined {
	const result = results.cases.find(
		({ scenario, protocol }) => scenario === 'build-destroy' && protocol === 'sustained',
	);
	const flux = result?.rows.find(({ subject }) => subject === 'flux');
	if (result === undefined || flux === undefined) return undefined;
	const npm = fastestPeer(result, flux.runtime);
	return {
		size: result.size,
		runtime: flux.runtime,
		flux,
		...flux.versus,
		...(npm && { npm: { title: npm.title, ratio: npm.summary.median / flux.summary.median } }),
	};
}

function fastestPeer(result: CaseResult, runtime: string): Row | undefined {
	return result.rows.find((row) => row.kind === 'npm' && row.runtime === runtime);
}

/** The headline in a sentence. */
export function headlineSentence(headline: Headline): string {
	const { size, runtime, malloc, slab, npm } = headline;
	const against = [
		...(malloc === undefined ? [] : [`${formatRatio(malloc)} as fast as C++ std::list on malloc`]),
		...(slab === undefined ? [] : [`${formatRatio(slab)} as fast as C++ std::list on a slab allocator`]),
		...(npm === undefined ? [] : [`${formatRatio(npm.ratio)} as fast as the fastest list of npm (${npm.title})`]),
	];
	const comparison = against.length === 0 ? 'with nothing to compare it to' : against.join(', ');
	return `FluxList built and destroyed ${formatCount(size)} records ${comparison} (sustained, warmed up, ${runtime}, one record type).`;
}
