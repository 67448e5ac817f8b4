import { type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Collections } from '../protocol/answer.js';
import type { Stretch } from '../scenarios/clock.js';

/**
 * The collections that V8 reports. Watching costs some microseconds per collection and nothing per
 * allocation, and the entries are read after the round, outside of its time.
 */
export class CollectionLog {
	#entries: PerformanceEntry[] = [];
	readonly #observer = new PerformanceObserver((list) => {
		this.#entries.push(...list.getEntries());
	});

	/** Starts to watch. */
	constructor() {
		this.#observer.observe({ entryTypes: ['gc'] });
	}

	/** The collections since it was last asked, those within the stretches apart from the others. */
	async take(stretches: readonly Stretch[]): Promise<Collections> {
		// V8 hands entries to the event loop, which must turn before they are all here.
		await nextTurn();
		await nextTurn();
		this.#entries.push(...this.#observer.takeRecords());
		const entries = this.#entries;
		this.#entries = [];
		return within(entries, stretches);
	}
}

/** Tells the entries that began within a stretch from the others; both are in the order of time. */
export function within(
	entries: readonly Pick<PerformanceEntry, 'startTime' | 'duration'>[],
	stretches: readonly Stretch[],
): Collections {
	let count = 0;
	let inside = 0;
	let outside = 0;
	let longest = 0;
	let index = 0;
	for (const { startTime, duration } of entries) {
		while (index < stretches.length && stretches[index].end < startTime) index++;
		if (index === stretches.length || startTime < stretches[index].start) {
			outside += duration;
		} else {
			count++;
			inside += duration;
			longest = Math.max(longest, duration);
		}
	}
	return { count, ns: inside * 1e6, longest: longest * 1e6, outside: outside * 1e6 };
}
