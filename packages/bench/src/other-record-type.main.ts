/**
 * A list of some other record, put through the operations of the benchmark.
 *
 * The child process loads this module nine times under different queries, so that every instance has functions,
 * call sites and type feedback of its own: a program with ten record types does not pour them through one loop.
 */
import { FluxList } from '@flux/containers';
import { array, bool, f32, f64, i8, i16, i32, struct, u8, u16, u32 } from '@flux/core';

/** Builds, walks, churns, sorts and gives up a list of `count` records. */
export type Exercise = (count: number) => void;

/** The exercise for one of nine record types, which differ in the number, names, types and offsets of their fields. */
export function exerciseOf(kind: number): Exercise {
	const make = shapes[kind % shapes.length];
	return make();
}

const shapes: readonly (() => Exercise)[] = [
	() => {
		const Quote = struct({ bid: f64, ask: f64 });
		return exercise(
			() => new FluxList(Quote),
			(list, i) => list.emplaceBack(i * 0.5, i * 0.5 + 1),
			(list) => list.sort((left, right) => left.bid - right.bid),
		);
	},
	() => {
		const Point = struct({ x: f32, y: f32, z: f32 });
		return exercise(
			() => new FluxList(Point),
			(list, i) => list.emplaceBack(i, -i, i * 2),
			(list) => list.sort((left, right) => left.x - right.x),
		);
	},
	() => {
		const Trade = struct({ id: u32, price: f64, quantity: u32, sell: bool });
		return exercise(
			() => new FluxList(Trade),
			(list, i) => list.emplaceBack(i, i * 0.25, i & 1023, (i & 1) === 0),
			(list) => list.sort((left, right) => left.price - right.price),
		);
	},
	() => {
		const Event = struct({ at: f64, code: u16, level: u8 });
		return exercise(
			() => new FluxList(Event),
			(list, i) => list.emplaceBack(i + 0.5, i & 0xffff, i & 7),
			(list) => list.sort((left, right) => left.at - right.at),
		);
	},
	() => {
		const Cell = struct({ row: i16, column: i16 });
		return exercise(
			() => new FluxList(Cell),
			(list, i) => list.emplaceBack(i & 0x7fff, (i >> 4) & 0x7fff),
			(list) => list.sort((left, right) => left.row - right.row),
		);
	},
	() => {
		const Sample = struct({ channel: u8, gain: i8, value: f32, time: f64 });
		return exercise(
			() => new FluxList(Sample),
			(list, i) => list.emplaceBack(i & 15, (i & 63) - 32, i * 0.5, i),
			(list) => list.sort((left, right) => left.value - right.value),
		);
	},
	() => {
		const Level = struct({ price: i32, quantity: f64, orders: i32 });
		return exercise(
			() => new FluxList(Level),
			(list, i) => list.emplaceBack(i, i * 1.5, i & 255),
			(list) => list.sort((left, right) => left.price - right.price),
		);
	},
	() => {
		const Token = struct({ start: u32, end: u32, kind: u16, depth: u16 });
		return exercise(
			() => new FluxList(Token),
			(list, i) => list.emplaceBack(i, i + 3, i & 31, i & 7),
			(list) => list.sort((left, right) => left.start - right.start),
		);
	},
	() => {
		const Particle = struct({ position: array(f64, 3), mass: f32, alive: bool });
		return exercise(
			() => new FluxList(Particle),
			(list, i) => list.emplaceBack([i, i + 1, i + 2], i * 0.125, true),
			(list) => list.sort((left, right) => left.mass - right.mass),
		);
	},
];

/** What the exercise needs of a list, whatever its record. */
interface AnyList<Node> {
	readonly first: Node;
	readonly size: number;
	next(node: Node): Node;
	erase(node: Node): Node;
	splice(position: Node, other: AnyList<Node>, node: Node): void;
	popFront(): void;
	views(): Iterable<object>;
	clear(): void;
	dispose(): void;
}

function exercise<Node extends number, List extends AnyList<Node>>(
	create: () => List,
	append: (list: List, i: number) => unknown,
	sort: (list: List) => void,
): Exercise {
	return (count) => {
		const list = create();
		for (let i = 0; i < count; i++) append(list, i);
		let walked = 0;
		for (let node = list.first; node !== 0; node = list.next(node)) walked++;
		for (const _view of list.views()) walked++;
		for (let i = 0; i < count; i++) {
			append(list, count - i);
			list.popFront();
		}
		const handles: Node[] = [];
		for (let node = list.first; node !== 0; node = list.next(node)) handles.push(node);
		for (let i = 0; i + 1 < count; i += 2) {
			list.splice(handles[i], list, handles[i + 1]);
			list.erase(handles[i]);
		}
		sort(list);
		list.clear();
		for (let i = 0; i < count; i++) append(list, i);
		if (walked !== 2 * count || list.size !== count) throw new Error('a list of another record type lost a node');
		list.dispose();
	};
}
