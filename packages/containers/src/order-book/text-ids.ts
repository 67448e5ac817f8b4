import { ArgumentError, char, f64, type Heap, internals, SnapshotError, struct, u64 } from '@flux/core';
import { checkFields, readOptions } from '../common/container-options.js';
import { isInstance } from '../common/is-instance.js';
import { FluxHashMap } from '../hash-map/hash-map.js';
import { leaveBook, standOn } from './book-owners.js';
import type { BookEvents, CommandResult, Decimal, RestingOrder } from './book-types.js';
import { type EngineChange, type EngineOrder, type EngineResult, MatchingEngine } from './engine/matching-engine.js';
import { checkEvent } from './listener.js';
import { type CancelFilter, FluxOrderBook, type LimitOrder, type MarketOrder, type OrderId } from './order-book.js';

/** Options of {@link TextIdOrders}. */
export interface TextIdOrdersOptions extends TextIdOptions {
	/**
	 * The texts of the orders that are there: `TextIds.restore(bytes)`, over a book or an engine that was restored with them. They are
	 * disposed of together. @defaultValue none
	 */
	ids?: TextIds;
}

/** Options of {@link TextIds}. */
export interface TextIdOptions {
	/** The longest text in bytes of UTF-8. @defaultValue 36, that of a UUID */
	length?: number;
	/** The heap that texts are kept in. @defaultValue that of the book, or `Heap.default` */
	heap?: Heap;
}

const Numbered = struct({ id: f64 });
/** What stands in a snapshot for the last number that was given: no text that is given a number is empty. */
const LAST = '';

/**
 * Texts, such as UUIDs, and the numbers that stand for them: from 1 on, in the order in which texts come, and never the same
 * twice. Slab memory: about 130 bytes a UUID.
 *
 * @example
 * ```ts
 * import { TextIds } from '@flux/containers';
 *
 * const ids = new TextIds();
 * const id = ids.add('0b9d3c2e-7a54-4c1d-9b3e-5f1a2c3d4e5f');
 * console.log(id, ids.textOf(id), ids.idOf('none')); // 1 0b9d3c2e-7a54-4c1d-9b3e-5f1a2c3d4e5f undefined
 * ```
 */
export class TextIds {
	readonly #keyType;
	readonly #byText;
	readonly #byId;
	#last = 0;

	/** No text yet. O(1). Throws {@link ArgumentError} for a wrong option. */
	constructor(options: TextIdOptions = {}) {
		checkFields(options, ['length', 'heap'], 'the options', '{ length: 36 }');
		const { length = 36, heap } = options;
		if (!(Number.isInteger(length) && length >= 1 && length <= 255))
			throw new ArgumentError(`the length is ${internals.describe(length)}; pass a whole number from 1 to 255`);
		const own = readOptions(heap === undefined ? {} : { heap });
		this.#keyType = char(length);
		this.#byText = new FluxHashMap(this.#keyType, Numbered, { heap: own.heap });
		this.#byId = new FluxHashMap(u64, struct({ text: char(length) }), { heap: own.heap });
	}

	/** How many texts. O(1). */
	get size(): number {
		return this.#byText.size;
	}

	/** The number of a text, a new one where it has none. O(length). Throws {@link ArgumentError} for an empty text; {@link StructError} for one that is too long. */
	add(text: string): number {
		const known = this.idOf(text);
		if (known !== undefined) return known;
		const id = this.#last + 1;
		this.#byText.set(text, { id });
		try {
			this.#byId.set(id, { text });
		} catch (error) {
			this.#byText.delete(text);
			throw error;
		}
		this.#last = id;
		return id;
	}

	/** The number of a text; undefined: it has none. O(length). Throws as `add`. */
	idOf(text: string): number | undefined {
		if (typeof text !== 'string' || text === '')
			throw new ArgumentError(`the id is ${internals.describe(text)}; pass a text that is not empty`);
		return this.#byText.get(text)?.id;
	}

	/** The text of a number; undefined: there is none. O(length). */
	textOf(id: OrderId): string | undefined {
		return this.#byId.get(id)?.text;
	}

	/** Forgets a text and its number; returns whether there were. O(length). */
	delete(id: OrderId): boolean {
		const text = this.textOf(id);
		if (text === undefined) return false;
		this.#byId.delete(id);
		return this.#byText.delete(text);
	}

	/** All texts and their numbers as bytes, and which number is next. O(texts). Throws {@link OutOfMemoryError}. */
	snapshot(): Uint8Array<ArrayBuffer> {
		this.#byText.set(LAST, { id: this.#last });
		try {
			return this.#byText.snapshot();
		} finally {
			this.#byText.delete(LAST);
		}
	}

