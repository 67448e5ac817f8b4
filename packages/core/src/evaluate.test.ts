import { describe, expect, test } from 'vitest';
import { canEvaluate, evaluate, specialize } from './evaluate.js';

/** A factory that is closed: what it uses is in its environment. */
function closedFactory(environment: { step: number }) {
	const { step } = environment;
	return class Counter {
		count = 0;
		advance(): number {
			this.count += step;
			return this.count;
		}
		fail(): never {
			throw new Error('on purpose');
		}
	};
}

const outside = { step: 5 };

function openFactory() {
	const { step } = outside;
	return () => step;
}

/** The file that the topmost line of a stack trace names. */
function fileOf(call: () => unknown): string {
	try {
		call();
	} catch (error) {
		const { stack } = error as Error;
		const line = stack?.split('\n').find((each) => each.includes('at ')) ?? '';
		return /([^\s(]+?):\d+:\d+\)?$/.exec(line)?.[1] ?? line;
	}
	throw new Error('expected a throw');
}

describe('specialize()', () => {
	test('gives a factory its environment, whether it is evaluated or called as it is', () => {
		const Counter = specialize(closedFactory, { step: 3 }, 'counter');
		const counter = new Counter();
		expect([counter.advance(), counter.advance()]).toEqual([3, 6]);
	});

	test.runIf(canEvaluate)('makes code of its own each time, named in stack traces', () => {
		const first = new (specialize(closedFactory, { step: 1 }, 'first: {"a":i32}'))();
		const second = new (specialize(closedFactory, { step: 1 }, 'second'))();
		const [one, two] = [fileOf(() => first.fail()), fileOf(() => second.fail())];
		expect(one).toMatch(/^flux-first-a-i32-+\d+\.js$/);
		expect(two).toMatch(/^flux-second-\d+\.js$/);
		expect(first.advance).not.toBe(second.advance);
		expect(Object.getPrototypeOf(first)).not.toBe(Object.getPrototypeOf(second));
	});

	test.runIf(!canEvaluate)('calls the factory itself where text cannot become code', () => {
		const counter = new (specialize(closedFactory, { step: 1 }, 'first'))();
		expect(fileOf(() => counter.fail())).toContain('evaluate.test');
	});

	test('calls a factory that refers to something outside as it is', () => {
		expect(specialize(openFactory, {}, 'open')()).toBe(5);
	});

	test('calls a factory whose text is no function expression as it is', () => {
		const { method } = { method: () => 7 };
		expect(specialize(method, {}, 'arrow')).toBe(7);
		const bound = closedFactory.bind(undefined);
		expect(new (specialize(bound, { step: 2 }, 'native'))().advance()).toBe(2);
		const { shorthand } = {
			shorthand() {
				return 8;
			},
		};
		expect(specialize(shorthand, {}, 'shorthand')).toBe(8);
	});

	test('puts words in as literals, those of a name it knows, and gives the same without', () => {
		const environment = {
			words: { ONE: 1, MINUS: -1, OFF: false } as Record<string, number | boolean>,
			other: { words: { ONE: 5 } },
		};
		const factory = ({ words, other }: typeof environment) => ({
			values: () => [words.ONE, 2 - Number(words.MINUS), words.OFF, words.UNKNOWN, other.words.ONE],
		});
		const made = specialize(factory, environment, 'words');
		expect(made.values()).toEqual([1, 3, false, undefined, 5]);
		expect(factory(environment).values()).toEqual(made.values());
		if (canEvaluate) {
			environment.words = {};
			expect(made.values()).toEqual([1, 3, false, undefined, 5]);
			expect(made.values.toString()).not.toContain('words.OFF');
		}
	});

	test('passes on what a factory throws on purpose', () => {
		const failing = () => {
			throw new RangeError('on purpose');
		};
		expect(() => specialize(failing, {}, 'failing')).toThrow('on purpose');
	});
});

describe.runIf(canEvaluate)('evaluate()', () => {
	test('passes values by name, in strict mode', () => {
		expect(evaluate('return a + b;', { a: 2, b: 3 }, 'sum')).toBe(5);
		expect(() => evaluate('undeclared = 5;', {}, 'strict')).toThrow(ReferenceError);
	});

	test('keeps labels from ending the comment that carries them', () => {
		for (const label of ['*/ throw 1', '\nthrow new Error("escaped");', '\u2028throw 1', '"', '']) {
			expect(evaluate('return 1;', {}, label)).toBe(1);
		}
	});
});
