import { internals } from '@flux/core';
import { type TypedColumns, typedColumns } from '../common/typed-columns.js';
import type { RingClass } from './ring.js';
import type { RingThatWaits } from './room.js';
import { Wait } from './wait.js';

/**
 * The calls that write records into slots and read them out of them.
 *
 * As in the list (`list/emplace-code.ts`), their parameters are the fields: generated where text can become code, closures
 * over captured values where it cannot. All that a record is made of is read and checked before a place is claimed, so no
 * code of the user's runs while one is.
 */
export interface TransferCalls {
	tryPush(record: unknown): boolean;
	push(record: unknown, options?: unknown): void;
	tryEmplace(...values: unknown[]): boolean;
	emplace(...values: unknown[]): void;
	tryPop(): unknown;
	/** Checks rows that stand in columns. */
	checkRows(columns: readonly ArrayLike<unknown>[], count: number): void;
	/** Pushes the rows from `from` up to `count` for which there is room; returns how many. They were checked. */
	storeRows(columns: readonly ArrayLike<unknown>[], from: number, count: number): number;
	/** Pops up to `count` records into columns; returns how many. */
	fillRows(columns: readonly { [index: number]: unknown }[], count: number): number;
	/** `pushMany`, `tryPushMany` and `popMany` where the columns are typed arrays of the fields' own types; otherwise -1. */
	pushTyped(source: unknown, options: unknown): number;
	tryPushTyped(source: unknown, from: number): number;
	popTyped(source: unknown): number;
}

/** A ring with the calls that transfer records. */
export type TransferClass = new (...parameters: ConstructorParameters<RingClass>) => RingThatWaits & TransferCalls;

/** Adds the calls that transfer records to the class of their ring. */
export function withTransferCalls(
	Base: new (...parameters: ConstructorParameters<RingClass>) => RingThatWaits,
	record: internals.NodeRecord,
): TransferClass {
	return record.text === undefined ? interpretedCalls(Base, record) : generatedCalls(Base, record, record.text);
}

type BaseClass = Parameters<typeof withTransferCalls>[0];

function generatedCalls(Base: BaseClass, record: internals.NodeRecord, text: internals.RecordText): TransferClass {
	const { parameters, open, unpack, misfit, explain, stage, write } = text;
	const check = `${unpack}\nif (${misfit}) { ${explain} }\n${stage}`;
	const checkValues = `if (more !== undefined) tooMany([${parameters}, more]); ${check}`;
	const attempt = (call: string): string => `
		const node = this.claimPlace("${call}");
		if (node === 0) return this.refused();
		const memory = this.memory;
		${write} this.fillPlace(); this.announce();
		return true;`;
	const insist = (call: string, options: string): string => `
		let node = this.claimPlace("${call}");
		if (node === 0) { node = this.awaitRoom("${call}", ${options}); if (node === 0) return; }
		const memory = this.memory;
		${write} this.fillPlace(); this.announce();`;
	const typed = typedColumns(record);
	const body = `
${typed?.functions ?? ''}
return class SharedFluxQueueOfRecord extends Base {
	tryPush(record) { ${GUARD} ${open} ${check} ${attempt('tryPush')} }
	push(record, options) { ${GUARD} ${open} ${check} ${insist('push', 'options')} }
	tryEmplace(${parameters}, more) { ${checkValues} ${attempt('tryEmplace')} }
	emplace(${parameters}, more) { ${checkValues} ${insist('emplace', 'undefined')} }
	tryPop() {
		const node = this.takePlace("tryPop");
		if (node === 0) return undefined;
		const copy = read(this.memory, node);
		this.clearPlace(); this.settle();
		return copy;
	}
	checkRows(columns, count) {
		const [${columnNames(parameters)}] = columns;
		for (let at = 0; at < count; at++) { ${fromColumns(parameters)} ${check} }
	}
	storeRows(columns, from, count) {
		const [${columnNames(parameters)}] = columns;
		const memory = this.memory;
		let at = from;
		try {
			while (at < count) {
				let node = this.claimPlace("pushMany");
				if (node === 0) break;
				const row = at, end = at + this.placesInARow(count - at);
				for (; at < end; at++, node += ${record.strideWords}) { ${fromColumns(parameters)} ${unpack} ${stage} ${write} }
				this.fillPlaces(end - row);
			}
		} finally { if (at > from) this.announce(); }
		return at - from;
	}
	fillRows(columns, count) {
		const [${columnNames(parameters)}] = columns;
		const memory = this.memory;
		let at = 0;
		try {
			while (at < count) {
				let node = this.takePlace("popMany");
				if (node === 0) break;
				const row = at, end = at + this.recordsInARow(count - at);
				for (; at < end; at++, node += ${record.strideWords}) {
					${record.fields.map((_, index) => `c${index}[at] = ${text.readField(index)};`).join(' ')}
				}
				this.clearPlaces(end - row);
			}
		} finally { this.endBatch(at); }
		return at;
	}
	${typedCalls(typed)}
};`;
	return internals.evaluate<TransferClass>(
		body,
		{
			...text.environment,
			Base,
			Wait,
			read: record.read,
			refuse: (value: unknown) => record.capture(value),
			tooMany: (values: unknown[]) => record.captureValues(values),
		},
		`shared-queue-${record.struct.signature}`,
	);
}

