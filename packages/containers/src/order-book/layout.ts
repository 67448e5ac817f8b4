/**
 * The glossary of the order book, and every word of memory it owns.
 *
 * - **tick**: a price as a whole number of the smallest price step; signed, 32 bits.
 * - **lot**: a quantity as a whole number of the smallest quantity step; 1 to 2^53 - 1.
 * - **key**: a tick as a ladder orders it, the best price first: the tick itself for sells, its complement for buys.
 *   Both sides are then the same structure, and "best" always means "lowest key".
 * - **level**: the orders of one side at one price, first come first.
 * - **ladder**: the levels of one side, in order of their keys.
 * - **branch**: a node of a ladder's radix tree; one at the bottom, whose children are levels, covers 64 ticks.
 * - **owner**: a number that a participant's orders bear, so that they do not trade with each other; 0: none.
 *
 * Orders, levels and branches are nodes of three pools of the heap, each named by its word index, so that a book is memory
 * and nothing else.
 */

/** Buyers' side, in the calls that take numbers. */
export const BUY = 0;
/** Sellers' side, in the calls that take numbers. */
export const SELL = 1;

/** The most lots of an order and of a level: the largest integer up to which doubles hold them all. */
export const MOST_LOTS = Number.MAX_SAFE_INTEGER;

/*
 * An order: half a cache line.
 *
 *   word   name       holds
 *   -----  ---------  --------------------------------------------------------------------------------
 *   +0     NEXT       the order behind it in its level; the level behind the last; free: the next free node
 *   +1     PREVIOUS   the order before it in its level; the level before the first
 *   +2     LEVEL      its level
 *   +3     TAG        its owner; 0: none; ANONYMOUS: what a feed of levels says of a price, without an id
 *   +4     ID_LOW     the lower word of its id
 *   +5     ID_HIGH    the upper word of its id
 *   +6-7   LOTS       lots that are open, as a double
 *
 * Invariants: 1 <= LOTS <= MOST_LOTS, a whole number; the id is in the index, unless the order is anonymous.
 */
export const NEXT = 0;
export const PREVIOUS = 1;
export const LEVEL = 2;
export const TAG = 3;
export const ID_LOW = 4;
export const ID_HIGH = 5;
export const LOTS = 6;
/** Words of an order. */
export const ORDER_WORDS = 8;
/** The TAG of an order without an id. */
export const ANONYMOUS: number = -1;

/*
 * A level: half a cache line. NEXT, PREVIOUS and LOTS lie where those of an order do: linking at either end takes no branch.
 *
 *   word   name       holds
 *   -----  ---------  --------------------------------------------------------------------------------
 *   +0     NEXT       the first order; the level itself: none; free: the next free node
 *   +1     PREVIOUS   the last order; the level itself: none
 *   +2     BRANCH     the branch that it is a child of
 *   +3     zero
 *   +4     KEY        its key
 *   +5     ORDERS     how many orders it has
 *   +6-7   LOTS       the sum of the LOTS of its orders, as a double
 *
 * Invariants: a level of a ladder has an order; LOTS <= MOST_LOTS.
 */
export const BRANCH = 2;
export const KEY = 4;
export const ORDERS = 5;
/** Words of a level. */
export const LEVEL_WORDS = 8;

/*
 * A branch: 64 children and a bitmap of those that are there. Only a child whose bit is set counts, so a branch is
 * never zeroed.
 *
 *   word   name       holds
 *   -----  ---------  --------------------------------------------------------------------------------
 *   +0     PARENT     the branch above; 0: this is the root. Free: the next free node
 *   +1     PREFIX     the bits that all its keys share, the others 0. Bit 31 is flipped, so that order is unsigned
 *   +2     SHIFT      how far to shift a key right for its child's number: 0, 6, 12, 18, 24 or 30
 *   +3     MASK       ones where PREFIX counts
 *   +4-5   BITS       which of the children 0-31, 32-63 are there
 *   +6     LADDER     the ladder it belongs to
 *   +7     zero
 *   +8-71  CHILDREN   levels where SHIFT is 0, else branches
 *
 * Invariants: a branch of a ladder has a child, and one with SHIFT > 0 has two; the path is compressed, so that a price
 * far from all others costs a level, a branch of 64 ticks and at most one branch above it: 608 bytes.
 */
