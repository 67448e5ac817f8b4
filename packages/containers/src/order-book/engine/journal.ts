import {
	BODY,
	COMMAND,
	doublesOf,
	type JournalSink,
	type ReadCommands,
	RecordWriter,
	readCommands,
	unknownCommand,
} from '../journal-records.js';
import type { EngineCore } from './engine-core.js';
import type { Entry } from './entry.js';
import { wideOf } from './wide-id.js';

/*
 * The body of a record of an engine's journal (`journal-records.ts` draws what is around it):
 *
 *   SUBMIT       +4-5 id  +6-7 partner  +8.. the FIELDS of the order, as doubles
 *   CANCEL       +4-5 id
 *   REPLACE      +4-5 id  +6 which of these are given: 1, 2, 4  +7 zero  +8.. ticks, lots, stop, as doubles
 *   REDUCE       +4-5 id  +6-7 lots, as a double
 *   CANCEL_ALL   +4 side or -1  +5 owner  +6 lowest price  +7 highest price
 *   POSITION     +4 owner  +5 zero  +6-7 lots, as a double
 *   ADVANCE      +4 time, unsigned  +5 zero
 *   END_DAY, AUCTION
 *   UNCROSS      +4 whether a reference is given  +5 its ticks
 */
const [SUBMIT, CANCEL, REPLACE, REDUCE, CANCEL_ALL] = [2, 3, 4, 5, 6];
const [POSITION, ADVANCE, END_DAY, AUCTION, UNCROSS] = [7, 8, 9, 10, 11];

const FIELDS = [
	...(['side', 'ticks', 'lots', 'flags', 'owner', 'budget'] as const),
	...(['least', 'display', 'stop', 'trail', 'expires'] as const),
] satisfies readonly (keyof Entry)[];

/** Writes commands down. Allocates nothing once it has begun. */
export class JournalWriter extends RecordWriter {
	/** Begins with the engine as it is. */
	constructor(sink: JournalSink, snapshot: Uint8Array) {
		super(sink, snapshot, 4 + FIELDS.length * 2);
	}

	submit(entry: Entry): void {
		this.#wide(BODY, entry.id);
		this.#wide(BODY + 2, entry.partner);
		for (let each = 0; each < FIELDS.length; each++) this.doubles[BODY / 2 + 2 + each] = entry[FIELDS[each]];
		this.end(SUBMIT, 4 + FIELDS.length * 2);
	}

	cancel(low: number, high: number): void {
		this.#id(low, high);
		this.end(CANCEL, 2);
	}

	replace(low: number, high: number, ticks?: number, lots?: number, stop?: number): void {
		this.#id(low, high);
		this.words[BODY + 2] = Number(ticks !== undefined) | (lots === undefined ? 0 : 2) | (stop === undefined ? 0 : 4);
		this.words[BODY + 3] = 0;
		this.doubles[BODY / 2 + 2] = ticks ?? 0;
		this.doubles[BODY / 2 + 3] = lots ?? 0;
		this.doubles[BODY / 2 + 4] = stop ?? 0;
		this.end(REPLACE, 10);
	}

	reduce(low: number, high: number, lots: number): void {
		this.#id(low, high);
		this.doubles[BODY / 2 + 1] = lots;
		this.end(REDUCE, 4);
	}

	cancelOrders(side: number, owner: number, from: number, to: number): void {
		this.words.set([side, owner, from, to], BODY);
		this.end(CANCEL_ALL, 4);
	}

	setPosition(owner: number, lots: number): void {
		this.#id(owner, 0);
		this.doubles[BODY / 2 + 1] = lots;
		this.end(POSITION, 4);
	}

	advance(time: number): void {
		this.#id(time, 0);
		this.end(ADVANCE, 2);
	}

	endDay(): void {
		this.end(END_DAY, 0);
	}

	startAuction(): void {
		this.end(AUCTION, 0);
	}

	uncross(reference: number | undefined): void {
		this.#id(Number(reference !== undefined), reference ?? 0);
		this.end(UNCROSS, 2);
	}

	#id(low: number, high: number): void {
		this.words[BODY] = low;
		this.words[BODY + 1] = high;
	}

	#wide(at: number, id: bigint): void {
		this.words[at] = Number(BigInt.asIntN(32, id));
		this.words[at + 1] = Number(BigInt.asIntN(32, id >> 32n));
	}
}

/** The snapshot that a journal begins with, and what gives its commands to the engine that is made of it. Throws SnapshotError. */
export function readJournal(bytes: Uint8Array): ReadCommands<EngineCore> {
	return readCommands(bytes, apply, pass);
}

function apply(core: EngineCore, words: Int32Array, short: readonly number[]): void {
	// It comes to what it came to, with whatever memory.
	core.steps.expected = short;
	try {
		applyCommand(core, words);
	} finally {
		core.steps.expected = undefined;
	}
}

/** What is left of a command that found no memory: where it was an order, nothing is remembered of an earlier one of its id. */
function pass(core: EngineCore, words: Int32Array): void {
	if (words[COMMAND] === SUBMIT) core.forget(words[BODY], words[BODY + 1]);
}

function applyCommand(core: EngineCore, words: Int32Array): void {
	const doubles = doublesOf(words);
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
		case AUCTION:
			core.startAuction();
			return;
		case UNCROSS:
			core.uncross(core.call.price(low === 0 ? undefined : high));
			return;
		default:
			throw unknownCommand(words);
	}
}
