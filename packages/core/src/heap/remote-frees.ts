import { DoubleFreeError } from '../errors.js';
import type { Arena } from '../memory/arena.js';
import type { Control } from '../memory/control.js';
import { PAGE_WORDS } from '../memory/page-map.js';
import { BASE, HEAP, isLive, KIND, numberOf, PAGES, REMOTE, TABLES } from '../slab/descriptor.js';

/** The blocks of one heap, as this knows them. */
export interface BlockOwner {
	/** What HEAP of its slabs' descriptors holds. */
	readonly id: number;
	readonly slabs: { readonly kind: number };
	/** Takes back a live block. */
	deallocate(block: number): void;
	/** Holds no block in the hand any more. */
	settle(): void;
}

const known = new WeakMap<Arena, RemoteFrees>();

/** The way from one thread's part of a shared arena to those of others; undefined for an arena that is not shared. */
export function remoteFreesOf(arena: Arena): RemoteFrees | undefined {
	if (arena.control === undefined) return undefined;
	let made = known.get(arena);
	if (made === undefined) {
		made = new RemoteFrees(arena, arena.control);
		known.set(arena, made);
	}
	return made;
}

/**
 * Blocks that one thread allocated and another gives back.
 *
 * The one that frees marks the block in the slab's REMOTE bits, by one atomic operation that also finds the second of two
 * frees, and pushes it on the list of the thread that owns the page. The owner takes the whole list by one exchange, on
 * every slow path of its own (a slab that is used up, a block that is large) and by `heap.drain()`. No tags are needed,
 * because nothing is popped; and no lock, so a thread that dies on the way has at most marked one block that stays lost.
 *
 * What is read of a slab that is another thread's does not change while one of its blocks is live: what the place of
 * a block is reckoned from, KIND, the block's own bit in LIVE. HEAP changes when a dead thread's slab is taken over, from one heap's id to
 * another's. Who holds a block got it from a message or an atomic word, behind which all this was written.
 */
export class RemoteFrees {
	readonly #arena: Arena;
	readonly #control: Control;
	/** The blocks of the heaps of this thread's part, by their id. */
	readonly #heaps = new Map<number, BlockOwner>();

	/** Over a shared arena. */
	constructor(arena: Arena, control: Control) {
		this.#arena = arena;
		this.#control = control;
	}

	/** Notes who takes back blocks of `blocks.id`. */
	enter(blocks: BlockOwner): void {
		this.#heaps.set(blocks.id, blocks);
	}

	/** The heap with these blocks is gone, and none of its blocks is live. */
	exit(blocks: BlockOwner): void {
		this.#heaps.delete(blocks.id);
	}

	/** The descriptor of the slab of a live block that `asking` may give back, although it is not its own; 0 for none. */
	find(block: number, asking: BlockOwner): number {
		const slab = this.#slabOf(block);
		if (slab === 0) return 0;
		const { i32 } = this.#arena.memory;
		const areTables = asking.slabs.kind === TABLES;
		if ((i32[slab + KIND] === TABLES) !== areTables) return 0;
		// A user has no business with blocks of another heap of this thread; containers do, which moved from one to the other.
		if (!areTables && this.#heaps.has(i32[slab + HEAP])) return 0;
		const number = numberOf(i32, slab, block);
		return isLive(i32, slab, number) && !this.#isMarked(slab, number) ? slab : 0;
	}

	/** Gives back a block that `find` found. @throws DoubleFreeError when another thread was first. */
	free(block: number, slab: number): void {
		const { i32 } = this.#arena.memory;
		const number = numberOf(i32, slab, block);
		const mark = 1 << number;
		if ((Atomics.or(i32, slab + REMOTE + (number >>> 5), mark) & mark) !== 0)
			throw new DoubleFreeError(block, 'deallocate');
		this.#control.push(this.#control.ownerOfPage(Math.floor(block / PAGE_WORDS)), block);
	}

	/** Turns the mark of a block of another thread: for a call that checks many before it frees one. */
	turn(slab: number, number: number): void {
		Atomics.xor(this.#arena.memory.i32, slab + REMOTE + (number >>> 5), 1 << number);
	}

	/** Whether a block was freed by a thread that is not its owner, and did not come back yet. */
	isOnItsWay(block: number): boolean {
		const slab = this.#slabOf(block);
		return slab !== 0 && this.#isMarked(slab, numberOf(this.#arena.memory.i32, slab, block));
	}

	/** Takes back what other threads freed, and takes over what the dead left; returns how many blocks came back. */
	drain(): number {
		const control = this.#control;
		const freed = this.takeBack(this.#arena.id);
		if (control.someDied) for (const inherit of this.#arena.heirs) inherit();
		return freed;
	}

	/** Takes back what was freed to an attachment: this thread's, or one that is being taken over. */
	takeBack(id: number): number {
		const { memory } = this.#arena;
		let freed = 0;
		let fault: unknown;
		for (let block = this.#control.takePushed(id); block !== 0; ) {
			const next = memory.i32[block];
			try {
				if (this.#receive(block)) freed++;
			} catch (error) {
				// What was written beyond the end of one block must not lose the others.
				fault ??= error;
			}
			block = next;
		}
		// None is held in the hand, where it would look live to the thread that freed it.
		if (freed > 0) for (const blocks of this.#heaps.values()) blocks.settle();
		if (fault !== undefined) throw fault;
		return freed;
	}

	/** Frees a marked block; passes it on where its pages have another owner by now. */
	#receive(block: number): boolean {
		const { i32 } = this.#arena.memory;
		const page = Math.floor(block / PAGE_WORDS);
		const slab = i32[this.#control.plan.users + page];
		const blocks = this.#heaps.get(i32[slab + HEAP]);
		if (blocks === undefined) {
			const owner = this.#control.ownerOfPage(page);
			if (owner !== 0 && owner !== this.#arena.id) this.#control.push(owner, block);
			return false;
		}
		const number = numberOf(i32, slab, block);
		// Freed by the owner too meanwhile: there is nothing left to give back.
		const wasLive = isLive(i32, slab, number);
		Atomics.and(i32, slab + REMOTE + (number >>> 5), ~(1 << number));
		if (wasLive) blocks.deallocate(block);
		return wasLive;
	}

	/** The descriptor of a page in use whose block begins at `block`; 0 for none. */
	#slabOf(block: number): number {
		if (block >>> 0 !== block) return 0;
		const page = Math.floor(block / PAGE_WORDS);
		if (page >= this.#arena.map.pages || this.#control.ownerOfPage(page) === 0) return 0;
		const slab = this.#arena.memory.i32[this.#control.plan.users + page];
		if (slab <= 0) return 0;
		this.#arena.catchUp(slab + PAGES + 1);
		// All of it: who asks for the block may want to see it whole.
		const before = this.#arena.memory.i32;
		if (before[slab + HEAP] > 0) this.#arena.catchUp(before[slab + BASE] + before[slab + PAGES] * PAGE_WORDS);
		const { i32 } = this.#arena.memory;
		if (!(slab > 0 && i32[slab + HEAP] > 0)) return 0;
		return numberOf(i32, slab, block) >= 0 ? slab : 0;
	}

	#isMarked(slab: number, number: number): boolean {
		return ((Atomics.load(this.#arena.memory.i32, slab + REMOTE + (number >>> 5)) >>> number) & 1) === 1;
	}
}
