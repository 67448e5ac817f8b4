import { formatRatio, formatTime } from './format.js';
import type { CaseResult, Row } from './results.js';

/** What a case is about: a quantity, less of which is better. */
export interface Measure {
	/** What it is and in which unit, such as "milliseconds". */
	readonly unit: string;
	/** Of a row, in that unit; undefined where the row does not say. */
	readonly quantityOf: (row: Row) => number | undefined;
	/** The same as people read it, with a unit. */
	readonly textOf: (row: Row) => string;
	/** What else the text says. */
	readonly legend?: string;
}

/** What a case is about: time as a rule, but bytes, or how long a caller waits, where the scenario asks for that. */
export function measureOf({ scenario, size }: Pick<CaseResult, 'scenario' | 'size'>): Measure {
	if (scenario === 'bytes-per-node') return bytes('resident bytes per node', ({ resident }) => resident, size);
	if (scenario === 'book-memory') return bytes('bytes in use per order', ({ live }) => live, size);
	if (scenario.endsWith('-latency')) {
		const unit = 'microseconds that 99.9% of the batches of 64 operations stay below';
		return time(unit, ({ tailBatch }) => tailBatch, 1e3);
	}
	if (scenario.endsWith('-pauses'))
		return time('milliseconds of the longest batch of 1,000 operations', ({ longestBatch }) => longestBatch, 1e6);
	return {
		unit: 'milliseconds',
		quantityOf: ({ summary }) => summary.median / 1e6,
		textOf: ({ summary, versus: { malloc } }) =>
			`${formatTime(summary.median)}${malloc === undefined ? '' : `  ${formatRatio(malloc)}`}`,
		legend: 'x: how many times as fast as the first C++ reference',
	};
}

function bytes(unit: string, of: (row: Row) => number | undefined, size: number): Measure {
	const quantityOf = (row: Row): number | undefined => {
		const whole = of(row);
		return whole === undefined ? undefined : whole / size;
	};
	return { unit, quantityOf, textOf: (row) => text(quantityOf(row), (value) => `${value.toFixed(1)} B`) };
}

function time(unit: string, of: (row: Row) => number | undefined, divisor: number): Measure {
	const quantityOf = (row: Row): number | undefined => {
		const nanoseconds = of(row);
		return nanoseconds === undefined ? undefined : nanoseconds / divisor;
	};
	return { unit, quantityOf, textOf: (row) => text(of(row), formatTime) };
}

function text(value: number | undefined, format: (value: number) => string): string {
	return value === undefined ? '' : format(value);
}
