import { Arena, array, FluxError, f64, Heap, i32, struct, WalkError } from '@flux/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { modes } from '../soak.testing.js';
import { FluxList, type FluxNode } from './list.js';

/**
 * Functions of the user's that throw, or call back into the list that called them: whatever they do, the lists are whole
 * afterwards, and no record is lost or doubled.
 */

const Item = struct({ id: i32, price: f64, tags: array(i32, 2) });
type List = FluxList<typeof Item>;
type Node = FluxNode<typeof Item>;

const record = (id: number) => ({ id, price: id % 3, tags: [id, -id] });
const idsOf = (list: List) => Array.from(list, ({ id }) => id);

function isDisposed(list: List): boolean {
	try {
		list.keys();
		return false;
	} catch {
		return true;
	}
}

interface Scene {
	list: List;
	other: List;
	/** To be called inside a callback. */
	act: () => void;
}

/** What a callback may do; each is done once, at the second call. */
const actions: Record<string, (scene: Scene) => unknown> = {
	throw: () => {
		throw new RangeError('thrown by the callback');
	},
	'erase the first': ({ list }) => list.erase(list.first as Node),
	'erase the last': ({ list }) => list.erase(list.last as Node),
	'erase in the middle': ({ list }) => list.erase(list.next(list.first as Node) as Node),
	popFront: ({ list }) => list.popFront(),
	pushBack: ({ list }) => list.pushBack(record(90)),
	pushFront: ({ list }) => list.pushFront(record(91)),
	'erase and push': ({ list }) => {
		list.popBack();
		list.pushFront(record(92));
	},
	'fill with a hundred': ({ list }) => list.insert(0, 100, record(93)),
	clear: ({ list }) => list.clear(),
	'clear and fill': ({ list }) => {
		list.clear();
		list.appendRange([record(94), record(95)]);
	},
	resize: ({ list }) => list.resize(1),
	dispose: ({ list }) => list.dispose(),
	'dispose the other': ({ other }) => other.dispose(),
	reverse: ({ list }) => list.reverse(),
	'reverse the other': ({ other }) => other.reverse(),
	sort: ({ list }) => list.sort((a, b) => b.id - a.id),
	sortBy: ({ list }) => list.sortBy('id', { descending: true }),
	'removeIf inside': ({ list }) => list.removeIf((view) => view.id % 2 === 0),
	'unique inside': ({ list }) => list.unique((a, b) => a.price === b.price),
	'splice all away': ({ list, other }) => other.splice(0, list),
	'splice all in': ({ list, other }) => list.splice(list.first, other),
	'splice one away': ({ list, other }) => other.splice(0, list, list.first as Node),
	'splice one in': ({ list, other }) => list.splice(0, other, other.first as Node),
	'move to the back': ({ list }) => list.splice(0, list, list.first as Node),
	'merge in': ({ list, other }) => list.merge(other, (a, b) => a.id - b.id),
	swap: ({ list, other }) => list.swap(other),
	compact: ({ list }) => {
		list.sort((a, b) => b.id - a.id);
		list.compact();
	},
	assign: ({ list }) => list.assign([record(96)]),
	'shrinkToFit and trim': ({ list }) => {
		list.shrinkToFit();
		list.heap.trim();
	},
	'walk inside': ({ list }) => {
		for (const view of list.views()) for (const _ of list) view.price += 0;
	},
};

/** An object whose field acts while it is read. */
const acting = (id: number, act: () => void) => ({
	get id() {
		act();
		return id;
	},
	price: 1,
	get tags() {
		act();
		return [1, 2];
	},
});

