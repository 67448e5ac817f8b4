import { internals } from '@flux/core';
import type { LongKeyedRing } from './key-code.js';
import type { MapNodes, MapNodesClass } from './map-code.js';

/**
 * The calls that write records under keys: set, insert, emplace and the like.
 *
 * As in `list/emplace-code.ts`, they are generated where text can become code, and made from closures elsewhere. Getters of a
 * record run first of all, then the key is looked up, and from there on nothing of the user's runs: a call that throws has
 * changed nothing.
 */
export interface SetCalls {
	/** As `Map.prototype.set`: overwrites, and returns the map. */
	set(key: unknown, record: unknown): this;
	/** Overwrites, and returns the node. */
	insertOrAssign(key: unknown, record: unknown): number;
	/** Keeps what is there, and returns the node of the key. */
	insert(key: unknown, record: unknown): number;
	/** The same by position; without values a live view. */
	emplace(key: unknown, ...values: unknown[]): unknown;
	/** The new node, or view; undefined where the key is there already. */
	tryEmplace(key: unknown, ...values: unknown[]): unknown;
	/** Overwrites the record of a node. */
	setAt(node: number, record: unknown): void;
}

/** A map's class with the calls that write records. */
export type SetMapClass = new (...parameters: ConstructorParameters<MapNodesClass>) => MapNodes & SetCalls;

/** Adds the calls that write `record` to the class of its maps. */
export function withSetCalls(Base: MapNodesClass, record: internals.NodeRecord, isLong: boolean): SetMapClass {
	const { text } = record;
	if (text !== undefined) return generatedCalls(Base, record, text, isLong);
	return isLong ? interpretedWords(interpretedCalls(Base, record), record) : interpretedCalls(Base, record);
}

function generatedCalls(
	Base: MapNodesClass,
	record: internals.NodeRecord,
	text: internals.RecordText,
	isLong: boolean,
): SetMapClass {
	const { parameters, open, unpack, misfit, absent, explain, stage, write } = text;
	/** One value more than there are fields: the caller has miscounted. */
	const TOO_MANY = `if (more !== undefined) tooMany([${parameters}, more]);`;
	const result = record.checked ? 'this.handle(node)' : 'node';
	/** The fields in locals are checked; where they misfit, `refuse` may still make sense of them. */
	const check = (refuse: string): string => `
		${unpack}
		if (${misfit}) { ${refuse} ${explain} }
		${stage}`;
	/** Writes to the key's node, which is made where it is missing. */
	const assign = `
		let node = this.seek(key);
		if (node === 0) node = this.add(key);
		const memory = this.memory;
		${write}`;
	/** Writes to the node that `seek` finds if it had to be made. */
	const keepAt = (seek: string): string => `
		let node = ${seek};
		if (node !== 0) return ${result};
		node = this.add(key);
		const memory = this.memory;
		${write}
		return ${result};`;
	const keep = keepAt('this.seek(key)');
	const words = `
	emplaceWords(low, high, ${parameters}, more) {
		${TOO_MANY}
		const key = 0;
		${check(`if (${absent}) return emplaceWordsView(this, low, high);`)}
		${keepAt('this.seekWords(low, high)')}
	}`;
	const body = `
return class FluxHashMapOfRecord extends Base {
	zeroed(node) { const memory = this.memory; ${text.zero} return viewAt(this, node); }
	set(key, record) { ${GUARD} ${open} ${check('')} ${assign} return this; }
	insertOrAssign(key, record) { ${GUARD} ${open} ${check('')} ${assign} return ${result}; }
	insert(key, record) { ${GUARD} ${open} ${check('')} ${keep} }
	emplace(key, ${parameters}, more) {
		${TOO_MANY}
		${check(`if (${absent}) return emplaceView(this, key);`)}
		${keep}
	}
	tryEmplace(key, ${parameters}, more) {
		${TOO_MANY}
		${check(`if (${absent}) return tryEmplaceView(this, key);`)}
		if (this.seek(key) !== 0) return undefined;
		const node = this.add(key);
		const memory = this.memory;
		${write}
		return ${result};
	}
	setAt(target, record) {
		${GUARD} ${open} ${check('')}
		const node = this.indexOf(target, "setAt");
		const memory = this.memory;
		${write}
	}
	${isLong ? words : ''}
};`;
	return internals.evaluate<SetMapClass>(
		body,
		{
			...text.environment,
			Base,
			viewAt: record.views.at,
			emplaceView,
			tryEmplaceView,
			emplaceWordsView,
			refuse: (value: unknown) => record.capture(value),
			tooMany: (values: unknown[]) => record.captureValues(values),
		},
		`map-${record.struct.signature}`,
	);
}

