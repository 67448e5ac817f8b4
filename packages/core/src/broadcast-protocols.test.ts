import { describe, expect, it } from 'vitest';
import { act, altered, choose, ENDED, interleavings, killable, type Step, swapped } from './interleavings.testing.js';

/*
 * The protocols of the queues between threads (`shared-queue/` of the containers), step by step as the code has them, tried
 * in every order, with a thread that dies before every step; and each once more with steps swapped, which must be found wrong.
 *
 * Laps and positions are not cut off here, and a record is two words, or one where its state is what the test is about.
 */

describe('a broadcast of one producer (broadcast-code.ts)', () => {
	const CAPACITY = 2;
	const RECORDS = 4;
	interface Cursor {
		head: number;
		gate: number;
	}
	interface Broadcast {
		slots: [number, number][];
		tail: number;
		cursors: Cursor[];
		killed: boolean;
	}
	interface Own {
		/** Of a consumer: its seat. */
		seat: number;
		index: number;
		room: number;
		behind: number;
		first: number;
		got: string[];
	}
	const slotOf = (ring: Broadcast, index: number) => ring.slots[index % CAPACITY];
	const fresh = (seat: number): Own => ({ seat, index: 0, room: 0, behind: 0, first: 0, got: [] });

	const producer: Step<Broadcast, Own>[] = [
		choose('room?', (_, own) => {
			if (own.index === RECORDS) return ENDED;
			own.seat = 0;
			own.behind = 0;
			return own.index === own.room ? 'gate' : 'write first';
		}),
		choose('gate', (ring, own) => {
			if (own.seat === ring.cursors.length) return 'reckon';
			if (ring.cursors[own.seat].gate !== 0) return 'head';
			own.seat++;
			return 'gate';
		}),
		choose('head', (ring, own) => {
			own.behind = Math.max(own.behind, own.index - ring.cursors[own.seat++].head);
			return 'gate';
		}),
		{
			name: 'reckon',
			run(ring, own) {
				own.room = own.index + Math.max(0, CAPACITY - own.behind);
				if (own.room !== own.index) return 'write first';
				// Parked: until it would find room.
				const behind = ring.cursors.map(({ gate, head }) => (gate === 0 ? 0 : own.index - head));
				return Math.max(...behind) < CAPACITY ? 'room?' : false;
			},
		},
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
	const join: Step<Broadcast, Own>[] = [
		act('guess', (ring, own) => {
			ring.cursors[own.seat].head = ring.tail;
		}),
		act('open the gate', (ring, own) => {
			ring.cursors[own.seat].gate = own.seat + 1;
		}),
		act('begin', (ring, own) => {
			own.index = ring.tail;
			ring.cursors[own.seat].head = own.index;
		}),
	];
	const read: Step<Broadcast, Own>[] = [
		{
			name: 'record?',
			run(ring, own) {
				if (own.index === RECORDS) return ENDED;
				return ring.tail === own.index ? false : undefined;
			},
		},
		act('read first', (ring, own) => {
			own.first = slotOf(ring, own.index)[0];
		}),
		act('read second', (ring, own) => {
			own.got.push(`${own.first}${slotOf(ring, own.index)[1]}`);
		}),
		act('settle', (ring, own) => {
			ring.cursors[own.seat].head = own.index + 1;
		}),
		choose('again', (_, own) => {
			own.index++;
			return 'record?';
		}),
	];
	/** What is wrong with records that must follow each other without a gap. */
	const wrongWith = (got: readonly string[]): string | undefined => {
		const first = Number(got[0]?.[0] ?? 0);
		return got.every((text, at) => text === `${first + at}${first + at}`) ? undefined : `got ${got}`;
	};
	const run = (produce = producer, joins = join, reads = read, dies = false) =>
		interleavings<Broadcast, Own>(
			{
				shared: {
					slots: Array.from({ length: CAPACITY }, () => [0, 0]),
					tail: 0,
					cursors: [
						{ head: 0, gate: 1 },
						{ head: 0, gate: 0 },
					],
					killed: false,
				},
				threads: [
					{ name: 'producer', own: fresh(0), steps: produce },
					{ name: 'subscriber', own: fresh(0), steps: dies ? killable(reads) : reads },
					{ name: 'joiner', own: fresh(1), steps: [...joins, ...reads.map(renamed)] },
					...(dies
						? [
								{
									name: 'reaper',
									own: fresh(0),
									steps: [
										act<Broadcast, Own>('kill', (ring) => {
											ring.killed = true;
										}),
										act<Broadcast, Own>('close the gate', (ring) => {
											ring.cursors[0].gate = 0;
										}),
									],
								},
							]
						: []),
				],
				wrong: (_, [, subscriber, joiner]) => wrongWith(subscriber.got) ?? wrongWith(joiner.got),
				wrongAtEnd: (_, [, subscriber]) =>
					dies || subscriber.got.length === RECORDS ? undefined : `got ${subscriber.got}`,
			},
			3_000_000,
		);
	const renamed = (step: Step<Broadcast, Own>): Step<Broadcast, Own> => step;

	it('gives every record to who subscribed, and to who joins from then on', () => {
		const { failure, ends } = run();
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	it('goes on without a consumer that died before any step', () => {
		const { failure, ends } = run(producer, join, read, true);
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	it.each([
		['a joiner reads TAIL before it opens its gate', producer, swapped(join, 'open the gate', 'begin'), read],
		['a record is published before it is written', swapped(producer, 'write second', 'publish'), join, read],
		['a place is given back before it is read', producer, join, swapped(read, 'read second', 'settle')],
	])('is wrong when %s', (_, produce, joins, reads) => {
		expect(run(produce, joins, reads).failure?.problem).toMatch(/^got /);
	});

	it('stands still when the gate of a dead consumer is not closed', () => {
		const protocol = run(producer, join, killable(read));
		expect(protocol.failure).toBeUndefined();
		const mortal = interleavings<Broadcast, Own>({
			shared: {
				slots: [
					[0, 0],
					[0, 0],
				],
				tail: 0,
				cursors: [{ head: 0, gate: 1 }],
				killed: false,
			},
			threads: [
				{ name: 'producer', own: fresh(0), steps: producer },
				{ name: 'subscriber', own: fresh(0), steps: read, mortal: true },
			],
		});
		expect(mortal.failure?.problem).toBe('nobody can go on, and not ended: producer');
	});

	it('closes a gate for the member that it was open for, whoever retires it', () => {
		interface Seat {
			seat: number;
			gate: number;
		}
		interface Found {
			found: boolean;
		}
		const retire: Step<Seat, Found>[] = [
			choose('is it there?', (seat) => (seat.seat === 1 ? 'close the gate' : ENDED)),
			act('close the gate', (seat) => {
				if (seat.gate === 1) seat.gate = 0;
			}),
			act('free the seat', (seat) => {
				if (seat.seat === 1) seat.seat = 0;
			}),
		];
		const heir: Step<Seat, Found>[] = [
			{
				name: 'sit',
				run(seat) {
					if (seat.seat !== 0) return false;
					seat.seat = 2;
					return undefined;
				},
			},
			act('open the gate', (seat) => {
				seat.gate = 2;
			}),
		];
		const retired = (steps: Step<Seat, Found>[]) =>
			interleavings<Seat, Found>({
				shared: { seat: 1, gate: 1 },
				threads: [
					{ name: 'a', own: { found: false }, steps },
					{ name: 'b', own: { found: false }, steps },
					{ name: 'heir', own: { found: false }, steps: heir },
				],
				wrongAtEnd: ({ seat, gate }) => (seat === 2 && gate === 2 ? undefined : `seat ${seat}, gate ${gate}`),
			});
		expect(retired(retire).failure).toBeUndefined();
		const careless = altered(retire, 'close the gate', (seat) => {
			seat.gate = 0;
			return undefined;
		});
		expect(retired(careless).failure?.problem).toBe('seat 2, gate 0');
	});
});

describe('a broadcast that overwrites (broadcast-code.ts)', () => {
	const RING = 4;
	const CHUNK = 1;
	const CAPACITY = 2;
	const RECORDS = 7;
	interface Lapped {
		slots: [number, number][];
		tail: number;
		front: number;
	}
	interface Own {
		index: number;
		first: number;
		second: number;
		missed: number;
		got: number[];
		/** It ended as who had all. */
		tries: number;
	}
	const slotOf = (ring: Lapped, index: number) => ring.slots[index % RING];
	const producer: Step<Lapped, Own>[] = [
		choose('front?', (ring, own) => {
			if (own.index === RECORDS) return ENDED;
			return ring.front > own.index ? 'write first' : 'move FRONT on';
		}),
		act('move FRONT on', (ring) => {
			ring.front += CHUNK;
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
			return 'front?';
		}),
	];
	const consumer: Step<Lapped, Own>[] = [
		{
			name: 'tail',
			run(ring, own) {
				const beyond = ring.tail - own.index - CAPACITY;
				if (beyond > 0) {
					own.missed += beyond;
					own.index += beyond;
				}
				if (own.index === RECORDS) return ENDED;
				return ring.tail === own.index ? false : undefined;
			},
		},
		act('copy first', (ring, own) => {
			own.first = slotOf(ring, own.index)[0];
		}),
		act('copy second', (ring, own) => {
			own.second = slotOf(ring, own.index)[1];
		}),
		choose('look at FRONT', (ring, own) => {
			if (ring.front - own.index > RING) return 'tail';
			own.got.push(own.first === own.second ? own.first : -1);
			own.index++;
			return 'tail';
		}),
	];
	const run = (produce = producer, consume = consumer, mortal = false) => {
		const own: Own = { index: 0, first: 0, second: 0, missed: 0, got: [], tries: 0 };
		return interleavings<Lapped, Own>(
			{
				shared: { slots: Array.from({ length: RING }, () => [0, 0]), tail: 0, front: 0 },
				threads: [
					{ name: 'producer', own, steps: produce, mortal },
					{ name: 'consumer', own, steps: consume },
				],
				wrong: (_, [, { got, missed, index }]) =>
					got.includes(-1) ||
					!got.every((value, at) => at === 0 || value > got[at - 1]) ||
					got.length + missed !== index
						? `got ${got}, missed ${missed}, at ${index}`
						: undefined,
				wrongAtEnd: (_, [, { got, missed }]) => (got.length + missed === RECORDS ? undefined : `got ${got}`),
			},
			3_000_000,
		);
	};

	it('tears nothing, and counts what was missed', () => {
		const { failure, ends } = run();
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	it('leaves a consumer that waits when the producer dies, and no copy that is made again and again', () => {
		// The consumer waits for a record that does not come; any other end would be a copy thrown away for ever.
		const { failure } = run(producer, consumer, true);
		expect(failure?.problem).toBe('nobody can go on, and not ended: consumer');
		expect(failure?.trace.at(-1)).toMatch(/producer dies before|consumer: /);
	});

	it('is wrong when it writes before it says so', () => {
		const late = altered(producer, 'front?', (_, own) => (own.index === RECORDS ? ENDED : 'write first'));
		const produce = altered(late, 'publish', (ring, own) => {
			ring.tail = own.index + 1;
			ring.front = Math.max(ring.front, ring.tail);
			return undefined;
		});
		expect(run(produce).failure?.problem).toMatch(/^got /);
	});

	it('is wrong when the consumer looks before it has copied', () => {
		const early = altered(consumer, 'copy second', (ring, own) => (ring.front - own.index > RING ? 'tail' : undefined));
		const consume = altered(early, 'look at FRONT', (ring, own) => {
			own.second = slotOf(ring, own.index)[1];
			own.got.push(own.first === own.second ? own.first : -1);
			own.index++;
			return 'tail';
		});
		expect(run(producer, consume).failure?.problem).toMatch(/^got /);
	});
});
