/**
 * Every mistake has a class and a stable `code`; every message names the value and the remedy.
 *
 * A call that throws one of these has changed nothing.
 */

import { shown } from './shown.js';

/** The stable codes of {@link FluxError}. Compare these, not messages: messages may improve in any release. */
export type FluxErrorCode =
	| 'FLUX_ARGUMENT'
	| 'FLUX_CLAIM'
	| 'FLUX_CLOSED'
	| 'FLUX_CORRUPTION'
	| 'FLUX_DISPOSED'
	| 'FLUX_DOUBLE_FREE'
	| 'FLUX_EMPTY'
	| 'FLUX_END'
	| 'FLUX_FOREIGN_POINTER'
	| 'FLUX_FROZEN'
	| 'FLUX_FULL'
	| 'FLUX_HANDLE'
	| 'FLUX_HEAP_MISMATCH'
	| 'FLUX_INTERIOR_POINTER'
	| 'FLUX_KEY'
	| 'FLUX_MOVED'
	| 'FLUX_NODE'
	| 'FLUX_NOT_SHARED'
	| 'FLUX_OUT_OF_MEMORY'
	| 'FLUX_OVERRUN'
	| 'FLUX_OWNER_DIED'
	| 'FLUX_PEER_DIED'
	| 'FLUX_POSITION'
	| 'FLUX_RANGE'
	| 'FLUX_RECORD'
	| 'FLUX_REENTRY'
	| 'FLUX_RETIRED'
	| 'FLUX_SEAT'
	| 'FLUX_SNAPSHOT'
	| 'FLUX_STALE_VIEW'
	| 'FLUX_STRUCT'
	| 'FLUX_TIMEOUT'
	| 'FLUX_WAIT'
	| 'FLUX_WALK';

/**
 * The base of every error that this library throws on purpose.
 *
 * Two copies of the library in one process (one loaded as ESM, one as CommonJS) have two classes of this name,
 * so compare `code` where errors cross such a border.
 *
 * @example
 * ```ts
 * import { FluxError } from '@flux/core';
 *
 * try {
 *   throw new FluxError('FLUX_ARGUMENT', 'the count is -1; pass a whole number from 0');
 * } catch (error) {
 *   if (error instanceof FluxError) console.log(error.code);
 * }
 * ```
 */
export class FluxError extends Error {
	/** Which kind of mistake this is; stable across releases. */
	readonly code: FluxErrorCode;

	/** Makes an error of the given kind. Allocates the error alone. */
	constructor(code: FluxErrorCode, message: string) {
		super(message);
		this.name = new.target.name;
		this.code = code;
	}
}

/** An argument or option that no state of the program could make right: a negative count, an unknown option value. */
export class ArgumentError extends FluxError {
	/** Makes the error; the message names the argument, its value and the remedy. */
	constructor(message: string) {
		super('FLUX_ARGUMENT', message);
	}
}

/** A place of a queue was claimed while another is held, or given back while none is. */
export class ClaimError extends FluxError {
	/** Makes the error; `call` is the method that was refused, `remedy` says what to call first. */
	constructor(call: string, remedy: string) {
		super('FLUX_CLAIM', `${call} cannot be called here; ${remedy}`);
	}
}

/** A record was pushed to a queue that is closed, whose backlog is still delivered, or stored in a cell that is. */
export class ClosedError extends FluxError {
	/** Makes the error; `call` is the method that was refused, `what` is "queue" or "cell". */
	constructor(call: string, what = 'queue') {
		super('FLUX_CLOSED', `${call} was called on a ${what} that is closed; close it when all is done`);
	}
}

/** `validate()` found memory that breaks an invariant: a bug of this library, or a write through a forged index. */
export class CorruptionError extends FluxError {
	/** Makes the error; the message states the broken invariant. */
	constructor(message: string) {
		super('FLUX_CORRUPTION', message);
	}
}

/** The container, heap or arena was used after `dispose()`. */
export class DisposedError extends FluxError {
	/** Makes the error; `what` is the thing disposed, as in "this FluxList". */
	constructor(what: string) {
		super('FLUX_DISPOSED', `${what} was disposed; make a new one, or dispose it later`);
	}
}

/** A block was given back that is free already: it was given back before. */
export class DoubleFreeError extends FluxError {
	/** The block as it was passed in. */
	readonly block: number;

