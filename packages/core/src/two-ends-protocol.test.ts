import { describe, expect, it } from 'vitest';
import {
	act,
	altered,
	choose,
	ENDED,
	interleavings,
	killable,
	type Step,
	swapped,
	until,
} from './interleavings.testing.js';

/*
 * The ring of two ends (`shared-queue/two-ends-code.ts` of the containers), whose consumer tells the producer of some records
 * at a time and writes DONE plainly: a store that others see later, `memory` says when, in order. An atomic access of the
 * consumer comes behind its stores.
 *
 * Positions are not cut off, and a record is two words.
 */

const CAPACITY = 2;
const LATE = 1;

interface Ring {
	slots: [number, number][];
	tail: number;
	head: number;
	/** The producer waits for room. */
	flag: boolean;
	/** What the producer sees of DONE, and the stores that it does not see yet. */
	done: number;
	unseen: number[];
	taken: number;
	/** Wake-ups, and whether the producer sleeps. */
	count: number;
	asleep: boolean;
	/** The consumer was killed; it was retired, and its seat is free. */
	killed: boolean;
	retired: boolean;
	/** Records that callers got, and that a dead consumer was looking at. */
	got: number[];
	lost: number[];
	/** Consumers that pop no more. */
	left: number;
}

interface Own {
	/** As the producer: its position, what it loaded, and the count that it noted. */
	position: number;
	head: number;
	done: number;
	noted: number;
	/** As a consumer: what it read, how far HEAD is behind, how many records it still takes, and whether the flag was up. */
	words: number[];
	untold: number;
	wanted: number;
	wasUp: boolean;
	/** As whoever retires: what it loaded. */
	taken: number;
}

const own = (wanted = 0): Own => ({
	...{ position: 0, head: 0, done: 0, noted: 0, words: [], untold: 0, wanted, wasUp: false, taken: 0 },
});
const slotOf = (ring: Ring, position: number): [number, number] => ring.slots[position % ring.slots.length];

/** Pushes as many records as there are `wanted`, and sleeps where there is no room. */
const produce: Step<Ring, Own>[] = [
	choose('load HEAD', (ring, own) => {
		if (own.position === own.wanted) return ENDED;
		own.head = ring.head;
		return 'load DONE';
	}),
	act('load DONE', (ring, own) => {
		own.done = ring.done;
	}),
	choose('room?', (ring, own) => (hasRoom(ring, own) ? 'write first' : 'note the count')),
	act('note the count', (ring, own) => {
		own.noted = ring.count;
	}),
	act('raise the flag', (ring) => {
		ring.flag = true;
	}),
	act('load HEAD again', (ring, own) => {
		own.head = ring.head;
	}),
	act('load DONE again', (ring, own) => {
		own.done = ring.done;
	}),
	choose('room now?', (ring, own) => {
		if (hasRoom(ring, own)) return 'write first';
		if (ring.count !== own.noted) return 'load HEAD';
		ring.asleep = true;
		return 'nap';
	}),
	{
		// It is woken, or its time is over, and then no store is unseen that was done before.
		name: 'nap',
		run(ring, own) {
			if (!ring.asleep) return 'load HEAD';
			if (ring.unseen.length > 0) return false;
			ring.asleep = false;
			own.head = ring.head;
			return undefined;
		},
	},
	act('load DONE at last', (ring, own) => {
		own.done = ring.done;
	}),
	choose('room at last?', (ring, own) => (hasRoom(ring, own) ? 'write first' : 'sleep')),
	choose('sleep', (ring, own) => {
		if (ring.count !== own.noted) return 'load HEAD';
		ring.asleep = true;
		return 'asleep';
	}),
	until('asleep', (ring) => !ring.asleep),
	choose('awake', () => 'load HEAD'),
	act('write first', (ring, own) => {
		slotOf(ring, own.position)[0] = own.position;
	}),
	act('write second', (ring, own) => {
		slotOf(ring, own.position)[1] = own.position;
	}),
	choose('announce', (ring, own) => {
		ring.tail = ++own.position;
		own.head = 0;
		own.done = 0;
		return 'load HEAD';
	}),
];

function hasRoom(ring: Ring, { position, head, done }: Own): boolean {
	return position - done < CAPACITY && position - head < ring.slots.length;
}

