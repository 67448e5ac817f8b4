import { RecordError } from '../errors.js';
import { evaluate } from '../evaluate.js';
import type { Memory } from '../memory/memory.js';
import { ArrayStage, captureField, misfitsText, RANGES, readField, typeOfScalar } from './field-access.js';
import type { FieldType, NamedField } from './field-types.js';
import { readText, writeText } from './text.js';

/**
 * The text of the code that reads and writes the records of one struct in nodes, in pieces from which containers
 * build their hot methods. Field names enter as JSON texts alone, so no name can break out of the code.
 *
 * In every piece `memory` is the memory and `node` the word index of the node. Values travel in the locals of
 * `parameters`: one per field, in order.
 */
export interface RecordText {
	/** `f0, f1, ...`: a local per field. */
	readonly parameters: string;
	/** Statements that take fields out of `record`: getters run here. */
	readonly open: string;
	/** Statements that take nested structs apart. */
	readonly unpack: string;
	/** A condition: true when a value has the wrong type, does not fit or is out of range. */
	readonly misfit: string;
	/** A condition: true when no value was given at all. */
	readonly absent: string;
	/** A statement that throws the error which names the misfit. */
	readonly explain: string;
	/** Statements that read arrays into spare arrays, to be run after `misfit`. */
	readonly stage: string;
	/** Statements that write the values. They run no code of the user's and cannot throw. */
	readonly write: string;
	/** Statements that zero all fields. */
	readonly zero: string;
	/** What the pieces refer to by name. */
	readonly environment: Readonly<Record<string, unknown>>;
	/** The pieces at work: a copy of a node's record. */
	readonly read: (memory: Memory, node: number) => unknown;
	/** The expression that reads a field. */
	readField(index: number): string;
	/** Statements that check and write a field from the local `value`. */
	writeField(index: number): string;
}

/** The pieces for these fields; their offsets are bytes from the beginning of the node. */
export function recordText(
	fields: readonly NamedField[],
	headerWords: number,
	strideWords: number,
	checked: boolean,
): RecordText {
	const pieces = new Pieces(checked);
	fields.forEach((field, index) => {
		pieces.add(field.type, field.offset, `f${index}`, field.name);
	});
	const parameters = fields.map((_, index) => `f${index}`).join(', ');
	const explain = (values: readonly unknown[]): never => {
		fields.forEach(({ type, name }, index) => {
			captureField(type, values[index], name, checked);
		});
		throw new RecordError(
			fields[0].name,
			'or another field changed while it was read; pass an object without side effects',
		);
	};
	const { environment } = pieces;
	Object.assign(environment, { misfitsText, readText, writeText, readField, explain });
	return {
		parameters,
		open: `const ${fields.map(({ name }, index) => `f${index} = record[${JSON.stringify(name)}]`).join(', ')};`,
		unpack: pieces.unpack.join('\n'),
		misfit: pieces.misfit.join(' || '),
		absent: fields.map((_, index) => `f${index} === undefined`).join(' && '),
		explain: `explain([${parameters}]);`,
		stage: pieces.stage.join('\n'),
		write: pieces.write.join('\n'),
		zero: zeroWords(headerWords, strideWords),
		environment,
		read: evaluate(`return function read(memory, node) { return ${pieces.literal(fields)}; };`, environment, 'read'),
		readField: (index) => pieces.readExpression(fields[index].type, fields[index].offset),
		writeField(index) {
			const { type, offset, name } = fields[index];
			const one = new Pieces(checked, environment);
			one.add(type, offset, 'value', name);
			environment[`explain${index}`] = (value: unknown): never => {
				captureField(type, value, name, checked);
				throw new RecordError(name, 'changed while it was read; pass a plain value');
			};
			return `${one.unpack.join('\n')}\nif (${one.misfit.join(' || ')}) explain${index}(value);\n${one.stage.join('\n')}\n${one.write.join('\n')}`;
		},
	};
}

class Pieces {
	readonly unpack: string[] = [];
	readonly misfit: string[] = [];
	readonly stage: string[] = [];
	readonly write: string[] = [];
	readonly environment: Record<string, unknown>;
	readonly #checked: boolean;

	constructor(checked: boolean, environment: Record<string, unknown> = {}) {
		this.#checked = checked;
		this.environment = environment;
	}

