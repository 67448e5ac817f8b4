import type { Arena } from '../memory/arena.js';
import { type Control, DEAD } from '../memory/control.js';
import { PAGE_WORDS } from '../memory/page-map.js';
import { BASE, HEAP, KIND, LIVE, LIVE_WORDS, PAGES, TABLES } from '../slab/descriptor.js';
import type { Blocks } from './blocks.js';
import type { RemoteFrees } from './remote-frees.js';

/** What takes over from the dead: blocks of users, blocks of containers, and the way to those of others. */
export interface Heir {
	readonly arena: Arena;
	readonly blocks: Blocks;
	readonly tables: Blocks;
	readonly remote: RemoteFrees;
	/** Buries the containers of a dead attachment: called when its blocks are this heir's, before its place is given away. */
	bury(id: number): void;
}

/**
 * Takes over what dead attachments of a shared arena left. O(pages of their segments).
 *
 * Nothing that a thread was changing when it was killed is believed: not its page map, not its circles of slabs, not
 * its tables. What is believed is written in one word each: OWNERS of a segment, USER of a page, HEAP of a descriptor, and the
 * bit of a block, which is set before the block is handed out and cleared when it comes back. A page is in use where its
 * USER leads to a descriptor of it in which a bit is set; all others are free. So a block stays live that its dead owner
 * alone knew of; containers' blocks are freed by what is known of the containers.
 *
 * One compare-and-swap decides who takes over, and leaves the heir's number behind: whoever takes over from the heir,
 * should it die half way, does all of this again.
 */
export function adoptTheDead(heir: Heir): void {
	const { arena } = heir;
	const { control } = arena;
	if (control === undefined) return;
	for (let id = 1; id <= control.plan.attachments; id++)
		if (id !== arena.id && control.stateOf(id) === DEAD && control.inherit(id, DEAD, arena.id))
			adopt(heir, control, id);
}

function adopt(heir: Heir, control: Control, dead: number): void {
	// What the dead one was taking over itself, first: from then on it is this heir's.
	for (let id = 1; id <= control.plan.attachments; id++)
		if (control.stateOf(id) === -dead && control.inherit(id, -dead, heir.arena.id)) adopt(heir, control, id);
	for (let segment = control.plan.segments - 1; segment >= 0; segment--) {
		if (control.ownerOf(segment) !== dead) continue;
		heir.arena.catchUp(control.pageOf(segment + 1) * PAGE_WORDS);
		break;
	}
	const slabs = slabsOf(heir.arena, control, dead);
	const used = new Set<number>();
	const { i32 } = heir.arena.memory;
	for (const slab of slabs) {
		// The page of the descriptor stays as well.
		used.add(Math.floor(slab / PAGE_WORDS));
		const first = i32[slab + BASE] / PAGE_WORDS;
		for (let page = first; page < first + i32[slab + PAGES]; page++) used.add(page);
	}
	for (let segment = 0; segment < control.plan.segments; segment++)
		if (control.ownerOf(segment) === dead) heir.arena.adoptSegment(control, segment, (page) => used.has(page));
	for (const slab of slabs) {
		const blocks = i32[slab + KIND] === TABLES ? heir.tables : heir.blocks;
		blocks.count(blocks.slabs.adopt(slab));
	}
	heir.remote.takeBack(dead);
	heir.bury(dead);
	control.vacate(dead);
}

/** The descriptors of the slabs and runs in a dead attachment's segments in which a block is live. */
function slabsOf(arena: Arena, control: Control, dead: number): Set<number> {
	const { i32 } = arena.memory;
	const { users, segmentPages } = control.plan;
	const slabs = new Set<number>();
	for (let segment = 0; segment < control.plan.segments; segment++) {
		if (control.ownerOf(segment) !== dead) continue;
		const begin = control.pageOf(segment);
		for (let page = begin; page < begin + segmentPages; page++) {
			const slab = i32[users + page];
			if (!(slab > 0 && i32[slab + HEAP] > 0) || slabs.has(slab)) continue;
			const first = i32[slab + BASE] / PAGE_WORDS;
			if (page >= first && page < first + i32[slab + PAGES] && hasLive(i32, slab)) slabs.add(slab);
		}
	}
	return slabs;
}

function hasLive(i32: Int32Array, slab: number): boolean {
	return i32.subarray(slab + LIVE, slab + LIVE + LIVE_WORDS).some((bits) => bits !== 0);
}
