import { Arena, Heap, i32, struct } from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { expect } from '../quick-expect.testing.js';
import { modes, runs } from '../soak.testing.js';
import { FluxList, type FluxNode } from './list.js';

/**
 * A list that is changed while it is walked, compared with a model of the walk. A walk may say that it lost its place;
 * what it must never do is go on at a wrong one.
 */

const Item = struct({ id: i32 });
type List = FluxList<typeof Item>;
type Node = FluxNode<typeof Item>;

/** A change made inside the walk; `at` is a position from 0 to the size, counted from the current node. */
type Change =
	| { kind: 'eraseCurrent' }
	| { kind: 'erase' | 'insert' | 'move' | 'otherErase'; at: number }
	| { kind: 'append' | 'prepend' | 'otherAppend' | 'clear' };

const changeArb: fc.Arbitrary<Change> = fc.oneof(
	{ weight: 4, arbitrary: fc.constant<Change>({ kind: 'eraseCurrent' }) },
	{
		weight: 6,
		arbitrary: fc.record({ kind: fc.constantFrom('erase', 'insert'), at: fc.integer({ min: -2, max: 3 }) }),
	},
	{ weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('append', 'prepend', 'otherAppend') }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('clear') }) },
);

/** Where a walk stands: at an element, or, once that was erased, between two. */
class WalkModel {
	order: number[];
	current: number | undefined;
	/** The elements on both sides of the current one when it was erased, themselves kept up to date. */
	behind: number | undefined;
	ahead: number | undefined;
	readonly #reverse: boolean;

	constructor(order: readonly number[], reverse: boolean) {
		this.order = [...order];
		this.#reverse = reverse;
	}

	/** What comes behind `id` in the order of the walk; of undefined the first. */
	after(id: number | undefined, step: 1 | -1 = 1): number | undefined {
		const forward = (step === 1) !== this.#reverse;
		if (id === undefined) return forward ? this.order[0] : this.order.at(-1);
		return this.order[this.order.indexOf(id) + (forward ? 1 : -1)];
	}

	erase(id: number): void {
		if (id === this.current) {
			this.behind = this.after(id, -1);
			this.ahead = this.after(id);
			this.current = undefined;
		} else if (this.current === undefined) {
			if (id === this.ahead) this.ahead = this.after(id);
			if (id === this.behind) this.behind = this.after(id, -1);
		}
		this.order.splice(this.order.indexOf(id), 1);
	}

	/**
	 * Where a walk may go next. Behind an element that is there: to the one behind it. Where it was erased, to the one that
	 * was behind it then, as an iterator that `erase` returned; a node inserted into the gap since may come first.
	 */
	allowed(started: boolean): readonly (number | undefined)[] {
		if (!started || this.current !== undefined) return [this.after(this.current)];
		return [this.ahead, this.after(this.behind)];
	}
}

class Subject {
	readonly list: List;
	readonly other: List;
	readonly model: WalkModel;
	readonly nodes = new Map<number, Node>();
	#next = 0;

	constructor(heap: Heap, checked: boolean, size: number, reverse: boolean) {
		this.list = new FluxList(Item, { heap, checked });
		this.other = new FluxList(Item, { heap, checked });
		this.other.resize(2);
		this.model = new WalkModel([], reverse);
		for (let count = 0; count < size; count++) this.insert(this.model.order.length);
	}

	insert(index: number): void {
		const id = this.#next++;
		const before = this.model.order[index];
		this.nodes.set(id, this.list.emplace(before === undefined ? 0 : this.node(before), id));
		this.model.order.splice(index, 0, id);
	}

	node(id: number): Node {
		const node = this.nodes.get(id);
		if (node === undefined) throw new Error(`no node for ${id}`);
		return node;
	}

	erase(id: number | undefined): void {
		if (id === undefined || !this.model.order.includes(id)) return;
		this.list.erase(this.node(id));
		this.model.erase(id);
	}

	change(change: Change): void {
		const { order, current } = this.model;
		const from = Math.max(0, order.indexOf(current ?? this.model.ahead ?? -1));
		switch (change.kind) {
			case 'eraseCurrent':
				return this.erase(current);
			case 'erase':
				return this.erase(order[from + change.at]);
			case 'insert':
				return this.insert(Math.min(order.length, Math.max(0, from + change.at)));
			case 'append':
				return this.insert(order.length);
			case 'prepend':
				return this.insert(0);
			case 'otherAppend':
				this.other.emplaceBack(-1);
				return;
			case 'clear':
				this.list.clear();
				for (const id of [...order]) this.model.erase(id);
				return;
		}
	}

