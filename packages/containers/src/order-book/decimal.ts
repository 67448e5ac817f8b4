import { ArgumentError, internals } from '@flux/core';

/** A decimal: `digits` divided by ten to the power `scale`, which is 0 or more. */
interface Decimal {
	readonly digits: bigint;
	readonly scale: number;
}

const DECIMAL = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?\s*$/;
/** The most decimal places of a step: ten to this power is the largest that a double holds exactly. */
const MOST_SCALE = 22;
/** Numbers further than this many steps from 0 lie too close together to tell which multiple was meant. */
const MOST_TOLERANT = 2 ** 48;
/** Four units in the last place: what a few additions of decimals as doubles are off. */
const TOLERANCE = 2 ** -50;

/**
 * The step that prices or quantities are multiples of, as `0.01` or `25`, and the exact conversion to whole steps and back.
 *
 * Text is read digit by digit. A number stands for the multiple it is nearest to, if it is so near that only the arithmetic of
 * doubles can have moved it: `0.1 + 0.2` is 0.3. Nothing else is rounded.
 */
export class Step {
	/** The step as text, in its shortest form. */
	readonly text: string;
	readonly #digits: bigint;
	/** The same as a number. */
	readonly #mantissa: number;
	readonly #scale: number;
	/** Ten to the power of the scale. */
	readonly #power: number;

	/** Reads a step from a decimal above 0. Throws {@link ArgumentError} where it is none. */
	constructor(step: string | number, name: string) {
		const { digits, scale } = shorten(readDecimal(step, name));
		if (digits <= 0n || digits > BigInt(Number.MAX_SAFE_INTEGER) || scale > MOST_SCALE)
			throw new ArgumentError(
				`${name} is ${internals.describe(step)}; pass a decimal above 0 with at most 15 digits and ${MOST_SCALE} decimal places`,
			);
		this.#digits = digits;
		this.#mantissa = Number(digits);
		this.#scale = scale;
		this.#power = 10 ** scale;
		this.text = textOf(digits, scale);
	}

	/** How many steps a decimal is: a whole number up to 2^53 - 1 either way, or NaN where it is no such multiple. */
	stepsOf(value: string | number, name: string): number {
		if (typeof value === 'number') {
			if (!Number.isFinite(value)) throw notDecimal(value, name);
			const steps = Math.round((value * this.#power) / this.#mantissa);
			if (Math.abs(steps) <= MOST_TOLERANT)
				return Math.abs(this.toNumber(steps) - value) <= Math.abs(value) * TOLERANCE ? steps + 0 : Number.NaN;
		}
		const { digits, scale } = readDecimal(value, name);
		const shared = Math.max(scale, this.#scale);
		const numerator = digits * 10n ** BigInt(shared - scale);
		const denominator = this.#digits * 10n ** BigInt(shared - this.#scale);
		if (numerator % denominator !== 0n) return Number.NaN;
		const steps = numerator / denominator;
		const isSafe = steps <= BigInt(Number.MAX_SAFE_INTEGER) && steps >= -BigInt(Number.MAX_SAFE_INTEGER);
		return isSafe ? Number(steps) : Number.NaN;
	}

	/** The double that is nearest to so many steps; it prints as the decimal itself where that has at most 15 digits. */
	toNumber(steps: number): number {
		const product = steps * this.#mantissa;
		// Both exact, so the quotient is rounded once.
		if (Math.abs(product) <= Number.MAX_SAFE_INTEGER) return product / this.#power;
		return Number(this.toText(steps));
	}

	/** So many steps as text, exactly, with the step's decimal places. */
	toText(steps: number | bigint): string {
		return textOf(BigInt(steps) * this.#digits, this.#scale);
	}

	/** The product of both steps, as text. */
	times(other: Step): string {
		return textOf(this.#digits * other.#digits, this.#scale + other.#scale);
	}

	/** The double that is nearest to the product of so many steps of two kinds. */
	product(steps: bigint, other: Step): number {
		return Number(textOf(steps * this.#digits * other.#digits, this.#scale + other.#scale));
	}
}

function readDecimal(value: unknown, name: string): Decimal {
	const text = typeof value === 'number' ? String(value) : value;
	const match = typeof text === 'string' ? DECIMAL.exec(text) : null;
	if (match === null || (match[2] === '' && (match[3] ?? '') === '')) throw notDecimal(value, name);
	const [, sign, whole, fraction = '', exponent = '0'] = match;
	const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
	const scale = fraction.length - Number(exponent);
	return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

function notDecimal(value: unknown, name: string): ArgumentError {
	return new ArgumentError(
		`${name} is ${internals.describe(value)}; pass a decimal as text or number, such as '101.25'`,
	);
}

/** The same decimal without zeros at its end. */
function shorten({ digits, scale }: Decimal): Decimal {
	let short = digits;
	let places = scale;
	while (places > 0 && short % 10n === 0n) {
		short /= 10n;
		places--;
	}
	return { digits: short, scale: places };
}

function textOf(digits: bigint, scale: number): string {
	if (scale === 0) return digits.toString();
	const sign = digits < 0n ? '-' : '';
	const padded = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
	return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}
