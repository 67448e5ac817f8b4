import type { FluxPosition } from './list.js';
import {
	type Call,
	compareItems,
	type Entry,
	type Item,
	type ItemNode,
	type Operation,
	type Pair,
	type World,
} from './list-model.testing.js';

type Position = FluxPosition<typeof Item>;

/** The same call on a list and on its model. */
type Make = (operation: Operation, world: World, self: Pair, other: Pair) => Call;

const fresh = (record: Item): Entry => ({ node: 0, record: { ...record } });
const values = ({ key, price, name }: Item) => [key, price, name] as const;
const byKey = (a: { key: number }, b: { key: number }) => a.key - b.key;
const byNumber = (a: number, b: number, descending: boolean) => {
	if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
	return descending ? b - a || 0 : a - b || 0;
};

/** The position before the entry at `index`; 0 behind the last. */
const positionAt = (pair: Pair, index: number) => (pair.entries[index]?.node ?? 0) as Position;
const nodeAt = (pair: Pair, index: number) => pair.entries[index].node as ItemNode;

/** A position from 0 to the length, the end included. */
const place = (pair: Pair, index: number) => index % (pair.entries.length + 1);
const nothing: Call = { real: () => undefined, model: () => undefined };

function inserted(self: Pair, at: number, items: readonly Item[]): { nodeOf: Entry | undefined } {
	const entries = items.map(fresh);
	self.entries.splice(at, 0, ...entries);
	return { nodeOf: self.entries[at] };
}

/** Removes what `gone` accepts; it sees the entry kept before. */
function removeWhere(
	world: World,
	self: Pair,
	gone: (entry: Entry, kept: Entry | undefined) => boolean,
): { value: number } {
	const kept: Entry[] = [];
	const removed: Entry[] = [];
	for (const entry of self.entries) (gone(entry, kept.at(-1)) ? removed : kept).push(entry);
	self.entries = kept;
	world.bury(removed);
	return { value: removed.length };
}

function cutOut(world: World, self: Pair, from: number, count: number): void {
	world.bury(self.entries.splice(from, count));
}

const copiesOf = ({ entries }: Pair): Item[] => entries.map(({ record }) => ({ ...record }));