	/** Notes that the walk came to `found`, and whether it may. */
	arrive(found: number | undefined, started: boolean): void {
		const allowed = this.model.allowed(started);
		if (!allowed.includes(found)) {
			throw new Error(
				`the walk went to ${found}; from there it may go to ${allowed.join(' or ')} in [${this.model.order}]`,
			);
		}
		this.model.current = found;
	}
}

/** Each way to walk, as a function that calls back with the id of each element. */
const walks: Record<string, (list: List, reverse: boolean, visit: (id: number) => void) => void> = {
	values(list, reverse, visit) {
		for (const { id } of list.values({ reverse })) visit(id);
	},
	keys(list, reverse, visit) {
		for (const node of list.keys({ reverse })) visit(list.get(node).id);
	},
	entries(list, reverse, visit) {
		for (const [, { id }] of list.entries({ reverse })) visit(id);
	},
	views(list, reverse, visit) {
		for (const view of list.views({ reverse })) visit(view.id);
	},
	forEach(list, _, visit) {
		list.forEach((view) => void visit(view.id));
	},
	every(list, _, visit) {
		list.every((view) => {
			visit(view.id);
			return true;
		});
	},
	reduce(list, _, visit) {
		list.reduce((_sum, view) => visit(view.id), undefined as unknown);
	},
};

function walkAndChange(
	heap: Heap,
	name: string,
	checked: boolean,
	size: number,
	reverse: boolean,
	script: readonly Change[][],
): 'end' | 'lost' {
	const subject = new Subject(heap, checked, size, reverse);
	let started = false;
	let lost = false;
	let step = 0;
	try {
		try {
			walks[name](subject.list, reverse, (id) => {
				subject.arrive(id, started);
				started = true;
				for (const change of script[step++] ?? []) subject.change(change);
			});
			subject.arrive(undefined, started);
		} catch (error) {
			if ((error as { code?: string }).code !== 'FLUX_WALK') throw error;
			lost = true;
		}
		subject.list.validate();
		expect(Array.from(subject.list, ({ id }) => id)).toEqual(subject.model.order);
	} finally {
		subject.list.dispose();
		subject.other.dispose();
	}
	return lost ? 'lost' : 'end';
}

describe.each(modes)('in $mode mode', ({ checked }) => {
	describe.each(Object.keys(walks))('%s', (name) => {
		const backward = ['values', 'keys', 'entries', 'views'].includes(name) ? [false, true] : [false];
		// One for all runs of a property: to make a heap takes as long as a hundred walks, and in a heap that is in use nodes
		// come from lists that were there before.
		let heap: Heap;
		beforeEach(() => {
			heap = new Heap(new Arena({ maxBytes: 2 ** 20 }));
		});
		afterEach(() => {
			expect(heap.faults()).toEqual([]);
			expect(heap.stats().pools.map(({ live, containers }) => [live, containers])).toEqual([[0, 0]]);
			heap.dispose();
		});

		test('goes on at the right place or says that it is lost, whatever is erased and inserted meanwhile', () => {
			fc.assert(
				fc.property(
					fc.integer({ min: 1, max: 6 }),
					fc.constantFrom(...backward),
					fc.array(fc.array(changeArb, { maxLength: 4 }), { maxLength: 6 }),
					(size, reverse, script) => void walkAndChange(heap, name, checked, size, reverse, script),
				),
				{ numRuns: runs(10_000), interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
			);
		});

		test('is never lost where only the current node is erased', () => {
			fc.assert(
				fc.property(
					fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
					fc.constantFrom(...backward),
					(erased, reverse) => {
						const script = erased.map((erase): Change[] => (erase ? [{ kind: 'eraseCurrent' }] : []));
						expect(walkAndChange(heap, name, checked, erased.length, reverse, script)).toBe('end');
					},
				),
				{ numRuns: runs(1000) },
			);
		});

		test('is never lost where nodes are only inserted', () => {
			fc.assert(
				fc.property(
					fc.array(fc.array(fc.integer({ min: -2, max: 3 }), { maxLength: 3 }), { minLength: 1, maxLength: 6 }),
					fc.constantFrom(...backward),
					(inserts, reverse) => {
						const script = inserts.map((positions) => positions.map((at): Change => ({ kind: 'insert', at })));
						expect(walkAndChange(heap, name, checked, inserts.length, reverse, script)).toBe('end');
					},
				),
				{ numRuns: runs(1000) },
			);
		});
	});
});
