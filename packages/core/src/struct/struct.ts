import { describe } from '../describe.js';
import { StructError } from '../errors.js';
import { type FieldType, type Infer, isFieldType, type LiveView, type NamedField } from './field-types.js';

/** The fields of a struct by name. */
export type Fields = Readonly<Record<string, FieldType>>;

/** A field as an entry: its name and its type. */
export type FieldEntry = readonly [name: string, type: FieldType];

/** The plain object that the fields `F` describe. */
export type RecordOf<F extends Fields> = { -readonly [K in keyof F]: Infer<F[K]> };

/** The live view that the fields `F` describe. */
export type LiveOf<F extends Fields> = { -readonly [K in keyof F]: LiveView<F[K]> };

/** The fields of entries, by name. */
export type FieldsOf<E extends readonly FieldEntry[]> = { [I in E[number] as I[0]]: I[1] };

/** The values of entries, in order. */
export type ValuesOf<E extends readonly FieldEntry[]> = { -readonly [I in keyof E]: Infer<E[I][1]> };

/**
 * The values of fields declared by an object: as many as there are fields, each of any field's type. TypeScript does
 * not know the order of an object's keys; declare by entries for a tuple that is checked place by place.
 */
export type AnyValuesOf<F extends Fields> = Repeat<RecordOf<F>[keyof F], Members<keyof F>>;

type Members<U> = (U extends unknown ? (member: () => U) => void : never) extends (member: infer I) => void
	? I extends () => infer Last
		? [...Members<Exclude<U, Last>>, Last]
		: []
	: [];

type Repeat<V, T extends readonly unknown[]> = { [I in keyof T]: V };

/**
 * A record's layout: the one declaration from which its TypeScript type, its bytes and the code that reads and writes
 * it all follow. Made by {@link struct}.
 */
export interface Struct<Value = unknown, Live = unknown, Values extends readonly unknown[] = readonly unknown[]>
	extends FieldType<Value, Live> {
	/** Bytes from the beginning to each field, by name. */
	readonly offsets: Readonly<Record<string, number>>;
	/** The fields in the order of declaration. @internal */
	readonly fields: readonly NamedField[];
	/** Carries the type of the values in order; never present. @internal */
	readonly values?: Values;
}

/** The values of a struct's fields in the order of declaration: what the emplace calls take. */
export type Values<S extends Struct> = S extends Struct<unknown, unknown, infer V> ? V : never;

/**
 * Declares a record: natural alignment, the layout that a C compiler gives the same struct.
 *
 * @param fields - the field types by name, in order; names that look like whole numbers are refused, because JavaScript
 *   would put them first
 * @throws {@link StructError} for no field, a name that is empty or a whole number, or a type that is none. Names the field.
 *
 * Declared once per record type, outside of loops: containers generate code per struct.
 *
 * @example
 * ```ts
 * import { struct, u32, f64, char, type Infer } from '@flux/core';
 *
 * const Order = struct({ id: u32, price: f64, symbol: char(8) });
 * type Order = Infer<typeof Order>; // { id: number; price: number; symbol: string }
 *
 * console.log(Order.size, Order.alignment, Order.offsets); // 24 8 { id: 0, price: 8, symbol: 16 }
 * ```
 */
export function struct<const F extends Fields>(fields: F): Struct<RecordOf<F>, LiveOf<F>, AnyValuesOf<F>>;
/**
 * Declares a record by entries, so that values given in order are checked place by place.
 *
 * @param entries - name and type of each field, in order
 * @throws {@link StructError} also for a name that stands twice.
 *
 * @example
 * ```ts
 * import { struct, u32, f64 } from '@flux/core';
 *
 * const Order = struct(['id', u32], ['price', f64]);
 * console.log(Order.size); // 16
 * ```
 */
export function struct<const E extends readonly FieldEntry[]>(
	...entries: E
): Struct<RecordOf<FieldsOf<E>>, LiveOf<FieldsOf<E>>, ValuesOf<E>>;
export function struct(...declaration: readonly (Fields | FieldEntry)[]): Struct {
	const fields = layOut(entriesOf(declaration), 0);
	const alignment = Math.max(...fields.map(({ type }) => type.alignment));
	const made: Struct = {
		signature: `{${fields.map(({ name, type }) => `${JSON.stringify(name)}:${type.signature}`).join(',')}}`,
		size: roundUp(endOf(fields), alignment),
		alignment,
		// Made from entries, because assigning to a field named __proto__ would change the object's prototype.
		offsets: Object.freeze(Object.fromEntries(fields.map(({ name, offset }) => [name, offset]))),
		fields,
		shape: { kind: 'struct', fields },
	};
	return Object.freeze(made);
}

/** Whether `value` was made by `struct()`, in this copy of the package or another. @internal */
export function isStruct(value: unknown): value is Struct {
	return isFieldType(value) && value.shape.kind === 'struct' && 'fields' in value;
}

/**
 * Places fields behind `headerBytes` bytes, each at the next multiple of its alignment, as a C compiler would place
 * them behind the members of that header. @internal
 */
export function layOut(entries: readonly FieldEntry[], headerBytes: number): NamedField[] {
	let end = headerBytes;
	return entries.map(([name, type]) => {
		const offset = roundUp(end, type.alignment);
		end = offset + type.size;
		return { name, type, offset };
	});
}

/** Bytes up to the end of the last field. @internal */
export function endOf(fields: readonly NamedField[]): number {
	const last = fields[fields.length - 1];
	return last === undefined ? 0 : last.offset + last.type.size;
}

/** The next multiple of `unit` from `bytes` on. @internal */
export function roundUp(bytes: number, unit: number): number {
	return Math.ceil(bytes / unit) * unit;
}

function entriesOf(declaration: readonly (Fields | FieldEntry)[]): FieldEntry[] {
	const [first] = declaration;
	const entries: readonly unknown[] =
		declaration.length === 1 && !Array.isArray(first) ? Object.entries(first ?? {}) : declaration;
	if (entries.length === 0) throw new StructError('struct() was given no field; declare at least one');
	const names = new Set<string>();
	return entries.map((entry) => {
		if (!Array.isArray(entry))
			throw new StructError(
				`struct() was given ${describe(entry)} among its entries; pass [name, type] for each field`,
			);
		const [name, type]: readonly unknown[] = entry;
		if (typeof name !== 'string' || name === '')
			throw new StructError(`field ${describe(name)} has no name; pass a text that is not empty`);
		if (/^\d+$/.test(name))
			throw new StructError(
				`field ${name} is named by a whole number, which JavaScript would put first; give it a name`,
			);
		if (names.has(name)) throw new StructError(`field ${name} is declared twice; give each field a name of its own`);
		if (!isFieldType(type))
			throw new StructError(
				`field ${name} has the type ${describe(type)}; pass a field type such as u32, char(8) or a struct`,
			);
		names.add(name);
		return [name, type] as const;
	});
}
