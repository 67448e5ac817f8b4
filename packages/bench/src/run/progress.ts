/** What a progress line is written to. */
export interface ProgressStream {
	readonly isTTY?: boolean;
	readonly columns?: number;
	write(text: string): unknown;
}

/** Shows what is going on: one line that changes on a terminal, a line per step elsewhere. */
export class Progress {
	readonly #stream: ProgressStream;
	#shown = '';

	/** To stderr, so that results can be redirected. */
	constructor(stream: ProgressStream) {
		this.#stream = stream;
	}

	/** A step that is worth a line of a log. */
	step(text: string): void {
		if (this.#stream.isTTY === true) this.#replace(text);
		else this.#stream.write(`${text}\n`);
	}

	/** A detail of the step, for terminals only. */
	detail(text: string): void {
		if (this.#stream.isTTY === true) this.#replace(text);
	}

	/** Takes the line away. */
	clear(): void {
		if (this.#shown !== '') this.#stream.write('\r\x1b[K');
		this.#shown = '';
	}

	#replace(text: string): void {
		const width = (this.#stream.columns ?? 80) - 1;
		const line = text.length > width ? `${text.slice(0, width - 1)}…` : text;
		this.#stream.write(`\r\x1b[K${line}`);
		this.#shown = line;
	}
}