/** Each place where functions of the user's run. */
const sites: Record<string, (scene: Scene) => unknown> = {
	'sort(compare)': ({ list, act }) =>
		list.sort((a, b) => {
			act();
			return a.price - b.price;
		}),
	'merge(other, compare)': ({ list, other, act }) =>
		list.merge(other, (a, b) => {
			act();
			return a.id - b.id;
		}),
	'removeIf(all)': ({ list, act }) =>
		list.removeIf(() => {
			act();
			return true;
		}),
	'removeIf(some)': ({ list, act }) =>
		list.removeIf((view) => {
			act();
			return view.id % 2 === 1;
		}),
	'unique(same)': ({ list, act }) =>
		list.unique(() => {
			act();
			return true;
		}),
	find: ({ list, act }) => list.find(() => void act() as never),
	findNode: ({ list, act }) => list.findNode(() => void act() as never),
	every: ({ list, act }) =>
		list.every(() => {
			act();
			return true;
		}),
	forEach: ({ list, act }) => list.forEach(act),
	reduce: ({ list, act }) => list.reduce(act, undefined),
	'equals(other, same)': ({ list, other, act }) =>
		list.equals(other, () => {
			act();
			return true;
		}),
	'compare(other, compare)': ({ list, other, act }) =>
		list.compare(other, () => {
			act();
			return 0;
		}),
	'for...of': ({ list, act }) => {
		for (const _ of list) act();
	},
	'for...of views()': ({ list, act }) => {
		for (const _ of list.views()) act();
	},
	'for...of keys(), reversed': ({ list, act }) => {
		for (const _ of list.keys({ reverse: true })) act();
	},
	'getter of pushBack': ({ list, act }) => list.pushBack(acting(50, act)),
	'getter of pushFront': ({ list, act }) => list.pushFront(acting(50, act)),
	'getter of insert': ({ list, act }) => list.insert(list.next(list.first as Node), acting(50, act)),
	'getter of insert(count)': ({ list, act }) => list.insert(list.last, 3, acting(50, act)),
	'getter of set': ({ list, act }) => list.set(list.last as Node, acting(50, act)),
	'getter of assign(count)': ({ list, act }) => list.assign(3, acting(50, act)),
	'getter of resize': ({ list, act }) => list.resize(30, acting(50, act)),
	'getter of remove': ({ list, act }) => list.remove(acting(1, act)),
	'element of emplaceBack': ({ list, act }) => list.emplaceBack(50, 1, acting(50, act).tags),
	'getters in an element of emplace': ({ list, act }) => {
		const tags = {
			length: 2,
			get 0() {
				act();
				return 1;
			},
			get 1() {
				act();
				return 2;
			},
		};
		return list.emplace(list.last, 50, 1, tags as never);
	},
	'getters in a view': ({ list, act }) => {
		const tags = {
			length: 2,
			get 0() {
				act();
				return 1;
			},
			get 1() {
				act();
				return 2;
			},
		};
		list.at(list.first as Node).tags.assign(tags);
	},
	'iterable of appendRange': ({ list, act }) => list.appendRange(yielding(act)),
	'iterable of prependRange': ({ list, act }) => list.prependRange(yielding(act)),
	'iterable of insertRange': ({ list, act }) => list.insertRange(list.last, yielding(act)),
	'iterable of assign': ({ list, act }) => list.assign(yielding(act)),
	'iterable of the constructor': ({ list, act }) => new FluxList(Item, yielding(act), { heap: list.heap }).dispose(),
	'elements of pushMany': ({ list, act }) => {
		const id = [60, 61, 62];
		Object.defineProperty(id, 1, {
			get() {
				act();
				return 61;
			},
		});
		list.pushMany({ id, price: [1, 2, 3], tags: [[1, 2], [3, 4], acting(0, act).tags] });
	},
	'onMove of compact': ({ list, act }) => {
		list.reverse();
		list.compact(act);
	},
};

function* yielding(act: () => void) {
	for (let id = 70; id < 82; id++) {
		act();
		yield acting(id, act);
	}
}

