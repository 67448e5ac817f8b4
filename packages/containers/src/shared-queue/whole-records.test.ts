import { ArgumentError, array, bool, char, FullError, f64, struct, TimeoutError, u8, u16, u32 } from '@flux/core';
import { describe, test } from 'vitest';
import { FluxQueue } from '../queue/queue.js';
import { expect } from '../quick-expect.testing.js';
import { thrownBy } from '../soak.testing.js';
import type { SharedQueueOptions } from './shared-queue.js';

/** Records that stand side by side in memory go in and come out as they are. */

/** Of 16 bytes, which lie in slots as they are; of 40 with room between fields; of 3 bytes, which fill no word. */
const structs = {
	'16 bytes': struct({ id: u32, quantity: u32, price: f64 }),
	'40 bytes': struct({ id: u32, price: f64, name: char(5), levels: array(u16, 3), open: bool }),
	'3 bytes': struct({ id: u8, other: u8, last: u8 }),
};

const kinds = {
	'one to one': (capacity: number) => ({ capacity }),
	'many to many': (capacity: number) => ({ capacity, producers: 2, consumers: 2 }),
	overwriting: (capacity: number): SharedQueueOptions => ({ capacity, whenFull: 'overwrite' }),
};

interface View {
	new (memory: ArrayBuffer, offset: number, length: number): ArrayBufferView;
	readonly BYTES_PER_ELEMENT?: number;
}
const views: Record<string, View> = { Uint8Array, Int32Array, Uint32Array, Float64Array, Uint16Array, DataView };

const TEXT = 'abcde';
const recordOf = (id: number) => ({
	id: id & 255,
	quantity: id * 3,
	other: (id * 7) & 255,
	last: (id * 11) & 255,
	price: id / 4,
	name: TEXT.slice(0, id % 6),
	levels: [id, id + 1, id + 2],
	open: id % 2 === 1,
});

describe.each(Object.entries(structs))('records of %s', (_size, record) => {
	/** Fields of the struct alone. */
	const plain = (id: number) =>
		Object.fromEntries(record.fields.map(({ name }) => [name, recordOf(id)[name as 'id']])) as never;

	/** The bytes of records, as a queue of the struct itself writes them. */
	function bytesOf(first: number, count: number): Uint8Array {
		const queue = FluxQueue.shared(record, { capacity: Math.max(1, count) });
		for (let id = first; id < first + count; id++) queue.push(plain(id));
		const bytes = new Uint8Array(count * record.size);
		expect(queue.popMany(bytes)).toBe(count);
		return bytes;
	}

	test('stand in memory as C lays them out', () => {
		const bytes = new DataView(bytesOf(200, 2).buffer);
		for (let row = 0; row < 2; row++) {
			const { offsets, size } = record as { readonly offsets: Readonly<Record<string, number>>; readonly size: number };
			expect(bytes.getUint8(row * size + offsets.id)).toBe(200 + row);
			if ('price' in offsets) expect(bytes.getFloat64(row * size + offsets.price, true)).toBe((200 + row) / 4);
			if ('last' in offsets) expect(bytes.getUint8(row * size + offsets.last)).toBe(((200 + row) * 11) & 255);
		}
	});

	describe.each(Object.entries(kinds))('%s', (_kind, options) => {
		test.each(Object.entries(views))('by a %s, of any number, across the end of the ring', (_view, View) => {
			const queue = FluxQueue.shared(record, options(13));
			let next = 0;
			for (let count = 0; count <= 13; count++) {
				const bytes = bytesOf(next, count);
				const { BYTES_PER_ELEMENT: width = 1 } = View;
				if (bytes.length % width !== 0) continue;
				// Not at the beginning of their memory.
				const memory = new ArrayBuffer(bytes.length + 16);
				const view = new View(memory, 8, bytes.length / width);
				new Uint8Array(memory, 8).set(bytes);
				expect(queue.pushMany(view)).toBe(count);
				if (count % 3 === 0) {
					for (let id = next; id < next + count; id++) expect(queue.tryPop()).toEqual(plain(id));
				} else {
					const room = new View(new ArrayBuffer(bytes.length + 16), 8, bytes.length / width);
					expect(queue.popMany(room)).toBe(count);
					expect(new Uint8Array(room.buffer, 8, bytes.length)).toEqual(bytes);
					expect(new Uint8Array(room.buffer, 0, 8)).toEqual(new Uint8Array(8));
				}
				next += count;
			}
			queue.validate();
		});
	});

	test('what finds no room stays, and what is there comes', () => {
		const queue = FluxQueue.shared(record, { capacity: 4 });
		const bytes = bytesOf(0, 6);
		expect(queue.tryPushMany(bytes)).toBe(4);
		expect(queue.tryPushMany(bytes, 4)).toBe(0);
		expect(queue.tryPop()).toEqual(plain(0));
		expect(queue.tryPushMany(bytes, 4)).toBe(1);
		expect(thrownBy(() => queue.pushMany(bytes, { timeout: 1 }))).toBeInstanceOf(TimeoutError);
		const room = new Uint8Array(9 * record.size);
		expect(queue.popMany(room)).toBe(4);
		expect(room.subarray(0, 4 * record.size)).toEqual(bytes.subarray(record.size, 5 * record.size));
		expect(room[4 * record.size]).toBe(0);
		expect(queue.popMany(room)).toBe(0);
		queue.validate();
	});

	test('what is no whole record is refused, and changes nothing', () => {
		const queue = FluxQueue.shared(record, { capacity: 4, whenFull: 'refuse' });
		queue.push(plain(1));
		const odd = new Uint8Array(record.size + 1);
		expect(thrownBy(() => queue.pushMany(odd))).toBeInstanceOf(ArgumentError);
		expect(thrownBy(() => queue.tryPushMany(odd))).toBeInstanceOf(ArgumentError);
		expect(thrownBy(() => queue.popMany(odd))).toBeInstanceOf(ArgumentError);
		expect(queue.size).toBe(1);
		expect(thrownBy(() => queue.pushMany(bytesOf(0, 4)))).toBeInstanceOf(FullError);
		expect(queue.size).toBe(4);
		expect(queue.tryPop()).toEqual(plain(1));
	});

	test('every consumer of a broadcast gets them', () => {
		const queue = FluxQueue.broadcast(record, { capacity: 8, consumers: 2 });
		const readers = [1, 2].map(() => FluxQueue.attach(record, queue.subscribe()));
		const bytes = bytesOf(5, 7);
		expect(queue.pushMany(bytes)).toBe(7);
		for (const reader of readers) {
			const room = new Uint8Array(7 * record.size);
			expect(reader.popMany(room)).toBe(7);
			expect(room).toEqual(bytes);
		}
	});
});
