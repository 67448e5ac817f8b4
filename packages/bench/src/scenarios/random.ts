/**
 * xorshift32, the same sequence as `benchmarks/native/random.hpp`.
 * Functions over a number rather than a class: the state stays in a register of the caller's loop.
 */

/** The state that a seed starts from; never 0, where xorshift would stay. */
export function startRandom(seed: number): number {
	return Math.imul(seed, 2654435761) | 1;
}

/** The state after this one. */
export function nextRandom(state: number): number {
	let next = state;
	next ^= next << 13;
	next ^= next >>> 17;
	next ^= next << 5;
	return next;
}

/** A number in [0, limit) from a state. The low byte is dropped so that V8 stays within small integers. */
export function below(state: number, limit: number): number {
	return (state >>> 8) % limit;
}

/** A price with duplicates, for the scenarios that sort. */
export function randomPrice(state: number): number {
	return below(state, 100_000) * 0.125;
}
