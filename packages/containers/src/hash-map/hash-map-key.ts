import { ArgumentError, type FieldType, internals } from '@flux/core';

/** How keys of one type lie in nodes. */
export interface MapKey {
	/** The type's name, as `u64` or `char(8)`. */
	readonly signature: string;
	/** Words that a key takes; what is shorter is padded with zeros. */
	readonly words: number;
	/** Which of the three kinds of code serves it: one word, two words, or text. */
	readonly kind: 'word' | 'long' | 'text';
	/** Whether the type has a sign. */
	readonly signed: boolean;
	/** The least and the greatest key; texts: 0 and the most bytes. */
	readonly least: number | bigint;
	readonly most: number | bigint;
	/** What `least` and `most` mean, for errors. */
	readonly expected: string;
}

const SIGNED_64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };
const UNSIGNED_64 = { least: 0n, most: 2n ** 64n - 1n };

/** How keys of this type lie in nodes. Throws ArgumentError for a type that cannot be a key. */
export function mapKey(type: unknown): MapKey {
	if (!internals.isFieldType(type)) {
		throw new ArgumentError(
			`FluxHashMap was given ${internals.describe(type)} for the type of its keys; pass an integer type such as u32, or char(n)`,
		);
	}
	const { signature, shape } = type as FieldType;
	switch (shape.kind) {
		case 'i8':
		case 'u8':
		case 'i16':
		case 'u16':
		case 'i32':
		case 'u32': {
			const [least, most] = internals.RANGES[shape.kind];
			return {
				...{ signature, words: 1, kind: 'word', signed: shape.kind[0] === 'i', least, most },
				expected: `a whole number from ${least} to ${most}`,
			};
		}
		case 'i64':
		case 'u64': {
			const signed = shape.kind === 'i64';
			const { least, most } = signed ? SIGNED_64 : UNSIGNED_64;
			return {
				...{ signature, words: 2, kind: 'long', signed, least, most },
				expected: `a bigint from ${least} to ${most}, or a safe integer in that range`,
			};
		}
		case 'char':
			return {
				...{ signature, words: Math.ceil(shape.length / 4), kind: 'text', signed: false, least: 0, most: shape.length },
				expected: `a text of up to ${shape.length} bytes in UTF-8, without a zero character`,
			};
		default:
			throw new ArgumentError(
				`FluxHashMap was given ${signature} for the type of its keys; pass an integer type such as u32, or char(n)`,
			);
	}
}