	/**
	 * The texts that `snapshot()` wrote, by the numbers that they had; `length` is that of those. O(texts).
	 *
	 * @throws {@link SnapshotError} for bytes that are no whole snapshot of such texts; {@link ArgumentError};
	 * {@link OutOfMemoryError}. Nothing is held then.
	 */
	static restore(bytes: Uint8Array, options: TextIdOptions = {}): TextIds {
		const ids = new TextIds(options);
		try {
			ids.#fill(bytes);
		} catch (error) {
			ids.dispose();
			throw error;
		}
		return ids;
	}

	#fill(bytes: Uint8Array): void {
		const { heap } = this.#byText;
		const saved = FluxHashMap.restore(this.#keyType, Numbered, bytes, { heap });
		try {
			const last = saved.get(LAST)?.id ?? 0;
			saved.delete(LAST);
			for (const [text, { id }] of saved) {
				if (!(Number.isSafeInteger(last) && Number.isInteger(id) && id >= 1 && id <= last) || this.#byId.has(id))
					throw new SnapshotError(
						'corrupted',
						`the snapshot is of no texts: '${text}' has the number ${id} of ${last}`,
					);
				this.#byText.set(text, { id });
				this.#byId.set(id, { text });
			}
			this.#last = last;
		} finally {
			saved.dispose();
		}
	}

	/** Gives all memory back. O(1). */
	dispose(): void {
		this.#byText.dispose();
		this.#byId.dispose();
	}

	/** `dispose()`, for `using`. O(1). */
	[internals.symbolDispose](): void {
		this.dispose();
	}
}

/** The same with texts for ids. */
export type WithTextIds<T> = {
	[K in keyof T]: K extends 'id' | 'maker' | 'taker' ? (undefined extends T[K] ? string | undefined : string) : T[K];
};

/** The same order with a text for its id, and for that of the order which it cancels. */
export type TextIdOrder<O> = O extends unknown ? Omit<O, 'id' | 'cancels'> & { id: string; cancels?: string } : never;

/**
 * A book or an engine whose orders are named by texts, such as UUIDs: the same commands, events and results, with texts where
 * those have ids. Texts are kept while their orders are there, and forgotten after the command that ends them; then they may come
 * again. All orders of the book go through this. To keep it, save `ids.snapshot()` beside the snapshot of the book or engine.
 *
 * @example
 * ```ts
 * import { FluxOrderBook, TextIdOrders } from '@flux/containers';
 *
 * const orders = new TextIdOrders(new FluxOrderBook({ tickSize: '0.01' }));
 * orders.on('trade', ({ maker, taker, quantity }) => console.log(maker, taker, quantity));
 * orders.submit({ id: '6f1c7a', side: 'sell', price: '10.00', quantity: 5 });
 * orders.submit({ id: '93be02', side: 'buy', price: '10.00', quantity: 2 }); // 6f1c7a 93be02 2
 * console.log(orders.openOf('6f1c7a'), orders.has('93be02'), orders.ids.size); // 3 false 1
 * ```
 */
export class TextIdOrders<T extends FluxOrderBook | MatchingEngine> {
	/** What commands go to. */
	readonly target: T;
	/** The texts of orders that are there. */
	readonly ids: TextIds;
	readonly #book: FluxOrderBook;
	/** Orders that a command has touched: they may be gone. */
	readonly #touched = new Set<OrderId>();
	readonly #stops: (() => void)[];

	/**
	 * Over a book or an engine without orders, or with those that `ids` has the texts of. O(1). Throws {@link ArgumentError} for what
	 * is neither, or a wrong option.
	 */
	constructor(target: T, options: TextIdOrdersOptions = {}) {
		checkFields(options, ['length', 'heap', 'ids'], 'the options', '{ length: 36 }');
		if (!isInstance(target, FluxOrderBook) && !isInstance(target, MatchingEngine))
			throw new ArgumentError(
				`TextIdOrders was given ${internals.describe(target)}; pass a FluxOrderBook or a MatchingEngine`,
			);
		this.target = target;
		this.#book = target instanceof MatchingEngine ? target.book : target;
		const { ids, ...own } = options;
		if (ids !== undefined && !isInstance(ids, TextIds))
			throw new ArgumentError(`ids is ${internals.describe(ids)}; pass TextIds, or leave it out`);
		this.ids = ids ?? new TextIds({ heap: this.#book.heap, ...own });
		const touch = ({ id }: { id: OrderId | undefined }) => {
			if (id !== undefined) this.#touched.add(id);
		};
		this.#stops = [
			this.#book.on('trade', ({ maker, taker }) => {
				touch({ id: maker });
				touch({ id: taker });
			}),
			this.#book.on('cancelled', touch),
			this.#book.on('expired', touch),
		];
		standOn(this.#book, this, 'TextIdOrders');
	}

