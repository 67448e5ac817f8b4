import { expect, it } from 'vitest';
import { CollectionLog, within } from './collection-log.js';

it('counts the collections that began within a timed stretch', () => {
	const entries = [1, 5, 12, 15, 25, 40].map((startTime, index) => ({ startTime, duration: index + 1 }));
	const stretches = [
		{ start: 4, end: 10 },
		{ start: 14, end: 20 },
		{ start: 20, end: 30 },
	];
	expect(within(entries, stretches)).toEqual({ count: 3, ns: 11e6, longest: 5e6, outside: 10e6 });
});

it('finds none in no stretch', () => {
	expect(within([{ startTime: 1, duration: 1 }], [])).toEqual({ count: 0, ns: 0, longest: 0, outside: 1e6 });
});

it('sees the collections of V8, and forgets those it has told', async () => {
	const log = new CollectionLog();
	const start = performance.now();
	globalThis.gc?.();
	const everything = [{ start, end: performance.now() }];
	const { count, longest } = await log.take(everything);
	expect(count).toBeGreaterThan(0);
	expect(longest).toBeGreaterThan(0);
	expect(await log.take(everything)).toMatchObject({ count: 0, ns: 0, longest: 0 });
});
