/**
 * What `@flux/containers` builds on. Not part of the public interface: it changes without notice.
 *
 * @internal
 * @module
 */

export { describe } from './describe.js';
export { canEvaluate, evaluate, specialize } from './evaluate.js';
export type { OfferHandle, ShareMode, Taken } from './heap/offers.js';
export { Memory, poison } from './memory/memory.js';
export type { WasmMemory } from './memory/wasm-memory.js';
export * as layout from './slab/layout.js';
export type { NodePool } from './slab/node-pool.js';
export { checksum, textHash } from './snapshot/checksum.js';
export { beginSnapshot, openSnapshot, type Snapshot, sealSnapshot, snapshotHash } from './snapshot/snapshot.js';
export type { ElementHost } from './struct/element-views.js';
export { RANGES } from './struct/field-access.js';
export { isFieldType, type NamedField } from './struct/field-types.js';
export { toJson } from './struct/json.js';
export {
	type ElementRecord,
	elementRecord,
	type NodeRecord,
	nodeRecord,
	segmentRecord,
	slotRecord,
} from './struct/node-record.js';
export type { RecordText } from './struct/record-text.js';
export { isStruct } from './struct/struct.js';
export { readText, textMisfit, writeText } from './struct/text.js';
export type { ViewHost } from './struct/view-guards.js';
export { symbolDispose } from './symbol-dispose.js';
