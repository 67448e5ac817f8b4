import { CorruptionError, internals } from '@flux/core';
import { type BroadcastClaimsBase, broadcastClaimsCode } from './broadcast-claims-code.js';
import { type BroadcastBase, broadcastCode } from './broadcast-code.js';
import { hasTwoEnds, type RingKind } from './layout.js';
import { type OneProducerClass, oneProducerCode } from './one-producer-code.js';
import type { Ring, RingClass } from './ring.js';
import type { SharedQueueEnvironment } from './shared-queue-environment.js';
import { slotsCode } from './slots-code.js';
import { twoEndsCode } from './two-ends-code.js';

/** The ring of this kind, made for one record. */
export function ringClass(environment: SharedQueueEnvironment, kind: RingKind): RingClass {
	const Base = readBy(producersOf(environment, kind), environment, kind);
	return class extends Base implements Ring {
		override endBatch(count: number): void {
			if (this.taken !== 0) this.clearPlace();
			if (count > 0) this.settle();
		}

		override validate(): void {
			this.checkAlive();
			const faults = this.faults();
			if (faults.length > 0) throw new CorruptionError(faults.join('; '));
		}
	};
}

/** What has the producers of a ring; where slots have states, its consumers too. */
function producersOf(environment: SharedQueueEnvironment, kind: RingKind): unknown {
	const { specialize } = internals;
	if (hasTwoEnds(kind)) return specialize(oneProducerCode, environment, 'one-producer');
	return specialize(slotsCode, environment, 'ring-of-slots');
}

/** The ring with those consumers. */
function readBy(producers: unknown, environment: SharedQueueEnvironment, kind: RingKind): RingClass {
	const { specialize } = internals;
	const over = <T>(Base: unknown) => ({ ...environment, Base: Base as T });
	if (!kind.broadcasts) {
		const made = hasTwoEnds(kind)
			? specialize(twoEndsCode, over<OneProducerClass>(producers), 'ring-of-two-ends')
			: producers;
		return made as RingClass;
	}
	const made: unknown = specialize(broadcastCode, over<BroadcastBase>(producers), 'broadcast');
	if (!kind.manyProducers) return made as RingClass;
	return specialize(broadcastClaimsCode, over<BroadcastClaimsBase>(made), 'broadcast-of-many') as unknown as RingClass;
}