export const inserting = {
	pushBack: ({ item }, _, self) => ({
		real: () => self.list.pushBack(item),
		model: () => inserted(self, self.entries.length, [item]),
	}),
	pushFront: ({ item }, _, self) => ({ real: () => self.list.pushFront(item), model: () => inserted(self, 0, [item]) }),
	emplaceBack: ({ item }, _, self) => ({
		real: () => self.list.emplaceBack(...values(item)),
		model: () => inserted(self, self.entries.length, [item]),
	}),
	emplaceFront: ({ item }, _, self) => ({
		real: () => self.list.emplaceFront(...values(item)),
		model: () => inserted(self, 0, [item]),
	}),
	emplace: ({ item, i }, _, self) => {
		const at = place(self, i);
		return {
			real: () => self.list.emplace(positionAt(self, at), ...values(item)),
			model: () => inserted(self, at, [item]),
		};
	},
	emplaceByName: ({ item, i, j }, _, self) => {
		const at = [0, self.entries.length, place(self, i)][j % 3];
		return {
			real() {
				const view = [
					() => self.list.emplaceFront(),
					() => self.list.emplaceBack(),
					() => self.list.emplace(positionAt(self, at)),
				][j % 3]();
				const zeroed = { key: view.key, price: view.price, name: view.name };
				Object.assign(view, item);
				return zeroed;
			},
			model() {
				inserted(self, at, [item]);
				return { value: { key: 0, price: 0, name: '' } };
			},
		};
	},
	insert: ({ item, i }, _, self) => {
		const at = place(self, i);
		return { real: () => self.list.insert(positionAt(self, at), item), model: () => inserted(self, at, [item]) };
	},
	insertFilled: ({ item, i, count }, _, self) => {
		const at = place(self, i);
		return {
			real: () => self.list.insert(positionAt(self, at), count, item),
			model: () => inserted(self, at, new Array<Item>(count).fill(item)),
		};
	},
	insertRange: ({ items, i, flag }, _, self) => {
		const at = place(self, i);
		return {
			real: () => self.list.insertRange(positionAt(self, at), flag ? items.values() : items),
			model: () => inserted(self, at, items),
		};
	},
	insertRangeOfItself: ({ i }, _, self) => {
		const at = place(self, i);
		return {
			real: () => self.list.insertRange(positionAt(self, at), self.list),
			model: () => inserted(self, at, copiesOf(self)),
		};
	},
	appendRange: ({ items }, _, self) => ({
		real: () => self.list.appendRange(items),
		model: () => void inserted(self, self.entries.length, items),
	}),
	prependRange: ({ items }, _, self) => ({
		real: () => self.list.prependRange(new Set(items)),
		model: () => void inserted(self, 0, [...new Set(items)]),
	}),
	pushMany: ({ items, flag }, _, self) => ({
		real() {
			const key = items.map((item) => item.key);
			const price = items.map((item) => item.price);
			const name = items.map((item) => item.name);
			self.list.pushMany({
				key: flag ? Int32Array.from(key) : key,
				price: flag ? Float64Array.from(price) : price,
				name,
			});
		},
		model: () => void inserted(self, self.entries.length, items),
	}),
	copyFrom: ({ i }, _, self, other) => {
		const at = place(self, i);
		return {
			real: () => self.list.copyFrom(other.list, positionAt(self, at)),
			model: () => inserted(self, at, copiesOf(other)),
		};
	},
	assign: ({ items, flag }, world, self) => ({
		real: () => self.list.assign(flag ? items : items.values()),
		model() {
			cutOut(world, self, 0, self.entries.length);
			inserted(self, 0, items);
			return undefined;
		},
	}),
	assignFilled: ({ item, count }, world, self) => ({
		real: () => self.list.assign(count, item),
		model() {
			cutOut(world, self, 0, self.entries.length);
			inserted(self, 0, new Array<Item>(count).fill(item));
			return undefined;
		},
	}),
	assignOther: (_, world, self, other) => ({
		real: () => self.list.assign(other.list),
		model() {
			const copies = copiesOf(other);
			cutOut(world, self, 0, self.entries.length);
			inserted(self, 0, copies);
			return undefined;
		},
	}),
	resize: ({ item, count, flag }, world, self) => ({
		real: () => (flag ? self.list.resize(count, item) : self.list.resize(count)),
		model() {
			const { length } = self.entries;
			if (count < length) cutOut(world, self, count, length - count);
			else inserted(self, length, new Array<Item>(count - length).fill(flag ? item : { key: 0, price: 0, name: '' }));
			return undefined;
		},
	}),
	set: ({ item, i }, _, self) => {
		if (self.entries.length === 0) return nothing;
		const at = i % self.entries.length;
		return {
			real: () => self.list.set(nodeAt(self, at), item),
			model() {
				self.entries[at].record = { ...item };
				return undefined;
			},
		};
	},
	writeThroughView: ({ item, i }, _, self) => {
		if (self.entries.length === 0) return nothing;
		const at = i % self.entries.length;
		return {
			real() {
				const view = self.list.at(nodeAt(self, 0));
				self.list.at(nodeAt(self, at), view);
				Object.assign(view, item);
			},
			model() {
				self.entries[at].record = { ...item };
				return undefined;
			},
		};
	},
	cloneInto: (_, world, self, other) => ({
		real() {
			const copy = self.list.clone();
			if (other === self) {
				copy.validate();
				copy.dispose();
				return;
			}
			other.list.dispose();
			other.list = copy;
		},
		model() {
			if (other === self) return undefined;
			world.bury(other.entries);
			other.entries = copiesOf(self).map(fresh);
			return undefined;
		},
	}),
} satisfies Record<string, Make>;

