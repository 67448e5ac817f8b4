import { Arena, f64, Heap, i32, struct } from '@flux/core';
import fc from 'fast-check';
import { afterEach, describe, test, vi } from 'vitest';
import { expect } from '../quick-expect.testing.js';
import { modes, runs } from '../soak.testing.js';
import { FluxList, type FluxNode } from './list.js';
import { type Operation, operationArb, World } from './list-model.testing.js';
import { operations } from './list-operations.testing.js';

/**
 * The ids of lists are used up after 2^30; here after a few dozen, so that it happens all the time: the heap sweeps its
 * nodes then and starts over.
 */
const LIMIT = 40;

vi.mock('../../../core/src/slab/owner-ids.js', async (importOriginal) => {
	const original = await importOriginal<{ OwnerIds: new (arena: Arena, first: number, limit?: number) => object }>();
	return {
		OwnerIds: class extends original.OwnerIds {
			constructor(arena: Arena, first: number) {
				super(arena, first, LIMIT);
			}
		},
	};
});

const Item = struct({ id: i32, price: f64 });
type Node = FluxNode<typeof Item>;

describe.each(modes)('with few ids, in $mode mode,', ({ checked }) => {
	let heap: Heap;
	const makeHeap = () => {
		heap = new Heap(new Arena({ maxBytes: 2 ** 22 }));
		return heap;
	};
	afterEach(() => heap?.dispose());

	test('ids are in fact few', () => {
		const ids = new Set(Array.from({ length: 500 }, () => makeHeap().nextId()));
		expect(Math.max(...ids)).toBeLessThan(LIMIT);
	});

	test('nodes that were cleared away long ago are still refused after ids started over', () => {
		makeHeap();
		const list = new FluxList(Item, { heap, checked });
		const other = new FluxList(Item, { heap, checked });
		const stale: Node[] = [];
		for (let round = 0; round < 10 * LIMIT; round++) {
			const nodes = Array.from({ length: 5 }, (_, id) => list.emplaceBack(id, id));
			// Their places stay unused: the first of the chain go to the next round.
			list.erase(nodes[0]);
			list.insert(0, 10, { id: 7, price: 7 });
			stale.push(...[...list.keys()].slice(9));
			list.clear();
			for (const node of stale.slice(-40)) {
				expect(list.has(node) || other.has(node)).toBe(false);
			}
			list.validate();
		}
	});

	test('lists that live through it keep their nodes, and take none of others', () => {
		makeHeap();
		const lists = Array.from(
			{ length: 12 },
			(_, id) =>
				new FluxList(
					Item,
					Array.from({ length: 15 }, () => ({ id, price: id })),
					{ heap, checked },
				),
		);
		const nodes = lists.map((list) => [...list.keys()]);
		const restless = new FluxList(Item, { heap, checked });
		for (let round = 0; round < 5 * LIMIT; round++) {
			restless.resize(round % 20);
			restless.clear();
		}
		lists.forEach((list, id) => {
			list.validate();
			for (const node of nodes[id]) expect(list.get(node).id).toBe(id);
			for (const node of nodes[(id + 1) % lists.length]) expect(list.has(node)).toBe(false);
		});
	});

	test('whole lists spliced to and fro keep their nodes', () => {
		makeHeap();
		const a = new FluxList(
			Item,
			Array.from({ length: 20 }, (_, id) => ({ id, price: id })),
			{ heap, checked },
		);
		const b = new FluxList(Item, { heap, checked });
		const nodes = [...a.keys()];
		for (let round = 0; round < 6 * LIMIT; round++) {
			const [to, from] = round % 2 === 0 ? [b, a] : [a, b];
			to.splice(0, from);
			expect(to.get(nodes[round % 20]).id).toBe(round % 20);
			expect(from.has(nodes[round % 20])).toBe(false);
			to.validate();
			from.validate();
		}
	});

	test('any calls on three lists still do what they do to arrays', () => {
		const kinds = Object.keys(operations).filter((kind) => kind !== 'shrinkToFit');
		fc.assert(
			fc.property(
				fc.array(operationArb(kinds, 20), { minLength: 1, maxLength: 60, size: 'max' }),
				(sequence: Operation[]) => {
					const world = new World(checked, 2 ** 22, 3);
					try {
						for (const operation of sequence) {
							const self = world.pairs[operation.a % 3];
							const other = world.pairs[operation.b % 3];
							world.perform(operations[operation.kind](operation, world, self, other));
						}
					} finally {
						world.dispose();
					}
				},
			),
			{ numRuns: runs(500), interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
		);
	});
});
