import { describe } from '../describe.js';
import { FieldRangeError, RecordError } from '../errors.js';
import type { Memory } from '../memory/memory.js';
import type { ArrayView, FieldType, ScalarKind } from './field-types.js';
import { misfitsText, readText, textMisfit, writeText } from './text.js';

/**
 * Fields read and written by looking at their type each time: the path where no code can be generated, and everywhere
 * the path for arrays. An address is in bytes; it fits the type's alignment.
 */

/** A copy of the value at `byte`. */
export function readField(type: FieldType, memory: Memory, byte: number): unknown {
	const { shape } = type;
	switch (shape.kind) {
		case 'char':
			return readText(memory.u8, byte, shape.length);
		case 'array': {
			const values: unknown[] = [];
			for (let index = 0; index < shape.length; index++)
				values.push(readField(shape.element, memory, byte + index * shape.element.size));
			return values;
		}
		case 'struct': {
			const record = {};
			for (const field of shape.fields)
				defineField(record, field.name, readField(field.type, memory, byte + field.offset));
			return record;
		}
		default:
			return readScalar(shape.kind, memory, byte);
	}
}

/** Writes a value that `captureField` returned. Runs no code of the user's. */
export function writeField(type: FieldType, memory: Memory, byte: number, value: unknown): void {
	const { shape } = type;
	switch (shape.kind) {
		case 'char':
			return writeText(memory.u8, byte, shape.length, value as string);
		case 'array': {
			const values = value as readonly unknown[];
			for (let index = 0; index < shape.length; index++)
				writeField(shape.element, memory, byte + index * shape.element.size, values[index]);
			return;
		}
		case 'struct': {
			const values = value as readonly unknown[];
			shape.fields.forEach((field, index) => {
				writeField(field.type, memory, byte + field.offset, values[index]);
			});
			return;
		}
		default:
			return writeScalar(shape.kind, memory, byte, value);
	}
}

/**
 * Reads everything that a field of this type would be written from, once, and checks it: getters run here, and whatever
 * they do, what is written later is what was checked. A struct comes back as its values in order, an array as a copy.
 *
 * @throws RecordError when the value has the wrong shape, FieldRangeError in checked mode when a number is out of range.
 */
export function captureField(
	type: FieldType,
	value: unknown,
	path: string,
	checked: boolean,
	stage?: unknown[],
): unknown {
	const { shape } = type;
	switch (shape.kind) {
		case 'char': {
			if (typeof value !== 'string')
				throw new RecordError(path, `is ${type.signature} and was given ${describe(value)}; pass a text`);
			const problem = textMisfit(value, shape.length);
			if (problem !== undefined) throw new RecordError(path, problem);
			return value;
		}
		case 'array': {
			const values: unknown[] = stage ?? new Array(shape.length);
			const length = isArrayLike(value) ? value.length : undefined;
			if (!isArrayLike(value) || length !== shape.length) {
				const given = length === undefined ? describe(value) : `${describe(length)} elements`;
				throw new RecordError(path, `is ${type.signature} and was given ${given}; pass an array of ${shape.length}`);
			}
			for (let index = 0; index < shape.length; index++) {
				values[index] = captureField(shape.element, value[index], `${path}[${index}]`, checked);
			}
			return values;
		}
		case 'struct': {
			if (typeof value !== 'object' || value === null) {
				throw new RecordError(
					path,
					`is a struct and was given ${describe(value)}; pass an object with the fields ${shape.fields.map(({ name }) => name).join(', ')}`,
				);
			}
			const record = value as Readonly<Record<string, unknown>>;
			return shape.fields.map((field) =>
				captureField(field.type, record[field.name], `${path}.${field.name}`, checked),
			);
		}
		default: {
			const wanted = typeOfScalar(shape.kind);
			if (typeof value !== wanted)
				throw new RecordError(path, `is ${shape.kind} and was given ${describe(value)}; pass a ${wanted}`);
			if (checked && !inRange(shape.kind, value)) throw new FieldRangeError(path, value, shape.kind);
			return value;
		}
	}
}

