// What must hold in every engine, over the built packages, with `eval` and without: run by `npm run test:runtimes`, by
// `npm test` under `node --disallow-code-generation-from-strings`, and in a page whose Content-Security-Policy forbids
// `eval`. So this file uses nothing but the language: no test framework, no Node, no import.

/** @param {boolean} truth @param {string} claim */
function check(truth, claim) {
	if (!truth) throw new Error(claim);
}

/** @param {unknown} actual @param {unknown} expected @param {string} what */
function same(actual, expected, what) {
	const text = (/** @type {unknown} */ value) =>
		JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part));
	check(text(actual) === text(expected), `${what}: expected ${text(expected)}, got ${text(actual)}`);
}

/** @param {() => unknown} call @param {string} code @param {string} what */
function refused(call, code, what) {
	try {
		call();
	} catch (error) {
		const found = /** @type {{ code?: string }} */ (error).code;
		check(found === code, `${what}: expected an error with the code ${code}, got ${String(error)}`);
		return;
	}
	throw new Error(`${what}: expected an error with the code ${code}, and nothing was thrown`);
}

/** @type {Record<string, (flux: Flux) => void>} */
const tests = {
	'a struct has the layout of C'({ core }) {
		const { struct, i32, f64, u8 } = core;
		const Order = struct({ id: i32, price: f64, side: u8 });
		same(Order.size, 24, 'size');
		same(Order.alignment, 8, 'alignment');
		same({ ...Order.offsets }, { id: 0, price: 8, side: 16 }, 'offsets');
	},

	'every type of field is read back as it was written'({ core, containers }) {
		const { struct, i8, u8, i16, u16, i32, u32, f32, f64, i64, u64, bool, char, array } = core;
		const Point = struct({ x: f32, y: f32 });
		const Everything = struct({
			...{ a: i8, b: u8, c: i16, d: u16, e: i32, f: u32, g: f32, h: f64, i: i64, j: u64 },
			...{ k: bool, l: char(8), m: array(u16, 3), n: Point, 'a name with `quotes` and ${braces}': u8 },
		});
		const record = {
			...{ a: -1, b: 255, c: -2, d: 65_535, e: -3, f: 4_294_967_295, g: 0.5, h: 0.1, i: -5n, j: 2n ** 63n },
			...{ k: true, l: 'héllo', m: [1, 2, 3], n: { x: 1.5, y: -2.5 }, 'a name with `quotes` and ${braces}': 7 },
		};
		const list = new containers.FluxList(Everything);
		same(list.get(list.pushBack(record)), record, 'the record');
		list.dispose();
	},

	'a list is walked in its order by copies, by views and by nodes'({ core, containers }) {
		const list = numbers(core, containers, [3, 1, 2]);
		same(Array.from(list, idOf), [3, 1, 2], 'copies');
		const seen = [];
		for (const view of list.views()) {
			seen.push(view.id);
			view.price *= 2;
		}
		same(seen, [3, 1, 2], 'views');
		const prices = [];
		for (let node = list.first; node !== 0; node = list.next(node)) prices.push(list.get(node).price);
		same(prices, [6, 2, 4], 'what was written through the views');
		list.dispose();
	},

	'a node is erased once'({ core, containers }) {
		const list = numbers(core, containers, [1]);
		const second = list.emplaceBack(2, 2);
		const third = list.emplaceBack(3, 3);
		same(list.erase(second) === third, true, 'what erase returns is the next node');
		refused(() => list.erase(second), 'FLUX_NODE', 'erasing it again');
		same(Array.from(list, idOf), [1, 3], 'what is left');
		list.dispose();
		refused(() => list.emplaceBack(4, 4), 'FLUX_DISPOSED', 'use after dispose');
	},

	'sort is stable and keeps nodes valid'({ core, containers }) {
		const list = numbers(core, containers, [10, 31, 11, 20]);
		const thirty = list.emplaceFront(30, 30);
		list.sort((a, b) => Math.trunc(a.id / 10) - Math.trunc(b.id / 10));
		same(Array.from(list, idOf), [10, 11, 20, 30, 31], 'order');
		same(list.get(thirty).id, 30, 'the node of 30');
		list.validate();
		list.dispose();
	},

	'hot code is made per struct where text may become code, whatever a build did to it'({ core, containers }) {
		const list = numbers(core, containers, [1, 2]);
		let stack = '';
		try {
			list.sort(() => {
				throw new Error('to see who called');
			});
		} catch (error) {
			stack = String(/** @type {Error} */ (error).stack);
		}
		same(/\bflux-[\w-]+-\d+\.js/.test(stack), core.internals.canEvaluate, 'the caller is generated code');
		same(Array.from(list, idOf), [1, 2], 'the list, after a comparator that threw');
		list.dispose();
	},

	'splice moves nodes between lists'({ core, containers }) {
		const list = numbers(core, containers, [1, 4]);
		const other = new containers.FluxList(priced(core));
		const two = other.emplaceBack(2, 2);
		other.emplaceBack(3, 3);
		list.splice(list.last, other);
		same(Array.from(list, idOf), [1, 2, 3, 4], 'order');
		same([list.size, other.size], [4, 0], 'sizes');
		same(list.get(two).id, 2, 'the node of 2');
		refused(() => other.get(two), 'FLUX_NODE', 'asking the list it left');
		list.validate();
		other.validate();
		list.dispose();
		other.dispose();
	},

	'what is cleared is used again'({ core, containers }) {
		const list = numbers(
			core,
			containers,
			Array.from({ length: 1_000 }, (_, index) => index),
		);
		const { capacity } = list;
		for (let round = 0; round < 10; round++) {
			list.clear();
			for (let id = 0; id < 1_000; id++) list.emplaceBack(id, id);
		}
		same(list.capacity, capacity, 'capacity after ten rounds');
		same(
			list.reduce((sum, record) => sum + record.id, 0),
			499_500,
			'sum',
		);
		list.dispose();
	},

	'a walk goes on where its node is erased, and sees what is appended'({ core, containers }) {
		const list = numbers(core, containers, [1, 2, 3]);
		const seen = [];
		for (const [node, { id }] of list.entries()) {
			seen.push(id);
			list.erase(node);
			if (id < 3) list.emplaceBack(id + 10, 0);
		}
		same(seen, [1, 2, 3, 11, 12], 'what was seen');
		same(list.empty, true, 'whether it is empty');
		list.validate();
		list.dispose();
	},

	'sortBy puts -0 beside 0 and NaN last, and compact puts memory in the order of the walk'({ core, containers }) {
		const list = new containers.FluxList(priced(core));
		[0.5, Number.NaN, -1, 0, -0, 1e300, -1e300, Number.NEGATIVE_INFINITY].forEach((price, id) => {
			list.emplaceBack(id, price);
		});
		list.sortBy('price');
		same(Array.from(list, idOf), [7, 6, 2, 3, 4, 0, 5, 1], 'ascending');
		list.sortBy('price', { descending: true });
		same(Array.from(list, idOf), [5, 0, 3, 4, 2, 6, 7, 1], 'descending');
		same(list.compact() > 0, true, 'whether records moved');
		const places = [...list.keys()];
		same(
			places,
			places.toSorted((a, b) => a - b),
			'the nodes',
		);
		same(Array.from(list, idOf), [5, 0, 3, 4, 2, 6, 7, 1], 'after compact');
		list.validate();
		list.dispose();
	},

	'checked mode catches a place that is used again, and a number out of range'({ core, containers }) {
		const list = new containers.FluxList(core.struct({ id: core.u8 }), { checked: true });
		const old = list.emplaceBack(1);
		list.erase(old);
		const fresh = list.emplaceBack(2);
		refused(() => list.get(old), 'FLUX_NODE', 'the erased node');
		refused(() => list.emplaceBack(256), 'FLUX_RANGE', 'a number that does not fit');
		same(list.get(fresh), { id: 2 }, 'the new node');
		same([list.size, list.has(old)], [1, false], 'size, and whether the old one is there');
		list.validate();
		list.dispose();
	},

	'a view is stale once its node is erased or its list cleared'({ core, containers }) {
		const list = numbers(core, containers, [1, 2]);
		const node = list.emplaceBack(3, 3);
		const view = list.at(node);
		view.price = 9;
		same(list.get(node).price, 9, 'what was written through it');
		list.erase(node);
		refused(() => view.price, 'FLUX_STALE_VIEW', 'reading it after erase');
		const other = list.emplaceBack();
		list.clear();
		refused(() => other.id, 'FLUX_STALE_VIEW', 'reading it after clear');
		list.dispose();
	},

	'an arena that may be shared grows under its lists, and says when it is full'({ core, containers }) {
		for (const shared of [false, true]) {
			// Where pages are not isolated, a browser has no shared memory.
			if (shared && typeof SharedArrayBuffer !== 'function') continue;
			const arena = new core.Arena({ maxBytes: 4 * 1024 * 1024, shared });
			const heap = new core.Heap(arena);
			const list = new containers.FluxList(priced(core), { heap });
			for (let id = 0; id < 100_000; id++) list.emplaceBack(id, id);
			same([list.front.id, list.back.id, list.size], [0, 99_999, 100_000], 'ends and size');
			refused(() => list.resize(1_000_000), 'FLUX_OUT_OF_MEMORY', 'more than there is');
			same(list.size, 100_000, 'size after it');
			list.validate();
			heap.dispose();
			refused(() => list.front, 'FLUX_DISPOSED', 'use after the heap is disposed');
			arena.dispose();
		}
	},

	'a snapshot is restored in either mode, and refused once a byte is changed'({ core, containers }) {
		const list = numbers(core, containers, [3, 1, 2]);
		const bytes = list.snapshot();
		for (const checked of [false, true]) {
			const restored = containers.FluxList.restore(priced(core), bytes, { checked });
			same(Array.from(restored), Array.from(list), 'the records');
			same(Array.from(restored.snapshot()), Array.from(bytes), 'the snapshot of what was restored');
			restored.dispose();
		}
		for (let at = 0; at < bytes.length; at++) {
			const changed = bytes.slice();
			changed[at] ^= 1;
			refused(() => containers.FluxList.restore(priced(core), changed), 'FLUX_SNAPSHOT', `byte ${at} changed`);
			refused(() => containers.FluxList.restore(priced(core), bytes.slice(0, at)), 'FLUX_SNAPSHOT', `${at} bytes`);
		}
		list.dispose();
	},

	'ten records at once keep each to its own'({ core, containers }) {
		const lists = Array.from({ length: 10 }, (_, index) => {
			const record = core.struct(['id', core.u32], [`name${index}`, core.char(index + 1)]);
			const list = new containers.FluxList(record);
			for (let id = 0; id < 100; id++) list.emplaceBack(id, 'x'.repeat(index));
			return list;
		});
		lists.forEach((list, index) => {
			list.sort((a, b) => b.id - a.id);
			same(list.front, { id: 99, [`name${index}`]: 'x'.repeat(index) }, `record ${index}`);
			list.validate();
			list.dispose();
		});
	},

	'a map finds records by numbers, ids of 64 bits and texts, in the order in which they came'({ core, containers }) {
		const { u32, u64, i64, char } = core;
		const Item = core.struct(['count', core.i32], ['price', core.f64]);
		/** @type {[any, any[]][]} */
		const kinds = [
			[u32, [5, 0, 4_294_967_295]],
			[u64, [5n, 0n, 2n ** 64n - 1n]],
			[i64, [-5n, 0n, -(2n ** 63n)]],
			[char(6), ['AAPL', '', '價格']],
		];
		for (const [type, keys] of kinds) {
			const map = new containers.FluxHashMap(type, Item);
			keys.forEach((key, at) => void map.emplace(key, at, at / 2));
			same([...map.keys()], keys, 'keys');
			same(map.get(keys[2]), { count: 2, price: 1 }, 'a record');
			const node = map.find(keys[1]);
			same([map.delete(keys[0]), map.delete(keys[0])], [true, false], 'what delete says');
			same(map.find(keys[1]) === node, true, 'whether the node stays');
			refused(() => map.at(keys[0]), 'FLUX_KEY', 'asking for what was deleted');
			refused(() => map.get(0.5), 'FLUX_ARGUMENT', 'what is no key');
			map.validate();
			map.dispose();
			refused(() => map.get(keys[1]), 'FLUX_DISPOSED', 'use after dispose');
		}
	},

	'a map grows under its nodes, and sequences, strides and collisions are the same to it'({ core, containers }) {
		const Item = core.struct(['count', core.u32]);
		// The inverse of the multiplier that places keys: multiples of it fall on one line.
		for (const stride of [1, 64, 0x144cbc89 * 8]) {
			const map = new containers.FluxHashMap(core.u32, Item);
			const node = map.emplace(7, 7);
			for (let count = 1; count <= 20_000; count++) map.insert(Math.imul(count, stride) >>> 0, { count });
			for (let count = 1; count <= 20_000; count += 3) map.delete(Math.imul(count, stride) >>> 0);
			same(map.get(Math.imul(20_000, stride) >>> 0)?.count, 20_000, 'the last');
			if (stride !== 1) same(map.find(7) === node, true, 'the node of the first');
			map.validate();
			map.clear();
			same([map.size, map.has(64)], [0, false], 'after clear');
			map.dispose();
		}
	},

	'text comes back as it was, in any script'({ core, containers }) {
		const list = new containers.FluxList(core.struct({ text: core.char(12) }));
		for (const text of ['', 'AAPL', 'naïve', '價格', '😀😀😀', '\ufeffmark', 'twelve chars']) {
			same(list.get(list.pushBack({ text })), { text }, 'the record');
		}
		refused(() => list.pushBack({ text: '價格價格價' }), 'FLUX_RECORD', 'fifteen bytes');
		refused(() => list.pushBack({ text: 'a\0b' }), 'FLUX_RECORD', 'a zero character');
		list.dispose();
	},

	'a vector is filled, read, sorted, searched and saved'({ core, containers }) {
		const Row = priced(core);
		const vector = new containers.FluxVector(Row);
		for (const id of [5, 3, 8, 1]) vector.emplaceBack(id, id / 2);
		vector.pushBack({ id: 4, price: 0.5 });
		vector.at(0).price = 9;
		vector.sort((a, b) => a.id - b.id);
		same(Array.from(vector, idOf), [1, 3, 4, 5, 8], 'in order');
		same(vector.lowerBoundBy('id', 4), 2, 'the lower bound');
		vector.erase(1);
		const copy = containers.FluxVector.restore(Row, vector.snapshot());
		same(copy.toArray(), vector.toArray(), 'the copy');
		refused(() => vector.get(4), 'FLUX_POSITION', 'a position behind the end');
		vector.validate();
		vector.dispose();
		copy.dispose();
	},

	'blocks of a heap are taken, given back once, and guarded'({ core }) {
		for (const checked of [false, true]) {
			const heap = new core.Heap(new core.Arena({ maxBytes: 1 << 22 }), { checked });
			const blocks = [8, 48, 1000, 50_000].map((bytes) => heap.allocate(bytes));
			for (const block of blocks) heap.memory.i32[block] = block;
			const larger = heap.reallocate(blocks[1], 5000);
			same(heap.memory.i32[larger], blocks[1], 'what was moved');
			heap.deallocate(blocks[0]);
			refused(() => heap.deallocate(blocks[0]), 'FLUX_DOUBLE_FREE', 'the same block');
			refused(() => heap.deallocate(blocks[2] + 1), 'FLUX_INTERIOR_POINTER', 'an index inside a block');
			refused(() => heap.deallocate(7), 'FLUX_FOREIGN_POINTER', 'what is no block');
			same(heap.stats().blocks.count, 3, 'live blocks');
			heap.validate();
			heap.dispose();
		}
	},
};

/** @typedef {{ core: typeof import('@flux/core'), containers: typeof import('@flux/containers') }} Flux */

/** @param {{ id: number }} record */
const idOf = (record) => record.id;

/** The record of most tests: an id and a price. @param {Flux['core']} core */
const priced = ({ struct, i32, f64 }) => struct(['id', i32], ['price', f64]);

/**
 * A list of such records, with prices equal to the ids.
 *
 * @param {Flux['core']} core
 * @param {Flux['containers']} containers
 * @param {readonly number[]} ids
 */
function numbers(core, containers, ids) {
	const list = new containers.FluxList(priced(core));
	for (const id of ids) list.emplaceBack(id, id);
	return list;
}

/**
 * Runs every test, and reports each by name, with its error where it failed.
 *
 * @param {Flux} flux the two packages, loaded in whichever way is being tested
 * @param {(name: string, error?: unknown) => void} report
 */
export async function run(flux, report) {
	for (const [name, test] of Object.entries(tests)) {
		try {
			test(flux);
			report(name);
		} catch (error) {
			report(name, error ?? new Error('undefined was thrown'));
		}
	}
}
