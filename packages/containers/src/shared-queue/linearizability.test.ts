import { Worker } from 'node:worker_threads';
import { internals, struct, u32 } from '@flux/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FluxQueue } from '../queue/queue.js';
import { runs } from '../soak.testing.js';
import { type WorkerFiles, workerFiles } from '../worker-bundle.testing.js';
import type { SharedQueueOptions } from './shared-queue.js';

/** One call of a history: it had begun at one reading of a common clock, and ended at another. */
interface Call {
	readonly value: number;
	readonly begun: number;
	readonly ended: number;
}

/**
 * What keeps a history of pushes and pops of a queue from being linearizable, undefined for nothing. Every value is pushed
 * once. Such a history has a linearization if and only if none of these is there (T. Henzinger, A. Sezgin and V. Vafeiadis,
 * "Aspect-Oriented Linearizability Proofs", CONCUR 2013); the fourth, an empty queue that was not, is not asked: a record
 * that is being pushed hides those behind it, so `tryPop` promises nothing of that kind.
 */
function violation(pushes: readonly Call[], pops: readonly Call[]): string | undefined {
	const pushed = new Map(pushes.map((call) => [call.value, call]));
	const popped = new Map<number, Call>();
	for (const pop of pops) {
		const push = pushed.get(pop.value);
		if (push === undefined || pop.ended < push.begun) return `${pop.value} was popped before it was pushed`;
		if (popped.has(pop.value)) return `${pop.value} was popped twice`;
		popped.set(pop.value, pop);
	}
	// Pushed in this order beyond doubt, and popped in the other: or the first never. For each push, by its beginning, the
	// latest beginning of a pop among all pushes that had ended before.
	const byEnd = [...pushes].sort((a, b) => a.ended - b.ended);
	const byBegin = [...pushes].sort((a, b) => a.begun - b.begun);
	let ahead = 0;
	let latest = -1;
	let whose = 0;
	for (const push of byBegin) {
		for (; ahead < byEnd.length && byEnd[ahead].ended < push.begun; ahead++) {
			const begun = popped.get(byEnd[ahead].value)?.begun ?? Number.POSITIVE_INFINITY;
			if (begun > latest) {
				latest = begun;
				whose = byEnd[ahead].value;
			}
		}
		const pop = popped.get(push.value);
		if (pop !== undefined && pop.ended < latest) return `${push.value} overtook ${whose}`;
	}
	return undefined;
}

describe('the checker', () => {
	const call = (value: number, begun: number, ended: number): Call => ({ value, begun, ended });

	test('accepts what overlaps, in any order', () => {
		expect(violation([call(1, 0, 3), call(2, 1, 2)], [call(2, 4, 5), call(1, 6, 7)])).toBeUndefined();
		expect(violation([call(1, 0, 1), call(2, 2, 3)], [call(2, 4, 7), call(1, 5, 6)])).toBeUndefined();
		expect(violation([call(1, 0, 5)], [call(1, 1, 2)])).toBeUndefined();
	});

	test('finds each violation', () => {
		const pushes = [call(1, 0, 1), call(2, 2, 3)];
		expect(violation(pushes, [call(3, 4, 5)])).toBe('3 was popped before it was pushed');
		expect(violation([call(1, 4, 5)], [call(1, 2, 3)])).toBe('1 was popped before it was pushed');
		expect(violation(pushes, [call(1, 4, 5), call(1, 6, 7)])).toBe('1 was popped twice');
		expect(violation(pushes, [call(2, 4, 5), call(1, 6, 7)])).toBe('2 overtook 1');
		expect(violation(pushes, [call(2, 4, 5)])).toBe('2 overtook 1');
	});
});

