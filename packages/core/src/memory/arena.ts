import { ArgumentError, DisposedError, OutOfMemoryError } from '../errors.js';
import { symbolDispose } from '../symbol-dispose.js';
import { fixedMemory, Memory, poison } from './memory.js';
import { PAGE_BYTES, PAGE_WORDS, PageMap } from './page-map.js';

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
	 * Whether other threads may attach to this arena.
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

/** What an {@link Arena} holds, in bytes. */
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
	readonly #grow: ((bytes: number) => ArrayBufferLike) | undefined;
	readonly #views = new Set<Memory>();
	#disposed = false;

	/**
	 * Reserves an arena.
	 *
	 * @throws {@link ArgumentError} for an option out of its range.
	 * @throws {@link OutOfMemoryError} when the system refuses to reserve `maxBytes`.
	 */
	constructor(options: ArenaOptions = {}) {
		const { shared = false, prefault = 0 } = options;
		if (typeof shared !== 'boolean') throw new ArgumentError(`shared is ${String(shared)}; pass true or false`);
		const asked = options.maxBytes;
		if (asked !== undefined && !(Number.isInteger(asked) && asked >= WASM_PAGE && asked <= MAX_BYTES)) {
			throw new ArgumentError(
				`maxBytes is ${String(asked)}; pass a whole number of bytes from ${WASM_PAGE} to ${MAX_BYTES}`,
			);
		}
		if (!(Number.isInteger(prefault) && prefault >= 0 && prefault <= (asked ?? MAX_BYTES))) {
			throw new ArgumentError(`prefault is ${String(prefault)}; pass a whole number of bytes from 0 to maxBytes`);
		}
		const block = reserve(asked, shared);
		this.shared = shared;
		this.maxBytes = block.maxBytes;
		this.#grow = block.grow;
		this.memory = new Memory(block.buffer);
		this.map = new PageMap(this.memory, this.maxBytes / PAGE_BYTES);
		if (prefault > 0) this.prefault(prefault);
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
			throw new ArgumentError(`bytes is ${String(bytes)}; pass a whole number from 0`);
		if (bytes > this.maxBytes) throw new OutOfMemoryError(bytes, this.memory.i32.byteLength, this.maxBytes);
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
		this.map.give(word / PAGE_WORDS, pages);
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
		return this.map.faults();
	}

	/**
	 * Gives the whole block back to the system once nothing refers to it. O(1). A second call does nothing.
	 * Every container and heap that stands on it is unusable from then on.
	 */
	dispose(): void {
		if (this.#disposed) return;
		this.#disposed = true;
		for (const memory of [this.memory, ...this.#views]) {
			memory.refresh(NOTHING);
			poison(memory, () => new DisposedError('the Arena under this'));
		}
		this.#views.clear();
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
		const held = this.memory.i32.byteLength;
		if (bytes <= held) return;
		if (bytes > this.maxBytes || this.#grow === undefined) throw new OutOfMemoryError(asked, held, this.maxBytes);
		// Twice what it holds: untouched memory is free, and each growth costs the engine a new buffer and ten views.
		const target = Math.min(this.maxBytes, Math.max(bytes, held * 2));
		for (const size of [target, bytes]) {
			try {
				const buffer = this.#grow(Math.ceil(size / WASM_PAGE) * WASM_PAGE - held);
				this.memory.refresh(buffer);
				for (const memory of this.#views) memory.refresh(buffer);
				return;
			} catch (error) {
				if (!(error instanceof RangeError)) throw error;
			}
		}
		throw new OutOfMemoryError(asked, held, this.maxBytes);
	}
}

interface Block {
	buffer: ArrayBufferLike;
	maxBytes: number;
	grow: ((bytes: number) => ArrayBufferLike) | undefined;
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
	return {
		buffer: memory.buffer,
		maxBytes,
		grow(bytes) {
			memory.grow(bytes / WASM_PAGE);
			return memory.buffer;
		},
	};
}

function reserveBuffer(maxBytes: number, shared: boolean): Block {
	return { buffer: shared ? new SharedArrayBuffer(maxBytes) : new ArrayBuffer(maxBytes), maxBytes, grow: undefined };
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
