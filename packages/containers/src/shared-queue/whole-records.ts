import { ArgumentError, type internals } from '@flux/core';
import type { TransferCalls, TransferClass } from './transfer.js';
import { Wait } from './wait.js';

/*
 * Records that stand side by side in memory of the user's, as C lays them out: `struct.size` bytes each. Where slots are no
 * larger and have no word of state, a run of them is one copy of bytes; else each record is moved word by word.
 */

/** A ring with the calls that transfer whole records. */
export interface WholeRecordCalls {
	pushRecords(records: ArrayBufferView, options: unknown): number;
	tryPushRecords(records: ArrayBufferView, from: number): number;
	popRecords(records: ArrayBufferView): number;
}

export type WholeRecordClass = new (
	...parameters: ConstructorParameters<TransferClass>
) => InstanceType<TransferClass> & TransferCalls & WholeRecordCalls;

/** Adds the calls that transfer whole records. */
export function withWholeRecords(Base: TransferClass, record: internals.NodeRecord): WholeRecordClass {
	const { size } = record.struct;
	const isTight = record.strideWords * 4 === size && record.fields[0].offset === 0;
	const writeRun = isTight ? writeBytes : writeWords(record);
	const readRun = isTight ? readBytes : readWords(record);

	return class extends Base implements WholeRecordCalls {
		pushRecords(records: ArrayBufferView, options: unknown): number {
			const count = countOf(records, size, 'pushMany');
			const elements = elementsOf(records, size);
			let wait = options === undefined ? undefined : new Wait(options, 'pushMany');
			for (let pushed = 0; ; ) {
				pushed += this.storeRecords(elements, pushed, count);
				if (pushed === count) return pushed;
				wait ??= new Wait(undefined, 'pushMany');
				if (!this.waitForRoom('pushMany', wait, count - pushed)) return pushed;
			}
		}

		tryPushRecords(records: ArrayBufferView, from: number): number {
			const count = countOf(records, size, 'tryPushMany');
			return from < count ? this.storeRecords(elementsOf(records, size), from, count) : 0;
		}

		storeRecords(elements: Elements, from: number, count: number): number {
			let at = from;
			try {
				while (at < count) {
					const place = this.claimPlace('pushMany');
					if (place === 0) break;
					const run = this.placesInARow(count - at);
					writeRun(this.memory, place, elements, at, run, size);
					at += run;
					this.fillPlaces(run);
				}
			} finally {
				if (at > from) this.announce();
			}
			return at - from;
		}

		popRecords(records: ArrayBufferView): number {
			const count = countOf(records, size, 'popMany');
			const elements = elementsOf(records, size);
			let at = 0;
			try {
				while (at < count) {
					const place = this.takePlace('popMany');
					if (place === 0) break;
					const run = this.recordsInARow(count - at);
					readRun(this.memory, place, elements, at, run, size);
					at += run;
					this.clearPlaces(run);
				}
			} finally {
				this.endBatch(at);
			}
			return at;
		}
	};
}

/** The views by which bytes are copied: an engine copies between two of one type as they are. */
type Elements = Uint8Array | Int32Array | Uint32Array | Float64Array;

type MoveRun = (
	memory: internals.Memory,
	place: number,
	elements: Elements,
	at: number,
	run: number,
	size: number,
) => void;

/** How many records there are, or have room. Throws ArgumentError where that is no whole number. */
function countOf(records: ArrayBufferView, size: number, call: string): number {
	const { byteLength } = records;
	if (byteLength % size !== 0) {
		throw new ArgumentError(
			`${call} was given ${byteLength} bytes; pass whole records of ${size} bytes each, or an object with a column for each field`,
		);
	}
	return byteLength / size;
}

/** The same bytes by a view whose elements do not reach from one record into the next. */
function elementsOf(records: ArrayBufferView, size: number): Elements {
	if (records instanceof Uint8Array || records instanceof Int32Array || records instanceof Uint32Array) {
		if (size % records.BYTES_PER_ELEMENT === 0) return records;
	} else if (records instanceof Float64Array && size % 8 === 0) return records;
	return new Uint8Array(records.buffer, records.byteOffset, records.byteLength);
}

function writeBytes(
	{ u8, i32, u32, f64 }: internals.Memory,
	place: number,
	elements: Elements,
	at: number,
	run: number,
	size: number,
): void {
	const part = partOf(elements, at, run, size);
	if (part instanceof Float64Array) f64.set(part, place >> 1);
	else if (part instanceof Uint32Array) u32.set(part, place);
	else if (part instanceof Int32Array) i32.set(part, place);
	else u8.set(part, place * 4);
}

function readBytes(
	{ u8, i32, u32, f64 }: internals.Memory,
	place: number,
	elements: Elements,
	at: number,
	run: number,
	size: number,
): void {
	const width = elements.BYTES_PER_ELEMENT;
	const from = (place * 4) / width;
	const to = from + (run * size) / width;
	const target = (at * size) / width;
	if (elements instanceof Float64Array) elements.set(f64.subarray(from, to), target);
	else if (elements instanceof Uint32Array) elements.set(u32.subarray(from, to), target);
	else if (elements instanceof Int32Array) elements.set(i32.subarray(from, to), target);
	else elements.set(u8.subarray(from, to), target);
}

/** The elements of `run` records from `at` on: a view of its own, unless that is all of them. */
function partOf(elements: Elements, at: number, run: number, size: number): Elements {
	const per = size / elements.BYTES_PER_ELEMENT;
	return run * per === elements.length ? elements : elements.subarray(at * per, (at + run) * per);
}

/** The same for slots that are laid out otherwise: the image of a record is how C lays it out, padded to whole words. */
function writeWords(record: internals.NodeRecord): MoveRun {
	const image = scratchOf(record);
	return (memory, place, elements, at, run, size) => {
		const { words, bytes } = image();
		const source = bytesOf(elements);
		for (let row = 0; row < run; row++) {
			bytes.set(source.subarray((at + row) * size, (at + row + 1) * size));
			record.image.load(words, 0, memory.i32, place + row * record.strideWords);
		}
	};
}

function readWords(record: internals.NodeRecord): MoveRun {
	const image = scratchOf(record);
	return (memory, place, elements, at, run, size) => {
		const { words, bytes } = image();
		const target = bytesOf(elements);
		for (let row = 0; row < run; row++) {
			record.image.save(memory.i32, place + row * record.strideWords, words, 0);
			target.set(bytes.subarray(0, size), (at + row) * size);
		}
	};
}

function bytesOf(elements: Elements): Uint8Array {
	if (elements instanceof Uint8Array) return elements;
	return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
}

/** Room for one image, made at first use. */
function scratchOf(record: internals.NodeRecord): () => { readonly words: Int32Array; readonly bytes: Uint8Array } {
	let scratch: { words: Int32Array; bytes: Uint8Array } | undefined;
	return () => {
		if (scratch === undefined) {
			const words = new Int32Array(record.image.words);
			scratch = { words, bytes: new Uint8Array(words.buffer) };
		}
		return scratch;
	};
}