	/** Makes the error; `call` is the method that was refused. */
	constructor(block: number, call: string) {
		super(
			'FLUX_DOUBLE_FREE',
			`${call} was given block ${block}, which is free; give each block back once, and set its variable to 0 then`,
		);
		this.block = block;
	}
}

/** An element was asked of an empty container by a call that requires one, as `std::list::pop_front` does. */
export class EmptyError extends FluxError {
	/** Makes the error; `call` is the method, `remedy` what to call instead. */
	constructor(call: string, remedy: string) {
		super('FLUX_EMPTY', `${call} needs an element and the container is empty; ${remedy}`);
	}
}

/** A node was asked of the position past the end (node 0), or a walk went beyond it. */
export class EndError extends FluxError {
	/** Makes the error; `call` is the method that was given the end. */
	constructor(call: string) {
		super(
			'FLUX_END',
			`${call} was given 0, the position past the end, where no node is; compare with 0 before the call`,
		);
	}
}

/** A number was taken for a block that this heap never handed out: a node, a block of another heap, or no index at all. */
export class ForeignPointerError extends FluxError {
	/** The number as it was passed in. */
	readonly block: unknown;

	/** Makes the error; `call` is the method that was refused. */
	constructor(block: unknown, call: string) {
		super(
			'FLUX_FOREIGN_POINTER',
			`${call} was given ${shown(block)}, which is no block of this heap; pass what allocate() of the same heap returned`,
		);
		this.block = block;
	}
}

/** A bounded container that refuses more than its capacity was full. */
export class FullError extends FluxError {
	/** Makes the error; `call` is the method, `asked` how many records it had, of which `room` had room of `capacity`. */
	constructor(call: string, asked: number, room: number, capacity: number) {
		super(
			'FLUX_FULL',
			`${call} had ${asked} ${asked === 1 ? 'record' : 'records'} for a queue with room for ${room} of ${capacity}; ` +
				"pop some, call tryPush(), or make the queue with whenFull: 'overwrite' or a larger capacity",
		);
	}
}

/** What is wrong with the handle that {@link HandleError} refuses. */
export type HandleProblem = 'foreign' | 'version' | 'kind' | 'struct' | 'arena' | 'taken' | 'full';

/** What was to be attached is no handle of such a thing, or one that leads nowhere. Nothing was attached. */
export class HandleError extends FluxError {
	/**
	 * `foreign`: no handle at all; `version`: of another version of the library; `kind`: of another class; `struct`: of records
	 * of another struct; `arena`: of a container in another arena; `taken`: attached before, or no longer shared; `full`: of an
	 * arena with as many attachments as it can have.
	 */
	readonly problem: HandleProblem;

	/** Makes the error; `message` says what was found and what to do. */
	constructor(problem: HandleProblem, message: string) {
		super('FLUX_HANDLE', message);
		this.problem = problem;
	}
}

/** Two containers that do not share a heap cannot exchange nodes. */
export class HeapMismatchError extends FluxError {
	/** Makes the error; `call` is the method that was refused. */
	constructor(call: string) {
		super(
			'FLUX_HEAP_MISMATCH',
			`${call} moves nodes, and these two containers draw them from different pools (another heap, record or mode); ` +
				'make both with the same heap and struct, or copy the records with copyFrom()',
		);
	}
}

/** An index inside a block was given where the block itself is wanted. */
export class InteriorPointerError extends FluxError {
	/** The index as it was passed in. */
	readonly inside: number;
	/** The block that it lies in. */
	readonly block: number;

	/** Makes the error; `call` is the method that was refused. */
	constructor(inside: number, block: number, call: string) {
		super(
			'FLUX_INTERIOR_POINTER',
			`${call} was given ${inside}, which lies ${inside - block} words inside block ${block}; pass the block itself`,
		);
		this.inside = inside;
		this.block = block;
	}
}

/** A record was asked of a map by a key that is not in it, by a call that requires one, as `std::unordered_map::at` does. */
export class KeyError extends FluxError {
	/** The key as it was passed in. */
	readonly key: unknown;

	/** Makes the error; `call` is the method, `remedy` what to call instead. */
	constructor(key: unknown, call: string, remedy: string) {
		super('FLUX_KEY', `${call} found no record under the key ${shown(key)}; ${remedy}`);
		this.key = key;
	}
}

/** A node was erased, cleared, belongs to another container, or never was a node. */
export class NodeError extends FluxError {
	/** The node as it was passed in. */
	readonly node: unknown;

