/** Numbers as people read them. One place, so that terminal and page agree. */

/** A count with separators: 500,000. */
export function formatCount(count: number): string {
	return Math.round(count).toLocaleString('en-US');
}

/** Milliseconds from nanoseconds, with as many digits as mean something: 0.082, 2.61, 14.5, 146. */
export function formatMs(nanoseconds: number): string {
	return formatDigits(nanoseconds / 1e6);
}

/** A time from nanoseconds in the unit that suits it: 5.2 ns, 31 us, 2.61 ms, 1.2 s. */
export function formatTime(nanoseconds: number): string {
	if (nanoseconds === 0) return '0';
	if (nanoseconds < 1e3) return `${formatDigits(nanoseconds)} ns`;
	if (nanoseconds < 1e6) return `${formatDigits(nanoseconds / 1e3)} us`;
	if (nanoseconds < 1e9) return `${formatDigits(nanoseconds / 1e6)} ms`;
	return `${formatDigits(nanoseconds / 1e9)} s`;
}

/** A ratio: 3.41x, 25.1x, 146x. */
export function formatRatio(ratio: number): string {
	return `${formatDigits(ratio)}x`;
}

/** Bytes in the unit that suits them: 24 B, 16 KB, 23 GB. */
export function formatBytes(bytes: number): string {
	const units = ['B', 'KB', 'MB', 'GB', 'TB'];
	let value = bytes;
	let unit = 0;
	while (Math.abs(value) >= 1024 && unit < units.length - 1) {
		value /= 1024;
		unit++;
	}
	return `${unit === 0 ? Math.round(value) : formatDigits(value)} ${units[unit]}`;
}

function formatDigits(value: number): string {
	const size = Math.abs(value);
	if (size === 0) return '0';
	if (size < 1) return value.toPrecision(2);
	if (size >= 100) return Math.round(value).toLocaleString('en-US');
	return value.toFixed(size >= 10 ? 1 : 2);
}
