import { f32, f64, i8, i16, i32, i64, RecordError, struct, u8, u16, u32, u64 } from '@flux/core';
import { describe, test } from 'vitest';
import { FluxQueue } from '../queue/queue.js';
import { expect } from '../quick-expect.testing.js';
import { thrownBy } from '../soak.testing.js';

/** Columns that are typed arrays of the fields' own types are moved by code of their own. */

const All = struct({ a: i8, b: u8, c: i16, d: u16, e: i32, f: u32, g: f32, h: f64, i: i64, j: u64 });

/** Columns with room for so many rows. */
const room = (rows: number) => ({
	a: new Int8Array(rows),
	b: new Uint8Array(rows),
	c: new Int16Array(rows),
	d: new Uint16Array(rows),
	e: new Int32Array(rows),
	f: new Uint32Array(rows),
	g: new Float32Array(rows),
	h: new Float64Array(rows),
	i: new BigInt64Array(rows),
	j: new BigUint64Array(rows),
});
type Rows = ReturnType<typeof room>;

/** Rows of which no two values are the same bits. */
function filled(rows: number, first: number): Rows {
	const columns = room(rows);
	for (const { buffer } of Object.values(columns)) {
		const words = new Uint8Array(buffer);
		words.forEach((_, at) => {
			words[at] = (first + at * 31) & 127;
		});
	}
	return columns;
}

const row = (columns: Rows, at: number) =>
	Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[at]]));

const kinds = {
	'one to one': (capacity: number, checked: boolean) => FluxQueue.shared(All, { capacity, checked }),
	'many to many': (capacity: number, checked: boolean) =>
		FluxQueue.shared(All, { capacity, checked, producers: 2, consumers: 2 }),
	broadcast: (capacity: number, checked: boolean) => {
		const queue = FluxQueue.broadcast(All, { capacity, checked, consumers: 1 });
		// A broadcast keeps records for those who have come.
		queue.popMany(0);
		queue.tryPop();
		return queue;
	},
};

describe.each(Object.entries(kinds))('columns of the own types, %s', (_, open) => {
	test.each([false, true])(
		'any number of rows goes in and comes out, across the end of the ring (checked: %s)',
		(checked) => {
			const queue = open(32, checked);
			for (let count = 0; count <= 32; count++) {
				const sent = filled(count, count);
				expect(queue.pushMany(sent)).toBe(count);
				const came = room(count);
				expect(queue.popMany(came)).toBe(count);
				expect(came).toEqual(sent);
			}
			const [sent, came] = [filled(19, 5), room(32)];
			queue.pushMany(sent);
			expect(queue.popMany(came)).toBe(19);
			expect(row(came, 18)).toEqual(row(sent, 18));
			expect(row(came, 19)).toEqual(row(room(1), 0));
			queue.validate();
		},
	);

	test('rows that find no room stay', () => {
		const queue = open(10, false);
		const sent = filled(16, 1);
		expect(queue.tryPushMany(sent)).toBe(10);
		expect(queue.tryPushMany(sent, 10)).toBe(0);
		expect(queue.tryPop()).toEqual(row(sent, 0));
		expect(queue.tryPushMany(sent, 10)).toBe(1);
		expect(queue.tryPushMany(sent, 16)).toBe(0);
		const came = room(10);
		expect(queue.popMany(came)).toBe(10);
		for (let at = 0; at < 10; at++) expect(row(came, at)).toEqual(row(sent, at + 1));
	});

	test('typed arrays of other types, of other lengths and what only looks like one are seen', () => {
		const queue = open(64, false);
		const sent = filled(9, 3);
		expect(queue.pushMany({ ...sent, f: Float64Array.from(sent.f) })).toBe(9);
		expect(queue.tryPop()).toEqual(row(sent, 0));
		const lookalike = Object.create(Uint32Array.prototype, { toString: { value: () => 'no array' } }) as Uint32Array;
		expect(thrownBy(() => queue.pushMany({ ...sent, f: lookalike }))).toBeInstanceOf(RecordError);
		expect(thrownBy(() => queue.popMany({ ...room(9), f: lookalike }))).toBeInstanceOf(RecordError);
		expect(() => queue.pushMany({ ...sent, j: new BigUint64Array(8) })).toThrow('j 8');
		expect(() => queue.popMany({ ...room(9), e: new Int32Array(8) })).toThrow('e 8');
		expect(queue.size).toBe(8);
		queue.validate();
	});
});
