import { f64, type LiveView, struct, u32 } from '@flux/core';
import { describe, expectTypeOf, test } from 'vitest';
import { FluxQueue } from '../queue/queue.js';
import type { BroadcastFluxQueue, BroadcastHandle } from './broadcast.js';
import type { SharedFluxQueue } from './shared-queue.js';

const Tick = struct({ id: u32, price: f64 });
type T = typeof Tick;
const queue = FluxQueue.broadcast(Tick, { capacity: 8, consumers: 2 });

describe('a broadcast queue', () => {
	test('is called as a queue between threads is', () => {
		expectTypeOf(queue).toEqualTypeOf<BroadcastFluxQueue<T>>();
		expectTypeOf(queue).toExtend<SharedFluxQueue<T>>();
		expectTypeOf(queue.tryPop()).toEqualTypeOf<{ id: number; price: number } | undefined>();
		expectTypeOf(queue.take()).toEqualTypeOf<LiveView<T> | undefined>();
		expectTypeOf(queue.missed).toEqualTypeOf<number>();
		// @ts-expect-error a field is missing
		queue.push({ id: 1 });
		// @ts-expect-error read-only
		queue.missed = 0;
	});

	test('attaches by its own handles', () => {
		expectTypeOf(queue.subscribe()).toEqualTypeOf<BroadcastHandle>();
		expectTypeOf(FluxQueue.attach(Tick, queue.share())).toEqualTypeOf<BroadcastFluxQueue<T>>();
		const shared = FluxQueue.shared(Tick, { capacity: 8 });
		expectTypeOf(FluxQueue.attach(Tick, shared.share())).toEqualTypeOf<SharedFluxQueue<T>>();
		// @ts-expect-error only a broadcast has subscribers
		shared.subscribe();
	});

	test('is asked how many consumers it has', () => {
		// @ts-expect-error there is no default
		FluxQueue.broadcast(Tick, { capacity: 8 });
		// @ts-expect-error no such policy
		FluxQueue.broadcast(Tick, { capacity: 8, consumers: 2, whenFull: 'lose' });
	});
});
