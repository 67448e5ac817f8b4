import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type ContainerHandle, FluxList } from '@flux/containers';
import { Arena, Heap } from '@flux/core';
import { formatTime } from '../report/format.js';
import { formatTable } from '../report/text-table.js';
import { Row } from '../subjects/flux-record.js';
import type { Order } from './orders.js';

/** How much is measured. */
export interface ThreadsPlan {
	/** Records of the list, and objects of the array. */
	readonly records: number;
	/** Allocations of each worker in a round. */
	readonly pairs: number;
	readonly rounds: number;
}

/**
 * Measures what threads cost, in this process with two workers of its own, and returns a table: a list handed to a worker
 * and back against an array of objects posted there and back; blocks allocated and freed by one worker and by two at once,
 * in shared and in private memory. Rounds are interleaved; medians. `program`: the URL of the workers' program.
 */
export async function runThreads(program: URL, { records, pairs, rounds }: ThreadsPlan): Promise<string[]> {
	const arena = new Arena({ shared: true });
	const heap = new Heap(arena);
	const workers = [1, 2].map(() => new Worker(program, { workerData: arena.share() }));
	try {
		for (const worker of workers) arena.watch(worker);
		let list = new FluxList(Row, { heap });
		for (let id = 0; id < records; id++) list.emplaceBack(id, id / 4);
		const objects = Array.from({ length: records }, (_, id) => ({ id, price: id / 4 }));
		const times = { list: [] as number[], objects: [] as number[] };
		const pairTimes = { shared: [] as number[], private: [] as number[], two: [] as number[] };
		const [first, second] = workers;
		// One round more, whose times are not kept: it loads and compiles.
		for (let round = -1; round < rounds; round++) {
			const listTime = await timed(async () => {
				const answer = await ask<{ handle: ContainerHandle<'FluxList'> }>(first, {
					what: 'list',
					handle: list.share('move'),
				});
				list = FluxList.attach(Row, answer.handle, { heap });
			});
			if (list.size !== records) throw new Error(`the list came back with ${list.size} records`);
			const objectTime = await timed(async () => {
				const back = await ask<unknown[]>(first, { what: 'objects', records: objects });
				if (back.length !== records) throw new Error(`${back.length} objects came back`);
			});
			const inShared = await ask<number>(first, { what: 'pairs', memory: 'shared', count: pairs });
			const inPrivate = await ask<number>(first, { what: 'pairs', memory: 'private', count: pairs });
			const both = await Promise.all(
				[first, second].map((worker) => ask<number>(worker, { what: 'pairs', memory: 'shared', count: pairs })),
			);
			if (round < 0) continue;
			times.list.push(listTime);
			times.objects.push(objectTime);
			pairTimes.shared.push(inShared);
			pairTimes.private.push(inPrivate);
			// The rate of both together, as the time that one worker would have had for as much.
			pairTimes.two.push(Math.max(...both) / 2);
		}
		list.dispose();
		return report({ records, pairs, rounds }, { ...times, ...pairTimes });
	} finally {
		await Promise.all(workers.map((worker) => worker.terminate()));
		arena.dispose();
	}
}

/** Tells a worker, and waits for its answer. */
async function ask<T>(worker: Worker, order: Order): Promise<T> {
	worker.postMessage(order);
	const [answer] = (await once(worker, 'message')) as [T];
	return answer;
}

async function timed(work: () => Promise<void>): Promise<number> {
	const begin = performance.now();
	await work();
	return performance.now() - begin;
}

interface Times {
	readonly list: number[];
	readonly objects: number[];
	readonly shared: number[];
	readonly private: number[];
	readonly two: number[];
}

function report({ records, pairs, rounds }: ThreadsPlan, times: Times): string[] {
	const ratio = (a: number[], b: number[]): string =>
		`${Number(median(a.map((time, at) => time / b[at])).toPrecision(3)).toLocaleString('en')}x`;
	const count = records.toLocaleString('en');
	const each = (all: number[]): string => `${formatTime((median(all) * 1e6) / pairs)} each`;
	const rows = [
		[
			`FluxList of ${count} records, to a worker and back`,
			formatTime(median(times.list) * 1e6),
			ratio(times.objects, times.list),
		],
		[`the same as objects, by postMessage`, formatTime(median(times.objects) * 1e6), '1x'],
		['allocate + free 32 bytes, one worker, private memory', each(times.private), '1x'],
		['the same in a shared arena', each(times.shared), ratio(times.private, times.shared)],
		['the same by two workers at once', each(times.two), ratio(times.private, times.two)],
	];
	return [
		`Threads of one process on ${availableParallelism()} cores, warmed up, ${rounds} rounds interleaved, medians, Node ${process.versions.node}`,
		...formatTable({
			columns: [
				{ title: 'what', align: 'left' },
				{ title: 'time', align: 'right' },
				{ title: 'as fast as', align: 'right' },
			],
			rows,
		}),
	];
}

function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
