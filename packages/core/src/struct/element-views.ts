import { StaleViewError } from '../errors.js';
import { evaluate } from '../evaluate.js';
import type { Memory } from '../memory/memory.js';
import { ELEMENTS_DATA, ELEMENTS_SIZE } from '../slab/layout.js';
import { liveField, readField, setField, type ViewAnchor } from './field-access.js';
import type { NamedField } from './field-types.js';
import { toJson } from './json.js';
import { refuseWrite } from './node-views.js';
import type { RecordText } from './record-text.js';

/** What a live view of an element asks of the container it belongs to, whose records lie side by side. */
export interface ElementHost {
	/** The views over the heap's arena. */
	readonly memory: Memory;
	/** The word index of its header, which says where its records are and how many. */
	readonly header: number;
}

/**
 * The live views of one struct's elements. A view is of a position: it looks up at each access where the records lie now,
 * so that growth moves nothing from under it, and that there are as many.
 */
export interface ElementViews {
	/** A view of the record at `position`. */
	at(host: ElementHost, position: number): object;
	/** Moves a view. */
	place(view: object, host: ElementHost, position: number): void;
	/** Moves a view to another position of its container. */
	move(view: object, position: number): void;
	/** Whether `at` made this view. */
	isView(view: unknown): view is object;
	/** Ends a view: every later access throws. */
	retire(view: object): void;
}

/** The views as generated classes. */
export function generateElementViews(
	text: RecordText,
	fields: readonly NamedField[],
	strideWords: number,
	checked: boolean,
	frozen = false,
): ElementViews {
	const accessors = fields
		.map(({ name, type }, index) => {
			const key = `[${JSON.stringify(name)}]`;
			const { kind } = type.shape;
			const live = kind === 'array' || kind === 'struct';
			if (frozen) {
				const read = live ? `read(memory, node)${key}` : text.readField(index);
				return `get ${key}() { ENTER return ${read}; }\nset ${key}(value) { refuseWrite(); }`;
			}
			const get = live
				? `return liveField(fields[${index}].type, this.#anchor(), fields[${index}].offset, fields[${index}].name, checked);`
				: `ENTER return ${text.readField(index)};`;
			const set = live
				? `setField(fields[${index}].type, this.#anchor(), fields[${index}].offset, value, fields[${index}].name, checked);`
				: `ENTER ${text.writeField(index)}`;
			return `get ${key}() { ${get} }\nset ${key}(value) { ${set} }`;
		})
		.join('\n');
	const asJson = fields.some(({ name }) => name === 'toJSON')
		? ''
		: 'toJSON() { ENTER return toJson(read(memory, node)); }';
	const ENTER = `const host = this.#host, memory = host.memory, position = this.#position;
		const header = host.header, i32 = memory.i32;
		if (position >= i32[header + ${ELEMENTS_SIZE}]) stale();
		const node = i32[header + ${ELEMENTS_DATA}] + Math.imul(position, ${strideWords}) | 0;`;
	const body = `
class ElementView {
	#host; #position;
	constructor(host, position) { this.#host = host; this.#position = position; }
	#node() { ENTER return node; }
	#anchor() {
		const view = new ElementView(this.#host, this.#position);
		return { memory: () => view.#host.memory, byte: () => view.#node() * 4 };
	}
	static at(host, position) { return new ElementView(host, position); }
	static place(view, host, position) { view.#host = host; view.#position = position; }
	static move(view, position) { view.#position = position; }
	static isView(view) { return typeof view === "object" && view !== null && #position in view; }
	static retire(view) { view.#host = spentHost; }
	${accessors}
	${asJson}
	[inspect]() { ENTER return read(memory, node); }
}
return { at: ElementView.at, place: ElementView.place, move: ElementView.move, isView: ElementView.isView, retire: ElementView.retire };`;
	return evaluate<ElementViews>(
		body.replaceAll('ENTER', ENTER),
		{
			...text.environment,
			read: text.read,
			fields,
			checked,
			liveField,
			setField,
			spentHost,
			stale,
			refuseWrite,
			toJson,
			inspect: INSPECT,
		},
		'element-views',
	);
}

/** The views where no code can be generated: accessors that look at the field's type each time. */
export function interpretElementViews(
	fields: readonly NamedField[],
	read: (memory: Memory, node: number) => unknown,
	strideWords: number,
	checked: boolean,
	frozen = false,
): ElementViews {
	class ElementView {
		#host: ElementHost;
		#position: number;

		constructor(host: ElementHost, position: number) {
			this.#host = host;
			this.#position = position;
		}

		static at(host: ElementHost, position: number): ElementView {
			return new ElementView(host, position);
		}

		static place(view: ElementView, host: ElementHost, position: number): void {
			view.#host = host;
			view.#position = position;
		}

		static move(view: ElementView, position: number): void {
			view.#position = position;
		}

		static isView(view: unknown): view is ElementView {
			return typeof view === 'object' && view !== null && #position in view;
		}

		static retire(view: ElementView): void {
			view.#host = spentHost;
		}

		/** Of where the view is now, and stays when the view moves on. */
		static anchor(view: ElementView): ViewAnchor {
			const host = view.#host;
			const position = view.#position;
			return {
				memory: () => host.memory,
				byte: () => {
					const { i32 } = host.memory;
					if (position >= i32[host.header + ELEMENTS_SIZE]) stale();
					return (i32[host.header + ELEMENTS_DATA] + position * strideWords) * 4;
				},
			};
		}
	}

	const copy = function (this: ElementView): unknown {
		const anchor = ElementView.anchor(this);
		return read(anchor.memory(), anchor.byte() / 4);
	};
	const asJson = function (this: ElementView): unknown {
		return toJson(copy.call(this));
	};
	Object.defineProperty(ElementView.prototype, 'toJSON', { value: asJson, configurable: true, writable: true });
	Object.defineProperty(ElementView.prototype, INSPECT, { value: copy, configurable: true, writable: true });
	for (const { name, type, offset } of fields) {
		Object.defineProperty(ElementView.prototype, name, {
			configurable: true,
			get(this: ElementView) {
				const anchor = ElementView.anchor(this);
				return frozen
					? readField(type, anchor.memory(), anchor.byte() + offset)
					: liveField(type, anchor, offset, name, checked);
			},
			set(this: ElementView, value: unknown) {
				if (frozen) refuseWrite();
				setField(type, ElementView.anchor(this), offset, value, name, checked);
			},
		});
	}
	return {
		at: ElementView.at,
		place: (view, host, position) => ElementView.place(view as ElementView, host, position),
		move: (view, position) => ElementView.move(view as ElementView, position),
		isView: ElementView.isView,
		retire: (view) => ElementView.retire(view as ElementView),
	};
}

/** The container of a view whose walk has ended: every access throws. */
const spentHost: ElementHost = {
	get memory(): never {
		throw new StaleViewError('the walk that moved it has ended');
	},
	header: 0,
};

function stale(): never {
	throw new StaleViewError('its position is behind the last record now');
}

/** What `console.log` of Node, Bun and Deno asks of an object. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');
