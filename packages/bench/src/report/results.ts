import type { ProtocolName, ScenarioName } from '../scenarios/scenario.js';
import type { SubjectKind } from '../subjects/catalog.js';
import type { Summary } from './statistics.js';

/** Raised with every change that breaks a reader of the JSON. */
export const SCHEMA = 1;

/** One run of `flux-bench`: the content of a results file. Times are nanoseconds, memory is bytes. */
export interface Results {
	readonly schema: typeof SCHEMA;
	/** ISO time at the start. */
	readonly created: string;
	/** The command line that repeats it. */
	readonly command: string;
	readonly machine: Machine;
	/** How C++ was compiled, or why there is none. */
	readonly native: NativeInfo;
	readonly cases: readonly CaseResult[];
}

/** What it was measured on. */
export interface Machine {
	readonly cpu: string;
	readonly cores: number;
	readonly memory: number;
	readonly os: string;
	/** The Node of each JavaScript row. */
	readonly nodes: readonly { readonly version: string; readonly v8: string }[];
	/** Load of the last minute at the start and at the end; empty where the system does not tell. */
	readonly load: readonly number[];
}

/** The C++ side. */
export type NativeInfo =
	| { readonly status: 'ready'; readonly compiler: string; readonly flags: string }
	| { readonly status: 'absent'; readonly reason: string };

/** One scenario at one size under one protocol. */
export interface CaseResult {
	readonly scenario: ScenarioName;
	readonly title: string;
	readonly description: string;
	readonly protocol: ProtocolName;
	readonly size: number;
	readonly operations: number;
	readonly iterations: number;
	readonly warmups: number;
	readonly rounds: number;
	/** Fastest first. */
	readonly rows: readonly Row[];
	readonly absent: readonly Absence[];
}

/** One subject in one case. */
export interface Row {
	readonly subject: string;
	readonly title: string;
	readonly note: string;
	readonly kind: SubjectKind;
	/** What ran it: "Node 20.20.2", "g++ 12.2.0". */
	readonly runtime: string;
	/** Per iteration, of each measured round. */
	readonly times: readonly number[];
	/** Per iteration, of each warm-up round; the first is cold. */
	readonly warmups: readonly number[];
	readonly summary: Summary;
	/** Median per iteration. */
	readonly phases: Readonly<Record<string, number>>;
	/** How many times as fast as C++, the median of the rounds; absent without C++. */
	readonly versus: { readonly malloc?: number; readonly slab?: number };
	/**
	 * Collections within the time, per iteration, the mean of all measured rounds; the longest of any; and those outside of
	 * the time, per iteration. Absent where there is no collector.
	 */
	readonly gc?: { readonly ns: number; readonly count: number; readonly longest: number; readonly outside: number };
	/**
	 * A round's longest batch, the median of the measured rounds: a collector stops each of them, and a system that lends the
	 * processor to somebody else only some.
	 */
	readonly longestBatch?: number;
	/** What 99.9% of a round's batches did not take longer than, the median of the measured rounds. */
	readonly tailBatch?: number;
	/** Bytes of the whole list. */
	readonly live?: number;
	readonly resident?: number;
	/** Resident bytes of the process after the last round. */
	readonly rss: number;
	/** The proof of the last round; equal in all rows. */
	readonly check: string;
}

/** A subject without a row, and why. */
export interface Absence {
	readonly subject: string;
	readonly title: string;
	readonly reason: string;
}

/** Reads a results file. Throws where it is none, or of another schema. */
export function parseResults(text: string): Results {
	const value: unknown = JSON.parse(text);
	if (typeof value !== 'object' || value === null || !('schema' in value))
		throw new Error('not a results file of flux-bench');
	if (value.schema !== SCHEMA)
		throw new Error(`the results have schema ${String(value.schema)}, this program reads ${SCHEMA}`);
	return value as Results;
}
