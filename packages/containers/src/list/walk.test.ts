import { i32, type LiveView, struct, WalkError } from '@flux/core';
import { describe, expect, test } from 'vitest';
import { modes } from '../soak.testing.js';
import { FluxList, type FluxNode } from './list.js';

const Item = struct({ id: i32 });
type Node = FluxNode<typeof Item>;

describe.each(modes)('a walk, in $mode mode,', ({ checked }) => {
	const listOf = (...ids: number[]) =>
		new FluxList(
			Item,
			ids.map((id) => ({ id })),
			{ checked },
		);
	const idsOf = (list: FluxList<typeof Item>) => Array.from(list, ({ id }) => id);

	test('visits what is inserted behind the current node, and appended nodes too', () => {
		const list = listOf(1, 2, 3);
		const seen: number[] = [];
		for (const [node, { id }] of list.entries()) {
			seen.push(id);
			if (id === 1) list.insert(list.next(node), { id: 15 });
			if (id === 1) list.insert(node, { id: 5 });
			if (id === 3) list.pushBack({ id: 4 });
		}
		expect(seen).toEqual([1, 15, 2, 3, 4]);
		expect(idsOf(list)).toEqual([5, 1, 15, 2, 3, 4]);
	});

	test('goes on behind the current node when that is erased and its place is used again at once', () => {
		const list = listOf(1, 2, 3, 4);
		const seen: number[] = [];
		for (const node of list.keys()) {
			const { id } = list.get(node);
			seen.push(id);
			if (id !== 2) continue;
			list.erase(node);
			expect(list.pushBack({ id: 5 }) >>> 0).toBe(node >>> 0);
		}
		expect(seen).toEqual([1, 2, 3, 4, 5]);
	});

	test('that erases every node it comes to empties the list, from either end and by views', () => {
		for (const reverse of [false, true]) {
			const list = listOf(1, 2, 3, 4, 5);
			const seen: number[] = [];
			for (const node of list.keys({ reverse })) {
				seen.push(list.get(node).id);
				list.erase(node);
			}
			expect(seen).toEqual(reverse ? [5, 4, 3, 2, 1] : [1, 2, 3, 4, 5]);
			expect(list.empty).toBe(true);
			list.validate();

			const other = listOf(1, 2, 3, 4, 5);
			const nodes = [...other.keys({ reverse })];
			let step = 0;
			for (const view of other.views({ reverse })) {
				expect(view.id).toBe(other.get(nodes[step]).id);
				other.erase(nodes[step++]);
			}
			expect(step).toBe(5);
			other.validate();
		}
	});

	test('used as a queue of work, that erases the current node and appends two, drops none of them in silence', () => {
		const list = listOf(1);
		const seen: number[] = [];
		try {
			for (const [node, { id }] of list.entries()) {
				seen.push(id);
				list.erase(node);
				if (id < 4) {
					list.pushBack({ id: 2 * id });
					list.pushBack({ id: 2 * id + 1 });
				}
				if (seen.length > 100) throw new Error('the walk does not end');
			}
		} catch (error) {
			expect(error).toBeInstanceOf(WalkError);
		}
		list.validate();
		// Ending at the erased last node is what an iterator of C++ does; skipping a part of what follows is not.
		expect([...seen, ...idsOf(list)]).toEqual([1, 2, 3, 4, 5, 6, 7].slice(0, seen.length + list.size));
	});

	test('that erases what lies before it and appends sees what it appended', () => {
		const list = listOf(1, 2);
		const seen: number[] = [];
		let lost: unknown;
		try {
			for (const { id } of list) {
				seen.push(id);
				if (id === 2) {
					list.popFront();
					list.pushBack({ id: 3 });
				}
			}
		} catch (error) {
			lost = error;
		}
		if (lost === undefined) expect(seen).toEqual([1, 2, 3]);
		else expect(lost).toBeInstanceOf(WalkError);
	});

	test('throws when the list is cleared and filled again, taken over or disposed under it', () => {
		const changes: ((list: FluxList<typeof Item>) => void)[] = [
			(list) => {
				list.clear();
				list.appendRange([{ id: 7 }, { id: 8 }, { id: 9 }, { id: 10 }]);
			},
			(list) => list.dispose(),
			(list) => list.assign(5, { id: 1 }),
			(list) => {
				const other = listOf();
				other.splice(0, list);
				list.pushBack({ id: 7 });
			},
		];
		for (const change of changes) {
			for (const walk of ['values', 'keys', 'entries', 'views'] as const) {
				const list = listOf(1, 2, 3, 4);
				const iterator = list[walk]();
				iterator.next();
				iterator.next();
				change(list);
				expect(() => iterator.next(), `${walk} after ${change}`).toThrow(WalkError);
			}
		}
	});

	test('ends quietly when the list is cleared under it and left empty', () => {
		const list = listOf(1, 2, 3);
		let steps = 0;
		try {
			for (const _ of list) {
				steps++;
				list.clear();
			}
		} catch (error) {
			expect(error).toBeInstanceOf(WalkError);
		}
		expect(steps).toBe(1);
		list.validate();
	});

	test('that has ended stays ended, even where nodes are appended afterwards', () => {
		for (const walk of ['values', 'keys', 'entries', 'views'] as const) {
			const list = listOf(1, 2);
			const iterator: Iterator<unknown> = list[walk]();
			iterator.next();
			iterator.next();
			expect(iterator.next().done, walk).toBe(true);
			expect(iterator.next().done, walk).toBe(true);
			list.pushBack({ id: 3 });
			expect(iterator.next().done, walk).toBe(true);
			expect([...(iterator as unknown as Iterable<unknown>)], walk).toEqual([]);
		}
	});

	test('that a loop left early stays ended', () => {
		const list = listOf(1, 2, 3);
		const views = list.views();
		for (const view of views) if (view.id === 2) break;
		expect([...views]).toEqual([]);
	});

	test('of an empty list makes no step', () => {
		const list = listOf();
		expect([[...list], [...list.keys()], [...list.entries()], [...list.views({ reverse: true })]]).toEqual([
			[],
			[],
			[],
			[],
		]);
		expect(list.reduce((sum) => sum + 1, 0)).toBe(0);
	});

	test('by views moves one view, which is stale once the walk is over or was left', () => {
		const list = listOf(1, 2, 3);
		const views = new Set<LiveView<typeof Item>>();
		for (const view of list.views()) views.add(view);
		expect(views.size).toBe(1);
		for (const view of list.views()) {
			views.add(view);
			break;
		}
		list.forEach((view) => void views.add(view));
		list.find((view) => !views.add(view).has(view));
		list.sort((a, b) => {
			views.add(a).add(b);
			return 0;
		});
		expect(views.size).toBe(6);
		for (const view of views) {
			expect(() => view.id).toThrow(expect.objectContaining({ code: 'FLUX_STALE_VIEW' }));
			expect(() => {
				view.id = 5;
			}).toThrow(expect.objectContaining({ code: 'FLUX_STALE_VIEW' }));
		}
		expect(idsOf(list)).toEqual([1, 2, 3]);
	});

	test('of which there are many over one list do not disturb each other', () => {
		const list = listOf(1, 2, 3);
		const pairs: number[] = [];
		for (const a of list.views()) for (const b of list.views({ reverse: true })) pairs.push(a.id * 10 + b.id);
		expect(pairs).toEqual([13, 12, 11, 23, 22, 21, 33, 32, 31]);
	});

	test('through next() meets each node once and stops at 0', () => {
		const list = listOf(1, 2, 3);
		const forward: number[] = [];
		for (let node = list.first; node !== 0; node = list.next(node)) forward.push(list.get(node).id);
		const backward: number[] = [];
		for (let node = list.previous(0); node !== 0; node = list.previous(node)) backward.push(list.get(node).id);
		expect([forward, backward]).toEqual([
			[1, 2, 3],
			[3, 2, 1],
		]);
	});

	test('takes an option that is no boolean for a mistake', () => {
		const list = listOf(1);
		expect(() => list.values({ reverse: 1 as never })).toThrow(/reverse is 1; pass true or false/);
		expect(() => list.views({ reverse: 'yes' as never })).toThrow(expect.objectContaining({ code: 'FLUX_ARGUMENT' }));
	});

	test('may erase the node that it found with the node of its callback', () => {
		const list = listOf(1, 2, 3, 4);
		list.forEach((view, node) => {
			if (view.id % 2 === 0) list.erase(node as Node);
		});
		expect(idsOf(list)).toEqual([1, 3]);
		list.validate();
	});
});
