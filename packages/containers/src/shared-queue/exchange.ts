import type { MemoryBlock } from '@flux/core';

/*
 * `Atomics.exchange` is a call that checks its arguments, in V8 half of what a push costs. The same instruction in a function
 * of WebAssembly costs half of that. It reaches memory that is a `WebAssembly.Memory`; where there is none, because a policy
 * forbids it or address space is short, or where the memory is small, `Atomics.exchange` does the same.
 */

/** Stores a value in the word at a byte and returns what was there, as one sequentially consistent access. */
export type Exchange = (byte: number, value: number) => number;

const PAGE = 65_536;
const MOST_PAGES = 65_536;

/**
 * The module, byte by byte:
 *
 *     (module
 *       (import "queue" "memory" (memory 1 65536 shared))
 *       (func (export "exchange") (param i32 i32) (result i32)
 *         (i32.atomic.rmw.xchg (local.get 0) (local.get 1))))
 */
const MODULE = Uint8Array.of(
	...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
	// Types: one, of two i32 to an i32.
	...[0x01, 0x07, 0x01, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f],
	// Imports: "queue" "memory", shared, from 1 page up to 65,536 of them.
	...[0x02, 0x14, 0x01, 0x05, ...ascii('queue'), 0x06, ...ascii('memory'), 0x02, 0x03, 0x01, 0x80, 0x80, 0x04],
	// Functions: one, of that type; exported as "exchange".
	...[0x03, 0x02, 0x01, 0x00],
	...[0x07, 0x0c, 0x01, 0x08, ...ascii('exchange'), 0x00, 0x00],
	// Its code: no locals; the address, the value; the exchange, aligned to 4 bytes.
	...[0x0a, 0x0c, 0x01, 0x0a, 0x00, 0x20, 0x00, 0x20, 0x01, 0xfe, 0x41, 0x02, 0x00, 0x0b],
);

let compiled: WebAssembly.Module | null | undefined;

/** The module, once compiled in this thread; null where it must not be. */
function moduleOf(): WebAssembly.Module | null {
	if (compiled === undefined) {
		try {
			compiled = new WebAssembly.Module(MODULE);
		} catch {
			compiled = null;
		}
	}
	return compiled;
}

/** Memory of so many bytes that this module can reach, if it is worth a page of WebAssembly and can be had. */
export function exchangeableMemory(bytes: number): WebAssembly.Memory | undefined {
	const pages = Math.ceil(bytes / PAGE);
	if (bytes < PAGE || pages > MOST_PAGES || moduleOf() === null) return undefined;
	try {
		return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
	} catch {
		// Each takes gigabytes of address space for its guards.
		return undefined;
	}
}

/** The exchange for a queue over this memory; `block` is the same memory, where there is one. */
export function exchangeOf(i32: Int32Array, block: MemoryBlock | undefined): Exchange {
	const module = block === undefined ? null : moduleOf();
	if (module === null) return (byte, value) => Atomics.exchange(i32, byte >> 2, value);
	const { exports } = new WebAssembly.Instance(module, { queue: { memory: block as WebAssembly.Memory } });
	return exports.exchange as Exchange;
}

function ascii(text: string): number[] {
	return Array.from(text, (character) => character.charCodeAt(0));
}
