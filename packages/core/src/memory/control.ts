import type { Memory } from './memory.js';
import { PAGE_WORDS } from './page-map.js';

/*
 * A shared arena begins with its control block: page 0, and as many pages behind as it takes. All of its places follow
 * from the number of pages alone, so every thread knows them from the size of the arena:
 *
 *   word     name       holds
 *   -------  ---------  ----------------------------------------------------------------------------------
 *   0-15     (null)     zeros, for ever: what index 0 reads
 *   16       MAGIC      says that this is a shared arena, and the version of this layout
 *   17       TICKETS    the last ticket given out: what has one is never mistaken for another
 *   18       DEAD       how many attachments died and were not adopted yet
 *   19, 20   IDENTITY   two random words, the arena's name in handles
 *   32-47    (layer above: the header of disposed rings, see slab/layout.ts)
 *   48-      OWNERS     for each segment the attachment it belongs to; 0: nobody
 *   ...      RUN        as in an arena that is not shared (page-map.ts): a word for each page, written by the page's owner
 *   ...      USER       the same
 *   ...      the attachments, 256 words each
 *   ...      the offers, 16 words each
 *
 * A segment is some pages side by side, 64 (1 MiB) but for small arenas. One compare-and-swap of its word in OWNERS claims
 * it; its pages are then handed out by the private page map of one thread. The pages behind the last whole segment are lost.
 *
 * An attachment is what one thread has of the arena. Its number, from 1, is what OWNERS holds:
 *
 *   word     name       holds
 *   -------  ---------  ----------------------------------------------------------------------------------
 *   +0       STATE      FREE, ENTERING, ALIVE, DEAD, or the negative number of the attachment that is adopting it
 *   +1       EPOCH      the ticket of this attachment: a later one in the same place has another
 *   +2       THREAD     the number that the system has for the thread; -1: unknown
 *   +16      REMOTE     the block that another thread freed last, which leads to the one before it; 0: none
 *   +32      DEEDS      the owner's alone: the newest of its containers (heap/deeds.ts)
 *   +48-     the owner's alone: its page map
 *
 * An offer is a container on its way to another thread, or shown to others (heap/offers.ts).
 */
export const TICKETS = 17;
export const DEAD_COUNT = 18;
const MAGIC = 16;
const IDENTITY = 19;
const OWNERS = 48;
const MAGIC_WORD = 0x464c5801;

export const STATE = 0;
export const EPOCH = 1;
export const THREAD = 2;
export const REMOTE = 16;
export const DEEDS = 32;
const MAP_AT = 48;
const SLOT_WORDS = 256;

export const FREE = 0;
export const ENTERING = 1;
export const ALIVE = 2;
export const DEAD = 3;

export const OFFER_WORDS = 16;
const LINE = 16;

/** The places of a shared arena's control block. */
export interface ControlPlan {
	/** Pages per segment, a power of two. */
	readonly segmentPages: number;
	/** How many segments there are. */
	readonly segments: number;
	/** The first page of the first segment. */
	readonly first: number;
	/** The most attachments at a time, and the most offers. */
	readonly attachments: number;
	readonly offers: number;
	/** Word indices. */
	readonly map: number;
	readonly users: number;
	readonly attachmentsAt: number;
	readonly offersAt: number;
}

/** The plan of an arena of `pages` pages. */
export function controlPlan(pages: number): ControlPlan {
	const sixteenth = Math.max(1, Math.floor(pages / 16));
	const segmentPages = Math.min(64, 1 << (31 - Math.clz32(sixteenth)));
	const attachments = Math.min(128, Math.max(4, pages >>> 3));
	const offers = Math.min(1024, Math.max(8, pages >>> 2));
	const map = align(OWNERS + Math.ceil(pages / segmentPages));
	const users = align(map + pages);
	const attachmentsAt = align(users + pages);
	const offersAt = attachmentsAt + attachments * SLOT_WORDS;
	const first = Math.ceil((offersAt + offers * OFFER_WORDS) / PAGE_WORDS);
	const segments = Math.floor((pages - first) / segmentPages);
	return { segmentPages, segments, first, attachments, offers, map, users, attachmentsAt, offersAt };
}

function align(word: number): number {
	return Math.ceil(word / LINE) * LINE;
}

/**
 * What the threads of a shared arena have in common. Every access to a word that two threads may write is atomic, and no
 * call waits for another thread: what one that was killed left half done is either not seen, or marked with its number.
 */
export class Control {
	readonly plan: ControlPlan;
	/** Refreshed when the arena grows; the control block is there from the start. */
	readonly memory: Memory;

	/** Over an arena of `pages` pages; `fresh` where its memory is all zeros yet. */
	constructor(memory: Memory, pages: number, fresh: boolean) {
		this.plan = controlPlan(pages);
		this.memory = memory;
		if (!fresh) return;
		const { i32 } = memory;
		for (let word = IDENTITY; word < IDENTITY + 2; word++) i32[word] = Math.floor(Math.random() * 2 ** 32);
		Atomics.store(i32, MAGIC, MAGIC_WORD);
	}

	/** Whether the memory holds a shared arena of this version's layout. */
	get known(): boolean {
		return Atomics.load(this.memory.i32, MAGIC) === MAGIC_WORD;
	}

