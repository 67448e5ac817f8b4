import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import {
	ArgumentError,
	array,
	bool,
	ClosedError,
	char,
	DisposedError,
	FieldRangeError,
	f64,
	type HandleError,
	i64,
	PeerDiedError,
	RecordError,
	RetiredError,
	SeatError,
	StructError,
	struct,
	TimeoutError,
	u8,
	u32,
} from '@flux/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runs, thrownBy } from '../soak.testing.js';
import { type WorkerFiles, workerFiles } from '../worker-bundle.testing.js';
import { FluxCell, makeCell } from './cell.js';

const Top = struct(['bid', f64], ['ask', f64], ['size', u32]);
const top = (size: number) => ({ bid: size / 2, ask: -size, size });
const another = (cell: FluxCell<typeof Top>) => FluxCell.attach(Top, cell.share());

describe('a cell', () => {
	test('gives the latest value, as a copy and into an object', () => {
		const cell = new FluxCell(Top);
		const reader = another(cell);
		const mine = top(1);
		expect([reader.load(), reader.loadInto(mine), mine, reader.version]).toEqual([undefined, false, top(1), 0]);
		cell.store(top(2));
		cell.emplace(1.5, -3, 3);
		expect(reader.load()).toEqual(top(3));
		expect(reader.loadInto(mine)).toBe(true);
		expect([mine, reader.version]).toEqual([top(3), 2]);
		for (let size = 4; size < 100; size++) {
			cell.store(top(size));
			expect(reader.load()).toEqual(top(size));
		}
	});

	test('holds every type of field', () => {
		const Inner = struct({ x: u8, y: f64 });
		const Everything = struct({ a: u8, b: bool, name: char(8), big: i64, many: array(u32, 3), inner: Inner });
		const cell = new FluxCell(Everything);
		const value = { a: 1, b: true, name: 'héllo', big: -5n, many: [1, 2, 3], inner: { x: 7, y: 0.1 } };
		cell.store(value);
		expect(FluxCell.attach(Everything, cell.share()).load()).toEqual(value);
		const target = { a: 0, b: false, name: '', big: 0n, many: [0], inner: { x: 0, y: 0 } };
		expect(cell.loadInto(target)).toBe(true);
		expect(target).toEqual(value);
	});

	test.each([2 ** 31 - 3, 2 ** 32 - 3])('goes on where the count of versions wraps, from %i', (version) => {
		const cell = makeCell(Top, undefined, version | 0) as FluxCell<typeof Top>;
		const reader = another(cell);
		for (let size = 1; size < 20; size++) {
			cell.store(top(size));
			expect(reader.wait()).toBe(true);
			expect(reader.load()).toEqual(top(size));
			expect(cell.version).not.toBe(0);
		}
	});

	test('waits for what this attachment has not loaded, with a limit and a signal', async () => {
		const cell = new FluxCell(Top);
		const reader = another(cell);
		expect(thrownBy(() => reader.wait({ timeout: 1 }))).toBeInstanceOf(TimeoutError);
		const waiting = reader.waitAsync();
		cell.store(top(1));
		expect(await waiting).toBe(true);
		expect(reader.wait()).toBe(true);
		reader.load();
		await expect(reader.waitAsync({ timeout: 1 })).rejects.toBeInstanceOf(TimeoutError);
		const controller = new AbortController();
		const called = reader.waitAsync({ signal: controller.signal });
		controller.abort(new Error('enough'));
		await expect(called).rejects.toThrow('enough');
		await expect(reader.waitAsync({ signal: controller.signal })).rejects.toThrow('enough');
		await expect(reader.values({ signal: controller.signal }).next()).rejects.toThrow('enough');
		await expect(reader.values({ timeout: 1 }).next()).rejects.toBeInstanceOf(TimeoutError);
	});

	test('rejects what waits in its event loop when it is disposed of, and says what it is to JSON', async () => {
		const cell = new FluxCell(Top);
		const reader = another(cell);
		const waiting = [reader.waitAsync(), reader.values().next()];
		setTimeout(() => reader.dispose(), 1);
		for (const promise of waiting) await expect(promise).rejects.toBeInstanceOf(DisposedError);
		cell.store(top(1));
		expect(JSON.stringify(cell)).toBe('{"version":1,"closed":false}');
		expect(() => structuredClone(cell)).toThrow('postWhatShareReturns');
	});

	test('is walked through its changes until it is closed', async () => {
		const cell = new FluxCell(Top);
		const reader = another(cell);
		const seen: number[] = [];
		const loop = (async () => {
			for await (const { size } of reader) {
				seen.push(size);
				if (size === 3) cell.close();
				else cell.store(top(size + 1));
			}
		})();
		cell.store(top(1));
		await loop;
		expect(seen).toEqual([1, 2, 3]);
		expect([reader.closed, reader.wait(), await reader.waitAsync(), reader.load()?.size]).toEqual([
			true,
			false,
			false,
			3,
		]);
		expect(thrownBy(() => cell.store(top(4)))).toBeInstanceOf(ClosedError);
		expect(another(cell).wait()).toBe(true);
	});

	test('has one writer, until that leaves or is retired', async () => {
		const cell = new FluxCell(Top);
		const handle = cell.share();
		const dying = FluxCell.attach(Top, handle);
		dying.store(top(1));
		expect(thrownBy(() => cell.store(top(2)))).toBeInstanceOf(SeatError);
		cell.load();
		const waiting = cell.waitAsync();
		expect(cell.retire(handle)).toBe(true);
		expect(cell.retire(handle)).toBe(false);
		await expect(waiting).rejects.toBeInstanceOf(PeerDiedError);
		expect(thrownBy(() => cell.wait())).toBeInstanceOf(PeerDiedError);
		expect(thrownBy(() => dying.store(top(2)))).toBeInstanceOf(RetiredError);
		const heir = another(cell);
		heir.store(top(3));
		expect(cell.load()).toEqual(top(3));
		heir.dispose();
		heir.dispose();
		// One that has left is not dead.
		expect(thrownBy(() => cell.wait({ timeout: 0 }))).toBeInstanceOf(TimeoutError);
		cell.store(top(4));
		for (const call of [() => heir.load(), () => heir.store(top(1)), () => heir.wait(), () => heir.share()])
			expect(thrownBy(call)).toBeInstanceOf(DisposedError);
	});

	test('refuses what is none', () => {
		const cell = new FluxCell(Top);
		for (const value of [undefined, null, 5, {}, { bid: 1 }, { bid: 'a', ask: 1, size: 1 }])
			expect(thrownBy(() => cell.store(value as never))).toBeInstanceOf(RecordError);
		expect(thrownBy(() => cell.loadInto(null as never))).toBeInstanceOf(RecordError);
		const loose = cell as unknown as { emplace(...values: number[]): void };
		expect(thrownBy(() => loose.emplace(1, 2, 3, 4))).toBeInstanceOf(RecordError);
		expect(cell.version).toBe(0);
		for (const options of [5, { capacity: 1 }, { checked: 1 }])
			expect(thrownBy(() => new FluxCell(Top, options as never))).toBeInstanceOf(ArgumentError);
		expect(thrownBy(() => new FluxCell({} as never))).toBeInstanceOf(StructError);
		const byte = new FluxCell(struct({ level: u8 }), { checked: true });
		expect(thrownBy(() => byte.store({ level: 256 }))).toBeInstanceOf(FieldRangeError);
		const handle = cell.share();
		const problemOf = (call: () => unknown) => (thrownBy(call) as HandleError).problem;
		for (const value of [
			undefined,
			{ ...handle, kind: 'FluxList' },
			{ ...handle, memory: new SharedArrayBuffer(4096) },
			{ ...handle, memory: new ArrayBuffer(8) },
			{ ...handle, member: 'me' },
		])
			expect(problemOf(() => FluxCell.attach(Top, value as never))).toBe('foreign');
		expect(problemOf(() => FluxCell.attach(struct({ id: u32 }), handle))).toBe('struct');
		const old = handle.memory.slice(0);
		new Int32Array(old)[1] = 99;
		expect(problemOf(() => FluxCell.attach(Top, { ...handle, memory: old }))).toBe('version');
		for (const call of [
			() => cell.retire(new FluxCell(Top).share()),
			() => cell.retire({ kind: 'FluxCell', memory: handle.memory, member: 1 }),
			() => cell.watch({} as never, handle),
			() => cell.wait({ timeout: -1 }),
		])
			expect(thrownBy(call)).toBeInstanceOf(ArgumentError);
	});

	test('prints what it is', () => {
		const cell = new FluxCell(Top);
		cell.store(top(1));
		const inspect = Symbol.for('nodejs.util.inspect.custom');
		const text = () => (cell as unknown as Record<symbol, () => string>)[inspect]();
		expect([text(), String(cell), cell instanceof FluxCell]).toEqual([
			'FluxCell(version 1)',
			'[object FluxCell]',
			true,
		]);
		cell.close();
		expect(text()).toBe('FluxCell(version 1, closed)');
		cell.dispose();
		expect(text()).toBe('FluxCell (disposed)');
	});
});

