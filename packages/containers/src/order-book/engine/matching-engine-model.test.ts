import { Arena, Heap } from '@flux/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { expect } from '../../quick-expect.testing.js';
import { runs } from '../../soak.testing.js';
import { FluxOrderBook } from '../order-book.js';
import { SELF_TRADE_NAMES } from '../terms.js';
import { MatchingEngine } from './matching-engine.js';
import { CALLED, compare, DENSE, hear, stepOf, WIDE } from './model-steps.testing.js';
import { ReferenceEngine } from './reference-engine.testing.js';

/** The engine against the slow one: every kind of order in every mix, the events of each command, and all that is open. */

let heap: Heap;
beforeEach(() => {
	heap = new Heap(new Arena({ maxBytes: 2 ** 25 }));
});
afterEach(() => heap.dispose());

describe('an engine, against the slow one', () => {
	const mixes = SELF_TRADE_NAMES.flatMap((selfTrade) => [
		{ selfTrade, mix: 'dense', parts: DENSE },
		{ selfTrade, mix: 'wide', parts: WIDE },
		{ selfTrade, mix: 'called', parts: CALLED },
	]);
	test.each(mixes)(
		'does the same without end in a $mix mix, heard or not, self trades: $selfTrade',
		({ selfTrade, parts }) => {
			const book = new FluxOrderBook({ heap, selfTrade });
			const engine = new MatchingEngine(book);
			// Nobody listens to the other one, which takes other ways through the code.
			const silent = new MatchingEngine(new FluxOrderBook({ heap, selfTrade }));
			const model = new ReferenceEngine(selfTrade);
			const unheard = new ReferenceEngine(selfTrade);
			const heard = hear(book);
			const [first] = fc.sample(fc.integer(), 1);
			for (let done = 0; done < runs(20_000); done += 100) {
				const seed = (first + done) | 0;
				for (const step of fc.sample(stepOf(parts), { numRuns: 100, seed })) {
					step.run(engine, model);
					step.run(silent, unheard);
					expect(heard, `${step.name}, from seed ${first}, ${done} behind`).toEqual(model.events);
					heard.length = 0;
					model.events.length = 0;
				}
				compare(engine, model, heard);
				expect(silent.hash()).toBe(engine.hash());
				unheard.events.length = 0;
			}
			silent.validate();
		},
	);

	test.each(mixes)('does the same in every $mix mix of orders, self trades: $selfTrade', ({ selfTrade, parts }) => {
		fc.assert(
			fc.property(fc.array(stepOf(parts), { maxLength: 60, size: 'max' }), (steps) => {
				const book = new FluxOrderBook({ heap, selfTrade });
				const engine = new MatchingEngine(book);
				const model = new ReferenceEngine(selfTrade);
				const heard = hear(book);
				try {
					for (const step of steps) {
						step.run(engine, model);
						compare(engine, model, heard);
					}
				} finally {
					engine.dispose();
					book.dispose();
				}
				// Everything was given back.
				expect(heap.stats().pools.every(({ live }) => live === 0)).toBe(true);
			}),
			{ numRuns: runs(200) },
		);
	});
});
