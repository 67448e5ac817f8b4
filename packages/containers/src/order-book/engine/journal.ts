import { internals, SnapshotError } from '@flux/core';
import type { EngineCore } from './engine-core.js';
import type { Entry } from './entry.js';
import { wideOf } from './wide-id.js';

/*
 * A journal: records one after the other, each a multiple of 8 bytes, in the byte order of the machine.
 *
 *   word   name      holds
 *   -----  --------  --------------------------------------------------------------------------------
 *   +0     BYTES     of the record, this word included
 *   +1     COMMAND   which, by the numbers below
 *   +2-3   SUM       the first words of the checksum of all others of the record (MurmurHash3_x86_128), with the
 *                    first word of the SUM before it for seed; 0 for the first record
 *   +4..   what the command was given:
 *
 *   START        +4 the length of the engine's snapshot in bytes  +5 zero  +6.. the snapshot, padded with zeros
 *   SUBMIT       +4-5 id  +6-7 partner  +8.. the FIELDS of the order, as doubles
 *   CANCEL       +4-5 id
 *   REPLACE      +4-5 id  +6 which of these are given: 1, 2, 4  +7 zero  +8.. ticks, lots, stop, as doubles
 *   REDUCE       +4-5 id  +6-7 lots, as a double
 *   CANCEL_ALL   +4 side or -1  +5 owner  +6 lowest price  +7 highest price
 *   POSITION     +4 owner  +5 zero  +6-7 lots, as a double
 *   ADVANCE      +4 time, unsigned  +5 zero
 *   END_DAY
 *
 * Invariant: the seed of each SUM is a word of the one before, so that no record can be left out, doubled or moved.
 */
const BYTES = 0;
const COMMAND = 1;
const SUM = 2;
const BODY = 4;
const START = 1;
const SUBMIT = 2;
const CANCEL = 3;
const REPLACE = 4;
const REDUCE = 5;
const CANCEL_ALL = 6;
const POSITION = 7;
const ADVANCE = 8;
const END_DAY = 9;

const FIELDS = [
	...(['side', 'ticks', 'lots', 'flags', 'owner', 'budget'] as const),
	...(['least', 'display', 'stop', 'trail', 'expires'] as const),
] satisfies readonly (keyof Entry)[];

/** Takes the bytes of a command before it is done. They are valid during the call alone. */
export type JournalSink = (bytes: Uint8Array) => void;

/** Writes commands down. Allocates nothing once it has begun. */
export class JournalWriter {
	readonly #sink: JournalSink;
	/** Room for one command, and views of as many of its bytes as there are. */
	readonly #words = new Int32Array(BODY + 4 + FIELDS.length * 2);
	readonly #doubles = new Float64Array(this.#words.buffer);
	readonly #views = new Map<number, Uint8Array>();
	readonly #sum = new Int32Array(4);
	#seed = 0;

	/** Begins with the engine as it is. */
	constructor(sink: JournalSink, snapshot: Uint8Array) {
		this.#sink = sink;
		const words = new Int32Array(BODY + 2 + Math.ceil(snapshot.length / 8) * 2);
		words[BODY] = snapshot.length;
		new Uint8Array(words.buffer).set(snapshot, (BODY + 2) * 4);
		this.#write(words, words.length, START, new Uint8Array(words.buffer));
	}

	submit(entry: Entry): void {
		this.#wide(BODY, entry.id);
		this.#wide(BODY + 2, entry.partner);
		for (let each = 0; each < FIELDS.length; each++) this.#doubles[BODY / 2 + 2 + each] = entry[FIELDS[each]];
		this.#end(SUBMIT, 4 + FIELDS.length * 2);
	}

	cancel(low: number, high: number): void {
		this.#id(low, high);
		this.#end(CANCEL, 2);
	}

	replace(low: number, high: number, ticks?: number, lots?: number, stop?: number): void {
		this.#id(low, high);
		this.#words[BODY + 2] = Number(ticks !== undefined) | (lots === undefined ? 0 : 2) | (stop === undefined ? 0 : 4);
		this.#words[BODY + 3] = 0;
		this.#doubles[BODY / 2 + 2] = ticks ?? 0;
		this.#doubles[BODY / 2 + 3] = lots ?? 0;
		this.#doubles[BODY / 2 + 4] = stop ?? 0;
		this.#end(REPLACE, 10);
	}

	reduce(low: number, high: number, lots: number): void {
		this.#id(low, high);
		this.#doubles[BODY / 2 + 1] = lots;
		this.#end(REDUCE, 4);
	}

	cancelOrders(side: number, owner: number, from: number, to: number): void {
		this.#words.set([side, owner, from, to], BODY);
		this.#end(CANCEL_ALL, 4);
	}

	setPosition(owner: number, lots: number): void {
		this.#id(owner, 0);
		this.#doubles[BODY / 2 + 1] = lots;
		this.#end(POSITION, 4);
	}

	advance(time: number): void {
		this.#id(time, 0);
		this.#end(ADVANCE, 2);
	}

	endDay(): void {
		this.#end(END_DAY, 0);
	}