export const erasing = {
	erase: ({ i }, world, self) => {
		if (self.entries.length === 0) return nothing;
		const at = i % self.entries.length;
		return {
			real: () => self.list.erase(nodeAt(self, at)),
			model() {
				cutOut(world, self, at, 1);
				return { nodeOf: self.entries[at] };
			},
		};
	},
	eraseRange: ({ i, j }, world, self) => {
		const from = Math.min(place(self, i), place(self, j));
		const to = Math.max(place(self, i), place(self, j));
		return {
			real: () => self.list.erase(positionAt(self, from), positionAt(self, to)),
			model() {
				cutOut(world, self, from, to - from);
				return { nodeOf: self.entries[from] };
			},
		};
	},
	popFront: (_, world, self) => {
		if (self.entries.length === 0) return nothing;
		return { real: () => self.list.popFront(), model: () => void cutOut(world, self, 0, 1) };
	},
	popBack: (_, world, self) => {
		if (self.entries.length === 0) return nothing;
		return { real: () => self.list.popBack(), model: () => void cutOut(world, self, self.entries.length - 1, 1) };
	},
	tryPopFront: (_, world, self) => ({
		real: () => self.list.tryPopFront(),
		model() {
			const value = self.entries[0]?.record;
			cutOut(world, self, 0, 1);
			return { value };
		},
	}),
	tryPopBack: (_, world, self) => ({
		real: () => self.list.tryPopBack(),
		model() {
			const value = self.entries.at(-1)?.record;
			if (value !== undefined) cutOut(world, self, self.entries.length - 1, 1);
			return { value };
		},
	}),
	clear: (_, world, self) => ({
		real: () => self.list.clear(),
		model: () => void cutOut(world, self, 0, self.entries.length),
	}),
	removeIf: ({ item }, world, self) => ({
		real: () => self.list.removeIf((view) => view.key === item.key),
		model: () => removeWhere(world, self, ({ record }) => record.key === item.key),
	}),
	remove: ({ item, i, flag }, world, self) => {
		const value = flag && self.entries.length > 0 ? { ...self.entries[i % self.entries.length].record } : item;
		return {
			real: () => self.list.remove(value),
			model: () => removeWhere(world, self, ({ record }) => compareItems(record, value) === 0),
		};
	},
	unique: (_, world, self) => ({
		real: () => self.list.unique(),
		model: () =>
			removeWhere(world, self, ({ record }, kept) => kept !== undefined && compareItems(kept.record, record) === 0),
	}),
	uniqueBy: (_, world, self) => ({
		real: () => self.list.unique((a, b) => a.key === b.key),
		model: () => removeWhere(world, self, ({ record }, kept) => kept !== undefined && kept.record.key === record.key),
	}),
	reserve: ({ count }, _, self) => ({
		real() {
			self.list.reserve(count);
			if (self.list.capacity < count) throw new Error(`capacity ${self.list.capacity} after reserve(${count})`);
		},
		model: () => undefined,
	}),
	shrinkToFit: (_, __, self) => ({
		real: () => self.list.shrinkToFit() % 16_384,
		model: () => ({ value: 0 }),
	}),
	dispose: (_, world, self) => ({
		real() {
			self.list.dispose();
			self.list.dispose();
			self.list = world.makeList();
		},
		model: () => void cutOut(world, self, 0, self.entries.length),
	}),
} satisfies Record<string, Make>;

