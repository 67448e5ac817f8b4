/** The format of snapshots as the guide describes it: read with a DataView alone, and by the guide's readers in Python and C. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FluxHashMap, FluxList, FluxOrderBook, FluxQueue, FluxVector } from '@flux/containers';
import { char, f64, i16, struct, u8, u32 } from '@flux/core';
import { expect, test } from 'vitest';
import { root } from './snippets.testing.js';

const Order = struct({ id: u32, price: f64, symbol: char(8) });
const orders = [
	{ id: 1, price: 99.5, symbol: 'AAPL' },
	{ id: 2, price: 101, symbol: 'MSFT' },
	{ id: 4_000_000_000, price: -0.125, symbol: 'ABCDEFGH' },
];
const guide = readFileSync(join(root, 'docs', 'guides', 'snapshots.md'), 'utf8');

/** The code of the only block of that language. */
function blockOf(language: string): string {
	const blocks = [...guide.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))];
	expect(blocks.length).toBe(1);
	return blocks[0][1];
}

const program = (names: readonly string[]): string | undefined =>
	names.find((name) => spawnSync(name, ['--version']).status === 0);
const python = program(['python3', 'python']);
const compiler = program(['cc', 'gcc', 'clang']);

/** Runs `work` in a folder of its own with a file of these bytes in it. */
function withFile<T>(bytes: Uint8Array, work: (file: string, folder: string) => T): T {
	const folder = mkdtempSync(join(tmpdir(), 'flux-snapshot-'));
	try {
		const file = join(folder, 'orders.flux');
		writeFileSync(file, bytes);
		return work(file, folder);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function run(command: string, args: readonly string[]): string {
	const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
	expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
	return stdout.trim();
}

const up = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** What the guide says of a snapshot's bytes, by arithmetic alone. */
function read(bytes: Uint8Array) {
	const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const word = (at: number): number => data.getUint32(at, true);
	const text = (at: number, length: number): string =>
		new TextDecoder().decode(bytes.subarray(at, at + length)).replace(/\0+$/, '');
	const [kind, size, stride, signatureBytes, detailsWords, count] = [32, 36, 40, 44, 48, 52].map(word);
	const details = 64 + up(signatureBytes);
	const records = details + up(4 * detailsWords);
	expect([...bytes.subarray(0, 8)]).toEqual([0x89, 0x46, 0x4c, 0x55, 0x58, 0x0d, 0x0a, 0x1a]);
	expect([word(24), word(28)]).toEqual([0x01020304, 1]);
	expect(bytes.length).toBe(records + count * stride);
	expect(stride).toBe(Math.ceil(size / 4) * 4);
	return { data, word, text, kind, signature: text(64, signatureBytes), details, records, stride, count };
}

/** The orders of a snapshot, by the offsets of a C struct. */
const ordersOf = ({ data, text, records, stride, count }: ReturnType<typeof read>) =>
	Array.from({ length: count }, (_, index) => {
		const at = records + index * stride;
		return { id: data.getUint32(at, true), price: data.getFloat64(at + 8, true), symbol: text(at + 16, 8) };
	});

const SIGNATURE = '{"id":u32,"price":f64,"symbol":char(8)}';

test('lists and vectors: records alone', () => {
	for (const [bytes, kind] of [
		[new FluxList(Order, orders).snapshot(), 1],
		[new FluxVector(Order, orders).snapshot(), 5],
	] as const) {
		const snapshot = read(bytes);
		expect(snapshot).toMatchObject({ kind, signature: SIGNATURE, count: 3, stride: 24 });
		expect(snapshot.records).toBe(64 + 40);
		expect(ordersOf(snapshot)).toEqual(orders);
	}
});

test('queues: the bound and what happens at it', () => {
	const queue = new FluxQueue(Order, { capacity: 3, whenFull: 'overwrite' });
	for (const order of [...orders, orders[0]]) queue.push(order);
	const snapshot = read(queue.snapshot());
	expect(snapshot.kind).toBe(3);
	expect([snapshot.word(snapshot.details), snapshot.word(snapshot.details + 4)]).toEqual([3, 1]);
	expect(ordersOf(snapshot)).toEqual([orders[1], orders[2], orders[0]]);
});

test('maps: the type of the keys, and the keys', () => {
	const map = new FluxHashMap(char(5), Order);
	for (const order of orders) map.set(`k${order.id % 100}`, order);
	const snapshot = read(map.snapshot());
	expect(snapshot.kind).toBe(4);
	const length = snapshot.word(snapshot.details);
	expect(snapshot.text(snapshot.details + 4, length)).toBe('char(5)');
	const keys = snapshot.details + 4 + Math.ceil(length / 4) * 4;
	expect([0, 1, 2].map((index) => snapshot.text(keys + 8 * index, 8))).toEqual(['k1', 'k2', 'k0']);
	expect(ordersOf(snapshot)).toEqual(orders);
});

test('order books: terms, and orders in priority', () => {
	const book = new FluxOrderBook({ tickSize: '0.01', lotSize: '0.5' });
	book.add(7, 'sell', 10_125, 3);
	book.add(8, 'buy', 10_100, 5);
	const snapshot = read(book.snapshot());
	expect(snapshot).toMatchObject({ kind: 2, count: 2 });
	expect(snapshot.data.getFloat64(snapshot.details, true)).toBe(2);
	expect(snapshot.word(snapshot.details + 5 * 4)).toBe(1);
	expect([8, 18].map((word) => snapshot.text(snapshot.details + word * 4, 40))).toEqual(['0.01', '0.5']);
	expect(snapshot.signature).toBe('{"lots":f64,"idLow":u32,"idHigh":u32,"ticks":i32,"owner":i32}');
	expect(snapshot.data.getUint32(snapshot.records + 8, true)).toBe(8);
});

test.skipIf(python === undefined)('the reader in Python reads it, checksum and all', () => {
	const Mixed = struct({ flag: u8, level: i16, price: f64, symbol: char(3), id: u32 });
	const mixed = [
		{ flag: 1, level: -2, price: 0.5, symbol: 'ABC', id: 9 },
		{ flag: 0, level: 300, price: 1e100, symbol: '', id: 4_294_967_295 },
	];
	for (const list of [new FluxList(Order, orders), new FluxList(Mixed, mixed), new FluxList(Order)]) {
		const lines = withFile(list.snapshot(), (file) => run(python as string, ['-c', blockOf('python'), file]));
		const printed = lines === '' ? [] : lines.split('\n').map((line) => JSON.parse(line.replaceAll("'", '"')));
		expect(printed).toEqual(list.toArray());
	}
	const damaged = new FluxList(Order, orders).snapshot();
	damaged[damaged.length - 1] ^= 1;
	const { status, stderr } = withFile(damaged, (file) => spawnSync(python as string, ['-c', blockOf('python'), file]));
	expect([status, String(stderr).includes('damaged')]).toEqual([1, true]);
});

test.skipIf(compiler === undefined)('the reader in C reads it', () => {
	const printed = withFile(new FluxList(Order, orders).snapshot(), (file, folder) => {
		const [source, binary] = [join(folder, 'reader.c'), join(folder, 'reader')];
		writeFileSync(source, blockOf('c'));
		run(compiler as string, ['-std=c11', '-Wall', '-Wextra', '-Werror', '-o', binary, source]);
		return run(binary, [file]);
	});
	expect(printed).toBe('1 99.5 AAPL\n2 101 MSFT\n4000000000 -0.125 ABCDEFGH');
});
