import { describe } from '../describe.js';
import { ArgumentError, DisposedError, HandleError, NotSharedError, OutOfMemoryError } from '../errors.js';
import { symbolDispose } from '../symbol-dispose.js';
import { Control, THREAD } from './control.js';
import { fixedMemory, Memory, poison } from './memory.js';
import { PAGE_BYTES, PAGE_WORDS, PageMap, type SegmentPlace } from './page-map.js';

const WASM_PAGE = 65_536;
const MAX_BYTES = 4 * 1024 ** 3;
/** What an arena without `maxBytes` asks for where only an ArrayBuffer is to be had, which commits all it reserves on some systems. */
const FALLBACK_MAX_BYTES = 512 * 1024 ** 2;
/**
 * What an arena spans from the start. Untouched memory costs nothing, and where the views never change, optimized code
 * holds their addresses and lengths as constants (see `fixedMemory`): growth beyond this costs it that.
 */
const FIRST_BYTES = 256 * 1024 ** 2;
/**
 * Up to this size an arena is a buffer of its full size. It needs no growth, and a WebAssembly.Memory would take gigabytes
 * of address space for its guards, of which a program with ten thousand small arenas runs out.
 */
const SMALL_BYTES = 16 * 1024 ** 2;
const OS_PAGE_WORDS = 1024;
const NOTHING = new ArrayBuffer(0);

/** What an {@link Arena} is made of. */
export interface ArenaOptions {
	/**
	 * The most bytes this arena may ever hold, rounded up to 64 KiB; from 64 KiB to 4 GiB. Address space is reserved,
	 * memory is not: pages cost nothing before they are first touched.
	 *
	 * @defaultValue 4 GiB, or the most the system lets a process reserve
	 */
	maxBytes?: number;
	/**
	 * Whether other threads may attach to this arena: see {@link Arena.share}.
	 *
	 * @defaultValue false
	 */
	shared?: boolean;
	/**
	 * Bytes to touch at once, so that the first use of those pages never waits for the system (about 0.1 to 5 us a page of 4 KiB).
	 *
	 * @defaultValue 0
	 */
	prefault?: number;
}

/**
 * A `WebAssembly.Memory`, by what is used of it: the types of a program for Node.js know WebAssembly only where they know the
 * whole of the DOM.
 */
export interface MemoryBlock {
	/** The memory as it is now. */
	readonly buffer: ArrayBufferLike;
	/** Grows it by pages of 64 KiB; returns how many there were. O(1) where address space is reserved, else O(bytes). Throws RangeError. */
	grow(pages: number): number;
}

/** What {@link Arena.share} returns: a small object to be posted to another thread, for {@link Arena.attach} there. */
export interface ArenaHandle {
	/** What this is a handle of. */
	readonly flux: 'Arena';
	/** The version of the layout of shared arenas. */
	readonly version: 1;
	/** The memory itself, which threads share and messages do not copy. */
	readonly block: MemoryBlock | SharedArrayBuffer;
	/** The most bytes it may hold. */
	readonly maxBytes: number;
}

/** What {@link Arena.watch} needs of a worker: those of `node:worker_threads` have it. */
export interface WatchedWorker {
	/** The number of its thread. */
	readonly threadId: number;
	/** Adds a listener for its end. */
	once(event: 'exit', listener: () => void): unknown;
}

/** What an {@link Arena} holds, in bytes; of a shared one, what this thread has of it. */
export interface ArenaStats {
	/** The most it may hold. */
	reserved: number;
	/** What its views span now: usable without growing. The system backs a page when it is first touched. */
	committed: number;
	/** What is handed out to slabs. */
	used: number;
	/** What was handed out once and given back: ready for the next slab of any kind, still warm. */
	free: number;
}

/**
 * One large block of memory that hands out pages of 16 KiB, and runs of pages.
 *
 * It is a `WebAssembly.Memory`, which reserves address space, grows in place and never copies; where WebAssembly is
 * forbidden, an `ArrayBuffer` of its full size, which the system backs with memory lazily. The memory is of the
 * kind that threads can share even when `shared` is false: that says whether they may.
 *
 * Handing out and taking back is O(1); runs that touch are joined. Most programs never see an arena: containers
 * stand on the {@link Heap} of their thread, which has one.
 *
 * The design follows the arena of Bonwick's slab allocator (USENIX 1994, section 3) and of jemalloc.
 *
 * @example
 * ```ts
 * import { Arena, Heap } from '@flux/core';
 *
 * const arena = new Arena({ maxBytes: 1 << 30, prefault: 1 << 20 });
 * const heap = new Heap(arena);
 * console.log(arena.stats().reserved); // 1073741824
 * heap.dispose();
 * arena.dispose();
 * ```
 */
