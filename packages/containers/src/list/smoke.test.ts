import { array, bool, char, f64, i32, i64, struct, u8 } from '@flux/core';
import { expect, test } from 'vitest';
import { FluxList } from './list.js';

test('smoke', () => {
	const R = struct({ id: i32, price: f64, s: char(5), a: array(u8, 3), n: struct({ x: i64, b: bool }) });
	const list = new FluxList(R);
	const n = list.pushBack({ id: 1, price: 2.5, s: 'héy', a: [1, 2, 3], n: { x: 5n, b: true } });
	list.emplaceBack(2, 1.5, 'abc', [3, 2, 1], { x: -1n, b: false });
	const v = list.emplaceBack();
	v.id = 3;
	v.n.x = 7n;
	v.a.set(1, 9);
	v.s = 'zz';
	console.log(list, list.get(n), JSON.stringify(list), v);
	list.sort((a, b) => a.price - b.price);
	list.validate();
	console.log([...list].map((r) => r.id));
	list.sortBy('id', { descending: true });
	console.log(
		[...list].map((r) => r.id),
		list.compact((a, b) => console.log(a, b)),
	);
	list.validate();
	expect(() => list.erase(n)).not.toThrow();
	expect(() => list.erase(n)).toThrow(/erased/);
	const other = new FluxList(R, list);
	list.splice(list.first, other);
	for (const x of list.views()) if (x.id === 3) list.erase(list.findNode((y) => y.id === 3) as never);
	list.validate();
	console.log(list.size, list instanceof FluxList, list.constructor.name);
	for (let i = 0; i < 10000; i++) list.emplaceBack(i, i, 'x', [0, 0, 0], { x: 1n, b: true });
	list.validate();
	const o2 = new FluxList(R);
	o2.splice(0, list);
	o2.validate();
	for (const k of o2.keys()) o2.get(k);
	list.validate();
	o2.dispose();
	expect(() => o2.emplaceBack(1, 1, 'x', [0, 0, 0], { x: 1n, b: true })).toThrow(/disposed/);
	list.dispose();
});
