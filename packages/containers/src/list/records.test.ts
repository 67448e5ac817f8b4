import { Arena, array, char, f64, Heap, type Infer, i32, RecordError, struct, u8, u64 } from '@flux/core';
import fc from 'fast-check';
import { afterAll, describe, test } from 'vitest';
import { expect } from '../quick-expect.testing.js';
import { modes, runs, thrownBy } from '../soak.testing.js';
import { FluxList } from './list.js';
import { arrayKind, charKind, hostileNames, scalarKinds, structArb, structKind } from './records.testing.js';

const heap = new Heap(new Arena({ maxBytes: 2 ** 26 }));
afterAll(() => heap.dispose());

/** Own fields of an object, whatever their names and prototype, down to the leaves. */
function fieldsOf(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(fieldsOf);
	if (typeof value !== 'object' || value === null) return value;
	return Object.entries(value).map(([name, member]) => [name, fieldsOf(member)]);
}

/** Reads a live view field by field, down to the leaves, as `fieldsOf` would list it. */
function fieldsOfView(view: unknown, like: unknown): unknown {
	if (Array.isArray(like)) {
		const elements = view as { get(index: number): unknown };
		return like.map((member, index) => fieldsOfView(elements.get(index), member));
	}
	if (typeof like !== 'object' || like === null) return view;
	return Object.entries(like).map(([name, member]) => [
		name,
		fieldsOfView((view as Record<string, unknown>)[name], member),
	]);
}

type AnyList = FluxList & { emplaceBack(...values: unknown[]): number };

describe('by default', () => {
	test.each(Object.entries(scalarKinds))('%s is read back as a typed array would read it', (_, kind) => {
		const { type, readBack } = structKind([['value', kind]]);
		const list = new FluxList(type, { heap });
		fc.assert(
			fc.property(kind.values, (value) => {
				const node = list.pushBack({ value });
				expect(list.get(node)).toEqual(readBack({ value }));
				const view = list.at(node) as { value: unknown };
				view.value = value;
				expect(view.value).toBe(kind.readBack(value));
				list.popFront();
			}),
			{ numRuns: runs(2000) },
		);
		list.dispose();
	});

	test('texts of every kind are read back, up to the last byte that fits', () => {
		for (const length of [1, 2, 3, 4, 8, 31]) {
			const kind = charKind(length);
			const list = new FluxList(
				structKind([
					['text', kind],
					['behind', scalarKinds.u8],
				]).type,
				{ heap },
			);
			fc.assert(
				fc.property(kind.values, (text) => {
					// What stood there before must not show behind a shorter text.
					const node = list.pushBack({ text: 'x'.repeat(length), behind: 255 });
					list.set(node, { text, behind: 7 });
					expect(list.get(node)).toEqual({ text: kind.readBack(text), behind: 7 });
					list.popBack();
				}),
				{ numRuns: runs(1000) },
			);
			list.dispose();
		}
	});

	test('a text that begins with a byte order mark keeps it', () => {
		const list = new FluxList(struct({ text: char(8) }), { heap });
		for (const text of ['\ufeff', '\ufeffabc', 'a\ufeff']) {
			expect(list.get(list.pushBack({ text }))).toEqual({ text });
		}
		list.dispose();
	});

	test('numbers wrap, and what a field cannot hold does not reach its neighbours', () => {
		const Bytes = struct({ a: u8, b: u8, c: i32 });
		const list = new FluxList(Bytes, { heap });
		const node = list.pushBack({ a: 511, b: 258, c: 2 ** 32 + 5 });
		expect(list.get(node)).toEqual({ a: 255, b: 2, c: 5 });
		list.at(node).a = -2;
		expect(list.get(node)).toEqual({ a: 254, b: 2, c: 5 });
		list.dispose();
	});
});

