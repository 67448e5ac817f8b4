/** The program of a thread of the passing scenarios: it loads one subject, and does its part in each pass. */
import { parentPort, workerData } from 'node:worker_threads';
import { ENDED, FAILED, type PassingOrder, type PassingSeat, READY } from './passing/plan.js';
import { median } from './report/statistics.js';
import { loadSubject } from './subjects/load.js';
import type { PassingSubject, PassingThread } from './subjects/passing-subject.js';

/** Records of a call: a loop in a function that is called often is compiled as a whole, one that goes on for long is not. */
const CALL = 1024;
/** Round trips between two looks at the clock, where they take less than a look. */
const TRIPS = 64;

const { subject: id, role, plan, link, index, progress, results } = workerData as PassingSeat;

function tell(what: number): void {
	Atomics.add(progress, what, 1);
	Atomics.notify(progress, what);
}

async function pass(thread: PassingThread, { first, count }: PassingOrder): Promise<number> {
	thread.begin(first, count);
	const asks = plan.way === 'trip' && role === 'producer';
	const call = asks ? (plan.pause === undefined ? TRIPS : 1) : CALL;
	const times: number[] = [];
	for (let left = count; left > 0; left -= call) {
		if (asks && plan.pause !== undefined) beBusy(plan.pause);
		const begin = asks ? performance.now() : 0;
		const moved = thread.move(Math.min(call, left));
		// Who waits for nothing shall not go round the event loop.
		if (moved !== undefined) await moved;
		if (asks) times.push(((performance.now() - begin) * 1e6) / Math.min(call, left));
	}
	return asks ? median(times) : 0;
}

function beBusy(microseconds: number): void {
	const end = performance.now() + microseconds / 1000;
	while (performance.now() < end);
}

async function serve(): Promise<void> {
	const subject = (await loadSubject(id, import.meta.url)) as PassingSubject;
	const thread = subject.thread(role, link, plan);
	parentPort?.on('message', async (order: PassingOrder) => {
		try {
			const trip = await pass(thread, order);
			const { sum, wrong } = thread.end();
			results.set([sum, wrong, trip], index * 3);
		} catch (error) {
			console.error(error);
			tell(FAILED);
		}
		tell(ENDED);
	});
	tell(READY);
}

serve().catch((error: unknown) => {
	console.error(error);
	tell(FAILED);
	tell(READY);
});
