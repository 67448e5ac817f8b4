/** `npm run test:soak` runs counts in full, `npm test` a tenth of them. */
export const soak = process.env.FLUX_SOAK === '1';

/** How many runs of a property, of how many in a soak run. */
export function runs(full: number): number {
	return soak ? full : Math.max(1, Math.ceil(full / 10));
}
