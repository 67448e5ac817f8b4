/** Times the phases of one round. Only what lies between `begin` and `mark` counts. */
export class Clock {
	/** Nanoseconds per phase. */
	readonly phases: Record<string, number> = {};
	/** Start and end of each timed stretch, in `performance.now()` milliseconds. */
	readonly stretches: Stretch[] = [];
	/** Nanoseconds of the longest batch; 0 where the scenario has none. */
	longestBatch = 0;
	/** Nanoseconds of each batch. */
	readonly batches: number[] = [];
	#last = 0;

	/** Starts a timed stretch. */
	begin(): void {
		this.#last = performance.now();
		this.stretches.push({ start: this.#last, end: this.#last });
	}

	/** Ends the phase that began at the last `begin` or `mark`. Returns its nanoseconds. */
	mark(phase: string): number {
		const now = performance.now();
		const elapsed = (now - this.#last) * 1e6;
		this.phases[phase] = (this.phases[phase] ?? 0) + elapsed;
		this.stretches[this.stretches.length - 1].end = now;
		this.#last = now;
		return elapsed;
	}

	/** As {@link mark}, and keeps the longest. */
	markBatch(phase: string): void {
		this.longestBatch = Math.max(this.longestBatch, this.mark(phase));
	}

	/** Adds what another thread measured in the stretch that began at the last `begin`. */
	take(phase: string, nanoseconds: number): void {
		this.mark(phase);
		this.phases[phase] = nanoseconds;
	}

	/** As {@link markBatch}, and keeps all of them. The next batch begins once this one is written down: that is not its time. */
	markEachBatch(phase: string): void {
		const elapsed = this.mark(phase);
		this.longestBatch = Math.max(this.longestBatch, elapsed);
		this.batches.push(elapsed);
		this.#last = performance.now();
	}

	/** The nanoseconds that 99.9% of the batches did not take longer than; undefined where they were not kept. */
	get tailBatch(): number | undefined {
		if (this.batches.length === 0) return undefined;
		const sorted = Float64Array.from(this.batches).sort();
		return sorted[Math.ceil(sorted.length * 0.999) - 1];
	}

	/** Nanoseconds of all phases. */
	get total(): number {
		let sum = 0;
		for (const elapsed of Object.values(this.phases)) sum += elapsed;
		return sum;
	}
}

/** A timed stretch of a round, in `performance.now()` milliseconds. */
export interface Stretch {
	start: number;
	end: number;
}
