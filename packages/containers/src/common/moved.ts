import { DisposedError, type FluxError, MovedError } from '@flux/core';

/** Containers whose records went to another thread: as empty as disposed ones, and known by this alone. */
const moved = new WeakSet<object>();

/** Notes that what a container held is another thread's now. */
export function leave(container: object): void {
	moved.add(container);
}

/** Why a container that stands on nothing cannot be used. */
export function gone(container: object, what: string): FluxError {
	return moved.has(container) ? new MovedError(what) : new DisposedError(what);
}
