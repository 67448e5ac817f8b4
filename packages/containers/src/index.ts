/**
 * Containers whose nodes live by index in slab memory.
 *
 * @packageDocumentation
 */
export * from './list/list.js';
