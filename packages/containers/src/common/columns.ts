import { ArgumentError, type FieldType, internals, RecordError } from '@flux/core';

/**
 * The columns of `pushMany` in the order of the fields, all of one length.
 *
 * A typed array is used as it is. Anything else is copied first, so that what is checked is what is written,
 * even where elements are getters.
 */
export function readColumns(
	record: internals.NodeRecord,
	columns: unknown,
	call = 'pushMany',
): { columns: ArrayLike<unknown>[]; count: number } {
	if (typeof columns !== 'object' || columns === null) {
		throw new ArgumentError(
			`${call} was given ${internals.describe(columns)}; pass an object with an array for each field`,
		);
	}
	const byName = columns as Readonly<Record<string, unknown>>;
	const read = record.fields.map(({ name, type }) => {
		const column = byName[name];
		if (ArrayBuffer.isView(column) && !(column instanceof DataView)) return column as unknown as ArrayLike<unknown>;
		if (Array.isArray(column)) return Array.from(column, (value: unknown) => plainCopy(type, value));
		throw new RecordError(
			name,
			`has no column: ${internals.describe(column)} is no array; pass an array or typed array for each field`,
		);
	});
	const count = read[0].length;
	read.forEach((column, index) => {
		if (column.length !== count) {
			throw new ArgumentError(
				`the columns differ in length: ${record.fields[0].name} has ${count} elements and ${record.fields[index].name} ${column.length}; pass one value of each field per record`,
			);
		}
	});
	return { columns: read, count };
}

/** Whether no element of these columns can be refused: numbers of typed arrays for fields that wrap numbers. */
export function fitAnyway(record: internals.NodeRecord, columns: readonly ArrayLike<unknown>[]): boolean {
	if (record.checked) return false;
	for (let index = 0; index < columns.length; index++) {
		const { kind } = record.fields[index].type.shape;
		const column = columns[index];
		if (!NUMBERS.has(kind) || !ArrayBuffer.isView(column)) return false;
		if (column instanceof BigInt64Array || column instanceof BigUint64Array) return false;
	}
	return true;
}

const NUMBERS: ReadonlySet<string> = new Set(['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'f32', 'f64']);

/** A copy without getters of what may be a value of this type; what is none stays as it is, to be refused later. */
function plainCopy(type: FieldType, value: unknown): unknown {
	const { shape } = type;
	if (typeof value !== 'object' || value === null) return value;
	if (shape.kind === 'array' && 'length' in value) {
		return Array.from(value as ArrayLike<unknown>, (element) => plainCopy(shape.element, element));
	}
	if (shape.kind !== 'struct') return value;
	const record = value as Readonly<Record<string, unknown>>;
	return Object.fromEntries(shape.fields.map((field) => [field.name, plainCopy(field.type, record[field.name])]));
}
