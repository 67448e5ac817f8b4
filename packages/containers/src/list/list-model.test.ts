import fc from 'fast-check';
import { describe, test, vi } from 'vitest';
import { modes, runs } from '../soak.testing.js';
import { type Operation, operationArb, World } from './list-model.testing.js';
import { asking, erasing, inserting, operations, ordering } from './list-operations.testing.js';

/** A soak run of one property takes a minute or two, and a failure a minute of shrinking on top. */
vi.setConfig({ testTimeout: 600_000 });

const MIB = 2 ** 20;

/** Runs the operations on lists and on their models, and compares them after each. */
function play(world: World, sequence: readonly Operation[]): void {
	try {
		for (const operation of sequence) {
			const self = world.pairs[operation.a % world.pairs.length];
			const other = world.pairs[operation.b % world.pairs.length];
			world.perform(operations[operation.kind](operation, world, self, other));
		}
	} finally {
		world.dispose();
	}
}

function check(kinds: readonly string[], full: number, most: number, makeWorld: () => World): void {
	// Long lists make each step slow, so there are fewer.
	const maxLength = most > 100 ? 20 : 50;
	const sequences = fc.array(operationArb(kinds, most), { minLength: 1, maxLength, size: 'max' });
	fc.assert(
		fc.property(sequences, (sequence) => play(makeWorld(), sequence)),
		// A failure is worth a minute of shrinking, not ten.
		{ numRuns: runs(full), interruptAfterTimeLimit: 60_000 + full * 60, markInterruptAsFailure: true },
	);
}

describe.each(modes)('in $mode mode', ({ checked }) => {
	test('every call on three lists of one heap does what it does to arrays', () => {
		check(Object.keys(operations), 1500, 20, () => new World(checked, 4 * MIB, 3));
	});

	test('one list that is filled, thinned out and put in order is what an array is', () => {
		check(Object.keys(operations), 1000, 20, () => new World(checked, 4 * MIB, 1));
	});

	test('nodes that move between lists are alive in one and refused by the others', () => {
		const kinds = [...Object.keys(ordering), 'insertRange', 'pushMany', 'erase', 'clear', 'dispose', 'cloneInto'];
		check(kinds, 1000, 20, () => new World(checked, 4 * MIB, 3));
	});

	test('an erased node stays refused whatever is made and given back after it', () => {
		const kinds = [
			...Object.keys(erasing),
			'pushBack',
			'emplaceFront',
			'insertFilled',
			'assign',
			'spliceNode',
			'compact',
		];
		check(kinds, 1000, 20, () => new World(checked, 4 * MIB, 2));
	});

	test('where memory runs out, a call throws and has changed nothing', () => {
		const kinds = [
			...Object.keys(inserting),
			'reserve',
			'clear',
			'eraseRange',
			'resize',
			'spliceAll',
			'shrinkToFit',
			'merge',
		];
		check(kinds, 100, 700, () => new World(checked, MIB / 8, 2));
	});
});

test('every call of the interface that can be modelled is in the model', () => {
	const kinds = [inserting, erasing, ordering, asking].flatMap((group) => Object.keys(group));
	if (new Set(kinds).size !== kinds.length) throw new Error('two groups have an operation of one name');
});
