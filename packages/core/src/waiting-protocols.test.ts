import { describe, expect, it } from 'vitest';
import { act, choose, ENDED, interleavings, type Step, swapped, until } from './interleavings.testing.js';

/*
 * The protocols of the queues between threads (`shared-queue/` of the containers), step by step as the code has them, tried
 * in every order, with a thread that dies before every step; and each once more with steps swapped, which must be found wrong.
 *
 * Laps and positions are not cut off here, and a record is two words, or one where its state is what the test is about.
 */

describe('parking at a flag and a count (waiting.ts)', () => {
	interface Event {
		published: number;
		flag: boolean;
		count: number;
		asleep: boolean[];
	}
	interface Own {
		/** As a waiter: which one, how many records it waits for, and the count it noted. */
		which: number;
		wants: number;
		noted: number;
	}
	const wake: Step<Event, Own>[] = [
		act('publish', (event) => {
			event.published++;
		}),
		choose('anyone waiting?', (event) => (event.flag ? 'lower the flag' : 'more?')),
		act('lower the flag', (event) => {
			event.flag = false;
		}),
		act('count', (event) => {
			event.count++;
		}),
		act('notify', (event) => {
			event.asleep = event.asleep.map(() => false);
		}),
		choose('more?', (event) => (event.published < 2 ? 'publish' : ENDED)),
	];
	const wait: Step<Event, Own>[] = [
		choose('there?', (event, own) => (event.published >= own.wants ? ENDED : 'note the count')),
		act('note the count', (event, own) => {
			own.noted = event.count;
		}),
		act('raise the flag', (event) => {
			event.flag = true;
		}),
		choose('look again', (event, own) => (event.published >= own.wants ? ENDED : 'sleep')),
		choose('sleep', (event, own) => {
			if (event.count !== own.noted) return 'there?';
			event.asleep[own.which] = true;
			return 'asleep';
		}),
		until('asleep', (event, own) => !event.asleep[own.which]),
		choose('again', () => 'there?'),
	];
	const run = (waking = wake, waits = wait) =>
		interleavings<Event, Own>({
			shared: { published: 0, flag: false, count: 0, asleep: [false, false] },
			threads: [
				{ name: 'waker', own: { which: -1, wants: 0, noted: 0 }, steps: waking },
				{ name: 'first', own: { which: 0, wants: 1, noted: 0 }, steps: waits, mortal: true },
				{ name: 'second', own: { which: 1, wants: 2, noted: 0 }, steps: waits },
			],
		});

	it('loses no wake-up, whoever dies', () => {
		const { failure, ends } = run();
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	it.each([
		['it counts before it lowers the flag', swapped(wake, 'lower the flag', 'count'), wait],
		['it notifies before it counts', swapped(wake, 'count', 'notify'), wait],
		['the flag is raised after the second look', wake, swapped(wait, 'raise the flag', 'look again')],
	])('loses one when %s', (_, waking, waits) => {
		expect(run(waking, waits).failure?.problem).toMatch(/nobody can go on, and not ended: /);
	});
});
