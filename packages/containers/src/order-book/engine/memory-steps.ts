import { OutOfMemoryError } from '@flux/core';

/**
 * The steps of a command that may find no memory without undoing it: a stop order that goes in, or follows the market. Such a
 * step is left out, and its order is cancelled, while the trade that set it off stands.
 *
 * They are numbered, so that a journal can tell which were left out: a replay may have more memory than the engine had that
 * wrote it, or less.
 */
export class MemorySteps {
	/** The steps of the last command that found no memory, by their number from 0. */
	readonly short: number[] = [];
	/** Of a command that is replayed, the steps that are to be left out; undefined: those that find no memory. */
	expected: readonly number[] | undefined;
	#count = 0;

	/** A command begins. */
	begin(): void {
		this.#count = 0;
		this.short.length = 0;
	}

	/**
	 * Does a step, unless it finds no memory; returns whether it was done. What one that fails has changed until then must be of
	 * no account. `isOver` says that it has done its part, so that what is thrown then is another's.
	 */
	attempt(step: () => void, isOver: () => boolean = () => false): boolean {
		const number = this.#count++;
		const { expected, short } = this;
		if (expected?.includes(number) !== true) {
			try {
				step();
				return true;
			} catch (error) {
				// A replay that finds none where the engine had some would not come to the same.
				if (isOver() || !(error instanceof OutOfMemoryError) || expected !== undefined) throw error;
			}
		}
		short.push(number);
		return false;
	}
}
