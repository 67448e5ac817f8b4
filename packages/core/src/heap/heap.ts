import { describe } from '../describe.js';
import { ArgumentError, CorruptionError, DisposedError, OutOfMemoryError } from '../errors.js';
import { Arena } from '../memory/arena.js';
import type { Memory } from '../memory/memory.js';
import { PAGE_BYTES, PAGE_WORDS } from '../memory/page-map.js';
import { GUARDED, PLAIN, TABLES } from '../slab/descriptor.js';
import {
	DISPOSED_RING,
	ERASED,
	FORWARDED,
	HEADER_WORDS,
	INSERTED,
	NEXT,
	OWNER,
	PREVIOUS,
	RINGS,
	STRIDE,
} from '../slab/layout.js';
import { NodePool } from '../slab/node-pool.js';
import { OwnerIds } from '../slab/owner-ids.js';
import { Slabs } from '../slab/slabs.js';
import { symbolDispose } from '../symbol-dispose.js';
import { adoptTheDead } from './adoption.js';
import { blockStats, drawSvg, drawText, type LeakReport, leaksOf } from './block-report.js';
import type { Blocks } from './blocks.js';
import { Deeds } from './deeds.js';
import { GuardedBlocks } from './guarded-blocks.js';
import type { HeapOptions, HeapStats } from './heap-types.js';
import { hotBlocks } from './hot-blocks.js';
import { Offers } from './offers.js';
import { type RemoteFrees, remoteFreesOf } from './remote-frees.js';
import { nextSalt, scatter } from './salt.js';
import { SettledBlocks } from './settled-blocks.js';
import { SmallRuns } from './small-runs.js';

/*
 * A heap keeps the headers of its pools and rings in pages of headers, one cache line each. A free header holds the
 * index of the next free one in its first word (NEXT), 0 at the end.
 *
 * Over a shared arena, whatever containers hold is in blocks of their heap, headers too, and each container has a pool of
 * its own: so it can be handed to another thread whole, block by block be given back to where it came from, and found when
 * its owner died (see deeds.ts). The heap's own header page and its table of forwarded ids die with it.
 *
 * The default heap lives on `globalThis` under a registered symbol, so that two copies of this package in one process
 * (one loaded as ESM, one as CommonJS) share it. The version in the key changes with the layout of memory.
 */
const DEFAULT_HEAP = Symbol.for('@flux/core/default-heap/1');

/**
 * How many heaps beside the thread's own have code of their own. With the class that the rest share, code that is given
 * lists of any heap sees four classes at most: V8 looks through four, and gives up on five.
 */
const MOST_FIXED_HEAPS = 2;
let fixedHeaps = 0;

/**
 * A thread's own memory: pools of nodes for containers, and blocks of any size, over slabs of one arena. No lock anywhere;
 * over a shared arena, atomic operations only where blocks cross threads and segments are claimed.
 *
 * Containers of one record in one heap draw on one pool, so nodes move between them without a copy, and what one
 * container gives back the next takes while it is warm. Containers use {@link Heap.default} unless told otherwise.
 *
 * Blocks are what `malloc` gives in C. A block is named by the index of its first word in {@link Heap.memory}; 0 is none.
 * Sizes fall into classes, so a block is at most an eighth larger than asked for, or by 7 bytes; beyond 32 KiB it is a run of
 * whole pages. What no block of this heap is, and what was given back before, is refused by name, in every mode.
 *
 * @example
 * ```ts
 * import { Heap } from '@flux/core';
 *
 * const heap = new Heap();            // an arena of its own
 * const block = heap.allocate(48);    // room for 48 bytes
 * heap.memory.f64[block / 2] = 99.5;
 * heap.deallocate(block);
 * console.log(heap.stats().blocks.count); // 0
 * heap.dispose();
 * ```
 */
export class Heap {
	/**
	 * The heap of this thread, made at first use, with an unshared arena that grows by itself to 4 GiB.
	 */
	static get default(): Heap {
		const holder = globalThis as { [DEFAULT_HEAP]?: Heap };
		const heap = holder[DEFAULT_HEAP];
		if (heap !== undefined && !heap.disposed) return heap;
		const fresh = new Heap(undefined, {}, true);
		// Not enumerable: programs that walk the global object do not expect it.
		Object.defineProperty(holder, DEFAULT_HEAP, { value: fresh, configurable: true, writable: true });
		return fresh;
	}

