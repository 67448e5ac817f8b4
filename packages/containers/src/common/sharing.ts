import { ArgumentError, FrozenError, HandleError, type Heap, internals, NotSharedError } from '@flux/core';

/** The containers that can be shared. */
export type SharedKind = 'FluxHashMap' | 'FluxList' | 'FluxOrderBook' | 'FluxQueue' | 'FluxVector';

/** How a container is shared: `move` gives it away, `read` shows it, and nobody changes it meanwhile. */
export type ShareMode = internals.ShareMode;

/** What `share()` returns: a few numbers to be posted to another thread, for `attach()` of the same class there. */
export interface ContainerHandle<K extends SharedKind = SharedKind> {
	/** The class of the container. */
	readonly flux: K;
	/** The version of what containers look like in memory. */
	readonly version: 1;
	/** Whether it is given away or shown. */
	readonly mode: ShareMode;
	/** Which arena it is in: a number of its own. */
	readonly arena: number;
	/** Its place in the arena's table of offers. */
	readonly offer: number;
	/** What tells it from every other handle of the arena. */
	readonly ticket: number;
	/** The `arena.id` of the thread that shared it. */
	readonly owner: number;
	/** Which of those that had this id. */
	readonly epoch: number;
}

/** Options of `attach()`. */
export interface AttachOptions {
	/** The heap of this thread, over the arena that the container was shared in: `new Heap(Arena.attach(handle))`. */
	heap: Heap;
}

/** Layouts of containers in memory that one release can attach. */
const VERSION = 1;

/** What all containers that can be shared have. */
export interface Sharable {
	readonly heap: Heap;
	readonly header: number;
	readonly nodes?: internals.NodePool;
	readonly index?: { readonly header: number };
	readonly layout: { readonly checked: boolean };
	checkAlive(): void;
	/** Ends it here; what it held is another thread's. */
	leave(): void;
	/** Writes to memory what it keeps elsewhere meanwhile. */
	writeBack?(): void;
	/** Refuses changes from now on, or takes them again, where it does that by a state of its own. */
	setFrozen?(isFrozen: boolean): void;
}

/** What differs from class to class. */
export interface SharingOf<C extends Sharable> {
	readonly kind: SharedKind;
	/** Says what its records are, with its keys. */
	layoutOf(container: C): string;
	/** What a container of this struct, mode and heap inherits from while it is frozen, where it has no `setFrozen`. */
	frozenPrototype?(container: C): object;
	/** How to have one that can be changed, where that is not by `clone()`. */
	readonly copy?: string;
}

/** A container that nobody changes: by its owner, with what it was before; or by a reader. */
interface Frozen {
	readonly handle: ContainerHandle;
	/** What the owner's inherits from when it is thawed; undefined for a reader's. */
	readonly thawed: object | undefined;
}

const frozen = new WeakMap<object, Frozen>();

/** Readers that are dropped let go when the event loop turns after a collection. */
const readers = new FinalizationRegistry<{ heap: Heap; offer: number }>(({ heap, offer }) => {
	if (!heap.disposed) heap.offers?.release(offer);
});

/** Hands a container over, or shows it. O(1), but O(size) once where nodes came in by splice or from an iterable. */
export function share<C extends Sharable>(container: C, mode: ShareMode, of: SharingOf<C>): ContainerHandle {
	container.checkAlive();
	const title = `this ${of.kind}`;
	if (mode !== 'move' && mode !== 'read')
		throw new ArgumentError(
			`share was given ${internals.shown(mode)}; pass 'move' to give it away, or 'read' to show it`,
		);
	const known = frozen.get(container);
	if (known !== undefined) {
		if (mode === 'read') return known.handle;
		throw frozenError(title, of.copy);
	}
	const { heap, header, nodes, index } = container;
	if (heap.offers === undefined) throw new NotSharedError('share', title);
	if (nodes !== undefined) {
		if (Array.from(nodes.rings()).length > 1)
			throw new ArgumentError(`share was called while records were put into ${title}; share it when that call is done`);
		heap.settleIds(nodes);
	}
	container.writeBack?.();
	// A thread that shares much may allocate little: it takes back what others freed here too.
	heap.drain();
	const offer = heap.offers.open(mode, {
		layout: hashOf(of.kind, of.layoutOf(container)),
		checked: container.layout.checked,
		pool: nodes?.header ?? 0,
		header,
		index: index?.header ?? 0,
	});
	const handle: ContainerHandle = { flux: of.kind, version: VERSION, mode, ...offer };
	if (mode === 'move') {
		if (nodes !== undefined) heap.forgetPool(nodes);
		container.leave();
	} else {
		frozen.set(container, { handle, thawed: Object.getPrototypeOf(container) });
		heap.offers.shown.add(container);
		container.setFrozen?.(true);
		if (of.frozenPrototype !== undefined) Object.setPrototypeOf(container, of.frozenPrototype(container));
	}
	return handle;
}

