/**
 * `WebAssembly.Memory`, where the program's libraries declare it, as `lib: ["dom"]` does; elsewhere what all of them have.
 * A program for Node without the types of browsers would not compile by its name.
 */
export type WasmMemory = typeof globalThis extends { WebAssembly: { Memory: { prototype: infer M } } }
	? M
	: { readonly buffer: ArrayBufferLike; grow(delta: number): number };
