import { f64, i32, internals, struct } from '@flux/core';
import { describe, expect, test } from 'vitest';
import { leastAllocatedBy } from '../garbage.testing.js';
import { soak } from '../soak.testing.js';
import { FluxCell } from './cell.js';

/** Ten million calls leave no garbage: under 0.1 bytes each of all that was allocated, collected or not. A tenth of them in `npm test`. */

const CALLS = soak ? 10_000_000 : 1_000_000;
const MOST = 0.1;

const Top = struct({ id: i32, price: f64 });
type Cell = FluxCell<typeof Top>;

/** A class: a literal would have the shape of the struct's declaration, whose fields hold objects. */
class Target {
	id = 0;
	price = 0.5;
}

/** Whole numbers alone: a double in a variable outside of a function is an object. */
let sink = 0;

/** Each makes `calls` calls. */
const loads: Record<string, (cell: Cell, calls: number, target: { id: number; price: number }) => void> = {
	'storing by position and loading into an object'(cell, calls, target) {
		for (let call = 0; call < calls; call += 2) {
			// Another price each time: V8 makes an object for a double where it still takes the field for a constant.
			cell.emplace(call, call / 3);
			cell.loadInto(target);
			sink = (sink + target.id) | 0;
		}
	},
	'storing an object'(cell, calls, target) {
		for (let call = 0; call < calls; call++) {
			target.id = call;
			cell.store(target);
		}
	},
	'looking whether there is something new'(cell, calls) {
		for (let call = 0; call < calls; call += 2) {
			cell.emplace(call, 0.5);
			sink = (sink + cell.version) | 0;
		}
	},
};

describe.runIf(internals.canEvaluate)(`${CALLS.toLocaleString('en')} calls`, () => {
	test.each(Object.entries(loads))('of %s leave under 0.1 bytes each', { timeout: 120_000 }, (_, load) => {
		const cell = new FluxCell(Top);
		const target = new Target();
		const { bytes, most } = leastAllocatedBy((calls) => load(cell, calls, target), CALLS, MOST);
		expect(bytes / CALLS, most).toBeLessThan(MOST);
		expect(sink).toBeDefined();
		cell.dispose();
	});
});

test.runIf(!internals.canEvaluate)('where text cannot become code nothing is promised', () => {
	expect(internals.canEvaluate).toBe(false);
});
