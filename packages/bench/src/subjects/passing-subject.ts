import type { MessagePort } from 'node:worker_threads';
import type { PassingPlan, PassingRole } from '../passing/plan.js';

/**
 * What takes records from thread to thread, as a subject. The child process makes it and starts its threads; in each of
 * these it is loaded again, and does what one thread does. Each loop is written once for each subject, as a user would.
 */
export interface PassingSubject {
	/** Once, before the first round. */
	prepare?(): Promise<void>;
	/** Before every round, outside the time. */
	betweenRounds?(): void;
	/** Its name in the catalogue, by which its threads load it, and the program that they run. */
	readonly id: string;
	readonly program: URL;
	/** Makes what the threads share, and returns for each of them what it gets, in the order of `rolesOf`. */
	connect(plan: PassingPlan): PassingLink[];
	/** One thread, in which this is called. */
	thread(role: PassingRole, link: unknown, plan: PassingPlan): PassingThread;
}

/** What a thread gets to begin with. */
export interface PassingLink {
	readonly link: unknown;
	readonly transfer?: readonly MessagePort[];
}

/** What a thread does in a pass. */
export interface PassingThread {
	/** A pass begins: the id of its first record, and how many come to this thread or go from it. */
	begin(first: number, count: number): void;
	/** Sends or receives this many records more, or goes there and back so often. */
	move(count: number): void | Promise<void>;
	/** What the records that came add up to, and how many came that were not expected; 0 in a thread that only sends. */
	end(): Tally;
}

/** Proof of the work of a thread. */
export interface Tally {
	readonly sum: number;
	readonly wrong: number;
}

/** A thread that only sends. */
export abstract class Sender implements PassingThread {
	/** The id of the next record. */
	protected next = 0;

	begin(first: number): void {
		this.next = first;
	}

	abstract move(count: number): void | Promise<void>;

	end(): Tally {
		return { sum: 0, wrong: 0 };
	}
}

/** A thread that receives. */
export abstract class Receiver implements PassingThread {
	/** The id that comes next, where records come in order. */
	protected next = 0;
	/** Records that it was told to receive, and that it has: a batch may bring some too many. */
	protected goal = 0;
	protected received = 0;
	protected sum = 0;
	protected wrong = 0;

	begin(first: number): void {
		this.next = first;
		this.goal = 0;
		this.received = 0;
		this.sum = 0;
		this.wrong = 0;
	}

	abstract move(count: number): void | Promise<void>;

	end(): Tally {
		return { sum: this.sum, wrong: this.wrong };
	}
}
