import { f64, struct, u32 } from '@flux/core';
import { priceOf } from '../scenarios/record.js';

/*
 * The records that pass between threads; `benchmarks/native/passing-record.hpp` has them in C++. A consumer adds up all
 * numbers of each record, and counts those whose id is not the one that it expects.
 */

/** 16 bytes. */
export const Short = struct({ id: u32, quantity: u32, price: f64 });

/** 32 bytes. */
export const Long = struct({ id: u32, quantity: u32, price: f64, cost: f64, time: f64 });

/** Numbers of a record, where each is a double. */
export const DOUBLES = { 16: 2, 32: 4 } as const;

/** The quantity of a record. */
export function quantityOf(id: number): number {
	return id & 1023;
}

/** The cost and the time of a long record. */
export function costOf(id: number): number {
	return priceOf(id) + 1;
}
