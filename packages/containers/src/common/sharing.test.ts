import {
	Arena,
	ArgumentError,
	char,
	DisposedError,
	FrozenError,
	f64,
	HandleError,
	Heap,
	HeapMismatchError,
	MovedError,
	NotSharedError,
	OwnerDiedError,
	struct,
	u8,
	u32,
} from '@flux/core';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { FluxHashMap } from '../hash-map/hash-map.js';
import { FluxList } from '../list/list.js';
import { FluxQueue } from '../queue/queue.js';
import { expect } from '../quick-expect.testing.js';
import { runs } from '../soak.testing.js';
import { FluxVector } from '../vector/vector.js';
import type { ContainerHandle } from './sharing.js';

const Order = struct({ id: u32, price: f64, symbol: char(8), side: u8 });
const order = (id: number) => ({ id, price: id / 4, symbol: `S${id % 100}`, side: id & 1 });
const Other = struct({ id: u32, price: f64, symbol: char(8), side: u32 });

type Handle = ContainerHandle<never>;

/** What is tried with every container, under the same names. */
interface Container {
	readonly size: number;
	readonly frozen: boolean;
	readonly heap: Heap;
	share(mode: 'move' | 'read'): Handle;
	thaw(): void;
	dispose(): void;
	validate(): void;
	clear(): void;
	clone(): Container;
	snapshot(): Uint8Array;
	toArray(): unknown[];
}
interface Kind {
	readonly name: string;
	make(heap: Heap, checked?: boolean): Container;
	attach(handle: Handle, heap: Heap, Record?: typeof Order): Container;
	add(container: Container, id: number): void;
	/** Takes a record out; whichever. */
	take(container: Container): void;
	ids(container: Container): number[];
	/** A live view of a record. */
	view(container: Container): { price: number };
}

const kinds: Kind[] = [
	{
		name: 'FluxList',
		make: (heap, checked = false) => new FluxList(Order, { heap, checked }) as never,
		attach: (handle, heap, Record = Order) => FluxList.attach(Record, handle, { heap }) as never,
		add: (list, id) => (list as never as FluxList<typeof Order>).pushBack(order(id)),
		take: (list) => (list as never as FluxList<typeof Order>).popFront(),
		ids: (list) => Array.from(list as never as FluxList<typeof Order>, ({ id }) => id),
		view: (list) => (list as never as FluxList<typeof Order>).at((list as never as FluxList).first as never) as never,
	},
	{
		name: 'FluxVector',
		make: (heap, checked = false) => new FluxVector(Order, { heap, checked }) as never,
		attach: (handle, heap, Record = Order) => FluxVector.attach(Record, handle, { heap }) as never,
		add: (vector, id) => (vector as never as FluxVector<typeof Order>).pushBack(order(id)),
		take: (vector) => (vector as never as FluxVector<typeof Order>).erase(0),
		ids: (vector) => Array.from(vector as never as FluxVector<typeof Order>, ({ id }) => id),
		view: (vector) => (vector as never as FluxVector<typeof Order>).at(0),
	},
	{
		name: 'FluxQueue',
		make: (heap, checked = false) => new FluxQueue(Order, { heap, checked }) as never,
		attach: (handle, heap, Record = Order) => FluxQueue.attach(Record, handle, { heap }) as never,
		add: (queue, id) => (queue as never as FluxQueue<typeof Order>).push(order(id)),
		take: (queue) => (queue as never as FluxQueue<typeof Order>).pop(),
		ids: (queue) => Array.from(queue as never as FluxQueue<typeof Order>, ({ id }) => id),
		view: (queue) => (queue as never as FluxQueue<typeof Order>).at(0) as never,
	},
	...[
		{ of: 'words', key: u32, keyOf: (id: number) => id },
		{ of: 'texts', key: char(12), keyOf: (id: number) => `key${id}` },
	].map(({ of, key, keyOf }): Kind => {
		type Map = FluxHashMap<never, typeof Order>;
		return {
			name: `FluxHashMap by ${of}`,
			make: (heap, checked = false) => new FluxHashMap(key as never, Order, { heap, checked }) as never,
			attach: (handle, heap, Record = Order) => FluxHashMap.attach(key as never, Record, handle, { heap }) as never,
			add: (map, id) => (map as never as Map).set(keyOf(id) as never, order(id)),
			take: (map) => (map as never as Map).erase((map as never as Map).first as never),
			ids: (map) => Array.from((map as never as Map).values(), ({ id }) => id),
			view: (map) => (map as never as Map).viewAt((map as never as Map).first as never),
		};
	}),
];