export class Arena {
	/** The views over the block; one object for the arena's life, refreshed when the block grows. @internal */
	readonly memory: Memory;
	/** Which pages are free, and who holds the others. @internal */
	readonly map: PageMap;
	/** Whether other threads can attach to this arena. */
	readonly shared: boolean;
	/** The most bytes this arena may hold. */
	readonly maxBytes: number;
	/** What the threads of a shared arena have in common. @internal */
	readonly control: Control | undefined;
	/** The number of this thread's part of a shared arena, from 1; 0 where it is not shared. For {@link Arena.retire}. */
	readonly id: number;
	/** Called when somebody was retired, and when this thread's part ends. @internal */
	readonly heirs = new Set<() => void>();
	/** Undefined once it is given back: a disposed arena may be held for long. */
	#block: Block | undefined;
	readonly #views = new Set<Memory>();
	/** A segment of free pages that is kept; -1: none. */
	#spare = -1;
	#disposed = false;

	/**
	 * Reserves an arena. O(1); where WebAssembly is forbidden O(maxBytes), and O(prefault) for pages to be touched at once.
	 *
	 * @throws {@link ArgumentError} for an option out of its range.
	 * @throws {@link OutOfMemoryError} when the system refuses to reserve `maxBytes`.
	 */
	constructor(options?: ArenaOptions);
	/** @internal */
	constructor(options: ArenaOptions, attached: Block);
	constructor(options: ArenaOptions = {}, attached?: Block) {
		const { shared = false, prefault = 0 } = options;
		if (typeof shared !== 'boolean') throw new ArgumentError(`shared is ${describe(shared)}; pass true or false`);
		const asked = options.maxBytes;
		if (asked !== undefined && !(Number.isInteger(asked) && asked >= WASM_PAGE && asked <= MAX_BYTES)) {
			throw new ArgumentError(
				`maxBytes is ${describe(asked)}; pass a whole number of bytes from ${WASM_PAGE} to ${MAX_BYTES}`,
			);
		}
		if (!(Number.isInteger(prefault) && prefault >= 0 && prefault <= (asked ?? MAX_BYTES))) {
			throw new ArgumentError(`prefault is ${describe(prefault)}; pass a whole number of bytes from 0 to maxBytes`);
		}
		const block = attached ?? reserve(asked, shared);
		this.shared = shared;
		this.maxBytes = block.maxBytes;
		this.#block = block;
		this.memory = new Memory(block.buffer);
		const pages = this.maxBytes / PAGE_BYTES;
		this.control = shared ? new Control(this.memory, pages, attached === undefined) : undefined;
		this.id = this.control === undefined ? 0 : enter(this.control);
		this.map = new PageMap(this.memory, pages, this.control === undefined ? undefined : placeOf(this.control, this.id));
		if (prefault > 0) this.prefault(prefault);
	}

	/**
	 * Attaches to a shared arena of another thread, by the handle that `share()` returned there. O(1). This thread then has
	 * segments of its own, from which a `new Heap(arena)` takes its memory without a lock.
	 *
	 * @throws {@link HandleError} for what is no handle of an arena, for one of another version, and where the arena has as
	 * many attachments as it can.
	 * @example
	 * ```ts
	 * import { Arena, Heap } from '@flux/core';
	 *
	 * const arena = new Arena({ shared: true });
	 * const handle = arena.share(); // goes to a worker: worker.postMessage(handle)
	 *
	 * // in the worker
	 * const heap = new Heap(Arena.attach(handle));
	 * console.log(heap.arena.id); // 2
	 * ```
	 */
	static attach(handle: ArenaHandle): Arena {
		const given = handle as Partial<ArenaHandle> | null | undefined;
		if (given?.flux !== 'Arena' || given.block === undefined || typeof given.maxBytes !== 'number')
			throw new HandleError('foreign', 'the handle is none of an arena; pass what share() of a shared Arena returned');
		if (given.version !== HANDLE_VERSION) {
			throw new HandleError(
				'version',
				`the handle has version ${describe(given.version)}, and this release attaches to version ${HANDLE_VERSION}; let all threads load one release`,
			);
		}
		const { block, maxBytes } = given;
		const attached: Block = isBuffer(block)
			? { buffer: block, maxBytes, grow: undefined, handle: block }
			: growingBlock(block, maxBytes);
		return new Arena({ shared: true }, attached);
	}

