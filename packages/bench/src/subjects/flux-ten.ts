import type { Exercise } from '../other-record-type.main.js';
import { FluxSubject } from './flux.js';

/** Other record types beside the measured one. */
const OTHER_TYPES = 9;

/** Records per exercise: enough to keep the code of all types optimised. */
const EXERCISE_SIZE = 20_000;

/**
 * FluxList in a process where ten record types are alive.
 *
 * The nine others go through the same operations before the first round and between rounds. Each runs in an
 * instance of its own of the module `other-record-type`, as each would have call sites of its own in a program;
 * what all ten share is the library, and that is where a site that sees ten shapes would cost.
 */
export class FluxTenSubject extends FluxSubject {
	readonly #entry: string;
	readonly #exercises: Exercise[] = [];

	/** @param entry - URL of the built child program; `other-record-type.js` lies beside it. */
	constructor(entry: string) {
		super();
		this.#entry = entry;
	}

	async prepare(): Promise<void> {
		for (let kind = 0; kind < OTHER_TYPES; kind++) {
			// The query makes it another module: loaded once per kind, with functions and type feedback of its own.
			const url = new URL(`./other-record-type.js?kind=${kind}`, this.#entry).href;
			const instance = (await import(url)) as typeof import('../other-record-type.main.js');
			this.#exercises.push(instance.exerciseOf(kind));
		}
		for (let pass = 0; pass < 3; pass++) this.betweenRounds();
	}

	betweenRounds(): void {
		for (const exercise of this.#exercises) exercise(EXERCISE_SIZE);
	}
}
