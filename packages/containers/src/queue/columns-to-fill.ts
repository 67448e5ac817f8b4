import { ArgumentError, type FieldType, type Infer, internals, RecordError, type Struct } from '@flux/core';

/** An array or typed array that values are written to. */
export type ColumnToFill<T> = T[] | ({ readonly length: number; [index: number]: T } & ArrayBufferView);

/** Room for the values of each field, in a column of its own. */
export type ColumnsToFill<S extends Struct> = { readonly [K in keyof Infer<S>]: ColumnToFill<Infer<S>[K]> };

/** The columns of `popMany` in the order of the fields, all of one length: arrays or typed arrays that are to be filled. */
export function columnsToFill(
	record: internals.NodeRecord,
	columns: object,
): { columns: { [index: number]: unknown }[]; count: number } {
	const byName = columns as Readonly<Record<string, unknown>>;
	const found = record.fields.map(({ name, type }) => {
		const column = byName[name];
		if (Array.isArray(column) ? !Object.isFrozen(column) || column.length === 0 : takes(column, type)) {
			return column as { readonly length: number; [index: number]: unknown };
		}
		throw new RecordError(
			name,
			`has no column that its values can be written to: ${nameOf(column)}; pass an array, or a typed array of numbers or bigints as the field holds`,
		);
	});
	const count = found[0].length;
	found.forEach((column, index) => {
		if (column.length !== count) {
			throw new ArgumentError(
				`the columns differ in length: ${record.fields[0].name} has ${count} elements and ${record.fields[index].name} ${column.length}; pass room for as many records in each`,
			);
		}
	});
	return { columns: found, count };
}

/** Whether it is a typed array that can hold what such a field holds: a value that it refuses would be lost. */
function takes(column: unknown, { shape }: FieldType): boolean {
	if (!ArrayBuffer.isView(column) || column instanceof DataView) return false;
	const holdsBigInts = column instanceof BigInt64Array || column instanceof BigUint64Array;
	return SCALARS.has(shape.kind) && holdsBigInts === BIGINTS.has(shape.kind);
}

const BIGINTS: ReadonlySet<string> = new Set(['i64', 'u64']);
const SCALARS: ReadonlySet<string> = new Set([
	'bool',
	'i8',
	'u8',
	'i16',
	'u16',
	'i32',
	'u32',
	'f32',
	'f64',
	...BIGINTS,
]);

function nameOf(column: unknown): string {
	if (Array.isArray(column)) return 'the array is frozen';
	return ArrayBuffer.isView(column)
		? `${Object.prototype.toString.call(column).slice(8, -1)} cannot hold them`
		: `${internals.describe(column)} is no array`;
}
