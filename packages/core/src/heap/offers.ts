import { ArgumentError, HandleError, OwnerDiedError } from '../errors.js';
import type { Arena } from '../memory/arena.js';
import { ALIVE, type Control, EPOCH, OFFER_WORDS } from '../memory/control.js';
import type { Deeds } from './deeds.js';

/*
 * A container on its way to another thread, or shown to others, has an offer in the arena's control block:
 *
 *   word     name      holds
 *   -------  --------  ------------------------------------------------------------------------------------
 *   +0       TICKET    the ticket of the handle; 0: nothing is offered here; the negative number of an attachment: it is
 *                      writing this offer, or taking it
 *   +1       MODE      MOVE or READ
 *   +2       OWNER     the attachment that offers
 *   +3       DEED      the container's; 0: this offer is not complete
 *   +4       POOL      what the container consists of: words that its own code knows
 *   +5       HEADER
 *   +6       INDEX
 *   +7       CHECKED   1: in checked mode
 *   +10      SPAN      words of the arena that the owner saw: all of the container is in them
 *   +8, +9   LAYOUT    the hash of what its records are, and of what kind the container is
 *   +12-15   READERS   one bit for each attachment that reads
 *
 * Moving: the source leaves the owner's list of deeds before the ticket is stored, and joins the taker's before the offer
 * is cleared; so at any instant it is on a list, or in an offer that bears the number of who has it, or in one with a
 * ticket that anybody may take. Whoever dies leaves it in one of these places. A ticket is taken by one compare-and-swap.
 *
 * Reading: a reader sets its bit and then looks at the ticket again; the owner, to end the reading, takes the ticket away
 * and then looks at the bits. Of two such at least one sees the other (Dekker), so no reader is left with a container that
 * changes. A reader that died has its bit cleared by who takes over.
 */
const TICKET = 0;
const MODE = 1;
const OWNER = 2;
const DEED = 3;
const POOL = 4;
const HEADER = 5;
const INDEX = 6;
const CHECKED = 7;
const LAYOUT = 8;
const SPAN = 10;
const READERS = 12;
const READER_WORDS = 4;

export const MOVE = 1;
export const READ = 2;

/** What is offered. */
export interface Offer {
	/** Names the records and the kind of container, so that both sides mean the same. */
	readonly layout: readonly [number, number];
	/** Whether it is in checked mode. */
	readonly checked: boolean;
	/** Word indices: the header of its pool, its own header, its index; 0 where it has none. */
	readonly pool: number;
	readonly header: number;
	readonly index: number;
}

/** How a container is shared: given away, or shown. */
export type ShareMode = 'move' | 'read';

/** What the offer is found by in another thread. */
export interface OfferHandle {
	/** The arena. */
	readonly arena: number;
	/** Which offer of it. */
	readonly offer: number;
	/** What nobody else's handle has. */
	readonly ticket: number;
	/** Who offers: its attachment, and which of those that were in that place. */
	readonly owner: number;
	readonly epoch: number;
}

/** What was taken from an offer. */
export interface Taken extends Offer {
	readonly mode: ShareMode;
	/** Which offer it is, for `release`. */
	readonly offer: number;
}

/** How many readers each offer has in an attachment. */
const readings = new WeakMap<Arena, Map<number, number>>();

/** The offers of one heap over a shared arena, and what it took of others'. */
export class Offers {
	readonly #arena: Arena;
	readonly #control: Control;
	readonly #deeds: Deeds;
	/** How many readers each offer has in this attachment; its heaps share a bit. */
	readonly #reading: Map<number, number>;
	/** How many of them are this heap's. */
	readonly #own = new Map<number, number>();
	/** The offers whose owner died while others read: freed when nobody does. */
	readonly #orphans = new Set<number>();
	/** What this heap's containers are that others may read: held, because one that is dropped and collected gives its memory back. */
	readonly shown = new Set<object>();

