import { FrozenError, StaleViewError } from '../errors.js';
import { evaluate } from '../evaluate.js';
import type { Memory } from '../memory/memory.js';
import { liveField, readField, setField, type ViewAnchor } from './field-access.js';
import type { NamedField } from './field-types.js';
import { toJson } from './json.js';
import type { RecordText } from './record-text.js';
import type { ViewGuard, ViewHost } from './view-guards.js';

/** The live views of one struct's nodes; field names are properties, so what else a view can do is done from outside. */
export interface NodeViews {
	/** A view of `node` that stays at it: each access checks that it is still in its container. `where`: its segment, if it lies in one. */
	at(host: ViewHost, node: number, where?: number): object;
	/** Moves a view that `at` made to another node. */
	move(view: object, host: ViewHost, node: number, where?: number): void;
	/** Whether `at` made this view. */
	isView(view: unknown): view is object;
	/** A view that a walk moves along. It checks nothing while the walk goes on. */
	cursor(host: ViewHost): object;
	/** Moves a cursor to `node`. */
	place(cursor: object, node: number): void;
	/** Ends a cursor: every later access throws. */
	retire(cursor: object): void;
}

/*
 * A view and a cursor differ in one thing: the view remembers its place and looks at each access whether its record is
 * still there. A class for each, because a walk would pay for a check that its own position makes needless.
 */

/** The views as generated classes. */
export function generateViews(
	text: RecordText,
	fields: readonly NamedField[],
	guard: ViewGuard,
	checked: boolean,
	frozen = false,
): NodeViews {
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
	const extras = (names: readonly string[]): string =>
		names
			.filter((name) => !fields.some((field) => field.name === name))
			.map((name) => `${name}() { ENTER return toJson(read(memory, node)); }`)
			.join('\n');
	const members = `${accessors}\n${extras(['toJSON'])}\n[inspect]() { ENTER return read(memory, node); }`;
	const [a, b] = guard.remember;
	const ENTER = `const host = this.#host, memory = host.memory, node = this.#node, a = this.#a, b = this.#b;
		if (${guard.gone}) stale();`;
	const body = `
class View {
	#host; #node; #a; #b;
	constructor(host, node, where) { this.#place(host, node, where); }
	#place(host, node, where) {
		const memory = host.memory;
		this.#host = host; this.#node = node; this.#a = ${a}; this.#b = ${b};
	}
	#anchor() {
		const view = new View(this.#host, this.#node, 0), node = this.#node;
		view.#a = this.#a; view.#b = this.#b;
		return { memory: () => view.#checked(), byte: () => node * 4 };
	}
	#checked() { ${ENTER} return memory; }
	static at(host, node, where) { return new View(host, node, where); }
	static move(view, host, node, where) { view.#place(host, node, where); }
	static isView(view) { return typeof view === "object" && view !== null && #node in view; }
	${members.replaceAll('ENTER', ENTER)}
}
class Cursor {
	#host; #node;
	constructor(host) { this.#host = host; this.#node = 0; }
	#anchor() { const node = this.#node; return { memory: () => this.#host.memory, byte: () => node * 4 }; }
	static cursor(host) { return new Cursor(host); }
	static place(cursor, node) { cursor.#node = node; }
	static retire(cursor) { cursor.#host = spentHost; }
	${members.replaceAll('ENTER', 'const memory = this.#host.memory, node = this.#node;')}
}
return { at: View.at, move: View.move, isView: View.isView, cursor: Cursor.cursor, place: Cursor.place, retire: Cursor.retire };`;
	return evaluate<NodeViews>(
		body,
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
		'views',
	);
}

/** The views where no code can be generated: accessors that look at the field's type each time. */
export function interpretViews(
	fields: readonly NamedField[],
	read: (memory: Memory, node: number) => unknown,
	guard: ViewGuard,
	checked: boolean,
	frozen = false,
): NodeViews {
	class View {
		#host: ViewHost;
		#node: number;
		#place: readonly [a: number, b: number];

		constructor(host: ViewHost, node: number, place: readonly [a: number, b: number]) {
			this.#host = host;
			this.#node = node;
			this.#place = place;
		}

		static at(host: ViewHost, node: number, where = 0): View {
			return new View(host, node, guard.rememberFrom(host, node, where));
		}

		static move(view: View, host: ViewHost, node: number, where = 0): void {
			view.#host = host;
			view.#node = node;
			view.#place = guard.rememberFrom(host, node, where);
		}

		static isView(view: unknown): view is View {
			return typeof view === 'object' && view !== null && #node in view;
		}

		static anchor(view: View): ViewAnchor {
			const at = new View(view.#host, view.#node, view.#place);
			return { memory: () => at.#checked(), byte: () => at.#node * 4 };
		}

		#checked(): Memory {
			const { memory } = this.#host;
			const [a, b] = this.#place;
			if (guard.isGone(this.#host, memory, this.#node, a, b)) stale();
			return memory;
		}
	}

	class Cursor {
		#host: ViewHost;
		#node = 0;

		constructor(host: ViewHost) {
			this.#host = host;
		}

		static cursor(host: ViewHost): Cursor {
			return new Cursor(host);
		}

		static place(cursor: Cursor, node: number): void {
			cursor.#node = node;
		}

		static retire(cursor: Cursor): void {
			cursor.#host = spentHost;
		}

		static anchor(cursor: Cursor): ViewAnchor {
			const node = cursor.#node;
			return { memory: () => cursor.#host.memory, byte: () => node * 4 };
		}
	}

	addAccessors(View.prototype, View.anchor);
	addAccessors(Cursor.prototype, Cursor.anchor);
	return {
		at: View.at,
		move: (view, host, node, where) => View.move(view as View, host, node, where),
		isView: View.isView,
		cursor: Cursor.cursor,
		place: (cursor, node) => Cursor.place(cursor as Cursor, node),
		retire: (cursor) => Cursor.retire(cursor as Cursor),
	};

	function addAccessors<V extends object>(prototype: V, anchorOf: (view: V) => ViewAnchor): void {
		const copy = function (this: V): unknown {
			const anchor = anchorOf(this);
			return read(anchor.memory(), anchor.byte() / 4);
		};
		const asJson = function (this: V): unknown {
			return toJson(copy.call(this));
		};
		Object.defineProperty(prototype, 'toJSON', { value: asJson, configurable: true, writable: true });
		Object.defineProperty(prototype, INSPECT, { value: copy, configurable: true, writable: true });
		for (const { name, type, offset } of fields) {
			Object.defineProperty(prototype, name, {
				configurable: true,
				get(this: V) {
					const anchor = anchorOf(this);
					return frozen
						? readField(type, anchor.memory(), anchor.byte() + offset)
						: liveField(type, anchor, offset, name, checked);
				},
				set(this: V, value: unknown) {
					if (frozen) refuseWrite();
					setField(type, anchorOf(this), offset, value, name, checked);
				},
			});
		}
	}
}

/** The container of a cursor whose walk has ended: every access throws. A cursor checks nothing while its walk moves it. */
const spentHost: ViewHost = {
	get memory(): never {
		throw new StaleViewError('the walk that moved it has ended');
	},
	id: -1,
};

/** What a field of a frozen container's record does when it is written; nested fields are read as copies there. */
export function refuseWrite(): never {
	throw new FrozenError('the container of this view', 'take a clone() and change that, or let its owner thaw() it');
}

function stale(): never {
	throw new StaleViewError('its node was erased, or is no longer in the container that the view was taken from');
}

/** What `console.log` of Node, Bun and Deno asks of an object. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');
