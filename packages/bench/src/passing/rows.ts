import { priceOf } from '../scenarios/record.js';
import { costOf, DOUBLES, quantityOf } from './records.js';

/** Records side by side in memory of one thread, by the words of their fields. */
export class Rows {
	readonly doubles: Float64Array;
	readonly words: Uint32Array;
	/** Doubles of a record. */
	readonly width: number;

	constructor(bytes: 16 | 32, batch: number) {
		this.width = DOUBLES[bytes];
		this.doubles = new Float64Array(this.width * batch);
		this.words = new Uint32Array(this.doubles.buffer);
	}

	/** Writes records with the ids from `first` on. */
	write(first: number, count: number): void {
		const { doubles, words, width } = this;
		for (let row = 0, at = 0; row < count; row++, at += width) {
			const id = first + row;
			words[2 * at] = id;
			words[2 * at + 1] = quantityOf(id);
			doubles[at + 1] = priceOf(id);
			if (width === 4) {
				doubles[at + 2] = costOf(id);
				doubles[at + 3] = costOf(id);
			}
		}
	}
}