	/** The arena under this heap. */
	readonly arena: Arena;
	/**
	 * The arena's words and bytes, through views of every type; one object for the heap's life. A block's first word is
	 * `memory.i32[block]`, its first byte `memory.u8[block * 4]`. Take the views from here at each use: they are exchanged
	 * when the arena grows.
	 */
	readonly memory: Memory;
	/**
	 * The same, where containers shall have code that is made for this memory alone: in the thread's own heap, which most
	 * containers stand on, and in the first others. Undefined in the rest, of which there may be thousands. @internal
	 */
	readonly fixedMemory: Memory | undefined;
	readonly #ownsArena: boolean;
	readonly #ids: OwnerIds;
	readonly #blocks: Blocks;
	/** Blocks of containers. */
	#tables: Blocks | undefined;
	readonly #checked: boolean;
	readonly #onLeak: ((report: LeakReport) => void) | undefined;
	readonly #pools = new Map<string, NodePool>();
	/** Shared arenas: the pools of single containers, by their header, with the names of what they hold. */
	readonly #ownPools = new Map<number, { record: string; pool: NodePool }>();
	/** Shared arenas: the way to other threads, what containers own, and what is offered to others. */
	readonly #remote: RemoteFrees | undefined;
	readonly #deeds: Deeds | undefined;
	/** What this heap offers to other threads, and took from them. @internal */
	readonly offers: Offers | undefined;
	readonly #inherit = (): void => this.#adopt();
	readonly #headerPages: number[] = [];
	/** Runs of pages that containers hold, by their first word: how many pages each has. */
	readonly #runs = new Map<number, number>();
	readonly #smallRuns = new SmallRuns(this);
	#freeHeader = 0;
	#disposed = false;

