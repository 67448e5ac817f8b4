import { describe } from '../describe.js';
import {
	ArgumentError,
	DoubleFreeError,
	ForeignPointerError,
	InteriorPointerError,
	OutOfMemoryError,
} from '../errors.js';
import type { Memory } from '../memory/memory.js';
import { PAGE_BYTES, PAGE_WORDS } from '../memory/page-map.js';
import { tableOf } from '../slab/class-tables.js';
import { BASE, BLOCKS, GUARDED, HEAP, isLive, KIND, LIVE, numberOf, PAGES, STRIDE, TABLE } from '../slab/descriptor.js';
import { alignedClassOf, CLASSES, MOST_WORDS, wordsOf } from '../slab/size-classes.js';
import { PEAK, ROOM, type Slabs } from '../slab/slabs.js';
import { type RemoteFrees, remoteFreesOf } from './remote-frees.js';

/** Bytes that every block's beginning is a multiple of, and a page's, which is the most that can be asked for. */
const LEAST_ALIGNMENT = 8;
const MOST_ALIGNMENT = PAGE_BYTES;
/** The most bytes of a block: those of an arena. */
const MOST_BYTES = 2 ** 32;

/**
 * The blocks of one heap: what `malloc`, `free` and `realloc` are in C. All of it but the shortest way, which is in the
 * code of hot blocks.
 *
 * A block is found from its index alone: the page map leads to the slab's descriptor, whose bitmap says whether it is live.
 */
export class Blocks {
	readonly slabs: Slabs;
	declare readonly memory: Memory;
	/** The id of the heap in descriptors. */
	readonly id: number;
	/** The word index of the page map's USER words. */
	readonly users: number;
	/** Words of the arena. */
	readonly limit: number;
	/** The way to the blocks of other threads; undefined where the arena is not shared. */
	readonly remote: RemoteFrees | undefined;

	/** Over slabs that nobody else uses. */
	constructor(slabs: Slabs) {
		this.slabs = slabs;
		this.id = slabs.header;
		this.users = slabs.arena.map.users;
		this.limit = slabs.arena.map.pages * PAGE_WORDS;
		this.remote = remoteFreesOf(slabs.arena);
		this.remote?.enter(this);
	}

	/** A block of `bytes` bytes. O(1). */
	allocate(bytes: number, alignment?: number): number {
		return this.allocateAny(bytes, alignment);
	}

	/** Takes a block back. O(1). */
	deallocate(block: number): void {
		this.takeBack(block, this.slabOf(block, 'deallocate'));
	}

	/** Takes back a live block, perhaps of another thread. */
	takeBack(block: number, slab: number): void {
		const { i32 } = this.memory;
		if (i32[slab + HEAP] !== this.id) this.remote?.free(block, slab);
		else if (i32[slab + TABLE] === 0) this.deallocateRun(slab);
		else this.collect(block, slab);
	}

	/** What `deallocate` does with what is no block of this heap: it goes to the thread that it is of, or is refused. */
	deallocateElsewhere(block: number): void {
		const slab = this.findElsewhere(block);
		if (slab === 0) this.refuse(block, 'deallocate');
		this.takeBack(block, slab);
	}

	/** Makes everything that was put off good: see the code of hot blocks. */
	settle(): void {}

	/** Takes back a live block of a slab of this heap. */
	collect(block: number, slab: number): void {
		const { i32 } = this.memory;
		i32[this.id + ROOM] += i32[slab + STRIDE];
		this.slabs.give(slab, numberOf(i32, slab, block));
	}

	/** Takes back a block that is a run of pages. */
	deallocateRun(slab: number): void {
		const { i32 } = this.memory;
		i32[this.id + ROOM] += i32[slab + PAGES] * PAGE_WORDS;
		this.slabs.closeRun(slab);
	}

	/** What `allocate` does where there is no table, no word that has free blocks, or an alignment. */
	allocateAny(bytes: number, alignment = LEAST_ALIGNMENT): number {
		this.checkBytes(bytes);
		this.settle();
		this.remote?.drain();
		if (
			!(Number.isInteger(alignment) && alignment > 0 && alignment <= MOST_ALIGNMENT) ||
			(alignment & (alignment - 1)) !== 0
		) {
			throw new ArgumentError(
				`alignment is ${describe(alignment)}; pass a power of two up to ${MOST_ALIGNMENT}, in bytes`,
			);
		}
		const words = Math.ceil(bytes / 4);
		if (words > MOST_WORDS) return this.allocateRun(bytes);
		const sizeClass = alignedClassOf(words, Math.max(LEAST_ALIGNMENT, alignment) / 4);
		return sizeClass < CLASSES ? this.allocateOf(bytes, sizeClass) : this.allocateRun(bytes);
	}

