/**
 * Tries every order in which the steps of a few threads can fall, and every point at which one of them can die.
 *
 * A protocol is written as steps, each one atomic: one access to shared memory, with whatever private work goes with it.
 * What holds here holds of sequentially consistent accesses, which those of `Atomics` are among each other; a plain store
 * must be written as steps of its own, one a word, so that others are seen to come between them.
 *
 * States are compared by the text of their parts, so a loop ends as soon as it brings nothing new. A step sees the shared
 * state and its own, so what it does to one pair of them is found out once, however many states have that pair. The search
 * goes breadth first: the trace of a failure is a shortest one.
 */

/** Named as the next step, ends the thread. */
export const ENDED = 'ended';

/** One atomic step of a thread with the private state `Own`, over the shared state `Shared`. */
export interface Step<Shared, Own> {
	/** Stands in traces, and is what {@link choose} names. */
	readonly name: string;
	/** Changes the states and names the next step: undefined is the one behind this, false that it cannot be taken yet. */
	readonly run: (shared: Shared, own: Own) => string | false | undefined;
}

/** A step that is always taken and goes on to the next. */
export function act<Shared, Own>(name: string, effect: (shared: Shared, own: Own) => void): Step<Shared, Own> {
	return {
		name,
		run(shared, own) {
			effect(shared, own);
			return undefined;
		},
	};
}

/** A step that names the one after it, {@link ENDED} for none; it may change the states as well. */
export function choose<Shared, Own>(name: string, next: (shared: Shared, own: Own) => string): Step<Shared, Own> {
	return { name, run: next };
}

/** A step that cannot be taken until `ready`, which changes nothing: a parked thread. */
export function until<Shared, Own>(name: string, ready: (shared: Shared, own: Own) => boolean): Step<Shared, Own> {
	return { name, run: (shared, own) => (ready(shared, own) ? undefined : false) };
}

/** The steps with two neighbours, given by name, in the other order: a protocol that must be found wrong. */
export function swapped<S, O>(steps: readonly Step<S, O>[], first: string, second: string): Step<S, O>[] {
	const at = steps.findIndex(({ name }) => name === first);
	if (steps[at + 1]?.name !== second) throw new Error(`${second} does not follow ${first}`);
	return [...steps.slice(0, at), steps[at + 1], steps[at], ...steps.slice(at + 2)];
}

/** The steps with one, given by name, done otherwise. */
export function altered<S, O>(steps: readonly Step<S, O>[], name: string, run: Step<S, O>['run']): Step<S, O>[] {
	if (!steps.some((step) => step.name === name)) throw new Error(`there is no step ${name}`);
	return steps.map((step) => (step.name === name ? { name, run } : step));
}

/**
 * The steps of a thread that may be killed before each of them, by whoever sets `killed`; another thread can then be told
 * of its death and clear up, which it cannot of a `mortal` one.
 */
export function killable<S extends { readonly killed: boolean }, O>(steps: readonly Step<S, O>[]): Step<S, O>[] {
	return steps.map(({ name, run }) => ({ name, run: (shared, own) => (shared.killed ? ENDED : run(shared, own)) }));
}

/** A thread: its steps, begun at the first, and its private state. States are made of what JSON can hold. */
export interface Thread<Shared, Own> {
	readonly name: string;
	readonly own: Own;
	readonly steps: readonly Step<Shared, Own>[];
	/** Whether it may die before each of its steps; the search then tries that as well. */
	readonly mortal?: boolean;
}

/** Threads over a shared state, and what must hold of them. */
export interface Protocol<Shared, Own> {
	readonly shared: Shared;
	readonly threads: readonly Thread<Shared, Own>[];
	/** What is wrong with a state, undefined for nothing; asked of every state that can be reached. */
	readonly wrong?: (shared: Shared, owns: readonly Own[]) => string | undefined;
	/** What is wrong with a state in which every thread has ended or died. */
	readonly wrongAtEnd?: (shared: Shared, owns: readonly Own[]) => string | undefined;
}

/** What the search found. */
export interface Interleavings {
	/** How many different states were reached. */
	readonly states: number;
	/** How many of them had every thread ended or dead; 0 where nothing failed is a protocol that never ends. */
	readonly ends: number;
	/** What went wrong, with the steps that lead there. */
	readonly failure?: { readonly problem: string; readonly trace: readonly string[] };
}

/** The place of a thread that ended, and of one that died. */
const END = -1;
const DEAD = -2;

/**
 * A state in numbers: of the shared state, and of the place and the private state of each thread, as {@link Parts} has them.
 * States differ where these do; their parts are few, and meet again and again.
 */
type State = readonly number[];

/** How a state was reached. */
interface Arrival {
	readonly state: State;
	readonly before?: Arrival;
	/** The thread that took a step, and where it was. */
	readonly thread: number;
	readonly place: number;
	readonly died: boolean;
}

/** Parts of states that are compared by their text, each with a number. */
class Parts<T> {
	readonly #numbers = new Map<string, number>();
	readonly #texts: string[] = [];
	readonly #values: T[] = [];

