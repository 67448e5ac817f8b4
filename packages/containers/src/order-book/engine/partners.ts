import type { EngineParts } from './parts.js';
import { wideOf } from './wide-id.js';

/** Pairs of orders of which one cancels the other. */
export class Partners {
	readonly pairs: EngineParts['pairs'];

	constructor({ pairs }: EngineParts) {
		this.pairs = pairs;
	}

	get isEmpty(): boolean {
		return this.pairs.empty;
	}

	has(id: bigint): boolean {
		return this.pairs.has(id);
	}

	/** Makes two orders partners. Throws OutOfMemoryError, and has changed nothing then. */
	join(id: bigint, other: bigint): void {
		this.pairs.reserve(this.pairs.size + 2);
		this.pairs.set(id, { id: other });
		this.pairs.set(other, { id });
	}

	/** Parts an order from its partner, which is returned; 0: it has none. */
	part(id: bigint): bigint {
		const other = this.pairs.get(id)?.id;
		if (other === undefined) return 0n;
		this.pairs.delete(id);
		this.pairs.delete(other);
		return other;
	}

	/** The same by the words of an id. */
	partWords(low: number, high: number): bigint {
		if (this.pairs.empty || this.pairs.findWords(low, high) === 0) return 0n;
		return this.part(wideOf(low, high));
	}
}
