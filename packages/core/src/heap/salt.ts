let heaps = 0;

/** A number far from those of other heaps of this thread, so that nodes of two heaps seldom agree in their ids. */
export function nextSalt(): number {
	heaps++;
	return scatter(heaps);
}

/** Far from each other where numbers are near: a multiple of 2^32 / golden ratio (Knuth, TAOCP 6.4), below 2^30. */
export function scatter(number: number): number {
	return Math.imul(number, 0x9e3779b1) >>> 2;
}
