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
