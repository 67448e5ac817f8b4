import { f64, struct, u32 } from '@flux/core';
import { expectTypeOf, test } from 'vitest';
import { type CellHandle, FluxCell } from './cell.js';

const Top = struct(['bid', f64], ['size', u32]);
const top = new FluxCell(Top);

test('a cell has the type of its struct', () => {
	expectTypeOf(top).toEqualTypeOf<FluxCell<typeof Top>>();
	expectTypeOf(top.load()).toEqualTypeOf<{ bid: number; size: number } | undefined>();
	expectTypeOf(top.share()).toEqualTypeOf<CellHandle>();
	expectTypeOf(FluxCell.attach(Top, top.share())).toEqualTypeOf<FluxCell<typeof Top>>();
	expectTypeOf(top.loadInto({ bid: 1, size: 2 })).toEqualTypeOf<boolean>();
	// @ts-expect-error a field is missing
	top.store({ bid: 1 });
	// @ts-expect-error one field short
	top.emplace(1);
	// @ts-expect-error a field of another type
	top.loadInto({ bid: '1', size: 2 });
	// @ts-expect-error read-only
	top.version = 1;
	// @ts-expect-error no such option
	new FluxCell(Top, { capacity: 1 });
});
