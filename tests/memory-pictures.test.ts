/**
 * The pictures of the guide to memory, drawn from the words of memory themselves: containers are made, and what is drawn is
 * read from the arena behind them. `npx vitest run tests/memory-pictures -u` draws them anew.
 */
import { FluxList, type FluxNode } from '@flux/containers';
import { Arena, f64, Heap, i32, struct, u32 } from '@flux/core';
import { expect, test } from 'vitest';
import {
	CAPACITY,
	ERASED,
	FREE,
	GENERATION,
	INSERTED,
	LIMIT,
	NEXT,
	OWNER,
	POOL,
	PREVIOUS,
	STRIDE,
	UNCARVED,
} from '../packages/core/src/slab/layout.js';
import { Drawing } from './drawing.testing.js';

const PAGE_WORDS = 4096;
const picture = (name: string): string => `../docs/pictures/${name}.svg`;
const Tick = struct({ id: i32, price: f64 });
/** Values that are nowhere else in memory: by these the fields of a node are found. */
const ID = 1_234_567;
const PRICE = 99.5;
/** The word where a node begins; in checked mode a node's number has its generation above that. */
const wordOf = (node: number): number => node % 2 ** 32;

/** What each word of a node holds: its name, and its value as it is in memory. */
function wordsOfNode(checked: boolean): [name: string, value: string][] {
	const heap = new Heap(new Arena({ maxBytes: 1 << 20 }));
	const list = new FluxList(Tick, { heap, checked });
	list.emplaceBack(1, 0);
	const node = wordOf(list.emplaceBack(ID, PRICE));
	list.emplaceBack(3, 0);
	const { i32: words, f64: doubles } = heap.memory;
	const header = words[wordOf(list.first) + PREVIOUS];
	const names = new Map([
		[NEXT, 'NEXT'],
		[PREVIOUS, 'PREVIOUS'],
		[OWNER, 'OWNER'],
	]);
	if (checked) names.set(GENERATION, 'GENERATION');
	const [{ nodeBytes }] = heap.stats().pools;
	const drawn = Array.from({ length: nodeBytes / 4 }, (_, word): [string, string] => {
		const at = node + word;
		const name = names.get(word);
		if (word === OWNER) expect(words[at]).toBe(words[header + OWNER]);
		if (word === OWNER) return ['OWNER', 'the id of its list'];
		if (word === GENERATION && checked) return ['GENERATION', 'uses of this place'];
		if (name !== undefined) return [name, `${words[at]}`];
		if (words[at] === ID) return ['id', `${ID}`];
		if (at % 2 === 0 && doubles[at / 2] === PRICE) return ['price', `${PRICE}`];
		if (at % 2 === 1 && doubles[(at - 1) / 2] === PRICE) return ['', ''];
		return ['', 'not used'];
	});
	expect(drawn.map(([name]) => name)).toEqual(expect.arrayContaining([...names.values(), 'id', 'price']));
	heap.dispose();
	return drawn;
}

test('a node, word by word', async () => {
	const drawing = new Drawing();
	for (const [column, checked] of [false, true].entries()) {
		const words = wordsOfNode(checked);
		const x = 20 + column * 370;
		drawing.text(x + 44, 26, `${checked ? 'checked: true' : 'by default'}, ${words.length * 4} bytes`, 'head');
		words.forEach(([name, value], word) => {
			const y = 38 + word * 28;
			// The second word of a double belongs to the first.
			const isSecond = name === '' && value === '';
			const isWide = words[word + 1]?.[0] === '' && words[word + 1]?.[1] === '';
			drawing.text(x + 36, y + 19, `+${word}`, 'mono', 'end');
			if (isSecond) return;
			const kind = name === '' ? 'none' : ['id', 'price'].includes(name) ? 'a' : 'own';
			drawing.box(x + 44, y, 290, isWide ? 54 : 26, kind);
			drawing.text(x + 56, y + 18, name, 'head');
			drawing.text(x + 322, y + 18, value, 'mono', 'end');
		});
	}
	await expect(drawing.svg(760, 280, 'A node for { id: i32, price: f64 }, word by word')).toMatchFileSnapshot(
		picture('node'),
	);
});

