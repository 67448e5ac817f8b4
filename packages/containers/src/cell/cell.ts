import { ArgumentError, HandleError, type Infer, internals, type Struct, StructError, type Values } from '@flux/core';
import { isSharedBuffer, memberOf, whenEnded } from '../common/shared-block.js';
import { Look } from '../shared-queue/look.js';
import type { AsyncWaitOptions, WaitOptions } from '../shared-queue/shared-queue.js';
import { Wait, waitAsyncAt, waitAt } from '../shared-queue/wait.js';
import { nextTurn, wake } from '../shared-queue/waiting.js';
import { cellCode, cellEnvironment } from './cell-code.js';
import { changeBell, checkCellMemory, makeCellMemory, valueRecord, cellWords as w } from './layout.js';
import { type ValueCell, withValueCalls } from './value-calls.js';

/** Options of a cell. */
export interface CellOptions {
	/**
	 * Numbers out of a field's range throw instead of wrapping, in this thread.
	 *
	 * @defaultValue false
	 */
	checked?: boolean;
}

/** What one thread hands to another so that it can attach to a cell: `postMessage` copies it. */
export interface CellHandle {
	/** Tells it from handles of other containers. */
	readonly kind: 'FluxCell';
	/** The cell's memory. */
	readonly memory: SharedArrayBuffer;
	/** Who attaches by it, for `retire`. */
	readonly member: number;
}

/**
 * The latest value of something, between threads: one stores, any number load. The top of a book, a position, a setting.
 *
 * Called as `std::atomic` of C++ is, for a record of any size: a value that is loaded is whole, and never older than one
 * that was loaded before. Who loads disturbs nobody; who stores never waits. What was stored in between is not seen: where
 * every record counts, use `FluxQueue.broadcast`.
 *
 * The thread that stores first is the writer, until it disposes of its attachment or is retired. When it is killed in the
 * middle of a store, the value before that stays the latest one.
 *
 * An attachment serves one thread. Memory: four values and some 500 bytes, in a SharedArrayBuffer of its own.
 *
 * @example
 * ```ts
 * import { struct, f64, u32 } from '@flux/core';
 * import { FluxCell } from '@flux/containers';
 *
 * const Top = struct({ bid: f64, ask: f64, size: u32 });
 * const top = new FluxCell(Top);
 * top.store({ bid: 99.5, ask: 99.75, size: 10 });
 *
 * const seen = FluxCell.attach(Top, top.share()); // in a worker, by postMessage
 * console.log(seen.load()); // { bid: 99.5, ask: 99.75, size: 10 }
 * const mine = new (class { bid = 0; ask = 0; size = 0; })();
 * seen.loadInto(mine); // the same, without garbage
 * ```
 */
export interface FluxCell<S extends Struct = Struct> extends AsyncIterable<Infer<S>>, Disposable {
	/**
	 * Stores a value and wakes who waits for one. O(fields), no garbage, never waits.
	 *
	 * @throws {@link RecordError} when a field is missing, of another type or does not fit; {@link SeatError} when another
	 *   thread is the writer; {@link ClosedError}; {@link RetiredError}; {@link DisposedError}.
	 */
	store(value: Infer<S>): void;
	/** `store` of the fields in the order of declaration: the fastest way. Throws as `store`. */
	emplace(...values: Values<S>): void;
	/** A copy of the latest value; undefined before the first. O(fields). Throws {@link DisposedError}. */
	load(): Infer<S> | undefined;
	/**
	 * Writes the latest value to the fields of an object and returns true; false before the first. O(fields), and no garbage
	 * where all fields are numbers and the object is one of a class that has numbers there from the beginning.
	 *
	 * To V8 an object that is written with the same names in the same order as the declaration of the struct is of one shape
	 * with it, and there the fields hold objects: each number that is not whole then becomes one.
	 *
	 * @throws {@link RecordError} for what is no object; {@link DisposedError}.
	 */
	loadInto(target: Infer<S>): boolean;
	/** How many values were stored, modulo 2^32; 0 before the first. O(1). */
	readonly version: number;
	/**
	 * Waits until there is a value that this attachment has not loaded: true; or the cell is closed and there is none: false.
	 * O(1) besides the waiting.
	 *
	 * @throws {@link TimeoutError}; {@link PeerDiedError} when it would wait and the writer has died; {@link WaitError} when it
	 *   would block the main thread of a page; {@link ArgumentError}.
	 * @example
	 * ```ts
	 * import { struct, f64 } from '@flux/core';
	 * import { FluxCell } from '@flux/containers';
	 *
	 * const price = new FluxCell(struct({ mid: f64 }));
	 * price.emplace(99.5);
	 * price.close();
	 * while (price.wait()) console.log(price.load()); // { mid: 99.5 }
	 * ```
	 */
	wait(options?: WaitOptions): boolean;
	/** `wait` that does not block the thread. O(1) besides the waiting. Rejects with what `wait` throws. */
	waitAsync(options?: AsyncWaitOptions): Promise<boolean>;
	/** The latest value whenever there is another one, until the cell is closed. O(fields) a value. Rejects as `wait` throws. */
	[Symbol.asyncIterator](): AsyncIterableIterator<Infer<S>>;
	/**
	 * The same with options: `signal` ends it, and `timeout` is how long it waits for each value. O(fields) a value. Rejects as
	 * `waitAsync`.
	 *
	 * @throws {@link ArgumentError} for options that there are not.
	 */
	values(options?: AsyncWaitOptions): AsyncIterableIterator<Infer<S>>;
	/** No more stores, from any thread; whoever waits is woken. The latest value can still be loaded. O(1). */
	close(): void;
	/** Whether it was closed. */
	readonly closed: boolean;
	/** A handle for one other attachment. O(1). */
	share(): CellHandle;
	/**
	 * Retires the attachment of `handle` when `worker` has ended, however it did. O(1). For workers that emit `exit`.
	 *
	 * @throws {@link ArgumentError} for a worker that announces no end, as those of browsers, or a handle of another cell.
	 */
	watch(worker: { once(event: 'exit', listener: () => void): unknown }, handle: CellHandle): this;
	/**
	 * Says that the thread which attached by `handle` has ended: another one may store. Returns whether it was the writer. It
	 * must have ended. O(1).
	 */
	retire(handle: CellHandle): boolean;
	/**
	 * Leaves the cell: another thread may store. O(1). It goes on for the others; what waits in this thread's event loop is rejected
	 * with {@link DisposedError}.
	 */
	dispose(): void;
	/** What the cell is, without its value. O(1). For `JSON.stringify`. */
	toJSON(): object;
	/** `dispose()`, for `using`. */
	[Symbol.dispose](): void;
}

