import { describe } from '../describe.js';
import { ArgumentError, OutOfMemoryError } from '../errors.js';
import type { Arena } from '../memory/arena.js';
import type { Memory } from '../memory/memory.js';
import { PAGE_BYTES, PAGE_WORDS } from '../memory/page-map.js';
import {
	CAPACITY,
	ERASED,
	FREE,
	GENERATION,
	GENERATIONS,
	HEADER_WORDS,
	INSERTED,
	LIMIT,
	NEXT,
	NEXT_RING,
	NEXT_SLAB,
	OWNER,
	PAGES,
	POOL,
	PREVIOUS,
	PREVIOUS_RING,
	RETIRED,
	RINGS,
	SCATTERED,
	SHUFFLED,
	SLAB_HEADER_WORDS,
	SLAB_NODES,
	SLAB_PAGES,
	SLABS,
	STAMP,
	STRIDE,
	UNCARVED,
	UNOPENED,
} from './layout.js';

/** Where the slabs of a pool come from: an arena, or in a shared one the blocks of a heap. */
export interface PageSource {
	/** `pages` pages side by side, or throws OutOfMemoryError; may refresh the views. */
	takePages(pages: number): number;
	/** Takes a run of pages back. */
	givePages(word: number, pages: number): void;
}

/** A slab has room for this many nodes at least, however large they are. */
const LEAST_NODES = 8;
/** The largest slab that growth asks for: 4 MiB, large enough that taking it is rare and small enough to give back. */
const MOST_PAGES = 256;
/** Bytes of nodes that are threaded onto the free chain at once: they stay in the first-level cache until they are used. */
const CARVE_BYTES = 4096;

/**
 * The nodes for one record in one heap: slabs cut into nodes of one size, and the chain of free ones.
 *
 * Containers take from the chain and return to it themselves, inline: `FREE` is the head, `NEXT` the link, last in
 * first out, so that a node is reused while it is hot. This class does what is rare: it carves, grows and shrinks.
 *
 * Bonwick's object cache over slabs (USENIX 1994), with the free links inside the free nodes.
 */
export class NodePool {
	/** The arena its slabs come from. */
	readonly arena: Arena;
	/** The word index of the header drawn in `layout.ts`. */
	readonly header: number;
	/** Words per node. */
	readonly stride: number;
	/** The views over the arena. */
	readonly memory: Memory;
	/** Whether its nodes bear no ring's id: they are reached through a container's own structures alone, and their OWNER word is theirs. */
	ownerless = false;
	readonly #makeRoom: () => boolean;
	readonly #pages: PageSource;

	/**
	 * Writes the header of an empty pool at the word index `header`. Takes no slab yet. With the `stamp` undefined the pool
	 * is there, and was another thread's.
	 *
	 * `makeRoom` is called when the arena is full; it says whether it gave pages back to it.
	 */
	constructor(
		arena: Arena,
		memory: Memory,
		header: number,
		stride: number,
		stamp: number | undefined,
		makeRoom: () => boolean,
		pages: PageSource = arena,
	) {
		this.arena = arena;
		this.memory = memory;
		this.header = header;
		this.stride = stride;
		this.#makeRoom = makeRoom;
		this.#pages = pages;
		if (stamp === undefined) return;
		const { i32 } = memory;
		i32[header + STRIDE] = stride;
		i32[header + STAMP] = stamp;
	}

	/** Nodes in all slabs. O(1). */
	get capacity(): number {
		return this.memory.i32[this.header + CAPACITY];
	}

	/** Bytes in all slabs. O(1). */
	get bytes(): number {
		return this.memory.i32[this.header + PAGES] * PAGE_BYTES;
	}

	/** Nodes in rings. O(rings). */
	get live(): number {
		let live = 0;
		for (const ring of this.rings()) live += this.sizeOf(ring);
		return live;
	}

	/** The headers of the rings that draw on this pool, newest first. */
	*rings(): Generator<number, void, undefined> {
		for (let ring = this.memory.i32[this.header + RINGS]; ring !== 0; ring = this.memory.i32[ring + NEXT_RING])
			yield ring;
	}

	/** Nodes in a ring. O(1). */
	sizeOf(ring: number): number {
		const { i32 } = this.memory;
		return (i32[ring + INSERTED] - i32[ring + ERASED]) >>> 0;
	}

	/** Makes the header at `ring` an empty ring of this pool with the given id. O(1). */
	openRing(ring: number, id: number): void {
		const { i32 } = this.memory;
		i32[ring + NEXT] = ring;
		i32[ring + PREVIOUS] = ring;
		i32[ring + OWNER] = id;
		i32[ring + INSERTED] = 0;
		i32[ring + ERASED] = 0;
		i32[ring + POOL] = this.header;
		const after = i32[this.header + RINGS];
		i32[ring + NEXT_RING] = after;
		i32[ring + PREVIOUS_RING] = 0;
		if (after !== 0) i32[after + PREVIOUS_RING] = ring;
		i32[this.header + RINGS] = ring;
	}