test('a list, its ring and its pool', async () => {
	const heap = new Heap(new Arena({ maxBytes: 1 << 20 }));
	const list = new FluxList(Tick, { heap });
	const nodes = [1, 2, 3, 4, 5].map((id) => list.emplaceBack(id, 0));
	list.erase(nodes[1]);
	list.erase(nodes[3]);
	list.pushFront({ id: 6, price: 0 }); // in the place that was freed last
	const words = heap.memory.i32;
	const header = words[(list.first as FluxNode<typeof Tick>) + PREVIOUS];
	const pool = words[header + POOL];
	const stride = words[pool + STRIDE];
	expect(list.size).toBe(words[header + INSERTED] - words[header + ERASED]);

	const drawing = new Drawing();
	const shown = 7;
	const [left, top, width] = [20, 170, 100];
	const placeOf = (node: number): number => (node - nodes[0]) / stride;
	const middle = (place: number): number => left + place * (width + 4) + width / 2;
	const inList = new Set<number>();
	for (let node = list.first; node !== 0; node = list.next(node)) inList.add(node);
	const free: number[] = [];
	for (let node = words[pool + FREE]; node !== 0; node = words[node + NEXT]) free.push(node);

	drawing.text(left, 26, `the list's header, at word ${header}`, 'head');
	[
		['NEXT', words[header + NEXT]],
		['PREVIOUS', words[header + PREVIOUS]],
		['OWNER', 'its id'],
		['INSERTED', words[header + INSERTED]],
		['ERASED', words[header + ERASED]],
		['POOL', words[header + POOL]],
	].forEach(([name, value], index) => {
		drawing.box(left + index * 62, 36, 60, 44, 'b');
		drawing.text(left + index * 62 + 30, 53, String(name), 'small', 'middle');
		drawing.text(left + index * 62 + 30, 71, String(value), 'mono', 'middle');
	});
	drawing.text(left + 400, 26, `the pool's header, at word ${pool}`, 'head');
	[
		['FREE', words[pool + FREE]],
		['UNCARVED', words[pool + UNCARVED]],
		['LIMIT', words[pool + LIMIT]],
		['STRIDE', stride],
		['CAPACITY', words[pool + CAPACITY]],
	].forEach(([name, value], index) => {
		drawing.box(left + 400 + index * 66, 36, 64, 44, 'c');
		drawing.text(left + 400 + index * 66 + 32, 53, String(name), 'small', 'middle');
		drawing.text(left + 400 + index * 66 + 32, 71, String(value), 'mono', 'middle');
	});
	for (let place = 0; place < shown; place++) {
		const node = nodes[0] + place * stride;
		const x = left + place * (width + 4);
		const isFree = free.includes(node);
		const kind = inList.has(node) ? 'a' : isFree ? 'free' : 'none';
		drawing.box(x, top, width, 92, kind);
		drawing.text(x + width / 2, top + 18, `word ${node}`, 'small', 'middle');
		const state = node >= words[pool + UNCARVED] && !inList.has(node) && !isFree ? 'untouched' : undefined;
		const lines = state
			? [state]
			: [`NEXT ${words[node + NEXT]}`, isFree ? 'OWNER 0' : `PREV ${words[node + PREVIOUS]}`];
		lines.forEach((line, index) => void drawing.text(x + width / 2, top + 40 + index * 18, line, 'mono', 'middle'));
		if (inList.has(node))
			drawing.text(x + width / 2, top + 80, `id ${list.get(node as FluxNode<typeof Tick>).id}`, 'head', 'middle');
	}
	for (const node of inList) {
		const next = words[node + NEXT];
		if (next === header) continue;
		const [from, to] = [middle(placeOf(node)), middle(placeOf(next))];
		drawing.arc(from + 10, to - 10, top - 4, 20 + Math.abs(to - from) / 6, 'link');
	}
	free.forEach((node, index) => {
		const next = free[index + 1];
		if (next !== undefined && placeOf(next) < shown)
			drawing.arc(middle(placeOf(node)), middle(placeOf(next)), top + 96, -40, 'chain');
	});
	const order = [...inList].map((node) => list.get(node as FluxNode<typeof Tick>).id).join(', ');
	drawing.text(
		left,
		top + 150,
		`The walk: ${order}. The free chain begins ${free.slice(0, 3).join(', ')}. A node is ${stride} words.`,
	);
	heap.dispose();
	await expect(drawing.svg(770, 340, 'A list, its header, its pool and the nodes behind them')).toMatchFileSnapshot(
		picture('list'),
	);
});

