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
		expect(specialize(openFactory, undefined, 'open')()).toBe(5);
	});

	test('calls a factory whose text is no function expression as it is', () => {
		const { method } = { method: () => 7 };
		expect(specialize(method, undefined, 'arrow')).toBe(7);
		const bound = closedFactory.bind(undefined);
		expect(new (specialize(bound, { step: 2 }, 'native'))().advance()).toBe(2);
		const { shorthand } = {
			shorthand() {
				return 8;
			},
		};
		expect(specialize(shorthand, undefined, 'shorthand')).toBe(8);
	});

	test('passes on what a factory throws on purpose', () => {
		const failing = () => {
			throw new RangeError('on purpose');
		};
		expect(() => specialize(failing, undefined, 'failing')).toThrow('on purpose');
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
