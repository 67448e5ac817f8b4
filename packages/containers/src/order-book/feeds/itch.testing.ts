/** Writes ITCH 5.0 messages, framed, field by field from the specification. */
export class ItchWriter {
	#bytes: number[] = [];

	/** All messages so far. */
	get bytes(): Uint8Array {
		return Uint8Array.from(this.#bytes);
	}

	/** A message: its type, instrument and time, and its fields as [bytes, value] or texts. */
	write(
		type: string,
		locate: number,
		time: number,
		...fields: (readonly [bytes: number, value: number | bigint] | string)[]
	): this {
		const message: number[] = [type.charCodeAt(0)];
		const put = (bytes: number, value: number | bigint) => {
			for (let shift = bytes - 1; shift >= 0; shift--)
				message.push(Number((BigInt(value) >> BigInt(shift * 8)) & 255n));
		};
		put(2, locate);
		put(2, 0);
		put(6, time);
		for (const field of fields) {
			if (typeof field === 'string') for (const letter of field) message.push(letter.charCodeAt(0));
			else put(...field);
		}
		this.#bytes.push(message.length >> 8, message.length & 255, ...message);
		return this;
	}

	/** A symbol is in the market today. */
	directory(locate: number, symbol: string): this {
		return this.write('R', locate, 1, symbol.padEnd(8), ' '.repeat(20));
	}

	add(locate: number, id: bigint, side: number, lots: number, symbol: string, ticks: number, name = ''): this {
		const fields = [[8, id], side === 0 ? 'B' : 'S', [4, lots], symbol.padEnd(8), [4, ticks]] as const;
		return this.write(name === '' ? 'A' : 'F', locate, 2, ...fields, name);
	}

	execute(locate: number, id: bigint, lots: number): this {
		return this.write('E', locate, 3, [8, id], [4, lots], [8, 99]);
	}

	executeAt(locate: number, id: bigint, lots: number, ticks: number): this {
		return this.write('C', locate, 3, [8, id], [4, lots], [8, 99], 'Y', [4, ticks]);
	}

	reduce(locate: number, id: bigint, lots: number): this {
		return this.write('X', locate, 4, [8, id], [4, lots]);
	}

	delete(locate: number, id: bigint): this {
		return this.write('D', locate, 5, [8, id]);
	}

	replace(locate: number, id: bigint, newId: bigint, lots: number, ticks: number): this {
		return this.write('U', locate, 6, [8, id], [8, newId], [4, lots], [4, ticks]);
	}
}
