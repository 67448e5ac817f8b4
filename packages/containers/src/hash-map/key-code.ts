import type { Heap } from '@flux/core';
import type { RingPlace } from '../common/container-environment.js';
import type { Ring, ringCode } from '../common/ring-code.js';
import type { IdIndexClass } from './id-index-code.js';
import type { MapEnvironment } from './map-environment.js';
import type { TextIndexClass } from './text-index-code.js';
import type { WordIndexClass } from './word-index-code.js';

/** What the code of keys uses beside what all code of a map uses. */
export interface KeyEnvironment<IndexClass> extends MapEnvironment {
	readonly RingClass: ReturnType<typeof ringCode>;
	readonly Index: IndexClass;
}

/*
 * A map's nodes by their keys: three closed factories, as `common/ring-code.ts`, that differ in what a key is. Each looks a key
 * up with `seek`, which also keeps it at hand, and takes a node for the key it was last asked for with `add`: nothing of the
 * user's runs in between.
 *
 *   word           holds
 *   -------------  -----------------------------------------------------------------------------------
 *   +0, +1, +2     the links and OWNER (core's `slab/layout.ts`), in the order in which keys came
 *   +3             checked mode alone: GENERATION
 *   +3/+4          the key: one word, the low and the high word, or a text padded with zeros to whole words
 *   behind it      the record's fields, laid out with all that as one C struct
 */

/** Keys of up to 32 bits: numbers. */
export function wordKeyCode(environment: KeyEnvironment<WordIndexClass>) {
	const { RingClass, Index, words, errors, describe, key: KIND, keyOffset: KEY } = environment;
	const { FREE } = words;
	const { ArgumentError } = errors;
	const SIGNED = KIND.signed;
	const LEAST = Number(KIND.least);
	const MOST = Number(KIND.most);

	return class KeyedRing extends RingClass {
		declare index: InstanceType<WordIndexClass>;

		constructor(heap: Heap, place?: RingPlace) {
			super(heap, place);
			try {
				this.index = new Index(heap, place?.index);
			} catch (error) {
				super.dispose();
				throw error;
			}
			if (place?.reads !== true) environment.adopt(this, heap, this.nodes, this.header);
		}

		/** The node of a key, or 0. Throws ArgumentError for what is no key. */
		seek(key: unknown): number {
			if (typeof key !== 'number' || (SIGNED ? key | 0 : key >>> 0) !== key || key < LEAST || key > MOST)
				this.refuseKey(key);
			return this.index.find(key | 0);
		}

		/** Takes a node for a key that is not there, and enters it. Its fields hold what its last record left. */
		add(key: unknown): number {
			const node = this.takeNode();
			this.memory.i32[node + KEY] = key as number;
			this.index.add((key as number) | 0, node);
			return node;
		}

		/** Makes room in the index, then takes a node: whichever fails, nothing was entered. */
		takeNode(): number {
			if (this.memory.i32[this.pool + FREE] === 0) this.refill();
			this.index.prepare();
			// Where memory was short, the index may have got the very slab that was free.
			if (this.memory.i32[this.pool + FREE] === 0) this.refill();
			return this.linkBack();
		}

		/** The key of a node. */
		keyOf(node: number): unknown {
			return SIGNED ? this.memory.i32[node + KEY] : this.memory.i32[node + KEY] >>> 0;
		}

		/** Gives a node the key that was sought last. It is in no index meanwhile. */
		storeKey(node: number, key: unknown): void {
			this.memory.i32[node + KEY] = key as number;
		}

		/** The node of the key that another node of the pool holds, or 0. */
		seekNode(node: number): number {
			return this.index.find(this.memory.i32[node + KEY]);
		}

		/** Enters a node that holds its key. */
		enter(node: number): void {
			this.index.add(this.memory.i32[node + KEY], node);
		}

		refuseKey(key: unknown): never {
			this.checkAlive();
			throw new ArgumentError(`the key is ${describe(key)}; pass ${KIND.expected}, because keys are ${KIND.signature}`);
		}
	};
}

