/**
 * Containers whose nodes live by index in slab memory.
 *
 * @packageDocumentation
 */
export * from './hash-map/hash-map.js';
export * from './list/list.js';
export * from './order-book/order-book.js';
