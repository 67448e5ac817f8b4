import { Arena, char, f64, Heap, type Infer, i32, OutOfMemoryError, struct } from '@flux/core';
import fc from 'fast-check';
import { expect } from '../quick-expect.testing.js';
import { FluxList, type FluxNode } from './list.js';

/**
 * A plain array model of FluxList: what a list must hold after any sequence of calls, which nodes are alive, and which
 * were erased. Records come from a small domain, so that equal ones are common; the node tells one from the other.
 */

export const Item = struct(['key', i32], ['price', f64], ['name', char(4)]);
export type Item = Infer<typeof Item>;
export type ItemNode = FluxNode<typeof Item>;
export type ItemList = FluxList<typeof Item>;

/** An element as the model knows it; `node` is 0 until the list has told it. */
export interface Entry {
	node: number;
	record: Item;
}

/** What a call must have returned: a value, or the node of an entry (0 for none). */
export type Expected = { value: unknown } | { nodeOf: Entry | undefined };

/** One call on a list: what is called, and what it does to the model. Calls that throw must not touch the model. */
export interface Call {
	real(): unknown;
	model(): Expected | undefined;
}

export interface Pair {
	list: ItemList;
	entries: Entry[];
}

/** Lists of one heap, with their models. */
export class World {
	readonly heap: Heap;
	readonly checked: boolean;
	readonly pairs: Pair[];
	/** Nodes that were erased of late: each is asked for after every step. */
	readonly dead = new Set<number>();
	/** All that were ever erased. */
	readonly #everDead = new Set<number>();
	readonly #arena: Arena;

	constructor(checked: boolean, maxBytes: number, lists: number) {
		this.checked = checked;
		this.#arena = new Arena({ maxBytes });
		this.heap = new Heap(this.#arena);
		this.pairs = Array.from({ length: lists }, () => ({ list: this.makeList(), entries: [] }));
	}

	makeList(): ItemList {
		return new FluxList(Item, { heap: this.heap, checked: this.checked });
	}

	dispose(): void {
		this.heap.dispose();
		this.#arena.dispose();
	}

	/** Notes that these elements are gone. */
	bury(entries: readonly Entry[]): void {
		for (const { node } of entries) {
			this.dead.add(node);
			this.#everDead.add(node);
		}
		for (const node of this.dead) {
			if (this.dead.size <= 200) break;
			this.dead.delete(node);
		}
	}

	/** Makes a call, and the same on the model; where memory runs out, nothing may have changed. */
	perform(call: Call): void {
		let result: unknown;
		try {
			result = call.real();
		} catch (error) {
			if (!(error instanceof OutOfMemoryError)) throw error;
			this.check();
			return;
		}
		const expected = call.model();
		this.check();
		if (expected === undefined) return;
		if ('nodeOf' in expected) expect(result).toBe(expected.nodeOf?.node ?? 0);
		else expect(result).toEqual(expected.value);
	}

	/** Compares every list with its model, and asks for every node that is or was. */
	check(): void {
		const alive = new Map<number, Pair>();
		for (const pair of this.pairs) {
			const { list, entries } = pair;
			list.validate();
			expect(list.size).toBe(entries.length);
			expect(list.empty).toBe(entries.length === 0);
			let at = 0;
			let previous = 0;
			for (let node = list.first; node !== 0; node = list.next(node)) {
				const entry = entries[at++];
				if (entry.node === 0) entry.node = node;
				if (entry.node !== node) throw new Error(`element ${at - 1} is at node ${node}, the model says ${entry.node}`);
				if (!sameItem(list.get(node), entry.record)) expect(list.get(node)).toEqual(entry.record);
				if (list.previous(node) !== previous)
					throw new Error(`previous(${node}) is ${list.previous(node)}, not ${previous}`);
				if (alive.has(node)) throw new Error(`node ${node} is in two places`);
				alive.set(node, pair);
				previous = node;
			}
			expect(at).toBe(entries.length);
			expect(list.last).toBe(previous);
			expect(list.previous(0)).toBe(previous);
		}
		// Thousands of refusals: their traces are what they would cost.
		const { stackTraceLimit } = Error;
		Error.stackTraceLimit = 0;
		let problem: string | undefined;
		try {
			problem = this.#problemOf(alive);
		} finally {
			Error.stackTraceLimit = stackTraceLimit;
		}
		if (problem !== undefined) throw new Error(problem);
	}

	/** What is wrong with the answers to nodes, those that are alive and those that were. */
	#problemOf(alive: ReadonlyMap<number, Pair>): string | undefined {
		for (const [node, owner] of alive) {
			// Only a place that is used again can bear a number that was used before, and checked mode has none such.
			this.dead.delete(node);
			if (this.checked && this.#everDead.has(node)) return `node ${node} was given out twice`;
			for (const pair of this.pairs) {
				const problem = problemOfNode(pair.list, node, pair === owner);
				if (problem !== undefined) return problem;
			}
		}
		for (const node of this.dead) {
			for (const { list } of this.pairs) {
				const problem = problemOfNode(list, node, false);
				if (problem !== undefined) return problem;
			}
		}
		return undefined;
	}
}

function problemOfNode(list: ItemList, node: number, owned: boolean): string | undefined {
	if (list.has(node) !== owned) return `has(${node}) is ${!owned}`;
	if (owned) return undefined;
	let code: unknown;
	try {
		list.get(node as ItemNode);
	} catch (error) {
		({ code } = error as { code?: unknown });
	}
	return code === 'FLUX_NODE' ? undefined : `get(${node}) threw ${String(code)}`;
}

export function sameItem(a: Item, b: Item): boolean {
	return a.key === b.key && Object.is(a.price, b.price) && a.name === b.name;
}

const itemArb: fc.Arbitrary<Item> = fc.record({
	key: fc.integer({ min: -2, max: 3 }),
	price: fc.oneof(
		{ weight: 6, arbitrary: fc.integer({ min: -2, max: 3 }) },
		{
			weight: 1,
			arbitrary: fc.constantFrom(Number.NaN, -0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.1),
		},
	),
	name: fc.constantFrom('', 'a', 'b', 'ab', 'é', 'zzzz'),
});

/** One generated operation; each kind takes from it what it needs. */
export interface Operation<K extends string = string> {
	kind: K;
	/** Lists. */
	a: number;
	b: number;
	/** Positions, modulo what there is. */
	i: number;
	j: number;
	k: number;
	count: number;
	flag: boolean;
	item: Item;
	items: Item[];
}

export function operationArb<K extends string>(kinds: readonly K[], most: number): fc.Arbitrary<Operation<K>> {
	return fc.record({
		kind: fc.constantFrom(...kinds),
		a: fc.nat(2),
		b: fc.nat(2),
		i: fc.nat(63),
		j: fc.nat(63),
		k: fc.nat(63),
		count: fc.nat(most),
		flag: fc.boolean(),
		item: itemArb,
		items: fc.array(itemArb, { maxLength: Math.min(most, 14), size: 'max' }),
	});
}

/** Orders records as a defaulted `<=>` of C++ does: NaN where a field is. */
export function compareItems(a: Item, b: Item): number {
	if (a.key !== b.key) return a.key - b.key;
	if (!(a.price === b.price)) return a.price < b.price ? -1 : a.price > b.price ? 1 : Number.NaN;
	return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}
