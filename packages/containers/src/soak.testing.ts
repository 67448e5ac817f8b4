/** `npm run test:soak` runs counts in full, `npm test` a tenth of them. */
export const soak = process.env.FLUX_SOAK === '1';

/** How many runs of a property, of how many in a soak run. */
export function runs(full: number): number {
	return soak ? full : Math.max(1, Math.ceil(full / 10));
}

/** The two modes that a list can be in: every promise is tested in both. */
export const modes = [
	{ mode: 'default', checked: false },
	{ mode: 'checked', checked: true },
] as const;

/** The value that a call throws. */
export function thrownBy(call: () => unknown): unknown {
	try {
		call();
	} catch (error) {
		return error;
	}
	throw new Error('expected the call to throw, and it returned');
}
