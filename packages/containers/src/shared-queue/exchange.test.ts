import { HandleError, struct, u32 } from '@flux/core';
import { describe, expect, test } from 'vitest';
import { FluxQueue } from '../queue/queue.js';
import { thrownBy } from '../soak.testing.js';
import { exchangeableMemory, exchangeOf } from './exchange.js';

const Item = struct({ id: u32 });
/** Takes 64 KiB. */
const LARGE = 16_384;

describe('an exchange', () => {
	test.each([
		['in memory that WebAssembly reaches', exchangeableMemory(100_000)],
		['in other memory', undefined],
	])('stores, and returns what was there: %s', (_, block) => {
		const i32 = new Int32Array(block?.buffer ?? new SharedArrayBuffer(1024));
		const exchange = exchangeOf(i32, block);
		expect([exchange(128, -5), exchange(128, 2 ** 31 - 1), exchange(128, 0), exchange(8, 1)]).toEqual([
			0,
			-5,
			2 ** 31 - 1,
			0,
		]);
		expect([i32[32], i32[2]]).toEqual([0, 1]);
	});

	test('is asked of WebAssembly where the memory takes a page of it', () => {
		expect(exchangeableMemory(65_535)).toBeUndefined();
		expect(exchangeableMemory(65_537)?.buffer.byteLength).toBe(2 * 65_536);
		// More than it can have.
		expect(exchangeableMemory(2 ** 32 + 1)).toBeUndefined();
	});
});

describe('a queue over such memory', () => {
	test('has it in its handle, and is the same where only the buffer came along', () => {
		const queue = FluxQueue.shared(Item, { capacity: LARGE });
		const handle = queue.share();
		expect(handle.block?.buffer).toBe(handle.memory);
		const { block, ...rest } = queue.share();
		expect(block).toBeDefined();
		const reader = FluxQueue.attach(Item, rest);
		for (let id = 0; id < 3 * LARGE; id++) {
			queue.push({ id });
			expect(reader.tryPop()?.id).toBe(id);
		}
		expect(queue.retire(rest)).toMatchObject({ lost: 0, consumers: 0 });
		queue.validate();
	});

	test.each([{}, null, 5, new SharedArrayBuffer(8)])('refuses %j in its place', (block) => {
		const handle = FluxQueue.shared(Item, { capacity: LARGE }).share();
		expect(thrownBy(() => FluxQueue.attach(Item, { ...handle, block } as never))).toBeInstanceOf(HandleError);
	});

	test('is not asked for by small queues, and others than those of two ends', () => {
		expect(FluxQueue.shared(Item, { capacity: 8 }).share().block).toBeUndefined();
		expect(FluxQueue.shared(Item, { capacity: LARGE, consumers: 2 }).share().block).toBeUndefined();
	});
});