/** Orders two values of one type as C++ orders members: less than 0, 0, more than 0, or NaN where they are unordered. */
export function compareFields(type: FieldType, a: Memory, byteA: number, b: Memory, byteB: number): number {
	const { shape } = type;
	switch (shape.kind) {
		case 'char':
			for (let index = 0; index < shape.length; index++) {
				const difference = a.u8[byteA + index] - b.u8[byteB + index];
				if (difference !== 0) return difference;
			}
			return 0;
		case 'array':
			for (let index = 0; index < shape.length; index++) {
				const offset = index * shape.element.size;
				const order = compareFields(shape.element, a, byteA + offset, b, byteB + offset);
				if (order !== 0) return order;
			}
			return 0;
		case 'struct':
			for (const field of shape.fields) {
				const order = compareFields(field.type, a, byteA + field.offset, b, byteB + field.offset);
				if (order !== 0) return order;
			}
			return 0;
		default: {
			const left = readScalar(shape.kind, a, byteA);
			const right = readScalar(shape.kind, b, byteB);
			if (left < right) return -1;
			if (left > right) return 1;
			return left === right ? 0 : Number.NaN;
		}
	}
}

/**
 * The values of one array field on their way from a record into memory.
 *
 * Elements are read and checked into a spare array that is kept for the next record, so that writing an array of
 * scalars leaves no garbage. A getter that calls back in finds the spare taken and gets a fresh one.
 */
export class ArrayStage {
	readonly #type: FieldType;
	readonly #path: string;
	readonly #checked: boolean;
	#spare: unknown[] | undefined;

	/** A stage for the field at `path`. */
	constructor(type: FieldType, path: string, checked: boolean) {
		this.#type = type;
		this.#path = path;
		this.#checked = checked;
	}

