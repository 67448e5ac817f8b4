import { ForeignPointerError } from '../errors.js';
import { specialize } from '../evaluate.js';
import type { Memory } from '../memory/memory.js';
import { PAGE_WORDS } from '../memory/page-map.js';
import { blockWords, type Slabs } from '../slab/slabs.js';
import { Blocks } from './blocks.js';
import { hotBlocksCode } from './hot-blocks-code.js';

let shared: ReturnType<typeof hotBlocksCode> | undefined;

/** The blocks over `slabs`, of a class of their own where the heap has code for `fixedMemory`. */
export function hotBlocks(slabs: Slabs, fixedMemory: Memory | undefined): Blocks {
	const fixedTables = fixedMemory === undefined ? undefined : slabs.tables;
	const environment = { fixedMemory, fixedTables, ForeignPointerError, Base: Blocks };
	if (fixedMemory === undefined) {
		shared ??= specialize(
			hotBlocksCode,
			{ ...environment, words: { ...blockWords, ID: 0, USERS: 0, LIMIT: 0 } },
			'blocks',
		);
		return new shared(slabs);
	}
	const { map } = slabs.arena;
	const words = { ...blockWords, ID: slabs.header, USERS: map.users, LIMIT: map.pages * PAGE_WORDS };
	return new (specialize(hotBlocksCode, { ...environment, words }, 'blocks'))(slabs);
}
