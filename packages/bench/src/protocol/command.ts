import { isScenarioName } from '../scenarios/index.js';
import type { ProtocolName, ScenarioName } from '../scenarios/scenario.js';

/** One round, as the parent asks for it. */
export interface RoundCommand {
	readonly scenario: ScenarioName;
	readonly protocol: ProtocolName;
	readonly size: number;
	readonly operations: number;
	readonly iterations: number;
	readonly seed: number;
}

/** A line that a subject reads: a round, or the end. */
export type Command = { readonly verb: 'run'; readonly round: RoundCommand } | { readonly verb: 'quit' };

/** The line for a round: `run <scenario> key=value ...`, all values whole numbers, so that C++ reads it without a parser. */
export function formatRound(round: RoundCommand): string {
	const { scenario, protocol, size, operations, iterations, seed } = round;
	const settle = protocol === 'isolated' ? 1 : 0;
	return `run ${scenario} size=${size} operations=${operations} iterations=${iterations} seed=${seed} settle=${settle}`;
}

/** Reads a line of the parent. Throws on anything that {@link formatRound} does not write. */
export function parseCommand(line: string): Command {
	const [verb, scenario = '', ...pairs] = line.trim().split(/\s+/);
	if (verb === 'quit') return { verb };
	if (verb !== 'run') throw new Error(`unknown command "${line.trim()}"`);
	if (!isScenarioName(scenario)) throw new Error(`unknown scenario "${scenario}"`);
	const values = new Map<string, number>();
	for (const pair of pairs) {
		const [key, text = ''] = pair.split('=');
		if (!/^\d+$/.test(text)) throw new Error(`expected key=number, got "${pair}"`);
		values.set(key, Number(text));
	}
	const value = (key: string): number => {
		const found = values.get(key);
		if (found === undefined) throw new Error(`"${key}" is missing in "${line.trim()}"`);
		return found;
	};
	return {
		verb,
		round: {
			scenario,
			protocol: value('settle') === 1 ? 'isolated' : 'sustained',
			size: value('size'),
			operations: value('operations'),
			iterations: value('iterations'),
			seed: value('seed'),
		},
	};
}