	/** The arena's name in handles. */
	get identity(): number {
		const { u32 } = this.memory;
		return (u32[IDENTITY] & 0x1fffff) * 2 ** 32 + u32[IDENTITY + 1];
	}

	/** A number that was never given out before in this arena, from 1. */
	ticket(): number {
		return (Atomics.add(this.memory.i32, TICKETS, 1) + 1) & 0x7fffffff;
	}

	/** The first word of an attachment. */
	slot(id: number): number {
		return this.plan.attachmentsAt + (id - 1) * SLOT_WORDS;
	}

	/** Where the page map of an attachment has its words. */
	mapOf(id: number): number {
		return this.slot(id) + MAP_AT;
	}

	/** The state of an attachment. */
	stateOf(id: number): number {
		return Atomics.load(this.memory.i32, this.slot(id) + STATE);
	}

	/** Takes a free attachment for the thread that the system calls `thread`, and returns its number; 0 where none is free. */
	enter(thread: number): number {
		const { i32 } = this.memory;
		for (let id = 1; id <= this.plan.attachments; id++) {
			const slot = this.slot(id);
			if (Atomics.compareExchange(i32, slot + STATE, FREE, ENTERING) !== FREE) continue;
			// What others freed to the one that was here before waits in REMOTE, and is passed on.
			i32.fill(0, slot + DEEDS, slot + SLOT_WORDS);
			i32[slot + EPOCH] = this.ticket();
			i32[slot + THREAD] = thread;
			Atomics.store(i32, slot + STATE, ALIVE);
			return id;
		}
		return 0;
	}

	/** Notes that an attachment will do nothing more. False where it was not alive: the news is old. */
	bury(id: number): boolean {
		const { i32 } = this.memory;
		// Counted before it can be adopted, so that the count never falls below 0; counting one too many makes a search vain.
		Atomics.add(i32, DEAD_COUNT, 1);
		if (Atomics.compareExchange(i32, this.slot(id) + STATE, ALIVE, DEAD) === ALIVE) return true;
		Atomics.sub(i32, DEAD_COUNT, 1);
		return false;
	}

	/**
	 * Claims `count` segments side by side for an attachment and returns the first; -1 where there are none. O(segments).
	 * One word decides on each: whoever swaps it first has the segment, and a thread that dies on the way has those it got.
	 */
	claim(id: number, count: number): number {
		const { i32 } = this.memory;
		const { segments } = this.plan;
		for (let first = 0; first + count <= segments; ) {
			let held = 0;
			while (held < count && Atomics.compareExchange(i32, OWNERS + first + held, 0, id) === 0) held++;
			if (held === count) return first;
			for (let back = 0; back < held; back++) this.release(first + back);
			first += held + 1;
		}
		return -1;
	}

	/** Gives a segment back, of whose pages none is in use. */
	release(segment: number): void {
		Atomics.store(this.memory.i32, OWNERS + segment, 0);
	}

	/** Makes a dead attachment's segment the adopter's. */
	hand(segment: number, to: number): void {
		Atomics.store(this.memory.i32, OWNERS + segment, to);
	}

	/** The attachment that a segment belongs to; 0: none. */
	ownerOf(segment: number): number {
		return Atomics.load(this.memory.i32, OWNERS + segment);
	}

	/** The segment that a page lies in. */
	segmentOf(page: number): number {
		return Math.floor((page - this.plan.first) / this.plan.segmentPages);
	}

	/** The first page of a segment. */
	pageOf(segment: number): number {
		return this.plan.first + segment * this.plan.segmentPages;
	}

	/** The attachment that a page belongs to; 0 for the control block's, and for pages that are nobody's. */
	ownerOfPage(page: number): number {
		const segment = this.segmentOf(page);
		return segment < 0 || segment >= this.plan.segments ? 0 : this.ownerOf(segment);
	}

	/**
	 * Puts a block on the list of what other threads freed to an attachment: Treiber's stack without its pop. The word at
	 * `block` becomes the link. Only pushes meet here, because the owner takes the whole list at once; so a head that was
	 * seen and comes back (ABA) leads to the right list all the same.
	 */
	push(id: number, block: number): void {
		const { i32 } = this.memory;
		const word = this.slot(id) + REMOTE;
		for (;;) {
			const head = Atomics.load(i32, word);
			i32[block] = head;
			if (Atomics.compareExchange(i32, word, head, block) === head) return;
		}
	}

	/** Takes over a dead attachment; false where another thread did. */
	inherit(id: number, from: number, heir: number): boolean {
		const { i32 } = this.memory;
		if (Atomics.compareExchange(i32, this.slot(id) + STATE, from, -heir) !== from) return false;
		if (from === DEAD) Atomics.sub(i32, DEAD_COUNT, 1);
		return true;
	}

	/** Makes an attachment free for another thread, after all it had was taken over. */
	vacate(id: number): void {
		Atomics.store(this.memory.i32, this.slot(id) + STATE, FREE);
	}

	/** Whether there may be dead attachments that nobody took over. */
	get someDied(): boolean {
		return Atomics.load(this.memory.i32, DEAD_COUNT) > 0;
	}

	/** Takes all that was pushed, as the block pushed last; 0: nothing. */
	takePushed(id: number): number {
		const { i32 } = this.memory;
		const word = this.slot(id) + REMOTE;
		return Atomics.load(i32, word) === 0 ? 0 : Atomics.exchange(i32, word, 0);
	}
}
