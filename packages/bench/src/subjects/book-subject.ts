/** An order book that is measured: it goes through commands, and each traded lot counts. */
export interface BookSubject<B> {
	/** Once, before the first round. */
	prepare?(): Promise<void>;
	/** Before every round, outside the time. */
	betweenRounds?(): void;
	/** A new, empty book. */
	create(): B;
	/** Gives up the book: by hand where it has a way to, by forgetting it where the collector does it. */
	dispose(book: B): void;
	/** Applies all messages of a feed (`book/feed.ts`), instead of playing the commands that it tells of. */
	feed?(book: B, messages: Int32Array): void;
	/** The same from ITCH bytes. */
	itch?(book: B, bytes: Uint8Array): void;
	/** Applies all changes of a feed of levels (`book/level-changes.ts`). */
	setLevels?(book: B, changes: Int32Array): void;
	/** Bytes that the process holds for its books; where there is somebody to ask. */
	bytes?(): number;
	/** Does all commands of a workload (`book/workload.ts` says what their words are); returns the lots that they traded. */
	play(book: B, commands: Int32Array): number;
	/** Orders in the book; never timed. */
	live(book: B): number;
	/** Calls back for each level: the buys' from the highest price, then the sells' from the lowest; never timed. */
	eachLevel(book: B, visit: (ticks: number, lots: number) => void): void;
}

/** A subject whose book the scenario passes around without looking inside. */
export type AnyBookSubject = BookSubject<unknown>;
