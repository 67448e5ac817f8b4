import { describe } from '../describe.js';
import { StructError } from '../errors.js';

declare const VALUE: unique symbol;
declare const LIVE: unique symbol;

/** The names of the scalar types, those of Rust and C. */
export type ScalarKind = 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'f32' | 'f64' | 'i64' | 'u64' | 'bool';

/**
 * The type of a field: how many bytes it takes, and which JavaScript value it holds.
 *
 * `Value` is the type of a copy, `Live` the type of the field in a live view.
 */
export interface FieldType<Value = unknown, Live = unknown> {
	/** The name of the type, as it stands in signatures: `i32`, `char(8)`, `array(f64,10)`, or a struct's signature. */
	readonly signature: string;
	/** Bytes. */
	readonly size: number;
	/** Bytes: addresses of this type are multiples of it. */
	readonly alignment: number;
	/** What the type is made of. @internal */
	readonly shape: FieldShape;
	/** Carries the type of a copy; never present. @internal */
	readonly [VALUE]?: Value;
	/** Carries the type in a live view; never present. @internal */
	readonly [LIVE]?: Live;
}

/** What a field type is made of. @internal */
export type FieldShape =
	| { readonly kind: ScalarKind }
	| { readonly kind: 'char'; readonly length: number }
	| { readonly kind: 'array'; readonly element: FieldType; readonly length: number }
	| { readonly kind: 'struct'; readonly fields: readonly NamedField[] };

/** A field of a struct with its place in a struct of its own. @internal */
export interface NamedField {
	readonly name: string;
	readonly type: FieldType;
	/** Bytes from the struct's beginning. */
	readonly offset: number;
}

/**
 * The JavaScript value of a field type, or the plain object of a struct.
 *
 * @example
 * ```ts
 * import { struct, u32, f64, type Infer } from '@flux/core';
 *
 * const Order = struct({ id: u32, price: f64 });
 * type Order = Infer<typeof Order>; // { id: number; price: number }
 * const order: Order = { id: 1, price: 99.5 };
 * ```
 */
export type Infer<T extends FieldType> = T extends FieldType<infer Value, unknown> ? Value : never;

/** The type of a live view of a struct: the fields by name, read and written in place. */
export type LiveView<T extends FieldType> = T extends FieldType<unknown, infer Live> ? Live : never;

/**
 * A fixed-length array in a live view: elements are read and written in place.
 *
 * An object of its own and not a typed array, because a typed array would be cut off when memory grows.
 */
export interface ArrayView<Value, Live = Value> extends Iterable<Value> {
	/** How many elements: the length declared. */
	readonly length: number;
	/** The element at `index`: a number, bigint, boolean or text, or a live view of a struct or array. O(1), O(n) for text. Throws {@link RecordError} beyond the end. */
	get(index: number): Live;
	/** Writes the element at `index`. O(1), O(size) for a struct, array or text. Throws {@link RecordError} beyond the end, or if the value does not fit. */
	set(index: number, value: Value): void;
	/** Writes all elements; `values` must have the declared length. O(length). */
	assign(values: ArrayLike<Value>): void;
	/** A copy as a plain array. O(length). */
	toArray(): Value[];
	/** `toArray()`, for JSON. */
	toJSON(): Value[];
}

/** Signed 8-bit integer, -128 to 127. Numbers out of range wrap, as in an Int8Array. */
export const i8: FieldType<number, number> = scalar('i8', 1);
/** Unsigned 8-bit integer, 0 to 255. Numbers out of range wrap, as in a Uint8Array. */
export const u8: FieldType<number, number> = scalar('u8', 1);
/** Signed 16-bit integer, -32,768 to 32,767. Numbers out of range wrap. */
export const i16: FieldType<number, number> = scalar('i16', 2);
/** Unsigned 16-bit integer, 0 to 65,535. Numbers out of range wrap. */
export const u16: FieldType<number, number> = scalar('u16', 2);
/** Signed 32-bit integer, -2^31 to 2^31 - 1. Numbers out of range wrap. */
export const i32: FieldType<number, number> = scalar('i32', 4);
/** Unsigned 32-bit integer, 0 to 2^32 - 1. Numbers out of range wrap. */
export const u32: FieldType<number, number> = scalar('u32', 4);
/** Single-precision number of IEEE 754; about 7 decimal digits. */
export const f32: FieldType<number, number> = scalar('f32', 4);
/** Double-precision number of IEEE 754: every JavaScript number, unchanged. */
export const f64: FieldType<number, number> = scalar('f64', 8);
/** Signed 64-bit integer, a bigint. Values out of range wrap. Reading one allocates the bigint. */
export const i64: FieldType<bigint, bigint> = scalar('i64', 8);
/** Unsigned 64-bit integer, a bigint. Values out of range wrap. Reading one allocates the bigint. */
export const u64: FieldType<bigint, bigint> = scalar('u64', 8);
/** `true` or `false`, in one byte. */
export const bool: FieldType<boolean, boolean> = scalar('bool', 1);

/** The longest text and array: what is larger belongs behind an index, not into a record. */
const MOST_LENGTH = 65_535;

/**
 * Text of up to `length` bytes in UTF-8, padded with zeros, as `char[length]` of C.
 *
 * Text that does not fit, or has a zero character, throws {@link RecordError} when it is written; it is never cut.
 *
 * @param length - bytes, 1 to 65,535
 * @throws {@link StructError} for another length.
 */
export function char(length: number): FieldType<string, string> {
	checkLength('char', length);
	return { signature: `char(${length})`, size: length, alignment: 1, shape: { kind: 'char', length } };
}

/**
 * A fixed-length array of any field type, elements without gaps, as `T[length]` of C.
 *
 * @param element - the type of each element
 * @param length - elements, 1 to 65,535
 * @throws {@link StructError} for another length, or an element that is no field type.
 */
export function array<Value, Live>(
	element: FieldType<Value, Live>,
	length: number,
): FieldType<Value[], ArrayView<Value, Live>> {
	if (!isFieldType(element))
		throw new StructError(`array() was given ${describe(element)} for its element; pass a field type such as f64`);
	checkLength('array', length);
	return {
		signature: `array(${element.signature},${length})`,
		size: element.size * length,
		alignment: element.alignment,
		shape: { kind: 'array', element, length },
	};
}

/** Whether `value` is a field type. @internal */
export function isFieldType(value: unknown): value is FieldType {
	return typeof value === 'object' && value !== null && 'shape' in value && 'alignment' in value;
}

function scalar<Value>(kind: ScalarKind, size: number): FieldType<Value, Value> {
	return { signature: kind, size, alignment: size, shape: { kind } };
}

function checkLength(what: string, length: number): void {
	if (!(Number.isInteger(length) && length >= 1 && length <= MOST_LENGTH)) {
		throw new StructError(
			`${what}() was given the length ${describe(length)}; pass a whole number from 1 to ${MOST_LENGTH}`,
		);
	}
}
