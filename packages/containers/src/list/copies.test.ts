import { describe, expect, test, vi } from 'vitest';

/** Two copies of both packages in one process, as when one is loaded as ESM and one as CommonJS. */

type Core = typeof import('@flux/core');
type Containers = typeof import('./list.js');

async function loadCopy(): Promise<Core & Containers> {
	vi.resetModules();
	const core = await import('@flux/core');
	const containers = await import('./list.js');
	return { ...core, ...containers };
}

describe('two copies of the packages in one process', () => {
	test('share the default heap, and their lists exchange nodes', async () => {
		const one = await loadCopy();
		const two = await loadCopy();
		expect(one.FluxList).not.toBe(two.FluxList);
		const declare = ({ struct, i32, f64 }: Core) => struct({ copy: i32, price: f64 });
		const [First, Second] = [declare(one), declare(two)];
		const first = new one.FluxList(First);
		const second = new two.FluxList(Second);
		expect(first.heap).toBe(second.heap);
		for (let id = 0; id < 20; id++) {
			first.emplaceBack(id, id);
			second.emplaceBack(100 + id, id);
		}
		const node = second.first;
		first.splice(first.first, second as never);
		first.validate();
		second.validate();
		expect(first.get(node as never)).toEqual({ copy: 100, price: 0 });
		expect([first.size, second.size]).toEqual([40, 0]);
		second.splice(0, first as never, first.first as never);
		second.validate();
		expect(second.front).toEqual({ copy: 100, price: 0 });
		expect(first.heap.stats().pools.filter(({ record }) => record.includes('"copy"'))).toHaveLength(1);
		expect(first.equals(second.clone() as never)).toBe(false);
		first.swap(second as never);
		first.merge(second as never, (a, b) => a.copy - b.copy);
		first.validate();
		expect(first.size).toBe(40);
		first.dispose();
		second.dispose();
	});

	test('take each other’s structs', async () => {
		const one = await loadCopy();
		const two = await loadCopy();
		const Item = one.struct({ id: one.i32, name: one.char(4) });
		const list = new two.FluxList(Item as never) as InstanceType<Containers['FluxList']>;
		(list as unknown as { emplaceBack(...values: unknown[]): number }).emplaceBack(1, 'abc');
		expect(list.front).toEqual({ id: 1, name: 'abc' });
		list.dispose();
	});
});
