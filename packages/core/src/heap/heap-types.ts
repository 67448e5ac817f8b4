import type { ArenaStats } from '../memory/arena.js';
import type { BlockStats, LeakReport } from './block-report.js';

/** What one pool of nodes holds. */
export interface PoolStats {
	/** The struct's signature, and whether it is the pool of checked mode. */
	record: string;
	/** Bytes per node. */
	nodeBytes: number;
	/** Nodes that have room in the pool's slabs. */
	capacity: number;
	/** Nodes in containers. */
	live: number;
	/** Bytes of slabs. */
	bytes: number;
	/** Containers that draw on the pool. */
	containers: number;
}

/** What a {@link Heap} holds. */
export interface HeapStats {
	/** The arena under it, in bytes. */
	arena: ArenaStats;
	/** One entry per kind of node. */
	pools: PoolStats[];
	/** What was handed out by `allocate`. */
	blocks: BlockStats;
	/** What vectors hold, as blocks that are not the user's; undefined as long as there was none. */
	tables: BlockStats | undefined;
}

/** How a {@link Heap} watches over its blocks. */
export interface HeapOptions {
	/**
	 * Whether blocks are guarded: 8 to 15 bytes more each, so that a write beyond the end of one is found when it is given
	 * back. Containers have an option of their own.
	 *
	 * @defaultValue false
	 */
	checked?: boolean;
	/** Called by `dispose()`, once all is given back, when there were blocks that nobody had given back. */
	onLeak?: (report: LeakReport) => void;
}
