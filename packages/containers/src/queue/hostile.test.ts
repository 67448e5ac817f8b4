import { array, char, FluxError, f64, i64, struct, u32 } from '@flux/core';
import { describe, test } from 'vitest';
import { FluxCell } from '../cell/cell.js';
import { FluxList } from '../list/list.js';
import { expect } from '../quick-expect.testing.js';
import { FluxQueue } from './queue.js';

/** Whatever a call of a queue or cell is given: where it throws, it throws an error of ours, and changes nothing. */

const Tick = struct({ id: u32, price: f64 });
const Rich = struct({ id: i64, name: char(4), levels: array(u32, 2) });

/** What a getter throws is the user's. */
class Mine extends Error {}
const mean = new Proxy(
	{},
	{
		get() {
			throw new Mine();
		},
		has() {
			throw new Mine();
		},
		ownKeys() {
			throw new Mine();
		},
	},
);
const textless = Object.create(null) as object;

const odd: unknown[] = [
	...[undefined, null, Number.NaN, 0, -1, 1.5, 2 ** 31, 2 ** 53, Number.POSITIVE_INFINITY, '', 'x', true, 10n],
	...[Symbol('s'), {}, textless, [], () => 1, mean, new Uint8Array(3), new Date(Number.NaN), new FluxList(Tick)],
	...[{ toString: () => mean }, new FluxCell(Tick), new FluxCell(Tick).share(), new FluxQueue(Tick)],
	...[
		{ id: 1n, price: 2n },
		{ id: '1', price: '2' },
		{ id: textless, price: 1 },
		{ __proto__: null, id: 1, price: 2 },
	],
	...[
		{ id: [1, 2], price: [1] },
		{ id: textless, price: [1] },
		{ id: [Symbol('s')], price: [1] },
	],
	...[
		{ id: new BigInt64Array(2), price: new Float64Array(2) },
		{ id: new Uint32Array(2), price: new DataView(new ArrayBuffer(8)) },
		{ id: Object.freeze([1]), price: [1] },
		{ id: Object.create(Uint32Array.prototype), price: [1] },
	],
	...[{ timeout: Number.NaN }, { timeout: '5' }, { timeout: 5n }, { timeout: null }, { timeout: textless }],
	...[{ timeout: -1 }, { timeOut: 1 }, { signal: 5 }, { signal: null }, { signal: textless }],
	...[{ capacity: textless }, { capacity: '8' }, { capacity: 8n }, { capacity: 2 ** 31 }, { capacity: Number.NaN }],
	...[
		{ capacity: 8, producers: textless },
		{ capacity: 8, consumers: Number.NaN },
	],
	...[
		{ capacity: 8, consumers: 1, whenFull: textless },
		{ capacity: 8, consumers: 1, checked: textless },
	],
	...[{ heap: textless }, { heap: null }],
	{ kind: 'SharedFluxQueue', memory: new SharedArrayBuffer(8), member: 1 },
	{ kind: 'SharedFluxQueue', memory: new SharedArrayBuffer(4096), member: 1 },
	{ kind: 'SharedFluxQueue', memory: new SharedArrayBuffer(65_536), block: {}, member: 1 },
	{ kind: textless, memory: new ArrayBuffer(4096), member: 1n },
];

interface Called {
	readonly size?: number;
	validate?(): void;
	dispose(): void;
}

/** Each with one record. */
const makers: Record<string, () => Called> = {
	'in one thread': () => withTick(new FluxQueue(Tick)),
	bounded: () => withTick(new FluxQueue(Tick, { capacity: 3 })),
	'overwriting in one thread': () => withTick(new FluxQueue(Tick, { capacity: 3, whenFull: 'overwrite' })),
	'one to one': () => withTick(FluxQueue.shared(Tick, { capacity: 4 })),
	'of texts and arrays': () => {
		const queue = FluxQueue.shared(Rich, { capacity: 4 });
		queue.push({ id: 1n, name: 'a', levels: [1, 2] });
		return queue;
	},
	'many to many': () => withTick(FluxQueue.shared(Tick, { capacity: 4, producers: 2, consumers: 2 })),
	overwriting: () => withTick(FluxQueue.shared(Tick, { capacity: 4, whenFull: 'overwrite' })),
	refusing: () => withTick(FluxQueue.shared(Tick, { capacity: 4, whenFull: 'refuse' })),
	broadcast: () => {
		const queue = FluxQueue.broadcast(Tick, { capacity: 4, consumers: 1 });
		queue.tryPop();
		return withTick(queue);
	},
	cell: () => new FluxCell(Tick),
	closed: () => {
		const queue = withTick(FluxQueue.shared(Tick, { capacity: 4 }));
		queue.close();
		return queue;
	},
};

function withTick<Queue extends { push(record: { id: number; price: number }): unknown }>(queue: Queue): Queue {
	queue.push({ id: 7, price: 3.5 });
	return queue;
}

/** What a user calls; what may wait for ever, only with a record or a time. */
const CALLS = [
	...['push', 'tryPush', 'emplace', 'tryEmplace', 'pushRange', 'pushMany', 'tryPushMany', 'pushAsync'],
	...[
		'popMany',
		'popAsync',
		'values',
		'peek',
		'at',
		'get',
		'reserve',
		'drain',
		'equals',
		'compare',
		'swap',
		'copyFrom',
	],
	...['watch', 'retire', 'waitAsync', 'share'],
];
const CALLS_OF_A_CELL = ['watch', 'retire', 'store', 'load', 'loadInto', 'waitAsync', 'values', 'share'];
const GOES_ON_FOR_LONG = [2 ** 31, 2 ** 53];

function isOurs(error: unknown): boolean {
	return error instanceof FluxError || error instanceof Mine;
}

describe.each(Object.entries(makers))('a queue %s', (kind, make) => {
	test.each(kind === 'cell' ? CALLS_OF_A_CELL : CALLS)('%s', async (call) => {
		for (const value of odd) {
			if (call === 'reserve' && GOES_ON_FOR_LONG.includes(value as number)) continue;
			for (const values of [[value], [{ id: 1, price: 2 }, value], [1, value], [value, value, value]]) {
				const queue = make();
				const method = (queue as unknown as Record<string, ((...values: unknown[]) => unknown) | undefined>)[call];
				if (method === undefined) return;
				const { size } = queue;
				try {
					const answer = method.apply(queue, values);
					// A promise may wait for what never comes.
					if (answer instanceof Promise) await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 0))]);
				} catch (error) {
					expect(isOurs(error), `${String(error)} of ${call}`).toBe(true);
					expect(queue.size).toBe(size);
				}
				queue.validate?.();
				queue.dispose();
			}
		}
	});
});

test.each(['shared', 'broadcast', 'attach'] as const)('FluxQueue.%s', (call) => {
	const make = FluxQueue[call] as (...values: unknown[]) => unknown;
	for (const value of odd) {
		for (const values of [[value], [Tick, value], [Tick, { capacity: 3, consumers: 1 }, value]]) {
			try {
				make(...values);
			} catch (error) {
				expect(isOurs(error), String(error)).toBe(true);
			}
		}
	}
});