	add(type: FieldType, offset: number, local: string, path: string): void {
		const { shape } = type;
		switch (shape.kind) {
			case 'char':
				this.misfit.push(`typeof ${local} !== "string" || misfitsText(${local}, ${shape.length})`);
				this.write.push(`writeText(memory.u8, ${indexOf(1, offset)}, ${shape.length}, ${local});`);
				return;
			case 'array': {
				const stage = this.#name('stage', new ArrayStage(type, path, this.#checked));
				this.misfit.push(`typeof ${local} !== "object"`);
				this.stage.push(`const ${local}_elements = ${stage}.capture(${local});`);
				this.write.push(`${stage}.write(memory, ${indexOf(1, offset)}, ${local}_elements);`);
				return;
			}
			case 'struct':
				this.misfit.push(`typeof ${local} !== "object" || ${local} === null`);
				shape.fields.forEach((field, index) => {
					const inner = `${local}_${index}`;
					this.unpack.push(`const ${inner} = ${local}?.[${JSON.stringify(field.name)}];`);
					this.add(field.type, offset + field.offset, inner, `${path}.${field.name}`);
				});
				return;
			default: {
				const kind = shape.kind;
				this.misfit.push(`typeof ${local} !== "${typeOfScalar(kind)}"`);
				if (this.#checked && kind in RANGES) {
					const [low, high] = RANGES[kind as keyof typeof RANGES];
					this.misfit.push(`!Number.isInteger(${local}) || ${local} < ${low} || ${local} > ${high}`);
				}
				if (this.#checked && kind === 'i64') this.misfit.push(`BigInt.asIntN(64, ${local}) !== ${local}`);
				if (this.#checked && kind === 'u64') this.misfit.push(`BigInt.asUintN(64, ${local}) !== ${local}`);
				// The bits are the same, and the view of links is at hand.
				this.write.push(
					`memory.${kind === 'u32' ? 'i32' : VIEW[kind]}[${indexOf(type.size, offset)}] = ${kind === 'bool' ? `${local} ? 1 : 0` : local};`,
				);
			}
		}
	}

	literal(fields: readonly NamedField[], base = 0): string {
		// A computed key makes even __proto__ a field like any other.
		const members = fields.map(({ name, type, offset }) => {
			const key = name === '__proto__' ? '["__proto__"]' : JSON.stringify(name);
			return `${key}: ${this.readExpression(type, base + offset)}`;
		});
		return `{ ${members.join(', ')} }`;
	}

	readExpression(type: FieldType, offset: number): string {
		const { shape } = type;
		switch (shape.kind) {
			case 'char':
				return `readText(memory.u8, ${indexOf(1, offset)}, ${shape.length})`;
			case 'array':
				return `readField(${this.#name('type', type)}, memory, ${indexOf(1, offset)})`;
			case 'struct':
				return this.literal(shape.fields, offset);
			default: {
				const value = `memory.${VIEW[shape.kind]}[${indexOf(type.size, offset)}]`;
				return shape.kind === 'bool' ? `${value} !== 0` : value;
			}
		}
	}

	#name(what: string, value: unknown): string {
		const name = `${what}${Object.keys(this.environment).length}`;
		this.environment[name] = value;
		return name;
	}
}

/** Stores of zero to the words behind the header; a loop where they would be many. */
function zeroWords(headerWords: number, strideWords: number): string {
	const MANY = 32;
	if (strideWords - headerWords > MANY)
		return `for (let word = ${headerWords}; word < ${strideWords}; word++) memory.i32[node + word] = 0;`;
	const words = Array.from({ length: strideWords - headerWords }, (_, index) => headerWords + index);
	return words.map((word) => `memory.i32[node + ${word}] = 0;`).join(' ');
}

/** The element index, in a view of `size` bytes per element, of the byte `offset` of a node. */
function indexOf(size: number, offset: number): string {
	switch (size) {
		case 1:
			// A word index is below 2^30; as bytes it needs the sign bit too.
			return `(node << 2 >>> 0) + ${offset}`;
		case 2:
			return `(node << 1) + ${offset / 2}`;
		case 4:
			return `node + ${offset / 4}`;
		default:
			return `(node + ${offset / 4}) >> 1`;
	}
}

/** Which view of memory shows each scalar. */
const VIEW = {
	i8: 'i8',
	u8: 'u8',
	i16: 'i16',
	u16: 'u16',
	i32: 'i32',
	u32: 'u32',
	f32: 'f32',
	f64: 'f64',
	i64: 'i64',
	u64: 'u64',
	bool: 'u8',
} as const;
