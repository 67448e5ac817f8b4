import { f64, i32, struct } from '@flux/core';

/** The record of every benchmark as a struct of ours; declared by entries, so that positions are typed. */
export const Row = struct(['id', i32], ['price', f64]);
