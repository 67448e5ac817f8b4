import { describe, expect, it } from 'vitest';
import { act, choose, ENDED, interleavings, type Step, swapped } from '../interleavings.testing.js';

/*
 * The protocols between the threads of a shared arena, step by step as the code has them, tried in every order and with
 * death before every step; and each once more with two steps swapped, which must be found wrong.
 */

describe('blocks on their way back (Control.push, RemoteFrees)', () => {
	interface List {
		head: number;
		/** What each block's first word holds: -1 what its user wrote last. */
		links: number[];
		marks: boolean[];
		received: number[];
		refused: number;
		pushed: number[];
	}
	interface Own {
		blocks: number[];
		head: number;
		at: number;
	}
	/** Frees its blocks one after the other. */
	const freer: Step<List, Own>[] = [
		choose('mark', (list, own) => {
			if (own.blocks.length === 0) return ENDED;
			const [block] = own.blocks;
			if (list.marks[block]) {
				list.refused++;
				own.blocks.shift();
				return 'mark';
			}
			list.marks[block] = true;
			return 'load';
		}),
		act('load', (list, own) => {
			own.head = list.head;
		}),
		act('link', (list, own) => {
			list.links[own.blocks[0]] = own.head;
		}),
		choose('swap', (list, own) => {
			if (list.head !== own.head) return 'load';
			list.head = own.blocks[0];
			list.pushed.push(own.blocks[0]);
			own.blocks.shift();
			return 'mark';
		}),
	];
	/** Drains twice. */
	const owner: Step<List, Own>[] = [
		choose('take all', (list, own) => {
			if (own.at === 2) return ENDED;
			own.at++;
			own.head = list.head;
			list.head = 0;
			return 'receive';
		}),
		choose('receive', (list, own) => {
			if (own.head === 0) return 'take all';
			const block = own.head;
			own.head = list.links[block];
			list.received.push(block);
			return 'receive';
		}),
	];
	const run = (frees: number[][], steps = freer) =>
		interleavings<List, Own>({
			shared: {
				head: 0,
				links: [-1, -1, -1, -1],
				marks: [false, false, false, false],
				received: [],
				refused: 0,
				pushed: [],
			},
			threads: [
				...frees.map((blocks, index) => ({
					name: `freer ${index}`,
					own: { blocks, head: 0, at: 0 },
					steps,
					mortal: true,
				})),
				{ name: 'owner', own: { blocks: [], head: 0, at: 0 }, steps: owner },
			],
			wrong: ({ received }) => {
				if (received.includes(-1) || received.includes(undefined as never)) return 'it follows what a user wrote';
				return new Set(received).size === received.length ? undefined : `received ${received}`;
			},
			wrongAtEnd: ({ head, links, received, pushed }) => {
				const there = [...received];
				for (let block = head; block !== 0; block = links[block]) there.push(block);
				return there.sort().join() === [...pushed].sort().join() ? undefined : `pushed ${pushed}, found ${there}`;
			},
		});

	it('come back once each, and none is lost but by the death of who was freeing it', () => {
		const { failure, ends } = run([[1, 2], [3]]);
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	it('come back once where two threads free the same one', () => {
		expect(run([[1, 2], [1]]).failure).toBeUndefined();
	});

	it('would come back twice without the mark', () => {
		const unmarked = [
			choose<List, Own>('mark', (_, own) => (own.blocks.length === 0 ? ENDED : 'load')),
			...freer.slice(1),
		];
		expect(run([[1], [1]], unmarked).failure).toBeDefined();
	});

	it('would be lost if the link were written after the swap', () => {
		const late: Step<List, Own>[] = [
			freer[0],
			freer[1],
			choose('swap', (list, own) => {
				if (list.head !== own.head) return 'load';
				list.head = own.blocks[0];
				list.pushed.push(own.blocks[0]);
				return 'link';
			}),
			choose('link', (list, own) => {
				list.links[own.blocks[0]] = own.head;
				own.blocks.shift();
				return 'mark';
			}),
		];
		expect(run([[1], [2]], late).failure).toBeDefined();
	});
});

describe('a container that is moved (Offers.open, Offers.take, Offers.bury)', () => {
	const OWNER = 1;
	interface Shared {
		ticket: number;
		deed: number;
		/** The attachments on whose list the deed is, of 1 to 3. */
		lists: boolean[];
	}
	interface Own {
		id: number;
	}
	const move: Step<Shared, Own>[] = [
		act('claim', (shared, { id }) => {
			shared.ticket = -id;
		}),
		act('write the deed', (shared) => {
			shared.deed = 1;
		}),
		act('leave the list', (shared, { id }) => {
			shared.lists[id] = false;
		}),
		act('publish', (shared) => {
			shared.ticket = 7;
		}),
	];
	const take: Step<Shared, Own>[] = [
		choose('take', (shared, { id }) => {
			if (shared.ticket !== 7) return ENDED;
			shared.ticket = -id;
			return 'join the list';
		}),
		act('join the list', (shared, { id }) => {
			shared.lists[id] = true;
		}),
		act('clear the deed', (shared) => {
			shared.deed = 0;
		}),
		act('clear the ticket', (shared) => {
			shared.ticket = 0;
		}),
	];
	/** How often the container has an owner, living or dead, where each thread ended or died: on a list, in an offer. */
	const owners = ({ ticket, deed, lists }: Shared): number => {
		const found = new Set(lists.flatMap((has, id) => (has ? [id] : [])));
		// An offer that bears a number is that thread's, once with its list.
		if (ticket < 0 && deed !== 0) found.add(-ticket);
		return found.size + (ticket > 0 ? 1 : 0);
	};
	const run = (moving = move, taking = take) =>
		interleavings<Shared, Own>({
			shared: { ticket: 0, deed: 0, lists: [false, true, false, false] },
			threads: [
				{ name: 'owner', own: { id: OWNER }, steps: moving, mortal: true },
				{ name: 'taker', own: { id: 2 }, steps: taking, mortal: true },
				{ name: 'other', own: { id: 3 }, steps: taking, mortal: true },
			],
			wrong: ({ lists }) => (lists.filter(Boolean).length > 1 ? 'two threads have it' : undefined),
			wrongAtEnd: (shared) => (owners(shared) === 1 ? undefined : `${owners(shared)} have it`),
		});

	it('is one thread’s or on its way at every instant, whoever dies', () => {
		const { failure, ends } = run();
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	it.each([
		['leave the list', 'publish'],
		['write the deed', 'leave the list'],
	])('would not be, if the owner did “%s” after “%s”', (first, second) => {
		expect(run(swapped(move, first, second)).failure).toBeDefined();
	});

	it.each([
		['join the list', 'clear the deed'],
		['clear the deed', 'clear the ticket'],
	])('would not be, if the taker did “%s” after “%s”', (first, second) => {
		const after = swapped(take, first, second);
		const jump = choose<Shared, Own>('take', (shared, { id }) => {
			if (shared.ticket !== 7) return ENDED;
			shared.ticket = -id;
			return after[1].name;
		});
		// A deed that is cleared late could be that of the next offer in this place.
		const stale = interleavings<Shared, Own>({
			shared: { ticket: 7, deed: 1, lists: [false, false, false, false] },
			threads: [{ name: 'taker', own: { id: 2 }, steps: [jump, ...after.slice(1)], mortal: true }],
			wrong: (shared) => (shared.ticket === 0 && shared.deed !== 0 ? 'a deed in an offer that is free' : undefined),
			wrongAtEnd: (shared) => (owners(shared) === 1 ? undefined : `${owners(shared)} have it`),
		});
		expect(stale.failure).toBeDefined();
	});
});

describe('a container that is read (Offers.take, Offers.withdraw)', () => {
	interface Shared {
		ticket: number;
		readers: boolean[];
		reading: number;
		changing: boolean;
	}
	interface Own {
		id: number;
	}
	const read: Step<Shared, Own>[] = [
		act('register', (shared, { id }) => {
			shared.readers[id] = true;
		}),
		choose('look at the ticket', (shared) => (shared.ticket === 7 ? 'begin' : 'leave')),
		act('begin', (shared) => {
			shared.reading++;
		}),
		act('end', (shared) => {
			shared.reading--;
		}),
		act('leave', (shared, { id }) => {
			shared.readers[id] = false;
		}),
	];
	const thaw: Step<Shared, Own>[] = [
		act('withdraw', (shared) => {
			shared.ticket = -1;
		}),
		choose('look at the readers', (shared) => (shared.readers.some(Boolean) ? 'offer again' : 'end the offer')),
		choose('offer again', (shared) => {
			shared.ticket = 7;
			return 'withdraw';
		}),
		act('end the offer', (shared) => {
			shared.ticket = 0;
		}),
		act('change', (shared) => {
			shared.changing = true;
		}),
	];
	const run = (reading = read, thawing = thaw, mortal = false) =>
		interleavings<Shared, Own>({
			shared: { ticket: 7, readers: [false, false], reading: 0, changing: false },
			threads: [
				{ name: 'reader 0', own: { id: 0 }, steps: reading },
				{ name: 'reader 1', own: { id: 1 }, steps: reading },
				{ name: 'owner', own: { id: 2 }, steps: thawing, mortal },
			],
			wrong: ({ reading: count, changing }) => (count > 0 && changing ? 'it changes while it is read' : undefined),
		});

	it('does not change while one reads', () => {
		for (const mortal of [false, true]) {
			const { failure, ends } = run(read, thaw, mortal);
			expect(failure).toBeUndefined();
			expect(ends).toBeGreaterThan(0);
		}
	});

	it('would, if a reader registered after its look at the ticket', () => {
		const late: Step<Shared, Own>[] = [
			choose('look at the ticket', (shared) => (shared.ticket === 7 ? 'register' : ENDED)),
			read[0],
			...read.slice(2),
		];
		expect(run(late).failure?.problem).toBe('it changes while it is read');
	});

	it('would, if the owner withdrew after its look at the readers', () => {
		const late: Step<Shared, Own>[] = [
			choose('look at the readers', (shared) => (shared.readers.some(Boolean) ? 'look at the readers' : 'withdraw')),
			act('withdraw', (shared) => {
				shared.ticket = 0;
			}),
			...thaw.slice(4),
		];
		expect(run(read, late).failure?.problem).toBe('it changes while it is read');
	});
});

describe('what a dead thread leaves (Control.inherit, adoptTheDead)', () => {
	const DEAD = 9;
	const FREE = 0;
	interface Shared {
		/** State of the attachments 1 (dead from the start), 2 and 3: 1 alive, DEAD, FREE, or minus who adopts. */
		states: number[];
		/** Owners of two segments. */
		owners: number[];
		/** How often each segment's pages were entered into a page map that is still in use. */
		maps: number[][];
		killed: boolean;
	}
	interface Own {
		id: number;
		dead: number;
		segment: number;
		passes: number;
		/** The dead heir whose inheritance is taken over first; 0: none. */
		within: number;
	}
	/** Once `killed` says so, heir 2 does nothing more; the host tells of its death afterwards. */
	const mortal = (steps: Step<Shared, Own>[]): Step<Shared, Own>[] =>
		steps.map(({ name, run }) => ({
			name,
			run: (shared, own) => (own.id === 2 && shared.killed ? ENDED : run(shared, own)),
		}));
	const adopting = (order: 'swap' | 'look and store'): Step<Shared, Own>[] => {
		const look: Step<Shared, Own>[] =
			order === 'swap'
				? [
						choose('inherit', (shared, own) => {
							if (own.dead === own.id || shared.states[own.dead] !== DEAD) return 'next';
							shared.states[own.dead] = -own.id;
							return 'inherit from the heir';
						}),
					]
				: [
						choose('inherit', (shared, own) => (own.dead !== 0 && shared.states[own.dead] === DEAD ? 'store' : 'next')),
						choose('store', (shared, own) => {
							shared.states[own.dead] = -own.id;
							return 'take a segment';
						}),
					];
		return [
			choose('next', (_, own) => {
				// Twice through all attachments that may be dead.
				if (own.passes === 4) return ENDED;
				own.passes++;
				own.dead = own.passes % 2 === 1 ? 1 : 2;
				own.segment = 0;
				return 'inherit';
			}),
			...look,
			choose('inherit from the heir', (shared, own) => {
				if (own.dead === 2 && shared.states[1] === -2) {
					shared.states[1] = -own.id;
					own.within = 2;
					own.dead = 1;
				}
				return 'take a segment';
			}),
			choose('take a segment', (shared, own) => {
				if (own.segment === 2) return 'vacate';
				const { segment } = own;
				if (shared.owners[segment] !== own.dead) {
					own.segment++;
					return 'take a segment';
				}
				return 'enter it';
			}),
			act('enter it', (shared, own) => {
				shared.maps[own.id][own.segment]++;
			}),
			choose('hand it over', (shared, own) => {
				shared.owners[own.segment] = own.id;
				own.segment++;
				return 'take a segment';
			}),
			choose('vacate', (shared, own) => {
				shared.states[own.dead] = FREE;
				// What the heir was taking over is done; now the heir's own.
				if (own.within === 0) return 'next';
				own.dead = own.within;
				own.within = 0;
				own.segment = 0;
				return 'take a segment';
			}),
		];
	};
	const run = (steps: Step<Shared, Own>[]) =>
		interleavings<Shared, Own>({
			shared: { states: [0, DEAD, 1, 1], owners: [1, 1], maps: [[], [], [0, 0], [0, 0]], killed: false },
			threads: [
				{ name: 'heir 2', own: { id: 2, dead: 0, segment: 0, passes: 0, within: 0 }, steps: mortal(steps) },
				{ name: 'heir 3', own: { id: 3, dead: 0, segment: 0, passes: 0, within: 0 }, steps },
				{
					name: 'host',
					own: { id: 0, dead: 0, segment: 0, passes: 0, within: 0 },
					steps: [
						act('kill', (shared) => {
							shared.killed = true;
						}),
						act('retire', (shared) => {
							shared.states[2] = DEAD;
						}),
					],
				},
			],
			wrong: ({ maps, killed }) => {
				for (const segment of [0, 1]) {
					// The map of a thread that was killed is believed by nobody.
					const uses = (killed ? 0 : maps[2][segment]) + maps[3][segment];
					if (uses > 1) return `segment ${segment} is in two maps`;
				}
				return undefined;
			},
			wrongAtEnd: ({ states, owners }) => {
				// Heir 3 may have looked for the last time before the host told: then all waits for the next who looks.
				const waits = (id: number): boolean => states[id] === DEAD || (states[id] < 0 && states[-states[id]] === DEAD);
				return owners.every((owner) => owner === 3 || waits(owner))
					? undefined
					: `segments are ${owners}’s, states ${states}`;
			},
		});

	it('goes to one heir, and from one that dies on the way to the next', () => {
		const { failure, ends } = run(adopting('swap'));
		expect(failure).toBeUndefined();
		expect(ends).toBeGreaterThan(0);
	});

	it('would go to two, if an heir looked and stored in two steps', () => {
		expect(run(adopting('look and store')).failure?.problem).toMatch(/two maps/);
	});
});
