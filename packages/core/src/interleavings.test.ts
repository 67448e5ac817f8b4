import { describe, expect, it } from 'vitest';
import { act, choose, ENDED, interleavings, type Step, swapped, type Thread, until } from './interleavings.testing.js';

describe('interleavings', () => {
	interface Counter {
		count: number;
	}
	interface Loaded {
		loaded: number;
	}
	const countTwice = (steps: readonly Step<Counter, Loaded>[]) =>
		interleavings({
			shared: { count: 0 },
			threads: ['a', 'b'].map((name) => ({ name, own: { loaded: 0 }, steps })),
			wrongAtEnd: ({ count }) => (count === 2 ? undefined : `count is ${count}`),
		});

	it('finds the update that is lost between a load and a store, by a shortest way', () => {
		const { failure } = countTwice([
			act('load', (shared, own) => {
				own.loaded = shared.count;
			}),
			act('store', (shared, own) => {
				shared.count = own.loaded + 1;
			}),
		]);
		expect(failure?.problem).toBe('count is 1');
		expect(failure?.trace).toHaveLength(4);
		expect([...(failure?.trace ?? [])].sort()).toEqual(['a: load', 'a: store', 'b: load', 'b: store']);
	});

	it('finds nothing wrong with an atomic addition, and counts states that meet again once', () => {
		const add = act<Counter, Loaded>('add', (shared) => {
			shared.count++;
		});
		expect(countTwice([add])).toEqual({ states: 4, ends: 1 });
	});

	it('finds a lock that its holder took to the grave', () => {
		const take: Step<{ locked: boolean }, object> = {
			name: 'take',
			run(shared) {
				if (shared.locked) return false;
				shared.locked = true;
				return undefined;
			},
		};
		const give = act<{ locked: boolean }, object>('give back', (shared) => {
			shared.locked = false;
		});
		const locks = (mortal: boolean) =>
			interleavings({
				shared: { locked: false },
				threads: [
					{ name: 'a', own: {}, steps: [take, give], mortal },
					{ name: 'b', own: {}, steps: [take, give] },
				],
			});
		expect(locks(false).failure).toBeUndefined();
		expect(locks(true).failure).toEqual({
			problem: 'nobody can go on, and not ended: b',
			trace: ['a: take', 'a dies before: give back'],
		});
	});

	it('refuses models that are wrong themselves', () => {
		const endless = { name: 'a', own: {}, steps: [choose('up', (shared: Counter) => `up${shared.count++ < 0}`)] };
		expect(() => interleavings({ shared: { count: 0 }, threads: [endless] })).toThrow('a has no step named upfalse');
		const counting = choose('up', (shared: Counter) => {
			shared.count++;
			return 'up';
		});
		expect(() =>
			interleavings({ shared: { count: 0 }, threads: [{ name: 'a', own: {}, steps: [counting] }] }, 100),
		).toThrow('more than 100 states');
	});
});

/*
 * A ring from one thread to one other: the producer writes a record of two words and publishes it by `tail`, the consumer
 * reads it and gives its slot back by `head`. Each keeps the last value it saw of the other's index, and loads it anew
 * only where that says full or empty. Indices run on and are masked.
 */
