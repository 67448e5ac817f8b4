import type { internals } from '@flux/core';

/**
 * The text of code that moves records between slots and columns which are typed arrays of the fields' own types, as
 * `Uint32Array` for `u32`. None of their elements can be refused, in checked mode neither, and generated code sees what
 * they are at a glance: to look up each field's column and type took half a microsecond, as long as 64 records.
 */
export interface TypedColumns {
	/** `c0, c1, ...`: a local per column. */
	readonly parameters: string;
	/** Statements that take the columns out of `source`: getters run here. */
	readonly open: string;
	/** A condition: true when they are such typed arrays, of one length. */
	readonly fit: string;
	/** The functions `writeTyped` and `readTyped(memory, node, at, end, c0, c1, ...)`, for slots that lie side by side. */
	readonly functions: string;
}

/** Undefined where a field is no number or no code can be generated. */
export function typedColumns({ fields, text, strideWords }: internals.NodeRecord): TypedColumns | undefined {
	const arrays = fields.map(({ type }) => ARRAYS[type.shape.kind]);
	if (text === undefined || arrays.includes(undefined)) return undefined;
	const columns = fields.map((_, index) => `c${index}`);
	const parameters = columns.join(', ');
	const values = columns.map((column, index) => `f${index} = ${column}[at]`).join(', ');
	const write = `const ${values}; ${text.write}`;
	const read = columns.map((column, index) => `${column}[at] = ${text.readField(index)};`).join(' ');
	// An engine that looks anew at each array in each turn of a loop does so for several records at once.
	const rows = Math.max(1, Math.min(ROWS, Math.floor(ACCESSES / fields.length)));
	const move = (name: string, body: string): string => {
		const row = `{ ${body} at++; node += ${strideWords}; }`;
		return `function ${name}(memory, node, at, end, ${parameters}) {
	while (at + ${rows - 1} < end) { ${row.repeat(rows)} }
	while (at < end) ${row}
}`;
	};
	return {
		parameters,
		open: `const ${fields.map(({ name }, index) => `c${index} = source[${JSON.stringify(name)}]`).join(', ')};`,
		fit: columns
			.map((column, index) => {
				const length = index === 0 ? '' : ` && ${column}.length === c0.length`;
				return `ArrayBuffer.isView(${column}) && ${column} instanceof ${arrays[index]}${length}`;
			})
			.join(' && '),
		functions: `${move('writeTyped', write)}\n${move('readTyped', read)}`,
	};
}

/** Records that are moved in one turn of a loop, and fields, at most. */
const ROWS = 8;
const ACCESSES = 40;

/** The typed array of each type of number. */
const ARRAYS: Readonly<Record<string, string | undefined>> = {
	i8: 'Int8Array',
	u8: 'Uint8Array',
	i16: 'Int16Array',
	u16: 'Uint16Array',
	i32: 'Int32Array',
	u32: 'Uint32Array',
	f32: 'Float32Array',
	f64: 'Float64Array',
	i64: 'BigInt64Array',
	u64: 'BigUint64Array',
};