/** What is no object has no fields to read: `capture` says so in its error. */
const GUARD = 'if (typeof record !== "object" || record === null) refuse(record);';

/** A live view of the record under a key, zeroed where it had to be made: `operator[]`. */
function emplaceView(map: MapNodes, key: unknown): object {
	const node = map.seek(key);
	return node === 0 ? map.zeroed(map.add(key)) : map.show(node, undefined, 'emplace');
}

function tryEmplaceView(map: MapNodes, key: unknown): object | undefined {
	return map.seek(key) === 0 ? map.zeroed(map.add(key)) : undefined;
}

function emplaceWordsView(map: MapNodes & LongKeyedRing, low: number, high: number): object {
	const node = map.seekWords(low, high);
	return node === 0 ? map.zeroed(map.add(0)) : map.show(node, undefined, 'emplaceWords');
}

function interpretedCalls(Base: MapNodesClass, layout: internals.NodeRecord): SetMapClass {
	return class extends Base implements SetCalls {
		set(key: unknown, record: unknown): this {
			this.insertOrAssign(key, record);
			return this;
		}

		insertOrAssign(key: unknown, record: unknown): number {
			const captured = layout.capture(record);
			let node = this.seek(key);
			if (node === 0) node = this.add(key);
			layout.write(this.memory, node, captured);
			return this.handle(node);
		}

		insert(key: unknown, record: unknown): number {
			return this.keep(key, layout.capture(record));
		}

		emplace(key: unknown, ...values: unknown[]): unknown {
			if (isAbsent(values)) return emplaceView(this, key);
			return this.keep(key, layout.captureValues(values));
		}

		tryEmplace(key: unknown, ...values: unknown[]): unknown {
			if (isAbsent(values)) return tryEmplaceView(this, key);
			const captured = layout.captureValues(values);
			return this.seek(key) === 0 ? this.keep(key, captured) : undefined;
		}

		setAt(node: number, record: unknown): void {
			const captured = layout.capture(record);
			layout.write(this.memory, this.indexOf(node, 'setAt'), captured);
		}

		keep(key: unknown, captured: readonly unknown[]): number {
			let node = this.seek(key);
			if (node === 0) {
				node = this.add(key);
				layout.write(this.memory, node, captured);
			}
			return this.handle(node);
		}
	};
}

function interpretedWords(Base: SetMapClass, layout: internals.NodeRecord): SetMapClass {
	const Long = Base as unknown as new (
		...parameters: ConstructorParameters<SetMapClass>
	) => MapNodes & SetCalls & LongKeyedRing;
	return class extends Long {
		emplaceWords(low: number, high: number, ...values: unknown[]): unknown {
			if (isAbsent(values)) return emplaceWordsView(this, low, high);
			const captured = layout.captureValues(values);
			let node = this.seekWords(low, high);
			if (node === 0) {
				node = this.add(0);
				layout.write(this.memory, node, captured);
			}
			return this.handle(node);
		}
	} as unknown as SetMapClass;
}

function isAbsent(values: readonly unknown[]): boolean {
	return values.every((value) => value === undefined);
}