describe('a ring with one producer and one consumer', () => {
	const CAPACITY = 2;
	const RECORDS = 4;
	interface Ring {
		slots: [number, number][];
		head: number;
		tail: number;
	}
	interface End {
		index: number;
		cached: number;
		first: number;
		got: string[];
	}
	const slotOf = (ring: Ring, index: number) => ring.slots[index % CAPACITY];

	const producer: Step<Ring, End>[] = [
		choose('room?', (ring, own) => {
			if (own.index === RECORDS) return ENDED;
			if (own.index - own.cached === CAPACITY) own.cached = ring.head;
			return own.index - own.cached === CAPACITY ? 'room?' : 'write first';
		}),
		act('write first', (ring, own) => {
			slotOf(ring, own.index)[0] = own.index + 1;
		}),
		act('write second', (ring, own) => {
			slotOf(ring, own.index)[1] = own.index + 1;
		}),
		act('publish', (ring, own) => {
			ring.tail = own.index + 1;
		}),
		choose('again', (_, own) => {
			own.index++;
			return 'room?';
		}),
	];
	const consumer: Step<Ring, End>[] = [
		choose('record?', (ring, own) => {
			if (own.index === RECORDS) return ENDED;
			if (own.cached === own.index) own.cached = ring.tail;
			return own.cached === own.index ? 'record?' : 'read first';
		}),
		act('read first', (ring, own) => {
			own.first = slotOf(ring, own.index)[0];
		}),
		act('read second', (ring, own) => {
			own.got.push(`${own.first}${slotOf(ring, own.index)[1]}`);
		}),
		act('give back', (ring, own) => {
			ring.head = own.index + 1;
		}),
		choose('again', (_, own) => {
			own.index++;
			return 'record?';
		}),
	];
	const run = (produce: Step<Ring, End>[], consume: Step<Ring, End>[]) => {
		const own: End = { index: 0, cached: 0, first: 0, got: [] };
		return interleavings<Ring, End>({
			shared: {
				slots: [
					[0, 0],
					[0, 0],
				],
				head: 0,
				tail: 0,
			},
			threads: [
				{ name: 'producer', own, steps: produce },
				{ name: 'consumer', own, steps: consume },
			],
			wrong: (_, [, { got }]) => (got.every((text, at) => text === `${at + 1}${at + 1}`) ? undefined : `got ${got}`),
		});
	};

	it('delivers every record once, whole and in order', () => {
		const { failure, ends } = run(producer, consumer);
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	it('is wrong when a record is published before it is written', () => {
		expect(run(swapped(producer, 'write second', 'publish'), consumer).failure?.problem).toMatch(/^got /);
	});

	it('is wrong when a slot is given back before it is read', () => {
		expect(run(producer, swapped(consumer, 'read second', 'give back')).failure?.problem).toMatch(/^got /);
	});
});

/*
 * Parking without a lost wake-up: who waits announces it, notes the event count, and looks again before it sleeps; who
 * publishes looks for sleepers afterwards. Of a store and a load on either side at least one sees the other (Dekker), and
 * `Atomics.wait` compares the count with the one noted, so that a wake-up before the sleep is not slept through.
 */
describe('parking on an event count', () => {
	interface Event {
		published: number;
		waiting: boolean;
		count: number;
		asleep: boolean;
	}
	interface Noted {
		count: number;
	}
	const wake: Step<Event, Noted>[] = [
		act('publish', (event) => {
			event.published++;
		}),
		choose('anyone waiting?', (event) => (event.waiting ? 'count' : ENDED)),
		act('count', (event) => {
			event.count++;
		}),
		act('notify', (event) => {
			event.asleep = false;
		}),
	];
	const wait: Step<Event, Noted>[] = [
		choose('published?', (event) => (event.published > 0 ? ENDED : 'announce')),
		act('announce', (event) => {
			event.waiting = true;
		}),
		act('note the count', (event, own) => {
			own.count = event.count;
		}),
		{ name: 'look again', run: (event) => (event.published > 0 ? 'withdraw' : undefined) },
		{
			name: 'sleep',
			run(event, own) {
				if (event.count !== own.count) return 'withdraw';
				event.asleep = true;
				return undefined;
			},
		},
		until('asleep', (event) => !event.asleep),
		choose('withdraw', (event) => {
			event.waiting = false;
			return 'published?';
		}),
	];
	const run = (waking: Step<Event, Noted>[], waits: Step<Event, Noted>[]) => {
		const threads: Thread<Event, Noted>[] = [
			{ name: 'producer', own: { count: 0 }, steps: waking },
			{ name: 'consumer', own: { count: 0 }, steps: waits },
		];
		return interleavings({ shared: { published: 0, waiting: false, count: 0, asleep: false }, threads });
	};
	const lost = 'nobody can go on, and not ended: consumer';

	it('loses no wake-up', () => {
		const { failure, ends } = run(wake, wait);
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	it('loses one when the count is noted after the second look', () => {
		expect(run(wake, swapped(wait, 'note the count', 'look again')).failure?.problem).toBe(lost);
	});

	it('loses one when the sleeper announces itself only after the second look', () => {
		const late = swapped(swapped(wait, 'announce', 'note the count'), 'announce', 'look again');
		expect(run(wake, late).failure?.problem).toBe(lost);
	});

	it('loses one when the producer looks for sleepers before it publishes', () => {
		const early: Step<Event, Noted>[] = [
			{ name: 'anyone waiting?', run: (event) => (event.waiting ? 'publish and wake' : undefined) },
			choose('publish', (event) => {
				event.published++;
				return ENDED;
			}),
			act('publish and wake', (event) => {
				event.published++;
			}),
			...wake.slice(2),
		];
		expect(run(early, wait).failure?.problem).toBe(lost);
	});

	it('loses one when the producer notifies without counting', () => {
		expect(
			run(
				[
					...wake.slice(0, 1),
					choose('anyone waiting?', (event) => (event.waiting ? 'notify' : ENDED)),
					...wake.slice(3),
				],
				wait,
			).failure?.problem,
		).toBe(lost);
	});
});
