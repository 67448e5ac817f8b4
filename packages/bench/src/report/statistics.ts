/** Where a set of measurements lies. */
export interface Summary {
	readonly median: number;
	readonly min: number;
	readonly p25: number;
	readonly p75: number;
	readonly max: number;
}

/** The value below which `fraction` of the values lie, interpolated between neighbours. Throws for no values. */
export function quantile(values: readonly number[], fraction: number): number {
	if (values.length === 0) throw new RangeError('no values');
	const sorted = values.toSorted((left, right) => left - right);
	const position = (sorted.length - 1) * fraction;
	const lower = Math.floor(position);
	const upper = Math.ceil(position);
	return sorted[lower] + (sorted[upper] - sorted[lower]) * (position - lower);
}

/** The middle of the values. */
export function median(values: readonly number[]): number {
	return quantile(values, 0.5);
}

/** Median and spread of the values. */
export function summarize(values: readonly number[]): Summary {
	return {
		median: median(values),
		min: quantile(values, 0),
		p25: quantile(values, 0.25),
		p75: quantile(values, 0.75),
		max: quantile(values, 1),
	};
}

/**
 * How many times as fast as the reference, round by round: what disturbs the machine during a round
 * disturbs its neighbours as well, and falls out of the ratio.
 */
export function ratios(reference: readonly number[], times: readonly number[]): number[] {
	if (reference.length !== times.length) throw new RangeError(`${reference.length} rounds against ${times.length}`);
	return times.map((time, round) => reference[round] / time);
}