	/**
	 * A handle of this arena for other threads: to be posted as a message, or passed as `workerData`. O(1). It copies nothing
	 * and may be used by any number of threads.
	 *
	 * @throws {@link NotSharedError} unless the arena was made with `shared: true`.
	 */
	share(): ArenaHandle {
		this.#checkAlive();
		const handle = this.#block?.handle;
		if (this.control === undefined || handle === undefined) throw new NotSharedError('share', 'this Arena');
		return { flux: 'Arena', version: HANDLE_VERSION, block: handle, maxBytes: this.maxBytes };
	}

	/**
	 * Says that a thread is gone which was attached as `id` (its `arena.id`): it was killed, or ended without `dispose()`. What
	 * it had goes to the next heap of the arena that needs memory, or calls `drain()`. Never of a thread that may still run.
	 * Returns whether it was attached until now. O(1), but for a heap of this thread, which takes over at once.
	 *
	 * @throws {@link NotSharedError}; {@link ArgumentError} for a number that no thread can have, and for this thread's own.
	 */
	retire(id: number): boolean {
		this.#checkAlive();
		const { control } = this;
		if (control === undefined) throw new NotSharedError('retire', 'this Arena');
		if (!(Number.isInteger(id) && id >= 1 && id <= control.plan.attachments) || id === this.id) {
			throw new ArgumentError(
				`retire was given ${describe(id)}; pass the arena.id of another thread, from 1 to ${control.plan.attachments}`,
			);
		}
		const news = control.bury(id);
		if (news) for (const inherit of this.heirs) inherit();
		return news;
	}

