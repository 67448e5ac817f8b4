import { Arena, ArgumentError, Heap, ReentryError, SnapshotError } from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { expect } from '../../quick-expect.testing.js';
import { runs, thrownBy } from '../../soak.testing.js';
import { FluxOrderBook } from '../order-book.js';
import { SELF_TRADE_NAMES } from '../terms.js';
import { commandArb, type EngineCommand } from './commands.testing.js';
import { MatchingEngine } from './matching-engine.js';

/** Snapshots, hashes and journals: the same commands give the same bytes, and what was written can be done again. */

let heap: Heap;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 25 }));
});
afterEach(() => heap.dispose());

const selfArb = fc.constantFrom(...SELF_TRADE_NAMES);
const commandsArb = fc.array(commandArb, { maxLength: 60, size: 'max' });
const engineOf = (selfTrade: (typeof SELF_TRADE_NAMES)[number]) =>
	new MatchingEngine(new FluxOrderBook({ heap, selfTrade, tickSize: '0.5', lotSize: '0.1' }));
const play = (engine: MatchingEngine, commands: readonly EngineCommand[]) => {
	for (const command of commands) command(engine);
};
const end = (...engines: MatchingEngine[]) => {
	for (const engine of engines) {
		engine.dispose();
		engine.book.dispose();
	}
	expect(heap.stats().pools.every(({ live }) => live === 0)).toBe(true);
};

describe('an engine', () => {
	test('is the same, to the last bit, after the same commands, after a snapshot, and by its journal', () => {
		fc.assert(
			fc.property(selfArb, commandsArb, commandsArb, (selfTrade, before, after) => {
				const engine = engineOf(selfTrade);
				const twin = engineOf(selfTrade);
				play(engine, before);
				play(twin, before);
				expect(twin.snapshot()).toEqual(engine.snapshot());
				const restored = MatchingEngine.restore(engine.snapshot(), { heap });
				restored.validate();
				expect(restored.snapshot()).toEqual(engine.snapshot());
				const written: Uint8Array[] = [];
				engine.journal((bytes) => written.push(bytes.slice()));
				for (const each of [engine, twin, restored]) play(each, after);
				expect([twin.hash(), restored.hash()]).toEqual([engine.hash(), engine.hash()]);
				const replayed = MatchingEngine.replay(Buffer.concat(written), { heap });
				expect([replayed.commands, replayed.torn]).toEqual([written.length - 1, 0]);
				expect(replayed.engine.snapshot()).toEqual(engine.snapshot());
				replayed.engine.validate();
				end(engine, twin, restored, replayed.engine);
			}),
			{ numRuns: runs(500) },
		);
	});

	test('has a hash that anything of it changes', () => {
		const engine = engineOf('allow');
		const hashes = [engine.hash()];
		const changes: (() => unknown)[] = [
			() => engine.submit({ id: 1, side: 'sell', price: 10, quantity: 5, displayQuantity: 1 }),
			() => engine.submit({ id: 2, side: 'sell', price: 10, quantity: 5, hidden: true }),
			() => engine.submit({ id: 3, side: 'buy', price: 10, quantity: 50, allOrNone: true }),
			() => engine.submit({ id: 4, side: 'buy', price: 10, quantity: 5, stopPrice: 20, expires: 7 }),
			() => engine.replace(4, { stopPrice: 21 }),
			() => engine.setPosition(1, -3),
			() => engine.submit({ id: 5, side: 'buy', price: 10, quantity: 1, reduceOnly: true, owner: 1 }),
			() => engine.submit({ id: 6, side: 'sell', price: 11, quantity: 1, cancels: 1 }),
			() => engine.advance(3),
			() => engine.cancel(99),
		];
		for (const change of changes) {
			change();
			hashes.push(engine.hash());
		}
		expect(new Set(hashes).size).toBe(hashes.length);
		expect(hashes[0]).toMatch(/^[0-9a-f]{32}$/);
		end(engine);
	});
});

describe('a journal', () => {
	/** A journal of three commands. */
	const written = (): { whole: Uint8Array; parts: Uint8Array[] } => {
		const engine = engineOf('allow');
		const parts: Uint8Array[] = [];
		engine.journal((bytes) => parts.push(bytes.slice()));
		engine.submit({ id: 1, side: 'sell', price: 10, quantity: 5 });
		engine.cancel(7);
		engine.endDay();
		end(engine);
		return { whole: Buffer.concat(parts), parts };
	};

	test('may end within its last command, and nowhere else', () => {
		const { whole, parts } = written();
		for (let length = 0; length < whole.length; length++) {
			if (length < parts[0].length) {
				expect(() => MatchingEngine.replay(whole.subarray(0, length), { heap })).toThrow(SnapshotError);
				continue;
			}
			const { engine, commands, torn } = MatchingEngine.replay(whole.subarray(0, length), { heap });
			const ends = parts.map((_, at) => parts.slice(0, at + 1).reduce((sum, part) => sum + part.length, 0));
			const last = ends.filter((each) => each <= length).length;
			expect([commands, torn]).toEqual([last - 1, length - ends[last - 1]]);
			end(engine);
		}
		for (const wrong of [[1], [1, 0], [0, 2, 1], [0, 1, 1], [0, 2]])
			expect(() => MatchingEngine.replay(Buffer.concat(wrong.map((at) => parts[at])), { heap })).toThrow(SnapshotError);
	});

	test('is refused where any bit of it was changed', () => {
		const { whole, parts } = written();
		const clean = MatchingEngine.replay(whole, { heap });
		end(clean.engine);
		for (let bit = 0; bit < whole.length * 8; bit += 7) {
			const bad = whole.slice();
			bad[bit >> 3] ^= 1 << (bit & 7);
			const result = thrownBy(() => {
				const { engine, torn } = MatchingEngine.replay(bad, { heap });
				end(engine);
				// A length that is larger than all there is looks like the end.
				if (torn > 0) throw new SnapshotError('truncated', 'torn');
			});
			expect(result, `bit ${bit}`).toBeInstanceOf(SnapshotError);
		}
		expect(parts.length).toBe(4);
	});

	test('whose sink throws keeps the command from being done; one that calls the engine is refused', () => {
		const engine = engineOf('allow');
		let fails = false;
		const inner: unknown[] = [];
		engine.journal(() => {
			if (fails) throw new Error('the disk is full');
			inner.push(thrownBy(() => engine.submit({ id: 9, side: 'sell', price: 10, quantity: 5 })));
		});
		engine.endDay();
		expect(inner[0]).toBeInstanceOf(ReentryError);
		expect(inner[1]).toBeInstanceOf(ReentryError);
		fails = true;
		const hash = engine.hash();
		expect(() => engine.submit({ id: 1, side: 'sell', price: 10, quantity: 5 })).toThrow('the disk is full');
		expect([engine.has(1), engine.hash()]).toEqual([false, hash]);
		engine.journal(null);
		expect(engine.submit({ id: 1, side: 'sell', price: 10, quantity: 5 }).accepted).toBe(true);
		expect(() => engine.journal(1 as never)).toThrow(ArgumentError);
		expect(() => MatchingEngine.replay('x' as never)).toThrow(ArgumentError);
		expect(() => MatchingEngine.restore(engine.book.snapshot())).toThrow(SnapshotError);
		end(engine);
	});
});
