// What the Web Workers of web-workers.mjs do, by the name of their role.
import * as containers from '/containers.js';
import * as core from '/core.js';

const { FluxCell, FluxQueue } = containers;

self.onmessage = ({ data: { role, there, back } }) => {
	const Tick = core.struct({ id: core.u32, price: core.f64 });
	const answers = FluxQueue.attach(Tick, back);
	if (role === 'watch') {
		const cell = FluxCell.attach(Tick, there);
		while (cell.wait()) {
			const seen = cell.load();
			if (seen !== undefined) answers.push(seen);
		}
		return;
	}
	const queue = FluxQueue.attach(Tick, there);
	if (role === 'echo') {
		for (let tick = queue.pop(); tick !== undefined; tick = queue.pop()) answers.push(tick);
		answers.close();
		return;
	}
	let sum = 0;
	let count = 0;
	while (queue.wait()) {
		queue.drain(({ price }) => {
			sum += price;
			count++;
		});
	}
	answers.emplace(count, sum);
};
