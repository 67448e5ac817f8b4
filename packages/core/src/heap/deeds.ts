import type { Arena } from '../memory/arena.js';
import { DEEDS } from '../memory/control.js';
import { NEXT_RING, NEXT_SLAB, RINGS, SLABS } from '../slab/layout.js';
import type { Blocks } from './blocks.js';

/*
 * In a shared arena each container has a deed: which blocks are its own, so that they can be freed when its owner died. It
 * is a block of 16 words, on the list of the attachment that owns the container (DEEDS in memory/control.ts):
 *
 *   word   name           holds
 *   -----  -------------  ------------------------------------------------------------------------------
 *   +0     NEXT_DEED      the deed made before this one; 0: none
 *   +1     PREVIOUS_DEED  the one made after it; 0: none
 *   +2     POOL           the header of its pool of nodes, with slabs and rings; 0: none
 *   +3     ROOT           a header of its own: of a vector, of an index, of a book; 0: none
 *   +4     ROOT_MASK      which of the first 32 words of that header lead to further blocks, a bit for each
 *   +5     ROOT_2         a second header, and its mask: a map that is filled anew has two indexes meanwhile
 *   +6     ROOT_2_MASK
 *   +7     POOL_2         further pools: those of a book, which has nodes of three kinds
 *   +8     POOL_3
 *
 * A deed is linked in by one store, after all of it is written, and out by one store that counts (NEXT_DEED of the one
 * before), so whoever finds the list of a dead thread finds it whole; PREVIOUS_DEED serves the living alone.
 */
const NEXT_DEED = 0;
const PREVIOUS_DEED = 1;
const POOL = 2;
const ROOT = 3;
const ROOT_2 = 5;
const POOL_2 = 7;
const POOL_3 = 8;
const POOLS = [POOL, POOL_2, POOL_3] as const;
/** The words that name what a container stands on. */
const PARTS = [...POOLS, ROOT, ROOT_2] as const;
const DEED_BYTES = 64;

/** The deeds of one heap over a shared arena. */
export class Deeds {
	readonly #arena: Arena;
	readonly #tables: () => Blocks;
	/** The deed of each pool and root. */
	readonly #of = new Map<number, number>();

	/** `tables`: the heap's blocks for containers. */
	constructor(arena: Arena, tables: () => Blocks) {
		this.#arena = arena;
		this.#tables = tables;
	}

