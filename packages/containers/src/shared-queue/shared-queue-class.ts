import { ArgumentError, ClaimError, internals, type Struct } from '@flux/core';
import { fitAnyway, readColumns } from '../common/columns.js';
import { memberOf, whenEnded } from '../common/shared-block.js';
import { columnsToFill } from '../queue/columns-to-fill.js';
import { kindOf, nameOf, type RingKind, recordOf, type SharedQueuePlan, sharedQueueWords as w } from './layout.js';
import { ringClass } from './ring-class.js';
import { withWaiting } from './room.js';
import { sharedQueueEnvironment } from './shared-queue-environment.js';
import { type TransferClass, withTransferCalls } from './transfer.js';
import { Wait } from './wait.js';
import { nextTurn } from './waiting.js';

const classes = new WeakMap<Struct, Map<string, SharedQueueClass>>();

/** The class of the queues of one struct with ends of this kind; made once per thread. */
export function sharedQueueClass(struct: Struct, plan: SharedQueuePlan, checked: boolean): SharedQueueClass {
	const kind = kindOf(plan);
	const key = JSON.stringify([kind, checked]);
	let known = classes.get(struct);
	if (known === undefined) {
		known = new Map();
		classes.set(struct, known);
	}
	const made = known.get(key) ?? makeSharedQueueClass(struct, kind, checked);
	known.set(key, made);
	return made;
}

function makeSharedQueueClass(struct: Struct, kind: RingKind, checked: boolean): SharedQueueClass {
	const record = recordOf(struct, kind, checked);
	const environment = sharedQueueEnvironment(record, kind);
	const ring = ringClass(environment, kind);
	const Queue = withSharedCalls(withTransferCalls(withWaiting(ring), record), record);
	const SharedQueue = kind.broadcasts ? withSubscriptions(Queue) : Queue;
	Object.defineProperty(SharedQueue.prototype, internals.symbolDispose, {
		value: SharedQueue.prototype.dispose,
		configurable: true,
		writable: true,
	});
	return SharedQueue;
}

/** How often in a row a loop over records that are there goes on before it lets timers and messages have their turn. */
const RECORDS_PER_TURN = 1024;

/** How many records a drain clears before it tells the producers. */
const RECORDS_PER_NOTICE = 64;

