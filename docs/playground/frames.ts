/** Frames of the screen: what is done in each, and how many the screen had to do without. */

const INTERVAL = 1000 / 60;

/** A loop of animation frames that can be started and stopped. */
export class Frames {
	/** Frames since the start. */
	count = 0;
	/** Frames, of 60 a second, that did not come. */
	dropped = 0;
	#last = 0;
	#request = 0;
	readonly #work: (elapsed: number, now: number) => void;

	/** `work` is given the milliseconds since the last frame. */
	constructor(work: (elapsed: number, now: number) => void) {
		this.#work = work;
	}

	/** Whether it runs. */
	get running(): boolean {
		return this.#request !== 0;
	}

	/** Starts it. */
	start(): void {
		if (this.running) return;
		this.#last = 0;
		this.#request = requestAnimationFrame(this.#frame);
	}

	/** Stops it. */
	stop(): void {
		cancelAnimationFrame(this.#request);
		this.#request = 0;
	}

	/** Counts from zero. */
	clear(): void {
		this.count = 0;
		this.dropped = 0;
	}

	readonly #frame = (now: number): void => {
		this.#request = requestAnimationFrame(this.#frame);
		const elapsed = this.#last === 0 ? INTERVAL : now - this.#last;
		this.#last = now;
		this.count++;
		// A page that was in the background is not a page that stutters.
		if (elapsed < 1000) this.dropped += Math.max(0, Math.round(elapsed / INTERVAL) - 1);
		this.#work(Math.min(elapsed, 100), now);
	};
}