describe('between threads', () => {
	let files: WorkerFiles;
	let script: URL;
	beforeAll(async () => {
		files = await workerFiles();
		script = files.write(
			'cell.mjs',
			`
import { parentPort, workerData } from 'node:worker_threads';
const { core: { struct, f64, u32 }, containers: { FluxCell } } = await import(workerData.bundle);
const cell = FluxCell.attach(struct(['bid', f64], ['ask', f64], ['size', u32]), workerData.handle);
if (workerData.role === 'writer') {
	for (let size = (cell.load()?.size ?? 0) + 1; size <= workerData.last; size++) cell.emplace(size / 2, -size, size);
	cell.close();
} else {
	let last = 0, seen = 0;
	const see = ({ bid, ask, size }) => {
		if (bid !== size / 2 || ask !== -size) throw new Error('torn: ' + [bid, ask, size]);
		if (size < last) throw new Error('older: ' + size + ' after ' + last);
		last = size; seen++;
	};
	const mine = { bid: 0, ask: 0, size: 0 };
	while (cell.wait()) {
		for (let times = 0; times < 20; times++) { cell.loadInto(mine); see(mine); }
		see(cell.load());
	}
	parentPort.postMessage({ last, seen });
}
`,
		);
	});
	afterAll(() => files.remove());

	const start = (cell: FluxCell<typeof Top>, role: string, last = 0): Worker => {
		const handle = cell.share();
		const worker = new Worker(script, { workerData: { bundle: files.bundle, handle, role, last } });
		cell.watch(worker, handle);
		return worker;
	};

	test('no value is torn, none goes back, and the last one is seen', { timeout: 600_000 }, async () => {
		const cell = new FluxCell(Top);
		const last = runs(10_000_000);
		const readers = Array.from({ length: 2 }, () => start(cell, 'reader'));
		const reports = readers.map((reader) => once(reader, 'message'));
		start(cell, 'writer', last);
		for (const [report] of await Promise.all(reports)) {
			expect((report as { last: number }).last).toBe(last);
			expect((report as { seen: number }).seen).toBeGreaterThan(0);
		}
	});

	test('a writer that is killed leaves a whole value, and its place', { timeout: 600_000 }, async () => {
		const cell = new FluxCell(Top);
		let last = 0;
		for (let kill = 0; kill < runs(1000); kill++) {
			const writer = start(cell, 'writer', 2 ** 32 - 1);
			if (kill === 0) await cell.waitAsync();
			for (let look = 0; look < 20; look++) {
				const value = cell.load();
				expect(value).toEqual(top(value?.size ?? 0));
				expect(value?.size).toBeGreaterThanOrEqual(last);
				last = value?.size ?? 0;
				await new Promise((resolve) => setImmediate(resolve));
			}
			// It may not have begun yet, or be in the middle of a store.
			await writer.terminate();
		}
		expect(last).toBeGreaterThan(0);
		cell.store(top(5));
		expect(cell.load()).toEqual(top(5));
	});
});
