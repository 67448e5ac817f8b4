/** `value instanceof Class`, which throws for a proxy that was revoked, or whose trap does; that is no instance. */
export function isInstance<T>(value: unknown, Class: { readonly prototype: T }): value is T {
	try {
		return value instanceof (Class as unknown as abstract new () => unknown);
	} catch {
		return false;
	}
}