/** Keys of 64 bits: bigints, safe integers, or two words. */
export function longKeyCode(environment: KeyEnvironment<IdIndexClass>) {
	const { RingClass, Index, words, errors, describe, key: KIND, keyOffset: LOW, scratch } = environment;
	const { FREE } = words;
	const { ArgumentError } = errors;
	const HIGH = LOW + 1;
	const SIGNED = KIND.signed;
	const LEAST = BigInt(KIND.least);
	const MOST = BigInt(KIND.most);
	const TWO_32 = 4294967296;
	const captured = new BigInt64Array(scratch.buffer);
	const out = new Int32Array(2);
	const outKey = SIGNED ? new BigInt64Array(out.buffer) : new BigUint64Array(out.buffer);

	return class KeyedRing extends RingClass {
		declare index: InstanceType<IdIndexClass>;

		constructor(heap: Heap, place?: RingPlace) {
			super(heap, place);
			try {
				this.index = new Index(heap, place?.index);
			} catch (error) {
				super.dispose();
				throw error;
			}
			if (place?.reads !== true) environment.adopt(this, heap, this.nodes, this.header);
		}

		seek(key: unknown): number {
			if (typeof key === 'number') {
				if (!Number.isSafeInteger(key) || (!SIGNED && key < 0)) this.refuseKey(key);
				scratch[0] = key;
				scratch[1] = Math.floor(key / TWO_32);
			} else {
				if (typeof key !== 'bigint' || key < LEAST || key > MOST) this.refuseKey(key);
				captured[0] = key;
			}
			return this.index.find(scratch[0], scratch[1]);
		}

		add(_key: unknown): number {
			const node = this.takeNode();
			const { i32 } = this.memory;
			i32[node + LOW] = scratch[0];
			i32[node + HIGH] = scratch[1];
			this.index.add(scratch[0], scratch[1], node);
			return node;
		}

		takeNode(): number {
			if (this.memory.i32[this.pool + FREE] === 0) this.refill();
			this.index.prepare();
			if (this.memory.i32[this.pool + FREE] === 0) this.refill();
			return this.linkBack();
		}

		keyOf(node: number): unknown {
			const { i32 } = this.memory;
			out[0] = i32[node + LOW];
			out[1] = i32[node + HIGH];
			return outKey[0];
		}

		storeKey(node: number, _key: unknown): void {
			const { i32 } = this.memory;
			i32[node + LOW] = scratch[0];
			i32[node + HIGH] = scratch[1];
		}

		seekNode(node: number): number {
			const { i32 } = this.memory;
			return this.index.find(i32[node + LOW], i32[node + HIGH]);
		}

		enter(node: number): void {
			const { i32 } = this.memory;
			this.index.add(i32[node + LOW], i32[node + HIGH], node);
		}

		refuseKey(key: unknown): never {
			this.checkAlive();
			throw new ArgumentError(`the key is ${describe(key)}; pass ${KIND.expected}, because keys are ${KIND.signature}`);
		}

		/** The index of the node whose key has these two words, or 0. */
		seekWords(low: number, high: number): number {
			if (typeof low !== 'number' || ((low | 0) !== low && low >>> 0 !== low)) this.refuseWord(low);
			if (typeof high !== 'number' || ((high | 0) !== high && high >>> 0 !== high)) this.refuseWord(high);
			scratch[0] = low;
			scratch[1] = high;
			return this.index.find(low | 0, high | 0);
		}

		findWords(low: number, high: number): number {
			const node = this.seekWords(low, high);
			if (node !== 0) return this.handle(node);
			if (this.id === -1) this.checkAlive();
			return 0;
		}

		deleteWords(low: number, high: number): boolean {
			const node = this.seekWords(low, high);
			if (node === 0) {
				if (this.id === -1) this.checkAlive();
				return false;
			}
			this.index.remove(node);
			this.unlink(node);
			return true;
		}

		lowAt(node: number): number {
			return this.memory.i32[this.indexOf(node, 'lowAt') + LOW] >>> 0;
		}

		highAt(node: number): number {
			const word = this.memory.i32[this.indexOf(node, 'highAt') + HIGH];
			return SIGNED ? word : word >>> 0;
		}

		refuseWord(word: unknown): never {
			this.checkAlive();
			throw new ArgumentError(`a word of the key is ${describe(word)}; pass a whole number of 32 bits`);
		}
	};
}

