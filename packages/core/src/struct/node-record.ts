import { describe } from '../describe.js';
import { RecordError } from '../errors.js';
import { canEvaluate } from '../evaluate.js';
import type { Memory } from '../memory/memory.js';
import { CHECKED_NODE_HEADER_BYTES, NODE_HEADER_BYTES } from '../slab/layout.js';
import { type ElementViews, generateElementViews, interpretElementViews } from './element-views.js';
import { captureField, compareFields, defineField, readField, writeField } from './field-access.js';
import type { NamedField } from './field-types.js';
import { generateViews, interpretViews, type NodeViews } from './node-views.js';
import { type RecordImage, recordImage } from './record-image.js';
import { type RecordText, recordText } from './record-text.js';
import { endOf, layOut, roundUp, type Struct } from './struct.js';
import { claimGuard, nodeGuard, segmentGuard, type ViewGuard } from './view-guards.js';

/**
 * How the records of one struct lie in nodes, and how they are read and written there.
 *
 * Header and fields are laid out as one C struct: behind the 12 bytes of a node's links, `{i32, f64}` takes 12 more
 * and not 20.
 */
export interface NodeRecord {
	/** The struct. */
	readonly struct: Struct;
	/** Whether this is the layout of checked mode: a generation in the header, ranges checked. */
	readonly checked: boolean;
	/** The same layout with views that refuse to be written to; made at first use. */
	readonly frozen: NodeRecord;
	/** Words between the links and the first field, where a container keeps the node's key. */
	readonly keyWords: number;
	/** The fields, with their offsets in bytes from the beginning of the node. */
	readonly fields: readonly NamedField[];
	/** Words per node; even where a field has eight bytes, so that all nodes are aligned. */
	readonly strideWords: number;
	/** Names the pool: containers with the same key share nodes. */
	readonly key: string;
	/** The text of the code that writes records, for containers to build on; undefined where no code can be generated. */
	readonly text: RecordText | undefined;
	/** The live views of nodes. */
	readonly views: NodeViews;
	/** The records as they stand in a snapshot; made at first use. */
	readonly image: RecordImage;
	/** A copy of the record in a node, as a plain object. */
	readonly read: (memory: Memory, node: number) => unknown;
	/** Reads and checks a plain object: getters run now. Returns what `write` takes. */
	capture(record: unknown): unknown[];
	/** Checks values given in order. Returns what `write` takes. */
	captureValues(values: readonly unknown[]): unknown[];
	/** Writes captured values. Runs no code of the user's and cannot throw. */
	write(memory: Memory, node: number, captured: readonly unknown[]): void;
	/** Zeroes all fields. */
	zero(memory: Memory, node: number): void;
	/** Copies the fields of a node of this layout to another's of `layout`, one of the same struct, perhaps in another memory. */
	copy(from: Memory, source: number, to: Memory, target: number, layout: NodeRecord): void;
	/**
	 * Compares a record with one of `layout` (the same struct's; this one by default) member by member in the order of
	 * declaration, as C++ compares by default. NaN: unordered.
	 */
	compare(a: Memory, nodeA: number, b: Memory, nodeB: number, layout?: NodeRecord): number;
}

/** For each struct: its records in nodes, by room for a key and mode, and side by side in segments, by mode. */
const known = new WeakMap<Struct, { readonly nodes: NodeRecord[]; readonly segments: NodeRecord[] }>();

/** The layout and code of a struct's nodes, with room for a key before the fields; made once per struct, mode and room. */
export function nodeRecord(struct: Struct, checked: boolean, keyWords = 0): NodeRecord {
	const layouts = layoutsOf(struct).nodes;
	const which = keyWords * 2 + (checked ? 1 : 0);
	const made = layouts[which] ?? makeNodeRecord(struct, checked, keyWords);
	layouts[which] = made;
	return made;
}

/** The same for records without a header, side by side in segments: where it says node, the record itself begins. */
export function segmentRecord(struct: Struct, checked: boolean): NodeRecord {
	const layouts = layoutsOf(struct).segments;
	const which = checked ? 1 : 0;
	const key = `${struct.signature} in segments${checked ? ' checked' : ''}`;
	const made = layouts[which] ?? makeRecord(struct, checked, 0, 0, key, segmentGuard);
	layouts[which] = made;
	return made;
}

const knownSlots = new WeakMap<Struct, NodeRecord[]>();

/** The same for records in the slots of a ring, behind `headerWords` words of each slot; made once per struct, mode and header. */
export function slotRecord(struct: Struct, checked: boolean, headerWords: number): NodeRecord {
	let layouts = knownSlots.get(struct);
	if (layouts === undefined) {
		layouts = [];
		knownSlots.set(struct, layouts);
	}
	const which = headerWords * 2 + (checked ? 1 : 0);
	const key = `${struct.signature} in slots${checked ? ' checked' : ''}`;
	const made = layouts[which] ?? makeRecord(struct, checked, 0, headerWords * 4, key, claimGuard);
	layouts[which] = made;
	return made;
}

/** How the records of one struct lie where they lie side by side, as in an array of C structs: nodes without a header. */
export interface ElementRecord extends NodeRecord {
	/** The live views of positions. `views` serves for its cursors alone: an element has no owner that a view could look at. */
	readonly elements: ElementViews;
	readonly frozen: ElementRecord;
}

const knownElements = new WeakMap<Struct, ElementRecord[]>();

