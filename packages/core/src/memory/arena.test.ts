import { afterEach, describe, expect, test, vi } from 'vitest';
import { ArgumentError, DisposedError, OutOfMemoryError } from '../errors.js';
import { Arena } from './arena.js';
import { PAGE_BYTES, PAGE_WORDS } from './page-map.js';

const MIB = 2 ** 20;
const arenas: Arena[] = [];

function make(options?: ConstructorParameters<typeof Arena>[0]): Arena {
	const arena = new Arena(options);
	arenas.push(arena);
	return arena;
}

afterEach(() => {
	for (const arena of arenas.splice(0)) arena.dispose();
	vi.unstubAllGlobals();
});

/** The kinds of blocks that an arena can stand on. */
const blocks = [
	{ block: 'a WebAssembly.Memory', forbid: () => {} },
	{ block: 'an ArrayBuffer, where WebAssembly is missing', forbid: () => vi.stubGlobal('WebAssembly', undefined) },
	{
		block: 'an ArrayBuffer, where a policy forbids WebAssembly',
		forbid: () =>
			vi.stubGlobal('WebAssembly', {
				Memory: class {
					constructor() {
						throw new Error('blocked by the Content-Security-Policy');
					}
				},
			}),
	},
];

describe.each(blocks)('an arena on $block', ({ forbid }) => {
	test.each([false, true])('hands out pages that keep what is written when it grows (shared: %s)', (shared) => {
		forbid();
		const arena = make({ maxBytes: 16 * MIB, shared });
		const { memory } = arena;
		const first = arena.takePages(1);
		expect(first).toBe(arena.map.first * PAGE_WORDS);
		memory.i32.fill(7, first, first + PAGE_WORDS);
		const many = arena.takePages(512);
		expect(arena.memory).toBe(memory);
		memory.i32[many + 512 * PAGE_WORDS - 1] = 9;
		expect(memory.i32.subarray(first, first + PAGE_WORDS).every((word) => word === 7)).toBe(true);
		expect(memory.i32[many + 512 * PAGE_WORDS - 1]).toBe(9);
		expect(memory.f64.buffer).toBe(memory.buffer);
		expect(arena.stats().used).toBe(513 * PAGE_BYTES);
		expect(arena.stats().committed).toBeGreaterThanOrEqual(514 * PAGE_BYTES);
		expect(arena.shared).toBe(shared);
		expect(memory.buffer instanceof SharedArrayBuffer).toBe(shared);
		expect(arena.faults()).toEqual([]);
	});

	test('refuses what it cannot hold, says how much, and stays as it was', () => {
		forbid();
		const arena = make({ maxBytes: MIB });
		const page = arena.takePages(2);
		const before = arena.stats();
		let error: unknown;
		try {
			arena.takePages(62);
		} catch (caught) {
			error = caught;
		}
		expect(error).toBeInstanceOf(OutOfMemoryError);
		expect(error).toMatchObject({ requested: 62 * PAGE_BYTES, held: before.committed, allowed: MIB });
		expect(arena.stats()).toEqual(before);
		// Page 0 is the arena's own.
		expect(arena.takePages(61)).toBe(3 * PAGE_WORDS);
		expect(() => arena.takePages(1)).toThrow(OutOfMemoryError);
		arena.givePages(page, 2);
		expect(arena.takePages(2)).toBe(page);
		expect(arena.faults()).toEqual([]);
	});

	test('grows views that were opened over it, until they are closed', () => {
		forbid();
		const arena = make({ maxBytes: 16 * MIB });
		const views = arena.openViews();
		const word = arena.takePages(600);
		views.i32[word + 599 * PAGE_WORDS] = 5;
		expect(arena.memory.i32[word + 599 * PAGE_WORDS]).toBe(5);
		arena.closeViews(views, () => new DisposedError('the test'));
		arena.closeViews(views, () => new DisposedError('nothing'));
		expect(() => views.i32).toThrow('the test was disposed');
		expect(() => views.buffer).toThrow(DisposedError);
		expect(arena.memory.i32[word + 599 * PAGE_WORDS]).toBe(5);
	});

	test('prefaults what was asked, and no more than it may hold', () => {
		forbid();
		const arena = make({ maxBytes: 4 * MIB, prefault: 4 * MIB });
		expect(arena.stats()).toMatchObject({ reserved: 4 * MIB, used: 0, free: 0 });
		arena.prefault(0);
		arena.prefault(3 * MIB);
		expect(arena.memory.i32[(3 * MIB) / 4 - 1]).toBe(0);
		expect(() => arena.prefault(8 * MIB)).toThrow(OutOfMemoryError);
		expect(arena.faults()).toEqual([]);
		expect(arena.takePages(255)).toBe(PAGE_WORDS);
	});
});