	/** Takes back all nodes of a ring and forgets the ring. O(1). The header at `ring` is free for other use. */
	closeRing(ring: number): void {
		this.takeBackChain(ring);
		const { i32 } = this.memory;
		const after = i32[ring + NEXT_RING];
		const before = i32[ring + PREVIOUS_RING];
		if (after !== 0) i32[after + PREVIOUS_RING] = before;
		if (before !== 0) i32[before + NEXT_RING] = after;
		else i32[this.header + RINGS] = after;
		i32.fill(0, ring, ring + HEADER_WORDS);
		if (i32[this.header + RINGS] === 0) this.#startOver();
	}

	/**
	 * Takes back all nodes of a ring: the chain goes in front of the free chain by two stores, whatever its length,
	 * and in the order of the walk, so that the next container is built over memory in the order it was last walked.
	 * The nodes keep their OWNER word: the caller gives the ring a new id.
	 */
	takeBackChain(ring: number): void {
		const { i32 } = this.memory;
		const first = i32[ring + NEXT];
		if (first === ring) return;
		if (i32[ring + SHUFFLED] !== 0 || i32[ring + ERASED] !== 0) i32[this.header + SCATTERED] = 1;
		i32[i32[ring + PREVIOUS] + NEXT] = i32[this.header + FREE];
		i32[this.header + FREE] = first;
		i32[ring + ERASED] = i32[ring + INSERTED];
		i32[ring + NEXT] = ring;
		i32[ring + PREVIOUS] = ring;
		i32[ring + SHUFFLED] = 0;
		if (i32[this.header + RINGS] === ring && i32[ring + NEXT_RING] === 0) this.#startOver();
	}

