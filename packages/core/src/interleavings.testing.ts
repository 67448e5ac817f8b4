/**
 * Tries every order in which the steps of a few threads can fall, and every point at which one of them can die.
 *
 * A protocol is written as steps, each one atomic: one access to shared memory, with whatever private work goes with it.
 * What holds here holds of sequentially consistent accesses, which those of `Atomics` are among each other; a plain store
 * must be written as steps of its own, one a word, so that others are seen to come between them.
 *
 * States are compared by their text, so a loop ends as soon as it brings nothing new. The search goes breadth first: the
 * trace of a failure is a shortest one.
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

interface State<Shared, Own> {
	shared: Shared;
	owns: Own[];
	/** For each thread the index of its next step. */
	places: number[];
}

/** How a state was reached. */
interface Arrival {
	readonly text: string;
	readonly before?: Arrival;
	readonly step?: string;
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
	const first: Arrival = {
		text: JSON.stringify({
			shared: protocol.shared,
			owns: threads.map(({ own }) => own),
			places: threads.map(() => 0),
		}),
	};
	const seen = new Set([first.text]);
	const reached = [first];
	let ends = 0;
	// The array grows while it is walked: it is the queue of a breadth-first search.
	for (const arrival of reached) {
		const state: State<Shared, Own> = JSON.parse(arrival.text);
		const over = state.places.every((place) => place < 0);
		if (over) ends++;
		let problem = protocol.wrong?.(state.shared, state.owns);
		if (over) problem ??= protocol.wrongAtEnd?.(state.shared, state.owns);
		const next = over || problem !== undefined ? [] : successors(arrival);
		// Death is no way on: those who live must be able to go on without it.
		if (!over && problem === undefined && !next.some(({ alive }) => alive)) {
			const waiting = threads.filter((_, index) => state.places[index] >= 0).map(({ name }) => name);
			problem = `nobody can go on, and not ended: ${waiting.join(', ')}`;
		}
		if (problem !== undefined) return { states: seen.size, ends, failure: { problem, trace: traceOf(arrival) } };
		for (const { arrival: after } of next) {
			if (seen.has(after.text)) continue;
			if (seen.size >= mostStates)
				throw new Error(`more than ${mostStates} states; bound the loops of the model, or allow more`);
			seen.add(after.text);
			reached.push(after);
		}
	}
	return { states: seen.size, ends };

	function successors(before: Arrival): { readonly arrival: Arrival; readonly alive: boolean }[] {
		return threads.flatMap((thread, index) => {
			const state: State<Shared, Own> = JSON.parse(before.text);
			const place = state.places[index];
			if (place < 0) return [];
			const step = thread.steps[place];
			const found = [];
			if (thread.mortal === true) {
				const dead = { ...state, places: state.places.map((other, of) => (of === index ? DEAD : other)) };
				const arrival = { text: JSON.stringify(dead), before, step: `${thread.name} dies before: ${step.name}` };
				found.push({ arrival, alive: false });
			}
			const next = step.run(state.shared, state.owns[index]);
			if (next !== false) {
				state.places[index] = placeOf(next, place, index);
				const arrival = { text: JSON.stringify(state), before, step: `${thread.name}: ${step.name}` };
				found.push({ arrival, alive: true });
			}
			return found;
		});
	}

	function placeOf(next: string | undefined, place: number, thread: number): number {
		if (next === ENDED) return END;
		if (next === undefined) return place + 1 < threads[thread].steps.length ? place + 1 : END;
		const named = places[thread].get(next);
		if (named === undefined) throw new Error(`${threads[thread].name} has no step named ${next}`);
		return named;
	}
}

function traceOf(arrival: Arrival): string[] {
	const trace: string[] = [];
	for (let at: Arrival | undefined = arrival; at?.step !== undefined; at = at.before) trace.unshift(at.step);
	return trace;
}
