import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Arena } from '../memory/arena.js';
import { runs } from '../soak.testing.js';
import { OwnerIds } from './owner-ids.js';

const makeArena = () => new Arena({ maxBytes: 2 ** 22 });

test('ids are whole numbers from 1, below the limit, and each comes once before a new start', () => {
	const arena = makeArena();
	for (const first of [0, 1, 5, 98, 99, 12_345]) {
		const ids = new OwnerIds(arena, first, 100);
		const seen = new Set<number>();
		while (!ids.exhausted) seen.add(ids.next());
		expect(seen.size).toBe(99);
		expect([Math.min(...seen), Math.max(...seen)]).toEqual([1, 99]);
	}
	arena.dispose();
});

test('after a new start the ids of live rings are not given out again, until nothing is left', () => {
	fc.assert(
		fc.property(
			fc.nat(),
			fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 19 }), { maxLength: 19 }), { maxLength: 8 }),
			(first, starts) => {
				const arena = makeArena();
				const ids = new OwnerIds(arena, first, 20);
				for (const live of starts) {
					while (!ids.exhausted) ids.next();
					ids.restart(new Set(live));
					const seen: number[] = [];
					while (!ids.exhausted) seen.push(ids.next());
					expect(new Set(seen).size).toBe(seen.length);
					for (const id of live) expect(seen).not.toContain(id);
					// `exhausted` may say so early, but not by more than there are live rings.
					expect(seen.length).toBeGreaterThanOrEqual(19 - 2 * live.length);
				}
				arena.dispose();
			},
		),
		{ numRuns: runs(1000) },
	);
});

test('chains of forwardings lead to their end, however the table grew, and forgetting gives its pages back', () => {
	fc.assert(
		fc.property(
			fc.nat(),
			fc.integer({ min: 1, max: 9_000 }),
			fc.array(fc.nat(), { maxLength: 40 }),
			(first, count, probes) => {
				const arena = makeArena();
				const ids = new OwnerIds(arena, first);
				const start = ids.next();
				const chain = [start];
				const apart = ids.next();
				for (let length = 0; length < count; length++) {
					const next = ids.next();
					ids.forward(chain[length], next);
					chain.push(next);
					if (length % 1000 === 500) expect(ids.resolve(start)).toBe(next);
				}
				const end = chain[count];
				expect(ids.forwarded).toBe(count);
				for (const probe of probes) expect(ids.resolve(chain[probe % chain.length])).toBe(end);
				expect([ids.resolve(start), ids.resolve(end), ids.resolve(apart)]).toEqual([end, end, apart]);
				expect(arena.faults()).toEqual([]);
				expect(arena.stats().used).toBeGreaterThan(0);
				ids.forget();
				expect(arena.stats().used).toBe(0);
				expect([ids.forwarded, ids.resolve(start)]).toEqual([0, start]);
				arena.dispose();
			},
		),
		{ numRuns: runs(60) },
	);
});

test('forwardings are a union-find: every id resolves to the representative of its set', () => {
	fc.assert(
		fc.property(fc.array(fc.tuple(fc.nat(39), fc.nat(39)), { maxLength: 200, size: 'max' }), (merges) => {
			const arena = makeArena();
			const ids = new OwnerIds(arena, 7);
			// Forty rings; a merge forwards one's id to the other's and gives it a fresh one, as takeAll does.
			const ringIds = Array.from({ length: 40 }, () => ids.next());
			const nodes = ringIds.map((id, ring) => ({ id, ring }));
			for (const [from, to] of merges) {
				if (from === to) continue;
				const fresh = ids.next();
				ids.forward(ringIds[from], ringIds[to]);
				ringIds[from] = fresh;
				for (const node of nodes) if (node.ring === from) node.ring = to;
				nodes.push({ id: fresh, ring: from });
				for (const node of nodes) {
					if (ids.resolve(node.id) !== ringIds[node.ring])
						throw new Error(`id ${node.id} leads to another ring than ${node.ring}`);
				}
			}
			arena.dispose();
		}),
		{ numRuns: runs(500) },
	);
});

test('a forwarding that finds no page throws, and those before it still lead on', () => {
	const arena = new Arena({ maxBytes: 65_536 });
	const ids = new OwnerIds(arena, 0);
	const a = ids.next();
	const b = ids.next();
	ids.forward(a, b);
	arena.takePages(2);
	let forwarded = 1;
	expect(() => {
		for (;;) {
			ids.forward(ids.next(), b);
			forwarded++;
		}
	}).toThrow(expect.objectContaining({ code: 'FLUX_OUT_OF_MEMORY' }));
	expect(ids.forwarded).toBe(forwarded);
	expect(ids.resolve(a)).toBe(b);
	expect(arena.faults()).toEqual([]);
	arena.dispose();
});
