import * as words from './layout.js';
import type { ReadingBook } from './reading-code.js';

/**
 * The broken invariants of the layouts in `layout.ts`, in words; empty when all hold. O(orders + levels + slots), and unless
 * the book `isPart` of something that looks at the heap itself, O(capacity).
 */
export function bookFaults(book: ReadingBook, isPart = false): string[] {
	const faults: string[] = [];
	const { estate } = book;
	const seen = { orders: 0, levels: 0, branches: 0, special: 0 };
	const indexed = new Set<number>();
	for (const fault of book.index.faults(indexed)) faults.push(`index: ${fault}`);
	const ladders = [
		['bids', book.book + words.BIDS, -1],
		['asks', book.book + words.ASKS, 0],
	] as const;
	for (const [name, ladder, flip] of ladders) {
		if (book.memory.i32[ladder + words.FLIP] !== flip) faults.push(`${name}: FLIP is not ${flip}`);
		for (const fault of ladderFaults(book, ladder, indexed, seen)) faults.push(`${name}: ${fault}`);
	}
	for (const order of indexed) faults.push(`the index leads to ${order}, which is no order of this book`);
	const { i32 } = book.memory;
	if (seen.special !== i32[book.book + words.SPECIAL])
		faults.push(`${seen.special} orders are special, SPECIAL says ${i32[book.book + words.SPECIAL]}`);
	for (const kind of ['orders', 'levels', 'branches'] as const) {
		if (seen[kind] !== estate[kind].taken)
			faults.push(`${seen[kind]} ${kind} are linked, and ${estate[kind].taken} are taken`);
	}
	if (!isPart) faults.push(...book.heap.faults());
	return faults;
}

interface Seen {
	orders: number;
	levels: number;
	branches: number;
	special: number;
}

function ladderFaults(book: ReadingBook, ladder: number, indexed: Set<number>, seen: Seen): string[] {
	const { i32 } = book.memory;
	const faults: string[] = [];
	const levels: number[] = [];
	const root = i32[ladder + words.ROOT];
	if (root !== 0) walkBranch(book, ladder, root, 0, levels, faults, seen);
	if (levels.length !== i32[ladder + words.LEVELS])
		faults.push(`${levels.length} levels are there, LEVELS says ${i32[ladder + words.LEVELS]}`);
	const best = levels[0] ?? 0;
	if (i32[ladder + words.BEST] !== best)
		faults.push(`the best level is ${best}, BEST says ${i32[ladder + words.BEST]}`);
	const bestKey = best === 0 ? words.NO_KEY : i32[best + words.KEY];
	if (i32[ladder + words.BEST_KEY] !== bestKey)
		faults.push(`the best key is ${bestKey}, BEST_KEY says ${i32[ladder + words.BEST_KEY]}`);
	let last = -Infinity;
	for (const [at, level] of levels.entries()) {
		const key = i32[level + words.KEY];
		if (key <= last) faults.push(`the key ${key} stands behind ${last}`);
		last = key;
		const next = levels[at + 1] ?? 0;
		if (book.nextLevel(level) !== next) faults.push(`behind level ${level} is ${next}, not ${book.nextLevel(level)}`);
		if (book.findLevel(ladder, key) !== level) faults.push(`the key ${key} does not lead to its level`);
		faults.push(...levelFaults(book, level, indexed, seen));
	}
	return faults;
}

/** Collects the levels of a branch in order. */
function walkBranch(
	book: ReadingBook,
	ladder: number,
	branch: number,
	parent: number,
	levels: number[],
	faults: string[],
	seen: Seen,
): void {
	const { i32 } = book.memory;
	seen.branches++;
	const shift = i32[branch + words.SHIFT];
	if (i32[branch + words.PARENT] !== parent) faults.push(`branch ${branch} does not know its parent ${parent}`);
	if (i32[branch + words.LADDER] !== ladder) faults.push(`branch ${branch} does not know its ladder`);
	if (i32[branch + words.MASK] !== (shift === 30 ? 0 : -64 << shift))
		faults.push(`branch ${branch} has a mask of another shift`);
	if ((i32[branch + words.PREFIX] & ~i32[branch + words.MASK]) !== 0)
		faults.push(`branch ${branch} has a prefix beyond its mask`);
	let children = 0;
	for (let child = 0; child < 64; child++) {
		if ((i32[branch + words.BITS + (child >>> 5)] & (1 << child)) === 0) continue;
		children++;
		const node = i32[branch + words.CHILDREN + child];
		const bits = shift === 0 ? i32[node + words.KEY] ^ -0x80000000 : i32[node + words.PREFIX];
		if (((bits >>> shift) & 63) !== child || ((bits ^ i32[branch + words.PREFIX]) & i32[branch + words.MASK]) !== 0)
			faults.push(`child ${child} of branch ${branch} is in the wrong place`);
		if (shift !== 0) {
			if (i32[node + words.SHIFT] >= shift) faults.push(`branch ${node} is not below its parent`);
			else walkBranch(book, ladder, node, branch, levels, faults, seen);
			continue;
		}
		if (i32[node + words.BRANCH] !== branch) faults.push(`level ${node} does not know its branch ${branch}`);
		levels.push(node);
		seen.levels++;
	}
	if (children < (shift === 0 ? 1 : 2)) faults.push(`branch ${branch} has ${children} children`);
}

function levelFaults(book: ReadingBook, level: number, indexed: Set<number>, seen: Seen): string[] {
	const { i32, f64 } = book.memory;
	const faults: string[] = [];
	let total = 0;
	let count = 0;
	let previous = level;
	for (let order = i32[level + words.NEXT]; order !== level; order = i32[order + words.NEXT]) {
		if (i32[order + words.PREVIOUS] !== previous) faults.push(`order ${order} does not know what is before it`);
		if (i32[order + words.LEVEL] !== level) faults.push(`order ${order} does not know its level`);
		const lots = f64[(order + words.LOTS) >> 1];
		if (!Number.isSafeInteger(lots) || lots < 1) faults.push(`order ${order} is of ${lots} lots`);
		const low = i32[order + words.ID_LOW];
		const high = i32[order + words.ID_HIGH];
		if (i32[order + words.TAG] < 0) {
			seen.special++;
			if (low !== 0 || high !== 0) faults.push(`order ${order} is anonymous and has an id`);
		} else if (!indexed.delete(order) || book.index.find(low, high) !== order)
			faults.push(`order ${order} is not in the index`);
		total += lots;
		count++;
		seen.orders++;
		previous = order;
		if (count > i32[level + words.ORDERS]) break;
	}
	if (count === 0) faults.push(`level ${level} has no order`);
	if (i32[level + words.PREVIOUS] !== previous) faults.push(`the last order of level ${level} is another`);
	if (count !== i32[level + words.ORDERS])
		faults.push(`level ${level} has ${count} orders, ORDERS says ${i32[level + words.ORDERS]}`);
	if (total !== f64[(level + words.LOTS) >> 1] || total > words.MOST_LOTS)
		faults.push(`level ${level} has ${total} lots, LOTS says ${f64[(level + words.LOTS) >> 1]}`);
	return faults;
}
