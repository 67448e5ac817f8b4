// The queues and cells between the threads of a page: its main thread, which must not block, and Web Workers, which may.
/** @typedef {{ core: typeof import('@flux/core'), containers: typeof import('@flux/containers') }} Flux */

/** @param {boolean} truth @param {string} claim */
function check(truth, claim) {
	if (!truth) throw new Error(claim);
}

const RECORDS = 2000;

/** @param {string} role @param {Record<string, unknown>} handles */
function start(role, handles) {
	const worker = new Worker('/scripts/portable/web-worker.mjs', { type: 'module' });
	/** @type {Promise<never>} */
	const failed = new Promise((_, reject) => {
		worker.onerror = (event) => reject(new Error(`the worker ${role} failed: ${event.message}`));
	});
	failed.catch(() => {});
	worker.postMessage({ role, ...handles });
	return { worker, failed };
}

/** @type {Record<string, (flux: Flux) => Promise<void>>} */
const tests = {
	async 'a queue to a Web Worker and one back, both full again and again'({ core, containers }) {
		const Tick = core.struct({ id: core.u32, price: core.f64 });
		const there = containers.FluxQueue.shared(Tick, { capacity: 4 });
		const back = containers.FluxQueue.shared(Tick, { capacity: 4 });
		const { worker, failed } = start('echo', { there: there.share(), back: back.share() });
		const pushing = (async () => {
			for (let id = 0; id < RECORDS; id++) await there.pushAsync({ id, price: id / 2 });
			there.close();
		})();
		const popping = (async () => {
			let next = 0;
			for await (const { id, price } of back) {
				check(id === next && price === id / 2, `record ${next} came back as ${id}, ${price}`);
				next++;
			}
			check(next === RECORDS, `${next} of ${RECORDS} came back`);
		})();
		await Promise.race([Promise.all([pushing, popping]), failed]);
		worker.terminate();
	},

	async 'a broadcast to two Web Workers'({ core, containers }) {
		const Tick = core.struct({ id: core.u32, price: core.f64 });
		const feed = containers.FluxQueue.broadcast(Tick, { capacity: 8, consumers: 2 });
		const back = containers.FluxQueue.shared(Tick, { capacity: 8, producers: 2 });
		const workers = [0, 1].map(() => start('sum', { there: feed.subscribe(), back: back.share() }));
		const failed = workers.map((worker) => worker.failed);
		await Promise.race([
			...failed,
			(async () => {
				for (let id = 1; id <= RECORDS; id++) await feed.pushAsync({ id, price: id });
				feed.close();
				for (let answers = 0; answers < 2; answers++) {
					const { id, price } = (await back.popAsync()) ?? { id: 0, price: 0 };
					check(
						id === RECORDS && price === (RECORDS * (RECORDS + 1)) / 2,
						`a worker had ${id} records, ${price} in all`,
					);
				}
			})(),
		]);
		for (const { worker } of workers) worker.terminate();
	},

	async 'a cell that a Web Worker waits for'({ core, containers }) {
		const Tick = core.struct({ id: core.u32, price: core.f64 });
		const cell = new containers.FluxCell(Tick);
		const back = containers.FluxQueue.shared(Tick, { capacity: 8 });
		const { worker, failed } = start('watch', { there: cell.share(), back: back.share() });
		for (let id = 1; id <= 20; id++) {
			cell.store({ id, price: id / 2 });
			const seen = await Promise.race([back.popAsync(), failed]);
			check(seen?.id === id && seen.price === id / 2, `value ${id} was seen as ${JSON.stringify(seen)}`);
		}
		worker.terminate();
	},

	async 'a Web Worker that was terminated, and a main thread that must not block'({ core, containers }) {
		const Tick = core.struct({ id: core.u32, price: core.f64 });
		const there = containers.FluxQueue.shared(Tick, { capacity: 4 });
		const back = containers.FluxQueue.shared(Tick, { capacity: 4 });
		const handles = { there: there.share(), back: back.share() };
		const { worker, failed } = start('echo', handles);
		await there.pushAsync({ id: 1, price: 1 });
		await Promise.race([back.popAsync(), failed]);
		/** @param {unknown} error */
		const codeOf = (error) => /** @type {{ code?: string }} */ (error).code;
		try {
			back.pop();
			check(false, 'pop() blocked the main thread');
		} catch (error) {
			check(codeOf(error) === 'FLUX_WAIT', `pop() threw ${error}`);
		}
		const waiting = back.popAsync().then(
			() => 'nothing',
			(error) => codeOf(error),
		);
		worker.terminate();
		back.retire(handles.back);
		check((await waiting) === 'FLUX_PEER_DIED', `popAsync() was told ${await waiting}`);
	},
};

/** @param {Flux} flux @param {(name: string, error?: unknown) => void} report */
export async function runWebWorkers(flux, report) {
	for (const [name, test] of Object.entries(tests)) {
		try {
			await test(flux);
			report(name);
		} catch (error) {
			report(name, error);
		}
	}
}