/** Pops as many records as there are `wanted`, or takes and releases them. */
const consume = (looks: boolean): Step<Ring, Own>[] => [
	choose('record?', (ring, own) => {
		if (own.wanted === 0) return 'leave';
		if (ring.tail === own.position) return 'wait';
		if (looks) {
			ring.taken = own.position + 1;
			ring.got.push(own.position);
		}
		return 'read first';
	}),
	until('wait', (ring, own) => ring.tail !== own.position),
	choose('come', () => 'record?'),
	act('read first', (ring, own) => {
		own.words = [slotOf(ring, own.position)[0]];
	}),
	act('read second', (ring, own) => {
		own.words.push(slotOf(ring, own.position)[1]);
	}),
	act('store DONE', (ring, own) => {
		if (!looks) ring.got.push(own.position);
		ring.unseen.push(++own.position);
		own.untold++;
		own.wanted--;
	}),
	choose('time to tell?', (ring, own) => {
		return own.untold > LATE || ring.flag ? 'tell' : 'record?';
	}),
	{
		name: 'tell',
		run(ring, own) {
			if (ring.unseen.length > 0) return false;
			ring.head = own.position;
			own.wasUp = ring.flag;
			ring.flag = false;
			own.untold = 0;
			return undefined;
		},
	},
	choose('was anyone waiting?', (_, own) => (own.wasUp ? 'lower the flag' : 'record?')),
	act('lower the flag', (ring) => {
		ring.flag = false;
	}),
	act('count', (ring) => {
		ring.count++;
	}),
	choose('notify', (ring) => {
		ring.asleep = false;
		return 'record?';
	}),
	choose('leave', (ring) => {
		ring.left++;
		return ENDED;
	}),
];

/** Shows the consumer's stores, in order, whenever it likes. */
const memoryOf = (consumers: number): Step<Ring, Own>[] => [
	{
		name: 'show a store',
		run(ring) {
			if (ring.unseen.length === 0) return ring.left === consumers ? ENDED : false;
			ring.done = ring.unseen[0];
			ring.unseen.shift();
			return 'show a store';
		},
	},
];

const ringOf = (slots: number): Ring => ({
	...{ slots: Array.from({ length: slots }, (): [number, number] => [-1, -1]), tail: 0, head: 0, flag: false },
	...{ done: 0, unseen: [], taken: 0, count: 0, asleep: false, killed: false, retired: false },
	...{ got: [], lost: [], left: 0 },
});

/** What no state may be in. */
function wrong(ring: Ring, owns: readonly Own[]): string | undefined {
	// What a dead consumer was looking at is gone as well.
	const popped = Math.max(ring.done, ...owns.slice(1).map(({ position }) => position));
	if (ring.tail - popped > CAPACITY) return `${ring.tail - popped} records`;
	for (const { words, position } of owns.slice(1)) {
		const [first, second = first] = words;
		// Read before the position went on, or in this very step.
		if (words.length > 0 && (first !== second || (first !== position && first !== position - 1))) return 'torn';
	}
	if (new Set(ring.got).size < ring.got.length) return 'a record came twice';
	return undefined;
}