describe.each(modes)('in $mode mode', ({ checked }) => {
	let heap: Heap;

	beforeEach(() => {
		heap = new Heap(new Arena({ maxBytes: 2 ** 20 }));
	});
	afterEach(() => heap.dispose());

	function makeScene(): Scene {
		const list = new FluxList(Item, [9, 2, 7, 4, 5, 6, 3, 8, 1, 10].map(record), { heap, checked });
		const other = new FluxList(Item, [20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30].map(record), { heap, checked });
		return { list, other, act: () => {} };
	}

	/** Every list is whole, and each of the first ids is in one place at most. */
	function checkWhole({ list, other }: Scene): void {
		const ids: number[] = [];
		for (const each of [list, other]) {
			if (isDisposed(each)) continue;
			each.validate();
			ids.push(...idsOf(each).filter((id) => id < 40));
		}
		expect(new Set(ids).size).toBe(ids.length);
		expect(heap.faults()).toEqual([]);
	}

	describe.each(Object.entries(sites))('%s', (site, run) => {
		test.each(Object.entries(actions))('leaves the lists whole when its callback does this: %s', (action, act) => {
			for (const turn of [1, 2, 5]) {
				const scene = makeScene();
				let calls = 0;
				let acted = false;
				scene.act = () => {
					if (++calls > 5_000) throw new Error('the callback is called without end');
					if (calls !== turn || acted) return;
					acted = true;
					act(scene);
				};
				const before = [idsOf(scene.list), idsOf(scene.other)];
				let failure: unknown;
				try {
					run(scene);
				} catch (error) {
					failure = error;
				}
				expect(calls).toBeLessThan(5_000);
				if (failure !== undefined && !(failure instanceof FluxError)) {
					// What the callback throws comes out as it is.
					if (!(failure instanceof RangeError && failure.message === 'thrown by the callback')) throw failure;
					const walked = /^for|every|find|forEach|reduce|compact|equals|compare/.test(site);
					if (action === 'throw' && !walked) expect([idsOf(scene.list), idsOf(scene.other)]).toEqual(before);
				}
				checkWhole(scene);
				if (acted && /^(sort|merge|removeIf|unique)\b/.test(site) && action === 'erase in the middle') {
					expect(failure).toBeInstanceOf(WalkError);
				}
				scene.list.dispose();
				scene.other.dispose();
			}
		});
	});

	test('a sort whose comparator throws leaves the order as it was', () => {
		const { list } = makeScene();
		const nodes = [...list.keys()];
		let calls = 0;
		const failing = () => {
			if (++calls === 7) throw new RangeError('seven');
			return -1;
		};
		expect(() => list.sort(failing)).toThrow('seven');
		expect([...list.keys()]).toEqual(nodes);
		list.validate();
	});

	test('a comparator that answers nonsense loses no record', () => {
		for (const answer of [() => Number.NaN, () => undefined, () => 1, () => -1, () => 'x', () => Math.random() - 0.5]) {
			const { list, other } = makeScene();
			const ids = [...idsOf(list), ...idsOf(other)].sort();
			list.sort(answer as never);
			list.merge(other, answer as never);
			list.validate();
			expect(idsOf(list).sort()).toEqual(ids);
			list.dispose();
			other.dispose();
		}
	});

	test('an iterable that throws halfway, or yields what is no record, inserts nothing', () => {
		const { list } = makeScene();
		const before = [...list.keys()];
		const failing = function* () {
			for (let id = 0; id < 20; id++) yield record(id);
			throw new RangeError('no more');
		};
		const strange = function* () {
			for (let id = 0; id < 20; id++) yield record(id);
			yield 5 as never;
		};
		for (const [source, error] of [
			[failing, 'no more'],
			[strange, 'cannot be read from 5'],
		] as const) {
			expect(() => list.appendRange(source())).toThrow(error);
			expect(() => list.prependRange(source())).toThrow(error);
			expect(() => list.insertRange(list.last, source())).toThrow(error);
			expect(() => list.assign(source())).toThrow(error);
			expect(() => new FluxList(Item, source(), { heap, checked })).toThrow(error);
		}
		expect([...list.keys()]).toEqual(before);
		list.validate();
		expect(heap.stats().pools.map(({ containers }) => containers)).toEqual([1 + 1]);
	});

	test('an iterable is closed when one of its records is refused', () => {
		const { list } = makeScene();
		let closed = false;
		const source = (function* () {
			try {
				yield record(1);
				yield {} as never;
			} finally {
				closed = true;
			}
		})();
		expect(() => list.appendRange(source)).toThrow(FluxError);
		expect(closed).toBe(true);
	});

	test('columns are checked whole before the first record is appended', () => {
		const { list } = makeScene();
		const before = list.toArray();
		const id = [1, 2, 3];
		const price = [1, 2, 3];
		const good = [
			[1, 2],
			[3, 4],
		];
		for (const bad of [[5], [5, 'x'], null, 5, undefined]) {
			expect(() => list.pushMany({ id, price, tags: [...good, bad as never] })).toThrow(/tags/);
			expect(list.size, String(bad)).toBe(before.length);
		}
		let reads = 0;
		const shifty = {
			length: 2,
			get 0() {
				return ++reads > 1 ? 'changed' : 1;
			},
			1: 2,
		};
		try {
			list.pushMany({ id, price, tags: [...good, shifty as never] });
			expect(list.size).toBe(before.length + 3);
		} catch (error) {
			expect(error).toBeInstanceOf(FluxError);
			expect(list.toArray()).toEqual(before);
		}
		list.validate();
	});

	test('a predicate that answers something truthy, or nothing, is taken at its truth', () => {
		const { list } = makeScene();
		expect(list.removeIf((view) => (view.id > 5 ? 'yes' : '') as never)).toBe(5);
		expect(list.find(() => 1 as never)?.id).toBe(2);
		expect(list.every(() => undefined as never)).toBe(false);
		list.validate();
	});

	test('a record whose getter erases the node that it is written to is refused', () => {
		const { list } = makeScene();
		const node = list.last as Node;
		const { id, tags } = record(5);
		const erasing = {
			id,
			get price() {
				list.erase(node);
				return 1;
			},
			tags,
		};
		expect(() => list.set(node, erasing)).toThrow(expect.objectContaining({ code: 'FLUX_NODE' }));
		list.validate();
	});
});
