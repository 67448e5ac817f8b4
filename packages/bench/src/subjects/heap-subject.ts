/**
 * An allocator that is measured. Each method holds a whole loop: it writes a number into the first word of every block
 * that it takes, and adds up what is there when it gives the block back, which is the proof of the work.
 */
export interface HeapSubject<H> {
	/** Once, before the first round. */
	prepare?(): Promise<void>;
	/** Before every round, outside the time. */
	betweenRounds?(): void;
	/** A fresh allocator with room for what the scenarios ask. */
	create(): H;
	/** Takes a block of 32 bytes and gives it back, `operations` times. */
	pairs(heap: H, operations: number): number;
	/** Takes a block of 32 bytes for each place of `blocks`. */
	fill(heap: H, blocks: Int32Array): void;
	/** Gives the blocks back from the last place to the first. */
	freeBackwards(heap: H, blocks: Int32Array): number;
	/** Gives the blocks back from the first place to the last. */
	freeForwards(heap: H, blocks: Int32Array): number;
	/** Gives the block at a random place back and takes another of `least` bytes, or up to `spread` - 1 more, for it. */
	churn(heap: H, blocks: Int32Array, operations: number, seed: number, least: number, spread: number): number;
}

/** A subject whose allocator the scenario passes around without looking inside. */
export type AnyHeapSubject = HeapSubject<unknown>;
