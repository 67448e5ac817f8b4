import type { ProtocolName } from '../scenarios/scenario.js';
import { formatBytes } from './format.js';
import type { CaseResult, Results } from './results.js';

/** What the words of a protocol mean. Part of every report: a figure without it says nothing. */
export const PROTOCOL_TEXT: Readonly<Record<ProtocolName, string>> = {
	sustained:
		'sustained: iterations back to back in a warm process, nothing forced; what the collector does in between is inside the time. This is what users live with.',
	isolated:
		'isolated: one iteration per round in a warm process, after two forced full collections outside the time. What the collector would do later is not in the figure.',
};

/** What holds for all figures. */
export const GENERAL_PROTOCOL: readonly string[] = [
	'Each subject runs in a process of its own, one per scenario, and loads nothing of the others. The parent asks one subject at a time for one round, in rotating order.',
	'Where no list is built within the time, lists, queues and heaps in JavaScript go through the scenario with 200 records for half a second before the first round, so that the engine compiles whole functions, as in a program that has been running; a loop that it compiles while it runs is slower for good. Where lists are built, the warm-up rounds are all: small lists that die young would mislead the collectors of the other subjects.',
	'Where records pass between threads, the threads live as long as the process, and the one that asks and measures sleeps. The time goes from telling them to begin until the last has ended; of round trips it is the median, measured by the thread that asks.',
	'Warm-up rounds come first and are kept in the results (the first is cold); of the rounds after them none is left out. A figure is the median of the rounds, per iteration; p25-p75 is where the middle half of them lies.',
	'"vs malloc" and "vs slab" say how many times as fast as C++ std::list on malloc and on the slab allocator a subject is, or as the C++ container of the scenario; "vs C++" and "vs C++ slots", between threads, as the ring for this number of threads and as the one for any: the ratio is taken round by round, then its median.',
	'Every subject hashes its list after each round, outside the time; a difference fails the run.',
	'One record type is alive in the process unless the row says otherwise. C++ allocators keep their memory between rounds, as FluxList keeps its slabs.',
	'Times come from performance.now() and steady_clock at the ends of a phase, never per operation. "gc ms" are the collections that V8 reports during timed stretches, "gc outside" those while something is prepared or checked and while the process waits for its turn; both per iteration.',
];

/** The lines that say how a case was measured. */
export function caseProtocol({ protocol, iterations, warmups, rounds }: CaseResult): string {
	const repeat =
		rounds === 1 && warmups === 0
			? 'one round, cold'
			: `${count(rounds, 'round')} after ${count(warmups, 'warm-up round')}`;
	return `${protocol}; ${repeat}; ${count(iterations, 'iteration')} per round`;
}

/** The lines that say what it was measured on. */
export function machineLines({ machine, native }: Pick<Results, 'machine' | 'native'>): string[] {
	const nodes = machine.nodes.map(({ version, v8 }) => `Node ${version} (V8 ${v8})`).join(', ');
	const cpp = native.status === 'ready' ? `${native.compiler}, ${native.flags}` : `not measured: ${native.reason}`;
	return [
		`${machine.cpu}, ${machine.cores} cores, ${formatBytes(machine.memory)} of memory, ${machine.os}`,
		nodes,
		`C++: ${cpp}`,
		...(machine.load.length > 0
			? [
					`load of the last minute: ${machine.load.map((load) => load.toFixed(2)).join(' at the start, ')}${machine.load.length > 1 ? ' at the end' : ''}`,
				]
			: []),
	];
}

function count(number: number, thing: string): string {
	return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
