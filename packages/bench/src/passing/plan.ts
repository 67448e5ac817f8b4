/** What passes between threads in one scenario, and between how many. */
export interface PassingPlan {
	/**
	 * - `queue`: each record goes to one consumer; `broadcast`: to all of them.
	 * - `trip`: a record goes there, and its copy comes back before the next one is sent.
	 * - `latest`: one thread stores values, another looks at the newest until it has seen the last.
	 */
	readonly way: 'queue' | 'broadcast' | 'trip' | 'latest';
	/** Bytes of a record, see `records.ts`. */
	readonly bytes: 16 | 32;
	/** Records that are handed over at a time. */
	readonly batch: number;
	/** Threads, and for how many the queue is declared: `seats`, where these are more. */
	readonly producers: number;
	readonly consumers: number;
	readonly seats?: number;
	/** Records that a queue has room for. */
	readonly capacity: number;
	/** Microseconds that the asking thread of a `trip` is busy before each, so that the other one sleeps. */
	readonly pause?: number;
}

/** What a thread does. */
export type PassingRole = 'producer' | 'consumer';

/** The roles of the threads of a plan, producers first. Of a trip the producer asks and the consumer answers. */
export function rolesOf({ producers, consumers }: PassingPlan): PassingRole[] {
	return [
		...Array.from({ length: producers }, (): PassingRole => 'producer'),
		...Array.from({ length: consumers }, (): PassingRole => 'consumer'),
	];
}

/** What a thread is told at the beginning of a pass. */
export interface PassingOrder {
	/** The id of the first record, and how many this thread moves. */
	readonly first: number;
	readonly count: number;
}

/** What a thread is made of: the `workerData` of the program `passing.main.ts`. */
export interface PassingSeat {
	readonly subject: string;
	readonly role: PassingRole;
	readonly plan: PassingPlan;
	/** What `PassingSubject.connect` made for this thread. */
	readonly link: unknown;
	/** Which thread it is; its result goes to this place of `results`. */
	readonly index: number;
	readonly progress: Int32Array;
	readonly results: Float64Array;
}

/** Words of `progress`: threads that are ready, passes that threads have ended, threads that failed. */
export const READY = 0;
export const ENDED = 1;
export const FAILED = 2;
