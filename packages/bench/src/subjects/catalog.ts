import { SCENARIO_NAMES, type ScenarioName } from '../scenarios/scenario.js';

/** Who made the list. */
export type SubjectKind = 'flux' | 'native' | 'npm' | 'plain';

/** A C allocator that takes the place of the system's in a program that is started with it. */
export interface AllocatorLibrary {
	/** The name of the shared library, as the loader knows it. */
	readonly name: string;
	/** What installs it on Debian. */
	readonly debian: string;
}

/** A subject as the parent knows it, without loading it. */
export interface SubjectInfo {
	readonly id: string;
	readonly title: string;
	readonly kind: SubjectKind;
	/** Which form of it is measured, for the report. */
	readonly note: string;
	/** The argument of the C++ program, for the native ones. */
	readonly native?: string;
	/** The allocator that takes the place of the system's, for a native one. */
	readonly allocator?: AllocatorLibrary;
	/** Ratios are taken to it. */
	readonly reference?: 'malloc' | 'slab';
	/** The scenarios it exists for; all where absent. */
	readonly only?: readonly ScenarioName[];
	/** Scenarios without a row, and why. */
	readonly lacks?: Partial<Record<ScenarioName, string>>;
	/** It is no dependency, and installed by npm when its row is asked for: by the option --fetch. */
	readonly fetched?: true;
	/** Largest list it takes part with; objects beyond it fill the heap of a process. */
	readonly maxSize?: number;
}

/** The scenarios of queues. */
const QUEUES = SCENARIO_NAMES.filter((name) => name.startsWith('queue-'));

/** The scenarios of maps. */
const MAPS = SCENARIO_NAMES.filter((name) => name.startsWith('map-'));

/** The scenarios of order books: of all engines, of C++, and of those that keep levels alone. */
const BOOKS = SCENARIO_NAMES.filter((name) => name.startsWith('book-'));
const ENGINES = BOOKS.filter((name) => name !== 'book-levels');
const NATIVE_ENGINES = ENGINES.filter((name) => !name.startsWith('book-npm-'));
const NPM_ENGINES = ENGINES.filter((name) => name.startsWith('book-npm-'));
const SPARSE = {
	'book-sparse': 'its prices lie in a fixed window',
	'book-cold-sparse': 'its prices lie in a fixed window',
};
/** The scenarios of allocators. */
const HEAPS = SCENARIO_NAMES.filter((name) => name.startsWith('heap-'));
/** The scenarios of vectors. */
const VECTORS = SCENARIO_NAMES.filter((name) => name.startsWith('vector-'));
/** The scenarios of threads. */
const PASSINGS = SCENARIO_NAMES.filter((name) => name.startsWith('passing-'));
/** What lists have no part in. */
const NOT_LISTS: readonly ScenarioName[] = [...QUEUES, ...MAPS, ...BOOKS, ...HEAPS, ...VECTORS, ...PASSINGS];

const LARGEST_OF_OBJECTS = 1_000_000;

