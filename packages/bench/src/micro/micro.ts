import { FluxList, type FluxPosition } from '@flux/containers';
import { Bench } from 'tinybench';
import { formatTime } from '../report/format.js';
import { formatTable } from '../report/text-table.js';
import { Row } from '../subjects/flux-record.js';

/** Records in the list that the operations are applied to. */
const LIVE = 10_000;

/** Operations per timed call: a clock call costs more than an operation. */
const BATCH = 64;

/**
 * Times single operations of FluxList in this process, `milliseconds` each, and returns a table.
 *
 * All rows share one process, and the library's code has seen all of them: a row is a hint for the one who
 * changes that operation, not a figure to quote. The scenarios are for that.
 */
export async function runMicro(milliseconds: number): Promise<string[]> {
	const bench = new Bench({ name: 'FluxList', time: milliseconds, warmupTime: Math.min(100, milliseconds) });
	const list = new FluxList(Row);
	for (let id = 0; id < LIVE; id++) list.emplaceBack(id, id * 0.25);
	addOperations(bench, list);
	await bench.run();
	const rows = bench.tasks.map((task) => {
		const { result } = task;
		if (!('latency' in result)) return [task.name, result.state, '', ''];
		const { p50, p99, samplesCount } = result.latency;
		const perOperation = (ms: number): string => formatTime((ms * 1e6) / BATCH);
		return [task.name, perOperation(p50), perOperation(p99), String(samplesCount)];
	});
	list.dispose();
	return [
		`In one process, warmed up, batches of ${BATCH}, a list of ${LIVE} records, Node ${process.versions.node}, one record type`,
		...formatTable({
			columns: [
				{ title: 'operation', align: 'left' },
				{ title: 'median', align: 'right' },
				{ title: 'p99', align: 'right' },
				{ title: 'samples', align: 'right' },
			],
			rows,
		}),
	];
}

function addOperations(bench: Bench, list: FluxList<typeof Row>): void {
	const second = list.emplaceFront(0, 0);
	const first = list.emplaceFront(0, 0);
	const view = list.at(first);
	let sink = 0;
	bench
		.add('next', () => {
			let node: FluxPosition<typeof Row> = first;
			for (let i = 0; i < BATCH && node !== 0; i++) node = list.next(node);
			sink += node;
		})
		.add('get, a copy', () => {
			for (let i = 0; i < BATCH; i++) sink += list.get(first).price;
		})
		.add('at, a new view', () => {
			for (let i = 0; i < BATCH; i++) sink += list.at(first).price;
		})
		.add('at, a view moved', () => {
			for (let i = 0; i < BATCH; i++) sink += list.at(first, view).price;
		})
		.add('write through a view', () => {
			for (let i = 0; i < BATCH; i++) list.at(first, view).price = i;
		})
		.add('emplaceBack + erase', () => {
			for (let i = 0; i < BATCH; i++) list.erase(list.emplaceBack(i, i));
		})
		.add('pushBack + popBack', () => {
			for (let i = 0; i < BATCH; i++) {
				list.pushBack({ id: i, price: i });
				list.popBack();
			}
		})
		.add('splice to the back', () => {
			for (let i = 0; i < BATCH; i++) list.splice(0, list, i % 2 === 0 ? first : second);
		})
		.add('new list + dispose', () => {
			for (let i = 0; i < BATCH; i++) new FluxList(Row).dispose();
			if (Number.isNaN(sink)) throw new Error('a price was lost');
		});
}