/** Whether a container is shared for reading. */
export function isFrozen(container: object): boolean {
	return frozen.has(container);
}

/** Ends the sharing for reading of a container by its owner. Throws FrozenError while others read. */
export function thaw(container: Sharable, title: string): void {
	container.checkAlive();
	const state = frozen.get(container);
	if (state === undefined) return;
	if (state.thawed === undefined)
		throw new FrozenError(title, 'it is another thread’s: dispose() of it here, and thaw() it there');
	const count = container.heap.offers?.withdraw(state.handle) ?? 0;
	if (count > 0) {
		throw new FrozenError(
			title,
			`${count} ${count === 1 ? 'thread has' : 'threads have'} it attached: thaw() it when they have disposed of it, or were retired`,
		);
	}
	frozen.delete(container);
	container.heap.offers?.shown.delete(container);
	Object.setPrototypeOf(container, state.thawed);
	container.setFrozen?.(false);
}

/** Why a call that would change a container was refused; `copy` says how to have one that can be changed. */
export function frozenError(title: string, copy = 'take a clone() and change that'): FrozenError {
	return new FrozenError(title, `thaw() it when no other thread reads it, or ${copy}`);
}

/** Ends a frozen container: a reader's lets go of it, by `end`, which gives nothing back; the owner's is thawed first. */
export function disposeFrozen(container: Sharable & { dispose(): void }, title: string, end: () => void): void {
	const state = frozen.get(container);
	if (state === undefined) return;
	if (state.thawed !== undefined) {
		thaw(container, title);
		container.dispose();
		return;
	}
	frozen.delete(container);
	readers.unregister(container);
	container.heap.offers?.release(state.handle.offer);
	end();
}

/** What a handle leads to, taken for this heap. `make` makes the container of it, where it is of that layout. */
export function attach<C extends object>(
	handle: ContainerHandle,
	kind: SharedKind,
	layout: string,
	options: AttachOptions | undefined,
	make: (heap: Heap, taken: internals.Taken) => C,
): C {
	const given = handle as Partial<ContainerHandle> | null | undefined;
	if (typeof given !== 'object' || given === null || typeof given.flux !== 'string')
		throw new HandleError(
			'foreign',
			`the handle is ${internals.shown(given)}; pass what share() of a ${kind} returned`,
		);
	if (given.flux !== kind)
		throw new HandleError(
			'kind',
			`the handle is of a ${given.flux} and not of a ${kind}; attach it by ${given.flux}.attach()`,
		);
	if (given.version !== VERSION) {
		throw new HandleError(
			'version',
			`the handle has version ${internals.shown(given.version)}, and this release attaches version ${VERSION}; let all threads load one release`,
		);
	}
	const heap = options?.heap;
	if (typeof heap?.openRing !== 'function')
		throw new ArgumentError('attach was given no heap; pass { heap }, the heap of this thread over the shared arena');
	if (heap.disposed || heap.offers === undefined) throw new NotSharedError('attach', 'this Heap');
	heap.drain();
	const taken = heap.offers.take(handle, hashOf(kind, layout), `a ${kind}`);
	const container = make(heap, taken);
	if (taken.mode === 'read') {
		frozen.set(container, { handle, thawed: undefined });
		readers.register(container, { heap, offer: taken.offer }, container);
	}
	return container;
}

function hashOf(kind: SharedKind, layout: string): readonly [number, number] {
	return internals.textHash(`${kind} ${VERSION} ${layout}`);
}

/** Makes every call of a class that would change a container throw; `clone` makes one that can be changed. */
export function freeze(
	prototype: object,
	kind: SharedKind,
	calls: readonly string[],
	clone: (source: never) => object,
): void {
	const title = `this ${kind}`;
	const define = (name: string | symbol, value: (this: never) => unknown): void => {
		Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
	};
	for (const call of calls) {
		define(call, function (this: Sharable): never {
			this.checkAlive();
			throw frozenError(title);
		});
	}
	define('clone', function (this: Sharable): object {
		this.checkAlive();
		return clone(this as never);
	});
	const dispose = function (this: Sharable & { dispose(): void; end(): void }): void {
		disposeFrozen(this, title, () => this.end());
	};
	define('dispose', dispose);
	define(internals.symbolDispose, dispose);
}
