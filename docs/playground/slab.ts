/** Two lists over one pool, drawn from the words of memory after each change; what is chosen shows its words. */
import { FluxList, type FluxNode } from '@flux/containers';
import { Arena, char, FluxError, f64, Heap, i32, struct } from '@flux/core';
import { showBlocks } from './blocks.js';
import { below, bytes, element, followTheme, nextRandom, onPress, write } from './page.js';
import { type NodePlace, nodesOf, PoolMemory } from './pool-memory.js';

/** A node of 256 bytes, so that a slab of one page has 63 of them: few enough to see each. */
const Order = struct(['id', i32], ['price', f64], ['note', char(232)]);
const COLUMNS = 9;
type OrderNode = FluxNode<typeof Order>;

const heap = new Heap(new Arena({ maxBytes: 1 << 17 }));
const a = new FluxList(Order, { heap });
const b = new FluxList(Order, { heap });
const lists = { a, b } as const;

const places = element('places', HTMLElement);
const slabs = element('slabs', HTMLElement);
const links = element('links', SVGSVGElement);
const status = element('status', HTMLElement);

let random = 0x2545f491;
let nextId = 1;
let drawn: NodePlace[] = [];
let chosen = 0;

const draw = (limit: number): number => {
	random = nextRandom(random);
	return below(random, limit);
};

function push(name: 'a' | 'b', front = false): void {
	const price = 90 + draw(200) / 10;
	const id = nextId++;
	const node = front ? lists[name].emplaceFront(id, price, '') : lists[name].emplaceBack(id, price, '');
	chosen = node;
	say(`Record ${id} is in list ${name.toUpperCase()}, in the node with the index ${node}.`);
}

function say(text: string): void {
	write(status, text);
}

/** Does it, says what was thrown, and draws what memory holds now. */
function act(change: () => void): void {
	try {
		change();
	} catch (error) {
		if (!(error instanceof FluxError)) throw error;
		say(`${error.code}: ${error.message}`);
	}
	show();
}

function eraseChosen(): void {
	const node = chosen as OrderNode;
	const list = a.has(node) ? a : b;
	const next = list.erase(node);
	say(`Erased. The next one pushed takes index ${node}: last in, first out.`);
	if (next !== 0) chosen = next;
}

function eraseAny(): void {
	const nodes = [...nodesOf(a), ...nodesOf(b)];
	if (nodes.length === 0) return say('Both lists are empty.');
	chosen = nodes[draw(nodes.length)];
	eraseChosen();
}

function splice(): void {
	const moved = b.size;
	a.splice(a.first, b);
	say(`${moved} nodes of B are now the front of A: two links were set, no record was copied, every index is the same.`);
}

function sort(): void {
	a.sortBy('price');
	say('A is in order of price. The nodes stayed where they are; their links changed.');
}

function compact(): void {
	const moved = a.compact();
	chosen = a.first;
	say(
		`${moved} records moved: A is now in memory in the order of its walk. Indices changed, which is why it has to be asked for.`,
	);
}

function clear(): void {
	const nodes = a.size;
	a.clear();
	say(`${nodes} nodes went to the front of the free chain by two stores; none of them was visited.`);
}

const steps: [weight: number, step: () => void][] = [
	[5, () => push('a')],
	[4, () => push('b')],
	[6, eraseAny],
	[1, sort],
	[1, splice],
];

function anyStep(): void {
	// Full slabs make room first, so that a run does not end in refusals.
	if (a.size + b.size > 100) return act(draw(2) === 0 ? clear : eraseAny);
	let at = draw(steps.reduce((sum, [weight]) => sum + weight, 0));
	for (const [weight, step] of steps) {
		if (at < weight) return act(step);
		at -= weight;
	}
}

const pool = (() => {
	for (let made = 0; made < 9; made++) push('a');
	for (let made = 0; made < 6; made++) push('b');
	return new PoolMemory(heap, a);
})();

/** What a place is, in words. */
function describe({ node, place, rank }: NodePlace): string {
	if (place === 'uncarved') return `index ${node}: not used yet`;
	if (place === 'free') return `index ${node}: free, number ${rank + 1} on the chain`;
	return `index ${node}: list ${place.toUpperCase()}, record ${lists[place].get(node as OrderNode).id}`;
}

function show(): void {
	const shown = pool.slabs(nodesOf(a), nodesOf(b));
	drawn = shown.flatMap(({ nodes }) => nodes);
	if (!drawn.some(({ node }) => node === chosen)) chosen = drawn[0].node;
	showPlaces(shown);
	showLinks();
	showWords();
	const [stats] = heap.stats().pools;
	write(
		element('figures', HTMLElement),
		`${stats.live} live of ${stats.capacity} nodes, ${stats.nodeBytes} bytes each; ${shown.length} ${shown.length === 1 ? 'slab' : 'slabs'}, ${bytes(stats.bytes)}`,
	);
	write(
		element('bitmap', HTMLElement),
		drawn.map(({ place }) => (place === 'a' || place === 'b' ? '1' : '0')).join(''),
	);
}

