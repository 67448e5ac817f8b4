import { internals } from '@flux/core';
import type { CellBase } from './cell-code.js';

/** The calls that take values by field: as in `shared-queue/transfer.ts`, generated where text can become code. */
export interface ValueCalls {
	store(value: unknown): void;
	emplace(...values: unknown[]): void;
	load(): unknown;
	loadInto(target: unknown): boolean;
}

/** A cell with the calls that take values. */
export type ValueCell = new (...parameters: ConstructorParameters<CellBase>) => InstanceType<CellBase> & ValueCalls;

/** Adds the calls that take values. */
export function withValueCalls(Base: CellBase, record: internals.NodeRecord): ValueCell {
	return record.text === undefined ? interpretedCalls(Base, record) : generatedCalls(Base, record, record.text);
}

function generatedCalls(Base: CellBase, record: internals.NodeRecord, text: internals.RecordText): ValueCell {
	const { parameters, open, unpack, misfit, explain, stage, write } = text;
	const check = `${unpack}\nif (${misfit}) { ${explain} }\n${stage}`;
	const put = (call: string): string =>
		`${check} this.prepareToStore("${call}"); const memory = this.scratch; const node = 0; ${write} this.publish();`;
	const fields = record.fields.map(({ name }, index) => `target[${JSON.stringify(name)}] = ${text.readField(index)};`);
	const body = `
return class FluxCellOfRecord extends Base {
	store(record) { if (typeof record !== "object" || record === null) refuse(record); ${open} ${put('store')} }
	emplace(${parameters}, more) { if (more !== undefined) tooMany([${parameters}, more]); ${put('emplace')} }
	load() { return this.copy() ? read(this.scratch, 0) : undefined; }
	loadInto(target) {
		if (typeof target !== "object" || target === null) refuse(target);
		if (!this.copy()) return false;
		const memory = this.scratch; const node = 0;
		${fields.join(' ')}
		return true;
	}
};`;
	const environment = {
		...text.environment,
		Base,
		read: record.read,
		refuse: (value: unknown) => record.capture(value),
		tooMany: (values: unknown[]) => record.captureValues(values),
	};
	return internals.evaluate<ValueCell>(body, environment, `cell-${record.struct.signature}`);
}

function interpretedCalls(Base: CellBase, record: internals.NodeRecord): ValueCell {
	return class extends Base implements ValueCalls {
		store(value: unknown): void {
			this.put(record.capture(value), 'store');
		}

		emplace(...values: unknown[]): void {
			this.put(record.captureValues(values), 'emplace');
		}

		put(captured: unknown[], call: string): void {
			this.prepareToStore(call);
			record.write(this.scratch, 0, captured);
			this.publish();
		}

		load(): unknown {
			return this.copy() ? record.read(this.scratch, 0) : undefined;
		}

		loadInto(target: unknown): boolean {
			if (typeof target !== 'object' || target === null) record.capture(target);
			if (!this.copy()) return false;
			Object.assign(target as object, record.read(this.scratch, 0));
			return true;
		}
	};
}
