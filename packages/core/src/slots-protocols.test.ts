import { describe, expect, it } from 'vitest';
import { act, altered, choose, ENDED, interleavings, killable, type Step } from './interleavings.testing.js';
import { soak } from './soak.testing.js';

/*
 * The protocols of the queues between threads (`shared-queue/` of the containers), step by step as the code has them, tried
 * in every order, with a thread that dies before every step; and each once more with steps swapped, which must be found wrong.
 *
 * Laps and positions are not cut off here, and a record is two words, or one where its state is what the test is about.
 */

/*
 * The ring of slots. The states are those of `slots-code.ts`: `kind` in lap `lap`, by the thread `who`.
 */
interface Slot {
	lap: number;
	kind: 'free' | 'full' | 'skip' | 'claimed' | 'taken';
	who: number;
	value: number;
}
interface Slots {
	slots: Slot[];
	tail: number;
	head: number;
	/** A bit for each producer that will push no more; all: it is closed. */
	done: number;
	killed: boolean;
	filled: number[];
	lost: number;
}
interface Pusher {
	which: number;
	total: number;
	count: number;
	position: number;
	at: number;
	/** What it saw of a slot. */
	lap: number;
	kind: string;
	got: number[];
	closed: boolean;
}
const ALL = 3;
const lapOf = (ring: Slots, position: number): number => Math.floor(position / ring.slots.length);
const slotAt = (ring: Slots, position: number): Slot => ring.slots[position % ring.slots.length];
const isSlot = (slot: Slot, lap: number, ...kinds: Slot['kind'][]): boolean =>
	slot.lap === lap && kinds.includes(slot.kind);
const set = (slot: Slot, lap: number, kind: Slot['kind'], who = -1): void => {
	slot.lap = lap;
	slot.kind = kind;
	slot.who = who;
};
const pusher = (which: number, total: number): Pusher => {
	const none = { count: 0, position: -1, at: 0, lap: 0, kind: '', got: [], closed: false };
	return { which, total, ...none };
};
/** Moves TAIL, or HEAD, on by a compare-and-swap. */
const follow =
	(end: 'tail' | 'head', then: string) =>
	(ring: Slots, own: Pusher): string => {
		if (ring[end] === own.position) ring[end]++;
		// What is not needed any more makes states that differ in nothing.
		if (then !== 'write' && then !== 'read') own.position = -1;
		own.closed = false;
		return then;
	};
/** Values name their producer and its count. */
const recordOf = (own: Pusher): number => own.which * 10 + own.count + 1;
const isOrdered = (values: readonly number[]): boolean =>
	values.every(
		(value, at) =>
			!values.slice(at + 1).some((later) => Math.floor(later / 10) === Math.floor(value / 10) && later <= value),
	);
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const noteFilled = (ring: Slots, own: Pusher): void => {
	ring.filled = sorted([...ring.filled, recordOf(own)]);
};
/** Kills once, at any moment. */
const killer: Step<Slots, Pusher> = {
	name: 'kill',
	run(ring) {
		ring.killed = true;
		return undefined;
	},
};

/** What producers of both rings have in common, from the claim on. */
const fillSteps: Step<Slots, Pusher>[] = [
	choose('TAIL follows', follow('tail', 'write')),
	act('write', (ring, own) => {
		slotAt(ring, own.position).value = recordOf(own);
	}),
	choose('fill', (ring, own) => {
		const slot = slotAt(ring, own.position);
		if (isSlot(slot, lapOf(ring, own.position), 'claimed') && slot.who === own.which) {
			set(slot, slot.lap, 'full');
			noteFilled(ring, own);
		}
		own.count++;
		own.position = -1;
		return 'tail';
	}),
	choose('move TAIL on', follow('tail', 'tail')),
];
const finish = (ring: Slots, own: Pusher): string => {
	ring.done |= 1 << own.which;
	return ENDED;
};

