import { type Arena, array, char, f64, Heap, i32, i64, struct, u8, u32, u64 } from '@flux/core';
import { assertType, expectTypeOf, test } from 'vitest';
import { FluxHashMap, type HashMapNode, type HashMapPosition } from './hash-map.js';

/** What the compiler knows of maps; nothing here runs. */

const Position = struct(['quantity', i32], ['price', f64]);
type Record = { quantity: number; price: number };

const byNumber = new FluxHashMap(u32, Position);
const byId = new FluxHashMap(u64, Position);
const byText = new FluxHashMap(char(8), Position);

test('keys have the type of the declaration', () => {
	expectTypeOf(byNumber.get).parameters.toEqualTypeOf<[key: number]>();
	expectTypeOf(byId.get).parameters.toEqualTypeOf<[key: bigint | number]>();
	expectTypeOf(byText.get).parameters.toEqualTypeOf<[key: string]>();
	expectTypeOf(byId.keys()).toEqualTypeOf<IterableIterator<bigint>>();
	expectTypeOf(byText.toArray()).toEqualTypeOf<[string, Record][]>();
	// @ts-expect-error a text is no number
	byNumber.get('1');
	// @ts-expect-error a bigint is no number of 32 bits
	byNumber.set(1n, { quantity: 1, price: 1 });
	// @ts-expect-error a number is no text
	byText.has(1);
});

test('arrays and structs are no keys', () => {
	// @ts-expect-error an array cannot be a key
	assertType(new FluxHashMap(array(u8, 4), Position));
	// @ts-expect-error a struct cannot be a key
	assertType(new FluxHashMap(Position, Position));
});

test('records have the type of the struct', () => {
	expectTypeOf(byNumber.get(1)).toEqualTypeOf<Record | undefined>();
	expectTypeOf(byNumber.at(1).quantity).toEqualTypeOf<number>();
	expectTypeOf(byNumber.set(1, { quantity: 1, price: 1 })).toEqualTypeOf<typeof byNumber>();
	expectTypeOf(byNumber[Symbol.iterator]()).toEqualTypeOf<IterableIterator<[number, Record]>>();
	// @ts-expect-error a field is missing
	byNumber.set(1, { quantity: 1 });
	// @ts-expect-error a field is of another type
	byNumber.insert(1, { quantity: '1', price: 1 });
});

test('values by position are checked place by place', () => {
	type Node = HashMapNode<typeof u32, typeof Position>;
	expectTypeOf(byNumber.emplace(1, 2, 3)).toEqualTypeOf<Node>();
	expectTypeOf(byNumber.emplace(1).price).toEqualTypeOf<number>();
	expectTypeOf(byNumber.tryEmplace(1, 2, 3)).toEqualTypeOf<Node | undefined>();
	// @ts-expect-error one value too few
	byNumber.emplace(1, 2);
	// @ts-expect-error one value too many
	byNumber.emplace(1, 2, 3, 4);
});

test('nodes are no numbers, no keys, and not of another map', () => {
	expectTypeOf(byNumber.find(1)).toEqualTypeOf<HashMapPosition<typeof u32, typeof Position>>();
	// @ts-expect-error a key is no node
	byNumber.getAt(1);
	// @ts-expect-error the end is no node
	byNumber.getAt(byNumber.find(1));
	const node = byId.find(1n);
	if (node === 0) return;
	assertType<Record>(byId.getAt(node));
	// @ts-expect-error a node of a map with other keys
	byNumber.getAt(node);
	// @ts-expect-error a map with other keys
	byNumber.merge(byId);
});

test('two words are for keys of 64 bits alone', () => {
	expectTypeOf(byId.findWords(1, 2)).toEqualTypeOf<HashMapPosition<typeof u64, typeof Position>>();
	new FluxHashMap(i64, Position).deleteWords(1, 2);
	// @ts-expect-error keys of 32 bits have one word
	byNumber.findWords(1, 2);
	// @ts-expect-error texts are no words
	byText.emplaceWords(1, 2, 3, 4);
});

test('options come last', () => {
	const heap = new Heap({} as Arena);
	assertType(new FluxHashMap(u32, Position, { heap, checked: true }));
	assertType(new FluxHashMap(u32, Position, [[1, { quantity: 1, price: 1 }]], { heap }));
	assertType(new FluxHashMap(u64, Position, new Map([[1n, { quantity: 1, price: 1 }]])));
	// @ts-expect-error an unknown option
	assertType(new FluxHashMap(u32, Position, { buckets: 5 }));
});
