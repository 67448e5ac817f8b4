import type { ContainerHandle } from '@flux/containers';

/** What a worker of `flux-bench threads` is told to do. */
export type Order =
	| { readonly what: 'list'; readonly handle: ContainerHandle<'FluxList'> }
	| { readonly what: 'objects'; readonly records: readonly { readonly id: number; readonly price: number }[] }
	| { readonly what: 'pairs'; readonly memory: 'shared' | 'private'; readonly count: number };