export const PARENT = 0;
export const PREFIX = 1;
export const SHIFT = 2;
export const MASK = 3;
export const BITS = 4;
export const LADDER = 6;
export const CHILDREN = 8;
/** Words of a branch. */
export const BRANCH_WORDS = 72;

/*
 * A ladder's header, within its book's:
 *
 *   word   name       holds
 *   -----  ---------  --------------------------------------------------------------------------------
 *   +0     ROOT       the topmost branch; 0: no level
 *   +1     BEST       the level with the lowest key; 0: none
 *   +2     BEST_KEY   its key; NO_KEY: none (a level can have that key too, so BEST decides)
 *   +3     LEVELS     how many levels
 *   +4     FLIP       what turns a key into a tick and back, by exclusive or: -1 for buys, 0 for sells
 *   +5-7   zeros
 */
export const ROOT = 0;
export const BEST = 1;
export const BEST_KEY = 2;
export const LEVELS = 3;
export const FLIP = 4;
/** The key of an empty ladder's best level: no order's reach lies beyond it. */
export const NO_KEY = 0x7fffffff;

/*
 * A book's header:
 *
 *   word    name       holds
 *   ------  ---------  -------------------------------------------------------------------------------
 *   +0-1    SEQUENCE   how many events there were, those of levels and of the top not counted, as a double
 *   +2-3    FILLED     lots that the last command traded as taker, as a double
 *   +4      LAST_TICKS the price of the last trade
 *   +5      TRADED     1: there was a trade
 *   +6      SPECIAL    orders whose TAG is below 0
 *   +7      SELF       what happens where an order would trade with one of its own owner: `SELF_TRADE`
 *   +8-9    TOP_TICKS  the best bid and ask that listeners were told last
 *   +10-13  TOP_LOTS   their lots, as doubles; 0: that side was empty
 *   +14-15  zeros
 *   +16     BIDS       the ladder of buys
 *   +24     ASKS       the ladder of sells
 */
export const SEQUENCE = 0;
export const FILLED = 2;
export const LAST_TICKS = 4;
export const TRADED = 5;
export const SPECIAL = 6;
export const SELF = 7;
export const TOP_TICKS = 8;
export const TOP_LOTS = 10;
export const BIDS = 16;
export const ASKS = 24;
/** Words of a book's header. */
export const BOOK_WORDS = 32;

/*
 * On a shared heap a book has pools of its own, and its header goes on, so that a thread which is handed it finds all of it.
 * Written when the book is made:
 *
 *   word    name         holds
 *   ------  -----------  -----------------------------------------------------------------------------
 *   +32-37  SHARES       the headers of pool and ring of its orders, of its levels and of its branches
 *   +38-39  zeros
 *   +40-49  TICK_SIZE    the tick size as text, padded with zeros
 *   +50-59  LOT_SIZE     the lot size as text, padded with zeros
 *   +60-63  zeros
 */
export const SHARES = 32;
export const TICK_SIZE = 40;
export const LOT_SIZE = 50;
/** Words of a step as text. */
export const STEP_WORDS = 10;
/** Words of the header of a book on a shared heap. */
export const SHARED_BOOK_WORDS = 64;

/** Fills what it can at once, and what is left is cancelled. */
export const IOC = 1;
/** Is filled whole at once, or refused. */
export const FOK = 2;
/** Rests, or is refused where it would trade. */
export const POST_ONLY = 4;
/** Takes any price. Listeners are told of it; commands set it themselves. */
export const MARKET = 8;
/** Shows a part of itself at a time; an engine's, as all that follow. */
export const ICEBERG = 16;
/** Rests without being shown. */
export const HIDDEN = 32;
/** Trades whole or not at all, however long that takes. */
export const ALL_OR_NONE = 64;
/** Waits for its stop price. */
export const STOP = 128;
/** Makes its owner's position smaller, and never turns it. */
export const REDUCE_ONLY = 256;

/** What a command finds the book doing. */
export const IDLE = 0;
export const CALLING = 1;
export const DISPOSED = 2;
/** Shared for reading: commands are refused, by its owner and by readers. */
export const FROZEN = 3;