/** Makes and attaches cells. */
export interface FluxCellConstructor {
	/** A new cell without a value. O(fields). Throws {@link StructError}, {@link ArgumentError}. */
	new <S extends Struct>(struct: S, options?: CellOptions): FluxCell<S>;
	/**
	 * Attaches this thread to a cell that another one made. O(1).
	 *
	 * @throws {@link HandleError} when the handle is none, or the cell holds another struct or was made by another version of
	 *   the library; {@link StructError}, {@link ArgumentError}.
	 */
	attach<S extends Struct>(struct: S, handle: CellHandle, options?: CellOptions): FluxCell<S>;
	/** What all cells inherit from. */
	readonly prototype: FluxCell;
}

/** How often in a row a loop over changes goes on before it lets timers and messages have their turn. */
const VALUES_PER_TURN = 1024;

/** Adds what is not generated: waiting, threads, the end. */
function withCalls(Base: ValueCell) {
	class AnyCell extends Base {
		readonly #lookForChange = new Look(
			() => this.isChanged,
			() => (Atomics.load(this.memory.i32, w.VERSION) - this.seen) >>> 0,
			Number.POSITIVE_INFINITY,
		);

		get version(): number {
			return Atomics.load(this.memory.u32, w.VERSION);
		}

		get closed(): boolean {
			return this.isClosed;
		}

		wait(options?: unknown): boolean {
			this.checkAlive();
			const wait = new Wait(options, 'wait');
			if (this.isOver('wait')) return false;
			if (this.#lookForChange.look()) return true;
			waitAt(this.memory.i32, changeBell, 'wait', wait, this.seesChange);
			return !this.isOver('wait');
		}

		async waitAsync(options?: unknown): Promise<boolean> {
			this.checkAlive();
			const wait = new Wait(options, 'waitAsync');
			wait.signal?.throwIfAborted();
			if (this.isOver('wait')) return false;
			await waitAsyncAt(this.memory.i32, changeBell, 'wait', wait, this.seesChange);
			this.checkAlive();
			return !this.isOver('wait');
		}

		[Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined> {
			return this.walkCopies();
		}

		values(options?: unknown): AsyncGenerator<unknown, void, undefined> {
			const { timeout, signal } = new Wait(options, 'values');
			return this.walkCopies({ timeout, signal });
		}

		async *walkCopies(options?: AsyncWaitOptions): AsyncGenerator<unknown, void, undefined> {
			for (let inARow = 1; await this.waitAsync(options); inARow++) {
				yield this.load();
				if (inARow % VALUES_PER_TURN === 0) await nextTurn();
			}
		}

		close(): void {
			this.checkAlive();
			Atomics.or(this.memory.i32, w.FLAG, w.CLOSED);
			wake(this.memory.i32, changeBell);
		}

		share(): CellHandle {
			this.checkAlive();
			const { i32, buffer } = this.memory;
			const member = Atomics.add(i32, w.MEMBERS, 1) + 1;
			return { kind: 'FluxCell', memory: buffer as SharedArrayBuffer, member };
		}

		watch(worker: unknown, handle: unknown): this {
			this.checkAlive();
			const member = memberOf(handle, 'FluxCell', this.memory.buffer, 'watch');
			whenEnded(worker, () => {
				if (!this.disposed) this.retireMember(member);
			});
			return this;
		}

		retire(handle: unknown): boolean {
			this.checkAlive();
			const member = memberOf(handle, 'FluxCell', this.memory.buffer, 'retire');
			if (member === this.member)
				throw new ArgumentError('retire was given the handle of this very cell; call dispose() to leave it');
			return this.retireMember(member);
		}

		retireMember(member: number): boolean {
			const { i32 } = this.memory;
			if (Atomics.compareExchange(i32, w.WRITER, member, 0) !== member) return false;
			Atomics.store(i32, w.DESERTED, 1);
			wake(i32, changeBell);
			return true;
		}

		dispose(): void {
			if (this.disposed) return;
			const { i32 } = this.memory;
			if (this.isWriter) {
				// The one before may have died; this one has not.
				if (Atomics.load(i32, w.WRITER) === this.member) Atomics.store(i32, w.DESERTED, 0);
				Atomics.compareExchange(i32, w.WRITER, this.member, 0);
			}
			this.disposed = true;
			this.isWriter = false;
			// For what waits in this thread's event loop.
			wake(i32, changeBell);
		}

		toJSON(): object {
			const { version, closed } = this;
			return { version, closed };
		}

		get [Symbol.toStringTag](): string {
			return 'FluxCell';
		}

		[Symbol.for('nodejs.util.inspect.custom')](): string {
			if (this.disposed) return 'FluxCell (disposed)';
			return `FluxCell(version ${this.version}${this.isClosed ? ', closed' : ''})`;
		}
	}
	Object.defineProperty(AnyCell.prototype, internals.symbolDispose, {
		value: AnyCell.prototype.dispose,
		configurable: true,
		writable: true,
	});
	return AnyCell;
}

type CellClass = ReturnType<typeof withCalls>;

const classes = new WeakMap<Struct, CellClass[]>();

/** The class of the cells of one struct; made once per thread and mode. */
function cellClass(struct: Struct, checked: boolean): CellClass {
	let known = classes.get(struct);
	if (known === undefined) {
		known = [];
		classes.set(struct, known);
	}
	const which = checked ? 1 : 0;
	if (known[which] === undefined) {
		const record = valueRecord(struct, checked);
		const Base = internals.specialize(cellCode, cellEnvironment(record), 'cell');
		// Every cell is a FluxCell to instanceof.
		Object.setPrototypeOf(Base.prototype, AnyFluxCell.prototype);
		known[which] = withCalls(withValueCalls(Base, record));
	}
	return known[which];
}

/** Makes a cell whose count of versions begins behind `version`. @internal */
export function makeCell(struct: Struct, options?: CellOptions, version = 0): object {
	checkStruct(struct, 'FluxCell');
	return new (cellClass(struct, readChecked(options)))(makeCellMemory(struct, version), 1);
}

class AnyFluxCell {
	constructor(struct: Struct, options?: CellOptions) {
		if (new.target !== AnyFluxCell) {
			throw new ArgumentError(
				'FluxCell was extended, and each struct has a class of its own; hold a cell in a field instead',
			);
		}
		// biome-ignore lint/correctness/noConstructorReturn: the class of this struct's cells stands in for the one that was called
		return makeCell(struct, options) as AnyFluxCell;
	}

	static attach(struct: Struct, handle: unknown, options?: CellOptions): object {
		checkStruct(struct, 'FluxCell.attach');
		const { kind, memory, member } = (handle ?? {}) as Partial<CellHandle>;
		if (kind !== 'FluxCell' || !isSharedBuffer(memory) || typeof member !== 'number' || !Number.isInteger(member)) {
			throw new HandleError(
				'foreign',
				`FluxCell.attach was given ${internals.describe(handle)}; pass what share() of a FluxCell returned`,
			);
		}
		const checked = readChecked(options);
		checkCellMemory(struct, memory);
		return new (cellClass(struct, checked))(memory, member);
	}
}

function checkStruct(struct: unknown, call: string): void {
	if (!internals.isStruct(struct))
		throw new StructError(
			`${call} was given ${internals.describe(struct)} for its struct; pass what struct() returned`,
		);
}

function readChecked(options: CellOptions | undefined): boolean {
	if (options !== undefined && (typeof options !== 'object' || options === null))
		throw new ArgumentError(`the options are ${internals.describe(options)}; pass an object such as { checked: true }`);
	for (const name of Object.keys(options ?? {}))
		if (name !== 'checked') throw new ArgumentError(`the option ${name} is unknown; the one option is checked`);
	const checked: unknown = options?.checked ?? false;
	if (typeof checked !== 'boolean')
		throw new ArgumentError(`checked is ${internals.describe(checked)}; pass true or false`);
	return checked;
}

/** The cell; see the interface of this name for what it does. */
export const FluxCell: FluxCellConstructor = AnyFluxCell as unknown as FluxCellConstructor;
Object.defineProperty(AnyFluxCell, 'name', { value: 'FluxCell' });
