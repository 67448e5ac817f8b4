/**
 * Which orders of a workload are in the book: matching by price, then time, over plain arrays, with sorted prices and a
 * queue per price. It serves the generator, outside every clock; it is not measured.
 */
export class ReferenceMatching {
	/** The ids in the book. */
	readonly live: number[] = [];
	readonly #place: Int32Array;
	readonly #side: Uint8Array;
	readonly #ticks: Int32Array;
	readonly #lots: Int32Array;
	readonly #next: Int32Array;
	readonly #previous: Int32Array;
	readonly #sides = [new SortedPrices(), new SortedPrices()];

	/** Room for ids below `ids`. */
	constructor(ids: number) {
		this.#place = new Int32Array(ids).fill(-1);
		this.#side = new Uint8Array(ids);
		this.#ticks = new Int32Array(ids);
		this.#lots = new Int32Array(ids);
		this.#next = new Int32Array(ids);
		this.#previous = new Int32Array(ids);
	}

	/** Called for each trade of an order that rests; for those who write down what happens. */
	protected traded(_id: number, _lots: number): void {}

	/** Called for each order that comes to rest. */
	protected rested(_id: number, _side: number, _ticks: number, _lots: number): void {}

	/** The open lots of a live order. */
	lotsOf(id: number): number {
		return this.#lots[id];
	}

	/** The price of a live order. */
	ticksOf(id: number): number {
		return this.#ticks[id];
	}

	/** The side of a live order. */
	sideOf(id: number): number {
		return this.#side[id];
	}

	/** The best price of a side; 0 where there is none. */
	bestOr0(side: number): number {
		const best = this.#sides[side].best;
		return best === undefined ? 0 : ticksOf(best.key, side);
	}

	/** A limit order. */
	submit(id: number, side: number, ticks: number, lots: number): void {
		const left = this.#take(1 - side, side === 0 ? ticks : -ticks, lots);
		if (left === 0) return;
		this.#side[id] = side;
		this.#ticks[id] = ticks;
		this.#lots[id] = left;
		this.#place[id] = this.live.length;
		this.live.push(id);
		const queue = this.#sides[side].open(keyOf(ticks, side));
		this.#next[id] = 0;
		this.#previous[id] = queue.last;
		if (queue.last === 0) queue.first = id;
		else this.#next[queue.last] = id;
		queue.last = id;
		this.rested(id, side, ticks, left);
	}

	/** A market order. */
	market(side: number, lots: number): void {
		this.#take(1 - side, Number.POSITIVE_INFINITY, lots);
	}

	/** Another price and quantity; fewer lots at the same price keep their place. */
	replace(id: number, ticks: number, lots: number): void {
		if (ticks === this.#ticks[id] && lots <= this.#lots[id]) {
			this.#lots[id] = lots;
			return;
		}
		const side = this.#side[id];
		this.end(id);
		this.submit(id, side, ticks, lots);
	}

	/** The order ends. */
	end(id: number): void {
		const side = this.#side[id];
		const key = keyOf(this.#ticks[id], side);
		const queue = this.#sides[side].open(key);
		const next = this.#next[id];
		const previous = this.#previous[id];
		if (next === 0) queue.last = previous;
		else this.#previous[next] = previous;
		if (previous === 0) queue.first = next;
		else this.#next[previous] = next;
		if (queue.first === 0) this.#sides[side].close(key);
		const last = this.live.pop() ?? 0;
		if (last !== id) {
			this.live[this.#place[id]] = last;
			this.#place[last] = this.#place[id];
		}
	}

	#take(from: number, reach: number, lots: number): number {
		let left = lots;
		for (let best = this.#sides[from].best; left > 0 && best !== undefined && best.key <= reach; ) {
			const id = best.first;
			const traded = Math.min(left, this.#lots[id]);
			left -= traded;
			this.#lots[id] -= traded;
			this.traded(id, traded);
			if (this.#lots[id] === 0) this.end(id);
			best = this.#sides[from].best;
		}
		return left;
	}
}

interface Queue {
	readonly key: number;
	first: number;
	last: number;
}

/** Queues by key, the lowest first: buys by the negated tick. */
class SortedPrices {
	readonly #queues = new Map<number, Queue>();
	/** Keys as a binary heap, each at most once per opening; one whose queue is gone is dropped when it comes up. */
	readonly #heap: number[] = [];

	get best(): Queue | undefined {
		for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
			const queue = this.#queues.get(top);
			if (queue !== undefined) return queue;
			this.#drop();
		}
		return undefined;
	}

	open(key: number): Queue {
		let queue = this.#queues.get(key);
		if (queue === undefined) {
			queue = { key, first: 0, last: 0 };
			this.#queues.set(key, queue);
			this.#push(key);
		}
		return queue;
	}

	close(key: number): void {
		this.#queues.delete(key);
	}

	#push(key: number): void {
		const heap = this.#heap;
		let at = heap.push(key) - 1;
		while (at > 0) {
			const parent = (at - 1) >> 1;
			if (heap[parent] <= key) break;
			heap[at] = heap[parent];
			at = parent;
		}
		heap[at] = key;
	}

	#drop(): void {
		const heap = this.#heap;
		const last = heap.pop() ?? 0;
		if (heap.length === 0) return;
		let at = 0;
		for (;;) {
			let child = 2 * at + 1;
			if (child >= heap.length) break;
			if (child + 1 < heap.length && heap[child + 1] < heap[child]) child++;
			if (heap[child] >= last) break;
			heap[at] = heap[child];
			at = child;
		}
		heap[at] = last;
	}
}

function keyOf(ticks: number, side: number): number {
	return side === 0 ? -ticks : ticks;
}

function ticksOf(key: number, side: number): number {
	return side === 0 ? -key : key;
}