	#id(low: number, high: number): void {
		this.#words[BODY] = low;
		this.#words[BODY + 1] = high;
	}

	#wide(at: number, id: bigint): void {
		this.#words[at] = Number(BigInt.asIntN(32, id));
		this.#words[at + 1] = Number(BigInt.asIntN(32, id >> 32n));
	}

	/** The body of so many words is there. */
	#end(command: number, bodyWords: number): void {
		const words = BODY + bodyWords;
		let view = this.#views.get(words);
		if (view === undefined) {
			view = new Uint8Array(this.#words.buffer, 0, words * 4);
			this.#views.set(words, view);
		}
		this.#write(this.#words, words, command, view);
	}

	#write(words: Int32Array, count: number, command: number, bytes: Uint8Array): void {
		words[BYTES] = count * 4;
		words[COMMAND] = command;
		sumOf(words, count, this.#seed, this.#sum);
		words[SUM] = this.#sum[0];
		words[SUM + 1] = this.#sum[1];
		const seed = this.#sum[0];
		this.#sink(bytes);
		// A sink that throws has not taken it, and the command is not done.
		this.#seed = seed;
	}
}

/** What a journal holds. */
export interface ReadJournal {
	/** The snapshot that it begins with. */
	readonly start: Uint8Array;
	/** Gives the commands to an engine. Returns how many. */
	replay(core: EngineCore): number;
	/** Bytes at the end that are no whole command: what was being written when the machine stopped. */
	readonly torn: number;
}

/**
 * Reads a journal. Throws SnapshotError where its bytes are not those that were written, cut off at the end apart. O(bytes).
 */
export function readJournal(bytes: Uint8Array): ReadJournal {
	// A copy, because commands begin at words, and memory may be shared.
	const words = new Int32Array(Math.floor(bytes.length / 8) * 2);
	new Uint8Array(words.buffer).set(bytes.subarray(0, words.byteLength));
	const at: number[] = [];
	const sum = new Int32Array(4);
	let seed = 0;
	let next = 0;
	while (next + BODY <= words.length) {
		const count = words[next + BYTES] / 4;
		const isSound = Number.isInteger(count) && count >= BODY && count % 2 === 0;
		if (!isSound) throw damaged(next * 4, `its length is ${words[next + BYTES]}`);
		if (next + count > words.length) break;
		const record = words.subarray(next, next + count);
		const [first, second] = [record[SUM], record[SUM + 1]];
		sumOf(record, count, seed, sum);
		if (first !== sum[0] || second !== sum[1]) throw damaged(next * 4, 'its checksum is another');
		seed = sum[0];
		at.push(next);
		next += count;
	}
	if (at.length === 0 || words[COMMAND] !== START) throw damaged(0, 'it does not begin with a snapshot');
	const [, ...commands] = at;
	return {
		start: new Uint8Array(words.buffer, (BODY + 2) * 4, words[BODY]),
		torn: bytes.length - next * 4,
		replay(core) {
			for (const command of commands) apply(core, words.subarray(command, command + words[command] / 4));
			return commands.length;
		},
	};
}

function apply(core: EngineCore, words: Int32Array): void {
	const doubles = new Float64Array(words.buffer, words.byteOffset, words.length >> 1);
	const low = words[BODY];
	const high = words[BODY + 1];
	switch (words[COMMAND]) {
		case SUBMIT: {
			const fields = Object.fromEntries(FIELDS.map((name, each) => [name, doubles[BODY / 2 + 2 + each]]));
			const partner = wideOf(words[BODY + 2], words[BODY + 3]);
			core.submit({ ...fields, id: wideOf(low, high), low, high, partner } as unknown as Entry);
			return;
		}
		case CANCEL:
			core.cancel(low, high);
			return;
		case REPLACE: {
			const given = words[BODY + 2];
			const [ticks, lots, stop] = [0, 1, 2].map((each) =>
				(given & (1 << each)) === 0 ? undefined : doubles[BODY / 2 + 2 + each],
			);
			core.replace(low, high, ticks, lots, stop);
			return;
		}
		case REDUCE:
			core.reduce(low, high, doubles[BODY / 2 + 1]);
			return;
		case CANCEL_ALL:
			core.cancelOrders(words[BODY], words[BODY + 1], words[BODY + 2], words[BODY + 3]);
			return;
		case POSITION:
			core.setPosition(low, doubles[BODY / 2 + 1]);
			return;
		case ADVANCE:
			core.advance(low >>> 0);
			return;
		case END_DAY:
			core.endDay();
			return;
		default:
			throw damaged(words.byteOffset, `its command is number ${words[COMMAND]}`);
	}
}

function sumOf(words: Int32Array, count: number, seed: number, into: Int32Array): void {
	words[SUM] = 0;
	words[SUM + 1] = 0;
	internals.checksum(words, 0, count * 4, into, 0, seed);
}

function damaged(byte: number, problem: string): SnapshotError {
	return new SnapshotError(
		'corrupted',
		`the journal is damaged at byte ${byte}: ${problem}; take it from a copy that is whole`,
	);
}