	/** Of a heap with these deeds. */
	constructor(arena: Arena, control: Control, deeds: Deeds) {
		this.#arena = arena;
		this.#control = control;
		this.#deeds = deeds;
		this.#reading = readings.get(arena) ?? new Map();
		readings.set(arena, this.#reading);
	}

	/** Offers a container. O(1), unless hundreds of offers are open. @throws ArgumentError when as many are open as can be. */
	open(mode: ShareMode, what: Offer): OfferHandle {
		const control = this.#control;
		const { id } = this.#arena;
		const ticket = control.ticket();
		const offer = this.#claim(ticket);
		const at = this.#at(offer);
		const { i32 } = this.#arena.memory;
		const deed = this.#deeds.of(what.pool || what.header);
		i32[at + DEED] = 0;
		i32[at + MODE] = mode === 'move' ? MOVE : READ;
		i32[at + OWNER] = id;
		i32[at + POOL] = what.pool;
		i32[at + HEADER] = what.header;
		i32[at + INDEX] = what.index;
		i32[at + CHECKED] = what.checked ? 1 : 0;
		i32.set(what.layout, at + LAYOUT);
		i32[at + SPAN] = i32.length;
		i32.fill(0, at + READERS, at + READERS + READER_WORDS);
		i32[at + DEED] = deed;
		if (mode === 'move') this.#deeds.release(deed);
		Atomics.store(i32, at + TICKET, ticket);
		return { arena: control.identity, offer, ticket, owner: id, epoch: i32[control.slot(id) + EPOCH] };
	}

	/**
	 * Takes what a handle leads to. O(1). What was moved is this heap's from now on; what is read is held until `release`.
	 *
	 * @throws HandleError for a handle of another arena or another layout, and one that was taken or withdrawn.
	 * @throws OwnerDiedError where that happened because its owner ended.
	 */
	take(handle: OfferHandle, layout: readonly [number, number], what: string): Taken {
		const control = this.#control;
		const { offer, ticket } = handle;
		if (handle.arena !== control.identity) {
			throw new HandleError(
				'arena',
				'the handle is of a container in another arena; pass { heap }, a heap over the arena that it was shared in',
			);
		}
		const isOffer = Number.isInteger(offer) && offer >= 0 && offer < control.plan.offers;
		if (!isOffer || !Number.isInteger(ticket) || ticket <= 0)
			throw new HandleError('foreign', 'the handle was changed on its way; pass what share() returned as it is');
		const at = this.#at(offer);
		const { i32 } = this.#arena.memory;
		const isRead = Atomics.load(i32, at + TICKET) === ticket && i32[at + MODE] === READ;
		const held = isRead
			? this.#enter(at, ticket)
			: Atomics.compareExchange(i32, at + TICKET, ticket, -this.#arena.id) === ticket;
		if (!held) this.#refuse(handle, what);
		if (i32[at + LAYOUT] !== layout[0] || i32[at + LAYOUT + 1] !== layout[1]) {
			// As it was, for those who know what it is.
			if (isRead) this.#leaveOffer(at);
			else Atomics.store(i32, at + TICKET, ticket);
			throw new HandleError(
				'struct',
				`the handle is of another container or of other records than ${what}; attach it by the class and the struct that it was shared with`,
			);
		}
		const taken: Taken = {
			mode: isRead ? 'read' : 'move',
			offer,
			layout,
			checked: i32[at + CHECKED] === 1,
			pool: i32[at + POOL],
			header: i32[at + HEADER],
			index: i32[at + INDEX],
		};
		this.#arena.catchUp(i32[at + SPAN]);
		if (isRead) {
			for (const counts of [this.#reading, this.#own]) counts.set(offer, (counts.get(offer) ?? 0) + 1);
			return taken;
		}
		this.#deeds.adopt(i32[at + DEED]);
		this.#clear(at);
		return taken;
	}

	/** Ends the reading of what `take` gave; the last of this attachment's to do so clears its bit. */
	release(offer: number): void {
		for (const counts of [this.#own, this.#reading]) {
			const left = (counts.get(offer) ?? 0) - 1;
			if (left > 0) counts.set(offer, left);
			else counts.delete(offer);
		}
		this.#leaveOffer(this.#at(offer));
	}

	/** Ends an offer to read. Returns how many attachments read on; it is ended where there are none. */
	withdraw({ offer, ticket }: OfferHandle): number {
		const at = this.#at(offer);
		const { i32 } = this.#arena.memory;
		if (Atomics.compareExchange(i32, at + TICKET, ticket, -this.#arena.id) !== ticket) return 0;
		const readers = this.#readers(at);
		if (readers === 0) this.#clear(at);
		else Atomics.store(i32, at + TICKET, ticket);
		return readers;
	}

	/** Buries what a dead attachment's containers were, but for those that others read. Called with its place still taken. */
	bury(dead: number): void {
		const { i32 } = this.#arena.memory;
		const deeds = this.#deeds.listOf(dead);
		for (let offer = 0; offer < this.#control.plan.offers; offer++) {
			const at = this.#at(offer);
			Atomics.and(i32, at + READERS + ((dead - 1) >>> 5), ~(1 << (dead - 1)));
			const ticket = Atomics.load(i32, at + TICKET);
			const isRead = i32[at + MODE] === READ && i32[at + OWNER] === dead;
			if (ticket === -dead) {
				// It was being written, taken or withdrawn. A reading that was being withdrawn has no readers to come.
				if (i32[at + DEED] !== 0 && !isRead) deeds.add(i32[at + DEED]);
				if (isRead && this.#readers(at) > 0) {
					this.#orphan(at, deeds);
					Atomics.store(i32, at + TICKET, this.#control.ticket());
				} else this.#clear(at);
			} else if (
				ticket > 0 &&
				isRead &&
				Atomics.compareExchange(i32, at + TICKET, ticket, -this.#arena.id) === ticket
			) {
				if (this.#readers(at) > 0) {
					this.#orphan(at, deeds);
					Atomics.store(i32, at + TICKET, ticket);
				} else this.#clear(at);
			}
		}
		for (const deed of deeds) this.#deeds.bury(deed);
	}

	/** Frees what was read after its owner had died, where nobody reads it any more. */
	buryOrphans(): void {
		const { i32 } = this.#arena.memory;
		for (const offer of this.#orphans) {
			const at = this.#at(offer);
			const ticket = Atomics.load(i32, at + TICKET);
			if (this.#readers(at) > 0 || Atomics.compareExchange(i32, at + TICKET, ticket, -this.#arena.id) !== ticket)
				continue;
			if (this.#readers(at) > 0) {
				Atomics.store(i32, at + TICKET, ticket);
				continue;
			}
			this.#orphans.delete(offer);
			const deed = i32[at + DEED];
			this.#deeds.release(deed);
			this.#deeds.bury(deed);
			this.#clear(at);
		}
	}

	/** The heap ends: it reads nothing any more. */
	leave(): void {
		this.shown.clear();
		for (const [offer, count] of [...this.#own]) for (let each = 0; each < count; each++) this.release(offer);
	}

	/** Ends an offer. Without its deed first: the next to write here may die before it has written one. */
	#clear(at: number): void {
		const { i32 } = this.#arena.memory;
		i32[at + DEED] = 0;
		Atomics.store(i32, at + TICKET, 0);
	}

	/** What was read becomes this heap's, to be freed when nobody reads it. */
	#orphan(at: number, deeds: Set<number>): void {
		const { i32 } = this.#arena.memory;
		const deed = i32[at + DEED];
		deeds.delete(deed);
		i32[at + OWNER] = this.#arena.id;
		this.#deeds.adopt(deed);
		this.#orphans.add((at - this.#control.plan.offersAt) / OFFER_WORDS);
	}

	#at(offer: number): number {
		return this.#control.plan.offersAt + offer * OFFER_WORDS;
	}

	/** A free offer, marked as this attachment's; tickets lead to different ones, so that the first is mostly free. */
	#claim(ticket: number): number {
		const { offers } = this.#control.plan;
		const { i32 } = this.#arena.memory;
		for (let tries = 0; tries < offers; tries++) {
			const offer = (ticket + tries) % offers;
			if (Atomics.compareExchange(i32, this.#at(offer) + TICKET, 0, -this.#arena.id) === 0) return offer;
		}
		throw new ArgumentError(
			`${offers} containers are shared and not taken or thawed yet, as many as this arena can have; let others attach first`,
		);
	}

	/** Registers as a reader, unless the offer was withdrawn. */
	#enter(at: number, ticket: number): boolean {
		const { i32 } = this.#arena.memory;
		const word = at + READERS + ((this.#arena.id - 1) >>> 5);
		const bit = 1 << (this.#arena.id - 1);
		const had = (Atomics.or(i32, word, bit) & bit) !== 0;
		if (Atomics.load(i32, at + TICKET) === ticket) return true;
		if (!had) Atomics.and(i32, word, ~bit);
		return false;
	}

	#leaveOffer(at: number): void {
		const word = at + READERS + ((this.#arena.id - 1) >>> 5);
		if (this.#reading.has((at - this.#control.plan.offersAt) / OFFER_WORDS)) return;
		Atomics.and(this.#arena.memory.i32, word, ~(1 << (this.#arena.id - 1)));
	}

	/** How many attachments read. */
	#readers(at: number): number {
		let readers = 0;
		for (let word = at + READERS; word < at + READERS + READER_WORDS; word++)
			for (let bits = Atomics.load(this.#arena.memory.i32, word); bits !== 0; bits &= bits - 1) readers++;
		return readers;
	}

	#refuse(handle: OfferHandle, what: string): never {
		const { owner, epoch } = handle;
		const control = this.#control;
		const isOwner = Number.isInteger(owner) && owner >= 1 && owner <= control.plan.attachments;
		const lives =
			isOwner && control.stateOf(owner) === ALIVE && this.#arena.memory.i32[control.slot(owner) + EPOCH] === epoch;
		if (!lives) throw new OwnerDiedError(`what the handle led to, ${what},`);
		throw new HandleError(
			'taken',
			`the handle of ${what} was taken by a thread before, or what it led to was thawed; share it again for each thread that is to have it`,
		);
	}
}