test('a slab of blocks and its bitmap', async () => {
	const heap = new Heap(new Arena({ maxBytes: 1 << 20 }));
	const blocks = Array.from({ length: 90 }, () => heap.allocate(48));
	for (let index = 0; index < blocks.length; index += 3) heap.deallocate(blocks[index]);
	for (const index of [10, 11, 40]) heap.deallocate(blocks[index]);
	const live = new Set([...heap.walk()].map(({ block }) => block));
	const [{ blockBytes, capacity, slabs }] = heap.stats().blocks.classes;
	expect(slabs).toBe(1);
	const page = Math.floor(Math.min(...blocks) / PAGE_WORDS);
	const base = page * PAGE_WORDS;
	const shown = 128;
	const drawing = new Drawing();
	drawing.text(
		20,
		28,
		`page ${page}: a slab of ${capacity} blocks of ${blockBytes} bytes, the first ${shown} of them`,
		'head',
	);
	for (let place = 0; place < shown; place++) {
		const block = base + (place * blockBytes) / 4;
		const [x, y] = [20 + (place % 32) * 22.5, 42 + Math.floor(place / 32) * 30];
		drawing.box(x, y, 21, 26, live.has(block) ? 'a' : 'none', `word ${block}`);
		drawing.text(x + 10.5, y + 18, live.has(block) ? '1' : '0', 'mono', 'middle');
	}
	drawing.text(20, 182, `${live.size} are live: one bit each in the slab's descriptor, and nothing in the blocks.`);
	heap.dispose();
	await expect(drawing.svg(760, 200, 'A slab of blocks, and the bit of each')).toMatchFileSnapshot(picture('slab'));
});

test('an arena that two threads have heaps in', async () => {
	const arena = new Arena({ shared: true, maxBytes: 1 << 20 });
	const heaps = [new Heap(arena), new Heap(Arena.attach(arena.share()))];
	const pages = new Map<number, { kind: string; what: string }>();
	const lists = heaps.map((heap, thread) => {
		const list = new FluxList(thread === 0 ? Tick : struct({ sequence: u32, value: f64 }), { heap });
		for (let made = 0; made < 1500; made++) list.emplaceBack(made, 0);
		return list;
	});
	heaps.forEach((heap, thread) => {
		for (let made = 0; made < 400; made++) heap.allocate(64);
		heap.allocate(40_000);
		for (const node of lists[thread].keys())
			pages.set(Math.floor(wordOf(node) / PAGE_WORDS), {
				kind: 'ab'[thread],
				what: `thread ${thread + 1}: nodes of a list`,
			});
		for (const { block, bytes } of heap.walk())
			for (let byte = 0; byte < bytes; byte += PAGE_WORDS * 4)
				pages.set(Math.floor((block * 4 + byte) / (PAGE_WORDS * 4)), {
					kind: 'ab'[thread],
					what: `thread ${thread + 1}: blocks`,
				});
	});
	// What is none of these: the arena's own, or headers and tables of a heap, or free; `inspect` knows.
	const drawn = heaps[0]
		.inspect()
		.split('\n')
		.filter((line) => /^ *\d+ {2}/.test(line));
	const marks = drawn.map((line) => line.replace(/^ *\d+ {2}/, '')).join('');
	const drawing = new Drawing();
	drawing.text(20, 28, `the first ${marks.length} pages of 16 KiB`, 'head');
	[...marks].forEach((mark, page) => {
		const [x, y] = [20 + (page % 24) * 30, 42 + Math.floor(page / 24) * 44];
		const { kind, what } = pages.get(page) ?? {
			kind: mark === '.' ? 'none' : 'own',
			what: mark === '0' ? 'the arena itself' : mark === '.' ? 'free' : 'headers, tables or room set aside',
		};
		drawing.box(x, y, 27, 27, kind, `page ${page}, ${what}`);
		const letter = what.endsWith('list')
			? 'n'
			: what.endsWith('blocks')
				? 'b'
				: mark === '0'
					? '0'
					: mark === '.'
						? ''
						: 'h';
		drawing.text(x + 13.5, y + 18, letter, 'mono', 'middle');
	});
	const y = 42 + Math.ceil(marks.length / 24) * 44 + 14;
	const legend = [
		['a', 'the heap of thread 1'],
		['b', 'the heap of thread 2'],
		['own', 'the arena (0); headers, tables, room set aside (h)'],
		['none', 'free'],
	];
	let x = 20;
	for (const [kind, text] of legend) {
		drawing.box(x, y - 12, 14, 14, kind);
		drawing.text(x + 20, y, text);
		x += 36 + text.length * 6.3;
	}
	drawing.text(
		20,
		y + 24,
		'n: a slab of nodes, b: a slab or a run of blocks. No page has nodes or blocks of two heaps.',
		'small',
	);
	expect(new Set([...pages.values()].map(({ kind }) => kind))).toEqual(new Set(['a', 'b']));
	await expect(drawing.svg(760, y + 40, 'Pages of one arena, by the heap that has them')).toMatchFileSnapshot(
		picture('arena'),
	);
});
