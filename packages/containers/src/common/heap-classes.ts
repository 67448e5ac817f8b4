import type { Heap, internals, Struct } from '@flux/core';

type ByStruct<C> = WeakMap<Struct, Map<string, C>>;

/**
 * Classes of containers, each made once per struct and name, where the name tells what else they differ in. There is one
 * set for containers in any heap, and one for each heap that has code made for its memory.
 */
export class HeapClasses<C> {
	readonly #shared: ByStruct<C> = new WeakMap();
	readonly #fixed = new WeakMap<internals.Memory, ByStruct<C>>();

	/** The class of that name, from `make` when there is none yet. O(1). */
	get(heap: Heap, struct: Struct, name: string, make: () => C): C {
		const structs = this.#of(heap);
		let classes = structs.get(struct);
		if (classes === undefined) {
			classes = new Map();
			structs.set(struct, classes);
		}
		const made = classes.get(name) ?? make();
		classes.set(name, made);
		return made;
	}

	#of({ fixedMemory }: Heap): ByStruct<C> {
		if (fixedMemory === undefined) return this.#shared;
		let structs = this.#fixed.get(fixedMemory);
		if (structs === undefined) {
			structs = new WeakMap();
			this.#fixed.set(fixedMemory, structs);
		}
		return structs;
	}
}