	/** A block of a class. */
	allocateOf(bytes: number, sizeClass: number): number {
		const block = this.slabs.take(tableOf(sizeClass), bytes);
		this.count(wordsOf(sizeClass));
		return block;
	}

	/** A block of whole pages. */
	allocateRun(bytes: number): number {
		const run = this.slabs.openRun(Math.ceil(bytes / PAGE_BYTES));
		const { i32 } = this.memory;
		this.count(i32[run + PAGES] * PAGE_WORDS);
		return i32[run + BASE];
	}

	/** `words` more words are live, or fewer. */
	count(words: number): void {
		const { i32 } = this.memory;
		const room = i32[this.id + ROOM] - words;
		if (room < 0) i32[this.id + PEAK] -= room;
		i32[this.id + ROOM] = Math.max(0, room);
	}

	/** Another block with the same bytes at its beginning, or the same one. */
	reallocate(block: number, bytes: number): number {
		this.checkBytes(bytes);
		if (block === 0) return this.allocate(bytes);
		const slab = this.slabOf(block, 'reallocate');
		if (this.memory.i32[slab + HEAP] === this.id && this.resize(block, slab, bytes)) return block;
		const held = this.usableSize(block);
		let fresh: number;
		try {
			fresh = this.allocate(bytes);
		} catch (error) {
			if (!(error instanceof OutOfMemoryError && bytes <= held)) throw error;
			// There is nothing smaller to be had, and this one is large enough.
			return this.keep(block, bytes);
		}
		// To the byte: what follows may be a guard.
		this.memory.u8.copyWithin(fresh * 4, block * 4, block * 4 + Math.min(held, bytes));
		this.deallocate(block);
		return fresh;
	}

	/** Where nothing smaller is to be had, a block stays where it is; a run gives up the pages behind what is asked for. */
	keep(block: number, bytes: number): number {
		const slab = this.slabOf(block, 'reallocate');
		const { i32 } = this.memory;
		if (i32[slab + HEAP] !== this.id) return block;
		const pages = Math.ceil(bytes / PAGE_BYTES);
		const held = i32[slab + PAGES];
		if (i32[slab + TABLE] === 0 && this.slabs.resizeRun(slab, pages)) this.count((pages - held) * PAGE_WORDS);
		return block;
	}

	/** Whether a block could be made one of `bytes` bytes where it lies; then it was. */
	resize(_block: number, slab: number, bytes: number): boolean {
		const { i32 } = this.memory;
		if (i32[slab + TABLE] !== 0) {
			const room = i32[slab + STRIDE] * 4;
			return bytes <= room && bytes > room / 2;
		}
		if (bytes <= MOST_WORDS * 4) return false;
		const held = i32[slab + PAGES];
		const pages = Math.ceil(bytes / PAGE_BYTES);
		if (!this.slabs.resizeRun(slab, pages)) return false;
		this.count((pages - held) * PAGE_WORDS);
		return true;
	}

	/** The most words that were ever live at once. */
	get peak(): number {
		return this.memory.i32[this.id + PEAK];
	}

	/** The first word of the first block of a slab. */
	baseOf(slab: number): number {
		return this.memory.i32[slab + BASE];
	}

	/** Bytes that may be written from a block's beginning. */
	usableSize(block: number): number {
		const slab = this.slabOf(block, 'usableSize');
		const room = this.roomOf(slab);
		const { i32, u32 } = this.memory;
		// The heap of another thread may be in checked mode where this one is not.
		return i32[slab + KIND] === GUARDED ? u32[block + room / 4 - 1] : room;
	}

	/** Bytes of each block of a slab. */
	roomOf(slab: number): number {
		const { i32 } = this.memory;
		return i32[slab + TABLE] === 0 ? i32[slab + PAGES] * PAGE_BYTES : i32[slab + STRIDE] * 4;
	}

	/** Whether a live block begins there. Never throws but where the heap is gone. */
	contains(block: number): boolean {
		return this.find(block) !== 0;
	}

	/** `count` blocks, all or none. */
	allocateMany<A extends Int32Array | number[]>(bytes: number, into: A): A {
		let made = 0;
		try {
			for (; made < into.length; made++) into[made] = this.allocate(bytes);
		} catch (error) {
			while (made > 0) this.deallocate(into[--made]);
			into.fill(0);
			throw error;
		}
		return into;
	}