	/**
	 * Retires whatever a worker of `node:worker_threads` has of this arena as soon as it ends, however it ends. O(1). Call it where
	 * the worker was started. A Web Worker's end is announced to nobody: call {@link Arena.retire} with its `arena.id` there.
	 *
	 * @throws {@link NotSharedError}; {@link ArgumentError} for what is no such worker.
	 */
	watch(worker: WatchedWorker): void {
		this.#checkAlive();
		const { control } = this;
		if (control === undefined) throw new NotSharedError('watch', 'this Arena');
		const thread = worker?.threadId;
		if (!(Number.isInteger(thread) && thread >= 0) || typeof worker.once !== 'function')
			throw new ArgumentError('watch was given no running worker of node:worker_threads; call retire(id) for others');
		worker.once('exit', () => {
			if (this.#disposed) return;
			const { i32 } = this.memory;
			for (let id = 1; id <= control.plan.attachments; id++)
				if (id !== this.id && i32[control.slot(id) + THREAD] === thread) this.retire(id);
		});
	}

	/**
	 * Touches the next `bytes` bytes that were never handed out, so that their first use does not wait for the system. O(bytes).
	 *
	 * @throws {@link ArgumentError} unless `bytes` is a whole number from 0.
	 * @throws {@link OutOfMemoryError} when the arena cannot hold that much more.
	 */
	prefault(bytes: number): void {
		this.#checkAlive();
		if (!(Number.isInteger(bytes) && bytes >= 0))
			throw new ArgumentError(`bytes is ${describe(bytes)}; pass a whole number from 0`);
		if (bytes > this.maxBytes) throw new OutOfMemoryError(bytes, this.memory.i32.byteLength, this.maxBytes);
		if (this.control !== undefined) {
			this.#prefaultSegments(this.control, bytes);
			return;
		}
		const from = this.map.frontier * PAGE_WORDS;
		const to = from + Math.ceil(bytes / 4);
		this.#commit(Math.min(to * 4, this.maxBytes), bytes);
		const { i32 } = this.memory;
		const end = Math.min(to, i32.length);
		// Reading maps a shared page of zeros; only a write makes the system find memory.
		for (let word = from; word < end; word += OS_PAGE_WORDS) i32[word] = 0;
	}

	/** What the arena holds. O(1). */
	stats(): ArenaStats {
		this.#checkAlive();
		return {
			reserved: this.maxBytes,
			committed: this.memory.i32.byteLength,
			used: this.map.inUse * PAGE_BYTES,
			free: this.map.free * PAGE_BYTES,
		};
	}

	/**
	 * Hands out `pages` adjacent pages and returns the word index of the first. What the pages hold is undefined.
	 * From the free runs where one is long enough, else from the frontier. O(1), but for the runs of about that size where
	 * nothing else is left. May grow the block, which refreshes `memory`'s views.
	 *
	 * @internal
	 */
	takePages(pages: number): number {
		this.#checkAlive();
		const { map } = this;
		const page = map.take(pages, false);
		if (page !== 0) return page * PAGE_WORDS;
		if (this.control !== undefined) return this.#takeSegments(this.control, pages) * PAGE_WORDS;
		try {
			this.#commit((map.frontier + pages) * PAGE_BYTES, pages * PAGE_BYTES);
		} catch (error) {
			const last = map.take(pages, true);
			if (last === 0) throw error;
			return last * PAGE_WORDS;
		}
		return map.advance(pages) * PAGE_WORDS;
	}

	/** Takes back a run of pages, or the end of one. O(1). @internal */
	givePages(word: number, pages: number): void {
		this.#checkAlive();
		const page = word / PAGE_WORDS;
		if (this.control === undefined) this.map.give(page, pages);
		else this.#giveToSegments(this.control, page, pages);
	}

	/**
	 * Adds `more` pages to the end of a run of `pages`, where they are free; says whether. O(1). May refresh the views.
	 *
	 * @internal
	 */
	extendPages(word: number, pages: number, more: number): boolean {
		this.#checkAlive();
		const { map } = this;
		const end = word / PAGE_WORDS + pages;
		const free = map.freeAt(end);
		// What lies behind the border of a segment may be another thread's.
		if (map.begins(end)) return false;
		if (free >= more) {
			map.takeAt(end, more);
			return true;
		}
		if (free !== -1) return false;
		try {
			this.#commit((end + more) * PAGE_BYTES, more * PAGE_BYTES);
		} catch (error) {
			if (error instanceof OutOfMemoryError) return false;
			throw error;
		}
		map.advance(more);
		return true;
	}

	/** Views of one user's own, refreshed whenever the block grows, until `closeViews`; for `fixed`, see `fixedMemory`. @internal */
	openViews(fixed = false): Memory {
		this.#checkAlive();
		const memory = fixed ? fixedMemory(this.memory.buffer) : new Memory(this.memory.buffer);
		this.#views.add(memory);
		return memory;
	}

	/** Ends views that `openViews` returned: every later access through them throws `mistake()`. @internal */
	closeViews(memory: Memory, mistake: () => Error): void {
		if (!this.#views.delete(memory)) return;
		memory.refresh(NOTHING);
		poison(memory, mistake);
	}

	/** The broken invariants of the page map, in words; empty when all hold. O(pages). @internal */
	faults(): string[] {
		const { control } = this;
		return control === undefined ? this.map.faults() : this.map.faults((page) => control.ownerOfPage(page) === this.id);
	}

	/**
	 * Sees what another thread has grown the arena by, where `words` words are more than these views span: to be called where
	 * an index comes from another thread. O(1). Asking the engine costs it as much as growing, so it is asked only then.
	 *
	 * @internal
	 */
	catchUp(words: number): void {
		const grow = this.#block?.grow;
		if (words <= this.memory.i32.length || this.control === undefined || grow === undefined) return;
		const buffer = grow(0);
		if (buffer.byteLength !== this.memory.i32.byteLength) this.#see(buffer);
	}

	/** Gives a segment of free pages that is kept for the next to come back to all threads. O(1). @internal */
	releaseSpare(): void {
		const segment = this.#spare;
		if (this.control === undefined || segment === -1) return;
		this.#spare = -1;
		const { segmentPages } = this.control.plan;
		const first = this.control.pageOf(segment);
		if (this.control.ownerOf(segment) !== this.id || !this.map.isFree(first, segmentPages)) return;
		this.map.leave(first, segmentPages);
		this.control.release(segment);
	}

	/** Makes a dead attachment's segment this one's; `used` says of its pages which are in use. O(pages of it). @internal */
	adoptSegment(control: Control, segment: number, isUsed: (page: number) => boolean): void {
		const { segmentPages } = control.plan;
		const first = control.pageOf(segment);
		const { i32 } = this.memory;
		const { map, users } = control.plan;
		const end = first + segmentPages;
		i32.fill(0, map + first, map + end);
		for (let page = first; page < end; page++) if (!isUsed(page)) i32[users + page] = 0;
		this.map.enter(first, segmentPages, segmentPages, true);
		control.hand(segment, this.id);
		for (let page = first; page < end; ) {
			let free = page;
			while (free < end && !isUsed(free)) free++;
			if (free > page) this.#giveToSegments(control, page, free - page);
			page = free + 1;
		}
	}

	/**
	 * Lets go of the whole block, which the engine gives back to the system when it next collects garbage, whoever still
	 * holds the arena or what stands on it. O(1). A second call does nothing.
	 * Every container and heap that stands on it is unusable from then on. Of a shared arena this thread's part ends, as if
	 * the thread had been retired; the others go on.
	 */
	dispose(): void {
		if (this.#disposed) return;
		this.#disposed = true;
		this.control?.bury(this.id);
		this.heirs.clear();
		for (const memory of [this.memory, ...this.#views]) {
			memory.refresh(NOTHING);
			poison(memory, () => new DisposedError('the Arena under this'));
		}
		this.#views.clear();
		this.#block = undefined;
	}

	/** Whether `dispose()` was called. */
	get disposed(): boolean {
		return this.#disposed;
	}

	/** `dispose()`, for `using`. */
	[symbolDispose](): void {
		this.dispose();
	}

	#checkAlive(): void {
		if (this.#disposed) throw new DisposedError('this Arena');
	}

	#commit(bytes: number, asked: number): void {
		if (bytes <= this.memory.i32.byteLength) return;
		this.catchUp(bytes / 4);
		const held = this.memory.i32.byteLength;
		if (bytes <= held) return;
		const grow = this.#block?.grow;
		if (bytes > this.maxBytes || grow === undefined) throw new OutOfMemoryError(asked, held, this.maxBytes);
		// Twice what it holds: untouched memory is free, and each growth costs the engine a new buffer and ten views.
		const target = Math.min(this.maxBytes, Math.max(bytes, held * 2));
		for (const size of [target, bytes]) {
			try {
				this.#see(grow(Math.ceil(size / WASM_PAGE) * WASM_PAGE - held));
				return;
			} catch (error) {
				if (!(error instanceof RangeError)) throw error;
				// Another thread may have grown it meanwhile.
				this.catchUp(bytes / 4);
				if (bytes <= this.memory.i32.byteLength) return;
			}
		}
		throw new OutOfMemoryError(asked, held, this.maxBytes);
	}

	#see(buffer: ArrayBufferLike): void {
		this.memory.refresh(buffer);
		for (const memory of this.#views) memory.refresh(buffer);
	}

	/** Claims as many segments as `pages` pages take, and returns the first page. */
	#takeSegments(control: Control, pages: number): number {
		const { segmentPages } = control.plan;
		const { map } = this;
		const count = Math.ceil(pages / segmentPages);
		const segment = control.claim(this.id, count);
		const first = control.pageOf(segment);
		try {
			if (segment === -1) throw new OutOfMemoryError(pages * PAGE_BYTES, this.memory.i32.byteLength, this.maxBytes);
			this.#commit((first + count * segmentPages) * PAGE_BYTES, pages * PAGE_BYTES);
		} catch (error) {
			if (segment !== -1) for (let each = 0; each < count; each++) control.release(segment + each);
			const last = map.take(pages, true);
			if (last === 0) throw error;
			return last;
		}
		for (let each = 0, left = pages; each < count; each++, left -= segmentPages)
			map.enter(first + each * segmentPages, segmentPages, Math.min(left, segmentPages));
		return first;
	}

	/** Takes pages back, and gives a segment that has become free to all threads, but for one that is kept. */
	#giveToSegments(control: Control, first: number, pages: number): void {
		const { segmentPages } = control.plan;
		for (let page = first; page < first + pages; ) {
			const segment = control.segmentOf(page);
			const begin = control.pageOf(segment);
			const end = Math.min(first + pages, begin + segmentPages);
			this.map.give(page, end - page);
			page = end;
			if (!this.map.isFree(begin, segmentPages) || segment === this.#spare) continue;
			this.releaseSpare();
			this.#spare = segment;
		}
	}

	#prefaultSegments(control: Control, bytes: number): void {
		const { segmentPages } = control.plan;
		for (let left = bytes; left > 0; left -= segmentPages * PAGE_BYTES) {
			const segment = control.claim(this.id, 1);
			if (segment === -1) throw new OutOfMemoryError(bytes, this.memory.i32.byteLength, this.maxBytes);
			const first = control.pageOf(segment);
			try {
				this.#commit((first + segmentPages) * PAGE_BYTES, bytes);
			} catch (error) {
				control.release(segment);
				throw error;
			}
			const { i32 } = this.memory;
			const touched = Math.min(segmentPages * PAGE_WORDS, Math.ceil(left / 4));
			for (let word = 0; word < touched; word += OS_PAGE_WORDS) i32[first * PAGE_WORDS + word] = 0;
			this.map.enter(first, segmentPages, 0);
		}
	}
}

/** The version of handles, and of the layout of shared arenas. */
const HANDLE_VERSION = 1;

/** Takes an attachment of a shared arena for this thread. */
function enter(control: Control): number {
	if (!control.known)
		throw new HandleError(
			'foreign',
			'the handle leads to memory that is no shared arena; pass what share() of an Arena returned',
		);
	const id = control.enter(threadNumber());
	if (id === 0) {
		throw new HandleError(
			'full',
			`the arena has ${control.plan.attachments} attachments, as many as it can; dispose of those that are done, and retire(id) threads that ended`,
		);
	}
	return id;
}

function placeOf(control: Control, id: number): SegmentPlace {
	const { map, users, first, segmentPages } = control.plan;
	return { at: control.mapOf(id), map, users, first, pages: segmentPages };
}

/** The number that Node.js and its like have for this thread; -1 elsewhere. Asked of the process, because browsers have no such module. */
function threadNumber(): number {
	const { process } = globalThis as {
		process?: { getBuiltinModule?: (name: string) => { threadId?: unknown } | undefined };
	};
	const thread = process?.getBuiltinModule?.('node:worker_threads')?.threadId;
	return typeof thread === 'number' ? thread : -1;
}

/** By its tag: buffers of another realm are as good. */
function isBuffer(block: MemoryBlock | SharedArrayBuffer): block is SharedArrayBuffer {
	return Object.prototype.toString.call(block) === '[object SharedArrayBuffer]';
}

interface Block {
	buffer: ArrayBufferLike;
	maxBytes: number;
	grow: ((bytes: number) => ArrayBufferLike) | undefined;
	/** What other threads attach to it by; undefined where they cannot. */
	handle: MemoryBlock | SharedArrayBuffer | undefined;
}

/** Reserves `asked` bytes, or without a figure the most that the system gives, by halves. */
function reserve(asked: number | undefined, shared: boolean): Block {
	const isSmall = asked !== undefined && asked <= SMALL_BYTES;
	const reserveBlock = !isSmall && canUseWebAssembly() ? reserveWebAssembly : reserveBuffer;
	let bytes = asked ?? (reserveBlock === reserveBuffer ? FALLBACK_MAX_BYTES : MAX_BYTES);
	for (;;) {
		try {
			return reserveBlock(Math.ceil(bytes / WASM_PAGE) * WASM_PAGE, shared);
		} catch (error) {
			if (!(error instanceof RangeError)) throw error;
			if (asked !== undefined || bytes <= FIRST_BYTES) throw new OutOfMemoryError(bytes, 0, 0);
			bytes /= 2;
		}
	}
}

/**
 * The memory is one that threads could share, whether they do or not. Growing an unshared one detaches its buffer, after
 * which V8 checks at every access of every typed array in the process whether that was detached: 15 to 25% of the speed
 * of a list. And its full size would count as pressure on the garbage collector.
 */
function reserveWebAssembly(maxBytes: number): Block {
	const memory = new WebAssembly.Memory({
		initial: Math.min(maxBytes, FIRST_BYTES) / WASM_PAGE,
		maximum: maxBytes / WASM_PAGE,
		shared: true,
	});
	return growingBlock(memory, maxBytes);
}

function growingBlock(memory: MemoryBlock, maxBytes: number): Block {
	return {
		buffer: memory.buffer,
		maxBytes,
		grow(bytes) {
			// By nothing as well: an engine then looks at what other threads have grown it to.
			memory.grow(bytes / WASM_PAGE);
			return memory.buffer;
		},
		handle: memory,
	};
}

function reserveBuffer(maxBytes: number, shared: boolean): Block {
	if (!shared) return { buffer: new ArrayBuffer(maxBytes), maxBytes, grow: undefined, handle: undefined };
	const buffer = new SharedArrayBuffer(maxBytes);
	return { buffer, maxBytes, grow: undefined, handle: buffer };
}

/** A page's security policy can forbid WebAssembly, and an old engine may not share memory; only trying tells. */
function canUseWebAssembly(): boolean {
	try {
		return (
			typeof WebAssembly === 'object' &&
			new WebAssembly.Memory({ initial: 0, maximum: 1, shared: true }) instanceof WebAssembly.Memory
		);
	} catch {
		return false;
	}
}
