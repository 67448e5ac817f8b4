import type { Memory } from '../memory/memory.js';
import type { Slabs } from '../slab/slabs.js';
import { Blocks } from './blocks.js';

/**
 * Blocks none of which is held in the hand: the bitmap tells at every instant which are live, also when the thread is
 * killed. For what containers hold in a shared arena, where others free what a dead thread left.
 */
export class SettledBlocks extends Blocks {
	override readonly memory: Memory;

	/** Over slabs that nobody else uses. */
	constructor(slabs: Slabs) {
		super(slabs);
		this.memory = slabs.memory;
	}
}
