import { internals } from '@flux/core';
import type { OrderedList, OrderedListClass } from './order-code.js';

/**
 * The calls that write records into nodes: push, insert, emplace, set and the columns.
 *
 * Their parameters are the fields, so where text can become code they are generated: values are checked in locals,
 * then a node is linked, then the values are stored, with no loop and no look at a type. Where it cannot, the same
 * calls are made from closures. Getters of a pushed object run first of all, and nothing is linked before all values
 * fit; storing them runs no code of the user's. So a call that throws has changed nothing.
 */
export interface EmplaceCalls {
	emplaceBack(...values: unknown[]): unknown;
	emplaceFront(...values: unknown[]): unknown;
	emplace(position: number, ...values: unknown[]): unknown;
	pushBack(record: unknown): number;
	pushFront(record: unknown): number;
	insert(position: number, record: unknown, filler?: unknown): number;
	set(node: number, record: unknown): void;
	/** Appends `count` records whose fields stand in columns, in the order of declaration. */
	appendColumns(columns: readonly ArrayLike<unknown>[], count: number): void;
}

/** A list's class with the calls that write records. */
export type EmplaceListClass = new (
	...parameters: ConstructorParameters<OrderedListClass>
) => OrderedList & EmplaceCalls;

/** Adds the calls that write `record` to the class of its lists. */
export function withEmplaceCalls(Base: OrderedListClass, record: internals.NodeRecord): EmplaceListClass {
	const { text } = record;
	return text === undefined ? interpretedCalls(Base, record) : generatedCalls(Base, record, text);
}

/** `insert(position, count, record)` reads as `insert(position, record)` with a number for its record. */
function insertFilled(
	list: OrderedList & EmplaceCalls,
	position: number,
	count: number,
	value: unknown,
	record: internals.NodeRecord,
): number {
	const captured = record.capture(value);
	const index = list.positionOf(position, 'insert');
	list.checkCount(count, 'insert');
	list.nodes.reserve(count);
	let first = index;
	for (let left = count; left > 0; left--) {
		// From the last to the first, so that what is returned is the first, as the standard says.
		first = list.linkBefore(first);
		record.write(list.memory, first, captured);
	}
	return list.nodeOf(first);
}

function generatedCalls(
	Base: OrderedListClass,
	record: internals.NodeRecord,
	text: internals.RecordText,
): EmplaceListClass {
	const { parameters, open, unpack, misfit, absent, explain, stage, write } = text;
	const result = record.checked ? 'this.handle(node)' : 'node';
	/** The fields in locals are checked, and stored in the node that `find` finds. `odd` ends a call where they, or what is asked `otherwise`, do not fit. */
	const store = (find: string, odd: string, otherwise = ''): string => `
		${unpack}
		if (${otherwise}${misfit}) { ${odd} }
		${stage}
		${find}
		const memory = this.memory;
		${write}`;
	const { FREE, NEXT } = internals.layout;
	/**
	 * A node is taken by `link` if a free one is there; in checked mode perhaps another than that one. If not, more are threaded and the call starts over as `again`: a
	 * path that leads back here would make everything read so far be read again on the hot path too.
	 */
	const take = (link: string, again: string): string =>
		`let node = this.memory.i32[this.pool + ${FREE}];
		if (node === 0) { this.refill(); return this.${again}; }
		node = this.${link};`;
	const takeBack = take('linkBackReady(node)', `emplaceBack(${parameters})`);
	const takeFront = take(
		`linkBeforeReady(node, this.memory.i32[this.header + ${NEXT}])`,
		`emplaceFront(${parameters})`,
	);
	const takeBefore = (call: string): string =>
		take(`linkBeforeReady(node, this.positionOf(position, "${call}"))`, `emplace(position, ${parameters})`);
	/**
	 * A call that takes the fields by position, and its other half, for one value too many or of the wrong type. Apart,
	 * because engines inline by the size of a function. No value at all asks for a view of a zeroed node: that stands in
	 * the first half where it is the usual way to append, because a view is removed where its maker is inlined.
	 */
	const byPosition = (name: string, position: string, link: string, taken: string): string => {
		const byName = `if (${absent}) return this.zeroed(this.${link});`;
		const [usual, rare] = position === '' ? [byName, ''] : ['', byName];
		return `
	${name}(${position}${parameters}, more) {
		${store(taken, `${usual} return this.${name}Odd(${position}${parameters}, more);`, 'more !== undefined || ')}
		return ${result};
	}
	${name}Odd(${position}${parameters}, more) {
		if (more !== undefined) tooMany([${parameters}, more]);
		${rare}
		${explain}
	}`;
	};
	const body = `
return class FluxListOfRecord extends Base {
	zeroed(node) { const memory = this.memory; ${text.zero} return viewAt(this, node); }
	${byPosition('emplaceBack', '', 'linkBack()', takeBack)}
	${byPosition('emplaceFront', '', 'linkFront()', takeFront)}
	${byPosition('emplace', 'position, ', 'linkBefore(this.positionOf(position, "emplace"))', takeBefore('emplace'))}
	pushBack(record) { ${GUARD} ${open} ${store(takeBack, explain)} return ${result}; }
	pushFront(record) { ${GUARD} ${open} ${store(takeFront, explain)} return ${result}; }
	insert(position, record, filler) {
		if (typeof record !== "object" || record === null) {
			if (typeof record === "number") return insertFilled(this, position, record, filler, layout);
			refuse(record);
		}
		${open}
		${store(takeBefore('insert'), explain)}
		return ${result};
	}
	set(target, record) { ${GUARD} ${open} ${store('const node = this.indexOf(target, "set");', explain)} }
	appendColumns(columns, count) {
		const [${parameters.replaceAll('f', 'c')}] = columns;
		for (let at = 0; at < count; at++) { ${fromColumns(parameters)} ${unpack} if (${misfit}) { ${explain} } ${stage} }
		this.nodes.reserve(count);
		for (let at = 0; at < count; at++) { ${fromColumns(parameters)} ${store('const node = this.linkBack();', explain)} }
	}
};`;
	return internals.evaluate<EmplaceListClass>(
		body,
		{
			...text.environment,
			Base,
			viewAt: record.views.at,
			insertFilled,
			layout: record,
			refuse: (value: unknown) => record.capture(value),
			tooMany: (values: unknown[]) => record.captureValues(values),
		},
		`list-${record.struct.signature}`,
	);
}

