/** Plain objects and a FluxList do the same work in turns; the time of each frame is drawn, side by side. */
import { type Contender, PlainObjects, SlabRecords } from './contenders.js';
import { Frames } from './frames.js';
import { color, context, count, element, followTheme, onPress, write } from './page.js';

/** Frames of a turn, and of the pause before it, in which the collector may clean up after the other one. */
const TURN = 120;
const PAUSE = 20;
const TURNS = 6;
const KEPT = (TURNS / 2) * TURN;

interface Side {
	readonly id: 'plain' | 'flux';
	readonly make: () => Contender;
	/** Milliseconds of the work of each frame. */
	readonly times: number[];
	/** Frames that came late while it had its turn. */
	dropped: number;
	/** The sum of the last frame, which must be that of the other side. */
	sum: number;
}

const sides: readonly [Side, Side] = [
	{ id: 'plain', make: () => new PlainObjects(), times: [], dropped: 0, sum: 0 },
	{ id: 'flux', make: () => new SlabRecords(), times: [], dropped: 0, sum: 0 },
];

let turn = 0;
let frameOfTurn = 0;
let contender: Contender | undefined;
let live = 0;
let churn = 0;
let which = 'all';
let droppedBefore = 0;

const choice = (id: string): number => Number(element(id, HTMLSelectElement).value);

const frames = new Frames(() => {
	const side = sides[turn % 2];
	if (frameOfTurn === 0) {
		contender = side.make();
		contender.fill(live);
	} else if (frameOfTurn > PAUSE) {
		if (frameOfTurn === PAUSE + 1) droppedBefore = frames.dropped;
		const from = performance.now();
		if (which === 'all') contender?.replaceAll(live);
		else if (which === 'any') contender?.replaceAny(churn);
		else contender?.replaceOldest(churn);
		side.sum = contender?.sum() ?? 0;
		side.times.push(performance.now() - from);
		draw();
		if (frameOfTurn % 15 === 0) showFigures();
	}
	if (++frameOfTurn > PAUSE + TURN) endTurn(side);
});

function endTurn(side: Side): void {
	side.dropped += frames.dropped - droppedBefore;
	contender?.end();
	contender = undefined;
	frameOfTurn = 0;
	showFigures();
	if (++turn === TURNS) stop(verdict());
}

function verdict(): string {
	const [plain, flux] = sides;
	if (plain.sum !== flux.sum) throw new Error(`the sums differ: ${plain.sum} and ${flux.sum}`);
	return `Done. Worst frame: plain objects ${milliseconds(Math.max(...plain.times))}, FluxList ${milliseconds(Math.max(...flux.times))}. Both came to the same sum.`;
}

function start(): void {
	for (const side of sides) {
		side.times.length = 0;
		side.dropped = 0;
	}
	turn = frameOfTurn = 0;
	live = choice('live');
	churn = choice('churn');
	which = element('which', HTMLSelectElement).value;
	frames.clear();
	frames.start();
	setRunning(true);
	const go = which === 'all' ? 'all of them go and are made anew' : `${count(churn)} go and as many come`;
	say(`${count(live)} records; in each frame ${go}, and all are read.`);
}

function stop(text: string): void {
	frames.stop();
	contender?.end();
	contender = undefined;
	setRunning(false);
	draw();
	showFigures();
	say(text);
}

function setRunning(running: boolean): void {
	run.setAttribute('aria-pressed', String(running));
	write(run, running ? 'Stop' : 'Start');
	element('live', HTMLSelectElement).disabled = running;
	offerChurn();
	element('which', HTMLSelectElement).disabled = running;
}

/** How many go is a question only where not all do. */
function offerChurn(): void {
	element('churn', HTMLSelectElement).disabled = frames.running || element('which', HTMLSelectElement).value === 'all';
}

const say = (text: string): void => write(element('status', HTMLElement), text);
const milliseconds = (value: number): string => (Number.isFinite(value) ? `${value.toFixed(1)} ms` : '-');

function quantile(sorted: readonly number[], share: number): number {
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function showFigures(): void {
	for (const { id, times, dropped } of sides) {
		const sorted = times.toSorted((left, right) => left - right);
		const put = (name: string, text: string): void => write(element(`${id}-${name}`, HTMLElement), text);
		put('median', milliseconds(quantile(sorted, 0.5)));
		put('p99', milliseconds(quantile(sorted, 0.99)));
		put('worst', milliseconds(sorted.at(-1) ?? Number.NaN));
		put('dropped', count(dropped));
		put('frames', count(times.length));
	}
}

/** A bar per frame, both sides to one scale, with a line where a frame of 60 a second ends. */
function draw(): void {
	const most = Math.max(20, ...sides.map(({ times }) => Math.max(0, ...times)));
	for (const { id, times } of sides) {
		const canvas = element(`${id}-chart`, HTMLCanvasElement);
		const drawing = context(canvas);
		const { clientWidth: width, clientHeight: height } = canvas;
		const y = (value: number): number => height - (value / most) * (height - 14);
		drawing.fillStyle = colors[id];
		const wide = width / KEPT;
		for (const [index, time] of times.entries())
			drawing.fillRect(index * wide, y(time), Math.max(1, wide), height - y(time));
		drawing.strokeStyle = drawing.fillStyle = colors.muted;
		drawing.setLineDash([4, 4]);
		drawing.beginPath();
		drawing.moveTo(0, y(1000 / 60));
		drawing.lineTo(width, y(1000 / 60));
		drawing.stroke();
		drawing.setLineDash([]);
		drawing.font = '12px system-ui, sans-serif';
		drawing.fillText('16.7 ms', 4, y(1000 / 60) - 4);
	}
}

const colors = { plain: '', flux: '', muted: '' };
const run = onPress('run', () => (frames.running ? stop('Stopped.') : start()));

followTheme(() => {
	for (const name of ['plain', 'flux', 'muted'] as const) colors[name] = color(name);
	draw();
});
new ResizeObserver(draw).observe(element('plain-chart', HTMLCanvasElement));
showFigures();
element('which', HTMLSelectElement).addEventListener('change', offerChurn);
offerChurn();