	/** Makes the error; `reason` says what is known of the node. */
	constructor(node: unknown, reason: string) {
		super('FLUX_NODE', `node ${shown(node)} ${reason}`);
		this.node = node;
	}
}

/** The arena cannot grow to what was asked. Everything already held stays intact and usable. */
export class OutOfMemoryError extends FluxError {
	/** Bytes that were asked for. */
	readonly requested: number;
	/** Bytes the arena had committed when it was asked. */
	readonly held: number;
	/** Bytes the arena may commit in all: its `maxBytes`, or less where the system gave less. */
	readonly allowed: number;

	/** Makes the error; all three figures are bytes. */
	constructor(requested: number, held: number, allowed: number) {
		super(
			'FLUX_OUT_OF_MEMORY',
			`${requested} bytes were asked of an arena that holds ${held} and may hold ${allowed}; ` +
				'free records, dispose containers, or make the arena with a larger maxBytes',
		);
		this.requested = requested;
		this.held = held;
		this.allowed = allowed;
	}
}

/** In `checked` mode: what follows a block was overwritten, by a write beyond its end. The block stays allocated. */
export class OverrunError extends FluxError {
	/** The block. */
	readonly block: number;

	/** Makes the error; `bytes` is what was asked for, where that is still known, and `call` the method that found it. */
	constructor(block: number, bytes: number | undefined, call: string) {
		super(
			'FLUX_OVERRUN',
			`${call} found that ${bytes === undefined ? 'more' : `more than the ${bytes} bytes`} of block ${block} ` +
				`${bytes === undefined ? 'than its bytes ' : ''}were written; find the write beyond its end, or ask for a larger block`,
		);
		this.block = block;
	}
}

/** A number lies outside its field's range, in `checked` mode; by default numbers wrap as typed arrays wrap them. */
export class FieldRangeError extends FluxError {
	/** Makes the error; `field` is the dotted path of the field. */
	constructor(field: string, value: unknown, type: string) {
		super(
			'FLUX_RANGE',
			`field ${field} is ${type} and cannot hold ${shown(value)}; pass a value in range, or leave checked mode to wrap it`,
		);
	}
}

/** A call would wait for another thread, and the last one on the other side of the queue has died. */
export class PeerDiedError extends FluxError {
	/** Makes the error; `call` is the method, `peers` who died: "producer", "consumer" or "writer", `what` is "queue" or "cell". */
	constructor(call: string, peers: string, what = 'queue') {
		super(
			'FLUX_PEER_DIED',
			`${call} would wait, and the last ${peers} of this ${what} has died; attach another one, or close the ${what}`,
		);
	}
}

/** A position of a vector where no record is. */
export class PositionError extends FluxError {
	/** The position as it was passed in. */
	readonly position: unknown;

	/** Makes the error; `call` is the method that was refused, `most` the last position that it takes, -1 where there is none. */
	constructor(position: unknown, call: string, most: number) {
		super(
			'FLUX_POSITION',
			`${call} was given the position ${shown(position)}; ${most < 0 ? 'there is no record to name' : `pass a whole number from 0 to ${most}`}`,
		);
		this.position = position;
	}
}

/** A record has the wrong shape: a field is missing or has the wrong type, or a text does not fit. */
export class RecordError extends FluxError {
	/** The dotted path of the offending field. */
	readonly field: string;

	/** Makes the error; `field` is the dotted path, `problem` says what is wrong and what would be right. */
	constructor(field: string, problem: string) {
		super('FLUX_RECORD', `field ${field} ${problem}`);
		this.field = field;
	}
}

/** A listener gave a command to the container that was calling it, in the middle of another command. */
export class ReentryError extends FluxError {
	/** Makes the error; `what` is the thing that was called, as in "this FluxOrderBook". */
	constructor(what: string) {
		super(
			'FLUX_REENTRY',
			`a listener gave ${what} a command while another was under way; note what to do, and do it when that command has returned`,
		);
	}
}

/** A thread that was declared dead goes on using the queue: what it held was taken from it. */
export class RetiredError extends FluxError {
	/** Makes the error; `call` is the method that found it, `what` is "queue" or "cell". */
	constructor(call: string, what = 'queue') {
		super(
			'FLUX_RETIRED',
			`${call} found that retire() took this ${what}'s places from this thread; call retire() for threads that have ended alone`,
		);
	}
}

