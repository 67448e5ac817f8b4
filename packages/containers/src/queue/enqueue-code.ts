import { internals } from '@flux/core';
import type { QueueOfRecords, QueueOfRecordsClass } from './queue-code.js';
import type { QueueEnvironment } from './queue-environment.js';

/**
 * The calls that write records into segments, and those that read them into columns.
 *
 * As in the list (`list/emplace-code.ts`), their parameters are the fields: generated where text can become code, closures
 * over captured values where it cannot. All that a record is made of is read and checked before room is made for it, so a
 * call that throws has changed nothing.
 */
export interface EnqueueCalls {
	push(record: unknown): void;
	tryPush(record: unknown): boolean;
	emplace(...values: unknown[]): object | undefined;
	/** Appends `count` records whose fields stand in columns, in the order of declaration. */
	appendColumns(columns: readonly ArrayLike<unknown>[], count: number): void;
	/** Writes the fields of the first `count` records, which are there, to columns. */
	fillColumns(columns: readonly { [index: number]: unknown }[], count: number): void;
}

/** A queue's class with the calls that write records. */
export type EnqueueClass = new (
	...parameters: ConstructorParameters<QueueOfRecordsClass>
) => QueueOfRecords & EnqueueCalls;

/** Adds the calls that write records to the class of their queues. */
export function withEnqueueCalls(Base: QueueOfRecordsClass, environment: QueueEnvironment): EnqueueClass {
	const { text } = environment.record;
	return text === undefined ? interpretedCalls(Base, environment) : generatedCalls(Base, environment, text);
}

function generatedCalls(
	Base: QueueOfRecordsClass,
	{ record, words }: QueueEnvironment,
	text: internals.RecordText,
): EnqueueClass {
	const { parameters, open, unpack, misfit, absent, explain, stage, write } = text;
	const { STRIDE } = words;
	const check = `${unpack}\nif (${misfit}) { ${explain} }\n${stage}`;
	/** The place of the next record, once there is room for it. Nothing that was read before is read again. */
	const take = (call: string): string => `
		let node = this.tail;
		if (node === this.tailEnd) node = this.makeRoom(${call});
		const memory = this.memory;`;
	const advance = `this.tail = node + ${STRIDE};`;
	/**
	 * The same where the place is there, as it nearly always is; where it is not, the call is made again as `again`, which
	 * reads the values once more before it makes room. Apart, because engines inline by the size of a function, and because
	 * a path that leads back here would make everything read so far be read again on the hot path too.
	 */
	const takeReady = (again: string): string => `
		const memory = this.memory, node = this.tail;
		if (node === this.tailEnd) return this.${again};`;
	const body = `
return class FluxQueueOfRecord extends Base {
	push(record) { ${GUARD} ${open} ${check} ${takeReady(`store("push", ${parameters})`)} ${write} ${advance} }
	store(call, ${parameters}) { ${check} ${take('call')} ${write} ${advance} }
	tryPush(record) {
		${GUARD} ${open} ${check}
		if (this.tail === this.tailEnd && this.refuses()) return false;
		${take('"tryPush"')} ${write} ${advance}
		return true;
	}
	emplace(${parameters}, more) {
		${unpack}
		if (more !== undefined || ${misfit}) return this.emplaceOdd(${parameters}, more);
		${stage} ${takeReady(`store("emplace", ${parameters})`)} ${write} ${advance}
	}
	emplaceOdd(${parameters}, more) {
		if (more !== undefined) tooMany([${parameters}, more]);
		if (${absent}) return this.emplaceZeroed();
		${explain}
	}
	emplaceZeroed() {
		${take('"emplace"')} ${text.zero} ${advance}
		return viewAt(this, node, memory.i32[this.header + ${internals.layout.PREVIOUS}]);
	}
	appendColumns(columns, count) {
		const [${columnNames(parameters)}] = columns;
		for (let at = 0; at < count; at++) { ${fromColumns(parameters)} ${check} }
		this.reserveFor(this.mostOf(count));
		for (let at = 0; at < count; at++) { ${fromColumns(parameters)} this.emplace(${parameters}); }
	}
	fillColumns(columns, count) {
		const [${columnNames(parameters)}] = columns;
		const { memory } = this;
		let node = count > 0 ? this.locate(0) : 0;
		for (let at = 0; at < count; at++) {
			${record.fields.map((_, index) => `c${index}[at] = ${text.readField(index)};`).join(' ')}
			if (at + 1 < count) node = this.following(node, this.located);
		}
	}
};`;
	return internals.evaluate<EnqueueClass>(
		body,
		{
			...text.environment,
			Base,
			viewAt: record.views.at,
			layout: record,
			refuse: (value: unknown) => record.capture(value),
			tooMany: (values: unknown[]) => record.captureValues(values),
		},
		`queue-${record.struct.signature}`,
	);
}

/** What is no object has no fields to read: `capture` says so in its error. */
const GUARD = 'if (typeof record !== "object" || record === null) refuse(record);';

function columnNames(parameters: string): string {
	return parameters.replaceAll('f', 'c');
}

function fromColumns(parameters: string): string {
	return `const ${parameters
		.split(', ')
		.map((local) => `${local} = ${local.replace('f', 'c')}[at]`)
		.join(', ')};`;
}

function interpretedCalls(Base: QueueOfRecordsClass, { record, words }: QueueEnvironment): EnqueueClass {
	return class extends Base implements EnqueueCalls {
		push(value: unknown): void {
			this.storeCaptured(record.capture(value), 'push');
		}

		tryPush(value: unknown): boolean {
			const captured = record.capture(value);
			if (this.refuses()) return false;
			this.storeCaptured(captured, 'tryPush');
			return true;
		}

		emplace(...values: unknown[]): object | undefined {
			if (values.every((value) => value === undefined)) {
				const node = this.takePlace('emplace');
				record.zero(this.memory, node);
				return record.views.at(this, node, this.memory.i32[this.header + words.PREVIOUS]);
			}
			this.storeCaptured(record.captureValues(values), 'emplace');
			return undefined;
		}

		appendColumns(columns: readonly ArrayLike<unknown>[], count: number): void {
			const row = (at: number): unknown[] => record.captureValues(columns.map((column) => column[at]));
			for (let at = 0; at < count; at++) row(at);
			this.reserveFor(this.mostOf(count));
			for (let at = 0; at < count; at++) this.storeCaptured(row(at), 'pushMany');
		}

		fillColumns(columns: readonly { [index: number]: unknown }[], count: number): void {
			let node = count > 0 ? this.locate(0) : 0;
			for (let at = 0; at < count; at++) {
				const copy = record.read(this.memory, node) as Readonly<Record<string, unknown>>;
				record.fields.forEach(({ name }, index) => {
					columns[index][at] = copy[name];
				});
				if (at + 1 < count) node = this.following(node, this.located);
			}
		}
	};
}