/** The layout and code of a struct's elements; made once per struct and mode. */
export function elementRecord(struct: Struct, checked: boolean): ElementRecord {
	let layouts = knownElements.get(struct);
	if (layouts === undefined) {
		layouts = [];
		knownElements.set(struct, layouts);
	}
	const which = checked ? 1 : 0;
	const made = layouts[which];
	if (made !== undefined) return made;
	const key = `${struct.signature} side by side${checked ? ' checked' : ''}`;
	// The rule of nodes is asked by `views` alone, which no element has.
	const record = makeRecord(struct, checked, 0, 0, key, nodeGuard(checked));
	const { text, fields, strideWords, read } = record;
	const viewsOf = (frozen: boolean): ElementViews =>
		text === undefined
			? interpretElementViews(fields, read, strideWords, checked, frozen)
			: generateElementViews(text, fields, strideWords, checked, frozen);
	let frozen: ElementRecord | undefined;
	const fresh: ElementRecord = Object.create(record, {
		elements: { value: viewsOf(false) },
		frozen: {
			get(): ElementRecord {
				frozen ??= Object.create(record.frozen, { elements: { value: viewsOf(true) } }) as ElementRecord;
				return frozen;
			},
		},
	});
	layouts[which] = fresh;
	return fresh;
}

function layoutsOf(struct: Struct): { readonly nodes: NodeRecord[]; readonly segments: NodeRecord[] } {
	let layouts = known.get(struct);
	if (layouts === undefined) {
		layouts = { nodes: [], segments: [] };
		known.set(struct, layouts);
	}
	return layouts;
}

function makeNodeRecord(struct: Struct, checked: boolean, keyWords: number): NodeRecord {
	const headerBytes = (checked ? CHECKED_NODE_HEADER_BYTES : NODE_HEADER_BYTES) + keyWords * 4;
	const key = `${keyWords === 0 ? '' : `key of ${keyWords * 4} bytes, `}${struct.signature}${checked ? ' checked' : ''}`;
	return makeRecord(struct, checked, keyWords, headerBytes, key, nodeGuard(checked));
}

function makeRecord(
	struct: Struct,
	checked: boolean,
	keyWords: number,
	headerBytes: number,
	key: string,
	guard: ViewGuard,
): NodeRecord {
	const headerWords = headerBytes / 4;
	const fields = layOut(
		struct.fields.map(({ name, type }) => [name, type] as const),
		headerBytes,
	);
	const strideWords = roundUp(endOf(fields), Math.max(4, struct.alignment)) / 4;
	const text = canEvaluate ? recordText(fields, headerWords, strideWords, checked) : undefined;
	const interpretedRead = (memory: Memory, node: number): unknown => {
		const record = {};
		for (const { name, type, offset } of fields) defineField(record, name, readField(type, memory, node * 4 + offset));
		return record;
	};
	const viewsOf = (isFrozen: boolean): NodeViews =>
		text === undefined
			? interpretViews(fields, interpretedRead, guard, checked, isFrozen)
			: generateViews(text, fields, guard, checked, isFrozen);
	let image: RecordImage | undefined;
	let frozen: NodeRecord | undefined;
	const record: NodeRecord = {
		struct,
		checked,
		keyWords,
		fields,
		strideWords,
		key,
		text,
		views: viewsOf(false),
		get frozen() {
			frozen ??= Object.create(record, { views: { value: viewsOf(true) } }) as NodeRecord;
			return frozen;
		},
		get image() {
			image ??= recordImage(struct, fields);
			return image;
		},
		read: text?.read ?? interpretedRead,
		capture(record) {
			if (typeof record !== 'object' || record === null) {
				throw new RecordError(
					fields.map(({ name }) => name).join(', '),
					`cannot be read from ${describe(record)}; pass an object with these fields`,
				);
			}
			const values = record as Readonly<Record<string, unknown>>;
			return fields.map(({ name, type }) => captureField(type, values[name], name, checked));
		},
		captureValues(values) {
			if (values.slice(fields.length).some((value) => value !== undefined)) {
				throw new RecordError(
					fields[fields.length - 1].name,
					`is the last of ${fields.length} and ${values.length} values were given; pass one for each field`,
				);
			}
			return fields.map(({ name, type }, index) => captureField(type, values[index], name, checked));
		},
		write(memory, node, captured) {
			fields.forEach(({ type, offset }, index) => {
				writeField(type, memory, node * 4 + offset, captured[index]);
			});
		},
		zero(memory, node) {
			const { i32 } = memory;
			for (let word = node + headerWords; word < node + strideWords; word++) i32[word] = 0;
		},
		copy(from, source, to, target, layout) {
			if (layout.checked !== checked || layout.keyWords !== keyWords) {
				// Headers differ in size, and with them the offsets.
				fields.forEach(({ name, type, offset }, index) => {
					const value = captureField(type, readField(type, from, source * 4 + offset), name, false);
					writeField(type, to, target * 4 + layout.fields[index].offset, value);
				});
				return;
			}
			const words = from.i32;
			const { i32 } = to;
			for (let word = headerWords; word < strideWords; word++) i32[target + word] = words[source + word];
		},
		compare(a, nodeA, b, nodeB, layout) {
			const others = layout === undefined ? fields : layout.fields;
			for (let index = 0; index < fields.length; index++) {
				const { type, offset } = fields[index];
				const order = compareFields(type, a, nodeA * 4 + offset, b, nodeB * 4 + others[index].offset);
				if (order !== 0) return order;
			}
			return 0;
		},
	};
	return record;
}