const WORKER = `
import { parentPort, workerData } from 'node:worker_threads';
const { core: { struct, u32 }, containers: { FluxQueue } } = await import(workerData.bundle);
const { handle, role, from, total, clock, fault } = workerData;
if (fault !== undefined) {
	// Now and then, and for a while, not atomic: what it found may have changed when it writes.
	const { compareExchange, load, store } = Atomics;
	let calls = 0;
	Atomics.compareExchange = (words, index, expected, value) => {
		if (++calls % fault !== 0) return compareExchange(words, index, expected, value);
		const found = load(words, index);
		if (found !== expected) return found;
		for (let wait = 0; wait < 1000; wait++) load(words, index);
		store(words, index, value);
		return found;
	};
}
const queue = FluxQueue.attach(struct({ value: u32 }), handle);
const calls = [];
const now = () => Atomics.add(clock, 0, 1);
if (role === 'producer') {
	for (let value = from; value < from + total; value++) {
		const begun = now();
		if (fault === undefined) queue.emplace(value);
		else queue.push({ value }, { timeout: 3000 });
		calls.push({ value, begun, ended: now() });
	}
} else {
	for (;;) {
		const begun = now();
		const record = queue.pop(fault === undefined ? undefined : { timeout: 3000 });
		if (record === undefined) break;
		calls.push({ value: record.value, begun, ended: now() });
	}
}
queue.dispose();
parentPort.postMessage(calls);
`;

describe('histories of real threads are linearizable', () => {
	let files: WorkerFiles;
	beforeAll(async () => {
		files = await workerFiles();
	});
	afterAll(() => files.remove());

	/** Passes numbers from so many threads to so many, and returns what is wrong with their history. */
	async function problem(options: SharedQueueOptions, total: number, fault?: number): Promise<string | undefined> {
		const { producers = 1, consumers = 1 } = options;
		const script = files.write('history.mjs', WORKER);
		const queue = FluxQueue.shared(struct({ value: u32 }), options);
		const clock = new Int32Array(new SharedArrayBuffer(4));
		const workers: Worker[] = [];
		const start = (role: string, from: number): Promise<Call[]> => {
			const handle = queue.share();
			const workerData = { bundle: files.bundle, handle, role, from, total, clock, fault };
			const worker = new Worker(script, { workerData });
			workers.push(worker);
			queue.watch(worker, handle);
			return new Promise((resolve, reject) => {
				worker.once('message', resolve);
				worker.once('error', reject);
			});
		};
		try {
			const popping = Array.from({ length: consumers }, () => start('consumer', 0));
			const pushing = Array.from({ length: producers }, (_, name) => start('producer', name * total));
			const popped = Promise.all(popping);
			// Whoever fails first is told of; the others are then ended.
			popped.catch(() => {});
			const pushes = (await Promise.race([Promise.all(pushing), popped.then(() => Promise.all(pushing))])).flat();
			queue.close();
			const pops = (await popped).flat();
			const found = violation(pushes, pops);
			if (found !== undefined || pops.length === pushes.length) return found;
			return `${pushes.length} were pushed and ${pops.length} popped`;
		} catch (error) {
			return (error as Error).message;
		} finally {
			await Promise.all(workers.map((worker) => worker.terminate()));
		}
	}

	test.each([
		{ producers: 1, consumers: 1, capacity: 4 },
		{ producers: 2, consumers: 1, capacity: 4 },
		{ producers: 1, consumers: 2, capacity: 100 },
		{ producers: 2, consumers: 2, capacity: 4 },
		{ producers: 3, consumers: 3, capacity: 300 },
	])('$producers to $consumers over $capacity', { timeout: 600_000 }, async (options) => {
		expect(await problem(options, runs(200_000))).toBeUndefined();
	});

	// The checker is asked, which is the same where text cannot become code.
	test.runIf(internals.canEvaluate).each([
		{ producers: 2, consumers: 1, capacity: 4 },
		{ producers: 1, consumers: 2, capacity: 4 },
		{ producers: 2, consumers: 2, capacity: 4 },
	])(
		'and those of claims of which one in five is not atomic are not: $producers to $consumers',
		{ timeout: 600_000 },
		async (options) => {
			// It takes two at one place at one time: more often on a machine with a core for each.
			let found: string | undefined;
			for (let attempt = 0; attempt < 20 && found === undefined; attempt++) found = await problem(options, 20_000, 5);
			expect(found).toBeDefined();
		},
	);
});
