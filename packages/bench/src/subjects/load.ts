import type { AnyBookSubject } from './book-subject.js';
import type { AnyHeapSubject } from './heap-subject.js';
import type { AnyMapSubject } from './map-subject.js';
import type { PassingSubject } from './passing-subject.js';
import type { AnySubject } from './subject.js';
import type { AnyVectorSubject } from './vector-subject.js';

/**
 * Loads one subject and what it imports, and nothing of the others: a process that measures a list
 * must not have compiled another one's loops. `entry` is the URL of the program that loads it.
 */
export async function loadSubject(id: string, entry: string): Promise<LoadedSubject> {
	const load = loaders.get(id);
	if (load === undefined) throw new Error(`there is no JavaScript subject "${id}"`);
	return load(entry);
}

/** The ids of all JavaScript subjects. */
export function loadableSubjects(): string[] {
	return [...loaders.keys()];
}

/** A subject of any kind. */
export type LoadedSubject =
	| AnySubject
	| AnyMapSubject
	| AnyBookSubject
	| AnyHeapSubject
	| AnyVectorSubject
	| PassingSubject;

type Loader = (entry: string) => Promise<LoadedSubject>;

const loaders: ReadonlyMap<string, Loader> = new Map<string, Loader>([
	['flux', async () => new (await import('./flux.js')).FluxSubject()],
	['flux-ten', async (entry) => new (await import('./flux-ten.js')).FluxTenSubject(entry)],
	['flux-object', async () => new (await import('./flux-variants.js')).FluxObjectSubject()],
	['flux-named', async () => new (await import('./flux-variants.js')).FluxNamedSubject()],
	['flux-checked', async () => new (await import('./flux-variants.js')).FluxCheckedSubject()],
	['flux-at', async () => new (await import('./flux-variants.js')).FluxAtSubject()],
	['flux-views', async () => new (await import('./flux-variants.js')).FluxViewsSubject()],
	['flux-copies', async () => new (await import('./flux-variants.js')).FluxCopiesSubject()],
	['flux-reduce', async () => new (await import('./flux-variants.js')).FluxReduceSubject()],
	['flux-sort-by', async () => new (await import('./flux-variants.js')).FluxSortBySubject()],
	['array', async () => new (await import('./object-array.js')).ObjectArray()],
	['plain', async () => new (await import('./plain-objects.js')).PlainObjects()],
	['map', async () => new (await import('./insertion-map.js')).InsertionMap()],
	['map-flux', async () => new (await import('./map-flux.js')).MapFlux()],
	['map-flux-64', async () => new (await import('./map-flux.js')).MapFluxLong()],
	['map-js', async () => new (await import('./map-plain.js')).MapOfObjects()],
	['map-js-64', async () => new (await import('./map-plain.js')).MapOfObjectsLong()],
	['map-object', async () => new (await import('./map-plain.js')).DictionaryOfObjects()],
	['book-flux', async () => new (await import('./book-flux.js')).BookFlux()],
	['book-flux-heard', async () => new (await import('./book-flux.js')).BookFluxHeard()],
	['book-flux-feed', async () => new (await import('./book-flux-feed.js')).BookFluxFeed()],
	['book-flux-itch', async () => new (await import('./book-flux-feed.js')).BookFluxItch()],
	['book-nodejs', async () => new (await import('./book-nodejs.js')).BookNodejs()],
	['book-ccxt', async () => new (await import('./book-ccxt.js')).BookCcxt()],
	['book-levels-plain', async () => new (await import('./book-levels-plain.js')).BookLevelsPlain()],
	['book-plain', async () => new (await import('./book-plain.js')).BookOfObjects()],
	['heap-flux', async () => new (await import('./heap-flux.js')).HeapFlux()],
	['heap-flux-checked', async () => new (await import('./heap-flux.js')).HeapFluxChecked()],
	['heap-thi-ng', async () => new (await import('./heap-thi-ng.js')).HeapThiNg()],
	['vector-flux', async () => new (await import('./vector-flux.js')).VectorFlux()],
	['vector-flux-words', async () => new (await import('./vector-flux.js')).VectorFluxWords()],
	['vector-array', async () => new (await import('./vector-array.js')).VectorOfObjects()],
	['queue-flux', async () => new (await import('./queue-flux.js')).QueueFlux()],
	['queue-flux-object', async () => new (await import('./queue-flux.js')).QueueFluxObject()],
	['queue-flux-bounded', async () => new (await import('./queue-flux.js')).QueueFluxBounded()],
	['queue-denque', async () => new (await import('./queue-denque.js')).QueueDenque()],
	['queue-js-sdsl', async () => new (await import('./queue-js-sdsl.js')).QueueJsSdsl()],
	['queue-yocto', async () => new (await import('./queue-yocto.js')).QueueYocto()],
	['passing-flux', async (entry) => new (await import('./passing-flux.js')).PassingFlux(entry)],
	['passing-flux-views', async (entry) => new (await import('./passing-flux-views.js')).PassingFluxViews(entry)],
	['passing-flux-records', async (entry) => new (await import('./passing-flux-records.js')).PassingFluxRecords(entry)],
	['passing-ringbuf', async (entry) => new (await import('./passing-ringbuf.js')).PassingRingbuf(entry)],
	['passing-message', async (entry) => new (await import('./passing-message.js')).PassingMessage(entry)],
	['js-sdsl', async () => new (await import('./js-sdsl.js')).JsSdslSubject()],
	['tstl', async () => new (await import('./tstl.js')).TstlSubject()],
	['yallist', async () => new (await import('./yallist.js')).YallistSubject()],
	['data-structure-typed', async () => new (await import('./data-structure-typed.js')).DataStructureTypedSubject()],
]);
