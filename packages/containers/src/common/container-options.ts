import { ArgumentError, Heap, internals } from '@flux/core';

/** Options of a container. */
export interface ContainerOptions {
	/**
	 * The heap that nodes come from.
	 *
	 * @defaultValue `Heap.default`, the heap of this thread
	 */
	heap?: Heap;
	/**
	 * Catch every misuse: nodes carry a generation, so that a node that was erased is told from a new one at the same
	 * place; numbers out of a field's range throw instead of wrapping; forged nodes throw. Costs four bytes per node, eight
	 * where a field is aligned to eight, and several times the time per call. Containers in checked mode exchange nodes
	 * among themselves alone.
	 *
	 * @defaultValue false
	 */
	checked?: boolean;
}

/** Throws ArgumentError unless `given`, named by `what`, is an object that has no other fields than `known`. */
export function checkFields(given: unknown, known: readonly string[], what: string, example: string): void {
	if (typeof given !== 'object' || given === null)
		throw new ArgumentError(`${what} is ${internals.shown(given)}; pass an object such as ${example}`);
	for (const name of Object.keys(given)) {
		if (!known.includes(name))
			throw new ArgumentError(`the field ${name} of ${what} is unknown; the fields are ${known.join(', ')}`);
	}
}

const OPTIONS = ['heap', 'checked'];

/**
 * The options with their defaults; a container that has `more` reads those itself. Throws ArgumentError for one that is
 * unknown or of the wrong type.
 */
export function readOptions(
	options: ContainerOptions | undefined,
	more: readonly string[] = [],
): { heap: Heap; checked: boolean } {
	if (options !== undefined && (typeof options !== 'object' || options === null)) {
		throw new ArgumentError(`the options are ${internals.shown(options)}; pass an object such as { checked: true }`);
	}
	const known = [...OPTIONS, ...more];
	for (const name of Object.keys(options ?? {})) {
		if (!known.includes(name))
			throw new ArgumentError(`the option ${name} is unknown; the options are ${known.join(', ')}`);
	}
	const heap = options?.heap ?? Heap.default;
	const checked: unknown = options?.checked ?? false;
	if (typeof heap?.openRing !== 'function')
		throw new ArgumentError(`heap is ${internals.shown(heap)}; pass a Heap, or leave it out for the thread's own`);
	if (typeof checked !== 'boolean')
		throw new ArgumentError(`checked is ${internals.shown(checked)}; pass true or false`);
	return { heap, checked };
}
