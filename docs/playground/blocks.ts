/** Blocks of bytes: the occupancy bitmap of each slab, drawn from `heap.walk()`, and what `heap.inspect()` draws. */
import { Arena, FluxError, Heap } from '@flux/core';
import { bytes, count, element, onPress, write } from './page.js';

const PAGE_WORDS = 4096;
const PAGE_BYTES = PAGE_WORDS * 4;
const CELL = 10;
const PER_LINE = 32;

const heap = new Heap(new Arena({ maxBytes: 1 << 20 }));
/** Blocks in the order in which they were allocated, and the one that was given back last. */
const blocks: number[] = [];
let freed = 0;
let random = 12345;

function act(change: () => string): void {
	const status = element('block-status', HTMLElement);
	try {
		write(status, change());
	} catch (error) {
		if (!(error instanceof FluxError)) throw error;
		write(status, `${error.code}: ${error.message}`);
	}
	draw();
}

function allocate(): string {
	const size = Number(element('size', HTMLSelectElement).value);
	const block = heap.allocate(size);
	blocks.push(block);
	return `${size} bytes at word ${block}; ${heap.usableSize(block)} may be used.`;
}

function free(at: number): string {
	const [block] = blocks.splice(at, 1);
	if (block === undefined) return 'No block is live.';
	heap.deallocate(block);
	freed = block;
	return `The block at word ${block} is free: its bit is cleared, and its memory was not touched.`;
}

function freeAgain(): string {
	heap.deallocate(freed);
	return '';
}

/** One picture per slab: a square per bit, filled where the block is live. */
function draw(): void {
	const slabs = new Map<number, { blockBytes: number; live: Set<number> }>();
	for (const { block, bytes: blockBytes } of heap.walk()) {
		const page = Math.floor(block / PAGE_WORDS);
		const slab = slabs.get(page) ?? { blockBytes, live: new Set() };
		slab.live.add(((block % PAGE_WORDS) * 4) / blockBytes);
		slabs.set(page, slab);
	}
	const pictures = [...slabs].map(([page, { blockBytes, live }]) => {
		const places = Math.max(1, Math.floor(PAGE_BYTES / blockBytes));
		const lines = Math.ceil(places / PER_LINE);
		const columns = Math.min(places, PER_LINE);
		const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
		svg.setAttribute('viewBox', `0 0 ${PER_LINE * CELL} ${lines * CELL}`);
		svg.setAttribute('role', 'img');
		const title =
			blockBytes > PAGE_BYTES
				? `Page ${page}: a run of pages, ${bytes(blockBytes)}`
				: `Page ${page}: ${live.size} of ${places} blocks of ${blockBytes} bytes are live`;
		svg.setAttribute('aria-label', title);
		svg.append(
			...Array.from({ length: places }, (_, place) => {
				const bit = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
				const width = (PER_LINE / columns) * CELL;
				bit.setAttribute('x', String((place % PER_LINE) * width + 1));
				bit.setAttribute('y', String(Math.floor(place / PER_LINE) * CELL + 1));
				bit.setAttribute('width', String(width - 2));
				bit.setAttribute('height', String(CELL - 2));
				bit.setAttribute('class', live.has(place) ? 'bit live' : 'bit');
				return bit;
			}),
		);
		const figure = document.createElement('figure');
		const caption = document.createElement('figcaption');
		caption.textContent = title;
		figure.append(caption, svg);
		return figure;
	});
	element('bitmaps', HTMLElement).replaceChildren(...pictures);
	const { live, count: number, committed, returnable } = heap.stats().blocks;
	write(
		element('block-figures', HTMLElement),
		`${count(number)} blocks, ${bytes(live)} live, ${bytes(committed)} of pages held, ${bytes(returnable)} in empty slabs`,
	);
	write(element('inspect', HTMLElement), heap.inspect());
	element('free-again', HTMLButtonElement).disabled = freed === 0;
}

/** Makes the part of the page that is about blocks work. */
export function showBlocks(): void {
	onPress('allocate', () => act(allocate));
	onPress('allocate-many', () =>
		act(() => {
			for (let made = 0; made < 20; made++) allocate();
			return 'Twenty more.';
		}),
	);
	onPress('free-first', () => act(() => free(0)));
	onPress('free-any', () =>
		act(() => {
			random = (Math.imul(random, 1103515245) + 12345) >>> 0;
			return free(blocks.length === 0 ? 0 : (random >>> 8) % blocks.length);
		}),
	);
	onPress('free-again', () => act(freeAgain));
	onPress('reset', () =>
		act(() => {
			heap.reset();
			blocks.length = 0;
			return 'All blocks are free.';
		}),
	);
	onPress('trim', () => act(() => `${bytes(heap.trim())} went back to the arena.`));
	for (let made = 0; made < 24; made++) allocate();
	for (const at of [3, 7, 7, 12]) free(at);
	draw();
}
