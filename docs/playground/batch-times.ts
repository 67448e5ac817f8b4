/** Times of the last batches, and their quantiles. No garbage. */

const KEPT = 8192;

/** The smallest step that this browser's clock was seen to make, in milliseconds. Takes a few of them. */
export function clockStep(): number {
	let least = Number.POSITIVE_INFINITY;
	for (let seen = 0; seen < 8; seen++) {
		const from = performance.now();
		let to = from;
		while (to === from) to = performance.now();
		least = Math.min(least, to - from);
	}
	return least;
}

/** Operations per batch such that a step of the clock is at most 50 ns per operation. */
export function batchFor(step: number): number {
	const operations = 2 ** Math.ceil(Math.log2((step * 1e6) / 50));
	return Math.min(4096, Math.max(64, operations));
}

/** Nanoseconds per operation of the last batches. */
export class BatchTimes {
	readonly #times = new Float64Array(KEPT);
	readonly #sorted = new Float64Array(KEPT);
	#count = 0;

	/** Notes a batch. */
	add(nanoseconds: number): void {
		this.#times[this.#count++ % KEPT] = nanoseconds;
	}

	/** Forgets all. */
	clear(): void {
		this.#count = 0;
	}

	/** How many are kept. */
	get size(): number {
		return Math.min(this.#count, KEPT);
	}

	/** Puts them in order; call it before `quantile`. */
	sort(): void {
		this.#sorted.set(this.#times);
		this.#sorted.fill(Number.POSITIVE_INFINITY, this.size);
		this.#sorted.sort();
	}

	/** The time that a share of them does not exceed; NaN where there is none. */
	quantile(share: number): number {
		const { size } = this;
		return size === 0 ? Number.NaN : this.#sorted[Math.min(size - 1, Math.floor(size * share))];
	}
}
