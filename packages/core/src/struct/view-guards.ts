import type { Memory } from '../memory/memory.js';
import { GENERATION, ORDINAL, OWNER } from '../slab/layout.js';

/** What a live view asks of the container it belongs to. */
export interface ViewHost {
	/** The views over the heap's arena. */
	readonly memory: Memory;
	/** The id that its nodes bear; another one once it was cleared, and -1 once disposed. */
	readonly id: number;
	/** Of a container of segments: whether the segment `where`, one of its own, holds a record at `node` now. */
	isLive?(node: number, where: number): boolean;
}

/**
 * What a live view remembers of its place, and how it sees at each access that its record is still there.
 *
 * A view has two numbers to remember, `a` and `b`. Each rule is there as text, for generated views, and as a function.
 */
export interface ViewGuard {
	/** Expressions for `a` and `b`, of `host`, `memory`, `node` and `where`, which is what the container said beside the node. */
	readonly remember: readonly [a: string, b: string];
	/** A condition of `host`, `memory`, `node`, `a` and `b`: true when the record is gone. */
	readonly gone: string;
	/** `remember`, as a function. */
	rememberFrom(host: ViewHost, node: number, where: number): readonly [a: number, b: number];
	/** `gone`, as a function. */
	isGone(host: ViewHost, memory: Memory, node: number, a: number, b: number): boolean;
}

/**
 * A node is there while it bears the id of the container that the view was taken from, which it does not once erased or
 * spliced away, and while that container has this id, which it has not once cleared, compacted or disposed. In checked mode
 * its generation tells it from a later use of the place.
 */
export function nodeGuard(checked: boolean): ViewGuard {
	return {
		remember: ['host.id', checked ? `memory.i32[node + ${GENERATION}]` : '0'],
		gone: `memory.i32[node + ${OWNER}] !== a || host.id !== a${checked ? ` || memory.i32[node + ${GENERATION}] !== b` : ''}`,
		rememberFrom: (host, node) => [host.id, checked ? host.memory.i32[node + GENERATION] : 0],
		isGone: (host, { i32 }, node, a, b) =>
			i32[node + OWNER] !== a || host.id !== a || (checked && i32[node + GENERATION] !== b),
	};
}

/**
 * A record in a segment is there while its segment bears the container's id and the ordinal it had: no two uses of a segment
 * in one container have the same. Where the record lies outside of what its segment holds now, the container says so.
 */
export const segmentGuard: ViewGuard = {
	remember: ['where', `memory.i32[where + ${ORDINAL}]`],
	gone: `memory.i32[a + ${OWNER}] !== host.id || memory.i32[a + ${ORDINAL}] !== b || !host.isLive(node, a)`,
	rememberFrom: ({ memory }, _, where) => [where, memory.i32[where + ORDINAL]],
	isGone: (host, { i32 }, node, a, b) =>
		i32[a + OWNER] !== host.id || i32[a + ORDINAL] !== b || host.isLive?.(node, a) !== true,
};

/**
 * A record in a slot that threads pass to each other is there until its claim ends: whoever holds the claim counts on then,
 * and looks at nothing in the slot, which another thread may be writing.
 */
export const claimGuard: ViewGuard = {
	remember: ['host.id', '0'],
	gone: 'host.id !== a',
	rememberFrom: ({ id }) => [id, 0],
	isGone: ({ id }, _memory, _node, a) => id !== a,
};