/** The calls for typed arrays of the fields' own types; what is none of them returns -1. */
function typedCalls(typed: TypedColumns | undefined): string {
	if (typed === undefined) return 'pushTyped() { return -1; } tryPushTyped() { return -1; } popTyped() { return -1; }';
	const { parameters, open, fit } = typed;
	const unlessFit = `if (typeof source !== "object" || source === null) return -1; ${open} if (!(${fit})) return -1;`;
	return `
	pushTyped(source, options) {
		${unlessFit}
		const count = c0.length;
		let wait = options === undefined ? undefined : new Wait(options, "pushMany");
		for (let pushed = 0; ; ) {
			pushed += this.storeTyped(pushed, count, ${parameters});
			if (pushed === count) return pushed;
			wait ??= new Wait(undefined, "pushMany");
			if (!this.waitForRoom("pushMany", wait, count - pushed)) return pushed;
		}
	}
	tryPushTyped(source, from) {
		${unlessFit}
		return from < c0.length ? this.storeTyped(from, c0.length, ${parameters}) : 0;
	}
	popTyped(source) {
		${unlessFit}
		return this.fillTyped(c0.length, ${parameters});
	}
	storeTyped(from, count, ${parameters}) {
		let at = from;
		try {
			while (at < count) {
				const node = this.claimPlace("pushMany");
				if (node === 0) break;
				const run = this.placesInARow(count - at);
				writeTyped(this.memory, node, at, at + run, ${parameters});
				at += run;
				this.fillPlaces(run);
			}
		} finally { if (at > from) this.announce(); }
		return at - from;
	}
	fillTyped(count, ${parameters}) {
		let at = 0;
		try {
			while (at < count) {
				const node = this.takePlace("popMany");
				if (node === 0) break;
				const run = this.recordsInARow(count - at);
				readTyped(this.memory, node, at, at + run, ${parameters});
				at += run;
				this.clearPlaces(run);
			}
		} finally { this.endBatch(at); }
		return at;
	}`;
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

function interpretedCalls(Base: BaseClass, record: internals.NodeRecord): TransferClass {
	return class extends Base implements TransferCalls {
		tryPush(value: unknown): boolean {
			return this.attempt(record.capture(value), 'tryPush');
		}

		push(value: unknown, options?: unknown): void {
			this.insist(record.capture(value), 'push', options);
		}

		tryEmplace(...values: unknown[]): boolean {
			return this.attempt(record.captureValues(values), 'tryEmplace');
		}

		emplace(...values: unknown[]): void {
			this.insist(record.captureValues(values), 'emplace', undefined);
		}

		attempt(captured: unknown[], call: string): boolean {
			const place = this.claimPlace(call);
			if (place === 0) return this.refused();
			this.store(place, captured);
			return true;
		}

		insist(captured: unknown[], call: string, options: unknown): void {
			const place = this.claimPlace(call) || this.awaitRoom(call, options);
			if (place !== 0) this.store(place, captured);
		}

		store(place: number, captured: unknown[]): void {
			record.write(this.memory, place, captured);
			this.fillPlace();
			this.announce();
		}

		tryPop(): unknown {
			const place = this.takePlace('tryPop');
			if (place === 0) return undefined;
			const copy = record.read(this.memory, place);
			this.clearPlace();
			this.settle();
			return copy;
		}

		checkRows(columns: readonly ArrayLike<unknown>[], count: number): void {
			for (let at = 0; at < count; at++) record.captureValues(columns.map((column) => column[at]));
		}

		storeRows(columns: readonly ArrayLike<unknown>[], from: number, count: number): number {
			let at = from;
			try {
				for (; at < count; at++) {
					const captured = record.captureValues(columns.map((column) => column[at]));
					const place = this.claimPlace('pushMany');
					if (place === 0) break;
					record.write(this.memory, place, captured);
					this.fillPlace();
				}
			} finally {
				if (at > from) this.announce();
			}
			return at - from;
		}

		pushTyped(): number {
			return -1;
		}

		tryPushTyped(): number {
			return -1;
		}

		popTyped(): number {
			return -1;
		}

		fillRows(columns: readonly { [index: number]: unknown }[], count: number): number {
			let at = 0;
			try {
				while (at < count) {
					const place = this.takePlace('popMany');
					if (place === 0) break;
					const copy = record.read(this.memory, place) as Readonly<Record<string, unknown>>;
					record.fields.forEach(({ name }, index) => {
						columns[index][at] = copy[name];
					});
					this.clearPlace();
					at++;
				}
			} finally {
				this.endBatch(at);
			}
			return at;
		}
	};
}