	/** All deeds of this heap. */
	get all(): Set<number> {
		return new Set(this.#of.values());
	}

	/** The deed of the container with that pool or root. */
	of(header: number): number {
		return this.#of.get(header) ?? 0;
	}

	/** Makes the deed of a container that has a pool. One that has the pool `beside` already gets this one as well, up to three. */
	openPool(pool: number, beside = 0): void {
		if (beside !== 0) {
			this.#addPool(beside, pool);
			return;
		}
		const deed = this.#take();
		this.#arena.memory.i32[deed + POOL] = pool;
		this.#of.set(pool, deed);
		this.#link(deed);
	}

	/** Makes the deed of a container that has a root and no pool. */
	openRoot(root: number, mask: number): void {
		const deed = this.#take();
		this.#of.set(root, deed);
		this.#write(deed, ROOT, root, mask);
		this.#link(deed);
	}

	/** Adds a root to the deed of the container with that pool; once, however often it is told. */
	addRoot(pool: number, root: number, mask: number): void {
		const deed = this.of(pool);
		if (deed === 0 || this.#of.has(root)) return;
		const { i32 } = this.#arena.memory;
		this.#of.set(root, deed);
		if (i32[deed + ROOT] === 0) this.#write(deed, ROOT, root, mask);
		else if (i32[deed + ROOT_2] === 0) this.#write(deed, ROOT_2, root, mask);
	}

	/** Forgets a root that was given back; a deed that has no pool ends with it. */
	closeRoot(root: number): void {
		const deed = this.of(root);
		if (deed === 0) return;
		const { i32 } = this.#arena.memory;
		this.#of.delete(root);
		for (const word of [ROOT, ROOT_2]) if (i32[deed + word] === root) i32[deed + word] = 0;
		if (!this.#hasPool(deed)) this.#end(deed);
	}

	/** Forgets a pool that was given back; the deed ends with the last one. */
	closePool(pool: number): void {
		const deed = this.of(pool);
		if (deed === 0) return;
		const { i32 } = this.#arena.memory;
		this.#of.delete(pool);
		for (const word of POOLS) if (i32[deed + word] === pool) i32[deed + word] = 0;
		if (!this.#hasPool(deed)) this.#end(deed);
	}

	/** A deed is no longer this heap's, and not yet another's. */
	release(deed: number): void {
		this.#unlink(deed);
		this.#forget(deed);
	}

	/** A deed is this heap's from now on. */
	adopt(deed: number): void {
		const { i32 } = this.#arena.memory;
		for (const word of PARTS) if (i32[deed + word] !== 0) this.#of.set(i32[deed + word], deed);
		this.#link(deed);
	}

	/** The deeds on the list of an attachment. */
	listOf(attachment: number): Set<number> {
		const { i32 } = this.#arena.memory;
		const found = new Set<number>();
		const slot = this.#arena.control?.slot(attachment) ?? 0;
		for (let deed = i32[slot + DEEDS]; deed !== 0 && !found.has(deed); deed = i32[deed + NEXT_DEED]) found.add(deed);
		return found;
	}

	/**
	 * Frees all blocks of a container that nobody will use again, and its deed, which is on no list. What its owner was in the
	 * middle of giving back is found free, and left.
	 */
	bury(deed: number): void {
		const tables = this.#tables();
		const { i32 } = this.#arena.memory;
		const free = (block: number): void => {
			if (block !== 0 && (tables.contains(block) || tables.findElsewhere(block) !== 0)) tables.deallocate(block);
		};
		/** The blocks of a chain; it ends where it leads to what is no live block. */
		const chain = (first: number, link: number): Set<number> => {
			const found = new Set<number>();
			for (let block = first; block !== 0 && !found.has(block); block = i32[block + link]) {
				if (!tables.contains(block) && tables.findElsewhere(block) === 0) break;
				found.add(block);
			}
			return found;
		};
		for (const word of POOLS) {
			const pool = i32[deed + word];
			if (pool === 0) continue;
			for (const slab of chain(i32[pool + SLABS], NEXT_SLAB)) free(slab);
			for (const ring of chain(i32[pool + RINGS], NEXT_RING)) free(ring);
			free(pool);
		}
		for (const word of [ROOT, ROOT_2]) {
			const root = i32[deed + word];
			if (root === 0) continue;
			for (let bit = 0; bit < 32; bit++) if (((i32[deed + word + 1] >>> bit) & 1) === 1) free(i32[root + bit]);
			free(root);
		}
		free(deed);
	}

	#addPool(beside: number, pool: number): void {
		const deed = this.of(beside);
		const { i32 } = this.#arena.memory;
		this.#of.set(pool, deed);
		i32[deed + (i32[deed + POOL_2] === 0 ? POOL_2 : POOL_3)] = pool;
	}

	#hasPool(deed: number): boolean {
		return POOLS.some((word) => this.#arena.memory.i32[deed + word] !== 0);
	}

	#take(): number {
		const deed = this.#tables().allocate(DEED_BYTES);
		this.#arena.memory.i32.fill(0, deed, deed + DEED_BYTES / 4);
		return deed;
	}

	#write(deed: number, word: number, root: number, mask: number): void {
		const { i32 } = this.#arena.memory;
		i32[deed + word + 1] = mask;
		i32[deed + word] = root;
	}

	#end(deed: number): void {
		this.release(deed);
		this.#tables().deallocate(deed);
	}

	#forget(deed: number): void {
		const { i32 } = this.#arena.memory;
		for (const word of PARTS) this.#of.delete(i32[deed + word]);
	}

	get #list(): number {
		return (this.#arena.control?.slot(this.#arena.id) ?? 0) + DEEDS;
	}

	#link(deed: number): void {
		const { i32 } = this.#arena.memory;
		const list = this.#list;
		const next = i32[list];
		i32[deed + NEXT_DEED] = next;
		i32[deed + PREVIOUS_DEED] = 0;
		if (next !== 0) i32[next + PREVIOUS_DEED] = deed;
		i32[list] = deed;
	}

	#unlink(deed: number): void {
		const { i32 } = this.#arena.memory;
		const next = i32[deed + NEXT_DEED];
		const previous = i32[deed + PREVIOUS_DEED];
		if (previous === 0) i32[this.#list] = next;
		else i32[previous + NEXT_DEED] = next;
		if (next !== 0) i32[next + PREVIOUS_DEED] = previous;
	}
}
