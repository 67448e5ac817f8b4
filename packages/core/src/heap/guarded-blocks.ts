import { OverrunError } from '../errors.js';
import type { Memory } from '../memory/memory.js';
import { GUARDED, KIND } from '../slab/descriptor.js';
import type { Slabs } from '../slab/slabs.js';
import { Blocks } from './blocks.js';

/*
 * In checked mode a block is larger than what was asked for, and what follows that is guarded:
 *
 *   byte           holds
 *   -------------  ------------------------------------------------------------------
 *   0 - bytes      what the user writes
 *   bytes - size   canaries: at least four times C5
 *   size           bytes, as a word: the last of the block
 */
const CANARY = 0xc5;
const SIZE_BYTES = 4;
const GUARD_BYTES = 4 + SIZE_BYTES;

/** Blocks that know how many bytes were asked for, and find out when more were written. */
export class GuardedBlocks extends Blocks {
	override readonly memory: Memory;

	/** Over slabs that nobody else uses. */
	constructor(slabs: Slabs) {
		super(slabs);
		this.memory = slabs.memory;
	}

	override allocate(bytes: number, alignment?: number): number {
		this.checkBytes(bytes);
		const block = super.allocateAny(bytes + GUARD_BYTES, alignment);
		this.guard(block, bytes);
		return block;
	}

	override deallocate(block: number): void {
		this.check(block, 'deallocate');
		super.deallocate(block);
	}

	override reallocate(block: number, bytes: number): number {
		if (block !== 0) this.check(block, 'reallocate');
		return super.reallocate(block, bytes);
	}

	override resize(block: number, slab: number, bytes: number): boolean {
		if (!super.resize(block, slab, bytes + GUARD_BYTES)) return false;
		this.guard(block, bytes);
		return true;
	}

	override keep(block: number, bytes: number): number {
		super.keep(block, bytes + GUARD_BYTES);
		this.guard(block, bytes);
		return block;
	}

	override check(block: number, call: string): void {
		const overrun = this.overrunOf(block, this.slabOf(block, call));
		if (overrun !== undefined) throw new OverrunError(block, overrun.bytes, call);
	}

	override faults(): string[] {
		const faults = super.faults();
		for (const { block } of this.walk())
			if (this.overrunOf(block, this.slabOf(block, 'validate')) !== undefined)
				faults.push(`what follows block ${block} was overwritten`);
		return faults;
	}

	/** Writes the guard of a block of `bytes` bytes. */
	guard(block: number, bytes: number): void {
		const { u8, u32 } = this.memory;
		const end = this.roomOf(this.slabOf(block, 'allocate'));
		u8.fill(CANARY, block * 4 + bytes, block * 4 + end - SIZE_BYTES);
		u32[block + end / 4 - 1] = bytes;
	}

	/** What is known of a block whose guard is broken; undefined where it is whole. */
	overrunOf(block: number, slab: number): { bytes: number | undefined } | undefined {
		const { i32, u8, u32 } = this.memory;
		// A block of another thread's heap, or one that was taken over, may have no guard.
		if (i32[slab + KIND] !== GUARDED) return undefined;
		const end = this.roomOf(slab);
		const bytes = u32[block + end / 4 - 1];
		if (bytes < 1 || bytes > end - GUARD_BYTES) return { bytes: undefined };
		for (let byte = block * 4 + bytes; byte < block * 4 + end - SIZE_BYTES; byte++)
			if (u8[byte] !== CANARY) return { bytes };
		return undefined;
	}
}
