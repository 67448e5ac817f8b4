import type { AnySubject } from '../subjects/subject.js';
import type { Clock } from './clock.js';
import type { CaseOptions, Footprint, Parameters, Scenario, Trial } from './scenario.js';

const SIZE = 1_000_000;

/** Memory of a list, which is also its speed. */
export const bytesPerNode: Scenario = {
	name: 'bytes-per-node',
	title: 'Bytes per node',
	description:
		"A list in a process that has held none before. Resident: growth of the process, after a full collection where there is a collector. Live: what V8's heap or the allocator says is in use; a dash where it does not tell. The time is cold and counts for nothing.",
	needs: [],
	cases: ({ size = SIZE }: CaseOptions) => [
		{ scenario: 'bytes-per-node', protocol: 'isolated', size, operations: 0, iterations: 1, once: true },
	],
	prepare: (subject, parameters) => new BytesPerNode(subject, parameters),
};

class BytesPerNode implements Trial {
	readonly #subject: AnySubject;
	readonly #list: unknown;
	readonly #size: number;
	#footprint: Footprint = {};

	constructor(subject: AnySubject, { size }: Parameters) {
		this.#subject = subject;
		this.#size = size;
		this.#list = subject.create();
	}

	iterate(clock: Clock): void {
		settleHeap();
		const before = process.memoryUsage();
		clock.begin();
		this.#subject.build(this.#list, this.#size);
		clock.mark('build');
		settleHeap();
		const after = process.memoryUsage();
		const live = after.heapUsed - before.heapUsed;
		this.#footprint = {
			resident: after.rss - before.rss,
			// Records outside of V8's heap leave it as it was: then it has nothing to tell.
			...(live > this.#size ? { live } : {}),
		};
	}

	check(): string {
		return this.#subject.hash(this.#list);
	}

	footprint(): Footprint {
		return this.#footprint;
	}
}

/** Two full collections: the second frees what the first one's finalizers let go. */
export function settleHeap(): void {
	const { gc } = globalThis;
	if (gc === undefined) throw new Error('the isolated protocol needs node --expose-gc');
	gc();
	gc();
}
