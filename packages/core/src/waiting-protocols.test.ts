import { describe, expect, it } from 'vitest';
import { act, choose, ENDED, interleavings, type Step, swapped, until } from './interleavings.testing.js';

/*
 * The protocols of the queues between threads (`shared-queue/` of the containers), step by step as the code has them, tried
 * in every order, with a thread that dies before every step; and each once more with steps swapped, which must be found wrong.
 *
 * Laps and positions are not cut off here, and a record is two words, or one where its state is what the test is about.
 */

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
	/** As a waker: whether the flag was up. */
	wasUp: boolean;
}

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
const run = (waking: Step<Event, Own>[], waits = wait) =>
	interleavings<Event, Own>({
		shared: { published: 0, flag: false, count: 0, asleep: [false, false] },
		threads: [
			{ name: 'waker', own: { which: -1, wants: 0, noted: 0, wasUp: false }, steps: waking },
			{ name: 'first', own: { which: 0, wants: 1, noted: 0, wasUp: false }, steps: waits, mortal: true },
			{ name: 'second', own: { which: 1, wants: 2, noted: 0, wasUp: false }, steps: waits },
		],
	});

const LOST = /nobody can go on, and not ended: /;

describe('parking at a flag and a count (waiting.ts)', () => {
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
	it('loses no wake-up, whoever dies', () => {
		const { failure, ends } = run(wake);
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	it.each([
		['it counts before it lowers the flag', swapped(wake, 'lower the flag', 'count'), wait],
		['it notifies before it counts', swapped(wake, 'count', 'notify'), wait],
		['the flag is raised after the second look', wake, swapped(wait, 'raise the flag', 'look again')],
	])('loses one when %s', (_, waking, waits) => {
		expect(run(waking, waits).failure?.problem).toMatch(LOST);
	});
});

describe('parking at a flag that is a bit of the position (two-ends-code.ts)', () => {
	const wake: Step<Event, Own>[] = [
		act('publish and lower the flag', (event, own) => {
			event.published++;
			own.wasUp = event.flag;
			event.flag = false;
		}),
		choose('was anyone waiting?', (_, own) => (own.wasUp ? 'lower it again' : 'more?')),
		act('lower it again', (event) => {
			event.flag = false;
		}),
		act('count', (event) => {
			event.count++;
		}),
		act('notify', (event) => {
			event.asleep = event.asleep.map(() => false);
		}),
		choose('more?', (event) => (event.published < 2 ? 'publish and lower the flag' : ENDED)),
	];

	it('loses no wake-up, whoever dies', () => {
		const { failure, ends } = run(wake);
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	it.each([
		['it counts before it lowers the flag', swapped(wake, 'lower it again', 'count'), wait],
		['it notifies before it counts', swapped(wake, 'count', 'notify'), wait],
		['the flag is raised after the second look', wake, swapped(wait, 'raise the flag', 'look again')],
	])('loses one when %s', (_, waking, waits) => {
		expect(run(waking, waits).failure?.problem).toMatch(LOST);
	});
});
