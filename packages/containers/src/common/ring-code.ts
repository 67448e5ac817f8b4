import type { Heap, internals } from '@flux/core';
import type { ContainerEnvironment, RingPlace } from './container-environment.js';

/**
 * The nodes of one list or map and their links: taking, linking, unlinking and checking nodes. It knows nothing of records
 * but where their fields begin.
 *
 * A closed factory: everything it uses is in `environment`, because it is evaluated again for each struct
 * (`specialize` in @flux/core says why). The layout of nodes, rings and pools is drawn in core's `slab/layout.ts`.
 *
 * A ring whose two ends are its header needs no branch at either end. A node's OWNER word tells in one comparison
 * whether it is in this list. What follows costs nothing on the hot path: a disposed list stands on a header that is
 * empty and a pool that has no node, so its next call ends in a slow path that throws.
 */
export function ringCode(environment: ContainerEnvironment) {
	const { words, errors, describe, record, fixedMemory, title: TITLE, noun: NOUN } = environment;
	const { ArgumentError, CorruptionError, EndError, HeapMismatchError, NodeError } = errors;
	const TWO_32 = 4294967296;
	const NO_ARGUMENTS: readonly [] = [];
	const NO_WALKS: WeakRef<RingWalk>[] = [];

	const RingOfRecord = class Ring {
		/** A field, or a constant of the class where that is made for one memory. */
		declare readonly memory: internals.Memory;
		/** The word index of the pool's header; 0, where no free node is, once disposed. */
		declare pool: number;
		/** The word index of this list's header. */
		declare header: number;
		/** The id in the header's OWNER word, kept at hand; -1 once disposed. */
		declare id: number;
		declare readonly heap: Heap;
		declare readonly nodes: internals.NodePool;
		/** How often nodes changed places: what a callback that is asked about node after node must not do. */
		declare reordered: number;
		/** The walks under way; undefined when there is none, which is all that the hot path asks. */
		declare walks: WeakRef<RingWalk>[] | undefined;

		constructor(heap: Heap, place?: RingPlace) {
			const nodes = place?.nodes ?? heap.pool(record.key, record.strideWords, words.CHECKED);
			if (fixedMemory === undefined) this.memory = heap.memory;
			// What changes in a list's life is set twice: engines take a field that was set once for a constant, and throw
			// away the code of every list of this record when the first of them is walked, cleared or disposed.
			this.pool = 0;
			this.header = words.DISPOSED_RING;
			this.id = -1;
			this.walks = NO_WALKS;
			this.reordered = -1;
			this.heap = heap;
			this.nodes = nodes;
			this.pool = nodes.header;
			this.header = place?.header || heap.openRing(nodes);
			this.id = heap.memory.i32[this.header + words.OWNER];
			this.walks = undefined;
			this.reordered = 0;
			if (place?.reads !== true) environment.adopt(this, heap, nodes, this.header);
		}

		get size(): number {
			const { i32 } = this.memory;
			const h = this.header;
			if (this.id === -1) this.checkAlive();
			return (i32[h + words.INSERTED] - i32[h + words.ERASED]) >>> 0;
		}

		get empty(): boolean {
			const { i32 } = this.memory;
			if (this.id === -1) this.checkAlive();
			return i32[this.header + words.NEXT] === this.header;
		}

		/** Takes a node and links it at the end. Its fields hold what its last record left. */
		linkBack(): number {
			if (this.memory.i32[this.pool + words.FREE] === 0) this.refill();
			return this.linkBackReady(this.memory.i32[this.pool + words.FREE]);
		}

		/** The same, where the caller has seen that a free node is there: growth refreshes the views, so hot code keeps it apart. */
		linkBackReady(node: number): number {
			const { i32 } = this.memory;
			const h = this.header;
			const p = this.pool;
			i32[p + words.FREE] = i32[node + words.NEXT];
			if (words.CHECKED && this.advanceGeneration(node)) return this.linkBack();
			const last = i32[h + words.PREVIOUS];
			i32[node + words.NEXT] = h;
			i32[node + words.PREVIOUS] = last;
			i32[node + words.OWNER] = this.id;
			i32[last + words.NEXT] = node;
			i32[h + words.PREVIOUS] = node;
			i32[h + words.INSERTED] = (i32[h + words.INSERTED] + 1) | 0;
			return node;
		}

		/** Takes a node and links it before `position`, an index or the header. */
		linkBefore(position: number): number {
			if (this.memory.i32[this.pool + words.FREE] === 0) this.refill();
			return this.linkBeforeReady(this.memory.i32[this.pool + words.FREE], position);
		}

		/** The same, where the caller has seen that a free node is there. */
		linkBeforeReady(node: number, position: number): number {
			const { i32 } = this.memory;
			const h = this.header;
			const p = this.pool;
			i32[p + words.FREE] = i32[node + words.NEXT];
			if (words.CHECKED && this.advanceGeneration(node)) return this.linkBefore(position);
			const previous = i32[position + words.PREVIOUS];
			i32[node + words.NEXT] = position;
			i32[node + words.PREVIOUS] = previous;
			i32[node + words.OWNER] = this.id;
			i32[previous + words.NEXT] = node;
			i32[position + words.PREVIOUS] = node;
			i32[h + words.SHUFFLED] = 1;
			i32[h + words.INSERTED] = (i32[h + words.INSERTED] + 1) | 0;
			return node;
		}

		/** Takes a node and links it at the beginning. */
		linkFront(): number {
			return this.linkBefore(this.memory.i32[this.header + words.NEXT]);
		}

		/**
		 * Threads more free nodes. Where none can be had it throws; a disposed list, whose pool has none, ends here too.
		 *
		 * What it does is called in a way that no engine inlines: among the loads and stores of a loop that pushes, code that
		 * may refresh the views makes the engine read everything again, although it runs once in hundreds of times.
		 */
		refill(): void {
			Reflect.apply(this.refillApart, this, NO_ARGUMENTS);
		}

		refillApart(): void {
			this.checkAlive();
			if (this.nodes.refill() === 0) throw new CorruptionError('no node');
		}

		/** Unlinks a node and gives it back. Returns the index behind it, perhaps the header. */
		unlink(node: number): number {
			if (this.walks !== undefined) this.passOver(node);
			const { i32 } = this.memory;
			const h = this.header;
			const p = this.pool;
			const next = i32[node + words.NEXT];
			const previous = i32[node + words.PREVIOUS];
			i32[previous + words.NEXT] = next;
			i32[next + words.PREVIOUS] = previous;
			i32[node + words.OWNER] = 0;
			i32[node + words.NEXT] = i32[p + words.FREE];
			i32[p + words.FREE] = node;
			i32[h + words.ERASED] = (i32[h + words.ERASED] + 1) | 0;
			return next;
		}

		/** Unlinks the first node, known not to be the header: the header's own links are not asked for. */
		unlinkFirst(node: number): void {
			if (this.walks !== undefined) this.passOver(node);
			const { i32 } = this.memory;
			const h = this.header;
			const p = this.pool;
			const next = i32[node + words.NEXT];
			i32[h + words.NEXT] = next;
			i32[next + words.PREVIOUS] = h;
			i32[node + words.OWNER] = 0;
			i32[node + words.NEXT] = i32[p + words.FREE];
			i32[p + words.FREE] = node;
			i32[h + words.ERASED] = (i32[h + words.ERASED] + 1) | 0;
		}

		/** Walks are known weakly: one that was dropped half way needs no end. */
		watch(walk: RingWalk): void {
			this.walks ??= [];
			this.walks.push(new WeakRef(walk));
		}

		unwatch(walk: RingWalk): void {
			this.eachWalk((other) => other !== walk);
		}

		/** A node is about to leave: walks that stand at it go back by one. */
		passOver(node: number): void {
			const { i32 } = this.memory;
			this.eachWalk((walk) => {
				if (walk.current === node) walk.current = i32[node + walk.behind];
				return true;
			});
		}

		/** All nodes leave, or change places in memory: no walk knows where it is. */
		loseWalks(): void {
			this.eachWalk((walk) => {
				walk.current = words.LOST;
				return false;
			});
		}

		/** Calls back for each walk under way, and keeps those for which the callback says so. */
		eachWalk(keep: (walk: RingWalk) => boolean): void {
			if (this.walks === undefined) return;
			const kept = this.walks.filter((reference) => {
				const walk = reference.deref();
				return walk !== undefined && keep(walk);
			});
			this.walks = kept.length === 0 ? undefined : kept;
		}

		/** The index of a node that was passed in, checked to be in this list. */
		indexOf(node: number, call: string): number {
			if (words.CHECKED) return this.decode(node, call);
			if (this.memory.i32[node + words.OWNER] !== this.id) this.settle(node, call);
			return node;
		}

		/** Whether `indexOf` would return; asked without an error, and what is no number is no node either. */
		holds(node: number): boolean {
			if (!Number.isSafeInteger(node) || node <= 0 || this.id === -1 || this.heap.disposed) return false;
			const { i32 } = this.memory;
			const index = words.CHECKED ? node >>> 0 : node;
			if (words.CHECKED) {
				if (!this.nodes.contains(index)) return false;
				if (i32[index + words.GENERATION] * TWO_32 + index !== node) return false;
			}
			const found = i32[index + words.OWNER];
			return found === this.id || (found !== undefined && found !== 0 && this.heap.resolveId(found) === this.id);
		}

		/** The same for a position: 0 is the end, so the header. */
		positionOf(node: number, call: string): number {
			return node === 0 ? this.endPosition() : this.indexOf(node, call);
		}

		/** The node to hand out for an index: 0 for the header, with its generation in checked mode. */
		nodeOf(index: number): number {
			if (index === this.header) return this.none();
			return words.CHECKED ? this.memory.i32[index + words.GENERATION] * TWO_32 + index : index;
		}

		/** The end, which is also where a disposed list begins. */
		none(): 0 {
			this.checkAlive();
			return 0;
		}

		/** The node to hand out for an index that is known to be a node's. */
		handle(index: number): number {
			return words.CHECKED ? this.memory.i32[index + words.GENERATION] * TWO_32 + index : index;
		}

		endPosition(): number {
			this.checkAlive();
			return this.header;
		}

		checkAlive(): void {
			if (this.id === -1) throw environment.gone(this, `this ${TITLE}`);
		}

		/** A node does not bear this list's id: it may bear one that was forwarded here, else the call is a mistake. */
		settle(node: number, call: string, named: number = node): void {
			this.checkAlive();
			if (node === 0) throw new EndError(call);
			const { i32 } = this.memory;
			const found = Number.isInteger(node) && node > 0 ? i32[node + words.OWNER] : undefined;
			if (found === undefined)
				throw new NodeError(node, `is no node of this ${NOUN}; ${call} takes what the ${NOUN}'s own calls returned`);
			if (found === 0) throw new NodeError(named, `was erased; ${call} takes a node only while it is in the ${NOUN}`);
			if (this.heap.resolveId(found) !== this.id) {
				throw new NodeError(
					named,
					`is not in this ${NOUN}: it was cleared away or belongs to another; ${call} takes nodes of its own ${NOUN}`,
				);
			}
			i32[node + words.OWNER] = this.id;
		}

		decode(node: number, call: string): number {
			this.checkAlive();
			if (node === 0) throw new EndError(call);
			const index = node >>> 0;
			if (!Number.isSafeInteger(node) || node < 0 || !this.nodes.contains(index)) {
				throw new NodeError(node, `is no node of this ${NOUN}; ${call} takes what the ${NOUN}'s own calls returned`);
			}
			const { i32 } = this.memory;
			if (i32[index + words.GENERATION] * TWO_32 + index !== node) {
				throw new NodeError(
					node,
					`was erased, and its place is used again; ${call} takes a node only while it is in the ${NOUN}`,
				);
			}
			if (i32[index + words.OWNER] !== this.id) this.settle(index, call, node);
			return index;
		}

		/** Counts one more use of a place. True when the count is used up: the node is then left out for ever. */
		advanceGeneration(node: number): boolean {
			const { i32 } = this.memory;
			const generation = i32[node + words.GENERATION] + 1;
			if (generation < words.GENERATIONS) {
				i32[node + words.GENERATION] = generation;
				return false;
			}
			i32[node + words.OWNER] = 0;
			i32[this.pool + words.RETIRED]++;
			return true;
		}

		/** How this list's records lie in its nodes. */
		get layout(): typeof record {
			return record;
		}

		/** Moves the nodes from `first` up to before `last` of `other`'s ring before `position`; `count` of them. Stamps none. */
		relink(position: number, other: Ring, first: number, last: number, count: number): void {
			const { i32 } = this.memory;
			if (other !== this && other.walks !== undefined) {
				for (let node = first; node !== last; node = i32[node + words.NEXT]) other.passOver(node);
			}
			this.reordered++;
			const final = i32[last + words.PREVIOUS];
			const before = i32[first + words.PREVIOUS];
			i32[before + words.NEXT] = last;
			i32[last + words.PREVIOUS] = before;
			const previous = i32[position + words.PREVIOUS];
			i32[previous + words.NEXT] = first;
			i32[first + words.PREVIOUS] = previous;
			i32[final + words.NEXT] = position;
			i32[position + words.PREVIOUS] = final;
			i32[other.header + words.ERASED] = (i32[other.header + words.ERASED] + count) | 0;
			i32[this.header + words.INSERTED] = (i32[this.header + words.INSERTED] + count) | 0;
			i32[this.header + words.SHUFFLED] = 1;
		}

		/** Takes all nodes of `other` before `position`. O(1): their id is forwarded, not rewritten; a few are rewritten at once. */
		takeAll(position: number, other: Ring): void {
			const { i32 } = this.memory;
			const count = other.size;
			if (count === 0) return;
			// Not one by one: that would be O(n).
			if (other.walks !== undefined) other.loseWalks();
			if (count > 8) {
				// Taken before anything moves: where no page is left for it, this throws and nothing has changed.
				const fresh = this.heap.nextId();
				this.heap.forwardId(other.id, this.id);
				this.memory.i32[this.pool + words.FORWARDED] = 1;
				this.relink(position, other, i32[other.header + words.NEXT], other.header, count);
				other.rename(fresh);
				return;
			}
			for (let node = i32[other.header + words.NEXT]; node !== other.header; node = i32[node + words.NEXT])
				i32[node + words.OWNER] = this.id;
			this.relink(position, other, i32[other.header + words.NEXT], other.header, count);
		}

		rename(id: number): void {
			this.memory.i32[this.header + words.OWNER] = id;
			this.id = id;
		}

		/** Refuses a list whose nodes cannot be linked into this one. */
		/** Throws ArgumentError for what is no such container. */
		checkKind(other: Ring, call: string): void {
			if (typeof (other as Partial<Ring> | null | undefined)?.checkAlive !== 'function')
				throw new ArgumentError(`${call} was given ${describe(other)}; pass a ${TITLE}`);
		}

		checkSamePool(other: Ring, call: string): void {
			this.checkAlive();
			other.checkAlive();
			if (other.pool !== this.pool || other.memory !== this.memory) throw new HeapMismatchError(call);
		}

		/** Refuses a list of other records, whatever its heap and mode. */
		checkSameStruct(other: Ring, call: string): void {
			this.checkAlive();
			this.checkKind(other, call);
			other.checkAlive();
			if (other.layout.struct.signature !== record.struct.signature) {
				throw new ArgumentError(
					`${call} was given a ${NOUN} of ${other.layout.struct.signature}; pass one of ${record.struct.signature}`,
				);
			}
		}

		clear(): void {
			this.checkAlive();
			if (this.empty) return;
			if (this.walks !== undefined) this.loseWalks();
			// The new id first: it may sweep nodes, and those of this list must still be seen as its own then.
			const id = this.heap.nextId();
			this.nodes.takeBackChain(this.header);
			this.rename(id);
		}

		dispose(): void {
			if (this.id === -1) return;
			const { header } = this;
			this.end();
			this.heap.closeRing(this.nodes, header);
		}

		/** What this list held is another thread's: it is as if disposed, and gives nothing back. */
		leave(): void {
			environment.leave(this);
			this.end();
		}

		/** Stands on nothing from now on. */
		end(): void {
			this.loseWalks();
			environment.forget(this);
			this.header = words.DISPOSED_RING;
			this.pool = 0;
			this.id = -1;
		}

		/** Where a container begins that is filled for this one: in a shared arena on the same pool, so that it can be taken over. */
		beside(): RingPlace | undefined {
			return this.heap.shared ? { nodes: this.nodes, header: 0, index: 0, reads: false } : undefined;
		}

		/** Exchanges the nodes of two lists of one pool: each takes over the other's header. */
		exchange(other: Ring): void {
			const { header, id, walks } = this;
			this.walks = other.walks;
			other.walks = walks;
			this.header = other.header;
			this.id = other.id;
			other.header = header;
			other.id = id;
			for (const list of [this, other]) {
				environment.forget(list);
				environment.adopt(list, list.heap, list.nodes, list.header);
			}
		}

		validate(): void {
			this.checkAlive();
			const { i32 } = this.memory;
			const faults: string[] = [];
			if (i32[this.header + words.OWNER] !== this.id)
				faults.push(`the header bears the id ${i32[this.header + words.OWNER]}, the list ${this.id}`);
			let count = 0;
			let previous = this.header;
			for (let node = i32[this.header + words.NEXT]; node !== this.header; node = i32[node + words.NEXT]) {
				count++;
				if (!this.nodes.contains(node)) {
					faults.push(`the list leads to ${node}, which is no node of its pool`);
					break;
				}
				if (i32[node + words.PREVIOUS] !== previous)
					faults.push(`node ${node} says ${i32[node + words.PREVIOUS]} is before it, and ${previous} is`);
				if (this.heap.resolveId(i32[node + words.OWNER]) !== this.id)
					faults.push(`node ${node} bears the id ${i32[node + words.OWNER]}, not the list's`);
				if (count > this.size) break;
				previous = node;
			}
			if (count !== this.size) faults.push(`${count} nodes are linked, the counters say ${this.size}`);
			faults.push(...this.heap.faults());
			if (faults.length > 0) throw new CorruptionError(faults.join('; '));
		}
	};
	if (fixedMemory !== undefined) Object.defineProperty(RingOfRecord.prototype, 'memory', { value: fixedMemory });
	return RingOfRecord;
}

/** What a ring knows of a walk over it. */
export interface RingWalk {
	/** The index it stands at. */
	current: number;
	/** The link that leads back: PREVIOUS, or NEXT for a walk from the end. */
	readonly behind: number;
}

/** A ring of one struct's nodes. */
export type Ring = InstanceType<ReturnType<typeof ringCode>>;
