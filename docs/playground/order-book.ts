/** A book under a feed at a rate of one's choice: a slice of it per frame, the ladder, depth and figures. */
import { BUY, type FluxOrderBook, SELL, type SideNumber } from '@flux/containers';
import { BatchTimes, batchFor, clockStep } from './batch-times.js';
import { type Drive, FeedDrive, loadFeed, MatchDrive } from './drives.js';
import { Frames } from './frames.js';
import { bytes, color, context, count, element, followTheme, onPress, scriptHeap, write } from './page.js';

const SEED = 42;
/** Milliseconds of a frame that orders may take: the rest is for drawing, and for the browser. */
const SLICE = 8;
const ROWS = 10;
const DEPTH_LEVELS = 80;

const step = clockStep();
const batch = batchFor(step);
const times = new BatchTimes();
const levels = new Float64Array(3 * DEPTH_LEVELS);

/** The bytes of the bundled feed, once they are here. */
let feed: Uint8Array | undefined;
let drive: Drive;
let book: FluxOrderBook;
let due = 0;
let done = 0;
let trades = 0;
let late = 0;
let longestSlice = 0;
/** Since figures were last written. */
let writtenAt = 0;
let writtenDone = 0;
/** The script heap: what it was, what slices of orders made it grow by, and how often it shrank. */
let heapBefore: number | undefined;
let heapGrowth = 0;
let collections = 0;
let heapOperations = 0;

function open(): void {
	drive = feed !== undefined && source.value === 'feed' ? new FeedDrive(feed) : new MatchDrive(SEED, batch);
	book = drive.book;
	book.listen({
		trade() {
			trades++;
		},
	});
	forget();
}

/** Counts from zero, over the same book. */
function forget(): void {
	due = done = trades = late = longestSlice = writtenDone = heapGrowth = collections = heapOperations = 0;
	heapBefore = undefined;
	times.clear();
	frames.clear();
}

const source = element('source', HTMLSelectElement);
const speed = element('speed', HTMLInputElement);
/** The slider is logarithmic: 0 is a hundred operations a second, 100 ten million. */
const rateOf = (position: number): number => {
	const rate = 100 * 10 ** (position / 20);
	const digits = 10 ** (Math.floor(Math.log10(rate)) - 1);
	return Math.round(rate / digits) * digits;
};

function applyBatch(operations: number): void {
	drive.prepare(operations);
	const from = performance.now();
	drive.apply(operations);
	const took = performance.now() - from;
	// A smaller one would be told apart by the clock's step alone.
	if (operations === batch) times.add((took * 1e6) / operations);
	done += operations;
}

const frames = new Frames((elapsed, now) => {
	const before = scriptHeap();
	const from = performance.now();
	due += (rateOf(Number(speed.value)) * elapsed) / 1000;
	while (due >= 1) {
		const operations = Math.min(batch, Math.floor(due));
		applyBatch(operations);
		due -= operations;
		if (performance.now() - from > SLICE && due >= 1) {
			// More is asked for than this machine does in a slice; the screen comes first.
			late++;
			due = 0;
		}
	}
	longestSlice = Math.max(longestSlice, performance.now() - from);
	watchHeap(before);
	drawDepth();
	if (now - writtenAt > 250) showFigures(now);
});

/** What the slice of orders made of the script heap; `before` is what it held then. */
function watchHeap(before: number | undefined): void {
	const after = scriptHeap();
	if (before === undefined || after === undefined) return;
	if (heapBefore !== undefined && before < heapBefore) collections++;
	if (after >= before) heapGrowth += after - before;
	else collections++;
	heapBefore = after;
	heapOperations = done;
}

const figure = (id: string, text: string): void => write(element(id, HTMLElement), text);
const nanoseconds = (value: number): string => (Number.isNaN(value) ? '-' : `${count(value)} ns`);

function showFigures(now: number): void {
	if (frames.running && writtenAt > 0) figure('rate', count(((done - writtenDone) * 1000) / (now - writtenAt)));
	writtenAt = now;
	writtenDone = done;
	times.sort();
	figure('p50', nanoseconds(times.quantile(0.5)));
	figure('p99', nanoseconds(times.quantile(0.99)));
	figure('p999', nanoseconds(times.quantile(0.999)));
	figure('operations', count(done));
	figure('trades', count(trades));
	figure('refused', count(drive.refused));
	figure('orders', count(book.size));
	figure('levels', count(book.bidLevels + book.askLevels));
	figure('frames', count(frames.count));
	figure('dropped', count(frames.dropped));
	figure('slice', `${longestSlice.toFixed(1)} ms`);
	figure('late', late === 0 ? 'kept up with' : `not reached in ${count(late)} frames`);
	figure('heap', heapBefore === undefined ? 'not told by this browser' : bytes(heapBefore));
	figure('collections', heapBefore === undefined ? '-' : count(collections));
	figure(
		'growth',
		heapBefore === undefined || heapOperations === 0 ? '-' : `${(heapGrowth / heapOperations).toFixed(2)} B`,
	);
	showLadder();
}

/** The rows of the ladder, asks above bids; made once. */
const rows = [SELL, BUY].map((side) => {
	const body = element(side === SELL ? 'asks' : 'bids', HTMLTableSectionElement);
	const cells = Array.from({ length: ROWS }, () => {
		const row = body.insertRow();
		return Array.from({ length: 3 }, () => row.insertCell());
	});
	return side === SELL ? cells.reverse() : cells;
});