	/** Reads and checks the elements of `value`. */
	capture(value: unknown): unknown {
		const stage = this.#spare;
		this.#spare = undefined;
		return captureField(this.#type, value, this.#path, this.#checked, stage);
	}

	/** Writes captured elements to `byte`. */
	write(memory: Memory, byte: number, captured: unknown): void {
		writeField(this.#type, memory, byte, captured);
		this.#spare = captured as unknown[];
	}
}

/** How a live view reaches its memory: asked at every access, so that a stale view throws. */
export interface ViewAnchor {
	/** The memory, after the check. */
	memory(): Memory;
	/** Byte address of the record's node. */
	byte(): number;
}

/** The live view of a field inside a record's view: arrays and nested structs; scalars are read and written directly. */
export function liveField(
	type: FieldType,
	anchor: ViewAnchor,
	offset: number,
	path: string,
	checked: boolean,
): unknown {
	const { shape } = type;
	if (shape.kind === 'array')
		return new FieldArrayView(type, shape.element, shape.length, anchor, offset, path, checked);
	if (shape.kind !== 'struct') return readField(type, anchor.memory(), anchor.byte() + offset);
	const view = {};
	for (const field of shape.fields) {
		const at = offset + field.offset;
		const fieldPath = `${path}.${field.name}`;
		Object.defineProperty(view, field.name, {
			enumerable: true,
			get: () => liveField(field.type, anchor, at, fieldPath, checked),
			set: (value: unknown) => setField(field.type, anchor, at, value, fieldPath, checked),
		});
	}
	return view;
}

/** Checks and writes a field of a live view. */
export function setField(
	type: FieldType,
	anchor: ViewAnchor,
	offset: number,
	value: unknown,
	path: string,
	checked: boolean,
): void {
	// Captured first: a getter inside the value may erase the very node, and the anchor checks after that.
	const captured = captureField(type, value, path, checked);
	const memory = anchor.memory();
	writeField(type, memory, anchor.byte() + offset, captured);
}

class FieldArrayView implements ArrayView<unknown> {
	readonly #type: FieldType;
	readonly #element: FieldType;
	readonly #anchor: ViewAnchor;
	readonly #offset: number;
	readonly #path: string;
	readonly #checked: boolean;
	readonly length: number;

	constructor(
		type: FieldType,
		element: FieldType,
		length: number,
		anchor: ViewAnchor,
		offset: number,
		path: string,
		checked: boolean,
	) {
		this.#type = type;
		this.#element = element;
		this.#anchor = anchor;
		this.#offset = offset;
		this.#path = path;
		this.#checked = checked;
		this.length = length;
	}

	get(index: number): unknown {
		return liveField(this.#element, this.#anchor, this.#at(index), `${this.#path}[${index}]`, this.#checked);
	}

	set(index: number, value: unknown): void {
		setField(this.#element, this.#anchor, this.#at(index), value, `${this.#path}[${index}]`, this.#checked);
	}

	assign(values: ArrayLike<unknown>): void {
		setField(this.#type, this.#anchor, this.#offset, values, this.#path, this.#checked);
	}

	toArray(): unknown[] {
		return readField(this.#type, this.#anchor.memory(), this.#anchor.byte() + this.#offset) as unknown[];
	}

	toJSON(): unknown[] {
		return this.toArray();
	}

	*[Symbol.iterator](): Generator<unknown, void, undefined> {
		for (let index = 0; index < this.length; index++) {
			yield readField(this.#element, this.#anchor.memory(), this.#anchor.byte() + this.#at(index));
		}
	}

	#at(index: number): number {
		if (!(Number.isInteger(index) && index >= 0 && index < this.length)) {
			throw new RecordError(
				this.#path,
				`has ${this.length} elements and was asked for ${describe(index)}; pass a whole number from 0 to ${this.length - 1}`,
			);
		}
		return this.#offset + index * this.#element.size;
	}
}

/** The word that `typeof` says of a scalar's values. */
export function typeOfScalar(kind: ScalarKind): 'number' | 'bigint' | 'boolean' {
	if (kind === 'i64' || kind === 'u64') return 'bigint';
	return kind === 'bool' ? 'boolean' : 'number';
}

/** Puts a field into a plain object as its own, whatever its name. */
export function defineField(record: object, name: string, value: unknown): void {
	Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true });
}

function readScalar(kind: ScalarKind, memory: Memory, byte: number): number | bigint | boolean {
	switch (kind) {
		case 'i8':
			return memory.i8[byte];
		case 'u8':
			return memory.u8[byte];
		case 'i16':
			return memory.i16[byte / 2];
		case 'u16':
			return memory.u16[byte / 2];
		case 'i32':
			return memory.i32[byte / 4];
		case 'u32':
			return memory.u32[byte / 4];
		case 'f32':
			return memory.f32[byte / 4];
		case 'f64':
			return memory.f64[byte / 8];
		case 'i64':
			return memory.i64[byte / 8];
		case 'u64':
			return memory.u64[byte / 8];
		case 'bool':
			return memory.u8[byte] !== 0;
	}
}

function writeScalar(kind: ScalarKind, memory: Memory, byte: number, value: unknown): void {
	switch (kind) {
		case 'i8':
		case 'u8':
			memory.u8[byte] = value as number;
			return;
		case 'i16':
		case 'u16':
			memory.u16[byte / 2] = value as number;
			return;
		case 'i32':
		case 'u32':
			memory.i32[byte / 4] = value as number;
			return;
		case 'f32':
			memory.f32[byte / 4] = value as number;
			return;
		case 'f64':
			memory.f64[byte / 8] = value as number;
			return;
		case 'i64':
		case 'u64':
			memory.i64[byte / 8] = value as bigint;
			return;
		case 'bool':
			memory.u8[byte] = value ? 1 : 0;
			return;
	}
}

function inRange(kind: ScalarKind, value: unknown): boolean {
	switch (kind) {
		case 'i64':
			return BigInt.asIntN(64, value as bigint) === value;
		case 'u64':
			return BigInt.asUintN(64, value as bigint) === value;
		case 'bool':
		case 'f64':
		case 'f32':
			return true;
		default: {
			const [low, high] = RANGES[kind];
			const number = value as number;
			return Number.isInteger(number) && number >= low && number <= high;
		}
	}
}

/** The least and the greatest value of each integer type of up to 32 bits. */
export const RANGES: Readonly<Record<'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32', readonly [number, number]>> = {
	i8: [-128, 127],
	u8: [0, 255],
	i16: [-32_768, 32_767],
	u16: [0, 65_535],
	i32: [-2_147_483_648, 2_147_483_647],
	u32: [0, 4_294_967_295],
};

export { misfitsText };

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
	return typeof value === 'object' && value !== null && 'length' in value && typeof value.length === 'number';
}