/** Adds what a user calls and what is not generated: waiting, batches, claims, the ends of it all. */
function withSharedCalls(Base: TransferClass, record: internals.NodeRecord) {
	const { views } = record;

	return class SharedFluxQueue extends Base {
		/** What the views of claimed and taken places look at: they end when the number changes. */
		readonly pushing = { memory: this.memory, id: 1 };
		readonly popping = { memory: this.memory, id: 1 };
		claimView: object | undefined = undefined;
		takenView: object | undefined = undefined;

		get size(): number {
			this.checkAlive();
			return this.count;
		}

		get empty(): boolean {
			return this.size === 0;
		}

		get closed(): boolean {
			return this.isClosed;
		}

		get producers(): number {
			return this.plan.producers;
		}

		get consumers(): number {
			return this.plan.consumers;
		}

		get whenFull(): string {
			return this.plan.whenFull;
		}

		get lost(): number {
			return Atomics.load(this.memory.u32, w.LOST);
		}

		get abandoned(): number {
			return Atomics.load(this.memory.u32, w.ABANDONED);
		}

		get dropped(): number {
			return Atomics.load(this.memory.u32, w.DROPPED);
		}

		async pushAsync(value: unknown, options?: unknown): Promise<void> {
			const captured = record.capture(value);
			const wait = new Wait(options, 'pushAsync');
			wait.signal?.throwIfAborted();
			for (;;) {
				const place = this.claimPlace('pushAsync');
				if (place !== 0) {
					record.write(this.memory, place, captured);
					this.fillPlace();
					this.announce();
					return;
				}
				if (!(await this.waitForRoomAsync('push', wait))) return;
			}
		}

		pushMany(source: unknown, options?: unknown): number {
			const { columns, count } = readColumns(record, source);
			let wait = options === undefined ? undefined : new Wait(options, 'pushMany');
			if (!fitAnyway(record, columns)) this.checkRows(columns, count);
			for (let pushed = 0; ; ) {
				pushed += this.storeRows(columns, pushed, count);
				if (pushed === count) return pushed;
				wait ??= new Wait(undefined, 'pushMany');
				if (!this.waitForRoom('pushMany', wait, count - pushed)) return pushed;
			}
		}

		tryPushMany(source: unknown, from = 0): number {
			const { columns, count } = readColumns(record, source);
			checkCount(from, 'tryPushMany');
			if (!fitAnyway(record, columns)) this.checkRows(columns, count);
			return from < count ? this.storeRows(columns, from, count) : 0;
		}

		claim(): object | undefined {
			const place = this.claimPlace('claim');
			if (place === 0) return undefined;
			this.holdClaim(place);
			record.zero(this.memory, place);
			if (this.claimView === undefined) this.claimView = views.at(this.pushing, place);
			else views.move(this.claimView, this.pushing, place);
			return this.claimView;
		}

		commit(): void {
			this.endClaim('commit');
			this.fillPlace();
			this.announce();
		}

		abort(): void {
			this.endClaim('abort');
			this.withdraw();
		}

		endClaim(call: string): void {
			this.checkAlive();
			if (this.claimed === 0) throw new ClaimError(call, 'call claim() first, and end each claim once');
			this.pushing.id++;
		}

		pop(options?: unknown): unknown {
			// Most pops wait for nothing. Short, to be inlined.
			const copy = this.tryPop();
			return copy === undefined ? this.popWaiting(options) : copy;
		}

		popWaiting(options: unknown): unknown {
			// Made where it takes long: most waits are over within some looks.
			let wait: Wait | undefined;
			for (;;) {
				if (options !== undefined || this.isClosed || !this.lookForRecord.look()) {
					wait ??= new Wait(options, 'pop');
					if (!this.waitForRecord('pop', wait)) return undefined;
				}
				const copy = this.tryPop();
				if (copy !== undefined) return copy;
			}
		}

		async popAsync(options?: unknown): Promise<unknown> {
			const wait = new Wait(options, 'popAsync');
			wait.signal?.throwIfAborted();
			do {
				const copy = this.tryPop();
				if (copy !== undefined) return copy;
			} while (await this.waitForRecordAsync('pop', wait));
			return undefined;
		}

		popMany(wanted: unknown): unknown {
			if (typeof wanted === 'object' && wanted !== null) {
				const { columns, count } = columnsToFill(record, wanted);
				return this.fillRows(columns, count);
			}
			checkCount(wanted, 'popMany');
			const copies: unknown[] = [];
			let node = 0;
			try {
				while (copies.length < (wanted as number)) {
					node = this.takePlace('popMany');
					if (node === 0) break;
					copies.push(record.read(this.memory, node));
					this.clearPlace();
				}
			} finally {
				this.endBatch(copies.length);
			}
			return copies;
		}

		wait(options?: unknown): boolean {
			this.takeSeatToPop('wait');
			if (options === undefined && this.hasRecord()) return true;
			return this.waitForRecord('wait', new Wait(options, 'wait'));
		}

		async waitAsync(options?: unknown): Promise<boolean> {
			this.takeSeatToPop('waitAsync');
			return this.waitForRecordAsync('wait', new Wait(options, 'waitAsync'));
		}

		/** Whether there is a record is a question of where this thread is as a consumer. */
		takeSeatToPop(call: string): void {
			if (this.consumerSeat < 0 || this.taken !== 0) this.prepareToPop(call);
		}

		take(): object | undefined {
			const place = this.takePlace('take');
			if (place === 0) return undefined;
			this.markTaken(place);
			this.taken = place;
			this.holdTaken();
			return this.viewTaken(place);
		}

		viewTaken(place: number): object {
			if (this.takenView === undefined) this.takenView = views.at(this.popping, place);
			else views.move(this.takenView, this.popping, place);
			return this.takenView;
		}

		release(): void {
			this.checkAlive();
			if (this.taken === 0) throw new ClaimError('release', 'call take() first, and release each record once');
			this.popping.id++;
			this.clearPlace();
			this.settle();
		}

		drain(callback: (view: object) => void, most = Number.POSITIVE_INFINITY): number {
			if (most !== Number.POSITIVE_INFINITY) checkCount(most, 'drain');
			let drained = 0;
			let unsettled = 0;
			try {
				while (drained < most) {
					const place = this.takePlace('drain');
					if (place === 0) break;
					this.markTaken(place);
					drained++;
					unsettled++;
					try {
						callback(this.viewTaken(place));
					} finally {
						if (this.taken !== place) this.refuseReleased();
						this.popping.id++;
						this.clearPlace();
					}
					if (unsettled === RECORDS_PER_NOTICE) {
						unsettled = 0;
						this.settle();
					}
				}
			} finally {
				if (unsettled > 0) this.settle();
			}
			return drained;
		}

		refuseReleased(): never {
			throw new ClaimError('release', 'do not call it in the callback of drain(), which releases the record itself');
		}

		async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined> {
			const wait = new Wait(undefined, 'for await');
			for (let inARow = 0; ; ) {
				const copy = this.tryPop();
				if (copy !== undefined) {
					yield copy;
					if (++inARow < RECORDS_PER_TURN) continue;
					inARow = 0;
					await nextTurn();
				} else if (!(await this.waitForRecordAsync('for await', wait))) return;
				else inARow = 0;
			}
		}

		close(): void {
			this.closeAll();
		}

		share(): SharedQueueHandle {
			this.checkAlive();
			const { i32, buffer } = this.memory;
			return {
				kind: nameOf(this.plan),
				memory: buffer as SharedArrayBuffer,
				block: this.block,
				member: Atomics.add(i32, w.MEMBERS, 1) + 1,
			};
		}

		watch(worker: unknown, handle: unknown): this {
			this.checkAlive();
			const member = memberOf(handle, nameOf(this.plan), this.memory.buffer, 'watch');
			whenEnded(worker, () => {
				if (!this.disposed) this.retireMember(member);
			});
			return this;
		}

		retire(handle: unknown): object {
			this.checkAlive();
			const member = memberOf(handle, nameOf(this.plan), this.memory.buffer, 'retire');
			if (member === this.member)
				throw new ArgumentError('retire was given the handle of this very queue; call dispose() to leave it');
			return this.retireMember(member);
		}

		dispose(): void {
			if (this.disposed) return;
			if (this.claimed !== 0) this.abort();
			if (this.taken !== 0) this.release();
			this.leave();
			this.disposed = true;
			// Every later call finds no seat, and asks.
			this.producerSeat = -1;
			this.consumerSeat = -1;
			this.room = this.tail;
			this.end = this.head;
		}

		get [Symbol.toStringTag](): string {
			return nameOf(this.plan);
		}

		[Symbol.for('nodejs.util.inspect.custom')](): string {
			if (this.disposed) return `${nameOf(this.plan)} (disposed)`;
			const { producers, consumers } = this.plan;
			const sides = `${producers} ${producers === 1 ? 'producer' : 'producers'}, ${consumers} ${consumers === 1 ? 'consumer' : 'consumers'}`;
			return `${nameOf(this.plan)}(${this.count} of ${this.capacity}, ${sides}${this.isClosed ? ', closed' : ''})`;
		}
	};
}

/** Adds what a broadcast alone has. */
function withSubscriptions(Base: SharedQueueClass): SharedQueueClass {
	return class BroadcastFluxQueue extends Base {
		subscribe(): SharedQueueHandle {
			const handle = this.share();
			(this as unknown as { keepSeat(member: number): void }).keepSeat(handle.member);
			return handle;
		}
	};
}

/** The class of the queues of one struct and kind. */
export type SharedQueueClass = ReturnType<typeof withSharedCalls>;

/** What one thread hands to another so that it can attach to a queue: `postMessage` copies it, whatever the queue holds. */
export interface SharedQueueHandle {
	/** Tells it from handles of other containers. */
	readonly kind: 'SharedFluxQueue' | 'BroadcastFluxQueue';
	/** The queue's memory. */
	readonly memory: SharedArrayBuffer;
	/** The same memory, where WebAssembly can reach it: a push costs less then. */
	readonly block?: internals.WasmMemory | undefined;
	/** Who attaches by it, for `retire`. */
	readonly member: number;
}

function checkCount(count: unknown, call: string): void {
	if (!(Number.isInteger(count) && (count as number) >= 0))
		throw new ArgumentError(`${call} was given ${internals.describe(count)}; pass a whole number from 0`);
}
