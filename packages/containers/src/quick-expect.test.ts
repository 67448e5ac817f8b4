import fc from 'fast-check';
import { describe, test, expect as vitestExpect } from 'vitest';
import { expect } from './quick-expect.testing.js';
import { runs } from './soak.testing.js';

/** What models are tested by must find what Vitest's own finds, and nothing else. */

const isRefused = (ask: () => void): boolean => {
	try {
		ask();
		return false;
	} catch {
		return true;
	}
};

/** A value and one that is the same, a copy of it, or another one. */
const pairs = fc
	.tuple(fc.anything({ withNullPrototype: true, withTypedArray: true, withBigInt: true }), fc.anything(), fc.nat(2))
	.map(([value, other, which]): [unknown, unknown] => [
		value,
		which === 0 ? other : which === 1 ? value : structuredClone(value),
	]);

describe('the quick expect', () => {
	test('finds what that of Vitest finds', () => {
		fc.assert(
			fc.property(pairs, ([a, b]) => {
				for (const question of ['toBe', 'toEqual'] as const)
					vitestExpect(isRefused(() => expect(a)[question](b))).toBe(isRefused(() => vitestExpect(a)[question](b)));
			}),
			{ numRuns: runs(5000) },
		);
	});

	test.each([
		[0, -0],
		[[1, 2], [1]],
		[[1], [1, 2]],
		[{ a: 1 }, { a: 2 }],
		[{ a: 1 }, { a: 1, b: 1 }],
		[{ a: 1, b: 1 }, { a: 1 }],
		[{ a: { b: [0] } }, { a: { b: [1] } }],
		[Uint8Array.of(1), Uint8Array.of(2)],
		[Uint8Array.of(1), Buffer.of(2)],
		[null, {}],
		[[undefined], []],
	])('tells %j from %j', (a, b) => {
		vitestExpect(() => expect(a).toEqual(b)).toThrow('to deeply equal');
		vitestExpect(() => expect(a).toBe(b)).toThrow();
	});

	test('says where, and what for', () => {
		let stack = '';
		try {
			expect(1, 'the count').toBe(2);
		} catch (error) {
			({ stack = '' } = error as Error);
		}
		vitestExpect(stack).toMatch(
			/^AssertionError: the count: expected 1 to be 2[^\n]*\n\s+at [^\n]*quick-expect\.test\.ts/,
		);
	});

	test('leaves the rest to Vitest', async () => {
		expect(1).not.toBe(2);
		vitestExpect(() => expect(1).not.toBe(1)).toThrow();
		vitestExpect(() => expect(1).toBeLessThan(1)).toThrow();
		vitestExpect(() => expect(() => {}).toThrow()).toThrow();
		await expect(Promise.reject(new Error('no'))).rejects.toThrow('no');
	});
});
