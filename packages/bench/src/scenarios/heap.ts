import type { AnyHeapSubject } from '../subjects/heap-subject.js';
import { below, nextRandom, startRandom } from './random.js';
import type { CaseOptions, HeapScenario } from './scenario.js';

const MANY = 1_000_000;
const LIVE = 100_000;
/** Blocks per timed batch: the clock costs as much as one or two. */
const BATCH = 64;

/** The most common pattern: a block is taken, used and given back. */
export const heapPairs: HeapScenario = {
	kind: 'heap',
	primed: true,
	name: 'heap-pairs',
	title: 'Blocks: take 32 bytes and give them back',
	description: 'One block at a time; its first word is written and read.',
	cases: ({ size }: CaseOptions) => [
		{ scenario: 'heap-pairs', protocol: 'sustained', size: 1, operations: size ?? 2 * MANY, iterations: 1 },
	],
	prepare(subject, { operations }) {
		const heap = heapOf(subject);
		let sum = 0;
		return {
			iterate(clock) {
				clock.begin();
				sum = subject.pairs(heap, operations);
				clock.mark('pairs');
			},
			check: () => String(sum),
		};
	},
};

/** Many blocks, given back in an order. */
const orders = [
	{
		name: 'heap-lifo',
		title: 'Blocks: a million, last in first out',
		description: 'Blocks of 32 bytes are taken, then given back from the last to the first.',
		isScrambled: false,
	},
	{
		name: 'heap-scrambled',
		title: 'Blocks: a million, given back in random order',
		description: 'Blocks of 32 bytes are taken, shuffled outside the time, then given back.',
		isScrambled: true,
	},
] as const;

export const heapOrders: readonly HeapScenario[] = orders.map(({ name, title, description, isScrambled }) => ({
	kind: 'heap',
	primed: true,
	name,
	title,
	description,
	cases: ({ size }: CaseOptions) => [
		{ scenario: name, protocol: 'sustained', size: size ?? MANY, operations: 0, iterations: 1 },
	],
	prepare(subject, { size }) {
		const heap = heapOf(subject);
		const blocks = new Int32Array(size);
		let sum = 0;
		return {
			iterate(clock, seed) {
				clock.begin();
				subject.fill(heap, blocks);
				clock.mark('take');
				if (isScrambled) shuffle(blocks, seed);
				clock.begin();
				sum = isScrambled ? subject.freeForwards(heap, blocks) : subject.freeBackwards(heap, blocks);
				clock.mark('give back');
			},
			check: () => String(sum),
		};
	},
}));

/** The longest that a caller waits. */
export const heapLatency: HeapScenario = {
	kind: 'heap',
	primed: true,
	name: 'heap-latency',
	title: 'Blocks: batches of 64',
	description: `Blocks of 32 bytes are taken; each batch of ${BATCH} is timed, and the time that 99.9% of them stay below is told. They are shuffled and given back outside the time.`,
	cases: ({ size }: CaseOptions) => [
		{ scenario: 'heap-latency', protocol: 'sustained', size: size ?? MANY, operations: 0, iterations: 1 },
	],
	prepare(subject, { size }) {
		const heap = heapOf(subject);
		const blocks = new Int32Array(size);
		const batches: Int32Array[] = [];
		for (let begin = 0; begin < size; begin += BATCH) batches.push(blocks.subarray(begin, begin + BATCH));
		let sum = 0;
		return {
			iterate(clock, seed) {
				clock.begin();
				for (const batch of batches) {
					subject.fill(heap, batch);
					clock.markEachBatch('take');
				}
				shuffle(blocks, seed);
				sum = subject.freeForwards(heap, blocks);
			},
			check: () => String(sum),
		};
	},
};

/** Blocks that come and go at random, of one size and of many. */
const churns = [
	{
		name: 'heap-churn',
		title: 'Blocks: random churn of 32 bytes',
		description: 'An operation gives a random block back and takes another. The generator is inside the time.',
		least: 32,
		spread: 1,
	},
	{
		name: 'heap-mixed',
		title: 'Blocks: random churn of 16 to 1015 bytes',
		description: 'The same, each block of a random size.',
		least: 16,
		spread: 1000,
	},
] as const;

export const heapChurns: readonly HeapScenario[] = churns.map(({ name, title, description, least, spread }) => ({
	kind: 'heap',
	primed: true,
	name,
	title,
	description,
	cases: ({ size }: CaseOptions) => [
		{
			scenario: name,
			protocol: 'sustained',
			size: size ?? LIVE,
			operations: size === undefined ? MANY : size * 4,
			iterations: 1,
		},
	],
	prepare(subject, { size, operations }) {
		const heap = heapOf(subject);
		const blocks = new Int32Array(size);
		subject.fill(heap, blocks);
		let sum = 0;
		return {
			iterate(clock, seed) {
				clock.begin();
				sum = subject.churn(heap, blocks, operations, seed, least, spread);
				clock.mark('give back and take');
			},
			check: () => String(sum),
		};
	},
}));

/** Heaps by their subject: priming is for the heap that is measured, because a Heap may have code of its own. */
const heaps = new WeakMap<AnyHeapSubject, unknown>();

function heapOf(subject: AnyHeapSubject): unknown {
	if (!heaps.has(subject)) heaps.set(subject, subject.create());
	return heaps.get(subject);
}

/** Fisher and Yates; the same in C++. */
function shuffle(blocks: Int32Array, seed: number): void {
	let random = startRandom(seed);
	for (let at = blocks.length - 1; at > 0; at--) {
		random = nextRandom(random);
		const other = below(random, at + 1);
		const kept = blocks[at];
		blocks[at] = blocks[other];
		blocks[other] = kept;
	}
}
