import { internals } from '@flux/core';
import { vectorWords } from './layout.js';
import type { OrderedVector, OrderedVectorClass } from './vector-order-code.js';

/**
 * The calls that write records: push, insert, emplace, set and the columns.
 *
 * As those of lists, they are generated where text can become code: values are checked in locals, then there is room
 * for a record, then they are stored. Getters of a pushed object run first of all. A call that throws has changed nothing.
 */
export interface EmplaceCalls {
	emplaceBack(...values: unknown[]): unknown;
	emplace(position: number, ...values: unknown[]): unknown;
	pushBack(record: unknown): number;
	insert(position: number, record: unknown, filler?: unknown): number;
	set(position: number, record: unknown): void;
	/** Appends `count` records whose fields stand in columns, in the order of declaration. */
	appendColumns(columns: readonly ArrayLike<unknown>[], count: number): void;
}

/** A vector's class with the calls that write records. */
export type EmplaceVectorClass = new (
	...parameters: ConstructorParameters<OrderedVectorClass>
) => OrderedVector & EmplaceCalls;

/** Adds the calls that write `record` to the class of its vectors. */
export function withEmplaceCalls(Base: OrderedVectorClass, record: internals.ElementRecord): EmplaceVectorClass {
	const { text } = record;
	return text === undefined ? interpretedCalls(Base, record) : generatedCalls(Base, record, text);
}

/** `insert(position, count, record)` reads as `insert(position, record)` with a number for its record. */
function insertFilled(
	vector: OrderedVector,
	position: number,
	count: number,
	value: unknown,
	record: internals.ElementRecord,
): number {
	const captured = record.capture(value);
	vector.checkPosition(position, 'insert');
	vector.checkCount(count, 'insert');
	if (count === 0) return position;
	let word = vector.openGap(position, count);
	for (let left = count; left > 0; left--, word += record.strideWords) record.write(vector.memory, word, captured);
	return position;
}

/** A zeroed record before `position`, and a view of it. */
function insertZeroed(vector: OrderedVector, position: number, record: internals.ElementRecord): object {
	vector.checkPosition(position, 'emplace');
	const word = vector.openGap(position, 1);
	record.zero(vector.memory, word);
	return record.elements.at(vector, position);
}

function generatedCalls(
	Base: OrderedVectorClass,
	record: internals.ElementRecord,
	text: internals.RecordText,
): EmplaceVectorClass {
	const { parameters, open, unpack, misfit, absent, explain, stage, write } = text;
	const { SIZE, CAPACITY, DATA } = vectorWords;
	/** One value more than there are fields: the caller has miscounted. */
	const TOO_MANY = `if (more !== undefined) tooMany([${parameters}, more]);`;
	/** The fields in locals are checked, and stored at the word that `find` finds. */
	const store = (find: string, refuse: string): string => `
		${unpack}
		if (${misfit}) { ${refuse} ${explain} }
		${stage}
		${find}
		const memory = this.memory;
		${write}`;
	/** Growth refreshes the views, so the call starts over after it. */
	const take = `
		const size = this.memory.i32[this.header + ${SIZE}];
		if (size === this.memory.i32[this.header + ${CAPACITY}]) { this.grow(1); return this.emplaceBack(${parameters}); }
		const node = this.memory.i32[this.header + ${DATA}] + Math.imul(size, ${record.strideWords}) | 0;
		this.memory.i32[this.header + ${SIZE}] = size + 1;`;
	const gap = (call: string): string =>
		`this.checkPosition(position, "${call}"); const node = this.openGap(position, 1);`;
	const body = `
return class FluxVectorOfRecord extends Base {
	emplaceBack(${parameters}, more) {
		${TOO_MANY}
		${store(take, `if (${absent}) return insertZeroed(this, this.size, layout);`)}
		return size;
	}
	emplace(position, ${parameters}, more) {
		${TOO_MANY}
		${store(gap('emplace'), `if (${absent}) return insertZeroed(this, position, layout);`)}
		return position;
	}
	pushBack(record) { ${GUARD} ${open} ${store(take, '')} return size; }
	insert(position, record, filler) {
		if (typeof record !== "object" || record === null) {
			if (typeof record === "number") return insertFilled(this, position, record, filler, layout);
			refuse(record);
		}
		${open}
		${store(gap('insert'), '')}
		return position;
	}
	set(position, record) { ${GUARD} ${open} ${store('const node = this.wordOf(position, "set");', '')} }
	appendColumns(columns, count) {
		const [${parameters.replaceAll('f', 'c')}] = columns;
		for (let at = 0; at < count; at++) { ${fromColumns(parameters)} ${unpack} if (${misfit}) { ${explain} } ${stage} }
		this.grow(count);
		for (let at = 0; at < count; at++) { ${fromColumns(parameters)} this.emplaceBack(${parameters}); }
	}
};`;
	return internals.evaluate<EmplaceVectorClass>(
		body,
		{
			...text.environment,
			Base,
			insertFilled,
			insertZeroed,
			layout: record,
			refuse: (value: unknown) => record.capture(value),
			tooMany: (values: unknown[]) => record.captureValues(values),
		},
		`vector-${record.struct.signature}`,
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

function interpretedCalls(Base: OrderedVectorClass, layout: internals.ElementRecord): EmplaceVectorClass {
	return class extends Base implements EmplaceCalls {
		emplaceBack(...values: unknown[]): unknown {
			if (isAbsent(values)) return insertZeroed(this, this.size, layout);
			return this.store(this.size, layout.captureValues(values), 'emplaceBack');
		}

		emplace(position: number, ...values: unknown[]): unknown {
			if (isAbsent(values)) return insertZeroed(this, position, layout);
			return this.store(position, layout.captureValues(values), 'emplace');
		}

		pushBack(record: unknown): number {
			const captured = layout.capture(record);
			return this.store(this.size, captured, 'pushBack');
		}

		insert(position: number, record: unknown, filler?: unknown): number {
			if (typeof record === 'number') return insertFilled(this, position, record, filler, layout);
			return this.store(position, layout.capture(record), 'insert');
		}

		set(position: number, record: unknown): void {
			const captured = layout.capture(record);
			layout.write(this.memory, this.wordOf(position, 'set'), captured);
		}

		appendColumns(columns: readonly ArrayLike<unknown>[], count: number): void {
			const row = (at: number): unknown[] => layout.captureValues(columns.map((column) => column[at]));
			for (let at = 0; at < count; at++) row(at);
			this.grow(count);
			for (let at = 0; at < count; at++) this.store(this.size, row(at), 'pushMany');
		}

		store(position: number, captured: readonly unknown[], call: string): number {
			this.checkPosition(position, call);
			const word = this.openGap(position, 1);
			layout.write(this.memory, word, captured);
			return position;
		}
	};
}

function isAbsent(values: readonly unknown[]): boolean {
	return values.every((value) => value === undefined);
}