	/** As `submit` of the target, and O(length) of the texts it names. Throws as that, and {@link ArgumentError} for what is no text. */
	submit(
		order: TextIdOrder<T extends MatchingEngine ? EngineOrder : LimitOrder | MarketOrder>,
	): T extends MatchingEngine ? EngineResult : CommandResult {
		if (typeof order !== 'object' || order === null)
			throw new ArgumentError(`the order is ${internals.describe(order)}; pass an object`);
		const { cancels } = order as { cancels?: string };
		return this.#named(order.id, (id) => {
			const named = { ...order, id } as unknown as EngineOrder;
			if (cancels !== undefined) named.cancels = this.#numberOf(cancels);
			return this.target.submit(named as LimitOrder);
		}) as T extends MatchingEngine ? EngineResult : CommandResult;
	}

	/** As `cancel` of the target. O(length). */
	cancel(id: string): boolean {
		return this.#named(id, (number) => this.target.cancel(number));
	}

	/** As `cancelAll` of the target, and O(length) for each text that goes. O(orders). */
	cancelAll(filter?: CancelFilter): number {
		try {
			return this.target.cancelAll(filter);
		} finally {
			this.#sweep();
		}
	}

	/** As `reduce` of the target. O(length). */
	reduce(id: string, quantity: Decimal): CommandResult {
		return this.#named(id, (number) => this.target.reduce(number, quantity));
	}

	/** As `replace` of the target, and O(length) of the texts it ends. */
	replace(id: string, change: EngineChange): CommandResult {
		return this.#named(id, (number) => this.target.replace(number, change));
	}

	/** Whether an order is there. O(length). */
	has(id: string): boolean {
		const number = this.ids.idOf(id);
		return number !== undefined && this.target.has(number);
	}

	/** The quantity of an order that is open; 0: there is none. O(length). */
	openOf(id: string): number {
		const number = this.ids.idOf(id);
		if (number === undefined) return 0;
		return this.target instanceof MatchingEngine
			? this.target.openOf(number)
			: (this.#book.order(number)?.quantity ?? 0);
	}

	/** An order that is in the book and shown. O(length). */
	order(id: string): WithTextIds<RestingOrder> | undefined {
		const number = this.ids.idOf(id);
		const order = number === undefined ? undefined : this.#book.order(number);
		return order === undefined ? undefined : { ...order, id };
	}

	/** As `FluxOrderBook.on`. O(handlers). */
	on<E extends keyof BookEvents>(event: E, handler: (event: WithTextIds<BookEvents[E]>) => void): () => void {
		checkEvent(event);
		if (typeof handler !== 'function')
			throw new ArgumentError(`the handler of ${event} is ${internals.describe(handler)}; pass a function`);
		return this.#book.on(event, (told) => handler(this.#withTexts(told) as WithTextIds<BookEvents[E]>));
	}

	/** Forgets all texts; the book stays. O(1). */
	dispose(): void {
		for (const stop of this.#stops) stop();
		this.ids.dispose();
		leaveBook(this.#book, this);
	}

	/** `dispose()`, for `using`. O(1). */
	[internals.symbolDispose](): void {
		this.dispose();
	}

	/** Runs a command about an order, by its number. */
	#named<R>(text: string, command: (id: number) => R): R {
		const id = this.#numberOf(text);
		try {
			return command(id);
		} finally {
			this.#sweep();
		}
	}

	/** The number of a text. Whoever has none yet gets one, so that a refusal can tell of it. */
	#numberOf(text: string): number {
		const id = this.ids.add(text);
		this.#touched.add(id);
		return id;
	}

	/** Forgets the texts of orders that are gone. */
	#sweep(): void {
		for (const id of this.#touched) if (!this.target.has(id)) this.ids.delete(id);
		this.#touched.clear();
	}

	#withTexts(event: object): object {
		const named: Record<string, unknown> = { ...event };
		for (const field of ['id', 'maker', 'taker']) {
			const id = named[field] as OrderId | undefined;
			// An order that came by another way is called by its number.
			if (id !== undefined) named[field] = this.ids.textOf(id) ?? String(id);
		}
		return named;
	}
}
