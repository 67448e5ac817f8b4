import { canEvaluate, evaluate } from '../evaluate.js';
import type { FieldType, NamedField } from './field-types.js';
import { roundUp, type Struct } from './struct.js';

/**
 * A record as it stands in a snapshot: the C struct by itself, without a node's header, padded to whole words.
 *
 * A header of 12 bytes shifts some fields by 12 and some by 16, so an image is copied word by word. A word of the image
 * is one word of the node: fields part only where one is aligned to eight, and there a word begins in both.
 *
 * An image is canonical: equal records have equal images. What memory happened to hold between the fields is left out,
 * and of the many bit patterns of NaN one is written.
 */
export interface RecordImage {
	/** Words of an image. */
	readonly words: number;
	/** Writes the image of the record in `node` to `image[at]` and on. */
	save(i32: Int32Array, node: number, image: Int32Array, at: number): void;
	/** Writes the record whose image is at `image[at]` into `node`. */
	load(image: Int32Array, at: number, i32: Int32Array, node: number): void;
}

/** The images of a struct's records, where `fields` says how they lie in nodes. */
export function recordImage(struct: Struct, fields: readonly NamedField[]): RecordImage {
	const map = new WordMap(roundUp(struct.size, 4) / 4);
	fields.forEach(({ type, offset }, index) => {
		map.add(type, struct.fields[index].offset, offset);
	});
	return canEvaluate && map.words <= MOST_STATEMENTS ? generateImage(map, struct) : interpretImage(map);
}

/** Up to this many words an image is copied by a statement for each. */
const MOST_STATEMENTS = 64;
/** What this machine calls the first of a number's two words. */
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
/** The high words of NaN, as every engine writes the constant. */
const NAN_64 = 0x7ff80000;
const NAN_32 = 0x7fc00000;

/** Which word of a node each word of an image is. */
class WordMap {
	readonly words: number;
	/** For each word of the image the offset of the node's word. */
	readonly source: Int32Array;
	/** The bits of each word that belong to fields. */
	readonly mask: Int32Array;
	/** The words that are an `f32`. */
	readonly singles: number[] = [];
	/** The first words of `f64`s. */
	readonly doubles: number[] = [];

	constructor(words: number) {
		this.words = words;
		this.source = new Int32Array(words);
		this.mask = new Int32Array(words);
	}

	/** A field of this type stands at the byte `to` of the image and at the byte `from` of the node. */
	add(type: FieldType, to: number, from: number): void {
		const { shape } = type;
		switch (shape.kind) {
			case 'array':
				for (let index = 0; index < shape.length; index++) {
					const offset = index * shape.element.size;
					this.add(shape.element, to + offset, from + offset);
				}
				return;
			case 'struct':
				for (const field of shape.fields) this.add(field.type, to + field.offset, from + field.offset);
				return;
			case 'f32':
				this.singles.push(to / 4);
				break;
			case 'f64':
				this.doubles.push(to / 4);
				break;
		}
		// Through bytes, so that it holds whatever the byte order.
		const mask = new Uint8Array(this.mask.buffer);
		for (let byte = 0; byte < type.size; byte++) {
			this.source[(to + byte) >> 2] = (from + byte) >> 2;
			mask[to + byte] = 255;
		}
	}
}

function generateImage(map: WordMap, struct: Struct): RecordImage {
	const save: string[] = [];
	const load: string[] = [];
	const value = (word: number): string => {
		const mask = map.mask[word];
		const bits = `i32[node + ${map.source[word]}]`;
		return mask === -1 ? bits : mask === 0 ? '0' : `${bits} & ${mask}`;
	};
	const firstOfDouble = new Set(map.doubles);
	const single = new Set(map.singles);
	for (let word = 0; word < map.words; word++) {
		if (map.mask[word] !== 0) load.push(`i32[node + ${map.source[word]}] = image[at + ${word}];`);
		if (firstOfDouble.has(word - 1)) continue;
		if (firstOfDouble.has(word)) {
			const [low, high] = LITTLE_ENDIAN ? [word, word + 1] : [word + 1, word];
			save.push(`{
				let low = ${value(low)}, high = ${value(high)};
				if ((high & 0x7ff00000) === 0x7ff00000 && (high & 0x000fffff | low) !== 0) { low = 0; high = ${NAN_64}; }
				image[at + ${low}] = low; image[at + ${high}] = high;
			}`);
		} else if (single.has(word)) {
			save.push(`{
				let bits = ${value(word)};
				if ((bits & 0x7fffffff) > 0x7f800000) bits = ${NAN_32};
				image[at + ${word}] = bits;
			}`);
		} else {
			save.push(`image[at + ${word}] = ${value(word)};`);
		}
	}
	const body = `return {
		words: ${map.words},
		save(i32, node, image, at) { ${save.join('\n')} },
		load(image, at, i32, node) { ${load.join('\n')} },
	};`;
	return evaluate<RecordImage>(body, {}, `image-${struct.signature}`);
}

function interpretImage({ words, source, mask, singles, doubles }: WordMap): RecordImage {
	return {
		words,
		save(i32, node, image, at) {
			for (let word = 0; word < words; word++) image[at + word] = i32[node + source[word]] & mask[word];
			for (const word of singles) {
				if ((image[at + word] & 0x7fffffff) > 0x7f800000) image[at + word] = NAN_32;
			}
			for (const word of doubles) {
				const low = at + word + (LITTLE_ENDIAN ? 0 : 1);
				const high = at + word + (LITTLE_ENDIAN ? 1 : 0);
				if ((image[high] & 0x7ff00000) === 0x7ff00000 && ((image[high] & 0x000fffff) | image[low]) !== 0) {
					image[low] = 0;
					image[high] = NAN_64;
				}
			}
		},
		load(image, at, i32, node) {
			for (let word = 0; word < words; word++) {
				if (mask[word] !== 0) i32[node + source[word]] = image[at + word];
			}
		},
	};
}
