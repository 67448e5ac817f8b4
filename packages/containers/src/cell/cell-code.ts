import { ClosedError, DisposedError, internals, PeerDiedError, RetiredError, SeatError } from '@flux/core';
import { wake } from '../shared-queue/waiting.js';
import { cellWords, changeBell, valueWords } from './layout.js';

/** Everything that `cellCode` uses. */
export interface CellEnvironment {
	readonly words: typeof cellWords & { readonly RECORD: number; readonly VALUE_WORDS: number };
	readonly errors: {
		readonly ClosedError: typeof ClosedError;
		readonly DisposedError: typeof DisposedError;
		readonly PeerDiedError: typeof PeerDiedError;
		readonly RetiredError: typeof RetiredError;
		readonly SeatError: typeof SeatError;
	};
	readonly Memory: typeof internals.Memory;
	/** Wakes all who wait for a change. */
	readonly wake: (i32: Int32Array) => void;
}

/** The environment of the cells of one struct. */
export function cellEnvironment(record: internals.NodeRecord): CellEnvironment {
	return {
		words: { ...cellWords, RECORD: record.strideWords, VALUE_WORDS: valueWords(record) },
		errors: { ClosedError, DisposedError, PeerDiedError, RetiredError, SeatError },
		Memory: internals.Memory,
		wake: (i32) => wake(i32, changeBell),
	};
}

/**
 * Storing and loading: a seqlock (as in Linux; H.-J. Boehm, "Can Seqlocks Get Along With Programming Language Memory
 * Models?", MSPC 2012) over several values in place of one, so that there always is a whole one.
 *
 * The writer writes version v to place v mod KEPT and then stores v in VERSION; a reader loads VERSION, copies that place,
 * and loads VERSION again. The place of version v is written to again by version v + KEPT, and not before VERSION is
 * v + KEPT - 1; so what was copied while VERSION was at most v + KEPT - 2 is whole.
 *
 * Every word is written and read by an atomic access. If the copy has a word of version v + KEPT, then that load has
 * synchronized with its store, before which VERSION was v + KEPT - 1 already, and the second load of VERSION sees that. No
 * fence is needed, and readers write nothing: any number of them disturb neither the writer nor each other.
 *
 * A reader begins anew only where KEPT - 1 values were stored while it copied one. A writer that dies leaves VERSION as it
 * was: the last whole value is there for ever, and its successor writes to the place that it had begun.
 *
 * A closed factory: see `internals.specialize`.
 */
export function cellCode(environment: CellEnvironment) {
	const { words, errors, Memory, wake } = environment;
	const { ClosedError, DisposedError, PeerDiedError, RetiredError, SeatError } = errors;

	return class Cell {
		readonly memory: internals.Memory;
		/** Where values are written by field before they are stored, and read by field once they are loaded: this thread's own. */
		readonly scratch: internals.Memory;
		readonly places: number;
		readonly member: number;
		isWriter = false;
		disposed = false;
		/** The version that this attachment loaded last. */
		seen = 0;

		constructor(buffer: SharedArrayBuffer, member: number) {
			this.memory = new Memory(buffer);
			this.scratch = new Memory(new ArrayBuffer(words.VALUE_WORDS * 4));
			this.places = this.memory.i32[words.VALUES];
			this.member = member;
		}

		/** Called before a value is written to `scratch`. */
		prepareToStore(call: string): void {
			const { i32 } = this.memory;
			if (!this.isWriter) this.becomeWriter();
			if (Atomics.load(i32, words.WRITER) !== this.member) throw new RetiredError(call, 'cell');
			if ((Atomics.load(i32, words.FLAG) & words.CLOSED) !== 0) throw new ClosedError(call, 'cell');
		}

		becomeWriter(): void {
			this.checkAlive();
			const { i32 } = this.memory;
			if (Atomics.compareExchange(i32, words.WRITER, 0, this.member) !== 0) throw new SeatError('writer', 1, 'cell');
			this.isWriter = true;
		}

		/** Stores what is in `scratch`. */
		publish(): void {
			const { i32 } = this.memory;
			const from = this.scratch.i32;
			const before = i32[words.VERSION];
			// 0 says that there is no value: the count goes from its last to KEPT, which has the same place.
			const version = before === -1 ? words.KEPT : (before + 1) | 0;
			const to = this.places + (version & (words.KEPT - 1)) * words.VALUE_WORDS;
			for (let word = 0; word < words.RECORD; word++) Atomics.store(i32, to + word, from[word]);
			Atomics.store(i32, words.VERSION, version);
			if ((Atomics.load(i32, words.FLAG) & words.WAITING) !== 0) wake(i32);
		}

		/** Copies the latest value to `scratch`; returns whether there is one. */
		copy(): boolean {
			if (this.disposed) this.checkAlive();
			const { i32 } = this.memory;
			const to = this.scratch.i32;
			for (;;) {
				const version = Atomics.load(i32, words.VERSION);
				if (version === 0) return false;
				const from = this.places + (version & (words.KEPT - 1)) * words.VALUE_WORDS;
				for (let word = 0; word < words.RECORD; word++) to[word] = Atomics.load(i32, from + word);
				if ((Atomics.load(i32, words.VERSION) - version) >>> 0 > words.KEPT - 2) continue;
				this.seen = version;
				return true;
			}
		}

		get isChanged(): boolean {
			return Atomics.load(this.memory.i32, words.VERSION) !== this.seen;
		}

		get isClosed(): boolean {
			return (Atomics.load(this.memory.i32, words.FLAG) & words.CLOSED) !== 0;
		}

		get isDeserted(): boolean {
			const { i32 } = this.memory;
			return Atomics.load(i32, words.WRITER) === 0 && Atomics.load(i32, words.DESERTED) !== 0;
		}

		/** Whether there is an end to waiting. */
		readonly seesChange = (): boolean => this.disposed || this.isChanged || this.isClosed || this.isDeserted;

		/** Whether nothing new will come. Throws where nobody is left who would store it. */
		isOver(call: string): boolean {
			if (this.isClosed) return !this.isChanged;
			if (!this.isChanged && this.isDeserted) throw new PeerDiedError(call, 'writer', 'cell');
			return false;
		}

		checkAlive(): void {
			if (this.disposed) throw new DisposedError('this FluxCell');
		}
	};
}

/** The class that stores and loads. */
export type CellBase = ReturnType<typeof cellCode>;
