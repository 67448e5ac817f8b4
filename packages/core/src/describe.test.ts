import { expect, test } from 'vitest';
import { describe as shown } from './describe.js';

class Order {}

test('a value is shown so that it is told from others', () => {
	const values: [unknown, string][] = [
		[5, '5'],
		['5', '"5"'],
		[5n, '5n'],
		[Number.NaN, 'NaN'],
		[true, 'true'],
		[undefined, 'undefined'],
		[null, 'null'],
		['', '""'],
		['a\n"b"', '"a\\n\\"b\\""'],
		[Symbol('s'), 'Symbol(s)'],
		[Symbol(), 'Symbol()'],
		[() => 'text', 'a function'],
		[{}, 'an object'],
		[[], 'an empty array'],
		[[1, 2], 'an array'],
		[new Order(), 'an Order'],
		[new Uint8Array(2), 'a Uint8Array'],
		[new Map(), 'a Map'],
		[new (class {})(), 'an object'],
	];
	for (const [value, text] of values) expect(shown(value)).toBe(text);
});

test('a value that cannot be made text is shown all the same, and none of its code is run', () => {
	const { proxy, revoke } = Proxy.revocable({}, {});
	revoke();
	const { proxy: callable, revoke: end } = Proxy.revocable(() => 0, {});
	end();
	const fail = () => {
		throw new TypeError('it was run');
	};
	const values: [unknown, string][] = [
		[Object.create(null), 'an object'],
		[proxy, 'an object'],
		[callable, 'a function'],
		[{ toString: fail, valueOf: fail, toJSON: fail, [Symbol.toPrimitive]: fail }, 'an object'],
		[Object.defineProperty({}, 'constructor', { get: fail }), 'an object'],
		[{ constructor: null }, 'an object'],
		[{ constructor: { name: 5 } }, 'an object'],
		[new Proxy({}, { get: fail, getPrototypeOf: fail }), 'an object'],
	];
	for (const [value, text] of values) expect(shown(value)).toBe(text);
});

test('what is long is cut off', () => {
	expect(shown('x'.repeat(1_000_000))).toBe(`"${'x'.repeat(100)}..."`);
	expect(shown(10n ** 5000n)).toBe(`1${'0'.repeat(99)}...n`);
	expect(shown(Symbol('x'.repeat(1000))).length).toBeLessThan(120);
	expect(shown(Object.defineProperty({}, 'constructor', { value: { name: 'N'.repeat(1000) } })).length).toBeLessThan(
		120,
	);
});
