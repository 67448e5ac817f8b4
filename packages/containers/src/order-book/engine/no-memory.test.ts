import { Arena, Heap, OutOfMemoryError } from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runs, thrownBy } from '../../soak.testing.js';
import { FluxOrderBook } from '../order-book.js';
import { type EngineOrder, MatchingEngine } from './matching-engine.js';

/** What a full arena does to orders that a trade sets off: none is lost without a word. */

let heap: Heap;
let book: FluxOrderBook;
let engine: MatchingEngine;
let filler: FluxOrderBook;
let ended: unknown[];
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 19 }));
	book = new FluxOrderBook({ heap });
	filler = new FluxOrderBook({ heap });
	engine = new MatchingEngine(book);
	ended = [];
	book.on('cancelled', ({ id, reason }) => ended.push([id, reason]));
});
afterEach(() => heap.dispose());

const submit = (id: number, side: 'buy' | 'sell', price: number, quantity: number, more: object = {}) =>
	engine.submit({ id, side, price, quantity, ...more } as EngineOrder);
const market = (id: number, side: 'buy' | 'sell', more: object) =>
	engine.submit({ id, side, type: 'market', ...more } as EngineOrder);

/** Takes all memory, with prices far from each other. */
function fill(): void {
	let id = 1;
	const error = thrownBy(() => {
		for (; ; id++) filler.add(id, 'sell', id * 100_000, 1);
	});
	expect(error).toBeInstanceOf(OutOfMemoryError);
}

/** Gives it back. */
function check(): void {
	engine.validate();
	filler.clear();
	engine.validate();
}

describe('in a full arena', () => {
	test.each([1, 2])('an order that cannot follow the market is cancelled, the trade goes on: %i of them', (count) => {
		submit(1, 'sell', 1_000_000, 10);
		for (let id = 10; id < 10 + count; id++)
			expect(market(id, 'sell', { quantity: 1, trail: 300_000 * id, stopPrice: -50_000_000 - id }).waiting).toBe(true);
		fill();
		expect(market(2, 'buy', { quantity: 4 }).filled).toBe(4);
		expect(book.lotsOf(1)).toBe(6);
		const cancelled = ended.filter((event) => (event as string[])[1] === 'no-memory');
		expect(cancelled.length).toBeGreaterThan(0);
		expect(cancelled.length + engine.waiting).toBe(count);
		check();
	});

	test('a stop order that cannot go in is cancelled', () => {
		submit(1, 'sell', 1_000_000, 10);
		// They wait for one price, which gives back one level, and go in at many.
		for (let id = 10; id < 20; id++)
			expect(submit(id, 'buy', -5_000_000 * id, 5, { stopPrice: 900_000 }).waiting).toBe(true);
		fill();
		expect(market(2, 'buy', { quantity: 4 }).filled).toBe(4);
		expect(ended.length).toBeGreaterThan(5);
		for (const [id, reason] of ended as [number, string][])
			expect([reason, engine.has(id), book.has(id)]).toEqual(['no-memory', false, false]);
		expect([ended.length + book.size, engine.waiting]).toEqual([11, 0]);
		check();
	});

	test('a stop order stays as it was where it cannot be moved', () => {
		expect(submit(11, 'buy', 5, 5, { stopPrice: 900_000 }).waiting).toBe(true);
		fill();
		expect(thrownBy(() => engine.replace(11, { stopPrice: 88_000_000, quantity: 3 }))).toBeInstanceOf(OutOfMemoryError);
		expect([engine.openOf(11), engine.waiting]).toEqual([5, 1]);
		check();
	});
});

