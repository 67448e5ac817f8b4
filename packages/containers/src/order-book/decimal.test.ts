import { ArgumentError } from '@flux/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../soak.testing.js';
import { Step } from './decimal.js';

const step = (size: string | number) => new Step(size, 'tickSize');

describe('a step', () => {
	test('reads text exactly, however it is written', () => {
		const cent = step('0.01');
		for (const text of [
			'101.25',
			'+101.25',
			'101.250',
			'0101.2500000000000000000000',
			'1.0125e2',
			'10125E-2',
			' 101.25 ',
		])
			expect(cent.stepsOf(text, 'price'), text).toBe(10125);
		expect(cent.stepsOf('-.5', 'price')).toBe(-50);
		expect(cent.stepsOf('5.', 'price')).toBe(500);
		expect(step('25').stepsOf('1e2', 'price')).toBe(4);
		expect(step('0.00000001').stepsOf('0.12345678', 'price')).toBe(12345678);
		expect(step('1e-8').text).toBe('0.00000001');
		expect(step('0.250').text).toBe('0.25');
		expect(step(1000).text).toBe('1000');
	});

	test('says NaN to what is no multiple', () => {
		expect(step('0.01').stepsOf('101.255', 'price')).toBeNaN();
		expect(step('0.01').stepsOf(101.255, 'price')).toBeNaN();
		expect(step('0.05').stepsOf('0.01', 'price')).toBeNaN();
		expect(step('1').stepsOf('9007199254740992', 'price')).toBeNaN();
		expect(step('1').stepsOf(2 ** 53, 'price')).toBeNaN();
		expect(step('1').stepsOf('9007199254740991', 'price')).toBe(2 ** 53 - 1);
	});

	test('takes a number for the multiple that it is but for the arithmetic of doubles', () => {
		const tenth = step('0.1');
		expect(tenth.stepsOf(0.1 + 0.2, 'price')).toBe(3);
		expect(tenth.stepsOf(0.3, 'price')).toBe(3);
		expect(tenth.stepsOf(0.3000001, 'price')).toBeNaN();
		expect(step('0.01').stepsOf(1.1 * 1.1, 'price')).toBe(121);
		expect(Object.is(tenth.stepsOf(-0, 'price'), 0)).toBe(true);
		let sum = 0;
		for (let times = 0; times < 4; times++) sum += 0.1;
		expect(tenth.stepsOf(sum, 'price')).toBe(4);
	});

	test('comes back from every multiple, as text and as number', () => {
		const sizes = fc.constantFrom('1', '0.01', '0.05', '0.0001', '25', '0.00000001', '0.125', '7');
		const counts = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.integer({ min: -1000, max: 1000 }));
		fc.assert(
			fc.property(sizes, counts, (size, count) => {
				const each = step(size);
				const text = each.toText(count);
				expect(each.stepsOf(text, 'price')).toBe(count + 0);
				expect(each.toNumber(count)).toBe(Number(text));
				if (Math.abs(count) <= 2 ** 48) expect(each.stepsOf(each.toNumber(count), 'price')).toBe(count + 0);
				expect(each.product(BigInt(count), step('0.5'))).toBe(Number(text) / 2);
			}),
			{ numRuns: runs(5000) },
		);
	});

	test('refuses what is no decimal, by name', () => {
		for (const value of ['', '.', 'abc', '1,5', '0x10', '1e', '--1', null, undefined, {}, true, Number.NaN, Infinity]) {
			expect(() => step('1').stepsOf(value as string, 'the price'), String(value)).toThrow(ArgumentError);
			expect(() => step('1').stepsOf(value as string, 'the price')).toThrow(/^the price is .+; pass a decimal/);
		}
		for (const size of ['0', '-1', 'x', '9007199254740992', '1e-23', Number.NaN])
			expect(() => step(size), String(size)).toThrow(ArgumentError);
	});
});