/** What is no object has no fields to read: `capture` says so in its error. */
const GUARD = 'if (typeof record !== "object" || record === null) refuse(record);';

function fromColumns(parameters: string): string {
	return `const ${parameters
		.split(', ')
		.map((local) => `${local} = ${local.replace('f', 'c')}[at]`)
		.join(', ')};`;
}

function interpretedCalls(Base: OrderedListClass, layout: internals.NodeRecord): EmplaceListClass {
	return class extends Base implements EmplaceCalls {
		emplaceBack(...values: unknown[]): unknown {
			if (isAbsent(values)) return this.zeroed(this.linkBack());
			const captured = layout.captureValues(values);
			return this.store(this.linkBack(), captured);
		}

		emplaceFront(...values: unknown[]): unknown {
			if (isAbsent(values)) return this.zeroed(this.linkFront());
			const captured = layout.captureValues(values);
			return this.store(this.linkFront(), captured);
		}

		emplace(position: number, ...values: unknown[]): unknown {
			if (isAbsent(values)) return this.zeroed(this.linkBefore(this.positionOf(position, 'emplace')));
			// A getter inside a value may erase the position, so it is looked up after they ran.
			const captured = layout.captureValues(values);
			return this.store(this.linkBefore(this.positionOf(position, 'emplace')), captured);
		}

		pushBack(record: unknown): number {
			const captured = layout.capture(record);
			return this.store(this.linkBack(), captured);
		}

		pushFront(record: unknown): number {
			const captured = layout.capture(record);
			return this.store(this.linkFront(), captured);
		}

		insert(position: number, record: unknown, filler?: unknown): number {
			if (typeof record === 'number') return insertFilled(this, position, record, filler, layout);
			const captured = layout.capture(record);
			return this.store(this.linkBefore(this.positionOf(position, 'insert')), captured);
		}

		set(node: number, record: unknown): void {
			const captured = layout.capture(record);
			layout.write(this.memory, this.indexOf(node, 'set'), captured);
		}

		appendColumns(columns: readonly ArrayLike<unknown>[], count: number): void {
			const row = (at: number): unknown[] => layout.captureValues(columns.map((column) => column[at]));
			for (let at = 0; at < count; at++) row(at);
			this.nodes.reserve(count);
			for (let at = 0; at < count; at++) this.store(this.linkBack(), row(at));
		}

		store(node: number, captured: readonly unknown[]): number {
			layout.write(this.memory, node, captured);
			return this.handle(node);
		}
	};
}

function isAbsent(values: readonly unknown[]): boolean {
	return values.every((value) => value === undefined);
}
