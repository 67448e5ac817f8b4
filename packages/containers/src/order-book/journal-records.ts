import { internals, SnapshotError } from '@flux/core';

/*
 * A journal: records one after the other, each a multiple of 8 bytes, in the byte order of the machine.
 *
 *   word   name      holds
 *   -----  --------  --------------------------------------------------------------------------------
 *   +0     BYTES     of the record, this word included
 *   +1     COMMAND   which: START, UNDONE, SHORT, or a number of those who write commands
 *   +2-3   SUM       the first words of the checksum of all others of the record (MurmurHash3_x86_128), with the
 *                    first word of the SUM before it for seed; 0 for the first record
 *   +4..   BODY      what the command was given:
 *
 *   START        +4 the length of a snapshot in bytes  +5 zero  +6.. the snapshot, padded with zeros
 *   UNDONE       nothing: the command before it found no memory, and nothing came of it
 *   SHORT        +4 which of the steps that the command before it set off found no memory, from 0  +5 zero; one for each
 *
 * Invariant: the seed of each SUM is a word of the one before, so that no record can be left out, doubled or moved.
 */
const BYTES = 0;
/** The word that says which command it is. */
export const COMMAND = 1;
const SUM = 2;
/** The word at which begins what a command was given. */
export const BODY = 4;
const START = 1;
const SHORT = 254;
const UNDONE = 255;
const NOTHING = -1;

/** Takes the bytes of a command before it is done. They are valid during the call alone. */
export type JournalSink = (bytes: Uint8Array) => void;

/** Writes records down. Allocates nothing once it has begun. */
export class RecordWriter {
	/** The words of the next record, whose body who writes it fills. */
	readonly words: Int32Array;
	/** The same as doubles. */
	readonly doubles: Float64Array;
	readonly #sink: JournalSink;
	/** Views of as many bytes as there are records of. */
	readonly #views = new Map<number, Uint8Array>();
	readonly #sum = new Int32Array(4);
	/** What is to be said of the last command and the sink has not taken: steps that found no memory, or NOTHING came of it. */
	readonly #behind: number[] = [];
	readonly #note = new Int32Array(BODY + 2);
	readonly #undone = new Uint8Array(this.#note.buffer, 0, BODY * 4);
	readonly #short = new Uint8Array(this.#note.buffer);
	#seed = 0;

	/** Begins with a snapshot. Bodies have up to `bodyWords` words, an even number. */
	constructor(sink: JournalSink, snapshot: Uint8Array, bodyWords: number) {
		this.#sink = sink;
		this.words = new Int32Array(BODY + bodyWords);
		this.doubles = new Float64Array(this.words.buffer);
		const words = new Int32Array(BODY + 2 + Math.ceil(snapshot.length / 8) * 2);
		words[BODY] = snapshot.length;
		new Uint8Array(words.buffer).set(snapshot, (BODY + 2) * 4);
		this.#write(words, words.length, START, new Uint8Array(words.buffer));
	}

	/** Writes the record whose body of so many words is there, an even number. */
	end(command: number, bodyWords: number): void {
		this.#flush();
		const count = BODY + bodyWords;
		let view = this.#views.get(count);
		if (view === undefined) {
			view = new Uint8Array(this.words.buffer, 0, count * 4);
			this.#views.set(count, view);
		}
		this.#write(this.words, count, command, view);
	}

	/** Notes that nothing came of the command which was written last. */
	undo(): void {
		this.#behind.push(NOTHING);
		this.#flush();
	}

	/** Notes which steps that the last command set off found no memory. */
	short(steps: readonly number[]): void {
		this.#behind.push(...steps);
		this.#flush();
	}

	/** Writes what is to be said of the last command. Where the sink throws, it comes before the next command. */
	#flush(): void {
		for (; this.#behind.length > 0; this.#behind.shift()) {
			const [step] = this.#behind;
			this.#note[BODY] = step;
			if (step === NOTHING) this.#write(this.#note, BODY, UNDONE, this.#undone);
			else this.#write(this.#note, BODY + 2, SHORT, this.#short);
		}
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

interface Command {
	readonly record: Int32Array;
	/** Whether it was taken back. */
	isUndone: boolean;
	/** The steps that it set off and that found no memory. */
	readonly short: number[];
}

/** What a journal holds. */
interface ReadRecords {
	/** The snapshot that it begins with. */
	readonly start: Uint8Array;
	readonly commands: readonly Command[];
	/** Bytes at the end that are no whole record: what was being written when the machine stopped. */
	readonly torn: number;
}

/** A journal that was read, and what gives its commands to a book or an engine. */
export interface ReadCommands<Target> extends Omit<ReadRecords, 'commands'> {
	/** Gives all commands to what is made of the snapshot, and returns how many. */
	replay(target: Target): number;
}

/**
 * Reads a journal whose commands `apply` gives to a target; `pass` is given those of which nothing came. Throws SnapshotError.
 * O(bytes).
 */
export function readCommands<Target>(
	bytes: Uint8Array,
	apply: (target: Target, record: Int32Array, short: readonly number[]) => void,
	pass: (target: Target, record: Int32Array) => void = () => {},
): ReadCommands<Target> {
	const { commands, ...read } = readRecords(bytes);
	return {
		...read,
		replay(target) {
			let count = 0;
			for (const { record, short, isUndone } of commands) {
				if (isUndone) pass(target, record);
				else apply(target, record, short);
				count += Number(!isUndone);
			}
			return count;
		},
	};
}

/** Reads a journal. Throws SnapshotError where its bytes are not those that were written, cut off at the end apart. O(bytes). */
function readRecords(bytes: Uint8Array): ReadRecords {
	// A copy, because records begin at words, and memory may be shared.
	const words = new Int32Array(Math.floor(bytes.length / 8) * 2);
	new Uint8Array(words.buffer).set(bytes.subarray(0, words.byteLength));
	const records: Command[] = [];
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
		const before = records.length < 2 ? undefined : records[records.length - 1];
		if (record[COMMAND] !== UNDONE && record[COMMAND] !== SHORT) records.push({ record, isUndone: false, short: [] });
		else if (before === undefined || before.isUndone)
			throw damaged(next * 4, 'it is about a command that is not there');
		else if (record[COMMAND] === SHORT) before.short.push(record[BODY]);
		else before.isUndone = true;
		next += count;
	}
	const [start, ...commands] = records;
	if (start?.record[COMMAND] !== START) throw damaged(0, 'it does not begin with a snapshot');
	return {
		start: new Uint8Array(words.buffer, (BODY + 2) * 4, start.record[BODY]),
		commands,
		torn: bytes.length - next * 4,
	};
}

/** The error of a record whose command there is not. */
export function unknownCommand(record: Int32Array): SnapshotError {
	return damaged(record.byteOffset, `its command is number ${record[COMMAND]}`);
}

/** The body of a record as doubles, and all before it. */
export function doublesOf(record: Int32Array): Float64Array {
	return new Float64Array(record.buffer, record.byteOffset, record.length >> 1);
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
