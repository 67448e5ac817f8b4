import { PAGE_BYTES, PAGE_WORDS } from '../memory/page-map.js';
import { FRONT, SAMPLED, SAMPLES, tableOf } from '../slab/class-tables.js';
import { BLOCKS, liveIn, PAGES, STRIDE } from '../slab/descriptor.js';
import { CLASSES, wordsOf } from '../slab/size-classes.js';
import type { Blocks } from './blocks.js';

/** What the slabs of one size class hold. */
export interface SizeClassStats {
	/** Bytes per block. */
	blockBytes: number;
	/** Slabs of this class. */
	slabs: number;
	/** Blocks that these slabs have room for. */
	capacity: number;
	/** Blocks that are allocated. */
	live: number;
	/** Bytes of the slabs. */
	bytes: number;
}

/** What the blocks of a heap hold, in bytes where nothing else is said. */
export interface BlockStats {
	/** The most that the arena may hold. */
	reserved: number;
	/** Pages that the heap's blocks hold: slabs, runs, and what is known of them. */
	committed: number;
	/** In live blocks, each counted with all its usable bytes. */
	live: number;
	/** The most that was ever live at once. */
	peak: number;
	/** Live blocks. */
	count: number;
	/** In slabs in which no block is live: what `trim()` gives to the arena. */
	returnable: number;
	/** One entry per size class that has a slab, from the smallest. */
	classes: SizeClassStats[];
	/** Live blocks that are runs of pages of their own. */
	runs: { count: number; bytes: number };
	/** Shares from 0 to 1. */
	fragmentation: {
		/**
		 * Of the bytes in live blocks of slabs, those that nobody asked for. Exact in checked mode; else an estimate: of each
		 * thirty requests or so one is looked at.
		 */
		internal: number;
		/** Of the bytes in slabs and runs, those in no live block. */
		external: number;
	};
}

/** Blocks that were not given back before their heap was disposed. */
export interface LeakReport {
	/** How many. */
	count: number;
	/** Their bytes: what was asked for in checked mode, else what is usable. */
	bytes: number;
	/** The first of them, 32 at most. */
	blocks: { block: number; bytes: number }[];
	/** All of this as a line for a log. */
	summary: string;
}

const MOST_LEAKS = 32;

/** The figures of a heap's blocks. O(slabs), and in checked mode O(blocks). */
export function blockStats(blocks: Blocks, checked: boolean): BlockStats {
	blocks.settle();
	const { slabs, memory } = blocks;
	const { i32 } = memory;
	const classes: SizeClassStats[] = [];
	let live = 0;
	let count = 0;
	let bytes = 0;
	let returnable = 0;
	let unasked = 0;
	let inSlabs = 0;
	for (let sizeClass = 0; sizeClass < CLASSES; sizeClass++) {
		const table = tableOf(sizeClass);
		const blockBytes = wordsOf(sizeClass) * 4;
		const entry = { blockBytes, slabs: 0, capacity: 0, live: 0, bytes: 0 };
		for (const slab of slabs.circle(table + FRONT)) {
			const alive = liveIn(i32, slab);
			entry.slabs++;
			entry.capacity += i32[slab + BLOCKS];
			entry.live += alive;
			entry.bytes += i32[slab + PAGES] * PAGE_BYTES;
			if (alive === 0) returnable += i32[slab + PAGES] * PAGE_BYTES;
		}
		if (entry.slabs === 0) continue;
		classes.push(entry);
		count += entry.live;
		inSlabs += entry.live * blockBytes;
		bytes += entry.bytes;
		const mean = slabs.tables[table + SAMPLED] / slabs.tables[table + SAMPLES];
		unasked += entry.live * (blockBytes - mean);
	}
	if (checked) {
		unasked = inSlabs;
		const inRuns = new Set(slabs.runs());
		for (const { block, bytes: asked } of blocks.walk())
			if (!inRuns.has(blocks.slabOf(block, 'stats'))) unasked -= asked;
	}
	const runs = { count: 0, bytes: 0 };
	for (const run of slabs.runs()) {
		runs.count++;
		runs.bytes += i32[run + PAGES] * PAGE_BYTES;
	}
	live = inSlabs + runs.bytes;
	bytes += runs.bytes;
	return {
		reserved: slabs.arena.maxBytes,
		committed: bytes + slabs.ownPages * PAGE_BYTES,
		live,
		peak: blocks.peak * 4,
		count: count + runs.count,
		returnable,
		classes: classes.sort((a, b) => a.blockBytes - b.blockBytes),
		runs,
		fragmentation: {
			internal: inSlabs === 0 ? 0 : unasked / inSlabs,
			external: bytes === 0 ? 0 : 1 - live / bytes,
		},
	};
}

/** What is live, as a report; undefined where nothing is. O(live blocks). */
export function leaksOf(blocks: Blocks): LeakReport | undefined {
	const first: LeakReport['blocks'] = [];
	let count = 0;
	let bytes = 0;
	for (const each of blocks.walk()) {
		count++;
		bytes += each.bytes;
		if (first.length < MOST_LEAKS) first.push(each);
	}
	if (count === 0) return undefined;
	const shown = first.slice(0, 4).map(({ block, bytes: size }) => `${block} (${size} bytes)`);
	const more = count > shown.length ? `, and ${count - shown.length} more` : '';
	return {
		count,
		bytes,
		blocks: first,
		summary: `${count} blocks of ${bytes} bytes were not given back: ${shown.join(', ')}${more}`,
	};
}

