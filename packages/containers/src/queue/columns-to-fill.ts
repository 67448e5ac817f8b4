import { ArgumentError, type Infer, internals, RecordError, type Struct } from '@flux/core';

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
	const found = record.fields.map(({ name }) => {
		const column = byName[name];
		if (Array.isArray(column) || (ArrayBuffer.isView(column) && !(column instanceof DataView)))
			return column as { readonly length: number; [index: number]: unknown };
		throw new RecordError(
			name,
			`has no column to be written to: ${internals.describe(column)} is no array; pass an array or typed array for each field`,
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