export const ordering = {
	spliceAll: ({ i }, _, self, other) => {
		if (self === other) return nothing;
		const at = place(self, i);
		return {
			real: () => self.list.splice(positionAt(self, at), other.list),
			model: () => void self.entries.splice(at, 0, ...other.entries.splice(0)),
		};
	},
	spliceNode: ({ i, j }, _, self, other) => {
		if (other.entries.length === 0) return nothing;
		const at = place(self, i);
		const from = j % other.entries.length;
		return {
			real: () => self.list.splice(positionAt(self, at), other.list, nodeAt(other, from)),
			model() {
				const before = self.entries[at];
				const entry = other.entries[from];
				if (before === entry) return undefined;
				other.entries.splice(from, 1);
				self.entries.splice(before === undefined ? self.entries.length : self.entries.indexOf(before), 0, entry);
				return undefined;
			},
		};
	},
	spliceRange: ({ i, j, k }, _, self, other) => {
		const from = Math.min(place(other, j), place(other, k));
		const to = Math.max(place(other, j), place(other, k));
		let at = place(self, i);
		// A position inside the range is refused: another test.
		if (self === other && at >= from && at < to) at = to;
		return {
			real: () => self.list.splice(positionAt(self, at), other.list, positionAt(other, from), positionAt(other, to)),
			model() {
				const before = self.entries[at];
				const moved = other.entries.splice(from, to - from);
				self.entries.splice(before === undefined ? self.entries.length : self.entries.indexOf(before), 0, ...moved);
				return undefined;
			},
		};
	},
	swap: (_, __, self, other) => ({
		real: () => self.list.swap(other.list),
		model() {
			[self.entries, other.entries] = [other.entries, self.entries];
			return undefined;
		},
	}),
	/** Also of lists that are not sorted: what comes out is then what the algorithm of the standard gives. */
	merge: ({ flag }, _, self, other) => ({
		real: () => (flag ? self.list.merge(other.list, byKey) : self.list.merge(other.list)),
		model() {
			if (self === other) return undefined;
			const isLess = ({ record: a }: Entry, { record: b }: Entry) => (flag ? byKey(a, b) : compareItems(a, b)) < 0;
			const mine = self.entries;
			const theirs = other.entries.splice(0);
			const merged: Entry[] = [];
			while (mine.length > 0 || theirs.length > 0) {
				const takeTheirs = mine.length === 0 || (theirs.length > 0 && isLess(theirs[0], mine[0]));
				merged.push(...(takeTheirs ? theirs : mine).splice(0, 1));
			}
			self.entries = merged;
			return undefined;
		},
	}),
	sort: (_, __, self) => ({
		real: () => self.list.sort(byKey),
		model() {
			self.entries.sort((a, b) => byKey(a.record, b.record));
			return undefined;
		},
	}),
	sortDescending: (_, __, self) => ({
		real: () => self.list.sort((a, b) => byKey(b, a)),
		model() {
			self.entries.sort((a, b) => byKey(b.record, a.record));
			return undefined;
		},
	}),
	sortByFields: (_, __, self) => ({
		real: () => self.list.sort(),
		model() {
			if (self.entries.some(({ record }) => Number.isNaN(record.price))) {
				// NaN orders nothing, so any order will do, as long as no element is lost.
				const byNode = new Map(self.entries.map((entry) => [entry.node, entry]));
				self.entries = Array.from(
					self.list.keys(),
					(node) => byNode.get(node) ?? { node: -1, record: self.list.get(node) },
				);
			} else self.entries.sort((a, b) => compareItems(a.record, b.record));
			return undefined;
		},
	}),
	sortByKey: ({ flag }, _, self) => ({
		real: () => self.list.sortBy('key', { descending: flag }),
		model() {
			self.entries.sort((a, b) => byNumber(a.record.key, b.record.key, flag));
			return undefined;
		},
	}),
	sortByPrice: ({ flag }, _, self) => ({
		real: () => (flag ? self.list.sortBy('price', { descending: true }) : self.list.sortBy('price')),
		model() {
			self.entries.sort((a, b) => byNumber(a.record.price, b.record.price, flag));
			return undefined;
		},
	}),
	reverse: (_, __, self) => ({
		real: () => self.list.reverse(),
		model() {
			self.entries.reverse();
			return undefined;
		},
	}),
	compact: ({ flag }, world, self) => {
		const moves = new Map<number, number>();
		return {
			real: () => self.list.compact(flag ? (from, to) => moves.set(from, to) : undefined),
			model() {
				const nodes = Array.from(self.list.keys(), (node) => node as number);
				const addresses = nodes.map((node) => node >>> 0);
				if (addresses.some((address, at) => at > 0 && address <= addresses[at - 1])) {
					throw new Error('compact() left nodes out of order');
				}
				const before = self.entries.map(({ node }) => node);
				const moved = before.filter((node, at) => node >>> 0 !== addresses[at]);
				if (world.checked) world.bury(self.entries.filter(({ node }) => moved.includes(node)));
				self.entries.forEach((entry, at) => {
					const to = moves.get(entry.node);
					if (flag && (to ?? entry.node) !== nodes[at])
						throw new Error(`onMove said ${entry.node} went to ${to}, not ${nodes[at]}`);
					entry.node = nodes[at];
				});
				if (flag && moves.size !== moved.length)
					throw new Error(`onMove was called ${moves.size} times for ${moved.length} moves`);
				return { value: moved.length };
			},
		};
	},
} satisfies Record<string, Make>;