	/** Takes all of them back, or none where one is refused. */
	deallocateMany(blocks: ArrayLike<number>): void {
		let marked = 0;
		// Each is marked as free at once, so that one that stands there twice is found.
		try {
			for (; marked < blocks.length; marked++) {
				this.check(blocks[marked], 'deallocateMany');
				this.turn(blocks[marked]);
			}
		} finally {
			for (let at = marked; at > 0; at--) this.turn(blocks[at - 1]);
		}
		for (let at = 0; at < marked; at++) {
			this.takeBack(blocks[at], this.slabOf(blocks[at], 'deallocateMany'));
		}
	}

	/** Turns a block's bit. */
	turn(block: number): void {
		const { i32 } = this.memory;
		const slab = i32[this.users + Math.floor(block / PAGE_WORDS)];
		const number = numberOf(i32, slab, block);
		if (i32[slab + HEAP] === this.id) i32[slab + LIVE + (number >>> 5)] ^= (1 << 31) >>> number;
		else this.remote?.turn(slab, number);
	}

	/** Throws unless a live block that is whole begins there. */
	check(block: number, call: string): void {
		this.slabOf(block, call);
	}

	/** The descriptor of the slab of a live block; throws what is wrong with the block. */
	slabOf(block: number, call: string): number {
		return this.find(block) || this.findElsewhere(block) || this.refuse(block, call);
	}

	/** The descriptor of the slab of a live block of another thread; 0 where none begins there. */
	findElsewhere(block: number): number {
		return this.remote?.find(block, this) ?? 0;
	}

	/** The descriptor of the slab of a live block; 0 where none begins there. */
	find(block: number): number {
		this.settle();
		return this.findMarked(block);
	}

	/** The same of the blocks whose bit is set: one that is held in the hand is among them. */
	findMarked(block: number): number {
		if (block >>> 0 !== block || block >= this.limit) return 0;
		const { i32 } = this.memory;
		const slab = i32[this.users + (block >>> 12)];
		if (i32[slab + HEAP] !== this.id) return 0;
		const number = numberOf(i32, slab, block);
		return number >= 0 && isLive(i32, slab, number) ? slab : 0;
	}

	/** Throws what is wrong with a block that is no live one. */
	refuse(block: number, call: string): never {
		if (block >>> 0 !== block || block === 0 || block >= this.limit) throw new ForeignPointerError(block, call);
		if (this.remote?.isOnItsWay(block) === true) throw new DoubleFreeError(block, call);
		const { i32 } = this.memory;
		const slab = i32[this.users + (block >>> 12)];
		if (i32[slab + HEAP] === -this.id) throw new DoubleFreeError(block, call);
		if (i32[slab + HEAP] !== this.id) throw new ForeignPointerError(block, call);
		const stride = i32[slab + STRIDE] || i32[slab + PAGES] * PAGE_WORDS;
		const number = Math.floor((block - i32[slab + BASE]) / stride);
		if (number >= i32[slab + BLOCKS]) throw new ForeignPointerError(block, call);
		const begin = i32[slab + BASE] + number * stride;
		if (begin !== block) throw new InteriorPointerError(block, begin, call);
		throw new DoubleFreeError(block, call);
	}

	checkBytes(bytes: number): void {
		if (!(Number.isInteger(bytes) && bytes >= 1 && bytes <= MOST_BYTES))
			throw new ArgumentError(`bytes is ${describe(bytes)}; pass a whole number of bytes from 1 to ${MOST_BYTES}`);
	}

	/** The live blocks, slab by slab, in the order of their addresses in each. */
	*walk(): Generator<{ block: number; bytes: number }, void, undefined> {
		for (const slab of [...this.slabs.slabs(), ...this.slabs.runs()]) {
			const { i32 } = this.memory;
			const base = i32[slab + BASE];
			for (let number = 0; number < i32[slab + BLOCKS]; number++) {
				// A slab may have been given back, and its descriptor be another's, since the last step.
				if (i32[slab + HEAP] !== this.id || i32[slab + BASE] !== base) break;
				this.settle();
				if (!isLive(i32, slab, number)) continue;
				const block = base + number * i32[slab + STRIDE];
				yield { block, bytes: this.usableSize(block) };
			}
		}
	}

	/** Gives slabs without a live block to the arena; returns how many pages that were. */
	trim(): number {
		this.settle();
		return this.slabs.trim();
	}

	/** Frees all blocks. */
	reset(): void {
		this.settle();
		this.slabs.reset();
	}

	/** Gives all memory back. */
	release(): void {
		this.settle();
		this.slabs.release();
	}

	/** The broken invariants, in words; empty when all hold. */
	faults(): string[] {
		this.settle();
		return this.slabs.faults();
	}
}