/** All subjects, in the order of the report before it is sorted by time. */
export const SUBJECTS: readonly SubjectInfo[] = [
	{
		id: 'cpp-malloc',
		title: 'C++ std::list, malloc',
		kind: 'native',
		note: 'std::list on the system malloc',
		native: 'malloc',
		reference: 'malloc',
	},
	{
		id: 'cpp-slab',
		title: 'C++ std::list, slab allocator',
		kind: 'native',
		note: 'std::list on a thread-local slab heap: 16 KB slabs, intrusive LIFO free list, memory kept between rounds',
		native: 'slab',
		reference: 'slab',
	},
	{
		id: 'cpp-intrusive',
		title: 'C++ intrusive list, slab',
		kind: 'native',
		note: 'a hand-written intrusive list on the same slab heap',
		native: 'intrusive',
	},
	{
		id: 'cpp-pmr',
		title: 'C++ std::pmr::list, pool',
		kind: 'native',
		note: 'std::pmr::list on an unsynchronized_pool_resource that lives as long as the process',
		native: 'pmr',
	},
	{
		id: 'flux',
		title: 'FluxList',
		kind: 'flux',
		note: 'default options, filled by position, emplaceBack(id, price), and read by node, get(node)',
	},
	{
		id: 'flux-ten',
		title: 'FluxList, 10 record types',
		kind: 'flux',
		note: 'the same with nine other record types alive and busy in the process',
	},
	{
		id: 'flux-object',
		title: 'FluxList, object argument',
		kind: 'flux',
		note: 'filled by object: pushBack({ id, price })',
		only: ['build-destroy', 'refill', 'fifo', 'random-erase-insert', 'gc-pauses'],
	},
	{
		id: 'flux-named',
		title: 'FluxList, filled by name',
		kind: 'flux',
		note: 'filled through the view that emplaceBack() gives: view.id = ..., view.price = ...',
		only: ['build-destroy', 'refill', 'fifo'],
	},
	{
		id: 'flux-checked',
		title: 'FluxList, checked: true',
		kind: 'flux',
		note: 'with every check on',
		only: ['build-destroy', 'walk', 'fifo', 'random-erase-insert', 'bytes-per-node'],
	},
	{
		id: 'flux-at',
		title: 'FluxList, at() with one view',
		kind: 'flux',
		note: 'by node, list.at(node, view).price: one view that is moved along',
		only: ['walk'],
	},
	{
		id: 'flux-views',
		title: 'FluxList, views()',
		kind: 'flux',
		note: 'for (const view of list.views()): one view, moved along',
		only: ['walk'],
	},
	{
		id: 'flux-copies',
		title: 'FluxList, copies',
		kind: 'flux',
		note: 'for (const record of list): a copy per record',
		only: ['walk'],
	},
	{
		id: 'flux-reduce',
		title: 'FluxList, reduce()',
		kind: 'flux',
		note: 'list.reduce((sum, record) => ...)',
		only: ['walk'],
	},
	{
		id: 'flux-sort-by',
		title: 'FluxList, sortBy()',
		kind: 'flux',
		note: "list.sortBy('price'): no comparator",
		only: ['sort'],
	},
	{
		id: 'array',
		title: 'array of objects',
		kind: 'plain',
		note: 'push, shift and sort of a plain array',
		lacks: {
			'random-erase-insert': 'erasing from the middle of an array is O(n)',
			'move-to-back': 'moving within an array is O(n)',
			'gc-pauses': 'shift() of a long array is O(n)',
		},
		maxSize: LARGEST_OF_OBJECTS,
	},
	{
		id: 'plain',
		title: 'plain objects, doubly linked',
		kind: 'plain',
		note: 'a hand-written list of objects that nulls the links of an erased node',
		maxSize: LARGEST_OF_OBJECTS,
	},
	{
		id: 'map',
		title: 'Map in order of insertion',
		kind: 'plain',
		note: 'delete and set move a key to the back',
		only: ['move-to-back'],
	},
	{
		id: 'js-sdsl',
		title: 'js-sdsl LinkList',
		kind: 'npm',
		note: 'by its iterators',
		lacks: { 'random-erase-insert': 'it inserts at an index only, which is O(n)' },
		maxSize: LARGEST_OF_OBJECTS,
	},
	{
		id: 'tstl',
		title: 'tstl List',
		kind: 'npm',
		note: 'by its iterators',
		maxSize: LARGEST_OF_OBJECTS,
	},
	{
		id: 'yallist',
		title: 'yallist',
		kind: 'npm',
		note: 'by its nodes: pushNode and removeNode',
		lacks: { 'random-erase-insert': 'it inserts at an index only, which is O(n)' },
		maxSize: LARGEST_OF_OBJECTS,
	},
	{
		id: 'data-structure-typed',
		title: 'data-structure-typed DoublyLinkedList',
		kind: 'npm',
		note: 'by its nodes',
		lacks: {
			'random-erase-insert': 'delete(node) looks for the node first, which is O(n)',
			'move-to-back': 'delete(node) looks for the node first, which is O(n)',
		},
		maxSize: LARGEST_OF_OBJECTS,
	},
	{
		id: 'map-cpp-malloc',
		title: 'C++ std::unordered_map, malloc',
		kind: 'native',
		note: 'std::unordered_map<uint32_t, Record> on the system malloc',
		native: 'map-malloc',
		reference: 'malloc',
		only: MAPS,
	},
	{
		id: 'map-cpp-slab',
		title: 'C++ std::unordered_map, slab allocator',
		kind: 'native',
		note: 'the same on the thread-local slab heap of std::list',
		native: 'map-slab',
		reference: 'slab',
		only: MAPS,
	},
	{
		id: 'map-cpp-open',
		title: 'C++ open-addressed map, slab',
		kind: 'native',
		note: 'the design of FluxHashMap in C++, growing all at once',
		native: 'map-open',
		only: MAPS,
	},
	{
		id: 'map-cpp-malloc-64',
		title: 'C++ std::unordered_map, 64-bit keys',
		kind: 'native',
		note: 'std::unordered_map<uint64_t, Record> on the system malloc',
		native: 'map-malloc-64',
		only: MAPS,
	},
	{
		id: 'map-cpp-open-64',
		title: 'C++ open-addressed map, 64-bit keys',
		kind: 'native',
		note: 'as with 32 bits',
		native: 'map-open-64',
		only: MAPS,
	},
	{
		id: 'map-flux',
		title: 'FluxHashMap, u32 keys',
		kind: 'flux',
		note: 'emplace(key, id, price), get(key).price, has(key), delete(key), views()',
		only: MAPS,
	},
	{
		id: 'map-flux-64',
		title: 'FluxHashMap, u64 keys as two words',
		kind: 'flux',
		note: 'emplaceWords(low, high, id, price), findWords(low, high), deleteWords(low, high)',
		only: MAPS,
	},
	{
		id: 'map-js',
		title: 'Map of objects',
		kind: 'plain',
		note: 'a Map from small integers',
		only: MAPS,
	},
	{
		id: 'map-js-64',
		title: 'Map of objects, keys beyond 2^40',
		kind: 'plain',
		note: 'a Map from safe integers, which are doubles to the engine',
		only: MAPS,
	},
	{
		id: 'map-object',
		title: 'object with numbers for names',
		kind: 'plain',
		note: 'Object.create(null), delete and for...in',
		only: MAPS,
	},
	{
		id: 'book-cpp-map',
		title: 'C++ std::map + std::list + std::unordered_map',
		kind: 'native',
		note: 'the book of the textbooks: a map of prices, a list of orders each, a hash map of ids',
		native: 'book-map',
		reference: 'malloc',
		only: NATIVE_ENGINES,
	},
	{
		id: 'book-cpp-slab',
		title: 'C++ slab, fixed window of prices',
		kind: 'native',
		note: 'orders by index, ids as indices of a table as long as the highest, 65,536 prices with bitmaps over them',
		native: 'book-slab',
		reference: 'slab',
		only: NATIVE_ENGINES,
		lacks: SPARSE,
	},
	{
		id: 'book-flux',
		title: 'FluxOrderBook',
		kind: 'flux',
		note: 'submitLimit, submitMarket, cancel, replaceLots in ticks and lots; lots traded by filledLots',
		only: BOOKS,
	},
	{
		id: 'book-flux-heard',
		title: 'FluxOrderBook, with a listener',
		kind: 'flux',
		note: 'the same with a positional listener that adds up the lots of trades, levels and tops',
		only: BOOKS,
	},
	{
		id: 'book-flux-feed',
		title: 'FluxOrderBook, by a feed of orders',
		kind: 'flux',
		note: 'add, execute, reduceLots, delete, replaceBy in ticks and lots',
		only: ['book-feed'],
	},
	{
		id: 'book-flux-itch',
		title: 'ItchFeed',
		kind: 'flux',
		note: 'push(bytes) of NASDAQ ITCH 5.0 messages of one symbol',
		only: ['book-feed'],
	},
	{
		id: 'book-nodejs',
		title: 'nodejs-order-book',
		kind: 'npm',
		note: 'limit(), market() and cancel(); version 10.1.1',
		only: NPM_ENGINES,
		fetched: true,
	},
	{
		id: 'book-ccxt',
		title: 'ccxt OrderBook',
		kind: 'npm',
		note: 'store(price, size) of its sides; version 4.5.84',
		only: ['book-levels'],
		fetched: true,
	},
	{
		id: 'book-levels-plain',
		title: 'Map and sorted array of prices',
		kind: 'plain',
		note: 'per side a Map of quantities and a sorted array of prices, searched by halves',
		only: ['book-levels'],
	},
	{
		id: 'book-plain',
		title: 'objects, Map and sorted levels',
		kind: 'plain',
		note: 'an object per order in a linked queue, a Map of ids, a sorted array of levels per side',
		only: ENGINES,
		lacks: { 'book-memory': 'the collector does not tell what is in use' },
	},
	{
		id: 'heap-cpp-malloc',
		title: 'C++ malloc and free',
		kind: 'native',
		note: 'those of the system',
		native: 'heap-malloc',
		reference: 'malloc',
		only: HEAPS,
	},
	...[
		{ name: 'mimalloc', library: { name: 'libmimalloc.so.2', debian: 'libmimalloc2.0' } },
		{ name: 'jemalloc', library: { name: 'libjemalloc.so.2', debian: 'libjemalloc2' } },
		{ name: 'tcmalloc', library: { name: 'libtcmalloc_minimal.so.4', debian: 'libtcmalloc-minimal4' } },
	].map(
		({ name, library }): SubjectInfo => ({
			id: `heap-cpp-${name}`,
			title: `C++ malloc and free of ${name}`,
			kind: 'native',
			note: `the same program, with ${library.name} loaded before it`,
			native: 'heap-malloc',
			allocator: library,
			only: HEAPS,
		}),
	),
	{
		id: 'heap-flux',
		title: 'Heap',
		kind: 'flux',
		note: 'allocate(bytes) and deallocate(block) of a prefaulted arena, with the checks for double frees and foreign pointers',
		only: HEAPS,
	},
	{
		id: 'heap-flux-checked',
		title: 'Heap, checked: true',
		kind: 'flux',
		note: 'the same with canaries behind each block',
		only: HEAPS,
	},
	{
		id: 'heap-thi-ng',
		title: '@thi.ng/malloc',
		kind: 'npm',
		note: 'MemPool, malloc and free',
		only: HEAPS,
		lacks: {
			'heap-scrambled': 'free() walks a list of the free blocks, which is O(n)',
			'heap-churn': 'free() walks a list of the free blocks, which is O(n)',
			'heap-mixed': 'free() walks a list of the free blocks, which is O(n)',
			'heap-latency': 'free() walks a list of the free blocks, which is O(n)',
		},
	},
	{
		id: 'vector-cpp',
		title: 'C++ std::vector',
		kind: 'native',
		note: 'std::vector<Record> on the system malloc',
		native: 'vector-malloc',
		reference: 'malloc',
		only: VECTORS,
	},
	{
		id: 'vector-flux',
		title: 'FluxVector',
		kind: 'flux',
		note: 'emplaceBack(id, price), views(), at(position, view), sort(compare)',
		only: VECTORS,
	},
	{
		id: 'vector-flux-words',
		title: 'FluxVector, by words',
		kind: 'flux',
		note: "emplaceBack(id, price), memory.f64 from data on, sortBy('price')",
		only: VECTORS,
	},
	{
		id: 'vector-array',
		title: 'array of objects',
		kind: 'plain',
		note: 'push, for...of, sort of a plain array',
		only: VECTORS,
	},
	{
		id: 'queue-cpp-deque',
		title: 'C++ std::queue on std::deque',
		kind: 'native',
		note: 'std::queue<Record>, which stands on std::deque and the system malloc',
		native: 'queue-deque',
		reference: 'malloc',
		only: QUEUES,
	},
	{
		id: 'queue-cpp-list',
		title: 'C++ std::queue on std::list',
		kind: 'native',
		note: 'std::queue<Record, std::list<Record>> on the system malloc',
		native: 'queue-list',
		only: QUEUES,
	},
	{
		id: 'queue-cpp-list-slab',
		title: 'C++ std::queue on std::list, slab',
		kind: 'native',
		note: 'the same on the thread-local slab heap of std::list',
		native: 'queue-list-slab',
		reference: 'slab',
		only: QUEUES,
	},
	{
		id: 'queue-flux',
		title: 'FluxQueue',
		kind: 'flux',
		note: 'emplace(id, price), front.price, pop()',
		only: QUEUES,
	},
	{
		id: 'queue-flux-object',
		title: 'FluxQueue, objects',
		kind: 'flux',
		note: 'push({ id, price }), tryPop()?.price',
		only: QUEUES,
	},
	{
		id: 'queue-flux-bounded',
		title: 'FluxQueue, bounded',
		kind: 'flux',
		note: 'as the first, with a capacity and whenFull: overwrite',
		only: QUEUES,
	},
	{
		id: 'queue-denque',
		title: 'denque',
		kind: 'npm',
		note: 'push and shift',
		only: QUEUES,
	},
	{
		id: 'queue-js-sdsl',
		title: 'js-sdsl Queue',
		kind: 'npm',
		note: 'push and pop',
		only: QUEUES,
	},
	{
		id: 'queue-yocto',
		title: 'yocto-queue',
		kind: 'npm',
		note: 'enqueue and dequeue',
		only: QUEUES,
	},
	{
		id: 'passing-cpp-ring',
		title: 'C++ ring of two ends',
		kind: 'native',
		note: 'one producer and one consumer, each with the other position cached, a record at a time; waiting spins',
		native: 'passing-ring',
		reference: 'malloc',
		only: [
			'passing-16',
			'passing-32',
			'passing-batches-16',
			'passing-batches-32',
			'passing-trip',
			'passing-trip-parked',
		],
	},
	{
		id: 'passing-cpp-ring-batches',
		title: 'C++ ring of two ends, batches',
		kind: 'native',
		note: 'the same, whose positions move by a batch at a time',
		native: 'passing-ring-batches',
		only: ['passing-batches-16', 'passing-batches-32'],
	},
	{
		id: 'passing-cpp-slots',
		title: 'C++ ring of slots',
		kind: 'native',
		note: 'many producers and consumers, a sequence number in each slot (D. Vyukov); waiting spins, then yields',
		native: 'passing-slots',
		reference: 'slab',
		only: ['passing-16', 'passing-32', 'passing-many-2', 'passing-many-4'],
	},
	{
		id: 'passing-cpp-broadcast',
		title: 'C++ broadcast ring',
		kind: 'native',
		note: 'one producer, a cursor for each consumer, all cached; waiting spins, then yields',
		native: 'passing-broadcast',
		reference: 'malloc',
		only: ['passing-broadcast'],
	},
	{
		id: 'passing-cpp-latest',
		title: 'C++ seqlock',
		kind: 'native',
		note: 'one value under a sequence number, in relaxed atomic words',
		native: 'passing-latest',
		reference: 'malloc',
		only: ['passing-latest'],
	},
	{
		id: 'passing-flux',
		title: 'FluxQueue between threads',
		kind: 'flux',
		note: 'emplace(id, quantity, price) and pop(); in batches pushMany(columns) and popMany(columns); FluxQueue.broadcast; FluxCell, emplace() and loadInto()',
		only: PASSINGS,
	},
	{
		id: 'passing-flux-views',
		title: 'FluxQueue between threads, views',
		kind: 'flux',
		note: 'claim(), fields by name, commit(), and drain() with a callback; in batches pushMany(columns) and drain()',
		only: ['passing-16', 'passing-32', 'passing-batches-16', 'passing-batches-32'],
	},
	{
		id: 'passing-flux-records',
		title: 'FluxQueue between threads, whole records',
		kind: 'flux',
		note: 'pushMany(doubles) and popMany(doubles): records side by side as they lie in the queue',
		only: ['passing-batches-16', 'passing-batches-32'],
	},
	{
		id: 'passing-ringbuf',
		title: 'ringbuf.js',
		kind: 'npm',
		note: 'push and pop of two or four doubles, or of a batch of them; waiting spins; for two consumers two rings',
		only: ['passing-16', 'passing-32', 'passing-batches-16', 'passing-batches-32', 'passing-trip', 'passing-broadcast'],
	},
	{
		id: 'passing-message',
		title: 'MessageChannel',
		kind: 'plain',
		note: 'postMessage of an object per record, in batches of a Float64Array; for two consumers two channels',
		only: [
			'passing-16',
			'passing-32',
			'passing-batches-16',
			'passing-batches-32',
			'passing-trip',
			'passing-trip-parked',
			'passing-broadcast',
		],
	},
];

/** The subject of that id. Throws for an unknown one. */
export function subjectInfo(id: string): SubjectInfo {
	const info = SUBJECTS.find((subject) => subject.id === id);
	if (info === undefined) throw new Error(`there is no subject "${id}"; \`flux-bench list\` names them all`);
	return info;
}

/** Why a subject has no row in a scenario: a sentence, `false` where the scenario is not meant for it, or `undefined` where it has one. */
export function absence(subject: SubjectInfo, scenario: ScenarioName, size: number): string | false | undefined {
	if (subject.only === undefined ? NOT_LISTS.includes(scenario) : !subject.only.includes(scenario)) return false;
	// Nobody else can put nodes back in order.
	if (scenario === 'walk-after-compact' && subject.kind !== 'flux') return false;
	const reason = subject.lacks?.[scenario];
	if (reason !== undefined) return reason;
	if (scenario === 'scaling' && subject.maxSize !== undefined && size > subject.maxSize) {
		return `measured up to ${subject.maxSize.toLocaleString('en')} records`;
	}
	return undefined;
}