/** Calls that change nothing; their answers are compared. */
export const asking = {
	compare: ({ flag }, _, self, other) => ({
		// Its sign is what is promised: bytes of a text differ by more than one.
		real: () => Math.sign(flag ? self.list.compare(other.list, byKey) : self.list.compare(other.list)),
		model() {
			const orders = self.entries
				.slice(0, other.entries.length)
				.map(({ record }, at) => (flag ? byKey : compareItems)(record, other.entries[at].record));
			const first = orders.find((order) => order !== 0);
			return { value: Math.sign(first ?? self.entries.length - other.entries.length) };
		},
	}),
	equals: ({ flag }, _, self, other) => ({
		real: () => (flag ? self.list.equals(other.list, (a, b) => a.key === b.key) : self.list.equals(other.list)),
		model: () => ({
			value:
				self.entries.length === other.entries.length &&
				self.entries.every(({ record }, at) => {
					const theirs = other.entries[at].record;
					return flag ? record.key === theirs.key : compareItems(record, theirs) === 0;
				}),
		}),
	}),
	search: ({ item: { key } }, _, self) => ({
		real: () => [
			self.list.find((view) => view.key === key),
			self.list.findNode((view) => view.key === key),
			self.list.some((view) => view.key === key),
			self.list.every((view) => view.key !== key),
		],
		model() {
			const found = self.entries.find(({ record }) => record.key === key);
			return { value: [found?.record, found?.node ?? 0, found !== undefined, found === undefined] };
		},
	}),
	fold: (_, __, self) => ({
		real() {
			const seen: unknown[] = [];
			self.list.forEach((view, node) => {
				seen.push([node, { ...view, key: view.key, price: view.price, name: view.name }]);
			});
			const sum = self.list.reduce((all, view, node) => `${all} ${node}:${view.key}`, '');
			return [seen, sum];
		},
		model: () => ({
			value: [
				self.entries.map(({ node, record }) => [node, record]),
				self.entries.map(({ node, record }) => ` ${node}:${record.key}`).join(''),
			],
		}),
	}),
	walk: ({ flag }, _, self) => ({
		real: () => [
			[...self.list],
			[...self.list.values({ reverse: flag })],
			[...self.list.keys({ reverse: flag })],
			[...self.list.entries({ reverse: flag })],
			Array.from(self.list.views({ reverse: flag }), ({ key, price, name }) => ({ key, price, name })),
			self.list.toArray(),
		],
		model() {
			const forward = self.entries.map(({ record }) => record);
			const order = flag ? self.entries.toReversed() : self.entries;
			const records = order.map(({ record }) => record);
			const nodes = order.map(({ node }) => node);
			return { value: [forward, records, nodes, order.map(({ node, record }) => [node, record]), records, forward] };
		},
	}),
	ends: (_, __, self) => ({
		real: () => (self.list.empty ? [] : [self.list.front, self.list.back]),
		model: () => ({ value: self.entries.length === 0 ? [] : [self.entries[0].record, self.entries.at(-1)?.record] }),
	}),
	toJSON: (_, __, self) => ({
		real: () => JSON.stringify(self.list),
		model: () => ({ value: JSON.stringify(copiesOf(self)) }),
	}),
} satisfies Record<string, Make>;

export const operations: Readonly<Record<string, Make>> = { ...inserting, ...erasing, ...ordering, ...asking };