let arena: Arena;
let others: Arena[];
let here: Heap;
let there: Heap;
const attached = () => {
	const other = Arena.attach(structuredClone(arena.share()));
	others.push(other);
	return other;
};
beforeEach(() => {
	arena = new Arena({ shared: true, maxBytes: 2 ** 26 });
	others = [];
	here = new Heap(arena);
	there = new Heap(attached());
});
afterEach(() => {
	for (const other of others) other.dispose();
	arena.dispose();
});

/** Blocks that containers hold in a heap. */
const tables = (heap: Heap) => heap.stats().tables?.count ?? 0;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const post = (handle: Handle): Handle => structuredClone(handle);

describe.each(kinds)('$name', ({ name, make, attach, add, take, ids, view }) => {
	describe.each([false, true])('with checked: %s', (checked) => {
		test.each([0, 1, 10, 5000])('of %s records is moved to another thread, changed and disposed of there', (count) => {
			const source = make(here, checked);
			for (const id of range(0, count)) add(source, id);
			const handle = post(source.share('move'));
			expect(JSON.stringify(handle).length).toBeLessThan(200);
			const target = attach(handle, there);
			expect(ids(target)).toEqual(range(0, count));
			target.validate();
			for (const id of range(count, count + 3000)) add(target, id);
			for (let index = 0; index < count; index++) take(target);
			expect(ids(target)).toEqual(range(count, count + 3000));
			target.validate();
			here.validate();
			target.clear();
			for (const id of range(0, 100)) add(target, id);
			expect(ids(target)).toEqual(range(0, 100));
			target.dispose();
			here.drain();
			expect([tables(here), tables(there)]).toEqual([0, 0]);
			here.validate();
			there.validate();
			here.trim();
			there.trim();
		});

		test('goes back and forth', () => {
			let container = make(here, checked);
			for (let round = 0; round < 6; round++) {
				for (const id of range(round * 1000, (round + 1) * 1000)) add(container, id);
				for (let index = 0; index < 500; index++) take(container);
				container = attach(post(container.share('move')), round % 2 === 0 ? there : here);
				expect(ids(container)).toEqual(range((round + 1) * 500, (round + 1) * 1000));
				container.validate();
			}
			container.dispose();
			for (const heap of [here, there]) heap.drain();
			expect([tables(here), tables(there)]).toEqual([0, 0]);
		});

		test('is read by many threads at once, and by none changed', () => {
			const source = make(here, checked);
			for (const id of range(0, 1000)) add(source, id);
			const handle = source.share('read');
			expect(source.share('read')).toEqual(handle);
			const third = new Heap(attached());
			const readers = [attach(post(handle), there), attach(post(handle), third), attach(post(handle), there), source];
			for (const reader of readers) {
				expect(reader.frozen).toBe(true);
				expect(ids(reader)).toEqual(range(0, 1000));
				expect(view(reader).price).toBe(0);
				for (const change of [
					() => add(reader, 5),
					() => take(reader),
					() => reader.clear(),
					() => reader.share('move'),
					() => {
						view(reader).price = 5;
					},
				])
					expect(change).toThrow(FrozenError);
				expect(reader.snapshot()).toEqual(source.snapshot());
				expect(JSON.stringify(reader)).toBe(JSON.stringify(readers[0]));
				reader.validate();
				const copy = reader.clone();
				add(copy, 1000);
				expect([copy.frozen, copy.size, reader.size]).toEqual([false, 1001, 1000]);
				copy.validate();
				copy.dispose();
			}
			expect(() => source.dispose()).toThrow(FrozenError);
			expect(() => readers[0].thaw()).toThrow(FrozenError);
			readers[0].dispose();
			expect(() => ids(readers[0])).toThrow(DisposedError);
			expect(() => source.thaw()).toThrow('2 threads have');
			readers[1].dispose();
			expect(() => source.thaw()).toThrow('1 thread has');
			readers[2].dispose();
			source.thaw();
			expect(source.frozen).toBe(false);
			add(source, 1000);
			view(source).price = 7;
			expect(ids(source)).toEqual(range(0, 1001));
			expect(() => attach(handle, there)).toThrow(HandleError);
			source.validate();
			source.dispose();
			expect([tables(here), tables(there), tables(third)]).toEqual([0, 0, 0]);
		});
	});

	test('is unusable once moved, says so, and is taken by one alone', () => {
		const source = make(here);
		for (const id of range(0, 50)) add(source, id);
		const before = view(source);
		const handle = source.share('move');
		for (const use of [() => source.size, () => add(source, 1), () => source.clear(), () => source.share('read')])
			expect(use).toThrow(MovedError);
		expect(() => before.price).toThrow();
		source.dispose();
		const target = attach(handle, there);
		expect(() => attach(handle, there)).toThrow(HandleError);
		expect(() => attach(handle, here)).toThrow('taken');
		// Its own thread may take it back as well.
		const back = attach(attach(target.share('move'), here).share('move'), here);
		expect(ids(back)).toEqual(range(0, 50));
		back.dispose();
	});

	test('is refused where it cannot be, and then nothing has changed', () => {
		const source = make(here);
		add(source, 1);
		const unshared = new Heap(new Arena({ maxBytes: 2 ** 20 }));
		const alone = make(unshared);
		expect(() => alone.share('move')).toThrow(NotSharedError);
		expect(() => alone.share('move')).toThrow('new Arena({ shared: true })');
		expect(() => source.share('lend' as never)).toThrow(ArgumentError);
		const handle = source.share('move');
		expect(() => attach(handle, unshared)).toThrow(NotSharedError);
		expect(() => attach(handle, undefined as never)).toThrow(ArgumentError);
		const elsewhere = new Heap(new Arena({ shared: true, maxBytes: 2 ** 22 }));
		expect(() => attach(handle, elsewhere)).toThrow('another arena');
		expect(() => attach(handle, there, Other as never)).toThrow(HandleError);
		for (const wrong of [undefined, null, 5, {}, { ...handle, flux: 'FluxDeque' }, { ...handle, version: 2 }])
			expect(() => attach(wrong as never, there)).toThrow(HandleError);
		for (const wrong of [{ offer: -1 }, { offer: 1e6 }, { ticket: 0 }, { ticket: handle.ticket + 1 }])
			expect(() => attach({ ...handle, ...wrong } as never, there)).toThrow(HandleError);
		for (const kind of kinds.filter((other) => !other.name.startsWith(name.slice(0, 6))))
			expect(() => kind.attach(handle, there)).toThrow(HandleError);
		expect(ids(attach(handle, there))).toEqual([1]);
	});

	test('goes with its thread, unless it was moved before', () => {
		const dying = new Heap(attached());
		const moved = make(dying);
		const kept = make(dying);
		const read = make(dying);
		const unread = make(dying);
		const offered = make(dying);
		for (const container of [moved, kept, read, unread, offered]) for (const id of range(0, 2000)) add(container, id);
		const movedHandle = moved.share('move');
		const readHandle = read.share('read');
		const unreadHandle = unread.share('read');
		const offeredHandle = offered.share('move');
		const target = attach(movedHandle, there);
		const reader = attach(readHandle, there);
		arena.retire(dying.arena.id);
		expect(ids(target)).toEqual(range(0, 2000));
		expect(ids(reader)).toEqual(range(0, 2000));
		expect(() => attach(unreadHandle, there)).toThrow(OwnerDiedError);
		const late = attach(offeredHandle, there);
		expect(ids(late)).toEqual(range(0, 2000));
		for (const id of range(2000, 4000)) add(target, id);
		for (const container of [target, late, reader]) container.validate();
		here.validate();
		for (const container of [target, late, reader]) container.dispose();
		here.drain();
		here.drain();
		expect([tables(here), tables(there)]).toEqual([0, 0]);
		here.validate();
		there.validate();
	});

	test('stays while others read it, also where its owner dropped it', async () => {
		const showAndDrop = () => {
			const source = make(here);
			for (const id of range(0, 1000)) add(source, id);
			return source.share('read');
		};
		const reader = attach(showAndDrop(), there);
		const before = tables(here);
		for (let turn = 0; turn < 4; turn++) {
			globalThis.gc?.();
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		expect(tables(here)).toBe(before);
		expect(ids(reader)).toEqual(range(0, 1000));
		reader.dispose();
	});

	test('is let go by a reader that died, and by a heap that ends', () => {
		const source = make(here);
		for (const id of range(0, 10)) add(source, id);
		const handle = source.share('read');
		const dying = attached();
		attach(handle, new Heap(dying));
		const leaving = new Heap(attached());
		attach(handle, leaving);
		expect(() => source.thaw()).toThrow('2 threads');
		leaving.dispose();
		expect(() => source.thaw()).toThrow('1 thread');
		arena.retire(dying.id);
		source.thaw();
		add(source, 10);
		source.dispose();
	});
});

test('nodes stay the nodes they were, across a move, after records came in from iterables', () => {
	const list = new FluxList(Order, { heap: here });
	list.appendRange(range(0, 100).map(order));
	list.assign(range(100, 300).map(order));
	list.prependRange(range(0, 100).map(order));
	const nodes = [...list.keys()];
	const target = FluxList.attach(Order, list.share('move'), { heap: there });
	expect([...target.keys()]).toEqual(nodes);
	nodes.forEach((node, index) => {
		if (index % 3 === 0) target.erase(node);
		else expect(target.get(node).id).toBe(index);
	});
	target.validate();
	const map = new FluxHashMap(u32, Order, { heap: here });
	map.insertRange(range(0, 100).map((id) => [id, order(id)] as [number, ReturnType<typeof order>]));
	map.assign(range(0, 5000).map((id) => [id, order(id)] as [number, ReturnType<typeof order>]));
	const there2 = FluxHashMap.attach(u32, Order, map.share('move'), { heap: there });
	for (const id of range(0, 5000)) expect(there2.get(id)?.price).toBe(id / 4);
	there2.validate();
});

test('containers on a shared heap keep their nodes to themselves', () => {
	const [a, b] = [new FluxList(Order, [order(1)], { heap: here }), new FluxList(Order, [order(2)], { heap: here })];
	expect(() => a.splice(0, b)).toThrow(HeapMismatchError);
	a.copyFrom(b);
	a.splice(0, a, a.first as never);
	expect(a.toArray().map(({ id }) => id)).toEqual([2, 1]);
	expect(a.clone().share('move').mode).toBe('move');
	let inside: unknown;
	a.appendRange(
		(function* () {
			try {
				a.share('move');
			} catch (error) {
				inside = error;
			}
			yield order(3);
		})(),
	);
	expect(inside).toBeInstanceOf(ArgumentError);
	a.share('move');
});

test('a bounded queue keeps its bound', () => {
	const queue = new FluxQueue(Order, { heap: here, capacity: 3, whenFull: 'overwrite' } as never);
	for (const id of range(0, 5)) queue.push(order(id));
	const target = FluxQueue.attach(Order, queue.share('move'), { heap: there });
	for (const id of range(5, 7)) target.push(order(id));
	expect(Array.from(target, ({ id }) => id)).toEqual([4, 5, 6]);
	expect([target.capacity, target.whenFull, target.overwritten]).toEqual([3, 'overwrite', 4]);
});

test('every method of a frozen container was thought of: it changes nothing, or is refused', () => {
	const reading = new Set(
		(
			'constructor share thaw frozen dispose validate clone snapshot toArray toJSON toString values keys entries views forEach ' +
			'reduce find findNode findIndex some every equals compare get at has hasNode getAt viewAt keyAt lowAt highAt findWords next ' +
			'previous front back first last size empty capacity maxSize heap data strideWords id layout peek full whenFull overwritten ' +
			'checked bucketCount loadFactor tableBytes key keyType lowerBoundBy upperBoundBy isSorted'
		).split(' '),
	);
	for (const { name, make, add } of kinds) {
		const container = make(here);
		add(container, 1);
		container.share('read');
		const declared = publicCalls[name.split(' ')[0] as keyof typeof publicCalls];
		for (const call of declared) {
			if (reading.has(call)) continue;
			const method = (container as never as Record<string, () => unknown>)[call];
			expect(method, `${name}.${call}`).toBeTypeOf('function');
			expect(() => method.call(container), `${name}.${call}`).toThrow(FrozenError);
		}
	}
});

/** The members of the public interfaces, as the guide lists them. */
const publicCalls = {
	FluxList:
		'appendRange assign at clear clone compact compare copyFrom dispose emplace emplaceBack emplaceFront entries equals erase every find findNode forEach get has insert insertRange keys merge next popBack popFront prependRange previous pushBack pushFront pushMany reduce remove removeIf reserve resize reverse set share shrinkToFit snapshot some sort sortBy splice swap thaw toArray toJSON tryPopBack tryPopFront unique validate values views'.split(
			' ',
		),
	FluxHashMap:
		'assign at clear clone copyFrom delete deleteWords dispose emplace emplaceWords entries equals erase find findWords forEach get getAt has hasNode highAt insert insertOrAssign insertRange keyAt keys lowAt merge next rehash rekey removeIf reserve set setAt share shrinkToFit snapshot splice swap thaw toArray toJSON tryEmplace validate values viewAt views'.split(
			' ',
		),
	FluxVector:
		'appendRange assign at binarySearch clear clone compare copyFrom dispose emplace emplaceBack entries equalRange equals erase every find findIndex forEach get insert insertRange isSorted keys lowerBound lowerBoundBy popBack pushBack pushMany reduce removeIf reserve resize set share shrinkToFit snapshot some sort sortBy swap thaw toArray toJSON tryPopBack upperBound upperBoundBy validate values views'.split(
			' ',
		),
	FluxQueue:
		'at clear clone compare copyFrom dispose drain emplace equals peek pop popMany push pushMany pushRange reserve share shrinkToFit snapshot swap thaw toArray toJSON tryPop tryPush validate values views'.split(
			' ',
		),
};

test('containers that pass between threads, change and end at random lose nothing', () => {
	let seed = 11;
	const random = (below: number): number => {
		seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
		return Math.floor((seed / 2 ** 32) * below);
	};
	const heaps = [here, there, new Heap(attached())];
	const live: { kind: Kind; container: Container; model: number[]; heap: number }[] = [];
	let next = 0;
	for (let step = 0; step < runs(20_000); step++) {
		if (live.length < 2 || (live.length < 20 && random(20) === 0)) {
			const kind = kinds[random(kinds.length)];
			const heap = random(3);
			live.push({ kind, container: kind.make(heaps[heap], random(2) === 0), model: [], heap });
		}
		const index = random(live.length);
		const it = live[index];
		switch (random(12)) {
			case 0: {
				const heap = random(3);
				it.container = it.kind.attach(post(it.container.share('move')), heaps[heap]);
				it.heap = heap;
				break;
			}
			case 1: {
				const readers = heaps.map((heap) => it.kind.attach(post(it.container.share('read')), heap));
				for (const reader of readers) expect(it.kind.ids(reader)).toEqual(it.model);
				for (const reader of readers) reader.dispose();
				it.container.thaw();
				break;
			}
			case 2:
				expect(it.kind.ids(it.container)).toEqual(it.model);
				if (random(5) === 0) {
					it.container.dispose();
					live.splice(index, 1);
				}
				break;
			case 3:
				if (random(20) === 0) {
					const dying = 1 + random(2);
					arena.retire(heaps[dying].arena.id);
					for (let each = live.length - 1; each >= 0; each--) if (live[each].heap === dying) live.splice(each, 1);
					heaps[dying] = new Heap(attached());
				}
				break;
			case 4:
			case 5:
				for (let count = random(300); count > 0 && it.model.length > 0; count--) {
					it.kind.take(it.container);
					it.model.shift();
				}
				break;
			default:
				for (let count = random(300); count > 0; count--) {
					it.kind.add(it.container, next);
					it.model.push(next++);
				}
		}
		if (step % 500 === 0) for (const heap of heaps) heap.validate();
	}
	for (const { kind, container, model } of live) {
		expect(kind.ids(container)).toEqual(model);
		container.validate();
		container.dispose();
	}
	for (let round = 0; round < 3; round++) for (const heap of heaps) heap.drain();
	expect(heaps.map(tables)).toEqual([0, 0, 0]);
	for (const heap of heaps) heap.validate();
});
