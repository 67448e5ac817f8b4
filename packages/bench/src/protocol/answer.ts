/** A subject is up and takes commands. */
export interface ReadyAnswer {
	/** What runs it: "node 20.20.2 (V8 11.3...)", "g++ 12.2.0". */
	readonly runtime: string;
}

/** Collections of V8 that began inside the timed stretches of a round. */
export interface Collections {
	readonly count: number;
	/** Nanoseconds of all of them. */
	readonly ns: number;
	/** Nanoseconds of the longest. */
	readonly longest: number;
	/**
	 * Nanoseconds of those outside: while something was prepared or checked, and while the process waited for its turn,
	 * which V8 uses to end what it began inside.
	 */
	readonly outside: number;
}

/** What a subject says of one round. */
export interface RoundAnswer {
	/** Timed nanoseconds of all iterations. */
	readonly ns: number;
	readonly iterations: number;
	/** Proof of the work. */
	readonly check: string;
	/** Nanoseconds per phase, of all iterations. */
	readonly phases: Readonly<Record<string, number>>;
	/** Absent where there is no collector. */
	readonly gc?: Collections;
	readonly longestBatch?: number;
	/** What 99.9% of the batches did not take longer than. */
	readonly tailBatch?: number;
	/** Bytes in use, and growth of the process, for the scenario that asks. */
	readonly live?: number;
	readonly resident?: number;
	/** Resident bytes of the process after the round. */
	readonly rss: number;
}

/** The subject did not do it, and says why. */
export class SubjectError extends Error {
	override readonly name = 'SubjectError';
}

/** Reads the first line of a subject. */
export function parseReady(line: string): ReadyAnswer {
	const answer = parseObject(line);
	return { runtime: text(answer, 'runtime') };
}

/** Reads the answer to a round. Throws a {@link SubjectError} where the subject reports one. */
export function parseRound(line: string): RoundAnswer {
	const answer = parseObject(line);
	const { gc } = answer;
	return {
		ns: number(answer, 'ns'),
		iterations: number(answer, 'iterations'),
		check: text(answer, 'check'),
		phases: phases(answer.phases),
		rss: number(answer, 'rss'),
		...(isObject(gc)
			? {
					gc: {
						count: number(gc, 'count'),
						ns: number(gc, 'ns'),
						longest: number(gc, 'longest'),
						outside: number(gc, 'outside'),
					},
				}
			: {}),
		...optional(answer, 'longestBatch'),
		...optional(answer, 'tailBatch'),
		...optional(answer, 'live'),
		...optional(answer, 'resident'),
	};
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseObject(line: string): JsonObject {
	let value: unknown;
	try {
		value = JSON.parse(line);
	} catch {
		throw new SubjectError(`not an answer: ${line.slice(0, 200)}`);
	}
	if (!isObject(value)) throw new SubjectError(`not an answer: ${line.slice(0, 200)}`);
	const complaint = value.error ?? value.unsupported;
	if (typeof complaint === 'string') throw new SubjectError(complaint);
	return value;
}

function number(answer: JsonObject, key: string): number {
	const value = answer[key];
	if (typeof value !== 'number' || !Number.isFinite(value)) throw new SubjectError(`the answer has no number "${key}"`);
	return value;
}

function text(answer: JsonObject, key: string): string {
	const value = answer[key];
	if (typeof value !== 'string') throw new SubjectError(`the answer has no text "${key}"`);
	return value;
}

function optional<Key extends string>(answer: JsonObject, key: Key): { [Name in Key]?: number } {
	const value = answer[key];
	return typeof value === 'number' ? ({ [key]: value } as { [Name in Key]?: number }) : {};
}

function phases(value: unknown): Record<string, number> {
	if (!isObject(value)) throw new SubjectError('the answer has no phases');
	return Object.fromEntries(Object.keys(value).map((key) => [key, number(value, key)]));
}