function showLadder(): void {
	let most = 1;
	for (const side of [SELL, BUY] as SideNumber[]) {
		const found = book.depthInto(side, levels, ROWS);
		for (let level = 0; level < found; level++) most = Math.max(most, levels[3 * level + 1]);
	}
	for (const side of [SELL, BUY] as SideNumber[]) {
		const found = book.depthInto(side, levels, ROWS);
		for (const [level, [price, lots, orders]] of rows[side === SELL ? 0 : 1].entries()) {
			const there = level < found;
			write(price, there ? book.priceText(levels[3 * level]) : '');
			write(lots, there ? count(levels[3 * level + 1]) : '');
			write(orders, there ? count(levels[3 * level + 2]) : '');
			lots.style.setProperty('--share', there ? `${((levels[3 * level + 1] / most) * 100).toFixed(0)}%` : '0%');
		}
	}
	figure('spread', `Spread ${book.spread ?? '-'}, last price ${book.lastPrice ?? '-'}`);
}

let buys = '';
let sells = '';
let lines = '';

/** Lots to be had up to each price, buys to the left and sells to the right. */
function drawDepth(): void {
	const canvas = element('depth', HTMLCanvasElement);
	const drawing = context(canvas);
	const { clientWidth: width, clientHeight: height } = canvas;
	const middle = ((book.bestBidTicks ?? 0) + (book.bestAskTicks ?? 0)) / 2;
	let most = 1;
	for (const side of [BUY, SELL] as SideNumber[]) most = Math.max(most, lotsWithin(side));
	const reach = DEPTH_LEVELS * drive.step;
	const x = (ticks: number): number => width / 2 + ((ticks - middle) / reach) * (width / 2);
	const y = (lots: number): number => height - 18 - (lots / most) * (height - 28);
	for (const side of [BUY, SELL] as SideNumber[]) {
		const found = book.depthInto(side, levels, DEPTH_LEVELS);
		drawing.beginPath();
		drawing.moveTo(x(levels[0]), y(0));
		let lots = 0;
		for (let level = 0; level < found; level++) {
			drawing.lineTo(x(levels[3 * level]), y(lots));
			lots += levels[3 * level + 1];
			drawing.lineTo(x(levels[3 * level]), y(lots));
		}
		const end = side === BUY ? 0 : width;
		drawing.lineTo(end, y(lots));
		drawing.strokeStyle = drawing.fillStyle = side === BUY ? buys : sells;
		drawing.lineWidth = 2;
		drawing.stroke();
		drawing.lineTo(end, y(0));
		drawing.closePath();
		drawing.globalAlpha = 0.25;
		drawing.fill();
		drawing.globalAlpha = 1;
	}
	drawing.fillStyle = lines;
	drawing.font = '12px system-ui, sans-serif';
	drawing.textAlign = 'center';
	drawing.fillText(book.priceText(Math.round(middle)), width / 2, height - 3);
	drawing.textAlign = 'left';
	drawing.fillText(`${count(most)} lots`, 4, 12);
}

function lotsWithin(side: SideNumber): number {
	const found = book.depthInto(side, levels, DEPTH_LEVELS);
	let lots = 0;
	for (let level = 0; level < found; level++) lots += levels[3 * level + 1];
	return lots;
}

function show(): void {
	showFigures(performance.now());
	drawDepth();
}

const run = onPress('run', () => {
	if (frames.running) frames.stop();
	else {
		writtenAt = 0;
		due = 0;
		heapBefore = undefined;
		frames.start();
	}
	run.setAttribute('aria-pressed', String(frames.running));
	write(run, frames.running ? 'Pause' : 'Start');
	figure('status', frames.running ? 'Running.' : `Paused after ${count(done)} operations.`);
});
onPress('step', () => {
	applyBatch(batch);
	show();
	figure('status', `${count(batch)} operations more.`);
});
onPress('forget', () => {
	forget();
	show();
	figure('status', 'Counting from zero, over the same book.');
});
onPress('reset', () => {
	renew('A new book, and the same operations again.');
});
source.addEventListener('change', () => renew(`The book is driven by ${source.selectedOptions[0]?.text}.`));

function renew(text: string): void {
	drive.dispose();
	open();
	show();
	figure('status', text);
}

const showRate = (): void => {
	const text = `${count(rateOf(Number(speed.value)))} operations a second`;
	figure('wanted', text);
	speed.setAttribute('aria-valuetext', text);
};
speed.addEventListener('input', showRate);

figure(
	'batch',
	`Times are those of batches of ${count(batch)} operations, the last 8,192 of them, divided by their number: the clock of this page goes in steps of ${(step * 1000).toFixed(0)} microseconds${crossOriginIsolated ? '' : ' (5 where the page is cross-origin isolated)'}.`,
);
/** Until the feed is here nothing can be pressed; where it does not come, the book has the other source. */
try {
	feed = await loadFeed();
	figure('status', 'Paused.');
} catch (error) {
	source.value = 'match';
	source.disabled = true;
	figure('status', `The feed could not be loaded (${error instanceof Error ? error.message : error}).`);
}
for (const id of ['run', 'step', 'forget', 'reset']) element(id, HTMLButtonElement).disabled = false;
open();
showRate();
followTheme(() => {
	buys = color('buy');
	sells = color('sell');
	lines = color('muted');
	show();
});
new ResizeObserver(drawDepth).observe(element('depth', HTMLCanvasElement));
