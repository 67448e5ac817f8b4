import { bookColdScenarios, bookLatency, bookMemory, bookScenarios } from './book.js';
import { bookFeed, bookLevels, bookNpmScenarios } from './book-feeds.js';
import { buildDestroy } from './build-destroy.js';
import { bytesPerNode } from './bytes-per-node.js';
import { fifo } from './fifo.js';
import { gcPauses } from './gc-pauses.js';
import { heapChurns, heapLatency, heapOrders, heapPairs } from './heap.js';
import { mapBuilds } from './map-build.js';
import { mapChurns } from './map-churn.js';
import { mapIterate } from './map-iterate.js';
import { mapHits, mapMisses } from './map-look-up.js';
import { moveToBack } from './move-to-back.js';
import { passingScenarios } from './passing.js';
import { queueBurst, queueFifo, queuePauses } from './queue.js';
import { randomEraseInsert } from './random-erase-insert.js';
import { refill } from './refill.js';
import { scaling } from './scaling.js';
import type { AnyScenario, ScenarioName } from './scenario.js';
import { sort } from './sort.js';
import { vectorBuild, vectorIterate, vectorRandom, vectorSort } from './vector.js';
import { walk, walkAfterCompact, walkAfterSort } from './walk.js';

/** All scenarios, in the order of the report. */
export const SCENARIOS: readonly AnyScenario[] = [
	buildDestroy,
	refill,
	walk,
	fifo,
	randomEraseInsert,
	moveToBack,
	sort,
	walkAfterSort,
	walkAfterCompact,
	gcPauses,
	bytesPerNode,
	scaling,
	...mapBuilds,
	...mapHits,
	...mapMisses,
	...mapChurns,
	mapIterate,
	...bookScenarios,
	...bookColdScenarios,
	bookLatency,
	bookMemory,
	bookFeed,
	bookLevels,
	...bookNpmScenarios,
	heapPairs,
	...heapOrders,
	...heapChurns,
	heapLatency,
	vectorBuild,
	vectorIterate,
	vectorRandom,
	vectorSort,
	queueFifo,
	queueBurst,
	queuePauses,
	...passingScenarios,
];

/** The scenario of that name. Throws for an unknown one. */
export function scenarioNamed(name: string): AnyScenario {
	const scenario = SCENARIOS.find((candidate) => candidate.name === name);
	if (scenario === undefined) throw new Error(`there is no scenario "${name}"; \`flux-bench list\` names them all`);
	return scenario;
}

/** Whether a text from outside names a scenario. */
export function isScenarioName(name: string): name is ScenarioName {
	return SCENARIOS.some((candidate) => candidate.name === name);
}