describe.each(modes)('in $mode mode', ({ checked }) => {
	test('a record of any struct is read back by every way, however it was written', () => {
		fc.assert(
			fc.property(
				structArb.chain((kind) => fc.tuple(fc.constant(kind), kind.values, kind.values)),
				([kind, first, second]) => {
					// Values that are in range: what checked mode refuses is another test.
					const [a, b] = [kind.readBack(first), kind.readBack(second)] as [object, object];
					const list = new FluxList(kind.type, { heap, checked }) as unknown as AnyList;
					try {
						const written = [
							list.pushBack(a),
							list.emplaceBack(...Object.values(a)),
							list.insert(0, b),
							list.pushFront(b),
						];
						list.set(written[2], a);
						Object.assign(list.at(written[3]) as object, a);
						const columns = Object.fromEntries(Object.keys(a).map((name) => [name, [Reflect.get(a, name)]]));
						// Assigned as its own, also where the field is named __proto__.
						for (const name of Object.keys(a)) {
							const value = Object.getOwnPropertyDescriptor(a, name)?.value;
							Object.defineProperty(columns, name, { value: [value], enumerable: true });
						}
						list.pushMany(columns as never);
						list.copyFrom(list);
						const expected = fieldsOf(a);
						for (const copy of list) expect(fieldsOf(copy)).toEqual(expected);
						for (const view of list.views()) expect(fieldsOfView(view, a)).toEqual(expected);
						for (const node of list.keys()) expect(fieldsOfView(list.at(node), a)).toEqual(expected);
						expect(list.size).toBe(10);
						list.validate();
					} finally {
						list.dispose();
					}
				},
			),
			{ numRuns: runs(600) },
		);
	});

	test.each(hostileNames.map((name) => [JSON.stringify(name), name]))('a field may be named %s', (_, name) => {
		const kind = structKind([
			['before', scalarKinds.u8],
			[name, scalarKinds.i32],
			[
				'nested',
				structKind([
					[name, arrayKind(structKind([[name, scalarKinds.f64]]), 2)],
					['t', charKind(3)],
				]),
			],
		]);
		const list = new FluxList(kind.type, { heap, checked }) as unknown as AnyList;
		const inner = (value: number) => Object.defineProperty({}, name, { value, enumerable: true });
		const make = (value: number) => {
			const nested = Object.defineProperty({ t: 'abc' }, name, {
				value: [inner(value + 0.5), inner(-1)],
				enumerable: true,
			});
			// In the order of declaration, as it is read back.
			return { before: 1, ...Object.fromEntries([[name, value]]), nested };
		};
		const node = list.pushBack(make(5));
		const copy = list.get(node) as Record<string, unknown>;
		expect(Object.getOwnPropertyDescriptor(copy, name)?.value).toBe(5);
		expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
		expect(Object.keys(copy)).toEqual(['before', name, 'nested']);
		const view = list.at(node) as Record<string, unknown>;
		expect(view[name]).toBe(5);
		view[name] = 6;
		expect(view[name]).toBe(6);
		for (const cursor of list.views() as Iterable<Record<string, unknown>>) {
			expect(cursor[name]).toBe(6);
			cursor[name] = 7;
		}
		const nested = view.nested as Record<string, { get(index: number): Record<string, unknown> }>;
		expect(nested[name].get(0)[name]).toBe(5.5);
		nested[name].get(0)[name] = 8.5;
		const json = JSON.parse(JSON.stringify(list)) as unknown[];
		expect(Object.entries(json[0] as object)).toContainEqual([name, 7]);
		expect(JSON.stringify(json)).toContain('8.5');
		expect(list.emplaceBack(1, 2, make(3).nested)).toBe(list.last);
		if (name !== '') list.sortBy(name as never);
		expect(list.find((each) => (each as Record<string, unknown>)[name] === 2)).toBeDefined();
		expect(thrownBy(() => list.pushBack({ before: 1, nested: make(1).nested }))).toBeInstanceOf(Error);
		expect(Object.prototype).not.toHaveProperty('5');
		list.dispose();
	});

	test('a field of an object that is only inherited counts as well, as in any JavaScript', () => {
		const list = new FluxList(struct({ a: i32, b: i32 }), { heap, checked });
		expect(list.get(list.pushBack(Object.create({ a: 1, b: 2 }) as never))).toEqual({ a: 1, b: 2 });
		list.dispose();
	});

	test('a record with more fields than the struct is taken without them', () => {
		const list = new FluxList(struct({ a: i32 }), { heap, checked });
		const record = { a: 1, b: 2 };
		expect(list.get(list.pushBack(record))).toEqual({ a: 1 });
		list.dispose();
	});

	const Shape = struct({
		name: char(4),
		point: struct({ x: f64, y: f64 }),
		data: array(u8, 3),
		grid: array(array(i32, 2), 2),
		parts: array(struct({ tag: char(2), weight: u64 }), 2),
	});
	type Shape = Infer<typeof Shape>;
	const good = (): Shape => ({
		name: 'abcd',
		point: { x: 1, y: 2 },
		data: [1, 2, 3],
		grid: [
			[1, 2],
			[3, 4],
		],
		parts: [
			{ tag: 'ab', weight: 5n },
			{ tag: '', weight: 6n },
		],
	});

	const wrong: [problem: string, field: string, text: string, change: (shape: Record<string, unknown>) => void][] = [
		['a text that is too long', 'name', '5 bytes', (shape) => Object.assign(shape, { name: 'abcde' })],
		['a text that is too long in UTF-8', 'name', '6 bytes', (shape) => Object.assign(shape, { name: '€€' })],
		['a text with a zero character', 'name', 'zero character', (shape) => Object.assign(shape, { name: 'a\0b' })],
		['a zero character behind others', 'name', 'zero character', (shape) => Object.assign(shape, { name: 'é\0' })],
		['a number for a text', 'name', '5', (shape) => Object.assign(shape, { name: 5 })],
		['null for a struct', 'point', 'null', (shape) => Object.assign(shape, { point: null })],
		['nothing for a struct', 'point', 'undefined', (shape) => Object.assign(shape, { point: undefined })],
		['a number for a struct', 'point', '7', (shape) => Object.assign(shape, { point: 7 })],
		['a struct without a field', 'point.y', 'undefined', (shape) => Object.assign(shape, { point: { x: 1 } })],
		[
			'a field of another type in a struct',
			'point.x',
			'"1"',
			(shape) => Object.assign(shape, { point: { x: '1', y: 1 } }),
		],
		['an array that is too short', 'data', '2 elements', (shape) => Object.assign(shape, { data: [1, 2] })],
		['an array that is too long', 'data', '4 elements', (shape) => Object.assign(shape, { data: [1, 2, 3, 4] })],
		['null for an array', 'data', 'null', (shape) => Object.assign(shape, { data: null })],
		['an object for an array', 'data', 'object', (shape) => Object.assign(shape, { data: {} })],
		['a text for an array', 'data', 'abc', (shape) => Object.assign(shape, { data: 'abc' })],
		['a hole in an array', 'data[1]', 'undefined', (shape) => Object.assign(shape, { data: [1, undefined, 3] })],
		['an element of another type', 'data[2]', '3n', (shape) => Object.assign(shape, { data: [1, 2, 3n] })],
		[
			'an inner array that is too short',
			'grid[1]',
			'1 elements',
			(shape) => Object.assign(shape, { grid: [[1, 2], [3]] }),
		],
		[
			'a text too long in an array of structs',
			'parts[1].tag',
			'abc',
			(shape) =>
				Object.assign(shape, {
					parts: [
						{ tag: '', weight: 1n },
						{ tag: 'abc', weight: 1n },
					],
				}),
		],
		[
			'a number for a bigint',
			'parts[0].weight',
			'1',
			(shape) =>
				Object.assign(shape, {
					parts: [
						{ tag: '', weight: 1 },
						{ tag: '', weight: 1n },
					],
				}),
		],
	];

	test.each(wrong)('%s is refused, names the field, and changes nothing', (_, field, text, change) => {
		const list = new FluxList(Shape, [good()], { heap, checked });
		const node = list.keys().next().value as never;
		const shape = good();
		change(shape);
		const values = Object.values(shape) as never;
		for (const call of [
			() => list.pushBack(shape),
			() => list.pushFront(shape),
			() => list.insert(node, shape),
			() => list.insert(node, 2, shape),
			() => list.set(node, shape),
			() => (list.emplaceBack as (...values: unknown[]) => unknown).apply(list, values),
			() => (list.emplace as (...values: unknown[]) => unknown).apply(list, [node, ...(values as unknown[])]),
			() => list.appendRange([good(), shape]),
			() => list.pushMany(Object.fromEntries(Object.entries(shape).map(([name, value]) => [name, [value]])) as never),
			() => list.remove(shape),
			() => {
				const top = field.replace(/[.[].*/, '') as 'name';
				list.at(node)[top] = shape[top];
			},
		]) {
			const error = thrownBy(call);
			expect(error, `${call}`).toBeInstanceOf(RecordError);
			expect((error as RecordError).field).toBe(field);
			expect((error as RecordError).message).toContain(`field ${field} `);
			expect((error as RecordError).message).toContain(text);
			list.validate();
			expect(list.toArray()).toEqual([good()]);
		}
		list.dispose();
	});

	test('whatever is passed for a record, a value or a field, the error is one of ours and nothing changes', () => {
		const list = new FluxList(Shape, [good()], { heap, checked });
		const node = list.keys().next().value as never;
		const view = list.at(node) as unknown as Record<string, unknown>;
		const anything = fc.anything({
			withBigInt: true,
			withDate: true,
			withMap: true,
			withSparseArray: true,
			withTypedArray: true,
			withNullPrototype: true,
		});
		fc.assert(
			fc.property(anything, fc.constantFrom('name', 'point', 'data', 'grid', 'parts'), (value, field) => {
				for (const call of [
					() => list.pushBack(value as never),
					() => list.set(node, value as never),
					() => list.set(node, { ...good(), [field]: value }),
					() => list.pushBack({ ...good(), [field]: value }),
					() => list.remove({ ...good(), [field]: value }),
					() => {
						view[field] = value;
					},
				]) {
					try {
						call();
						// It may fit: a text of four characters, an array of three numbers.
						list.assign([good()]);
						return;
					} catch (error) {
						expect((error as { code?: string }).code).toMatch(/^FLUX_(RECORD|RANGE|NODE|STALE_VIEW)$/);
					}
				}
				expect(list.toArray()).toEqual([good()]);
			}),
			{ numRuns: runs(3000) },
		);
		list.validate();
		list.dispose();
	});
});