	numberOf(part: T): number {
		const text = JSON.stringify(part);
		let number = this.#numbers.get(text);
		if (number === undefined) {
			number = this.#texts.length;
			this.#numbers.set(text, number);
			this.#texts.push(text);
			// Many look at it, so none may change it.
			this.#values.push(JSON.parse(text, (_, value) => Object.freeze(value)));
		}
		return number;
	}

	/** To be looked at. */
	valueOf(number: number): T {
		return this.#values[number];
	}

	/** To be changed. */
	copyOf(number: number): T {
		return JSON.parse(this.#texts[number]);
	}
}

/**
 * Searches all interleavings of a protocol, up to the first failure. A state in which nobody can go on although a thread
 * has neither ended nor died is a failure: a lost wake-up, a deadlock, a lock whose holder died.
 *
 * O(states x threads), with all states in memory.
 *
 * @throws Error when there are more than `mostStates` states, or a step names one that is not there: a mistake in the
 *   model and no property of the protocol.
 */
export function interleavings<Shared, Own>(protocol: Protocol<Shared, Own>, mostStates = 1_000_000): Interleavings {
	const { threads } = protocol;
	const places = threads.map(({ steps }) => new Map(steps.map(({ name }, place) => [name, place])));
	const shareds = new Parts<Shared>();
	const owns = threads.map(() => new Parts<readonly [place: number, own: Own]>());
	/** For each thread, what its step makes of a shared state and its own: nothing else decides it, so it is asked once. */
	const outcomes = threads.map(() => new Map<number, readonly [shared: number, own: number] | false>());

	const first: Arrival = {
		state: [shareds.numberOf(protocol.shared), ...threads.map(({ own }, index) => owns[index].numberOf([0, own]))],
		...{ thread: -1, place: -1, died: false },
	};
	const seen = new Set([first.state.join()]);
	const reached = [first];
	let ends = 0;
	// The array grows while it is walked: it is the queue of a breadth-first search.
	for (const arrival of reached) {
		const shared = shareds.valueOf(arrival.state[0]);
		const each = threads.map((_, index) => owns[index].valueOf(arrival.state[index + 1]));
		const over = each.every(([place]) => place < 0);
		if (over) ends++;
		const privates = each.map(([, own]) => own);
		let problem = protocol.wrong?.(shared, privates);
		if (over) problem ??= protocol.wrongAtEnd?.(shared, privates);
		const next = over || problem !== undefined ? [] : successors(arrival);
		// Death is no way on: those who live must be able to go on without it.
		if (!over && problem === undefined && next.every(({ died }) => died)) {
			const waiting = threads.filter((_, index) => each[index][0] >= 0).map(({ name }) => name);
			problem = `nobody can go on, and not ended: ${waiting.join(', ')}`;
		}
		if (problem !== undefined) return { states: seen.size, ends, failure: { problem, trace: traceOf(arrival) } };
		for (const after of next) {
			const key = after.state.join();
			if (seen.has(key)) continue;
			if (seen.size >= mostStates)
				throw new Error(`more than ${mostStates} states; bound the loops of the model, or allow more`);
			seen.add(key);
			reached.push(after);
		}
	}
	return { states: seen.size, ends };

	function successors(before: Arrival): Arrival[] {
		const found: Arrival[] = [];
		const [shared] = before.state;
		threads.forEach((each, thread) => {
			const own = before.state[thread + 1];
			const [place, value] = owns[thread].valueOf(own);
			if (place < 0) return;
			const after = (shared: number, own: number, died: boolean): void => {
				const state = [...before.state];
				state[0] = shared;
				state[thread + 1] = own;
				found.push({ state, before, thread, place, died });
			};
			if (each.mortal === true) after(shared, owns[thread].numberOf([DEAD, value]), true);
			const outcome = outcomeOf(thread, shared, own);
			if (outcome !== false) after(...outcome, false);
		});
		return found;
	}

	function outcomeOf(thread: number, shared: number, own: number): readonly [shared: number, own: number] | false {
		// Neither number comes near these.
		const key = shared * 2 ** 26 + own;
		let outcome = outcomes[thread].get(key);
		if (outcome === undefined) {
			const changed = shareds.copyOf(shared);
			const [place, value] = owns[thread].copyOf(own);
			const next = threads[thread].steps[place].run(changed, value);
			outcome = next !== false && [
				shareds.numberOf(changed),
				owns[thread].numberOf([placeOf(next, place, thread), value]),
			];
			outcomes[thread].set(key, outcome);
		}
		return outcome;
	}

	function placeOf(next: string | undefined, place: number, thread: number): number {
		if (next === ENDED) return END;
		if (next === undefined) return place + 1 < threads[thread].steps.length ? place + 1 : END;
		const named = places[thread].get(next);
		if (named === undefined) throw new Error(`${threads[thread].name} has no step named ${next}`);
		return named;
	}

	function traceOf(arrival: Arrival): string[] {
		const trace: string[] = [];
		for (
			let { before, thread, place, died } = arrival;
			before !== undefined;
			{ before, thread, place, died } = before
		) {
			const { name, steps } = threads[thread];
			trace.unshift(`${name}${died ? ' dies before' : ''}: ${steps[place].name}`);
		}
		return trace;
	}
}
