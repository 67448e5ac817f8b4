/**
 * One block of memory seen through every element type at once.
 *
 * Hot code reaches its views as `memory.i32`: one load more than holding the view itself, and in exchange an arena
 * grows in place and refreshes this one object, however many containers stand on it.
 *
 * The fields are declared, not defined: a definition would set them to undefined first, and an engine takes what is set
 * twice for no constant.
 *
 * Addresses are word indices (4 bytes): `i32[word]`, `f64[word >> 1]`, `u8[word << 2]`. A word index of a 4 GiB block
 * is below 2^30, so it is a small integer in every engine.
 */
export class Memory {
	/** The block itself: an ArrayBuffer, or a SharedArrayBuffer. */
	declare buffer: ArrayBufferLike;
	/** The block as signed bytes. */
	declare i8: Int8Array;
	/** The block as bytes. */
	declare u8: Uint8Array;
	/** The block as signed 16-bit numbers. */
	declare i16: Int16Array;
	/** The block as 16-bit numbers. */
	declare u16: Uint16Array;
	/** The block as signed words; the view that links and headers use. */
	declare i32: Int32Array;
	/** The block as words. */
	declare u32: Uint32Array;
	/** The block as single-precision numbers. */
	declare f32: Float32Array;
	/** The block as double-precision numbers. */
	declare f64: Float64Array;
	/** The block as signed 64-bit integers. */
	declare i64: BigInt64Array;
	/** The block as 64-bit integers. */
	declare u64: BigUint64Array;

	/**
	 * Cloning this object, or one that holds it, by `structuredClone` or `postMessage` would drag the whole arena along. A
	 * function among the fields makes the engine refuse, and its text is what the error says.
	 */
	readonly refuseToClone = postWhatShareReturns;

	/** Sees `buffer` through every element type. Allocates ten views and no memory. */
	constructor(buffer: ArrayBufferLike) {
		this.buffer = buffer;
		this.i8 = new Int8Array(buffer);
		this.u8 = new Uint8Array(buffer);
		this.i16 = new Int16Array(buffer);
		this.u16 = new Uint16Array(buffer);
		this.i32 = new Int32Array(buffer);
		this.u32 = new Uint32Array(buffer);
		this.f32 = new Float32Array(buffer);
		this.f64 = new Float64Array(buffer);
		this.i64 = new BigInt64Array(buffer);
		this.u64 = new BigUint64Array(buffer);
	}

	/** Sees the block again after it has grown in place; old views of an unshared block are empty from then on. @internal */
	refresh(buffer: ArrayBufferLike): void {
		this.buffer = buffer;
		this.i8 = new Int8Array(buffer);
		this.u8 = new Uint8Array(buffer);
		this.i16 = new Int16Array(buffer);
		this.u16 = new Uint16Array(buffer);
		this.i32 = new Int32Array(buffer);
		this.u32 = new Uint32Array(buffer);
		this.f32 = new Float32Array(buffer);
		this.f64 = new Float64Array(buffer);
		this.i64 = new BigInt64Array(buffer);
		this.u64 = new BigUint64Array(buffer);
	}
}

/**
 * A memory with a hidden class of its own, for code that is made for one memory and knows it as a constant.
 *
 * An engine then takes the views of this object for constants as well, with their addresses and lengths, until they are
 * refreshed: an access is one instruction and a comparison. With a class that is shared, the growth of any arena would
 * end that for all.
 */
export function fixedMemory(buffer: ArrayBufferLike): Memory {
	return new (class FixedMemory extends Memory {})(buffer);
}

/**
 * Makes every later access to the views throw.
 *
 * Hot code checks nothing: what it stands on is gone, so the check is in the memory itself, and costs nothing until then.
 */
export function poison(memory: Memory, mistake: () => Error): void {
	for (const view of VIEWS) {
		Object.defineProperty(memory, view, {
			configurable: true,
			get(): never {
				throw mistake();
			},
		});
	}
}

const VIEWS = [
	'buffer',
	'i8',
	'u8',
	'i16',
	'u16',
	'i32',
	'u32',
	'f32',
	'f64',
	'i64',
	'u64',
] as const satisfies (keyof Memory)[];

function postWhatShareReturns(): void {}
