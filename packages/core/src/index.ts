/**
 * Records in slab memory: the arena, the heap and the struct.
 *
 * Most programs import `struct` and the field types from here and their containers from `@flux/containers`.
 *
 * @packageDocumentation
 */
export * from './errors.js';
export type { BlockStats, LeakReport, SizeClassStats } from './heap/block-report.js';
export { Heap } from './heap/heap.js';
export type { HeapOptions, HeapStats, PoolStats } from './heap/heap-types.js';
export * as internals from './internals.js';
export {
	Arena,
	type ArenaHandle,
	type ArenaOptions,
	type ArenaStats,
	type MemoryBlock,
	type WatchedWorker,
} from './memory/arena.js';
export type { Memory } from './memory/memory.js';
export {
	type ArrayView,
	array,
	bool,
	char,
	type FieldType,
	f32,
	f64,
	type Infer,
	i8,
	i16,
	i32,
	i64,
	type LiveView,
	type ScalarKind,
	u8,
	u16,
	u32,
	u64,
} from './struct/field-types.js';
export {
	type AnyValuesOf,
	type FieldEntry,
	type Fields,
	type FieldsOf,
	type LiveOf,
	type RecordOf,
	type Struct,
	struct,
	type Values,
	type ValuesOf,
} from './struct/struct.js';
