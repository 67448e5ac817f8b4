/** The same work over a linked list of plain objects and over a FluxList: records that come and go. */
import { FluxList, type FluxNode } from '@flux/containers';
import { f64, i32, struct } from '@flux/core';
import { below, nextRandom } from './page.js';

/** A list that is worked on frame by frame. */
export interface Contender {
	/** Appends so many records; nothing else is called before. */
	fill(records: number): void;
	/** All records go at once, and so many are appended. */
	replaceAll(records: number): void;
	/** So many times: the first record goes, and one is appended. */
	replaceOldest(records: number): void;
	/** So many times: a record anywhere goes, and one is appended. */
	replaceAny(records: number): void;
	/** The sum of all prices, by a walk. */
	sum(): number;
	/** Drops everything. */
	end(): void;
}

const priceOf = (id: number): number => (id & 1023) * 0.125;
/** Which records go is drawn alike for both. */
const SEED = 0x2545f491;

interface PlainNode {
	id: number;
	price: number;
	previous: PlainNode | null;
	next: PlainNode | null;
}

/** The doubly linked list one writes by hand. A node's links are nulled when it leaves: that helps the collector. */
export class PlainObjects implements Contender {
	#first: PlainNode | null = null;
	#last: PlainNode | null = null;
	#nextId = 0;
	#random = SEED;
	/** The node of each place, from which `replaceAny` draws. */
	#nodes: PlainNode[] = [];

	#append(): PlainNode {
		const id = this.#nextId++;
		const node: PlainNode = { id, price: priceOf(id), previous: this.#last, next: null };
		if (this.#last === null) this.#first = node;
		else this.#last.next = node;
		this.#last = node;
		return node;
	}

	#unlink(node: PlainNode): void {
		const { previous, next } = node;
		if (previous === null) this.#first = next;
		else previous.next = next;
		if (next === null) this.#last = previous;
		else next.previous = previous;
		node.previous = null;
		node.next = null;
	}

	fill(records: number): void {
		for (let made = 0; made < records; made++) this.#nodes.push(this.#append());
	}

	replaceAll(records: number): void {
		this.end();
		for (let made = 0; made < records; made++) this.#append();
	}

	replaceOldest(records: number): void {
		// What goes is kept nowhere else.
		this.#nodes.length = 0;
		for (let made = 0; made < records && this.#first !== null; made++) {
			this.#unlink(this.#first);
			this.#append();
		}
	}

	replaceAny(records: number): void {
		const nodes = this.#nodes;
		for (let made = 0; made < records; made++) {
			this.#random = nextRandom(this.#random);
			const at = below(this.#random, nodes.length);
			this.#unlink(nodes[at]);
			nodes[at] = this.#append();
		}
	}

	sum(): number {
		let sum = 0;
		for (let node = this.#first; node !== null; node = node.next) sum += node.price;
		return sum;
	}

	end(): void {
		this.#first = null;
		this.#last = null;
		this.#nodes = [];
	}
}

/** Declared once: each declaration has code of its own, which the engine would have to learn again. */
const Tick = struct(['id', i32], ['price', f64]);
type TickNode = FluxNode<typeof Tick>;

/** The same records in slab memory. */
export class SlabRecords implements Contender {
	readonly #list = new FluxList(Tick);
	#nextId = 0;
	#random = SEED;
	#nodes = new Uint32Array(0);

	#append(): TickNode {
		const id = this.#nextId++;
		return this.#list.emplaceBack(id, priceOf(id));
	}

	fill(records: number): void {
		this.#nodes = new Uint32Array(records);
		for (let made = 0; made < records; made++) this.#nodes[made] = this.#append();
	}

	replaceAll(records: number): void {
		this.#list.clear();
		for (let made = 0; made < records; made++) this.#append();
	}

	replaceOldest(records: number): void {
		for (let made = 0; made < records; made++) {
			this.#list.popFront();
			this.#append();
		}
	}

	replaceAny(records: number): void {
		const nodes = this.#nodes;
		for (let made = 0; made < records; made++) {
			this.#random = nextRandom(this.#random);
			const at = below(this.#random, nodes.length);
			this.#list.erase(nodes[at] as TickNode);
			nodes[at] = this.#append();
		}
	}

	sum(): number {
		let sum = 0;
		for (const record of this.#list.views()) sum += record.price;
		return sum;
	}

	end(): void {
		this.#list.dispose();
	}
}
