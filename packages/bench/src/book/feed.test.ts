import { expect, it } from 'vitest';
import { feedOf, itchBytes, MESSAGE_WORDS } from './feed.js';
import { makeLevelChanges } from './level-changes.js';
import { movingCommands } from './moving-commands.js';
import { CANCEL, COMMAND_WORDS, LIMIT, makeWorkload, REPLACE, WORKLOADS } from './workload.js';

it.each(WORKLOADS)('tells of every trade and every end of the workload %s', (name) => {
	const { fill, run } = feedOf(makeWorkload(name, 3000, 7, 200));
	const open = new Map<number, number>();
	for (const messages of [fill, run]) {
		for (let at = 0; at < messages.length; at += MESSAGE_WORDS) {
			const [first, id, , lots] = messages.subarray(at, at + MESSAGE_WORDS);
			const before = open.get(id);
			const what = first & 255;
			if (what === 0) {
				expect(before).toBeUndefined();
				open.set(id, lots);
				continue;
			}
			if (before === undefined) throw new Error(`message ${what} is of ${id}, which is not there`);
			const left = [Number.NaN, before - lots, before - lots, 0, lots][what];
			expect(left).toBeGreaterThanOrEqual(0);
			if (left === 0) open.delete(id);
			else open.set(id, left);
		}
	}
	expect(fill.length).toBeGreaterThanOrEqual(200 * MESSAGE_WORDS * 0.9);
	expect(run.length).toBeGreaterThan(2000 * MESSAGE_WORDS);
	const bytes = itchBytes(run);
	let messages = 0;
	for (let at = 0; at < bytes.length; at += 2 + ((bytes[at] << 8) | bytes[at + 1])) messages++;
	expect(messages).toBe(run.length / MESSAGE_WORDS);
});

it('makes levels that stay as many as they were, give or take', () => {
	const { fill, run } = makeLevelChanges(100, 20_000, 3);
	const levels = new Map<string, number>();
	for (const changes of [fill, run]) {
		for (let at = 0; at < changes.length; at += 3) {
			const [side, ticks, lots] = changes.subarray(at, at + 3);
			expect(side === 0 ? ticks < 0 : ticks > 0).toBe(true);
			if (lots === 0) expect(levels.delete(`${side} ${ticks}`)).toBe(true);
			else levels.set(`${side} ${ticks}`, lots);
		}
	}
	expect(run.length).toBe(3 * 20_000);
	expect(levels.size).toBeGreaterThan(100);
	expect(levels.size).toBeLessThan(400);
});

it('makes a cancel and an order of each replacement', () => {
	const moved = movingCommands(Int32Array.from([REPLACE | 256, 5, 40, 7, LIMIT, 6, -3, 2]));
	expect([...moved]).toEqual([CANCEL | 256, 5, 0, 0, LIMIT | 256, 5, 40, 7, LIMIT, 6, -3, 2]);
	expect(moved.length % COMMAND_WORDS).toBe(0);
});