/** What a page is in a drawing. */
interface DrawnPage {
	/** `own`: the arena's; `free`; `class`: of a slab; `run`; `other`: of node pools, headers, tables and other heaps. */
	kind: 'own' | 'free' | 'class' | 'run' | 'other';
	/** Bytes per block in a slab. */
	blockBytes: number;
	/** The live part of a slab, from 0 to 1. */
	live: number;
}

/** The pages of the arena up to the frontier. O(pages). */
function drawnPages(blocks: Blocks): DrawnPage[] {
	const { slabs, memory } = blocks;
	const { i32 } = memory;
	const { map } = slabs.arena;
	const pages: DrawnPage[] = Array.from({ length: map.end }, (_, page) => ({
		kind: page < map.first ? 'own' : 'other',
		blockBytes: 0,
		live: 1,
	}));
	for (let page = map.first; page < map.end; page++) {
		const free = map.freeAt(page);
		for (let end = page + free; page < end; page++) pages[page] = { kind: 'free', blockBytes: 0, live: 0 };
	}
	for (const slab of [...slabs.slabs(), ...slabs.runs()]) {
		const first = blocks.baseOf(slab) / PAGE_WORDS;
		const stride = i32[slab + STRIDE];
		const live = stride === 0 ? 1 : liveIn(i32, slab) / i32[slab + BLOCKS];
		for (let page = first; page < first + i32[slab + PAGES]; page++)
			pages[page] = { kind: stride === 0 ? 'run' : 'class', blockBytes: stride * 4, live };
	}
	return pages;
}

const PER_LINE = 64;
const MOST_LINES = 64;
const BAR = 20;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const LEGEND = '. free   # other containers, pools and tables   = large blocks   0 the arena itself';

/** The arena as text: a letter for each page of a slab, by size class, and a line for each class. */
export function drawText(blocks: Blocks, stats: BlockStats): string {
	const pages = drawnPages(blocks);
	const letters = new Map(stats.classes.map(({ blockBytes }, index) => [blockBytes, LETTERS[index % LETTERS.length]]));
	// A slab with live blocks is drawn in capitals.
	const marks = pages.map(({ kind, blockBytes, live }) => {
		if (kind !== 'class') return { own: '0', free: '.', run: '=', other: '#' }[kind];
		const letter = letters.get(blockBytes) ?? '?';
		return live > 0 ? letter.toUpperCase() : letter;
	});
	const lines: string[] = [];
	for (let page = 0; page < marks.length && lines.length < MOST_LINES; page += PER_LINE)
		lines.push(`${String(page).padStart(7)}  ${marks.slice(page, page + PER_LINE).join('')}`);
	const left = marks.length - lines.length * PER_LINE;
	if (left > 0) lines.push(`         ... and ${left} more pages`);
	const classes = stats.classes.map(({ blockBytes, slabs, capacity, live }) => {
		const filled = Math.round((live / capacity) * BAR);
		const bar = '#'.repeat(filled) + '-'.repeat(BAR - filled);
		return `${letters.get(blockBytes)}  ${String(blockBytes).padStart(6)} B  [${bar}]  ${live} of ${capacity} live, ${slabs} slabs`;
	});
	const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
	return [
		`blocks: ${stats.count} live of ${stats.live} bytes (peak ${stats.peak}), ${stats.committed} committed, ${stats.returnable} returnable`,
		`fragmentation: ${percent(stats.fragmentation.internal)} internal, ${percent(stats.fragmentation.external)} external`,
		...lines,
		LEGEND,
		...classes,
		`=  ${stats.runs.count} large blocks of ${stats.runs.bytes} bytes`,
	].join('\n');
}

const CELL = 12;
const COLORS = { own: '#444444', free: '#f2f2f2', run: '#4c78a8', other: '#bbbbbb' } as const;

/** The arena as an SVG image: a square per page, of a hue per size class, filled from below by its live blocks. */
export function drawSvg(blocks: Blocks, stats: BlockStats): string {
	const pages = drawnPages(blocks).slice(0, PER_LINE * MOST_LINES);
	const hues = new Map(
		stats.classes.map(({ blockBytes }, index) => [blockBytes, Math.round((index * 360) / stats.classes.length)]),
	);
	const squares = pages.map(({ kind, blockBytes, live }, page) => {
		const x = (page % PER_LINE) * CELL;
		const y = Math.floor(page / PER_LINE) * CELL;
		const square = (top: number, height: number, fill: string): string =>
			`<rect x="${x}" y="${y + top}" width="${CELL - 1}" height="${height}" fill="${fill}"/>`;
		if (kind !== 'class') return square(0, CELL - 1, COLORS[kind]);
		const hue = hues.get(blockBytes) ?? 0;
		const height = Math.round(live * (CELL - 1));
		const title = `<title>page ${page}: blocks of ${blockBytes} bytes, ${(live * 100).toFixed(0)}% live</title>`;
		return `<g>${title}${square(0, CELL - 1, `hsl(${hue} 70% 88%)`)}${square(CELL - 1 - height, height, `hsl(${hue} 70% 45%)`)}</g>`;
	});
	const width = PER_LINE * CELL;
	const height = Math.max(1, Math.ceil(pages.length / PER_LINE)) * CELL;
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${squares.join('')}</svg>`;
}