describe('a ring of two ends', () => {
	const POPPED = 3;
	const run = ({ slots = CAPACITY + LATE + 1, produces = produce, consumes = consume(false) }) =>
		interleavings<Ring, Own>({
			shared: ringOf(slots),
			threads: [
				// As many as fit behind those that are popped: nobody may wait for one more pop.
				{ name: 'producer', own: own(POPPED + CAPACITY), steps: produces },
				{ name: 'consumer', own: own(POPPED), steps: consumes },
				{ name: 'memory', own: own(), steps: memoryOf(1) },
			],
			wrong,
		});
	const readsLate = (): Step<Ring, Own>[] => {
		const steps = swapped(consume(false), 'read second', 'store DONE');
		// The position has gone on.
		return altered(steps, 'read second', (ring, own) => {
			own.words.push(slotOf(ring, own.position - 1)[1]);
			return undefined;
		});
	};
	const trustsDone = altered(produce, 'room?', (_, own) =>
		own.position - own.done < CAPACITY ? 'write first' : 'note the count',
	);

	it.each([
		['by pops', consume(false)],
		['by views', consume(true)],
		['by reads that are done after the store of DONE', readsLate()],
	])('has room whenever fewer are there than its capacity, and wakes who waits: %s', (_, consumes) => {
		const { failure, ends } = run({ consumes });
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	const LOST = /nobody can go on, and not ended: producer/;
	it.each([
		['there is no slot more than records', { slots: CAPACITY }, LOST],
		['there are too few of them', { slots: CAPACITY + LATE - 1 }, LOST],
		[
			'who sleeps does not look again',
			{
				produces: altered(produce, 'nap', (ring) => (ring.asleep ? false : 'load HEAD')),
			},
			LOST,
		],
		['the flag is looked at before DONE is stored', { consumes: lookFirst() }, LOST],
		['the producer goes by DONE alone', { slots: CAPACITY, produces: trustsDone, consumes: readsLate() }, /torn/],
	])('is found wrong where %s', (_, change, problem) => {
		expect(run(change).failure?.problem).toMatch(problem);
	});

	/** The flag as it was before the store decides. */
	function lookFirst(): Step<Ring, Own>[] {
		const steps = altered(consume(false), 'read second', (ring, own) => {
			own.words.push(slotOf(ring, own.position)[1]);
			own.wasUp = ring.flag;
			return undefined;
		});
		return altered(steps, 'time to tell?', (_, own) => (own.untold > LATE || own.wasUp ? 'tell' : 'record?'));
	}
});

describe('a ring of two ends whose consumer is killed', () => {
	const TOTAL = 2;
	const retire: Step<Ring, Own>[] = [
		act('kill', (ring) => {
			ring.killed = true;
		}),
		// Who is told of the end of a thread sees all that it did.
		until('be told', (ring) => ring.unseen.length === 0),
		act('load DONE and TAKEN', (ring, own) => {
			own.done = ring.done;
			own.taken = ring.taken;
		}),
		act('give up', (ring, own) => {
			for (let lost = own.done; lost < own.taken; lost++) ring.lost.push(lost);
			if (own.taken > own.done) ring.done = own.taken;
		}),
		act('free the seat', (ring) => {
			ring.retired = true;
			ring.left++;
		}),
		act('lower the flag', (ring) => {
			ring.flag = false;
		}),
		act('count', (ring) => {
			ring.count++;
		}),
		act('notify', (ring) => {
			ring.asleep = false;
		}),
	];
	const begin: Step<Ring, Own> = {
		name: 'begin',
		run(ring, own) {
			if (!ring.retired) return false;
			own.position = ring.done;
			own.untold = own.position - ring.head;
			own.wanted = TOTAL + CAPACITY - 1 - own.position;
			return undefined;
		},
	};
	const run = (looks: boolean, retires = retire) => {
		const dying = killable(consume(looks)).map(
			// It leaves its end to who retires it.
			(step): Step<Ring, Own> => (step.name === 'leave' ? until('leave', () => false) : step),
		);
		return interleavings<Ring, Own>({
			shared: ringOf(CAPACITY + LATE + 1),
			threads: [
				{ name: 'producer', own: own(TOTAL + CAPACITY - 1), steps: produce },
				{ name: 'victim', own: own(TOTAL), steps: killable(dying) },
				{ name: 'successor', own: own(), steps: [begin, ...consume(looks)] },
				{ name: 'memory', own: own(), steps: memoryOf(2) },
				{ name: 'retirer', own: own(), steps: retires },
			],
			wrong: (ring, owns) => wrong(ring, owns.slice(0, 3)),
			wrongAtEnd: ({ got, lost, tail }) => {
				const all = new Set([...got, ...lost]);
				if (all.size !== TOTAL + CAPACITY - 1 || tail !== all.size) return `${got} and ${lost} of ${tail}`;
				return lost.some((each) => !looks || !got.includes(each)) ? `${lost} are lost` : undefined;
			},
		});
	};

	it.each([
		['pops', false],
		['looks at records in place', true],
	])('goes on behind it, and gives nobody what it had: one that %s', (_, looks) => {
		const { failure, ends } = run(looks);
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	it('is found wrong where the successor begins at DONE, whatever was being looked at', () => {
		const { failure } = run(
			true,
			altered(retire, 'give up', () => undefined),
		);
		expect(failure?.problem).toBe('a record came twice');
	});
});
