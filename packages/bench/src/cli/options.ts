import { InvalidArgumentError } from 'commander';
import type { ProtocolName } from '../scenarios/scenario.js';

/** What the command line says of a run, as commander hands it over. */
export interface CommandLine {
	readonly quick?: boolean;
	readonly large?: boolean;
	readonly fetch?: boolean;
	readonly filter?: RegExp;
	readonly node?: readonly string[];
	readonly rounds?: number;
	readonly warmups?: number;
	readonly size?: number;
	readonly protocol?: ProtocolName;
	readonly json?: string | true;
	readonly report?: string | true | false;
	readonly list?: boolean;
}

/** How often a case is repeated where the command line does not say. */
export const REPETITION = {
	thorough: { warmups: 2, rounds: 9 },
	quick: { warmups: 1, rounds: 5 },
} as const;

/** A whole number from `least`. */
export function wholeNumber(least: number): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (!/^\d+$/.test(text) || value < least)
			throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
		return value;
	};
}

/** A regular expression. */
export function pattern(text: string): RegExp {
	try {
		return new RegExp(text);
	} catch (error) {
		throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
	}
}

/** One more value of an option that may be given several times, or several values apart by commas. */
export function collect(text: string, before: readonly string[] | undefined): readonly string[] {
	return [...(before ?? []), ...text.split(',').filter((value) => value !== '')];
}

/** The name of a protocol. */
export function protocolName(text: string): ProtocolName {
	if (text === 'sustained' || text === 'isolated') return text;
	throw new InvalidArgumentError('It must be sustained or isolated.');
}
