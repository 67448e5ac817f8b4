/** Reads what a pool of nodes is made of straight from the words of memory; `layout.ts` of @flux/core names them. */
import type { FluxList, FluxNode } from '@flux/containers';
import { type Heap, internals, type Struct } from '@flux/core';

const { layout } = internals;

/** What a place in a slab is: in the list of that name, on the chain of free nodes, or not cut from the slab yet. */
export type Place = 'a' | 'b' | 'free' | 'uncarved';

/** A node's place. */
export interface NodePlace {
	readonly node: number;
	readonly place: Place;
	/** How many stand before it in its list or on the chain. */
	readonly rank: number;
}

/** One slab, and its nodes in the order of memory. */
export interface SlabPlaces {
	readonly slab: number;
	readonly pages: number;
	readonly nodes: readonly NodePlace[];
}

/** A pool, reached through the header of a list that draws on it. */
export class PoolMemory {
	readonly #heap: Heap;
	readonly #header: number;

	/** `list` must have a node: behind its first one stands the header of the list, which leads to the pool's. */
	constructor(heap: Heap, list: { readonly first: number }) {
		this.#heap = heap;
		const { i32 } = heap.memory;
		const ring = i32[list.first + layout.PREVIOUS];
		this.#header = i32[ring + layout.POOL];
	}

	#word(at: number): number {
		return this.#heap.memory.i32[at];
	}

	/** Words per node. */
	get stride(): number {
		return this.#word(this.#header + layout.STRIDE);
	}

	/** The chain of free nodes, the one to be taken next first. */
	freeChain(): number[] {
		const chain: number[] = [];
		for (let node = this.#word(this.#header + layout.FREE); node !== 0; node = this.#word(node + layout.NEXT))
			chain.push(node);
		return chain;
	}

	/** All slabs, the oldest first, with what is in each place. */
	slabs(a: readonly number[], b: readonly number[]): SlabPlaces[] {
		const places = new Map<number, [Place, number]>();
		for (const [name, nodes] of [['a', a] as const, ['b', b] as const, ['free', this.freeChain()] as const])
			for (const [rank, node] of nodes.entries()) places.set(node, [name, rank]);
		const slabs: SlabPlaces[] = [];
		let slab = this.#word(this.#header + layout.SLABS);
		for (; slab !== 0; slab = this.#word(slab + layout.NEXT_SLAB)) {
			const first = slab + layout.SLAB_HEADER_WORDS;
			const nodes = Array.from({ length: this.#word(slab + layout.SLAB_NODES) }, (_, index) => {
				const node = first + index * this.stride;
				const [place, rank] = places.get(node) ?? (['uncarved', 0] as const);
				return { node, place, rank };
			});
			slabs.push({ slab, pages: this.#word(slab + layout.SLAB_PAGES), nodes });
		}
		return slabs.reverse();
	}

	/** The words of a node that link it, by name. */
	wordsOf(node: number): [name: string, value: number][] {
		return [
			['+0 NEXT', this.#word(node + layout.NEXT)],
			['+1 PREVIOUS', this.#word(node + layout.PREVIOUS)],
			['+2 OWNER', this.#word(node + layout.OWNER)],
		];
	}
}

/** The nodes of a list, in its order. */
export function nodesOf<S extends Struct>(list: FluxList<S>): FluxNode<S>[] {
	const nodes: FluxNode<S>[] = [];
	for (let node = list.first; node !== 0; node = list.next(node)) nodes.push(node);
	return nodes;
}
