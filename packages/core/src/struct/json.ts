/** A copy of a record, or a part of one, that JSON can hold: bigints as text, which is exact. */
export function toJson(value: unknown): unknown {
	if (typeof value === 'bigint') return value.toString();
	if (Array.isArray(value)) return value.map(toJson);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJson(member)]));
}
