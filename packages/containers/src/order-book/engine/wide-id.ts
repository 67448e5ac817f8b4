/** The id of two words as the engine keeps it: one bigint, as the keys of its maps are. */
export function wideOf(low: number, high: number): bigint {
	return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
