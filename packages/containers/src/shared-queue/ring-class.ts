import { CorruptionError, internals } from '@flux/core';
import { type BroadcastClaimsBase, broadcastClaimsCode } from './broadcast-claims-code.js';
import { type BroadcastBase, broadcastCode } from './broadcast-code.js';
import { hasTwoEnds, type RingKind } from './layout.js';
import type { Ring, RingClass } from './ring.js';
import type { SharedQueueEnvironment } from './shared-queue-environment.js';
import { slotsCode } from './slots-code.js';
import { twoEndsCode } from './two-ends-code.js';

/** The ring of this kind, made for one record. */
export function ringClass(environment: SharedQueueEnvironment, kind: RingKind): RingClass {
	const { specialize } = internals;
	const made: unknown = hasTwoEnds(kind)
		? specialize(twoEndsCode, environment, 'ring-of-two-ends')
		: specialize(slotsCode, environment, 'ring-of-slots');
	const Base = kind.broadcasts ? broadcastClass(environment, made, kind) : (made as RingClass);
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

/** The ring that every consumer reads at its own pace, over the one whose producers it has. */
function broadcastClass(environment: SharedQueueEnvironment, ring: unknown, kind: RingKind): RingClass {
	const { specialize } = internals;
	const over = <T>(Base: unknown) => ({ ...environment, Base: Base as T });
	const made: unknown = specialize(broadcastCode, over<BroadcastBase>(ring), 'broadcast');
	if (!kind.manyProducers) return made as RingClass;
	return specialize(broadcastClaimsCode, over<BroadcastClaimsBase>(made), 'broadcast-of-many') as unknown as RingClass;
}
