import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OutOfMemoryError } from '../errors.js';
import { Arena } from '../memory/arena.js';
import { PAGE_BYTES } from '../memory/page-map.js';
import { runs } from '../soak.testing.js';
import { FREE, NEXT, OWNER } from './layout.js';
import { NodePool } from './node-pool.js';

/** A pool whose nodes are taken and returned by hand, as containers do it inline. */
class Scene {
	readonly arena: Arena;
	readonly pool: NodePool;
	readonly taken = new Set<number>();
	readonly ring: number;
	readonly #owned: number;

	constructor(stride: number, maxBytes = 2 ** 22, stamp = 0) {
		this.arena = new Arena({ maxBytes });
		const header = this.arena.takePages(1);
		const { i32 } = this.arena.memory;
		i32.fill(0, header, header + PAGE_BYTES / 4);
		this.pool = new NodePool(this.arena, this.arena.memory, header, stride, stamp, () => this.pool.trim() > 0);
		this.ring = header + 16;
		this.pool.openRing(this.ring, 1);
		this.#owned = this.arena.stats().used;
	}

	take(): number {
		const { memory, header } = this.pool;
		if (memory.i32[header + FREE] === 0) this.pool.refill();
		const { i32 } = memory;
		const node = i32[header + FREE];
		i32[header + FREE] = i32[node + NEXT];
		// Linked at the end of the ring, as a container would.
		const last = i32[this.ring + 1];
		i32[node] = this.ring;
		i32[node + 1] = last;
		i32[node + OWNER] = 1;
		i32[last] = node;
		i32[this.ring + 1] = node;
		i32[this.ring + 3]++;
		if (this.taken.has(node)) throw new Error(`node ${node} was given out twice`);
		for (let word = 3; word < this.pool.stride; word++) i32[node + word] = node + word;
		this.taken.add(node);
		return node;
	}

	give(node: number): void {
		const { i32 } = this.pool.memory;
		const { header } = this.pool;
		for (let word = 3; word < this.pool.stride; word++) {
			if (i32[node + word] !== node + word) throw new Error(`word ${word} of node ${node} was overwritten`);
		}
		i32[i32[node + 1]] = i32[node];
		i32[i32[node] + 1] = i32[node + 1];
		i32[node + OWNER] = 0;
		i32[node] = i32[header + FREE];
		i32[header + FREE] = node;
		i32[this.ring + 4]++;
		this.taken.delete(node);
	}

	check(): void {
		const { pool, arena } = this;
		expect(pool.faults()).toEqual([]);
		expect(arena.faults()).toEqual([]);
		expect(pool.live).toBe(this.taken.size);
		expect(arena.stats().used).toBe(this.#owned + pool.bytes);
		for (const node of this.taken) {
			if (!pool.contains(node) || pool.contains(node + 1)) throw new Error(`contains() is wrong about node ${node}`);
		}
	}
}

const operations = fc.array(
	fc.oneof(
		{ weight: 4, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 400 }) }) },
		{ weight: 4, arbitrary: fc.record({ give: fc.integer({ min: 1, max: 600 }), from: fc.nat() }) },
		{ weight: 1, arbitrary: fc.record({ reserve: fc.integer({ min: 0, max: 3000 }) }) },
		{ weight: 1, arbitrary: fc.constant({ trim: true }) },
		{ weight: 1, arbitrary: fc.constant({ clear: true }) },
	),
	{ maxLength: 25, size: 'max' },
);

test('nodes are given out once each, whatever is taken, returned, reserved and trimmed in between', () => {
	fc.assert(
		fc.property(fc.integer({ min: 4, max: 40 }), operations, (stride, sequence) => {
			const scene = new Scene(stride);
			for (const operation of sequence) {
				if ('take' in operation) for (let count = operation.take; count > 0; count--) scene.take();
				else if ('give' in operation) {
					const nodes = [...scene.taken];
					const start = operation.from % (nodes.length || 1);
					for (const node of nodes.slice(start, start + operation.give)) scene.give(node);
				} else if ('reserve' in operation) {
					scene.pool.reserve(operation.reserve);
					const { capacity } = scene.pool;
					expect(capacity - scene.pool.live).toBeGreaterThanOrEqual(operation.reserve);
				} else if ('trim' in operation) {
					const { bytes } = scene.pool;
					expect(scene.pool.trim()).toBe(bytes - scene.pool.bytes);
					if (scene.taken.size === 0) expect(scene.pool.bytes).toBe(0);
				} else {
					scene.pool.takeBackChain(scene.ring);
					scene.taken.clear();
				}
				scene.check();
			}
			scene.arena.dispose();
		}),
		{ numRuns: runs(400) },
	);
});