/** Keys of fixed-length text. */
export function textKeyCode(environment: KeyEnvironment<TextIndexClass>) {
	const { RingClass, Index, words, errors, describe, key: KIND, keyOffset: KEY, scratch, text } = environment;
	const { FREE } = words;
	const { ArgumentError } = errors;
	const WORDS = KIND.words;
	const LENGTH = Number(KIND.most);
	const bytes = new Uint8Array(scratch.buffer);

	return class KeyedRing extends RingClass {
		declare index: InstanceType<TextIndexClass>;

		constructor(heap: Heap, place?: RingPlace) {
			super(heap, place);
			try {
				this.index = new Index(heap, place?.index);
			} catch (error) {
				super.dispose();
				throw error;
			}
			if (place?.reads !== true) environment.adopt(this, heap, this.nodes, this.header);
		}

		seek(key: unknown): number {
			if (typeof key !== 'string' || text.textMisfit(key, LENGTH) !== undefined) this.refuseKey(key);
			text.writeText(bytes, 0, LENGTH, key);
			return this.index.find();
		}

		add(_key: unknown): number {
			const node = this.takeNode();
			this.storeKey(node, _key);
			this.index.add(node);
			return node;
		}

		takeNode(): number {
			if (this.memory.i32[this.pool + FREE] === 0) this.refill();
			this.index.prepare();
			if (this.memory.i32[this.pool + FREE] === 0) this.refill();
			return this.linkBack();
		}

		keyOf(node: number): unknown {
			return text.readText(this.memory.u8, ((node + KEY) << 2) >>> 0, LENGTH);
		}

		storeKey(node: number, _key: unknown): void {
			const { i32 } = this.memory;
			for (let word = 0; word < WORDS; word++) i32[node + KEY + word] = scratch[word];
		}

		seekNode(node: number): number {
			const { i32 } = this.memory;
			for (let word = 0; word < WORDS; word++) scratch[word] = i32[node + KEY + word];
			return this.index.find();
		}

		enter(node: number): void {
			this.index.add(node);
		}

		refuseKey(key: unknown): never {
			this.checkAlive();
			throw new ArgumentError(`the key is ${describe(key)}; pass ${KIND.expected}, because keys are ${KIND.signature}`);
		}
	};
}

/** The nodes of a map with keys of two words. */
export type LongKeyedRing = InstanceType<ReturnType<typeof longKeyCode>>;

/** What all code of a map asks of an index, whatever its keys are. */
export interface MapIndex {
	readonly count: number;
	readonly slots: number;
	readonly bytes: number;
	remove(node: number): void;
	prepare(): void;
	finish(): void;
	reserve(nodes: number): void;
	rebuild(slots: number): void;
	slotsFor(nodes: number): number;
	shrink(): void;
	clear(): void;
	dispose(): void;
	faults(nodes: Set<number>): string[];
	header: number;
	leave(): void;
}

/** The nodes of a map by their keys, whatever these are. */
export interface KeyedRing extends Ring {
	index: MapIndex;
	seek(key: unknown): number;
	add(key: unknown): number;
	takeNode(): number;
	keyOf(node: number): unknown;
	storeKey(node: number, key: unknown): void;
	seekNode(node: number): number;
	enter(node: number): void;
	refuseKey(key: unknown): never;
}

/** Their class. */
export type KeyedRingClass = new (heap: Heap, place?: RingPlace) => KeyedRing;
