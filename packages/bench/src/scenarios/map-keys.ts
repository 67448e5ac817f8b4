/** The keys of the map scenarios; `benchmarks/native/map-scenarios.hpp` has the same in C++. */

/** The key of the record number `ordinal`. */
export type KeyAt = (ordinal: number) => number;

/** Keys as an exchange hands them out: one after the other. */
export const orderedKey: KeyAt = (ordinal) => ordinal + 1;

/** Keys in no order: a bijection of 30 bits, so that they stay small integers in every engine. */
export const scatteredKey: KeyAt = (ordinal) => {
	let key = Math.imul(ordinal, 0x2c1b3c6d) & 0x3fffffff;
	key ^= key >>> 15;
	key = Math.imul(key, 0x297a2d39) & 0x3fffffff;
	return key ^ (key >>> 15);
};

/** Which keys, as part of a scenario's name and of its title. */
export const KEYS = [
	{ suffix: '', title: 'ids in order', keyAt: orderedKey },
	{ suffix: '-scattered', title: 'scattered keys', keyAt: scatteredKey },
] as const;