test('room that was reserved is enough: taking that many nodes takes no further slab', () => {
	for (const count of [0, 1, 7, 1_000, 50_000]) {
		const scene = new Scene(6);
		scene.take();
		scene.pool.reserve(count);
		const { bytes } = scene.pool;
		for (let taken = 0; taken < count; taken++) scene.take();
		expect(scene.pool.bytes).toBe(bytes);
		scene.check();
		scene.arena.dispose();
	}
});

test('reserve throws when the arena cannot hold it, and takes nothing that it does not keep', () => {
	const scene = new Scene(6, 8 * PAGE_BYTES);
	const node = scene.take();
	expect(() => scene.pool.reserve(1_000_000)).toThrow(OutOfMemoryError);
	scene.check();
	expect(() => {
		for (;;) scene.take();
	}).toThrow(OutOfMemoryError);
	scene.check();
	const whole = scene.taken.size;
	expect(whole).toBeGreaterThan(6 * 650);
	for (const each of [...scene.taken]) if (each !== node) scene.give(each);
	// The pool's own slabs are empty but for one: what they hold and what is asked for do not fit together.
	// A large slab has room for a few nodes more than many small ones.
	expect(() => scene.pool.reserve(whole + 100)).toThrow(OutOfMemoryError);
	scene.check();
	scene.pool.reserve(whole - 1);
	scene.check();
	scene.arena.dispose();
});

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '5' as never])('reserve(%s) is refused', (count) => {
	const scene = new Scene(6);
	expect(() => scene.pool.reserve(count)).toThrow(expect.objectContaining({ code: 'FLUX_ARGUMENT' }));
	scene.arena.dispose();
});

test('slabs grow with the pool, so that a small one is small and a large one takes few', () => {
	const scene = new Scene(6, 2 ** 26);
	scene.take();
	expect(scene.pool.bytes).toBe(PAGE_BYTES);
	const sizes = new Set<number>();
	for (let count = 0; count < 200_000; count++) {
		scene.take();
		sizes.add(scene.pool.bytes);
	}
	expect(sizes.size).toBeLessThan(20);
	expect(scene.pool.bytes).toBeLessThan(200_000 * 24 * 2);
	scene.arena.dispose();
});

test('a node larger than a page has a slab that holds several', () => {
	const scene = new Scene(5_000);
	const nodes = Array.from({ length: 20 }, () => scene.take());
	expect(new Set(nodes).size).toBe(20);
	scene.check();
	scene.arena.dispose();
});

test('a ring that is closed gives its chain back and leaves the others alone', () => {
	const scene = new Scene(6);
	const { pool, ring } = scene;
	const second = ring + 16;
	const third = ring + 32;
	pool.openRing(second, 2);
	pool.openRing(third, 3);
	for (let count = 0; count < 100; count++) scene.take();
	expect([...pool.rings()]).toEqual([third, second, ring]);
	pool.closeRing(second);
	expect([...pool.rings()]).toEqual([third, ring]);
	pool.closeRing(third);
	pool.closeRing(ring);
	expect([...pool.rings()]).toEqual([]);
	scene.taken.clear();
	expect(pool.live).toBe(0);
	expect(pool.faults()).toEqual([]);
	pool.trim();
	expect(pool.bytes).toBe(0);
	scene.arena.dispose();
});

test('faults() sees a free chain that runs in a circle, leaves the pool or loses nodes', () => {
	const damages: ((scene: Scene, node: number) => void)[] = [
		(scene, node) => {
			scene.pool.memory.i32[node] = node;
		},
		(scene, node) => {
			scene.pool.memory.i32[node] = 12_345;
		},
		(scene, node) => {
			scene.pool.memory.i32[node] = 0;
		},
		(scene) => {
			scene.pool.memory.i32[scene.ring + 3]++;
		},
		(scene) => {
			scene.pool.memory.i32[scene.pool.header + 5]++;
		},
		(scene) => {
			scene.pool.memory.i32[scene.pool.header + 6]++;
		},
	];
	for (const damage of damages) {
		const scene = new Scene(6);
		for (let count = 0; count < 10; count++) scene.take();
		const [a, b] = scene.taken;
		scene.give(a);
		scene.give(b);
		scene.check();
		damage(scene, b);
		expect(scene.pool.faults(), String(damage)).not.toEqual([]);
		scene.arena.dispose();
	}
});
