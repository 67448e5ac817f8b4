import { Session } from 'node:inspector';

interface ProfileNode {
	selfSize: number;
	callFrame: { functionName: string; url: string };
	children: ProfileNode[];
}

/** Bytes that a call allocates, collected or not, and who allocated most. */
export function allocatedBy(run: () => void): { bytes: number; most: string } {
	const session = new Session();
	session.connect();
	const post = session.post.bind(session) as (
		method: string,
		parameters: object,
		answer: (error: Error | null, result: { profile: { head: ProfileNode } }) => void,
	) => void;
	let head: ProfileNode | undefined;
	try {
		const settings = {
			samplingInterval: 1024,
			includeObjectsCollectedByMajorGC: true,
			includeObjectsCollectedByMinorGC: true,
		};
		post('HeapProfiler.startSampling', settings, () => {});
		run();
		post('HeapProfiler.stopSampling', {}, (_, result) => {
			head = result.profile.head;
		});
	} finally {
		session.disconnect();
	}
	if (head === undefined) throw new Error('the profiler did not answer at once');
	let bytes = 0;
	let most = { selfSize: 0, name: 'nobody' };
	const visit = ({ selfSize, callFrame, children }: ProfileNode): void => {
		bytes += selfSize;
		if (selfSize > most.selfSize)
			most = { selfSize, name: `${callFrame.functionName} ${callFrame.url.replace(/.*\//, '')}` };
		children.forEach(visit);
	};
	visit(head);
	return { bytes, most: `${most.name}: ${most.selfSize} bytes` };
}

/**
 * The least that `calls` calls allocate, of several tries, or less than `most` bytes each.
 *
 * Optimized code, and the feedback that leads to it, is made by the first calls. On a busy machine the compiler's
 * thread may take longer than they do, so the calls are made again: garbage that is the container's own comes back each time.
 */
export function leastAllocatedBy(
	load: (calls: number) => void,
	calls: number,
	most: number,
): { bytes: number; most: string } {
	let least = { bytes: Number.POSITIVE_INFINITY, most: '' };
	for (let attempt = 0; attempt < 6 && least.bytes / calls >= most; attempt++) {
		for (let round = 0; round < 10; round++) load(50_000);
		const measured = allocatedBy(() => load(calls));
		if (measured.bytes < least.bytes) least = measured;
	}
	return least;
}