describe('the ring of slots, many to many (slots-code.ts)', () => {
	const producer: Step<Slots, Pusher>[] = [
		choose('tail', (ring, own) => {
			if (own.count === own.total) return finish(ring, own);
			own.position = ring.tail;
			return 'room';
		}),
		choose('room', (ring, own) => {
			return ring.head + ring.slots.length <= own.position ? 'full' : 'claim';
		}),
		choose('claim', (ring, own) => {
			const slot = slotAt(ring, own.position);
			if (isSlot(slot, lapOf(ring, own.position), 'free')) {
				set(slot, slot.lap, 'claimed', own.which);
				return 'TAIL follows';
			}
			return slot.lap === lapOf(ring, own.position) - 1 ? 'full' : 'move TAIL on';
		}),
		...fillSteps,
		{
			name: 'full',
			run(ring, own) {
				const slot = slotAt(ring, own.position);
				const hasRoom = ring.head + ring.slots.length > own.position && slot.lap !== lapOf(ring, own.position) - 1;
				return hasRoom || ring.tail !== own.position ? 'tail' : false;
			},
		},
	];
	const consumer: Step<Slots, Pusher>[] = [
		act('closed?', (ring, own) => {
			own.closed = ring.done === ALL;
		}),
		act('head', (ring, own) => {
			own.position = ring.head;
		}),
		choose('take', (ring, own) => {
			const slot = slotAt(ring, own.position);
			const lap = lapOf(ring, own.position);
			if (isSlot(slot, lap, 'full')) {
				set(slot, lap, 'taken', own.which);
				return 'HEAD follows';
			}
			if (isSlot(slot, lap, 'skip')) {
				set(slot, lap + 1, 'free');
				return 'move HEAD on';
			}
			return slot.lap < lap || isSlot(slot, lap, 'free', 'claimed') ? 'nothing' : 'move HEAD on';
		}),
		choose('HEAD follows', follow('head', 'read')),
		act('read', (ring, own) => {
			own.got.push(slotAt(ring, own.position).value);
		}),
		choose('free', (ring, own) => {
			const slot = slotAt(ring, own.position);
			if (isSlot(slot, lapOf(ring, own.position), 'taken') && slot.who === own.which) set(slot, slot.lap + 1, 'free');
			return 'closed?';
		}),
		choose('move HEAD on', follow('head', 'closed?')),
		{
			name: 'nothing',
			run(ring, own) {
				const slot = slotAt(ring, own.position);
				const lap = lapOf(ring, own.position);
				if (ring.head === own.position && own.closed && (isSlot(slot, lap, 'free') || slot.lap < lap)) return ENDED;
				const isThere = slot.lap > lap || isSlot(slot, lap, 'full', 'skip', 'taken');
				return ring.head !== own.position || isThere || own.closed !== (ring.done === ALL) ? 'closed?' : false;
			},
		},
	];
	/** Retires who was killed: looks at each slot, and ends its claims by a compare-and-swap. */
	const reap: Step<Slots, Pusher>[] = [
		killer,
		choose('clear a slot', (ring, own) => {
			if (own.at === ring.slots.length) return own.which < 2 ? 'end' : ENDED;
			const slot = ring.slots[own.at++];
			if (slot.who === own.which && slot.kind === 'claimed') set(slot, slot.lap, 'skip');
			else if (slot.who === own.which && slot.kind === 'taken') {
				set(slot, slot.lap + 1, 'free');
				ring.lost++;
			}
			return 'clear a slot';
		}),
		choose('end', finish),
	];

	/** Two producers, 0 and 1, and two consumers, 2 and 3; `victim` may die anywhere. */
	const run = (produce = producer, consume = consumer, victim = -1, length = 1, totals = [2, 1]) => {
		const threads = [
			...totals.map((total, which) => ({ name: `producer ${which}`, own: pusher(which, total), steps: produce })),
			...[2, 3].map((which) => ({ name: `consumer ${which}`, own: pusher(which, 0), steps: consume })),
		];
		return interleavings<Slots, Pusher>(
			{
				shared: {
					slots: Array.from({ length }, () => ({ lap: 0, kind: 'free', who: -1, value: 0 })),
					...{ tail: 0, head: 0, done: 0, killed: false, filled: [], lost: 0 },
				},
				threads:
					victim < 0
						? threads
						: [
								...threads.map((thread) =>
									thread.own.which === victim ? { ...thread, steps: killable(thread.steps) } : thread,
								),
								{ name: 'reaper', own: pusher(victim, 0), steps: reap },
							],
				wrong(ring, owns) {
					const got = owns.flatMap((own) => own.got);
					if (new Set(got).size < got.length || got.some((value) => !ring.filled.includes(value))) return `got ${got}`;
					return owns.every((own) => isOrdered(own.got)) ? undefined : `out of order: ${got}`;
				},
				wrongAtEnd(ring, owns) {
					const got = owns.flatMap((own) => own.got);
					const missing = ring.filled.length - got.length;
					// A killed consumer may have read what then counts as lost.
					return missing <= ring.lost && ring.lost - missing <= 1 ? undefined : `got ${sorted(got)} of ${ring.filled}`;
				},
			},
			3_000_000,
		);
	};

	const sizes = [[1, [2, 1]], [2, [1, 1]], ...(soak ? [[2, [2, 1]] as const] : [])] as const;

	it.each(sizes)('gives every record to one consumer, in order, over %i slots', (length, totals) => {
		const { failure, ends } = run(producer, consumer, -1, length, [...totals]);
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	const deaths: [victim: number, length: number][] = [
		[0, 1],
		[2, 1],
	];
	if (soak) deaths.push([0, 2], [2, 2]);

	it.each(deaths)('goes on when thread %i dies before any step, over %i slots', (victim, length) => {
		const { failure, ends } = run(producer, consumer, victim, length, soak ? [2, 1] : [1, 1]);
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	it('is wrong when a slot is filled before it is written', () => {
		const produce = altered(producer, 'write', (ring, own) => {
			set(slotAt(ring, own.position), lapOf(ring, own.position), 'full');
			noteFilled(ring, own);
			return undefined;
		});
		const late = altered(produce, 'fill', (ring, own) => {
			slotAt(ring, own.position).value = recordOf(own);
			own.count++;
			return 'tail';
		});
		expect(run(late).failure?.problem).toMatch(/^got /);
	});

	it('is wrong when a slot is freed before it is read', () => {
		const early = altered(consumer, 'read', (ring, own) => {
			set(slotAt(ring, own.position), lapOf(ring, own.position) + 1, 'free');
			return undefined;
		});
		const consume = altered(early, 'free', (ring, own) => {
			own.got.push(slotAt(ring, own.position).value);
			return 'closed?';
		});
		expect(run(producer, consume).failure?.problem).toMatch(/^got /);
	});

	it('is wrong when an end is seen without a look whether it was closed before', () => {
		const consume = altered(consumer, 'nothing', (ring, own) => {
			if (ring.done === ALL) return ENDED;
			return ring.head !== own.position || slotAt(ring, own.position).kind === 'full' ? 'closed?' : false;
		});
		expect(run(producer, consume).failure).toBeDefined();
	});

	it('stands still when positions are claimed before slots are, and who claimed dies', () => {
		// As in a ring whose TAIL is moved on first, by a compare-and-swap that names nobody.
		const anonymous = altered(producer, 'claim', (ring, own) => {
			const slot = slotAt(ring, own.position);
			if (!isSlot(slot, lapOf(ring, own.position), 'free'))
				return slot.lap === lapOf(ring, own.position) - 1 ? 'full' : 'tail';
			if (ring.tail !== own.position) return 'tail';
			ring.tail++;
			return 'TAIL follows';
		});
		const produce = altered(anonymous, 'TAIL follows', (ring, own) => {
			set(slotAt(ring, own.position), lapOf(ring, own.position), 'claimed', own.which);
			return 'write';
		});
		expect(run(produce, consumer, -1, 1, [1, 1]).failure).toBeUndefined();
		expect(run(produce, consumer, 0, 1, [1, 1]).failure?.problem).toMatch(/nobody can go on/);
	});
});

describe('a broadcast of many producers (broadcast-claims-code.ts)', () => {
	const producer: Step<Slots, Pusher>[] = [
		choose('tail', (ring, own) => {
			if (own.count === own.total) return finish(ring, own);
			own.position = ring.tail;
			return 'room';
		}),
		choose('room', (ring, own) => {
			// One gate, always open: joining has a model of its own.
			return ring.head + ring.slots.length <= own.position ? 'full' : 'look';
		}),
		choose('look', (ring, own) => {
			const slot = slotAt(ring, own.position);
			if (slot.lap !== lapOf(ring, own.position) - 1) return 'move TAIL on';
			if (slot.kind === 'claimed') return 'full';
			own.lap = slot.lap;
			own.kind = slot.kind;
			return 'claim';
		}),
		choose('claim', (ring, own) => {
			const slot = slotAt(ring, own.position);
			if (slot.lap !== own.lap || slot.kind !== own.kind) return 'tail';
			set(slot, lapOf(ring, own.position), 'claimed', own.which);
			return 'TAIL follows';
		}),
		...fillSteps,
		{
			name: 'full',
			run(ring, own) {
				const slot = slotAt(ring, own.position);
				const inTheWay = slot.lap === lapOf(ring, own.position) - 1 && slot.kind === 'claimed';
				return ring.tail !== own.position || (ring.head + ring.slots.length > own.position && !inTheWay)
					? 'tail'
					: false;
			},
		},
	];
	const consumer: Step<Slots, Pusher>[] = [
		act('closed?', (ring, own) => {
			own.closed = ring.done === ALL;
		}),
		{
			name: 'look',
			run(ring, own) {
				const slot = slotAt(ring, own.position);
				const lap = lapOf(ring, own.position);
				if (isSlot(slot, lap, 'full')) return 'read';
				if (isSlot(slot, lap, 'skip')) return 'settle';
				if (own.closed && slot.lap < lap) return ENDED;
				return own.closed !== (ring.done === ALL) ? 'closed?' : false;
			},
		},
		act('read', (ring, own) => {
			own.got.push(slotAt(ring, own.position).value);
		}),
		choose('settle', (ring, own) => {
			own.position++;
			ring.head = own.position;
			return 'closed?';
		}),
	];
	const reap: Step<Slots, Pusher>[] = [
		killer,
		choose('clear a slot', (ring, own) => {
			if (own.at === ring.slots.length) return finish(ring, own);
			const slot = ring.slots[own.at++];
			if (slot.who === own.which && slot.kind === 'claimed') set(slot, slot.lap, 'skip');
			return 'clear a slot';
		}),
	];
	const run = (produce = producer, consume = consumer, dies = false, length = 2, totals = [2, 2]) => {
		const threads = totals.map((total, which) => ({
			name: `producer ${which}`,
			own: pusher(which, total),
			steps: dies && which === 0 ? killable(produce) : produce,
		}));
		return interleavings<Slots, Pusher>(
			{
				shared: {
					slots: Array.from({ length }, () => ({ lap: -1, kind: 'skip', who: -1, value: 0 })),
					...{ tail: 0, head: 0, done: 0, killed: false, filled: [], lost: 0 },
				},
				threads: [
					...threads,
					{ name: 'consumer', own: { ...pusher(2, 0), position: 0 }, steps: consume },
					...(dies ? [{ name: 'reaper', own: pusher(0, 0), steps: reap }] : []),
				],
				wrong(ring, owns) {
					const { got } = owns[totals.length];
					if (new Set(got).size < got.length || got.some((value) => !ring.filled.includes(value))) return `got ${got}`;
					return isOrdered(got) ? undefined : `out of order: ${got}`;
				},
				wrongAtEnd(ring, owns) {
					const { got } = owns[totals.length];
					return got.length === ring.filled.length ? undefined : `got ${got} of ${ring.filled}`;
				},
			},
			3_000_000,
		);
	};

	it('gives every record to its consumers, in order', () => {
		const { failure, ends } = run();
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	it.each(soak ? [1, 2] : [1])('goes on when a producer dies before any step, over %i slots', (length) => {
		const { failure, ends } = run(producer, consumer, true, length, soak ? [2, 2] : [2, 1]);
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	it('is wrong when the consumer settles before it reads', () => {
		const early = altered(consumer, 'read', (ring, own) => {
			ring.head = own.position + 1;
			return undefined;
		});
		const consume = altered(early, 'settle', (ring, own) => {
			own.got.push(slotAt(ring, own.position++).value);
			return 'closed?';
		});
		// A skipped slot settles, too: here it would be read; there is none.
		expect(run(producer, consume).failure?.problem).toMatch(/^got /);
	});

	it('is wrong when a slot is filled before it is written', () => {
		const early = altered(producer, 'write', (ring, own) => {
			set(slotAt(ring, own.position), lapOf(ring, own.position), 'full');
			noteFilled(ring, own);
			return undefined;
		});
		const produce = altered(early, 'fill', (ring, own) => {
			slotAt(ring, own.position).value = recordOf(own);
			own.count++;
			return 'tail';
		});
		expect(run(produce).failure?.problem).toMatch(/^got /);
	});

	it('is wrong when a producer looks for room only after its claim', () => {
		const produce = altered(
			altered(producer, 'room', () => 'look'),
			'TAIL follows',
			(ring, own) => {
				if (ring.tail === own.position) ring.tail++;
				return 'write';
			},
		);
		expect(run(produce).failure).toBeDefined();
	});

	it('stands still when who fills a claim of the lap before is not waited for', () => {
		// It takes the slot from a producer that is still writing to it.
		const produce = altered(producer, 'look', (ring, own) => {
			const slot = slotAt(ring, own.position);
			own.lap = slot.lap;
			own.kind = slot.kind;
			return slot.lap === lapOf(ring, own.position) - 1 ? 'claim' : 'move TAIL on';
		});
		const noGate = (steps: Step<Slots, Pusher>[]) => altered(steps, 'room', () => 'look');
		expect(run(noGate(produce)).failure).toBeDefined();
	});
});