	/**
	 * Where the pool has become empty and its chain leads back and forth through memory, as after a sort, forgets the chain
	 * and carves the slabs again, in order: a list built on a scattered chain takes ten times as long. O(1): lazily, as ever.
	 */
	#startOver(): void {
		const { i32 } = this.memory;
		const { header } = this;
		// Places in checked mode keep their generation, so they stay as they are.
		if (i32[header + SCATTERED] === 0 || i32[header + STAMP] !== 0) return;
		i32[header + SCATTERED] = 0;
		i32[header + FREE] = 0;
		i32[header + UNCARVED] = 0;
		i32[header + LIMIT] = 0;
		i32[header + UNOPENED] = i32[header + SLABS];
	}

	/**
	 * Threads more nodes onto the empty free chain and returns its first: the slow path of taking a node.
	 *
	 * Carving is lazy: some nodes at a time, so that memory is touched just before it is used.
	 *
	 * @throws OutOfMemoryError when no slab is to be had; the pool is then as it was.
	 */
	refill(): number {
		const { header } = this;
		if (this.memory.i32[header + UNCARVED] === this.memory.i32[header + LIMIT] && !this.#openSlab())
			this.#grow(LEAST_NODES);
		this.#carve(Math.max(1, Math.floor(CARVE_BYTES / 4 / this.stride)));
		return this.memory.i32[header + FREE];
	}

	/**
	 * Makes sure that `nodes` more nodes can be taken without a slab or a page being touched for the first time. O(nodes).
	 *
	 * @throws ArgumentError unless `nodes` is a whole number from 0.
	 * @throws OutOfMemoryError when the arena cannot hold them; the pool is then as it was.
	 */
	reserve(nodes: number): void {
		if (!(Number.isInteger(nodes) && nodes >= 0))
			throw new ArgumentError(`the count is ${describe(nodes)}; pass a whole number from 0`);
		const live = this.live + this.memory.i32[this.header + RETIRED];
		// More than once where the arena is full: making room in it can take slabs of this very pool that were counted on.
		for (let tries = 0; nodes > this.capacity - live; tries++) {
			const missing = nodes - (this.capacity - live);
			// What was made free by giving up slabs of this pool and what is asked for do not go together.
			if (tries === 3)
				throw new OutOfMemoryError(missing * this.stride * 4, this.memory.i32.byteLength, this.arena.maxBytes);
			this.#grow(missing);
		}
		this.#carveAll();
	}

	/**
	 * Gives slabs in which no node is used back to the arena, and returns how many bytes that were.
	 * O(free nodes x log slabs). Nodes in rings stay where they are.
	 */
	trim(): number {
		const { header } = this;
		this.#carveAll();
		const slabs = this.#slabsByAddress();
		if (slabs.length === 0) return 0;
		const { i32 } = this.memory;
		const free = new Int32Array(slabs.length);
		for (let node = i32[header + FREE]; node !== 0; node = i32[node + NEXT]) free[slabOf(slabs, node)]++;
		const empty = Array.from(slabs, (slab, index) => free[index] === i32[slab + SLAB_NODES] && this.#canForget(slab));
		if (!empty.includes(true)) return 0;

		let link = header + FREE;
		for (let node = i32[link]; node !== 0; node = i32[node + NEXT]) {
			if (empty[slabOf(slabs, node)]) continue;
			i32[link] = node;
			link = node + NEXT;
		}
		i32[link] = 0;

		const before = i32[header + PAGES];
		i32[header + SLABS] = 0;
		slabs.forEach((slab, index) => {
			if (!empty[index]) {
				i32[slab + NEXT_SLAB] = i32[header + SLABS];
				i32[header + SLABS] = slab;
				return;
			}
			const pages = i32[slab + SLAB_PAGES];
			i32[header + CAPACITY] -= i32[slab + SLAB_NODES];
			i32[header + PAGES] -= pages;
			this.#pages.givePages(slab, pages);
		});
		// Everything is carved: no slab is the newest any more.
		i32[header + UNCARVED] = 0;
		i32[header + LIMIT] = 0;
		return (before - i32[header + PAGES]) * PAGE_BYTES;
	}

	/**
	 * Sees to it that the places of an empty slab, given out again one day, do not repeat a generation: new slabs start behind
	 * the highest there. False where that is used up; the slab then stays.
	 */
	#canForget(slab: number): boolean {
		const { i32 } = this.memory;
		const stamp = i32[this.header + STAMP];
		if (stamp === 0) return true;
		let highest = stamp;
		const end = slab + SLAB_HEADER_WORDS + i32[slab + SLAB_NODES] * this.stride;
		for (let node = slab + SLAB_HEADER_WORDS; node < end; node += this.stride)
			highest = Math.max(highest, i32[node + GENERATION]);
		if (highest + 1 >= GENERATIONS) return false;
		i32[this.header + STAMP] = highest + 1;
		return true;
	}

	/** Gives all slabs back to the arena, used or not. The pool is unusable from then on. */
	release(): void {
		const { i32 } = this.memory;
		for (let slab = i32[this.header + SLABS]; slab !== 0; slab = i32[this.header + SLABS]) {
			// Forgotten before it is given: who frees what a dead thread had must not free it once more, when it is another's.
			i32[this.header + SLABS] = i32[slab + NEXT_SLAB];
			this.#pages.givePages(slab, i32[slab + SLAB_PAGES]);
		}
	}

	/** Marks every node outside rings as free, so that ids can start over. O(capacity). */
	forgetOwners(live: ReadonlySet<number>): void {
		if (this.ownerless) return;
		const { i32 } = this.memory;
		this.#carveAll();
		for (const slab of this.#slabsByAddress()) {
			const end = slab + SLAB_HEADER_WORDS + i32[slab + SLAB_NODES] * this.stride;
			for (let node = slab + SLAB_HEADER_WORDS; node < end; node += this.stride) {
				if (!live.has(i32[node + OWNER])) i32[node + OWNER] = 0;
			}
		}
	}

	/** Whether `node` is the first word of a node of this pool that was carved. O(slabs). */
	contains(node: number): boolean {
		const { i32 } = this.memory;
		for (let slab = i32[this.header + SLABS]; slab !== 0; slab = i32[slab + NEXT_SLAB]) {
			const offset = node - slab - SLAB_HEADER_WORDS;
			if (offset < 0 || offset >= i32[slab + SLAB_NODES] * this.stride) continue;
			return offset % this.stride === 0 && !(node >= i32[this.header + UNCARVED] && node < i32[this.header + LIMIT]);
		}
		return false;
	}

	/** The broken invariants of the pool's layout, in words; empty when all hold. O(capacity x log slabs). */
	faults(): string[] {
		const faults: string[] = [];
		const { i32 } = this.memory;
		const { header, stride } = this;
		const slabs = this.#slabsByAddress();
		let nodes = 0;
		let pages = 0;
		for (const slab of slabs) {
			nodes += i32[slab + SLAB_NODES];
			pages += i32[slab + SLAB_PAGES];
		}
		if (nodes !== i32[header + CAPACITY])
			faults.push(`slabs hold ${nodes} nodes, CAPACITY says ${i32[header + CAPACITY]}`);
		if (pages !== i32[header + PAGES]) faults.push(`slabs hold ${pages} pages, PAGES says ${i32[header + PAGES]}`);
		const seen = new Set<number>();
		for (let node = i32[header + FREE]; node !== 0; node = i32[node + NEXT]) {
			if (!this.contains(node)) {
				faults.push(`the free chain leads to ${node}, which is no node of this pool`);
				break;
			}
			if (seen.has(node)) {
				faults.push(`the free chain leads to node ${node} twice`);
				break;
			}
			seen.add(node);
		}
		let uncarved = (i32[header + LIMIT] - i32[header + UNCARVED]) / stride;
		for (let slab = i32[header + UNOPENED]; slab !== 0; slab = i32[slab + NEXT_SLAB])
			uncarved += i32[slab + SLAB_NODES];
		const live = this.live;
		const retired = i32[header + RETIRED];
		if (live + seen.size + retired + uncarved !== nodes) {
			faults.push(
				`${live} live + ${seen.size} free + ${retired} retired + ${uncarved} uncarved nodes are not the ${nodes} of the slabs`,
			);
		}
		return faults;
	}

	/** Puts a new slab with at least `nodes` nodes in front, its nodes uncarved. */
	#grow(nodes: number): void {
		const { header, stride } = this;
		const least = Math.ceil((SLAB_HEADER_WORDS + nodes * stride) / PAGE_WORDS);
		// As many pages again as it has: a pool of n nodes has O(log n) small slabs, then one per 4 MiB.
		const pages = Math.max(least, Math.min(MOST_PAGES, this.memory.i32[header + PAGES]));
		const slab = this.#takePages(pages, least);
		const taken = slab.pages;
		// What is left of other slabs is threaded before this one takes their place.
		this.#carveAll();
		const { i32 } = this.memory;
		const at = slab.word;
		const count = Math.floor((taken * PAGE_WORDS - SLAB_HEADER_WORDS) / stride);
		i32.fill(0, at, at + SLAB_HEADER_WORDS);
		i32[at + NEXT_SLAB] = i32[header + SLABS];
		i32[at + SLAB_PAGES] = taken;
		i32[at + SLAB_NODES] = count;
		i32[header + SLABS] = at;
		i32[header + CAPACITY] += count;
		i32[header + PAGES] += taken;
		i32[header + UNCARVED] = at + SLAB_HEADER_WORDS;
		i32[header + LIMIT] = at + SLAB_HEADER_WORDS + count * stride;
	}

	/** `pages` pages, or if the arena is full `least`, if need be after other pools gave back what they do not use. */
	#takePages(pages: number, least: number): { word: number; pages: number } {
		for (const size of pages === least ? [least] : [pages, least]) {
			try {
				return { word: this.#pages.takePages(size), pages: size };
			} catch (error) {
				if (!(error instanceof OutOfMemoryError)) throw error;
				if (size === least && !this.#makeRoom()) throw error;
			}
		}
		return { word: this.#pages.takePages(least), pages: least };
	}

	/** Begins to carve the next slab that waits for it. False when none does. */
	#openSlab(): boolean {
		const { i32 } = this.memory;
		const { header } = this;
		const slab = i32[header + UNOPENED];
		if (slab === 0) return false;
		i32[header + UNOPENED] = i32[slab + NEXT_SLAB];
		i32[header + UNCARVED] = slab + SLAB_HEADER_WORDS;
		i32[header + LIMIT] = slab + SLAB_HEADER_WORDS + i32[slab + SLAB_NODES] * this.stride;
		return true;
	}

	#carveAll(): void {
		do this.#carve(Number.POSITIVE_INFINITY);
		while (this.#openSlab());
	}

	/** Threads up to `most` uncarved nodes, in order of address, in front of the free chain. */
	#carve(most: number): void {
		const { i32 } = this.memory;
		const { header, stride } = this;
		const first = i32[header + UNCARVED];
		const end = Math.min(i32[header + LIMIT], first + most * stride);
		if (first === end) return;
		const stamp = i32[header + STAMP];
		for (let node = first; node < end; node += stride) {
			i32[node + NEXT] = node + stride;
			i32[node + OWNER] = 0;
			if (stamp !== 0) i32[node + GENERATION] = stamp;
		}
		i32[end - stride + NEXT] = i32[header + FREE];
		i32[header + FREE] = first;
		i32[header + UNCARVED] = end;
	}

	#slabsByAddress(): Int32Array {
		const { i32 } = this.memory;
		const slabs: number[] = [];
		for (let slab = i32[this.header + SLABS]; slab !== 0; slab = i32[slab + NEXT_SLAB]) slabs.push(slab);
		return Int32Array.from(slabs).sort();
	}
}

/** The index of the slab that `node` lies in, among slabs sorted by address. */
function slabOf(slabs: Int32Array, node: number): number {
	let low = 0;
	let high = slabs.length - 1;
	while (low < high) {
		const middle = (low + high + 1) >> 1;
		if (slabs[middle] <= node) low = middle;
		else high = middle - 1;
	}
	return low;
}