/** A button per node. They are made once per node of the pool; after that only what changed is written. */
function showPlaces(shown: ReturnType<PoolMemory['slabs']>): void {
	if (places.querySelectorAll('button').length !== drawn.length) {
		slabs.replaceChildren(
			...shown.map(({ slab, pages, nodes }) => {
				const box = document.createElement('div');
				box.className = 'slab';
				const title = document.createElement('p');
				title.textContent = `Slab at word ${slab}, ${pages} ${pages === 1 ? 'page' : 'pages'} of 16 KiB`;
				const grid = document.createElement('div');
				grid.className = 'nodes';
				grid.append(
					...nodes.map(({ node }) => {
						const button = document.createElement('button');
						button.type = 'button';
						button.dataset.node = String(node);
						return button;
					}),
				);
				box.append(title, grid);
				return box;
			}),
		);
	}
	places.querySelectorAll('button').forEach((button, index) => {
		const { node, place, rank } = drawn[index];
		button.dataset.place = place;
		button.tabIndex = node === chosen ? 0 : -1;
		button.setAttribute('aria-pressed', String(node === chosen));
		button.setAttribute('aria-label', describe(drawn[index]));
		const text =
			place === 'uncarved' ? '' : place === 'free' ? `·${rank + 1}` : String(lists[place].get(node as OrderNode).id);
		write(button, text);
	});
}

/** Lines from node to node, below their numbers, in the order of each list and of the free chain. */
function showLinks(): void {
	const box = places.getBoundingClientRect();
	links.setAttribute('viewBox', `0 0 ${box.width} ${box.height}`);
	const centers = new Map<number, string>();
	for (const button of places.querySelectorAll('button')) {
		const { left, top, width, height } = button.getBoundingClientRect();
		centers.set(
			Number(button.dataset.node),
			`${(left - box.left + width / 2).toFixed(1)},${(top - box.top + height - 9).toFixed(1)}`,
		);
	}
	for (const [name, nodes] of [
		['link-a', nodesOf(a)] as const,
		['link-b', nodesOf(b)] as const,
		['link-free', pool.freeChain()] as const,
	]) {
		const points = nodes.map((node) => centers.get(node)).join(' ');
		for (const line of links.querySelectorAll(`.${name}`)) line.setAttribute('points', points);
	}
}

function showWords(): void {
	const place = drawn.find(({ node }) => node === chosen);
	if (place === undefined) return;
	write(element('words-title', HTMLElement), `The words of ${describe(place)}`);
	const rows = pool.wordsOf(chosen).map(([name, value]) => [name, String(value)]);
	if (place.place === 'a' || place.place === 'b') {
		const { id, price } = lists[place.place].get(chosen as OrderNode);
		rows.push(['+3 id', String(id)], ['+4 price', String(price)]);
	}
	element('words', HTMLTableSectionElement).replaceChildren(
		...rows.map((cells) => {
			const row = document.createElement('tr');
			row.append(
				...cells.map((text, column) => {
					const cell = document.createElement(column === 0 ? 'th' : 'td');
					if (column === 0) cell.setAttribute('scope', 'row');
					cell.textContent = text;
					return cell;
				}),
			);
			return row;
		}),
	);
	element('erase', HTMLButtonElement).disabled = place.place !== 'a' && place.place !== 'b';
}

function choose(node: number, focus: boolean): void {
	chosen = node;
	show();
	if (focus) places.querySelector<HTMLButtonElement>(`button[data-node="${node}"]`)?.focus();
}

places.addEventListener('click', ({ target }) => {
	if (target instanceof HTMLButtonElement) choose(Number(target.dataset.node), false);
});
places.addEventListener('keydown', (event) => {
	const at = drawn.findIndex(({ node }) => node === chosen);
	const to = {
		ArrowLeft: at - 1,
		ArrowRight: at + 1,
		ArrowUp: at - COLUMNS,
		ArrowDown: at + COLUMNS,
		Home: 0,
		End: drawn.length - 1,
	}[event.key];
	if (event.key === 'Delete' && ['a', 'b'].includes(drawn[at].place)) {
		act(eraseChosen);
		choose(chosen, true);
	} else if (to !== undefined && drawn[to] !== undefined) choose(drawn[to].node, true);
	else if (to === undefined) return;
	event.preventDefault();
});

onPress('push-a', () => act(() => push('a')));
onPress('push-b', () => act(() => push('b')));
onPress('push-front', () => act(() => push('a', true)));
onPress('erase', () => act(eraseChosen));
onPress('erase-any', () => act(eraseAny));
onPress('splice', () => act(splice));
onPress('sort', () => act(sort));
onPress('compact', () => act(compact));
onPress('clear', () => act(clear));

const run = onPress('run', () => {
	const running = run.getAttribute('aria-pressed') !== 'true';
	run.setAttribute('aria-pressed', String(running));
	write(run, running ? 'Pause' : 'Run by itself');
	last = performance.now();
	// What runs by itself would be read aloud without an end.
	status.setAttribute('aria-live', running ? 'off' : 'polite');
	if (running) requestAnimationFrame(frame);
});
const speed = element('speed', HTMLInputElement);
let last = 0;

function frame(now: number): void {
	if (run.getAttribute('aria-pressed') !== 'true') return;
	if (now - last >= 1000 / Number(speed.value)) {
		last = now;
		anyStep();
	}
	requestAnimationFrame(frame);
}

followTheme(() => {});
new ResizeObserver(showLinks).observe(places);
say('Press a button, or choose a node with the arrow keys.');
show();
showBlocks();
