import { ArgumentError, internals, type Struct } from '@flux/core';

/*
 * What the containers have in common that are one SharedArrayBuffer between threads: their memory says what it is, and its
 * attachments are members with numbers, by which the dead are told.
 */

/** Words of a pair of cache lines: caches fetch lines of 64 bytes in pairs. */
export const LINES = 32;

/** So many words, up to the next pair of lines. */
export function upToLines(words: number): number {
	return Math.ceil(words / LINES) * LINES;
}

/** The signature of a struct, to stand in shared memory. */
export function signatureOf(struct: Struct): Uint8Array {
	return new TextEncoder().encode(struct.signature);
}

/** The signature that stands at a word. */
export function readSignature(buffer: ArrayBufferLike, word: number, bytes: number): string {
	// Decoders of text take no shared memory.
	return new TextDecoder().decode(Uint8Array.from(new Uint8Array(buffer, word * 4, bytes)));
}

/** Whether it is a SharedArrayBuffer, of whichever realm. */
export function isSharedBuffer(value: unknown): value is SharedArrayBuffer {
	return Object.prototype.toString.call(value) === '[object SharedArrayBuffer]';
}

/** Whether it is a WebAssembly.Memory, of whichever realm. */
export function isWebAssemblyMemory(value: unknown): value is WebAssembly.Memory {
	return Object.prototype.toString.call(value) === '[object WebAssembly.Memory]';
}

/** The member that a handle was made for, of the container whose memory that is. Throws ArgumentError. */
export function memberOf(handle: unknown, container: string, buffer: ArrayBufferLike, call: string): number {
	const { kind, memory, member } = (handle ?? {}) as { kind?: unknown; memory?: unknown; member?: unknown };
	if (kind !== container || memory !== buffer || !Number.isInteger(member)) {
		throw new ArgumentError(
			`${call} was given ${internals.shown(handle)}, which is no handle of this ${container}; pass what share() of it returned in this thread`,
		);
	}
	return member as number;
}

/** Calls back when a worker has ended, however it did. Throws ArgumentError for one that announces no end. */
export function whenEnded(worker: unknown, then: () => void): void {
	const { once } = (worker ?? {}) as { once?: (event: string, listener: () => void) => unknown };
	if (typeof once !== 'function') {
		throw new ArgumentError(
			'watch was given a worker that announces no end, as in browsers; call retire(handle) when it has ended',
		);
	}
	once.call(worker, 'exit', then);
}