test.each([{ shared: false }, { shared: true }])(
	'a gigabyte costs next to nothing before it is touched: %o',
	(options) => {
		// The least of some tries: whatever else the process does shows in its size as well.
		const costs = Array.from({ length: 5 }, () => {
			const before = process.memoryUsage.rss();
			make({ maxBytes: 1024 * MIB, ...options }).takePages(1);
			return process.memoryUsage.rss() - before;
		});
		expect(Math.min(...costs)).toBeLessThan(4 * MIB);
	},
);

test.each<[string, object, string]>([
	['too little', { maxBytes: 1000 }, '1000'],
	['a negative size', { maxBytes: -1 }, '-1'],
	['more than 4 GiB', { maxBytes: 2 ** 32 + 65_536 }, '4295032832'],
	['a size that is no whole number', { maxBytes: 65_536.5 }, '65536.5'],
	['a size that is NaN', { maxBytes: Number.NaN }, 'NaN'],
	['a size that is a text', { maxBytes: '1g' }, '1g'],
	['a prefault beyond maxBytes', { maxBytes: MIB, prefault: 2 * MIB }, '2097152'],
	['a negative prefault', { prefault: -5 }, '-5'],
	['half a byte to prefault', { prefault: 0.5 }, '0.5'],
	['shared as a text', { shared: 'yes' }, 'yes'],
])('an arena of %s is refused, and the value named', (_, options, text) => {
	expect(() => make(options)).toThrow(ArgumentError);
	expect(() => make(options)).toThrow(text);
});

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '5' as never, undefined as never])(
	'prefault(%s) is refused',
	(bytes) => {
		expect(() => make({ maxBytes: MIB }).prefault(bytes)).toThrow(ArgumentError);
		expect(() => make({ maxBytes: MIB }).prefault(bytes)).toThrow(String(bytes));
	},
);

test('maxBytes is rounded up to 64 KiB', () => {
	const arena = make({ maxBytes: 65_537 });
	expect(arena.maxBytes).toBe(2 * 65_536);
	expect(arena.stats().reserved).toBe(2 * 65_536);
	expect(arena.takePages(7)).toBe(PAGE_WORDS);
	expect(() => arena.takePages(1)).toThrow(OutOfMemoryError);
});

test('an arena without options reserves address space and holds little', () => {
	const arena = make();
	expect(arena.maxBytes).toBeGreaterThanOrEqual(2 ** 26);
	expect(arena.stats().committed).toBeLessThanOrEqual(2 ** 28);
	expect(arena.stats().used).toBe(0);
});

test('a disposed arena refuses every use by name, and may be disposed again', () => {
	const arena = make({ maxBytes: MIB });
	const views = arena.openViews();
	expect(arena.disposed).toBe(false);
	arena.dispose();
	arena[Symbol.dispose]();
	expect(arena.disposed).toBe(true);
	for (const use of [
		() => arena.takePages(1),
		() => arena.givePages(PAGE_WORDS, 1),
		() => arena.stats(),
		() => arena.prefault(1),
		() => arena.openViews(),
		() => views.i32,
		() => arena.memory.u8,
	]) {
		expect(use).toThrow(DisposedError);
	}
});

test('the block of a disposed arena is given back, whoever still holds the arena', async () => {
	if (typeof globalThis.gc !== 'function') throw new Error('run this with --expose-gc');
	const arena = make({ maxBytes: 4 * MIB });
	// Apart, so that no register of this function holds it.
	const watch = (): WeakRef<ArrayBufferLike> => new WeakRef(arena.memory.buffer);
	const block = watch();
	expect(block.deref()?.byteLength).toBeGreaterThan(0);
	arena.dispose();
	// A WeakRef that was looked at keeps what it refers to until the event loop turns.
	for (let turn = 0; turn < 40 && block.deref() !== undefined; turn++) {
		await new Promise((resolve) => setTimeout(resolve, 25));
		globalThis.gc();
	}
	expect(block.deref()).toBe(undefined);
	expect(arena.disposed).toBe(true);
});

test('neither an arena nor its memory can be dragged along by structuredClone', () => {
	const arena = make({ maxBytes: MIB });
	expect(() => structuredClone(arena.memory)).toThrow();
});