/** More threads push to a queue, or pop from it, than it was made for. */
export class SeatError extends FluxError {
	/** Makes the error; `role` is "producer", "consumer" or "writer", `seats` how many of them the `what`, "queue" or "cell", was made for. */
	constructor(role: string, seats: number, what = 'queue') {
		super(
			'FLUX_SEAT',
			`the ${what} was made for ${seats} ${role}${seats === 1 ? '' : 's'}, and there ${seats === 1 ? 'is one' : 'are as many'}; ` +
				`declare more ${role}s where it is made, dispose one, or retire() one that has died`,
		);
	}
}

/** What is wrong with the bytes that {@link SnapshotError} refuses. */
export type SnapshotProblem = 'foreign' | 'byte-order' | 'version' | 'truncated' | 'corrupted' | 'kind' | 'struct';

/** Bytes that were to be restored are no whole snapshot of such a container. Nothing was made, nothing is held. */
export class SnapshotError extends FluxError {
	/**
	 * `foreign`: not a snapshot at all; `byte-order`: written on a machine of the other byte order; `version`: written by
	 * another version of the format; `truncated`: its end is missing; `corrupted`: its bytes were changed; `kind`: of
	 * another container; `struct`: of records of another struct.
	 */
	readonly problem: SnapshotProblem;

	/** Makes the error; `message` says what was found and what to do. */
	constructor(problem: SnapshotProblem, message: string) {
		super('FLUX_SNAPSHOT', message);
		this.problem = problem;
	}
}

/** A live view was used after its node was erased, or after the walk that moved it had ended. */
export class StaleViewError extends FluxError {
	/** Makes the error; `reason` says how the view became stale. */
	constructor(reason: string) {
		super('FLUX_STALE_VIEW', `this view is stale: ${reason}; take a new one with at(node), or a copy with get(node)`);
	}
}

/** A struct was declared wrongly; thrown at the declaration, naming the field. */
export class StructError extends FluxError {
	/** Makes the error; the message names the field and the remedy. */
	constructor(message: string) {
		super('FLUX_STRUCT', message);
	}
}

/** A call waited as long as it was told to. Nothing was pushed or popped. */
export class TimeoutError extends FluxError {
	/** Makes the error; `call` is the method, `timeout` its limit in milliseconds. */
	constructor(call: string, timeout: number) {
		super('FLUX_TIMEOUT', `${call} waited ${timeout} ms; call it again, or with a longer timeout`);
	}
}

/** A call would have to wait, and this thread must not: the main thread of a page. */
export class WaitError extends FluxError {
	/** Makes the error; `call` is the method, `remedy` what to call instead. */
	constructor(call: string, remedy: string) {
		super('FLUX_WAIT', `${call} would block the main thread of a page, which the browser forbids; ${remedy}`);
	}
}

/** A walk cannot go on: nodes were removed behind its back in a way that leaves its place unknown. */
export class WalkError extends FluxError {
	/** Makes the error. */
	constructor() {
		super(
			'FLUX_WALK',
			'the container changed under this walk so that its next node is unknown; inside a walk erase only the current node, ' +
				'or collect the nodes first and erase them after it',
		);
	}
}

/** A container that was shared for reading was to be changed. */
export class FrozenError extends FluxError {
	/** Makes the error; `what` is the container, as in "this FluxList"; `remedy` says what to do. */
	constructor(what: string, remedy: string) {
		super('FLUX_FROZEN', `${what} is shared for reading and cannot be changed; ${remedy}`);
	}
}

/** A container was used after it was moved to another thread, or offered to one. */
export class MovedError extends FluxError {
	/** Makes the error; `what` is the container, as in "this FluxList". */
	constructor(what: string) {
		super(
			'FLUX_MOVED',
			`${what} was moved by share('move'); use it in the thread that attached its handle, or attach the handle here`,
		);
	}
}

/** What only a shared arena can do was asked of one that is not. */
export class NotSharedError extends FluxError {
	/** Makes the error; `call` is the method, `what` the thing that it was called on. */
	constructor(call: string, what: string) {
		super(
			'FLUX_NOT_SHARED',
			`${call} was called on ${what}, whose memory other threads cannot reach; make it over new Arena({ shared: true }), as in new Heap(arena) and { heap }`,
		);
	}
}

/** What a handle leads to went down with the thread that owned it. */
export class OwnerDiedError extends FluxError {
	/** Makes the error; `what` is what is gone. */
	constructor(what: string) {
		super('FLUX_OWNER_DIED', `the thread that owned ${what} has ended, and it with that thread; build it anew`);
	}
}
