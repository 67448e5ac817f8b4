/**
 * The glossary of this package, and the words of memory that pools and containers share.
 *
 * - **arena**: one block of memory, handed out in pages of 16 KiB.
 * - **slab**: a run of pages cut into nodes of one size.
 * - **node**: room for one record and its links; named by the index of its first word, never by an object.
 * - **pool**: all slabs with nodes for one record in one heap, and the chain of free nodes.
 * - **ring**: the nodes of one container, linked in a circle through the container's header.
 *
 * Every constant is a word offset. Hot code receives them through {@link words}, because code that is evaluated
 * again per struct can see nothing of this module.
 */

/*
 * A node:
 *
 *   word   name        holds
 *   -----  ----------  ---------------------------------------------------------------------------
 *   +0     NEXT        the node behind it (the ring's header behind the last); in a free node the next free node
 *   +1     PREVIOUS    the node before it (the ring's header before the first)
 *   +2     OWNER       the id of the ring it is in; 0: free
 *   +3     GENERATION  checked mode alone: how often this place was given out, plus the heap's salt
 *   +3/+4  the record's fields, laid out with this header as one C struct
 */
export const NEXT = 0;
export const PREVIOUS = 1;
export const OWNER = 2;
export const GENERATION = 3;

/** Bytes before the first field of a node. */
export const NODE_HEADER_BYTES = 12;
/** Bytes before the first field of a node in checked mode. */
export const CHECKED_NODE_HEADER_BYTES = 16;

/*
 * A segment is a node without a record of its own: room for many, side by side. Containers that take records at one end
 * and give them at the other are rings of segments:
 *
 *   word   name        holds
 *   -----  ----------  ---------------------------------------------------------------------------
 *   +0-2   as a node
 *   +3     ORDINAL     the ring's INSERTED when this segment was linked: no two uses in one ring have the same
 *   +4     the first record; the others follow without a gap
 */
export const ORDINAL = 3;
export const SEGMENT_HEADER_WORDS = 4;

/*
 * A ring's header is a node without a record, so that linking at either end takes no branch:
 *
 *   word   name           holds
 *   -----  -------------  ------------------------------------------------------------------------
 *   +0     NEXT           the first node; the header itself when empty
 *   +1     PREVIOUS       the last node; the header itself when empty
 *   +2     OWNER          the ring's id
 *   +3     INSERTED       nodes ever linked in, modulo 2^32
 *   +4     ERASED         nodes ever unlinked, modulo 2^32
 *   +5     POOL           the header of the pool its nodes come from
 *   +6     NEXT_RING      the next ring of the pool; 0: none
 *   +7     PREVIOUS_RING  the ring before it in the pool; 0: none
 *   +8     SHUFFLED       1: its nodes may be linked in another order than they were taken in
 *   +9-15  zeros
 *
 * Invariant: nodes in the ring = (INSERTED - ERASED) mod 2^32. Two counters cost what one costs, and ERASED tells a
 * call that asks a function about node after node whether that function removed one.
 */
export const INSERTED = 3;
export const ERASED = 4;
export const POOL = 5;
export const NEXT_RING = 6;
export const PREVIOUS_RING = 7;
export const SHUFFLED = 8;

/**
 * The header that disposed containers share, in the arena's page 0: an empty ring with the id -1 that no node bears.
 */
export const DISPOSED_RING = 32;

/** No index of a node: where a walk stands that lost its place. */
export const LOST = -1;

/*
 * A pool's header:
 *
 *   word   name       holds
 *   -----  ---------  ----------------------------------------------------------------------------
 *   +0     FREE       the first free node, last in first out; 0: none is threaded
 *   +1     UNCARVED   the first node not threaded yet of the slab being carved
 *   +2     LIMIT      the end of that slab's nodes
 *   +3     STRIDE     words per node
 *   +4     SLABS      the newest slab; 0: none
 *   +5     CAPACITY   nodes in all slabs
 *   +6     PAGES      pages in all slabs
 *   +7     RINGS      the newest ring that draws on this pool; 0: none
 *   +8     STAMP      checked mode: the generation that a place starts with; else 0
 *   +9     RETIRED    checked mode: nodes given out so often that their generation is used up; never used again
 *   +10    SCATTERED  1: the chain FREE may lead back and forth through memory
 *   +11    UNOPENED   the first of the slabs, linked by NEXT_SLAB, that are to be carved after the current one; 0: none
 *   +12    FORWARDED  1: nodes may bear an id that was forwarded, which its heap alone can tell
 *   +13-15 zeros
 *
 * Invariant: CAPACITY = nodes in rings + nodes on the chain FREE + RETIRED + (LIMIT - UNCARVED) / STRIDE
 *   + nodes of the slabs from UNOPENED on.
 */
export const FREE = 0;
export const UNCARVED = 1;
export const LIMIT = 2;
export const STRIDE = 3;
export const SLABS = 4;
export const CAPACITY = 5;
export const PAGES = 6;
export const RINGS = 7;
export const STAMP = 8;
export const RETIRED = 9;
export const SCATTERED = 10;
export const UNOPENED = 11;
export const FORWARDED = 12;

/*
 * A container whose records lie side by side has these words in its header; it may use the others as it likes.
 *
 *   word   name           holds
 *   -----  -------------  ------------------------------------------------------------------------
 *   +5     ELEMENTS_SIZE  records; 0 in the header of disposed rings as well
 *   +7     ELEMENTS_DATA  the first word of the first record
 */
export const ELEMENTS_SIZE = 5;
export const ELEMENTS_DATA = 7;

/** Generations of a node in checked mode: with an index of 32 bits they fill the 53 bits of a safe integer. */
export const GENERATIONS = 2 ** 21;

/*
 * A slab begins with one cache line of its own:
 *
 *   word   name         holds
 *   -----  -----------  --------------------------------------------------------------------------
 *   +0     NEXT_SLAB    the slab taken before this one; 0: none
 *   +1     SLAB_PAGES   pages in this slab
 *   +2     SLAB_NODES   nodes in this slab
 *   +3-15  zeros
 *   +16    the first node; the others follow without a gap
 */
export const NEXT_SLAB = 0;
export const SLAB_PAGES = 1;
export const SLAB_NODES = 2;
export const SLAB_HEADER_WORDS = 16;

/** Words of a ring's or pool's header: one cache line. */
export const HEADER_WORDS = 16;

/** The words that hot container code touches, as one object. */
export const words = {
	NEXT,
	PREVIOUS,
	OWNER,
	GENERATION,
	ORDINAL,
	INSERTED,
	ERASED,
	SHUFFLED,
	FREE,
	RETIRED,
	FORWARDED,
	GENERATIONS,
	DISPOSED_RING,
	LOST,
} as const;