	/**
	 * Makes a heap over `arena`, or over an arena of its own. O(1).
	 *
	 * @throws {@link ArgumentError} unless `arena` is an Arena, or for an option of the wrong type.
	 * @throws {@link OutOfMemoryError} when the arena has no page left.
	 */
	constructor(arena?: Arena, options?: HeapOptions);
	/** @internal */
	constructor(arena: Arena | undefined, options: HeapOptions, isDefault: boolean);
	constructor(arena?: Arena, options: HeapOptions = {}, isDefault = false) {
		if (arena !== undefined && typeof arena?.takePages !== 'function')
			throw new ArgumentError(`the arena is ${describe(arena)}; pass an Arena, or nothing for one of its own`);
		const { checked = false, onLeak } = options;
		if (typeof checked !== 'boolean') throw new ArgumentError(`checked is ${describe(checked)}; pass true or false`);
		if (onLeak !== undefined && typeof onLeak !== 'function')
			throw new ArgumentError(`onLeak is ${describe(onLeak)}; pass a function, or leave it out`);
		this.#ownsArena = arena === undefined;
		this.arena = arena ?? new Arena();
		const isFixed = isDefault || fixedHeaps++ < MOST_FIXED_HEAPS;
		this.memory = this.arena.openViews(isFixed);
		this.fixedMemory = isFixed ? this.memory : undefined;
		this.#writeDisposedRing();
		this.#addHeaders();
		const { control } = this.arena;
		this.#ids = new OwnerIds(this.arena, control === undefined ? nextSalt() : scatter(control.ticket()));
		this.#remote = remoteFreesOf(this.arena);
		const slabs = this.#openSlabs(checked ? GUARDED : PLAIN);
		this.#blocks = checked ? new GuardedBlocks(slabs) : hotBlocks(slabs, this.fixedMemory);
		this.#checked = checked;
		this.#onLeak = onLeak;
		if (control === undefined) return;
		this.#deeds = new Deeds(this.arena, () => this.#tableBlocks());
		this.offers = new Offers(this.arena, control, this.#deeds);
		this.arena.heirs.add(this.#inherit);
	}

	/**
	 * A block of at least `bytes` bytes, whose content is undefined; its first word is at a multiple of `alignment` bytes.
	 * O(1); now and then O(blocks of a slab / 32), or a slab is taken from the arena. No garbage.
	 *
	 * @param bytes - from 1
	 * @param alignment - a power of two up to 16384; what is less than 8 means 8. A block of a large alignment is of a class
	 * whose size is a multiple of it.
	 * @returns the index of the block's first word in {@link Heap.memory}, never 0
	 * @throws {@link ArgumentError} for a size or an alignment that none is.
	 * @throws {@link OutOfMemoryError} when the arena is full, also after the heap gave up what it does not use. The heap
	 * stays as it was.
	 */
	allocate(bytes: number, alignment?: number): number {
		return this.#blocks.allocate(bytes, alignment);
	}

	/**
	 * Takes a block back. O(1), no garbage. What it held is undefined from then on.
	 *
	 * @throws {@link DoubleFreeError} for a block that is free; {@link InteriorPointerError} for an index inside a block;
	 * {@link ForeignPointerError} for anything else that is no block of this heap, 0 too; in checked mode
	 * {@link OverrunError} when more than the block was written. Nothing has changed then.
	 *
	 * In a shared arena a block may come from the heap of another thread: it goes back there, by two atomic operations, and
	 * is used again once that thread needs memory or calls {@link Heap.drain}.
	 */
	deallocate(block: number): void {
		this.#blocks.deallocate(block);
	}

	/**
	 * A block of at least `bytes` bytes that begins with what `block` held: the same one where it is of the right size, or
	 * can be made longer or shorter in place, as runs of pages can. O(1), else O(bytes). Of 0 it is `allocate(bytes)`.
	 * A block that moved is aligned to 8 bytes.
	 *
	 * @throws what `allocate` and `deallocate` throw; `block` is then as it was.
	 */
	reallocate(block: number, bytes: number): number {
		return this.#blocks.reallocate(block, bytes);
	}

	/** How many bytes of a block may be used: what was asked for in checked mode, else at least that. O(1). Throws as `deallocate`. */
	usableSize(block: number): number {
		return this.#blocks.usableSize(block);
	}

	/** Whether a live block of this heap begins at that index. O(1). Throws {@link DisposedError} alone. */
	contains(block: number): boolean {
		return this.#blocks.contains(block);
	}

	/** `count` blocks of `bytes` bytes, all of them or none. O(count). Throws as `allocate`. */
	allocateMany(bytes: number, count: number): Int32Array;
	/** Fills an array with blocks of `bytes` bytes, all of it or nothing, and returns it. O(length), no garbage. */
	allocateMany<A extends Int32Array | number[]>(bytes: number, into: A): A;
	allocateMany(bytes: number, into: number | Int32Array | number[]): Int32Array | number[] {
		this.#checkAlive();
		if (typeof into !== 'number') return this.#blocks.allocateMany(bytes, into);
		if (!(Number.isInteger(into) && into >= 0 && into <= 2 ** 30))
			throw new ArgumentError(`the count is ${describe(into)}; pass a whole number from 0`);
		return this.#blocks.allocateMany(bytes, new Int32Array(into));
	}

	/** Takes many blocks back, all of them or, where `deallocate` would refuse one, none. O(length). */
	deallocateMany(blocks: ArrayLike<number>): void {
		this.#checkAlive();
		this.#blocks.deallocateMany(blocks);
	}

	/** Frees all blocks at once. O(slabs), whatever their number. Containers are not concerned. */
	reset(): void {
		this.#checkAlive();
		this.#blocks.reset();
	}

	/**
	 * The live blocks with their usable bytes, slab by slab. O(blocks). Blocks may be freed and allocated meanwhile: one
	 * that is freed before the walk comes to it is left out, and whether a new one is seen is open.
	 */
	walk(): IterableIterator<{ block: number; bytes: number }> {
		this.#checkAlive();
		return this.#blocks.walk();
	}

	/**
	 * The arena drawn page by page, with the slabs of blocks by size class and how full they are: as text, or as an SVG
	 * image. O(pages).
	 */
	inspect(format: 'text' | 'svg' = 'text'): string {
		this.#checkAlive();
		const stats = blockStats(this.#blocks, this.#checked);
		if (format === 'text') return drawText(this.#blocks, stats);
		if (format === 'svg') return drawSvg(this.#blocks, stats);
		throw new ArgumentError(`the format is ${describe(format)}; pass 'text' or 'svg'`);
	}

	/**
	 * Takes back the blocks that other threads freed, and takes over what threads left that were retired. Every slow path
	 * does so by itself: this is for a thread that allocates seldom. Returns how many blocks came back. O(1), plus O(1) for
	 * each of them. Over an arena that is not shared, 0.
	 *
	 * @throws {@link OverrunError} in checked mode, when all is done, where more than one of the blocks was written.
	 */
	drain(): number {
		this.#checkAlive();
		const freed = this.#remote?.drain() ?? 0;
		this.offers?.buryOrphans();
		return freed;
	}

	/** Checks every invariant of the arena, pools and blocks. O(pages + nodes + blocks). Throws {@link CorruptionError}. For tests. */
	validate(): void {
		const [fault] = this.faults();
		if (fault !== undefined) throw new CorruptionError(fault);
	}

	/** What the heap holds. O(pools + containers + slabs); in checked mode O(blocks) as well. */
	stats(): HeapStats {
		this.#checkAlive();
		return {
			arena: this.arena.stats(),
			pools: this.#allPools().map(({ record, pool }) => ({
				record,
				nodeBytes: pool.stride * 4,
				capacity: pool.capacity,
				live: pool.live,
				bytes: pool.bytes,
				containers: Array.from(pool.rings()).length,
			})),
			blocks: blockStats(this.#blocks, this.#checked),
			tables: this.#tables === undefined ? undefined : blockStats(this.#tables, false),
		};
	}

	/**
	 * Gives every slab in which no node and no block is used back to the arena, for records and blocks of any kind, and
	 * returns how many bytes that were. O(free nodes x log slabs). Nodes in containers stay where they are.
	 */
	trim(): number {
		this.#checkAlive();
		let bytes = 0;
		for (const pool of this.#pools.values()) bytes += pool.trim();
		// Their slabs are blocks themselves, which the next line gives back.
		for (const { pool } of this.#ownPools.values()) pool.trim();
		bytes += (this.#blocks.trim() + (this.#tables?.trim() ?? 0)) * PAGE_BYTES;
		this.arena.releaseSpare();
		return bytes;
	}

	/**
	 * Ends the heap: O(1) over an arena of its own, O(slabs) over one that was passed in. Its containers are unusable
	 * from then on. Blocks that nobody gave back are reported to the option `onLeak`, which costs O(blocks). A second call
	 * does nothing.
	 *
	 * Over a shared arena its containers end; those that were moved away do not, nor do blocks that other threads may hold:
	 * they stay, can be given back by whoever has them, and go to another heap once the arena here is disposed of or retired.
	 */
	dispose(): void {
		if (this.#disposed) return;
		this.#disposed = true;
		if (this.arena.disposed) return;
		const leaks = this.#onLeak === undefined ? undefined : leaksOf(this.#blocks);
		if (this.#ownsArena) {
			this.arena.closeViews(this.memory, () => new DisposedError('the Heap under this'));
			this.arena.dispose();
		} else if (this.#deeds === undefined) this.#giveAllBack();
		else this.#leave(this.#deeds);
		if (leaks !== undefined) this.#onLeak?.(leaks);
	}

	/** Everything goes back to an arena that stays. */
	#giveAllBack(): void {
		this.#blocks.release();
		this.#tables?.release();
		for (const pool of this.#pools.values()) pool.release();
		for (const [run, pages] of this.#runs) this.arena.givePages(run, pages);
		this.#ids.forget();
		for (const page of this.#headerPages) this.arena.givePages(page, 1);
		this.arena.closeViews(this.memory, () => new DisposedError('the Heap under this'));
	}

	/** What nobody else may hold goes back to an arena that other threads use. */
	#leave(deeds: Deeds): void {
		this.arena.heirs.delete(this.#inherit);
		this.#remote?.takeBack(this.arena.id);
		this.offers?.leave();
		for (const deed of deeds.all) {
			deeds.release(deed);
			deeds.bury(deed);
		}
		this.#ids.forget();
		this.#blocks.trim();
		this.#tables?.trim();
		const isEmpty = [this.#blocks, this.#tables].every((blocks) => blocks === undefined || blocks.walk().next().done);
		if (isEmpty) {
			this.#remote?.exit(this.#blocks);
			if (this.#tables !== undefined) this.#remote?.exit(this.#tables);
			this.#blocks.release();
			this.#tables?.release();
			for (const page of this.#headerPages) this.arena.givePages(page, 1);
		}
		this.arena.releaseSpare();
		// Blocks that stay are taken back through these views.
		if (isEmpty) this.arena.closeViews(this.memory, () => new DisposedError('the Heap under this'));
	}

	/** `dispose()`, for `using`. */
	[symbolDispose](): void {
		this.dispose();
	}

	/** Whether `dispose()` was called. */
	get disposed(): boolean {
		return this.#disposed || this.arena.disposed;
	}

	/**
	 * The pool of nodes named by `record`, made at first use. `beside`: another pool of the same container.
	 *
	 * @internal
	 */
	pool(record: string, strideWords: number, stamped: boolean, beside?: NodePool): NodePool {
		this.#checkAlive();
		const stamp = stamped ? 1 + (nextSalt() & 0xffff) : 0;
		if (this.#deeds !== undefined) {
			const own = this.#poolAt(record, this.openHeader(), strideWords, stamp);
			this.#deeds.openPool(own.header, beside?.header);
			return own;
		}
		const known = this.#pools.get(record);
		if (known !== undefined) return known;
		const pool = new NodePool(this.arena, this.memory, this.#takeHeader(), strideWords, stamp, () => this.trim() > 0);
		this.#pools.set(record, pool);
		return pool;
	}

	/** The pool of a container that came from another thread, or that is `read` there, whose header exists. @internal */
	adoptPool(record: string, header: number, read: boolean): NodePool {
		this.#checkAlive();
		const pool = this.#poolAt(record, header, this.memory.i32[header + STRIDE], undefined);
		if (read) this.forgetPool(pool);
		return pool;
	}

	/** Forgets the pool of a container that goes to another thread. @internal */
	forgetPool(pool: NodePool): void {
		this.#ownPools.delete(pool.header);
	}

	/** A pool of one container. */
	#poolAt(record: string, header: number, strideWords: number, stamp: number | undefined): NodePool {
		const pool = new NodePool(
			this.arena,
			this.memory,
			header,
			strideWords,
			stamp,
			() => this.trim() > 0,
			this.#blockPages,
		);
		this.#ownPools.set(header, { record, pool });
		return pool;
	}

	/** Slabs as blocks. */
	readonly #blockPages = {
		takePages: (pages: number): number => this.takeBlock(pages * PAGE_BYTES),
		givePages: (word: number): void => this.giveBlock(word),
	};

	/** The pools of nodes, and the names of what they hold. */
	#allPools(): { record: string; pool: NodePool }[] {
		return [...Array.from(this.#pools, ([record, pool]) => ({ record, pool })), ...this.#ownPools.values()];
	}

	/** Whether containers of this heap can be handed to other threads; then each has a pool of its own. @internal */
	get shared(): boolean {
		return this.#deeds !== undefined;
	}

	/**
	 * Notes a header of a container's own whose words in `mask`, a bit for each, lead to blocks: so that they can be freed
	 * when the container's owner died. `pool`: the container's; 0: it has none. O(1). @internal
	 */
	noteRoot(pool: number, root: number, mask: number): void {
		if (this.#deeds === undefined) return;
		if (pool === 0) {
			if (this.#deeds.of(root) === 0) this.#deeds.openRoot(root, mask);
		} else this.#deeds.addRoot(pool, root, mask);
	}

	/** Makes a ring on `pool` and returns its header's word index. O(1). @internal */
	openRing(pool: NodePool): number {
		this.#checkAlive();
		const id = this.nextId();
		const ring = this.openHeader();
		pool.openRing(ring, id);
		return ring;
	}

	/** Gives a ring's nodes back to its pool, and its header to the next ring. O(1). @internal */
	closeRing(pool: NodePool, ring: number): void {
		if (this.disposed) return;
		pool.closeRing(ring);
		this.closeHeader(ring);
		if (this.#deeds === undefined || this.memory.i32[pool.header + RINGS] !== 0) return;
		pool.release();
		this.forgetPool(pool);
		this.#deeds.closePool(pool.header);
		this.giveBlock(pool.header);
	}

	/** A header of 16 words, zeroed, for a container's own use. O(1). @internal */
	openHeader(): number {
		this.#checkAlive();
		const header =
			this.#deeds === undefined ? this.#takeHeader() : this.#tableBlocks().allocate(HEADER_WORDS * 4, LINE_BYTES);
		this.memory.i32.fill(0, header, header + HEADER_WORDS);
		return header;
	}

	/** Takes a header back. O(1). @internal */
	closeHeader(header: number): void {
		if (this.disposed) return;
		if (this.#deeds !== undefined) {
			this.#deeds.closeRoot(header);
			this.giveBlock(header);
			return;
		}
		this.memory.i32[header + NEXT] = this.#freeHeader;
		this.#freeHeader = header;
	}

	/**
	 * Hands out `words` adjacent words, aligned to a cache line, for a container's table: whole pages, or a node of a pool of
	 * blocks where that many words fit several times into a page. What they hold is undefined. May refresh the views.
	 *
	 * @throws OutOfMemoryError when the arena has no room, also after every pool gave back what it does not use.
	 * @internal
	 */
	takeRun(words: number): number {
		this.#checkAlive();
		if (this.#deeds !== undefined) return this.#tableBlocks().allocate(words * 4, LINE_BYTES);
		if (words < PAGE_WORDS) return this.#smallRuns.take(words);
		const pages = Math.ceil(words / PAGE_WORDS);
		const run = this.#takePages(pages);
		this.#runs.set(run, pages);
		return run;
	}

	/**
	 * As `takeRun` for whole pages, but 0 where the arena would have to grow for them: for work that goes faster in a second
	 * place, and without one goes on.
	 *
	 * @internal
	 */
	takeRunAtHand(words: number): number {
		this.#checkAlive();
		const { committed, used, free } = this.arena.stats();
		return words >= PAGE_WORDS && (words + PAGE_WORDS) * 4 <= committed - used - free ? this.takeRun(words) : 0;
	}

	/** Takes back what `takeRun` handed out for as many words. @internal */
	giveRun(run: number, words: number): void {
		if (this.disposed) return;
		if (this.#deeds !== undefined) {
			this.giveBlock(run);
			return;
		}
		if (words < PAGE_WORDS) {
			this.#smallRuns.give(run, words);
			return;
		}
		const pages = this.#runs.get(run);
		if (pages === undefined) return;
		this.#runs.delete(run);
		this.arena.givePages(run, pages);
	}

	/**
	 * A block of `bytes` bytes for a container's own table, apart from those of `allocate`: no call of the user's reaches it.
	 *
	 * @throws OutOfMemoryError
	 * @internal
	 */
	takeBlock(bytes: number): number {
		this.#checkAlive();
		return this.#tableBlocks().allocate(bytes);
	}

	/** A block of `bytes` bytes with what `block` held; the same one where it can be made longer or shorter in place. @internal */
	resizeBlock(block: number, bytes: number): number {
		this.#checkAlive();
		return this.#tableBlocks().reallocate(block, bytes);
	}

	/** Bytes of a block that `takeBlock` returned. @internal */
	blockBytes(block: number): number {
		return this.#tableBlocks().usableSize(block);
	}

	/** Takes a block back. @internal */
	giveBlock(block: number): void {
		if (!this.disposed) this.#tableBlocks().deallocate(block);
	}

	/** The blocks of containers, made at first use: most heaps have none. */
	#tableBlocks(): Blocks {
		if (this.#tables !== undefined) return this.#tables;
		const slabs = this.#openSlabs(TABLES);
		this.#tables = this.arena.shared ? new SettledBlocks(slabs) : hotBlocks(slabs, undefined);
		return this.#tables;
	}

	#openSlabs(kind: number): Slabs {
		const header = this.#takeHeader();
		this.memory.i32.fill(0, header, header + HEADER_WORDS);
		return new Slabs(this.arena, this.memory, header, (pages) => this.#takePages(pages), kind);
	}

	/** Takes over what dead threads left. */
	#adopt(): void {
		if (this.disposed || this.#remote === undefined) return;
		adoptTheDead({
			arena: this.arena,
			blocks: this.#blocks,
			tables: this.#tableBlocks(),
			remote: this.#remote,
			bury: (id) => this.offers?.bury(id),
		});
	}

	/** Pages of the arena, if need be after pools and blocks gave back what they do not use. */
	#takePages(pages: number): number {
		try {
			return this.arena.takePages(pages);
		} catch (error) {
			if (!(error instanceof OutOfMemoryError) || this.trim() === 0) throw error;
			return this.arena.takePages(pages);
		}
	}

	/** An id for a ring, that no node bears. O(1); once per 2^30 ids O(capacity). @internal */
	nextId(): number {
		if (this.#ids.exhausted) this.#restartIds();
		return this.#ids.next();
	}

	/** The nodes that bear the id `from` belong to the ring `to` from now on. O(1) amortized. @internal */
	forwardId(from: number, to: number): void {
		let live = 0;
		for (const { pool } of this.#allPools()) live += pool.capacity;
		// Each forwarding stands for some nodes that were moved: sweeping them costs no more than moving them one by one.
		if (this.#ids.forwarded > 1024 && this.#ids.forwarded * 4 > live) this.#stampAll();
		this.#ids.forward(from, to);
	}

	/** The id of the ring that nodes bearing `id` belong to. @internal */
	resolveId(id: number): number {
		return this.#ids.resolve(id);
	}

	/** The broken invariants of arena and pools, in words; empty when all hold. @internal */
	faults(): string[] {
		this.#checkAlive();
		const faults = this.arena.faults();
		for (const { record, pool } of this.#allPools())
			for (const fault of pool.faults()) faults.push(`pool ${record}: ${fault}`);
		faults.push(...this.#blocks.faults(), ...(this.#tables?.faults() ?? []));
		return faults;
	}

	/** Writes each ring's id into its nodes, so that no node bears a forwarded id. O(nodes in rings). */
	#stampAll(): void {
		for (const { pool } of this.#allPools()) this.#stamp(pool);
		this.#ids.forget();
	}

	/** Sees to it that no node of a pool bears an id that only this heap can tell: O(1), or once O(nodes). @internal */
	settleIds(pool: NodePool): void {
		if (this.memory.i32[pool.header + FORWARDED] !== 0) this.#stamp(pool);
	}

	#stamp(pool: NodePool): void {
		const { i32 } = this.memory;
		for (const ring of pool.rings()) {
			const id = i32[ring + OWNER];
			for (let node = i32[ring + NEXT]; node !== ring; node = i32[node + NEXT]) i32[node + OWNER] = id;
		}
		i32[pool.header + FORWARDED] = 0;
	}

	#restartIds(): void {
		this.#stampAll();
		const live = new Set<number>();
		for (const { pool } of this.#allPools()) for (const ring of pool.rings()) live.add(this.memory.i32[ring + OWNER]);
		for (const { pool } of this.#allPools()) pool.forgetOwners(live);
		this.#ids.restart(live);
	}

	/** What a disposed container points to: empty for every reader, and changed for every walk that was under way. */
	#writeDisposedRing(): void {
		const { i32 } = this.memory;
		i32[DISPOSED_RING + NEXT] = DISPOSED_RING;
		i32[DISPOSED_RING + PREVIOUS] = DISPOSED_RING;
		i32[DISPOSED_RING + OWNER] = -1;
		i32[DISPOSED_RING + INSERTED] = -1;
		i32[DISPOSED_RING + ERASED] = -1;
	}

	#takeHeader(): number {
		if (this.#freeHeader === 0) this.#addHeaders();
		const header = this.#freeHeader;
		this.#freeHeader = this.memory.i32[header + NEXT];
		this.memory.i32[header + NEXT] = 0;
		return header;
	}

	#addHeaders(): void {
		const page = this.arena.takePages(1);
		this.#headerPages.push(page);
		const { i32 } = this.memory;
		i32.fill(0, page, page + PAGE_WORDS);
		for (let header = page + PAGE_BYTES / 4 - HEADER_WORDS; header >= page; header -= HEADER_WORDS) {
			i32[header + NEXT] = this.#freeHeader;
			this.#freeHeader = header;
		}
	}

	#checkAlive(): void {
		if (this.disposed) throw new DisposedError('this Heap');
	}
}

/** Bytes of a cache line. */
const LINE_BYTES = 64;