describe('a journal of an engine in a full arena', () => {
	let roomy: Heap;
	let written: Uint8Array[];
	beforeEach(() => {
		roomy = new Heap(new Arena({ maxBytes: 2 ** 26 }));
		written = [];
	});
	afterEach(() => roomy.dispose());

	const write = () => engine.journal((bytes) => written.push(bytes.slice()));
	const replay = (into: Heap) => MatchingEngine.replay(Buffer.concat(written), { heap: into });

	test.each<[string, number, (id: number) => { waiting: boolean }]>([
		['go in', 10, (id) => submit(id, 'buy', -5_000_000 * id, 5, { stopPrice: 900_000 })],
		['follow', 2, (id) => market(id, 'sell', { quantity: 1, trail: 300_000 * id, stopPrice: -50_000_000 - id })],
	])('replays to the same with any memory: stop orders that cannot %s', (_, count, wait) => {
		write();
		submit(1, 'sell', 1_000_000, 10);
		for (let id = 10; id < 10 + count; id++) expect(wait(id).waiting).toBe(true);
		fill();
		const records = written.length;
		expect(market(2, 'buy', { quantity: 4 }).filled).toBe(4);
		const short = ended.filter((event) => (event as string[])[1] === 'no-memory').length;
		expect(short).toBeGreaterThan(0);
		// One for the command, and one for each order that was cancelled.
		expect(written.length - records).toBe(1 + short);
		filler.clear();
		expect(market(3, 'buy', { quantity: 4 }).filled).toBe(4);
		const again = replay(roomy);
		expect([again.engine.hash(), again.commands]).toEqual([engine.hash(), 3 + count]);
		again.engine.validate();
		check();
	});

	test('is not replayed where there is less memory, and nothing is held then', () => {
		write();
		submit(1, 'sell', 1_000_000, 10);
		for (let id = 10; id < 40; id++) submit(id, 'buy', -5_000_000 * id, 5, { stopPrice: 900_000 });
		expect(market(2, 'buy', { quantity: 4 }).filled).toBe(4);
		const seen = new Set<string>();
		for (let bytes = 2 ** 17; bytes <= 2 ** 21; bytes += 2 ** 16) {
			const small = new Heap(new Arena({ maxBytes: bytes }));
			try {
				expect(replay(small).engine.hash()).toBe(engine.hash());
				seen.add('replayed');
			} catch (error) {
				expect(error).toBeInstanceOf(OutOfMemoryError);
				expect(small.stats().pools.every(({ live }) => live === 0)).toBe(true);
				seen.add('refused');
			}
			small.dispose();
		}
		expect([...seen]).toEqual(['refused', 'replayed']);
	});

	test('whose sink has not taken what found no memory says so before the next command', () => {
		let isFull = false;
		engine.journal((bytes) => {
			// The command itself is of more words.
			if (isFull && bytes.length < 32) throw new Error('the disk is full');
			written.push(bytes.slice());
		});
		submit(1, 'sell', 1_000_000, 10);
		for (let id = 10; id < 20; id++) submit(id, 'buy', -5_000_000 * id, 5, { stopPrice: 900_000 });
		fill();
		isFull = true;
		expect(() => market(2, 'buy', { quantity: 4 })).toThrow('the disk is full');
		expect([book.lotsOf(1), ended.length > 5]).toEqual([6, true]);
		// What is not written is not done.
		expect(() => submit(3, 'sell', 1_000_000, 5)).toThrow('the disk is full');
		expect(book.has(3)).toBe(false);
		isFull = false;
		expect(submit(3, 'sell', 1_000_000, 5).accepted).toBe(true);
		const again = replay(roomy);
		expect([again.engine.hash(), again.commands]).toEqual([engine.hash(), 13]);
		check();
	});

	test('whose sink has not taken that a command was undone says so before the next one', () => {
		let isFull = false;
		const sink = (into: Uint8Array[]) => (bytes: Uint8Array) => {
			if (isFull && bytes.length < 20) throw new Error('the disk is full');
			into.push(bytes.slice());
		};
		const plain = new FluxOrderBook({ heap });
		const ofBook: Uint8Array[] = [];
		plain.journal(sink(ofBook));
		engine.journal(sink(written));
		fill();
		isFull = true;
		expect(() => submit(1, 'sell', 77_777_777, 5)).toThrow('the disk is full');
		expect(() => plain.add(1, 'sell', 77_777_777, 5)).toThrow('the disk is full');
		expect(() => plain.add(2, 'sell', 77_777_777, 5)).toThrow('the disk is full');
		expect([book.size, plain.size]).toEqual([0, 0]);
		isFull = false;
		filler.clear();
		expect([submit(1, 'sell', 5, 5).accepted, plain.add(1, 'sell', 5, 5)]).toEqual([true, 0]);
		expect(replay(roomy).engine.hash()).toBe(engine.hash());
		const again = FluxOrderBook.replay(Buffer.concat(ofBook), { heap: roomy });
		expect([again.book.hash(), again.commands]).toEqual([plain.hash(), 1]);
		check();
	});

	test('replays to the same with any memory, whatever was done while it was full', () => {
		const farArb = fc.integer({ min: -40, max: 40 }).map((step) => step * 5_000_000);
		// Many wait for one price, which gives back one level, and go in at many.
		const nearArb = fc.integer({ min: -1, max: 1 }).map((step) => step * 5_000_000);
		const sideArb = fc.constantFrom('buy' as const, 'sell' as const);
		const restArb = {
			...{ hidden: fc.boolean(), expires: fc.constantFrom(undefined, 1_000, 2_000), owner: fc.nat(2) },
			...{ reduceOnly: fc.constantFrom(false, false, true), again: fc.nat(3) },
		};
		const stepArb = fc.oneof(
			{ weight: 6, arbitrary: fc.record({ side: sideArb, price: farArb, stopPrice: nearArb }) },
			{
				weight: 3,
				arbitrary: fc.record({ side: sideArb, stopPrice: farArb, trail: fc.integer({ min: 1, max: 9 }) }),
			},
			{ weight: 4, arbitrary: fc.record({ side: sideArb, price: nearArb, ...restArb }) },
			{ weight: 4, arbitrary: fc.record({ side: sideArb, quantity: fc.integer({ min: 1, max: 9 }) }) },
			{ weight: 2, arbitrary: fc.constantFrom('fill' as const, 'fill' as const, 'free' as const) },
		);
		// Some of these find no memory whatever follows.
		const first = [
			{ side: 'sell', price: 5_000_000 },
			...Array.from({ length: 9 }, (_, at) => ({ side: 'buy', price: -35_000_000 * (at + 1), stopPrice: 5_000_000 })),
			'fill' as const,
			{ side: 'buy', quantity: 1 },
		];
		let short = 0;
		fc.assert(
			fc.property(fc.array(stepArb, { minLength: 20, maxLength: 60, size: 'max' }), (steps) => {
				heap.dispose();
				heap = new Heap(new Arena({ maxBytes: 2 ** 19 }));
				book = new FluxOrderBook({ heap });
				filler = new FluxOrderBook({ heap });
				engine = new MatchingEngine(book);
				written = [];
				write();
				let commands = 2;
				engine.setPosition(1, 5);
				engine.setPosition(2, -5);
				for (const [at, step] of [...first, ...steps].entries()) {
					if (step === 'fill') fill();
					else if (step === 'free') filler.clear();
					else {
						const {
							trail,
							again = 0,
							...more
						} = step as { trail?: number; again?: number; owner?: number; price?: number };
						// Ids come again, and with them what was remembered of those that had them.
						const id = again === 1 ? (at >> 2) + 1 : at + 1;
						const type = more.price === undefined ? { type: 'market' } : {};
						const far = trail === undefined ? {} : { trail: trail * 5_000_000 };
						const owned = more.owner === 0 ? { reduceOnly: false } : {};
						const order = { quantity: 3, ...more, ...type, ...far, ...owned, id } as unknown as EngineOrder;
						try {
							engine.submit(order);
							commands++;
						} catch (error) {
							expect(error).toBeInstanceOf(OutOfMemoryError);
						}
					}
				}
				engine.validate();
				const again = replay(roomy);
				expect([again.engine.hash(), again.commands]).toEqual([engine.hash(), commands]);
				short += written.filter((bytes) => bytes[4] === 254).length;
				again.engine.dispose();
				again.engine.book.dispose();
			}),
			{ numRuns: runs(300) },
		);
		expect(short).toBeGreaterThan(0);
	});
});
