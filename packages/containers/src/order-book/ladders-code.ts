import type { BookEnvironment } from './book-environment.js';
import type { BookEventsClass } from './events-code.js';

/** What this code uses beside what all code of a book uses. */
export interface LaddersEnvironment extends BookEnvironment {
	readonly BookEvents: BookEventsClass;
}

/**
 * The price ladders of one book: levels by key, the lowest first, each ladder named by the word index of its header.
 *
 * A radix tree of 64 children a branch, path-compressed, with a bitmap in each branch. Prices that lie together share a
 * branch or two, so finding a level takes two or three steps; the next level is the next bit. Nothing is ever scanned, and
 * no window has to be chosen: the whole range of signed 32-bit ticks is there, and what is empty costs nothing.
 *
 * Bagwell's bitmap tries (Ideal Hash Trees, 2001) for the branches, with the path compression of Morrison's PATRICIA
 * (JACM 15, 1968).
 *
 * A closed factory, as `events-code.ts`.
 */
export function laddersCode(environment: LaddersEnvironment) {
	const { words, errors, BookEvents } = environment;
	const { OutOfMemoryError } = errors;
	const LOWEST = -0x80000000;

	return class PriceLadders extends BookEvents {
		/**
		 * The level of that key; 0: there is none. O(1): a step per six bits in which keys differ, two for most markets.
		 *
		 * How far to shift is asked, and not only used: a processor foretells the answers, and so need not wait for the word to
		 * know where the child is.
		 */
		findLevel(ladder: number, key: number): number {
			const { i32 } = this.memory;
			const bits = key ^ LOWEST;
			let branch = i32[ladder + words.ROOT];
			if (branch === 0) return 0;
			let shift = i32[branch + words.SHIFT];
			while (shift !== 0) {
				let child = (bits >>> 6) & 63;
				if (shift !== 6) child = (bits >>> shift) & 63;
				if ((i32[branch + words.BITS + (child >>> 5)] & (1 << child)) === 0) return 0;
				branch = i32[branch + words.CHILDREN + child];
				shift = i32[branch + words.SHIFT];
			}
			const child = bits & 63;
			if ((i32[branch + words.BITS + (child >>> 5)] & (1 << child)) === 0) return 0;
			const level = i32[branch + words.CHILDREN + child];
			// The bits that paths leave out are looked at here, once for all.
			return i32[level + words.KEY] === key ? level : 0;
		}

		/**
		 * The level of that key, made where there is none; it is then empty, which the caller changes at once. O(1), as `findLevel`.
		 *
		 * @throws OutOfMemoryError when the arena is full; the ladder is then as it was. May refresh the views.
		 */
		openLevel(ladder: number, key: number): number {
			const found = this.findLevel(ladder, key);
			return found === 0 ? this.addLevel(ladder, key) : found;
		}

		/** Makes a level where none is. */
		addLevel(ladder: number, key: number): number {
			this.prepareLevel();
			const { i32 } = this.memory;
			const bits = key ^ LOWEST;
			let parent = 0;
			let branch = i32[ladder + words.ROOT];
			while (branch !== 0) {
				if (((bits ^ i32[branch + words.PREFIX]) & i32[branch + words.MASK]) !== 0) break;
				const shift = i32[branch + words.SHIFT];
				if (shift === 0) return this.addLevelTo(branch, ladder, key);
				const child = (bits >>> shift) & 63;
				parent = branch;
				const isThere = (i32[branch + words.BITS + (child >>> 5)] & (1 << child)) !== 0;
				branch = isThere ? i32[branch + words.CHILDREN + child] : 0;
			}
			return this.addLevelTo(this.addBranch(ladder, bits, parent, branch), ladder, key);
		}

		/** Makes sure that the next `openLevel` takes no memory from the arena, and so cannot fail. May refresh the views. */
		prepareLevel(): void {
			const { i32 } = this.memory;
			const branch = i32[this.branchPool + words.FREE];
			const isReady = i32[this.levelPool + words.FREE] !== 0 && branch !== 0 && i32[branch + words.NEXT] !== 0;
			if (!isReady) this.refill();
		}

		/**
		 * Makes sure that an order, a level and two branches can be taken. All at once: where the arena is full, room for one is
		 * made by giving up what others do not use, and that can be what was got ready just before.
		 */
		refill(): void {
			const { orders, levels, branches } = this.estate;
			for (let tries = 0; tries < 4; tries++) {
				orders.prepare(1);
				levels.prepare(1);
				branches.prepare(2);
				const { i32 } = this.memory;
				const branch = i32[this.branchPool + words.FREE];
				const isReady = i32[this.orderPool + words.FREE] !== 0 && i32[this.levelPool + words.FREE] !== 0;
				if (isReady && branch !== 0 && i32[branch + words.NEXT] !== 0) return;
			}
			const { arena } = this.heap;
			throw new OutOfMemoryError(words.BRANCH_WORDS * 8, this.memory.i32.byteLength, arena.maxBytes);
		}

		/** Removes an empty level. O(1). */
		closeLevel(level: number): void {
			const { i32 } = this.memory;
			const branch = i32[level + words.BRANCH];
			const ladder = i32[branch + words.LADDER];
			const child = i32[level + words.KEY] & 63;
			if (i32[ladder + words.BEST] === level) {
				const next = this.levelAfter(branch, child);
				i32[ladder + words.BEST] = next;
				i32[ladder + words.BEST_KEY] = next === 0 ? words.NO_KEY : i32[next + words.KEY];
			}
			i32[branch + words.BITS + (child >>> 5)] &= ~(1 << child);
			i32[ladder + words.LEVELS]--;
			if ((i32[branch + words.BITS] | i32[branch + words.BITS + 1]) === 0) this.closeBranch(ladder, branch);
			const { levelPool, levelRing } = this;
			i32[level + words.NEXT] = i32[levelPool + words.FREE];
			i32[levelPool + words.FREE] = level;
			i32[levelRing + words.ERASED] = (i32[levelRing + words.ERASED] + 1) | 0;
		}

		/** The level with the next higher key, the next worse price; 0: none. O(1). */
		nextLevel(level: number): number {
			const { i32 } = this.memory;
			return this.levelAfter(i32[level + words.BRANCH], i32[level + words.KEY] & 63);
		}

		/** The level with the lowest key from `key` on; 0: none. O(1). */
		levelFrom(ladder: number, key: number): number {
			const { i32 } = this.memory;
			const bits = key ^ LOWEST;
			let branch = i32[ladder + words.ROOT];
			while (branch !== 0) {
				const differing = (bits ^ i32[branch + words.PREFIX]) & i32[branch + words.MASK];
				if (differing !== 0) {
					// All of this branch lies on one side of the key.
					if (bits >>> 0 < i32[branch + words.PREFIX] >>> 0) return this.lowestLevel(branch);
					return this.levelAfterBranch(branch);
				}
				const shift = i32[branch + words.SHIFT];
				const child = (bits >>> shift) & 63;
				if ((i32[branch + words.BITS + (child >>> 5)] & (1 << child)) === 0) return this.levelAfter(branch, child);
				branch = i32[branch + words.CHILDREN + child];
				if (shift === 0) return branch;
			}
			return 0;
		}

		/** Puts a new level under a branch of 64 ticks. */
		addLevelTo(branch: number, ladder: number, key: number): number {
			const { i32, f64 } = this.memory;
			const { levelPool, levelRing } = this;
			const level = i32[levelPool + words.FREE];
			i32[levelPool + words.FREE] = i32[level + words.NEXT];
			i32[levelRing + words.INSERTED] = (i32[levelRing + words.INSERTED] + 1) | 0;
			const child = key & 63;
			i32[branch + words.BITS + (child >>> 5)] |= 1 << child;
			i32[branch + words.CHILDREN + child] = level;
			i32[level + words.NEXT] = level;
			i32[level + words.PREVIOUS] = level;
			i32[level + words.BRANCH] = branch;
			i32[level + words.TAG] = 0;
			i32[level + words.KEY] = key;
			i32[level + words.ORDERS] = 0;
			f64[(level + words.LOTS) >> 1] = 0;
			i32[ladder + words.LEVELS]++;
			if (key < i32[ladder + words.BEST_KEY] || i32[ladder + words.BEST] === 0) {
				i32[ladder + words.BEST] = level;
				i32[ladder + words.BEST_KEY] = key;
			}
			return level;
		}

		/**
		 * Puts a new, empty branch of 64 ticks below `parent` (0: as the root), with a branch above it where it parts from `sibling`
		 * (0: from none).
		 */
		addBranch(ladder: number, bits: number, parent: number, sibling: number): number {
			const { i32 } = this.memory;
			const branch = this.takeBranch();
			i32[branch + words.PREFIX] = bits & -64;
			i32[branch + words.SHIFT] = 0;
			i32[branch + words.MASK] = -64;
			i32[branch + words.LADDER] = ladder;
			i32[branch + words.BITS] = 0;
			i32[branch + words.BITS + 1] = 0;
			if (sibling === 0) {
				this.putChild(ladder, parent, branch);
				return branch;
			}
			// The two part at the highest bit in which they differ: a branch goes between them and what is above.
			const highest = 31 - Math.clz32(bits ^ i32[sibling + words.PREFIX]);
			const shift = highest - (highest % 6);
			const fork = this.takeBranch();
			const mask = shift === 30 ? 0 : -64 << shift;
			i32[fork + words.PREFIX] = bits & mask;
			i32[fork + words.SHIFT] = shift;
			i32[fork + words.MASK] = mask;
			i32[fork + words.LADDER] = ladder;
			i32[fork + words.BITS] = 0;
			i32[fork + words.BITS + 1] = 0;
			this.putChild(ladder, parent, fork);
			this.putChild(ladder, fork, sibling);
			this.putChild(ladder, fork, branch);
			return branch;
		}

		takeBranch(): number {
			const { i32 } = this.memory;
			const branch = i32[this.branchPool + words.FREE];
			i32[this.branchPool + words.FREE] = i32[branch + words.NEXT];
			i32[this.branchRing + words.INSERTED] = (i32[this.branchRing + words.INSERTED] + 1) | 0;
			return branch;
		}

		giveBranch(branch: number): void {
			const { i32 } = this.memory;
			i32[branch + words.NEXT] = i32[this.branchPool + words.FREE];
			i32[this.branchPool + words.FREE] = branch;
			i32[this.branchRing + words.ERASED] = (i32[this.branchRing + words.ERASED] + 1) | 0;
		}

		/** Makes a branch the child of another, or with parent 0 the root, in place of what is there. */
		putChild(ladder: number, parent: number, branch: number): void {
			const { i32 } = this.memory;
			i32[branch + words.PARENT] = parent;
			if (parent === 0) {
				i32[ladder + words.ROOT] = branch;
				return;
			}
			const child = (i32[branch + words.PREFIX] >>> i32[parent + words.SHIFT]) & 63;
			i32[parent + words.BITS + (child >>> 5)] |= 1 << child;
			i32[parent + words.CHILDREN + child] = branch;
		}

		/** Removes a branch without children, and the one above it where that has one child left. */
		closeBranch(ladder: number, branch: number): void {
			const { i32 } = this.memory;
			const parent = i32[branch + words.PARENT];
			if (parent === 0) {
				i32[ladder + words.ROOT] = 0;
			} else {
				const child = (i32[branch + words.PREFIX] >>> i32[parent + words.SHIFT]) & 63;
				i32[parent + words.BITS + (child >>> 5)] &= ~(1 << child);
				const low = i32[parent + words.BITS];
				const high = i32[parent + words.BITS + 1];
				// A single bit is left when one word is zero and the other a power of two.
				const rest = low === 0 ? high : low;
				if ((low === 0 || high === 0) && (rest & (rest - 1)) === 0) {
					const only = i32[parent + words.CHILDREN + lowestBit(low, high)];
					this.putChild(ladder, i32[parent + words.PARENT], only);
					this.giveBranch(parent);
				}
			}
			this.giveBranch(branch);
		}

		/** The level behind child number `child` of a branch; 0: none. */
		levelAfter(branch: number, child: number): number {
			const { i32 } = this.memory;
			let low = i32[branch + words.BITS];
			let high = i32[branch + words.BITS + 1];
			if (child < 32) {
				low &= -2 << child;
			} else {
				low = 0;
				high &= -2 << (child - 32);
			}
			if ((low | high) !== 0) {
				const found = i32[branch + words.CHILDREN + lowestBit(low, high)];
				return i32[branch + words.SHIFT] === 0 ? found : this.lowestLevel(found);
			}
			return this.levelAfterBranch(branch);
		}

		/** The first level behind all of a branch; 0: none. */
		levelAfterBranch(branch: number): number {
			const { i32 } = this.memory;
			const parent = i32[branch + words.PARENT];
			return parent === 0
				? 0
				: this.levelAfter(parent, (i32[branch + words.PREFIX] >>> i32[parent + words.SHIFT]) & 63);
		}

		/** The level with the lowest key under a branch. */
		lowestLevel(branch: number): number {
			const { i32 } = this.memory;
			let node = branch;
			for (;;) {
				const child = i32[node + words.CHILDREN + lowestBit(i32[node + words.BITS], i32[node + words.BITS + 1])];
				if (i32[node + words.SHIFT] === 0) return child;
				node = child;
			}
		}
	};

	/** The number of the lowest bit that is set in two words, of which one is not 0. */
	function lowestBit(low: number, high: number): number {
		return low !== 0 ? 31 - Math.clz32(low & -low) : 63 - Math.clz32(high & -high);
	}
}

/** The price ladders of a book. */
export type PriceLadders = InstanceType<ReturnType<typeof laddersCode>>;
/** Their class. */
export type PriceLaddersClass = ReturnType<typeof laddersCode>;
