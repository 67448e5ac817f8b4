import { expect, it } from 'vitest';
import { Clock } from './clock.js';

function spin(milliseconds: number): void {
	const end = performance.now() + milliseconds;
	while (performance.now() < end);
}

it('adds up phases, and leaves out what lies between the stretches', () => {
	const clock = new Clock();
	for (let i = 0; i < 2; i++) {
		clock.begin();
		spin(1);
		clock.mark('build');
		clock.mark('destroy');
		spin(5);
	}
	expect(Object.keys(clock.phases)).toEqual(['build', 'destroy']);
	expect(clock.phases.build).toBeGreaterThanOrEqual(2e6);
	expect(clock.total).toBe(clock.phases.build + clock.phases.destroy);
	expect(clock.stretches).toHaveLength(2);
	expect(clock.stretches[1].start - clock.stretches[0].end).toBeGreaterThanOrEqual(5);
});

it('tells the time that nearly all batches stay below', () => {
	const clock = new Clock();
	expect(clock.tailBatch).toBeUndefined();
	for (let nanoseconds = 2000; nanoseconds > 0; nanoseconds--) clock.batches.push(nanoseconds);
	expect(clock.tailBatch).toBe(1998);
	clock.begin();
	clock.markEachBatch('batches');
	expect(clock.batches).toHaveLength(2001);
	expect(clock.longestBatch).toBe(clock.batches[2000]);
});

it('keeps the longest batch', () => {
	const clock = new Clock();
	clock.begin();
	clock.markBatch('batches');
	spin(2);
	clock.markBatch('batches');
	clock.markBatch('batches');
	expect(clock.longestBatch).toBeGreaterThanOrEqual(2e6);
	expect(clock.longestBatch).toBeLessThanOrEqual(clock.total);
});
