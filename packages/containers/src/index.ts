/**
 * Containers whose nodes live by index in slab memory.
 *
 * @packageDocumentation
 */
export * from './cell/cell.js';
export * from './hash-map/hash-map.js';
export * from './list/list.js';
export * from './order-book/engine/auction.js';
export * from './order-book/engine/matching-engine.js';
export * from './order-book/event-records.js';
export * from './order-book/feeds/checksums.js';
export * from './order-book/feeds/itch.js';
export * from './order-book/feeds/level-feed.js';
export * from './order-book/feeds/lobster.js';
export * from './order-book/order-book.js';
export * from './order-book/order-books.js';
export * from './order-book/text-ids.js';
export * from './queue/queue.js';
export type * from './shared-queue/broadcast.js';
export type * from './shared-queue/shared-queue.js';
export * from './vector/vector.js';
